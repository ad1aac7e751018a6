#!/bin/sh
# Requests per second behind lighttpd, as a ratio to the floor program (libfcgi alone, 14
# bytes), interleaved in one run so that a noisy machine disturbs both alike. Prints the
# median ratio of the rounds; no figure here is a test.
#
#	bench/throughput.sh [ROUNDS [SECONDS]]
: "${top_srcdir:=.}"
. "$top_srcdir/tests/lib/tap.sh"

rounds=${1:-7}
seconds=${2:-2}
for tool in wrk lighttpd; do
  PATH=$PATH:/usr/sbin command -v $tool >/dev/null || bail "$tool is not there"
done
key=
body=
builddir=$(cd "$top_builddir" && pwd)

"$top_builddir/bench/fleet" "$data" 1000 >"$work/fleet" || bail 'no data folder'
. "$work/fleet"
printf 'data = %s\ncups_uri = https://cups.example.com:443\nlog_level = warn\n' "$data" >"$conf"

# What wrk sends.
for connection in keep-alive close; do
  cat >"$work/$connection.lua" <<LUA
wrk.method = "POST"
wrk.body = [==[$body]==]
wrk.headers["Authorization"] = "Bearer $key"
wrk.headers["Connection"] = "$connection"
LUA
done

# serve NAME PORT PROGRAM: lighttpd with two workers of it
serve() {
  cat >"$work/$1.conf" <<CONF
server.document-root = "$work"
server.bind = "127.0.0.1"
server.port = $2
server.modules = ( "mod_fastcgi" )
server.max-keep-alive-requests = 100000
fastcgi.server = ( "/" => (( "socket" => "$work/$1.sock", "bin-path" => "$3",
  "max-procs" => 2, "check-local" => "disable",
  "bin-environment" => ( "GATEHOUSE_CONF" => "$conf" ) )))
CONF
  PATH=$PATH:/usr/sbin lighttpd -D -f "$work/$1.conf" 2>>"$log" &
  servers="$servers $!"
}
servers=
trap 'kill $servers 2>/dev/null; wait; tap_cleanup' EXIT

first=$((20000 + $$ % 20000))
serve floor "$first" "$builddir/bench/floor"
serve cups $((first + 1)) "$builddir/cgi-bin/cups.fcgi"
sleep 1

# rate PORT CONNECTION: requests per second, without errors or the run is void
rate() {
  wrk -t 1 -c 32 -d "$seconds" -s "$work/$2.lua" "http://127.0.0.1:$1/update-info" >"$work/wrk"
  ! grep -q 'Non-2xx' "$work/wrk" || bail "port $1 answers with errors"
  awk '/^Requests\/sec/ { printf "%d\n", $2 }' "$work/wrk"
}

for connection in keep-alive close; do
  i=0
  : >"$work/ratios"
  while [ $i -lt "$rounds" ]; do
    floor=$(rate "$first" $connection)
    cups=$(rate $((first + 1)) $connection)
    echo "$floor $cups"
    echo "$floor $cups" | awk '{ print $2 / $1 }' >>"$work/ratios"
    i=$((i + 1))
  done | awk -v c="$connection" '{ f += $1; g += $2 } END {
    printf "%-10s floor %6d/s   cups.fcgi %6d/s\n", c, f / NR, g / NR }'
  sort -n "$work/ratios" | awk -v c="$connection" '{ r[NR] = $1 } END {
    printf "%-10s cups.fcgi / floor, median: %.2f\n", c, r[int((NR + 1) / 2)] }'
done
