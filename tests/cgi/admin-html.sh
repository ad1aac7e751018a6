#!/bin/sh
# Every page of the admin's table is valid HTML and made for everybody: as somebody sees it who
# may do everything, and as somebody who may only look.
: "${top_srcdir:=.}"
# shellcheck source=tests/lib/admin.sh
. "$top_srcdir/tests/lib/admin.sh"

admin_data
start_admin
"$top_builddir/tests/lib/admin_routes" >"$work/routes" || bail 'no table of pages'
for who in anna vera; do
  pages=0
  sign_in "$who"
  while read -r method path access flags; do
    [ "$method" = GET ] || continue
    case $who$access in vera[oa]*) [ "$access" = open ] || continue ;; esac
    get "$(real "$path")"
    case $status$(header Content-Type) in
    200text/html*)
      pages=$((pages + 1))
      valid "$who: $path $flags"
      ;;
    esac
  done <"$work/routes"
  check "$who: $pages pages" [ "$pages" -ge 30 ]
done

# Errors are pages too.
sign_in anna
get /trust/nothing
is "$status" 404 'nothing there'
valid 'no such thing'
post /cas/create ca_id=X eui_prefixes=zz
is "$status" 400 'a form with errors'
valid 'a form with errors'
stop_app
done_testing
