#!/bin/sh
# The app's part of what runs after its deb or rpm is in place; resources/package/after-install.sh follows it.
set -e
profile=/etc/apparmor.d/parallelix-operator
case ${1:-} in
  configure | [1-9]*)
    # Ubuntu 24.04 gives Chromium its sandbox by this profile. An older parser does not know its rules, and needs none.
    if [ -d /etc/apparmor.d ] && command -v apparmor_parser >/dev/null; then
      shipped=/opt/ParalleliX-Operator/resources/apparmor-profile
      if apparmor_parser --skip-kernel-load --skip-cache "$shipped" >/dev/null 2>&1; then
        cp -f "$shipped" "$profile"
        if [ -d /sys/kernel/security/apparmor ]; then
          apparmor_parser --replace --write-cache --skip-read-cache "$profile" || true
        fi
      fi
    fi
    if command -v update-desktop-database >/dev/null; then
      update-desktop-database -q /usr/share/applications || true
    fi
    # The command-line package may have been replaced by this one: services that run are started on the new program.
    # shellcheck disable=SC2034 # read by what follows
    takes_over=yes
    ;;
esac
