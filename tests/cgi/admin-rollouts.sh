#!/bin/sh
# Roll-outs in the browser: made, tried, started, paused, and what became of each gateway.
: "${top_srcdir:=.}"
# shellcheck source=tests/lib/admin.sh
. "$top_srcdir/tests/lib/admin.sh"

admin_data
config 'push_limit = 5'
signer=$top_builddir/gatehouse-sign
"$signer" --create "$work/one.key" >/dev/null 2>&1 || bail 'no key'
"$signer" --key "$work/one.key" --public >"$work/one.pub"
head -c 50000 /dev/urandom >"$work/image"
must signing-key add one "$work/one.pub" --signer "file:$work/one.key"
must firmware add fw-one "$work/image"
must firmware sign fw-one one
must release add rel-two fw-one 2.0
must channel add stable
crc=$(gzip -nc "$work/one.pub" | tail -c 8 | od -An -tu4 -N4 --endian=little | tr -d ' ')
awk 'BEGIN { print "gateway_id,eui,auto_update,update_channel,groups"
  for (i = 1; i <= 60; i++)
    printf "roof-%d,58A0CBFFFE8001%02X,true,stable,%s\n", i, i, i % 2 ? "odd" : "even" }' \
  >"$work/fleet.csv"
must gateway import "$work/fleet.csv"
for i in 1 2 3; do
  must key create "roof-$i" --api --json
  jq -r .key "$work/out" >"$work/key-0$i"
done
start_admin

# poll N PACKAGE: the gateway comes with this version
poll() {
  cgi cgi-bin/cups.fcgi POST /update-info "{\"router\":\"58a0:cbff:fe80:01$1\",\
\"cupsUri\":\"https://cups.example.com:443\",\"tcUri\":\"wss://lns.example.com:8887\",\
\"cupsCredCrc\":1,\"tcCredCrc\":1,\"station\":\"2.0.6(linux/std)\",\"model\":\"linux\",\
\"package\":\"$2\",\"keys\":[$crc]}" "HTTP_AUTHORIZATION=Bearer $(cat "$work/key-$1")" \
    "GATEHOUSE_TEST_NOW=$(cat "$clock")"
}

# number NAME: what a fact of the last page says
number() {
  body | sed -n "s/.*<dt>$1<\/dt><dd>\([^<]*\)<.*/\1/p"
}

# counts: the numbers of the table, in order
counts() {
  body | sed -n 's/.*data-label="Gateways">\([0-9]*\)<.*/\1/p' | tr '\n' ' '
}

# ---- making one -------------------------------------------------------------------------
sign_in otto || bail 'otto cannot sign in'
get /rollouts
is "$status" 200 'the list'
get /rollouts/new
is "$status" 200 'the form'
has "$(body)" 'name="failure_limit"' 'has the limits'
post /rollouts/new rollout_id=ro-one was.rollout_id= release=rel-two was.release= \
  channel=stable was.channel= steps='1,1@48h' was.steps=
is "$status" 400 'a timetable that does not rise'
has "$(body)" 'id="e-steps"' 'is said beside its input'
post /rollouts/new rollout_id=ro-one was.rollout_id= release=rel-two was.release= \
  channel=stable was.channel= steps='x' was.steps=
is "$status" 400 'none at all'
has "$(body)" 'value="ro-one"' 'what was typed is kept'
post /rollouts/new rollout_id=ro-one was.rollout_id= release=no-such was.release= \
  channel=stable was.channel=
is "$status" 404 'a release that there is not'
post /rollouts/new rollout_id=ro-one was.rollout_id= release=rel-two was.release= \
  channel=stable was.channel= steps='10,50@48h,100' was.steps= \
  'description=<script>x</script>' was.description=
is "$status $(header Location | sed 's/?.*//')" "303 $prefix/rollouts/ro-one" 'a roll-out is made'
post /rollouts/new rollout_id=ro-one was.rollout_id= release=rel-two was.release= \
  channel=stable was.channel=
is "$status" 409 'its name is taken'
get /rollouts/ro-one
is "$status" 200 'its page'
has "$(body)" '>draft<' 'nothing has happened'
hasnt "$(body)" '<script>' 'markup is text'
has "$(body)" '50 %' 'its timetable'
get /rollouts/ro-one/edit
has "$(body)" 'value="10,50@48h,100@3d"' 'the timetable is read and written alike'

# ---- trying it ----------------------------------------------------------------------------
before=$(dump)
get /rollouts/ro-one/plan
is "$status" 200 'who would get it'
has "$(body)" 'never seen' 'with reasons'
get '/rollouts/ro-one/plan?percentage=100'
is "$status" 200 'for another share'
get '/rollouts/ro-one/plan?percentage=1e9&why=%3Cscript%3E'
is "$status" 400 'not for nonsense'
has "$(body)" 'must be a number above 0, to 100' 'which is said'
get '/rollouts/ro-one/plan?percentage=50%25'
is "$status" 200 'per cent may be written as that'
get '/rollouts/ro-one/plan?percentage=1e9&why=%3Cscript%3E'
hasnt "$(body)" '<script>' 'which is not repeated'
get /rollouts/ro-one/gateways
is "$status" 200 'where they stand'
# shellcheck disable=SC2046 # the numbers are words
set -- $(counts)
is "$8" 60 'the audience'
is $(($1 + $2 + $3 + $4 + $5 + $6 + $7)) 60 'the numbers add up to it'
has "$(body)" 'roof-50' 'fifty on a page'
hasnt "$(body)" 'roof-51<' 'no more'
has "$(body)" 'Next page' 'the others behind them'
get "$(body | sed -n 's/.*href="[^"]*\(\/rollouts\/ro-one\/gateways?after=[0-9]*\)".*/\1/p')"
has "$(body)" 'roof-51<' 'there'
get '/rollouts/ro-one/gateways?place=updated'
has "$(body)" 'There are none' 'only those of one sort'
is "$(dump)" "$before" 'looking changes nothing'

# ---- starting, outcomes ------------------------------------------------------------------------
get /rollouts/ro-one/start
is "$status" 200 'starting asks first'
post /rollouts/ro-one/start percentage=abc
is "$status" 400 'a share that is no number'
has "$(body)" 'id="e-percentage"' 'is said beside its input'
post /rollouts/ro-one/pause
is "$status" 409 'it cannot be paused before'
post /rollouts/ro-one/start percentage=100
is "$status" 303 'it is started'
get /rollouts/ro-one
has "$(body)" '>running<' 'and runs'
for i in 01 02 03; do
  poll "$i" 1.0
  is "$status" 200 "roof-$i is sent something"
done
get /rollouts/ro-one
is "$(number 'Were ever offered it')" 3 'three were offered it'
is "$(number 'Have not come back yet')" 3 'and are away'
echo 2026-11-22T13:00:00Z >"$clock"
poll 01 2.0
poll 02 1.0
get /rollouts/ro-one
is "$(number 'Have not come back yet') $(number 'Came back with another version')" '1 1' \
  'one is back with another version'
has "$(body)" '</progress> 1 of 3' 'the bar'
get /rollouts/ro-one/gateways
# shellcheck disable=SC2046 # the numbers are words
set -- $(counts)
is "$1 $2 $3 $8" '1 1 1 60' 'updated, away, failed'
is $(($1 + $2 + $3 + $4 + $5 + $6 + $7)) 60 'the numbers add up'
get '/rollouts/ro-one/gateways?place=failed'
has "$(body)" 'href="'"$prefix"'/gateways/roof-2"' 'who failed'
hasnt "$(body)" roof-3 'nobody else'
get '/rollouts/ro-one/plan?percentage=100'
has "$(body)" 'would get it' 'the plan now'

# ---- pausing, stepping, ending ---------------------------------------------------------------------
post /rollouts/ro-one/pause "why=<b>Rain</b>"
is "$status" 303 'it is paused'
get /rollouts/ro-one
has "$(body)" '&lt;b&gt;Rain' 'the page says why'
get /rollouts
has "$(body)" '&lt;b&gt;Rain' 'the list too'
post /rollouts/ro-one/resume
is "$status" 303 'it goes on'
post /rollouts/ro-one/step percentage=50
is "$status" 409 'less is refused'
post /rollouts/ro-one/step percentage=50 force=true
is "$status" 303 'unless it is said so'
post /rollouts/ro-one/finish
is "$status" 409 'it is not finished before all may have it'
post /rollouts/ro-one/finish force=true
is "$status" 303 'unless it is said so'
get /rollouts/ro-one
has "$(body)" '>finished<' 'it is finished'
get /channels/stable
has "$(body)" rel-two 'and the channel names the release'
post /rollouts/ro-one/resume
is "$status" 409 'it does not go on'
post /rollouts/new rollout_id=ro-two was.rollout_id= release=rel-two was.release= \
  channel=stable was.channel= groups=odd was.groups=
get /rollouts/ro-two/gateways
# shellcheck disable=SC2046 # the numbers are words
set -- $(counts)
is "$8" 30 'an audience by group'
post /rollouts/ro-two/start
is "$status" 400 'without a timetable the share has to be said'
post /rollouts/ro-two/start percentage=1
is "$status" 303 'one per cent'
get /rollouts/ro-two/delete
version=$(field version)
post /rollouts/ro-two/delete "version=$version"
get "/rollouts/ro-two?$(header Location | sed 's/.*?//')"
has "$(body)" 'note bad' 'one under way is not removed'
post /rollouts/ro-two/abort why=enough
is "$status" 303 'it is aborted'
get /rollouts/ro-two/delete
post /rollouts/ro-two/delete "version=$(field version)"
is "$status" 303 'then it is removed'
get /rollouts/ro-two
is "$status" 404 'it is gone'

# ---- Kickstarters ------------------------------------------------------------------------------------
printf ':0300300002337A1E\r\n:00000001FF\r\n' >"$work/firmware.hex"
must firmware add fw-hex "$work/firmware.hex" --family kickstarter
must release add rel-hex fw-hex 3.0
post /rollouts/new rollout_id=ro-hex was.rollout_id= release=rel-hex was.release= \
  channel=stable was.channel=
is "$status" 303 'a roll-out for Kickstarters'
get /rollouts/ro-hex
case $(body) in
*'outcome is &quot;offered&quot;'* | *'outcome is "offered"'*) pass 'says that only offers can be seen' ;;
*) fail 'says that only offers can be seen' ;;
esac

# ---- changing one -----------------------------------------------------------------------------------
# rollout FILTER: of the one that is stored
rollout() {
  must rollout show ro-hex --json
  jq -r "$1" "$work/out"
}
# steps_shown: the timetable in the input of the last form
steps_shown() {
  sed -n 's/.* name="steps" .* value="\([^"]*\)".*/\1/p' "$answer.body"
}
get /rollouts/ro-hex/edit
version=$(field version)
steps=$(field was.steps)
post /rollouts/ro-hex/edit "version=$version" description='<script>x</script>' was.description= \
  "steps=$steps" "was.steps=$steps"
is "$status $(header Location | sed 's/?.*//')" "303 $prefix/rollouts/ro-hex" 'a draft is changed'
is "$(rollout '.. | .description? // empty')" '<script>x</script>' 'as it was typed'
get /rollouts/ro-hex/edit
hasnt "$(body)" '<script>' 'markup is text'
valid 'the form with it'
post /rollouts/ro-hex/edit "version=$(field version)" "steps=$steps" "was.steps=$steps"
get "$(header Location | sed "s,^$prefix,,")"
has "$(body)" 'Nothing was changed' 'nothing is no change'
get /rollouts/ro-hex/edit
stale=$(field version)
post /rollouts/ro-hex/edit "version=$stale" steps='5,50@2d,100@3d' "was.steps=$steps"
is "$status" 303 'another timetable'
get /rollouts/ro-hex/edit
is "$(steps_shown)" 5,50@48h,100@3d 'is stored'
post /rollouts/ro-hex/edit "version=$stale" steps='7,100@1d' "was.steps=$steps" \
  description=mine 'was.description=<script>x</script>'
is "$status" 409 'what somebody else has changed meanwhile'
is "$(steps_shown)" 7,100@1d 'what was typed is kept'
has "$(body)" '<bdi>5,50@48h,100@3d</bdi>' 'beside what it is now'
valid 'the form with both'
post /rollouts/ro-hex/edit "version=$stale" "steps=$steps" "was.steps=$steps" \
  description=mine 'was.description=<script>x</script>'
is "$status" 409 'the same when something else was typed'
is "$(steps_shown)" 5,50@48h,100@3d 'what was not touched follows the other'
version=$(field version)
for bad in '50,10@1d' 'x' '0' '101' '5,50@' '5@-1d' '5,,6'; do
  post /rollouts/ro-hex/edit "version=$version" "steps=$bad" 'was.steps=5,50@48h,100@3d'
  is "$status" 400 "no timetable: $bad"
  has "$(body)" 'id="e-steps"' "said beside its input: $bad"
done
post /rollouts/ro-hex/edit "version=$version" failure_limit=900 was.failure_limit=5 \
  steps= was.steps=
is "$status" 400 'more than all cannot fail'
has "$(body)" 'id="e-failure_limit"' 'which is said'
post /rollouts/ro-hex/edit "version=$version" release=no-such was.release=rel-hex \
  steps= was.steps=
is "$status" 404 'a release that there is not'
get /rollouts/ro-hex/edit
is "$(steps_shown)" 5,50@48h,100@3d 'nothing of that is stored'
post /rollouts/ro-hex/edit "version=$version" rollout_id=ro-one was.rollout_id=ro-hex \
  steps= was.steps=
is "$status" 409 'nor may it take the name of another'
post /rollouts/no-such/edit "version=$version" description=x was.description= steps= was.steps=
is "$status" 404 'one that there is not'
must audit list --json
is "$(jq -r '[.[] | select(.id == "ro-hex" and .action == "set")] | length' "$work/out")" 2 \
  'the audit log has the two changes'

# ---- rights ------------------------------------------------------------------------------------------------
sign_in vera
for path in '' /plan /gateways; do
  get "/rollouts/ro-one$path"
  is "$status" 200 "a viewer looks: $path"
  hasnt "$(body)" "ro-one/abort" 'and is offered nothing to do'
done
for verb in start step pause resume finish abort edit delete; do
  get "/rollouts/ro-hex/$verb"
  is "$status" 403 "a viewer may not: $verb"
done
get /rollouts/no-such
is "$status" 404 'one that there is not'
get /rollouts/no-such/plan
is "$status" 404 'neither its plan'
must audit list --json
has "$(cat "$work/out")" '"finish"' 'the audit log has what was done'

stop_app
done_testing
