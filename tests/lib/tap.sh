# Shell library of the black-box tests: TAP, and one FastCGI program under test.
# shellcheck shell=sh
#
#   . "$top_srcdir/tests/lib/tap.sh"
#   config 'push_limit = 5'             adds a line to the program's configuration
#   start_app tests/cgi/echo            starts it on its own socket, with its own data folder
#   req POST '/a?b=c' BODY VAR=VALUE    asks (BODY '' for none, @FILE for a file)
#   is "$status" 200 'it answers'       $status, header NAME, body: the answer
#   stop_app                            SIGTERM while idle: it must end with 0
#   done_testing
#
# Whatever happens, the program is ended and the folder removed when the script ends.

: "${top_builddir:=.}" "${top_srcdir:=.}"
# Whoever runs the tests may have others, by which sort, grep and date differ.
LC_ALL=C TZ=UTC
export LC_ALL TZ
tap_count=0
tap_failed=0
app_pid=

work=$(mktemp -d "${TMPDIR:-/tmp}/gatehouse.XXXXXX") || exit 1
data=$work/data
conf=$work/gatehouse.conf
sock=$work/socket
log=$work/log
mkdir "$data" || exit 1
echo "data = $data" >"$conf"

tap_cleanup() {
  if [ -n "$app_pid" ]; then
    kill -9 "$app_pid" 2>/dev/null
    wait "$app_pid" 2>/dev/null
  fi
  rm -rf "$work"
}
trap tap_cleanup EXIT
trap 'exit 1' HUP INT TERM

# ---- results ---------------------------------------------------------------

# pass NAME, fail NAME [WHAT HAPPENED]
pass() {
  tap_count=$((tap_count + 1))
  echo "ok $tap_count - $1"
}

fail() {
  tap_count=$((tap_count + 1))
  tap_failed=$((tap_failed + 1))
  echo "not ok $tap_count - $1"
  if [ $# -gt 1 ]; then printf '%s\n' "$2" | sed 's/^/#   /'; fi
}

# skip NAME WHY: a point that cannot be checked here
skip() {
  tap_count=$((tap_count + 1))
  echo "ok $tap_count - $1 # SKIP $2"
}

# is GOT WANT NAME
is() {
  if [ "$1" = "$2" ]; then pass "$3"; else fail "$3" "got:    $1
wanted: $2"; fi
}

# has TEXT PART NAME: PART is somewhere in TEXT; hasnt is the opposite
has() {
  case $1 in
  *"$2"*) pass "$3" ;;
  *) fail "$3" "'$2' is not in:
$1" ;;
  esac
}

hasnt() {
  case $1 in
  *"$2"*) fail "$3" "'$2' is in:
$1" ;;
  *) pass "$3" ;;
  esac
}

# check NAME COMMAND...: the command succeeds
check() {
  tap_name=$1
  shift
  if tap_out=$("$@" 2>&1); then pass "$tap_name"; else fail "$tap_name" "$* ($?)
$tap_out"; fi
}

done_testing() {
  echo "1..$tap_count"
  [ "$tap_failed" -eq 0 ]
  exit
}

bail() {
  echo "Bail out! $1"
  if [ -f "$log" ]; then sed 's/^/# /' "$log"; fi
  exit 1
}

# sanitized: the programs were built with --enable-sanitizers, so that figures of memory and
# time say little
sanitized() {
  grep -q '^#define GH_SANITIZERS 1' "$top_builddir/config.h"
}

# ---- the program -----------------------------------------------------------

# config LINE...: adds lines to the configuration
config() {
  printf '%s\n' "$@" >>"$conf"
}

# wait_for COMMAND...: until it succeeds; its status is 1 when that takes minutes, which is no
# measure of anything but that there is nothing to wait for
wait_for() {
  tap_tries=2400
  until "$@"; do
    tap_tries=$((tap_tries - 1))
    [ "$tap_tries" -gt 0 ] || return 1
    sleep 0.05
  done
}

# start_app PROGRAM [ARGUMENT...]: PROGRAM below the build folder. What is in $app_env
# (VAR=VALUE ...) goes into its environment, $TEST_WRAPPER (valgrind ...) before it.
app_env=
start_app() {
  app_program=$1
  shift
  rm -f "$sock"
  # The wrapper and the environment are several words.
  # shellcheck disable=SC2086
  env -i PATH="$PATH" ${ASAN_OPTIONS:+ASAN_OPTIONS="$ASAN_OPTIONS"} \
    ${UBSAN_OPTIONS:+UBSAN_OPTIONS="$UBSAN_OPTIONS"} GATEHOUSE_CONF="$conf" $app_env \
    "$top_builddir/tests/lib/listen" "$sock" \
    ${TEST_WRAPPER:-} "$top_builddir/$app_program" "$@" 2>>"$log" &
  app_pid=$!
  wait_for [ -S "$sock" ] || bail "$app_program makes no socket"
  app_lives || bail "$app_program did not start"
}

app_lives() {
  [ -n "$app_pid" ] && kill -0 "$app_pid" 2>/dev/null
}

# wait_app: waits for its end; sets app_status ("late" when it does not end)
wait_app() {
  tap_tries=2400
  while app_lives && [ "$tap_tries" -gt 0 ]; do
    # A zombie lives for kill -0, but not for us.
    case $(sed 's/.*) //' "/proc/$app_pid/stat" 2>/dev/null) in
    Z* | '') break ;;
    esac
    sleep 0.05
    tap_tries=$((tap_tries - 1))
  done
  if [ "$tap_tries" -eq 0 ]; then
    app_status=late
    kill -9 "$app_pid" 2>/dev/null
    wait "$app_pid" 2>/dev/null
  else
    wait "$app_pid" 2>/dev/null
    app_status=$?
  fi
  app_pid=
}

# stop_app: SIGTERM while idle must end it, with status 0
stop_app() {
  if app_lives; then
    kill -TERM "$app_pid"
    wait_app
    is "$app_status" 0 "$app_program ends with 0 at SIGTERM while idle"
  else
    fail "$app_program ends with 0 at SIGTERM while idle" 'it is not there any more'
  fi
}

# Somebody is connected to it: there is another socket than the one that it listens on.
app_has_connection() {
  [ "$(find "/proc/$app_pid/fd" -lname 'socket:*' | wc -l)" -gt 1 ]
}

# Kilobytes of memory that the program has for itself.
app_memory() {
  awk '/^RssAnon:/ { print $2 }' "/proc/$app_pid/status"
}

# ---- requests --------------------------------------------------------------

answer=$work/answer

# tap_take_apart: $answer into $status, $answer.head and $answer.body
tap_take_apart() {
  # The first empty line parts them; sed would add a line end that is not there.
  tap_head=$(awk '{ print } /^\r?$/ { exit }' "$answer" | tee "$answer.head" | wc -c)
  tail -c +$((tap_head + 1)) "$answer" >"$answer.body"
  # shellcheck disable=SC2034 # for the scripts
  status=$(sed -n 's/^Status: \([0-9]*\).*/\1/p;1q' "$answer.head")
}

# tap_request METHOD PATH BODY: sets the words of CGI's environment as "$@" for the caller
tap_body() {
  case $1 in
  @*) cat "${1#@}" ;;
  *) printf '%s' "$1" ;;
  esac >"$work/body"
}

# tap_run COMMAND... is run with the variables of a request and the body
tap_method=
tap_uri=
tap_run() {
  tap_path=${tap_uri%%\?*}
  tap_query=
  case $tap_uri in *\?*) tap_query=${tap_uri#*\?} ;; esac
  env -i PATH="$PATH" GATEWAY_INTERFACE=CGI/1.1 SERVER_PROTOCOL=HTTP/1.1 \
    REQUEST_METHOD="$tap_method" REQUEST_URI="$tap_uri" SCRIPT_NAME="$tap_path" \
    PATH_INFO= QUERY_STRING="$tap_query" SERVER_NAME=cups.example.com SERVER_PORT=443 \
    REMOTE_ADDR=198.51.100.7 HTTP_HOST=cups.example.com:443 \
    CONTENT_LENGTH="$(($(wc -c <"$work/body")))" "$@" <"$work/body" >"$answer"
}

# req METHOD PATH [BODY] [VAR=VALUE...]
req() {
  tap_method=$1 tap_uri=$2
  tap_body "${3-}"
  if [ $# -gt 3 ]; then shift 3; else shift $#; fi
  tap_run "$@" cgi-fcgi -bind -connect "$sock" ||
    echo "# cgi-fcgi failed: $tap_method $tap_uri"
  tap_take_apart
}

# cgi PROGRAM METHOD PATH [BODY] [VAR=VALUE...]: the same by plain CGI; sets app_status
cgi() {
  tap_program=$1 tap_method=$2 tap_uri=$3
  tap_body "${4-}"
  if [ $# -gt 4 ]; then shift 4; else shift $#; fi
  tap_run GATEHOUSE_CONF="$conf" "$@" "$top_builddir/$tap_program" 2>>"$log"
  app_status=$?
  tap_take_apart
}

# header NAME: its value in the last answer, written exactly so
header() {
  tr -d '\r' <"$answer.head" | sed -n "s/^$1: //p"
}

body() {
  cat "$answer.body"
}

# load OPTIONS... METHOD PATH [VAR=VALUE...]: bench/fcgi_load on the program's socket.
# The options end with the one before METHOD: load -n 10 -- GET /
load() {
  tap_options=
  while [ "$1" != -- ]; do
    tap_options="$tap_options $1"
    shift
  done
  shift
  # shellcheck disable=SC2086
  "$top_builddir/bench/fcgi_load" -i 300 $tap_options "$sock" "$@"
}
