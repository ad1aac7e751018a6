#!/bin/sh
# kickstarter.fcgi through FastCGI and plain CGI: the bytes of every answer, keys, origins,
# faults of the service itself.
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
start_app "$program"

# device METHOD PATH [VAR=VALUE...]
device() {
  tap_kick_method=$1 tap_kick_path=$2
  shift 2
  req "$tap_kick_method" "$tap_kick_path" '' HTTP_USER_AGENT=TTNGateway \
    HTTP_HOST=gh.example.com:443 HTTPS=on HTTP_CONNECTION=close "$@"
}
key="HTTP_AUTHORIZATION=Key $lns_key"

# error CODE TEXT NAME: the last answer, in the form that the device reads
error() {
  is "$(body)" "{\"code\":$1,\"error\":\"$2\"}" "$3"
}

# ---- bytes ---------------------------------------------------------------------------
device GET '/api/v2/gateways/kick-1?filter=ttn' "$key"
want_config https://gh.example.com >"$work/want"
check 'the configuration, byte by byte' cmp "$work/want" "$answer.body"
printf 'Status: 200 OK\r\nContent-Type: application/json\r\nContent-Length: %s\r
Cache-Control: no-store\r\n\r\n' "$(($(wc -c <"$work/want")))" >"$work/head"
check 'its header, byte by byte' cmp "$work/head" "$answer.head"
hasnt "$(body)" '\' 'nothing is escaped'
is "$(body | wc -l)" 0 'on one line'
device GET '/api/v2/gateways/kick-1?filter=ttn' 'HTTP_AUTHORIZATION=Key wrong'
is "$status" 401 'a wrong key'
error 401 'the key is not registered' 'is told so, with two members'
is "$(header Content-Length)" "$(($(body | wc -c)))" 'and a length'
device GET /api/v2/gateways/kick-1
error 401 'a key is required' 'no key'
device GET /api/v2/gateways/kick-9 "$key"
error 404 'no gateway with this ID is registered' 'an unknown gateway'
is "$status" 404 'with 404'
device GET /api/v2/gateways/KICK-1 "$key"
is "$status" 404 'what is no ID is unknown, too'
device GET /api/v2/gateways/kick-bare "$key"
is "$status" 503 'an incomplete configuration is none'
error 50 'frequency_plan_ids: no frequency plan is set' 'and the device comes again'
run gateway show kick-bare
has "$flat" 'frequency_plan_ids: no frequency plan is set' 'gateway show tells'
run explain kick-bare
has "$flat" 'At its last request' 'and explain'
has "$(cat "$log")" 'kick-bare: no answer that the device could live with' 'and the log'
must gateway set kick-bare kickstarter=false
run gateway show kick-bare
has "$flat" 'frequency_plan_ids: no frequency plan is set' 'also when it is marked no longer'
run gateway show kick-bare --json
valid 'as JSON'
json .mark 'frequency_plan_ids: no frequency plan is set' 'as JSON: the same'
must gateway set kick-bare kickstarter=true
run gateway show kick-bare --json
valid 'once only'
is "$(printf '%s' "$out" | grep -c '"mark"')" 1 'it is told once'
device GET /api/v2/nothing
is "$status $(header Content-Length)" "404 $(($(body | wc -c)))" 'nothing is there'
device GET /api/v2/firmware/stable/checksums
is "$status $(header Content-Length)" "404 $(($(body | wc -c)))" 'no firmware'
device DELETE /api/v2/gateways/kick-1
is "$status $(header Allow)" '405 GET, HEAD, OPTIONS' 'another method'
error 405 'method not allowed here' 'in the same form'
device OPTIONS /api/v2/gateways/kick-1
is "$status $(header Content-Length)" "405 $(($(body | wc -c)))" 'OPTIONS has a length'
device GET '/api/v2/gateways/%zz'
is "$status $(header Content-Length)" "400 $(($(body | wc -c)))" 'a bad escape'
req GET /api/v2/gateways/kick-1 'a body' HTTP_USER_AGENT=TTNGateway "$key"
is "$status" 200 'a body is of no interest'

# ---- the frequency plan -----------------------------------------------------------------
device GET '/api/v2/frequency-plans/EU_863_870?filter=ttn'
is "$status" 200 'a plan, without a key'
is "$(body | grep -o '"[a-zA-Z_0-9]*":' | grep -v -e if -e type -e enable -e freq -e rssi \
  -e '"radio"' -e bandwidth -e spread -e datarate | tr -d '":\n')" \
  "SX1301_conflorawan_publicclksrcantenna_gainradio_0radio_1chan_multiSF_0chan_multiSF_1\
chan_multiSF_2chan_multiSF_3chan_multiSF_4chan_multiSF_5chan_multiSF_6chan_multiSF_7\
chan_Lora_stdchan_FSK" 'in the order of the firmware'
hasnt "$(body)" tx_lut 'without a gain table'
is "$(body | wc -l)" 0 'on one line'
req GET /api/v2/frequency-plans/EU_863_870
has "$(body)" '"tx_lut_0":{' 'others get the gain table'
device GET /api/v2/frequency-plans/NOT_HERE
error 404 'there is no such frequency plan' 'an unknown plan'
device GET /api/v2/frequency-plans/ISM_2400_3CH_DRAFT2
is "$status" 503 'a plan that the device cannot take'
has "$(body)" '"error":"the plan has no radios' 'with the reason'
plans=$("$gatehouse" plan list --json 2>/dev/null | jq -r '.[].plan_id')
check 'there are plans' [ "$(echo "$plans" | wc -l)" -gt 60 ]
for plan in $plans; do
  device GET "/api/v2/frequency-plans/$plan?filter=ttn"
  size=$(($(wc -c <"$answer")))
  if [ "$status" = 200 ] && [ "$size" -gt 5000 ]; then echo "$plan $size"; fi
  if [ "$status" != 200 ] && [ "$status" != 503 ]; then echo "$plan $status"; fi
done >"$work/large"
is "$(cat "$work/large")" '' 'every plan is small enough, or refused'

# ---- keys ---------------------------------------------------------------------------------
for scheme in Key Bearer key bearer; do
  device GET /api/v2/gateways/kick-1 "HTTP_AUTHORIZATION=$scheme $lns_key"
  is "$status" 200 "as $scheme"
done
run key create kick-1 --api --rights INFO --json
api=$(printf '%s' "$out" | jq -r .key)
device GET /api/v2/gateways/kick-1 "HTTP_AUTHORIZATION=Bearer $api"
is "$status" 200 'an API key'
req GET /api/v2/gateways/other-1 '' "HTTP_AUTHORIZATION=Bearer $api"
is "$status" 403 'of another gateway'
req GET /api/v2/gateways/other-1 '' 'HTTP_AUTHORIZATION=key old-key' HTTP_HOST=example.com
is "$(body)" '{"id":"other-1","attributes":{"description":"Gateway Description"},"frequency_plan":"EU_863_870","frequency_plan_url":"http://example.com/api/v2/frequency-plans/EU_863_870","auto_update":false,"firmware_url":"http://example.com/api/v2/firmware/stable","antenna_location":{"latitude":12.34,"longitude":56.78,"altitude":90},"router":{"id":"gatewayserver","mqtt_address":"mqtts://gatewayserver:8881"},"fallback_routers":[{"id":"gatewayserver","mqtt_address":"mqtts://gatewayserver:8881"}]}' \
  'another client with an old key: the case of the reference server'
req GET /api/v2/gateways/other-1 '' HTTP_USER_AGENT=TTNGateway HTTP_HOST=example.com \
  'HTTP_AUTHORIZATION=key old-key'
hasnt "$(body)" attributes 'a Kickstarter gets no attributes'
has "$(body)" '"router":{"mqtt_address":"mqtts://gatewayserver:8881"}' 'and the router alone'
req GET /api/v2/gateways/other-1
is "$status" 200 'without a key'
hasnt "$(body)" router 'no router'
hasnt "$(body)" 'Gateway Description' 'and nothing private'
req GET /api/v2/gateways/public-1
has "$(body)" '"router":{"id":"gatewayserver",' 'the router when the status is public'
req GET /api/v2/gateways/other-1 '' HTTP_USER_AGENT=TTNGateway
is "$status" 401 'a Kickstarter without a key'

# ---- where we are ----------------------------------------------------------------------------
url_of() {
  req GET /api/v2/gateways/other-1 '' "$@"
  body | jq -r .frequency_plan_url | sed 's|/api/.*||'
}
is "$(url_of HTTP_HOST=h:443)" https://h 'port 443 means https'
is "$(url_of HTTP_HOST=h:80)" http://h 'port 80 is not said'
is "$(url_of HTTP_HOST=h:8080)" http://h:8080 'another port is'
is "$(url_of HTTP_HOST=h HTTPS=on)" https://h 'HTTPS'
is "$(url_of HTTP_HOST=H.Example.COM REQUEST_SCHEME=https)" https://h.example.com \
  'in lower case'
is "$(url_of HTTP_HOST=h HTTP_X_FORWARDED_PROTO=https HTTP_X_FORWARDED_HOST=evil)" http://h \
  'a stranger says nothing about us'
device GET /api/v2/gateways/kick-1 "$key" 'HTTP_HOST=ev/il'
is "$status" 503 'a host that is none'
has "$(body)" 'public_url' 'would need the configured one'
stop_app
config 'trusted_proxies = 198.51.100.0/24'
start_app "$program"
is "$(url_of HTTP_HOST=h HTTP_X_FORWARDED_PROTO=https HTTP_X_FORWARDED_HOST=p.example.com)" \
  https://p.example.com 'a trusted proxy does'
stop_app
config 'public_url = https://public.example.com/lora' \
  'firmware_url = https://fw.example.com/v1' 'update_channel = beta' \
  'mqtt_server = broker.example.com:1883'
start_app "$program"
is "$(url_of HTTP_HOST=h)" https://public.example.com/lora 'the configured address'
must gateway set kick-1 gateway_server_address=
device GET /api/v2/gateways/kick-1 "$key"
has "$(body)" '"mqtt_address":"mqtt://broker.example.com:1883"' 'the default server'
has "$(body)" '"firmware_url":"https://fw.example.com/v1/beta"' 'and firmware'
must gateway set kick-1 gateway_server_address=gatewayserver
stop_app
sed -i '/^public_url/d;/^firmware_url/d;/^update_channel/d;/^mqtt_server/d;/^trusted/d' "$conf"

# ---- activation ----------------------------------------------------------------------------------
start_app "$program"
device PUT /api/v2/gateways/kick-1/activate
is "$status $(body)" "201 {\"key\":\"$lns_key\"}" 'it gets the LNS key'
device PUT /api/v2/gateways/kick-1/activate
error 403 'it was activated already' 'once'
is "$status" 403 'with 403'
device PUT /api/v2/gateways/kick-9/activate
is "$status" 404 'an unknown gateway'
device PUT /api/v2/gateways/other-1/activate
is "$status" 403 'one that is no Kickstarter'
device GET /api/v2/gateways/kick-1/activate
is "$status" 405 'only by PUT'
device PUT /api/v2/gateways/kick-new/activate
is "$status" 201 'one without an LNS key'
new=$(body | sed 's/{"key":"\(.*\)"}/\1/')
has "$new" NNSXS. 'gets a new API key'
has "$(cat "$log")" 'kick-new: activated with an API key, which its network server must know' \
  'with a warning'
hasnt "$(cat "$log")" "$new" 'which does not show it'
hasnt "$(cat "$log")" "$lns_key" 'nor any other'
device GET /api/v2/gateways/kick-new "HTTP_AUTHORIZATION=Key $new"
is "$status" 200 'with which it comes'
run gateway activation show kick-new --show-secrets --json
json .secret "$new" 'the operator can see it'
json .came_since true 'and that it has come'

# ---- the service's own faults ----------------------------------------------------------------------
# passing NAME [CODE]: the last answer is one after which the device comes again
passing() {
  is "$status $(body | sed 's/"error":".*/"error":.../') $(header Content-Length)" \
    "503 {\"code\":50,\"error\":... $(($(body | wc -c)))" "$1"
}
mv "$data" "$work/away"
stop_app
mkdir "$data"
start_app "$program"
device GET /api/v2/gateways/kick-1 "$key"
passing 'no database: configuration'
device PUT /api/v2/gateways/kick-1/activate
passing 'no database: activation'
device GET /api/v2/frequency-plans/EU_863_870
passing 'no database: plan'
device GET /api/v2/firmware/stable/checksums
passing 'no database: checksums'
rmdir "$data"
mv "$work/away" "$data"
sleep 1.1
device GET /api/v2/gateways/kick-1 "$key"
is "$status" 200 'it comes back by itself'
stop_app
echo 'nonsense = 1' >>"$conf"
start_app "$program"
device GET /api/v2/gateways/kick-1 "$key"
passing 'a configuration file that is wrong'
stop_app
sed -i '/nonsense/d' "$conf"
mv "$data/seal.keys" "$work/ring"
start_app "$program"
device GET /api/v2/gateways/kick-1 "$key"
passing 'without the sealing keys nobody can judge its key'
device GET /api/v2/gateways/kick-new "HTTP_AUTHORIZATION=Key $new"
is "$status" 200 'but that of another'
must gateway activation open kick-1
device PUT /api/v2/gateways/kick-1/activate
passing 'nor hand one out'
mv "$work/ring" "$data/seal.keys"
device PUT /api/v2/gateways/kick-1/activate
is "$status" 201 'which did not use up the window'
stop_app
config 'write_wait = 50'
start_app "$program"
must gateway activation open kick-1
hold 'somebody else writes to the ledger' ledger
device PUT /api/v2/gateways/kick-1/activate
passing 'which cannot be written then'
device GET /api/v2/gateways/kick-1 "$key"
is "$status" 200 'does not keep it from its configuration'
let_go
device PUT /api/v2/gateways/kick-1/activate
is "$status" 201 'nothing was lost'
stop_app
config 'throttle_failures = 3'
start_app "$program"
for _ in 1 2 3 4; do device GET /api/v2/gateways/kick-1 'HTTP_AUTHORIZATION=Key wrong'; done
passing 'too many wrong keys'
check 'and when to come again' [ "$(header Retry-After)" -gt 0 ]
device GET /api/v2/gateways/kick-1 "$key"
is "$status" 200 'the right key passes'

# ---- plain CGI --------------------------------------------------------------------------------------
stop_app
kick_key=$key
cgi "$program" GET '/api/v2/gateways/kick-1?filter=ttn' '' HTTP_USER_AGENT=TTNGateway \
  HTTP_HOST=gh.example.com:443 HTTPS=on GATEHOUSE_TEST_NOW="$now" "$kick_key"
check 'plain CGI: the same bytes' cmp "$work/want" "$answer.body"
is "$app_status" 0 'and exit status 0'
cgi "$program" GET /api/v2/gateways/kick-1 '' HTTP_USER_AGENT=TTNGateway
error 401 'a key is required' 'plain CGI: an error'
cgi "$program" PUT /api/v2/gateways/kick-1/activate '' HTTP_USER_AGENT=TTNGateway
is "$status" 403 'plain CGI: activation'
done_testing
