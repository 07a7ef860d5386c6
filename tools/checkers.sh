#!/usr/bin/env bash
# Installs what some tests check with, and are skipped without: strace (kills at each system call), spin and gcc (the model of the log),
# promtool of prometheus (the metrics). Needs Debian or Ubuntu, root and the network; fails with a sentence where it may not.
#   tools/checkers.sh
set -euo pipefail

command -v strace spin gcc promtool >/dev/null && exit
[ "$(id -u)" = 0 ] || { echo 'checkers: only root can install them' >&2; exit 1; }
command -v apt-get >/dev/null || { echo 'checkers: there is no apt-get' >&2; exit 1; }
log=$(mktemp)
{
  apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends strace spin gcc libc6-dev prometheus
} >"$log" 2>&1 || { echo "checkers: apt-get failed; see $log" >&2; exit 1; }
rm "$log"
