#!/bin/sh
# Unknown gateways in the admin: what strangers presented is text, adopting binds to it,
# ignoring lasts.
: "${top_srcdir:=.}"
# shellcheck source=tests/lib/admin.sh
. "$top_srcdir/tests/lib/admin.sh"
admin_data
eui=58A0CBFFFE8000F1

# comes EUI KEY [STATION]: it comes to CUPS
comes() {
  printf '{"router":"%s","cupsUri":"https://cups.example.com:443","tcUri":"","cupsCredCrc":1,"tcCredCrc":1,"station":"%s","model":"%s","package":"","keys":[]}' \
    "$1" "${3:-2.0.6}" "${3:-linux}" >"$work/poll"
  cgi cgi-bin/cups.fcgi POST /update-info "@$work/poll" CONTENT_TYPE=application/json \
    GATEHOUSE_TEST_NOW="$now" ${2:+HTTP_AUTHORIZATION="$2"}
}
mark='<b onclick=x>&amp;'
comes 58a0:cbff:fe80:f1 'Bearer NNSXS.KEY.ONE' "$mark"
comes 58a0:cbff:fe80:f2 ''
start_admin
sign_in otto

get /unknown
has "$(body)" "$eui" 'one that came is listed'
has "$(body)" '58A0CBFFFE8000F2' 'and one that showed nothing'
hasnt "$(body)" '<b onclick' 'what it says of itself is text'
has "$(body)" '&lt;b onclick=x&gt;&amp;amp;' 'shown as it is'
hasnt "$(body)" NNSXS 'no key is shown'
get "/unknown/$eui"
is "$status" 200 'its page'
hasnt "$(body)" '<b onclick' 'with text too'
digest=$(printf NNSXS.KEY.ONE | sha256sum | cut -d' ' -f1)
has "$(body)" "value=\"$digest\"" 'and the key to be bound'
get /unknown/58a0cbfffe8000f1
is "$status" 200 'an EUI in any form'
get /unknown/xyz
is "$status" 404 'no EUI'

# ---- adopting ---------------------------------------------------------------------------
post "/unknown/$eui/adopt" template_id=my-template 'gateway_id=Not An ID' "digest=$digest"
is "$status" 400 'an ID that is none'
has "$(body)" 'value="Not An ID"' 'is kept to be mended'
post "/unknown/$eui/adopt" template_id=none gateway_id=roof-9 "digest=$digest"
is "$status" 404 'a template that is not there'
post "/unknown/$eui/adopt" gateway_id=gw-one "digest=$digest"
is "$status" 409 'an ID that is taken'
post "/unknown/$eui/adopt" gateway_id=roof-9 digest=00112233445566
is "$status" 404 'a key that nobody showed'
post "/unknown/$eui/adopt" template_id=my-template gateway_id=roof-9 "name=$mark" \
  "digest=$digest"
is "$status" 303 'adopted'
get "/gateways/roof-9"
is "$status" 200 'there it is'
hasnt "$(body)" '<b onclick' 'its name is text'
must gateway show roof-9 --json
is "$(jq -r '"\(.gateway.lns) \(.gateway.groups[0]) \(.keys | length)"' "$work/out")" \
  'my-lns adopted 1' 'with the settings of the template, and its key'
get /unknown
is "$status" 200 'its page'
hasnt "$(body)" "$eui" 'and no longer unknown'

# ---- ignoring -----------------------------------------------------------------------------
post /unknown/58A0CBFFFE8000F2/ignore "note=$mark"
is "$status" 303 'ignored'
comes 58a0:cbff:fe80:f2 ''
get /unknown
has "$(body)" '&lt;b onclick' 'with a note, as text'
is "$(grep -c '/unknown/58A0CBFFFE8000F2"' "$answer.body")" 1 'in one of the two lists alone'
must unknown list --json
is "$(cat "$work/out")" '[]' 'when it comes again too'
post /unknown/58A0CBFFFE8000F2/ignore "note=$(printf 'x%.0s' $(seq 300))"
is "$status" 400 'a note that is too long'
post /unknown/58A0CBFFFE8000F2/notice
is "$status" 303 'noticed again'
post /unknown/58A0CBFFFE8000F2/notice
get "$(header Location | sed "s,^$prefix,,")"
has "$(body)" 'is not ignored' 'twice'
post /unknown/58A0CBFFFE8000F2/forget
must unknown list --json
is "$(cat "$work/out")" '[]' 'forgotten'
comes 58a0:cbff:fe80:f2 ''
must unknown list --json
is "$(jq length "$work/out")" 1 'until it comes again'
must audit list --json
is "$(jq -r '[.[] | select(.action == "ignore" or .action == "adopt") | .actor] | unique | join(" ")' \
  "$work/out")" account:otto 'the audit log has it all'

sign_in vera
get /unknown/58A0CBFFFE8000F2
is "$status" 200 'who may only look sees it'
hasnt "$(body)" '<button>Adopt' 'without buttons'
stop_app
done_testing
