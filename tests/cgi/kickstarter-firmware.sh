#!/bin/sh
# Firmware of Kickstarters through FastCGI and plain CGI: what the configuration names, what is
# noted of it, what explain says, and faults that must not hold up a configuration.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
# shellcheck source=tests/lib/kickstarter.sh
. "$top_srcdir/tests/lib/kickstarter.sh"
# shellcheck source=tests/lib/hold.sh
. "$top_srcdir/tests/lib/hold.sh"
program=cgi-bin/kickstarter.fcgi
app_env="GATEHOUSE_TEST_NOW=$now"
kick_data
must gateway set kick-1 update_channel=beta
config 'write_wait = 100'

publish() {
  "$top_builddir/tests/lib/publish" "$data" "$@" || bail "publish $*"
}
for image in one two; do
  publish hex "$((${#image} * 500 + $(printf '%d' "'$image")))" 1 >"$work/$image.hex"
  publish image "img-$image" kickstarter "$work/$image.hex"
  publish release "rel-$image" "img-$image"
done
sum_one=$(sha256sum <"$work/one.hex" | cut -d' ' -f1)
sum_two=$(sha256sum <"$work/two.hex" | cut -d' ' -f1)
start_app "$program"

# device PATH [VAR=VALUE...]
device() {
  tap_kick_path=$1
  shift
  req GET "$tap_kick_path" '' HTTP_USER_AGENT=TTNGateway HTTP_HOST=gh.example.com:443 \
    HTTPS=on "$@"
}

# names WHAT NAME: the last part of the address in the configuration
names() {
  device '/api/v2/gateways/kick-1?filter=ttn' "HTTP_AUTHORIZATION=Key $lns_key"
  is "$status $(body | jq -r .firmware_url)" \
    "200 https://gh.example.com/api/v2/firmware/$1" "$2"
}

# explained FILTER WANTED NAME
explained() {
  run explain kick-1 --json
  json ".firmware | $1" "$2" "$3"
}

# ---- channels and roll-outs ---------------------------------------------------------------
names beta 'a channel that nobody has made'
explained .source address 'explain: its address'
publish channel beta -
names beta 'a channel without a release'
publish channel beta rel-one
names "$sum_one" 'the release of its channel'
explained '"\(.source) \(.image) \(.release) \(.sha256)"' \
  "channel img-one rel-one $sum_one" 'explain: image and release'
publish rollout to-two beta rel-two
names "$sum_one" 'a roll-out that was not started'
explained '.passed_over[0] | "\(.rollout) \(.release) \(.why)"' \
  'to-two rel-two not-running' 'explain: why not that one'
publish state to-two running 0
names "$sum_one" 'a roll-out that has not reached it'
explained '.passed_over[0].why' percentage 'explain: its turn has not come'
run explain kick-1
has "$flat" 'roll-out to-two (release rel-two): its turn has not come yet (0 % of its' \
  'explain for people'
publish state to-two running 100
explained '"\(.source) \(.rollout) \(.offered_at)"' 'rollout to-two null' \
  'explain: it would get it, and nothing is noted by that'
is "$(publish offers to-two)" 0 'nothing at all'
names "$sum_two" 'the roll-out'
is "$(publish offers to-two)" 1 'which is noted'
names "$sum_two" 'the next day'
is "$(publish offers to-two)" 1 'once'
explained .offered_at "$now" 'explain: since when'
run explain kick-1
has "$flat" 'a Kickstarter reports no version' 'explain says what nobody can know'
publish state to-two paused 100
names none 'a pause: it is not sent back'
explained '"\(.source) \(.passed_over[0].why)"' 'none held' 'explain: it stays as it is'
publish state to-two aborted 100
names "$sum_one" 'an abort: the release of its channel'
run gateway show kick-1
has "$flat" 'Its firmware' 'gateway show has it too'

# ---- settings -------------------------------------------------------------------------------
must gateway set kick-1 auto_update=false
names none 'auto_update is off'
explained '"\(.source) \(.passed_over[0].why)"' 'none not-auto' 'explain: because of that'
req GET /api/v2/gateways/kick-1 '' HTTP_HOST=h "HTTP_AUTHORIZATION=Key $lns_key"
is "$(body | jq -r '"\(.auto_update) \(.firmware_url)"')" \
  'false http://h/api/v2/firmware/beta' 'another client is told so and goes by it'
must gateway set kick-1 update_channel=https://fw.example.com/v1
device /api/v2/gateways/kick-1 "HTTP_AUTHORIZATION=Key $lns_key"
is "$(body | jq -r .firmware_url)" https://fw.example.com/v1 'an address of its own'
run explain kick-1
has "$flat" 'auto_update is off, which the device ignores' 'explain warns of it'
must gateway set kick-1 update_channel=none
names none 'update_channel=none: none in any case'
must gateway set kick-1 update_channel=beta auto_update=true

# ---- faults -----------------------------------------------------------------------------------
publish rollout again beta rel-two
publish state again running 100
hold 'somebody else writes to the ledger' ledger
names none 'a ledger that cannot note the offer: no firmware, but the rest'
has "$(cat "$log")" 'not offered the image of roll-out again' 'the log tells'
let_go
names "$sum_two" 'the next time'
device "/api/v2/firmware/$sum_two/checksums"
is "$status $(body)" "200 $sum_two  firmware.hex" 'checksums'
mv "$data/blobs" "$work/away"
device "/api/v2/firmware/$sum_two/checksums"
is "$status $(body | cut -c 1-10) $(header Content-Length)" \
  "503 {\"code\":50 $(($(body | wc -c)))" 'the images are gone: an error with its length'
names "$sum_two" 'the configuration does not look at files'
mv "$work/away" "$data/blobs"
device "/api/v2/firmware/$sum_two/firmware.hex"
check 'they are back' cmp "$work/two.hex" "$answer.body"
mv "$data" "$work/away"
stop_app
mkdir "$data"
start_app "$program"
device "/api/v2/firmware/$sum_two/checksums"
is "$status $(header Content-Length)" "503 $(($(body | wc -c)))" 'no database'
rmdir "$data"
mv "$work/away" "$data"
stop_app

# ---- as operators do it -------------------------------------------------------------------------
start_app "$program"
publish channel beta -
publish state again aborted 100
for image in three four; do
  publish hex 10 "${#image}" >"$work/$image.hex"
  must firmware add "img-$image" "$work/$image.hex" --family kickstarter
  must release add "rel-$image" "img-$image" "1.${#image}"
done
sum_three=$(sha256sum <"$work/three.hex" | cut -d' ' -f1)
sum_four=$(sha256sum <"$work/four.hex" | cut -d' ' -f1)
must channel set beta kickstarter=rel-three
names "$sum_three" 'a channel that the operator set'
must rollout create by-hand rel-four beta
must rollout start by-hand 100
names "$sum_four" 'a roll-out that the operator started'
run rollout status by-hand --json
json '"\(.status) \(.numbers.audience) \(.numbers.offered)"' 'running 1 1' \
  'status counts the offer'
must rollout pause by-hand
names none 'paused'
must rollout resume by-hand
names "$sum_four" 'resumed'
GATEHOUSE_TEST_NOW=2026-12-20T12:00:00Z
must tick
run rollout status by-hand --json
json .status running 'weeks later it still runs'
GATEHOUSE_TEST_NOW=$now
must rollout finish by-hand --yes
names "$sum_four" 'finished'
must rollout remove by-hand
must release remove rel-three
must firmware remove img-three
device "/api/v2/firmware/$sum_three/firmware.hex"
check 'an image that was removed is there for a device that is about to fetch it' \
  cmp "$work/three.hex" "$answer.body"
find "$data/blobs" -name "$sum_three" -exec touch -d '2026-11-20T12:00:00Z' {} +
must tick
device "/api/v2/firmware/$sum_three/checksums"
is "$status" 404 'a day later it is gone'
device "/api/v2/firmware/$sum_four/checksums"
is "$status" 200 'the other one is not'
printf 'damage' >"$data/blobs/$(printf %.2s "$sum_four")/$sum_four"
device "/api/v2/firmware/$sum_four/checksums"
is "$status" 503 'a damaged image is not served'
run check --json
has "$out" img-four 'check names it'
must firmware add img-four "$work/four.hex" --family kickstarter
device "/api/v2/firmware/$sum_four/firmware.hex"
check 'adding it again heals it' cmp "$work/four.hex" "$answer.body"
stop_app

# ---- plain CGI -----------------------------------------------------------------------------------
cgi "$program" GET "/api/v2/firmware/$sum_two/firmware.hex" '' HTTP_USER_AGENT=TTNGateway
check 'plain CGI: byte by byte' cmp "$work/two.hex" "$answer.body"
is "$app_status $(header Content-Length)" "0 $(($(wc -c <"$work/two.hex")))" 'with its length'
cgi "$program" HEAD "/api/v2/firmware/$sum_two/firmware.hex" '' HTTP_USER_AGENT=TTNGateway
is "$(body | wc -c) $(header Content-Length)" "0 $(($(wc -c <"$work/two.hex")))" 'HEAD'
cgi "$program" GET /api/v2/firmware/none/checksums '' HTTP_USER_AGENT=TTNGateway
is "$status $(body)" '404 {"code":404,"error":"no firmware for you"}' 'no firmware'
if sanitized; then
  skip 'header and body begin in one write' 'sanitizers write, too'
elif ! strace -o /dev/null true 2>"$work/no-strace"; then
  skip 'header and body begin in one write' "no strace: $(head -n 1 "$work/no-strace")"
else
  tap_body ''
  tap_method=GET tap_uri="/api/v2/firmware/$sum_two/firmware.hex"
  tap_run GATEHOUSE_CONF="$conf" strace -e trace=write,writev -o "$work/trace" \
    "$top_builddir/$program" 2>>"$log"
  has "$(grep '^writev\?(1,' "$work/trace" | head -n 1)" 'iov_base=":10' \
    'header and body begin in one write'
fi
done_testing
