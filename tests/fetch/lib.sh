# Sourced by the tests of gatehouse-fetch: a real lighttpd on a free port of loopback, folders
# of programs so that PATH says which gateway this is, and results in TAP.
# shellcheck shell=sh disable=SC2034 # what is set here is used by the tests
set -u
# Whoever runs the tests may have others.
LC_ALL=C TZ=UTC
export LC_ALL TZ
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib/port.sh
. "$here/../lib/port.sh"
script=$(cd "${top_srcdir:-$here/../..}/share/gateway" && pwd)/gatehouse-fetch
tmp=$(mktemp -d "${TMPDIR:-/tmp}/gatehouse-fetch.XXXXXX") || exit 1
tests=0 server='' mounted='' code=0 program=''
trap 'clean_up' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

clean_up() {
  [ -z "$server" ] || kill "$server"
  [ -z "$mounted" ] || umount "$mounted"
  rm -rf "$tmp"
}

# ---- results -------------------------------------------------------------------

# check WHAT COMMAND…: one result, and what the script said if it is bad.
check() {
  tests=$((tests + 1))
  what=$1
  shift
  if "$@"; then
    echo "ok $tests - $what"
    return
  fi
  echo "not ok $tests - $what"
  printf '# failed: %s\n' "$*"
  [ ! -f "$tmp/out" ] || sed 's/^/# /' "$tmp/out"
}

said() {
  grep -q -e "$1" "$tmp/out"
}

# ended CODE [TEXT]: the last run's code, and what it said.
ended() {
  [ "$code" -eq "$1" ] && said "${2:-}"
}

not() {
  ! "$@"
}

# skip WHAT WHY: what cannot be tried here.
skip() {
  tests=$((tests + 1))
  echo "ok $tests - $1 # SKIP $2"
}

finish() {
  echo "1..$tests"
}

give_up() {
  echo "Bail out! $1"
  exit 1
}

# ---- programs --------------------------------------------------------------------

tools='cat cp mv rm mkdir rmdir ls wc sed awk cmp date sleep tr od tail chmod readlink
  cut hostname id sha256sum diff sh dd'

# One folder with busybox's programs, one with this system's, one with each client; and
# every shell with every client that has to be tried.
make_gateways() {
  busybox=$(command -v busybox) || give_up "busybox is not installed"
  mkdir -p "$tmp/busybox" "$tmp/system" "$tmp/curl" "$tmp/wget" "$tmp/gnu"
  for tool in $tools; do
    ln -s "$busybox" "$tmp/busybox/$tool"
    ln -s "$(command -v "$tool")" "$tmp/system/$tool"
  done
  # Hundreds of runs would stop everybody else on this machine; killed.sh looks that it is
  # called.
  make_program "$tmp/busybox/sync" </dev/null
  cp "$tmp/busybox/sync" "$tmp/system/sync"
  ln -s "$busybox" "$tmp/wget/wget"
  ln -s "$(command -v curl)" "$tmp/curl/curl" || give_up "curl is not installed"
  gateways='ash/curl ash/wget dash/curl dash/wget bash/curl bash/wget'
  case $(wget --version 2>/dev/null) in
  'GNU Wget'*) ln -s "$(command -v wget)" "$tmp/gnu/wget" && gateways="$gateways dash/gnu" ;;
  *) skip "GNU wget" "it is not installed" ;;
  esac
}

# A program of the tests, from its lines on the standard input.
make_program() {
  { echo '#!/bin/sh' && cat; } >"$1"
  chmod +x "$1"
}

# use SHELL/CLIENT: which gateway the next runs are on; ash has busybox's programs.
use() {
  gateway=$1 client=${1#*/} programs=$tmp/system
  case $1 in
  ash/*) shell="$busybox ash" programs=$tmp/busybox ;;
  *) shell=$(command -v "${1%/*}") || give_up "${1%/*} is not installed" ;;
  esac
  path=$programs:$tmp/$client
}

# Whoever hangs up must be heard, also by those who have learnt from nohup to ignore it.
hear=''
if env --default-signal=HUP true 2>/dev/null; then hear='--default-signal=HUP,INT,TERM'; fi

# Runs the script as the gateway would, with output in $tmp/out and its code in $code.
run() {
  code=0
  [ -z "$server" ] || kill -0 "$server" || give_up "lighttpd is gone"
  # shellcheck disable=SC2086 # "busybox ash" is two words
  env -i PATH="$path" $shell "${program:-$script}" --config "$config" --state "$state" "$@" \
    >"$tmp/out" 2>&1 || code=$?
}

# ---- server ----------------------------------------------------------------------

# Its files are in $site; see server.cgi.
start_server() {
  site=$tmp/site
  mkdir -p "$site/static/api/v3/gcs/gateways/plain/semtechudp"
  static=$site/static/api/v3/gcs/gateways/plain/semtechudp/global_conf.json
  cp "$here/server.cgi" "$site/server.cgi"
  echo "$tmp" >"$site/static/elsewhere.txt" # so that it is known which server this is
  config=$tmp/none.conf
  : >"$config"
  serve good
  make_body 1 >"$site/body"
  : >"$site/seen"
  lighttpd=$(PATH=$PATH:/usr/sbin:/sbin command -v lighttpd) ||
    give_up "lighttpd is not installed"
  serve_somewhere start_lighttpd lighttpd_answers || {
    server=''
    give_up "lighttpd does not start: $(tail -n 1 "$tmp/lighttpd.log")"
  }
}

lighttpd_answers() {
  answers "$tmp" -k "$base/elsewhere.txt"
}

# start_lighttpd: as serve_somewhere has it
start_lighttpd() {
  base=${scheme:-http}://127.0.0.1:$port
  cat >"$tmp/lighttpd.conf" <<CONF
server.modules = ("mod_rewrite", "mod_cgi")
server.document-root = "$site/static"
server.bind = "127.0.0.1"
server.port = $port
server.max-keep-alive-requests = 0
server.errorlog = "$tmp/lighttpd.log"
mimetype.assign = (".json" => "application/json")
server.stat-cache-engine = "disable"
server.stream-response-body = 2
\$HTTP["url"] !~ "/plain/|/elsewhere" {
  server.document-root = "$site"
  url.rewrite-once = ("^/api/v3/gcs/gateways/(.*)" => "/server.cgi/\$1")
  cgi.assign = (".cgi" => "/bin/sh")
}
${extra_lines:-}
CONF
  "$lighttpd" -D -f "$tmp/lighttpd.conf" >>"$tmp/lighttpd.log" 2>&1 &
  server=$!
}

# asked_for LINE: the last request, see server.cgi.
asked_for() {
  [ "$(tail -n 1 "$site/seen")" = "$1" ]
}

# serve MOOD: those who wait for an answer of before have it.
serve() {
  case $1 in
  hold | stuck) rm -f "$site/go" ;;
  *) : >"$site/go" ;;
  esac
  echo "$1" >"$site/mood"
}

# wait_until COMMAND…: gives up when it does not happen at all.
wait_until() {
  waits=2400
  until "$@" >/dev/null 2>&1; do
    waits=$((waits - 1))
    [ "$waits" -gt 0 ] || give_up "$gateway: does not happen: $*"
    sleep 0.05
  done
}

# answered: an answer has begun to come to a run in the background.
answered() {
  ls "$notes"/body.*
}

# A configuration file of about nine kilobytes; the argument makes it differ.
make_body() {
  printf '{\n\t"SX1301_conf": {\n\t\t"lorawan_public": true,\n\t\t"antenna_gain": %s,\n' "$1"
  awk 'BEGIN {
    for (i = 0; i < 80; i++) {
      printf "\t\t\"chan_%d\": {\n\t\t\t\"enable\": true,\n\t\t\t\"radio\": 0,\n", i
      printf "\t\t\t\"if\": %d,\n\t\t\t\"desc\": \"a \\\"name\\\" {[%d\\u00e9\"\n\t\t},\n", -400000 + i * 10, i
    }
  }'
  printf '\t\t"tx_lut": []\n\t},\n\t"gateway_conf": {\n\t\t"server_address": "a.example"\n\t}\n}\n'
}

# The same for Kerlink's other format, in lines of 30 bytes: cut after 3000 of them it still
# looks whole.
make_toml() {
  printf '[gateway] # %017d\n' 0
  awk 'BEGIN { for (i = 0; i < 200; i++) printf "name%05d = %017d\n", i, 0 }'
}

# ---- a gateway's folder ------------------------------------------------------------

# new_gateway: an empty folder with nothing fetched yet, and a server in good mood.
new_gateway() {
  rm -rf "$tmp/gateway" "$tmp/state"
  mkdir "$tmp/gateway"
  file=$tmp/gateway/global_conf.json state=$tmp/state restarts=$tmp/gateway/restarts
  notes=$state/$(echo "${file#/}" | tr / :)
  : >"$restarts"
  restart="echo >>$restarts"
  serve good
  : >"$site/seen"
}

fetch() {
  run --server "$base" --id "${id:-gw-1}" --file "$file" --restart "$restart" "$@"
}

count() {
  wc -l <"$restarts" | tr -d ' '
}

# outcome CODE RESTARTS: how the last run ended, and that the file is the server's.
outcome() {
  [ "$code" -eq "$1" ] && [ "$(count)" -eq "$2" ] && cmp -s "$file" "${3:-$site/body}"
}

# Nothing half done lies about.
tidy() {
  [ ! -e "$file.new" ] && [ ! -e "$file.previous.new" ] || return 1
  for left in "$state"/*/*; do
    case ${left##*/} in
    etag | last | due | '*') ;;
    *) return 1 ;;
    esac
  done
}
