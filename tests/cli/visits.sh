#!/bin/sh
# Gateways that come to cups.fcgi, as the command line sees them: sightings, hints, unknown
# ones that are adopted with what they showed, and explanations that agree with the answers.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
must init
make_root root
must trust import root "$work/root.pem" cups.example.com:443 lns.example.com:8887
must lns add ours wss://lns.example.com:8887
must gateway add roof-1 58A0CBFFFE800001 lns=ours
run_with NNSXS.LNS.KEY gateway set roof-1 --secret value=-
must key create roof-1 --out "$work/cups.key"
key=$(sed 's/^Authorization: //' "$work/cups.key" | tr -d '\r')

# visit EUI CUPS-CRC LNS-CRC [AUTHORIZATION]: a gateway comes; $status and $answer.body
package=1.0
visit() {
  body=$(printf '{"router":"%s","cupsUri":"https://cups.example.com:443",' "$1"
    printf '"tcUri":"wss://lns.example.com:8887","cupsCredCrc":%s,"tcCredCrc":%s,' "$2" "$3"
    printf '"station":"2.0.6","model":"linux","package":"%s","keys":[]}' "$package")
  printf '%s' "$body" >"$work/request"
  cgi cgi-bin/cups.fcgi POST /update-info "$body" CONTENT_TYPE=application/json \
    GATEHOUSE_TEST_NOW="$GATEHOUSE_TEST_NOW" ${4:+HTTP_AUTHORIZATION="$4"}
}
# ---- the life of one ----------------------------------------------------------------------
run gateway list --unseen 1h --json
json length 1 'it was not seen yet'
visit 58a0:cbff:fe80:1 1 1
is "$status" 401 'without a key it is refused'
run gateway show roof-1 --json
json '.sighting | "\(.refused) \(.refused_status) \(.seen_at)"' '1 401 null' 'which is noted'
visit 58a0:cbff:fe80:1 2077607535 2077607535 "$key"
is "$status" 200 'with its key it is answered'
run gateway show roof-1 --json
json '.sighting | "\(.polls) \(.credential) \(.station)"' '1 key 2.0.6' 'it was seen'
json '.ledger.pushes | map(.part) | sort | join(" ")' 'cups-credentials lns-credentials' \
  'what it was sent'
json '.keys[0] | "\(.in_use) \(.wanted)"' 'true true' 'its key is in use'
run gateway show roof-1
has "$out" 'cups-credentials, once, last now' 'for people'
run gateway list
has "$out" now 'listed as seen now'
run gateway list --at-cups https://cups.example.com:443 --json
json length 1 'at this CUPS'
run gateway list --unseen 1h --json
json length 0 'seen within the hour'
run explain roof-1 --json
json .request.source sighting 'explain takes its last visit'
cups=$(printf '%s' "$out" | jq .answer.wanted_cups_crc)
lns=$(printf '%s' "$out" | jq .answer.wanted_lns_crc)

# Two more times without taking it, then it is given up.
visit 58a0:cbff:fe80:1 2077607535 2077607535 "$key"
visit 58a0:cbff:fe80:1 2077607535 2077607535 "$key"
visit 58a0:cbff:fe80:1 2077607535 2077607535 "$key"
is "$(wc -c <"$answer.body")" 14 'after three times nothing is sent'
run explain roof-1
has "$flat" 'though something is wrong' 'explain says so'
has "$flat" 'gatehouse gateway retry roof-1' 'and what to do'
run gateway show roof-1
has "$flat" 'gatehouse gateway retry roof-1' 'as show does'
run explain roof-1 --json
json .pattern stopped 'its visits do not look fine'
run overview --json
json .troubles.stopped 1 'the overview counts it as trouble'
must gateway retry roof-1
run overview --now --json
json .troubles.stopped 0 'tried again, it is no trouble any more, even before it comes'
run gateway show roof-1
hasnt "$flat" 'gatehouse gateway retry' 'and nothing is left to do'
visit 58a0:cbff:fe80:1 2077607535 2077607535 "$key"
is "$(wc -c <"$answer.body" | tr -d ' ' | grep -c '^14$')" 0 'then it is sent again'
visit 58a0:cbff:fe80:1 "$cups" "$lns" "$key"
is "$(wc -c <"$answer.body")" 14 'until it has everything'
run gateway show roof-1 --json
json '.ledger.pushes | length' 0 'nothing is open any more'
json '.ledger.confirmed_generation' 1 'the key is confirmed'
json '.verdict | test("it has everything")' true 'all is well'

# Explanations agree with answers.
for case in "1 1 $key" "$cups 1 $key" "$cups $lns $key" '1 1 ' \
  '1 1 Bearer NNSXS.WRONG.KEYKEY'; do
  crcs=$(printf '%s' "$case" | cut -d' ' -f1,2)
  shown=$(printf '%s' "$case" | cut -d' ' -f3-)
  printf '{"router":"58a0:cbff:fe80:1","cupsCredCrc":%s,"tcCredCrc":%s}' \
    "${crcs% *}" "${crcs#* }" >"$work/case"
  if [ -n "$shown" ]; then
    printf '%s\n' "$shown" >"$work/case.key"
    run explain --request "$work/case" --key-file "$work/case.key" --json
  else
    run explain --request "$work/case" --nobody --json
  fi
  said=$(printf '%s' "$out" | jq -r '"\(.answer.status) \(.answer.bytes // "")"')
  cgi cgi-bin/cups.fcgi POST /update-info "$(cat "$work/case")" \
    GATEHOUSE_TEST_NOW="$GATEHOUSE_TEST_NOW" ${shown:+HTTP_AUTHORIZATION="$shown"}
  was="$status "
  [ "$status" = 200 ] && was="200 $(wc -c <"$answer.body" | tr -d ' ')"
  is "$said" "$was" "explain and the answer agree: $crcs ${shown:+with a key}"
done

# ---- firmware, from the first offer to the end ---------------------------------------------------
printf 'an update\n' >"$work/update"
must firmware add fw-200 "$work/update"
must release add rel-200 fw-200 2.0.0 unsigned=true
must channel add stable
must gateway set roof-1 update_channel=stable auto_update=true
run rollout list
is "$out" '(none)' 'no roll-out yet'
visit 58a0:cbff:fe80:1 "$cups" "$lns" "$key"
must rollout create ro-1 rel-200 stable description='Before summer' attempts=2

# why NAME WORDS: what explain says of the roll-out now
why() {
  run explain roof-1
  has "$flat" "roll-out ro-1: $2" "$1: explain says so"
}
why 'not started' 'the roll-out is not running (draft)'
must rollout start ro-1 0.01
run rollout plan ro-1 --all --json
json '.gateways[0] | "\(.gateway_id) \(.gets_it) \(.why) \(.package)"' \
  'roof-1 false percentage 1.0' 'the plan names it, with what it runs'
why 'not reached' 'not yet among those that the roll-out has reached (its place is'
has "$flat" 'the roll-out is at 0.01 %)' 'with the figure'
must rollout set ro-1 not_before=2026-12-01T00:00:00Z
why 'early' 'the roll-out begins later (2026-12-01 00:00:00 UTC'
must rollout set ro-1 not_before=
must rollout pause ro-1 --why 'nobody is here'
why 'paused' 'the roll-out is not running (paused: nobody is here)'
must rollout resume ro-1
must rollout step ro-1 100
run rollout plan ro-1 --all
has "$flat" 'roof-1 58A0CBFFFE800001 yes 1.0 linux' 'the plan: it would get it'
why 'due' 'the update is sent (offer 1)'
visit 58a0:cbff:fe80:1 "$cups" "$lns" "$key"
is "$(tail -c 10 "$answer.body")" 'an update' 'it is sent'
run gateway show roof-1
has "$flat" 'The firmware that it was offered last release rel-200 rollout ro-1 version 2.0.0' \
  'gateway show tells of it'
has "$flat" 'shown_by package offers 1' 'with how often'
run gateway show roof-1 --json
json '.firmware | "\(.release) \(.rollout) \(.version) \(.offers) \(.outcome) \(.offered_at)"' \
  'rel-200 ro-1 2.0.0 1 offered 2026-11-22T12:00:00Z' 'in JSON'
run rollout status ro-1 --gateways --json
json '.gateways[0] | "\(.gateway_id) \(.eui) \(.state) \(.offers) \(.offered_at)"' \
  'roof-1 58A0CBFFFE800001 offered 1 2026-11-22T12:00:00Z' 'the roll-out lists it'
visit 58a0:cbff:fe80:1 "$cups" "$lns" "$key"
run rollout status ro-1 --only failed
has "$flat" 'roof-1 58A0CBFFFE800001 failed 2 now now' 'not taken, and offered again'
visit 58a0:cbff:fe80:1 "$cups" "$lns" "$key"
run rollout status --json
json '.[0] | "\(.rollout_id) \(.status) \(.percentage) \(.updated) \(.failed)"' \
  'ro-1 running 100 0 1' 'it counts as failed'
run gateway show roof-1 --json
json .firmware.outcome failed 'and its own page says so'
run rollout status ro-1 --only offered
hasnt "$out" roof-1 'it is offered no more'
package=2.0.0
visit 58a0:cbff:fe80:1 "$cups" "$lns" "$key"
run gateway show roof-1 --json
json .firmware.outcome updated 'it took it all the same'
run rollout status
has "$flat" 'ro-1 running 100 % 0 1 0' 'the roll-out counts it'
run rollout list
has "$flat" 'ID RELEASE CHANNEL GROUPS NOT BEFORE DESCRIPTION ro-1 rel-200 stable' 'rollout list'
has "$flat" 'Before summer' 'with its description'
run rollout list --json
json 'map(.rollout_id) | join(" ")' ro-1 'in JSON'
must rollout finish ro-1 --yes
must rollout remove ro-1
run gateway show roof-1 --json
json '.firmware | "\(.release) \(.rollout)."' 'rel-200 .' 'a roll-out that is gone has no name'
run explain roof-1
has "$flat" 'last_version 2.0.0' 'explain knows its last update'

# ---- rotation: the old key ends when the gateway has come with the new one --------------------
must gateway retry roof-1
must key create roof-1 --out "$work/new.key"
visit 58a0:cbff:fe80:1 "$cups" "$lns" "$key"
check 'the new key is sent' [ "$(wc -c <"$answer.body")" -gt 14 ]
run key list roof-1 --json
json 'map(.status) | join(" ")' 'valid valid' 'both are valid meanwhile'

# ---- a week of silence -----------------------------------------------------------------------
GATEHOUSE_TEST_NOW=2026-11-30T12:00:00Z
run explain roof-1
has "$flat" 'has not come for more than a day' 'silence is noticed'
run gateway list --unseen 2d
has "$out" '8 days ago' 'in lists too'
GATEHOUSE_TEST_NOW=$now

# ---- unknown gateways -------------------------------------------------------------------------
visit 58a0:cbff:fe80:2 1 1 'Bearer NNSXS.FIELD.KEYKEYKEY'
is "$status" 404 'an unknown gateway is refused'
run unknown list
has "$out" 58A0CBFFFE800002 'and listed'
has "$out" ' key ' 'with what it showed'
run unknown list --json
valid 'as JSON'
hasnt "$out" KEYKEY 'but not the key itself'
digest=$(printf '%s' "$out" | jq -r '.[0].digest')
is "$digest" "$(printf NNSXS.FIELD.KEYKEYKEY | sha256sum | cut -d' ' -f1)" 'but its digest'
visit 58a0:cbff:fe80:2 1 1 'Bearer NNSXS.SOMEBODY.ELSE'
run unknown adopt 58A0CBFFFE800002 --id roof-2
ok 1 'two who say to be it'
run unknown adopt 58A0CBFFFE800002 --id roof-2 --digest 00000000
ok 3 'a digest that nobody showed'
must template add field lns=ours groups=new
run unknown adopt 58A0CBFFFE800002 --id roof-2 --template field \
  --digest "$(printf %s "$digest" | cut -c1-12)" --json
ok 0 'one of them is adopted'
json '"\(.gateway) \(.bound)"' 'roof-2 key' 'bound to its key'
run gateway show roof-2 --json
json '.gateway | "\(.lns) \(.groups[0])"' 'ours new' 'with the settings of the template'
run_with NNSXS.LNS.KEY2 gateway set roof-2 --secret value=-
visit 58a0:cbff:fe80:2 1 1 'Bearer NNSXS.FIELD.KEYKEYKEY'
is "$status" 200 'and is let in with it'
visit 58a0:cbff:fe80:2 1 1 'Bearer NNSXS.SOMEBODY.ELSE'
is "$status" 403 'the other one is not'
run unknown list
is "$out" '(none)' 'the list is empty again'
visit 58a0:cbff:fe80:3 1 1
must unknown forget 58A0CBFFFE800003
run unknown list --json
is "$out" '[]' 'forget'

# ---- ignored ones -------------------------------------------------------------------------------
visit 58a0:cbff:fe80:4 1 1
must unknown ignore 58A0CBFFFE800004 --note 'the neighbour'
run unknown list --json
is "$out" '[]' 'one that is ignored is not listed'
visit 58a0:cbff:fe80:4 1 1
run unknown list --json
is "$out" '[]' 'when it comes again either'
run unknown ignored --json
json '.[0] | "\(.eui) \(.note)"' '58A0CBFFFE800004 the neighbour' 'but among the ignored'
must unknown ignore 58a0cbfffe800004 --note 'still there'
run unknown ignored --json
json 'map(.note) | join(" ")' 'still there' 'once, with the latest note'
must unknown notice 58A0CBFFFE800004
run unknown list --json
json '.[0].eui' 58A0CBFFFE800004 'until it is noticed again'
run unknown notice 58A0CBFFFE800004
ok 3 'which it is now'
must unknown ignore 58A0CBFFFE800004
must unknown adopt 58A0CBFFFE800004 --id roof-4
run unknown ignored --json
is "$out" '[]' 'adopting ends it'

# ---- moving a fleet ------------------------------------------------------------------------------
run gateway move https://new.example.com:443 --all
ok 1 'nobody is sent where no trust is known for'
make_root root
must trust import root-new "$work/root.pem" new.example.com:443
run gateway move https://new.example.com:443
ok 2 'whom?'
run gateway move https://new.example.com:443 --group new --json
ok 0 'a group is moved'
json '"\(.matched) \(.changed)"' '1 1' 'which has one gateway'
run gateway left --uri https://new.example.com:443 --json
json '.left[0] | "\(.gateway) \(.why)"' 'roof-2 elsewhere' 'it has not come there yet'
json '"\(.concerned) \(.have_it)"' '1 0' 'in figures'
run gateway move --stay --all --json
json '.changed' 1 'and back'
run gateway left --uri https://new.example.com:443 --json
json '.concerned' 0 'nobody is left'

done_testing
