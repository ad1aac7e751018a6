#!/bin/sh
# The overview and the settings: figures that agree with the fleet, are kept for a minute, and
# cost nothing with a large one.
: "${top_srcdir:=.}"
# shellcheck source=tests/lib/admin.sh
. "$top_srcdir/tests/lib/admin.sh"
admin_data
for n in 2 3 4; do
  printf secret | must gateway add "gw-$n" "58A0CBFFFE80000$n" lns=my-lns \
    --secret lbs_lns_secret.value=-
  must key create "gw-$n" --out "$work/gw-$n.key"
done

# comes WHEN NUMBER KEYFILE|- MODEL
comes() {
  printf '{"router":"58a0:cbff:fe80:%s","cupsUri":"https://cups.example.com:443","tcUri":"","cupsCredCrc":1,"tcCredCrc":1,"station":"2.0.6","model":"%s","package":"1.0","keys":[]}' \
    "$2" "$4" >"$work/poll"
  came_key=
  [ "$3" = - ] || came_key=$(sed 's/^Authorization: //' "$work/$3" | tr -d '\r')
  cgi cgi-bin/cups.fcgi POST /update-info "@$work/poll" CONTENT_TYPE=application/json \
    GATEHOUSE_TEST_NOW="$1" ${came_key:+HTTP_AUTHORIZATION="$came_key"}
}
comes 2026-11-22T11:58:00Z 2 gw-2.key '<b>'
comes 2026-11-20T11:58:00Z 3 gw-3.key linux
comes 2026-11-22T11:59:00Z 4 - linux
comes 2026-11-22T11:50:00Z f1 - linux
must ca create soon-ca --until 2026-12-01
must trust fetch --later wss://nowhere.invalid:8887
start_admin
sign_in vera

get /
is "$status" 200 'the overview'
hasnt "$(body)" '<b>' 'what gateways report is text'
page=$(tr -d '\n' <"$answer.body" | sed 's/<[^>]*>/ /g' | tr -s ' ')
has "$page" 'in the last 10 minutes 1' 'one came now'
has "$page" 'longer ago 1' 'one came before'
has "$page" 'never 2' 'two never did'
has "$page" 'refused 1' 'one is refused'
has "$page" 'silent 1' 'one is silent'
has "$(body)" '/gateways/gw-4"' 'and has a link'
has "$(body)" '/unknown/58A0CBFFFE8000F1"' 'an unknown one'
has "$(body)" '/cas/soon-ca"' 'a CA that ends soon'
hasnt "$(body)" '/cas/my-ca"' 'not one that lasts'

# ---- kept for a minute ------------------------------------------------------------------
must gateway add gw-5
get /
must overview --json
is "$(jq .gateways "$work/out")" 4 'the figures are kept'
must overview --now --json
is "$(jq .gateways "$work/out")" 5 'counted again when told'
echo 2026-11-22T12:02:00Z >"$clock"
must gateway add gw-6
get /
has "$(tr -d '\n' <"$answer.body" | sed 's/<[^>]*>/ /g' | tr -s ' ')" ' 6 gateways, counted now' \
  'and after a minute'
printf 'rubbish' | dd of="$data/sightings/overview" conv=notrunc 2>/dev/null
get /
is "$status" 200 'a damaged file is no matter'
must overview --json
is "$(jq -c '[.gateways, .seen.never, .troubles.refused]' "$work/out")" '[6,4,1]' 'as JSON'
must tick
get /
is "$status" 200 'tick counts too'
must tick --json
get /trust
has "$(body)" failed 'and fetches'

# ---- settings ---------------------------------------------------------------------------------
get /settings
is "$status" 403 'the settings are for admins'
sign_in anna
get /settings
is "$status" 200 'the settings'
has "$(body)" 'https://cups.example.com:443' 'what is set'
has "$(body)" 'password_cost' 'every key'
has "$(body)" 'as they should be' 'the folder is sound'
must config --json
is "$(jq -r '.keys[] | select(.name == "password_cost") | "\(.value) \(.set)"' "$work/out")" \
  '1 true' 'the same on the command line'
must check --basics --json
is "$(jq .errors "$work/out")" 0 'and the check'
chmod 755 "$data/seal.keys"
get /settings
is "$status" 200 'its page'
hasnt "$(body)" 'as they should be' 'what is wrong is shown'
stop_app
done_testing
