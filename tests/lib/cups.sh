# Words for the tests of cups.fcgi, over tap.sh.
# shellcheck shell=sh
# shellcheck disable=SC2034 # what is set here is read by the tests
#
#   . "$top_srcdir/tests/lib/cups.sh"
#   fleet <<END                         makes the data (see tests/lib/fleet.c)
#   …
#   END
#   start_cups                          cups.fcgi, at the time that set_now says
#   station 58a0:cbff:fe80:1 KEY        a gateway with nothing but its EUI and key
#   lns_uri=wss://lns.example.com:8887  changes of it, see station()
#   poll 'it gets its LNS' 200 lns-uri:sent
#   sent '' wss://… '' "$work/blob"     the answer is so, byte by byte
#   idle 'nothing to do'                a poll that is answered by 14 zero bytes
#
# Each poll asks `fleet explain` first, which must say the same as the endpoint then does.

. "${top_srcdir:=.}/tests/lib/tap.sh"
# shellcheck source=tests/lib/workers.sh
. "$top_srcdir/tests/lib/workers.sh"

crypto=$top_srcdir/tests/data/crypto # certificates that are valid in 2030

# set_now TIME: from now on it is then, for the endpoint and the tools
set_now() {
  echo "$1" >"$work/now.new"
  mv "$work/now.new" "$work/now"
}

# real_time: the endpoint and the tools take the time of the system
real_time() {
  app_env=
  tool_env=
}

set_now 2030-01-01T12:00:00Z
app_env="GATEHOUSE_TEST_NOW=@$work/now"
tool_env=$app_env

# tool NAME WORD...: a program of tests/lib that knows the configuration and the time
tool() {
  tool_name=$1
  shift
  # shellcheck disable=SC2086
  env GATEHOUSE_CONF="$conf" $tool_env "$top_builddir/tests/lib/$tool_name" "$@"
}

fleet() {
  tool fleet "$@" 2>>"$work/fleet.log" || {
    tap_status=$?
    sed 's/^/# /' "$work/fleet.log"
    : >"$work/fleet.log"
    return "$tap_status"
  }
}

issue() {
  (cd "$work" && env $tool_env "$tool_dir/issue" "$@") || bail "issue $*"
}
tool_dir=$(cd "$top_builddir" && pwd)/tests/lib

start_cups() {
  start_app cgi-bin/cups.fcgi
}

# start_workers N: several cups.fcgi on one socket; their numbers are in $work/workers
start_workers() {
  workers cgi-bin/cups.fcgi "$1" "$work/workers"
}

# ---- what a gateway says of itself -----------------------------------------

# station ROUTER [KEY]: the following polls come from there; it has nothing yet
station() {
  router=$1
  key=${2-}
  cert=
  cups_uri=
  lns_uri=
  cups_crc=2077607535 # that of no files
  lns_crc=2077607535
}

# quoted TEXT: as JSON, null when it is empty
quoted() {
  if [ -n "$1" ]; then printf '"%s"' "$1"; else printf null; fi
}

# request: the body as LoRa Basics Station 2.0.6 writes it
request() {
  printf '{"router":"%s","cupsUri":%s,"tcUri":%s,"cupsCredCrc":%s,"tcCredCrc":%s,' \
    "$router" "$(quoted "$cups_uri")" "$(quoted "$lns_uri")" "$cups_crc" "$lns_crc"
  printf '"station":"2.0.6(linux/std) 2022-01-18 10:22:16","model":"linux",'
  printf '"package":null,"keys":[3912465528,1445978646]}'
}

# ---- asking ----------------------------------------------------------------

# ask_for BODY [VAR=VALUE...]: one request with $key and $cert; sets $status and $reason
ask_for() {
  ask_body=$1
  shift
  if [ -n "$cert" ]; then set -- SSL_CLIENT_CERT="$(cat "$cert")" "$@"; fi
  if [ -n "$key" ]; then set -- HTTP_AUTHORIZATION="Bearer $key" "$@"; fi
  req POST /update-info "$ask_body" CONTENT_TYPE=application/json "$@"
  reason=$(tail -n 1 "$log" | sed -n 's/.* reason=\([^ ]*\)\( of=\([^ ]*\)\)\{0,1\}.*/\3:\1/p' |
    sed 's/^:/request:/')
  reason=${reason:--}
}

# explained BODY: what `fleet explain` says of the same request, and the answer's bytes in
# $work/explained
explained() {
  printf '%s' "$1" >"$work/explain.json"
  set -- "$work/explain.json" "$work/explained"
  if [ -n "$key" ]; then set -- "$@" key="$key"; fi
  if [ -n "$cert" ]; then set -- "$@" cert="$cert"; fi
  fleet explain "$@"
}

# poll NAME STATUS REASON [VAR=VALUE...]: explain and the endpoint say so
poll() {
  poll_name=$1 poll_want="$2 $3"
  shift 3
  poll_body=$(request)
  poll_said=$(explained "$poll_body")
  ask_for "$poll_body" "$@"
  if [ "$poll_said" != "$poll_want" ]; then
    fail "$poll_name" "explain: $poll_said
wanted:  $poll_want"
  elif [ "$status $reason" != "$poll_want" ]; then
    fail "$poll_name" "got:    $status $reason
wanted: $poll_want
$(tail -n 2 "$log")"
  elif [ "$status" = 200 ] && ! cmp -s "$work/explained" "$answer.body"; then
    fail "$poll_name" "explain and the endpoint have different answers:
$(od -An -tx1 "$work/explained" | head -n 20)
and
$(od -An -tx1 "$answer.body" | head -n 20)"
  elif [ "$status" != 200 ] && [ "$(wc -c <"$answer")" -ge 512 ]; then
    fail "$poll_name" "the error has $(wc -c <"$answer") bytes"
  elif [ "$(header Content-Length)" != "$(($(body | wc -c)))" ]; then
    fail "$poll_name" "Content-Length: $(header Content-Length)"
  else
    pass "$poll_name"
  fi
}

# ---- the answer --------------------------------------------------------------

# bytes N...: these bytes
bytes() {
  for byte in "$@"; do
    # shellcheck disable=SC2059
    printf "\\$(printf %03o "$byte")"
  done
}

# size16 FILE: its length in two bytes, little-endian, and its content; '' has none
size16() {
  size=0
  if [ -n "$1" ]; then size=$(($(wc -c <"$1"))); fi
  bytes $((size % 256)) $((size / 256))
  if [ -n "$1" ]; then cat "$1"; fi
}

# sent CUPS-URI LNS-URI CUPS-BLOB LNS-BLOB [NAME]: the last answer is made of these texts and
# files, and no signature and no update
sent() {
  {
    bytes ${#1}
    printf %s "$1"
    bytes ${#2}
    printf %s "$2"
    size16 "$3"
    size16 "$4"
    bytes 0 0 0 0 0 0 0 0
  } >"$work/wanted"
  if cmp "$work/wanted" "$answer.body" >"$work/differs" 2>&1; then
    pass "${5:-its bytes}"
  else
    fail "${5:-its bytes}" "$(cat "$work/differs")
$(od -An -c "$work/wanted" | head -n 30)
$(od -An -c "$answer.body" | head -n 30)"
  fi
}

# nothing NAME: the last answer is 14 zero bytes
nothing() {
  is "$(header Content-Length) $(od -An -v -tx1 "$answer.body" | tr -d ' \n')" \
    '14 0000000000000000000000000000' "$1"
}

# idle NAME REASON: a poll that is answered so
idle() {
  poll "$1" 200 "${2:-request:same}"
  nothing "$1: 14 zero bytes"
}

# crc32 FILE: by another program than ours
crc32() {
  gzip -nc "$1" | tail -c 8 | od -An -tu1 -N4 | while read -r a b c d; do
    echo $((a + 256 * b + 65536 * c + 16777216 * d))
  done
}

# der FILE.pem: the bytes of the certificate
der() {
  sed '/^-----/d' "$1" | base64 -d
}

# token_blob TRUST LINE: trust, no certificate, a line
token_blob() {
  cat "$1"
  bytes 0 0 0 0
  printf '%s\r\n' "$2"
}

# ---- many at a time ------------------------------------------------------------

# ask OPTIONS... -- [VAR=VALUE...]: tests/lib/ask with request()'s body; several may run
ask() {
  ask_options=
  while [ "$1" != -- ]; do
    ask_options="$ask_options $1"
    shift
  done
  shift
  ask_file=$(mktemp "$work/ask.XXXXXX")
  request >"$ask_file"
  # shellcheck disable=SC2086
  "$top_builddir/tests/lib/ask" $ask_options "$sock" "$ask_file" "$@"
}
