#!/usr/bin/env bash
# Installs what the manifests of deploy/kubernetes are checked with, in a folder of its own, and prints it as lines of KEY=VALUE: kustomize (that of kubectl, or built as a Go
# module), the schemas of Kubernetes (PyPI kubernetes-validate) and of the Prometheus operator (npm). Needs kubectl 1.27 or newer or else Go, python3 with venv, npm and,
# once, the network; takes a minute, with Go some more. The test is skipped without. Fails with a sentence where it cannot.
#   tools/kubernetes/install.sh [--there]    --there: only says where it is, and fails if it is not installed
set -euo pipefail

folder=${ATTRACTIONS_KUBERNETES:-${XDG_CACHE_HOME:-$HOME/.cache}/attractions/kubernetes}
wanted='kustomize v5.6.0, kubernetes-validate 1.37.0, @kubernetes-models/prometheus-operator 4.4.4'
refuse() {
  echo "kubernetes: $1" >&2
  exit 1
}

kustomize() {
  if kubectl kustomize --help >/dev/null 2>&1 && kubectl version --client 2>/dev/null | grep -q 'Kustomize Version: v5'; then
    echo 'kubectl kustomize'
  else
    echo "$folder/bin/kustomize build"
  fi
}

if [ "$(cat "$folder/installed" 2>/dev/null)" != "$wanted" ]; then
  [ "${1:-}" != --there ] || refuse 'the checkers of manifests are not installed; tools/kubernetes/install.sh does that'
  command -v python3 >/dev/null || refuse 'there is no python3'
  command -v npm >/dev/null || refuse 'there is no npm'
  [ "$(kustomize)" = 'kubectl kustomize' ] || command -v go >/dev/null || refuse 'there is neither a kubectl with kustomize 5 nor go'
  mkdir -p "$folder"
  {
    python3 -m venv "$folder/venv"
    "$folder/venv/bin/pip" install --quiet kubernetes-validate==1.37.0
    npm install --prefix "$folder" --no-audit --no-fund --ignore-scripts @kubernetes-models/prometheus-operator@4.4.4
    [ "$(kustomize)" = 'kubectl kustomize' ] || GOBIN=$folder/bin go install sigs.k8s.io/kustomize/kustomize/v5@v5.6.0
  } >"$folder/install.log" 2>&1 || refuse "the installation failed; see $folder/install.log"
  echo "$wanted" >"$folder/installed"
fi
echo "KUSTOMIZE=$(kustomize)"
echo "PYTHON=$folder/venv/bin/python"
echo "MODULES=$folder/node_modules"
