#!/usr/bin/env bash
# Checks what the commits between BASE and HEAD touch: lint, typecheck, build and test of every project that changed or depends on one
# that did. Without a base to compare with (none, all zeros as for a new branch, or not in this clone) it checks everything, and says so.
#
#   tools/affected.sh BASE HEAD           # check
#   tools/affected.sh --print BASE HEAD   # only name the projects, one a line
set -euo pipefail
cd "$(dirname "$0")/.."
export NX_DAEMON=false

print=false
if [ "${1:-}" = --print ]; then
  print=true
  shift
fi
if [ $# -ne 2 ]; then
  echo 'usage: tools/affected.sh [--print] BASE HEAD' >&2
  exit 2
fi
base=$1
head=$2

is_commit() {
  git rev-parse --quiet --verify --end-of-options "$1^{commit}" >/dev/null
}

if ! is_commit "$head"; then
  echo "HEAD '$head' is not a commit of this clone: fetch it first." >&2
  exit 2
fi

# Nx compares from the merge base, so two commits without a common ancestor have no base either.
if is_commit "$base" && git merge-base "$base" "$head" >/dev/null; then
  echo "Affected by the commits from $base to $head." >&2
  selection=(--affected "--base=$base" "--head=$head")
  run=(affected "--base=$base" "--head=$head")
else
  echo "Base '$base' is unknown here: everything counts as affected." >&2
  selection=()
  run=(run-many)
fi

if $print; then
  node_modules/.bin/nx show projects ${selection[@]+"${selection[@]}"} --sep=$'\n' | sort
else
  node_modules/.bin/nx "${run[@]}" -t lint typecheck build test --output-style=static
fi
