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
# "glibc 2.36", or nothing where there is another C library.
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
*) fail "it needs glibc $need or later" ;;
esac

umask 077
# For hosts where programs cannot see where they are ($ORIGIN needs /proc).
LD_LIBRARY_PATH=$top/lib
GATEHOUSE_CONF=$top/gatehouse.conf
export LD_LIBRARY_PATH GATEHOUSE_CONF
if [ ! -e "$top/data/registry" ]; then
  "$top/bin/gatehouse" init >/dev/null 2>"$top/first-start.log" ||
    fail "the data folder cannot be made; see first-start.log"
fi
exec "$top/bin/@NAME@.fcgi"
