#!/bin/sh
# What may happen to a machine, while gateways ask and an operator works all the time: behind
# lighttpd, with the programs as etc/lighttpd/gatehouse.conf starts them. data-faults.sh has what
# may happen to the data; README beside this has what else there is.
: "${top_srcdir:=.}"
# A disk of our own goes with us, where the place allows it (a bare chroot does not).
if [ "$(id -u)" = 0 ] && [ -z "${TRAFFIC_OWN_MOUNTS-}" ] &&
  unshare -m --propagation private true 2>/dev/null; then
  export TRAFFIC_OWN_MOUNTS=yes
  exec unshare -m --propagation private sh "$0" "$@"
fi
# shellcheck source=tests/fault/traffic_lib.sh
. "$top_srcdir/tests/fault/traffic_lib.sh"
if [ -n "$server_user" ] && mount -t tmpfs -o size=48m,mode=2770 none "$data" 2>/dev/null; then
  own_disk=yes
else
  rmdir "$data"
fi
config 'write_wait = 20000' # the disk of others may be slow
traffic_data
# Many that were never sent anything: each of them needs room.
must lns add lns-open wss://lns.example.com:8887 credentials=server_only
{
  echo gateway_id,eui,lns
  for i in $(seq 1000 1299); do echo "new-$i,58A0CBFFFE80$i,lns-open"; done
} >"$work/new.csv"
must gateway import "$work/new.csv"
printf key-of-all >"$work/key"
must key import --all-gateways --file "$work/key"
traffic_start
fine 'at first'

# ---- the disk is full ------------------------------------------------------------------------
# limited COMMAND...: where the disk is not ours to fill, files end early
limited() {
  if [ -n "$own_disk" ]; then
    "$@"
    return
  fi
  # In blocks of 512 bytes, which are 1024 in a bash that is not called sh.
  sh -c 'ulimit -f "$1" && shift && exec "$@"' sh \
    $(($(stat -c %s "$data/registry/data.mdb") / 512 + 8)) "$@"
}
[ -z "$own_disk" ] || {
  cat /dev/zero >"$data/filler" 2>/dev/null
  truncate -s -64K "$data/filler"
}
mark
i=0 status=0
while [ "$status" = 0 ] && [ "$i" -lt 2000 ]; do
  i=$((i + 1))
  limited "$gatehouse" gateway add "full-$i" >"$work/out" 2>"$work/err"
  status=$?
done
is "$status" 6 "disk full: after $((i - 1)) changes one is refused"
has "$(cat "$work/err")" 'no space left' 'disk full: and the operator is told'
[ -z "$own_disk" ] || {
  # What is left is used up by others: then what must be stored cannot be.
  cat /dev/zero >"$data/filler-2" 2>/dev/null
  operator_sees 'disk full: whoever works' 6 'no space left'
  for new_one in $(seq 1000 1299); do
    station "$new_one" >"$work/new.json"
    new=$(ask /update-info -H 'Authorization: Bearer key-of-all' --data-binary "@$work/new.json")
    case $new in '200 '*) echo "$new_one" >>"$work/sent" ;; *) break ;; esac
  done
  is "${new%% *}" 503 "disk full: after $(($(wc -l <"$work/sent"))) new ones one is put off"
}
is "$(meanwhile 5)" '200 14 ' 'disk full: idle polls are answered'
only 'disk full: what must be stored first' push 200 503
only 'disk full: Kickstarters' kick 200 503
in_words 'disk full: in words that they live on with'
only 'disk full: packet forwarders' udp 200
rm -f "$data/filler" "$data/filler-2"
must gateway add after-full
run gateway list --json
is "$(printf '%s' "$out" | jq '[.[] | .. | .gateway_id? // empty | select(startswith("full-"))] | length')" \
  $((i - 1)) 'disk full: what was acknowledged is there, and no more'
run check
ok 0 'disk full: nothing is damaged'
recovers 'there is room again'
[ -z "$own_disk" ] || {
  new=$(ask /update-info -H 'Authorization: Bearer key-of-all' --data-binary "@$work/new.json")
  is "${new%% *}" 200 'and the one that was put off is sent it'
}
nothing_lost 'disk full'

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
check "map full: the database has grown, from $before to $after" [ "$after" -gt "$before" ]
check 'map full: to more than it was made for' [ "$after" -gt 2000000 ]
is "$(meanwhile 5)" '200 14 ' 'map full: nobody notices'
# A push that waits for so large a change to be done gives up in time, and comes again.
only 'map full: nor do those that are sent something, or they come again' push 200 503
nothing_lost 'map full'

# ---- workers are killed -------------------------------------------------------------------------
mark
# One by one, each in the place of the one before, then all at once.
killed=
for round in 1 2; do
  await new_workers "$killed"
  for pid in $(workers); do
    killed="$killed $pid"
    kill -9 "$pid"
    [ "$round" = 2 ] || sleep 0.5
  done
done
# The server sees that only after a while.
check 'there are as many as before' await new_workers "$killed"
recovers 'workers are killed, one by one and all at once'
only 'meanwhile there were answers or errors that pass' poll 200 500 502 503
only 'meanwhile Kickstarters have their own workers' kick 200
nothing_lost 'workers are killed'

# ---- the web server is restarted ------------------------------------------------------------------
mark
server_stop
sleep 0.2
serve
recovers 'the web server is restarted'
for who in poll push kick udp; do
  only "$who: meanwhile nothing was answered, or right" $who 000 200 503
done
nothing_lost 'the web server is restarted'

# ---- the data folder is read-only -----------------------------------------------------------------
server_stop
if [ -n "$own_disk" ]; then
  # Workers that are ending may have files open yet.
  writable() { mount -o "remount,$1" "$data" 2>/dev/null; }
else
  writable() { if [ "$1" = ro ]; then chmod -R a-w "$data"; else chmod -R ug+w "$data"; fi; }
fi
check 'the disk becomes read-only' await writable ro
log_mark
serve
mark
meanwhile 5 >/dev/null
waits_for kick 2
for who in poll push kick udp; do
  only "read-only: $who is put off" $who 503
done
in_words 'read-only: in words that the Kickstarter lives on with'
operator_sees 'read-only: whoever works' '[56]' "$data"
logged 'read-only: the log names the folder' "$data"
run gateway add read-only
case $status in
5 | 6) pass "read-only: a change is refused ($status)" ;;
*) fail 'read-only: a change is refused' "$status $err" ;;
esac
has "$err" "$data" 'read-only: with the reason'
check 'the disk can be written again' writable rw
recovers 'writable again, without a restart'
nothing_lost 'read-only'

# ---- slow connections -----------------------------------------------------------------------------
slow=2000
if [ "$files" -lt 4400 ]; then
  slow=$((files / 2 - 200))
  echo "# $slow slow connections: a process may have $files descriptors here"
fi
mkfifo "$work/in" "$work/out-of-slow"
python3 "$top_srcdir/tests/fault/slow.py" "$port" "$slow" <"$work/in" >"$work/out-of-slow" &
slow_pid=$!
exec 8>"$work/in" 9<"$work/out-of-slow"
read -r word <&9
is "$word" ready "$slow slow connections"
mark
is "$(meanwhile 20)" '200 14 ' 'slow: polls are answered'
in_time poll
only 'slow: and so is everybody else' push 200
exec 8>&-
read -r word <&9
check "slow: and they were there all the time ($word)" [ "$word" -ge $((slow * 19 / 20)) ]
wait "$slow_pid"
exec 9<&-
fine 'afterwards'

nothing_lost 'slow connections'

# ---- at the end -----------------------------------------------------------------------------------
traffic_stop
server_stop
run check
ok 0 'nothing is damaged by all that'
done_testing
