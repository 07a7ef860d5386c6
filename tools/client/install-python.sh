#!/bin/sh
# Installs the generator of Python clients that client.test.mjs runs on our OpenAPI document: a virtual environment in tools/client/reports/python.
#
#     tools/client/install-python.sh
#
# Needs Python 3.10 or newer, and PyPI. Does nothing where it is there already; without it that test is skipped.
set -eu
reports=$(dirname "$0")/reports
[ ! -x "$reports/python/bin/openapi-python-client" ] || exit 0
mkdir -p "$reports"
python3 -m venv "$reports/python"
"$reports/python/bin/pip" install --quiet openapi-python-client==0.29.1
