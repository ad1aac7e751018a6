#!/bin/sh
# The admin and its API when memory or a store fails in the middle: tests/lib/admin_faults asks
# for every page, and sends every form and call, once as it should be and then with one fault
# after the other.
: "${top_srcdir:=.}"
# shellcheck source=tests/lib/admin.sh
. "$top_srcdir/tests/lib/admin.sh"

# ---- something of everything -----------------------------------------------------------------
admin_data
firmware_data
make_account paul viewer
must gateway set gw-one groups=roof 'antennas=[{"gain":3}]' update_channel=ch-one
must gateway add gw-gone 58A0CBFFFE800002
must gateway delete gw-gone
must gateway add kick-one 58A0CBFFFE800003 kickstarter=true lns=my-lns \
  frequency_plan_ids=EU_863_870
must lns add free-lns wss://free.example.com:8887
must template add free-template name=Free
must ca create free-ca
must ca show free-ca --pem
cp "$work/out" "$work/free.pem"
must trust import free-trust "$work/free.pem" free.example.com:8887
must trust fetch --later wss://nowhere.invalid:8887
must cert issue gw-one --for cups --ca my-ca
must cert show gw-one --json
serial=$(jq -r '[.. | .serial? // empty][0]' "$work/out")
printf 'another image\n' >"$work/second"
must firmware add fw-free "$work/second"
must release add rel-free fw-free 2.0
for ro in run pause free; do
  must channel add "ch-$ro"
  must rollout create "ro-$ro" rel-one "ch-$ro"
done
must rollout start ro-run 10
must rollout start ro-pause 10
must rollout pause ro-pause --why rain
must key create --all-gateways --api --rights ALL --json
fleet_key=$(jq -r .key "$work/out")
must key create --all-gateways --api --rights INFO --name other --json
fleet_id=$(jq -r .id "$work/out")
for n in F1 F2; do
  printf '{"router":"58a0:cbff:fe80:%s","cupsUri":"https://cups.example.com:443","tcUri":"","cupsCredCrc":1,"tcCredCrc":1,"station":"2.0.6","model":"linux","package":"","keys":[]}' \
    "$n" >"$work/poll"
  cgi cgi-bin/cups.fcgi POST /update-info "@$work/poll" CONTENT_TYPE=application/json \
    GATEHOUSE_TEST_NOW="$now" "HTTP_AUTHORIZATION=Bearer key-of-$n"
done
must unknown ignore 58A0CBFFFE8000F2
digest=$(printf key-of-F1 | sha256sum | cut -d' ' -f1)
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 100 \
  -subj /CN=58A0CBFFFE800001 -keyout "$work/gw.key" -out "$work/gw.pem" 2>/dev/null ||
  bail 'no certificate'
printf 'a third image\n' >"$work/second-image"
"$top_builddir/gatehouse-sign" --create "$work/two.key" >/dev/null 2>&1 || bail 'no key'
"$top_builddir/gatehouse-sign" --key "$work/two.key" --public >"$work/two.pub"
printf 'gateway_id,name\nroof-1,Roof 1\ngw-one,Renamed\nBad ID,x\n' >"$work/some.csv"
jq -Rs '{plan_id: "MY_PLAN", yaml: .}' "$top_srcdir/share/frequency-plans/EU_863_870.yml" |
  jq -c . >"$work/plan.json"

# ---- what is asked -----------------------------------------------------------------------------
"$top_builddir/tests/lib/admin_routes" >"$work/routes" || bail 'no table of pages'
while read -r method path _; do
  [ "$method" = GET ] || continue
  case $path in
  # It sends those away who are signed in; and there is no certificate for the LNS.
  /sign-in) continue ;;
  /gateways/*/file) path="$path?path=semtechudp/global_conf.json" ;;
  '/rollouts/{id}/resume') path=/rollouts/ro-pause/resume ;;
  esac
  printf 'GET\t%s\n' "$(real "$path")"
done <"$work/routes" >"$work/requests"

# form PATH [FIELD=VALUE...], steps (the same, in several changes: registry and ledger, many
# gateways, a note before the answer), call METHOD PATH [JSON]: adds a request
form() {
  printf '%s' "${form_word-POST}"
  printf '\t%s' "$@"
  echo
}
steps() {
  form_word=STEPS
  form "$@"
  unset form_word
}
call() {
  printf 'API\t%s\t/api/v3%s\t%s\n' "$1" "$2" "$3"
}
gw=/gateways/gw-one
{
  for query in '/?done=1' '/gateways?word=roof&lns=my-lns' '/audit?kind=gateway&id=gw-one' \
    /gateways/kick-one /gateways/kick-one/explain /gateways/kick-one/start /gateways/gw-gone \
    '/export/gateways?format=csv' '/move?uri=https%3A%2F%2Flns.example.com%3A8887' \
    '/rollouts/ro-run/plan?percentage=100' /rollouts/ro-run /rollouts/ro-run/gateways \
    /rollouts/ro-run/step /gateways/new?kind=udp /trust/free-trust /unknown/58A0CBFFFE8000F2; do
    printf 'GET\t%s\n' "$query"
  done
  form /me/password 'current=password of anna' 'password=a new password' 'again=a new password'
  form /gateways/new kind=station ids.gateway_id=gw-new was.ids.gateway_id= lns=my-lns \
    was.lns= lbs_lns_secret.value=a-key
  form $gw/edit "version=@@$gw/edit" name=New was.name=Roof antennas.0.count=2 \
    antennas.0.gain=4 antennas.1.gain=5
  form $gw/delete "version=@@$gw/delete"
  form /gateways/gw-gone/restore
  steps /gateways/gw-gone/purge
  form $gw/retry
  form $gw/window what=open
  form /gateways/kick-one/window what=activation-open
  form /gateways/kick-one/window what=activation-close
  form $gw/certificates/issue "version=@@$gw/certificates" use=cups ca=my-ca not_after=+30d
  form $gw/certificates/import "version=@@$gw/certificates" use_of=lns \
    "certificate=@$work/gw.pem" "key=@$work/gw.key"
  form $gw/certificates/cups/remove "version=@@$gw/certificates/cups/remove"
  form $gw/keys "version=@@$gw/keys" purpose=cups name=one
  form $gw/keys "version=@@$gw/keys" purpose=files name=two value=brought-by-hand-1 expires=+3d
  form $gw/keys/rotate "version=@@$gw/keys"
  form "$gw/keys/$key_id/revoke"
  form /unknown/58A0CBFFFE8000F1/adopt template_id=my-template gateway_id=roof-9 \
    "digest=$digest"
  form /unknown/58A0CBFFFE8000F1/ignore note=no
  form /unknown/58A0CBFFFE8000F2/notice
  form /unknown/58A0CBFFFE8000F1/forget
  form /lns/new lns_id=lns-new was.lns_id= uri=wss://new.example.com:8887 was.uri=
  form /lns/my-lns/edit version=@@/lns/my-lns/edit name=Mine was.name=
  form /lns/free-lns/delete version=@@/lns/free-lns/delete
  form /trust/new trust_id=trust-new addresses=new.example.com:443 \
    "certificate=@$work/gw.pem"
  form /trust/fetch uri=wss://else.invalid:8887 id=
  form /trust/unqueue uri=wss://nowhere.invalid:8887
  form /trust/free-trust/edit version=@@/trust/free-trust/edit addresses=c.example.com:443 \
    was.addresses=free.example.com:8887
  form /trust/free-trust/delete version=@@/trust/free-trust/delete
  steps /move uri=https://free.example.com:8887 all=yes
  form /cas/new ca_id=ca-new eui_prefixes=AA "certificate=@$work/my-ca.pem"
  form /cas/create ca_id=ca-new eui_prefixes=58a0cb not_after=+100d
  form /cas/free-ca/edit version=@@/cas/free-ca/edit eui_prefixes=BB was.eui_prefixes=
  form /cas/free-ca/delete version=@@/cas/free-ca/delete
  form /cas/my-ca/revoke "serial=$serial"
  form /plans/import do=import "files=@$top_srcdir/share/frequency-plans/EU_863_870.yml"
  form /plans/US_902_928_FSB_2/delete version=@@/plans/US_902_928_FSB_2/delete
  form /boards/import do=import "files=@$top_srcdir/share/concentrators/rak2287-spi.yml"
  form /boards/rak2287-spi/delete version=@@/boards/rak2287-spi/delete
  form /templates/new template_id=tpl-new was.template_id= lns=my-lns was.lns=
  form /templates/my-template/edit version=@@/templates/my-template/edit name=T was.name=
  form /templates/free-template/delete version=@@/templates/free-template/delete
  form /firmware/new firmware_id=fw-new family=station "file=@$work/second-image"
  form /firmware/fw-one/verify
  form '/firmware/fw-one/unsign?key=key-one'
  form /firmware/fw-one/edit version=@@/firmware/fw-one/edit description=D was.description=
  form /signing-keys/new key_id=key-two "file=@$work/two.pub"
  form /signing-keys/key-one/retire retired=true
  form /signing-keys/key-one/edit version=@@/signing-keys/key-one/edit name=K was.name='<i>One'
  form /releases/new release_id=rel-new was.release_id= firmware=fw-one was.firmware= \
    version=3.0 was.version=
  form /releases/rel-free/edit version=@@/releases/rel-free/edit description=D was.description=
  form /releases/rel-free/delete version=@@/releases/rel-free/delete
  form /channels/new channel_id=ch-new was.channel_id=
  form /channels/ch-free/edit version=@@/channels/ch-free/edit description=D was.description=
  form /rollouts/new rollout_id=ro-new was.rollout_id= release=rel-one was.release= \
    channel=ch-free was.channel= 'steps=10,50@48h,100' was.steps=
  form /rollouts/ro-one/edit version=@@/rollouts/ro-one/edit description=D was.description= \
    steps=20,100 was.steps=
  steps /rollouts/ro-one/delete version=@@/rollouts/ro-one/delete
  steps /rollouts/ro-one/start percentage=10
  steps /rollouts/ro-run/step percentage=20
  steps /rollouts/ro-run/pause why=rain
  steps /rollouts/ro-pause/resume
  steps /rollouts/ro-run/finish force=true
  steps /rollouts/ro-run/abort why=enough
  form /keys/new gateway= name=prog was.name= rights=RIGHT_GATEWAY_INFO was.rights=
  form "/keys/$fleet_id/edit" "version=@@/keys/$fleet_id/edit" name=O was.name=other
  form "/keys/$fleet_id/revoke"
  form /import format=csv existing=update "file=@$work/some.csv"
  steps /export/secrets secrets=on format=json
  form /accounts/new account_id=nina name=Nina role=viewer password=
  form /accounts/new account_id=nina name=Nina role=viewer 'password=a long password'
  form /accounts/paul/edit version=@@/accounts/paul/edit role=operator was.role=viewer
  form /accounts/paul/delete version=@@/accounts/paul/delete
  form /accounts/paul/password password=
  form /accounts/paul/password 'password=a long password'
  form /accounts/paul/sessions
} >>"$work/requests"
own=/gatehouse
{
  for path in /gateways '/gateways?limit=2&page=2&field_mask=name,lns,antennas' \
    '/users/u/gateways?order=-name' '/search/gateways?query=roof' $gw \
    "$gw?field_mask=name,attributes,lbs_lns_secret" $gw/rights $gw/api-keys \
    "$gw/api-keys/$key_id" $gw/explain '/gateways/kick-one/explain' $gw/history?limit=3 \
    $gw/certificates /gateways/kick-one/activation-window "$own/export?format=csv" \
    "$own/export?format=json" $own/unknown-gateways "$own/audit?limit=3" \
    $own/frequency-plans/EU_863_870/file; do
    call GET "$path"
  done
  for kind in network-servers/my-lns templates/my-template trusts/my-trust cas/my-ca \
    frequency-plans/EU_863_870 concentrators/rak2287-spi signing-keys/key-one; do
    call GET "$own/${kind%/*}?limit=2"
    call GET "$own/$kind"
  done
  call POST /gateways '{"gateway":{"ids":{"gateway_id":"api-new","eui":"58A0CBFFFE8000AA"},"name":"N","frequency_plan_id":"EU_863_870_TTN","antennas":[{"gain":2.5}],"attributes":{"room":"12"}}}'
  call PUT $gw '{"gateway":{"name":"Other","lns":"free-lns"},"field_mask":{"paths":["name","lns"]}}'
  call DELETE $gw
  call POST /gateways/gw-gone/restore
  call DELETE /gateways/gw-gone/purge
  call POST $gw/api-keys '{"name":"k","rights":["RIGHT_GATEWAY_INFO"],"expires_at":"2027-01-01T00:00:00Z"}'
  call POST $gw/api-keys/import '{"key":"its-own-key","name":"old","rights":["RIGHT_GATEWAY_INFO"]}'
  call POST $gw/api-keys/rotate '{}'
  call PUT "$gw/api-keys/$key_id" '{"api_key":{"name":"other","rights":["RIGHT_GATEWAY_LINK"]}}'
  call DELETE "$gw/api-keys/$key_id"
  call POST $gw/retry '{}'
  call POST $gw/provisioning-window '{}'
  call DELETE $gw/provisioning-window
  call POST /gateways/kick-one/activation-window '{}'
  call DELETE /gateways/kick-one/activation-window
  call POST $gw/certificates/lns/issue '{"ca":"my-ca","not_after":"+30d"}'
  call POST $gw/certificates/lns/import "$(jq -nc --rawfile c "$work/gw.pem" \
    --rawfile k "$work/gw.key" '{certificate: $c, key: $k}')"
  call DELETE $gw/certificates/cups
  call POST "$own/import?dry_run=1&format=csv" 'id,name'
  call POST $own/unknown-gateways/58A0CBFFFE8000F1/adopt '{"template":"my-template"}'
  call DELETE $own/unknown-gateways/58A0CBFFFE8000F1
  call POST $own/network-servers '{"lns_id":"other","uri":"wss://o.example.com:8887"}'
  call PUT $own/network-servers/my-lns '{"name":"Again"}'
  call DELETE $own/network-servers/free-lns
  call POST $own/templates '{"template":{"template_id":"tpl","eui_prefixes":["58a0"],"lns":"my-lns"}}'
  call POST $own/cas '{"ca_id":"api-ca","eui_prefixes":["00800000"],"not_after":"+30d"}'
  call POST $own/cas/my-ca/revoke "{\"serial\":\"$serial\"}"
  call POST $own/trusts "$(jq -nc --rawfile c "$work/gw.pem" \
    '{trust_id: "api-trust", certificate: $c, addresses: ["a.example.com:443"]}')"
  call PUT $own/trusts/free-trust '{"addresses":["b.example.com:443"]}'
  call POST $own/frequency-plans "$(cat "$work/plan.json")"
  call POST $own/keys '{"name":"fleet","rights":["RIGHT_GATEWAY_INFO"]}'
  call POST $own/signing-keys/key-one/retire '{}'
} >>"$work/requests"

"$top_builddir/tests/lib/admin_faults" "$data" "$share" anna "$fleet_key" <"$work/requests"
