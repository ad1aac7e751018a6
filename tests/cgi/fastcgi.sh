#!/bin/sh
# FastCGI as no ordinary web server speaks it: see fastcgi.py.
: "${top_srcdir:=.}"
# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"
config 'client_wait = 1'
python3 "$top_srcdir/tests/cgi/fastcgi.py" "$top_builddir/tests/cgi/echo" "$conf" "$sock" "$log" ||
  exit 1
