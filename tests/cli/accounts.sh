#!/bin/sh
# Accounts of people on the command line.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"

rmdir "$data"
run init
ok 0 'init'
secret=$data/first-account.secret

# ---- the first one --------------------------------------------------------------------
run account first
ok 0 'account first'
has "$out" "$secret" 'says where the secret is'
is "$(stat -c %a "$secret")" 640 'which not everybody can read'
is "$(wc -c <"$secret")" 41 'and which nobody guesses'
cp "$secret" "$work/secret"
run account first
check 'it stays as it is' cmp "$secret" "$work/secret"
run account first --json
json .file "$secret" 'in JSON too'

run account add alice --role admin --generate --name 'Alice A.'
ok 0 'account add'
made=$(printf '%s\n' "$out" | sed -n 's/^  //p')
is "$(printf '%s' "$made" | wc -c)" 27 'a password is made and shown'
check 'the secret has gone' test ! -e "$secret"
run account first
ok 1 'no second first account'
has "$err" 'already' 'says why'

# ---- passwords --------------------------------------------------------------------------
printf 'a password of bob\n' >"$work/password"
run account add bob --password-file "$work/password"
ok 0 'the password from a file'
run account add carol --no-password
ok 0 'none at all'
run account add dave --password-file "$work/password" --generate
ok 2 'only one way of giving it'
printf 'short\n' >"$work/short"
run account add dave --password-file "$work/short"
ok 2 'a short one'
has "$err" '10 characters' 'says how long it must be'
run account add alice --generate
ok 4 'a name that is taken'
run account password bob --generate --json
ok 0 'another password'
json '.password | length' 27 'in JSON too'

# ---- changing ------------------------------------------------------------------------------
run account set bob role=operator name='Bob B.'
ok 0 'account set'
run account list
has "$(printf '%s\n' "$out" | grep '^bob ')" operator 'is seen in the list'
run account show bob --json
json '.role' operator 'account show'
json 'has("password") or has("epoch")' false 'without what is nobody'\''s business'
run account set bob password=x
ok 2 'a password is no argument'
run account set bob role=king
ok 2 'no such role'
run account disable bob
ok 0 'account disable'
run account show bob --json
json '.disabled' true 'is seen'
run account enable bob
ok 0 'account enable'
run account set bob
ok 2 'nothing to set'
has "$err" 'give FIELD=VALUE' 'says how'
run account set bob account_id=robert --json
json .account_id robert 'another name'
must account set robert account_id=bob
run account disable alice
ok 1 'the last admin stays'
has "$err" 'only admin' 'says why'
run account remove alice
ok 1 'and is not removed'
run account remove carol --json
json .removed carol 'account remove'

# ---- sessions -------------------------------------------------------------------------------
run account sessions
is "$out" '(none)' 'nobody has signed in'
run account sessions --json
is "$out" '[]' 'in JSON too'
config "share = $(cd "$top_srcdir/share" && pwd)" 'admin_public_url = https://admin.example.com' \
  'password_cost = 1'
cookie=

# browse METHOD PATH [BODY]: as somebody's browser with its cookie
browse() {
  cgi cgi-bin/admin.fcgi "$1" "$2" "${3-}" "HTTP_COOKIE=$cookie" \
    HTTP_ORIGIN=https://admin.example.com CONTENT_TYPE=application/x-www-form-urlencoded \
    "HTTP_USER_AGENT=A Browser/1.0" GATEHOUSE_TEST_NOW="$GATEHOUSE_TEST_NOW"
}

# cookie NAME: that the last answer sets; afterwards the browser sends it
cookie() {
  cookie=$1=$(tr -d '\r' <"$answer.head" | sed -n "s/^Set-Cookie: $1=\([^;]*\).*/\1/p" | tail -n 1)
}

# sign_in ID PASSWORD
sign_in() {
  cookie=
  browse GET /sign-in
  tap_token=$(sed -n 's/.*name="token" value="\([^"]*\)".*/\1/p' "$answer.body" | head -n 1)
  cookie __Host-gatehouse-visitor
  browse POST /sign-in "account=$1&password=$(printf %s "$2" | sed 's/ /+/g')&token=$tap_token"
  [ "$status" = 303 ] || fail "$1 signs in" "status $status"
  cookie __Host-gatehouse
}
printf 'a password of alice\n' >"$work/password"
must account password alice --password-file "$work/password"
sign_in alice 'a password of alice'
browse GET /me
is "$status" 200 'alice signs in'
GATEHOUSE_TEST_NOW=2026-11-22T12:05:00Z
run account sessions
has "$flat" 'ACCOUNT BEGAN USED ENDS ADDRESS BROWSER alice 5 minutes ago 5 minutes ago in ' 'account sessions'
has "$out" '198.51.100.7  A Browser/1.0' 'and from where'
run account sessions alice --json
json '.[0] | "\(.account_id) \(.created_at) \(.address) \(.agent)"' \
  'alice 2026-11-22T12:00:00Z 198.51.100.7 A Browser/1.0' 'of one account, in JSON'
json '.[0].session | test("^[0-9a-f]{16}$")' true 'by the beginning of a digest'
hasnt "$out" "${cookie#*=}" 'not by what the browser shows'
run account sessions bob
is "$out" '(none)' 'another one has none'
run account sessions --end
ok 2 'whose shall end?'
has "$err" 'name the account' 'says so'
run account sessions alice --end
is "$out" 'ended 1 sessions of alice' 'account sessions --end'
browse GET /me
is "$status" 303 'alice has to sign in again'
run account sessions alice --end --json
json .ended 0 'nothing to end is fine'
GATEHOUSE_TEST_NOW=$now
run account remove bob
ok 0 'an account is removed'
run account show bob
ok 3 'and gone'
run account sessions nobody --end
ok 3 'nobody'
run audit list --json
is "$(printf '%s' "$out" | grep -c '\$y\$')" 0 'no hash in the audit log'
done_testing
