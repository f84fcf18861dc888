#!/bin/sh
# deb: `remove`, `purge` or `upgrade`. rpm: the number of versions that stay.
set -e
case ${1:-} in
  purge | 0)
    # A node's key may be the only one there is: no package manager takes it away.
    echo 'Node data, keys included, stays in each state directory.'
    ;;
  remove) ;;
  *) exit 0 ;;
esac
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload || true
fi
