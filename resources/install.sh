#!/bin/sh
# Installs ParalleliX Operator, the command line, into your own folders. No password is needed. With --system it goes
# where only root can change it, for the service of the whole computer; only that asks for sudo.
#
#   sh install.sh [--version X.Y.Z] [--yes] [--with-ollama] [--with-model NAME] [--no-setup] [--with-service] [--system]
#                 [--uninstall] [--help]
#
# PARALLELIX_RELEASE_URL names another folder of releases, over https.
set -eu

# Filled in by `npm run release`.
release_url='@RELEASE_URL@'

product='ParalleliX Operator'
# A package and what it unpacks to, KiB.
room_needed=204800
# What the service of the whole computer runs as, and where its node is.
account=parallelix-operator
account_home=/var/lib/parallelix-operator

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
fail() {
  warn "Error: $1"
  shift
  for line in "$@"; do warn "$line"; done
  exit 1
}

usage() {
  cat << 'END'
Usage: sh install.sh [OPTIONS]

  --version X.Y.Z    Install this version instead of the latest
  --yes              Assume yes, ask nothing
  --with-ollama      Install Ollama too
  --with-model NAME  Download this model too
  --no-setup         Don’t start setup
  --with-service     Keep the node running in the background, also after a restart
  --system           Install for the whole computer, as a service with its own user (uses sudo)
  --uninstall        Remove the program; node data and keys stay (with --system: the computer’s)
  --help             Show this help
END
}

# What was chosen; empty is no.
yes='' with_ollama='' with_model='' no_setup='' with_service='' system='' uninstall='' version=''

read_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --yes | -y) yes=1 ;;
      --with-ollama) with_ollama=1 ;;
      --with-model) with_model=$(value_of "$@") || exit 2; shift ;;
      --no-setup) no_setup=1 ;;
      --with-service) with_service=1 ;;
      --system) system=1 ;;
      --uninstall) uninstall=1 ;;
      --version) version=$(value_of "$@") || exit 2; shift ;;
      --help | -h) usage; exit 0 ;;
      *) warn "Error: unknown option $1."; usage >&2; exit 2 ;;
    esac
    shift
  done
  case $version in
    '') ;;
    *[!0-9.]* | .* | *. | *..*) warn "Error: --version needs a number such as 1.2.3."; exit 2 ;;
  esac
  if [ -n "$system" ] && [ -n "$with_ollama" ]; then
    warn 'Error: --with-ollama installs into your own folder, which the computer'\''s service cannot use.'
    warn 'Install Ollama for the whole computer first: https://ollama.com/download'
    exit 2
  fi
}

# Sets data, bin and downloads. What is downloaded is downloaded as whoever runs this, also with --system.
choose_places() {
  case ${HOME:-} in
    /*) ;;
    *) fail 'HOME is not set.' 'Set it to your home folder, then run this again.' ;;
  esac
  data=$HOME/.local/share/parallelix-operator
  bin=$HOME/.local/bin
  downloads=$data/.download
  # Root's files in another user's home could never be updated by that user.
  [ "$(id -u)" != 0 ] || [ ! -e "$HOME" ] || [ -n "$(find -H "$HOME" -prune -user 0)" ] ||
    fail "$HOME belongs to another user." 'Run this without sudo. For the whole computer, add --system.'
  [ -n "$system" ] || return 0
  data=/opt/parallelix-operator
  bin=/usr/local/bin
}

# Runs a command as root where the program is the computer's, else as it is.
as_root() {
  if [ -n "$system" ] && [ "$(id -u)" != 0 ]; then sudo "$@"; else "$@"; fi
}

# Runs a command as the user of the computer's service.
as_account() {
  if [ "$(id -u)" = 0 ] && has runuser; then
    runuser -u "$account" -- env "HOME=$account_home" "$@"
  else
    sudo -H -u "$account" "$@"
  fi
}

# Before anything is changed as root.
check_system() {
  [ -n "$system" ] || return 0
  [ "$(uname -s)" = Linux ] || fail '--system works on Linux only.'
  [ "$(id -u)" = 0 ] || has sudo || fail "sudo isn’t installed." 'Run this as root instead.'
  if [ -z "$uninstall" ] && [ -e /usr/lib/parallelix-operator/installed-by ]; then
    fail "A package of this system installed $product." 'Update it with apt or dnf instead.'
  fi
  # What others can change would run as the computer's service, and here as root.
  for place in / /opt "$data" "$data/versions"; do
    [ -e "$place" ] || continue
    [ -z "$(find -H "$place" -prune \( ! -user 0 -o -perm -0020 -o -perm -0002 \))" ] ||
      fail "Others than root can change $place." 'Nothing was changed. Give it to root alone, then run this again.'
  done
}

say_system() {
  [ -n "$system" ] || return 0
  say "$product goes to $data, where only root can change it, with links in $bin." \
    "Its service is installed for the whole computer, and runs as the user $account."
  [ "$(id -u)" = 0 ] || say 'This uses sudo, which may ask for your password.'
  if has_terminal && ! ask 'Continue?'; then fail 'Cancelled.' 'Nothing was changed.'; fi
}

# Two runs at once would take the ground from under each other, and so would `parallelix-operator update`, which takes
# the same lock. On the folder around ours, which a removal leaves there. Held until `end_turn`, or this process ends.
take_turn() {
  place=${data%/*}
  as_root mkdir -p "$place"
  if has flock; then
    exec 9< "$place"
    flock -n 9 || other_runs
    return
  fi
  # macOS has no flock: a link that names the process. One of a run that was killed names nobody.
  turn=$place/.parallelix-operator-installing
  if ! as_root ln -s "$$" "$turn" 2> /dev/null; then
    holder=$(readlink "$turn" 2> /dev/null) || holder=''
    # shellcheck disable=SC2016 # for the inner shell to expand
    ! as_root sh -c 'kill -0 "$1" 2> /dev/null' sh "$holder" || other_runs
    as_root rm -f "$turn"
    as_root ln -s "$$" "$turn" 2> /dev/null || other_runs
  fi
  trap end_turn EXIT
}

other_runs() {
  turn=''
  fail "$product is being installed, updated or removed by another run." 'Wait until it has finished, then run this again.'
}

# What is started from here on, a node for one, must not hold it.
end_turn() {
  if has flock; then exec 9<&-; elif [ -n "${turn:-}" ]; then as_root rm -f "$turn"; fi
  turn=''
}

value_of() {
  case ${2:-} in
    '' | -*) warn "Error: $1 needs a value."; return 2 ;;
    *) printf '%s\n' "$2" ;;
  esac
}

# Sets platform and arch, or says why this computer cannot run a node.
check_platform() {
  case $(uname -s) in
    Linux) platform=linux ;;
    Darwin) platform=darwin ;;
    MINGW* | MSYS* | CYGWIN*)
      fail "$product runs on Windows inside WSL2." \
        'Install WSL2 with: wsl --install' 'Then run this command in the WSL2 terminal.' ;;
    *) fail "$product doesn’t run on $(uname -s)." 'It runs on Linux, macOS, and Windows with WSL2.' ;;
  esac
  case $(uname -m) in
    x86_64 | amd64) arch=x64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) fail "$product doesn’t run on $(uname -m) processors." 'It needs x64 or arm64.' ;;
  esac
  if [ $platform = linux ] && (ldd --version 2>&1 || true) | grep -qi musl; then
    fail "$product needs glibc, and this system uses musl." 'Use Debian, Ubuntu, Fedora or another glibc system.'
  fi
}

has() { command -v "$1" > /dev/null 2>&1; }

check_tools() {
  for tool in tar xz; do
    has $tool || fail "$tool isn’t installed." "On Debian or Ubuntu: apt-get install ${tool}$([ $tool = xz ] && echo -utils)" \
      "On Fedora: dnf install $tool"
  done
  has curl || has wget || fail "Neither curl nor wget is installed." 'Install one of them and run this again.'
  has sha256sum || has shasum || fail "Neither sha256sum nor shasum is installed."
}

check_url() {
  case $release_url in
    @*) fail 'This copy of install.sh has no download address.' 'Set PARALLELIX_RELEASE_URL to the release folder.' ;;
  esac
  case $release_url in
    *[@?#\\]* | *' '*) fail "The download address can’t hold a user name, a query or spaces." ;;
    https://*) scheme='=https' ;;
    http://127.0.0.1:* | http://localhost:*)
      # For tests alone: a server on this very computer.
      [ "${PARALLELIX_TEST_LOOPBACK_HTTP:-}" = 1 ] || fail 'Downloads use https only.'
      scheme='=http' ;;
    *) fail 'Downloads use https only.' ;;
  esac
  release_url=${release_url%/}
  [ -z "$version" ] || release_url=$release_url/$version
}

# fetch NAME FILE: gets a file of the release, continues where FILE ends.
fetch() {
  if has curl; then
    curl --fail --silent --show-error --location --proto "$scheme" --proto-redir "$scheme" \
      --connect-timeout 20 --speed-limit 1000 --speed-time 60 --retry 3 --retry-delay 1 \
      --max-filesize 200000000 --continue-at - --output "$2" "$release_url/$1"
  else
    # wget would follow a redirect to plain http.
    wget --quiet --max-redirect=0 --connect-timeout=20 --read-timeout=60 --tries=3 \
      --continue --output-document="$2" "$release_url/$1"
  fi
}

sum_of() {
  if has sha256sum; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

# Sets file, sum and version from the list of the release.
read_release() {
  mkdir -p "$downloads"
  sums=$downloads/SHA256SUMS
  # Names of versions change; what was got before says nothing about now.
  rm -f "$sums"
  fetch SHA256SUMS "$sums" || fail "The release list couldn’t be downloaded." \
    "Check your internet connection, then run this again." "Address: $release_url"
  line=$(grep -E "^[0-9a-f]{64}  parallelix-operator-cli-[0-9]+\.[0-9]+\.[0-9]+-$platform-$arch\.tar\.xz\$" "$sums" | head -n 1) ||
    true
  rm -f "$sums"
  [ -n "$line" ] || fail "This release has no package for $platform $arch." 'Nothing was changed.'
  sum=${line%% *}
  file=${line##* }
  found=${file#parallelix-operator-cli-}
  found=${found%"-$platform-$arch.tar.xz"}
  [ -z "$version" ] || [ "$version" = "$found" ] || fail "The release is version $found, not $version." 'Nothing was changed.'
  version=$found
}

check_room() {
  free=$(df -Pk "$1" | awk 'NR == 2 { print $4 }')
  [ "$free" -ge $room_needed ] || fail "Not enough space in $1." 'Free 200 MB, then run this again.'
}

# Gets package: the whole file, with the sum that the release names.
download() {
  say "Downloading $product ${version}…"
  continued=''
  [ ! -s "$package" ] || continued=1
  code=0
  fetch "$file" "$package" || code=$?
  # What an earlier run left may be of another file, or end where a server won't continue: start over once.
  if [ -n "$continued" ]; then
    case $code in
      22 | 33 | 8) again=1 ;;
      0) if [ "$(sum_of "$package")" = "$sum" ]; then again=''; else again=1; fi ;;
      *) again='' ;;
    esac
    if [ -n "$again" ]; then
      rm -f "$package"
      code=0
      fetch "$file" "$package" || code=$?
    fi
  fi
  [ "$code" = 0 ] || fail 'The download stopped early.' 'Run this again to continue it.'
  if [ "$(sum_of "$package")" != "$sum" ]; then
    rm -f "$package"
    fail "The download is damaged: its checksum doesn’t match." 'Nothing was installed. Run this again.'
  fi
}

unpack() {
  say "Installing $product ${version}…"
  unpacking=$data/.unpacking-$version
  as_root rm -rf "$unpacking"
  as_root mkdir -p "$unpacking" "$data/versions"
  archive=$package
  if [ -n "$system" ]; then
    # What root unpacks is a copy that nobody else can change, checked once more.
    archive=$data/.unpacking-$version.tar.xz
    as_root cp "$package" "$archive"
    if [ "$(sum_of "$archive")" != "$sum" ]; then
      as_root rm -rf "$unpacking" "$archive"
      fail 'The download was changed after it was checked.' 'Nothing was installed. Run this again.'
    fi
  fi
  # Files belong to whoever unpacks them, whatever the archive says.
  # shellcheck disable=SC2016 # for the inner shell to expand
  as_root sh -c 'xz --decompress --stdout "$1" | tar -xf - -C "$2" --strip-components=1 --no-same-owner --no-same-permissions' \
    sh "$archive" "$unpacking" || fail "The package couldn’t be unpacked." 'Nothing was changed.'
  [ -z "$system" ] || as_root rm -f "$archive"
  reported=$("$unpacking/bin/parallelix-operator" version 2> /dev/null) || reported=''
  case $reported in
    *"$version"*) ;;
    *)
      as_root rm -rf "$unpacking"
      rm -f "$package"
      fail "This package doesn’t run on this computer." "It may be made for another processor than $arch." 'Nothing was changed.' ;;
  esac
  # shellcheck disable=SC2016 # for the inner shell to expand
  as_root sh -c 'printf "install.sh\n" > "$1"' sh "$unpacking/installed-by"
  as_root rm -rf "$data/versions/$version"
  as_root mv "$unpacking" "$data/versions/$version"
}

# Only what a broken off run can continue with is kept.
remove_downloads() {
  rm -rf "$downloads"
  # Of a program of one's own nothing else is there.
  [ -z "$system" ] || rmdir "${downloads%/*}" 2> /dev/null || true
}

# link TARGET PATH: a link is made beside and moved into place, so that there is always one.
link() {
  as_root ln -sfn "$1" "$2.new"
  as_root mv -fT "$2.new" "$2" 2> /dev/null || as_root mv -fh "$2.new" "$2"
}

# Whether some process runs a program below FOLDER; unknown, and so no, where there is no /proc.
in_use() {
  folder=$(cd "$1" 2> /dev/null && pwd -P) || return 1
  # By stdin: the search would find its own arguments.
  # shellcheck disable=SC2062 # files, not a pattern
  printf '%s\n' "$folder/" | grep -q -a -F -f - /proc/[0-9]*/cmdline 2> /dev/null
}

# Whether PATH is a link into our folder, or nothing.
ours() {
  [ -L "$1" ] || [ -e "$1" ] || return 0
  case $(readlink "$1" 2> /dev/null) in "$data"/*) return 0 ;; *) return 1 ;; esac
}

switch_to() {
  before=$(readlink "$data/current" 2> /dev/null) || before=''
  link "versions/$version" "$data/current"
  as_root mkdir -p "$bin"
  for name in parallelix-operator plx; do
    if ours "$bin/$name"; then
      link "$data/current/bin/$name" "$bin/$name"
    else
      warn "$bin/$name belongs to another program and stays as it is."
    fi
  done
  # The version before stays, to return to, and what a node still runs; older ones go.
  for old in "$data"/versions/*; do
    case versions/${old##*/} in
      "versions/$version" | "$before") ;;
      *) in_use "$old" || as_root rm -rf "$old" ;;
    esac
  done
}

installed() {
  [ "$(cat "$data/versions/$version/installed-by" 2> /dev/null)" = install.sh ] &&
    "$data/versions/$version/bin/parallelix-operator" version > /dev/null 2>&1
}

say_path() {
  case :$PATH: in
    *":$bin:"*) ;;
    *)
      if [ -n "$system" ]; then
        say '' "$bin is not in your PATH. Start the program as $bin/parallelix-operator."
        return
      fi
      say '' "Add it to your PATH:"
      # shellcheck disable=SC2016 # for the person's shell to expand
      case ${SHELL:-} in
        */fish) say '  fish_add_path ~/.local/bin' ;;
        */zsh) say '  echo '\''export PATH="$HOME/.local/bin:$PATH"'\'' >> ~/.zshrc && . ~/.zshrc' ;;
        *) say '  echo '\''export PATH="$HOME/.local/bin:$PATH"'\'' >> ~/.profile && . ~/.profile' ;;
      esac
      ;;
  esac
}

# A person may be there although the script comes through a pipe.
has_terminal() { [ -z "$yes" ] && (: < /dev/tty) 2> /dev/null; }

ask() {
  printf '%s [Y/n] ' "$1" > /dev/tty
  read -r answer < /dev/tty || return 1
  case $answer in '' | [Yy] | [Yy][Ee][Ss]) return 0 ;; *) return 1 ;; esac
}

has_ollama() { "$program" ollama status > /dev/null 2>&1 || has ollama; }

offer_rest() {
  program=$bin/parallelix-operator
  ours "$program" || program=$data/current/bin/parallelix-operator
  if [ -n "$with_ollama" ] || { has_terminal && ! has_ollama && ask 'Ollama runs the models. Install it?'; }; then
    if has_ollama; then say 'Ollama is already installed.'; else "$program" ollama install --yes; fi
  fi
  if [ -n "$with_model" ]; then
    "$program" ollama start > /dev/null 2>&1 || true
    "$program" models pull "$with_model" --yes
  elif has_terminal && has_ollama && ask 'See which model fits this computer?'; then
    "$program" ollama start > /dev/null 2>&1 || true
    "$program" models recommend < /dev/tty || true
  fi
  if [ -n "$no_setup" ]; then
    say '' 'Next: parallelix-operator setup'
  elif [ -n "$yes" ]; then
    "$program" setup --yes || true
  elif has_terminal && ask 'Set up your node now?'; then
    "$program" setup < /dev/tty
  else
    say '' 'Next: parallelix-operator setup'
  fi
  offer_service
}

# A node needs its key first.
offer_service() {
  if ! "$program" key show > /dev/null 2>&1; then
    [ -z "$with_service" ] || say 'After setup: parallelix-operator service install'
  elif [ -n "$with_service" ]; then
    "$program" service install --yes
  elif has_terminal && ask 'Keep your node running in the background, also after a restart?'; then
    "$program" service install < /dev/tty || true
  fi
}

# The service of the whole computer, which makes its user; then that user's own key.
install_service() {
  program=$data/current/bin/parallelix-operator
  node=$account_home/default
  say ''
  start_service
  [ -n "$waits" ] || return 0
  if [ -n "$with_model" ]; then as_account "$program" models pull "$with_model" --yes --state-dir "$node"; fi
  set_up=''
  if [ -n "$no_setup" ]; then
    :
  elif [ -n "$yes" ]; then
    as_account "$program" setup --yes --state-dir "$node" || true
    set_up=1
  elif has_terminal && ask 'Set up its node now?'; then
    as_account "$program" setup --state-dir "$node" < /dev/tty || true
    set_up=1
  fi
  [ -z "$set_up" ] || start_service
  [ -z "$waits" ] || say '' 'Next:' "  sudo -u $account parallelix-operator setup --state-dir $node" \
    '  sudo parallelix-operator service start --system'
}

# Sets waits where it is installed, and waits for its key.
start_service() {
  waits='' code=0
  as_root "$program" service install --system --yes || code=$?
  case $code in
    0) ;;
    5) waits=1 ;;
    *) fail "The service wasn’t installed." "The program is in $data. Try again: sudo parallelix-operator service install --system" ;;
  esac
}

service_manager() {
  if [ -n "$system" ]; then as_root systemctl "$@"; else systemctl --user "$@"; fi
}

starts_program() { grep '^ExecStart=' "$1" 2> /dev/null | grep -qF "$data/current/"; }

# The unit files of services that start this program; a name holds no space.
units_of_program() {
  for unit in "$units"/parallelix-operator@*.service; do
    if starts_program "$unit"; then printf '%s\n' "${unit##*/}"; fi
  done
}

remove() {
  program=$data/current/bin/parallelix-operator
  units=${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user
  scope=''
  if [ -n "$system" ]; then units=/etc/systemd/system scope=' --system'; fi
  for unit in $(units_of_program); do
    name=${unit#*@}
    if service_manager is-active --quiet "$unit" 2> /dev/null; then
      fail "The service $unit is running from this program." \
        "Finish and stop it first: ${system:+sudo }parallelix-operator service stop$scope --name ${name%.service}"
    fi
  done
  if in_use "$data/versions" || { [ -z "$system" ] && [ -x "$program" ] && "$program" status > /dev/null 2>&1; }; then
    fail 'Your node is running from this program.' 'Finish and stop it first: parallelix-operator drain'
  fi
  # Without their program they could only fail. Their files stay: they name the folders of keys.
  for unit in $(units_of_program); do
    service_manager disable "$unit" > /dev/null 2>&1 || true
    say "$unit no longer starts by itself. Its file stays."
  done
  update=parallelix-operator-update
  if starts_program "$units/$update.service"; then
    service_manager disable --now "$update.timer" > /dev/null 2>&1 || true
    as_root rm -f "$units/$update.timer" "$units/$update.service"
  fi
  found=''
  for name in parallelix-operator plx; do
    if [ -L "$bin/$name" ] && ours "$bin/$name"; then as_root rm -f "$bin/$name"; found=1; fi
  done
  if [ -d "$data" ]; then as_root rm -rf "$data"; found=1; fi
  [ -n "$found" ] || { say "$product isn’t installed here."; return; }
  kept="in ~/.local/state/parallelix-operator unless you chose another folder"
  [ -z "$system" ] || kept="in $account_home"
  say "$product was removed." "Node data and keys were kept, $kept."
}

main() {
  # What a service runs has to be readable by its user, and changed by nobody else.
  umask 022
  read_options "$@"
  choose_places
  check_system
  if [ -n "$uninstall" ]; then
    [ -z "$system" ] || [ "$(id -u)" = 0 ] || say 'This uses sudo, which may ask for your password.'
    [ ! -d "$data" ] || take_turn
    remove
    return
  fi
  release_url=${PARALLELIX_RELEASE_URL:-$release_url}
  check_platform
  check_tools
  check_url
  say_system
  take_turn
  read_release
  if installed; then
    say "$product $version is already installed."
  else
    check_room "$downloads"
    package=$downloads/$file
    # Whole already, from a run that was broken off after it.
    if [ ! -f "$package" ] || [ "$(sum_of "$package")" != "$sum" ]; then download; fi
    [ -z "$system" ] || { as_root mkdir -p "$data/versions"; check_room "$data"; }
    unpack
  fi
  remove_downloads
  switch_to
  end_turn
  say "Installed $product $version in $data."
  say_path
  if [ -n "$system" ]; then install_service; else offer_rest; fi
}

# Last: a script that was cut off on its way does nothing.
main "$@"
