#!/usr/bin/env bash
# Stops a server that start.sh began, and removes its folder; with --crash it is killed and the folder stays.
#   tools/spark/stop.sh [PORT] [--crash]
set -euo pipefail

here=${TMPDIR:-/tmp}/attractions-spark/${1:-15002}
. "$(dirname "$0")/process.sh"
stop "${2:-}"
