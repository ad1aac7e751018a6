#!/bin/sh
# Two workers and a busy writer on one data folder; writers that are killed; locks that are
# held by somebody for seconds.
. "${top_srcdir:=.}/tests/lib/cups.sh"

seconds=5 kills=10
if [ -n "${GATEHOUSE_TEST_LONG:-}" ]; then seconds=30 kills=100; fi
real_time

der "$crypto/ca-plain.pem" >"$work/lns.der"
config 'throttle_failures = 1000000' 'push_limit = 1000' 'write_wait = 1000'
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
  if fleet <"$work/last" >"$work/out" && fleet check >>"$work/out"; then
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
is "$(cut -d ' ' -f 2 "$work/moves" | grep -v '^[0-9]*$' | sort -u)$(
  awk '!/slowest/ { print $2 }' "$work/moves" | sort -u)" 200 \
  'a gateway whose server moves, no error'
verify 'no acknowledged change is lost'

# ---- writers and workers that are killed --------------------------------------------
# killed PID DELAY
killed() {
  sleep "$2"
  kill -9 "$1" 2>/dev/null
  wait "$1" 2>/dev/null
}
i=0
while [ "$i" -lt "$kills" ]; do
  i=$((i + 1))
  env GATEHOUSE_CONF="$conf" "$tool_dir/fleet" busy 10 "$work/done" >/dev/null 2>>"$work/killed.log" &
  writer=$!
  idle_polls -n 50 >"$work/idle"
  killed "$writer" "0.0$((i % 10))5"
  if grep -qv '^50 200 14 0$\|slowest' "$work/idle"; then break; fi
done
is "$i $(grep -v slowest "$work/idle")" "$kills 50 200 14 0" \
  "polls are answered while $kills writers are killed"
verify 'no acknowledged change of theirs is lost'
stop_app

# Readers that are killed inside a read would pin old pages, so that the map fills up.
i=0
while [ "$i" -lt "$kills" ]; do
  i=$((i + 1))
  start_workers 2
  idle_polls -t 1 >"$work/idle" 2>/dev/null &
  asker=$!
  sleep 0.1
  # shellcheck disable=SC2046
  kill -9 $(cat "$work/workers")
  wait_app 20
  kill "$asker"
  wait "$asker" 2>/dev/null
done 2>/dev/null
size=$(stat -c %s "$data/registry/data.mdb")
fleet busy 2 "$work/done" >"$work/busy"
is $? 0 "a writer after $kills killed pairs of workers: $(cat "$work/busy")"
verify 'no acknowledged change is lost'
check "and the map has not grown out of hand ($size, then $(stat -c %s "$data/registry/data.mdb"))" \
  [ "$(stat -c %s "$data/registry/data.mdb")" -lt $((size * 4 + 4000000)) ]

# ---- locks that are held ----------------------------------------------------------------
start_cups
# hold NAME PROGRAM WORD...: in the background; takes note of its number for let_go
holders=
hold() {
  mkfifo "$work/held"
  hold_name=$1
  hold_program=$tool_dir/$2
  shift 2
  env GATEHOUSE_CONF="$conf" "$hold_program" "$@" >"$work/held" 2>>"$log" &
  holders="$holders $!"
  read -r word <"$work/held"
  is "$word" held "$hold_name"
  rm "$work/held"
}
let_go() {
  for pid in $holders; do
    check 'the lock was held all the time' kill "$pid"
    wait "$pid" 2>/dev/null
  done
  holders=
}
# meanwhile STATUS: idle polls are answered at once; a push gets this, in time
meanwhile() {
  idle_polls -n 20 >"$work/idle"
  is "$(grep -v slowest "$work/idle")" '20 200 14 0' 'idle polls are answered'
  check "at once ($(tail -n 1 "$work/idle") ms)" \
    [ "$(sed -n 's/slowest //p' "$work/idle")" -lt 1000 ]
  station 58a0:cbff:fe80:2
  ask -n 1 -- HTTP_AUTHORIZATION='Bearer key-of-gw-2' >"$work/push"
  is "$(head -n 1 "$work/push" | cut -d ' ' -f 1,2)" "1 $1" "a push is answered with $1"
  check "within its deadline of a second ($(tail -n 1 "$work/push") ms)" \
    [ "$(sed -n 's/slowest //p' "$work/push")" -lt 3000 ]
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
hold 'the ledger is held by a program of ours' fleet hold ledger 60
hold 'the registry, too' fleet hold registry 60
meanwhile 503
let_go
afterwards 1
hold 'the ledger is held by a stranger' lmdb_lock "$data/ledger" 60
hold 'the registry, too' lmdb_lock "$data/registry" 60
meanwhile 503
let_go
afterwards 2
hold 'the registry alone is held' fleet hold registry 60
meanwhile 200
let_go
afterwards 4
stop_app
done_testing
