#!/usr/bin/env bash
# Checks the registry's signatures and the provenance of everything installed, where the keys can be reached. Unreachable keys are reported, but are not a failure;
# a bad or missing signature is.
set -uo pipefail
cd "$(dirname "$0")/../.."

report=$(npm audit signatures --fetch-retries 0 --fetch-timeout 20000 2>&1)
status=$?
echo "$report"
if [ $status -ne 0 ] && grep -qE 'code (ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|E404|E405)' <<<"$report"; then
  echo 'Not checked: the keys of the registry cannot be reached from here.'
  exit 0
fi
exit $status
