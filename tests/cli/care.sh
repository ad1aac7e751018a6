#!/bin/sh
# The data folder: made, refused, checked, copied and brought back, tidied.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"

# ---- no data --------------------------------------------------------------------------
rmdir "$data"
run gateway list
ok 3 'no data folder'
has "$err" 'gatehouse init' 'what to do'
mkdir "$data"
run gateway list
ok 3 'an empty one'
has "$err" 'gatehouse init' 'what to do'
echo x >"$data/something"
run init
ok 1 'a folder with other things is not taken'
rm "$data/something"
run gateway list --config "$work/nofile"
ok 3 'no such configuration'
echo 'colour = blue' >"$work/bad.conf"
run gateway list --config "$work/bad.conf"
ok 2 'a wrong configuration'
has "$err" 'unknown key "colour"' 'the line is named'

rmdir "$data"

# ---- init --------------------------------------------------------------------------------
run init
ok 0 'init'
has "$out" 'Keep a copy of' 'a word about the sealing keys'
run init --json
valid 'init again'
json .made_stores false 'makes nothing'
is "$(stat -c %a "$data/seal.keys")" 640 'the keys are private'
run init --owner nobody-like-that
ok 2 'an owner that is not there'
run init --data "$work/other" --json
ok 0 'another folder'
json .seal_keys "$work/other/seal.keys" 'has keys of its own'
run gateway list --data "$work/other"
ok 0 '--data'
must gateway add roof-1 58A0CBFFFE800001
printf 'NNSXS.LNS.SECRET\n' >"$work/secret"
must gateway set roof-1 --secret "value=$work/secret"
must key create roof-1

# ---- permissions ----------------------------------------------------------------------------
# As root it acts as the owner of the folder; as somebody else it is refused with words.
if [ "$(id -u)" = 0 ]; then
  make_root root
  chmod 711 "$work"
  must init --data "$work/theirs" --owner 65534:65534
  run gateway add theirs-1 --data "$work/theirs"
  ok 0 'root in the folder of somebody else'
  is "$(find "$work/theirs" ! -user 65534)" '' 'leaves nothing of its own there'
  umask 077
  printf 'NNSXS.ROOT.ONLY\n' >"$work/private"
  run gateway set theirs-1 --secret "value=$work/private" --data "$work/theirs"
  ok 0 'and reads what only root may read'
  mkdir "$work/rootonly"
  run key create theirs-1 --out "$work/rootonly/key" --data "$work/theirs"
  ok 0 'and writes where only root may write'
  is "$(stat -c %u:%a "$work/rootonly/key")" 0:600 "a file that is root's"
  must trust import root "$work/root.pem" cups.example.com:443 --data "$work/theirs"
  must gateway set theirs-1 eui=58A0CBFFFE800001 --data "$work/theirs"
  run bundle theirs-1 --out "$work/rootonly/files" --data "$work/theirs"
  ok 0 'a bundle too'
  is "$(stat -c %u:%a "$work/rootonly/files/cups.key")" 0:600 "whose files are root's"
  umask 022
  : >"$work/empty.conf"
  run backup "$work/rootonly/backup" --data "$work/theirs"
  ok 5 'a backup is made by whose the data are, not where only root may write'
  has "$err" 'nobody may not write there' 'and it says so'
  if ! setpriv --reuid 12345 --regid 12345 --clear-groups true 2>"$work/no-setpriv"; then
    skip 'somebody else is refused' "no setpriv: $(head -n 1 "$work/no-setpriv")"
  else
    setpriv --reuid 12345 --regid 12345 --clear-groups \
      "$gatehouse" gateway list --config "$work/empty.conf" --data "$work/theirs" \
      >"$work/out" 2>"$work/err" </dev/null
    collect
    ok 5 'somebody else is refused'
    setpriv --reuid 12345 --regid 12345 --clear-groups \
      "$gatehouse" check --config "$work/empty.conf" --data "$work/theirs" \
      >"$work/out" 2>"$work/err" </dev/null
    collect
    has "$out" 'seal.keys: cannot be looked at: Permission denied' 'check knows no better'
    hasnt "$out" 'missing' 'and does not say that the keys are missing'
  fi
else
  skip "root with somebody else's data" 'only root can try'
  chmod 000 "$data/registry"
  run gateway list
  ok 5 'a folder that may not be read'
  has "$err" registry 'is named'
  chmod 2770 "$data/registry"
fi
chmod 644 "$data/seal.keys"
run check
has "$out" 'seal.keys' 'check names keys that everybody can read'
chmod 640 "$data/seal.keys"

# ---- check ------------------------------------------------------------------------------------
run check
ok 0 'check'
run check --json
valid 'check --json'
json .errors 0 'no errors'
json .secrets_opened 2 'secrets were opened'
mv "$data/seal.keys" "$work/seal.keys"
run check
ok 7 'the sealing keys are gone'
has "$out" 'error: seal' 'which is an error'
run check --json
valid 'still JSON'
json '.findings | map(select(.severity == "error")) | length > 0' true 'with findings'
run gateway set roof-1 --secret "value=$work/secret"
ok 1 'no secret can be sealed'
run gateway set roof-1 name=x
ok 0 'everything else works'
run gateway show roof-1 --show-secrets
has "$out" 'cannot be opened' 'nor opened'
run init
ok 1 'init does not make others'
run init --new-keys --json
json .made_keys true 'unless told'
mv "$work/seal.keys" "$data/seal.keys"

# ---- backup, restore ------------------------------------------------------------------------------
run backup "$work/copy"
ok 0 'backup'
has "$err" 'seal.keys' 'a word about the keys'
run backup "$work/copy"
ok 4 'not into the same folder'
run backup "$work/copy2" --with-keys --json
valid 'backup --json'
json .with_keys true 'with the keys'
run restore "$work/copy2" --verify
ok 0 'restore --verify'
run restore "$work/copy2" --data "$work/back"
ok 1 'restore asks'
has "$err" '--yes' 'how to say so'
run restore "$work/copy2" --data "$work/back" --yes
ok 0 'restore'
run gateway show roof-1 --data "$work/back" --show-secrets
has "$out" NNSXS.LNS.SECRET 'everything is back'
run restore "$work/copy2" --data "$work/back" --yes
ok 1 'not over other data'
run restore "$work/copy" --data "$work/bare" --yes --json
json .lost_secrets 2 'without keys it says what is lost'
run restore "$work/nowhere" --yes --data "$work/bare2"
ok 3 'no such backup'
echo x >>"$work/copy2/registry/data.mdb"
run restore "$work/copy2" --verify
ok 7 'a damaged backup'
has "$err" data.mdb 'the file is named'

# ---- seal ---------------------------------------------------------------------------------------
run seal list
has "$out" 'seals and opens' 'seal list'
run seal list --json
json '.keys | length' 1 'one key'
run seal rotate
ok 0 'seal rotate'
run seal list --json
json '.keys | length' 1 'the old one is gone'
json .lost 0 'everything opens'
run seal rotate --keep-keys --json
json .values 2 'sealed anew'
run seal rotate --continue --json
json .dropped_keys 1 'then the old one can go'
run gateway show roof-1 --show-secrets
has "$out" NNSXS.LNS.SECRET 'the secret is the same'

# ---- audit, tick ------------------------------------------------------------------------------
run audit list
has "$out" 'name: x' 'audit list'
must gateway set roof-1 name=y 'description=On the roof'
must gateway set roof-1 description=
run audit list --last 2
has "$flat" 'name: x -> y, description: On the roof' 'from what to what'
has "$flat" 'description: On the roof -> (empty)' 'and what was taken away'
run audit list --gateway roof-1 --json
valid 'of a gateway'
json '[.[].action] | contains(["add"])' true 'has its beginning'
run audit list --kind key --last 1 --json
json length 1 'the last one of a kind'
run audit list --by shell:nobody --json
json length 0 'of somebody'
run audit list --since 2026-11-23 --json
json length 0 'since tomorrow'
run audit list --gateway nobody
ok 3 'of no gateway'
must tick
run tick
ok 0 'tick'
is "$out" '' 'has nothing to say when nothing is due, for cron'
GATEHOUSE_TEST_NOW=2027-11-22T12:00:00Z
run tick --keep-audit 30d --json
json '.audit_trimmed > 3' true 'old entries go'
json .keys_expired 0 'JSON has all of it'
run tick --keep-audit never
ok 2 'a wrong time'
GATEHOUSE_TEST_NOW=$now
run gateway list
ok 0 'all is well'

# ---- a damaged record -------------------------------------------------------------------------------
must gateway add whole-1
must gateway add broken-1
must gateway add whole-2
printf 'data = %s\n' "$data" >"$work/fleet.conf"
flip() {
  GATEHOUSE_CONF=$work/fleet.conf "$top_builddir/tests/lib/fleet" damage gateway "$1" \
    >"$work/flip" 2>&1 || fail 'damage' "$(cat "$work/flip")"
}
flip broken-1
run gateway list --word whole
ok 0 'a damaged gateway that a list does not come across'
run gateway list --json
others=$(printf '%s' "$out" | jq '.. | arrays | length')
run gateway list
ok 7 'one that it comes across'
has "$out" whole-1 'one before it'
has "$out" whole-2 'and one after it'
hasnt "$out" broken-1 'and not itself'
has "$err" '1 gateway is damaged and not in this list' 'which is said'
has "$err" 'gatehouse check' 'with what to do'
run gateway export "$work/whole.csv"
ok 7 'an export must miss none, so it refuses'
is "$(cat "$work/whole.csv")" '' 'and leaves nothing that looks like one'
has "$err" 'gatehouse check' 'with what to do'
run gateway export "$work/rest.csv" --without-damaged
ok 7 'the rest is saved when that is asked for'
has "$err" '1 damaged gateways are missing' 'and said that one is missing'
has "$(cat "$work/rest.csv")" whole-2 'it is there'
run tick
ok 0 'what is due is done all the same'
run gateway set --all description=x
ok 7 'so does a change of many'
run overview --now --json
ok 0 'the overview counts the others'
is "$(printf '%s' "$out" | jq -c '[.gateways, .deleted, .damaged]')" "[$others,0,1]" 'and the damaged ones'
run gateway show broken-1
ok 7 'asked for by name it is damaged'
run check
ok 7 'check finds it'
has "$out$err" broken-1 'and names it'
flip broken-1
run check
ok 0 'mended'

# ---- a database of a newer version, and a damaged one --------------------------------------------
head -c 100 "$data/registry/data.mdb" >"$work/cut" && cat "$work/cut" >"$data/registry/data.mdb"
run gateway list
ok 7 'a damaged database'
run check --json
ok 7 'check says so'
valid 'as JSON'

done_testing
