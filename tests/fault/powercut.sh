#!/bin/sh
# Power cuts: what the programs ask of the disk is written down while an operator works and
# gateways poll all the time, then the power is cut at 200 places, with what was not synced
# dropped, torn and reordered. Whatever was acknowledged before, to the operator or to a gateway,
# must be there afterwards, and everything readable.
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
cuts=200
recorder=$(cd "$top_builddir" && pwd)/tests/fault/powercut.so
replay=$top_srcdir/tests/fault/powercut.py

config 'push_limit = 1000'
must init
must trust import lns-root "$top_srcdir/tests/data/crypto/ca.der" lns.example.com:8887
must lns add lns-1 wss://lns.example.com:8887
printf 'NNSXS.LNS.SECRET' >"$work/seed"
must gateway add gw-0 58A0CBFFFE800000 lns=lns-1 --secret lbs_lns_secret.value="$work/seed"
must gateway add spare
printf 'key-of-gw-0' >"$work/key"
must key import gw-0 --file "$work/key"
cp -a "$data" "$work/base"
: >"$work/record"
POWERCUT_FOLDER=$data
POWERCUT_LOG=$work/record
export POWERCUT_FOLDER POWERCUT_LOG

# recorded COMMAND...
recorded() {
  # The sanitizers' library would rather be the first one.
  env LD_PRELOAD="$recorder" ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0" \
    "$@" </dev/null >"$work/out" 2>"$work/err"
}
step=0
# acknowledged: what is done by now is told to the operator
acknowledged() {
  step=$((step + 1))
  python3 "$replay" mark "$work/record" "$1"
}
# does WHAT WORD...: the tool does it
does() {
  what=$1
  shift
  recorded "$gatehouse" "$@" || bail "gatehouse $*: $(cat "$work/err")"
  acknowledged "$what"
}

# ---- traffic ---------------------------------------------------------------------------------
# A worker, and a gateway that is sent credentials each time: the ledger has that before the first
# byte leaves.
app_env="LD_PRELOAD=$recorder POWERCUT_FOLDER=$data POWERCUT_LOG=$work/record"
app_env="$app_env GATEHOUSE_TEST_NOW=$now"
app_env="$app_env ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0"
start_app cgi-bin/cups.fcgi
app_env=
printf '{"router":"58a0:cbff:fe80:0","cupsUri":"https://cups.example.com:443","tcUri":null,%s' \
  '"cupsCredCrc":1,"tcCredCrc":1,"station":"1","model":"m","package":null,"keys":[]}' >"$work/poll"
: >"$work/pushed"
(until [ -e "$work/enough" ]; do
  req POST /update-info "@$work/poll" HTTP_AUTHORIZATION='Bearer key-of-gw-0'
  [ "$status" != 200 ] || [ "$(wc -c <"$answer.body")" -lt 100 ] || {
    python3 "$replay" mark "$work/record" push
    echo "$status" >>"$work/pushed"
  }
done) &
pushing=$!

i=0
while [ $i -lt 12 ]; do
  i=$((i + 1))
  does "gateway gw-$i" gateway add gw-$i "58A0CBFFFE8001$(printf %02X $i)" \
    --secret lbs_lns_secret.value="$work/seed"
  case $i in
  3) does 'seal rotate' seal rotate ;;
  5) does 'rotate gw-0' key rotate gw-0 ;;
  7)
    does 'delete' gateway delete spare
    does 'restore' gateway restore spare
    ;;
  9) does 'seal rotate' seal rotate ;;
  esac
done
# A quick tool is done before that many polls; a slow one needs no more of them.
ten_pushes() {
  pushes=$(grep -ac . "$work/pushed")
  [ "$pushes" -ge 10 ]
}
for _ in 1 2 3 4 5 6 7 8 9 10; do wait_for ten_pushes && break; done
: >"$work/enough"
wait "$pushing"
stop_app
ten_pushes
check "meanwhile $pushes polls were sent something" [ "$pushes" -ge 10 ]
check 'there is something to cut' [ "$(wc -c <"$work/record")" -gt 100000 ]

# ---- after the cut --------------------------------------------------------------------------
cat >"$work/after" <<'END'
set -eu
unset LD_PRELOAD
tool() { "$gatehouse" --config "$conf" --data "$cut" "$@"; }
tool check >"$cut.check" 2>&1 || { cat "$cut.check"; exit 1; }
tool gateway list --json >"$cut.list"
# All that was acknowledged up to here, by the marks of the log.
python3 - "$work/record" "$POWERCUT_AT" <<'PY' >"$cut.marks"
import struct, sys
log = open(sys.argv[1], "rb").read()
at = n = 0
while at < len(log) and n < int(sys.argv[2]):
    op, flags, name, size, offset = struct.unpack_from("<BBHIQ", log, at)
    if chr(op) == "a":
        print(log[at + 16:at + 16 + name].decode())
    at += 16 + name + size
    n += 1
PY
sed -n 's/^gateway //p' "$cut.marks" | while read -r id; do
  grep -q "\"$id\"" "$cut.list" || { echo "$id was acknowledged and is not there"; exit 1; }
done
wanted=$(grep -c '^push$' "$cut.marks") || true
counted=$(GATEHOUSE_CONF=$cut.conf "$fleet" state gw-0 | sed -n 's/^lns-credentials //p')
[ "${counted:-0}" -ge "$wanted" ] || {
  echo "$wanted pushes were answered, ${counted:-0} are counted"
  exit 1
}
# And it can go on.
tool gateway add after-the-cut >/dev/null
END
cut=$work/cut
sed "s,^data = .*,data = $cut," "$conf" >"$cut.conf"
fleet=$(cd "$top_builddir" && pwd)/tests/lib/fleet
export gatehouse conf cut work fleet
if python3 "$replay" run "$work/record" "$work/base" "$cut" $cuts 20261122 sh "$work/after" \
  >"$work/report"; then
  pass "$(tail -n 1 "$work/report")"
else
  fail 'everything that was acknowledged is there' "$(cat "$work/report")"
fi

# The test itself: a disk that forgets what was synced is found out.
cat >"$work/forget.py" <<'END'
import struct, sys
log = open(sys.argv[1], "rb").read()
at, out = 0, b""
while at < len(log):
    op, flags, name, size, offset = struct.unpack_from("<BBHIQ", log, at)
    end = at + 16 + name + size
    if chr(op) != "s":
        out += log[at:at + 1] + bytes([0]) + log[at + 2:end]
    at = end
open(sys.argv[2], "wb").write(out)
END
python3 "$work/forget.py" "$work/record" "$work/forgotten"
mv "$work/forgotten" "$work/record"
if python3 "$replay" run "$work/record" "$work/base" "$cut" 40 1 sh "$work/after" >"$work/report"; then
  fail 'a disk that never syncs is found out' "$(cat "$work/report")"
else
  pass 'a disk that never syncs is found out'
fi
done_testing
