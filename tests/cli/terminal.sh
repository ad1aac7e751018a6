#!/bin/sh
# At a terminal: tables that fit, questions before what cannot be undone; and beside others
# who write or read slowly.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
# shellcheck source=tests/lib/hold.sh
. "$top_srcdir/tests/lib/hold.sh"
must init
must gateway add roof-1 58A0CBFFFE800001 \
  'name=A name that is much too long for a narrow terminal' groups=one,two,three
must gateway add roof-2 'name=Über dem Fluß'
must account add olga --generate

# ---- without a terminal -------------------------------------------------------------------
run gateway list
hasnt "$out" '…' 'nothing is cut when it is no terminal'
has "$out" 'much too long for a narrow terminal' 'however long it is'
setsid -w "$gatehouse" account password olga >"$work/out" 2>"$work/err" </dev/null
collect
ok 1 'a password without a terminal'
has "$err" 'give --password-file FILE (- for standard input) or --generate' 'says what to do'

# ---- others -------------------------------------------------------------------------------
# waits PID: for a lock that somebody else has
waits() {
  grep -q -e "-> FLOCK .* $1 " /proc/locks
}
hold 'somebody else is writing' registry
run gateway set roof-1 description=x --wait 0
ok 6 'who does not want to wait is told so'
run gateway show roof-1
ok 0 'reading goes on'
"$gatehouse" gateway set roof-1 description=x --wait 600 </dev/null >"$work/out" 2>"$work/err" &
tap_pid=$!
if grep -q -e "FLOCK .* ${holders# } " /proc/locks; then
  check 'and writing waits for its turn' wait_for waits "$tap_pid"
else
  skip 'and writing waits for its turn' '/proc/locks does not show who waits'
fi
let_go
wait "$tap_pid"
collect
ok 0 'which comes'
run gateway show roof-1 --json
json .gateway.description x 'it is written then'

# ---- with one -----------------------------------------------------------------------------
# A machine without /dev/pts (a bare chroot) cannot show any of this.
if ! python3 -c 'import pty; pty.openpty()' 2>"$work/no-pty"; then
  skip 'at a terminal' "no pseudo-terminal can be made: $(tail -n 1 "$work/no-pty")"
  done_testing
fi

# types ARGUMENT... -- [EXPECTED TYPED]...: at a terminal as wide as $wide; $out is the
# screen; $err tells of each text that was typed whether it would have been seen, and how the
# terminal was left
types() {
  tap_command=
  while [ "$1" != -- ]; do
    tap_command="$tap_command $1"
    shift
  done
  shift
  # shellcheck disable=SC2086 # arguments without blanks
  COLUMNS=$wide python3 "$top_srcdir/tests/cli/typist.py" "$@" -- "$gatehouse" $tap_command \
    >"$work/out" 2>"$work/err"
  collect
  out=$(printf '%s\n' "$out" | grep -v GATEHOUSE_TEST_NOW)
}

# ---- width --------------------------------------------------------------------------------
wide=60
types gateway list --
ok 0 'a table'
has "$out" '…' 'is cut where it does not fit'
check 'to the width' [ "$(printf '%s\n' "$out" | wc -L)" -le 60 ]
wide=200
types gateway list --
hasnt "$out" '…' 'a wide terminal shows everything'
has "$out" 'Über dem Fluß' 'other letters too'
wide=50
types help --
check 'help fits as well' [ "$(printf '%s\n' "$out" | grep -v usage | wc -L)" -le 50 ]
wide=80

# ---- questions -------------------------------------------------------------------------------
must gateway delete roof-2
types gateway purge roof-2 -- 'Go on? [y/N] ' 'n\n'
ok 1 'no'
has "$out" 'Go on? [y/N]' 'it asks'
has "$out" 'nothing was done' 'and does nothing'
types gateway purge roof-2 -- 'Go on? [y/N] ' '\n'
ok 1 'nothing is no'
types gateway purge roof-2 -- 'Go on? [y/N] ' 'y\n'
ok 0 'yes'
has "$out" 'purged gateway roof-2' 'and it is done'

# ---- passwords ---------------------------------------------------------------------------------
accounts() {
  run account list --json
  json 'map(.account_id) | join(" ")' "$1" "$2"
}
types account add anna --role admin -- 'New password: ' 'a typed password\n' \
  'The same again: ' 'a typed password\n'
ok 0 'a password that is typed twice'
has "$out" 'added account anna' 'is taken'
hasnt "$out" typed 'and not seen'
is "$err" 'hidden hidden shown' 'nor anything else until it is there'
types account add berta -- 'New password: ' 'a typed password\n' \
  'The same again: ' 'a typed passwort\n'
ok 2 'two that differ'
has "$out" 'the two are not the same' 'says so'
types account add berta -- 'New password: ' 'short\n' 'The same again: ' 'short\n'
ok 2 'a short one'
has "$out" '10 characters' 'says how long it must be'
long=$(printf '%0257d' 7)
types account add berta -- 'New password: ' "$long\n" 'The same again: ' "$long\n"
ok 2 'a long one is not cut off'
has "$out" 256 'says how long it may be'
types account add berta -- 'New password: ' '\x04' 'The same again: ' '\x04'
ok 2 'an end of the input is no password'
has "$out" 'no password was typed' 'nor is nothing'
for tap_key in '03 130 Ctrl-C' '1c 131 Ctrl-\'; do
  types account add berta -- 'New password: ' "half of it\\x${tap_key%% *}"
  ok "$(echo "$tap_key" | cut -d' ' -f2)" "${tap_key##* } ends it at once"
  is "$err" 'hidden shown' 'with a terminal as it was'
done
accounts 'olga anna' 'nobody was made without a good password'
types account password anna -- 'New password: ' 'a different one\n' \
  'The same again: ' 'a different one\n'
ok 0 'another password'
has "$out" 'changed the password of account anna' 'is taken'
done_testing
