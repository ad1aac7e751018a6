#!/bin/sh
# udp-config.fcgi: the files of The Things Stack at its addresses, who gets them, what has
# not changed, where the servers come from, what is refused.
: "${top_srcdir:=.}"
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"

share=$(cd "$top_srcdir/share" && pwd)
config "share = $share" 'udp_server = default.example.com'
GATEHOUSE_CONF=$conf
export GATEHOUSE_CONF

# must COMMAND...: gatehouse, which has to work
must() {
  "$top_builddir/gatehouse" "$@" >"$work/out" 2>"$work/err" </dev/null ||
    bail "gatehouse $*: $(cat "$work/err")"
}

# import_key GATEWAY KEY RIGHTS
import_key() {
  printf '%s' "$2" | "$top_builddir/gatehouse" key import "$1" --api --rights "$3" \
    >"$work/out" 2>"$work/err" || bail "key import: $(cat "$work/err")"
}

rmdir "$data"
must init
must gateway add gw-one 58A0CBFFFE800001 frequency_plan_ids=EU_863_870_TTN \
  gateway_server_address=eu1.example.com
must gateway add gw-two
import_key gw-one key-of-one INFO
import_key gw-two key-of-two INFO
import_key gw-one key-that-is-weak LINK
import_key --all-gateways key-for-all INFO
must key create gw-one --api --rights ALL --name admin

gcs=/api/v3/gcs/gateways
one=$gcs/gw-one/semtechudp/global_conf.json
key='HTTP_AUTHORIZATION=Bearer key-of-one'
start_app cgi-bin/udp-config.fcgi

# get URI [VAR=VALUE...]: with the key of gw-one
get() {
  get_uri=$1
  shift
  req GET "$get_uri" '' "$key" "$@"
}

# ---- the files -----------------------------------------------------------------------
get "$one"
is "$status $(header Content-Type)" '200 application/json' 'global_conf.json'
is "$(header Cache-Control)" private 'for nobody else to keep'
is "$(header Content-Disposition)" 'attachment; filename="global_conf.json"' 'its name'
is "$(header Content-Length)" "$(($(wc -c <"$answer.body")))" 'its exact length'
is "$(jq -r '.gateway_conf.gateway_ID + " " + .gateway_conf.server_address + " \(.gateway_conf.serv_port_up)"' "$answer.body")" \
  '58A0CBFFFE800001 eu1.example.com 1700' 'its EUI and server'
is "$(jq -r '.SX1301_conf.radio_0.freq' "$answer.body")" 867500000 'its radio'
is "$(tail -c 2 "$answer.body" | od -An -tx1)" ' 7d 0a' 'a line end after the last brace'
is "$(grep -c '^	"' "$answer.body")" 2 'indented with tabs'
check 'the ETag is strong' sh -c "echo '$(header ETag)' | grep -Eqx '\"[0-9a-f]{32}\"'"
is "$(header ETag)" "\"$(sha256sum <"$answer.body" | cut -c 1-32)\"" \
  'and made from the content alone'
has "$(header Last-Modified)" ' GMT' 'when it changed'
etag=$(header ETag) modified=$(header Last-Modified)
must config-file gw-one semtechudp/global_conf.json
check 'config-file prints the same bytes' cmp "$work/out" "$answer.body"

get $gcs/gw-one/kerlink-cpf/lorad/lorad.json
is "$status $(header Content-Type) $(header Content-Disposition)" \
  '200 application/json attachment; filename="lorad.json"' 'lorad.json'
is "$(jq -r '.gateway_conf.beacon_enable' "$answer.body")" false 'with what lorad wants'
must config-file gw-one lorad.json
check 'the same bytes again' cmp "$work/out" "$answer.body"
get $gcs/gw-one/kerlink-cpf/lorafwd/lorafwd.toml
is "$status $(header Content-Type) $(header Content-Disposition)" \
  '200 application/toml attachment; filename="lorafwd.toml"' 'lorafwd.toml'
has "$(body)" 'id = 0x58A0CBFFFE800001' 'with the EUI'
has "$(body)" 'node = "eu1.example.com"' 'and the server'

must config-file gw-one global_conf.json
req HEAD "$one" '' "$key"
is "$status $(header ETag) $(header Content-Length) $(($(body | wc -c)))" \
  "200 $etag $(($(wc -c <"$work/out"))) 0" 'HEAD: the same without content'
req POST "$one" '' "$key"
is "$status $(header Allow)" '405 GET, HEAD, OPTIONS' 'nothing can be written'

# ---- the base64 form ------------------------------------------------------------------
get $gcs/configuration/gw-one/semtechudp/global_conf.json
is "$status $(header Content-Type)" '200 application/json' 'the form for programs'
jq -rj '.contents' "$answer.body" | base64 -d >"$work/contents"
is "$(wc -l <"$work/contents")" 0 'its JSON is on one line'
is "$(jq -S . "$work/contents")" "$(must config-file gw-one global_conf.json && jq -S . "$work/out")" \
  'and the same otherwise'
is "$(header ETag)" "\"$(sha256sum <"$answer.body" | cut -c 1-32)\"" 'with an ETag of its own'
get $gcs/configuration/gw-one/kerlink-cpf/lorafwd/lorafwd.toml
jq -rj '.contents' "$answer.body" | base64 -d >"$work/contents"
must config-file gw-one lorafwd.toml
check 'TOML is as it is' cmp "$work/out" "$work/contents"
must config-file gw-one lorafwd.toml --contents
check 'config-file --contents prints the same' cmp "$work/out" "$answer.body"

# A gateway may be called as that form begins.
must gateway add configuration frequency_plan_ids=EU_863_870 udp_address=c.example.com
for path in semtechudp/global_conf.json kerlink-cpf/lorad/lorad.json \
  kerlink-cpf/lorafwd/lorafwd.toml; do
  req GET "$gcs/configuration/$path" '' 'HTTP_AUTHORIZATION=Bearer key-for-all'
  must config-file configuration "$path"
  check "$path of the gateway \`configuration\`" cmp "$work/out" "$answer.body"
  has "$(header Content-Disposition)" "${path##*/}" 'not in base64'
  req GET "$gcs/configuration/configuration/$path" '' 'HTTP_AUTHORIZATION=Bearer key-for-all'
  has "$(body)" '{"contents":"' 'and in base64'
done
req GET $gcs/configuration/kerlink-cpf/lorad/lorad.toml '' 'HTTP_AUTHORIZATION=Bearer key-for-all'
is "$status" 404 'but no other path'

# ---- unchanged -------------------------------------------------------------------------
get "$one" "HTTP_IF_NONE_MATCH=$etag"
is "$status $(header ETag)|$(header Content-Length)|$(header Cache-Control)|$(($(body | wc -c)))" \
  "304 $etag||private|0" 'If-None-Match: 304 without content'
get "$one" "HTTP_IF_NONE_MATCH=\"x\", W/$etag"
is "$status" 304 'one of several'
get "$one" 'HTTP_IF_NONE_MATCH="x"'
is "$status" 200 'another one: 200'
get "$one" "HTTP_IF_MODIFIED_SINCE=$modified"
is "$status" 304 'If-Modified-Since: 304'
get "$one" 'HTTP_IF_MODIFIED_SINCE=Sun, 06 Nov 1994 08:49:37 GMT'
is "$status" 200 'since long ago: 200'
get "$one" 'HTTP_IF_NONE_MATCH="x"' "HTTP_IF_MODIFIED_SINCE=$modified"
is "$status" 200 'the ETag goes before the date'
req HEAD "$one" '' "$key" "HTTP_IF_NONE_MATCH=$etag"
is "$status" 304 'HEAD: 304 too'
stop_app
start_app cgi-bin/udp-config.fcgi
get "$one" "HTTP_IF_NONE_MATCH=$etag"
is "$status" 304 'unchanged after a restart'
cgi cgi-bin/udp-config.fcgi GET "$one" '' "$key" "HTTP_IF_NONE_MATCH=$etag"
is "$status $app_status" '304 0' 'and by plain CGI'

# changes WHAT COMMAND...: the next request sees it, the one after that does not
changes() {
  changes_name=$1
  shift
  must "$@"
  get "$one" "HTTP_IF_NONE_MATCH=$etag"
  if [ "$status" = 200 ] && [ "$(header ETag)" != "$etag" ]; then
    pass "$changes_name changes it"
  else
    fail "$changes_name changes it" "$status $(header ETag)"
  fi
  etag=$(header ETag)
  must config-file gw-one global_conf.json
  cmp -s "$work/out" "$answer.body" || fail "$changes_name: other bytes than config-file"
  get "$one" "HTTP_IF_NONE_MATCH=$etag"
  [ "$status" = 304 ] || fail "$changes_name: not 304 afterwards" "$status"
}
changes 'a server' gateway set gw-one gateway_server_address=eu2.example.com
changes 'the antenna' gateway set gw-one 'antennas=[{"gain":3.4,"location":{"latitude":52.5,"longitude":13.4,"altitude":34}}]'
is "$(jq -c '[.gateway_conf.ref_latitude, .gateway_conf.ref_longitude, .gateway_conf.ref_altitude]' "$work/out")" \
  '[52.5,13.4,34]' 'its position is the reference position'
is "$(jq '.SX1301_conf.antenna_gain' "$work/out")" 3 'the real gain, whole dBi'
changes 'an override' gateway set gw-one 'overrides={"SX1301_conf":{"vendor_key":7},"gateway_conf":{"stat_interval":60}}'
is "$(jq -c '[.SX1301_conf.vendor_key, .gateway_conf.stat_interval, .SX1301_conf.clksrc]' "$work/out")" \
  '[7,60,1]' 'the odd key of a vendor'
changes 'several servers' gateway set gw-one 'udp_address=a.example.com:1701,b.example.com'
is "$(jq -c '[.gateway_conf.server_address, .gateway_conf.serv_port_up, (.gateway_conf.servers | map(.server_address))]' "$work/out")" \
  '["a.example.com",1701,["a.example.com","b.example.com"]]' 'the first one is the main one'
must gateway set gw-one overrides=
changes 'a board' gateway set gw-one concentrator=rak5146-spi
is "$(jq -r 'keys[0] + " " + .SX130x_conf.com_type' "$work/out")" 'SX130x_conf SPI' \
  'an SX1302 gets its own format'
changes 'beacons' gateway set gw-one class_b_beacons=true
is "$(jq -c '[.gateway_conf.beacon_period, .gateway_conf.beacon_freq_hz, .gateway_conf.beacon_datarate]' "$work/out")" \
  '[128,869525000,9]' 'Class B as in Europe'
changes 'another plan' gateway set gw-one frequency_plan_ids=EU_863_870_ROAMING_DRAFT
must plan export EU_863_870_ROAMING_DRAFT
sed 's/max-frequency: 870000000/max-frequency: 869000000/' "$work/out" >"$work/EU_863_870_ROAMING_DRAFT.yml"
changes 'a changed plan' plan import "$work/EU_863_870_ROAMING_DRAFT.yml"
sed 's/name: RAK5146, SPI/name: Mine/;s/chip: SX1303/chip: SX1303\ncom-path: \/dev\/spidev1.0/' \
  "$share/concentrators/rak5146-spi.yml" >"$work/board.yml"
changes 'a changed board' concentrator import "$work/board.yml"
is "$(jq -r '.SX130x_conf.com_path' "$work/out")" /dev/spidev1.0 'which is seen in the file'
must lns add lns-one udp_address=lns.example.com:1800
must gateway set gw-one udp_address= lns=lns-one
get "$one"
etag=$(header ETag)
is "$(jq -r '.gateway_conf.server_address' "$answer.body")" lns.example.com \
  'the server of its network server'
changes 'its network server' lns set lns-one udp_address=lns2.example.com

# ---- what is asked for ------------------------------------------------------------------
must gateway set gw-one concentrator= overrides= lns= class_b_beacons=false \
  frequency_plan_ids=EU_863_870_TTN gateway_server_address=eu1.example.com
get "$one?concentrator=semtech-sx1250-usb"
is "$status $(jq -r '.SX130x_conf.com_type' "$answer.body")" '200 USB' '?concentrator='
must config-file gw-one global_conf.json --concentrator semtech-sx1250-usb
check 'config-file --concentrator prints the same' cmp "$work/out" "$answer.body"
etag=$(header ETag)
get "$one" "HTTP_IF_NONE_MATCH=$etag"
is "$status" 200 'the other board has another ETag'
get "$one?concentrator=semtech-sx1250-usb" "HTTP_IF_NONE_MATCH=$etag"
is "$status" 304 'and this one is remembered'
get "$one?concentrator=no-such-board"
is "$status" 400 'an unknown board'
has "$(body)" 'there are ' 'names those that there are'
has "$(body)" 'rak2287' 'by their IDs'
get "$one?compat=tts"
is "$status $(jq -c '[.SX1301_conf.antenna_gain, .gateway_conf.ref_latitude]' "$answer.body")" \
  '200 [0,null]' '?compat=tts: as the reference writes it'
must config-file gw-one global_conf.json --compat tts
check 'config-file --compat prints the same' cmp "$work/out" "$answer.body"
get "$one?compat=other"
is "$status" 400 'nothing else is known'
get "$one?unknown=1"
is "$status" 200 'other words of the query do not matter'
get "/mounted$one" SCRIPT_NAME=/mounted "PATH_INFO=$one"
is "$status" 200 'below a mount'

# ---- who is answered --------------------------------------------------------------------
req GET "$one"
is "$status $(header WWW-Authenticate)" '401 Bearer' 'no key'
req GET "$one" '' 'HTTP_AUTHORIZATION=Bearer wrong'
is "$status" 403 'a wrong key'
req GET "$one" '' 'HTTP_AUTHORIZATION=Bearer key-of-two'
is "$status" 403 'the key of another gateway'
req GET "$one" '' 'HTTP_AUTHORIZATION=Bearer key-that-is-weak'
is "$status" 403 'a key without RIGHT_GATEWAY_INFO'
req GET "$one" '' 'HTTP_AUTHORIZATION=key-of-one'
is "$status" 200 'a key without a scheme'
req GET "$one" '' 'HTTP_AUTHORIZATION=Bearer key-for-all'
is "$status" 200 'a key for all gateways'
req GET $gcs/--invalid-id/semtechudp/global_conf.json '' "$key"
is "$status $(jq .code "$answer.body")" '400 3' 'an ID that is none'
req GET $gcs/--invalid-id/semtechudp/global_conf.json
is "$status" 400 'also without a key'
req GET $gcs/Gw-one/semtechudp/global_conf.json '' "$key"
is "$status" 400 'capitals are none of an ID'
req GET $gcs/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/semtechudp/global_conf.json '' "$key"
is "$status" 400 '37 characters are too many'
req GET $gcs/gw-none/semtechudp/global_conf.json '' 'HTTP_AUTHORIZATION=Bearer key-for-all'
is "$status $(jq .code "$answer.body")" '404 5' 'an unknown gateway'
req GET $gcs/gw-none/semtechudp/global_conf.json
is "$status" 401 'strangers are not told'
req GET $gcs/gw-none/semtechudp/global_conf.json '' 'HTTP_AUTHORIZATION=Bearer wrong'
is "$status" 403 'neither with a wrong key'
for path in semtechudp/local_conf.json semtech/global_conf.json semtechudp \
  kerlink-cpf/lorad kerlink-cpf/lorad/lorafwd.toml kerlink-cpf/lorafwd.toml x/y/z; do
  get "$gcs/gw-one/$path"
  case "$status$(body)" in
  404*semtechudp/global_conf.json*kerlink-cpf/lorad/lorad.json*kerlink-cpf/lorafwd/lorafwd.toml*)
    pass "$path: 404 with those that there are" ;;
  *) fail "$path: 404 with those that there are" "$status $(body)" ;;
  esac
done
must gateway delete gw-two
req GET $gcs/gw-two/semtechudp/global_conf.json '' 'HTTP_AUTHORIZATION=Bearer key-of-two'
is "$status" 404 'a gateway that is deleted'

# ---- servers ----------------------------------------------------------------------------
long=$(printf 'a%.0s' $(seq 60)).com
# server ADDRESS STATUS WANTED NAME: WANTED is the address and port, or a part of the reason
server() {
  must gateway set gw-one "udp_address=$1"
  get "$one"
  if [ "$2" = 200 ]; then
    is "$status $(jq -r '.gateway_conf | "\(.server_address) \(.serv_port_up)"' "$answer.body")" \
      "200 $3" "$4"
  else
    case "$status $(body)" in
    "$2 "*"$3"*) pass "$4" ;;
    *) fail "$4" "$status $(body)" ;;
    esac
  fi
}
server lns.example.com 200 'lns.example.com 1700' 'a name'
server lns.example.com:1701 200 'lns.example.com 1701' 'a name and a port'
server 192.0.2.7 200 '192.0.2.7 1700' 'an address'
server udp://lns.example.com:65535 200 'lns.example.com 65535' 'with udp://'
server '[2001:db8::1]:1700' 409 IPv4 'IPv6, which the forwarder cannot'
server "$long" 409 '63' 'a name of 64 characters'
get $gcs/gw-one/kerlink-cpf/lorafwd/lorafwd.toml
is "$status" 200 "which Kerlink's takes"
for bad in lns.example.com: lns.example.com:65536 lns.example.com:0 wss://lns.example.com \
  2001:db8::1 '' 'a b' ':1700'; do
  if [ -n "$bad" ]; then
    "$top_builddir/gatehouse" gateway set gw-one "udp_address=$bad" >"$work/out" 2>&1
    is "$?" 2 "'$bad' cannot be entered"
  fi
done
must gateway set gw-one udp_address= gateway_server_address=wss://lns.example.com:8887
get "$one"
is "$status" 409 'the address of another protocol'
has "$(body)" 'gateway_server_address: wss is not udp' 'says so'
get "$one?compat=tts"
is "$status" 409 'also as the reference'
must gateway set gw-one gateway_server_address=
get "$one"
is "$status $(jq -r '.gateway_conf.server_address' "$answer.body")" '200 default.example.com' \
  'the default'

must lns add lns-ws uri=wss://ws.example.com:8887
must gateway set gw-one lns=lns-ws
get "$one"
is "$status" 409 'a network server without an address for UDP: not the default one'
has "$(body)" 'its network server lns-ws has an address for UDP' 'says which'
must explain gw-one
has "$(tr -s ' \n' ' ' <"$work/out")" 'gatehouse lns set lns-ws udp_address=HOST' \
  'explain says what to do'
must gateway set gw-one lns=

# ---- what cannot be made ----------------------------------------------------------------
must gateway set gw-one frequency_plan_ids=NO_SUCH_PLAN
get "$one"
is "$status" 409 'a plan that is not registered'
has "$(body)" 'the plan NO_SUCH_PLAN is not registered' 'is named'
must explain gw-one
has "$(cat "$work/out")" 'default.example.com' 'explain still knows the server'
get $gcs/gw-one/kerlink-cpf/lorafwd/lorafwd.toml
is "$status" 200 'a file without channels does not need it'
must gateway set gw-one frequency_plan_ids=
get "$one"
is "$status" 409 'no plan at all'
get "$one?compat=tts"
is "$status $(jq -c '.SX1301_conf' "$answer.body")" '200 []' 'the reference writes an array'
cat >"$work/own-board.yml" <<'Y'
id: own-board
base: rak2287-spi
variants:
  - bands: [EU_863_870]
    chip-type: SX1250
    gain-table:
      - {rf-power: 14, pa-gain: 1, pwr-idx: 6}
Y
must concentrator import "$work/own-board.yml"
must gateway set gw-one frequency_plan_ids=US_902_928_FSB_2 concentrator=own-board
get "$one"
is "$status" 409 'a board that is not made for the band'
must explain gw-one
has "$(cat "$work/out")" '! plan US_902_928_FSB_2' 'explain says it, too'
must gateway set gw-one frequency_plan_ids=US_902_928_FSB_2,EU_863_870
get "$one"
is "$status $(jq '.SX130x_conf.radio_0.freq' "$answer.body")" '200 867500000' \
  'the first plan that fits'
must explain gw-one
has "$(cat "$work/out")" 'plan EU_863_870  taken' 'explain says which'
must gateway set gw-one frequency_plan_ids=EU_863_870 concentrator=rak2287-spi
get $gcs/gw-one/kerlink-cpf/lorad/lorad.json
is "$status" 409 "no Kerlink's file for an SX1302"
"$top_builddir/gatehouse" plan remove EU_863_870 >"$work/out" 2>&1
is "$? $(grep -c gw-one "$work/out")" '1 1' 'a plan in use is not removed; the gateway is named'
"$top_builddir/gatehouse" concentrator remove rak2287-spi >"$work/out" 2>&1
is "$? $(grep -c gw-one "$work/out")" '1 1' 'neither a board'

# ---- overrides that a forwarder could not use -------------------------------------------
# refused FIELD=VALUE... WORDS: cannot be entered
refused_entry() {
  "$top_builddir/gatehouse" gateway set gw-one "$1" >"$work/out" 2>&1
  case "$? $(cat "$work/out")" in
  "2 "*"overrides: "*"$2"*) pass "'$1' cannot be entered" ;;
  *) fail "'$1' cannot be entered" "$(cat "$work/out")" ;;
  esac
}
must gateway set gw-one frequency_plan_ids=EU_863_870 concentrator=
refused_entry 'overrides={"SX1301_conf":{"radio_0":null}}' \
  'semtechudp/global_conf.json: SX1301_conf.radio_0 is missing [radio-0]'
refused_entry 'overrides={"gateway_conf":null}' 'gateway_conf is missing: the forwarder exits'
must gateway set gw-one 'overrides={"SX1301_conf":{"radio_2":{"enable":true}}}'
has "$(cat "$work/err")" 'SX1301_conf.radio_2 is ignored' 'what is ignored is told'
must gateway set gw-one 'overrides={"gateway_conf":{"server_address":null}}'
has "$(cat "$work/err")" 'gw-one: the overrides make semtechudp/global_conf.json unusable' \
  'one file of two is left: told'
get "$one"
is "$status" 409 'it is not answered'
has "$(body)" 'overrides: gateway_conf.server_address is missing' 'but with the reason'
get $gcs/gw-one/kerlink-cpf/lorad/lorad.json
is "$status" 200 'the other one is'
must gateway set gw-one 'overrides={"SX130x_conf":{"com_path":null}}'
has "$(cat "$work/err")" 'has SX1301_conf, not SX130x_conf: that does nothing' \
  "another chip's key is told"
refused_entry concentrator=rak2287-spi 'SX130x_conf.com_path is missing'
must explain gw-one
has "$(cat "$work/out" | tr -s ' \n' ' ')" 'warning: overrides: this gateway' 'explain tells it too'
must explain gw-one --json
has "$(jq -r '.files.files[0].warnings[] | "\(.rule) \(.text)"' "$work/out")" 'override overrides: this' \
  'as JSON too'
must gateway set gw-one overrides= concentrator=rak2287-spi

# ---- sightings --------------------------------------------------------------------------
get "$one" HTTP_USER_AGENT=curl/7.88
etag=$(header ETag)
get "$one" HTTP_USER_AGENT=gatehouse-fetch/1 "HTTP_IF_NONE_MATCH=$etag"
must gateway show gw-one --json
is "$(jq -r '.file_sighting | "\(.status) \(.etag) \(.agent) \(.path) \(.address)"' "$work/out")" \
  "304 $etag gatehouse-fetch/1 semtechudp/global_conf.json 198.51.100.7" \
  'the visit is noted'
is "$(jq -r '.sighting' "$work/out")" null 'and none that looks like one for CUPS'

# ---- the log ----------------------------------------------------------------------------
req GET "$one?key=secret-in-query" '' 'HTTP_AUTHORIZATION=Bearer secret-in-header'
hasnt "$(cat "$log")" 'secret-in' 'no key in the log'
has "$(tail -n 1 "$log")" 'gateway=gw-one' 'but who asked'
has "$(tail -n 1 "$log")" 'refused="the key is not registered"' 'and why not'
stop_app

# ---- 429 --------------------------------------------------------------------------------
rm -f "$data/sightings/throttle"
config 'throttle_failures = 5'
start_app cgi-bin/udp-config.fcgi
statuses=
for _ in 1 2 3 4 5 6 7; do
  req GET "$one" '' 'HTTP_AUTHORIZATION=Bearer wrong'
  statuses="$statuses $status"
done
has "$statuses" '403' 'wrong keys are refused'
is "$status" 429 'then they have to wait'
check 'for a while' [ "$(header Retry-After)" -gt 0 ]
get "$one"
is "$status" 200 'the right key is let in all the same'
stop_app

# ---- without authentication -------------------------------------------------------------
config 'require_auth = off'
start_app cgi-bin/udp-config.fcgi
req GET "$one"
is "$status" 200 'require_auth = off'
req GET "$one" '' 'HTTP_AUTHORIZATION=Bearer wrong'
is "$status" 200 'whatever is shown'
req GET $gcs/gw-none/semtechudp/global_conf.json
is "$status" 404 'unknown gateways are named then'
stop_app

# ---- a wrong configuration --------------------------------------------------------------
sed -i 's/^udp_server = .*/udp_server = a.example.com, b:99999/' "$conf"
start_app cgi-bin/udp-config.fcgi
get "$one"
is "$status" 503 'a default server that is none'
has "$(cat "$log")" 'udp_server: b:99999' 'the log says so'
stop_app

done_testing
