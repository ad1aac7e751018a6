#!/bin/sh
# Accounts in the browser: who is let in afterwards, whose sessions end, that the last admin
# stays one, and that no password is kept or shown again.
: "${top_srcdir:=.}"
# shellcheck source=tests/lib/admin.sh
. "$top_srcdir/tests/lib/admin.sh"
admin_data
start_admin
mark='"><script>alert(1)</script>'

# follow: to where the last answer leads
follow() {
  get "$(header Location | sed "s,^$prefix,,")"
}

# account ID FILTER: of the stored account
account() {
  must account show "$1" --json
  jq -r "$2" "$work/out"
}

# opens ID PASSWORD: somebody signs in so; the admin stays signed in
opens() {
  opens_cookie=$cookie opens_token=$token
  sign_in "$1" "$2"
  opens_result=$?
  their_cookie=$cookie
  cookie=$opens_cookie token=$opens_token
  return $opens_result
}

# lives COOKIE: is it a session?
lives() {
  req GET "$prefix/me" '' "HTTP_COOKIE=$1"
  [ "$status" = 200 ]
}

# shown: the password that the last page shows
shown() {
  grep -oE '[a-z0-9]{6}(-[a-z0-9]{6}){3}' "$answer.body" | head -n 1
}

# ---- a new one ----------------------------------------------------------------------------
sign_in anna || bail 'anna cannot sign in'
get /accounts/new
is "$status" 200 'the form'
post /accounts/new account_id=paul "name=$mark" role=operator 'password=a long password'
is "$status $(header Location | cut -d'?' -f1)" "303 $prefix/accounts/paul" 'a new account'
follow
has "$(body)" 'The account is there' 'which is said'
hasnt "$(body)" '<script' 'its name is text'
is "$(account paul '"\(.role) \(.disabled // false)"')" 'operator false' 'as it was typed'
must audit list --json
is "$(jq -r 'map(select(.id == "paul"))[-1] | "\(.action) \(.actor)"' "$work/out")" \
  'add account:anna' 'the audit log has who made it'
# shellcheck disable=SC2016 # the mark of a hash
hasnt "$(cat "$work/out")" '$y$' 'and not its hash'
opens paul 'a long password'
is $? 0 'it opens'
req GET "$prefix/gateways/new" '' "HTTP_COOKIE=$their_cookie"
is "$status" 200 'to what its role may do'
req GET "$prefix/accounts" '' "HTTP_COOKIE=$their_cookie"
is "$status" 403 'and to nothing else'

# refuse STATUS WHERE NAME FIELD=VALUE...: nothing is made, the form says what is wrong
refuse() {
  refused_status=$1 refused_field=$2 refused_name=$3
  shift 3
  post /accounts/new "$@"
  is "$status" "$refused_status" "$refused_name"
  has "$(body)" "id=\"e-$refused_field\"" "$refused_name: said beside the input"
  hasnt "$(body)" '<script' "$refused_name: as text"
}
refuse 400 password 'a short password' account_id=nina name=Nina role=viewer password=123456789
has "$(body)" 'at least 10 characters' 'says how long it must be'
has "$(body)" 'value="nina"' 'what was typed is kept'
valid 'the form with an error'
hasnt "$(body)" 123456789 'but for the password'
refuse 400 password 'a password that is too long' account_id=nina role=viewer \
  "password=$(printf '%0257d' 0)"
refuse 400 password 'the name as password' account_id=ninas-name role=viewer \
  password=ninas-name
refuse 400 role 'a role that is none' account_id=nina role="$mark" 'password=a long password'
refuse 400 role 'no role' account_id=nina 'password=a long password'
refuse 400 account_id 'an ID that is none' "account_id=$mark" role=viewer \
  'password=a long password'
refuse 400 account_id 'no ID' account_id= role=viewer 'password=a long password'
refuse 400 name 'a long name' account_id=nina "name=$(printf '%0051d' 0)" role=viewer \
  'password=a long password'
refuse 409 account_id 'an ID that is taken' account_id=vera role=admin \
  'password=a long password'
is "$(account vera '.role // "viewer"')" viewer 'the other is as it was'
must account list --json
is "$(jq -r 'map(.account_id) | sort | join(" ")' "$work/out")" 'anna otto paul vera' \
  'nothing of that is stored'

# ---- a password that is made ----------------------------------------------------------------
post /accounts/new account_id=nina name= role=viewer password=
is "$status" 200 'without a password one is made'
made=$(shown)
is "${#made}" 27 'and shown'
valid 'the page that shows it'
check 'it opens' opens nina "$made"
get /accounts/nina
hasnt "$(body)" "$made" 'it is shown once'
check 'it is kept nowhere' sh -c "! grep -rqF '$made' '$data' '$log'"

# ---- setting one -----------------------------------------------------------------------------
opens paul 'a long password'
paul=$their_cookie
post /accounts/paul/password password=short
is "$status" 303 'a short one'
follow
has "$(body)" 'at least 10 characters' 'is refused with words'
check 'the sessions stay' lives "$paul"
check 'the old password opens' opens paul 'a long password'
post /accounts/paul/password password=another-password
is "$status" 303 'a new one'
lives "$paul"
is $? 1 'ends the sessions'
opens paul 'a long password'
is $? 1 'the old password opens no more'
check 'the new one does' opens paul another-password
must audit list --json
is "$(jq -r 'map(select(.id == "paul"))[-1] | "\(.action) \(.actor)"' "$work/out")" \
  'password account:anna' 'the audit log has it'
# shellcheck disable=SC2016 # the mark of a hash
hasnt "$(cat "$work/out")" '$y$' 'without a hash'
paul=$their_cookie
post /accounts/paul/password password=
made=$(shown)
is "$status ${#made}" '200 27' 'an empty one is made'
lives "$paul"
is $? 1 'and ends the sessions too'
opens paul "$made"
is $? 0 'it opens as well'
post /accounts/nobody/password password=another-password
is "$status" 404 'of nobody'

# ---- sessions --------------------------------------------------------------------------------
paul=$their_cookie
opens_cookie=$cookie opens_token=$token
visit_sign_in
form_body "token=$token" account=paul "password=$made"
send /sign-in "$form" "HTTP_USER_AGENT=$mark"
paul_again=__Host-gatehouse=$(set_cookie __Host-gatehouse)
cookie=$opens_cookie token=$opens_token
get /accounts/paul
is "$(grep -c 'data-label="From"' "$answer.body")" 2 'its sessions are listed'
has "$(body)" 198.51.100.7 'with the address'
has "$(body)" '&lt;script&gt;' 'and the browser, as text'
hasnt "$(body)" '<script' 'and nothing else'
hasnt "$(body)" "${paul#*=}" 'without their secret'
hasnt "$(body)" 'this one' 'none of them is of who looks'
get /accounts/anna
has "$(body)" 'this one' 'her own is marked'
valid 'an account with sessions'
post /accounts/paul/sessions
is "$status" 303 'ending them'
lives "$paul"
is $? 1 'ends the first'
lives "$paul_again"
is $? 1 'and the second'
check 'nobody else is signed out' lives "$cookie"
check 'the password still opens' opens paul "$made"
must account sessions paul --json
is "$(jq length "$work/out")" 1 'the new one is the only one'
post /accounts/nobody/sessions
is "$status" 404 'of nobody'

# ---- the last admin ----------------------------------------------------------------------------
# the_edit ID FIELD=VALUE...
the_edit() {
  edited=$1
  shift
  get "/accounts/$edited/edit"
  post "/accounts/$edited/edit" "version=$(field version)" "$@"
}
the_edit anna role=viewer was.role=admin
is "$status" 409 'the only admin stays one'
has "$(body)" 'the only admin' 'and is told why'
the_edit anna disabled=true was.disabled=
is "$status" 409 'and is not disabled'
get /accounts/anna/delete
post /accounts/anna/delete "version=$(field version)"
follow
has "$(body)" 'the only admin' 'nor deleted'
is "$(account anna '"\(.role) \(.disabled // false)"')" 'admin false' 'nothing of that is stored'
check 'her session stays' lives "$cookie"

# ---- role, two at once ---------------------------------------------------------------------------
opens paul "$made"
paul=$their_cookie
the_edit paul name=Paul "was.name=$mark"
check 'another name ends no session' lives "$paul"
the_edit paul role=admin was.role=operator
is "$status" 303 'another role'
lives "$paul"
is $? 1 'ends the sessions'
get /accounts/paul/edit
version=$(field version)
must account set paul role=viewer
post /accounts/paul/edit "version=$version" role=operator was.role=admin name=Pablo was.name=Paul
is "$status" 409 'what somebody else has changed meanwhile'
has "$(body)" 'Saving again puts' 'is not overwritten unseen'
has "$(body)" 'value="Pablo"' 'what was typed is there'
is "$(account paul '"\(.role // "viewer") \(.name)"')" 'viewer Paul' 'and what is stored is as it was'
get /accounts/paul/delete
version=$(field version)
must account set paul name=Pavel
post /accounts/paul/delete "version=$version"
follow
has "$(body)" 'role="alert"' 'nor deleted'
is "$(account paul .name)" Pavel 'it is there'
opens paul "$made"
paul=$their_cookie
the_edit paul disabled=true was.disabled=
is "$status" 303 'disabled'
lives "$paul"
is $? 1 'it is out'
opens paul "$made"
is $? 1 'and stays out'
get /accounts/paul/delete
post /accounts/paul/delete "version=$(field version)"
is "$status" 303 'deleted'
get /accounts/paul
is "$status" 404 'it is gone'
must audit list --json
is "$(jq -r 'map(select(.id == "paul"))[-1].action' "$work/out")" delete 'what it was stays written down'

# ---- one's own -------------------------------------------------------------------------------------
anna=$cookie
post /accounts/anna/password 'password=the other password'
is "$status" 303 "one's own password"
follow
is "$status $(header Location | cut -d'?' -f1)" "303 $prefix/sign-in" 'one has to sign in again'
check 'with the new one' sign_in anna 'the other password'
lives "$anna"
is $? 1 'the old session is none'
post /accounts/anna/sessions
is "$status" 303 "ending one's own sessions"
lives "$cookie"
is $? 1 'ends this one too'

# ---- who may not --------------------------------------------------------------------------------------
for who in otto vera; do
  sign_in "$who"
  post /accounts/new account_id=eve role=admin 'password=a long password'
  is "$status" 403 "$who makes no account"
  post "/accounts/anna/password" 'password=a long password'
  is "$status" 403 "$who sets no password"
  post "/accounts/$who/password" 'password=a long password'
  is "$status" 403 "$who does not set an own one without the old"
  post "/accounts/$who/edit" version= role=admin was.role=
  is "$status" 403 "$who gets no other role"
  post /accounts/anna/sessions
  is "$status" 403 "$who ends no session"
  is "$(account "$who" '.role // "viewer"')" "$([ "$who" = otto ] && echo operator || echo viewer)" 'nothing is stored'
done
hasnt "$(cat "$log")" 'long password' 'no password in the log'
stop_app
done_testing
