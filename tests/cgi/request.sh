#!/bin/sh
# What a program is told about a request, through FastCGI.
: "${top_srcdir:=.}"
. "$top_srcdir/tests/lib/tap.sh"

config 'trusted_proxies = 192.0.2.0/24, 2001:db8:1::/48' \
  'client_certificate_header = X-Client-Cert' 'key_headers = X-Api-Key' \
  'public_url = https://example.com/lora/'
start_app tests/cgi/echo

# said NAME: the line of the answer that echo writes for it
said() {
  body | sed -n "s/^$1=//p"
}

# ---- method, path, query ---------------------------------------------------
req GET '/echo/a%20b?q=x+y%3d&z'
is "$status" 200 'GET is answered'
is "$(said method) $(said path) $(said name) $(said q)" 'GET /echo/a b a b x y=' \
  'path, capture and query are decoded'
is "$(said prefix)" '' 'no prefix at the root'
is "$(header Content-Length)" "$(($(body | wc -c)))" 'Content-Length is exact'
is "$(header Cache-Control)" no-store 'no-store unless the program says otherwise'

req GET /lora/echo
is "$(said path) $(said prefix)" '/echo /lora' 'below the path of the public URL'
req GET /gate/echo/x '' SCRIPT_NAME=/gate PATH_INFO=/echo/x
is "$(said path) $(said prefix)" '/echo/x /gate' 'mounted by the web server'
req GET /gate/echo/x '' SCRIPT_NAME=/cgi-bin/echo.cgi PATH_INFO=/echo/x
is "$(said path) $(said prefix)" '/echo/x /gate' 'mounted by a rewrite'
req GET /other '' SCRIPT_NAME=/cgi-bin/echo.cgi PATH_INFO=/echo/x
is "$(said path) $(said prefix)" '/echo/x /cgi-bin/echo.cgi' 'rewritten to another path'
req GET '' '' REQUEST_URI= SCRIPT_NAME=/echo PATH_INFO=/x%y
is "$(said path)" '/echo/x%y' 'without REQUEST_URI: nothing is decoded twice'
req GET 'https://example.com:443/echo?q=1' '' QUERY_STRING=
is "$(said path) $(said q)" '/echo 1' 'an absolute request target'

for bad in '/echo/a%2fb' '/echo/a%00b' '/echo/a%' '/echo/a%zz' '/echo/../etc' '/echo/.' \
  '/./echo' '/echo/%2e%2e' '*' 'echo' '/echo/%0a' '/echo?q=%' '/echo?q=%00'; do
  req GET "$bad"
  is "$status" 400 "refused: $bad"
done
for missing in / /echo/ /echo/a/b //echo /Echo /lora /lorax/echo; do
  req GET "$missing"
  is "$status" 404 "not found: $missing"
done

# ---- methods ---------------------------------------------------------------
req DELETE /echo
is "$status $(header Allow)" '405 GET, HEAD, POST, OPTIONS' '405 names the methods'
req FROB /echo/x
is "$status $(header Allow)" '405 GET, HEAD, PUT, DELETE, OPTIONS' 'an unknown method'
req OPTIONS /echo
is "$status $(header Allow)" '204 GET, HEAD, POST, OPTIONS' 'OPTIONS'
is "$(header Content-Length)" '' '204 has no Content-Length'
req OPTIONS /nothing
is "$status" 404 'OPTIONS of nothing'
req GET /echo
length=$(header Content-Length)
req HEAD /echo
is "$status $(($(header Content-Length) - length)) $(($(body | wc -c)))" '200 1 0' \
  'HEAD: the length of GET (and one letter), no body'

# ---- body ------------------------------------------------------------------
req POST /echo '{"a":1}' CONTENT_TYPE=application/json
is "$(said body) $(said type)" '{"a":1} application/json' 'a body and its type'
head -c 1024 /dev/zero | tr '\0' x >"$work/1024"
req POST /echo "@$work/1024"
is "$status" 200 'a body of the largest size'
printf x >>"$work/1024"
req POST /echo "@$work/1024"
is "$status" 413 'one byte more'
is "$(body)" '{"code":11,"message":"error:too large (1025 bytes; at most 1024 are taken here)"}' \
  'says how much is possible'
req POST /upload "@$work/1024"
is "$status $(body)" '200 1025 123000' 'a body that is read piece by piece'

# A length that is not what comes, which cgi-fcgi would not send.
for length in abc -1 1x 18446744073709551616 99999999999999999999; do
  check "Content-Length: $length is refused" \
    load -s 400 -b body -- POST /echo CONTENT_LENGTH="$length"
done
check 'a body that is shorter' load -s 400 -b body -- POST /echo CONTENT_LENGTH=5
check 'a body that is longer' load -s 400 -b body -- POST /echo CONTENT_LENGTH=3
check 'a body without a length' load -s 400 -b body -- POST /echo CONTENT_LENGTH=
check 'no body, no length' load -s 200 -- PUT /echo/x CONTENT_LENGTH=
check 'a short body that is read in pieces' \
  load -s 400 -b body -- POST /upload CONTENT_LENGTH=5
check 'a long body that is read in pieces' \
  load -s 400 -b body -- POST /upload CONTENT_LENGTH=3
check 'refused bodies leave a kept connection in order' \
  load -k -n 20 -s 413 -B "$work/1024" -- PUT /echo/x

# ---- who is there ----------------------------------------------------------
req GET /echo '' HTTP_SSL_CLIENT_CERT=forged HTTP_REMOTE_ADDR=203.0.113.9
is "$(said variable) $(said forged) $(said certificate) $(said address)" \
  '(none) (none) not found 198.51.100.7' 'a header is never taken for a variable'

# via PEER FORWARDED: the client's address
via() {
  req GET /echo '' REMOTE_ADDR="$1" HTTP_X_FORWARDED_FOR="$2"
  said address
}
is "$(via 198.51.100.7 203.0.113.9)" 198.51.100.7 'a stranger forwards for nobody'
is "$(via 192.0.2.1 203.0.113.9)" 203.0.113.9 'a trusted proxy does'
is "$(via 192.0.2.1 '1.1.1.1, 203.0.113.9, 192.0.2.7')" 203.0.113.9 \
  'the rightmost that is not trusted'
is "$(via 192.0.2.1 '192.0.2.8, 192.0.2.9')" 192.0.2.8 'all are trusted'
is "$(via 192.0.2.1 '1.1.1.1, unknown, 192.0.2.7')" 192.0.2.7 'what is no address'
is "$(via 192.0.2.1 '')" 192.0.2.1 'an empty list'
is "$(via ::ffff:192.0.2.1 '2001:DB8::5')" 2001:db8::5 'IPv6, and IPv4 in disguise'
is "$(via 2001:db8:1::9 '"[2001:db8:2::1]:4711"')" 2001:db8:2::1 'brackets, port, quotes'
is "$(via 192.0.2.1 '203.0.113.9:4711')" 203.0.113.9 'IPv4 with a port'
is "$(via 'unix:' 203.0.113.9)" '' 'no peer address'

req GET /echo '' REMOTE_ADDR=192.0.2.1 HTTP_X_FORWARDED_PROTO=https \
  HTTP_X_FORWARDED_HOST=front.example.com
is "$(said https) $(said host)" 'yes front.example.com' 'a proxy says scheme and host'
req GET /echo '' HTTP_X_FORWARDED_PROTO=https HTTP_X_FORWARDED_HOST=front.example.com
is "$(said https) $(said host)" 'no cups.example.com:443' 'nobody else does'
req GET /echo '' HTTPS=on HTTP_HOST='a"b'
is "$(said https) $(said host)" 'yes ' 'https by the web server; a bad host is none'

# key VALUE [VAR=VALUE...]: the key that is found
key() {
  tap_value=$1
  shift
  req GET /echo '' HTTP_AUTHORIZATION="$tap_value" "$@"
  said key
}
is "$(key 'Bearer NNSXS.A.B')" NNSXS.A.B 'Bearer'
is "$(key 'bEARER   NNSXS.A.B  ')" NNSXS.A.B 'any case, blanks'
is "$(key 'Key NNSXS.A.B')" NNSXS.A.B 'Key'
is "$(key 'NNSXS.A.B')" NNSXS.A.B 'bare'
is "$(key 'Basic dXNlcjpwYXNz')" '' 'Basic is no key'
is "$(key 'Digest a=b')" '' 'nor is any other scheme'
is "$(key 'Bearer ')" '' 'nor a scheme alone'
is "$(key 'Basic eA==' HTTP_X_API_KEY=secret)" secret 'another header, when configured'
is "$(key '' HTTP_X_OTHER_KEY=secret)" '' 'but no other'
req GET /echo '' REDIRECT_HTTP_AUTHORIZATION='Bearer moved'
is "$(said key)" moved 'where Apache puts it after a rewrite'

# ---- certificates ----------------------------------------------------------
lines='-----BEGIN CERTIFICATE-----
MIIBszCCAVmgAwIBAgI+
/w==
-----END CERTIFICATE-----'
escaped='-----BEGIN%20CERTIFICATE-----%0AMIIBszCCAVmgAwIBAgI%2B%0A%2Fw%3D%3D%0A-----END%20CERTIFICATE-----%0A'
blanks='-----BEGIN CERTIFICATE----- MIIBszCCAVmgAwIBAgI+ /w== -----END CERTIFICATE-----'

# pem VAR=VALUE...: the certificate that is found
pem() {
  req GET /echo '' "$@"
  body | sed -n '/^certificate=/,/^now=/p' | sed 's/^certificate=//;/^now=/d;/^$/d'
}
is "$(pem SSL_CLIENT_CERT="$lines")" "$lines" 'a certificate by the web server'
is "$(pem SSL_CLIENT_CERT="$escaped")" "$lines" 'escaped, as nginx has it'
is "$(pem SSL_CLIENT_CERT=)" 'not found' 'none'
is "$(pem SSL_CLIENT_CERT=nonsense)" 'not valid' 'no PEM'
is "$(pem SSL_CLIENT_CERT="$lines
$lines")" 'not valid' 'two of them'
is "$(pem REMOTE_ADDR=192.0.2.1 HTTP_X_CLIENT_CERT="$blanks")" "$lines" \
  'by a trusted proxy, with blanks'
is "$(pem REMOTE_ADDR=192.0.2.1 HTTP_X_CLIENT_CERT="$escaped")" "$lines" \
  'by a trusted proxy, escaped'
is "$(pem HTTP_X_CLIENT_CERT="$blanks")" 'not found' 'not by a stranger'
is "$(pem REMOTE_ADDR=192.0.2.1 HTTP_X_SSL_CERT="$blanks")" 'not found' \
  'not by another header'
check 'not when the header is there twice' load -o -- GET /echo REMOTE_ADDR=192.0.2.1 \
  HTTP_X_CLIENT_CERT="$blanks" HTTP_X_CLIENT_CERT="$blanks"
has "$tap_out" 'certificate=not valid' 'it is refused then'

stop_app
done_testing
