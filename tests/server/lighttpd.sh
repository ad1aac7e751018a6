#!/bin/sh
# cups.fcgi behind lighttpd, with etc/lighttpd as it is: TLS 1.2 on a loopback port, tokens and
# client certificates, forged headers, and requests as the LoRa Basics Station writes them.
. "${top_srcdir:=.}/tests/lib/cups.sh"
# shellcheck source=tests/lib/port.sh
. "$top_srcdir/tests/lib/port.sh"
real_time
PATH=$PATH:/usr/sbin

# ---- certificates and data -----------------------------------------------------
eui=58A0CBFFFE800001
issue root use=ca cn=Root
issue server ca=root use=server cn=localhost dns=localhost ip=127.0.0.1
cat "$work/root.pem" >>"$work/server.pem"
issue fleet use=ca cn=Fleet
issue known use=ca cn=Known
issue stranger use=ca cn=Stranger
issue right ca=fleet cn=$eui
issue neighbour ca=fleet cn=58A0CBFFFE800002
issue expired ca=fleet cn=$eui from=-3d until=-1d
issue of-known ca=known cn=$eui
issue of-stranger ca=stranger cn=$eui
cat "$work/fleet.pem" "$work/known.pem" >"$work/client-cas.pem"

lns=wss://lns.example.com:8887
fleet <<END || bail 'no data'
init
ca fleet $work/fleet.pem 58A0CB
trust root $work/root.pem lns.example.com:8887
add lns lns-1 uri=$lns
add gateway gw-1 ids.eui=$eui
add gateway gw-2 ids.eui=58A0CBFFFE800002 lns=lns-1 lbs_lns_secret.value=NNSXS.LNS.SECRET
key gw-1 value=key-of-gw-1
key gw-2 value=key-of-gw-2
END
token_blob "$work/root.der" 'Authorization: Bearer NNSXS.LNS.SECRET' >"$work/blob"

# ---- the server ------------------------------------------------------------------
programs=$(cd "$top_builddir/cgi-bin" && pwd)
top=$(cd "$top_srcdir" && pwd)
mkdir "$work/www"
echo "$work" >"$work/www/whose.txt"
: >"$log"
start_lighttpd() {
  http=http://127.0.0.1:$port
  https=https://localhost:$((port + 1))
  cat >"$work/lighttpd.conf" <<END
server.document-root = "$work/www"
server.bind = "127.0.0.1"
server.port = $port
server.errorlog = "$work/lighttpd.log"
server.breakagelog = "$log"
server.max-keep-alive-idle = 1
server.modules = ( "mod_openssl" )
var.gatehouse_programs = "$programs"
var.gatehouse_conf = "$conf"
var.gatehouse_run = "$work"
include "$top/etc/lighttpd/gatehouse.conf"
var.gatehouse_https = "127.0.0.1:$((port + 1))"
var.gatehouse_certificate = "$work/server.pem"
var.gatehouse_key = "$work/server.key"
var.gatehouse_client_cas = "$work/client-cas.pem"
include "$top/etc/lighttpd/gatehouse-tls.conf"
END
  env -i PATH="$PATH" ${ASAN_OPTIONS:+ASAN_OPTIONS="$ASAN_OPTIONS"} \
    lighttpd -D -f "$work/lighttpd.conf" >"$work/start.log" 2>&1 &
  app_pid=$!
  app_program=lighttpd
}
lighttpd_answers() {
  answers "$work" "$http/whose.txt"
}
serve_somewhere start_lighttpd lighttpd_answers || {
  app_pid=
  bail "lighttpd does not start: $(cat "$work/start.log" "$work/lighttpd.log")"
}

# ---- asking ------------------------------------------------------------------------
# take: the raw answer in $answer, into $status, its head and its body
take() {
  tap_take_apart
  status=$(sed -n 's,^HTTP/1.1 \([0-9]*\) .*,\1,p;1q' "$answer.head")
}
# fetch PATH CURL-OPTIONS...
fetch() {
  path=$1
  shift
  request >"$work/body.json"
  curl -sS -4 -i --raw --http1.1 --tlsv1.2 --tls-max 1.2 --max-time 300 \
    --cacert "$work/root.pem" -H 'Content-Type: application/json' "$@" "$path" \
    >"$answer" 2>"$work/curl.log" || echo "# curl: $(cat "$work/curl.log")"
  take
}
# post CURL-OPTIONS...: the station's request by TLS
post() {
  fetch "$https/update-info" --data-binary "@$work/body.json" "$@"
}
# with_certificate NAME [CURL-OPTIONS...]
with_certificate() {
  client=$1
  shift
  post --cert "$work/$client.pem" --key "$work/$client.key" "$@"
}
# same_head TYPE LENGTH NAME STATUS-LINE: the head of the answer, but for date and version
same_head() {
  sed 's/^Date: .*/Date: now\r/; s/^Server: .*/Server: it\r/' "$answer.head" >"$work/head"
  printf 'HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %s\r\nCache-Control: no-store\r
Date: now\r\nServer: it\r\n\r\n' "$4" "$1" "$2" >"$work/wanted"
  check "$3" cmp "$work/wanted" "$work/head"
}

# ---- health, tokens ------------------------------------------------------------------
fetch "$http/healthz"
is "$status $(body)" '200 ok' 'healthz by HTTP'
fetch "$https/healthz"
is "$status $(body)" '200 ok' 'healthz by TLS'

station 58a0:cbff:fe80:1
post -H 'Authorization: Bearer key-of-gw-1'
is "$status" 200 'a token'
same_head application/octet-stream 14 'the head, byte by byte' '200 OK'
nothing '14 zero bytes'
post -H 'Authorization: key-of-gw-1' -H 'Accept-Encoding: gzip, br' -H 'TE: trailers'
is "$status" 200 'a bare token; compression is offered'
same_head application/octet-stream 14 'and not used' '200 OK'
fetch "$http/update-info" --data-binary "@$work/body.json" -H 'Authorization: Bearer key-of-gw-1'
is "$status" 200 'the same by HTTP'
same_head application/octet-stream 14 'the head' '200 OK'
post
is "$status" 401 'no token'
has "$(cat "$answer.head")" 'WWW-Authenticate: Bearer' 'how to show one'
is "$(header Content-Length)" "$(($(body | wc -c)))" 'with its length'
check 'and short' [ "$(wc -c <"$answer")" -lt 512 ]
post -H 'Authorization: Bearer key-of-gw-2'
is "$status" 403 'the token of another gateway'
same_head application/json "$(($(body | wc -c)))" 'the head of an error' '403 Forbidden'
station 58a0:cbff:fe80:2
post -H 'Authorization: Bearer key-of-gw-2'
is "$status" 200 'a push'
sent '' $lns '' "$work/blob"
same_head application/octet-stream "$(($(body | wc -c)))" 'its head' '200 OK'

# ---- client certificates ---------------------------------------------------------------
station 58a0:cbff:fe80:1
with_certificate right
is "$status" 200 'the right certificate'
nothing '14 zero bytes'
has "$(tail -n 1 "$log")" credential=certificate 'and the log says so'
with_certificate neighbour
is "$status" 403 'that of another gateway'
with_certificate of-known
is "$status" 403 'of a CA that the web server trusts and Gatehouse does not know'
for name in of-stranger expired; do
  with_certificate $name
  case $status in
  401 | 403) pass "$name: $status" ;;
  *) fail "$name" "$status $(cat "$work/curl.log")" ;;
  esac
done
with_certificate of-stranger -H 'Authorization: Bearer key-of-gw-1'
is "$status" 200 'but a right token beside it is enough'

# ---- forged headers ----------------------------------------------------------------------
line=$(tr '\n' ' ' <"$work/right.pem")
for header in SSL_CLIENT_CERT SSL-Client-Cert Ssl-Client-Cert X-SSL-CERT X-SSL-Client-Cert \
  X-Client-Cert X-Forwarded-Client-Cert; do
  post -H "$header: $line"
  is "$status" 401 "$header does nothing"
done
for header in 'SSL_CLIENT_VERIFY: SUCCESS' 'X-SSL-Client-Verify: SUCCESS' \
  "SSL_CLIENT_S_DN_CN: $eui" "Remote-User: $eui" 'X-Forwarded-For: 127.0.0.1' \
  'Proxy: http://127.0.0.1'; do
  post -H "$header"
  is "$status" 401 "$header does nothing"
done

# ---- as the station does it -----------------------------------------------------------------
# The whole request in one piece, its length padded with blanks, no Connection header, and TLS
# as mbedTLS would like to have it.
station_request() {
  request >"$work/body.json"
  printf 'POST /update-info HTTP/1.1\r\nHost: localhost:%s\r\n' "$((port + 1))"
  printf 'Content-Type: application/json\r\nContent-Length: %5s\r\n' \
    "$(($(wc -c <"$work/body.json")))"
  if [ -n "$1" ]; then printf '%s\r\n' "$1"; fi
  printf '\r\n'
  cat "$work/body.json"
}
# by_hand LINE OPENSSL-OPTIONS...
by_hand() {
  station_request "$1" >"$work/raw"
  shift
  timeout 300 openssl s_client -quiet -connect "127.0.0.1:$((port + 1))" -tls1_2 \
    -servername localhost -verify_hostname localhost -CAfile "$work/root.pem" \
    -verify_return_error -curves P-521:P-384:P-256:X25519 "$@" \
    <"$work/raw" >"$answer" 2>"$work/s_client.log"
  take
}
station 58a0:cbff:fe80:1
by_hand 'Authorization: Bearer key-of-gw-1'
is "$status" 200 'one piece, a padded length'
same_head application/octet-stream 14 'the head' '200 OK'
nothing '14 zero bytes'
by_hand '' -cert "$work/right.pem" -key "$work/right.key"
is "$status" 200 'the same with a certificate'
nothing '14 zero bytes'
by_hand 'Authorization: Bearer wrong'
is "$status" 403 'and with a wrong token'
check 'header and body are far below 8 KB' [ "$(wc -c <"$answer")" -lt 1000 ]

openssl s_client -connect "127.0.0.1:$((port + 1))" -tls1_2 -CAfile "$work/root.pem" \
  -curves P-521:P-384:P-256:X25519 \
  -cipher ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256 \
  </dev/null >"$work/tls" 2>&1
has "$(cat "$work/tls")" ' Temp Key: X25519' 'the server chooses the cheap curve'
has "$(cat "$work/tls")" 'Cipher is ECDHE-ECDSA-AES128-GCM-SHA256' 'and the cheap cipher'
has "$(tr -d ' ' <"$work/tls")" 'CN=Fleet' 'and names the CAs of clients'

# ---- other requests -----------------------------------------------------------------------
fetch "$https/update-info"
is "$status $(header Allow)" '405 POST, OPTIONS' 'GET'
fetch "$https/update-info/x"
is "$status" 404 'below it'
fetch "$https/"
check 'elsewhere, the answer is short too' [ "$(wc -c <"$answer")" -lt 1000 ]
hasnt "$(cat "$log" "$work/lighttpd.log")" key-of 'no key in any log'
hasnt "$(cat "$log" "$work/lighttpd.log")" SECRET 'and no secret'

programs_pids=$(cat "/proc/$app_pid/task/$app_pid/children")
is "$(for pid in $programs_pids; do
  tr '\0' ' ' <"/proc/$pid/cmdline" && echo
done | grep -c 'cups\.fcgi')" 2 'two cups.fcgi'
kill -TERM "$app_pid"
wait_app 120
is "$app_status" 0 'lighttpd ends with 0'
programs_gone() {
  for pid in $programs_pids; do ! kill -0 "$pid" 2>/dev/null || return 1; done
}
wait_for programs_gone
for pid in $programs_pids; do
  if kill -0 "$pid" 2>/dev/null; then fail "its program $pid too"; else pass 'its programs too'; fi
done
done_testing
