#!/bin/sh
# What an operator does with the package on a machine with systemd, and what must come of it.
# tests/package/systemd.sh boots the machine and runs this in it, once for each boot.
set -u
cd /gatehouse || exit 1
# shellcheck source=tests/lib/tap.sh
. ./tap.sh
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
phase=first
[ ! -e done-first ] || phase=second
programs='cups udp-config kickstarter admin'
log=/gatehouse/log
nginx=http://localhost:8081
https=https://localhost:8443
lighttpd=http://localhost:8082
tap_count=$(grep -c '^\(not \)\{0,1\}ok ' tap 2>/dev/null)

# must COMMAND...: has to work, or nothing else makes sense
must() {
  "$@" >"$work/out" 2>"$work/err" || bail "$*: $(cat "$work/out" "$work/err")"
}

# unit UNIT PROPERTY
unit() {
  systemctl show -P "$2" "$1"
}

# signal_to SIGNAL UNIT...: to what runs of each
signal_to() {
  signal=$1
  shift
  for signal_unit; do
    signal_pid=$(unit "$signal_unit" MainPID)
    [ "$signal_pid" = 0 ] || kill "-$signal" "$signal_pid"
  done
}

# ended UNIT: systemd has noticed
ended() {
  [ "$(unit "$1" ActiveState)" != active ]
}

# ---- asking -----------------------------------------------------------------------------
# fetch URL CURL-OPTIONS...: $status and $body
fetch() {
  fetch_url=$1
  shift
  rm -f "$work/body"
  status=$(curl -sS --cacert tls.pem --max-time 30 -b "$work/jar" -c "$work/jar" \
    -o "$work/body" -w '%{http_code}' "$@" "$fetch_url" 2>>"$log")
  body=$(tr -d '\0' <"$work/body")
}

# poll BASE [CURL-OPTIONS...]: as the station roof-1
poll() {
  poll_base=$1
  shift
  fetch "$poll_base/update-info" -H "Authorization: Bearer $(cat roof-1.key)" \
    -d '{"router":"58a0:cbff:fe80:1","cupsUri":null,"tcUri":null,"cupsCredCrc":1,
      "tcCredCrc":1,"station":"2.0.6","model":"linux","package":null,"keys":[]}' "$@"
}

# form_of PATH: the token of the form there
form_of() {
  fetch "$https/admin$1"
  token=$(sed -n 's/.*name="token" value="\([0-9a-f]*\)".*/\1/p' "$work/body" | head -n 1)
}

# ask_all NAME: each program by each web server
ask_all() {
  rm -f "$work/jar"
  for ask_base in $nginx $lighttpd $https; do
    fetch "$ask_base/healthz"
    is "$status $body" '200 ok' "$1: $ask_base: healthz"
    poll "$ask_base"
    is "$status" 200 "$1: $ask_base: CUPS"
    fetch "$ask_base/api/v3/gcs/gateways/roof-1/semtechudp/global_conf.json" \
      -H "Authorization: Bearer $(cat roof-1.key)"
    is "$status" 200 "$1: $ask_base: global_conf.json"
    fetch "$ask_base/api/v2/gateways/kick-1?filter=ttn" -H 'Authorization: Key THE-LNS-KEY'
    is "$status" 200 "$1: $ask_base: Kickstarter"
    fetch "$ask_base/api/v3/gateways" -H "Authorization: Bearer $(cat program.key)"
    is "$status" 200 "$1: $ask_base: API"
    fetch "$ask_base/admin/sign-in"
    is "$status" 200 "$1: $ask_base: admin"
  done
}

# Requests without a pause, from all sides, until traffic_end.
traffic_begin() {
  : >"$work/go"
  : >"$work/codes"
  for traffic_url in $nginx $lighttpd $https $nginx $lighttpd; do
    while [ -e "$work/go" ]; do
      curl -s --cacert tls.pem --max-time 60 -o /dev/null -o /dev/null -w '%{http_code}\n' \
        -H "Authorization: Bearer $(cat roof-1.key)" \
        "$traffic_url/api/v3/gcs/gateways/roof-1/semtechudp/global_conf.json" "$traffic_url/healthz" \
        >>"$work/codes"
    done &
    traffic="${traffic-} $!"
  done
}

# traffic_end NAME
traffic_end() {
  rm "$work/go"
  # shellcheck disable=SC2086 # numbers
  wait $traffic
  traffic=
  is "$(sort "$work/codes" | uniq -c | grep -v ' 200$')" '' "$1 ($(wc -l <"$work/codes") requests)"
}

# ---- the first boot -----------------------------------------------------------------------
machine_comes_up() {
  echo "# systemd $(systemctl --version | sed -n '1s/systemd \([0-9]*\).*/\1/p'), kernel $(uname -r)"
  systemctl list-units --failed --plain --no-legend | sed 's/^/# before: /'
}

install_package() {
  check 'the package installs' apt-get -qq install -y --no-install-recommends /gatehouse/first.deb
  for name in $programs; do
    is "$(systemctl is-active gatehouse-$name.socket) $(systemctl is-enabled gatehouse-$name.socket)" \
      'active enabled' "$name: its socket listens, now and after a boot"
    is "$(systemctl is-active gatehouse-$name@1.service)" inactive "$name: no worker before a request"
    is "$(stat -c '%U:%G %a' /run/gatehouse/$name.socket)" 'gatehouse:www-data 660' \
      "$name: a socket for the web server"
  done
  for name in tick trust; do
    is "$(systemctl is-active gatehouse-$name.timer) $(systemctl is-enabled gatehouse-$name.timer)" \
      'active enabled' "$name: its timer runs, now and after a boot"
    has "$(systemctl list-timers --no-pager)" gatehouse-$name.service "$name: is among the timers"
  done
  is "$(systemctl is-active gatehouse-sign.socket) $(systemctl is-enabled gatehouse-sign.socket)" \
    'inactive disabled' 'the service that signs is not enabled'
  for name in /lib/systemd/system/gatehouse-*.*; do
    case $name in
    *.d) continue ;;
    *@.service) name=${name%.service}1.service ;;
    esac
    units="${units-} $(basename "$name")"
  done
  # shellcheck disable=SC2086 # units
  is "$(systemd-analyze --man=no verify $units 2>&1)" '' 'systemd has nothing to say about the units'
}

enter_data() {
  sed -i "s,^#* *cups_uri *=.*,cups_uri = https://localhost:8443," /etc/gatehouse/gatehouse.conf
  sed -i "s,^#* *public_url *=.*,public_url = $https," /etc/gatehouse/gatehouse.conf
  must gatehouse check
  must gatehouse lns add my-lns wss://lns.example.com:8887 udp_address=udp.example.com \
    mqtt_address=mqtts://lns.example.com:8883
  must openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
    -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout tls.key -out tls.pem
  must gatehouse trust import lns-root tls.pem lns.example.com:8887
  printf 'THE-LNS-KEY' >lns.key
  must gatehouse gateway add roof-1 58A0CBFFFE800001 lns=my-lns concentrator=rak2287-spi \
    frequency_plan_ids=EU_863_870_TTN --secret lbs_lns_secret.value=lns.key
  must gatehouse gateway add kick-1 kickstarter=true lns=my-lns frequency_plan_ids=EU_863_870_TTN \
    --secret lbs_lns_secret.value=lns.key
  printf 'key-of-roof-1' >roof-1.key
  must gatehouse key import roof-1 --file roof-1.key
  printf 'key-of-program' >program.key
  must gatehouse key import --all-gateways --api --rights ALL --file program.key
  printf 'the password of the boss\n' >password
  must gatehouse account add boss --role admin --password-file password
}

configure_servers() {
  examples=/usr/share/doc/gatehouse/examples
  cp $examples/nginx/gatehouse*.conf /etc/nginx
  rm -f /etc/nginx/sites-enabled/default
  cat >/etc/nginx/conf.d/gatehouse.conf <<END
include gatehouse-http.conf;
server {
	listen 8081 default_server;
	include gatehouse.conf;
}
server {
	listen 8443 ssl default_server;
	ssl_certificate /gatehouse/tls.pem;
	ssl_certificate_key /gatehouse/tls.key;
	ssl_client_certificate /gatehouse/tls.pem;
	include gatehouse-tls.conf;
	include gatehouse.conf;
}
END
  cat >/etc/lighttpd/conf-enabled/90-gatehouse.conf <<END
var.gatehouse_run = "/run/gatehouse"
include "$examples/lighttpd/gatehouse-sockets.conf"
END
  must systemctl restart nginx lighttpd
}

workers_run() {
  for name in $programs; do
    is "$(systemctl is-active gatehouse-$name@1.service)" active "$name: a request started a worker"
    pid=$(unit gatehouse-$name@1.service MainPID)
    is "$(stat -c '%U:%G' "/proc/$pid")" gatehouse:gatehouse "$name: as the user gatehouse"
  done
}

more_workers() {
  is "$(systemctl is-active gatehouse-cups@2.service)" active 'the first worker started a second'
  must systemctl enable --now gatehouse-cups@3.service
  is "$(systemctl is-active gatehouse-cups@3.service)" active 'and a third is easily had'
  signal_to STOP gatehouse-cups@1.service gatehouse-cups@2.service
  poll $nginx
  is "$status" 200 'it answers while the others are busy'
  signal_to CONT gatehouse-cups@1.service gatehouse-cups@2.service
}

restart_under_traffic() {
  traffic_begin
  sleep 1
  for _ in 1 2 3; do
    systemctl restart 'gatehouse-cups@*.service' 'gatehouse-udp-config@*.service'
    sleep 0.5
  done
  traffic_end 'restarts under traffic lose no request'
}

killed_workers() {
  worker=gatehouse-udp-config@1.service
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
    signal_to KILL $worker
    wait_for ended $worker
    wait_for systemctl -q is-active $worker
  done
  is "$(systemctl is-active $worker) $(systemctl is-active gatehouse-udp-config.socket)" \
    'active active' 'a worker that was killed a dozen times is there'
  fetch "$nginx/api/v3/gcs/gateways/roof-1/semtechudp/global_conf.json" \
    -H "Authorization: Bearer $(cat roof-1.key)"
  is "$status" 200 'and answers'
  systemctl stop gatehouse-kickstarter@1.service
  fetch "$nginx/api/v2/gateways/kick-1?filter=ttn" -H 'Authorization: Key THE-LNS-KEY'
  is "$status" 200 'one that was stopped starts with the next request'
}

timers() {
  for name in tick trust; do
    check "$name runs" systemctl start gatehouse-$name.service
    is "$(unit gatehouse-$name.service Result)" success "$name: with success"
  done
  cp tls.pem /usr/local/share/ca-certificates/localhost.crt
  must update-ca-certificates
  must gatehouse trust fetch $https
  must gatehouse trust list --json
  cp "$work/out" "$work/before"
  sleep 1
  check 'the network is there for trust' systemctl start gatehouse-trust.service
  must gatehouse trust list --json
  check 'which it fetched again' sh -c '! cmp -s "$1" "$2"' sh "$work/before" "$work/out"
  journalctl -q -u gatehouse-trust.service -o cat | sed 's/^/# trust: /'
}

sign_firmware() {
  must setpriv --reuid=gatehouse-sign --regid=gatehouse-sign --clear-groups \
    gatehouse-sign --create /etc/gatehouse-sign/release.key
  must systemctl enable --now gatehouse-sign.socket
  must setpriv --reuid=gatehouse-sign --regid=gatehouse-sign --clear-groups \
    gatehouse-sign --key /etc/gatehouse-sign/release.key --public
  cp "$work/out" release.pub
  must gatehouse signing-key add release release.pub --signer socket:/run/gatehouse-sign/socket
  form_of /sign-in
  fetch $https/admin/sign-in -H "Origin: $https" --data-urlencode "token=$token" -d account=boss \
    --data-urlencode "password=the password of the boss"
  is "$status" 303 'the admin signs in'
  openssl rand 20000000 >image
  form_of /firmware/new
  fetch $https/admin/firmware/new -H "Origin: $https" -F "token=$token" -F firmware_id=fw-1 \
    -F family=station -F 'file=@image;filename=update.bin'
  is "$status" 303 'an upload of 20 MB'
  printf 'gateway_id,eui\nroof-2,58A0CBFFFE800002\n' >some.csv
  form_of /import
  fetch $https/admin/import -H "Origin: $https" -F "token=$token" -F format= \
    -F existing=update -F 'file=@some.csv'
  is "$status" 200 'an import that waits to be agreed to'
  has "$body" roof-2 'is shown'
  form_of /firmware/fw-1
  fetch $https/admin/firmware/fw-1/sign -H "Origin: $https" -d "token=$token" -d key=release
  is "$status" 303 'the service signs it'
  is "$(systemctl is-active gatehouse-sign.service)" active 'which was started by that'
  must gatehouse firmware add fw-2 roof-1.key --sign release
  check 'and for the command line' gatehouse firmware show fw-2
  journalctl -q -u gatehouse-sign.service -o cat | sed 's/^/# sign: /'
  has "$(journalctl -q -u gatehouse-sign.service -o cat)" gatehouse 'each signature is in the journal'
}

# inside UNIT COMMAND...: in the namespaces of the unit's process, with its user
inside() {
  inside_pid=$(unit "$1" MainPID)
  shift
  nsenter -t "$inside_pid" -m -n -i -S "$(id -u gatehouse)" -G "$(id -g gatehouse)" "$@"
}

sandbox() {
  for name in $programs; do
    worker=gatehouse-$name@1.service
    pid=$(unit $worker MainPID)
    is "$(grep -E '^(NoNewPrivs|Seccomp|CapEff|CapBnd|CapPrm):' "/proc/$pid/status" | tr -d '\t\n')" \
      'CapPrm:0000000000000000CapEff:0000000000000000CapBnd:0000000000000000NoNewPrivs:1Seccomp:2' \
      "$name: no capabilities, no new privileges, a filter of system calls"
    is "$(inside $worker ip -o link 2>/dev/null | grep -vc ' lo: ')" 0 "$name: no network"
    for place in /etc /usr /home /var/lib /gatehouse; do
      # As root of this machine, so that only the mount forbids it.
      check "$name: $place is not writable" sh -c '! nsenter -t "$1" -m touch "$2/x" 2>&1' sh \
        "$pid" "$place"
    done
    check "$name: nor is /run" inside $worker sh -c \
      '! touch /run/x /run/gatehouse/x /run/lock/x 2>&1'
    check "$name: the data are" inside $worker sh -c \
      'touch /var/lib/gatehouse/x && rm /var/lib/gatehouse/x'
    is "$(unit $worker MemoryMax) $(unit $worker TasksMax)" '536870912 16' "$name: its limits"
    is "$(inside $worker sh -c 'ls /dev | grep -c "^[shv]d\|^kmsg$"')" 0 "$name: no devices"
  done
  pid=$(unit gatehouse-sign.service MainPID)
  is "$(nsenter -t "$pid" -m ls /var/lib/gatehouse 2>/dev/null)" '' 'who signs sees no data'
  check 'nobody else reads the key' sh -c \
    '! setpriv --reuid=gatehouse --regid=gatehouse --clear-groups cat /etc/gatehouse-sign/release.key'
  for name in $programs; do scored="${scored-} gatehouse-$name@1.service"; done
  for name in $scored gatehouse-sign.service gatehouse-tick.service gatehouse-trust.service; do
    score=$(systemd-analyze security --no-pager "$name" 2>/dev/null | tail -n 1)
    echo "# $score"
    check "$name is confined" systemd-analyze security --no-pager --threshold=30 "$name"
  done
}

# priorities UNIT: how many lines of each priority
priorities() {
  journalctl -q -u "$1" -o json --output-fields=PRIORITY | sed 's/.*"PRIORITY":"\(.\)".*/\1/' |
    sort | uniq -c | tr -s ' \n' ' '
}

journal() {
  is "$(journalctl -q -u 'gatehouse-*' -p warning -o cat)" '' 'no error in the journal'
  has "$(journalctl -q -u 'gatehouse-cups@*' -p info -o cat)" 'POST /update-info' 'a line for each request'
  echo '# lines of each priority:' "$(priorities 'gatehouse-*')"
  cp -p /etc/gatehouse/gatehouse.conf "$work/conf"
  echo 'nonsense' >>/etc/gatehouse/gatehouse.conf
  systemctl restart 'gatehouse-cups@*'
  poll $nginx
  is "$status" 503 'a mistake in the configuration: 503'
  has "$(journalctl -q -u 'gatehouse-cups@*' -p err -o cat)" 'not ready' 'which is an error in the journal'
  cp -p "$work/conf" /etc/gatehouse/gatehouse.conf
  sleep 1.1
  poll $nginx
  poll $nginx
  is "$status" 200 'put right, it answers without a restart'
  echo 'log = syslog' >>/etc/gatehouse/gatehouse.conf
  systemctl restart 'gatehouse-cups@*'
  poll $nginx
  sleep 1
  has "$(journalctl -q _TRANSPORT=syslog -o cat)" 'POST /update-info' 'log = syslog goes there too'
  cp -p "$work/conf" /etc/gatehouse/gatehouse.conf
  systemctl restart 'gatehouse-cups@*'
}

upgrade() {
  poll $nginx
  before=$(unit gatehouse-cups@1.service MainPID) before3=$(unit gatehouse-cups@3.service MainPID)
  before_sign=$(unit gatehouse-sign.service MainPID)
  traffic_begin
  sleep 1
  check 'the package upgrades' apt-get -qq install -y /gatehouse/second.deb
  sleep 1
  traffic_end 'an upgrade under traffic loses no request'
  poll $nginx
  is "$status" 200 'its data are kept'
  check 'the first worker is a new one' [ "$(unit gatehouse-cups@1.service MainPID)" != "$before" ]
  check 'the third too' [ "$(unit gatehouse-cups@3.service MainPID)" != "$before3" ]
  check 'and who signs' [ "$(unit gatehouse-sign.service MainPID)" != "$before_sign" ]
  is "$(systemctl is-enabled gatehouse-cups@3.service gatehouse-sign.socket | tr '\n' ' ')" \
    'enabled enabled ' 'what was enabled still is'
  ask_all 'after the upgrade'
}

# The data are on a disk that comes late at the next boot, and is not needed for booting.
late_disk() {
  systemctl stop 'gatehouse-*'
  mkdir /srv/gatehouse
  cp -a /var/lib/gatehouse/. /srv/gatehouse
  chown gatehouse:gatehouse /srv/gatehouse
  chmod 2770 /srv/gatehouse
  find /var/lib/gatehouse -mindepth 1 -delete
  echo '/srv/gatehouse /var/lib/gatehouse none bind,nofail,x-systemd.requires=slow-disk.service 0 0' \
    >>/etc/fstab
  cat >/etc/systemd/system/slow-disk.service <<END
[Unit]
DefaultDependencies=no
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sleep 6
END
}

first() {
  machine_comes_up
  install_package
  enter_data
  configure_servers
  poll $nginx
  has "$body" 'Authorization: Bearer THE-LNS-KEY' 'a secret is unsealed for a station'
  ask_all 'installed'
  workers_run
  more_workers
  timers
  sign_firmware
  sandbox
  journal
  restart_under_traffic
  killed_workers
  upgrade
  late_disk
}

# ---- the second boot ------------------------------------------------------------------------
data_came_late() {
  is "$(systemctl is-active var-lib-gatehouse.mount)" active 'the disk is there'
  is "$(systemctl is-active gatehouse-cups@3.service)" active 'the third worker is there after a boot'
  ask_all 'after a boot'
  is "$(journalctl -q -b -u 'gatehouse-*' -p warning -o cat)" '' 'nothing began before its data were there'
  check 'tick runs' systemctl start gatehouse-tick.service
}

# A disk that cannot be mounted, then can.
disk_fails() {
  systemctl stop 'gatehouse-*' var-lib-gatehouse.mount slow-disk.service
  sed -i 's,^ExecStart=.*,ExecStart=/bin/false,' /etc/systemd/system/slow-disk.service
  systemctl daemon-reload
  systemctl start gatehouse-cups.socket
  poll $nginx
  check "without its disk: $status" [ "$status" -ge 502 ]
  is "$(ls -A /var/lib/gatehouse)" '' 'and nothing is made beside it'
  check 'tick fails' sh -c '! systemctl start gatehouse-tick.service 2>&1'
  echo "# the socket meanwhile: $(unit gatehouse-cups.socket Result)"
  sed -i 's,^ExecStart=.*,ExecStart=/bin/true,' /etc/systemd/system/slow-disk.service
  systemctl daemon-reload
  systemctl start gatehouse-cups.socket gatehouse-udp-config.socket gatehouse-kickstarter.socket \
    gatehouse-admin.socket
  ask_all 'the disk is back'
}

# What the guide says for a data folder somewhere else.
data_elsewhere() {
  systemctl stop 'gatehouse-*' var-lib-gatehouse.mount
  cp -a /srv/gatehouse /srv/elsewhere
  cp -p /etc/gatehouse/gatehouse.conf "$work/conf"
  echo 'data = /srv/elsewhere' >>/etc/gatehouse/gatehouse.conf
  mkdir /etc/systemd/system/gatehouse-.service.d
  cat >/etc/systemd/system/gatehouse-.service.d/data.conf <<END
[Unit]
RequiresMountsFor=/srv/elsewhere
[Service]
ReadWritePaths=/srv/elsewhere
END
  systemctl daemon-reload
  systemctl start gatehouse-cups.socket gatehouse-udp-config.socket gatehouse-kickstarter.socket \
    gatehouse-admin.socket
  ask_all 'data elsewhere'
  check 'tick, too' systemctl start gatehouse-tick.service
  has "$(unit gatehouse-cups@1.service ReadWritePaths)" /srv/elsewhere 'by a file for all units'
  cp -p "$work/conf" /etc/gatehouse/gatehouse.conf
  rm -r /etc/systemd/system/gatehouse-.service.d
  systemctl stop 'gatehouse-*'
  systemctl daemon-reload
  systemctl start gatehouse-cups.socket gatehouse-udp-config.socket gatehouse-kickstarter.socket \
    gatehouse-admin.socket
}

# What the guide says for programs of `make install`, here with those of the package.
without_package() {
  dpkg-deb -x /gatehouse/second.deb "$work/tree"
  mv "$work"/tree/usr/bin/* /usr/local/bin
  mkdir -p /usr/local/libexec
  mv "$work/tree/usr/libexec/gatehouse" /usr/local/libexec
  cp "$work/conf" /etc/gatehouse.conf
  must gatehouse --config /etc/gatehouse.conf init --owner gatehouse
  must gatehouse --config /etc/gatehouse.conf gateway add roof-1 58A0CBFFFE800001
  must gatehouse --config /etc/gatehouse.conf key import roof-1 --file roof-1.key
  cp -R "$work"/tree/lib/systemd/system/gatehouse-* /etc/systemd/system
  cd /etc/systemd/system || exit 1
  sed -i 's,/usr/libexec/,/usr/local/libexec/,; s,/usr/bin/,/usr/local/bin/,
    s,/etc/gatehouse/gatehouse.conf,/etc/gatehouse.conf,' gatehouse-*.service
  cd /gatehouse || exit 1
  systemctl daemon-reload
  must systemctl enable --now gatehouse-cups.socket gatehouse-tick.timer
  systemctl start nginx
  poll $nginx
  is "$status" 200 'units without the package'
  is "$(systemctl is-active gatehouse-cups@2.service)" active 'with the second worker'
  check 'and tick' systemctl start gatehouse-tick.service
}

remove() {
  systemctl stop nginx lighttpd
  check 'the package is removed' apt-get -qq remove -y gatehouse
  is "$(systemctl list-units --plain --no-legend 'gatehouse-*')" '' 'no unit is left'
  is "$(pgrep -u gatehouse -l; pgrep -u gatehouse-sign -l)" '' 'no process either'
  check 'the data are' [ -d /var/lib/gatehouse/registry ]
  check 'and the keys that sign' [ -e /etc/gatehouse-sign/release.key ]
  check 'it is installed again' apt-get -qq install -y /gatehouse/second.deb
  must systemctl start nginx lighttpd
  ask_all 'installed again'
  systemctl stop nginx lighttpd
  check 'it is purged' apt-get -qq purge -y gatehouse
  is "$(ls -A /srv/gatehouse)" '' 'with its data, which are a disk of their own'
  systemctl stop var-lib-gatehouse.mount
  sed -i /gatehouse/d /etc/fstab
  is "$(find /etc/systemd /run/gatehouse /lib/systemd /var/lib/systemd -name '*gatehouse*' \
    ! -name var-lib-gatehouse.mount 2>/dev/null)" '' 'nothing of it is left'
  check 'but the keys that sign' [ -e /etc/gatehouse-sign/release.key ]
}

second() {
  machine_comes_up
  data_came_late
  disk_fails
  data_elsewhere
  remove
  without_package
}

"$phase"
date >"done-$phase"
sync
