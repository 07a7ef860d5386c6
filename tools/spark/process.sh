# Sourced by the scripts that start and stop Sail and Spark: a server as one process, with its process id and log in a folder of its own.
# Needs: name (in messages), port, folder (of the installation), here (of this server).

refuse() {
  echo "$name: $1" >&2
  exit 1
}

is_up() { [ -e "$here/pid" ] && kill -0 "$(cat "$here/pid")" 2>/dev/null && (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }

# One at a time: several suites may ask for it at once. The server must not inherit the lock.
lock() {
  mkdir -p "$folder"
  exec 9>"$folder/lock"
  flock 9
}

# A virtual environment with packages of PyPI, without what they depend on.
install_from_pypi() {
  command -v python3 >/dev/null || refuse 'it needs python3'
  python3 -m venv "$folder/venv" >"$folder/install.log" 2>&1 || refuse "it needs python3-venv; see $folder/install.log"
  "$folder/venv/bin/pip" install --quiet --no-deps "$@" >>"$folder/install.log" 2>&1 || refuse "pip failed; see $folder/install.log"
}

# Runs a command in the background until it listens on the port, for so many seconds at most.
serve() {
  local seconds=$1
  shift
  nohup "$@" >"$here/log" 2>&1 9>&- &
  echo $! >"$here/pid"
  for _ in $(seq $((seconds * 10))); do
    if is_up; then return; fi
    kill -0 "$(cat "$here/pid")" 2>/dev/null || refuse "it does not start; see $here/log"
    sleep 0.1
  done
  refuse "it does not listen on port $port; see $here/log"
}

# Ends it and removes its folder; with --crash it is killed and the folder stays.
stop() {
  [ -e "$here/pid" ] || return 0
  local pid signal=TERM
  pid=$(cat "$here/pid")
  [ "${1:-}" != --crash ] || signal=KILL
  kill -s "$signal" "$pid" 2>/dev/null || true
  for _ in $(seq 100); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.05
  done
  [ "$signal" = KILL ] || rm -rf "$here"
}
