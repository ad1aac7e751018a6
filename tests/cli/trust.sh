#!/bin/sh
# Trust certificates fetched from a server: verified, stored, refreshed, replaced only when
# told so.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
must init
make_root one
make_root two
make_server_cert first one
make_server_cert second two

start_server "$work/first.pem" "$work/first.key"
url=wss://localhost:$port
run trust fetch "$url"
ok 1 'a chain that does not lead to a trusted root'
has "$err" 'unknown issuer' 'why'
run trust fetch "$url" --anchors "$work/one.pem"
ok 0 'fetch'
has "$out" 'root               CN=one' 'the root of the chain'
has "$out" 'its chain expires' 'when it ends'
id=localhost-$port
run trust show "$id" --json
json .subject CN=one 'it is stored'
json '.addresses[0]' "localhost:$port" 'for that address'
json .fetched_from "$url" 'from where'
run trust fetch "$url" --anchors "$work/one.pem" --json
valid 'fetch --json'
json '.[0].result' unchanged 'the same again'
run trust fetch "https://127.0.0.1:$port" --anchors "$work/one.pem" --id by-address
ok 0 'by address, with an identifier'
must trust delete by-address
run trust fetch "$url" wss://localhost:1 --anchors "$work/one.pem"
ok 1 'one of two fails'
has "$out" unchanged 'the other one is fetched'
has "$err" '1 of 2 were not fetched' 'which is said'
run trust fetch "$url" "$url" --id one
ok 2 'one identifier for two'
run trust fetch http://localhost:1
ok 2 'another scheme'
run trust fetch "$url" --anchors "$work/nofile"
ok 3 'no such file'

# The server has a certificate of another CA now, at the same address.
pin=$port
stop_server
start_server "$work/second.pem" "$work/second.key"
must trust set "$id" --add "localhost:$port"
run trust fetch "wss://localhost:$port" --id "$id" --anchors "$work/two.pem"
ok 4 'another root'
has "$out" 'changed, not stored' 'is not stored'
run trust show "$id" --json
json .subject CN=one 'the old one stays'
run trust refresh "$id" --anchors "$work/two.pem" --timeout 60s
ok 1 'refresh of a server that is gone'
run trust fetch "wss://localhost:$port" --id "$id" --anchors "$work/two.pem" --accept
ok 0 'unless told'
run trust show "$id" --json
json .subject CN=two 'then it is'
run trust refresh --anchors "$work/two.pem" --json
valid 'refresh --json'
run trust refresh nothing
ok 3 'of nothing'
run trust refresh "$id" --timeout 1h
ok 2 'a time that is too long'
is "$pin" "${id##*-}" 'the identifier has the first port'

# ---- later -------------------------------------------------------------------------------------
url=https://localhost:$port
run trust fetch http://localhost:1 --later
ok 2 'a scheme that will never do'
run trust fetch "$url" --later --id later --json
ok 0 'written down'
run trust queue --json
json '.[0] | "\(.uri) \(.state) \(.asked_by)"' "$url waiting shell:$(id -un)" 'it waits'
run trust show later
ok 3 'nothing was fetched'
must tick --anchors "$work/one.pem"
run trust queue --json
json '.[0] | "\(.state) \(.text | test("issuer"))"' 'failed true' 'it failed, and why'
must tick --anchors "$work/two.pem"
run trust queue --json
json '.[0].state' failed 'nobody tries again by himself'
run trust unqueue "$url"
ok 0 'taken from the list'
must trust set "$id" --drop "localhost:$port"
run trust fetch "$url" --later --id later
run tick --anchors "$work/two.pem" --json
json .trusts_fetched 1 'fetched'
run trust show later --json
json '"\(.subject) \(.addresses[0])"' "CN=two localhost:$port" 'it is stored'
pin=$port
stop_server
start_server "$work/first.pem" "$work/first.key"
run trust fetch "https://localhost:$port" --later --id later
must tick --anchors "$work/one.pem"
run trust queue --json
json '.[-1] | "\(.state) \(.found)"' 'changed CN=one' 'another root waits for somebody'
root=$(printf '%s' "$out" | jq -r '.[-1].found_sha256')
run trust fetch "https://localhost:$port" --later --id later --accept-root 00
must tick --anchors "$work/one.pem"
run trust queue --json
json '.[-1].state' changed 'who accepts another one accepts nothing'
run trust fetch "https://localhost:$port" --later --id later --accept-root "$root"
must tick --anchors "$work/one.pem"
run trust show later --json
json .subject CN=one 'accepted by its digest'
run trust refresh later --later
ok 0 'fetch again, later'
run trust refresh --later
ok 2 'of what?'
GATEHOUSE_TEST_NOW=2026-12-22T12:00:00Z
must tick --anchors "$work/one.pem"
GATEHOUSE_TEST_NOW=2026-12-30T12:00:00Z
must tick --anchors "$work/one.pem"
run trust queue --json
json 'map(.state) | join(" ")' '' 'what is done is not kept for ever'

done_testing
