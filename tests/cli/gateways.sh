#!/bin/sh
# Gateways: added, changed one by one and in bulk, listed, deleted and brought back.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
must init

# ---- add ---------------------------------------------------------------------------
run gateway add roof-1 58-A0-CB-FF-FE-80-00-01 'name=Roof: the first' groups=north,test
ok 0 'add'
has "$out" 'added gateway roof-1' 'says so'
run gateway add roof-2 eui=58a0:cbff:fe80:2 name=Two --json
json '.ids.eui' 58A0CBFFFE800002 'eui= in another form; --json gives the record'
json '.created_at' "$now" 'with its time'
run gateway add roof-3 id=other
has "$err" 'ids.gateway_id: is given twice' 'an identifier twice'
ok 2 'is refused'
run gateway add Roof
has "$err" 'ids.gateway_id: must be 3 to 36' 'a wrong identifier'
run gateway add roof-1
ok 4 'an identifier that is taken'
run gateway add roof-9 58A0CBFFFE800001
ok 4 'an EUI that is taken'
has "$err" 'ids.eui: is taken by gateway roof-1' 'by whom, and how to free it'
run gateway add roof-9 0000000000000000
ok 2 'EUI zero'
run gateway add roof-9 lns=nowhere
ok 3 'a network server that is not there'
has "$err" 'lns: there is no lns nowhere' 'is named'
run gateway add roof-9 58A0CBFFFE800009 justaword
ok 2 'an argument that is no field'
hasnt "$err" justaword 'is not repeated'
run gateway add roof-9 created_at=2020-01-01
has "$err" 'created_at: is set by Gatehouse alone' 'what cannot be set'
run gateway add roof-9 nmae=x
has "$err" 'did you mean name?' 'a field that is nearly right'
run gateway add roof-9 antennas='[{"gain":99}]'
has "$err" 'antennas.gain' 'a wrong antenna'
run gateway show roof-9
ok 3 'nothing of that was stored'

# ---- set, show ---------------------------------------------------------------------
run gateway set roof-1 description= model_id=x 'attributes=room=12,key=a' \
  'antennas=[{"gain":2.5,"placement":"OUTDOOR"}]' auto_update=yes
ok 0 'set several'
run gateway show roof-1 --json
valid 'show --json'
json '.gateway.version_ids.model_id' x 'a short name'
json '.gateway.attributes.room' 12 'a map'
json '.gateway.antennas[0].gain' 2.5 'rows'
json '.gateway.groups | join(",")' north,test 'what was not set stays'
json '.sighting' null 'never seen'
json '.keys | length' 0 'no keys'
run gateway show 58A0CBFFFE800001
has "$out" 'Roof: the first' 'by EUI'
has "$out" '2026-11-22 12:00:00 UTC' 'times are local'
run gateway set roof-1 auto_update= --json
json '.auto_update' null 'an empty value'
run gateway set roof-1
ok 2 'nothing to set'
run gateway set roof-1 name=a name=b
has "$err" 'is given twice' 'a field twice'
run gateway set nobody name=a
ok 3 'nobody'
run gateway set roof-2 id=roof-two
ok 0 'another identifier'
run gateway show roof-two
has "$out" 58A0CBFFFE800002 'it is the same gateway'
must gateway set roof-two id=roof-2
run gateway set roof-1 name=dry --dry-run --json
json '.changes[0] | .before + ">" + .after' 'Roof: the first>dry' 'a dry run of one'
must gateway show roof-1
hasnt "$out" dry 'changes nothing'
printf 'ab\033[31m\n' >"$work/esc"
run gateway set roof-1 "description=line one
line two"
run gateway show roof-1
has "$out" 'line one\x0aline two' 'line breaks are shown as such'

# ---- secrets ------------------------------------------------------------------------
run gateway set roof-1 lbs_lns_secret.value=NNSXS.AAA.BBB
ok 2 'a secret as an argument'
has "$err" '--secret lbs_lns_secret.value=FILE' 'says how'
hasnt "$err" NNSXS 'and does not repeat it'
run gateway set roof-1 value=NNSXS.AAA.BBB
ok 2 'also by its short name'
run_with NNSXS.CCC.DDD gateway set roof-1 --secret lbs_lns_secret.value=-
ok 0 'from standard input'
printf 'NNSXS.EEE.FFF\r\n' >"$work/secret"
run gateway add roof-3 --secret "value=$work/secret" --json
ok 0 'from a file, with a new gateway'
run gateway show roof-3 --json
json '.secrets[0]' lbs_lns_secret.value 'which secrets it has'
secretless "$out" 'but not what they are'
run gateway show roof-3
has "$out" '(set; --show-secrets shows it)' 'nor for people'
run gateway show roof-3 --show-secrets
has "$out" 'NNSXS.EEE.FFF' '--show-secrets'
run gateway show roof-3 --show-secrets --json
json '.gateway.lbs_lns_secret.value | @base64d' NNSXS.EEE.FFF 'in JSON as base64'
run gateway list --json
secretless "$out" 'lists have none'
run gateway set roof-1 --secret "name=$work/secret"
has "$err" 'name: is no secret' 'what is no secret'
: >"$work/empty"
run gateway set roof-1 --secret "value=$work/empty"
has "$err" 'is empty' 'an empty file is no secret'
run gateway set roof-1 --secret "value=$work/nofile"
ok 3 'a file that is not there'
printf 'a\nb\n' >"$work/two"
run gateway set roof-1 --secret "value=$work/two"
has "$err" 'more than one line' 'two lines'
run gateway set roof-1 lbs_lns_secret.value=
ok 0 'a secret can be taken away'
run gateway show roof-1 --json
json '.secrets | length' 0 'it is gone'
run audit list --json
secretless "$out" 'the audit log has no secrets'

# ---- list -----------------------------------------------------------------------------
for i in 4 5 6 7; do must gateway add "roof-$i" "name=Number $i" groups=south; done
run gateway list
is "$(printf '%s\n' "$out" | wc -l)" 8 'a line each, and the titles'
has "$out" 'roof-1  58A0CBFFFE800001' 'in columns'
run gateway list --json
valid 'list --json'
json length 7 'all of them'
run gateway list --group south --limit 2 --json
json 'map(.ids.gateway_id) | join(" ")' 'roof-4 roof-5' 'of a group, limited'
run gateway list --group south --after roof-5 --json
json 'map(.ids.gateway_id) | join(" ")' 'roof-6 roof-7' 'and the others after them'
run gateway list --word NUMB --json
json 'map(.name) | join(",")' 'Number 4,Number 5,Number 6,Number 7' 'by a word'
run gateway list --word roof --json
json length 7 'a word in several fields finds each once'
run gateway list --word roof --after roof-5 --limit 1 --json
json '.[0].ids.gateway_id' roof-6 'by a word, after one'
run gateway list --columns eui,name --limit 1
is "$out" "EUI               NAME
58A0CBFFFE800001  Roof: the first" 'chosen columns'
run gateway list --columns name --limit 1 --json
is "$(printf '%s' "$out" | jq -c .)" '[{"name":"Roof: the first"}]' 'in JSON too'
run gateway list --columns colour
has "$err" 'has no field colour' 'an unknown column'
run gateway list --unseen 1d --json
json length 7 'none was seen'
run gateway list --at-cups https://old.example.com:443 --json
json length 0 'none is there'
run gateway list --sightings --limit 1 --json
json '.[0].sighting' null 'with sightings'
run gateway list --group nobody
is "$out" '(none)' 'none, for people'
run gateway list --lns nowhere
ok 3 'of a network server that is not there'

# ---- bulk -------------------------------------------------------------------------------
run gateway set update_channel=stable
ok 2 'neither an ID nor a filter'
run gateway set roof-1 --all name=x
ok 2 'both'
run gateway set --group south update_channel=stable --dry-run
has "$out" 'would change roof-4: update_channel: (empty) -> stable' 'a dry run shows'
has "$out" 'would change 4 of 4 gateways' 'and counts'
run gateway list --group south --columns update_channel --json
json 'map(.update_channel // "") | join("")' '' 'and changes nothing'
run gateway set --group south update_channel=stable --json
is "$(printf '%s' "$out" | jq -c .)" '{"matched":4,"changed":4,"dry_run":false}' 'bulk'
run gateway set --all update_channel=stable
has "$out" 'changed 3 of 7 gateways' 'those that have it are left alone'
run audit list --id roof-4 --json
json 'map(.action) | join(" ")' 'add set' 'once in the audit log'
run gateway set --word number eui=58A0CBFFFE8000AA
ok 4 'the same EUI for all'
has "$err" '(at gateway roof-5; 0 were changed before)' 'the gateway is named'
run gateway show roof-4 --json
json '.gateway.ids.eui' null 'and its whole batch is as it was'
run gateway set --group south eui=58A0CBFFFE8000AA --dry-run
ok 4 'a dry run finds that too'
run_with NNSXS.ALL.ALL gateway set --group south --secret value=- --dry-run --json
secretless "$out" 'no secret in a dry run'
json '.changes[0].after' '(secret)' 'but that it is one'
run gateway set --unseen 1d --all name=
ok 0 'by the last visit'

# More than one batch.
i=100
while [ $i -lt 620 ]; do
  printf 'gateway add batch-%s groups=batch\n' $i
  i=$((i + 1))
done >"$work/adds"
while read -r line; do
  # shellcheck disable=SC2086 # words
  "$gatehouse" $line >/dev/null 2>&1 || bail "$line"
done <"$work/adds"
run gateway list --group batch --json
json length 520 'a list of several batches'
run gateway list --word batch --json
json 'map(.ids.gateway_id) | unique | length' 520 'by a word'
run gateway set --group batch name=b
has "$out" 'changed 520 of 520' 'bulk in several batches'
run gateway set --word batch name=c --json
json .changed 520 'by a word'

# ---- delete, restore, purge ----------------------------------------------------------------
run gateway delete roof-7
ok 0 'delete'
has "$out" 'gateway purge roof-7' 'says what else there is'
run gateway delete roof-7
ok 1 'only once'
run gateway list --group south --json
json 'map(.ids.gateway_id) | contains(["roof-7"])' false 'it is not listed'
run gateway list --deleted --json
json '.[0].ids.gateway_id' roof-7 'but among the deleted'
run gateway show roof-7 --json
json '.hints[0] | test("deleted")' true 'show says so'
run gateway add roof-7
ok 4 'its identifier is taken still'
run gateway restore roof-7 --json
json .restored roof-7 'restore'
run gateway restore roof-7
ok 1 'only once'
run gateway purge roof-7 --yes
ok 1 'purge wants it deleted'
must gateway delete roof-7
run gateway purge roof-7
ok 1 'purge asks'
has "$err" '--yes' 'how to say so'
run gateway purge roof-7 --yes
ok 0 'purge'
run gateway show roof-7
ok 3 'it is gone'
run gateway add roof-7
ok 0 'and its identifier free'
run gateway retry roof-1
ok 0 'retry'
run gateway retry nobody
ok 3 'of nobody'

done_testing
