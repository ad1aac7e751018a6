#!/bin/sh
# What the manual pages say of the programs' options, and which commands the guide, README and
# the messages name: as the programs themselves know it.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
helps=$work/helps
mkdir "$helps"
for group in $("$gatehouse" help 2>/dev/null | sed -n '/^  [a-z]/s/^  \([a-z-]*\).*/\1/p'); do
  verbs=$("$gatehouse" "$group" --help 2>/dev/null | sed -n "s/^  $group \([a-z-]*\).*/\1/p" | sort -u)
  for verb in ${verbs:-''}; do
    [ "$verb" != "''" ] || verb=
    # shellcheck disable=SC2086 # a command may have no verb
    "$gatehouse" "$group" $verb --help >"$helps/gatehouse $group${verb:+ $verb}.help" 2>/dev/null
  done
done
check 'gatehouse has its commands' [ "$(find "$helps" -name 'gatehouse *.help' | wc -l)" -gt 100 ]
"$top_builddir/gatehouse-sign" --help >"$helps/gatehouse-sign.help"
sh "$top_srcdir/share/gateway/gatehouse-fetch" --help >"$helps/gatehouse-fetch.help"
for program in cups admin udp-config kickstarter; do
  "$top_builddir/cgi-bin/$program.fcgi" --help >"$helps/$program.fcgi.help"
done
is "$(python3 "$top_srcdir/tests/doc/manual.py" "$top_srcdir" "$helps" 2>&1)" '' \
  'manual pages, guide and messages know the programs'
done_testing
