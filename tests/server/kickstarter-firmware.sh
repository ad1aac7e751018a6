#!/bin/sh
# Firmware of Kickstarters behind a real lighttpd: the bytes of the two files and the pieces
# in which they come, damage, and a hundred gateways that fetch while others publish.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/server/lib.sh
. "$top_srcdir/tests/server/lib.sh"
# shellcheck source=tests/lib/kickstarter.sh
. "$top_srcdir/tests/lib/kickstarter.sh"
# shellcheck source=tests/server/kick_lib.sh
. "$top_srcdir/tests/server/kick_lib.sh"
kick_data
must gateway set kick-1 update_channel=beta

# ---- the two files --------------------------------------------------------------------
publish hex 1 1 >"$work/small.hex"
publish hex 1489 2 >"$work/below.hex" # its answer ends near 64 KiB
publish hex 1490 3 >"$work/above.hex"
{
  publish hex 190277 4 | sed '$d'
  printf ':050000000102030405EC\r\n:00000001ff\n'
} >"$work/large.hex"
is "$(($(wc -c <"$work/large.hex")))" 8372223 'the largest image that a device takes'
for image in small below above large; do
  publish image "img-$image" kickstarter "$work/$image.hex"
  publish release "rel-$image" "img-$image"
done
lighttpd_start
for image in small below above large; do
  publish channel beta "rel-$image"
  sum=$(sha256sum <"$work/$image.hex" | cut -d' ' -f1)
  base=/api/v2/firmware/$sum
  raw "GET /api/v2/gateways/kick-1?filter=ttn HTTP/1.1\r\nUser-Agent: TTNGateway\r
Host: 127.0.0.1:$port\r\nAuthorization: Key $lns_key\r\nConnection: close\r\n\r\n"
  has "$(cat "$raw.body")" "\"firmware_url\":\"$url$base\"," "$image: its own address"
  for warm in cold warm; do
    fetch GET "$base/checksums"
    is "$status $size $(length)" '200 79 79' "$image, $warm: checksums"
    is "$(cat "$work/body")" "$sum  firmware.hex" "$image, $warm: as sha256sum writes it"
    check "$image, $warm: in one piece" [ "$first" -gt "$head" ]
    fetch GET "$base/firmware.hex"
    check "$image, $warm: byte by byte" cmp "$work/$image.hex" "$work/body"
    is "$status $(length)" "200 $size" "$image, $warm: with its length"
    check "$image, $warm: header of $head bytes" [ "$head" -lt 536 ]
    check "$image, $warm: its body begins in the first piece" [ "$first" -gt "$head" ]
    hasnt "$(head -c "$head" "$work/fetched")" chunked "$image, $warm: not in chunks"
  done
  for file in checksums firmware.hex; do
    fetch HEAD "$base/$file"
    want=79
    [ "$file" = checksums ] || want=$(($(wc -c <"$work/$image.hex")))
    is "$status $size $(length)" "200 0 $want" "$image: HEAD of $file"
  done
done

# ---- no firmware, and other errors --------------------------------------------------------
# refused STATUS PATH NAME: both files, with a length that is right
refused() {
  for file in checksums firmware.hex; do
    fetch GET "/api/v2/firmware/$2/$file"
    is "$status $(length)" "$1 $size" "$3: $file"
    check "$3: $file: header of $head bytes" [ "$head" -lt 536 ]
  done
}
refused 404 none 'no firmware for you'
refused 404 beta 'a channel, for the device'
refused 404 nothing 'nothing at all'
refused 404 "$(printf '%064d' 0)" 'unknown bytes'
is "$(cat "$work/body")" '{"code":404,"error":"no firmware for you"}' 'in two members'
raw "GET /api/v2/firmware/beta/checksums HTTP/1.1\r\nHost: 127.0.0.1:$port\r
Connection: close\r\n\r\n"
raw_fine 'a channel, for people'
is "$(cat "$raw.body")" "$sum  firmware.hex" 'that is its release now'
raw "POST /api/v2/firmware/$sum/firmware.hex HTTP/1.1\r\nHost: 127.0.0.1:$port\r
Content-Length: 0\r\nConnection: close\r\n\r\n"
raw_fine 'another method'
is "$(head -c 12 "$raw")" 'HTTP/1.1 405' 'is refused'
file_of() { echo "$data/blobs/$(printf '%.2s' "$1")/$1"; }
printf 'X' | dd of="$(file_of "$sum")" bs=1 seek=4000000 conv=notrunc 2>/dev/null
refused 503 "$sum" 'a byte was changed on the disk'
is "$(cat "$work/body")" '{"code":50,"error":"the image is damaged and not served"}' \
  'and is never served'
has "$(cat "$work/programs.log")" "image $sum is not served: " 'the log names it'
publish image img-large kickstarter "$work/large.hex"
fetch GET "/api/v2/firmware/$sum/firmware.hex"
check 'added again, it is right again' cmp "$work/large.hex" "$work/body"
truncate -s 5000000 "$(file_of "$sum")"
refused 503 "$sum" 'it was cut off'
rm "$(file_of "$sum")"
refused 503 "$sum" 'its file is gone'
publish image img-large kickstarter "$work/large.hex"

# ---- as the device itself ----------------------------------------------------------------------
probe() {
  run probe "$url" --kickstarter --id kick-1 --key-file "$work/lns.key" "$@" --json
}
probe
ok 0 'the device takes it'
json '[.steps[] | .request + " " + .effect] | join(", ")' \
  'configuration goes-on, frequency-plan goes-on, checksums goes-on, firmware goes-on' \
  'step by step'
json '.steps[3].sha256' "$sum" 'to the end'
json '.steps[3].body_bytes' 8372223 'all of it'
json '[.steps[].findings[] | select(.bad)] | length' 0 'by the rules'
probe --no-firmware
json '.steps | length' 3 'or without the download'
truncate -s 100 "$(file_of "$sum")"
probe
ok 0 'a damaged image'
json '.steps[2].status' 503 'an error'
json .effect keeps-firmware 'after which it keeps what it has'
publish image img-large kickstarter "$work/large.hex"
must gateway set kick-1 auto_update=false
probe
json '.steps[1:] | .[].effect' 'goes-on
keeps-firmware' 'auto_update is off: no firmware'
json '.steps[0].firmware_url' "$url/api/v2/firmware/none" 'at an address without any'
must gateway set kick-1 auto_update=true

# ---- a hundred gateways while others publish -----------------------------------------------------
config 'throttle_failures = 100000'
lighttpd_stop
lighttpd_start
rounds=20
if sanitized; then rounds=4; fi
"$top_builddir/tests/lib/publish" "$data" loop beta loop "$work/enough" >"$work/published" &
publisher=$!
wait_for [ -s "$work/published" ] || bail 'nothing is published'
# lived: all of them went through their rounds, and others were published meanwhile
lived() {
  before=$(wc -l <"$work/published")
  "$top_builddir/tests/server/kick_fetch" -n 100 "$rounds" "$port" kick-1 "$lns_key" \
    >"$work/pairs" 2>"$work/pairs.err"
  is "$?" 0 'a hundred gateways lived'
  is "$(cat "$work/pairs" "$work/pairs.err")" "$((rounds * 100)) right 0 wrong 0 none" \
    'each pair was of one image, and none was missing'
  meanwhile=$((meanwhile + $(wc -l <"$work/published") - before))
}
# As often as it takes that many were; how quickly that goes is the machine's affair.
meanwhile=0
for _ in $(seq 100); do
  started=$(date +%s)
  lived
  echo "# $(cat "$work/pairs") in $(($(date +%s) - started)) s, $meanwhile images published so far"
  [ "$meanwhile" -le 20 ] || break
done
check 'the publisher is still there' kill -0 "$publisher"
check 'many were published meanwhile' [ "$meanwhile" -gt 20 ]
: >"$work/enough"
wait "$publisher"
is "$?" 0 'and it ends well'
lighttpd_stop
done_testing
