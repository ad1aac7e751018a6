#!/bin/sh
# Who is let in by the API, for every route of its table: nobody without a key, with a wrong
# one, with one that ended, with that of another gateway, or with one right too few. And that
# no GET changes a byte of the registry.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
app_env="GATEHOUSE_TEST_NOW=$now"

# import_key GATEWAY|--all-gateways KEY RIGHTS
import_key() {
  printf '%s' "$2" | "$gatehouse" key import "$1" --api --rights "$3" --json \
    >"$work/out" 2>"$work/err" || bail "key import: $(cat "$work/err")"
}

config 'throttle_failures = 1000000'
must init
must gateway add gw-one 58A0CBFFFE800001
must gateway add gw-two
all='INFO SETTINGS_BASIC SETTINGS_API_KEYS DELETE LINK READ_SECRETS WRITE_SECRETS'
import_key --all-gateways fleet-ALL-key ALL
import_key gw-one one-ALL-key ALL
import_key gw-two two-ALL-key ALL
import_key --all-gateways ended-key-of-all ALL
must key revoke "$(jq -r .id "$work/out")" --yes
for right in $all; do
  # All but this one.
  others=$(printf '%s\n' $all | grep -vx "$right" | paste -sd,)
  import_key --all-gateways "fleet-no-$right" "$others"
  import_key gw-one "one-no-$right" "$others"
done
import_key --all-gateways fleet-no-ALL "$(printf '%s\n' $all | paste -sd,)"
"$top_builddir/tests/lib/api_table" >"$work/tables"
start_app cgi-bin/admin.fcgi

# try METHOD PATH KEY: the status
try() {
  if [ "$1" = GET ] || [ "$1" = DELETE ]; then set -- "$1" "$2" "$3" ''; else set -- "$1" "$2" "$3" '{}'; fi
  req "$1" "$2" "$4" CONTENT_TYPE=application/json ${3:+"HTTP_AUTHORIZATION=Bearer $3"}
  echo "$status" >"$work/status"
}

# refused WANTED METHOD PATH KEY WHAT: notes what is not so
refused() {
  try "$2" "$3" "$4"
  [ "$status" = "$1" ] || wrong="$wrong
$2 $3: $5: $status, not $1"
}

# what_is WORD...: a number for what gatehouse says; when it fails never the same twice
what_is() {
  { "$gatehouse" "$@" 2>/dev/null || date +'failed at %s.%N'; } | sha256sum
}

registry() {
  what_is audit list --json
}

wrong=
routes=0
before=$(registry)
jq -r '(.actions | map({key: .name, value: .}) | from_entries) as $a | .routes[] |
  [.method, .path, $a[.action].scope, ($a[.action].rights | join(","))] | @tsv' \
  "$work/tables" >"$work/routes"
while read -r method path scope rights; do
  routes=$((routes + 1))
  path=$(printf '%s' "$path" | sed 's/{gateway_id}/gw-one/; s/{eui}/58A0CBFFFE800001/
    s/{use}/cups/; s/{[a-z_]*}/some-id/')
  refused 401 "$method" "$path" '' 'no key'
  refused 403 "$method" "$path" no-such-key 'a wrong key'
  refused 403 "$method" "$path" ended-key-of-all 'a key that ended'
  case $path in */gw-one*) refused 403 "$method" "$path" two-ALL-key 'of another gateway' ;; esac
  case $scope in fleet) refused 403 "$method" "$path" one-ALL-key 'of one gateway' ;; esac
  for right in $(echo "$rights" | tr , ' '); do
    right=${right#RIGHT_GATEWAY_}
    refused 403 "$method" "$path" "fleet-no-$right" "without $right"
    case $scope-$right in
    fleet-* | *-ALL) ;;
    *) refused 403 "$method" "$path" "one-no-$right" "of its gateway without $right" ;;
    esac
  done
done <"$work/routes"
is "$wrong" '' 'each is refused as it should be'
is "$([ "$routes" -gt 70 ] && echo many)" many 'for every route of the table'
is "$(registry)" "$before" 'and none of that changed anything'

# ---- the right key is let in, and reading changes nothing -------------------------------
# The store's files are compared, since not every change has an audit entry.
sum() {
  what_is gateway export --secrets
  what_is key list --json
  # The export above notes itself.
  "$gatehouse" audit list --json --last 100000 >"$work/audit" 2>/dev/null ||
    date +'failed at %s.%N'
  jq -c '.[] | select(.action != "export-secrets")' "$work/audit" | sha256sum
  "$gatehouse" backup "$work/copy" >/dev/null 2>&1 || date +'failed at %s.%N'
  sha256sum <"$work/copy/ledger/data.mdb"
  rm -rf "$work/copy"
}
before=$(sum)
wrong=
while read -r method path scope rights; do
  [ "$method" = GET ] || continue
  path=$(printf '%s' "$path" | sed 's/{gateway_id}/gw-one/; s/{[a-z_]*}/some-id/')
  try "$method" "$path" fleet-ALL-key
  case $status$path in
  200* | 404*/some-id* | 409*/activation-window) ;;
  *) wrong="$wrong $path:$status" ;;
  esac
  try HEAD "$path" fleet-ALL-key
done <"$work/routes"
is "$wrong" '' 'with all rights every GET is answered'
is "$(sum)" "$before" 'and changes nothing'
stop_app
done_testing
