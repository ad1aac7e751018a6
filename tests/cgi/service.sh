#!/bin/sh
# A program that cannot work, or only in part: options, data where the web server serves from,
# stores that are damaged, locked or gone while it runs.
: "${top_srcdir:=.}"
# shellcheck source=tests/lib/admin.sh
. "$top_srcdir/tests/lib/admin.sh"
# shellcheck source=tests/lib/hold.sh
. "$top_srcdir/tests/lib/hold.sh"

# ---- options ------------------------------------------------------------------------------
echo_program=$top_builddir/tests/cgi/echo
app_env=GATEHOUSE_CONF=/nowhere/at/all
start_app tests/cgi/echo --config "$conf"
req GET /echo
is "$status" 200 '--config comes before the environment'
stop_app
app_env=
"$echo_program" --config "$conf" more </dev/null >"$work/out" 2>"$work/err"
is $? 2 'a word too many'
has "$(cat "$work/err")" 'usage: echo' 'is answered with the usage'
is "$(cat "$work/out")" '' 'as an error'
"$echo_program" --config </dev/null >/dev/null 2>&1
is $? 2 '--config without a file'

# ---- where the data are ---------------------------------------------------------------------
: >"$log"
start_app tests/cgi/echo
req GET /echo '' DOCUMENT_ROOT="$work"
is "$status" 503 'data that the web server would hand out'
hasnt "$(body)" "$work" 'the client is not told where'
has "$(cat "$log")" "$data is inside of the web server's folder $work" 'the log is'
req GET /healthz '' DOCUMENT_ROOT="$work"
is "$status" 503 'healthz too'
req GET /echo '' DOCUMENT_ROOT="$work" SERVER_SOFTWARE=Apache/2.4
is "$status" 503 'Apache does as well'
has "$(cat "$log")" 'or put an .htaccess' 'with a way out'
stop_app
printf '# closed\n  require ALL denied \n' >"$data/.htaccess"
start_app tests/cgi/echo
req GET /echo '' DOCUMENT_ROOT="$work" SERVER_SOFTWARE=nginx/1.22
is "$status" 503 'who knows no .htaccess does not look at it'
req GET /echo '' HTTP_DOCUMENT_ROOT=/ DOCUMENT_ROOT="$work" SERVER_SOFTWARE=Apache
is "$status" 200 'who does is kept away by it'
req GET /echo '' DOCUMENT_ROOT="$work"
is "$status" 200 'it is looked at once'
stop_app
rm "$data/.htaccess"
for root in / "$data" "$work/"; do
  cgi tests/cgi/echo GET /echo '' DOCUMENT_ROOT="$root"
  is "$status" 503 "below $root"
done
for root in '' /nowhere "$data/deeper" "${data}x" "$top_builddir"; do
  [ "$root" = "${data}x" ] && mkdir "$root"
  cgi tests/cgi/echo GET /echo '' DOCUMENT_ROOT="$root"
  is "$status" 200 "not below '$root'"
done

# ---- stores ------------------------------------------------------------------------------------
admin_data
config 'write_wait = 300'
must key create --all-gateways --api --rights ALL --json
fleet_key=$(jq -r .key "$work/out")
start_admin
sign_in otto || bail 'otto cannot sign in'
req GET /healthz
is "$status $(body)" '200 ok' 'healthy'

get /lns/my-lns/edit
version=$(field version)
hold 'another program holds the lock of the registry' registry stranger
post /lns/new lns_id=other was.lns_id= uri=wss://other.example.com:8887 was.uri=
is "$status $(header Content-Type)" '503 text/html; charset=utf-8' 'a locked registry: 503'
has "$(body)" 'Please try again in a moment' 'with words'
valid 'the page that says so'
post /lns/my-lns/edit "version=$version" name=Mine was.name=
is "$status" 503 'for a change too'
post /lns/my-lns/delete "version=$version"
is "$status" 503 'and a removal'
post "/gateways/gw-one/keys/$key_id/revoke"
is "$status" 503 'and a key'
get /lns
is "$status" 200 'reading goes on'
let_go
must lns list --json
is "$(jq -r 'map(.lns_id + .name) | join(" ")' "$work/out")" my-lns 'nothing of that was stored'
post /lns/my-lns/edit "version=$version" name=Mine was.name=
is "$status" 303 'afterwards it is'
hold 'and that of the ledger' ledger stranger
visit_sign_in
post /sign-in account=vera 'password=password of vera'
is "$status" 503 'a locked ledger: nobody signs in'
is "$(set_cookie __Host-gatehouse)" '' 'nor gets a cookie'
let_go
sign_in otto || bail 'otto cannot sign in again'

# A registry that is damaged while it is served.
cp "$data/registry/data.mdb" "$work/kept.mdb"
size=$(wc -c <"$data/registry/data.mdb")
: >"$log"
mv "$data/registry/data.mdb" "$work/moved.mdb"
head -c "$size" /dev/zero >"$data/registry/data.mdb"
req GET /healthz
is "$status" 503 'a damaged registry: not healthy'
has "$(cat "$log")" 'not healthy: registry' 'the log says why'
get /lns
is "$status $(header Content-Type)" '503 text/html; charset=utf-8' 'a page'
req GET "$prefix/api/v3/gateways" '' "HTTP_AUTHORIZATION=Bearer $fleet_key"
is "$status $(header Content-Type)" '503 application/json' 'the API'
post /lns/new lns_id=other was.lns_id= uri=wss://other.example.com:8887 was.uri=
is "$status" 503 'a form'
rm "$data/registry/data.mdb"
mv "$work/moved.mdb" "$data/registry/data.mdb"
req GET /healthz
is "$status" 200 'when it is back it is healthy'
get /lns
is "$status" 200 'and serves'
must lns list --json
is "$(jq -r 'map(.lns_id) | join(" ")' "$work/out")" my-lns 'what was there'
stop_app
done_testing
