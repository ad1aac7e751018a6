#!/bin/sh
# What may happen to the data and to the door, while gateways ask and an operator works all the
# time, behind lighttpd; traffic.sh has what may happen to the machine.
: "${top_srcdir:=.}"
# shellcheck source=tests/fault/traffic_lib.sh
. "$top_srcdir/tests/fault/traffic_lib.sh"

# The clock of everybody is in a file: it goes as a clock does, $shift seconds from the real one.
shift_by=0
set_clock() {
  date -u -d "@$(($(date +%s) + shift_by))" +%Y-%m-%dT%H:%M:%SZ >"$work/now.new"
  mv "$work/now.new" "$work/now"
}
set_clock
rmdir "$data"
issue_firmware() {
  openssl enc -aes-128-ctr -K 000102030405060708090a0b0c0d0e0f -iv 00 -in /dev/zero 2>/dev/null |
    head -c 2000000 >"$work/image"
  openssl ecparam -name prime256v1 -genkey -noout -out "$work/release.pem"
  openssl ec -in "$work/release.pem" -pubout -out "$work/release.pub" 2>/dev/null
  openssl ec -in "$work/release.pem" -pubout -outform DER 2>/dev/null | tail -c 64 >"$work/sig-0.key"
  openssl dgst -sha512 -sign "$work/release.pem" -out "$work/image.sig" "$work/image"
  crc=$(gzip -nc "$work/sig-0.key" | tail -c 8 | od -An -tu4 -N4 --endian=little | tr -d ' ')
}
config 'throttle_failures = 30' 'write_wait = 5000'
traffic_data
issue_firmware
must signing-key add release "$work/release.pub"
must firmware add fw-2 "$work/image" --signature "$work/image.sig"
must release add rel-2 fw-2 2.0
must channel add stable release=rel-2
must gateway add gw-3 58A0CBFFFE800003 update_channel=stable auto_update=true
printf 'key-of-gw-3' >"$work/key"
must key import gw-3 --file "$work/key"
# The programs have that clock.
mkdir "$work/real"
mv "$work/programs"/*.fcgi "$work/real"
for program in "$work/real"/*.fcgi; do
  cat >"$work/programs/$(basename "$program")" <<END
#!/bin/sh
GATEHOUSE_TEST_NOW=@$work/now exec $program "\$@"
END
done
chmod 755 "$work/programs"/*.fcgi
chmod -R go+rX "$work/real"
traffic_start
(while :; do
  set_clock
  sleep 0.3
done) &
clock_pid=$!
traffic_pids="$traffic_pids $clock_pid"
fine 'at first'

# ---- the registry is locked for 10 s, then the ledger ------------------------------------------
# locked STORE: somebody holds its lock, for ten seconds at least, until freed
locked() {
  mkfifo "$work/held"
  # shellcheck disable=SC2086 # registry is no word
  (as_server "$top_builddir/tests/cli/hold" "$data" 600000 ${1#registry}) >"$work/held" &
  holder=$!
  pids_before=$traffic_pids
  traffic_pids="$traffic_pids $holder"
  read -r word <"$work/held"
  rm "$work/held"
  is "$word" held "the $1 is held"
  sleep 10 &
  ten_seconds=$!
  mark
}
# freed STORE
freed() {
  wait "$ten_seconds"
  check "the $1 was held all the time" kill -0 "$holder"
  kill "$holder"
  wait "$holder"
  is $? 0 "the $1 is free after 10 s or more"
  traffic_pids=$pids_before
}
locked registry
operator_sees 'registry held: whoever works' 6 busy
is "$(meanwhile 20)" '200 14 ' 'registry held: idle polls are answered'
in_time poll
waits_for push 3
only 'registry held: so is who is sent something' push 200
in_time push
only 'registry held: and Kickstarters' kick 200
only 'registry held: and packet forwarders' udp 200
freed registry
recovers 'registry free again'
nothing_lost 'registry held'
locked ledger
waits_for push 2
is "$(meanwhile 20)" '200 14 ' 'ledger held: idle polls are answered'
in_time poll
only 'ledger held: who is sent something is put off' push 503
in_time push
only 'ledger held: Kickstarters are answered' kick 200 503
in_words 'ledger held: in words that they live on with'
freed ledger
recovers 'ledger free again'
nothing_lost 'ledger held'

# ---- a database of a newer version --------------------------------------------------------------
for store in registry ledger; do
  log_mark
  (as_server "$tool_dir/fleet" schema $store 99) >"$work/tool.out" 2>&1 || fail "schema" "$(cat "$work/tool.out")"
  mark
  meanwhile 5 >/dev/null
  waits_for kick 2
  waits_for push 2
  if [ $store = registry ]; then
    for who in poll push kick udp; do only "newer $store: $who is put off" $who 503; done
  else
    for who in poll push; do only "newer $store: $who is put off" $who 503; done
    only "newer $store: Kickstarters are put off" kick 200 503
  fi
  in_words "newer $store: in words that the Kickstarter lives on with"
  operator_sees "newer $store: whoever works" 7 'newer\|older'
  logged "newer $store: the log says so" "$store: the database is of a newer version"
  # What an upgrade would bring: a program that knows it.
  (as_server "$tool_dir/fleet" schema $store 1) >"$work/tool.out" 2>&1 || fail "schema" "$(cat "$work/tool.out")"
  recovers "$store as it was, without a restart"
  nothing_lost "newer $store"
done

# ---- a damaged image ------------------------------------------------------------------------------
update() {
  station 3 "$crc" >"$work/update.json"
  ask /update-info -H 'Authorization: Bearer key-of-gw-3' --data-binary "@$work/update.json" |
    cut -d ' ' -f 1,2
}
whole="200 $((2000000 + 18 + $(wc -c <"$work/image.sig")))"
is "$(update)" "$whole" 'an image is sent'
sum=$(sha256sum <"$work/image" | cut -d ' ' -f 1)
blob=$data/blobs/$(echo "$sum" | cut -c 1-2)/$sum
chmod u+w "$blob"
printf X | dd of="$blob" bs=1 seek=1000000 conv=notrunc 2>/dev/null
mark
log_mark
is "$(update)" '200 14' 'damaged image: it is not sent, all the rest is'
logged 'damaged image: the log says so' 'fw-2 cannot be sent'
run check
ok 7 'damaged image: check finds it'
has "$out$err" fw-2 'damaged image: and names it'
is "$(meanwhile 5)" '200 14 ' 'damaged image: others are not concerned'
must firmware add fw-2 "$work/image" --signature "$work/image.sig"
is "$(update)" "$whole" 'damaged image: added again, it is sent again'
nothing_lost 'damaged image'

# ---- a damaged record -------------------------------------------------------------------------------
must backup "$run_folder/backup" --with-keys
log_mark
(as_server "$tool_dir/fleet" damage gateway gw-2) >"$work/tool.out" 2>&1 || fail damage "$(cat "$work/tool.out")"
mark
waits_for push 3
only 'damaged record: whom it concerns is put off' push 503
is "$(meanwhile 20)" '200 14 ' 'damaged record: others are answered'
only 'damaged record: so are Kickstarters' kick 200
only 'damaged record: and packet forwarders' udp 200
logged 'damaged record: the log says so' 'record of the gateway: stored data are damaged'
run check
ok 7 'damaged record: check finds it'
has "$out$err" '(gw-2)' 'damaged record: names it'
has "$out$err" 'restore BACKUP' 'and says what to do'
# As doc/guide/backup.md says, while all goes on.
mkdir -m 2770 "$data.new"
[ -z "$server_user" ] || chown "$server_user:$server_user" "$data.new"
must --data "$data.new" restore "$run_folder/backup" --yes
old_workers=$(workers | tr '\n' ' ')
mark
mv "$data" "$data.damaged"
mv "$data.new" "$data"
check 'those that had the damaged folder end' await new_workers "$old_workers"
recovers 'a backup in its place, without a restart'
only 'meanwhile: idle polls' poll 200 500 502 503
only 'meanwhile: those that are sent something' push 200 500 502 503
# The last change that began before may have gone into the one or the other.
waits_for 'done' 1
# What came after the backup is in the damaged folder's audit log, and entered again.
run --data "$data.damaged" audit list --last 100000 --json
ok 0 'what came after the backup can be told'
printf '%s' "$out" | grep -o '"op-[0-9]*"' | tr -d '"' | sort -u >"$work/told"
run gateway list --json
printf '%s' "$out" | grep -o '"op-[0-9]*"' | tr -d '"' | sort -u >"$work/kept"
comm -23 "$work/told" "$work/kept" >"$work/again"
while read -r id; do must gateway add "$id"; done <"$work/again"
nothing_lost "damaged record, with $(($(wc -l <"$work/again"))) entered again"

# ---- 200 wrong keys a second ----------------------------------------------------------------------
mark
log_mark
python3 "$top_srcdir/tests/fault/guess.py" "$port" 58a0:cbff:fe80:1 5 1000 >"$work/guessed"
sed -n 's/^rate /# wrong keys in a second: /p' "$work/guessed"
guesses=$(sed -n 's/^total //p' "$work/guessed")
check "wrong keys: $guesses of them" [ "$guesses" -ge 1000 ]
is "$(sed -n 's/^status //p' "$work/guessed" | cut -d ' ' -f 1 | sort | tr '\n' ' ')" '403 429 ' \
  'wrong keys: refused, then told to wait'
is "$(meanwhile 5)" '200 14 ' 'wrong keys: the right one of the same gateway is taken'
in_time poll
only 'wrong keys: so are those of others' push 200
only 'wrong keys: and of Kickstarters' kick 200
only 'wrong keys: and of packet forwarders' udp 200
logged 'wrong keys: the log says so' 'POST /update-info 429'
fine 'after the wrong keys'
nothing_lost 'wrong keys'

# ---- the clock is set back a year ------------------------------------------------------------------
mark
shift_by=-31536000
kill "$clock_pid" 2>/dev/null
set_clock
(while :; do
  set_clock
  sleep 0.3
done) &
traffic_pids="$traffic_pids $!"
is "$(meanwhile 20)" '200 14 ' 'a year back: idle polls are answered as before'
waits_for push 5
only 'a year back: those that are sent something are' push 200
waits_for kick 3
only 'a year back: and Kickstarters' kick 200
waits_for udp 3
only 'a year back: and packet forwarders' udp 200
waits_for 'done' 1
check 'a year back: the operator goes on' made 'done' 1
is "$(since operator)" '' 'a year back: nothing is refused to the operator'
is "$(update)" "$whole" 'a year back: firmware is sent'
python3 "$top_srcdir/tests/fault/guess.py" "$port" 58a0:cbff:fe80:1 1 50 >"$work/guessed"
check 'a year back: wrong keys are tried' [ "$(sed -n 's/^total //p' "$work/guessed")" -ge 50 ]
is "$(sed -n 's/^status //p' "$work/guessed" | cut -d ' ' -f 1 | grep -v '^4[02][39]$')" '' \
  'a year back: wrong keys are refused'
fine 'a year back, some seconds later'
nothing_lost 'a year back'

# ---- at the end -----------------------------------------------------------------------------------
traffic_stop
server_stop
run check
ok 0 'nothing is damaged by all that'
done_testing
