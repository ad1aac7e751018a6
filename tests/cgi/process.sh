#!/bin/sh
# The life of a program: answers, errors, the log, memory, large files, signals, plain CGI.
: "${top_srcdir:=.}"
. "$top_srcdir/tests/lib/tap.sh"

# Kilobytes that a program may have, and that it may have more after many requests.
memory_max=4000 memory_more=100
if sanitized; then
  memory_max=100000 memory_more=5000
  export ASAN_OPTIONS="${ASAN_OPTIONS:-}:quarantine_size_mb=1"
fi

start_app tests/cgi/echo

# ---- answers ---------------------------------------------------------------
req POST /update-info '{}'
is "$(od -An -v -tx1 "$answer.body" | tr -d ' \n')" 0000000000000000000000000000 \
  '14 zero bytes'
printf 'Status: 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 14\r
Cache-Control: no-store\r\n\r\n' >"$work/head"
check 'the header, byte by byte' cmp "$work/head" "$answer.head"

req GET /etag
is "$status $(header ETag) $(header Cache-Control) $(header Content-Length)" \
  '200 "abc" private, max-age=60 8' 'headers of the handler'
req GET /etag '' HTTP_IF_NONE_MATCH='"abc"'
is "$status $(header ETag) $(header Content-Length)$(body)" '304 "abc" ' \
  '304 without length and body'
req GET /bad-header
is "$status $(header X-Forged)" '500 ' 'a header with a line end is not sent'

errors='1 400 3 not valid
2 401 16 not authenticated
3 403 7 not allowed
4 404 5 not found
6 409 6 already exists
7 412 9 changed by somebody else meanwhile
10 429 8 too many failures, try again later
12 503 14 busy, try again
24 500 13 internal error'
echo "$errors" | while read -r number http grpc text; do
  req GET "/error/$number"
  echo "$status $(body)" >>"$work/errors"
  echo "$http {\"code\":$grpc,\"message\":\"error:$text\"}" >>"$work/wanted"
done
check 'errors in the form of The Things Stack' diff "$work/wanted" "$work/errors"
req GET /error/2
is "$(header WWW-Authenticate)" Bearer '401 says how'
req GET "/error/3?text=$(head -c 2000 /dev/zero | tr '\0' '%' | sed 's/%/%22%5c%c3%a9/g;s/\(.\{2700\}\).*/\1/')"
check 'an error is short, whatever the text' [ "$(wc -c <"$answer")" -lt 512 ]
has "$(body)" "error:not allowed ('/?'/?" 'and nothing in it has to be escaped'

# ---- the log ---------------------------------------------------------------
req GET '/echo/secret?key=NNSXS.SECRET' '' HTTP_AUTHORIZATION='Bearer NNSXS.SECRET'
line=$(tail -n 1 "$log" | sed 's/ [0-9]* 198/ MS 198/')
is "$line" "echo: GET /echo/secret 200 $(($(body | wc -c))) MS 198.51.100.7 eui=58A0CBFFFE800001 reason=\"all 'well'\"" \
  'one line per request, with notes'
hasnt "$(cat "$log")" NNSXS 'no secret and no query string in the log'
req GET '/echo/%1b%5b31m'
has "$(tail -n 1 "$log")" 'error="the path has a control character"' 'why it was refused'
lines=$(wc -l <"$log")
check 'twenty requests' load -n 20 -- GET /healthz
is $(($(wc -l <"$log") - lines)) 20 'are twenty lines'

# ---- health ----------------------------------------------------------------
req GET /healthz
is "$status $(body)" '200 ok' 'healthy'
req GET /below/healthz '' PATH_INFO=/healthz SCRIPT_NAME=/below
is "$status" 200 'below a mount, too'

# ---- a large file ----------------------------------------------------------
head -c 80000000 /dev/urandom >"$data/blob"
{
  printf prefix
  cat "$data/blob"
} >"$work/wanted"
req GET /blob
is "$status $(header Content-Length)" '200 80000006' '80 MB: the exact length'
check '80 MB arrive as they are' cmp "$work/wanted" "$answer.body"
memory=$(app_memory)
check "80 MB are not held in memory ($memory kB)" [ "$memory" -lt "$memory_max" ]
req GET '/blob?offset=70000000&length=12345'
tail -c +70000001 "$data/blob" | head -c 12345 >"$work/piece"
tail -c +7 "$answer.body" >"$work/got"
check 'a piece of a file' cmp "$work/piece" "$work/got"
req HEAD /blob
is "$(header Content-Length) $(($(body | wc -c)))" '80000006 0' 'HEAD of a file'
req GET '/blob?offset=1&length=80000000'
is "$status" 500 'a file that is too short is an error'
if load -o -- GET '/blob?truncate=1' >"$work/got" 2>&1; then
  fail 'a file that becomes shorter cuts the answer'
else
  has "$(cat "$work/got")" 'ended before the answer' \
    'a file that becomes shorter cuts the answer'
fi
has "$(tail -n 2 "$log")" 'a file broke off' 'the log says so'
has "$(tail -n 1 "$log")" ' cut' 'and that the answer was cut'
req GET /healthz
is "$status" 200 'the next request is answered'

# ---- memory ----------------------------------------------------------------
check 'a large answer' load -- GET '/slow?bytes=16000000'
head -c 3500000 /dev/zero >"$work/body3"
check 'a large body' load -B "$work/body3" -- POST /slow
head -c 5000000 /dev/zero >"$work/body5"
check 'a body over request_memory' load -s 413 -B "$work/body5" -- POST /slow
head -c 1000 /dev/zero >"$work/1000"
check 'warm' load -n 500 -b '{}' -- POST /update-info
before=$(app_memory)
check '9,000 requests' load -n 9000 -c 4 -b '{}' -- POST '/update-info?q=1' HTTP_X_A=b
check 'and 1,000 larger ones' load -n 1000 -B "$work/1000" -- POST '/slow?bytes=20000'
after=$(app_memory)
check "memory stays flat ($before kB, then $after kB)" [ "$after" -le $((before + memory_more)) ]
check 'and small' [ "$after" -lt "$memory_max" ]

stop_app

# ---- the web server's side misbehaves --------------------------------------
# It says that a body comes, and nothing comes: client_wait ends that.
config 'client_wait = 1'
start_app tests/cgi/echo
mkfifo "$work/never"
sleep 3600 >"$work/never" &
sleeper=$!
stalled=$(grep -c 'update-info 400' "$log")
env -i PATH="$PATH" REQUEST_METHOD=POST REQUEST_URI=/update-info CONTENT_LENGTH=100 \
  cgi-fcgi -bind -connect "$sock" <"$work/never" >/dev/null &
# shellcheck disable=SC2317 # run by wait_for
given_up() {
  [ "$(grep -c 'update-info 400' "$log")" -gt "$stalled" ]
}
# shellcheck disable=SC2317
asked() {
  app_has_connection || given_up
}
wait_for asked || bail 'nobody asks'
req GET /healthz
is "$status" 200 'a body that never comes does not hold the program'
check 'it was refused' wait_for given_up
kill "$sleeper"
took=$(sed -n 's/.*update-info 400 [0-9]* \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
check "not before client_wait, a second, is over ($took ms)" [ "$took" -ge 900 ]
check "nor after the usual minute" [ "$took" -lt 30000 ]
stop_app

# ---- SIGTERM ---------------------------------------------------------------
config 'log_level = note'
sed -i '/client_wait/d' "$conf"

# term_while NAME BEGUN COMMAND...: SIGTERM comes when BEGUN succeeds; only then there is
# $data/go, for which the command's request waits; it is finished, then the program ends
term_while() {
  term_name=$1
  term_begun=$2
  shift 2
  rm -f "$data/go"
  start_app tests/cgi/echo
  "$@" >"$work/got" 2>&1 &
  term_client=$!
  wait_for $term_begun || bail "$term_name: nothing begins"
  kill -TERM "$app_pid"
  sleep 0.2 # it might end now
  touch "$data/go"
  wait "$term_client"
  term_status=$?
  wait_app
  is "$term_status $app_status" '0 0' "SIGTERM while $term_name: it is finished first"
}
until_go='until [ -e "$1" ]; do sleep 0.05; done'
# shellcheck disable=SC2317
waits() {
  [ -e "$data/waits" ]
}
term_while serving waits load -- GET /wait
mkfifo "$work/slowly"
# Half of a body before the signal, the other half after it.
# shellcheck disable=SC2317 # run by term_while
late_body() {
  { printf 12345; sh -c "$until_go" sh "$data/go"; printf 67890; } >"$work/slowly" &
  env -i PATH="$PATH" REQUEST_METHOD=POST REQUEST_URI=/echo CONTENT_LENGTH=10 \
    cgi-fcgi -bind -connect "$sock" <"$work/slowly" | grep -q '^body=1234567890$'
}
term_while 'a body comes' app_has_connection late_body
head -c 80000000 /dev/zero >"$data/blob"
# shellcheck disable=SC2317
slow_reader() {
  env -i PATH="$PATH" REQUEST_METHOD=GET REQUEST_URI=/blob \
    cgi-fcgi -bind -connect "$sock" </dev/null |
    { sh -c "$until_go" sh "$data/go"; wc -c; } | grep -q '^ *80000'
}
term_while 'a file is sent' app_has_connection slow_reader

# Connections that nobody asks on must not keep it from ending.
start_app tests/cgi/echo
check 'a kept connection' load -k -n 5 -- GET /healthz
stop_app

# Programs that share a socket are stopped one after the other under load, as when a web
# server restarts them: no request is lost, whenever the signal comes.
cat >"$work/again" <<'END'
exec 3<&0
while [ ! -e "$1/enough" ]; do
  "$2" <&3 &
  echo $! >"$1/pid"
  wait $! || case $? in
  143) ;; # it had no time to listen to signals, so none to take a request
  *) echo "ended with $?" >>"$1/ends" ;;
  esac
  echo . >>"$1/restarts"
done
END
rm -f "$sock"
env -i PATH="$PATH" GATEHOUSE_CONF="$conf" "$top_builddir/tests/lib/listen" "$sock" \
  /bin/sh "$work/again" "$work" "$top_builddir/tests/cgi/echo" 2>>"$log" &
restarter=$!
wait_for [ -s "$work/pid" ] || bail 'no program starts'
# Each of them answers something before it is stopped. fresh LINES: the one that runs now has
# not been stopped, and something was answered since there were so many lines
# shellcheck disable=SC2317 # run by wait_for
fresh() {
  [ "$(cat "$work/pid")" != "$stopped" ] && [ "$(wc -l <"$log")" -gt "$1" ]
}
over() {
  fresh "$1" || ! kill -0 "$client" 2>/dev/null
}
stopped=
round=0
restarts=0
load_status=0
while [ "$load_status" = 0 ] && [ "$restarts" -le 5 ] && [ "$round" -lt 100 ]; do
  round=$((round + 1))
  load -n 5000 -c 3 -b '{}' -- POST /update-info >"$work/got" 2>&1 &
  client=$!
  while kill -0 "$client" 2>/dev/null; do
    lines=$(wc -l <"$log")
    wait_for over "$lines"
    stopped=$(cat "$work/pid")
    kill -TERM "$stopped" 2>/dev/null
  done
  wait "$client"
  load_status=$?
  restarts=$(wc -l <"$work/restarts")
done
is "$load_status" 0 "no request is lost ($restarts restarts, $round times 5000 requests, $(cat "$work/got"))"
check 'and there were some' [ "$restarts" -gt 5 ]
touch "$work/enough"
# It may just start another one.
# shellcheck disable=SC2317 # run by wait_for
ended() {
  kill -TERM "$(cat "$work/pid")" 2>/dev/null
  ! kill -0 "$restarter" 2>/dev/null
}
wait_for ended || bail 'the programs do not end'
wait "$restarter"
check 'all of them ended with 0, or before they began' [ ! -e "$work/ends" ]

# ---- when it cannot work ---------------------------------------------------
touch "$data/broken"
: >"$log"
start_app tests/cgi/echo
req GET /echo
is "$status $(body)" \
  "503 {\"code\":14,\"message\":\"error:busy, try again (not ready; the operator's log says why)\"}" \
  'a program whose state does not open answers 503'
req POST /update-info "@$work/body3"
is "$status" 503 'and throws bodies away'
req GET /healthz
is "$status" 503 'healthz too'
check 'many requests' load -n 200 -s 503 -- GET /echo
is "$(grep -c "not ready, answering 503: $data/broken: the test says it is broken" "$log")" \
  1 'the log says why, once'
rm "$data/broken"
sleep 1.2
req GET /echo
is "$status" 200 'it comes back by itself'
stop_app
echo 'push_limti = 3' >>"$conf"
: >"$log"
start_app tests/cgi/echo
req GET /echo
is "$status" 503 'a wrong configuration'
has "$(cat "$log")" "$conf:3: unknown key \"push_limti\"; did you mean \"push_limit\"?" \
  'is said with its line'
sed -i '/push_limti/d' "$conf"
sleep 1.2
req GET /echo
is "$status" 200 'and read again when it is right'
stop_app

# ---- plain CGI -------------------------------------------------------------
cgi tests/cgi/echo POST '/echo?q=1' '{"a":1}' HTTP_AUTHORIZATION='Bearer x'
is "$app_status $status $(body | grep -c -e '^q=1$' -e '^body={"a":1}$' -e '^key=x$')" \
  '0 200 3' 'plain CGI'
is "$(header Content-Length)" "$(($(body | wc -c)))" 'with Content-Length'
cgi tests/cgi/echo POST /echo "@$work/body3"
is "$app_status $status" '0 413' 'a body that is too large'
cgi tests/cgi/echo POST /echo 12345 CONTENT_LENGTH=6
is "$app_status $status" '0 400' 'a body that is too short'
cgi tests/cgi/echo POST /echo 12345 CONTENT_LENGTH=x
is "$app_status $status" '0 400' 'a length that is none'
cgi tests/cgi/echo GET /blob
is "$app_status $(($(body | wc -c)))" '0 80000006' 'a large file'
cgi tests/cgi/echo HEAD /etag
is "$status $(header Content-Length) $(($(body | wc -c)))" '200 8 0' 'HEAD'
tap_program=tests/cgi/echo
cgi_arguments() {
  env -i PATH="$PATH" REQUEST_METHOD=GET REQUEST_URI=/healthz GATEHOUSE_CONF="$conf" \
    "$top_builddir/tests/cgi/echo" --config /nonexistent
}
has "$(cgi_arguments 2>&1)" 'Status: 200' 'arguments under CGI are a stranger'"'"'s'

# ---- by hand ---------------------------------------------------------------
echo_program=$top_builddir/tests/cgi/echo
has "$("$echo_program" --help </dev/null)" 'usage: echo [--config FILE]' '--help'
has "$("$echo_program" --version </dev/null)" 'echo (gatehouse) ' '--version'
"$echo_program" </dev/null >/dev/null 2>&1
is $? 2 'nobody started it as a web server would'
"$echo_program" --frob </dev/null >/dev/null 2>&1
is $? 2 'an unknown option'

# ---- the clock of tests ----------------------------------------------------
app_env=GATEHOUSE_TEST_NOW=2026-11-22T13:05:00Z
start_app tests/cgi/echo
req GET /echo
has "$(body)" now=2026-11-22T13:05:00Z 'the clock is set'
req GET /echo '' GATEHOUSE_TEST_NOW=2030-01-01 HTTP_GATEHOUSE_TEST_NOW=2030-01-01
has "$(body)" now=2026-11-22T13:05:00Z 'but not by a request'
stop_app
echo 2026-11-22T13:05:00Z >"$work/now"
app_env=GATEHOUSE_TEST_NOW=@$work/now
start_app tests/cgi/echo
req GET /echo
has "$(body)" now=2026-11-22T13:05:00Z 'by a file'
echo 2027-01-01T00:00:00Z >"$work/now"
req GET /echo
has "$(body)" now=2027-01-01T00:00:00Z 'that is read again'
has "$(cat "$log")" 'warning: the clock is set by GATEHOUSE_TEST_NOW' 'the log says so'
stop_app
done_testing
