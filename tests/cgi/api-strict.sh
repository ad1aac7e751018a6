#!/bin/sh
# What the API refuses rather than guesses: values it cannot read, records that changed
# meanwhile, and what a key may not do by another way.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
app_env="GATEHOUSE_TEST_NOW=$now"

# import_key GATEWAY|--all-gateways KEY RIGHTS
import_key() {
  printf '%s' "$2" | "$gatehouse" key import "$1" --api --rights "$3" \
    >"$work/out" 2>"$work/err" || bail "key import: $(cat "$work/err")"
}

must init
must gateway add gw-one 58A0CBFFFE800001
must gateway add gw-two 58A0CBFFFE800002
must gateway add gw-three
must gateway add gw-kick
must gateway set gw-kick kickstarter=true
import_key --all-gateways key-of-admin ALL
import_key --all-gateways key-of-reader INFO,READ_SECRETS
import_key --all-gateways key-of-writer INFO,SETTINGS_BASIC,WRITE_SECRETS
import_key --all-gateways key-of-keys INFO,SETTINGS_BASIC,READ_SECRETS,WRITE_SECRETS,SETTINGS_API_KEYS
start_app cgi-bin/admin.fcgi

# ask METHOD PATH [BODY] [VAR=VALUE...]: with $key; $out is the body
key='key-of-admin'
ask() {
  ask_method=$1 ask_path=$2 ask_body=${3-}
  if [ $# -gt 3 ]; then shift 3; else shift $#; fi
  req "$ask_method" "/api/v3$ask_path" "$ask_body" CONTENT_TYPE=application/json \
    "HTTP_AUTHORIZATION=Bearer $key" "$@"
  out=$(body)
  jq -cRs --arg m "$ask_method" --arg p "/api/v3$ask_path" --arg s "$status" \
    --arg t "$(header Content-Type)" \
    '{method: $m, path: $p, status: ($s | tonumber), type: $t, body: .}' \
    "$answer.body" >>"$work/answers"
}

# said STATUS FILTER WANTED NAME: the status and a part of the body
said() {
  is "$status $(printf '%s' "$out" | jq -r "$2" 2>&1)" "$1 $3" "$4"
}
field='.details[0].attributes.field'

# ---- the provisioning window -------------------------------------------------------------
window=/gateways/gw-one/provisioning-window
ask GET /gateways/gw-one
etag=$(header ETag)
ask POST $window '{"until":"+2h"}' "HTTP_IF_MATCH=$etag"
said 200 .provisioning_until 2026-11-22T14:00:00Z 'a window is opened'
ask DELETE $window '' "HTTP_IF_MATCH=$etag"
said 412 .code 9 'and not closed by who has not seen that'
ask POST $window '{"until":"1970-01-01T00:00:00Z"}'
said 400 "$field" until 'the beginning of time is past too'
ask DELETE $window '' 'HTTP_IF_MATCH=*'
said 200 .provisioning_until null 'it is closed as it is'
run audit list --json
json '[.[-2:][].action] | join(",")' 'provisioning open,provisioning close' \
  'and both stand in the audit log'

# ---- who has not seen what it is now -----------------------------------------------------
changed() {
  ask PUT /gateways/gw-three "{\"gateway\":{\"name\":\"$1\"}}"
}
changed first
etag=$(header ETag)
changed second
for what in 'POST activation-window' 'DELETE activation-window' 'POST provisioning-window' \
  'DELETE certificates/cups' 'POST certificates/cups/issue'; do
  case $what in POST*) send='{}' ;; *) send='' ;; esac
  ask "${what% *}" "/gateways/gw-three/${what#* }" "$send" "HTTP_IF_MATCH=$etag"
  said 412 .code 9 "$what looks at the gateway's ETag"
done
ask POST /gateways/gw-three/api-keys '{"rights":["RIGHT_GATEWAY_INFO"]}'
one=/gateways/gw-three/api-keys/$(printf '%s' "$out" | jq -r .id)
ask GET "$one"
etag=$(header ETag)
ask PUT "$one" '{"api_key":{"name":"used elsewhere"}}'
now_etag=$(header ETag)
ask DELETE "$one" '' "HTTP_IF_MATCH=$etag"
said 412 .code 9 'a key is not ended by who has not seen what it is for'
ask DELETE "$one" '' "HTTP_IF_MATCH=$now_etag"
said 200 . '{}' 'but by who has'
ask POST /gatehouse/network-servers '{"lns_id":"some-lns","uri":"wss://lns.example.com:8887"}'
etag=$(header ETag)
ask PUT /gatehouse/network-servers/some-lns '{"name":"Other"}'
now_etag=$(header ETag)
ask DELETE /gatehouse/network-servers/some-lns '' "HTTP_IF_MATCH=$etag"
said 412 .code 9 'nor is a network server removed'
ask DELETE /gatehouse/network-servers/some-lns '' "HTTP_IF_MATCH=$now_etag"
said 200 . '{}' 'which is as it was seen'
ask POST /gatehouse/concentrators "$(jq -Rs '{yaml:.}' "$top_srcdir/share/concentrators/rak2287-spi.yml")"
etag=$(header ETag)
ask DELETE /gatehouse/concentrators/rak2287-spi '' "HTTP_IF_MATCH=$etag"
said 200 . '{}' 'and a board'

# ---- empty where nothing is meant by leaving it out --------------------------------------
keys=$work/keys
run key list --json
printf '%s' "$out" >"$keys"
for value in '""' '"  "'; do
  ask POST /gateways/gw-one/api-keys/import "{\"key\":$value,\"rights\":[\"RIGHT_GATEWAY_INFO\"]}"
  said 400 "$field" key "no key $value is imported to a gateway"
  ask POST /gatehouse/keys "{\"key\":$value,\"rights\":[\"RIGHT_GATEWAY_INFO\"]}"
  said 400 "$field" key "nor for all of them"
  ask POST /gatehouse/cas "{\"ca_id\":\"my-ca\",\"certificate\":$value}"
  said 400 "$field" certificate "no CA of a certificate $value"
  ask POST /gatehouse/signing-keys "{\"key_id\":\"sign\",\"public_key\":$value}"
  said 400 "$field" public_key "no key that signs of a public part $value"
done
run key list --json
is "$out" "$(cat "$keys")" 'and no key was made instead'
ask GET /gatehouse/cas
said 200 '.cas | length' 0 'nor a CA'

# ---- flags of a query --------------------------------------------------------------------
table='id,name
roof-9,Nine'
for flag in dry_run strict clear_empty verbose; do
  for value in = =maybe =2 ''; do
    ask POST "/gatehouse/import?$flag$value" "$table"
    said 400 "$field" "$flag" "?$flag$value is refused"
  done
done
for value in True yes ON 1; do
  ask POST "/gatehouse/import?dry_run=$value" "$table"
  said 200 '[.dry_run, .created] | tostring' '[true,1]' "?dry_run=$value is a dry run"
done
ask GET /gateways/roof-9
is "$status" 404 'and none of that has made a gateway'
ask POST '/gatehouse/import?dry_run=False' "$table"
said 200 '[.dry_run, .created] | tostring' '[false,1]' 'but what is said to be none has'
ask DELETE /gateways/roof-9
for flag in deleted secrets; do
  ask GET "/gatehouse/export?$flag=sure"
  said 400 "$field" "$flag" "an export with ?$flag=sure is refused"
done
ask GET '/gatehouse/export?deleted=YES&format=json'
said 200 '[.[].ids.gateway_id] | join(",")' roof-9 'one of the deleted is not'
for list in gateways users/me/gateways search/gateways; do
  ask GET "/$list?deleted=1"
  said 200 '[.gateways[].ids.gateway_id] | join(",")' roof-9 "/$list takes the same words"
  ask GET "/$list?deleted"
  said 400 "$field" deleted 'and no others'
done

# ---- a trust that is there ---------------------------------------------------------------
trust() {
  printf '{"trust_id":"one-trust","certificate":"%s","addresses":["%s.example.com:443"]}' "$1" "$2"
}
for ca in first-ca second-ca; do ask POST /gatehouse/cas "{\"ca_id\":\"$ca\"}"; done
second=$(printf '%s' "$out" | jq -r .der)
ask GET /gatehouse/cas/first-ca
first=$(printf '%s' "$out" | jq -r .der)
ask POST /gatehouse/trusts "$(trust "$first" lns)" 'HTTP_IF_MATCH=*'
said 412 .code 9 'there is no trust to be changed'
ask POST /gatehouse/trusts "$(trust "$first" lns)"
said 200 .der "$first" 'so it is made'
etag=$(header ETag)
ask POST /gatehouse/trusts "$(trust "$second" lns)"
said 409 "$field" trust_id 'once'
has "$out" If-Match 'with the way to another certificate'
ask PUT /gatehouse/trusts/one-trust '{"addresses":["a.example.com:443"]}'
now_etag=$(header ETag)
ask POST /gatehouse/trusts "$(trust "$second" lns)" "HTTP_IF_MATCH=$etag"
said 412 .code 9 'which takes that of now'
ask GET /gatehouse/trusts/one-trust
said 200 .der "$first" 'so far it has what it had'
ask POST /gatehouse/trusts "$(trust "$second" lns2)" "HTTP_IF_MATCH=$now_etag"
said 200 '[.der, .addresses[]] | join(" ")' "$second a.example.com:443 lns2.example.com:443" \
  'with it, it has the other one'

# ---- keys made by another way ------------------------------------------------------------
ask POST /gatehouse/cas '{"ca_id":"my-ca"}'
der=$(printf '%s' "$out" | jq -r .der)
ask POST /gatehouse/trusts "{\"trust_id\":\"my-trust\",\"certificate\":\"$der\",\"addresses\":[\"cups.example.com:443\"]}"
key='key-of-reader'
ask POST /gateways/gw-one/bundle '{}'
said 403 .code 7 'a bundle makes no key for who may make none'
has "$out" RIGHT_GATEWAY_SETTINGS_API_KEYS 'which it says'
run key list gw-one --json
json length 0 'so there is none'
key='key-of-keys'
ask POST /gateways/gw-one/bundle '{}'
said 200 .key made 'it does for who may'
key='key-of-reader'
ask POST /gateways/gw-one/bundle '{}'
said 200 .key sealed 'and shows that key to who may read it'
ask POST /gateways/gw-one/bundle '{"new_key":true}'
said 403 .code 7 'but makes no other'
own=$(printf 'a-key-of-its-own' | base64)
key='key-of-writer'
ask PUT /gateways/gw-two "{\"gateway\":{\"target_cups_key\":{\"value\":\"$own\"}}}"
said 403 .code 7 'a value of the own choice makes no key either'
has "$out" 'RIGHT_GATEWAY_SETTINGS_API_KEYS, RIGHT_GATEWAY_READ_SECRETS' \
  'which takes the right for keys and the rights of the key'
run key list gw-two --json
json length 0 'so there is none'
key='key-of-keys'
ask PUT /gateways/gw-two "{\"gateway\":{\"target_cups_key\":{\"value\":\"$own\"}}}"
said 200 .target_cups_key.value "$own" 'with these it does'
key='key-of-writer'
ask PUT /gateways/gw-two "{\"gateway\":{\"name\":\"Two\",\"target_cups_key\":{\"value\":\"$own\"}}}"
said 200 .name Two 'and what is there may be sent back by anybody'
key='key-of-keys'
ask POST /gateways/gw-kick/api-keys/rotate
said 403 .code 7 'a Kickstarter has a key that may do more'
has "$out" RIGHT_GATEWAY_LINK 'than this one'
key='key-of-admin'

# ---- how long a body may be ---------------------------------------------------------------
# plan BYTES: that of Europe with so long a comment before it
plan() {
  { head -c "$1" /dev/zero | tr '\0' '\n' | sed 's/^/#/'; cat "$top_srcdir/share/frequency-plans/EU_863_870.yml"; } |
    jq -Rs '{plan_id: "LONG", yaml: .}' >"$work/long"
}
plan 450000
ask POST /gatehouse/frequency-plans "@$work/long"
said 200 .plan_id LONG 'a plan may be as long as in a file'
plan 2000000
ask POST /gatehouse/frequency-plans "@$work/long"
is "$status" 413 'and no longer than any may be'
jq -Rs '{yaml: ("#\n" * 150000 + .)}' "$top_srcdir/share/concentrators/rak2287-spi.yml" >"$work/long"
ask POST /gatehouse/concentrators "@$work/long"
said 200 .board_id rak2287-spi 'so may a board'

# ---- who did what, newest first ----------------------------------------------------------
# serials FILTER-PATH: of all its entries, by pages of two
serials() {
  at=
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    ask GET "$1limit=2$at"
    printf '%s' "$out" | jq -r '.entries[].serial'
    at=$(printf '%s' "$out" | jq -r 'if .next then "&before=\(.next)" else "" end')
    if [ -z "$at" ]; then break; fi
  done
}
must gateway add gw-four
for name in one two three four; do must gateway set gw-four "name=$name"; done
must gateway delete gw-four
run audit list --gateway gw-four --json
newest_first=$(printf '%s' "$out" | jq -r '[.[].serial] | reverse | .[]')
is "$(serials '/gateways/gw-four/history?')" "$newest_first" \
  'a history is read from the newest entry to the oldest'
is "$(serials '/gatehouse/audit?kind=gateway&id=gw-four&')" "$newest_first" \
  'as is that part of the log'
ask GET '/gateways/gw-four/history?limit=1'
said 200 '[.entries[0].action, (.next > 0)] | tostring' '["delete",true]' 'the newest comes first'
ask GET '/gatehouse/audit?action=provisioning&by=key:'
said 200 '[.entries[].action] | unique | join(",")' 'provisioning close,provisioning open' \
  'the log by what was done and who did it'
ask GET '/gatehouse/audit?by=nobody'
said 200 . '{
  "entries": []
}' 'and by somebody who did nothing'
ask GET '/gatehouse/audit?before=0'
said 400 "$field" before 'there is nothing before the first'

# ---- a damaged record --------------------------------------------------------------------
stop_app
printf 'data = %s\n' "$data" >"$work/fleet.conf"
GATEHOUSE_CONF=$work/fleet.conf "$top_builddir/tests/lib/fleet" damage gateway gw-three \
  >"$work/flip" 2>&1 || fail 'damage' "$(cat "$work/flip")"
start_app cgi-bin/admin.fcgi
for list in gateways 'gateways?order=name' 'search/gateways?name_contains=o' gatehouse/export; do
  ask GET "/$list"
  said 503 .code 15 "/$list does not leave out what is damaged"
  has "$out" 'gatehouse check' 'and says what to do'
done
ask GET '/gateways?limit=1&order=gateway_id'
said 200 '.gateways[0].ids.gateway_id' gw-kick 'a page without it is answered'

stop_app

# ---- the description -----------------------------------------------------------------
described() {
  python3 "$top_srcdir/tests/cgi/openapi_check.py" answers "$top_srcdir/share/openapi.yaml" \
    "$work/answers" 2>&1 | grep -v -e '^never answered' -e '^[0-9]* answers$'
}
is "$(described)" '' 'every answer above is as openapi.yaml says'
done_testing
