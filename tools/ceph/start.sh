#!/usr/bin/env bash
# Starts a real S3 server for tests: Debian's Ceph RGW over one monitor and one OSD that keeps everything in memory.
# Prints what a client needs as lines of KEY=VALUE, in about 20 s, or at once where the server is already up.
# Fails with a sentence where there is no Ceph and it cannot be installed, or with --running where the server is not up.
#   tools/ceph/start.sh [--running]
set -euo pipefail

folder=${TMPDIR:-/tmp}/attractions-ceph
port=${CEPH_RGW_PORT:-7480}
access=attractions secret=attractions-secret
here=$(cd "$(dirname "$0")" && pwd)

# One at a time; the daemons must not inherit the lock.
[ -n "${CEPH_START_LOCKED:-}" ] || CEPH_START_LOCKED=1 exec flock --close "$folder.lock" "$0" "$@"

describe() {
  cat <<END
AWS_ENDPOINT_URL_S3=http://127.0.0.1:$port
AWS_REGION=us-east-1
AWS_ACCESS_KEY_ID=$access
AWS_SECRET_ACCESS_KEY=$secret
END
}

refuse() {
  echo "ceph: $1" >&2
  exit 1
}

install_packages() {
  command -v ceph-mon ceph-osd radosgw radosgw-admin ceph >/dev/null && return
  [ "$(id -u)" = 0 ] || refuse 'it is not installed, and only root can install it'
  command -v apt-get >/dev/null || refuse 'it is not installed, and there is no apt-get'
  {
    apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ceph-mon ceph-osd radosgw ceph-common
  } >"$folder/apt.log" 2>&1 || refuse "apt-get failed; see $folder/apt.log"
}

# cephx stays on: radosgw does not start without it.
write_configuration() {
  cat >"$folder/ceph.conf" <<END
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon host = v1:127.0.0.1:$((port + 1))
public addr = 127.0.0.1
run dir = $folder
admin socket = $folder/\$name.asok
log file = $folder/\$name.log
pid file = $folder/\$name.pid
keyring = $folder/keyring
mon data = $folder/mon
osd data = $folder/osd
osd objectstore = memstore
memstore device bytes = 4294967296
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd scrub load threshold = 0.01
mon allow pool size one = true
mon allow pool delete = true
mon max pg per osd = 1000
mon warn on pool no redundancy = false
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:$port tcp_nodelay=1
rgw zone = default
rgw enable usage log = false
rgw gc max objs = 4
rgw usage max shards = 1
rgw override bucket index max shards = 1
rgw data log num shards = 1
rgw md log max shards = 1
rgw thread pool size = 64
END
}

ceph_() { ceph --conf "$folder/ceph.conf" --connect-timeout 20 "$@"; }

start_monitor() {
  ceph-authtool --create-keyring "$folder/keyring" --gen-key -n mon. --cap mon 'allow *' >/dev/null
  ceph-authtool "$folder/keyring" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *' >/dev/null
  ceph-authtool "$folder/keyring" --gen-key -n client.rgw --cap mon 'allow rwx' --cap osd 'allow rwx' >/dev/null
  ceph-authtool "$folder/keyring" --gen-key -n osd.0 --cap mon 'allow profile osd' --cap osd 'allow *' >/dev/null
  monmaptool --create --fsid "$(sed -n 's/^fsid = //p' "$folder/ceph.conf")" \
    --addv a "[v1:127.0.0.1:$((port + 1))]" "$folder/monmap" >/dev/null
  ceph-mon --conf "$folder/ceph.conf" -i a --mkfs --monmap "$folder/monmap" --keyring "$folder/keyring"
  ceph-mon --conf "$folder/ceph.conf" -i a
}

start_osd() {
  local uuid
  uuid=$(cat /proc/sys/kernel/random/uuid)
  ceph_ osd new "$uuid" >/dev/null
  ceph_ auth import -i "$folder/keyring" >/dev/null 2>&1
  ceph_ osd crush add-bucket host-0 host >/dev/null 2>&1
  ceph_ osd crush move host-0 root=default >/dev/null 2>&1
  ceph_ osd crush add osd.0 1.0 host=host-0 >/dev/null 2>&1
  ceph-osd --conf "$folder/ceph.conf" -i 0 --osd-uuid "$uuid" --mkfs >/dev/null 2>&1
  ceph-osd --conf "$folder/ceph.conf" -i 0 >/dev/null 2>&1
}

start_gateway() {
  radosgw --conf "$folder/ceph.conf" --name client.rgw >/dev/null 2>&1
  radosgw-admin --conf "$folder/ceph.conf" user create --uid tests --display-name Tests \
    --access-key "$access" --secret-key "$secret" >/dev/null 2>&1
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; }

if answers; then
  describe
  exit 0
fi
[ "${1:-}" != --running ] || refuse 'no server is up; start one with tools/ceph/start.sh'
"$here/stop.sh"
mkdir -p "$folder/mon" "$folder/osd"
install_packages
write_configuration
start_monitor
start_osd
start_gateway
for _ in $(seq 120); do
  answers && break
  sleep 0.25
done
answers || refuse "the gateway does not answer; see $folder/client.rgw.log"
describe
