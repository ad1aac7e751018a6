#!/bin/sh
# The clock is set back a year, and right again, while gateways ask: with what was written in
# the future, everybody gets the same as before.
. "${top_srcdir:=.}/tests/lib/cups.sh"

cups=https://cups.example.com:443
lns=wss://lns.example.com:8887
der "$crypto/ca-plain.pem" >"$work/lns.der"
token_blob "$work/lns.der" 'Authorization: Bearer LNS-SECRET' >"$work/lns.blob"
config "cups_uri = $cups" 'throttle_failures = 5' 'push_limit = 3'
fleet <<END || bail 'no data'
init
trust lns-root $work/lns.der lns.example.com:8887
add lns lns-1 uri=$lns
add gateway gw-1 ids.eui=58A0CBFFFE800001
add gateway gw-2 ids.eui=58A0CBFFFE800002 lns=lns-1 lbs_lns_secret.value=LNS-SECRET
add gateway gw-3 ids.eui=58A0CBFFFE800003 lns=lns-1 lbs_lns_secret.value=LNS-SECRET
key gw-1 value=key-of-gw-1
key gw-2 value=key-of-gw-2
key gw-3 value=key-of-gw-3
END
start_cups

first() {
  station 58a0:cbff:fe80:1 key-of-gw-1
}
# guess NAME: a wrong key is refused, then the right one is taken
guess() {
  station 58a0:cbff:fe80:1 wrong
  ask_for "$(request)"
  case $status in
  403 | 429) pass "$1: a wrong key is refused ($status)" ;;
  *) fail "$1: a wrong key" "$status" ;;
  esac
  first
  idle "$1: the right one is taken" lns-uri:no-lns
}

first
idle 'at first' lns-uri:no-lns
station 58a0:cbff:fe80:2 key-of-gw-2
poll 'a push' 200 lns-credentials:sent
# The bucket of wrong keys is full, at a time that is a year away soon.
for _ in 1 2 3 4 5 6 7 8; do
  station 58a0:cbff:fe80:1 wrong
  ask_for "$(request)"
done
is "$status" 429 'too many wrong keys'

# ---- a year back ---------------------------------------------------------------------------
set_now 2029-01-01T12:00:00Z
first
idle 'a year back: an idle poll' lns-uri:no-lns
guess 'a year back'
station 58a0:cbff:fe80:2 key-of-gw-2
poll 'a push goes on' 200 lns-credentials:sent
lns_uri=$lns
lns_crc=$(crc32 "$work/lns.blob")
idle 'and is confirmed'
station 58a0:cbff:fe80:3 key-of-gw-3
poll 'another one begins' 200 lns-credentials:sent
check 'a change is stored' fleet set gateway gw-1 name=changed-in-the-past
check 'and is there' fleet expect gateway gw-1 name changed-in-the-past
# A minute of that time later nobody waits for the future any more.
set_now 2029-01-01T12:03:00Z
station 58a0:cbff:fe80:1 wrong
ask_for "$(request)"
is "$status" 403 'wrong keys of the future are forgotten'
check 'nothing is damaged' fleet check

# ---- and right again -----------------------------------------------------------------------
set_now 2030-01-01T12:10:00Z
first
idle 'right again: an idle poll' lns-uri:no-lns
guess 'right again'
station 58a0:cbff:fe80:3 key-of-gw-3
poll 'the push of the past goes on' 200 lns-credentials:sent
lns_uri=$lns
lns_crc=$(crc32 "$work/lns.blob")
idle 'and is confirmed'
stop_app
check 'still nothing is damaged' fleet check
done_testing
