#!/bin/sh
# The form of the command line: help, mistakes, exit statuses, JSON errors, the manual.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"

# ---- help for everything -----------------------------------------------------------
run help
ok 0 'help'
has "$out" 'usage: gatehouse COMMAND' 'help says how'
groups=$(printf '%s\n' "$out" | sed -n '/^  [a-z]/s/^  \([a-z-]*\).*/\1/p')
is "$(echo "$groups" | wc -w)" "$(grep -c '_commands,' "$top_srcdir/src/cli/gatehouse.c")" 'all commands'
run --help
is "$out" "$("$gatehouse" help 2>/dev/null)" '--help is the same'
run -h
ok 0 '-h too'

# Every command and verb, as "GROUP VERB" lines; groups without verbs alone.
verbs=
for group in $groups; do
  run "$group" --help
  [ "$status" = 0 ] || fail "$group --help"
  these=$(printf '%s\n' "$out" | sed -n "s/^  $group \([a-z-]*\).*/\1/p" | sort -u)
  if [ -n "$these" ]; then
    for verb in $these; do verbs="$verbs$group $verb
"; done
  else
    verbs="$verbs$group
"
  fi
done
missing=
IFS='
'
for command in $verbs; do
  unset IFS
  # shellcheck disable=SC2086 # two words
  run $command --help
  case "$status$out" in
  0"gatehouse $command"*'Options of every command:'*) ;;
  *) missing="$missing help:$command" ;;
  esac
  # shellcheck disable=SC2086
  by_help=$("$gatehouse" help $command 2>/dev/null)
  [ "$by_help" = "$out" ] || missing="$missing not-by-help:$command"
  for option in $(printf '%s\n' "$out" | sed -n 's/^  --\([a-z-]*\).*/\1/p'); do
    grep -q "Fl -$option" "$top_srcdir/man/gatehouse.8" ||
      missing="$missing manual:$command:--$option"
  done
  grep -q "^\.It Cm $(echo "$command" | sed 's/ / Cm /')\( \|\$\)" \
    "$top_srcdir/man/gatehouse.8" || missing="$missing manual:$command"
done
unset IFS
is "$missing" '' 'every command has --help, help COMMAND, and a place in the manual'
run gateway set --help
has "$out" 'lbs_lns_secret.value' 'gateway set --help lists the fields'
hasnt "$out" 'created_at' 'but not those that cannot be set'
run help gateway sett
ok 2 'help for what does not exist'
run version
is "$out" "gatehouse $("$gatehouse" version --json 2>/dev/null | jq -r .version)" 'version'

# ---- mistakes -------------------------------------------------------------------------
run
ok 2 'no command'
run gatway list
ok 2 'an unknown command'
has "$err" 'did you mean gateway?' 'and the nearest one'
run gateway lst
has "$err" 'did you mean list?' 'the nearest verb'
run gateway
ok 2 'no verb'
run gateway list --lmit 3
ok 2 'an unknown option'
has "$err" 'did you mean --limit?' 'and the nearest one'
run gateway list --zzzzzzz
ok 2 'an option that is like no other'
hasnt "$err" 'did you mean' 'nothing is near'
run gateway list --limit
ok 2 'an option without its value'
run gateway list --limit 0
has "$err" '--limit: must be a number from 1' 'a number out of its range'
run gateway list --limit 1 --limit=2
has "$err" 'given twice' 'an option twice'
run gateway list --json=yes
has "$err" 'takes no value' 'a switch with a value'
run gateway list -l 3
ok 2 'one dash'
run gateway show
has "$err" 'usage: gatehouse gateway show ID' 'an argument is missing'
run gateway list NNSXS.SECRET
ok 2 'an argument too many'
hasnt "$err" NNSXS 'which is not repeated: it may be a key'
run probe http://127.0.0.1:1 --eui 1 --key NNSXS.SECRET
ok 2 'a key as an argument'
has "$err" '--key-file FILE' 'the way to do it'
hasnt "$err" NNSXS 'the key is not repeated'
run explain 58A0CBFFFE800001 --key=NNSXS.SECRET
ok 2 'nor here'
hasnt "$err" NNSXS 'nor here'
run gateway list --unseen soon
has "$err" '--unseen: must be a time span' 'a time span'
run key create --all-gateways --expires tomorrow
has "$err" '--expires: must be a time like' 'a time'

# ---- errors as JSON ---------------------------------------------------------------------
run gatway --json
is "$out" '' 'an error leaves standard output empty'
out=$err
valid 'an error as JSON'
json .error.exit 2 'with the exit status'
json .error.kind 'not valid' 'its kind'
run gateway show nobody --json
is "$out" '' 'half a value is not printed'
ok 3 'there is no data folder'
out=$err
json '.error.message | test("gatehouse init")' true 'says what to do'

# ---- standard output that takes nothing -----------------------------------------------
must init
if [ -c /dev/full ]; then
  "$gatehouse" help >/dev/full 2>"$work/err"
  is $? 6 'a full disk under standard output'
else
  skip 'a full disk under standard output' 'there is no /dev/full'
fi
for i in 1 2 3 4 5 6 7 8 9; do must gateway add "many-$i"; done
# A pipe whose reader has gone.
mkfifo "$work/pipe"
exec 8<>"$work/pipe" 9>"$work/pipe" 8<&-
"$gatehouse" gateway list --json >&9 2>"$work/err"
is "$(($? > 0))" 1 'a reader who has enough'
exec 9>&-
is "$(grep -vc GATEHOUSE_TEST_NOW "$work/err")" 0 'is nothing to complain of'

# ---- options before, between and after the words ----------------------------------------
run --json gateway list --limit 1
valid 'options of every command anywhere'
run gateway --limit 1 list
ok 2 'those of a command only behind it'
has "$err" 'stand behind it' 'which is said'
run gateway show -- many-1
ok 0 'two dashes end the options'
run gateway add --actor 'a b' x-y
ok 2 'an actor of two words'
run gateway set many-1 name=X --actor alice
must audit list --last 1 --json
json '.[0].actor' shell:alice 'the actor is in the audit log'

done_testing
