#!/bin/sh
# What the API refuses rather than guesses: values it cannot read, records that changed
# meanwhile, and what a key may not do by another way.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
app_env="GATEHOUSE_TEST_NOW=$now"

# import_key GATEWAY|--all-gateways KEY RIGHTS
import_key() {
  printf '%s' "$2" | "$gatehouse" key import "$1" --api --rights "$3" \
    >"$work/out" 2>"$work/err" || bail "key import: $(cat "$work/err")"
}

must init
must gateway add gw-one 58A0CBFFFE800001
import_key --all-gateways key-of-admin ALL
start_app cgi-bin/admin.fcgi

# ask METHOD PATH [BODY] [VAR=VALUE...]: with $key; $out is the body
key='key-of-admin'
ask() {
  ask_method=$1 ask_path=$2 ask_body=${3-}
  if [ $# -gt 3 ]; then shift 3; else shift $#; fi
  req "$ask_method" "/api/v3$ask_path" "$ask_body" CONTENT_TYPE=application/json \
    "HTTP_AUTHORIZATION=Bearer $key" "$@"
  out=$(body)
  jq -cRs --arg m "$ask_method" --arg p "/api/v3$ask_path" --arg s "$status" \
    --arg t "$(header Content-Type)" \
    '{method: $m, path: $p, status: ($s | tonumber), type: $t, body: .}' \
    "$answer.body" >>"$work/answers"
}

# said STATUS FILTER WANTED NAME: the status and a part of the body
said() {
  is "$status $(printf '%s' "$out" | jq -r "$2" 2>&1)" "$1 $3" "$4"
}
field='.details[0].attributes.field'

# ---- the provisioning window -------------------------------------------------------------
window=/gateways/gw-one/provisioning-window
ask GET /gateways/gw-one
etag=$(header ETag)
ask POST $window '{"until":"+2h"}' "HTTP_IF_MATCH=$etag"
said 200 .provisioning_until 2026-11-22T14:00:00Z 'a window is opened'
ask DELETE $window '' "HTTP_IF_MATCH=$etag"
said 412 .code 9 'and not closed by who has not seen that'
ask POST $window '{"until":"1970-01-01T00:00:00Z"}'
said 400 "$field" until 'the beginning of time is past too'
ask DELETE $window '' 'HTTP_IF_MATCH=*'
said 200 .provisioning_until null 'it is closed as it is'
run audit list --json
json '[.[-2:][].action] | join(",")' 'provisioning open,provisioning close' \
  'and both stand in the audit log'

stop_app

# ---- the description -----------------------------------------------------------------
described() {
  python3 "$top_srcdir/tests/cgi/openapi_check.py" answers "$top_srcdir/share/openapi.yaml" \
    "$work/answers" 2>&1 | grep -v -e '^never answered' -e '^[0-9]* answers$'
}
is "$(described)" '' 'every answer above is as openapi.yaml says'
done_testing
