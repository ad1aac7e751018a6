#!/bin/sh
# Mixed traffic at full speed for SOAK_SECONDS (600): all programs at once, two workers of
# each, with changes by the command line and `gatehouse tick` going on. Each kind of traffic
# is a line of a round below; every answer is looked at. No error, no growth, and no leak and
# no report when built with sanitizers. TAP.
: "${top_srcdir:=.}"
# Freed memory would be kept back by the sanitizer, 256 MB of it, and look like growth.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=1:quarantine_size_mb=4
export ASAN_OPTIONS
# shellcheck source=tests/lib/admin.sh
. "$top_srcdir/tests/lib/admin.sh"
# shellcheck source=tests/lib/workers.sh
. "$top_srcdir/tests/lib/workers.sh"

seconds=${SOAK_SECONDS:-600}
programs='cups udp-config kickstarter admin'
now=$(date -u +%FT%TZ)

# What a worker may have grown by between the second and the last quarter of the time: its
# memory at the most by an eighth and 4 MB, its descriptors at the least by none. What a
# database may: 1 MB, and 4 kB for each change, of which the audit log keeps a line.
memory_part=8 memory_more=4096 store_more=1048576 store_change=4096

streams=
finish() {
  # shellcheck disable=SC2046,SC2086 # process ids
  kill -9 $streams $(cat "$work"/*.workers 2>/dev/null) 2>/dev/null
  tap_cleanup
}
trap finish EXIT

# ---- data --------------------------------------------------------------------------------
# secret NAME TEXT: a file with it
secret() {
  printf '%s' "$2" >"$work/$1"
}

# import_key GATEWAY|--all-gateways KEY RIGHTS
import_key() {
  secret key.txt "$2"
  must key import "$1" --api --rights "$3" --file "$work/key.txt"
}

# A disk that is busy with other things is waited for; tests/fault has what happens otherwise.
config 'log_level = error' 'workers = 2' 'throttle_failures = 1000000' 'push_limit = 1000' \
  'firmware_attempts = 100' 'udp_server = udp.example.com' 'write_wait = 10000'
key='' body=''
"$top_builddir/bench/fleet" "$data" 2000 >"$work/fleet" || bail 'no data folder'
. "$work/fleet"
chmod 2770 "$data" "$data"/*/
make_account anna admin
must plan import "$share/frequency-plans"
must concentrator import "$share/concentrators"

# A station that is up to date, one that lacks something, one that gets firmware.
: >"$work/none"
secret idle "$body"
printf '%s' "$body" | sed 's/CredCrc":[0-9]*/CredCrc":1/g' >"$work/push"
printf '%s' "$body" | cut -c1-100 >"$work/broken"
(cd "$work" && issue=$(cd "$OLDPWD" && cd "$top_builddir" && pwd)/tests/lib/issue &&
  "$issue" ca use=ca cn=Fleet && "$issue" own ca=ca cn=58A0CBFFFE0003E8) || bail issue
must ca import fleet "$work/ca.pem" --prefix 58A0CB
"$top_builddir/gatehouse-sign" --create "$work/sign.key" >"$work/out" 2>&1 || bail 'no key'
must signing-key add sign-1 "$work/sign.key" --signer "file:$work/sign.key"
head -c 3145728 /dev/urandom >"$work/image"
must firmware add station-image "$work/image"
must firmware sign station-image sign-1
must release add station-2 station-image v2
must channel add station station-2
must gateway add soak-update 58A0CBFFFE800001 update_channel=station auto_update=true
secret key.txt key-of-update
must key import soak-update --file "$work/key.txt"
must signing-key show sign-1 --json
crc=$(jq -r '.. | .crc? // empty' "$work/out" | head -n 1)
printf '%s' "$body" | sed "s/\"router\":\"[^\"]*\"/\"router\":\"58a0:cbff:fe80:1\"/
s/\"package\":\"[^\"]*\"/\"package\":\"v1\"/;s/\"keys\":.*/\"keys\":[$crc]}/" >"$work/update"

must gateway add soak-udp 58A0CBFFFE800002 frequency_plan_ids=EU_863_870_TTN
import_key soak-udp key-of-udp INFO
import_key soak-udp key-that-is-weak LINK
import_key --all-gateways key-for-all ALL
must gateway add soak-api

secret lns.key key-of-kick
must gateway add soak-kick kickstarter=true frequency_plan_ids=EU_863_870 auto_update=true \
  update_channel=kick gateway_server_address=gatewayserver \
  --secret "lbs_lns_secret.value=$work/lns.key"
"$top_builddir/tests/lib/publish" "$data" hex 2000 1 >"$work/kick.hex" || bail 'no image'
must firmware add kick-image "$work/kick.hex" --family kickstarter
must release add kick-1 kick-image 1.0
must channel add kick kickstarter=kick-1
sum=$(sha256sum <"$work/kick.hex" | cut -d ' ' -f 1)

# ---- traffic --------------------------------------------------------------------------------
# wrong NAME: the stream's last answer, or what a command said, is not as it should be
wrong() {
  {
    echo "$stream: $1"
    head -c 600 "$work/$stream.out"
    echo
  } >>"$work/wrong"
  return 1
}

# kind NAME STATUS N WORDS BODYFILE METHOD URI [VARIABLE...]: N requests on up to four
# connections, all answered by STATUS and alike, with WORDS in head or body. `changing` before
# it: not alike, since what they show changes meanwhile.
alike=
kind() {
  kind_name=$1 kind_status=$2 kind_n=$3 kind_words=$4 kind_body=$5
  shift 5
  # shellcheck disable=SC2086 # an option or nothing
  if "$top_builddir/bench/fcgi_load" $alike -o -i 60 -n "$kind_n" -c 4 -s "$kind_status" \
    -B "$work/$kind_body" "$sock" "$@" >"$work/$stream.out" 2>&1 &&
    grep -aqF -e "$kind_words" "$work/$stream.out"; then
    echo "$kind_n $stream $kind_name" >>"$work/counts"
  else
    wrong "$kind_name"
  fi
}

changing() {
  alike=-d
  "$@"
  alike=
}

# change WORD...: a command that works
change() {
  if GATEHOUSE_CONF=$conf "$top_builddir/gatehouse" "$@" >"$work/$stream.out" 2>&1; then
    echo "1 $stream gatehouse $1 $2" >>"$work/counts"
  else
    wrong "gatehouse $*"
  fi
}

# The image is the end of what came.
image_came() {
  tail -c 3145728 "$work/$stream.out" | cmp -s - "$work/image" || wrong 'the image'
}

cups_round() {
  set -- POST /update-info "HTTP_AUTHORIZATION=Bearer $key" REMOTE_ADDR=192.0.2.7
  kind 'nothing to do' 200 300 'Content-Length: 14' idle "$@"
  kind 'credentials' 200 1 'Authorization: Bearer' push "$@"
  kind 'broken body' 400 100 '' broken "$@"
  kind 'no key' 401 100 '' idle POST /update-info
  kind 'wrong key' 403 100 '' idle POST /update-info 'HTTP_AUTHORIZATION=Bearer x'
  kind 'another way' 405 20 'Allow: POST' none GET /update-info
  kind 'client certificate' 200 100 'Content-Length: 14' idle \
    POST /update-info "SSL_CLIENT_CERT=$certificate"
  kind 'firmware' 200 1 '' update POST /update-info 'HTTP_AUTHORIZATION=Bearer key-of-update'
  image_came
  change gateway retry bench-gateway-1000
  change gateway retry soak-update
}

udp_round() {
  file=/api/v3/gcs/gateways/soak-udp/semtechudp/global_conf.json
  mine='HTTP_AUTHORIZATION=Bearer key-of-udp'
  changing kind 'file' 200 100 58A0CBFFFE800002 none GET $file "$mine"
  changing kind 'not changed' 304 200 "$etag" none GET $file "$mine" "HTTP_IF_NONE_MATCH=$etag"
  kind 'no key' 401 50 '' none GET $file
  kind 'weak key' 403 50 '' none GET $file 'HTTP_AUTHORIZATION=Bearer key-that-is-weak'
  kind 'no such file' 404 50 '' none GET ${file%/*}/nothing "$mine"
  kind 'no such gateway' 404 50 '' none GET /api/v3/gcs/gateways/nobody/semtechudp/global_conf.json \
    'HTTP_AUTHORIZATION=Bearer key-for-all'
}

kick_round() {
  gateways=/api/v2/gateways
  set -- HTTP_USER_AGENT=TTNGateway HTTP_HOST=example.com:443
  mine='HTTP_AUTHORIZATION=Key key-of-kick'
  change gateway activation open soak-kick
  kind 'activation' 201 1 '"key":"key-of-kick"' none PUT $gateways/soak-kick/activate "$@"
  kind 'configuration' 200 100 "/api/v2/firmware/$sum" none \
    GET "$gateways/soak-kick?filter=ttn" "$mine" "$@"
  kind 'frequency plan' 200 50 chan_multiSF_7 none GET /api/v2/frequency-plans/EU_863_870 "$@"
  kind 'checksums' 200 50 "$sum" none GET "/api/v2/firmware/$sum/checksums" "$@"
  kind 'firmware' 200 20 :00000001ff none GET "/api/v2/firmware/$sum/firmware.hex" "$@"
  kind 'no firmware' 404 50 '' none GET /api/v2/firmware/none/checksums "$@"
  kind 'wrong key' 401 50 '"code":401' none GET $gateways/soak-kick 'HTTP_AUTHORIZATION=Key x' "$@"
  kind 'activation of nobody' 404 50 '"code":404' none PUT $gateways/nobody/activate "$@"
  kind 'activation refused' 403 50 '"code":403' none PUT $gateways/soak-kick/activate "$@"
}

# answered STATUS NAME: the last answer of get, post or send
answered() {
  cp "$answer" "$work/$stream.out"
  if [ "$status" = "$1" ]; then echo "1 $stream $2" >>"$work/counts"; else wrong "$2"; fi
}

# A person signs in, looks around, changes a name, is not taken in by a form without its
# token, and leaves; programs read and change by the API.
admin_round() {
  sign_in anna
  answered 200 'signing in'
  for page in /gateways '/gateways?word=bench&after=1000' /firmware /plans /audit /; do
    changing kind "page $page" 200 10 '</html>' none GET "$prefix$page" "HTTP_COOKIE=$cookie"
  done
  get /gateways/soak-udp/edit
  was=$(field was.name)
  post /gateways/soak-udp/edit "version=$(field version)" "name=round $round" "was.name=$was"
  answered 303 'a form'
  send /gateways/soak-udp/edit 'name=forged'
  answered 403 'a form without its token'
  post /sign-out
  answered 303 'signing out'
  set -- 'HTTP_AUTHORIZATION=Bearer key-for-all' CONTENT_TYPE=application/json
  changing kind 'API: list' 200 10 gateway_id none GET '/api/v3/gateways?limit=50' "$@"
  req GET /api/v3/gateways/soak-api '' "$@"
  answered 200 'API: read'
  etag=$(header ETag)
  set -- "$@" "HTTP_IF_MATCH=$etag"
  req PUT /api/v3/gateways/soak-api "{\"gateway\":{\"description\":\"round $round\"}}" "$@"
  answered 200 'API: change'
  req PUT /api/v3/gateways/soak-api '{"gateway":{"description":"late"}}' "$@"
  answered 412 'API: change of what was changed'
  kind 'API: no key' 401 20 '"code":16' none GET /api/v3/gateways/soak-api
}

change_round() {
  change gateway set bench-gateway-1000 "name=round $round"
  change gateway add "soak-new-$round"
  change gateway delete "soak-new-$round"
  change gateway purge "soak-new-$round" --yes
  change lns set lns-bench "name=round $round"
  change explain soak-kick
  change gateway export
  change audit list
}

tick_round() {
  change tick
  sleep 1
}

# flow NAME PROGRAM: rounds of it until the end, or until anything is wrong
flow() {
  (
    trap - EXIT
    stream=$1 sock=$work/$2.socket answer=$work/$1.answer round=0
    while [ "$(date +%s)" -lt "$end" ] && [ ! -s "$work/wrong" ]; do
      round=$((round + 1))
      "$1_round"
    done
  ) &
  streams="$streams $!"
}

# ---- what is watched --------------------------------------------------------------------------
# sample: a line for each worker (time, program, process, kB of its own, descriptors) and each
# database (time, name, bytes)
sample() {
  at=$(($(date +%s) - begin))
  for program in $programs; do
    for pid in $(cat "$work/$program.workers"); do
      echo "$at $program $pid $(awk '/^RssAnon/ { print $2 }' "/proc/$pid/status")" \
        "$(find "/proc/$pid/fd" -mindepth 1 2>/dev/null | wc -l)"
    done
  done >>"$work/samples"
  for store in registry ledger; do
    echo "$at $store $store $(stat -c %s "$data/$store/data.mdb")"
  done >>"$work/sizes"
}

# flat FILE COLUMN most|least PART MORE NAME: for nobody in the samples is the most (or the
# least: what is always there) of the last quarter of the time above that of the second one
# by more than a PARTth of it and MORE
flat() {
  awk -v column="$2" -v which="$3" -v part="$4" -v more="$5" -v all="$seconds" '
    function note(seen, who, value) {
      if (!(who in seen) || (which == "most") == (value > seen[who]))
        seen[who] = value
    }
    $1 >= all / 4 && $1 < all / 2 { note(early, $2 " " $3, $column + 0) }
    $1 >= all * 3 / 4 { note(late, $2 " " $3, $column + 0) }
    END {
      for (i in late) {
        grown = late[i] > early[i] + (part ? early[i] / part : 0) + more
        bad = bad || grown
        print i ": " early[i] ", " late[i] " at the end" (grown ? ": too much" : "")
      }
      exit bad
    }' "$work/$1" >"$work/flat"
  flat_status=$?
  sort "$work/flat" | sed 's/^/# /'
  is "$flat_status" 0 "$6"
}

# ---- all at once ----------------------------------------------------------------------------------
parents=
for program in $programs; do
  sock=$work/$program.socket log=$work/$program.log
  workers "cgi-bin/$program.fcgi" 2 "$work/$program.workers"
  parents="$parents $program:$app_pid"
  app_pid=
done
certificate=$(cat "$work/own.pem")
sock=$work/udp-config.socket
req GET /api/v3/gcs/gateways/soak-udp/semtechudp/global_conf.json '' \
  'HTTP_AUTHORIZATION=Bearer key-of-udp'
etag=$(header ETag)
: >"$work/wrong"
begin=$(date +%s)
end=$((begin + seconds))
flow cups cups
flow udp udp-config
flow kick kickstarter
flow admin admin
flow change cups
flow tick cups
while [ "$(date +%s)" -lt "$end" ] && [ ! -s "$work/wrong" ]; do
  sample
  sleep 2
done
# shellcheck disable=SC2086 # process ids
wait $streams
streams=

# ---- what came of it ---------------------------------------------------------------------------------
echo '# how many of each:'
awk '{ n = $1; $1 = ""; count[$0] += n } END { for (i in count) print count[i] i }' \
  "$work/counts" | sort -k 2,2 -k 1,1rn | sed 's/^/#   /'
all=$(awk '{ n += $1 } END { print n }' "$work/counts")
changes=$(grep -c ' gatehouse \| a form$\| API: change$\| signing in$' "$work/counts")
is "$(cat "$work/wrong")" '' "everything was answered as it should be: $all requests, $changes changes"
flat samples 4 most "$memory_part" "$memory_more" 'memory is flat (kB)'
flat samples 5 least 0 0 'descriptors are closed'
flat sizes 4 most 0 $((store_more + changes * store_change)) 'the databases do not grow (bytes)'
for parent in $parents; do
  app_pid=${parent#*:} app_program=${parent%:*}.fcgi
  stop_app
done
is "$(grep -hE 'Sanitizer|runtime error' "$work"/*.log)" '' 'the sanitizers have nothing to say'
stream=check
: >"$work/wrong"
change check
is "$(cat "$work/wrong")" '' 'check finds nothing wrong'
done_testing
