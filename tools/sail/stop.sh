#!/usr/bin/env bash
# Stops a server that start.sh began, and removes its folder; with --crash it is killed and the folder stays.
#   tools/sail/stop.sh [PORT] [--crash]
set -euo pipefail

port=${1:-50051}
here=${TMPDIR:-/tmp}/attractions-sail/$port
[ -e "$here/pid" ] || exit 0
pid=$(cat "$here/pid")
signal=TERM
[ "${2:-}" != --crash ] || signal=KILL
kill -s "$signal" "$pid" 2>/dev/null || true
for _ in $(seq 100); do
  kill -0 "$pid" 2>/dev/null || break
  sleep 0.05
done
[ "$signal" = KILL ] || rm -rf "$here"
