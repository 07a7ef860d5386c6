#!/usr/bin/env bash
# Stops the server that start.sh has started, and forgets what it held.
set -euo pipefail

folder=${TMPDIR:-/tmp}/attractions-ceph
for pid_file in "$folder"/*.pid; do
  [ -e "$pid_file" ] && kill -KILL "$(cat "$pid_file")" 2>/dev/null || true
done
rm -rf "$folder"
