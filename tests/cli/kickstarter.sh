#!/bin/sh
# The Things Kickstarter Gateway on the command line: what may be entered, windows for
# activation, explanations, and `probe --kickstarter` with servers that do everything wrong.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
# shellcheck source=tests/lib/kickstarter.sh
. "$top_srcdir/tests/lib/kickstarter.sh"
kick_data

# ---- entering ----------------------------------------------------------------------------
# refuses WORDS FIELD=VALUE: with exit status 2, and nothing is changed
refuses() {
  run gateway set kick-1 "$2"
  if [ "$status" = 2 ]; then has "$err" "$1" "refused: $2"; else ok 2 "refused: $2"; fi
}
refuses 'lower case' gateway_server_address=Host.example.com
refuses 'mqtts:// or mqtt://' gateway_server_address=wss://lns.example.com:8887
refuses 'IPv6' 'gateway_server_address=[2001:db8::1]'
refuses 'a Kickstarter cannot take ISM_2400_3CH_DRAFT2: ' \
  frequency_plan_ids=ISM_2400_3CH_DRAFT2
refuses 'letters, digits' 'update_channel=no channel'
refuses 'needs a path' update_channel=https://fw.example.com
refuses 'visible ASCII' 'attributes=key=two words'
printf '%0200d\n' 1 >"$work/long.key"
run gateway set kick-1 --secret lbs_lns_secret.value="$work/long.key"
ok 2 'a key of 200 characters'
has "$err" '199' 'is too long'
run gateway set kick-1 ids.gateway_id=kick-9
ok 1 'its ID stays'
has "$err" 'wait for a human' 'with the reason'
run gateway set other-1 gateway_server_address=wss://lns.example.com:8887
ok 0 'another gateway may have that'
run gateway set other-1 kickstarter=true
ok 2 'but must not become a Kickstarter with it'
run gateway set --all update_channel=beta
ok 0 'many at once'
run gateway set --all 'update_channel=no channel'
ok 2 'are refused all the same'
has "$err" 'kick-' 'with the name of the first'
run lns add my-lns wss://lns.example.com:8887 mqtt_address=mqtts://lns.example.com/path
ok 2 'a path in mqtt_address'
must lns add my-lns wss://lns.example.com:8887
run gateway set kick-1 lns=my-lns
is "$status$err" 0 'a network server beside its address says nothing'
run gateway set kick-1 gateway_server_address=
must lns set my-lns mqtt_address=lns.example.com
must gateway set kick-1 gateway_server_address=gatewayserver lns= update_channel=

run gateway set kick-1 frequency_plan_ids=US_902_928_FSB_2
ok 0 'a plan for the other radio card'
has "$err" 'US_902_928_FSB_2 is for a card for 915 MHz, EU_863_870 was for one for 868 MHz' \
  'warns'
run gateway set kick-1 frequency_plan_ids=AU_915_928_FSB_2
ok 0 'another plan'
hasnt "$err" 'card' 'one for the same does not'
must gateway set kick-1 frequency_plan_ids=EU_863_870
run explain kick-1 --json
json .answer.card_mhz 868 'explain tells the card'

# ---- windows ------------------------------------------------------------------------------
run gateway activation show kick-1
ok 0 'activation show'
has "$flat" 'window open' 'open until it is used'
run gateway activation close kick-1 --json
valid 'activation close'
json '.window + " " + (.open | tostring)' 'closed false' 'closes it'
run gateway activation open kick-1 --until +1d --json
json '.window + " " + .until' 'open 2026-11-23T12:00:00Z' 'open for a day'
run gateway activation open kick-1 --until 2020-01-01
ok 2 'not into the past'
run gateway activation close kick-1 --until +1d
ok 2 '--until is for open'
run gateway activation lock kick-1
ok 2 'another word'
run gateway activation open other-1
ok 1 'a gateway that is none'
has "$err" 'kickstarter=true' 'is told how'
run gateway activation show kick-1 --show-secrets --json
json .secret "$lns_key" 'the key that it gets'
run gateway activation show kick-1
hasnt "$out" "$lns_key" 'is not shown otherwise'
run audit list --json
has "$out" 'activation open' 'the audit log knows'

# ---- keys ------------------------------------------------------------------------------------
# opens NAME ARGUMENT...: with a warning, after the window was closed
opens() {
  tap_name=$1
  shift
  must gateway activation close kick-1
  run "$@"
  ok 0 "$tap_name"
  has "$err" 'activat' "$tap_name: warns"
  run gateway activation show kick-1 --json
  json .open true "$tap_name: opens the window"
}
run key create kick-1 --json
id=$(printf '%s' "$out" | jq -r .id)
opens 'revoking a key' key revoke "$id" --yes
opens 'rotating' key rotate kick-1
id=$("$gatehouse" key list kick-1 --json 2>/dev/null | jq -r '.[-1].key.id')
opens 'a key that ends now' key set "$id" expires_at=2026-11-22T12:00:00Z
must gateway activation close kick-1
run key create kick-1
has "$out" 'A Kickstarter that has' 'what becomes of its key'
hasnt "$out" 'cups.key' 'a key that is made speaks of no file that it has not'
has "$flat" 'given that one when it activates' 'but of its activation'
run key create kick-1 --expires +2d
has "$err" 'ends at 2026-11-24T12:00:00Z' 'a key that ends: warns'
run gateway activation show kick-1 --json
json '.window + " " + .from' 'early 2026-11-24T12:00:00Z' 'and opens the window then'
run gateway activation open kick-1 --until +1d
has "$flat" 'until 2026-11-23 12:00:00 UTC, in 24 hours again from 2026-11-24 12:00:00 UTC' \
  'also when it is opened for a day'
has "$err" 'the window opens again then' 'which is said'
must gateway activation close kick-1
run key create kick-1 --expires +2d
printf 'second/key\n' >"$work/second.key"
opens 'another LNS key' gateway set kick-1 --secret lbs_lns_secret.value="$work/second.key"
must gateway set kick-1 attributes=key=old
opens 'another attribute key' gateway set kick-1 attributes=key=new
run gateway set kick-1 attributes=key=NNSXS.AAAA.BBBB
has "$err" 'gatehouse key import kick-1' 'an attribute shaped like an API key is none'
opens 'the attribute is removed' gateway set kick-1 attributes=
must gateway activation close kick-1
run gateway delete kick-1
has "$err" 'waits for a human' 'deleting it warns'
run gateway restore kick-1
has "$err" 'enter the ID on its settings page' 'restoring it tells what it needs'
run gateway activation show kick-1 --json
json .open true 'and opens the window'

run key create kick-1 --rights LINK
ok 2 'the key that it should have cannot do less than it needs'
has "$err" '--api' 'is told how'
run key create kick-1 --json
run key show "$(printf '%s' "$out" | jq -r .id)" --json
json '[.rights[] | sub("RIGHT_GATEWAY_"; "")] | join(" ")' \
  'INFO SETTINGS_BASIC LINK READ_SECRETS' 'made by hand it has the same rights'

# ---- explaining --------------------------------------------------------------------------------
run explain kick-1
ok 0 'explain'
has "$flat" 'It gets its configuration.' 'says what it gets'
has "$flat" 'mqtts://gatewayserver:8881' 'and from where'
run explain kick-1 --json
valid 'explain as JSON'
json '.answer.status' 200 'a status'
json '[.reasons[] | .part + ":" + .why] | join(" ")' \
  'request:accepted frequency-plan:first broker:from-gateway firmware:from-us' 'the reasons'
run explain kick-bare
has "$flat" 'no frequency plan is set' 'what is missing'
has "$flat" 'gateway set kick-bare frequency_plan_ids=PLAN' 'and how to mend it'
run explain kick-1 --nobody --json
json .answer.status 401 'without a key'
printf 'wrong\n' >"$work/wrong"
run explain kick-1 --key-file "$work/wrong" --json
json '.answer.status, .answer.shown' '401
unknown-key' 'with a wrong one'
printf 'second/key\n' | "$gatehouse" explain kick-1 --key-file - --json >"$work/out" 2>/dev/null
is "$(jq -r .answer.shown "$work/out")" lns-key 'with the LNS key'
run gateway show kick-1 --json
valid 'gateway show as JSON'
json '.activation.window' open 'has the window'
config 'update_channel = no channel' 'public_url = https://gh.example.com'
run explain kick-1 --json
json '.answer.status' 503 'a default that is wrong'
has "$out" 'update_channel: must be letters' 'is named'
sed -i '/update_channel/d' "$conf"
run explain kick-1
has "$out" 'https://gh.example.com/api/v2/frequency-plans/EU_863_870' 'the configured address'

# ---- the probe ---------------------------------------------------------------------------------
unset GATEHOUSE_TEST_NOW
run probe https://gh.example.com --kickstarter --id kick-1 --print-request
is "$(printf '%s' "$out" | tr -d '\r')" 'PUT /api/v2/gateways/kick-1/activate HTTP/1.1
User-Agent: TTNGateway
Host: gh.example.com:443
Connection: close' 'the request for activation'
run probe http://gh.example.com:8080 --kickstarter --id kick-1 --print-request \
  --key-file "$work/second.key"
is "$(printf '%s' "$out" | tr -d '\r')" 'GET /api/v2/gateways/kick-1?filter=ttn HTTP/1.1
User-Agent: TTNGateway
Host: gh.example.com:8080
Authorization: Key second/key
Connection: close' 'the request for the configuration'
run probe https://gh.example.com --kickstarter
has "$err" '--id: is needed' 'who?'
run probe https://gh.example.com/lora --kickstarter --id kick-1
ok 2 'a path'
has "$err" 'at the root' 'it would not ask below'
run probe https://gh.example.com --kickstarter --id kick-1 --key SECRET
ok 2 'a key as an argument'
hasnt "$err" SECRET 'is not repeated'
run probe 'https://[2001:db8::1]' --kickstarter --id kick-1
ok 2 'an address that the device does not understand'
has "$err" 'cannot use IPv6' 'says so'
run probe https://gh.example.com --kickstarter --id 'two words'
ok 2 'an ID with a blank'
has "$err" 'visible ASCII without blanks' 'says so'
run probe https://gh.example.com --kickstarter --id kick-1 --key-file "$work/long.key"
ok 2 'a key that is longer than its memory'
has "$err" 'keys of at most' 'says so'
run probe https://gh.example.com --kickstarter --id kick-1 --trust "$work/no-file"
ok 3 'a trust that is not there'
start_server
answer() {
  printf '%b' "$1" >"$server/answer"
}
# judged STATUS WORDS NAME [OPTION...]
judged() {
  tap_want=$1 tap_words=$2 tap_name=$3
  shift 3
  run probe "http://127.0.0.1:$port" --kickstarter --id kick-1 --timeout 60s "$@"
  ok "$tap_want" "$tap_name"
  has "$flat" "$tap_words" "$tap_name: says so"
}
head='HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'
answer ''
judged 1 'closed without a byte' 'nothing at all'
has "$flat" 'it reboots' 'nothing at all: the effect'
answer "HTTP/1.1 201 Created\r\ncontent-length: 11\r\n\r\n{\"key\":\"k\"}"
judged 1 'exactly this case' 'a header in lower case'
answer 'HTTP/1.1 201 Created\r\nContent-Length: 10\r\n\r\n{"key":""}'
judged 1 'there is no key' 'an empty key'
answer 'HTTP/1.1 201 Created\r\nContent-Length: 14\r\n\r\n{"key":"a\\\\/b"}'
judged 1 'never undone' 'an escape'
answer 'HTTP/1.1 403 x\r\nContent-Length: 26\r\n\r\n{"code":403,"error":"no."}'
judged 5 'waits for a human' 'a closed window'
answer 'HTTP/1.1 401 x\r\nContent-Length: 26\r\n\r\n{"code":401,"error":"no."}'
judged 5 'drops its key' 'a wrong key' --key-file "$work/second.key"
answer 'HTTP/1.1 401 x\r\nContent-Length: 31\r\n\r\n{"code":401,"error":"no","a":1}'
judged 1 'the error is not' 'a third member' --key-file "$work/second.key"
answer 'HTTP/1.1 503 x\r\nContent-Length: 27\r\n\r\n{"code":50,"error":"busy."}'
judged 6 'tries again after some seconds' 'busy' --key-file "$work/second.key"
answer "${head}Content-Length: 2\r\n\r\n{}"
judged 1 'it waits for a human' 'an empty configuration' --key-file "$work/second.key"
answer "${head}Content-Length: 5\r\n\r\n{\n}\n\n"
judged 1 'cannot be read' 'more than one line' --key-file "$work/second.key"
config=$(want_config http://127.0.0.1:1)
answer "${head}Content-Length: ${#config}\r\n\r\n$config"
judged 1 'seconds 5 ! cannot connect to 127.0.0.1 port 1' 'a frequency plan that is not there' \
  --key-file "$work/second.key"
is "$err" 'gatehouse: frequency-plan: the server cannot be reached' 'which breaks no rules'
run probe "http://127.0.0.1:$port" --kickstarter --id kick-1 --json --key-file "$work/second.key"
json '.steps | map(.effect) | join(" ")' 'goes-on retries' 'the first step stands all the same'
stop_server
run probe http://127.0.0.1:1 --kickstarter --id kick-1
ok 1 'nobody there'
done_testing
