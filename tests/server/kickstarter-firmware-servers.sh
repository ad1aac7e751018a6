#!/bin/sh
# Firmware of Kickstarters behind every web server for which there are files in etc/: header
# and the beginning of the body come in one piece, whole, with their length, over HTTP and
# over TLS as the device speaks it.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/server/servers.sh
. "$top_srcdir/tests/server/servers.sh"
# shellcheck source=tests/lib/kickstarter.sh
. "$top_srcdir/tests/lib/kickstarter.sh"
# shellcheck source=tests/server/kick_lib.sh
. "$top_srcdir/tests/server/kick_lib.sh"
kick_data
must gateway set kick-1 update_channel=beta
publish hex 190000 1 >"$work/large.hex"
must firmware add large "$work/large.hex" --family kickstarter
must release add large large 1.0
must channel add beta kickstarter=large
sum=$(sha256sum <"$work/large.hex" | cut -d' ' -f1)
server_prepare

# shellcheck disable=SC2154 # of servers.sh
for mode in $server_modes; do
  server_start "$mode"
  for time in first second; do
    fetch GET "/api/v2/firmware/$sum/firmware.hex"
    is "$status $(length)" "200 $(($(wc -c <"$work/large.hex")))" "$mode: the $time time"
    check "$mode: byte by byte" cmp "$work/large.hex" "$work/body"
    check "$mode: header of $head bytes" [ "$head" -lt 536 ]
    check "$mode: its body begins in the first piece ($first)" [ "$first" -gt "$head" ]
  done
  for file in checksums firmware.hex; do
    fetch GET "/api/v2/firmware/none/$file"
    is "$status $(length)" "404 $size" "$mode: no firmware: $file"
  done
  # Slow devices, more than there are workers, are in nobody's way.
  slow=
  rm -f "$work"/slow.*
  for i in 1 2 3 4; do
    curl -s -o "$work/slow.$i" --limit-rate 20k -A TTNGateway \
      "$http/api/v2/firmware/$sum/firmware.hex" &
    slow="$slow $!"
  done
  for i in 1 2 3 4; do
    wait_for [ -s "$work/slow.$i" ] || fail "$mode: slow download $i begins"
  done
  is "$(curl -s -o /dev/null --max-time 300 -w '%{http_code}' -A TTNGateway \
    -H "Authorization: Key $lns_key" "$http/api/v2/gateways/kick-1?filter=ttn")" 200 \
    "$mode: a configuration beside slow downloads"
  for pid in $slow; do
    check "$mode: which have not ended" kill -0 "$pid"
  done
  # shellcheck disable=SC2086 # process ids
  [ -z "$slow" ] || {
    kill $slow 2>/dev/null
    wait $slow 2>/dev/null
  }
  run probe "$https" --kickstarter --id kick-1 --key-file "$work/lns.key" \
    --trust "$work/root.pem" --json
  ok 0 "$mode: the device takes it over TLS"
  json '.steps[3].sha256' "$sum" "$mode: to the end"
  server_stop
done
done_testing
