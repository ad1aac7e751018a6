#!/bin/sh
# What may happen to a machine, while a gateway asks all the time: behind lighttpd, with the
# programs as etc/lighttpd/gatehouse.conf starts them. README beside this has what else there is.
: "${top_srcdir:=.}"
# A disk of our own, which goes with us.
if [ "$(id -u)" = 0 ] && [ -z "${TRAFFIC_OWN_MOUNTS-}" ]; then
  export TRAFFIC_OWN_MOUNTS=yes
  exec unshare -m --propagation private sh "$0" "$@"
fi
# shellcheck source=tests/server/servers.sh
. "$top_srcdir/tests/server/servers.sh"
# shellcheck disable=SC3045 # where it is no word of the shell, the limit may do
ulimit -n "$(ulimit -Hn)" 2>/dev/null || true
server_lines='server.max-fds = 8192
server.max-connections = 4000'

traffic_pids=
finish() {
  # shellcheck disable=SC2086 # process ids
  [ -z "$traffic_pids" ] || kill $traffic_pids 2>/dev/null
  server_stop
  umount "$data" 2>/dev/null
  tap_cleanup
}
trap finish EXIT
if [ -n "$server_user" ]; then
  mount -t tmpfs -o size=48m,mode=2770 none "$data" || bail 'no disk of our own'
else
  rmdir "$data"
fi

must init
must lns add lns-1 wss://lns.example.com:8887
issue lns-root use=ca cn=LNS
must trust import lns-root "$work/lns-root.pem" lns.example.com:8887
must gateway add gw-1 58A0CBFFFE800001
printf 'key-of-gw-1' >"$work/key"
must key import gw-1 --file "$work/key"
server_prepare

# ---- traffic ------------------------------------------------------------------------------
printf '{"router":"58a0:cbff:fe80:1","cupsUri":null,"tcUri":null,"cupsCredCrc":1,"tcCredCrc":1,%s' \
  '"station":"2.0.6","model":"linux","package":null,"keys":[]}' >"$work/poll.json"
poll() {
  curl -s -o /dev/null -w '%{http_code} %{size_download} %{time_total}\n' --max-time 30 \
    -H 'Authorization: Bearer key-of-gw-1' --data-binary "@$work/poll.json" \
    "$(cat "$work/address")/update-info"
}
start() {
  server_start lighttpd-fastcgi
  echo "$http" >"$work/address"
}
start
: >"$work/traffic"
traffic_pids=
for _ in 1 2 3; do
  (while :; do
    poll >>"$work/traffic"
    sleep 0.02
  done) 2>/dev/null &
  traffic_pids="$traffic_pids $!"
done

# mark; then meanwhile N: what N polls since then were answered with, each kind once
marked=0
mark() {
  marked=$(wc -l <"$work/traffic")
}
made() {
  [ "$(wc -l <"$work/traffic")" -ge $((marked + wanted)) ]
}
meanwhile() {
  wanted=$1
  wait_for made || wait_for made || wait_for made
  tail -n +$((marked + 1)) "$work/traffic" | cut -d ' ' -f 1,2 | sort -u | tr '\n' ' '
}
# fine NAME: from now on all is well
fine() {
  fine_marked=$marked
  mark
  is "$(meanwhile 5)" '200 14 ' "$1: polls are answered"
  marked=$fine_marked
}
# recovers NAME: all is well soon, without a hand
well() {
  case $(poll) in '200 14 '*) ;; *) return 1 ;; esac
}
recovers() {
  wait_for well || fail "$1" 'no answer'
  fine "$1"
}
# only NAME STATUS...: the polls since the mark had these statuses
only() {
  only_name=$1
  shift
  only_got=$(tail -n +$((marked + 1)) "$work/traffic" | cut -d ' ' -f 1 | sort -u | tr '\n' ' ')
  for only_status in $only_got; do
    case " $* " in
    *" $only_status "*) ;;
    *) fail "$only_name" "among the answers: $only_got" && return ;;
    esac
  done
  pass "$only_name ($only_got)"
}
fine 'at first'

# ---- the disk is full ------------------------------------------------------------------------
# limited COMMAND...: where the disk is not ours to fill, files end early
limited() {
  if [ -n "$server_user" ]; then
    "$@"
    return
  fi
  # In blocks of 512 bytes.
  (ulimit -f $(($(stat -c %s "$data/registry/data.mdb") / 512 + 8)) && "$@")
}
[ -z "$server_user" ] || {
  cat /dev/zero >"$data/filler" 2>/dev/null
  truncate -s -64K "$data/filler"
}
mark
i=0 status=0
while [ "$status" = 0 ] && [ "$i" -lt 200 ]; do
  i=$((i + 1))
  limited "$gatehouse" gateway add "full-$i" >"$work/out" 2>"$work/err"
  status=$?
done
is "$(meanwhile 5)" '200 14 ' 'disk full: idle polls are answered'
is "$status" 6 "disk full: after $((i - 1)) changes one is refused"
has "$(cat "$work/err")" 'no space left' 'disk full: and the operator is told'
rm -f "$data/filler"
must gateway add after-full
run gateway list --json
is "$(printf '%s' "$out" | jq '[.[] | .. | .gateway_id? // empty | select(startswith("full-"))] | length')" \
  $((i - 1)) 'disk full: what was acknowledged is there, and no more'
run check
ok 0 'disk full: nothing is damaged'
fine 'there is room again'

# ---- the map is full --------------------------------------------------------------------------
mark
before=$(stat -c %s "$data/registry/data.mdb")
{
  echo gateway_id,eui
  awk 'BEGIN { for (i = 1; i <= 4000; i++) printf "bulk-%d,58A0CB%010X\n", i, i + 16777216 }'
} >"$work/fleet.csv"
run gateway import "$work/fleet.csv"
ok 0 'map full: 4000 gateways come at once'
after=$(stat -c %s "$data/registry/data.mdb")
check "map full: the database has grown, from $before to $after" [ "$after" -gt 2000000 ]
is "$(meanwhile 5)" '200 14 ' 'map full: nobody notices'

# ---- workers are killed -------------------------------------------------------------------------
workers() {
  pgrep -P "$server_pid" -f "$work/programs/cups.fcgi"
}
mark
for round in 1 2; do
  for pid in $(workers); do
    kill -9 "$pid"
    [ "$round" = 2 ] || sleep 0.5
  done
  sleep 0.3
done
recovers 'workers are killed, one by one and all at once'
only 'meanwhile there were answers or errors that pass' 200 500 502 503
two_workers() {
  [ "$(workers | wc -l)" = 2 ]
}
check 'and there are as many as before' wait_for two_workers

# ---- the web server is restarted ------------------------------------------------------------------
mark
server_stop
sleep 0.2
start
recovers 'the web server is restarted'
only 'meanwhile nothing was answered, or right' 000 200 503

# ---- the data folder is read-only -----------------------------------------------------------------
server_stop
if [ -n "$server_user" ]; then
  # Workers that are ending may have files open yet.
  writable() { mount -o "remount,$1" "$data" 2>/dev/null; }
else
  writable() { if [ "$1" = ro ]; then chmod -R a-w "$data"; else chmod -R ug+w "$data"; fi; }
fi
check 'the disk becomes read-only' wait_for writable ro
start
mark
meanwhile 5 >/dev/null
only 'read-only: gateways are put off' 000 503
has "$(cat "$work/programs.log" "$work/server/log")" "$data" 'read-only: the log names the folder'
run gateway add read-only
case $status in
5 | 6) pass "read-only: a change is refused ($status)" ;;
*) fail 'read-only: a change is refused' "$status $err" ;;
esac
has "$err" "$data" 'read-only: with the reason'
check 'the disk can be written again' writable rw
recovers 'writable again, without a restart'

# ---- slow connections -----------------------------------------------------------------------------
mkfifo "$work/in" "$work/out-of-slow"
python3 "$top_srcdir/tests/fault/slow.py" "$port" 2000 <"$work/in" >"$work/out-of-slow" &
slow_pid=$!
exec 8>"$work/in" 9<"$work/out-of-slow"
read -r word <&9
is "$word" ready '2000 slow connections'
mark
is "$(meanwhile 20)" '200 14 ' 'slow: polls are answered'
slowest=$(tail -n +$((marked + 1)) "$work/traffic" | cut -d ' ' -f 3 | sort -n | tail -n 1)
check "slow: in time ($slowest s)" awk "BEGIN { exit !($slowest < 3) }"
exec 8>&-
read -r word <&9
check "slow: and they were there all the time ($word)" [ "$word" -ge 1900 ]
wait "$slow_pid"
exec 9<&-
fine 'afterwards'

# ---- at the end -----------------------------------------------------------------------------------
# shellcheck disable=SC2086
{
  kill $traffic_pids
  wait $traffic_pids 2>/dev/null
}
traffic_pids=
server_stop
run check
ok 0 'nothing is damaged by all that'
done_testing
