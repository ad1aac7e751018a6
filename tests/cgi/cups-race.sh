#!/bin/sh
# Four workers and many requests at the same moment: a push goes out as often as the limit
# says, never once more.
. "${top_srcdir:=.}/tests/lib/cups.sh"

cups=https://cups.example.com:443
der "$crypto/ca-plain.pem" >"$work/lns.der"
config 'throttle_failures = 1000000' "cups_uri = $cups" 'unknown_gateways = adopt' \
  'write_wait = 60000'
fleet <<END || bail 'no data'
init
trust cups-root $crypto/ca.der cups.example.com:443 new.example.com:443
trust lns-root $work/lns.der lns.example.com:8887
add lns lns-1 uri=wss://lns.example.com:8887
add gateway gw-1 ids.eui=58A0CBFFFE800001 lns=lns-1 lbs_lns_secret.value=LNS-SECRET
add gateway gw-2 ids.eui=58A0CBFFFE800002 target_cups_uri=https://new.example.com:443
add gateway gw-3 ids.eui=58A0CBFFFE800003
add gateway gw-4 ids.eui=58A0CBFFFE800004 lns=lns-1 lbs_lns_secret.value=LNS-SECRET provisioning_until=2030-01-02
add template box lns=lns-1 lbs_lns_secret.value=LNS-SECRET eui_prefixes=0011 window_until=2030-01-02
key gw-1 value=key-of-gw-1
key gw-2 value=key-of-gw-2 cups
key gw-3 value=old-key-of-gw-3 cups
key gw-3 value=new-key-of-gw-3 cups pushed
END
start_workers 4

# race NAME WANTED: 200 requests by 16 at a time; WANTED: `COUNT STATUS LENGTH` lines
race() {
  ask -n 200 -c 16 -- ${key:+HTTP_AUTHORIZATION="Bearer $key"} >"$work/race"
  is "$(sed 's/ 0$//' "$work/race" | grep -v slowest | sort -n)" "$2" "$1"
}

# ---- pushes ----------------------------------------------------------------
# 440: lengths 14, URI 26, trust 362, zeros 4, line 34; the others likewise.
station 58a0:cbff:fe80:1 key-of-gw-1
race 'an LNS goes out three times' '3 200 440
197 200 14'
is "$(fleet state gw-1)" 'lns-credentials 3
lns-uri 3
confirmed 0' 'and the ledger knows'
poll 'from then on nobody gets it' 200 lns-credentials:stopped
nothing '14 zero bytes'
fleet retry gw-1
race 'three times again after a retry' '3 200 440
197 200 14'

station 58a0:cbff:fe80:2 key-of-gw-2
cups_uri=$cups
race 'a redirect with its credentials' '3 200 447
197 200 14'
is "$(fleet state gw-2)" 'cups-uri 3
cups-credentials 3
confirmed 0' 'and the ledger knows'

station 58a0:cbff:fe80:3 old-key-of-gw-3
cups_uri=$cups
race 'a rotation' '3 200 424
197 200 14'
token_blob "$crypto/ca.der" 'Authorization: Bearer new-key-of-gw-3' >"$work/blob"
cups_crc=$(crc32 "$work/blob")
race 'the same for a gateway that comes with its backup set' '3 200 424
197 200 14'
key=new-key-of-gw-3
race 'it confirms' '200 200 14'
is "$(fleet state gw-3)" 'confirmed 2' 'and the counts begin anew'

# ---- windows -----------------------------------------------------------------
station 58a0:cbff:fe80:4
race 'in a window exactly one answer has the secret' '1 200 440
199 401 88'
is "$(fleet state gw-4)" 'lns-credentials 1
lns-uri 1
confirmed 0' 'and the ledger knows'

station 11:2233:4455:6677
cups_uri=$cups
race 'a gateway that is adopted by all of them at once' '1 200 933
199 401 88'
is "$(fleet get gateway eui-0011223344556677 ids.eui)" 0011223344556677 'is there'
is "$(grep -c 'adopted eui-0011223344556677' "$log")" 1 'once'
fleet check >"$work/out"
is $? 0 'nothing is wrong with the data'
stop_app
done_testing
