#!/bin/sh
# A gateway's client certificates in the admin: issue one, bring one, take one away.
: "${top_srcdir:=.}"
# shellcheck source=tests/lib/admin.sh
. "$top_srcdir/tests/lib/admin.sh"
admin_data
start_admin
sign_in otto
page=/gateways/gw-one/certificates

# version: of the gateway as the page shows it
version() {
  get $page
  field version
}

get $page
is "$status" 200 'a gateway without certificates'
valid 'its certificates'
has "$(body)" '>my-ca<' 'and the CAs that can issue one'
post $page/issue "version=$(version)" use=cups ca=my-ca not_after=+100d
is "$status" 303 'one is issued'
must cert show gw-one --json
serial=$(jq -r '[.. | .serial? // empty][0]' "$work/out")
get $page
has "$(body)" "$serial" 'and shown'
has "$(body)" 'cups/remove"' 'with a way to take it away'
valid 'with a certificate'
hasnt "$(body)" 'PRIVATE KEY' 'without its key'

post $page/issue "version=$(version)" use=cups ca=nobody not_after=
is "$status" 404 'no such CA'
has "$(body)" 'role="alert"' 'which is said'
valid 'the form again'
post $page/issue "version=$(version)" use=web ca=my-ca not_after=
is "$status" 400 'no such use'
post $page/issue "version=$(version)" use=cups ca=my-ca not_after=tomorrow
is "$status" 400 'no such time'
has "$(body)" 'id="e-not_after"' 'beside its input'
post $page/issue version=old use=lns ca=my-ca not_after=
get "$(header Location | sed "s,^$prefix,,")"
has "$(body)" 'role="alert"' 'of a gateway that somebody else has changed'
must gateway add gw-bare
post /gateways/gw-bare/certificates/issue use=cups ca=my-ca not_after=
is "$status" 409 'a gateway without an EUI'

# ---- bringing one --------------------------------------------------------------------------
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 100 \
  -subj /CN=58A0CBFFFE800001 -keyout "$work/gw.key" -out "$work/gw.pem" 2>/dev/null ||
  bail 'no certificate'
upload $page/import "version=$(version)" use_of=lns "certificate=@$work/gw.pem" \
  "key=@$work/gw.key"
is "$status" 303 'one from elsewhere'
get "$(header Location | sed "s,^$prefix,,")"
has "$(body)" 'lns/remove"' 'is there'
upload $page/import "version=$(version)" use_of=lns "certificate=@$work/gw.pem"
is "$status" 400 'without its key'
has "$(body)" 'id="e-key"' 'which is asked for'
upload $page/import "version=$(version)" use_of=lns "certificate=@$work/my-ca.pem" \
  "key=@$work/gw.key"
is "$status" 400 'with the key of another one'
hasnt "$(body)" 'PRIVATE KEY' 'which is not shown'
must audit list --json
hasnt "$(cat "$work/out")" "$(sed -n 2p "$work/gw.key")" 'nor written into the audit log'

# ---- taking it away ------------------------------------------------------------------------
get $page/lns/remove
is "$status" 200 'a question'
valid 'the question'
post $page/lns/remove "version=$(field version)"
is "$status" 303 'it is taken away'
get $page
is "$status" 200 'its page'
hasnt "$(body)" 'lns/remove"' 'and gone'
get $page/web/remove
is "$status" 404 'of no use'
post $page/web/remove
is "$status" 404 'nor by a form'

sign_in vera
get $page
has "$(body)" "$serial" 'who may only look sees it'
hasnt "$(body)" '<form method="post" action="'$prefix$page 'without forms'
post $page/cups/remove
is "$status" 403 'and changes nothing'
stop_app
done_testing
