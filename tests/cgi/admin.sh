#!/bin/sh
# The admin's door: for every page of its table, who gets in, from where, with what; and that
# looking changes nothing.
: "${top_srcdir:=.}"
# shellcheck source=tests/lib/admin.sh
. "$top_srcdir/tests/lib/admin.sh"

admin_data
firmware_data
start_admin
"$top_builddir/tests/lib/admin_routes" >"$work/routes" || bail 'no table of pages'

# ---- signing in -----------------------------------------------------------------------
get /sign-in
is "$status" 200 'the sign-in page'
is "$(header Content-Security-Policy)" \
  "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'" \
  'with a strict policy'
is "$(header X-Content-Type-Options) $(header Referrer-Policy) $(header Cache-Control)" \
  'nosniff same-origin no-store' 'and the other headers'
has "$(grep -i '^set-cookie' "$answer.head")" 'Path=/; HttpOnly; SameSite=Strict; Secure' \
  'its cookie is for https alone'
has "$(body)" "action=\"$prefix/sign-in\"" 'links stand below the prefix'
sign_in anna || bail 'anna cannot sign in'
is "$status" 200 'anna signs in'
anna_cookie=$cookie anna_token=$token
is "$(printf '%s' "${cookie#*=}" | wc -c)" 52 'her token is long'
check 'it is in no store' sh -c "! grep -rq '${cookie#*=}' '$data'"
visit_sign_in
first=$cookie
post /sign-in account=anna 'password=wrong password'
is "$status" 403 'a wrong password'
has "$(body)" 'Account or password are wrong' 'says as much as it must'
hasnt "$(body)" 'wrong password"' 'and does not send the password back'
wrong=$(body | sed '/token/d')
post /sign-in account=nobody 'password=wrong password'
is "$(body | sed '/token/d;s/value="nobody"/value="anna"/')" "$wrong" \
  'an unknown account: the same answer'
visit_sign_in
isnt_first=$cookie
check 'each visitor has a cookie of their own' [ "$first" != "$isnt_first" ]
token_of_other=$token
cookie=$first
token=$token_of_other
post /sign-in account=anna 'password=password of anna'
is "$status" 403 'the sign-in form of another visitor'
for next in '//evil.example/' 'https://evil.example/' '/\evil.example' 'x' "/a
b"; do
  visit_sign_in
  post /sign-in account=vera 'password=password of vera' "next=$next"
  is "$(header Location)" "$prefix/" "after sign-in nowhere else: $(echo "$next" | head -n 1)"
done
visit_sign_in
post /sign-in account=vera 'password=password of vera' next=/lns
is "$(header Location)" "$prefix/lns" 'but to the page that was wanted'
cookie="__Host-gatehouse=$(set_cookie __Host-gatehouse)"
get /me
vera_cookie=$cookie vera_token=$(field token)
sign_in otto
otto_cookie=$cookie otto_token=$token
get /sign-in
is "$status $(header Location)" "303 $prefix/" 'who has signed in is sent on'

# ---- every page, from the table itself ---------------------------------------------------
before=$(dump)

# as WHO: the next requests are theirs
as() {
  case $1 in
  anna) cookie=$anna_cookie token=$anna_token ;;
  otto) cookie=$otto_cookie token=$otto_token ;;
  vera) cookie=$vera_cookie token=$vera_token ;;
  nobody) cookie='' token=$anna_token ;;
  esac
}

# expect WANTED WHAT: adds to $wrong when the status is another one
expect() {
  [ "$status" = "$1" ] || wrong="$wrong $2:$status"
}

posts=0
while read -r method path access flags; do
  [ "$method" = POST ] || continue
  posts=$((posts + 1))
  url=$(real "$path")
  wrong=
  if [ "$access" = open ]; then
    visit_sign_in
    form_body token=
    send "$url" "$form" && expect 403 no-token
    form_body "token=$(echo "$token" | tr 0-9a-f 1-9a-f0)"
    send "$url" "$form" && expect 403 wrong-token
    form_body "token=$token"
    send "$url" "$form" HTTP_ORIGIN=https://evil.example && expect 403 foreign-origin
    is "$wrong" '' "$method $path ($access $flags)"
    continue
  fi
  as nobody
  form_body "token=$token"
  send "$url" "$form" && expect 303 no-session
  case "$path $(header Location)" in
  "/sign-out $prefix/sign-in" | *" $prefix/sign-in?undone=1") ;;
  *) wrong="$wrong not-to-sign-in" ;;
  esac
  if [ "$access" != viewer ]; then
    as vera
    form_body "token=$token"
    send "$url" "$form" && expect 403 viewer
  fi
  if [ "$access" = admin ]; then
    as otto
    form_body "token=$token"
    send "$url" "$form" && expect 403 operator
  fi
  as anna
  send "$url" '' && expect 403 no-form
  form_body token=
  send "$url" "$form" && expect 403 no-token
  form_body "token=$otto_token"
  send "$url" "$form" && expect 403 token-of-another
  form_body "token=$token"
  send "$url" "$form" HTTP_ORIGIN=https://evil.example && expect 403 foreign-origin
  send "$url" "$form" HTTP_ORIGIN=null && expect 403 null-origin
  send "$url" "$form" "HTTP_ORIGIN=$origin.evil.example" && expect 403 longer-origin
  send "$url" "$form" "HTTP_ORIGIN=http://admin.example.com" && expect 403 http-origin
  req POST "$prefix$url" "$form" "HTTP_COOKIE=$cookie" \
    CONTENT_TYPE=application/x-www-form-urlencoded && expect 403 no-origin
  req POST "$prefix$url" "$form" "HTTP_COOKIE=$cookie" \
    HTTP_REFERER=https://evil.example/lora/admin \
    CONTENT_TYPE=application/x-www-form-urlencoded && expect 403 foreign-referer
  is "$wrong" '' "$method $path ($access $flags)"
done <"$work/routes"
check 'there were many of them' test "$posts" -ge 20
is "$(dump)" "$before" 'none of that changed a byte'

while read -r method path access flags; do
  [ "$method" = GET ] || continue
  url=$(real "$path")
  wrong=
  if [ "$access" != open ]; then
    as nobody
    get "$url" && expect 303 no-session
  fi
  case $access in
  operator | admin)
    as vera
    get "$url" && expect 403 viewer
    ;;
  esac
  if [ "$access" = admin ]; then
    as otto
    get "$url" && expect 403 operator
  fi
  as anna
  get "$url"
  case $status in
  200) ;;
  303) [ -n "$(header Location)" ] || wrong="$wrong $status" ;;
  *) [ "$path" = '/gateways/{id}/file' ] || wrong="$wrong $status" ;;
  esac
  case $(header Content-Type) in
  text/html*)
    hasnt_script=$(grep -ciE '<script|<style|style=|onclick' "$answer.body")
    [ "$hasnt_script" = 0 ] || wrong="$wrong script"
    ;;
  esac
  req HEAD "$prefix$url" '' "HTTP_COOKIE=$cookie"
  is "$wrong" '' "$method $path ($access $flags)"
  [ "$(dump)" = "$before" ] || { fail "$path changes something" && before=$(dump); }
done <"$work/routes"
is "$(dump)" "$before" 'looking changes nothing'

# ---- sessions -------------------------------------------------------------------------------
as anna
get /gateways
is "$status" 200 'the session lasts'
get /gateways "HTTP_COOKIE=$vera_cookie; $anna_cookie"
is "$status" 303 'two sessions at once are none'
echo 2026-11-22T13:59:00Z >"$clock"
get /gateways
is "$status" 200 'for two hours without use'
echo 2026-11-22T14:05:00Z >"$clock"
cookie=$vera_cookie
get /gateways
is "$status" 303 'and no longer'
as anna
get /gateways
is "$status" 200 'use makes it longer'
sign_in otto
otto_cookie=$cookie otto_token=$token
must account set otto role=viewer
get /gateways
is "$status" 303 'another role ends the sessions'
sign_in otto
is "$status" 200 'the new one is as it should be'
get /gateways/new
is "$status" 403 'with less rights'
must account disable otto
get /gateways
is "$status" 303 'disabling ends it'
post /lns/new uri=wss://lns.example.com
get "$(header Location | sed "s,^$prefix,,")"
has "$(body)" 'has not been done' 'a form that came too late was not done, which is said'
valid 'the sign-in page with that'
as anna
post /sign-out
is "$status $(header Location)" "303 $prefix/sign-in" 'signing out'
get /gateways
is "$status" 303 'ends it'
cookie=$anna_cookie
get /gateways
is "$status" 303 'for good'

# ---- one's own password ----------------------------------------------------------------------
sign_in anna
old=$cookie
post /me/password current=wrong 'password=a new password' 'again=a new password'
is "$status" 403 'the present password is asked for'
post /me/password 'current=password of anna' password=short again=short
is "$status" 400 'a short one'
has "$(body)" '10 characters' 'says why'
post /me/password 'current=password of anna' 'password=a new password' 'again=another one'
is "$status" 400 'two that differ'
post /me/password 'current=password of anna' 'password=a new password' 'again=a new password'
is "$status" 303 'a new password'
cookie="__Host-gatehouse=$(set_cookie __Host-gatehouse)"
get /me
is "$status" 200 'with a new session'
cookie=$old
get /me
is "$status" 303 'in the place of the old one'
sign_in anna 'a new password' || fail 'the new password opens'

# ---- throttling ------------------------------------------------------------------------------
visit_sign_in
n=0
while [ "$n" -lt 12 ] && [ "$status" != 429 ]; do
  post /sign-in account=vera password=guess
  n=$((n + 1))
done
is "$status" 429 'after many wrong passwords'
check 'not at once' test "$n" -ge 5
check 'with Retry-After' test "$(header Retry-After)" -gt 0
post /sign-in account=vera 'password=password of vera'
is "$status" 429 'the right one is not looked at either'
echo 2026-11-22T14:10:00Z >"$clock"
post /sign-in account=vera 'password=password of vera'
is "$status" 303 'later it is'

# ---- what is no page --------------------------------------------------------------------------
get /nothing
is "$status $(header Content-Type)" '404 text/html; charset=utf-8' 'no such page'
is "$(header Content-Security-Policy | cut -c 1-18)" "default-src 'none'" 'with the headers'
req PUT "$prefix/lns/my-lns" '' "HTTP_COOKIE=$cookie"
is "$status" 405 'no such method'
get '/sign-in'
style=$(sed -n 's/.*rel="stylesheet" href="\([^"]*\)".*/\1/p' "$answer.body")
req GET "$style"
is "$status $(header Content-Type)" '200 text/css; charset=utf-8' 'the style sheet'
has "$(header Cache-Control)" 'max-age=31536000' 'is kept for long'
check 'as it is' cmp "$answer.body" "$share/static/admin.css"
get /static/0123456789abcdef/admin.css
is "$status $(header Cache-Control)" '200 no-store' 'of another version: not kept'
req GET /admin/lns '' SCRIPT_NAME=/admin PATH_INFO=/lns
is "$(header Location)" "$prefix/sign-in?next=%2Flns" 'the configured prefix goes before the path'
hasnt "$(cat "$log")" 'password of' 'no password in the log'
stop_app
done_testing
