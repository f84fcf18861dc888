#!/bin/sh
# The app's part of what runs after its deb or rpm is gone; resources/package/after-remove.sh follows it. Nothing is
# taken away on an upgrade: an rpm's old version runs this last.
set -e
profile=/etc/apparmor.d/parallelix-operator
case ${1:-} in
  remove | purge | 0)
    if [ -f "$profile" ]; then
      if [ -d /sys/kernel/security/apparmor ]; then
        apparmor_parser --remove "$profile" 2>/dev/null || true
      fi
      rm -f "$profile"
    fi
    if command -v update-desktop-database >/dev/null; then
      update-desktop-database -q /usr/share/applications || true
    fi
    ;;
esac
