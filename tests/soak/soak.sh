#!/bin/sh
# Mixed traffic at full speed for SOAK_SECONDS (600), with changes by the command line going
# on: no error, no growth, no leak when built with sanitizers. TAP.
: "${top_srcdir:=.}"
. "$top_srcdir/tests/lib/tap.sh"

seconds=${SOAK_SECONDS:-600}
key=
body=
"$top_builddir/bench/fleet" "$data" 2000 >"$work/fleet" || bail 'no data folder'
. "$work/fleet"
chmod 2770 "$data" "$data"/*/
printf '%s' "$body" >"$work/idle"
printf '%s' "$body" | sed 's/CredCrc":[0-9]*/CredCrc":1/g' >"$work/push"
printf '%s' "$body" | cut -c1-100 >"$work/broken"
printf 'data = %s\ncups_uri = https://cups.example.com:443\nlog_level = error\n' "$data" >"$conf"

gatehouse() {
  "$top_builddir/gatehouse" --config "$conf" "$@" >"$work/out" 2>&1 || {
    cat "$work/out"
    return 1
  }
}

# resident: kB of memory of the worker's own
resident() {
  awk '/^RssAnon/ { print $2 }' "/proc/$app_pid/status"
}

# ask STATUS FILE N: N requests on up to 4 connections, all with the same answer
ask() {
  load -n "$3" -c 4 -s "$1" -B "$work/$2" -- POST /update-info \
    "HTTP_AUTHORIZATION=Bearer $key" REMOTE_ADDR=192.0.2.7 >"$work/out" 2>&1 || {
    cat "$work/out"
    return 1
  }
}

start_app cgi-bin/cups.fcgi
end=$(($(date +%s) + seconds))
rounds=0
early=
bad=
while [ "$(date +%s)" -lt "$end" ] && [ -z "$bad" ]; do
  ask 200 idle 500 || bad='idle polls'
  for _ in 1 2 3 4; do
    ask 200 push 1 || bad='polls that are sent credentials'
  done
  ask 400 broken 200 || bad='broken requests'
  gatehouse gateway retry bench-gateway-1000 || bad='gateway retry'
  gatehouse gateway set bench-gateway-1000 "name=round $rounds" || bad='gateway set'
  rounds=$((rounds + 1))
  [ "$rounds" != 5 ] || early=$(resident)
done
is "$bad" '' "everything answered as it should, $rounds rounds"
late=$(resident)
early=${early:-$late}
if [ "$late" -le $((early + early / 4 + 1024)) ]; then
  pass "memory is flat: $early kB after the first rounds, $late kB at the end"
else
  fail 'memory is flat' "$early kB after the first rounds, $late kB at the end"
fi
if gatehouse check; then pass 'check finds nothing wrong'; else fail 'check finds nothing wrong' "$(cat "$work/out")"; fi
stop_app
done_testing
