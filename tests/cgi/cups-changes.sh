#!/bin/sh
# What an operator changes is seen by the next request, with no restart; a poll that changes
# nothing writes nothing but its sighting.
. "${top_srcdir:=.}/tests/lib/cups.sh"

cups=https://cups.example.com:443
lns=wss://lns.example.com:8887
der "$crypto/ca-plain.pem" >"$work/lns.der"
der "$crypto/ca-rsa.pem" >"$work/rsa.der"
config 'throttle_failures = 1000000' "cups_uri = $cups" 'push_limit = 1000'
fleet <<END || bail 'no data'
init
trust cups-root $crypto/ca.der cups.example.com:443
trust lns-root $work/lns.der lns.example.com:8887 two.example.com:8887
add lns lns-1 uri=$lns
add gateway gw-1 ids.eui=58A0CBFFFE800001
END
start_cups

# ---- seen at once ------------------------------------------------------------
station 58a0:cbff:fe80:1 key-of-gw-1
cups_uri=$cups
poll 'no key' 403 request:refused
fleet key gw-1 value=key-of-gw-1
idle 'a new key' lns-uri:no-lns
fleet set gateway gw-1 gateway_server_address=ws://plain.example.com
poll 'an address' 200 lns-uri:sent
sent '' ws://plain.example.com:1887 '' ''
fleet set gateway gw-1 lns=lns-1
poll 'a network server without a secret' 404 lns-credentials:no-secret
fleet set gateway gw-1 lbs_lns_secret.value=NNSXS.LNS.SECRET
poll 'a secret' 200 lns-credentials:sent
token_blob "$work/lns.der" 'Authorization: Bearer NNSXS.LNS.SECRET' >"$work/blob"
sent '' $lns '' "$work/blob"
lns_uri=$lns
lns_crc=$(crc32 "$work/blob")
idle 'it is applied'
fleet set lns lns-1 uri=wss://two.example.com:8887
poll 'the network server moves' 200 lns-uri:sent
sent '' wss://two.example.com:8887 '' ''
fleet set lns lns-1 uri=$lns token_form=bare
poll 'its token line' 200 lns-credentials:sent
token_blob "$work/lns.der" 'Authorization: NNSXS.LNS.SECRET' >"$work/blob"
sent '' '' '' "$work/blob"
lns_crc=$(crc32 "$work/blob")
fleet trust lns-root "$work/rsa.der"
poll 'another trust' 200 lns-credentials:sent
token_blob "$work/rsa.der" 'Authorization: NNSXS.LNS.SECRET' >"$work/blob"
sent '' '' '' "$work/blob"
lns_crc=$(crc32 "$work/blob")
idle 'it is applied'
fleet trust lns-root "$work/lns.der"
poll 'back again' 200 lns-credentials:sent
fleet trust lns-root "$work/rsa.der"
new=$(fleet rotate gw-1)
poll 'a rotated key' 200 cups-credentials:sent
token_blob "$crypto/ca.der" "Authorization: Bearer $new" >"$work/cups-blob"
sent '' '' "$work/cups-blob" ''
key=$new
cups_crc=$(crc32 "$work/cups-blob")
poll 'it is confirmed' 200 cups-credentials:confirmed
fleet key-revoke "$(echo "$new" | cut -d . -f 2)"
poll 'a revoked key' 403 request:refused
key='key-of-gw-1'
fleet delete gateway gw-1
poll 'a deleted gateway' 404 request:unknown
fleet restore gw-1
fleet set gateway gw-1 ids.eui=58A0CBFFFE800009
poll 'another EUI' 404 request:unknown
router=58a0:cbff:fe80:9
cups_crc=$(crc32 "$work/cups-blob")
poll 'is where it is now' 200 cups-credentials:no-key
fleet set gateway gw-1 target_cups_key=
idle 'and that is all'

# ---- nothing is written --------------------------------------------------------
sums() {
  cksum "$data/registry/data.mdb" "$data/ledger/data.mdb" "$data/seal.keys"
  find "$data" -name '*.new' -o -name '*.tmp'
}
sleep 1
touch "$work/before"
before=$(sums)
seen=$(cksum "$data/sightings/gateways")
is "$(ask -n 100 -- HTTP_AUTHORIZATION='Bearer key-of-gw-1' | grep -v slowest)" \
  '100 200 14 0' '100 idle polls'
is "$(sums)" "$before" 'leave registry and ledger as they are'
is "$(find "$data" -newer "$work/before" -type f | grep -v '/lock.mdb$')" \
  "$data/sightings/gateways" 'the sightings alone are written'
check 'and they are' [ "$(cksum "$data/sightings/gateways")" != "$seen" ]
is "$(ask -n 100 -- HTTP_AUTHORIZATION='Bearer wrong' | grep -v slowest | cut -d ' ' -f 1,2)" \
  '100 403' '100 polls with a wrong key'
station 1:2:3:4
is "$(ask -n 100 -- | grep -v slowest | cut -d ' ' -f 1,2)" '100 404' \
  '100 polls of an unknown gateway'
is "$(sums)" "$before" 'neither'
stop_app
is "$(sums)" "$before" 'nor does the end'
done_testing
