# Somebody who holds the write lock of a store, over tap.sh.
# shellcheck shell=sh
# shellcheck disable=SC2154 # tap.sh has them
#
#   hold NAME STORE [stranger]   registry or ledger of $data, held from now on until let_go
#   let_go                       all of them; they must have held it until now
#
# See tests/cli/hold.c.

holders=
hold() {
  mkfifo "$work/holds"
  hold_name=$1
  shift
  "$top_builddir/tests/cli/hold" "$data" 600000 "$@" >"$work/holds" 2>>"$log" &
  holders="$holders $!"
  read -r hold_word <"$work/holds"
  rm "$work/holds"
  [ "$hold_word" = held ] || bail "nobody holds the $1"
  pass "$hold_name"
}

let_go() {
  for holder in $holders; do
    kill "$holder" 2>/dev/null
    wait "$holder"
    is $? 0 'the lock was held all the time'
  done
  holders=
}
