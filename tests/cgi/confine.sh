#!/bin/sh
# Each program has only what the table of programs and stores gives it: looked at from outside
# while it serves.
: "${top_srcdir:=.}"
# shellcheck source=tests/lib/cups.sh
. "$top_srcdir/tests/lib/cups.sh"

fleet <<END || bail 'no data'
init
add gateway gw-1 ids.eui=58A0CBFFFE800001
key gw-1 value=key-of-gw-1
END

# opened FILE: how the program has a file of the data folder open: r, w (or both), - if not
opened() {
  tap_how=-
  for tap_fd in /proc/"$app_pid"/fd/*; do
    [ "$(readlink "$tap_fd")" = "$data/$1" ] || continue
    # The last digit of the flags: 0 to read, 1 to write, 2 for both.
    case $(sed -n 's/^flags:.*\(.\)$/\1/p' "/proc/$app_pid/fdinfo/${tap_fd##*/}") in
    0) [ "$tap_how" = w ] || tap_how=r ;;
    *) tap_how=w ;;
    esac
  done
  echo "$tap_how"
}

# confined PROGRAM REGISTRY LEDGER
confined() {
  start_app "cgi-bin/$1"
  req GET /healthz ''
  is "$status" 200 "$1 serves"
  is "$(sed -n 's/^NoNewPrivs:[[:space:]]*//p' "/proc/$app_pid/status")" 1 "$1: no new privileges"
  case $(uname -m) in
  x86_64 | aarch64 | riscv64)
    is "$(sed -n 's/^Seccomp:[[:space:]]*//p' "/proc/$app_pid/status")" 2 "$1: filtered calls"
    ;;
  esac
  is "$(sed -n 's/^Max core file size *\([^ ]*\) .*/\1/p' "/proc/$app_pid/limits")" 0 "$1: no core files"
  is "$(opened registry/data.mdb)" "$2" "$1: the registry"
  is "$(opened ledger/data.mdb)" "$3" "$1: the ledger"
  stop_app
}
confined cups.fcgi r w
confined udp-config.fcgi r -
confined kickstarter.fcgi w w
config 'unknown_gateways = adopt'
confined cups.fcgi w w
done_testing
