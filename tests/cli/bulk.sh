#!/bin/sh
# Gateways from files and to files.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
must init
must lns add ttn uri=wss://lns.example.com:8887

# ---- import ------------------------------------------------------------------------
cat >"$work/fleet.csv" <<'END'
id;eui;name;lns;colour
roof-1;58-A0-CB-FF-FE-80-00-01;One;ttn;red
roof-2;58A0CBFFFE80000;Two;;
roof-3;58A0CBFFFE800003;"Three; with ""quotes""";;
END
run gateway import "$work/fleet.csv" --dry-run
ok 2 'a dry run with something to refuse'
has "$out" 'line 2: would create roof-1' 'says what would be done'
has "$out" 'line 3: would refuse roof-2: ids.eui: must be an EUI-64' 'and why not'
has "$out" 'would be: 2 created, 0 changed, 0 as before, 0 skipped, 1 refused' 'in figures'
has "$out" 'not taken, since a gateway has no such field: colour' 'names unknown columns'
run gateway list --json
is "$out" '[]' 'and does nothing'
run gateway import "$work/fleet.csv" --json
ok 2 'the same for good'
valid 'with --json'
json '.created' 2 'two of them'
json '.gateways[1].reason' 'must be an EUI-64 of 16 hex digits that is not zero' 'a reason'
json '.gateways[1].line' 3 'a line'
json '.ignored' colour 'an unknown column'
run gateway show roof-3 --json
json '.gateway.name' 'Three; with "quotes"' 'a quoted name'
run_with '{"ids":{"gateway_id":"roof-1"},"name":"Uno"}' gateway import - --on-existing skip --verbose
ok 0 'standard input'
has "$out" 'line 1: skipped roof-1' 'one that is there'
run_with '{"ids":{"gateway_id":"roof-1"},"name":"Uno"}' gateway import - --on-existing refuse
ok 2 'refused when asked for'
run_with '{"ids":{"gateway_id":"roof-1"},"name":"Uno"}' gateway import - --verbose
has "$out" 'line 1: updated roof-1: name' 'else it is changed'
run_with '{"ids":{"gateway_id":"roof-4"},"x":1}' gateway import - --strict
ok 2 'with --strict unknown fields are refused'
run gateway import "$work/none.csv"
ok 3 'no such file'
run gateway import "$work/fleet.csv" --on-existing maybe
has "$err" '--on-existing' 'a wrong choice'
run_with "x,y
1,2" gateway import -
ok 2 'no columns'
has "$err" 'has neither a column ids.gateway_id nor ids.eui' 'is said'

# ---- export ------------------------------------------------------------------------
printf 'NNSXS.LNS.SECRET' >"$work/lns.key"
must gateway set roof-1 groups=a-1,b-2 'antennas=[{"gain":2.5}]' \
  --secret lbs_lns_secret.value="$work/lns.key"
run gateway export
is "$(printf '%s\n' "$out" | wc -l | tr -d ' ')" 2 'one line a gateway'
secretless "$out" 'without secrets'
run gateway export "$work/all.csv" --secrets
ok 0 'to a file'
has "$err" 'holds secrets in plain text' 'warns'
is "$(stat -c %a "$work/all.csv")" 600 'for its owner alone'
run gateway export "$work/all.json"
run gateway export --group a-1
is "$(printf '%s\n' "$out" | jq -r .ids.gateway_id)" roof-1 'a filter'
jq -e 'length == 2' "$work/all.json" >/dev/null && pass 'a list' || fail 'a list' "$out"
run gateway export "$work/no/such.csv"
ok 3 'a folder that is not there'

# ---- there and back ----------------------------------------------------------------
run gateway export --secrets
before=$out
run gateway import "$work/all.csv"
has "$out" '0 created, 0 changed, 2 as before' 'what is there is as before'
mkdir "$work/other"
run --data "$work/other" init
run --data "$work/other" lns add ttn uri=wss://lns.example.com:8887
run --data "$work/other" gateway import "$work/all.csv" --strict
ok 0 'into an empty database'
run --data "$work/other" gateway export --secrets
is "$out" "$before" 'it is the same there'

# ---- many --------------------------------------------------------------------------
awk 'BEGIN { print "id,eui,groups"; for (i = 1; i <= 20000; i++)
  printf "gw-%d,58A0CBFF%08X,many\n", i, i }' >"$work/many.csv"
run gateway import "$work/many.csv"
ok 0 '20,000 of them'
has "$out" '20000 created' 'are created'
run gateway export "$work/many.jsonl" --group many
is "$(wc -l <"$work/many.jsonl" | tr -d ' ')" 20000 'and come out again'
run check --json
json '.gateways' 20002 'and everything is in order'
hasnt "$out" index 'with its indexes'
done_testing
