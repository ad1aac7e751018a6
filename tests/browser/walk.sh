#!/bin/sh
# A real browser goes through the admin, with scripts off: what a person does in a day, and then
# every page. Each page is looked at as HTML, by the essentials of accessibility in light and
# dark, and as wide as a phone.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/browser/lib.sh
. "$top_srcdir/tests/browser/lib.sh"
for program in chromium tidy python3 openssl; do
  command -v "${CHROMIUM:-$program}" >/dev/null || bail "$program is missing"
done
service=
trap '[ -z "$service" ] || kill "$service" 2>/dev/null; lighttpd_stop; tap_cleanup' EXIT

sample_data
must trust import new-root "$work/eu-root.pem" new.lns.example.com:8887
signer=$top_builddir/gatehouse-sign
"$signer" --create "$work/one.key" >/dev/null 2>&1 || bail 'no key'
"$signer" --key "$work/one.key" --public >"$work/one.pub"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/two.key" 2>>"$log"
openssl pkey -in "$work/two.key" -pubout -out "$work/two.pem"
"$signer" --socket "$work/sign.sock" --key "$work/one.key" </dev/null >"$work/said" 2>&1 &
service=$!
# Its socket is there before it listens.
wait_for grep -q 'serves the key' "$work/said" || bail "no signing service: $(cat "$work/said")"
head -c 9000000 /dev/urandom >"$work/image"
: >"$work/empty"
cat >"$work/import.csv" <<END
gateway_id,eui,name,lns
csv-1,58A0CBFFFE807101,"From a <i>table</i>",eu-lns
csv-2,58A0CBFFFE80710,Too short,eu-lns
csv-3,58A0CBFFFE807103,Nowhere,no-such-lns
END
"$top_builddir/tests/lib/admin_routes" >"$work/routes" || bail 'no table of pages'
admin_start

python3 "$top_srcdir/tests/browser/walk.py" "$admin" "$work" "$work/routes" \
  >"$work/walk" 2>"$work/walk.err"
while IFS='	' read -r tap_line tap_why; do
  case $tap_line in
  'ok '*) pass "${tap_line#ok }" ;;
  'not ok '*) fail "${tap_line#not ok }" "$tap_why" ;;
  esac
done <"$work/walk"
is "$(cat "$work/walk.err")" '' 'nothing unexpected happened'
has "$(tail -n 1 "$work/walk")" 'the end of the way' 'the walk came to its end'
hasnt "$(cat "$work/programs.log")" 'ERROR' 'no program was at fault'
hasnt "$(cat "$work/programs.log")" ' error: ' 'and none complained'
done_testing
