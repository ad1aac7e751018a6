# One suite of requests behind any web server; the scripts beside this one name it:
#
#	server_mode=nginx; . "$top_srcdir/tests/server/everywhere.sh"
#
# Firmware of Kickstarters is in kickstarter-firmware-servers.sh, for all servers.
#
# shellcheck shell=sh
# shellcheck disable=SC2154 # server_mode

# shellcheck source=tests/server/servers.sh
. "$top_srcdir/tests/server/servers.sh"
raw=$work/raw
eui=58A0CBFFFE800001
lns=wss://lns.example.com:8887

# ---- data -----------------------------------------------------------------------------
issue fleet use=ca cn=Fleet
issue stranger use=ca cn=Stranger
issue right ca=fleet cn=$eui
issue neighbour ca=fleet cn=58A0CBFFFE800002
issue expired ca=fleet cn=$eui from=-3d until=-1d
issue of-stranger ca=stranger cn=$eui
issue factory use=ca ca=fleet cn=Factory
issue below ca=factory cn=$eui
cat "$work/fleet.pem" "$work/factory.pem" >"$work/client-cas.pem"

must init
must plan import "$top_srcdir/share/frequency-plans"
must ca import fleet "$work/fleet.pem" --prefix 58A0CB
must ca import factory "$work/factory.pem" --prefix 58A0CB
issue lns-root use=ca cn=LNS
must trust import lns-root "$work/lns-root.pem" lns.example.com:8887
must lns add lns-1 $lns udp_address=udp.example.com
printf 'NNSXS.LNS.SECRET' >"$work/lns.key"
must gateway add gw-1 $eui frequency_plan_ids=EU_863_870_TTN udp_address=udp.example.com
must gateway add gw-2 58A0CBFFFE800002 lns=lns-1 --secret lbs_lns_secret.value="$work/lns.key"
must gateway add kick-1 kickstarter=true frequency_plan_ids=EU_863_870 \
  gateway_server_address=gatewayserver --secret lbs_lns_secret.value="$work/lns.key"
# Firmware for stations: 20 MB, signed with OpenSSL, whose key a gateway has in 64 bytes.
openssl enc -aes-128-ctr -K 000102030405060708090a0b0c0d0e0f -iv 00 -in /dev/zero 2>/dev/null |
  head -c 20000000 >"$work/image"
openssl ecparam -name prime256v1 -genkey -noout -out "$work/release.pem"
openssl ec -in "$work/release.pem" -pubout -out "$work/release.pub" 2>/dev/null
openssl ec -in "$work/release.pem" -pubout -outform DER 2>/dev/null | tail -c 64 >"$work/sig-0.key"
openssl dgst -sha512 -sign "$work/release.pem" -out "$work/image.sig" "$work/image"
must signing-key add release "$work/release.pub"
must firmware add fw-2 "$work/image" --signature "$work/image.sig"
must release add rel-2 fw-2 2.0
must channel add stable release=rel-2
must gateway add gw-3 58A0CBFFFE800003 update_channel=stable auto_update=true
printf 'the password of the boss\n' >"$work/password"
must account add boss --role admin --password-file "$work/password"
printf 'key-of-program' >"$work/program.key"
must key import --all-gateways --api --rights ALL --file "$work/program.key"
config "share = $work/share" 'admin_remote_user = on' 'upload_limit = 9M' \
  'throttle_failures = 60' 'firmware_attempts = 100' 'firmware_downloads = 100'
for gateway in gw-1 gw-2 gw-3; do
  printf 'key-of-%s' $gateway >"$work/$gateway.key"
  must key import $gateway --file "$work/$gateway.key"
done
server_prepare
server_start "$server_mode"

# ---- asking ------------------------------------------------------------------------
# request ROUTER: the body of a station that has nothing yet, but for $keys
keys=
request() {
  printf '{"router":"%s","cupsUri":null,"tcUri":null,"cupsCredCrc":2077607535,' "$1"
  printf '"tcCredCrc":2077607535,"station":"2.0.6","model":"linux","package":"1.0",'
  printf '"keys":[%s]}' "$keys"
}

# size NUMBER BYTES: little-endian
size() {
  size_left=$1
  for _ in $(seq "$2"); do
    # shellcheck disable=SC2059 # bytes
    printf "\\$(printf %03o $((size_left % 256)))"
    size_left=$((size_left / 256))
  done
}

# fetch PATH CURL-OPTIONS...: the answer in $answer.head and $answer.body, $status
fetch() {
  fetch_path=$1
  shift
  rm -f "$work/answer.head" "$work/answer.body"
  status=$(curl -sS -4 -o "$work/answer.body" -D "$work/answer.head" --http1.1 --tlsv1.2 \
    --tls-max 1.2 --max-time 600 --cacert "$work/root.pem" -w '%{http_code}' "$@" \
    "$fetch_path" 2>"$work/curl.log") || true
  [ -e "$work/answer.body" ] || : >"$work/answer.body"
}

# head_of NAME: the value of a header, as it was written
head_of() {
  tr -d '\r' <"$work/answer.head" | sed -n "s/^$1: //p"
}

# exact NAME: a plain answer of exactly the length that it states
exact() {
  is "$(head_of Content-Length)" "$(($(wc -c <"$work/answer.body")))" "$1: exact length"
  is "$(head_of Transfer-Encoding)$(head_of Content-Encoding)" '' "$1: as it is"
}

# poll EUI CURL-OPTIONS...: CUPS by TLS
poll() {
  request "$1" >"$work/body.json"
  shift
  fetch "$https/update-info" -H 'Content-Type: application/json' \
    --data-binary "@$work/body.json" -H 'Accept-Encoding: gzip, deflate' "$@"
}

# with_certificate NAME [CURL-OPTIONS...]
with_certificate() {
  client=$1
  shift
  poll 58a0:cbff:fe80:1 --cert "$work/$client.pem" --key "$work/$client.key" "$@"
}

fetch "$http/healthz"
is "$status $(cat "$work/answer.body")" '200 ok' 'healthz'
fetch "$https/healthz"
is "$status" 200 'healthz by TLS'

# ---- CUPS -----------------------------------------------------------------------------
poll 58a0:cbff:fe80:1 -H 'Authorization: Bearer key-of-gw-1'
is "$status" 200 'a token'
exact 'nothing to do'
is "$(od -An -tx1 -v "$work/answer.body" | tr -d ' \n')" 0000000000000000000000000000 \
  '14 zero bytes'
poll 58a0:cbff:fe80:2 -H 'Authorization: Bearer key-of-gw-2'
is "$status" 200 'a gateway without anything'
exact 'a push'
{
  printf '\0\032%s\0\0' $lns
  size $(($(wc -c <"$work/lns-root.der") + 44)) 2
  cat "$work/lns-root.der"
  printf '\0\0\0\0Authorization: Bearer NNSXS.LNS.SECRET\r\n'
  printf '\0\0\0\0\0\0\0\0'
} >"$work/wanted"
check 'byte by byte' cmp "$work/wanted" "$work/answer.body"
poll 58a0:cbff:fe80:1
is "$status" 401 'nothing shown'
exact 'an error'
poll 58a0:cbff:fe80:1 -H 'Authorization: Bearer key-of-gw-2'
is "$status" 403 'the token of another gateway'
poll 58a0:cbff:fe80:9 -H 'Authorization: Bearer key-of-gw-2'
is "$status" 404 'nobody knows it'
fetch "$https/update-info"
is "$status" 405 'GET'
with_certificate right
is "$status" 200 'the right certificate'
with_certificate neighbour
is "$status" 403 'that of another gateway'
for name in of-stranger expired; do
  with_certificate $name
  case $status in
  400 | 401 | 403 | 000) pass "$name: refused ($status)" ;;
  *) fail "$name" "$status $(cat "$work/curl.log")" ;;
  esac
done
with_certificate of-stranger -H 'Authorization: Bearer key-of-gw-1'
is "$status" 200 'a right token beside a useless certificate is enough'
line=$(tr '\n' ' ' <"$work/right.pem")
for header in SSL_CLIENT_CERT SSL-Client-Cert X-SSL-CERT X-SSL-Client-Cert X-Client-Cert \
  X-Forwarded-Client-Cert; do
  poll 58a0:cbff:fe80:1 -H "$header: $line"
  is "$status" 401 "$header does nothing"
done
for header in 'SSL_CLIENT_VERIFY: SUCCESS' "SSL_CLIENT_S_DN_CN: $eui" "Remote-User: $eui" \
  'X-Forwarded-For: 127.0.0.1' 'Proxy: http://127.0.0.1'; do
  poll 58a0:cbff:fe80:1 -H "$header"
  is "$status" 401 "$header does nothing"
done
poll 58a0:cbff:fe80:1 -u 'gw-1:wrong'
is "$status" 401 'a Basic header is worth nothing'

# ---- 20 MB of firmware ------------------------------------------------------------------
# The CRC of a key is at the end of what gzip makes.
crc=$(gzip -nc "$work/sig-0.key" | tail -c 8 | od -An -tu4 -N4 --endian=little | tr -d ' ')
keys=$crc
{
  printf '\0\0\0\0\0\0'
  size $(($(wc -c <"$work/image.sig") + 4)) 4
  size "$keys" 4
  cat "$work/image.sig"
  size 20000000 4
  cat "$work/image"
} >"$work/wanted"
poll 58a0:cbff:fe80:3 -H 'Authorization: Bearer key-of-gw-3'
is "$status" 200 'firmware'
exact 'firmware'
check 'signature and image, byte by byte' cmp "$work/wanted" "$work/answer.body"
keys=1
poll 58a0:cbff:fe80:3 -H 'Authorization: Bearer key-of-gw-3'
is "$status $(($(wc -c <"$work/answer.body")))" '200 14' 'not for another key'
keys=
head -c 3000000 /dev/zero >"$work/large"
fetch "$https/update-info" -H 'Authorization: Bearer key-of-gw-1' --data-binary "@$work/large"
is "$status" 413 'a request of 3 MB'

# shellcheck source=tests/server/manners.sh
. "$top_srcdir/tests/server/manners.sh"

# ---- configuration files ----------------------------------------------------------------
file=/api/v3/gcs/gateways/gw-1/semtechudp/global_conf.json
fetch "$https$file" -H 'Authorization: Bearer key-of-gw-1' -H 'Accept-Encoding: gzip'
is "$status" 200 'global_conf.json'
exact 'global_conf.json'
run config-file gw-1 semtechudp/global_conf.json
cp "$work/out" "$work/wanted"
check 'as config-file prints it' cmp "$work/wanted" "$work/answer.body"
etag=$(head_of ETag)
has "$etag" '"' 'with an ETag'
fetch "$https$file" -H 'Authorization: Bearer key-of-gw-1' -H "If-None-Match: $etag"
is "$status $(($(wc -c <"$work/answer.body")))" '304 0' 'unchanged'
is "$(head_of ETag)" "$etag" 'the same ETag'
fetch "$https$file" -H 'Authorization: Bearer key-of-gw-1' -I
is "$status $(($(head_of Content-Length)))" "200 $(($(wc -c <"$work/wanted")))" 'HEAD'
fetch "$https$file"
is "$status" 401 'without a key'
fetch "$https$file" -u 'gw-1:wrong'
is "$status" 401 'with a Basic header'

# ---- Kickstarter ---------------------------------------------------------------------------
# raw TEXT NAME: sends the bytes; the answer is one that the device survives
raw() {
  # shellcheck disable=SC2059 # the escapes are wanted
  printf "$1" >"$work/request"
  if "$top_builddir/tests/server/http_raw" "$port" "$work/request" >"$raw" 2>"$work/raw.err"; then
    pass "$2"
  else
    fail "$2" "$(cat "$work/raw.err" "$raw")"
  fi
}

ask="User-Agent: TTNGateway\r\nHost: 127.0.0.1:$port\r\n"
end='Connection: close\r\n\r\n'
raw "PUT /api/v2/gateways/kick-1/activate HTTP/1.1\r\n$ask$end" 'activation'
is "$(head -n 1 "$raw" | tr -d '\r')" 'HTTP/1.1 201 Created' 'its status line'
has "$(cat "$raw")" '{"key":"NNSXS.LNS.SECRET"}' 'its key'
raw "PUT /api/v2/gateways/kick-1/activate HTTP/1.1\r\n$ask$end" 'a second one'
has "$(cat "$raw")" '{"code":403,"error":"' 'is refused'
raw "GET /api/v2/gateways/kick-1?filter=ttn HTTP/1.1\r\n${ask}Authorization: Key NNSXS.LNS.SECRET\r\n$end" \
  'configuration'
has "$(cat "$raw")" "\"frequency_plan_url\":\"http://127.0.0.1:$port/api/v2/frequency-plans/EU_863_870\"" \
  'the address by which it came'
raw "GET /api/v2/gateways/kick-1 HTTP/1.1\r\n$ask$end" 'without its key'
has "$(cat "$raw")" '{"code":401,' 'it activates again'
raw "GET /api/v2/frequency-plans/EU_863_870?filter=ttn HTTP/1.1\r\n$ask$end" 'frequency plan'
has "$(cat "$raw")" '{"SX1301_conf":{"lorawan_public":true,' 'its beginning'
raw "GET /api/v2/firmware/nothing/checksums?filter=ttn HTTP/1.1\r\n$ask$end" 'no firmware'
is "$(head -c 12 "$raw")" 'HTTP/1.1 404' 'with a length'

# ---- the admin -------------------------------------------------------------------------------
# shellcheck source=tests/server/admin.sh
. "$top_srcdir/tests/server/admin.sh"

# ---- what must not be there ------------------------------------------------------------------
server_stop
cat "$work/server/log" "$work/programs.log" "$work/start.log" >"$work/logs"
# They have what went through the programs, or what is not in them would say nothing.
for line in 'cups: POST /update-info 200 ' 'cups: POST /update-info 403 ' \
  'udp-config: GET /api/v3/gcs/gateways/gw-1/semtechudp/global_conf.json 200 ' \
  'kickstarter: PUT /api/v2/gateways/kick-1/activate 201 ' \
  'kickstarter: GET /api/v2/gateways/kick-1 200 ' \
  'admin: POST /admin/sign-in 403 ' 'admin: POST /admin/sign-in 303 '; do
  check "a log has $line" grep -qF "$line" "$work/logs"
done
case $server_mode in
*-spawn-fcgi) is "$(cat "$work/programs.log")" "$logged" 'with log = syslog only that has lines' ;;
esac
for secret in key-of-gw SECRET 'password of the boss'; do
  hasnt "$(cat "$work/logs")" "$secret" "no $secret in any log"
done
done_testing
