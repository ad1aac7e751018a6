#!/bin/sh
# What others need without naming it is not deleted; what is deleted does not change.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
# shellcheck source=tests/cli/sign_lib.sh
. "$top_srcdir/tests/cli/sign_lib.sh"
issue=$(cd "$top_builddir" && pwd)/tests/lib/issue
(cd "$work" && "$issue" root use=ca cn=Root) || bail issue

must init

# ---- a trust, by the addresses of servers ---------------------------------------------------
must lns add my-lns wss://lns.example.com:8887
must trust import my-root "$work/root.pem" lns.example.com:8887
run trust delete my-root
ok 1 'a trust that a network server has by its address'
has "$err" 'network server my-lns' 'which is named'
must trust set my-root --add cups.example.com:443
must lns delete my-lns
run trust delete my-root
ok 1 'one that this CUPS has'
has "$err" 'https://cups.example.com:443 (this CUPS)' 'which is said'
must trust set my-root addresses=
must trust delete my-root

# ---- a signing key, by signatures -------------------------------------------------------------
must signing-key create key-1 "$work/key-1.pem"
must firmware add fw-1 "$work/fw"
must firmware sign fw-1 key-1
run signing-key remove key-1
ok 1 'a key that has signed an image'
has "$err" 'has signed the firmware fw-1' 'which is named'
must firmware unsign fw-1 key-1
must signing-key remove key-1

# ---- an authority, by certificates --------------------------------------------------------------
must gateway add roof-1 58A0CBFFFE800001
must ca create old-ca --prefix 58A0CB
must ca create new-ca --prefix 58A0CB
must cert issue roof-1 --for cups --ca old-ca
run ca delete old-ca
ok 1 'an authority that lets a gateway in'
has "$err" '1 gateway (roof-1) would be refused' 'which is named'
must cert issue roof-1 --for cups --ca new-ca
must ca delete old-ca
must ca set new-ca eui_prefixes=
must ca delete new-ca

# ---- a deleted gateway ----------------------------------------------------------------------------
must key create roof-1 --out "$work/roof-1.key"
must gateway delete roof-1
refused() {
  ok 1 "$1"
  has "$err" 'roof-1 is deleted: restore it first' "$1: says why"
}
run gateway set roof-1 name=Roof
refused 'a field of a deleted gateway'
run gateway retry roof-1
refused 'what it was sent'
run key create roof-1 --api
refused 'a new key'
run key rotate roof-1
refused 'another one'
must ca create third-ca --prefix 58A0CB
run cert issue roof-1 --for cups --ca third-ca
refused 'a certificate'
run gateway add roof-2 58A0CBFFFE800001
ok 4 'its EUI is taken'
has "$err" 'is taken by the deleted gateway roof-1: restore that one, or purge it' 'with the way out'
must gateway restore roof-1
must gateway set roof-1 name=Roof

# ---- keys that would open nothing -----------------------------------------------------------------
key_id=$("$gatehouse" key list roof-1 --json | jq -r '.[0].key.id')
run key set "$key_id" rights=
ok 2 'a key without rights'
has "$err" 'rights: are none' 'is refused'
run key set "$key_id" rights=RIGHT_GATEWAY_INFO
ok 2 'the key that a gateway has, with too few'
has "$err" 'are too few' 'too'

# ---- secrets leave with a trace -------------------------------------------------------------------
must gateway export "$work/all.jsonl" --secrets
run audit list --last 1 --json
json '.[0].action' export-secrets 'an export with secrets is noted'

mv "$data/seal.keys" "$work/kept.keys"
for format in csv jsonl json; do
  run gateway export "$work/all.$format" --secrets
  check "without the sealing keys it is refused: $format" test "$status" != 0
  has "$err" 'roof-1: its keys cannot be read, and would be missing' 'which is said'
  is "$(cat "$work/all.$format")" '' 'and leaves nothing'
done
run gateway export
ok 0 'without secrets it goes on'
run gateway export "$work/rest.csv" --secrets --without-damaged
ok 7 'what can be read is saved when that is asked for'
has "$err" '0 damaged gateways are missing, and 1 have no keys' 'and said what is missing'
has "$(cat "$work/rest.csv")" roof-1 'it is there'
mv "$work/kept.keys" "$data/seal.keys"

done_testing
