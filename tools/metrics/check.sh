#!/bin/sh
# Checks the metrics of a running service with the linter of Prometheus: tools/metrics/check.sh [URL]
set -eu
url=${1:-http://127.0.0.1:3000}
if ! command -v promtool >/dev/null; then
  echo 'skipped: there is no promtool; Debian has it in the package prometheus'
  exit 0
fi
text=$(curl --fail --silent --show-error "$url/metrics")
printf '%s\n' "$text" | promtool check metrics
echo "promtool has nothing to object to in $(printf '%s\n' "$text" | grep -c '^# TYPE') metrics of $url"
