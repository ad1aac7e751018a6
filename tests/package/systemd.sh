#!/bin/sh
# The Debian package under a live systemd: a fresh system, booted in a container of its own
# (systemd-nspawn), in which tests/package/machine.sh does what an operator does. Needs root,
# debootstrap, systemd-container and a mirror, so it is no part of `make check`:
#
#	make check-systemd
#
# usage: systemd.sh PACKAGE.deb [SUITE]
#
# GATEHOUSE_SYSTEM=FOLDER keeps the system without the package there, for the next time.
set -eu
: "${top_srcdir:=$(dirname "$0")/../..}"
package=$1
suite=${2:-$(. /etc/os-release && echo "$VERSION_CODENAME")}
work=$(mktemp -d)
root=$work/root
machine=
groups=
cleanup() {
  [ -z "$machine" ] || kill -9 "$machine" 2>/dev/null || true
  for group in $groups; do
    find "$group" -depth -type d -exec rmdir {} \; 2>/dev/null || true
  done
  umount "$work/system/proc" "$work/system/sys" 2>/dev/null || true
  rm -rf --one-file-system "$work"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM
command -v systemd-nspawn >/dev/null || {
  echo 'systemd-nspawn is missing' >&2
  exit 1
}

# Everything that the package depends on, so that the machine needs no network.
make_system() {
  debootstrap --include="$(echo systemd systemd-sysv dbus udev adduser lighttpd nginx-light \
    curl openssl ca-certificates iproute2 procps | tr ' ' ,)" "$suite" "$1"
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    chroot "$1" apt-get -qq satisfy -y --no-install-recommends \
    "$(dpkg-deb -f "$package" Pre-Depends), $(dpkg-deb -f "$package" Depends)"
}

system=${GATEHOUSE_SYSTEM:-$work/system}
if [ ! -e "$system/etc/debian_version" ]; then
  make_system "$system" >"$work/log" 2>&1 || {
    tail -n 20 "$work/log"
    exit 1
  }
fi
cp -a "$system" "$root"
echo 'server.port := 8082' >"$root/etc/lighttpd/conf-enabled/80-port.conf"
mkdir "$root/gatehouse"
cp "$package" "$root/gatehouse/first.deb"
cp "$top_srcdir/tests/package/machine.sh" "$top_srcdir/tests/lib/tap.sh" "$root/gatehouse"
dpkg-deb -R "$package" "$work/tree"
sed -i 's/^Version: .*/&+upgraded/' "$work/tree/DEBIAN/control"
dpkg-deb -b "$work/tree" "$root/gatehouse/second.deb" >/dev/null

# Runs when all else has started, and switches the machine off.
cat >"$root/etc/systemd/system/machine.service" <<'END'
[Unit]
After=multi-user.target
SuccessAction=poweroff
FailureAction=poweroff

[Service]
Type=oneshot
ExecStart=/bin/sh /gatehouse/machine.sh
StandardOutput=append:/gatehouse/tap
StandardError=append:/gatehouse/log
TimeoutStartSec=30min
END
cat >"$root/etc/systemd/system/machine.target" <<'END'
[Unit]
Requires=multi-user.target
Wants=machine.service
After=multi-user.target
AllowIsolate=yes
END
ln -sf machine.target "$root/etc/systemd/system/default.target"
rm -f "$root/etc/machine-id"
systemd-machine-id-setup --root="$root" >/dev/null 2>&1

# Where no systemd gives the machine a control group of its own, two machines would end each
# other's processes.
keep_unit=
if [ ! -d /run/systemd/system ]; then
  keep_unit=--keep-unit
  for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
    group=$hierarchy/gatehouse-test-$$
    if [ -e "$hierarchy/cgroup.procs" ] && mkdir "$group"; then groups="$groups $group"; fi
  done
fi

# run: until the machine is switched off
run() {
  for group in $groups; do sh -c 'echo $PPID' >"$group/cgroup.procs"; done
  exec systemd-nspawn --quiet --directory="$root" --boot --register=no $keep_unit \
    --private-network --link-journal=no --hostname=gatehouse-test --timezone=off </dev/null
}

# boot PHASE
boot() {
  run >"$work/console" 2>&1 &
  machine=$!
  wait "$machine" || true
  machine=
  [ -e "$root/gatehouse/done-$1" ] || {
    cat "$root/gatehouse/tap" "$root/gatehouse/log" || true
    tail -n 40 "$work/console"
    echo "Bail out! the machine did not come to the end of the $1 boot"
    exit 1
  }
}

boot first
boot second
cat "$root/gatehouse/tap"
echo "1..$(grep -c '^\(not \)\{0,1\}ok ' "$root/gatehouse/tap")"
! grep -q '^not ok' "$root/gatehouse/tap"
