#!/usr/bin/env bash
# Starts Sail for tests: one process that speaks Spark Connect and needs no Java (PyPI pysail), on 127.0.0.1.
# Prints its address as SPARK_REMOTE=sc://…, in about 1 s, or at once where the server is already up.
# Needs python3 with venv and, once, the network (PyPI, 63 MB): it installs into a folder below TMPDIR. Fails with a sentence where it cannot.
#   tools/sail/start.sh [PORT]
#   tools/sail/start.sh --install   only installs it, with the descriptors of Spark's protocol (PyPI pyspark-client)
set -euo pipefail

name=sail
port=${1:-50051}
folder=${TMPDIR:-/tmp}/attractions-sail
here=$folder/$port
. "$(dirname "$0")/../spark/process.sh"

install_packages() {
  [ ! -e "$folder/installed" ] || return 0
  install_from_pypi pysail==0.7.2 protobuf==6.33.5
  {
    "$folder/venv/bin/pip" download --quiet --no-deps --no-binary :all: --no-build-isolation -d "$folder" pyspark-client==4.2.0 ||
      "$folder/venv/bin/pip" download --quiet --no-deps -d "$folder" pyspark-client==4.2.0
    tar -xzf "$folder"/pyspark_client-*.tar.gz -C "$folder" --wildcards '*/sql/connect/proto/*_pb2.py'
  } >>"$folder/install.log" 2>&1 || refuse "the descriptors cannot be had; see $folder/install.log"
  touch "$folder/installed"
}

lock
install_packages
[ "$port" != --install ] || exit 0
if ! is_up; then
  mkdir -p "$here"
  cd "$here"
  serve 30 "$folder/venv/bin/sail" spark server --ip 127.0.0.1 --port "$port"
fi
echo "SPARK_REMOTE=sc://127.0.0.1:$port"
