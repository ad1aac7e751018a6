#!/bin/sh
# Frequency plans, boards and templates in the admin: uploads with reports, pictures, removal.
: "${top_srcdir:=.}"
# shellcheck source=tests/lib/admin.sh
. "$top_srcdir/tests/lib/admin.sh"
admin_data
start_admin
sign_in otto
mark='<script>alert(1)</script>'

# ---- plans -----------------------------------------------------------------------------
get /plans/EU_863_870_TTN
has "$(body)" '<title id="up-title">' 'a picture with a title'
has "$(body)" '868.100' 'and the numbers'
has "$(body)" '/gateways?plan=EU_863_870_TTN' 'who has it'
is "$(grep -o '<rect class="channel"' "$answer.body" | wc -l)" 10 'eight channels, LoRa, FSK'
get /plans/EU_863_870_TTN/yaml
is "$(header Content-Disposition)" 'attachment; filename="EU_863_870_TTN.yml"' 'to be saved'
cp "$answer.body" "$work/mine.yml"
upload /plans/import do=check "files=@$work/mine.yml"
has "$(body)" '>good<' 'what was saved can be imported'
must plan list --json
is "$(jq '[.[] | select(.plan_id == "mine")] | length' "$work/out")" 0 'checking stores nothing'
upload /plans/import do=import "name=$mark" "files=@$work/mine.yml"
is "$status" 200 'importing it'
has "$(body)" '>added<' 'says so'
get /plans/mine
is "$status" 200 'its page'
hasnt "$(body)" '<script' 'its name is text'
upload /plans/import do=import plan_id=other base=mine "files=@$work/mine.yml"
has "$(body)" '>other<' 'under another ID'
upload /plans/import do=import 'plan_id=no id' "files=@$work/mine.yml"
has "$(body)" '>refused<' 'an ID that is none'
printf 'band-id: %s\n' "$mark" >"$work/bad.yml"
upload /plans/import do=import "files=@$work/bad.yml" "files=@$work/mine.yml"
has "$(body)" '>refused<' 'a faulty one is refused'
hasnt "$(body)" '<script' 'with its text as text'
has "$(body)" '>same<' 'the others are imported'
upload /plans/import do=import
is "$status" 400 'no file'
head -c 3000000 /dev/zero >"$work/large.yml"
upload /plans/import do=import "files=@$work/large.yml"
is "$status" 413 'a file that is too large'
cat >"$work/frequency-plans.yml" <<END
- id: FROM_INDEX
  band-id: EU_863_870
  name: From an index
  base-frequency: 868
  file: mine.yml
- id: LOST
  band-id: EU_863_870
  file: lost.yml
END
upload /plans/import do=import "files=@$work/frequency-plans.yml" "files=@$work/mine.yml"
has "$(body)" '>FROM_INDEX<' 'an index with its files'
has "$(body)" 'not among the uploaded files' 'and one that is missing'
get /plans/EU_863_870_TTN/delete
post /plans/EU_863_870_TTN/delete "version=$(field version)"
get "$(header Location | sed "s,^$prefix,,")"
has "$(body)" gw-one 'one that is used stays'
get /plans/other/delete
version=$(field version)
post /plans/other/delete version=another
get /plans/other
is "$status" 200 'one that somebody has changed meanwhile stays'
post /plans/other/delete "version=$version"
is "$status" 303 'another one goes'
get /plans/other
is "$status" 404 'for good'

# ---- boards ------------------------------------------------------------------------------
get /boards/rak2287-spi
has "$(body)" 'Gain table' 'a board'
cat >"$work/my-board.yml" <<END
id: my-board
name: 'Mine $mark'
base: rak2287-spi
END
upload /boards/import "files=@$work/my-board.yml" "files=@$work/bad.yml"
is "$status" 200 'uploaded'
has "$(body)" '>added<' 'one is added'
has "$(body)" '>refused<' 'the other one is not'
get /boards/my-board
is "$status" 200 'its page'
hasnt "$(body)" '<script' 'its name is text'
must gateway set gw-one concentrator=my-board
get /boards/my-board/delete
version=$(field version)
post /boards/my-board/delete "version=$version"
get "$(header Location | sed "s,^$prefix,,")"
has "$(body)" gw-one 'one that is used stays'
must gateway set gw-one concentrator=
post /boards/my-board/delete "version=$version"
is "$status" 303 'then it goes'
upload /boards/import
is "$status" 400 'no file'

# ---- templates -------------------------------------------------------------------------------
post /templates/new template_id=roofs was.template_id= "name=$mark" was.name= lns=my-lns was.lns= \
  eui_prefixes=58A0CB was.eui_prefixes= lbs_lns_secret.value=a-shared-secret
is "$status" 303 'a template'
get /templates/roofs
is "$status" 200 'its page'
hasnt "$(body)" '<script' 'its name is text'
hasnt "$(body)" a-shared-secret 'its secret is not shown'
get /templates/roofs/edit
version=$(field version)
hasnt "$(body)" a-shared-secret 'nor in the form'
post /templates/roofs/edit "version=$version" eui_prefixes=zz was.eui_prefixes=58A0CB
is "$status" 400 'a prefix that is none'
post /templates/roofs/edit "version=$version" name=Roofs "was.name=$mark"
is "$status" 303 'another name'
post /templates/roofs/edit "version=$version" name=Other was.name=Roofs
is "$status" 409 'two at once'
get /templates/roofs/delete
post /templates/roofs/delete "version=$(field version)"
is "$status" 303 'deleted'

sign_in vera
get /plans/mine
is "$status" 200 'its page'
hasnt "$(body)" /plans/mine/delete 'who may only look cannot remove'
upload /plans/import do=import "files=@$work/mine.yml"
is "$status" 403 'nor import'
stop_app
done_testing
