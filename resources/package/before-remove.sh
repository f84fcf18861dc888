#!/bin/sh
# deb: `remove` or `upgrade`. rpm: the number of versions that stay; only when none does, the program goes.
set -e
case ${1:-} in
  remove | deconfigure | 0) ;;
  *) exit 0 ;;
esac
[ -d /run/systemd/system ] || exit 0
# Nodes finish their requests. Without their program they could only fail at the next start.
systemctl disable --now 'parallelix-operator@*.service' 2>/dev/null || systemctl stop 'parallelix-operator@*.service' || true
