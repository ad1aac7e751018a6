#!/bin/sh
# The Debian package under a live systemd: a fresh system, booted in a container of its own
# (systemd-nspawn), in which tests/package/machine.sh does what an operator does. Needs root,
# debootstrap, systemd-container and a mirror, so it is no part of `make check`:
#
#	make check-systemd
#
# usage: systemd.sh PACKAGE.deb [SUITE]
#
# GATEHOUSE_SYSTEM=FOLDER keeps the system without the package there, for the next time. With
# GATEHOUSE_MACHINE=qemu it is a whole machine with a kernel of its own, which takes much longer
# (Debian's qemu-system-x86).
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
  rm -rf --one-file-system "$work"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM
kind=${GATEHOUSE_MACHINE:-nspawn}
case $kind in
nspawn) needed=systemd-nspawn kernel= ;;
qemu) needed=qemu-system-x86_64 kernel=', linux-image-cloud-amd64, initramfs-tools' ;;
esac
command -v "$needed" >/dev/null || {
  echo "$needed is missing" >&2
  exit 1
}

# Everything that the package depends on, so that the machine needs no network.
make_system() {
  debootstrap --variant=minbase \
    --include=systemd-sysv,dbus,adduser,lighttpd,nginx-light,curl,openssl,iproute2,procps \
    "$suite" "$1"
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    chroot "$1" apt-get -qq satisfy -y --no-install-recommends \
    "$(dpkg-deb -f "$package" Pre-Depends), $(dpkg-deb -f "$package" Depends)$kernel"
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
TimeoutStartSec=1h
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

# run_nspawn: until the machine is switched off
run_nspawn() {
  for group in $groups; do sh -c 'echo $PPID' >"$group/cgroup.procs"; done
  exec systemd-nspawn --quiet --directory="$root" --boot --register=no $keep_unit \
    --private-network --link-journal=no --hostname=gatehouse-test --timezone=off </dev/null
}

run_qemu() {
  exec qemu-system-x86_64 -m 1024 -nographic -no-reboot -nic none -monitor none \
    -kernel "$work/vmlinuz" -initrd "$work/initrd" -drive "file=$work/disk,format=raw,if=virtio" \
    -append 'root=/dev/vda rw console=ttyS0 systemd.show_status=1' </dev/null
}

# What the machine has left behind, in $work/tap and $work/log.
look_qemu() {
  for file in tap log done-first done-second; do
    debugfs -R "dump /gatehouse/$file $work/$file" "$work/disk" 2>/dev/null
  done
}

look_nspawn() {
  for file in tap log done-first done-second; do
    [ ! -e "$root/gatehouse/$file" ] || cp "$root/gatehouse/$file" "$work"
  done
}

# boot PHASE
boot() {
  "run_$kind" >"$work/console" 2>&1 &
  machine=$!
  wait "$machine" || true
  machine=
  "look_$kind"
  [ -s "$work/done-$1" ] || {
    cat "$work/tap" "$work/log" || true
    tail -n 40 "$work/console"
    echo "Bail out! the machine did not come to the end of the $1 boot"
    exit 1
  }
}

if [ "$kind" = qemu ]; then
  cp "$root"/boot/vmlinuz-* "$work/vmlinuz"
  cp "$root"/boot/initrd.img-* "$work/initrd"
  mkfs.ext4 -q -d "$root" "$work/disk" 3G
fi
boot first
boot second
cat "$work/tap"
echo "1..$(grep -c '^\(not \)\{0,1\}ok ' "$work/tap")"
! grep -q '^not ok' "$work/tap"
