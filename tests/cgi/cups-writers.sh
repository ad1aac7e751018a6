#!/bin/sh
# Two workers and a busy writer on one data folder; writers that are killed; locks that are
# held by somebody for seconds.
. "${top_srcdir:=.}/tests/lib/cups.sh"
# shellcheck source=tests/lib/hold.sh
. "$top_srcdir/tests/lib/hold.sh"

seconds=5 kills=10
if [ -n "${GATEHOUSE_TEST_LONG:-}" ]; then seconds=30 kills=100; fi
real_time

der "$crypto/ca-plain.pem" >"$work/lns.der"
config 'throttle_failures = 1000000' 'push_limit = 1000' 'write_wait = 20000'
fleet <<END || bail 'no data'
init
trust lns-root $work/lns.der lns.example.com:8887
add lns lns-1 uri=wss://lns.example.com:8887
add lns busy-lns uri=ws://busy.example.com:1887
add gateway gw-1 ids.eui=58A0CBFFFE800001
add gateway gw-2 ids.eui=58A0CBFFFE800002 lns=lns-1 lbs_lns_secret.value=LNS-SECRET
add gateway gw-3 ids.eui=58A0CBFFFE800003 lns=busy-lns
add gateway busy-a
add gateway busy-b
key gw-1 value=key-of-gw-1
key gw-2 value=key-of-gw-2
key gw-3 value=key-of-gw-3
END

# idle_polls OPTIONS...: gw-1 asks; 14 zero bytes each time
idle_polls() {
  station 58a0:cbff:fe80:1
  ask "$@" -- HTTP_AUTHORIZATION='Bearer key-of-gw-1'
}

# verify NAME: everything that a writer was told to be done is there, and all is in order
verify() {
  # A writer that was killed may have done what it did not live to acknowledge; the next one
  # may be killed before it does anything.
  awk '$1 == "expect" { last[$2, $3, $4] = $0; maybe[$2, $3, $4] = "" }
    $1 == "try" { maybe[$2, $3, $4] = maybe[$2, $3, $4] " " $5 }
    END { for (i in last) print last[i], maybe[i] }' "$work/done" >"$work/last"
  if [ -s "$work/last" ] && fleet <"$work/last" >"$work/out" && fleet check >>"$work/out"; then
    pass "$1 ($(grep -c ^expect "$work/done") acknowledged)"
  else
    fail "$1" "$(head -n 20 "$work/out")"
  fi
}

# ---- a busy writer -----------------------------------------------------------
start_workers 2
: >"$work/done"
fleet busy "$seconds" "$work/done" >"$work/busy" &
busy=$!
station 58a0:cbff:fe80:2
ask -n 900 -c 2 -- HTTP_AUTHORIZATION='Bearer key-of-gw-2' >"$work/pushes" &
pushes=$!
# Its network server moves all the time: which one it gets is of no matter, but it is one.
station 58a0:cbff:fe80:3
ask -t "$seconds" -- HTTP_AUTHORIZATION='Bearer key-of-gw-3' >"$work/moves" &
moves=$!
idle_polls -t "$seconds" >"$work/idle"
wait "$busy"
is $? 0 "a writer is busy for $seconds s: $(cat "$work/busy")"
wait "$pushes" "$moves"
is "$(grep -v slowest "$work/idle" | cut -d ' ' -f 2-)" '200 14 0' \
  "idle polls meanwhile, no error: $(head -n 1 "$work/idle" | cut -d ' ' -f 1)"
is "$(grep -v slowest "$work/pushes")" '900 200 440 0' 'pushes meanwhile, no error'
grep ' 50[0-9] ' "$log" | sed 's/^/# /'
is "$(fleet state gw-2)" 'lns-credentials 900
lns-uri 900
confirmed 0' 'each of which the ledger knows'
is "$(awk '!/slowest/ { print $2 }' "$work/moves" | sort -u)" 200 \
  'a gateway whose server moves, no error'
verify 'no acknowledged change is lost'

# ---- writers and workers that are killed --------------------------------------------
# more WORD FILE N: there are more lines with it than so many
more() {
  [ "$(grep -c "$1" "$2")" -gt "$3" ]
}
i=0
while [ "$i" -lt "$kills" ]; do
  i=$((i + 1))
  lines=$(grep -c expect "$work/done")
  env GATEHOUSE_CONF="$conf" "$tool_dir/fleet" busy 3600 "$work/done" >/dev/null 2>>"$work/killed.log" &
  writer=$!
  wait_for more expect "$work/done" "$lines" || bail "the writer does nothing: $(cat "$work/killed.log")"
  idle_polls -n 50 >"$work/idle"
  sleep "0.0$((i % 10))5"
  kill -9 "$writer"
  wait "$writer" 2>/dev/null
  was=$?
  if [ "$was" != 137 ] || grep -qv '^50 200 14 0$\|slowest' "$work/idle"; then break; fi
done
is "$i $was $(grep -v slowest "$work/idle")" "$kills 137 50 200 14 0" \
  "polls are answered while $kills writers are killed"
verify 'no acknowledged change of theirs is lost'
stop_app

# Readers that are killed inside a read would pin old pages, so that the map fills up.
i=0
while [ "$i" -lt "$kills" ]; do
  i=$((i + 1))
  lines=$(grep -c update-info "$log")
  start_workers 2
  idle_polls -t 1 >"$work/idle" 2>/dev/null &
  asker=$!
  wait_for more update-info "$log" "$lines" || bail 'nobody is answered'
  sleep "0.0$((i % 10))5"
  # shellcheck disable=SC2046
  kill -9 $(cat "$work/workers")
  wait_app
  wait "$asker"
done 2>/dev/null
size=$(stat -c %s "$data/registry/data.mdb")
fleet busy 2 "$work/done" >"$work/busy"
is $? 0 "a writer after $kills killed pairs of workers: $(cat "$work/busy")"
verify 'no acknowledged change is lost'
check "and the map has not grown out of hand ($size, then $(stat -c %s "$data/registry/data.mdb"))" \
  [ "$(stat -c %s "$data/registry/data.mdb")" -lt $((size * 4 + 4000000)) ]

# ---- locks that are held ----------------------------------------------------------------
hold_both() {
  hold 'the ledger is held by a program of ours' ledger
  hold 'the registry, too' registry
}
hold_as_strangers() {
  hold 'the ledger is held by a stranger' ledger stranger
  hold 'the registry, too' registry stranger
}
hold_registry() {
  hold 'the registry alone is held' registry
}
slowest() {
  sed -n 's/slowest //p' "$1"
}

# Whoever waited for a lock would do so for as long as write_wait allows.
sed -i 's/^write_wait.*/write_wait = 60000/' "$conf"
start_cups
for who in hold_both hold_as_strangers hold_registry; do
  $who
  idle_polls -n 20 >"$work/idle"
  is "$(grep -v slowest "$work/idle")" '20 200 14 0' 'idle polls are answered'
  check "without waiting for it ($(slowest "$work/idle") ms)" [ "$(slowest "$work/idle")" -lt 30000 ]
  let_go
done
stop_app

sed -i 's/^write_wait.*/write_wait = 1000/' "$conf"
start_cups
# meanwhile STATUS: a push gets this, long before the ten minutes are over
meanwhile() {
  station 58a0:cbff:fe80:2
  ask -n 1 -- HTTP_AUTHORIZATION='Bearer key-of-gw-2' >"$work/push"
  is "$(head -n 1 "$work/push" | cut -d ' ' -f 1,2)" "1 $1" "a push is answered with $1"
  check "before the lock is free ($(slowest "$work/push") ms)" [ "$(slowest "$work/push")" -lt 30000 ]
}
# afterwards COUNT: the push is answered; it is known to have been sent so often
afterwards() {
  station 58a0:cbff:fe80:2 key-of-gw-2
  ask_for "$(request)"
  is "$status" 200 'afterwards the push is answered'
  is "$(fleet state gw-2)" "lns-credentials $1
lns-uri $1
confirmed 0" 'and what got no answer does not count'
}
fleet retry gw-2
hold_both
meanwhile 503
check 'not before its deadline of a second' [ "$(slowest "$work/push")" -ge 900 ]
let_go
afterwards 1
hold_as_strangers
meanwhile 503
let_go
afterwards 2
hold_registry
meanwhile 200
let_go
afterwards 4
stop_app
done_testing
