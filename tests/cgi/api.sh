#!/bin/sh
# The JSON API of admin.fcgi, asked as the documentation of The Things Stack shows it.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
app_env="GATEHOUSE_TEST_NOW=$now"

# import_key GATEWAY|--all-gateways KEY RIGHTS [NAME]
import_key() {
  printf '%s' "$2" | "$gatehouse" key import "$1" --api --rights "$3" \
    >"$work/out" 2>"$work/err" || bail "key import: $(cat "$work/err")"
}

must init
must lns add ttn uri=wss://lns.example.com:8887
import_key --all-gateways key-of-admin ALL
import_key --all-gateways key-of-cups INFO,SETTINGS_BASIC,READ_SECRETS
import_key --all-gateways key-of-viewer INFO
start_app cgi-bin/admin.fcgi
api=/api/v3

# api METHOD PATH [BODY] [VAR=VALUE...]: with $key; $out is the body
key='key-of-admin'
ask() {
  ask_method=$1 ask_path=$2 ask_body=${3-}
  if [ $# -gt 3 ]; then shift 3; else shift $#; fi
  req "$ask_method" "$api$ask_path" "$ask_body" CONTENT_TYPE=application/json \
    ${key:+"HTTP_AUTHORIZATION=Bearer $key"} "$@"
  out=$(body)
  jq -cRs --arg m "$ask_method" --arg p "$api$ask_path" --arg s "$status" \
    --arg t "$(header Content-Type)" \
    '{method: $m, path: $p, status: ($s | tonumber), type: $t, body: .}' \
    "$answer.body" >>"$work/answers"
}

# said STATUS FILTER WANTED NAME: the status and a part of the body
said() {
  is "$status $(printf '%s' "$out" | jq -r "$2" 2>&1)" "$1 $3" "$4"
}

# ---- create -------------------------------------------------------------------------
one='{"gateway":{"ids":{"gateway_id":"test-gtw","eui":"00800000A00009EF"},
  "name":"Test","description":"notes","frequency_plan_id":"EU_863_870_TTN",
  "gateway_server_address":"eu1.cloud.thethings.network","attributes":{"room":"12"},
  "antennas":[{"gain":2.5,"location":{"latitude":47.5}}]},
  "collaborator":{"user_ids":{"user_id":"admin"}}}'
ask POST /users/admin/gateways "$one"
said 200 .ids.gateway_id test-gtw 'a gateway is made below a user'
said 200 .ids.eui 00800000A00009EF 'with its EUI'
said 200 '.frequency_plan_ids[0]' EU_863_870_TTN 'the old form of the plan'
said 200 '.frequency_plan_id' EU_863_870_TTN 'is answered, too'
is "$(header Content-Type)" application/json 'as JSON'
etag=$(header ETag)
ask POST /gateways "$one"
said 200 .name Test 'the same again is answered the same'
is "$(header ETag)" "$etag" 'and nothing was changed'
ask POST /gateways '{"gateway":{"ids":{"gateway_id":"test-gtw"},"name":"Other"}}'
said 409 .code 6 'an ID that is taken'
said 409 '.details[0].attributes.field' ids.gateway_id 'is named'
has "$out" 'choose another ID' 'with the way out'
ask POST /gateways '{"gateway":{"ids":{"gateway_id":"gtw-2","eui":"00-80-00-00-A0-00-09-EF"}}}'
said 409 '.details[0].attributes.field' ids.eui 'an EUI that is taken'
has "$out" 'change or clear the EUI there, or delete and purge' 'with the way out'
ask POST /gateways '{"gateway":{"ids":{"gateway_id":"GTW"}}}'
said 400 .code 3 'an ID that is none'
ask POST /gateways '{"gateway":{"ids":{"gateway_id":"gtw-2"},"colour":"red"}}'
said 400 '.details[0].attributes.field' colour 'an unknown field is named'
ask POST /gateways '{"gateways":{}}'
said 400 '.details[0].attributes.field' gateways 'an unknown member'
ask POST /gateways '{"gateway":'
has "$out" 'the body is no JSON: line 1' 'what is no JSON'
ask POST /gateways ''
is "$status" 400 'no body'
ask POST /gateways '{"gateway":{"ids":{"gateway_id":"gtw-2"},"lns":"nowhere"}}'
said 404 '.details[0].attributes.field' lns 'a reference to nothing'
req POST "$api/gateways" '<x/>' CONTENT_TYPE=text/xml 'HTTP_AUTHORIZATION=Bearer key-of-admin'
is "$status" 415 'what is no JSON by its type'
req POST "$api/gateways" '{"gateway":{"ids":{"gateway_id":"gtw-curl"}}}' \
  CONTENT_TYPE=application/x-www-form-urlencoded 'HTTP_AUTHORIZATION=Bearer key-of-admin'
is "$status" 200 'curl -d without a type'

# ---- get and field masks -------------------------------------------------------------
ask GET '/gateways/test-gtw?field_mask=name,antennas'
said 200 'keys | join(",")' antennas,ids,name 'a field mask'
ask GET '/gateways/test-gtw?field_mask=ids.eui&field_mask=version_ids.brand_id'
said 200 'keys | join(",")' ids 'two of them, one nested'
ask GET '/gateways/test-gtw?field_mask=name,colour'
said 400 '.details[0].message_format' 'a gateway has no field colour' 'an unknown path'
ask GET '/gateways/test-gtw?field_mask=lbs_lns_secret.crc'
is "$status" 400 'an internal one'
ask GET /gateways/test-gtw '' "HTTP_IF_NONE_MATCH=$etag"
is "$status" 304 'nothing new'
ask GET /gateways/nobody
said 404 .code 5 'an unknown gateway'
ask GET /gateways/-x-
said 400 .code 3 'a bad ID'

# ---- put -----------------------------------------------------------------------------
ask PUT /gateways/test-gtw '{"gateway":{"name":"New","description":"left alone"},
  "field_mask":{"paths":["name"]}}'
said 200 '.name + "/" + .description' New/notes 'a field mask says what is changed'
ask PUT /gateways/test-gtw '{"gateway":{"ids":{"gateway_id":"test-gtw"}},
  "field_mask":{"paths":["description","attributes"]}}'
said 200 '[.description, .attributes] | tostring' '[null,null]' 'what it names without a value is cleared'
ask PUT /gateways/test-gtw '{"gateway":{"description":"again"},"field_mask":"description"}'
said 200 .description again 'the other form of a mask'
ask PUT /gateways/test-gtw '{"gateway":{"lns":"ttn"}}'
said 200 '.lns + "/" + .name' ttn/New 'without a mask what is given is set'
ask PUT /gateways/test-gtw '{"gateway":{"ids":{"gateway_id":"other"}}}'
said 400 '.details[0].attributes.field' ids.gateway_id 'an ID cannot be changed'
ask PUT /gateways/test-gtw '{"gateway":{},"field_mask":{"paths":["ids.eui"]}}'
said 200 .ids.eui null 'an EUI is released'
ask POST /gateways '{"gateway":{"ids":{"gateway_id":"gtw-2","eui":"00800000A00009EF"}}}'
said 200 .ids.eui 00800000A00009EF 'and can be given to another gateway'
ask PUT /gateways/test-gtw '{"gateway":{"name":"x"},"field_mask":{"paths":["nmae"]}}'
said 400 '.details[0].attributes.field' field_mask 'an unknown path in a mask'
ask PUT /gateways/test-gtw '{"gateway":{"antennas":[{"gain":99}]}}'
said 400 '.details[0].attributes.field' antennas.gain 'a wrong value in a list'
ask PUT /gateways/test-gtw '{"gateway":{"created_at":"2001-01-01T00:00:00Z"}}'
said 200 .created_at "$now" 'what Gatehouse sets is passed over'

# ---- two operators -------------------------------------------------------------------
ask GET /gateways/test-gtw
etag=$(header ETag)
ask PUT /gateways/test-gtw '{"gateway":{"name":"first"}}' "HTTP_IF_MATCH=$etag"
is "$status" 200 'the first one is in time'
ask PUT /gateways/test-gtw '{"gateway":{"name":"second"}}' "HTTP_IF_MATCH=$etag"
said 412 .code 9 'the second one is told'
ask DELETE /gateways/test-gtw '' "HTTP_IF_MATCH=$etag"
is "$status" 412 'also when it deletes'
ask GET /gateways/test-gtw
said 200 .name first 'and nothing was lost'
ask PUT /gateways/test-gtw '{"gateway":{"name":"third"}}' "HTTP_IF_MATCH=$(header ETag)"
said 200 .name third 'until it has looked again'

# ---- delete, restore, purge ----------------------------------------------------------
ask DELETE /gateways/gtw-2
said 200 . '{}' 'deleted'
ask GET /gateways/gtw-2
said 404 .code 5 'it is gone'
ask PUT /gateways/gtw-2 '{"gateway":{"name":"x"}}'
is "$status" 404 'for changes too'
ask POST /gateways '{"gateway":{"ids":{"gateway_id":"gtw-2"}}}'
said 409 '.details[0].message_format' \
  'is taken by the deleted gateway gtw-2: restore that one, or purge it to free its ID and EUI' \
  'its ID is taken still'
ask POST /gateways/gtw-2/restore '{}'
said 200 . '{}' 'restored'
ask POST /gateways/gtw-2/restore
is "$status" 409 'which it is now'
ask DELETE /gateways/gtw-2/purge
is "$status" 409 'what is not deleted is not purged'
ask DELETE /gateways/gtw-2
ask DELETE /gateways/gtw-2/purge
said 200 . '{}' 'purged'
ask POST /gateways '{"gateway":{"ids":{"gateway_id":"gtw-2","eui":"00800000A00009EF"}}}'
is "$status" 200 'ID and EUI are free'

# ---- secrets -------------------------------------------------------------------------
secret='{"gateway":{"lbs_lns_secret":{"key_id":"k","value":"TlNTWFMuQS5C"},
  "target_cups_key":{"key_id":"KEY1","value":"Tk5TWFMuS0VZMS5TRUNSRVQ="}}}'
ask PUT /gateways/test-gtw "$secret"
said 200 .lbs_lns_secret.value TlNTWFMuQS5C 'secrets are set'
said 200 .target_cups_key.value Tk5TWFMuS0VZMS5TRUNSRVQ= 'the CUPS key too'
key='key-of-viewer'
ask GET /gateways/test-gtw
said 200 '.lbs_lns_secret.key_id + (.lbs_lns_secret.value | tostring)' knull 'without the right they are left out'
ask GET '/gateways/test-gtw?field_mask=lbs_lns_secret'
said 403 .code 7 'and refused when asked for'
key='key-of-cups'
ask GET '/gateways/test-gtw?field_mask=lbs_lns_secret'
said 200 .lbs_lns_secret.value TlNTWFMuQS5C 'with it they are shown'
ask PUT /gateways/test-gtw "$secret"
is "$status" 200 'to send back what is there needs no right'
ask PUT /gateways/test-gtw '{"gateway":{"lbs_lns_secret":{"value":"TlNTWFMuQS5D"}}}'
said 403 '.details[0].attributes.field' lbs_lns_secret.value 'to change it does'
ask PUT /gateways/test-gtw '{"gateway":{},"field_mask":{"paths":["lbs_lns_secret"]}}'
is "$status" 403 'to take it away too'
ask PUT /gateways/test-gtw '{"gateway":{"target_cups_key":{"value":"Tk5TWFMuS0VZMi5TRUNSRVQ="}}}'
said 403 '.details[0].attributes.field' target_cups_key.value 'and for another key'
ask POST /gateways '{"gateway":{"ids":{"gateway_id":"gtw-3"}}}'
is "$status" 403 'a key with what CUPS needs makes no gateway'
key='key-of-admin'

# ---- keys ----------------------------------------------------------------------------
ask POST /gateways/test-gtw/api-keys '{"name":"mine","rights":["RIGHT_GATEWAY_INFO","RIGHT_GATEWAY_SETTINGS_API_KEYS"]}'
said 200 '.rights | join(",")' RIGHT_GATEWAY_INFO,RIGHT_GATEWAY_SETTINGS_API_KEYS 'a key is made'
made=$(printf '%s' "$out" | jq -r .key)
made_id=$(printf '%s' "$out" | jq -r .id)
check 'in the form of the reference' sh -c "echo '$made' | grep -Eqx 'NNSXS\.[A-Z2-7]{39}\.[A-Z2-7]{52}'"
ask GET "/gateways/test-gtw/api-keys/$made_id"
said 200 '.name + (.key | tostring)' minenull 'it is shown once'
ask GET /gateways/test-gtw/api-keys
said 200 '[.api_keys[].id] | join(",")' "KEY1,$made_id" 'the list'
ask PUT "/gateways/test-gtw/api-keys/$made_id" '{"api_key":{"name":"renamed"},"field_mask":{"paths":["name"]}}'
said 200 '.name + (.rights | length | tostring)' renamed2 'its name is changed'
ask PUT "/gateways/test-gtw/api-keys/$made_id" '{"api_key":{"rights":[]}}'
said 400 '.details[0].attributes.field' rights 'a key without rights is none'
ask POST /gateways/test-gtw/api-keys '{"rights":["RIGHT_EVERYTHING"]}'
said 400 '.details[0].attributes.field' rights 'a right that there is not'
ask GET /gateways/gtw-2/api-keys/KEY1
is "$status" 404 'a key of another gateway'
key=$made
ask GET /gateways/test-gtw
said 200 .ids.gateway_id test-gtw 'it opens its gateway'
ask GET /gateways/gtw-2
said 403 .code 7 'and no other'
ask GET /gateways/nobody
said 403 .code 7 'whether there is one or not'
ask GET /gateways
said 200 '[.gateways[].ids.gateway_id] | join(",")' test-gtw 'it lists this one'
is "$(header X-Total-Count)" 1 'alone'
ask GET /search/gateways?query=gtw
is "$status" 403 'and searches nothing'
ask POST /gateways/test-gtw/api-keys '{"rights":["RIGHT_GATEWAY_ALL"]}'
said 403 .code 7 'it cannot give away more than it has'
ask PUT "/gateways/test-gtw/api-keys/$made_id" '{"api_key":{"rights":["RIGHT_GATEWAY_ALL"]}}'
is "$status" 403 'not to itself either'
ask GET /gateways/test-gtw/rights
said 200 '.rights | join(",")' RIGHT_GATEWAY_INFO,RIGHT_GATEWAY_SETTINGS_API_KEYS 'what it may do'
ask DELETE "/gateways/test-gtw/api-keys/$made_id"
is "$status" 200 'it ends itself'
ask GET /gateways/test-gtw
said 403 '.details[0].message_format' 'the key was revoked' 'and opens nothing then'
key='key-of-admin'
ask GET "/gateways/test-gtw/api-keys/$made_id"
is "$status" 404 'it is gone'
ask POST /gateways/test-gtw/api-keys/rotate
said 200 '.name + (.key | tostring)' rotatednull 'a rotated key is not shown'

# ---- lists ---------------------------------------------------------------------------
awk 'BEGIN { print "id,eui,name"; for (i = 1; i <= 250; i++)
  printf "l-%03d,%s,%s\n", i, i % 2 ? sprintf("AABBCCDD%08X", 1000 - i) : "", "Name " 250 - i }' >"$work/l.csv"
must gateway import "$work/l.csv"
must gateway delete l-007
ask GET '/gateways?limit=3&order=gateway_id&field_mask=name'
said 200 '[.gateways[].ids.gateway_id] | join(",")' gtw-2,gtw-curl,l-001 'the first page by ID'
is "$(header X-Total-Count)" 252 'and how many there are'
ask GET '/gateways?limit=3&page=3&order=gateway_id&field_mask=name'
said 200 '[.gateways[].ids.gateway_id] | join(",")' l-005,l-006,l-008 'a further page; deleted ones are no part of it'
ask GET '/gateways?limit=2&order=-gateway_id'
said 200 '[.gateways[].ids.gateway_id] | join(",")' test-gtw,l-250 'backwards'
ask GET '/gateways?limit=2&order=gateway_eui'
said 200 '[.gateways[].ids.gateway_id] | join(",")' gtw-2,l-249 'by EUI'
ask GET '/gateways?limit=2&page=126&order=gateway_eui'
said 200 '[.gateways[].ids.gateway_id] | join(",")' l-248,l-250 'those without one at the end'
ask GET '/gateways?limit=2&order=-gateway_eui'
said 200 '[.gateways[].ids.gateway_id] | join(",")' l-250,l-248 'or at the beginning'
ask GET '/gateways?limit=3&order=-name'
said 200 '[.gateways[].name] | join(",")' 'third,Name 99,Name 98' 'by name'
ask GET '/gateways?limit=2&page=2&order=name'
said 200 '[.gateways[].ids.gateway_id] | join(",")' l-250,l-249 'a page by name'
ask GET '/gateways?limit=2&order=created_at'
said 200 '[.gateways[].ids.gateway_id] | join(",")' test-gtw,gtw-curl 'as they were registered'
ask GET '/gateways?limit=2&order=-created_at'
said 200 '[.gateways[].ids.gateway_id] | join(",")' l-250,l-249 'the latest'
ask GET '/gateways?deleted=true'
said 200 '[.gateways[].ids.gateway_id] | join(",")' l-007 'the deleted ones'
ask GET '/gateways?page=1000'
said 200 '.gateways | length' 0 'a page behind the last'
ask GET '/gateways?limit=1001'
said 400 '.details[0].attributes.field' limit 'too many'
ask GET '/gateways?order=colour'
said 400 '.details[0].attributes.field' order 'an unknown order'
ask GET '/search/gateways?query=test'
said 200 '[.gateways[].ids.gateway_id] | join(",")' test-gtw 'found by a word'
ask GET '/search/gateways?query=name&id_contains=24&order=gateway_id&limit=2'
said 200 '[.gateways[].ids.gateway_id] | join(",")' l-024,l-124 'by a word and a part'
is "$(header X-Total-Count)" 13 'which fit'
ask GET '/search/gateways?eui_contains=a00009ef'
said 200 '[.gateways[].ids.gateway_id] | join(",")' gtw-2 'by a part of the EUI'
ask GET '/users/admin/gateways?limit=1&field_mask=lbs_lns_secret'
said 200 '.gateways[0].lbs_lns_secret.value' TlNTWFMuQS5C 'secrets by a mask'
ask GET '/gateways?limit=1'
said 200 '.gateways[0].lbs_lns_secret.value' null 'and not without'

# ---- one gateway ---------------------------------------------------------------------
ask GET /gateways/test-gtw/explain
said 200 '.gateway' test-gtw 'explain'
run explain test-gtw --json
is "$(body | jq -S .)" "$(printf '%s' "$out" | jq -S .)" 'is what the command says'
ask POST /gateways/test-gtw/retry
said 200 . '{}' 'retry'
ask POST /gateways/test-gtw/provisioning-window '{"until":"+1h"}'
said 200 .provisioning_until 2026-11-22T13:00:00Z 'a provisioning window'
ask DELETE /gateways/test-gtw/provisioning-window
said 200 .provisioning_until null 'is closed'
ask POST /gateways/test-gtw/provisioning-window '{"until":"2020-01-01T00:00:00Z"}'
is "$status" 400 'not in the past'
ask PUT /gateways/gtw-2 '{"gateway":{"kickstarter":true,"ids":{"gateway_id":"gtw-2"}}}'
ask POST /gateways/gtw-2/activation-window '{"until":"+1d"}'
said 200 '.open' true 'an activation window'
ask DELETE /gateways/gtw-2/activation-window
said 200 '.open' false 'is closed'
ask GET /gateways/gtw-2/activation-window
said 200 .window closed 'and shown'
ask POST /gateways/test-gtw/activation-window '{}'
is "$status" 409 'only for a Kickstarter'
ask GET /gateways/test-gtw/history
said 200 '.entries[-1].action' add 'its history'
has "$out" '"actor":"key:' 'with the key that made it'
hasnt "$out" SECRET 'without secrets'

# ---- Gatehouse's own -----------------------------------------------------------------
ask POST /gatehouse/network-servers '{"lns_id":"other","uri":"wss://o.example.com:8887"}'
said 200 .lns_id other 'a network server'
etag=$(header ETag)
ask POST /gatehouse/network-servers '{"lns_id":"other","uri":"wss://o.example.com:8887"}'
is "$status" 409 'twice'
ask PUT /gatehouse/network-servers/other '{"network_server":{"name":"Other"},"field_mask":{"paths":["name"]}}' \
  "HTTP_IF_MATCH=$etag"
said 200 '.name + " " + .uri' 'Other wss://o.example.com:8887' 'is changed'
ask PUT /gatehouse/network-servers/other '{"name":"Again"}' "HTTP_IF_MATCH=$etag"
is "$status" 412 'not over another one'
ask GET '/gatehouse/network-servers?limit=1&page=2'
said 200 '[.network_servers[].lns_id] | join(",")' other 'listed'
is "$(header X-Total-Count)" 2 'with the total'
ask DELETE /gatehouse/network-servers/other
said 200 . '{}' 'removed'
ask DELETE /gatehouse/network-servers/ttn
has "$out" 'is used by the field lns of a gateway' 'not one in use'
ask POST /gatehouse/templates '{"template":{"template_id":"tpl","eui_prefixes":["58a0"],"lns":"ttn"}}'
said 200 '.eui_prefixes[0]' 58a0 'a template'
ask POST /gatehouse/cas '{"ca_id":"my-ca","eui_prefixes":["00800000"]}'
said 200 .ca_id my-ca 'a CA'
# days FIELD: how many from now on
days() {
  printf '%s' "$out" | jq "($1 | fromdate) - (\"$now\" | fromdate) | . / 86400"
}
is "$(days .not_after)" 7300 'which lasts as long as one that the shell or a page makes'
ask POST /gateways/gtw-2/certificates/cups/issue '{"ca":"my-ca"}'
is "$(days .cups.not_after)" 730 'as does a certificate'
ask POST /gateways/gtw-2/certificates/cups/issue '{"ca":"my-ca","not_after":"+30d"}'
said 200 '.cups.subject' 'CN=00800000A00009EF' 'a certificate'
serial=$(printf '%s' "$out" | jq -r .cups.serial)
ask POST /gatehouse/cas/my-ca/revoke "{\"serial\":\"$serial\"}"
said 200 . '{}' 'is revoked'
ask DELETE /gateways/gtw-2/certificates/cups
said 200 . '{}' 'and removed'
ask GET /gateways/gtw-2/certificates
said 200 . '{}' 'so that there is none'
ask GET /gatehouse/cas/my-ca
der=$(printf '%s' "$out" | jq -r .der)
ask POST /gatehouse/trusts "{\"trust_id\":\"my-trust\",\"certificate\":\"$der\",\"addresses\":[\"lns.example.com:8887\",\"cups.example.com:443\"]}"
said 200 '.addresses[0]' lns.example.com:8887 'a trust'
ask PUT /gatehouse/trusts/my-trust '{"addresses":["a.example.com:443","cups.example.com:443"]}'
said 200 '.addresses[0]' a.example.com:443 'is changed'
ask GET /gatehouse/trusts/my-trust
said 200 .trust_id my-trust 'and shown'
ask POST /gatehouse/frequency-plans "$(jq -Rs '{plan_id:"MY_PLAN",yaml:.}' "$top_srcdir/share/frequency-plans/EU_863_870.yml")"
said 200 .plan_id MY_PLAN 'a frequency plan'
ask POST /gatehouse/frequency-plans '{"plan_id":"BAD","yaml":"radios: 7\n"}'
said 400 '.details[0].attributes.field' yaml 'one that is none'
ask GET /gatehouse/frequency-plans/MY_PLAN/file
has "$out" 'band-id' 'its file'
ask DELETE /gatehouse/frequency-plans/MY_PLAN
said 200 . '{}' 'removed'
ask POST /gatehouse/concentrators "$(jq -Rs '{yaml:.}' "$top_srcdir/share/concentrators/rak2287-spi.yml")"
said 200 .board_id rak2287-spi 'a board'
ask GET /gatehouse/concentrators
said 200 '[.concentrators[].board_id] | index("rak2287-spi") != null' true 'listed'
ask POST /gatehouse/keys '{"name":"fleet","rights":["RIGHT_GATEWAY_INFO"]}'
said 200 '.key | length' 98 'a key for all gateways'
ask DELETE "/gatehouse/keys/$(printf '%s' "$out" | jq -r .id)"
said 200 . '{}' 'revoked'
ask GET /gatehouse/unknown-gateways
said 200 '.unknown_gateways | length' 0 'unknown gateways'
cgi cgi-bin/cups.fcgi POST /update-info '{"router":"58a0:cbff:fe80:98","cupsUri":"https://c.example.com:443","tcUri":"","cupsCredCrc":1,"tcCredCrc":1,"station":"2.0\"6","model":"<b>","package":"","keys":[]}' \
  CONTENT_TYPE=application/json GATEHOUSE_TEST_NOW="$now" 'HTTP_AUTHORIZATION=Bearer key-of-98'
ask GET /gatehouse/unknown-gateways
said 200 '.unknown_gateways[0] | [.eui, .credential, .address, .cups_uri, .station, .model, (.count | tostring), .first_at] | join(" ")' \
  "58A0CBFFFE800098 key 198.51.100.7 https://c.example.com:443 2.0\"6 <b> 1 $now" \
  'one that came, with what it said'
said 200 '.unknown_gateways[0].digest' "$(printf key-of-98 | sha256sum | cut -d' ' -f1)" \
  'and what it showed, as its digest'
hasnt "$out" key-of-98 'not as it is'
key='key-of-viewer'
ask DELETE /gatehouse/unknown-gateways/58A0CBFFFE800098
is "$status" 403 'who may only look forgets none'
key='key-of-admin'
ask DELETE /gatehouse/unknown-gateways/58A0CBFFFE800098
ask GET /gatehouse/unknown-gateways
said 200 '.unknown_gateways | length' 0 'forgotten'
ask DELETE /gatehouse/unknown-gateways/nonsense
is "$status" 400 'no EUI'
ask POST /gatehouse/unknown-gateways/58A0CBFFFE800099/adopt '{"template":"tpl"}'
said 200 .gateway_id eui-58a0cbfffe800099 'one is adopted'
ask DELETE /gatehouse/unknown-gateways/58A0CBFFFE800099
said 200 . '{}' 'or forgotten'
ask GET '/gatehouse/audit?limit=2'
said 200 '.entries | length' 2 'the audit log'
before=$(printf '%s' "$out" | jq -r '.entries[1].serial')
ask GET "/gatehouse/audit?limit=1&before=$before"
said 200 ".entries[0].serial < $before" true 'goes on'
ask POST /gateways/l-001/bundle '{}'
said 200 '[.files[].name] | index("cups.uri") != null' true 'a bundle'
ask POST '/gatehouse/import?dry_run=1' 'id,name
roof-9,Nine
roof_9,Bad'
said 200 '[.created, .refused, .gateways[1].line] | tostring' '[1,1,3]' 'an import'
ask GET '/gatehouse/export?format=csv&query=test'
has "$out" 'test-gtw,' 'an export'
is "$(header Content-Type)" 'text/csv; charset=utf-8' 'as a table'

# ---- the rest of the routes ----------------------------------------------------------
ask POST /organizations/org/gateways '{"gateway":{"ids":{"gateway_id":"gtw-org"}}}'
is "$status" 200 'below an organization'
ask POST /gateways/gtw-org/api-keys/import '{"key":"Authorization: Bearer its-own-key","name":"old","rights":["RIGHT_GATEWAY_INFO"]}'
said 200 '.name + (.key | tostring)' oldnull 'a key that is in use is registered'
ask POST /gateways/gtw-org/api-keys/import '{"key":"its-own-key","rights":["RIGHT_GATEWAY_INFO"]}'
is "$status" 409 'once'
tool_dir=$(cd "$top_builddir" && pwd)/tests/lib
(cd "$work" && "$tool_dir/issue" own cn=gtw-org use=client) || bail issue
ask POST /gateways/gtw-org/certificates/lns/import "$(jq -n --rawfile c "$work/own.pem" \
  --rawfile k "$work/own.key" '{certificate: $c, key: $k}')"
said 200 '.lns | has("der")' true 'a certificate is given'
ask GET /gatehouse/network-servers/ttn
said 200 .uri wss://lns.example.com:8887 'a network server is shown'
ask GET /gatehouse/templates
said 200 '.templates[0].template_id' tpl 'templates are listed'
ask GET /gatehouse/templates/tpl
said 200 .lns ttn 'shown'
ask PUT /gatehouse/templates/tpl '{"name":"Tpl"}'
said 200 .name Tpl 'changed'
ask DELETE /gatehouse/templates/tpl
said 200 . '{}' 'removed'
ask GET /gatehouse/trusts
said 200 '.trusts[0].trust_id' my-trust 'trusts are listed'
ask DELETE /gatehouse/trusts/my-trust
is "$status" 409 'not what gateways trust here'
ask PUT /gatehouse/trusts/my-trust '{"addresses":[]}'
ask DELETE /gatehouse/trusts/my-trust
said 200 . '{}' 'removed'
ask GET /gatehouse/cas
said 200 '.cas[0].ca_id' my-ca 'CAs are listed'
ask PUT /gatehouse/cas/my-ca '{"ca":{"eui_prefixes":["0080"]}}'
said 200 '.eui_prefixes[0]' 0080 'changed'
ask PUT /gatehouse/cas/my-ca '{"ca":{"der":"AAAA"}}'
said 200 .ca_id my-ca 'but for what Gatehouse sets'
ask DELETE /gatehouse/cas/my-ca
said 200 . '{}' 'removed'
ask GET /gatehouse/frequency-plans
is "$status" 200 'plans are listed'
ask POST /gatehouse/frequency-plans "$(jq -Rs '{plan_id:"MY_PLAN",yaml:.}' "$top_srcdir/share/frequency-plans/EU_863_870.yml")"
ask GET /gatehouse/frequency-plans/MY_PLAN
said 200 .source imported 'shown'
ask PUT /gatehouse/frequency-plans/MY_PLAN '{}'
is "$status" 405 'and not changed by fields'
ask GET /gatehouse/concentrators/rak2287-spi
said 200 .chip SX1302 'a board is shown'
ask DELETE /gatehouse/concentrators/rak2287-spi
said 200 . '{}' 'removed'
ask GET /gatehouse/keys
said 200 '[.keys[] | select(.gateway == null)] | length' 4 'keys for all gateways are among the listed'
one=$(printf '%s' "$out" | jq -r '.keys[2].id')
ask GET "/gatehouse/keys/$one"
said 200 '.rights | join(",")' RIGHT_GATEWAY_INFO 'one is shown'
hasnt "$out" digest 'without its digest'
ask PUT "/gatehouse/keys/$one" '{"key":{"name":"viewer"},"field_mask":{"paths":["name"]}}'
said 200 .name viewer 'and changed'

# ---- keys that sign firmware ---------------------------------------------------------
openssl ecparam -name prime256v1 -genkey -noout -out "$work/sign.key" 2>>"$log"
openssl ec -in "$work/sign.key" -pubout -out "$work/sign.pub" 2>>"$log"
ask POST /gatehouse/signing-keys "$(jq -n --rawfile p "$work/sign.pub" '{key_id: "release", public_key: $p}')"
said 200 '.public_key | length' 88 'a key that signs firmware, by its public part'
ask POST /gatehouse/signing-keys '{"key_id":"other","signer":"file:/etc/passwd"}'
check 'no program is run for one' test "$status" -ge 400
ask PUT /gatehouse/signing-keys/release '{"name":"Release"}'
said 200 .name Release 'is changed'
ask POST /gatehouse/signing-keys/release/retire '{}'
said 200 .retired true 'retired'
ask GET /gatehouse/signing-keys/release
said 200 .retired true 'shown'
ask GET /gatehouse/signing-keys
said 200 '.signing_keys | length' 1 'listed'
ask DELETE /gatehouse/signing-keys/release
said 200 . '{}' 'removed'

# ---- firmware, which programs look at ------------------------------------------------
printf '#!/bin/sh\nexit 0\n' >"$work/update.sh"
must firmware add fw-200 "$work/update.sh"
must release add rel-200 fw-200 2.0.0
must channel add stable rel-200
must rollout create roll-1 rel-200 stable
for kind in firmware/fw-200 releases/rel-200 channels/stable rollouts/roll-1; do
  ask GET "/gatehouse/${kind%/*}"
  said 200 ".${kind%/*} | length" 1 "${kind%/*}: the list"
  ask GET "/gatehouse/$kind"
  is "$status" 200 "$kind"
  ask DELETE "/gatehouse/$kind"
  is "$status" 405 "$kind is not removed by a program"
done

# ---- who is let in -------------------------------------------------------------------
key=
ask GET /gateways
said 401 .code 16 'no key'
is "$(header WWW-Authenticate)" Bearer 'how to show one'
ask GET /gateways '' HTTP_COOKIE=session=abc
is "$status" 401 'a cookie is none'
key=wrong
ask GET /gateways
said 403 .code 7 'a wrong key'
key='key-of-admin'
ask GET /nothing
is "$status" 404 'an unknown address'
ask PATCH /gateways/test-gtw '{}'
is "$status" 405 'an unknown method'
is "$(header Allow)" 'GET, HEAD, PUT, DELETE, OPTIONS' 'and which are known'
head -c 300000 /dev/zero | tr '\0' ' ' >"$work/large"
ask POST /gateways "@$work/large"
is "$status" 413 'too large a body'
stop_app
config 'throttle_failures = 1'
start_app cgi-bin/admin.fcgi
key=wrong
for _ in 1 2 3 4 5 6 7; do ask GET /gateways; done
said 429 .code 8 'too many wrong keys'
check 'with the time to wait' test "$(header Retry-After)" -gt 0
key='key-of-admin'
ask GET /gateways?limit=1
is "$status" 200 'a right key is always let in'
stop_app

# ---- the description -----------------------------------------------------------------
check_api() {
  python3 "$top_srcdir/tests/cgi/openapi_check.py" "$1" "$top_srcdir/share/openapi.yaml" "$2" 2>&1
}
"$top_builddir/tests/lib/api_table" >"$work/tables"
is "$(check_api tables "$work/tables")" '' 'openapi.yaml has every route and field, and no others'
is "$(check_api answers "$work/answers" | sed 's/^[0-9]* answers$//')" '' \
  'every answer above is as it says, and every route has one'
python3 "$top_srcdir/share/openapi.py" "$work/tables" >"$work/openapi.yaml"
check 'it is what make openapi writes' cmp "$work/openapi.yaml" "$top_srcdir/share/openapi.yaml"
done_testing
