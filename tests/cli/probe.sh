#!/bin/sh
# Acting as a gateway: the exact bytes of the request, and an answer read as strictly as a
# real one reads it.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
cr=$(printf '\r')

# ---- the request -------------------------------------------------------------------------
run probe https://cups.example.com:443 --eui 58-A0-CB-FF-FE-80-00-01 --print-request \
  --tc-uri wss://lns.example.com:8887 --cups-crc 695230052 --tc-crc 1557172037 \
  --station '2.0.6(linux/std) 2022-01-18 10:22:16' --model linux --package v1.2.3 \
  --keys 3912465528,1445978646
is "$(printf '%s' "$out" | tr -d '\r')" 'POST /update-info HTTP/1.1
Host: cups.example.com:443
Content-Type: application/json
Content-Length:   269

{"router":"58a0:cbff:fe80:1","cupsUri":"https://cups.example.com:443","tcUri":"wss://lns.example.com:8887","cupsCredCrc":695230052,"tcCredCrc":1557172037,"station":"2.0.6(linux/std) 2022-01-18 10:22:16","model":"linux","package":"v1.2.3","keys":[3912465528,1445978646]}' \
  'the request of the reference client'
run probe http://cups.example.com --eui ::1 --print-request
has "$out" 'Host: cups.example.com:80' 'a port that is not named'
has "$out" '{"router":"::1","cupsUri":"http://cups.example.com:80","tcUri":null,"cupsCredCrc":2077607535,"tcCredCrc":2077607535,' 'a gateway without files'
has "$out" '"package":null,"keys":[]}' 'and without a package'
run probe https://cups.example.com
has "$err" '--eui: is needed' 'who?'
run probe ftp://cups.example.com --eui ::1
ok 2 'another scheme'
run probe https://cups.example.com/path --eui ::1
ok 2 'a path'
run probe --eui ::1
ok 2 'no address'
printf 'Authorization: Bearer NNSXS.A.B\r\nX-More: 1\r\n' >"$work/cups.key"
run probe https://cups.example.com --eui ::1 --key-file "$work/cups.key" --print-request
has "$out" "Bearer NNSXS.A.B${cr}
X-More: 1${cr}
${cr}
{" 'the lines of cups.key, then the body'
run_with NNSXS.A.B probe https://cups.example.com --eui ::1 --key-file - --print-request
has "$out" "Authorization: Bearer NNSXS.A.B${cr}" 'a bare key'
run probe http://cups.example.com --eui ::1 --key-file "$work/cups.key" --print-request
has "$out" 'POST /update-info' 'a request without TLS'
hasnt "$out" NNSXS 'a key only over TLS'
run probe http://cups.example.com --eui ::1 --key-file "$work/cups.key" --print-request \
  --key-without-tls
has "$out" NNSXS 'unless told'
run probe https://cups.example.com --eui ::1 --cert "$work/cups.key" --print-request
ok 2 'a certificate without its key'
printf '{"router":1}' >"$work/body"
run probe https://cups.example.com --body "$work/body" --print-request
has "$out" "Content-Length:    12${cr}
${cr}
{\"router\":1}" 'another body'
mkdir "$work/files"
echo https://of.files.example.com:443 >"$work/files/cups.uri"
printf 0123 >"$work/files/cups.trust"
cp "$work/cups.key" "$work/files/cups.key"
run probe --files "$work/files" --eui ::1 --print-request
has "$out" 'Host: of.files.example.com:443' 'the address from its files'
crc=$({ printf 0123 && printf '\0\0\0\0' && cat "$work/cups.key"; } | gzip -c | tail -c 8 |
  od -An -tu4 -N4 | tr -d ' ')
has "$out" "\"cupsCredCrc\":$crc," 'and their CRC'

# ---- answers ---------------------------------------------------------------------------------
start_server
url=http://127.0.0.1:$port

# answer STATUS HEADERS BODY-FILE: headers with \r\n after each
answer() {
  { printf 'HTTP/1.1 %s\r\n%b\r\n' "$1" "$2" && cat "$3"; } >"$server/answer"
}
ask() {
  run probe "$url" --eui 58A0CBFFFE800001 --timeout 60s "$@"
}
head -c 14 /dev/zero >"$work/nothing"

answer '200 OK' 'Content-Length: 14\r\n' "$work/nothing"
ask
ok 0 'nothing to do'
has "$out" 'Nothing is new.' 'is said'
is "$(sed -n 2p "$server/request" | tr -d '\r')" "Host: 127.0.0.1:$port" 'it was asked'
hasnt "$(cat "$server/request")" User-Agent 'without a User-Agent'
ask --json
valid 'as JSON'
json '"\(.status) \(.accepted) \(.bytes)"' '200 true 14' 'with stable names'

# rejects NAME WORDS: the last answer is not taken
rejects() {
  ask
  ok 1 "$1"
  has "$flat$err" "$2" "$1: why"
}
answer '200 OK' '' "$work/nothing"
rejects 'no Content-Length' 'Content-Length is missing'
answer '200 OK' 'Content-Length: 13\r\n' "$work/nothing"
rejects 'too many bytes' '1 bytes come after the body'
answer '200 OK' 'Content-Length: 15\r\n' "$work/nothing"
rejects 'too few bytes' 'ends after 14 of 15 bytes'
answer '200 OK' 'Content-Length: 14\r\nTransfer-Encoding: chunked\r\n' "$work/nothing"
rejects 'chunks' 'Transfer-Encoding'
answer '200 OK' 'Content-Length : 14\r\n' "$work/nothing"
rejects 'a blank before the colon' 'blank before the colon'
answer '200 OK' 'Content-Length: 14\nX: y\r\n' "$work/nothing"
rejects 'a bare line end' 'without CR'
answer '200 OK' 'Content-Length: x\r\n' "$work/nothing"
rejects 'no number' 'is no number'
answer '100 Continue' 'X: y\r\n' "$work/nothing"
rejects 'an interim answer' 'interim'
printf 'hello' >"$server/answer"
rejects 'no HTTP' 'the header never ends'
: >"$server/answer"
rejects 'no answer' 'closed without an answer'
head -c 9000 /dev/zero | tr '\0' x >"$work/long"
answer '403 Forbidden' 'Content-Length: 9000\r\n' "$work/long"
ask --json
ok 5 'a long refusal'
json '.findings | map(.text | test("crashes the client")) | any' true 'crashes a gateway'

# exits STATUS-LINE EXIT
exits() {
  printf 'no\033[31m' >"$work/no"
  answer "$1" 'Content-Length: 7\r\n' "$work/no"
  ask
  ok "$2" "$1 exits with $2"
  has "$out" 'rejection' "$1 is a rejection"
}
exits '401 Unauthorized' 5
exits '403 Forbidden' 5
exits '404 Not Found' 3
exits '429 Too Many Requests' 6
exits '503 Service Unavailable' 6
exits '400 Bad Request' 1
exits '500 Internal Server Error' 1
has "$out" 'no\x1b[31m' 'control characters do not reach the terminal'

# ---- bodies --------------------------------------------------------------------------------------
# body_of HEX...: an answer with these bytes
body_of() {
  printf '%s' "$*" | tr -d ' \n' | sed 's/../\\x&/g' >"$work/hex"
  # shellcheck disable=SC2059 # escapes are the point
  env printf "$(cat "$work/hex")" >"$work/bytes"
  answer '200 OK' "Content-Length: $(wc -c <"$work/bytes")\r\n" "$work/bytes"
}
hex() {
  printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n'
}
uri=wss://lns.example.com:8887
body_of 00 1a "$(hex "$uri")" 0000 0000 00000000 00000000
ask --json
ok 0 'an LNS address'
json .lns_uri "$uri" 'is decoded'
ask --tc-uri "$uri" --json
json '.findings[0].text | test("loop")' true 'that it has already'
body_of 00 15 "$(hex wss://lns.example.com)" 0000 0000 00000000 00000000
rejects 'an address without port' 'does not start any more'
body_of 16 "$(hex http://c.example.com:80)" 00 0000 0000 00000000 00000000
rejects 'a length that is wrong' '!'
body_of 00 00 0500 3003020101 0000 00000000 00000000
rejects 'credentials of one piece' 'comes back'
body_of 00 00 0000 0000 05000000 00000000 00 00000000
rejects 'a short signature' 'signature'
body_of 00 00 0000 0000 08000000 78563412 01020304 02000000 aabb
ask --json
json '"\(.update.bytes) \(.update.key_crc)"' '2 305419896' 'an update'
json '.findings | map(.text | test("does not have")) | any' true 'by a key that it has not'
ask --keys 305419896 --json
json '.findings | length' 0 'or has'

# An update that is verified: by this key, by another one, unsigned.
for name in sig other; do
  openssl ecparam -name prime256v1 -genkey -noout -out "$work/$name.pem"
  openssl ec -in "$work/$name.pem" -pubout -outform DER 2>/dev/null |
    tail -c 64 >"$work/$name.key"
done
sig_crc=$(gzip -c "$work/sig.key" | tail -c 8 | od -An -tu4 -N4 | tr -d ' ')
head -c 100000 /dev/zero | tr '\0' u >"$work/update"
openssl dgst -sha512 -sign "$work/sig.pem" -out "$work/update.sig" "$work/update"
le32() { printf '%08x' "$1" | sed 's/\(..\)\(..\)\(..\)\(..\)/\4\3\2\1/'; }
# update_answer UPDATE: signed as above, whatever it is
update_answer() {
  {
    unhex 000000000000
    unhex "$(le32 $((4 + $(wc -c <"$work/update.sig"))))$(le32 "$sig_crc")"
    cat "$work/update.sig"
    unhex "$(le32 $(($(wc -c <"$1"))))"
    cat "$1"
  } >"$work/signed"
  answer '200 OK' "Content-Length: $(($(wc -c <"$work/signed")))\\r\\n" "$work/signed"
}
unhex() { env printf '%b' "$(printf %s "$1" | sed 's/../\\x&/g')"; }
update_answer "$work/update"
ask --sig-key "$work/sig.key" --json
ok 0 'signed by the key of the gateway'
json '"\(.update.bytes) \(.update.verified) \(.update.key_crc)"' "100000 true $sig_crc" \
  'it is verified'
json '.update.sha512' "$(sha512sum <"$work/update" | cut -c 1-128)" 'as a whole'
json '.findings | length' 0 'and its CRC is reported'
has "$(cat "$server/request")" "\"keys\":[$sig_crc]" 'in the request'
ask --sig-key "$work/other.key" --sig-key "$work/sig.pem"
ok 0 'by one of two, which may be PEM'
ask --sig-key "$work/other.key"
ok 1 'by none of them'
has "$out" 'is by none of these keys' 'is said'
{ tail -c +2 "$work/update" && printf x; } >"$work/changed"
update_answer "$work/changed"
ask --sig-key "$work/sig.key"
ok 1 'another byte in it'
body_of 00 00 0000 0000 00000000 02000000 aabb
ask --sig-key "$work/sig.key"
ok 1 'unsigned, to one that has a key'
ask
ok 0 'and to one that has none'
head -c 99000 "$work/signed" >"$work/short"
answer '200 OK' "Content-Length: $(($(wc -c <"$work/signed")))\\r\\n" "$work/short"
ask --sig-key "$work/sig.key"
ok 1 'an update that breaks off'
has "$out" 'the body ends after 99000 of' 'where'
ask --sig-key "$work/update"
ok 2 'no key'

make_root root
openssl x509 -in "$work/root.pem" -outform DER -out "$work/root.der"
trust=$(od -An -v -tx1 "$work/root.der" | tr -d ' \n')
size=$((${#trust} / 2))
le16() { printf '%02x%02x' $(($1 % 256)) $(($1 / 256)); }
line="Authorization: Bearer NNSXS.ABCDEFGHIJ.KLMNOPQRSTUVWXYZ"
token="$(hex "$line")0d0a"
len=$((size + 4 + ${#token} / 2))
body_of 00 00 "$(le16 $len)" "$trust" 00000000 "$token" 0000 00000000 00000000
ask --json
ok 0 'credentials with a token'
json '.cups_credentials.trust.subject' CN=root 'its trust'
hasnt "$out" UVWXYZ 'the token is masked'
sent=$(printf '%s' "$out" | jq .cups_credentials.crc)
ask --show-secrets
has "$out" "$line" '--show-secrets'
ask --cups-crc "$sent" --json
json '.findings[0].text | test("loop")' true 'credentials that it has already'
body_of 00 00 "$(le16 $((len - 1)))" "$trust" 00000000 "$(hex "$line")0a" 0000 00000000 \
  00000000
rejects 'a line end without CR' 'CR LF'
body_of 00 00 "$(le16 $((size + 4)))" "$trust" 00000000 0000 00000000 00000000
rejects 'nothing behind the trust' 'key: must not be missing'

# The third form: a client certificate with its key, in bytes that a gateway takes apart.
make_client_cert gw 58A0CBFFFE800001 root
openssl x509 -in "$work/gw.pem" -outform DER -out "$work/gw.der"
openssl ec -in "$work/gw.key" -outform DER -out "$work/gw.key.der" 2>>"$log"
openssl ec -in "$work/other.pem" -outform DER -out "$work/other.der" 2>>"$log"
# with_certificate TRUST KEY: credentials for the network server, of these files
with_certificate() {
  cat "$1" "$work/gw.der" "$2" >"$work/blob"
  body_of 00 00 0000 "$(le16 "$(($(wc -c <"$work/blob")))")" \
    "$(od -An -v -tx1 "$work/blob" | tr -d ' \n')" 00000000 00000000
}
with_certificate "$work/root.der" "$work/gw.key.der"
ask --json
ok 0 'credentials with a certificate'
json '.lns_credentials | "\(.certificate.subject) \(.private_key_bytes)"' \
  "CN=58A0CBFFFE800001 $(($(wc -c <"$work/gw.key.der")))" 'it and the size of its key'
json '.findings | length' 0 'with nothing to say'
ask
has "$flat" "private key $(($(wc -c <"$work/gw.key.der"))) bytes" 'for people too'
with_certificate "$work/root.der" "$work/other.der"
ask
has "$flat" 'the private key: ' 'a key of another certificate is found out'
GATEHOUSE_TEST_NOW=2041-01-01T00:00:00Z
ask
has "$flat" 'trust: the certificate has expired' 'and one that is over'
GATEHOUSE_TEST_NOW=$now
unhex 3003020101 >"$work/none.der"
with_certificate "$work/none.der" "$work/gw.key.der"
ask
has "$flat" 'trust: no certificate that can be read' 'and what is none'

# ---- TLS ------------------------------------------------------------------------------------------
make_server_cert host root
start_server "$work/host.pem" "$work/host.key"
answer '200 OK' 'Content-Length: 14\r\n' "$work/nothing"
url=https://localhost:$port
ask
ok 1 'a server that nobody trusts'
has "$err" 'unknown issuer' 'why'
ask --trust "$work/root.pem" --key-file "$work/cups.key" --json
ok 0 'with its trust as PEM'
json .tls TLS1.2 'TLS 1.2, as gateways speak it'
json .server CN=localhost 'the server'
has "$(cat "$server/request")" "Bearer NNSXS.A.B${cr}" 'the key was sent'
secretless "$out" 'and is not shown'
ask --trust "$work/root.der"
ok 0 'and as DER'
run probe "https://127.0.0.2:$port" --eui ::1 --trust "$work/root.pem" --timeout 60s
ok 1 'another name'
start_server "$work/host.pem" "$work/host.key" ca
answer '200 OK' 'Content-Length: 14\r\n' "$work/nothing"
url=https://localhost:$port
make_client_cert client 58A0CBFFFE800001 root
ask --trust "$work/root.pem" --cert "$work/client.pem" --private-key "$work/client.key"
ok 0 'with a client certificate'
openssl x509 -in "$work/client.pem" -outform DER -out "$work/client.der"
cmp -s "$work/client.der" "$server/peer"
is $? 0 'which the server got'
ask --trust "$work/root.pem" --cert "$work/client.pem" --private-key "$work/host.key"
ok 2 'with another key'
start_server "$work/host.pem" "$work/host.key" NORMAL:-VERS-ALL:+VERS-TLS1.3
url=https://localhost:$port
ask --trust "$work/root.pem"
ok 1 'a server with TLS 1.3 alone'
has "$err" 'TLS' 'fails'
stop_server
ask --trust "$work/root.pem"
ok 1 'nobody there'
has "$err" 'cannot connect' 'is said'

done_testing
