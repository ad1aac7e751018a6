#!/bin/sh
# At a terminal: tables that fit, questions before what cannot be undone; and beside others
# who write or read slowly.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
must init
must gateway add roof-1 58A0CBFFFE800001 \
  'name=A name that is much too long for a narrow terminal' groups=one,two,three
must gateway add roof-2 'name=Über dem Fluß'

# tty COLUMNS INPUT ARGUMENT...: with a terminal of that width; $out has what it shows
tty() {
  COLUMNS=$1
  export COLUMNS
  printf '%b' "$2" >"$work/typed"
  shift 2
  {
    sleep 0.3 # for the terminal to be there
    cat "$work/typed"
    sleep 0.3
  } | script -qec "$gatehouse $*" /dev/null >"$work/screen" 2>&1
  status=$?
  unset COLUMNS
  out=$(tr -d '\r' <"$work/screen" | grep -v GATEHOUSE_TEST_NOW)
  err=
}

# A machine without /dev/pts (a bare chroot) cannot show any of this.
if ! script -qec true /dev/null </dev/null >/dev/null 2>&1; then
  echo '1..0 # SKIP no pseudo-terminal can be made on this machine'
  exit 0
fi

# ---- width --------------------------------------------------------------------------------
tty 60 '' gateway list
ok 0 'a table'
has "$out" '…' 'is cut where it does not fit'
check 'to the width' [ "$(printf '%s\n' "$out" | wc -L)" -le 60 ]
tty 200 '' gateway list
hasnt "$out" '…' 'a wide terminal shows everything'
has "$out" 'Über dem Fluß' 'other letters too'
run gateway list
hasnt "$out" '…' 'nothing is cut when it is no terminal'
has "$out" 'much too long for a narrow terminal' 'however long it is'
tty 50 '' help
check 'help fits as well' [ "$(printf '%s\n' "$out" | grep -v usage | wc -L)" -le 50 ]

# ---- questions -------------------------------------------------------------------------------
must gateway delete roof-2
tty 80 'n\n' gateway purge roof-2
ok 1 'no'
has "$out" 'Go on? [y/N]' 'it asks'
has "$out" 'nothing was done' 'and does nothing'
tty 80 '\n' gateway purge roof-2
ok 1 'nothing is no'
tty 80 'y\n' gateway purge roof-2
ok 0 'yes'
has "$out" 'purged gateway roof-2' 'and it is done'

# ---- passwords ---------------------------------------------------------------------------------
# types ARGUMENT... -- EXPECTED TYPED...: $out is the screen; $err tells of each text that
# was typed whether it would have been seen, and how the terminal was left
types() {
  tap_command=
  while [ "$1" != -- ]; do
    tap_command="$tap_command $1"
    shift
  done
  shift
  # shellcheck disable=SC2086 # arguments without blanks
  python3 "$top_srcdir/tests/cli/typist.py" "$@" -- "$gatehouse" $tap_command \
    >"$work/out" 2>"$work/err"
  collect
}
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
accounts anna 'nobody was made without a good password'
types account password anna -- 'New password: ' 'a different one\n' \
  'The same again: ' 'a different one\n'
ok 0 'another password'
has "$out" 'changed the password of account anna' 'is taken'
setsid -w "$gatehouse" account password anna >"$work/out" 2>"$work/err" </dev/null
collect
ok 1 'without a terminal'
has "$err" 'give --password-file FILE (- for standard input) or --generate' 'says what to do'

# ---- others -----------------------------------------------------------------------------------
"$top_builddir/tests/cli/hold" "$data" 3000 >"$work/held" &
holder=$!
tap_tries=0
while [ ! -s "$work/held" ]; do
  tap_tries=$((tap_tries + 1))
  [ $tap_tries -lt 100 ] || bail 'nobody holds the registry'
  sleep 0.05
done
run gateway set roof-1 name=x --wait 0
ok 6 'somebody else is writing'
run gateway show roof-1
ok 0 'reading goes on'
run gateway set roof-1 name=x
ok 0 'and writing waits for its turn'
wait $holder
is $? 0 'the other one was not disturbed'

done_testing
