#!/bin/sh
# FastCGI as no ordinary web server speaks it: see fastcgi.py.
: "${top_srcdir:=.}"
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
cp "$conf" "$work/impatient.conf"
echo 'client_wait = 1' >>"$work/impatient.conf"
config 'client_wait = 300'
python3 "$top_srcdir/tests/cgi/fastcgi.py" "$top_builddir/tests/cgi/echo" "$conf" \
  "$work/impatient.conf" "$sock" "$log" || exit 1
