#!/bin/sh
# deb: `remove` or `upgrade`. rpm: the number of versions that stay; only when none does, the program goes.
set -e
case ${1:-} in
  remove | deconfigure | 0) ;;
  *) exit 0 ;;
esac
# The app brings the command too: where one package takes the place of the other, nodes keep running.
[ "${2:-}" != in-favour ] || exit 0
if [ -e /usr/lib/parallelix-operator/bin/parallelix-operator ] &&
  [ -e /opt/ParalleliX-Operator/resources/cli/bin/parallelix-operator ]; then
  exit 0
fi
[ -d /run/systemd/system ] || exit 0
# Nodes finish their requests. Without their program they could only fail at the next start. Their units stay: they
# name the folders of keys, and start again once the package is back and they are enabled.
for unit in /etc/systemd/system/parallelix-operator@*.service; do
  if grep -Eq '^ExecStart=.*(/usr/bin|/opt/ParalleliX-Operator/resources/cli/bin)/parallelix-operator' \
    "$unit" 2>/dev/null; then
    systemctl disable --now "${unit##*/}" || true
  fi
done
