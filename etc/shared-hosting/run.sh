#!/bin/sh
# Starts @NAME@.fcgi as a CGI program with what stands beside it.
fail() {
  echo "gatehouse: $1" >&2
  text="Gatehouse cannot run here: $1"
  printf 'Status: 503 Service Unavailable\r\nContent-Type: text/plain\r\nContent-Length: %s\r\n\r\n%s\n' \
    "$((${#text} + 1))" "$text"
  exit 0
}

here=${0%/*}
case $here in /*) ;; *) here=$PWD/$here ;; esac
top=${here%/*}
machine=$(uname -m)
[ "$machine" = @MACHINE@ ] || fail "the programs are for @MACHINE@, this machine is $machine"
# For hosts where programs cannot see where they are ($ORIGIN needs /proc).
LD_LIBRARY_PATH=$top/lib
GATEHOUSE_CONF=$top/gatehouse.conf
export LD_LIBRARY_PATH GATEHOUSE_CONF

# "glibc 2.36"; nothing where there is another C library, or no such program.
libc=$(getconf GNU_LIBC_VERSION 2>/dev/null)
libc=${libc#glibc }
need=@GLIBC@
case $libc in
[0-9]*.[0-9]*)
  if [ "${libc%%.*}" -lt "${need%%.*}" ] ||
    { [ "${libc%%.*}" = "${need%%.*}" ] && [ "${libc#*.}" -lt "${need#*.}" ]; }; then
    fail "it needs glibc $need or later, this machine has $libc"
  fi
  ;;
*)
  # Then the dynamic linker knows.
  said=$(unset REQUEST_METHOD GATEWAY_INTERFACE && "$top/bin/@NAME@.fcgi" --version 2>&1) || {
    echo "$said" >&2
    fail "it needs glibc $need or later; the error log says more"
  }
  ;;
esac

# The data folder, as the configuration names it.
data=data
while read -r line || [ -n "$line" ]; do
  case $line in
  data=* | data[[:blank:]]*=*) ;;
  *) continue ;;
  esac
  data=${line#*=}
  data=${data#"${data%%[![:space:]]*}"}
  case $data in
  \"*)
    data=${data#\"}
    data=${data%%\"*}
    ;;
  *)
    data=${data%%[[:blank:]]#*}
    data=${data%"${data##*[![:space:]]}"}
    ;;
  esac
done <"$GATEHOUSE_CONF"
case $data in /*) ;; *) data=$top/$data ;; esac

umask 077
if [ ! -e "$data/registry" ]; then
  "$top/bin/gatehouse" init >/dev/null 2>"$top/first-start.log" ||
    fail "the data folder cannot be made; see first-start.log"
fi
exec "$top/bin/@NAME@.fcgi"
