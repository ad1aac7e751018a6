#!/bin/sh
# What pages do: forms that change things, two people at once, text that strangers sent,
# bodies that are no forms.
: "${top_srcdir:=.}"
# shellcheck source=tests/lib/admin.sh
. "$top_srcdir/tests/lib/admin.sh"

# ---- the first account -------------------------------------------------------------------
rmdir "$data"
must init
start_admin
get /sign-in
has "$(body)" 'first-account.secret' 'without accounts the page asks for the secret'
secret=$(cat "$data/first-account.secret")
visit_sign_in
post /sign-in/first secret=wrong account_id=anna 'password=password of anna'
is "$status" 403 'a wrong secret'
post /sign-in/first "secret=$secret" account_id=anna password=short
is "$status" 400 'a short password'
post /sign-in/first "secret=$secret" account_id=anna 'password=password of anna'
is "$status $(header Location)" "303 $prefix/" 'the first account'
cookie="__Host-gatehouse=$(set_cookie __Host-gatehouse)"
get /accounts
is "$status" 200 'is an admin'
check 'the file has gone' test ! -e "$data/first-account.secret"
stop_app
rm -rf "$data" && mkdir "$data"
admin_data
start_admin
visit_sign_in
post /sign-in/first "secret=$secret" account_id=eve 'password=password of eve'
is "$status" 409 'no second first account'

# ---- gateways ------------------------------------------------------------------------------
sign_in otto || bail 'otto cannot sign in'
post /gateways/new kind=station ids.gateway_id=gw-two was.ids.gateway_id= \
  ids.eui=58A0CBFFFE800002 was.ids.eui= name=Cellar was.name= lns=my-lns was.lns= \
  lbs_lns_secret.value=a-secret-key
is "$status" 303 'a new gateway'
has "$(header Location)" "$prefix/gateways/gw-two/start?kind=station&done=" 'leads to what to type'
must gateway show gw-two --json
is "$(jq -r '.gateway.name + " " + .gateway.lns' "$work/out")" 'Cellar my-lns' 'as it was typed'
must audit list --json
is "$(jq -r 'map(select(.id == "gw-two"))[0].actor' "$work/out")" 'account:otto' \
  'the audit log names who did it'
hasnt "$(cat "$work/out")" 'a-secret-key' 'and no secret'
get /gateways/gw-two
is "$status" 200 'its page'
hasnt "$(body)" 'a-secret-key' 'nor does the page'
post /gateways/new kind=station ids.gateway_id=gw-two was.ids.gateway_id= ids.eui=x was.ids.eui=
is "$status" 400 'an EUI that is none'
has "$(body)" 'id="e-ids.eui"' 'the error stands beside its input'
has "$(body)" 'value="gw-two"' 'what was typed is kept'
post /gateways/new kind=station ids.gateway_id=gw-two was.ids.gateway_id=
is "$status" 409 'an ID that is taken'
get '/gateways?word=cell'
has "$(body)" gw-two 'found by a word'
hasnt "$(body)" gw-one 'without the others'

get /gateways/gw-one/edit
version=$(field version)
post /gateways/gw-one/edit "version=$version" name='On the roof' was.name=Roof
is "$status" 303 'a change'
must gateway show gw-one --json
is "$(jq -r '.gateway.name + " " + .gateway.lns' "$work/out")" 'On the roof my-lns' \
  'of what was touched alone'
get /gateways/gw-one/edit
version=$(field version)
post /gateways/gw-one/edit "version=$version" antennas.0.count=1 antennas.0.gain=3 \
  antennas.0.location.latitude=52.5 antennas.0.location.longitude=13.4 \
  antennas.0.location.altitude= antennas.0.location.accuracy= antennas.0.location.source= \
  antennas.0.placement=OUTDOOR
must gateway show gw-one --json
is "$(jq -r '.gateway.antennas[0] | "\(.gain) \(.location.latitude) \(.placement)"' "$work/out")" \
  '3 52.5 OUTDOOR' 'an antenna'
get /gateways/gw-one/edit
version=$(field version)
post /gateways/gw-one/edit "version=$version" antennas.0.count=2 antennas.0.gain=x
is "$status" 400 'an antenna that is none'
has "$(body)" 'id="e-antennas.0.gain"' 'beside its input'

# ---- two at once ----------------------------------------------------------------------------
get /gateways/gw-one/edit
version=$(field version)
must gateway set gw-one name='By the other' description='Also by the other'
post /gateways/gw-one/edit "version=$version" name='Mine' 'was.name=On the roof' \
  description= was.description=
is "$status" 409 'the second one is told'
has "$(body)" 'By the other' "the other's value is shown"
has "$(body)" 'value="Mine"' 'and what was typed'
has "$(body)" 'Also by the other</textarea>' 'what was not touched follows the other'
must gateway show gw-one --json
is "$(jq -r .gateway.name "$work/out")" 'By the other' 'nothing was stored'
version=$(field version)
post /gateways/gw-one/edit "version=$version" name='Mine' 'was.name=By the other' \
  'description=Also by the other' 'was.description=Also by the other'
is "$status" 303 'again, knowing it'
must gateway show gw-one --json
is "$(jq -r '.gateway.name + ", " + .gateway.description' "$work/out")" \
  'Mine, Also by the other' 'nothing is lost'
# shown PART: what an input of the first antenna has in the last form
shown() {
  sed -n "s/.* name=\"antennas\.0\.$1\" .*value=\"\([^\"]*\)\".*/\1/p" "$answer.body"
}
get /gateways/gw-one/edit
version=$(field version)
antennas=$(field was.antennas | sed 's/&quot;/"/g')
must gateway set gw-one \
  'antennas=[{"gain":7,"location":{"latitude":53,"longitude":13.4},"placement":"OUTDOOR"}]'
# again FIELD=VALUE...: the antenna as the form had it, and something else
again() {
  post /gateways/gw-one/edit "version=$version" "was.antennas=$antennas" antennas.0.count=2 \
    antennas.0.location.altitude= antennas.0.location.accuracy= antennas.0.location.source= \
    antennas.0.placement=OUTDOOR antennas.0.location.longitude=13.4 "$@"
}
again antennas.0.gain=4 antennas.0.location.latitude=52.5
is "$status" 409 'an antenna that two have changed'
is "$(shown gain)" 4 'what was typed is kept'
has "$(body)" '<bdi>7</bdi>' 'beside what it is now'
is "$(shown location.latitude)" 53 'what was not touched follows the other'
has "$(body)" '<bdi>53</bdi>' 'which is said'
valid 'the form with both'
antennas=$(field was.antennas | sed 's/&quot;/"/g')
version=$(field version)
again antennas.0.gain=4 antennas.0.location.latitude=53
is "$status" 303 'again, knowing it'
must gateway show gw-one --json
is "$(jq -r '.gateway.antennas[0] | "\(.gain) \(.location.latitude) \(.placement)"' "$work/out")" \
  '4 53 OUTDOOR' 'nothing of the other is lost'
version=$(get /gateways/gw-one/edit && field version)
for hostile in '[' '[]' '[{"gain":"x"}]' '[],"name":"Evil"' '"><script>'; do
  antennas=$hostile
  again antennas.0.gain=x antennas.0.location.latitude=53
  is "$status" 400 "what the form says it had: $hostile"
  hasnt "$(body)" '<script' "as text: $hostile"
done
get /gateways/gw-one/delete
version=$(field version)
must gateway set gw-one name='Yet another'
post /gateways/gw-one/delete "version=$version"
has "$(header Location)" 'done=' 'deleting is refused so too'
must gateway show gw-one --json
is "$(jq -r .gateway.deleted_at "$work/out")" null 'it is still there'

# ---- keys, files, the end --------------------------------------------------------------------
get /gateways/gw-one/keys
version=$(field version)
post /gateways/gw-one/keys "version=$version" purpose=cups name=one
is "$status" 200 'a key'
key=$(grep -o 'NNSXS\.[A-Z0-9.]*' "$answer.body" | head -n 1)
is "$(printf '%s' "$key" | wc -c)" 98 'is shown'
get /gateways/gw-one/keys
is "$status" 200 'its page'
hasnt "$(body)" "$key" 'once'
post /gateways/gw-one/keys "version=$version" purpose=cups name=one
has "$(header Location)" done= 'the form sent again makes no second one'
post /gateways/gw-one/keys/rotate "version=$(get /gateways/gw-one/keys && field version)"
is "$status" 303 'rotating'
post "/gateways/gw-one/keys/$key_id/revoke"
is "$status" 303 'revoking'
post "/gateways/gw-two/keys/$key_id/revoke"
is "$status" 404 'a key of another gateway'
get '/gateways/gw-one/file?path=semtechudp/global_conf.json'
is "$status $(header Content-Disposition)" '200 attachment; filename="global_conf.json"' 'a file'
is "$(jq -r .gateway_conf.server_address "$answer.body")" udp.example.com 'with its server'
get '/gateways/gw-one/file?path=../../etc/passwd'
is "$status" 404 'no other file'
get /gateways/gw-one/explain
has "$(body)" 'taken: the first that fits' 'what it would get, and why'
post /gateways/gw-one/bundle
has "$(header Location)" done= 'no bundle without trust'
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$work/key" \
  -subj /CN=root -days 30 -out "$work/root.pem" -addext basicConstraints=critical,CA:TRUE \
  2>"$work/err" || bail 'openssl'
app_now=$(date -u -d '+1 day' +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || echo "$now")
now=$app_now
echo "$app_now" >"$clock"
must trust import cups-root "$work/root.pem" cups.example.com:443
sign_in otto || bail 'otto cannot sign in again'
post /gateways/gw-one/bundle
is "$status $(header Content-Type)" '200 application/zip' 'a bundle'
check 'is a whole archive' sh -c "mkdir '$work/zip' && cd '$work/zip' &&
  busybox unzip -q '$answer.body' && cd gw-one && test -s cups.key -a -s cups.trust"
is "$(cat "$work/zip/gw-one/cups.uri")" 'https://cups.example.com:443' 'with what is needed'
get /gateways/gw-two/delete
post /gateways/gw-two/delete "version=$(field version)"
is "$status" 303 'deleting'
get /gateways/gw-two
has "$(body)" '>deleted<' 'is seen'
post /gateways/gw-two/restore
is "$status" 303 'restoring'
get /gateways/gw-two/delete
post /gateways/gw-two/delete "version=$(field version)"
get /gateways/gw-two
has "$(body)" '/restore"' 'an operator may restore'
hasnt "$(body)" '/purge"' 'and is not led to purging'
post /gateways/gw-two/purge
is "$status" 403 'which is for admins'
post /gateways/gw-two/restore
get /gateways/gw-one
has "$(body)" "href=\"$prefix/lns/my-lns\"" 'a gateway leads to its network server'
hasnt "$(body)" "href=\"$prefix/keys/" 'but not to what is for admins'
sign_in anna
post /gateways/gw-two/purge
has "$(header Location)" done= 'purging what is in use is refused'

# ---- keys for programs ----------------------------------------------------------------------------
sign_in anna || bail 'anna cannot sign in'
post /keys/new gateway= name=prog was.name= rights=RIGHT_GATEWAY_INFO \
  rights=RIGHT_GATEWAY_LINK was.rights= expires_at=+30d was.expires_at=
is "$status" 200 'a key for all gateways'
has "$(body)" NNSXS. 'is shown'
must key list --json
is "$(jq -r 'map(select(.key.name == "prog"))[0] | "\(.key.gateway) \(.key.rights | length)"' "$work/out")" \
  'null 2' 'with its rights'
post /keys/new gateway=nobody was.name= name= rights=RIGHT_GATEWAY_INFO was.rights=
is "$status" 404 'of a gateway that is none'
post /keys/new gateway= name=old was.name= rights=RIGHT_GATEWAY_INFO was.rights= \
  value='Bearer brought-by-hand-1'
is "$status" 303 'a key that was in use elsewhere'
get "$(header Location | sed "s,^$prefix,,")"
is "$status" 200 'its page'
hasnt "$(body)" brought-by-hand 'is not shown'
post /keys/new gateway= name=old was.name= rights=RIGHT_GATEWAY_INFO was.rights= \
  value=brought-by-hand-1
is "$status" 409 'and not taken twice'
hasnt "$(body)" brought-by-hand 'nor shown by the form'
post /keys/new gateway= was.rights=
is "$status" 400 'without rights'
sign_in otto || bail 'otto cannot sign in'
post /keys/new gateway= name=prog was.name= rights=RIGHT_GATEWAY_ALL was.rights=
is "$status" 403 'not by an operator'

# ---- text of strangers --------------------------------------------------------------------------
override=$(printf '\342\200\256')
stop_app
start_app cgi-bin/cups.fcgi
req POST /update-info '{"router":"58a0:cbff:fe80:1","cupsUri":"https://cups.example.com:443",
"tcUri":"wss://a.example:1","cupsCredCrc":1,"tcCredCrc":1,"station":"<script>'"$override"'",
"model":"<i>\"","package":"\"><b>","keys":[]}' "HTTP_AUTHORIZATION=Bearer $key" \
  'HTTP_USER_AGENT=<script>'
is "$status" 200 'a gateway that says strange things of itself'
stop_app
start_admin
evil="\"'><script>alert(1)</script>"
long=$(printf '%0480d' 0 | sed 's/0/<b>x/g')
must gateway set gw-one "name=$evil" "description=${override}javascript:alert(1) $long" \
  "attributes=a-key=$evil$override" "version_ids.brand_id=<i>$override" \
  "update_channel=javascript:alert(2)" 'groups=grp-one'
must lns set my-lns "name=$evil$override"
printf 'password of mallory\n' >"$work/password"
must account add mallory --role admin --name "$evil$override" --password-file "$work/password"
must key create gw-one --api --name "$evil$override"
firmware_text=$evil$override
firmware_data
cookie=
visit_sign_in
form_body "token=$token" account=mallory 'password=password of mallory'
send /sign-in "$form" "HTTP_USER_AGENT=<script>$override</script>"
cookie="__Host-gatehouse=$(set_cookie __Host-gatehouse)"
"$top_builddir/tests/lib/admin_routes" >"$work/routes" || bail 'no table of pages'
pages=0
while read -r method path _; do
  [ "$method" = GET ] || continue
  case $path in
  # Files to be saved.
  /static/* | */file | /export/* | */digest | */sig-0.key | */public.pem) continue ;;
  esac
  url=$(real "$path")
  get "$url"
  [ "$status" = 200 ] || continue
  pages=$((pages + 1))
  # Inputs keep what they hold, to be edited; everywhere else it is shown by its number.
  shown=$(sed 's/<input[^>]*>//g;/<textarea/,/<\/textarea>/d' "$answer.body")
  bad=
  grep -qiE '<script|<i>|<b>' "$answer.body" && bad="$bad markup"
  grep -qiE '(href|src|action)="javascript:' "$answer.body" && bad="$bad address"
  printf '%s' "$shown" | grep -q "$override" && bad="$bad direction"
  is "$bad" '' "as text: $path"
done <"$work/routes"
get /gateways/gw-one
has "$(body)" '<bdi>&lt;script&gt;<span class="hidden-char">U+202E</span></bdi>' \
  'what the gateway said of itself is among them'
check 'on many pages' test "$pages" -ge 40
get "/gateways?word=$(encode "$evil")&lns=$(encode "$evil")"
hasnt "$(body)" '<script' 'nor does a filter'
get "/gateways/$(encode "$evil")"
hasnt "$(body)" '<script' 'nor an address'

# ---- bodies that are no forms --------------------------------------------------------------------
sign_in mallory || bail 'mallory cannot sign in'
before=$(dump)
files=$(find "$data" | sort)
multipart='CONTENT_TYPE=multipart/form-data; boundary=XYZ'
part() {
  printf -- '--XYZ\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' "$1" "$2"
}
refuse() { # STATUS NAME
  is "$status $(header Content-Type)" "$1 text/html; charset=utf-8" "$2"
  has "$(body)" 'class="note bad"' "$2: in words"
}
part token "$token" >"$work/form"
send /lns/new "@$work/form" "$multipart"
refuse 400 'cut off'
{ part token "$token" && printf 'x--XYZ--\r\n'; } >"$work/form"
send /lns/new "@$work/form" "$multipart"
refuse 400 'without its last boundary'
{ part token "$token" && printf -- '--XYZ--\r\n--XYZ\r\n'; } >"$work/form"
send /lns/new "@$work/form" "$multipart"
refuse 400 'something after the last boundary'
send /lns/new "@$work/form" 'CONTENT_TYPE=multipart/form-data'
refuse 400 'without a boundary'
send /lns/new "@$work/form" 'CONTENT_TYPE=text/plain'
refuse 415 'of another type'
send /lns/new '{"lns_id":"x"}' 'CONTENT_TYPE=application/json'
refuse 415 'JSON'
{ part token "$token" && n=0 && while [ "$n" -lt 1000 ]; do
  part "f$n" x
  n=$((n + 1))
done && printf -- '--XYZ--\r\n'; } >"$work/form"
send /lns/new "@$work/form" "$multipart"
refuse 413 '1,000 fields'
{
  part token "$token"
  printf -- '--XYZ\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\nx\r\n--XYZ--\r\n'
} >"$work/form"
send /lns/new "@$work/form" "$multipart"
refuse 400 'a file where none is taken'
head -c 209715200 /dev/zero >"$work/form"
send /lns/new "@$work/form" "$multipart"
refuse 413 '200 MB'
rm "$work/form"
send /lns/new "token=$token&name=%ff"
refuse 400 'text that is not UTF-8'
is "$(dump)" "$before" 'nothing was stored'
is "$(find "$data" | sort)" "$files" 'and no file left'
if sanitized; then
  skip 'its memory stays small' 'sanitizers need more'
else
  check 'its memory stays small' test "$(app_memory)" -lt 16000
fi

# ---- signed in by the web server -------------------------------------------------------------------
get /me REMOTE_USER=anna
has "$(body)" mallory 'REMOTE_USER counts for nothing'
stop_app
config 'admin_remote_user = on'
start_admin
echo "$app_now" >"$clock"
cookie=
get /gateways REMOTE_USER=vera
is "$status" 303 'with it: to the sign-in page'
get /sign-in REMOTE_USER=vera
cookie=__Host-gatehouse-visitor=$(set_cookie __Host-gatehouse-visitor)
token=$(field token)
form_body "token=$token"
send /sign-in/remote "$form"
is "$status" 403 'not without the name'
send /sign-in/remote "$form" REMOTE_USER=nobody
is "$status" 403 'not without an account'
send /sign-in/remote "$form" HTTP_REMOTE_USER=vera
is "$status" 403 'a header is no variable'
send /sign-in/remote "$form" REMOTE_USER=vera
is "$status" 303 'which signs in by one click'
cookie="__Host-gatehouse=$(set_cookie __Host-gatehouse)"
get /me REMOTE_USER=vera
is "$status" 200 'as who the web server says'
get /me
is "$status" 303 'and only as long as it says so'
get /me REMOTE_USER=anna
is "$status" 303 'of this one'
stop_app
done_testing
