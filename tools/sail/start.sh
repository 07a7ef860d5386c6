#!/usr/bin/env bash
# Starts Sail for tests: one process that speaks Spark Connect and needs no Java (PyPI pysail), on 127.0.0.1.
# Prints its address as SPARK_REMOTE=sc://…, in about 1 s, or at once where the server is already up.
# Needs python3 with venv and, once, the network (PyPI, 63 MB): it installs into a folder below TMPDIR. Fails with a sentence where it cannot.
#   tools/sail/start.sh [PORT]
#   tools/sail/start.sh --install   only installs it, with the descriptors of Spark's protocol (PyPI pyspark-client)
set -euo pipefail

port=${1:-50051}
folder=${TMPDIR:-/tmp}/attractions-sail
here=$folder/$port

refuse() {
  echo "sail: $1" >&2
  exit 1
}

install_packages() {
  [ ! -e "$folder/installed" ] || return 0
  mkdir -p "$folder"
  command -v python3 >/dev/null || refuse 'it needs python3'
  python3 -m venv "$folder/venv" >"$folder/install.log" 2>&1 || refuse "it needs python3-venv; see $folder/install.log"
  {
    "$folder/venv/bin/pip" install --quiet --no-deps pysail==0.7.2 protobuf==6.33.5
    "$folder/venv/bin/pip" download --quiet --no-deps --no-binary :all: --no-build-isolation -d "$folder" pyspark-client==4.2.0 ||
      "$folder/venv/bin/pip" download --quiet --no-deps -d "$folder" pyspark-client==4.2.0
    tar -xzf "$folder"/pyspark_client-*.tar.gz -C "$folder" --wildcards '*/sql/connect/proto/*_pb2.py'
  } >>"$folder/install.log" 2>&1 || refuse "pip failed; see $folder/install.log"
  touch "$folder/installed"
}

is_up() { [ -e "$here/pid" ] && kill -0 "$(cat "$here/pid")" 2>/dev/null && (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }

# One at a time: several suites may ask for it at once.
mkdir -p "$folder"
exec 9>"$folder/lock"
flock 9
install_packages
[ "$port" != --install ] || exit 0
if ! is_up; then
  mkdir -p "$here"
  cd "$here"
  nohup "$folder/venv/bin/sail" spark server --ip 127.0.0.1 --port "$port" >"$here/log" 2>&1 9>&- &
  echo $! >"$here/pid"
  for _ in $(seq 300); do
    is_up && break
    kill -0 "$(cat "$here/pid")" 2>/dev/null || refuse "it does not start; see $here/log"
    sleep 0.1
  done
  is_up || refuse "it does not listen on port $port; see $here/log"
fi
echo "SPARK_REMOTE=sc://127.0.0.1:$port"
