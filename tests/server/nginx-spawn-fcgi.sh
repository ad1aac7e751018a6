#!/bin/sh
# The suite of tests/server/everywhere.sh behind this server.
: "${top_srcdir:=.}"
server_mode=nginx-spawn-fcgi
# shellcheck source=tests/server/everywhere.sh
. "$top_srcdir/tests/server/everywhere.sh"
