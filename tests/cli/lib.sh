# Shell library of the tests of the command line, on top of tests/lib/tap.sh.
# shellcheck shell=sh
#
#   . "$top_srcdir/tests/cli/lib.sh"
#   run gateway add roof-1        sets $out, $err, $status, and $flat: $out in one line;
#                                 standard input is empty
#   run_with TEXT key import ...  the same with TEXT and a line end as standard input
#   ok 0 'it is added'            the exit status of the last run, else both texts are shown
#   json '.gateway.name' 'Roof'   what jq finds in $out
#   secretless "$out" 'NAME'      no secret of the tests is in it
#   start_server [CERT KEY ...]   tests/cli/answer: $port, its files in $server
#
# The clock stands still at $now unless a test sets it.

# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"

gatehouse=$top_builddir/gatehouse
now=2026-11-22T12:00:00Z
LC_ALL=C.UTF-8
TZ=UTC
GATEHOUSE_TEST_NOW=$now
GATEHOUSE_CONF=$conf
export LC_ALL TZ GATEHOUSE_TEST_NOW GATEHOUSE_CONF
unset SUDO_USER COLUMNS
config 'cups_uri = https://cups.example.com:443'
cd_back=$(pwd)
case $gatehouse in /*) ;; *) gatehouse=$cd_back/$gatehouse ;; esac
case $top_builddir in /*) ;; *) top_builddir=$cd_back/$top_builddir ;; esac
case $top_srcdir in /*) ;; *) top_srcdir=$cd_back/$top_srcdir ;; esac

# The clock's own warning is of no interest; everything else on standard error is.
collect() {
  status=$?
  out=$(cat "$work/out")
  err=$(grep -v 'GATEHOUSE_TEST_NOW' "$work/err")
  # shellcheck disable=SC2034 # for the scripts
  flat=$(tr -s ' \n' '  ' <"$work/out")
}

# shellcheck disable=SC2086 # the wrapper is several words
run() {
  ${TEST_WRAPPER:-} "$gatehouse" "$@" </dev/null >"$work/out" 2>"$work/err"
  collect
}

# shellcheck disable=SC2086
run_with() {
  printf '%s\n' "$1" >"$work/in"
  shift
  ${TEST_WRAPPER:-} "$gatehouse" "$@" <"$work/in" >"$work/out" 2>"$work/err"
  collect
}

# ok STATUS NAME
ok() {
  if [ "$status" = "$1" ]; then pass "$2"; else fail "$2" "status $status, not $1
$out
$err"; fi
}

# must ARGUMENT...: a step that the test cannot go on without
must() {
  run "$@"
  [ "$status" = 0 ] || bail "gatehouse $*: $err"
}

# json FILTER WANTED NAME
json() {
  tap_got=$(printf '%s' "$out" | jq -r "$1" 2>&1)
  is "$tap_got" "$2" "$3"
}

# valid NAME: $out is one JSON value
valid() {
  if printf '%s' "$out" | jq -e -n '[inputs] | length == 1' >/dev/null 2>&1; then
    pass "$1"
  else
    fail "$1" "no JSON: $out"
  fi
}

# secretless TEXT NAME: no secret of the tests, which begin with NNSXS., neither as it is nor
# as JSON has it, in base64
secretless() {
  [ -n "$1" ] || fail "$2" 'there is nothing to look at'
  case $1 in
  *NNSXS.* | *TlNTWFMu*) fail "$2" "a secret is in:
$1" ;;
  *) pass "$2" ;;
  esac
}

# ---- certificates ----------------------------------------------------------------
# Valid from 2020 to 2040, so that these tests do not depend on the day.

# make_any NAME LINES [OPTION...]: $work/NAME.key and .pem, as the lines of a template say
make_any() {
  tap_name=$1
  {
    printf '%b' "$2"
    echo 'activation_date = "2020-01-01 00:00:00 UTC"'
    echo 'expiration_date = "2040-01-01 00:00:00 UTC"'
  } >"$work/template"
  shift 2
  certtool --generate-privkey --key-type ecdsa --curve secp256r1 --no-text \
    --outfile "$work/$tap_name.key" 2>>"$log" || bail "certtool: no key"
  certtool "$@" --load-privkey "$work/$tap_name.key" --template "$work/template" \
    --no-text --outfile "$work/$tap_name.pem" 2>>"$log" || bail "certtool: no certificate"
}

# make_root NAME
make_root() {
  make_any "$1" "cn = $1\nca\ncert_signing_key\n" --generate-self-signed
}

# make_cert NAME LINES ROOT: issued by $work/ROOT.pem
make_cert() {
  make_any "$1" "$2" --generate-certificate --load-ca-certificate "$work/$3.pem" \
    --load-ca-privkey "$work/$3.key"
}

make_server_cert() { # NAME ROOT
  make_cert "$1" 'cn = localhost\ndns_name = localhost\nip_address = 127.0.0.1\ntls_www_server\n' "$2"
}

make_client_cert() { # NAME EUI ROOT
  make_cert "$1" "cn = $2\ntls_www_client\n" "$3"
}

# ---- a server ---------------------------------------------------------------------

server=$work/server
start_server() {
  stop_server
  mkdir -p "$server"
  rm -f "$server/port" "$server/request" "$server/peer"
  "$top_builddir/tests/cli/answer" "$server" "$@" 2>>"$log" &
  app_pid=$!
  wait_for [ -s "$server/port" ] || bail 'the server does not start'
  # shellcheck disable=SC2034 # for the scripts
  port=$(cat "$server/port")
}

stop_server() {
  [ -z "$app_pid" ] && return
  kill "$app_pid" 2>/dev/null
  wait "$app_pid" 2>/dev/null
  app_pid=
}
