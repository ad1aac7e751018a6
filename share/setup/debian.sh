# Installs Debian packages that are missing, without letting any service start.
# To be sourced by ./quickstart and ./runtests:  . share/setup/debian.sh
# shellcheck shell=sh

# What building needs, what quickstart serves with, and what only tests need.
BUILD_PACKAGES="autoconf automake gcc make pkg-config libc6-dev libfcgi-dev
libjson-c-dev libgnutls28-dev libcrypt-dev liblmdb-dev libyaml-dev zlib1g-dev"
SERVE_PACKAGES="lighttpd lighttpd-mod-openssl openssl curl ca-certificates"
# Only `make bench` needs wrk.
TEST_PACKAGES="patchelf binutils apache2-bin libapache2-mod-fcgid nginx-light libcmocka-dev libfcgi-bin
libclang-rt-dev valgrind clang clang-format shellcheck cppcheck mandoc jq busybox dash bash
wget lcov gnutls-bin lmdb-utils python3 python3-yaml python3-jsonschema softhsm2 strace
tidy chromium"

# missing_packages NAME… : prints those that are not installed.
missing_packages() {
  for package; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null |
      grep -q '^installed$' || printf '%s ' "$package"
  done
}

# With this file in place packages do not start what they install.
forbid_services() {
  [ -e /usr/sbin/policy-rc.d ] && return
  printf '#!/bin/sh\nexit 101\n' | $as_root tee /usr/sbin/policy-rc.d >/dev/null
  $as_root chmod 755 /usr/sbin/policy-rc.d
  policy_made=yes
}

allow_services() {
  [ -z "$policy_made" ] || $as_root rm -f /usr/sbin/policy-rc.d
  policy_made=
}

apt_install() {
  $as_root apt-get update -qq &&
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
      --no-install-recommends "$@"
}

# install_packages NAME… : exits with words when that is not possible.
install_packages() {
  if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "This is not Debian: install the equivalents of these yourself: $*" >&2
    return 0
  fi
  wanted=$(missing_packages "$@")
  [ -n "$wanted" ] || return 0
  as_root=
  policy_made=
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null 2>&1 || {
      echo "Missing: $wanted" >&2
      echo "Install them as root: apt-get install $wanted" >&2
      exit 1
    }
    as_root=sudo
  fi
  echo "Installing: $wanted"
  forbid_services
  status=0
  log=$(mktemp)
  # shellcheck disable=SC2086 # a list of names
  apt_install $wanted >"$log" 2>&1 || status=$?
  allow_services
  if [ "$status" != 0 ]; then
    cat "$log" >&2
    echo "apt-get could not install them." >&2
  fi
  rm -f "$log"
  [ "$status" = 0 ] || exit 1
}
