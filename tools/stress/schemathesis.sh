#!/bin/sh
# Schemathesis on a running service, from its own OpenAPI document: no status 500, no answer that differs from the schema, 2,000 cases or more.
#
#     tools/stress/schemathesis.sh [URL] [EXAMPLES] [SEED]     # http://127.0.0.1:3000, 300 examples an operation and phase, 1
#
# Needs Python 3.10 or newer, and PyPI for the first run, which makes a virtual environment in tools/stress/reports/venv.
set -eu
url=${1:-http://127.0.0.1:3000}
examples=${2:-300}
seed=${3:-1}
reports=$(dirname "$0")/reports
mkdir -p "$reports"
if [ ! -x "$reports/venv/bin/schemathesis" ]; then
  python3 -m venv "$reports/venv"
  "$reports/venv/bin/pip" install --quiet schemathesis==4.32.5
fi
exec "$reports/venv/bin/schemathesis" --config-file "$(dirname "$0")/schemathesis.toml" run "$url/openapi.json" --max-examples "$examples" --seed "$seed" \
  --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance,negative_data_rejection,unsupported_method \
  --phases examples,coverage,fuzzing --generation-database none --continue-on-failure --no-color
