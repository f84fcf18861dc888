#!/bin/sh
# deb: `configure`, with the version before when there was one. rpm: the number of versions that are here now.
set -e
upgraded=
restarts=${takes_over:-}
case ${1:-} in
  configure) [ -n "${2:-}" ] && upgraded=yes ;;
  [2-9]) upgraded=yes ;;
esac
[ -d /run/systemd/system ] || exit 0
systemctl daemon-reload || true
# A node that runs keeps the old program until it is started again. It finishes its requests first.
if [ -n "$upgraded$restarts" ]; then
  # Only what starts this package's program: one of install.sh in /opt/parallelix-operator has updates of its own.
  for unit in /etc/systemd/system/parallelix-operator@*.service; do
    if grep -Eq '^ExecStart=.*(/usr/bin|/opt/ParalleliX-Operator/resources/cli/bin)/parallelix-operator' \
      "$unit" 2>/dev/null; then
      systemctl try-restart "${unit##*/}" || true
    fi
  done
fi
if [ -n "$upgraded" ]; then
  echo 'User services keep the old version until you run: parallelix-operator service restart'
fi
