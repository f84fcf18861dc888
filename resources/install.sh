#!/bin/sh
# Installs ParalleliX Operator, the command line, into your own folders. No password is needed.
#
#   sh install.sh [--version X.Y.Z] [--yes] [--with-ollama] [--with-model NAME] [--no-setup] [--with-service] [--uninstall] [--help]
#
# PARALLELIX_RELEASE_URL names another folder of releases, over https.
set -eu

# Filled in by `npm run release`.
release_url='@RELEASE_URL@'

data=$HOME/.local/share/parallelix-operator
bin=$HOME/.local/bin
product='ParalleliX Operator'
# A package and what it unpacks to, KiB.
room_needed=204800

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
  --no-setup         Don't start setup
  --with-service     Keep the node running in the background, also after a restart
  --uninstall        Remove the program; node data and keys stay
  --help             Show this help
END
}

# What was chosen; empty is no.
yes='' with_ollama='' with_model='' no_setup='' with_service='' uninstall='' version=''

read_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --yes | -y) yes=1 ;;
      --with-ollama) with_ollama=1 ;;
      --with-model) with_model=$(value_of "$@") || exit 2; shift ;;
      --no-setup) no_setup=1 ;;
      --with-service) with_service=1 ;;
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
    *) fail "$product doesn't run on $(uname -s)." 'It runs on Linux, macOS, and Windows with WSL2.' ;;
  esac
  case $(uname -m) in
    x86_64 | amd64) arch=x64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) fail "$product doesn't run on $(uname -m) processors." 'It needs x64 or arm64.' ;;
  esac
  if [ $platform = linux ] && (ldd --version 2>&1 || true) | grep -qi musl; then
    fail "$product needs glibc, and this system uses musl." 'Use Debian, Ubuntu, Fedora or another glibc system.'
  fi
}

has() { command -v "$1" > /dev/null 2>&1; }

check_tools() {
  for tool in tar xz; do
    has $tool || fail "$tool isn't installed." "On Debian or Ubuntu: apt-get install ${tool}$([ $tool = xz ] && echo -utils)" \
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
  mkdir -p "$data/.download"
  sums=$data/.download/SHA256SUMS
  # Names of versions change; what was got before says nothing about now.
  rm -f "$sums"
  fetch SHA256SUMS "$sums" || fail "The release list couldn't be downloaded." \
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
  free=$(df -Pk "$data" | awk 'NR == 2 { print $4 }')
  [ "$free" -ge $room_needed ] || fail "Not enough space in $data." 'Free 200 MB, then run this again.'
}

# Sets package: the whole file, with the sum that the release names.
download() {
  package=$data/.download/$file
  say "Downloading $product $version…"
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
    fail "The download is damaged: its checksum doesn't match." 'Nothing was installed. Run this again.'
  fi
}

unpack() {
  say "Installing $product $version…"
  unpacking=$data/.unpacking-$version
  rm -rf "$unpacking"
  mkdir -p "$unpacking" "$data/versions"
  xz --decompress --stdout "$package" | tar -xf - -C "$unpacking" --strip-components=1 ||
    fail "The package couldn't be unpacked." 'Nothing was changed.'
  reported=$("$unpacking/bin/parallelix-operator" version 2> /dev/null) || reported=''
  case $reported in
    *"$version"*) ;;
    *)
      rm -rf "$unpacking" "$package"
      fail "This package doesn't run on this computer." "It may be made for another processor than $arch." 'Nothing was changed.' ;;
  esac
  printf 'install.sh\n' > "$unpacking/installed-by"
  rm -rf "$data/versions/$version"
  mv "$unpacking" "$data/versions/$version"
  rm -rf "$data/.download"
}

# link TARGET PATH: a link is made beside and moved into place, so that there is always one.
link() {
  ln -sfn "$1" "$2.new"
  mv -fT "$2.new" "$2" 2> /dev/null || mv -fh "$2.new" "$2"
}

# Whether PATH is a link into our folder, or nothing.
ours() {
  [ -L "$1" ] || [ -e "$1" ] || return 0
  case $(readlink "$1" 2> /dev/null) in "$data"/*) return 0 ;; *) return 1 ;; esac
}

switch_to() {
  before=$(readlink "$data/current" 2> /dev/null) || before=''
  link "versions/$version" "$data/current"
  mkdir -p "$bin"
  for name in parallelix-operator plx; do
    if ours "$bin/$name"; then
      link "$data/current/bin/$name" "$bin/$name"
    else
      warn "$bin/$name belongs to another program and stays as it is."
    fi
  done
  # The version before stays, to return to; older ones go.
  for old in "$data"/versions/*; do
    case versions/${old##*/} in "versions/$version" | "$before") ;; *) rm -rf "$old" ;; esac
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

# A node needs its key first. A service of the whole computer comes with the deb or rpm: no other account may run a
# program that this one can change.
offer_service() {
  if ! "$program" key show > /dev/null 2>&1; then
    [ -z "$with_service" ] || say 'After setup: parallelix-operator service install'
  elif [ -n "$with_service" ]; then
    "$program" service install --yes
  elif has_terminal && ask 'Keep your node running in the background, also after a restart?'; then
    "$program" service install < /dev/tty || true
  fi
}

remove() {
  program=$data/current/bin/parallelix-operator
  if [ -x "$program" ] && "$program" status > /dev/null 2>&1; then
    fail 'Your node is running from this program.' 'Finish and stop it first: parallelix-operator drain'
  fi
  found=''
  for name in parallelix-operator plx; do
    if [ -L "$bin/$name" ] && ours "$bin/$name"; then rm -f "$bin/$name"; found=1; fi
  done
  if [ -d "$data" ]; then rm -rf "$data"; found=1; fi
  [ -n "$found" ] || { say "$product isn't installed here."; return; }
  say "$product was removed." \
    'Node data and keys were kept, in ~/.local/state/parallelix-operator unless you chose another folder.'
}

main() {
  read_options "$@"
  if [ -n "$uninstall" ]; then remove; return; fi
  release_url=${PARALLELIX_RELEASE_URL:-$release_url}
  check_platform
  check_tools
  check_url
  read_release
  if installed; then
    say "$product $version is already installed."
  else
    check_room
    package=$data/.download/$file
    # Whole already, from a run that was broken off after it.
    if [ ! -f "$package" ] || [ "$(sum_of "$package")" != "$sum" ]; then download; fi
    unpack
  fi
  switch_to
  say "Installed $product $version in $data."
  say_path
  offer_rest
}

# Last: a script that was cut off on its way does nothing.
main "$@"
