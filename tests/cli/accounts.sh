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
run account disable alice
ok 1 'the last admin stays'
has "$err" 'only admin' 'says why'
run account remove alice
ok 1 'and is not removed'
run account remove bob
ok 0 'account remove'
run account sessions
ok 0 'account sessions'
run account sessions --json
valid 'account sessions --json'
run account sessions alice --end
ok 0 'nothing to end is fine'
run account sessions nobody --end
ok 3 'nobody'
run audit list --json
is "$(printf '%s' "$out" | grep -c '\$y\$')" 0 'no hash in the audit log'
done_testing
