#!/bin/sh
# The cases of the reference server's own suite, as a gateway sees them.
. "${top_srcdir:=.}/tests/lib/cups.sh"

der "$crypto/ca-plain.pem" >"$work/lns.der"
token_blob "$work/lns.der" 'Authorization: Bearer NNSXS.LNS.SECRET' >"$work/lns-blob"
token_blob "$crypto/ca.der" 'Authorization: Bearer NNSXS.NEW.SECRET' >"$work/cups-blob"
lns=wss://lns.example.com:8887
cups=https://cups.example.com:443

config 'throttle_failures = 1000000' "cups_uri = $cups"
fleet <<END || bail 'no data'
init
trust cups-root $crypto/ca.der cups.example.com:443 new-cups.example.com:443
trust lns-root $work/lns.der lns.example.com:8887
add lns lns-1 uri=$lns
add gateway gw-1 ids.eui=58A0CBFFFE800001 lns=lns-1 lbs_lns_secret.value=NNSXS.LNS.SECRET
add gateway no-secret ids.eui=58A0CBFFFE800002 lns=lns-1
add gateway plain-ws ids.eui=58A0CBFFFE800003 gateway_server_address=ws://lns.example.com:1887
add gateway moved ids.eui=58A0CBFFFE800004 lns=lns-1 lbs_lns_secret.value=NNSXS.LNS.SECRET target_cups_uri=https://new-cups.example.com:443
add gateway rotated ids.eui=58A0CBFFFE800005
key gw-1 value=NNSXS.KEY1.SECRET
key no-secret value=NNSXS.KEY2.SECRET
key plain-ws value=NNSXS.KEY3.SECRET
key moved value=NNSXS.KEY4.OLD
key moved value=NNSXS.NEW.SECRET cups pushed
key rotated value=NNSXS.KEY5.OLD
END
start_cups

# ---- who asks ----------------------------------------------------------------
station 58a0:cbff:fe80:1
cups_uri=$cups
poll 'no authorization is refused' 401 request:refused
is "$(header WWW-Authenticate)" Bearer 'and told how'
poll 'also what is no key' 401 request:refused HTTP_AUTHORIZATION='Basic dTpw'
key=NNSXS.KEY1.WRONG
poll 'a wrong key' 403 request:refused

station 0:0:0:0 NNSXS.KEY1.SECRET
poll 'the EUI zero' 400 -
has "$(body)" 'router: the EUI is zero' 'and the answer says so'
station ::0 NNSXS.KEY1.SECRET
poll 'the EUI zero in short' 400 -

station 58a0:cbff:fe80:ffff NNSXS.KEY1.SECRET
poll 'an unknown gateway' 404 request:unknown
has "$(body)" 'no gateway with EUI 58A0CBFFFE80FFFF' 'and the answer names it'

# ---- what it gets ----------------------------------------------------------------
station 58a0:cbff:fe80:1 NNSXS.KEY1.SECRET
cups_uri=$cups
poll 'with Bearer' 200 lns-credentials:sent
sent '' $lns '' "$work/lns-blob" 'LNS and its credentials'
fleet retry gw-1
poll 'without Bearer' 200 lns-credentials:sent HTTP_AUTHORIZATION=NNSXS.KEY1.SECRET
sent '' $lns '' "$work/lns-blob" 'the same'
fleet retry gw-1
poll 'with bearer in lower case' 200 lns-credentials:sent HTTP_AUTHORIZATION='bearer NNSXS.KEY1.SECRET'
sent '' $lns '' "$work/lns-blob" 'the same again'
lns_uri=$lns
lns_crc=$(crc32 "$work/lns-blob")
idle 'everything is right'

station 58a0:cbff:fe80:2 NNSXS.KEY2.SECRET
poll 'no LNS secret' 404 lns-credentials:no-secret
has "$(body)" "lbs_lns_secret: gateway no-secret has no LNS secret for $lns" \
  'an error that says so'
for _ in 1 2 3 4 5; do ask_for "$(request)"; done
is "$(fleet state no-secret)" 'confirmed 0' 'nothing is owed for it'

station 58a0:cbff:fe80:3 NNSXS.KEY3.SECRET
poll 'ws://' 200 lns-uri:sent
sent '' ws://lns.example.com:1887 '' '' 'URI and no credentials'

station 58a0:cbff:fe80:4 NNSXS.KEY4.OLD
cups_uri=$cups
poll 'a CUPS redirect' 200 cups-uri:sent
sent https://new-cups.example.com:443 '' "$work/cups-blob" '' \
  'URI and credentials, and no LNS'

station 58a0:cbff:fe80:5 NNSXS.KEY5.OLD
cups_uri=$cups
idle 'no CUPS key is set' lns-uri:no-lns
fleet key rotated value=NNSXS.NEWER.SECRET cups pushed
token_blob "$crypto/ca.der" 'Authorization: Bearer NNSXS.NEWER.SECRET' >"$work/newer"
poll 'a changed CUPS key' 200 cups-credentials:sent
sent '' '' "$work/newer" '' 'CUPS credentials'
key=NNSXS.NEWER.SECRET
cups_crc=$(crc32 "$work/newer")
poll 'the gateway comes with it' 200 cups-credentials:confirmed
nothing 'and has all'
idle 'from then on' lns-uri:no-lns

hasnt "$(cat "$log")" NNSXS 'no key is in the log'
stop_app
done_testing
