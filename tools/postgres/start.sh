#!/usr/bin/env bash
# Starts a real PostgreSQL for tests: Debian's, on 127.0.0.1, with a password, in a folder of its own below TMPDIR.
# Prints its address as DATABASE_URL=postgres://…, in about 2 s, or at once where the server is already up.
# Fails with a sentence where there is no PostgreSQL and it cannot be installed. As root it runs as the user postgres, which Debian's package makes.
#   tools/postgres/start.sh [PORT]
#   tools/postgres/start.sh --install   only installs it
set -euo pipefail

port=${1:-54329}
folder=${TMPDIR:-/tmp}/attractions-postgres-$port
user=attractions password=attractions-secret

refuse() {
  echo "postgres: $1" >&2
  exit 1
}

binaries() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1; }

install_packages() {
  [ -z "$(binaries)" ] || return 0
  [ "$(id -u)" = 0 ] || refuse 'it is not installed, and only root can install it'
  command -v apt-get >/dev/null || refuse 'it is not installed, and there is no apt-get'
  log=$(mktemp)
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends postgresql; } >"$log" 2>&1 ||
    refuse "apt-get failed; see $log"
  rm "$log"
}

# PostgreSQL refuses to run as root.
as_owner() { if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi; }

install_packages
[ "$port" != --install ] || exit 0
bin=$(binaries)
if ! as_owner "$bin/pg_ctl" -D "$folder/data" status >/dev/null 2>&1; then
  rm -rf "$folder"
  mkdir -p "$folder"
  [ "$(id -u)" != 0 ] || chown postgres: "$folder"
  echo "$password" >"$folder/password"
  chmod 644 "$folder/password"
  as_owner "$bin/initdb" -D "$folder/data" -U "$user" -A scram-sha-256 --pwfile "$folder/password" -E UTF8 --locale C.UTF-8 --no-sync \
    >"$folder/initdb.log" 2>&1 || refuse "initdb failed: $(tail -1 "$folder/initdb.log")"
  as_owner "$bin/pg_ctl" -D "$folder/data" -l "$folder/data/log" -w -t 60 start \
    -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$folder -c fsync=off -c max_wal_size=4GB" >/dev/null ||
    refuse "it does not start; see $folder/data/log"
fi
echo "DATABASE_URL=postgres://$user:$password@127.0.0.1:$port/postgres"
