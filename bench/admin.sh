#!/bin/sh
# What a page of 50 gateways costs: processor time in the worker and bytes on the wire,
# beside their limits (3 ms, 60 KB).
: "${top_srcdir:=.}"
. "$top_srcdir/tests/lib/admin.sh"

REQUESTS=500

# cpu: clock ticks that the program has used
cpu() {
  awk '{ sub(/^.*\) /, ""); print $12 + $13 }' "/proc/$app_pid/stat"
}

rm -rf "$data"
"$top_builddir/bench/fleet" "$data" 5000 >"$work/fleet" || bail 'no data folder'
make_account anna admin
start_admin
sign_in anna || bail 'anna cannot sign in'
too_much=
printf '%-34s %10s %10s\n' 'one page' 'ms of CPU' bytes
for page in /gateways '/gateways?word=bench&after=2000' /gateways/bench-gateway-500/edit \
  /gateways/bench-gateway-500/explain; do
  get "$page"
  [ "$status" = 200 ] || bail "$page: $status"
  bytes=$(($(wc -c <"$answer")))
  from=$(cpu)
  load -v -n "$REQUESTS" -- GET "$prefix$page" "HTTP_COOKIE=$cookie" >/dev/null ||
    bail "$page is not answered"
  us=$((($(cpu) - from) * 1000000 / $(getconf CLK_TCK) / REQUESTS))
  printf '%-34s %6d.%03d %10d\n' "$page" $((us / 1000)) $((us % 1000)) "$bytes"
  { [ "$us" -le 3000 ] && [ "$bytes" -lt 61440 ]; } || too_much=yes
done
[ -z "$too_much" ] || echo 'too much: a page may cost 3 ms and 60 KB'
stop_app >/dev/null
[ -z "$too_much" ]
