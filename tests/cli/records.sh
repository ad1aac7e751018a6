#!/bin/sh
# Network servers, templates, trust from files, authorities, certificates.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
must init
must gateway add roof-1 58A0CBFFFE800001

# ---- network servers -----------------------------------------------------------------
run lns add ours wss://lns.example.com:8887 'name=Our own' --json
ok 0 'lns add'
json .uri wss://lns.example.com:8887 'its URI'
run lns add other https://lns.example.com:8887
ok 2 'another scheme'
has "$err" 'uri:' 'the field is named'
run lns add other wss://lns.example.com
ok 2 'no port'
run lns add ours ws://lns.example.com:1887
ok 4 'its identifier is taken'
run lns set ours credentials=server_only token_form=bare
ok 0 'lns set'
run lns set ours credentials=password
has "$err" 'must be token, certificate, server_only' 'an unknown word'
run lns show ours
has "$out" server_only 'lns show'
run lns list
has "$out" 'ours  wss://lns.example.com:8887  server_only' 'lns list'
run lns list --json
valid 'lns list --json'
must gateway set roof-1 lns=ours
run lns delete ours
ok 1 'lns delete refuses while it is used'
must gateway set roof-1 lns=
run lns delete ours --json
json .deleted ours 'lns delete'
run lns show ours
ok 3 'it is gone'

# ---- templates --------------------------------------------------------------------------
printf 'NNSXS.SHARED.KEY\n' >"$work/secret"
run template add field eui_prefixes=58A0CB,647FDA window_until=+7d \
  --secret "lbs_lns_secret.value=$work/secret" --json
ok 0 'template add'
json .window_until 2026-11-29T12:00:00Z 'a time from now'
secretless "$out" 'without the secret'
run template set field groups=new
ok 0 'template set'
run template set field lbs_lns_secret.value=NNSXS.A.B
ok 2 'no secret as an argument'
run template show field --show-secrets --json
json '.lbs_lns_secret.value | @base64d' NNSXS.SHARED.KEY 'template show --show-secrets'
run template list
has "$out" '58A0CB,647FDA  in 7 days' 'template list'
run template add wrong eui_prefixes=XY
ok 2 'a wrong prefix'
run template delete field
ok 0 'template delete'
run template list --json
is "$out" '[]' 'none is left'

# ---- trust from files -----------------------------------------------------------------------
make_root one
make_root two
openssl x509 -in "$work/one.pem" -outform DER -out "$work/one.der"
run trust import lns-root "$work/one.pem" lns.example.com:8887 --json
ok 0 'trust import of PEM'
json .subject CN=one 'its subject'
json .crc "$(gzip -c <"$work/one.der" | tail -c 8 | od -An -tu4 -N4 | tr -d ' ')" 'its CRC'
run trust import der-root "$work/one.der"
ok 0 'of DER'
run_with "$(cat "$work/two.pem")" trust import lns-root - b.example.com:443
ok 0 'another certificate for the same, from standard input'
run trust show lns-root --json
json .subject CN=two 'it is replaced'
json '.addresses | join(" ")' 'lns.example.com:8887 b.example.com:443' 'more addresses'
run trust import third "$work/one.pem" b.example.com:443
ok 4 'an address that is taken'
has "$err" lns-root 'by whom'
run trust import third "$work/secret"
ok 2 'no certificate'
run trust set lns-root --add c.example.com:443 --drop b.example.com:443 --json
json '.addresses | join(" ")' 'lns.example.com:8887 c.example.com:443' 'trust set'
run trust set lns-root --drop z.example.com:1
ok 3 'an address that it has not'
run trust set lns-root --add d.example.com:1 id=new
ok 2 'not both ways at once'
run trust set der-root id=der-two
ok 0 'another identifier'
run trust list
has "$out" 'CN=two' 'trust list'
run trust list --json
valid 'trust list --json'
run trust delete der-two
ok 0 'trust delete'

# ---- authorities -----------------------------------------------------------------------------
run ca create own --prefix 58A0CB --prefix 647FDA,0000 --name 'Our own' --json
ok 0 'ca create'
json '.eui_prefixes | join(" ")' '58A0CB 647FDA 0000' 'its prefixes'
hasnt "$out" PRIVATE 'no key'
run ca show own --pem
has "$out" '-----BEGIN CERTIFICATE-----' 'its certificate as PEM'
printf '%s\n' "$out" >"$work/own.pem"
check 'which openssl reads' openssl x509 -in "$work/own.pem" -noout -subject
run ca import theirs "$work/one.pem"
ok 0 'ca import'
has "$err" 'speaks for no gateway' 'a word about prefixes'
run ca set theirs eui_prefixes=58A0
ok 0 'ca set'
run ca show theirs --json
json .subject CN=one 'ca show'
run ca list
has "$out" CN=one 'ca list'
run ca import theirs "$work/two.pem"
ok 4 'an identifier that is taken'
run ca import third "$work/secret"
ok 2 'no certificate'

# ---- certificates ---------------------------------------------------------------------------
run cert issue roof-1 --for cups --ca own --until +100d --json
ok 0 'cert issue'
json .subject CN=58A0CBFFFE800001 'named after the EUI'
json .not_after 2027-03-02T12:00:00Z 'its end'
json .client_auth true 'for clients'
serial=$(printf '%s' "$out" | jq -r .serial)
run cert issue roof-1 --ca own
has "$err" '--for: is needed' 'what for?'
run cert issue roof-1 --for mail --ca own
ok 2 'for something else'
run cert issue roof-1 --for cups
ok 2 'by whom?'
run cert issue roof-1 --for cups --ca theirs
ok 1 'a CA without its key'
run cert issue nobody --for cups --ca own
ok 3 'for nobody'
make_client_cert client 58A0CBFFFE800001 one
run cert import roof-1 --for lns --cert "$work/client.pem" --key-file "$work/client.key" \
  --json
ok 0 'cert import'
json .issuer CN=one 'its issuer'
run cert import roof-1 --for cups --cert "$work/client.pem" --key-file "$work/one.key"
ok 2 'a key of another certificate'
run cert import roof-1 --for cups --cert "$work/client.pem"
ok 2 'a certificate without its key'
openssl ecparam -name secp384r1 -genkey -noout -out "$work/p384.key" 2>>"$log"
run cert import roof-1 --for cups --cert "$work/client.pem" --key-file "$work/p384.key"
ok 2 'a key that gateways misread'
has "$err" P-384 'its kind'
run cert show roof-1
has "$out" 'CN=58A0CBFFFE800001' 'cert show'
run cert show roof-1 --json
json 'map(.for) | join(" ")' 'cups lns' 'both of them'
run cert remove roof-1 --for lns
ok 0 'cert remove'
run cert remove roof-1 --for lns
ok 3 'only once'
run ca revoke own "$serial"
ok 0 'ca revoke by serial number'
run ca revoke own "$serial"
ok 4 'only once'
run ca revoke theirs --cert "$work/client.pem" --json
json '.revoked | length' 1 'by the certificate'
run ca revoke own
ok 2 'which one?'
run ca delete theirs
ok 0 'ca delete'
run ca list --json
json length 1 'one is left'

done_testing
