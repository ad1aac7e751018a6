# Data for the tests of kickstarter.fcgi, over tests/cli/lib.sh.
# shellcheck shell=sh
#
#   kick_data          a data folder with the frequency plans that ship and these gateways:
#                        kick-1     lacks nothing; its LNS key is $lns_key
#                        kick-new   has no LNS key
#                        kick-bare  has no frequency plan
#                        other-1    no Kickstarter; attribute key=old-key
#                        public-1   the same, with status_public
#   want_config HOST   the whole configuration of kick-1, reached at HOST

# shellcheck disable=SC2034 # for the scripts
lns_key='NNSXS.LNS/KEY.a+b=c/d'

kick_gateway() {
  kick_id=$1
  shift
  must gateway add "$kick_id" gateway_server_address=gatewayserver "$@"
}

kick_data() {
  must init
  must plan import "$top_srcdir/share/frequency-plans"
  printf '%s\n' "$lns_key" >"$work/lns.key"
  kick_gateway kick-1 kickstarter=true frequency_plan_ids=EU_863_870 auto_update=true \
    'description=a "quoted" text' --secret lbs_lns_secret.value="$work/lns.key"
  kick_gateway kick-new kickstarter=true frequency_plan_ids=US_902_928_FSB_2
  kick_gateway kick-bare kickstarter=true --secret lbs_lns_secret.value="$work/lns.key"
  for kick_other in other-1 public-1; do
    kick_gateway "$kick_other" frequency_plan_ids=EU_863_870 \
      'description=Gateway Description' attributes=key=old-key \
      'antennas=[{"location":{"latitude":12.34,"longitude":56.78,"altitude":90}}]'
  done
  must gateway set public-1 status_public=true
}

want_config() {
  printf '%s%s%s%s' '{"frequency_plan":"EU_863_870",' \
    "\"frequency_plan_url\":\"$1/api/v2/frequency-plans/EU_863_870\"," \
    "\"firmware_url\":\"$1/api/v2/firmware/stable\"," \
    '"router":{"mqtt_address":"mqtts://gatewayserver:8881"},"auto_update":true}'
}
