# Shell library of what needs the admin with a fleet that looks like one, on top of
# tests/server/lib.sh.
# shellcheck shell=sh
#
#   . "$top_srcdir/tests/browser/lib.sh"
#   sample_data          accounts anna (admin), otto (operator), vera (viewer) with passwords
#                        "password of anna"…; gateways, some of which have come, some refused;
#                        network servers, trusts, CAs, templates, unknown gateways
#   admin_start          lighttpd with the admin at $admin

# shellcheck source=tests/server/lib.sh
. "$top_srcdir/tests/server/lib.sh"

# ago DURATION: a time like -2h or -3d from now
ago() {
  date -u -d "now $1" +%Y-%m-%dT%H:%M:%SZ
}

sample_account() {
  printf 'password of %s\n' "$1" >"$work/password"
  must account add "$1" --role "$2" --password-file "$work/password"
}

# sample_gateway NUMBER ID NAME LNS GROUP PLAN
sample_gateway() {
  printf 'NNSXS.SAMPLE.%s' "$2" | must_with gateway add "$2" "58A0CBFFFE8000$1" "name=$3" \
    "lns=$4" "groups=$5" "frequency_plan_ids=$6" --secret lbs_lns_secret.value=-
  must key create "$2" --out "$work/$2.key"
}

# must_with ARGUMENT...: like must, with the standard input of this
must_with() {
  "$gatehouse" "$@" >"$work/out" 2>"$work/err" || bail "gatehouse $*: $(cat "$work/err")"
}

# came WHEN NUMBER ID [STATION [MODEL]]: it came then with its key; ID - for none
came() {
  came_key=
  if [ "$3" != - ]; then
    came_key=$(sed 's/^Authorization: //' "$work/$3.key" | tr -d '\r')
  fi
  came_body=$(
    printf '{"router":"58a0:cbff:fe80:%s","cupsUri":"https://cups.example.com:443",' "$2"
    printf '"tcUri":"wss://eu.lns.example.com:8887","cupsCredCrc":1,"tcCredCrc":1,'
    printf '"station":"%s","model":"%s","package":"%s","keys":[]}' "${4:-2.0.6(corecell/std)}" \
      "${5:-corecell}" "${6:-1.2.0}"
  )
  cgi cgi-bin/cups.fcgi POST /update-info "$came_body" CONTENT_TYPE=application/json \
    GATEHOUSE_TEST_NOW="$1" ${came_key:+HTTP_AUTHORIZATION="$came_key"}
}

sample_records() {
  make_root eu-root
  make_root us-root
  must trust import eu-root "$work/eu-root.pem" eu.lns.example.com:8887 cups.example.com:443
  must trust import us-root "$work/us-root.pem" us.lns.example.com:8887
  must trust fetch --later wss://au.lns.example.com:8887
  must ca create field-ca --prefix 58A0CB --name 'Certificates of our gateways'
  must lns add eu-lns wss://eu.lns.example.com:8887 name=Europe udp_address=eu.lns.example.com
  must lns add us-lns wss://us.lns.example.com:8887 'name=North America'
  must template add rooftop name='Rooftop gateways' lns=eu-lns \
    frequency_plan_ids=EU_863_870_TTN groups=roofs eui_prefixes=58A0CB
}

sample_visits() {
  for came_day in '-3 days' '-2 days' '-1 day' '-20 minutes'; do
    came "$(ago "$came_day")" 01 harbour
    came "$(ago "$came_day")" 02 town-hall '2.0.6(corecell/std)' corecell 1.3.0
    came "$(ago "$came_day")" 03 water-tower '2.0.5(rak833x64/std)' rak7258 1.2.0
  done
  for came_day in '-4 minutes' '-3 minutes' '-2 minutes' '-1 minute'; do
    came "$(ago "$came_day")" 04 library
  done
  came "$(ago '-5 days')" 05 old-mill '2.0.4(linux/std)' linux 0.9
  came "$(ago '-3 minutes')" 06 -
  came "$(ago '-7 hours')" 07 airport
  came "$(ago '-50 days')" 08 stadium '2.0.4(linux/std)' linux 0.9
  came "$(ago '-10 minutes')" f1 -
  came "$(ago '-2 hours')" f2 harbour '1.0 <script>alert(1)</script>' 'x<b>'
  must unknown ignore 58A0CBFFFE8000F3 --note "the neighbour's"
}

sample_data() {
  config "share = $(cd "$top_srcdir" && pwd)/share" 'password_cost = 1' 'throttle_failures = 1000'
  rmdir "$data"
  must init
  sample_account anna admin
  sample_account otto operator
  sample_account vera viewer
  sample_records
  sample_gateway 01 harbour 'Harbour, crane 3' eu-lns roofs EU_863_870_TTN
  sample_gateway 02 town-hall 'Town hall' eu-lns roofs EU_863_870_TTN
  sample_gateway 03 water-tower 'Water tower' eu-lns towers EU_863_870_TTN
  sample_gateway 04 library 'Library' us-lns roofs US_902_928_FSB_2
  sample_gateway 05 old-mill 'Old mill' eu-lns towers EU_863_870_TTN
  sample_gateway 06 bridge 'Bridge <b>north</b>' eu-lns towers EU_863_870_TTN
  sample_gateway 07 airport 'Airport, terminal 2' us-lns roofs US_902_928_FSB_2
  sample_gateway 08 stadium 'Stadium' eu-lns roofs EU_863_870_TTN
  sample_gateway 09 depot 'Depot' eu-lns roofs EU_863_870_TTN
  sample_visits
}

admin_start() {
  lighttpd_start "$@"
  # shellcheck disable=SC2034 # for the scripts
  admin=$url/admin
}
