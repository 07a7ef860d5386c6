#!/usr/bin/env bash
# Installs what the statistics of experiments are checked with: scipy, statsmodels, spotify-confidence and confseq, in a virtual environment of
# their own, whose Python it prints. Needs Python 3.11 or newer with venv, the network, and for confseq a C++ compiler with the Boost headers, which it
# gets by apt-get where it is root. Tests that need them are skipped without. Fails with a sentence where it may not.
#   tools/oracle/install.sh
set -euo pipefail
cd "$(dirname "$0")"

venv=${ATTRACTIONS_ORACLE:-${XDG_CACHE_HOME:-$HOME/.cache}/attractions/oracle}
python=$venv/bin/python
wanted=$(cat requirements.txt)
if [ "$(cat "$venv/installed" 2>/dev/null)" != "$wanted" ]; then
  command -v python3 >/dev/null || { echo 'oracle: there is no python3' >&2; exit 1; }
  log=$(mktemp)
  {
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! [ -d /usr/include/boost/math ]; then
      apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        g++ make libboost-math-dev python3-dev python3-venv
    fi
    rm -rf "$venv"
    mkdir -p "$(dirname "$venv")"
    python3 -m venv "$venv"
    grep -v confseq requirements.txt | "$python" -m pip install --quiet --requirement /dev/stdin
    # Its own build asks for a pybind11 that is too old for Python 3.11, so it is built with a newer one.
    "$python" -m pip install --quiet pybind11==3.1.0 scikit-build==0.19.1 cmake ninja setuptools wheel
    "$python" -m pip install --quiet --no-build-isolation "$(grep confseq requirements.txt)"
  } >"$log" 2>&1 || { echo "oracle: the installation failed; see $log" >&2; exit 1; }
  rm "$log"
  echo "$wanted" >"$venv/installed"
fi
echo "$python"
