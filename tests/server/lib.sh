# Shell library of the tests that need a web server, on top of tests/cli/lib.sh.
# shellcheck shell=sh
#
#   . "$top_srcdir/tests/server/lib.sh"
#   lighttpd_start [LINE ...]     a real lighttpd on a free port of loopback with the rows of
#                                 etc/lighttpd/gatehouse.conf ($lighttpd_rows); $port, $url;
#                                 @next@ in a LINE is the port after that
#   lighttpd_stop
#   raw TEXT                      sends the bytes (printf's escapes), the answer is in $raw
#                                 and, taken apart, in $raw.head and $raw.body

# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
# shellcheck source=tests/lib/port.sh
. "$top_srcdir/tests/lib/port.sh"
unset GATEHOUSE_TEST_NOW
raw=$work/raw
lighttpd_pid=

lighttpd_stop() {
  [ -z "$lighttpd_pid" ] && return
  kill "$lighttpd_pid" 2>/dev/null
  wait "$lighttpd_pid" 2>/dev/null
  lighttpd_pid=
}
trap 'lighttpd_stop; tap_cleanup' EXIT

lighttpd_answers() {
  answers "$work" "$url/whose.txt"
}

# lighttpd_try: as serve_somewhere has it; the lines are in $work/lines
lighttpd_try() {
  url=http://127.0.0.1:$port
  : >"$work/lighttpd.log"
  {
    cat <<END
server.document-root = "$work/www"
server.port = $port
server.bind = "127.0.0.1"
server.errorlog = "$work/lighttpd.log"
server.breakagelog = "$work/programs.log"
server.upload-dirs = ( "$work/run" )
var.gatehouse_programs = "$top_builddir/cgi-bin"
var.gatehouse_conf = "$conf"
var.gatehouse_run = "$work/run"
include "${lighttpd_rows:-$top_srcdir/etc/lighttpd/gatehouse.conf}"
END
    sed "s/@next@/$((port + 1))/g" "$work/lines"
  } >"$work/lighttpd.conf"
  env -i PATH="$PATH" lighttpd -D -f "$work/lighttpd.conf" 2>>"$work/programs.log" &
  lighttpd_pid=$!
}

lighttpd_rows=
lighttpd_start() {
  command -v lighttpd >/dev/null || PATH=$PATH:/usr/sbin
  mkdir -p "$work/www" "$work/run"
  echo "$work" >"$work/www/whose.txt"
  for tap_line in "$@"; do printf '%s\n' "$tap_line"; done >"$work/lines"
  serve_somewhere lighttpd_try lighttpd_answers && return
  lighttpd_pid=
  tail -n 20 "$work/lighttpd.log" "$work/programs.log" >"$log"
  bail "lighttpd does not start"
}

raw() {
  # shellcheck disable=SC2059 # the escapes are wanted
  printf "$1" >"$work/request"
  "$top_builddir/tests/server/http_raw" "$port" "$work/request" >"$raw" 2>"$work/raw.err"
  raw_status=$?
  # What a shell of its own sets is none of the scripts' words.
  (answer=$raw && tap_take_apart)
}

# raw_fine NAME: it was answered as every answer has to be
raw_fine() {
  if [ "$raw_status" = 0 ]; then pass "$1"; else fail "$1" "$(cat "$work/raw.err" "$raw")"; fi
}
