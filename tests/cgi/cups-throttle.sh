#!/bin/sh
# Wrong keys are answered with 429 when there are too many; right ones never are.
. "${top_srcdir:=.}/tests/lib/cups.sh"

config 'throttle_failures = 30'
fleet <<END || bail 'no data'
init
add lns lns-1 uri=wss://lns.example.com:8887
add gateway gw-1 ids.eui=58A0CBFFFE800001
add gateway gw-2 ids.eui=58A0CBFFFE800002
add gateway gw-3 ids.eui=58A0CBFFFE800003 lns=lns-1
key gw-1 value=key-of-gw-1
key gw-2 value=key-of-gw-2
key gw-3 value=key-of-gw-3
END
start_cups

# answers OPTIONS... -- [VAR=VALUE...]: `COUNT STATUS LENGTH RETRY` of many, without the slowest
answers() {
  ask "$@" | grep -v slowest
}

# ---- for one gateway ---------------------------------------------------------
# Time stands still, so nothing is forgotten meanwhile.
station 58a0:cbff:fe80:1
is "$(answers -n 100 -- HTTP_AUTHORIZATION='Bearer wrong' | sed 's/ [0-9]* \(.\)$/ \1/')" \
  '30 403 0
70 429 1' 'after 30 wrong keys in a minute: 429 with Retry-After'
ask_for "$(request)" HTTP_AUTHORIZATION='Bearer wrong'
is "$status" 429 'and the next one'
check "Retry-After is in seconds ($(header Retry-After))" [ "$(header Retry-After)" -ge 1 ]
check 'and not long' [ "$(header Retry-After)" -le 120 ]
check 'it is short' [ "$(wc -c <"$answer")" -lt 512 ]
is "$(header Content-Length)" "$(($(body | wc -c)))" 'with its length'
ask_for "$(request)"
is "$status" 429 'no key at all is as bad'
key='key-of-gw-1'
idle 'the gateway itself is answered' lns-uri:no-lns
is "$(answers -n 500 -- HTTP_AUTHORIZATION='Bearer key-of-gw-1')" '500 200 14 0' \
  'as often as it asks'
station 58a0:cbff:fe80:2
ask_for "$(request)" HTTP_AUTHORIZATION='Bearer wrong'
is "$status" 403 'another gateway has its own count'
set_now 2030-01-01T12:01:00Z
station 58a0:cbff:fe80:1
ask_for "$(request)" HTTP_AUTHORIZATION='Bearer wrong'
is "$status" 403 'a minute later a wrong key is looked at again'

# What a right key does not get is no failure of the key.
station 58a0:cbff:fe80:3 key-of-gw-3
is "$(answers -n 100 -- HTTP_AUTHORIZATION='Bearer key-of-gw-3' | cut -d ' ' -f 1,2)" \
  '100 404' 'a missing LNS secret is told again and again'

# ---- for one address -------------------------------------------------------------
spray() {
  for i in $(seq 25); do
    station "1:2:3:$i"
    answers -n 26 -- HTTP_AUTHORIZATION='Bearer wrong' REMOTE_ADDR="$1"
  done | awk '{ n[$2] += $1 } END { print n[404] + 0, n[429] + 0 }'
}
is "$(spray 203.0.113.5)" '600 50' 'one address that tries 25 EUIs 26 times: 429 after 600'
set_now 2030-01-01T12:06:00Z
station 1:2:3:4
ask_for "$(request)" HTTP_AUTHORIZATION='Bearer wrong' REMOTE_ADDR=203.0.113.6
is "$status" 404 'another address is not concerned'
station 58a0:cbff:fe80:1 key-of-gw-1
ask_for "$(request)" REMOTE_ADDR=203.0.113.5
is "$status" 200 'nor is a right key from there'
stop_app

# ---- all at once, in real time ------------------------------------------------------
real_time
start_workers 2
station 58a0:cbff:fe80:1
wrong() {
  awk '$2 == 403 || $2 == 429 { n += $1 } END { print n + 0 }' "$work/attack"
}
: >"$work/attack"
# At least 800, and for as long as the gateway asks.
began=$(date +%s%N)
rounds=0
while [ "$rounds" -lt 1000 ] && { [ ! -e "$work/enough" ] || [ "$(wrong)" -lt 800 ]; }; do
  rounds=$((rounds + 1))
  ask -n 200 -c 2 -- HTTP_AUTHORIZATION='Bearer wrong' >>"$work/attack"
done &
attack=$!
wait_for [ -s "$work/attack" ] || bail 'nobody attacks'
ask -n 500 -- HTTP_AUTHORIZATION='Bearer key-of-gw-1' >"$work/right"
touch "$work/enough"
wait "$attack"
total=$(wrong)
check "$total wrong keys are refused" [ "$total" -ge 800 ]
echo "# $((total * 1000 / (($(date +%s%N) - began) / 1000000 + 1))) wrong keys a second"
is "$(awk '/^slowest/ { next } { n[$2] = 1 } END { for (s in n) print s }' "$work/attack" | sort |
  tr '\n' ' ')" '403 429 ' 'and none is answered in another way'
is "$(awk '!/^slowest/ && $2 == 429 && $4 != 1' "$work/attack")" '' 'those that are too many with Retry-After'
is "$(grep -v slowest "$work/right")" '500 200 14 0' \
  'the gateway gets nothing but 200s meanwhile'
echo "# the $(tail -n 1 "$work/right") ms"
stop_app
done_testing
