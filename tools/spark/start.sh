#!/usr/bin/env bash
# Starts a real Apache Spark with Spark Connect for tests: local mode on two cores, on 127.0.0.1, with a token, in a folder of its own below TMPDIR.
# Prints its address as SPARK_REMOTE=sc://…, in about 10 s, or at once where the server is already up.
# Needs Java 17 or later (apt-get as root: openjdk-17-jre-headless), python3 with venv and, once, the network (PyPI pyspark, 456 MB).
#   tools/spark/start.sh [PORT]
#   tools/spark/start.sh --install   only installs it
# SPARK_MEMORY (default 2g) is the memory of its one process.
set -euo pipefail

name=spark
port=${1:-15002}
folder=${TMPDIR:-/tmp}/attractions-spark
here=$folder/$port
token=attractions-secret
. "$(dirname "$0")/process.sh"

install_packages() {
  if ! command -v java >/dev/null; then
    [ "$(id -u)" = 0 ] || refuse 'there is no java, and only root can install it'
    command -v apt-get >/dev/null || refuse 'there is no java, and no apt-get'
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends openjdk-17-jre-headless; } \
      >"$folder/apt.log" 2>&1 || refuse "apt-get failed; see $folder/apt.log"
  fi
  [ ! -e "$folder/installed" ] || return 0
  install_from_pypi pyspark==4.3.0
  touch "$folder/installed"
}

lock
install_packages
[ "$port" != --install ] || exit 0
if ! is_up; then
  rm -rf "$here"
  mkdir -p "$here/tmp"
  cd "$here"
  SPARK_HOME=$(echo "$folder"/venv/lib/python3*/site-packages/pyspark)
  export SPARK_HOME SPARK_LOCAL_IP=127.0.0.1 SPARK_CONNECT_AUTHENTICATE_TOKEN=$token
  # The wheel has no script for this server. The token stays on: SQL can run code of the JVM.
  serve 120 "$SPARK_HOME/bin/spark-submit" --master 'local[2]' --driver-memory "${SPARK_MEMORY:-2g}" \
    --class org.apache.spark.sql.connect.service.SparkConnectServer \
    --conf "spark.connect.grpc.binding.address=127.0.0.1" --conf "spark.connect.grpc.binding.port=$port" \
    --conf spark.driver.bindAddress=127.0.0.1 --conf spark.driver.host=127.0.0.1 --conf spark.ui.enabled=false \
    --conf "spark.local.dir=$here/tmp" --conf "spark.sql.warehouse.dir=$here/warehouse" --conf spark.sql.shuffle.partitions=8 \
    --conf "spark.driver.extraJavaOptions=-Djava.io.tmpdir=$here/tmp -Dderby.system.home=$here/tmp"
fi
echo "SPARK_REMOTE=sc://127.0.0.1:$port/;token=$token"
