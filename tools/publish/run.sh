#!/usr/bin/env bash
# The publish test. Its own tools (a registry, two judges) are installed first, unless they are there and as the lockfile says.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p ../reports

if ! [ node_modules/.package-lock.json -nt package-lock.json ]; then
  npm ci --no-audit --no-fund
fi
node --test --test-reporter=spec --test-reporter-destination=stdout \
  --test-reporter=tap --test-reporter-destination=../reports/publish-test.tap publish.test.mjs
