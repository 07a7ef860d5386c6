#!/usr/bin/env bash
# Stops the server that start.sh has started on a port, at once, and forgets what it held; with --crash it is killed and its data stay.
#   tools/postgres/stop.sh [PORT] [--crash]
set -euo pipefail

folder=${TMPDIR:-/tmp}/attractions-postgres-${1:-54329}
pid=$(head -1 "$folder/data/postmaster.pid" 2>/dev/null || true)
if [ -n "$pid" ]; then
  # Its children first: one that is sending rows would go on.
  for child in $(cat "/proc/$pid/task/$pid/children" 2>/dev/null || true) "$pid"; do kill -KILL "$child" 2>/dev/null || true; done
fi
[ "${2:-}" = --crash ] || rm -rf "$folder"
