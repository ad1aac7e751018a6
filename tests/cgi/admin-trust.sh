#!/bin/sh
# Trust certificates and CAs in the admin: uploads, what is only written down for `gatehouse
# tick`, moving a fleet, who is left.
: "${top_srcdir:=.}"
# shellcheck source=tests/lib/admin.sh
. "$top_srcdir/tests/lib/admin.sh"
admin_data
start_admin
sign_in otto
mark='"><script>alert(1)</script>'

# ---- certificates ---------------------------------------------------------------------------
get /trust
has "$(body)" lns.example.com:8887 'the list, with addresses'
get /trust/my-trust
has "$(body)" '/lns/my-lns"' 'who uses it'
has "$(body)" 'a certificate authority' 'what it is'
get /trust/my-trust/pem
is "$(header Content-Disposition)" 'attachment; filename="my-trust.pem"' 'to be saved'
check 'as it came' cmp "$answer.body" "$work/my-ca.pem"

upload /trust/new trust_id=second addresses='a.example.com:443, b.example.com:8887' \
  "certificate=@$work/my-ca.pem"
is "$status" 303 'an upload'
must trust show second --json
is "$(jq -r '.addresses | join(" ")' "$work/out")" 'a.example.com:443 b.example.com:8887' \
  'with its addresses'
upload /trust/new trust_id=third addresses=a.example.com:443 "certificate=@$work/my-ca.pem"
is "$status" 409 'an address of another trust'
has "$(body)" 'value="third"' 'what was typed is kept'
printf 'no certificate' >"$work/bad.pem"
upload /trust/new "trust_id=$mark" addresses= "certificate=@$work/bad.pem"
is "$status" 400 'a file that is none'
hasnt "$(body)" '<script' 'markup is text'
cat "$work/my-ca.pem" "$work/my-ca.pem" >"$work/two.pem"
upload /trust/new trust_id=third addresses= "certificate=@$work/two.pem"
is "$status" 400 'two in one file'
upload /trust/new trust_id=third addresses=
is "$status" 400 'no file'
has "$(body)" 'choose a file' 'which is said'
head -c 400000 /dev/zero >"$work/large"
upload /trust/new trust_id=third addresses= "certificate=@$work/large"
is "$status" 413 'a file that is too large'
must trust list --json
is "$(jq length "$work/out")" 2 'nothing of that is stored'

get /trust/second/edit
version=$(field version)
post /trust/second/edit "version=$version" addresses=c.example.com:443 \
  was.addresses=a.example.com:443,b.example.com:8887
is "$status" 303 'other addresses'
post /trust/second/edit "version=$version" addresses=d.example.com:443 \
  was.addresses=a.example.com:443,b.example.com:8887
is "$status" 409 'of what somebody else has changed'
get /trust/second/delete
post /trust/second/delete "version=$(field version)"
is "$status" 303 'deleted'

# ---- fetching ----------------------------------------------------------------------------------
post /trust/fetch uri=wss://nowhere.invalid:8887 id=
is "$status" 303 'a wish'
post /trust/fetch uri=http://plain.example.com id=
is "$status" 400 'of what has no certificate'
has "$(body)" 'has no TLS' 'why'
post /trust/fetch "uri=wss://$mark" id=
is "$status" 400 'of no address'
hasnt "$(body)" '<script' 'as text'
get /trust
has "$(body)" 'wss://nowhere.invalid:8887' 'it is shown'
has "$(body)" waiting 'as waiting'
must trust queue --json
is "$(jq -r '.[0] | .state + " " + .asked_by' "$work/out")" 'waiting account:otto' 'nothing was dialled'
must tick
get /trust
has "$(body)" 'does not resolve' 'then what became of it'
post /trust/fetch uri=wss://nowhere.invalid:8887 id= accept=
must trust queue --json
is "$(jq -r '.[0].state' "$work/out")" waiting 'once more'
post /trust/unqueue uri=wss://nowhere.invalid:8887
is "$status" 303 'taken away'
post /trust/my-trust/refresh
get "$(header Location | sed "s,^$prefix,,")"
has "$(body)" 'was imported, not fetched' 'only what was fetched is fetched again'

# ---- moving ------------------------------------------------------------------------------------
get '/move?uri=https%3A%2F%2Fnew.example.com%3A443&group=all'
is "$status" 200 'how many?'
post /move uri=https://new.example.com:443 all=yes
is "$status" 409 'not where no trust is known for'
must trust set my-trust --add new.example.com:443
get '/move?uri=https%3A%2F%2Fnew.example.com%3A443'
has "$(body)" 'Move 1 gateways' 'how many they are'
post /move uri=https://new.example.com:443 word=nothing
must gateway show gw-one --json
is "$(jq -r '.gateway.target_cups_uri' "$work/out")" null 'only those that fit'
post /move uri=https://new.example.com:443
is "$status" 400 'not every gateway without a word more'
has "$(body)" 'id="e-all"' 'which is asked for beside it'
must gateway show gw-one --json
is "$(jq -r '.gateway.target_cups_uri' "$work/out")" null 'nothing has moved'
post /move uri=https://new.example.com:443 all=yes
is "$(header Location | cut -d'&' -f1)" \
  "$prefix/move/left?uri=https%3A%2F%2Fnew.example.com%3A443" 'moved'
get "$(header Location | sed "s,^$prefix,,")"
has "$(body)" '/gateways/gw-one"' 'who is left'
has "$(body)" '1 of 1 gateways are to move' 'what was done'
post /move uri=https://elsewhere.example.com:443 stay=yes
must gateway show gw-one --json
is "$(jq -r '.gateway.target_cups_uri' "$work/out")" https://new.example.com:443 \
  'those who are to move to another place do'
post /move uri=https://new.example.com:443 stay=yes
is "$status" 303 'they may stay after all'
must gateway show gw-one --json
is "$(jq -r '.gateway.target_cups_uri' "$work/out")" null 'and are not told to move any more'
post /move uri=https://new.example.com:443 all=yes
post /move uri=
is "$status" 400 'to nowhere'
post /move "uri=$mark"
is "$status" 400 'to no address'
get /trust/my-trust/left
is "$status" 200 'who has not the certificate'
has "$(body)" '/gateways/gw-one"' 'is listed'

# ---- CAs: only admins change whom they let in ----------------------------------------------------
post /cas/create ca_id=own-ca not_after=
is "$status" 403 'an operator makes no CA'
get /cas/my-ca
is "$status" 200 'its page'
hasnt "$(body)" '/revoke"' 'and has no form to revoke with'
hasnt "$(body)" '/edit"' 'nor to edit'
sign_in anna
post /cas/create ca_id=own-ca "name=$mark" eui_prefixes='58a0cb 58a0cc' not_after=+100d
is "$status" 303 'a CA of our own'
get /cas/own-ca
is "$status" 200 'its page'
hasnt "$(body)" '<script' 'its name is text'
has "$(body)" 'here: it can issue certificates' 'with its key'
post /cas/create ca_id=own-ca not_after=
is "$status" 409 'twice'
post /cas/create ca_id=other not_after=tomorrow
is "$status" 400 'a time that is none'
has "$(body)" 'id="e-not_after"' 'beside its input'
post /cas/create ca_id=other eui_prefixes=xyz not_after=
is "$status" 400 'a prefix that is none'
upload /cas/new ca_id=brought eui_prefixes=AA "certificate=@$work/my-ca.pem"
is "$status" 303 'one from a file'
upload /cas/new ca_id=brought eui_prefixes=AA "certificate=@$work/bad.pem"
is "$status" 400 'a file that is none'
must gateway set gw-one eui=58A0CBFFFE800001
must cert issue gw-one --for cups --ca own-ca
must cert show gw-one --json
serial=$(jq -r '[.. | .serial? // empty][0]' "$work/out")
upload /cas/own-ca/revoke "serial=$serial"
is "$status" 303 'revoked'
must ca show own-ca --json
is "$(jq -r '.revoked[0] | ascii_downcase' "$work/out")" "$serial" 'it stands there'
upload /cas/own-ca/revoke "serial=$serial"
get "$(header Location | sed "s,^$prefix,,")"
has "$(body)" 'role="alert"' 'twice'
upload /cas/own-ca/revoke "serial=zz"
get "$(header Location | sed "s,^$prefix,,")"
has "$(body)" 'role="alert"' 'no serial number'
upload /cas/own-ca/revoke serial= "certificate=@$work/my-ca.pem"
is "$status" 303 'by the certificate'
get /cas/brought/edit
version=$(field version)
post /cas/brought/edit "version=$version" eui_prefixes=BB was.eui_prefixes=AA
must ca show brought --json
is "$(jq -r '.eui_prefixes[0]' "$work/out" | tr a-z A-Z)" BB 'other prefixes'
get /cas/brought/delete
post /cas/brought/delete "version=$(field version)"
is "$status" 303 'deleted'

sign_in vera
get /trust
is "$status" 200 'its page'
hasnt "$(body)" '<button class="link">Take' 'who may only look has no buttons'
upload /trust/new trust_id=third addresses= "certificate=@$work/my-ca.pem"
is "$status" 403 'and may upload nothing'
stop_app
done_testing
