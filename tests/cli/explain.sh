#!/bin/sh
# What a gateway would get, in words and as JSON; bundles; unknown gateways.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
must init
must gateway add roof-1 58A0CBFFFE800001

run explain roof-1
ok 0 'a gateway without anything'
has "$flat" 'It would be refused (401)' 'the verdict comes first'
has "$flat" 'gatehouse bundle roof-1 --out FOLDER' 'what to do'
has "$flat" 'UDP packet forwarder: none, it names no frequency plan' 'no forwarder, no words on it'
hasnt "$flat" global_conf.json 'nor on its files'
run explain 58A0CBFFFE800099
ok 0 'an unknown EUI'
has "$flat" 'gatehouse gateway add ID 58A0CBFFFE800099' 'what to do'
run explain 58A0CBFFFE800099 --json
valid 'as JSON'
json '.answer.status' 404 'its status'
json '.reasons[0].why' unknown 'its reason'
run explain nobody
ok 3 'nobody'
run explain
ok 2 'who?'

# Step by step until nothing is wrong.
must key create roof-1 --out "$work/cups.key"
run explain roof-1 --json
json '.reasons | map(.why) | join(" ")' 'not-set no-trust no-lns not-auto' 'no trust, no network server'
json '.advice | map(test("trust fetch https://cups.example.com:443")) | any' true 'advice'
json '.advice | map(test("lns=LNS")) | any' true 'for both'
make_root one
must trust import cups-root "$work/one.pem" cups.example.com:443 lns.example.com:8887
must lns add ours wss://lns.example.com:8887
must gateway set roof-1 lns=ours
run explain roof-1
has "$flat" 'It would be refused (404)' 'no LNS secret'
has "$flat" '--secret lbs_lns_secret.value=FILE' 'what to do'
run_with NNSXS.LNS.KEY gateway set roof-1 --secret value=-
run explain roof-1 --json
json .verdict 'It would be sent credentials for CUPS, the address of its network server (wss://lns.example.com:8887), credentials for its network server.' 'all is there'
json '.advice | map(test("never came")) | any' true 'but it never came'
json '.credential.accepted' true 'its key would do'
secretless "$out" 'no secrets'
cups=$(printf '%s' "$out" | jq .answer.wanted_cups_crc)
lns=$(printf '%s' "$out" | jq .answer.wanted_lns_crc)

# A request as the gateway would send it when it has everything.
request() {
  printf '{"router":"58a0:cbff:fe80:1","cupsUri":"https://cups.example.com:443",'
  printf '"tcUri":"wss://lns.example.com:8887","cupsCredCrc":%s,"tcCredCrc":%s,' "$1" "$2"
  printf '"station":"2.0.6(linux/std)","model":"linux","package":null,"keys":[]}'
}
request "$cups" "$lns" >"$work/request"
run explain --request "$work/request"
has "$flat" 'Nothing would be sent: it has everything that it should have.' 'nothing to do'
run explain --request "$work/request" --json
json '.answer.bytes' 14 '14 bytes'
json '.request.source' request 'of that request'
run explain roof-1 --request "$work/request" --key-file "$work/cups.key" --json
json '.credential.accepted' true 'with its key file'
printf 'Authorization: Bearer NNSXS.WRONG.KEYKEYKEY\r\n' >"$work/wrong.key"
run explain roof-1 --key-file "$work/wrong.key"
has "$flat" 'It would be refused (403): the key is not registered.' 'with a wrong key'
has "$flat" 'gatehouse key import roof-1' 'what to do'
run explain roof-1 --nobody --json
json '.answer.status' 401 'with nothing'
run explain roof-1 --nobody --key-file "$work/cups.key"
ok 2 'not both'
{
  printf 'POST /update-info HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n'
  request 1 "$lns"
} >"$work/whole"
run explain --request "$work/whole" --json
json '.answer.cups_credentials' true 'a whole request, with other files'
echo '{"router":' >"$work/cut"
run explain --request "$work/cut"
ok 2 'half a request'
run explain roof-1 --request "$work/nofile"
ok 3 'no such file'

# A client certificate.
must ca create own --prefix 58A0CB
run cert issue roof-1 --for cups --ca own --json
run explain roof-1 --json
json '.credential.kind' certificate 'it should have a certificate now'

# ---- bundles ----------------------------------------------------------------------------
must gateway add roof-2 58A0CBFFFE800002
run bundle roof-2
has "$err" '--out: is needed' 'where to?'
run bundle roof-2 --out "$work/bundle"
ok 0 'bundle'
has "$out" 'a new one was made' 'which key it has'
is "$(cat "$work/bundle/cups.uri")" https://cups.example.com:443 'cups.uri'
is "$(stat -c %a "$work/bundle") $(stat -c %a "$work/bundle/cups.key")" '700 600' \
  'private'
is "$(sed 's/NNSXS.*//' "$work/bundle/cups.key")" 'Authorization: Bearer ' 'cups.key'
is "$(tail -c 2 "$work/bundle/cups.key" | od -An -tx1 | tr -d ' ')" 0d0a 'with CR LF'
hasnt "$out" NNSXS 'which is not shown'
run bundle roof-2 --out "$work/bundle2" --der --json
valid 'bundle --json'
json .key sealed 'the key that was made is handed out again'
json .cups_matches true 'DER is what the gateway should have'
cmp -s "$work/bundle/cups.key" "$work/bundle2/cups.key"
is $? 0 'the same key'
run bundle roof-2 --out "$work/bundle3" --new-key
has "$out" 'a new one was made' 'or a new one'
run bundle roof-1 --out "$work/bundle4" --lns
ok 0 'with a certificate, and for the network server'
is "$(cd "$work/bundle4" && echo *)" \
  'cups.crt cups.key cups.trust cups.uri tc.key tc.trust tc.uri' 'its files'
run bundle nobody --out "$work/bundle5"
ok 3 'for nobody'
run bundle roof-2 --out "$work/bundle6" --cups-uri https://nowhere.example.com:443
ok 1 'an address without trust'
run bundle roof-2 --out "$work/request/x"
ok 3 'where no folder can be'

# ---- unknown gateways --------------------------------------------------------------------
run unknown list
is "$out" '(none)' 'nobody came'
run unknown adopt 58A0CBFFFE800003 --id roof-3 --name Three
ok 0 'adopt one that never came'
has "$out" 'gatehouse bundle roof-3' 'what it needs'
run unknown adopt 58A0CBFFFE800004 --json
json .gateway eui-58a0cbfffe800004 'its name'
json .bound none 'bound to nothing'
run unknown adopt 58A0CBFFFE800003
ok 4 'registered already'
run unknown adopt roof
ok 2 'no EUI'
run unknown adopt 58A0CBFFFE800005 --template none
ok 3 'no such template'
run unknown forget 58A0CBFFFE800005
ok 0 'forget'
run unknown list --json
is "$out" '[]' 'as JSON'

done_testing
