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

# fleet N: the data folder of N gateways becomes the configured one; sets $key and $body
fleet() {
  rm -rf "$data"
  "$top_builddir/bench/fleet" "$data" "$1" >"$work/fleet" || bail 'no data folder'
  . "$work/fleet"
  printf '%s' "$body" >"$work/request"
  printf 'data = %s\ncups_uri = https://cups.example.com:443\n' "$data" >"$conf"
}

# at_most LIMIT NAME: the figure that was just measured is within its limit
at_most() {
  [ "$instructions" -le "$1" ] || {
    echo "too much: $2 may cost $1 instructions"
    too_much=yes
  }
}
too_much=

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

# The whole of an idle poll: token, decision, log line, sighting; the body is the 14 zero
# bytes of "nothing to do".
few=
for gateways in 1000 200000; do
  fleet "$gateways"
  instructions cgi-bin/cups.fcgi -B "$work/request" -- \
    POST /update-info "HTTP_AUTHORIZATION=Bearer $key"
  row "CUPS, nothing to do, $gateways gateways"
  at_most 60000 'an idle poll'
  : "${few:=$instructions}"
done
[ "$instructions" -le $((few + few / 20)) ] || {
  echo 'too much: a poll among 200,000 gateways costs 5 % more than among 1,000'
  too_much=yes
}

# The same with auto_update: a gateway that runs the release of its channel, and one that two
# roll-outs have not reached yet.
words() {
  GATEHOUSE_CONF=$conf "$top_builddir/tests/lib/fleet" >"$work/out" 2>&1 ||
    bail "fleet: $(cat "$work/out")"
}
rollout='channel=stable attempts=3 downloads=20 minimum_rate=10240 failure_limit=5'
for gateways in 1000 200000; do
  fleet "$gateways"
  words <<END
image image $top_srcdir/README
add release old firmware=image version=v1.2.3
add release new firmware=image version=v2
add channel stable release=old
set gateway bench-gateway-$((gateways / 2)) auto_update=true
END
  instructions cgi-bin/cups.fcgi -B "$work/request" -- \
    POST /update-info "HTTP_AUTHORIZATION=Bearer $key"
  row "with auto_update, $gateways gateways"
  at_most 60000 'an idle poll with auto_update'
  words <<END
add rollout out-1 release=new $rollout
add rollout out-2 release=new $rollout
rollout out-1 running 0
rollout out-2 running 0
END
  instructions cgi-bin/cups.fcgi -B "$work/request" -- \
    POST /update-info "HTTP_AUTHORIZATION=Bearer $key"
  row "and two roll-outs, $gateways gateways"
done

# Configuration files. The gateway in the middle gets a plan, a board and a position; the
# others are the crowd.
# must COMMAND...: gatehouse on the configured data folder
must() {
  GATEHOUSE_CONF=$conf "$top_builddir/gatehouse" "$@" >"$work/out" 2>"$work/err" ||
    bail "gatehouse $*: $(cat "$work/err")"
}
fleet 1000
echo "share = $(cd "$top_srcdir/share" && pwd)" >>"$conf"
must plan import --shipped
must concentrator import --shipped
must gateway set bench-gateway-500 frequency_plan_ids=EU_863_870_TTN \
  udp_address=lns.example.com \
  'antennas=[{"gain":3,"location":{"latitude":52.37403,"longitude":4.88969,"altitude":12}}]'
file=/api/v3/gcs/gateways/bench-gateway-500/semtechudp/global_conf.json
key=NNSXS.ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFG.ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRST
printf '%s' "$key" >"$work/key"
must key import bench-gateway-500 --api --rights INFO --file "$work/key"
key="HTTP_AUTHORIZATION=Bearer $key"
for board in '' rak2287-spi; do
  must gateway set bench-gateway-500 "concentrator=$board"
  must config-file bench-gateway-500 global_conf.json
  etag="\"$(sha256sum <"$work/out" | cut -c 1-32)\""
  instructions cgi-bin/udp-config.fcgi -- GET "$file" "$key"
  row "global_conf.json, ${board:-SX1301}"
  at_most 60000 'a configuration file'
  instructions cgi-bin/udp-config.fcgi -s 304 -- GET "$file" "$key" \
    "HTTP_IF_NONE_MATCH=$etag"
  row "unchanged, ${board:-SX1301}"
  at_most 35000 'an unchanged configuration file'
done
[ -z "$too_much" ]
