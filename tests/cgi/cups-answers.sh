#!/bin/sh
# What goes over the line, byte by byte: heads, answers, credentials, EUIs, errors.
. "${top_srcdir:=.}/tests/lib/cups.sh"

cups=https://cups.example.com:443
new=https://new-cups.example.com:8443
lns=wss://lns.example.com:8887
trust=$crypto/ca.der
der "$crypto/ca-plain.pem" >"$work/lns.der"
ending='\000\000\000\000\000\000\000\000' # no signature, no update

config 'throttle_failures = 1000000' "cups_uri = $cups" 'push_limit = 1000'
fleet <<END || bail 'no data'
init
trust cups-root $trust cups.example.com:443 new-cups.example.com:8443
trust lns-root $work/lns.der lns.example.com:8887 old.example.com:8887
add lns token uri=$lns
add lns bare uri=$lns token_form=bare
add lns cert uri=$lns credentials=certificate
add lns open uri=$lns credentials=server_only
add gateway gw-1 ids.eui=58A0CBFFFE800001
key gw-1 value=key-of-gw-1
key - value=key-of-all-gateways
END
start_cups
key_line=HTTP_AUTHORIZATION='Bearer key-of-gw-1'

# ---- heads -------------------------------------------------------------------
station 58a0:cbff:fe80:1 key-of-gw-1
cups_uri=$cups
idle 'nothing to do' lns-uri:no-lns
printf 'Status: 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 14\r
Cache-Control: no-store\r\n\r\n' >"$work/head"
check 'its head, byte by byte' cmp "$work/head" "$answer.head"
cgi cgi-bin/cups.fcgi POST /update-info "$(request)" "$key_line" "$app_env"
printf '\0\0\0\0\0\0\0\0\0\0\0\0\0\0' | cat "$work/head" - >"$work/wanted"
check 'the same by plain CGI' cmp "$work/wanted" "$answer"
is "$app_status" 0 'which ends with 0'

# ---- the layout ----------------------------------------------------------------
# Written out from beginning to end, with nothing computed. The two certificates have 362
# and 367 bytes, so that both bytes of each length are used.
is "$(($(wc -c <"$work/lns.der"))) $(($(wc -c <"$trust")))" '362 367' \
  'the certificates are as long as ever'
fleet set gateway gw-1 lns=token lbs_lns_secret.value=NNSXS.AB.CD
poll 'an LNS' 200 lns-credentials:sent
{
  printf '\000\032wss://lns.example.com:8887\000\000\221\001'
  cat "$work/lns.der"
  printf '\000\000\000\000Authorization: Bearer NNSXS.AB.CD\r\n%b' "$ending"
} >"$work/wanted"
check 'its URI and credentials' cmp "$work/wanted" "$answer.body"
printf 'Status: 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 441\r
Cache-Control: no-store\r\n\r\n' >"$work/head"
check 'the head' cmp "$work/head" "$answer.head"
cgi cgi-bin/cups.fcgi POST /update-info "$(request)" "$key_line" "$app_env"
cat "$work/head" "$work/wanted" >"$work/whole"
check 'the same by plain CGI' cmp "$work/whole" "$answer"

fleet set gateway gw-1 target_cups_uri=$new
fleet key gw-1 value=NNSXS.EF.GH cups pushed
poll 'a redirect' 200 cups-uri:sent
{
  printf '\041https://new-cups.example.com:8443\000\226\001'
  cat "$trust"
  printf '\000\000\000\000Authorization: Bearer NNSXS.EF.GH\r\n\000\000%b' "$ending"
} >"$work/wanted"
check 'its URI and credentials' cmp "$work/wanted" "$answer.body"

cups_uri=$new
poll 'a rotation and an LNS' 200 cups-credentials:sent
{
  printf '\000\032wss://lns.example.com:8887\226\001'
  cat "$trust"
  printf '\000\000\000\000Authorization: Bearer NNSXS.EF.GH\r\n\221\001'
  cat "$work/lns.der"
  printf '\000\000\000\000Authorization: Bearer NNSXS.AB.CD\r\n%b' "$ending"
} >"$work/wanted"
check 'in one answer' cmp "$work/wanted" "$answer.body"

lns_uri=$lns
poll 'the LNS URI is right' 200 cups-credentials:sent
tail -c +29 "$work/wanted" | { printf '\000\000'; cat; } >"$work/shorter"
check 'then it is not sent' cmp "$work/shorter" "$answer.body"

stop_app
config 'cups_redirect_with_lns = on'
start_cups
station 58a0:cbff:fe80:1 key-of-gw-1
cups_uri=$cups
poll 'all four in one answer, when wished' 200 cups-uri:sent
{
  printf '\041%s\032' "$new"
  tail -c +3 "$work/wanted"
} >"$work/longer"
check 'byte by byte' cmp "$work/longer" "$answer.body"
check 'both URIs are in the first 8 KB' \
  [ $(($(wc -c <"$answer.head") + 1 + ${#new} + 1 + ${#lns} + 1)) -lt 8192 ]

# ---- CRCs ------------------------------------------------------------------------
printf '\0\0\0\0\0\0\0\0\0\0\0\0' >"$work/none"
is "$(crc32 "$work/none")" 2077607535 'the CRC of no files'
fleet set gateway gw-1 target_cups_uri= target_cups_key=
fleet retry gw-1
cups_uri=$cups
lns_uri=$lns
token_blob "$work/lns.der" 'Authorization: Bearer NNSXS.AB.CD' >"$work/blob"

# A factory writes PEM; its CRC is that of the text.
token_blob "$crypto/ca-plain.pem" 'Authorization: Bearer NNSXS.AB.CD' >"$work/factory"
lns_crc=$(crc32 "$work/factory")
poll 'files of a factory in PEM' 200 lns-credentials:sent
sent '' '' '' "$work/blob" 'are replaced'
lns_crc=$(crc32 "$work/blob")
idle 'once'
for crc in null 0 4294967295 $((lns_crc - 1)); do
  lns_crc=$crc
  poll "a CRC of $crc" 200 lns-credentials:sent
  sent '' '' '' "$work/blob"
done

# ---- token lines -------------------------------------------------------------------
# line LNS SECRET WANTED: the line that goes to the gateway
line() {
  fleet set gateway gw-1 "lns=$1" "lbs_lns_secret.value=$2"
  lns_crc=1
  token_blob "$work/lns.der" "$3" >"$work/blob"
  poll "$2 ($1)" 200 lns-credentials:sent
  sent '' '' '' "$work/blob" "is sent as $3"
  lns_crc=$(crc32 "$work/blob")
  idle 'and its CRC is known'
}
line token NNSXS.AB.CD 'Authorization: Bearer NNSXS.AB.CD'
line bare NNSXS.AB.CD 'Authorization: NNSXS.AB.CD'
line token 'Bearer NNSXS.AB.CD' 'Authorization: Bearer NNSXS.AB.CD'
line bare 'Bearer NNSXS.AB.CD' 'Authorization: Bearer NNSXS.AB.CD'
line bare 'Basic dTpw' 'Authorization: Basic dTpw'
line token 'Authorization: NNSXS.AB.CD' 'Authorization: NNSXS.AB.CD'
line bare 'X-Api-Key: a:b' 'X-Api-Key: a:b'

# Where no network server is named the configuration says it.
fleet set gateway gw-1 lns= lbs_lns_secret.value=NNSXS.AB.CD gateway_server_address=lns.example.com
lns_crc=1
poll 'an address alone' 200 lns-credentials:sent
token_blob "$work/lns.der" 'Authorization: Bearer NNSXS.AB.CD' >"$work/blob"
sent '' '' '' "$work/blob" 'is that of wss, port 8887, with Bearer'
stop_app
config 'token_form = bare'
start_cups
poll 'token_form = bare' 200 lns-credentials:sent
token_blob "$work/lns.der" 'Authorization: NNSXS.AB.CD' >"$work/blob"
sent '' '' '' "$work/blob" 'as the reference server sends it'
fleet set gateway gw-1 gateway_server_address=old.example.com:1234
poll 'a port without a trust' 200 lns-credentials:no-trust
nothing 'waits'

# ---- the other forms of credentials ----------------------------------------------------
fleet set gateway gw-1 gateway_server_address= lns=open
lns_crc=1
{
  cat "$work/lns.der"
  printf '\0\0\0\0\0\0\0\0'
} >"$work/blob"
poll 'server authentication alone' 200 lns-credentials:sent
sent '' '' '' "$work/blob" 'trust, 0000, 0000'
lns_crc=$(crc32 "$work/blob")
idle 'and its CRC is known'

fleet set gateway gw-1 lns=cert
poll 'mutual TLS without a certificate' 200 lns-credentials:no-certificate
nothing 'waits'
fleet cert lns gw-1 "$crypto/client.pem" "$crypto/key-p256-pkcs8.pem"
cat "$work/lns.der" "$crypto/client.der" "$crypto/key-p256-sec1.der" >"$work/blob"
poll 'mutual TLS' 200 lns-credentials:sent
sent '' '' '' "$work/blob" 'trust, certificate, key as SEC1'
lns_crc=$(crc32 "$work/blob")
idle 'and its CRC is known'
fleet cert lns gw-1 "$crypto/client-of-rsa.pem" "$crypto/key-p256-sec1.pem"
poll 'another certificate' 200 lns-credentials:sent

fleet set gateway gw-1 lns=
fleet cert cups gw-1 "$crypto/client.pem" "$crypto/key-p256-sec1.pem"
poll 'mutual TLS with CUPS' 200 cups-credentials:sent
cat "$trust" "$crypto/client.der" "$crypto/key-p256-sec1.der" >"$work/blob"
sent '' '' "$work/blob" '' 'trust, certificate, key as SEC1'
fleet set gateway gw-1 cups_credentials=server_only allow_unauthenticated=true
poll 'server authentication alone with CUPS' 200 cups-credentials:sent
{
  cat "$trust"
  printf '\0\0\0\0\0\0\0\0'
} >"$work/blob"
sent '' '' "$work/blob" '' 'trust, 0000, 0000'
cups_crc=$(crc32 "$work/blob")
idle 'and its CRC is known' lns-uri:no-lns
fleet set gateway gw-1 cups_credentials=auto target_cups_key= allow_unauthenticated=false
fleet key gw-1 value=NNSXS.BARE.KEY cups pushed bare
fleet set gateway gw-1 cups_credentials=token
poll 'a bare CUPS key' 200 cups-credentials:sent
token_blob "$trust" 'Authorization: NNSXS.BARE.KEY' >"$work/blob"
sent '' '' "$work/blob" ''
fleet key gw-1 'value=X-Api-Key: a-key-in-its-header' cups pushed
poll 'a CUPS key in a header of its own' 200 cups-credentials:sent
token_blob "$trust" 'X-Api-Key: a-key-in-its-header' >"$work/blob"
sent '' '' "$work/blob" ''

# ---- addresses that a station could not start with -----------------------------------------
fleet uncert cups gw-1
fleet set gateway gw-1 cups_credentials=auto target_cups_key= "gateway_server_address=wss://$(
  seq 60 | tr -dc 0-9).example.com"
poll 'an address of more than 127 characters' 200 lns-uri:bad-uri
nothing 'is not sent'
for uri in 'https://[2001:db8::1]:443' https://cups.example.com https://cups.example.com:443/ \
  https://u@cups.example.com:443 wss://cups.example.com:443; do
  if fleet set gateway gw-1 "target_cups_uri=$uri" >"$work/out"; then
    fail "target_cups_uri: $uri is refused"
  else
    pass "target_cups_uri: $uri is refused"
  fi
done
fleet set gateway gw-1 gateway_server_address=

# ---- EUIs --------------------------------------------------------------------------
key='key-of-all-gateways'
# of EUI ROUTER...: each of these is that gateway
of() {
  eui=$1
  shift
  if [ "$eui" != 58A0CBFFFE800001 ]; then
    fleet add gateway "eui-$(echo "$eui" | tr A-F a-f)" ids.eui="$eui"
  fi
  for router in "$@"; do
    poll "$router" 200 lns-uri:no-lns
    has "$(tail -n 1 "$log")" "eui=$eui " "is $eui"
  done
}
of 0000000000000001 ::1
of 00000000ABCD0001 ::abcd:1
of 00000000ABCD0000 ::abcd:0
of ABCD000000000000 abcd::
of ABCD000100000000 abcd:1::
of ABCD000000000001 abcd::1
of ABCD000000010000 abcd:0:1:0
of 0000ABCD00000000 0:abcd::
of 0000ABCD00000001 0:abcd:0:1
of 58A0CBFFFE800001 58a0:cbff:fe80:1 58-A0-CB-FF-FE-80-00-01 58:a0:cb:ff:fe:80:00:01 \
  58a0cbfffe800001 58A0CBFFFE800001
ask_for '{"router":6386328571958263809}'
is "$status" 200 'a plain integer'
has "$(tail -n 1 "$log")" 'eui=58A0CBFFFE800001 ' 'is the same'
for bad in '""' '"58a0cbfffe80001"' '"58a0cbfffe8000011"' '"58a0:cbff:fe80"' \
  '"58-A0:CB-FF:FE-80:00-01"' '"58a0:cbff:fe80:1:2"' '"1::2::3"' '"58a0:cbff:fe80:g"' \
  '" 58a0cbfffe800001"' '"eui-58a0cbfffe800001"' 18446744073709551616 -1 1.5 true null \
  '[]' '{}' 0 '"::"' '"0000000000000000"'; do
  ask_for "{\"router\":$bad}"
  is "$status" 400 "router: $bad is refused"
done

# ---- errors ----------------------------------------------------------------------------
# error NAME STATUS METHOD PATH BODY [VAR=VALUE...]
error() {
  error_name=$1 error_status=$2
  shift 2
  req "$@"
  is "$status" "$error_status" "$error_name"
  is "$(header Content-Length) $(header Content-Type)" \
    "$(($(body | wc -c))) application/json" 'its length'
  check 'it is short' [ "$(wc -c <"$answer")" -lt 512 ]
  hasnt "$(tr A-Z a-z <"$answer.head")" transfer-encoding 'and in one piece'
}
station 58a0:cbff:fe80:1
good=$(request)
head -c 65000 /dev/zero | tr '\0' a >"$work/long"
router=$(cat "$work/long")
request >"$work/long.json"
head -c 2097153 /dev/zero | tr '\0' ' ' >"$work/large"
error 'no JSON' 400 POST /update-info '{"router'
error 'no body' 400 POST /update-info ''
error 'an EUI of 65,000 characters' 400 POST /update-info "@$work/long.json"
error 'a body above 2 MiB' 413 POST /update-info "@$work/large"
error 'no key' 401 POST /update-info "$good"
error 'a key of 5,000 characters' 403 POST /update-info "$good" \
  HTTP_AUTHORIZATION="Bearer $(head -c 5000 "$work/long")"
error 'another path' 404 POST /update-infos "$good"
error 'a path of 4,000 characters' 404 POST "/$(head -c 4000 "$work/long")" "$good"
error 'GET' 405 GET /update-info ''
is "$(header Allow)" 'POST, OPTIONS' 'which says what is possible'
station 58a0:cbff:fe80:99
error 'an unknown gateway' 404 POST /update-info "$(request)"

stop_app
done_testing
