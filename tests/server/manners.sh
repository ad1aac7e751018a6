# The part of tests/server/everywhere.sh that is about how requests are written and connections
# are used: as stations, old devices, scripts and strangers do it.
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # of and for everywhere.sh

# wire OPTIONS... <BYTES: what was answered, in one line
wire() {
  python3 "$top_srcdir/tests/server/wire.py" "$@" 2>"$work/wire.log" | tr '\n' ' ' | sed 's/ $//'
}

station=58a0:cbff:fe80:1
keys=
request $station >"$work/body.json"
size=$(($(wc -c <"$work/body.json")))
# post TARGET LINE...: a request with a body, the lines without line ends; then its body
post() {
  printf 'POST %s\r\n' "$1"
  shift
  printf '%s\r\n' "$@"
  printf '\r\n'
  cat "$work/body.json"
}
host="Host: localhost:$port"
right='Authorization: Bearer key-of-gw-1'

# ---- how it is written ------------------------------------------------------------------------
is "$(post '/update-info HTTP/1.1' "$host" 'Content-Type: application/json' \
  "Content-Length: $(printf %5s $size)" "$right" | wire -t "$work/root.pem" "$tls_port")" '200 14' \
  'as a station writes it: in one piece, its length padded, no Connection'
is "$(post '/update-info HTTP/1.0' "Content-Length: $size" "$right" | wire "$port")" '200 14' \
  'HTTP/1.0 without Host'
is "$(post '/update-info HTTP/1.1' "Content-Length: $size" "$right" | wire "$port" | cut -c 1-3)" \
  400 'HTTP/1.1 without Host'
is "$(post '/update-info HTTP/1.1' "host: x" "content-length: $size" \
  'authorization: bearer key-of-gw-1' | wire "$port")" '200 14' 'names in lower case'
is "$(post '/update-info HTTP/1.1' "HOST: x" "CONTENT-LENGTH: $size" \
  'AUTHORIZATION: key-of-gw-1' | wire "$port")" '200 14' 'names in upper case, no scheme'
is "$(post "http://localhost:$port/update-info HTTP/1.1" "$host" "Content-Length: $size" "$right" |
  wire "$port")" '200 14' 'with scheme and host in the target'
case $(post '/update-info HTTP/1.1' "$host" "Content-Length: $size" 'Expect: 100-continue' "$right" |
  wire "$port") in
'200 14' | '100 200 14') pass 'Expect: 100-continue' ;;
*) fail 'Expect: 100-continue' "$(cat "$work/wire.log")" ;;
esac
{
  printf 'POST /update-info HTTP/1.1\r\n%s\r\n%s\r\nTransfer-Encoding: chunked\r\n\r\n' "$host" "$right"
  printf '%x\r\n' $size
  cat "$work/body.json"
  printf '\r\n0\r\n\r\n'
} >"$work/chunked"
said=$(wire "$port" <"$work/chunked")
case $said in
'200 14' | 400* | 411*) pass "a body in chunks: $said" ;;
*) fail 'a body in chunks: taken, or refused for it' "$said" ;;
esac
case $(post '//update-info HTTP/1.1' "$host" "Content-Length: $size" "$right" | wire "$port") in
'200 14' | 404*) pass 'a doubled slash' ;;
*) fail 'a doubled slash' ;;
esac
is "$(post '/update-info?a=b HTTP/1.1' "$host" "Content-Length: $size" "$right" | wire "$port")" \
  '200 14' 'with a query'
case $(printf 'GET /api/v2/../../../etc/passwd HTTP/1.1\r\n%s\r\n\r\n' "$host" | wire "$port") in
40[034]*) pass 'upwards' ;;
*) fail 'upwards' ;;
esac
is "$(printf 'HEAD /update-info HTTP/1.1\r\n%s\r\n\r\n' "$host" | wire -h "$port")" '405 0' 'HEAD'
fetch "$https/update-info" -X OPTIONS
is "$status $(head_of Allow)" '204 POST, OPTIONS' 'OPTIONS'
fetch "$https/update-info" -X PUT -d x
is "$status $(head_of Allow)" '405 POST, OPTIONS' 'PUT'

# ---- what must not confuse anybody --------------------------------------------------------------
case $(post '/update-info HTTP/1.1' "$host" "Content-Length: $size" "Content-Length: 3" "$right" |
  wire "$port") in
400*) pass 'two lengths' ;;
*) fail 'two lengths' ;;
esac
# Another request in the body of the first is none.
said=$({
  printf 'POST /update-info HTTP/1.1\r\n%s\r\nContent-Length: 4\r\n' "$host"
  printf 'Transfer-Encoding: chunked\r\n\r\n'
  printf '0\r\n\r\nGET /healthz HTTP/1.1\r\n%s\r\n\r\n' "$host"
} | wire -n 2 "$port")
case $said in
'4'*' 200 3') fail 'a length and chunks' 'the second request was served' ;;
4* | 501* | '200 14'*) pass 'a length and chunks' ;;
*) fail 'a length and chunks' "$said" ;;
esac
large=$(head -c 60000 /dev/zero | tr '\0' a)
said=$(post '/update-info HTTP/1.1' "$host" "Content-Length: $size" "$right" "X-Large: $large" |
  wire "$port")
case $said in
4* | closed | reset | '200 14') pass "a header of 60 KB: $said" ;;
*) fail 'a header of 60 KB' "$said" ;;
esac
large=$(printf %.4000s "$large")
is "$(post '/update-info HTTP/1.1' "$host" "Content-Length: $size" "Authorization: Bearer $large" |
  wire "$port" | cut -c 1-3)" 403 'a key of 4 KB is a wrong one'
is "$(post '/update-info HTTP/1.1' "$host" "Content-Length: $size" "$right" "X-Large: $large" |
  wire "$port")" '200 14' 'a header of 4 KB'

# ---- how connections are used ---------------------------------------------------------------
is "$({
  post '/update-info HTTP/1.1' "$host" "Content-Length: $size" "$right"
  printf 'GET /healthz HTTP/1.1\r\n%s\r\n\r\n' "$host"
  post '/update-info HTTP/1.1' "$host" "Content-Length: $size" "$right"
} | wire -n 3 "$port")" '200 14 200 3 200 14' 'three requests at once, on one connection'
# As many as there are workers, and more, break off: with a body half sent, with a firmware half
# received. Nobody is in anybody's way, and the next one gets its own.
for _ in 1 2 3 4; do
  post '/update-info HTTP/1.1' "$host" "Content-Length: $((size + 5))" "$right" |
    wire -s 0.2 "$port" >/dev/null
done
poll $station -H "$right"
is "$status" 200 'after bodies that broke off'
keys=$crc
request 58a0:cbff:fe80:3 >"$work/body.json"
size=$(($(wc -c <"$work/body.json")))
for _ in 1 2 3 4; do
  cut=$(post '/update-info HTTP/1.1' "$host" "Content-Length: $size" \
    'Authorization: Bearer key-of-gw-3' | wire -t "$work/root.pem" -c 200000 "$tls_port")
done
is "$cut" True 'a firmware is broken off'
poll 58a0:cbff:fe80:3 -H 'Authorization: Bearer key-of-gw-3'
is "$status $(($(wc -c <"$work/answer.body")))" "200 $(($(wc -c <"$work/wanted")))" \
  'and then sent whole'
check 'byte by byte' cmp "$work/wanted" "$work/answer.body"
keys=
request $station >"$work/body.json"
size=$(($(wc -c <"$work/body.json")))
slow=
for i in 1 2 3 4; do
  post '/update-info HTTP/1.1' "$host" "Content-Length: $((size + 1))" "$right" |
    python3 "$top_srcdir/tests/server/wire.py" -s 600 "$port" >"$work/slow.$i" 2>/dev/null &
  slow="$slow $!"
done
for i in 1 2 3 4; do
  wait_for grep -q sent "$work/slow.$i" || fail "body $i is not sent"
done
poll $station -H "$right"
is "$status" 200 'beside bodies that never end'
case $server_mode in
# It hands a body to a worker as it comes, and ends those that take too long.
apache-proxy) ;;
*) for pid in $slow; do check 'which have not ended' kill -0 "$pid"; done ;;
esac
# shellcheck disable=SC2086 # process ids
{
  kill $slow
  wait $slow 2>/dev/null
}

# ---- TLS ----------------------------------------------------------------------------------------
# tls OPTIONS...: one handshake, with standard input as the request
tls() {
  timeout 300 openssl s_client -connect "127.0.0.1:$tls_port" -tls1_2 -CAfile "$work/root.pem" "$@" \
    >"$work/tls" 2>&1
}
tls -servername localhost -curves P-521:P-384:P-256:X25519 \
  -cipher ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256 </dev/null
has "$(cat "$work/tls")" 'Server Temp Key: X25519' 'TLS 1.2: the server chooses the cheap curve'
has "$(cat "$work/tls")" 'Cipher is ECDHE-ECDSA-AES128-GCM-SHA256' 'and the cheap cipher'
tls -servername localhost -curves P-521:P-256 </dev/null
has "$(cat "$work/tls")" 'Server Temp Key: ECDH, prime256v1' 'P-256 before P-521'
has "$(cat "$work/tls")" 'Verify return code: 0 (ok)' 'with its chain'
has "$(cat "$work/tls")" 'CN = Fleet' 'it asks for certificates of the CAs of gateways'
# hello VERSION: how a client begins which knows versions up to this (octal), byte by byte, since
# libraries refuse old ones themselves
hello() {
  printf '\026\003\001\000\107\001\000\000\103\003'
  # shellcheck disable=SC2059 # a byte
  printf "\\$1"
  head -c 32 /dev/zero
  # ECDHE-ECDSA with AES128-GCM-SHA256 or AES128-SHA; P-256, its points as they are, and SHA-256
  printf '\000\000\004\300\053\300\011\001\000\000\026\000\012\000\004\000\002\000\027'
  printf '\000\013\000\002\001\000\000\015\000\004\000\002\004\003'
}
case $(hello 003 | wire -x 6 "$tls_port") in
160303????02) pass 'who offers TLS 1.2 is greeted' ;;
*) fail 'who offers TLS 1.2 is greeted' "$(hello 003 | wire -x 100 "$tls_port")" ;;
esac
for old in 1 2; do
  case $(hello "00$old" | wire -x 7 "$tls_port") in
  1503??00020246) pass "TLS 1.$((old - 1)): an alert, protocol_version" ;;
  *) fail "TLS 1.$((old - 1)): an alert, protocol_version" "$(hello "00$old" | wire -x 100 "$tls_port")" ;;
  esac
done
tls -servername other.example.com </dev/null
has "$(cat "$work/tls")" 'subject=CN = other.example.com' 'there is another host on this machine'
tls -noservername </dev/null
has "$(cat "$work/tls")" 'subject=CN = localhost' 'who names none gets this one'
is "$(printf 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n' |
  wire -t "$work/root.pem" "$tls_port")" '200 3' 'and its pages'
# A session that is taken up again has the certificate that began it.
post '/update-info HTTP/1.1' "$host" "Content-Length: $size" 'Connection: close' >"$work/raw"
for time in first second; do
  set -- -sess_out "$work/session"
  [ $time = first ] || set -- -sess_in "$work/session"
  tls -quiet -servername localhost -cert "$work/right.pem" -key "$work/right.key" "$@" <"$work/raw"
  has "$(tr -d '\0' <"$work/tls")" 'HTTP/1.1 200' "a certificate, the $time time"
done
# A certificate below another CA of the fleet comes with its chain.
tls -quiet -servername localhost -cert "$work/below.pem" -key "$work/below.key" \
  -cert_chain "$work/factory.pem" <"$work/raw"
has "$(tr -d '\0' <"$work/tls")" 'HTTP/1.1 200' 'a certificate with its chain'

# ---- too many wrong keys --------------------------------------------------------------------
# They are forgotten with time, so they come on one connection, quicker than that.
status=
request 58a0:cbff:fe80:2 >"$work/body.json"
for _ in $(seq 20); do
  [ "$status" != 429 ] || break
  curl -s -o "$work/wrong" --max-time 600 -H 'Authorization: Bearer wrong' \
    -H 'Content-Type: application/json' --data-binary "@$work/body.json" \
    "$http/update-info?[1-80]"
  poll 58a0:cbff:fe80:2 -H 'Authorization: Bearer wrong'
done
is "$status" 429 'after too many wrong keys: 429'
check 'which says when to come again, in seconds' [ "$(head_of Retry-After)" -gt 0 ]
exact '429'
poll 58a0:cbff:fe80:2 -H 'Authorization: Bearer key-of-gw-2'
is "$status" 200 'the right one is taken at any time'
