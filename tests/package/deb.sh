#!/bin/sh
# The Debian package on a fresh system: installed, serving, upgraded with its data kept,
# removed, purged. Needs root, debootstrap and a mirror, so it is no part of `make check`:
#
#	make check-deb
#
# usage: deb.sh PACKAGE.deb [SUITE]
set -eu
package=$1
suite=${2:-$(. /etc/os-release && echo "$VERSION_CODENAME")}
root=$(mktemp -d)
chmod 755 "$root"
cleanup() {
  [ ! -s "$root/run/lighttpd.pid" ] || kill "$(cat "$root/run/lighttpd.pid")" || true
  umount "$root/dev/pts" "$root/proc" 2>/dev/null || true
  rm -rf "$root"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM
count=0
step() {
  count=$((count + 1))
  echo "ok $count - $1"
}
in_root() {
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    chroot "$root" "$@"
}

debootstrap --variant=minbase "$suite" "$root" >"$root.log" 2>&1 || {
  tail -n 20 "$root.log"
  exit 1
}
rm -f "$root.log"
mount -t proc proc "$root/proc"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
cp "$package" "$root/first.deb"
in_root apt-get -qq update
in_root apt-get -qq install -y --no-install-recommends /first.deb lighttpd curl >/dev/null
step 'installs on a fresh system'
[ "$(in_root stat -c '%U:%G %a' /var/lib/gatehouse)" = 'gatehouse:gatehouse 2770' ]
step 'its data belongs to its user'
[ "$(in_root stat -c '%U:%G %a' /etc/gatehouse-sign)" = 'gatehouse-sign:gatehouse-sign 700' ]
[ -e "$root/lib/systemd/system/gatehouse-sign.socket" ] && [ -x "$root/usr/bin/gatehouse-sign" ]
[ -L "$root/etc/systemd/system/sockets.target.wants/gatehouse-cups.socket" ]
[ ! -e "$root/etc/systemd/system/sockets.target.wants/gatehouse-sign.socket" ]
step 'the service that signs is there, and not enabled'

# A web server that starts the programs itself; there is no systemd in a chroot.
in_root adduser -q www-data gatehouse
cat >"$root/etc/lighttpd/conf-enabled/90-gatehouse.conf" <<'END'
server.port := 18080
server.bind = "127.0.0.1"
var.gatehouse_programs = "/usr/libexec/gatehouse"
var.gatehouse_conf = "/etc/gatehouse/gatehouse.conf"
var.gatehouse_run = "/run/lighttpd"
include "/usr/share/doc/gatehouse/examples/lighttpd/gatehouse.conf"
END
in_root gatehouse gateway add roof-1 58A0CBFFFE800001 >/dev/null
key=$(in_root gatehouse key create roof-1 --json | sed -n 's/.*"key": *"\(NNSXS[^"]*\)".*/\1/p' | head -n 1)
[ -n "$key" ]
in_root install -d -o www-data /run/lighttpd
in_root lighttpd -f /etc/lighttpd/lighttpd.conf
poll() {
  in_root curl -s -o /answer -w '%{http_code} %{size_download}' \
    -H "Authorization: Bearer $key" -d '{"router":"58a0:cbff:fe80:1","cupsUri":null,
      "tcUri":null,"cupsCredCrc":1,"tcCredCrc":1,"station":"2.0.6","model":"linux",
      "package":null,"keys":[]}' http://127.0.0.1:18080/update-info
}
[ "$(poll)" = '200 14' ]
step 'serves the first request'

mkdir "$root/again"
in_root dpkg-deb -R /first.deb /again/tree
sed -i 's/^Version: .*/&+upgraded/' "$root/again/tree/DEBIAN/control"
in_root dpkg-deb -b /again/tree /second.deb >/dev/null
in_root apt-get -qq install -y /second.deb >/dev/null
in_root dpkg-query -W -f '${Version}' gatehouse | grep -q upgraded
[ "$(poll)" = '200 14' ]
step 'upgrades with its data kept'

kill "$(cat "$root/run/lighttpd.pid")"
rm -f "$root/run/lighttpd.pid" "$root/etc/lighttpd/conf-enabled/90-gatehouse.conf"
in_root apt-get -qq remove -y gatehouse >/dev/null
[ -d "$root/var/lib/gatehouse/registry" ] && [ ! -e "$root/usr/bin/gatehouse" ]
step 'is removed, its data stays'
in_root apt-get -qq purge -y gatehouse >/dev/null
[ ! -e "$root/var/lib/gatehouse" ] && [ ! -e "$root/etc/gatehouse" ]
[ -z "$(find "$root" -xdev -path "$root/proc" -prune -o -name '*gatehouse*' -print |
  grep -v -e /var/log/ -e /var/lib/apt -e /again -e /var/cache)" ]
step 'and purged without a rest'
echo "1..$count"
