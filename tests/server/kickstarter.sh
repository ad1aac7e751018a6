#!/bin/sh
# kickstarter.fcgi behind a real lighttpd, with a client that looks at bytes: every answer as
# the device needs it, fifty activations at once, thousands of mutated requests, and
# `gatehouse probe --kickstarter` as the device itself.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/server/lib.sh
. "$top_srcdir/tests/server/lib.sh"
# shellcheck source=tests/lib/kickstarter.sh
. "$top_srcdir/tests/lib/kickstarter.sh"
issue=$(cd "$top_builddir" && pwd)/tests/lib/issue
kick_data
lighttpd_start

agent='User-Agent: TTNGateway\r\n'
host="Host: 127.0.0.1:$port\r\n"
end='Connection: close\r\n\r\n'
# As in the device's request: the key goes through printf.
key="Authorization: Key $lns_key\r\n"

get() {
  raw "GET $1 HTTP/1.1\r\n$agent$host${2-}$end"
}

# ---- bytes ----------------------------------------------------------------------------
get '/api/v2/gateways/kick-1?filter=ttn' "$key"
raw_fine 'the configuration, to the end of the connection'
want_config "$url" >"$work/want"
check 'byte by byte' cmp "$work/want" "$raw.body"
is "$(head -n 1 "$raw" | tr -d '\r')" 'HTTP/1.1 200 OK' 'the status line'
is "$(grep -c "^Content-Length: $(($(wc -c <"$work/want")))" "$raw.head")" 1 \
  'Content-Length in this case'
is "$(grep -c '^Connection: close' "$raw.head")" 1 'Connection: close'
check 'the whole answer is small' [ "$(wc -c <"$raw")" -le 6199 ]
hasnt "$(cat "$raw.body")" '\' 'nothing is escaped'
get '/api/v2/frequency-plans/EU_863_870?filter=ttn'
raw_fine 'the frequency plan'
check 'in one line' [ "$(wc -l <"$raw.body")" -eq 0 ]
check 'and small' [ "$(wc -c <"$raw")" -le 6199 ]
get /api/v2/frequency-plans/EU_863_870?x=1?filter=ttn
raw_fine 'a second question mark does no harm'
is "$(head -c 12 "$raw")" 'HTTP/1.1 200' 'and it is found'
raw "PUT /api/v2/gateways/kick-1/activate HTTP/1.1\r\n$agent$host$end"
raw_fine 'an activation without body and length'
is "$(cat "$raw.body")" "{\"key\":\"$lns_key\"}" 'gets the key as it was entered'
is "$(head -n 1 "$raw" | tr -d '\r')" 'HTTP/1.1 201 Created' 'with 201'
raw "PUT /api/v2/gateways/kick-1/activate HTTP/1.1\r\n${agent}Host: 127.0.0.1\r\n$end"
raw_fine 'as before 2019, Host without the port'
is "$(cat "$raw.body")" '{"code":403,"error":"it was activated already"}' 'once only'

# answered STATUS CODE PATH NAME [HEADERS]
answered() {
  get "$3" "${5-}"
  raw_fine "$4"
  is "$(head -c 12 "$raw") $(sed 's/,"error":"[^"]*"}/ error/' "$raw.body")" \
    "HTTP/1.1 $1 {\"code\":$2 error" "$4: two members"
}
answered 401 401 /api/v2/gateways/kick-1 'no key'
answered 401 401 /api/v2/gateways/kick-1 'a wrong key' 'Authorization: Key wrong\r\n'
answered 404 404 /api/v2/gateways/kick-9 'an unknown gateway' "$key"
answered 503 50 /api/v2/gateways/kick-bare 'an incomplete configuration' "$key"
answered 404 404 /api/v2/frequency-plans/NOT_HERE 'an unknown plan'
answered 503 50 /api/v2/frequency-plans/ISM_2400_3CH_DRAFT2 'a plan that does not fit'
answered 404 404 /api/v2/firmware/stable/checksums 'no firmware'
answered 404 404 /api/v2/firmware/stable/firmware.hex 'no firmware either'
answered 404 404 /api/v2/nothing 'nothing at all'
for method in DELETE POST PATCH OPTIONS; do
  raw "$method /api/v2/gateways/kick-1 HTTP/1.1\r\n$agent${host}Content-Length: 0\r\n$end"
  raw_fine "$method"
done
raw "HEAD /api/v2/gateways/kick-1 HTTP/1.1\r\n$agent$host$key$end"
raw_fine HEAD

# ---- another client --------------------------------------------------------------------
raw "GET /api/v2/gateways/other-1 HTTP/1.1\r\n${host}Authorization: key old-key\r\n$end"
raw_fine 'another client'
for member in '"attributes":{"description":"Gateway Description"}' \
  '"router":{"id":"gatewayserver","mqtt_address":"mqtts://gatewayserver:8881"}' \
  '"antenna_location":{"latitude":12.34,"longitude":56.78,"altitude":90}'; do
  has "$(cat "$raw.body")" "$member" "it gets ${member%%:*}"
done

# ---- fifty at once ------------------------------------------------------------------------
# parallel NAME ID KEY: exactly one of fifty activations gets it
parallel() {
  must gateway activation open "$2"
  printf '%b' "PUT /api/v2/gateways/$2/activate HTTP/1.1\r\n$agent$host$end" >"$work/request"
  check "$1: fifty are answered" sh -c '"$1" -n 50 "$2" "$3" >"$4"' sh \
    "$top_builddir/tests/server/http_raw" "$port" "$work/request" "$work/fifty"
  is "$(grep -c '^201 ' "$work/fifty")" 1 "$1: one gets the key"
  is "$(grep -v '^201 ' "$work/fifty" | sed 's/"error":".*/.../' | sort | uniq -c | wc -l)" 1 \
    "$1: all others are refused alike"
  got=$(sed -n 's/^201 {"key":"\(.*\)"}$/\1/p' "$work/fifty")
}
config 'throttle_failures = 100000'
lighttpd_stop
lighttpd_start
host="Host: 127.0.0.1:$port\r\n"
parallel 'an LNS key' kick-1
is "$got" "$lns_key" 'it is the one that the operator entered'
parallel 'a new key' kick-new
get /api/v2/gateways/kick-new "Authorization: Key $got\r\n"
is "$(head -c 12 "$raw")" 'HTTP/1.1 200' 'it is good'
run key list kick-new --json
json length 1 'and the only one that was made'

# ---- thousands of mutated requests ------------------------------------------------------------
count=5000
if sanitized; then count=1000; fi
started=$(date +%s)
# mutated COUNT SEED KEY: the statuses are in $work/statuses
mutated() {
  check "$1 mutated requests" sh -c '"$1" -m "$2" "$3" "$4" kick-1 "$5" >"$6"' sh \
    "$top_builddir/tests/server/http_raw" "$1" "$2" "$port" "$3" "$work/statuses"
}
mutated "$((count / 5))" 4 "$lns_key"
check 'with the right key, so that some are answered in full' grep -q ' 200$' "$work/statuses"
mutated "$count" 20261122 wrong
echo "# in $(($(date +%s) - started)) s: $(sed 's/\([0-9]*\) \([0-9]*\)/\2: \1/' "$work/statuses" |
  tr '\n' ' ')"
is "$(awk '{ n += $1 } END { print n }' "$work/statuses")" "$count" 'all of them are answered'
get '/api/v2/gateways/kick-1?filter=ttn' "$key"
is "$(head -c 12 "$raw")" 'HTTP/1.1 200' 'and it lives'

# ---- as the device itself -----------------------------------------------------------------------
probe() {
  run probe "$url" --kickstarter --id "$@"
}
probe kick-1 --key-file "$work/lns.key" --json
ok 0 'the device takes everything'
json '[.steps[] | .request + " " + .effect] | join(", ")' \
  'configuration goes-on, frequency-plan goes-on, checksums keeps-firmware' 'step by step'
json '.steps[0].broker_host + " " + (.steps[0].broker_port | tostring)' 'gatewayserver 8881' \
  'and reads the broker'
json '[.steps[].findings[] | select(.bad)] | length' 0 'nothing is against its rules'
probe kick-1 --key "$work/lns.key" --old-host --print-request
has "$(printf '%s' "$out" | tr -d '\r')" 'Host: 127.0.0.1
Authorization' 'as before 2019'
probe kick-1
ok 5 'without a key it activates, and waits for a human'
has "$out" 'it waits for a human' 'is said'
must gateway activation open kick-1
probe kick-1 --json --show-secrets
ok 0 'in an open window'
json '.steps[0].key' "$lns_key" 'it gets its key'
printf 'wrong\n' >"$work/wrong"
probe kick-1 --key-file "$work/wrong"
ok 5 'a wrong key'
has "$out" 'drops its key and activates again' 'what it would do'
probe kick-9 --key-file "$work/lns.key"
ok 3 'an unknown gateway'
has "$out" 'drops its ID and key' 'what it would do'
probe kick-bare --key-file "$work/lns.key"
ok 6 'an incomplete configuration'
has "$out" 'tries again after some seconds' 'what it would do'
plans=$("$gatehouse" plan list --json 2>/dev/null | jq -r '.[].plan_id')
check 'there are plans' [ "$(echo "$plans" | wc -l)" -gt 60 ]
for plan in $plans; do
  run gateway set kick-1 "frequency_plan_ids=$plan"
  if [ "$status" != 0 ]; then
    echo "# refused: $plan"
    case $err in *"a Kickstarter cannot take $plan: "*) continue ;; esac
    echo "$plan: $err" >>"$work/plans"
    continue
  fi
  probe kick-1 --key-file "$work/lns.key"
  [ "$status" = 0 ] || echo "$plan: $out" >>"$work/plans"
done
is "$(cat "$work/plans" 2>/dev/null)" '' 'every plan that ships is taken, or refused when entered'

must gateway set kick-1 frequency_plan_ids=EU_863_870

# ---- TLS -----------------------------------------------------------------------------------------------
# etc/lighttpd/gatehouse-tls.conf, with no server name, at most TLS 1.2, one root.
lighttpd_stop
(cd "$work" && "$issue" root use=ca cn=Root && "$issue" server ca=root use=server cn=gh.example.com) ||
  bail 'no certificate'
cat "$work/root.pem" >>"$work/server.pem"
lighttpd_start 'server.modules += ( "mod_openssl" )' \
  "var.gatehouse_https = \"127.0.0.1:@next@\"" \
  "var.gatehouse_certificate = \"$work/server.pem\"" \
  "var.gatehouse_key = \"$work/server.key\"" \
  "var.gatehouse_client_cas = \"$work/root.pem\"" \
  "include \"$(cd "$top_srcdir" && pwd)/etc/lighttpd/gatehouse-tls.conf\""
must gateway activation open kick-1
run probe "https://127.0.0.1:$((port + 1))" --kickstarter --id kick-1 --json \
  --trust "$work/root.pem"
ok 0 'by TLS, whatever name the certificate has'
json '[.steps[] | .request + " " + .tls + " " + .effect] | join(", ")' \
  'activation TLS1.2 goes-on, configuration TLS1.2 goes-on, frequency-plan TLS1.2 goes-on, checksums TLS1.2 keeps-firmware' \
  'step by step'
json '.steps[1].frequency_plan_url' \
  "https://127.0.0.1:$((port + 1))/api/v2/frequency-plans/EU_863_870" 'at the same place'
run probe "https://127.0.0.1:$((port + 1))" --kickstarter --id kick-1
ok 1 'a root that it does not know'
has "$err" 'unknown issuer' 'is said'

# ---- faults ------------------------------------------------------------------------------------------
# back_off NAME: the device gets over it, without losing its key or waiting for a human
back_off() {
  probe kick-1 --key-file "$work/lns.key" --json
  ok 6 "$1: put off"
  json .effect retries "$1: it tries again"
  json '[.steps[].findings[] | select(.bad)] | length' 0 "$1: by the rules"
}
lighttpd_stop
mv "$data/seal.keys" "$work/ring"
lighttpd_start
back_off 'no sealing keys'
mv "$work/ring" "$data/seal.keys"
probe kick-1 --key-file "$work/lns.key"
ok 0 'the sealing keys are back'
lighttpd_stop
mv "$data" "$work/away"
mkdir "$data"
lighttpd_start
back_off 'no database'
rmdir "$data"
mv "$work/away" "$data"
sleep 1.1
probe kick-1 --key-file "$work/lns.key"
ok 0 'the database is back'
# The web server answers by itself when the program is not there; the device gets over it.
lighttpd_stop
cat >"$work/rows" <<'END'
server.modules += ( "mod_fastcgi" )
fastcgi.server += ( "/api/v2/" => ((
	"socket" => gatehouse_run + "/nobody.socket", "check-local" => "disable" )) )
END
lighttpd_rows=$work/rows
lighttpd_start
probe kick-1 --key-file "$work/lns.key" --json
json .effect retries 'a program that is not there: it tries again'
lighttpd_stop
done_testing
