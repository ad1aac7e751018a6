#!/bin/sh
# Power cuts: what the programs ask of the disk is written down while an operator works and a
# gateway polls, then the power is cut at 200 places, with what was not synced dropped, torn and
# reordered. Whatever was acknowledged before must be there afterwards, and everything readable.
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
cuts=200
recorder=$top_builddir/tests/fault/powercut.so
replay=$top_srcdir/tests/fault/powercut.py

must init
cat >"$work/seed" <<'END'
secret of a gateway
END
must gateway add gw-0 58A0CBFFFE800000 --secret lbs_lns_secret.value="$work/seed"
must gateway add spare
must key create gw-0 --json
key=$(printf '%s' "$out" | jq -r '.. | .key? // empty' | grep NNSXS | head -n 1)
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
  # A gateway that is sent something: the ledger has it before the first byte.
  printf '{"router":"58a0:cbff:fe80:0","cupsUri":"https://cups.example.com:443","tcUri":null,%s' \
    '"cupsCredCrc":1,"tcCredCrc":1,"station":"1","model":"m","package":null,"keys":[]}' >"$work/body"
  recorded env REQUEST_METHOD=POST REQUEST_URI=/update-info GATEWAY_INTERFACE=CGI/1.1 \
    CONTENT_LENGTH=$(($(wc -c <"$work/body"))) HTTP_AUTHORIZATION="Bearer $key" \
    sh -c "exec '$top_builddir/cgi-bin/cups.fcgi' <'$work/body'"
  acknowledged "poll $i"
done
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
# And it can go on.
tool gateway add after-the-cut >/dev/null
END
cut=$work/cut
export gatehouse conf cut work
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
