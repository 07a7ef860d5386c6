#!/usr/bin/env bash
# Stops a server that start.sh began, and removes its folder; with --crash it is killed and the folder stays.
#   tools/sail/stop.sh [PORT] [--crash]
set -euo pipefail

here=${TMPDIR:-/tmp}/attractions-sail/${1:-50051}
. "$(dirname "$0")/../spark/process.sh"
stop "${2:-}"
