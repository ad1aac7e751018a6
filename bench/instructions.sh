#!/bin/sh
# Instructions per request, counted by callgrind in the FastCGI process: 2,000 requests
# minus 100, so that starting and ending do not count. Unlike times, the figures are the
# same on every machine.
#
#	bench/instructions.sh            what is listed below
: "${top_srcdir:=.}"
. "$top_srcdir/tests/lib/tap.sh"

command -v valgrind >/dev/null || bail 'valgrind is not there'

# instructions PROGRAM [OPTION...] -- METHOD URI [VAR=VALUE...]: sets $instructions
instructions() {
  tap_measured=$1
  shift
  for tap_n in 100 2000; do
    TEST_WRAPPER="valgrind --quiet --tool=callgrind --callgrind-out-file=$work/out.$tap_n"
    start_app "$tap_measured"
    load -n "$tap_n" "$@" >/dev/null || bail "$tap_measured does not answer"
    kill -TERM "$app_pid"
    wait_app 60
    [ "$app_status" = 0 ] || bail "$tap_measured ended with $app_status"
  done
  instructions=$(awk '/^summary:/ { n[FILENAME] = $2 } END {
    print int((n[ARGV[2]] - n[ARGV[1]]) / 1900) }' "$work/out.100" "$work/out.2000")
}

floor=
# row NAME: prints what was measured, and how much of it is above the floor
row() {
  : "${floor:=$instructions}"
  printf '%-44s %8d %+8d\n' "$1" "$instructions" $((instructions - floor))
}

# As the station sends it.
body='{"router":"58a0:cbff:fe80:1","cupsUri":"https://cups.example.com:443","tcUri":"wss://lns.example.com:8887","cupsCredCrc":695230052,"tcCredCrc":1557172037,"station":"2.0.6(linux/std) 2022-01-18 10:22:16","model":"linux","package":"v1.2.3","keys":[3912465528,1445978646]}'
printf '%s' "$body" >"$work/request"
key='HTTP_AUTHORIZATION=Bearer NNSXS.ABCDEFGHIJKLMNOPQRSTUVWXYZ.ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

printf '%-44s %8s %8s\n' 'instructions per request' all 'above floor'
instructions bench/floor -B "$work/request" -- POST /update-info "$key"
row 'floor: libfcgi, a body read, 14 bytes written'
instructions tests/cgi/echo -B "$work/request" -- POST /update-info "$key"
row 'service: request, route, answer, log line'
instructions tests/cgi/echo -k -B "$work/request" -- POST /update-info "$key"
row 'the same on a kept connection'
instructions tests/cgi/echo -s 404 -- GET /nothing
row 'not found, an error in JSON'
