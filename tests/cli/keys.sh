#!/bin/sh
# Keys: made and shown once, imported, rotated, ended.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
must init
must gateway add roof-1 58A0CBFFFE800001
must gateway add roof-2 58A0CBFFFE800002

# ---- create -------------------------------------------------------------------------
run key create roof-1 --name first
ok 0 'create'
key=$(printf '%s\n' "$out" | sed -n 's/^  \(NNSXS\.[A-Z2-7]*\.[A-Z2-7]*\)$/\1/p')
is "${#key}" 98 'the key is shown: NNSXS.<39>.<52>'
has "$out" 'shown only now' 'with a word'
has "$out" "Authorization: Bearer $key" 'and as its line'
id=${key#NNSXS.}
id=${id%.*}
run key show "$id"
hasnt "$out" "${key##*.}" 'never again'
run key show "$id" --json
valid 'show --json'
json .gateway roof-1 'the gateway that it opens'
json .generation 1 'its generation'
run gateway show roof-1 --json
json .gateway.target_cups_key "$id" 'the gateway should have it'
hasnt "$out" "${key##*.}" 'no secret there'
run key create roof-2 --api
has "$out" 'Who asks with it sends the header' 'one for programs is no cups.key'
run key create roof-2 --json
json '.key | test("^NNSXS[.]")' true 'in JSON, this once'
run key create roof-2 --out "$work/cups.key" --token-form bare
ok 0 'into a file'
secretless "$out" 'then it is not shown'
is "$(stat -c %a "$work/cups.key")" 600 'only the owner reads it'
is "$(sed 's/NNSXS.*/KEY/' "$work/cups.key")" 'Authorization: KEY' 'in its form'
is "$(tail -c 2 "$work/cups.key" | od -An -tx1 | tr -d ' ')" 0d0a 'with CR LF'
run key create roof-2 --out "$work/no/such/folder"
ok 3 'a file that cannot be'
has "$err" 'revoke it' 'what to do with the key'
run key create --all-gateways --rights INFO,link --expires +30d --name script --json
ok 0 'for all gateways'
script=$(printf '%s' "$out" | jq -r .id)
run key show "$script" --json
json '.rights | join(",")' RIGHT_GATEWAY_INFO,RIGHT_GATEWAY_LINK 'its rights'
json .expires_at 2026-12-22T12:00:00Z 'its end'
json .generation null 'no generation'
run key create roof-1 --api --json
json .generation 0 'for programs'
run gateway show roof-1 --json
json .gateway.target_cups_key "$id" 'the gateway keeps its own'
run key create
ok 2 'for whom?'
run key create roof-1 --all-gateways
ok 2 'both'
run key create roof-1 --rights EVERYTHING
has "$err" '--rights' 'an unknown right'
run key create roof-1 --token-form basic
has "$err" 'must be bearer or bare' 'an unknown form'
run key create nobody
ok 3 'for nobody'

# ---- import ----------------------------------------------------------------------------
run_with 'Authorization: Bearer NNSXS.OLDKEY.SECRETSECRET' key import roof-2 --json
ok 0 'a header line from standard input'
json .id OLDKEY 'its identifier'
hasnt "$out" SECRETSECRET 'is not shown'
run_with 'NNSXS.OLDKEY.SECRETSECRET' key import roof-1
ok 4 'registered already'
printf 'some-other-token-1234\r\n' >"$work/token"
run key import roof-2 --file "$work/token" --json
json '.id | test("^imported-[0-9a-f]{16}$")' true 'any other key from a file'
run key import roof-2 --file "$work/nofile"
ok 3 'no such file'
run_with abc key import roof-2
ok 2 'too short'
run key import roof-2
has "$err" 'standard input is empty' 'nothing comes'
run key import roof-2 NNSXS.A.B
ok 2 'never as an argument'
hasnt "$err" NNSXS.A 'and not repeated'

# ---- list, set -----------------------------------------------------------------------------
run key list roof-1
has "$out" "$id" 'list'
has "$out" wanted 'which one is wanted'
run key list --json
valid 'all, as JSON'
json 'map(.key.id) | contains(["OLDKEY"])' true 'has all'
hasnt "$out" SECRETSECRET 'without secrets'
run key list nobody
ok 3 'of nobody'
run key set "$script" 'name=another one' expires_at= --json
json .name 'another one' 'set'
json .expires_at null 'no end any more'
run key set "$script" gateway=roof-1
ok 2 'what cannot be set'

# ---- rotate, revoke ------------------------------------------------------------------------
run key rotate roof-1
ok 0 'rotate'
secretless "$out" 'nobody needs to see it'
run key list roof-1 --json
json 'map(select(.wanted))[0].key | .origin + " \(.generation)"' 'pushed 2' 'pushed, the next'
json 'map(select(.status == "valid")) | length' 3 'the old ones stay valid'
run key rotate roof-1 --show-secrets
has "$out" NNSXS '--show-secrets'
run key revoke "$id" --json
json .revoked_at "$now" 'revoke'
run key revoke "$id"
ok 1 'only once'
run key revoke nokey
ok 3 'no such key'
must gateway add roof-3 58A0CBFFFE800003
run key create roof-3 --json
only=$(printf '%s' "$out" | jq -r .id)
run key revoke "$only"
ok 1 'the only one asks'
has "$err" 'only valid key that gateway roof-3' 'and says why'
must key rotate roof-3
run key revoke "$only"
ok 1 'one that it has not got yet does not count'
run key revoke "$only" --yes
ok 0 'unless told'
run key list roof-3 --json
json '.[0].status' revoked 'it is revoked'
must key create roof-3 --expires +1h
GATEHOUSE_TEST_NOW=2026-11-22T14:00:00Z
run key list roof-3 --json
json '.[2].status' expired 'time ends it too'
GATEHOUSE_TEST_NOW=$now

run audit list --kind key --json
valid 'all of that is in the audit log'
hasnt "$out" "${key##*.}" 'without the keys'

done_testing
