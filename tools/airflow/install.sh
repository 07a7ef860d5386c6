#!/usr/bin/env bash
# Installs Airflow (PyPI apache-airflow) in the versions of constraints.txt, in a virtual environment of its own, whose folder it prints. The test of
# deploy/airflow needs it and is skipped without. Needs python3 3.10 to 3.13 with venv and, once, the network; takes half a minute. Fails with a sentence where it cannot.
#   tools/airflow/install.sh [--there]    --there: only says where it is, and fails if it is not installed
set -euo pipefail
cd "$(dirname "$0")"

venv=${ATTRACTIONS_AIRFLOW:-${XDG_CACHE_HOME:-$HOME/.cache}/attractions/airflow}
wanted=$(cat constraints.txt)
refuse() {
  echo "airflow: $1" >&2
  exit 1
}

if [ "$(cat "$venv/installed" 2>/dev/null)" != "$wanted" ]; then
  [ "${1:-}" != --there ] || refuse 'it is not installed; tools/airflow/install.sh does that'
  python=$(command -v python3) || refuse 'there is no python3'
  "$python" -c 'import sys, venv; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' ||
    refuse "it needs Python 3.10 to 3.13 with venv, and python3 is $("$python" --version)"
  log=$(mktemp)
  {
    rm -rf "$venv"
    mkdir -p "$(dirname "$venv")"
    "$python" -m venv "$venv"
    "$venv/bin/pip" install --quiet --constraint constraints.txt apache-airflow
  } >"$log" 2>&1 || refuse "the installation failed; see $log"
  rm "$log"
  echo "$wanted" >"$venv/installed"
fi
echo "$venv"
