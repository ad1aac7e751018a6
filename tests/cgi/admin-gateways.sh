#!/bin/sh
# Gateways in the browser: the three sorts and how each is set up, what they get and why, the
# windows of those that are stuck, keys, and the list with its pages and filters.
: "${top_srcdir:=.}"
# shellcheck source=tests/lib/admin.sh
. "$top_srcdir/tests/lib/admin.sh"
admin_data
must plan import "$top_srcdir/share/frequency-plans"
config 'udp_server = udp.example.com'
start_admin
mark='"><script>alert(1)</script>'
sign_in otto || bail 'otto cannot sign in'

# follow: to where the last answer leads
follow() {
  get "$(header Location | sed "s,^$prefix,,")"
}

# gateway ID FILTER: of the stored gateway
gateway() {
  must gateway show "$1" --json
  jq -r "$2" "$work/out"
}

# new KIND FIELD=VALUE...: the short form, with what a browser sends beside each field
new() {
  new_kind=$1
  shift
  new_fields=
  for pair; do
    new_fields="$new_fields&$(encode "${pair%%=*}")=$(encode "${pair#*=}")"
    new_fields="$new_fields&$(encode "was.${pair%%=*}")="
  done
  form_body "token=$token" "kind=$new_kind"
  send /gateways/new "$form$new_fields"
}

# ---- three sorts ------------------------------------------------------------------------------
get /gateways/new
for kind in station udp kickstarter; do
  has "$(body)" "/gateways/new?kind=$kind\"" "a choice: $kind"
done
get '/gateways/new?kind=nonsense'
is "$status" 200 'nonsense: the same question'
post /gateways/new kind=nonsense ids.gateway_id=gw-x
is "$status" 400 'a form of no sort'
new udp ids.gateway_id=udp-one ids.eui=58A0CBFFFE800011 frequency_plan_ids=EU_863_870
is "$status" 303 'a packet forwarder'
follow
has "$(body)" 'server=https://example.com' 'what to write on it'
has "$(body)" '/gateways/udp-one/semtechudp/global_conf.json' 'or to fetch by hand'
hasnt "$(body)" 'LoRa Basics Station' 'and nothing of the others'
new kickstarter ids.gateway_id=kick-one frequency_plan_ids=EU_863_870 lns=my-lns \
  lbs_lns_secret.value=the-kick-key
is "$status" 303 'a Kickstarter'
is "$(gateway kick-one .gateway.kickstarter)" true 'is marked as one'
follow
has "$(body)" 'as gateway ID' 'what to type into its page'
has "$(body)" 'kick-one' 'its ID'
hasnt "$(body)" 'global_conf.json' 'and nothing of the others'
hasnt "$(body)" the-kick-key 'nor its key'
valid 'how to set up a Kickstarter'
new kickstarter ids.gateway_id=kick-one
is "$status" 409 'an ID that is taken'
has "$(body)" 'name="kind" value="kickstarter"' 'the form stays of its sort'
new station "ids.gateway_id=$mark"
is "$status" 400 'an ID that is none'
hasnt "$(body)" '<script' 'as text'
new station ids.gateway_id=gw-x lns=no-such
is "$status" 404 'a network server that is none'
has "$(body)" 'id="e-lns"' 'said beside its input'
get '/gateways/gw-one/start'
has "$(body)" 'LoRa Basics Station' 'without a sort: the one'
has "$(body)" 'UDP packet forwarder' 'and the other'
get '/gateways/no-such/start'
is "$status" 404 'of none'

# ---- what a Kickstarter gets --------------------------------------------------------------------
get /gateways/kick-one/explain
is "$status" 200 'what it gets'
has "$(body)" 'As The Things Kickstarter Gateway' 'as what it is'
has "$(body)" '/api/v2/frequency-plans/EU_863_870' 'its frequency plan'
hasnt "$(body)" 'It gets its configuration.' 'not as long as its server has no broker'
has "$(body)" 'its network server has no mqtt_address' 'which is said'
has "$(body)" 'What to do' 'and what to do about it'
has "$(body)" '<code>gatehouse lns set LNS mqtt_address=mqtts://HOST:PORT</code>' 'with the command'
valid 'what to do'
must lns set my-lns mqtt_address=mqtts://broker.example.com:8883
get /gateways/kick-one/explain
has "$(body)" 'It gets its configuration.' 'then all is well'
has "$(body)" 'mqtts://broker.example.com:8883' 'its broker'
valid 'what a Kickstarter gets'
hasnt "$(body)" the-kick-key 'without its key'
must gateway set kick-one frequency_plan_ids=
get /gateways/kick-one/explain
hasnt "$(body)" 'It gets its configuration.' 'without a plan it gets none'
has "$(body)" 'no frequency plan is set' 'which is said'
has "$(body)" 'It names no frequency plan' 'for files too'
must gateway set kick-one frequency_plan_ids=EU_863_870

# ---- its windows -----------------------------------------------------------------------------------
# window ID WHAT
window() {
  post "/gateways/$1/window" "what=$2"
}
get /gateways/kick-one
has "$(body)" 'value="activation-open"' 'a Kickstarter has windows of its own'
window kick-one activation-close
is "$status" 303 'closing'
follow
has "$(body)" 'It may not be activated any more' 'is said'
is "$(gateway kick-one .gateway.activation_closed)" true 'and stored'
window kick-one activation-open
follow
has "$(body)" 'It may be activated once' 'opening'
is "$(gateway kick-one '.gateway.activation_closed // false')" false 'is stored'
must audit list --json
is "$(jq -r '[.[] | select(.id == "kick-one" and .actor == "account:otto")] | length >= 3' \
  "$work/out")" true 'the audit log has it'
get /gateways/gw-one
hasnt "$(body)" activation-open 'a station has none'
window gw-one activation-open
is "$status" 303 'and gets none'
follow
has "$(body)" 'note bad' 'which is said'
has "$(body)" 'value="open"' 'the window for its credentials is closed'
window gw-one open
follow
has "$(body)" 'For an hour' 'it is opened'
is "$(gateway gw-one .gateway.provisioning_until)" 2026-11-22T13:00:00Z 'for an hour'
has "$(body)" 'value="close"' 'and can be closed'
window gw-one close
follow
has "$(body)" 'The window is closed' 'which is said'
is "$(gateway gw-one '.gateway.provisioning_until // ""')" '' 'and stored'
for what in '' nonsense OPEN; do
  window gw-one "$what"
  is "$status" 400 "no window: '$what'"
  is "$(gateway gw-one '.gateway.provisioning_until // ""')" '' "nothing is opened by '$what'"
done
window no-such open
is "$status" 404 'of no gateway'
sign_in vera
window gw-one open
is "$status" 403 'a viewer opens none'
get /gateways/gw-one
hasnt "$(body)" 'gw-one/window' 'and is offered none'
sign_in otto

# ---- what it gets as files --------------------------------------------------------------------------
must gateway set gw-one frequency_plan_ids=EU_863_870,EU_863_870_TTN
get /gateways/gw-one/explain
has "$(body)" 'fits, but one before it is taken' 'a plan that is not needed'
must gateway add bare-one
get /gateways/bare-one/explain
has "$(body)" 'It has no EUI' 'without an EUI: nothing by CUPS'
has "$(body)" 'It names no frequency plan' 'without a plan: no files'
get '/gateways/bare-one/file?path=semtechudp/global_conf.json'
is "$(test "$status" -ge 400 && echo refused)" refused 'nothing to save either'
get /gateways/no-such/explain
is "$status" 404 'of none'

# ---- polls for files ----------------------------------------------------------------------------------
must key create udp-one --api --rights INFO --json
udp_key=$(jq -r .key "$work/out")
poll_file() { # KEY TIME [GATEWAY]
  cgi cgi-bin/udp-config.fcgi GET "/api/v3/gcs/gateways/${3-udp-one}/semtechudp/global_conf.json" '' \
    "HTTP_AUTHORIZATION=Bearer $1" "HTTP_USER_AGENT=$mark" GATEHOUSE_TEST_NOW="$2"
}
poll_file "$udp_key" 2026-11-22T11:30:00Z
is "$status" 200 'it fetches its file'
get /gateways/udp-one
has "$(body)" 'Its polls for configuration files' 'its page has it'
has "$(body)" semtechudp/global_conf.json 'which file'
has "$(body)" '198.51.100.7' 'from where'
has "$(body)" '&lt;script&gt;' 'by what, as text'
hasnt "$(body)" '<script' 'and nothing else'
hasnt "$(body)" ' times, last ' 'nothing was refused'
has "$(body)" 'asks for files' 'how it stands'
get /gateways
has "$(body)" 'asks for files' 'in the list too'
must key create udp-one --api --rights LINK --json
poll_file "$(jq -r .key "$work/out")" 2026-11-22T11:40:00Z
is "$status" 403 'it comes with a key that may not'
get /gateways/udp-one
has "$(body)" 'Refused</dt><dd>1 times, last ' 'which is counted'
must key create bare-one --api --rights LINK --json
poll_file "$(jq -r .key "$work/out")" 2026-11-22T11:40:00Z bare-one
is "$status" 403 'one that never came with a right one'
get /gateways/bare-one
has "$(body)" 'Refused</dt><dd>1 times, last ' 'its refusal is shown all the same'
hasnt "$(body)" 'Last poll' 'without a poll'
valid 'a gateway with polls for files'
echo 2026-11-25T12:00:00Z >"$clock"
sign_in otto
get /gateways/udp-one
has "$(body)" 'class="badge warn"><bdi>asks for files' 'after days without: a warning'
echo "$now" >"$clock"
sign_in otto

# ---- keys ----------------------------------------------------------------------------------------------
# make_key FIELD=VALUE...: on the page of gw-one
make_key() {
  get /gateways/gw-one/keys
  post /gateways/gw-one/keys "version=$(field version)" "$@"
}
for purpose in files all cups; do
  make_key "purpose=$purpose" "name=for $purpose" expires=+30d
  is "$status" 200 "a key: $purpose"
  has "$(body)" NNSXS. "is shown: $purpose"
done
must key list gw-one --json
is "$(jq -r '[.[] | select(.key.name == "for files") | .key.rights[]] | join(" ")' "$work/out")" \
  RIGHT_GATEWAY_INFO 'one for files may nothing else'
is "$(jq -r '[.[] | select(.key.name == "for all") | .key.rights[]] | join(" ")' "$work/out")" \
  RIGHT_GATEWAY_ALL 'one for everything'
is "$(jq -r '[.[] | select(.key.name == "for files") | .key.expires_at] | .[0]' "$work/out")" \
  2026-12-22T12:00:00Z 'with an end'
make_key purpose=files expires=tomorrow
follow
has "$(body)" 'note bad' 'an end that is no time'
make_key purpose=files value=brought-by-hand-22
is "$status" 303 'a key that is in use elsewhere'
follow
hasnt "$(body)" brought-by-hand 'is not shown'
make_key purpose=files value=brought-by-hand-22
follow
has "$(body)" 'note bad' 'and not taken twice'
echo 2026-12-23T12:00:00Z >"$clock"
sign_in otto
get /gateways/gw-one/keys
has "$(body)" '>expired<' 'one that has ended'
echo "$now" >"$clock"
sign_in otto
post "/gateways/gw-one/keys/$key_id/revoke"
is "$status" 303 'revoking'
post "/gateways/gw-one/keys/$key_id/revoke"
follow
has "$(body)" 'note bad' 'twice'
get /gateways/gw-one/keys
stale=$(field version)
must gateway set gw-one name=Other
post /gateways/gw-one/keys/rotate "version=$stale"
follow
has "$(body)" 'note bad' 'no rotation of what was changed meanwhile'
get "/gateways/udp-one/keys/$key_id/revoke"
is "$status" 404 'a key of another gateway is not asked about'

# ---- keys of the fleet: for admins -----------------------------------------------------------------------
sign_in anna
post /keys/new gateway= "name=$mark" was.name= rights=RIGHT_GATEWAY_INFO was.rights=
fleet_key=$(grep -o 'NNSXS\.[A-Z0-9.]*' "$answer.body" | head -n 1)
must key list --json
fleet_id=$(jq -r 'map(select(.key.gateway == null))[0].key.id' "$work/out")
get "/keys/$fleet_id/delete"
is "$status" 200 'revoking asks first'
hasnt "$(body)" '<script' 'as text'
hasnt "$(body)" "$fleet_key" 'without the key'
valid 'the question'
poll_file "$fleet_key" "$now"
is "$status" 200 'it opens'
post "/keys/$fleet_id/revoke"
is "$status" 303 'it is revoked'
follow
has "$(body)" 'The key is revoked' 'which is said'
poll_file "$fleet_key" "$now"
is "$status" 403 'it opens no more'
post "/keys/$fleet_id/revoke"
follow
has "$(body)" 'note bad' 'twice is no second time'
must audit list --json
is "$(jq -r "[.[] | select(.id == \"$fleet_id\" and .action == \"revoke\") | .actor] | join(\" \")" \
  "$work/out")" account:anna 'the audit log has it once'
post /keys/NOSUCHKEY/revoke
is "$status" 404 'of none'
get /keys/NOSUCHKEY/delete
is "$status" 404 'nothing is asked about none'
post /keys/new gateway= name=x was.name= rights=RIGHT_GATEWAY_INFO was.rights= \
  expires_at=yesterdays was.expires_at=
is "$status" 400 'an end that is no time'
has "$(body)" 'id="e-expires_at"' 'is said beside its input'
sign_in otto
post "/keys/$key_id/revoke"
is "$status" 403 'an operator revokes none here'

# ---- the list ----------------------------------------------------------------------------------------------
awk 'BEGIN { print "gateway_id,name,groups,lns,frequency_plan_id"
  for (i = 1; i <= 120; i++) printf "list-%03d,Number %d,%s,%s,EU_863_870\n", i, i,
    i % 2 ? "odd" : "even", i <= 60 ? "my-lns" : "" }' >"$work/list.csv"
must gateway import "$work/list.csv"
must gateway delete list-120
# rows: the gateways of the last page
rows() {
  grep -o "href=\"$prefix/gateways/list-[0-9]*\"" "$answer.body" | wc -l | tr -d ' '
}
# next: the address behind "Next page"
next() {
  sed -n 's/.*href="\([^"]*\)">Next page.*/\1/p' "$answer.body" | sed "s,^$prefix,,;s,&amp;,\&,g"
}
get '/gateways?group=odd'
first=$(rows)
has "$(next)" 'group=odd&after=' 'the next page keeps the filter'
hasnt "$(body)" 'First page' 'the first page has none before it'
pages=1 all=$first
while [ -n "$(next)" ] && [ "$pages" -lt 10 ]; do
  get "$(next)"
  has "$(body)" 'First page' "page $((pages + 1)) leads back"
  pages=$((pages + 1)) all=$((all + $(rows)))
done
is "$all" 60 'all of a group, each once'
hasnt "$(body)" 'Next page' 'the last page has none after it'
check 'on several pages' test "$pages" -ge 2
get '/gateways?lns=my-lns&group=even'
is "$(rows)" 30 'two filters'
get '/gateways?plan=EU_863_870&group=even&after=999999'
is "$(rows)" 0 'behind the last'
has "$(body)" 'There are none' 'there are none'
has "$(body)" 'First page' 'with a way back'
for after in -1 x 99999999999999999999999 "$mark"; do
  get "/gateways?group=odd&after=$(encode "$after")"
  is "$status $(rows)" "200 $first" "after=$after is the first page"
  hasnt "$(body)" '<script' "after=$after is text"
done
get '/gateways?state=deleted'
is "$(rows)" 1 'the deleted ones'
get '/gateways?lns=no-such'
is "$status" 200 'a server that is none'
has "$(body)" 'There are none' 'has none'
get '/gateways?word=number+7'
has "$(body)" list-007 'words'

# ---- the audit log --------------------------------------------------------------------------------------------
get '/audit?kind=key&actor=anna'
has "$(body)" "$fleet_id" 'the audit log, filtered'
hasnt "$(body)" 'udp-one' 'without the others'
get "/audit?id=udp-one&kind=gateway"
has "$(body)" '<bdi>add</bdi></td>' 'of one record'
hasnt "$(body)" "$fleet_id" 'and no other'
get "/audit?actor=$(encode "$mark")"
hasnt "$(body)" '<script' 'a filter is text'
get /audit
while [ -n "$(next)" ]; do
  last=$(next)
  get "$last"
done
has "$(body)" '<bdi>import-shipped</bdi>' 'its last page has the beginning'
hasnt "$(body)" "$fleet_id" 'and not the end'
get '/audit?after=1'
is "$status" 200 'before the first: nothing'
hasnt "$(body)" 'Next page' 'and nothing behind it'

# A gateway's own history, as long as it may be.
must gateway add long-one
for i in $(seq 60); do echo "long-one,name $i"; done >"$work/names"
while IFS=, read -r id name; do must gateway set "$id" "name=$name"; done <"$work/names"
get /gateways/long-one/history
is "$(body | grep -c '<bdi>set</bdi>')" 50 'a page of it'
has "$(body)" '<bdi>name 60</bdi>' 'begins with the newest'
hasnt "$(body)" '<bdi>name 9</bdi>' 'and ends somewhere'
get "$(next)"
has "$(body)" '<bdi>name 9</bdi>' 'the next one goes on'
has "$(body)" '<bdi>add</bdi>' 'to the beginning'
is "$(next)" '' 'and no further'
stop_app
done_testing
