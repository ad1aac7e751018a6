# The part of tests/server/everywhere.sh that is the admin: real forms, as a browser sends them,
# over TLS; at /admin, then at another path.
# shellcheck shell=sh
# shellcheck disable=SC2154 # of everywhere.sh
admin=/admin

# browse PATH CURL-OPTIONS...: with the cookies of before
browse() {
  browse_path=$1
  shift
  fetch "$https$admin$browse_path" -b "$work/jar" -c "$work/jar" "$@"
}

# form_of PATH: gets the page that has the form; $token
form_of() {
  browse "$1"
  token=$(sed -n 's/.*name="token" value="\([0-9a-f]*\)".*/\1/p' "$work/answer.body" | head -n 1)
}

# send PATH CURL-OPTIONS...: a form of ours
send() {
  send_path=$1
  shift
  browse "$send_path" -H "Origin: $https" "$@"
}

sign_in() {
  form_of /sign-in
  send /sign-in --data-urlencode "token=$token" --data-urlencode account=boss \
    --data-urlencode "password=$1"
}

# whole_site: signs in, and what pages link to is there
whole_site() {
  rm -f "$work/jar"
  browse ''
  is "$status $(head_of Location)" "303 $admin/sign-in" "$admin: whoever is nobody signs in"
  sign_in 'not the password'
  is "$status" 403 "$admin: a wrong password"
  sign_in 'the password of the boss'
  is "$status $(head_of Location)" "303 $admin/" "$admin: the right one"
  has "$(head_of Set-Cookie)" '; Path=/; HttpOnly; SameSite=Strict; Secure' \
    "$admin: a cookie for this host"
  browse /lns/new
  is "$status" 200 "$admin: a page"
  exact "$admin: a page"
  is "$(grep -o '\(href\|action\|src\)="/[^"]*' "$work/answer.body" | grep -vc "=\"${admin}[/\"]")" 0 \
    "$admin: its links stay below it"
  style=$(sed -n 's/.*rel="stylesheet" href="\([^"]*\)".*/\1/p' "$work/answer.body")
  fetch "$https$style"
  is "$status $(head_of Content-Type)" '200 text/css; charset=utf-8' "$admin: its style sheet"
  has "$(head_of Cache-Control)" immutable "$admin: which is kept"
  form_of /lns/new
  send /lns/new --data-urlencode "token=$token" --data-urlencode "lns_id=$1" \
    -d was.lns_id= -d was.uri= --data-urlencode uri=wss://lns.example.com:8887
  is "$status" 303 "$admin: a form is taken"
  run lns show "$1" --json
  json .uri wss://lns.example.com:8887 "$admin: and stored"
  form_of "/lns/$1/edit"
  browse "/lns/$1/edit" -H 'Origin: https://evil.example.com' --data-urlencode "token=$token"
  is "$status" 403 "$admin: not from elsewhere"
  browse /no/such/page
  is "$status" 404 "$admin: an error has its page"
  has "$(cat "$work/answer.body")" "href=\"$admin/static/" "$admin: with its style"
  form_of /me
  send /sign-out --data-urlencode "token=$token"
  is "$status" 303 "$admin: out"
  browse /lns
  is "$status" 303 "$admin: and out it is"
}

whole_site by-form

# forged NAME CURL-OPTIONS...: nobody is signed in by what anybody can write
forged() {
  forged_name=$1
  shift
  rm -f "$work/jar"
  browse /lns "$@"
  is "$status" 303 "$forged_name: signs nobody in"
  form_of /sign-in
  browse /sign-in "$@"
  hasnt "$(cat "$work/answer.body")" 'The web server says' "$forged_name: is not believed"
  send /sign-in/remote "$@" --data-urlencode "token=$token"
  is "$status" 403 "$forged_name: nor when it is asked for"
}
issue boss ca=fleet cn=boss
forged 'a Basic header' -u boss:wrong
for header in Remote-User REMOTE_USER X-Remote-User X-Forwarded-User; do
  forged "$header" -H "$header: boss"
done
forged 'a certificate' --cert "$work/boss.pem" --key "$work/boss.key"

# ---- its API --------------------------------------------------------------------------------
api=$https/api/v3/gateways
fetch "$api"
is "$status $(head_of Content-Type)" '401 application/json' 'programs show a key'
fetch "$api" -H 'Authorization: Bearer key-of-program'
is "$status $(jq -r '[.gateways[].ids.gateway_id] | join(" ")' "$work/answer.body")" \
  '200 gw-1 gw-2 kick-1 gw-3' 'and see gateways'
exact 'JSON'
fetch "$api/gw-1" -X PUT -H 'Authorization: Bearer key-of-program' \
  -H 'Content-Type: application/json' -d '{"gateway":{"name":"by the API"}}'
is "$status $(jq -r .name "$work/answer.body")" '200 by the API' 'PUT'
fetch "$api/gw-1?field_mask=name" -H 'Authorization: Bearer key-of-program'
is "$status $(jq -r .name "$work/answer.body")" '200 by the API' 'is done'
fetch "$api/gw-2" -X DELETE -H 'Authorization: Bearer key-of-program'
is "$status" 200 'DELETE'

# ---- uploads ----------------------------------------------------------------------------------
# upload NAME FILE: as a browser sends a form with a file
upload() {
  form_of /firmware/new
  send /firmware/new -F "token=$token" -F "firmware_id=$1" -F family=station \
    -F "file=@$2;filename=update.bin"
}
sign_in 'the password of the boss'
head -c 8000000 "$work/image" >"$work/part"
upload uploaded "$work/part"
is "$status" 303 'an upload of 8 MB'
run firmware show uploaded --json
json '.sha256' "$(sha256sum "$work/part" | cut -d ' ' -f 1)" 'is stored as it was sent'
json '.size' 8000000 'all of it'
browse /firmware/uploaded
is "$status" 200 'and has its page'
upload too-large "$work/image"
is "$status" 413 'an upload of 20 MB, where 9 are allowed'
run firmware show too-large
ok 3 'is not stored'
is "$(find "$data" -name '.upload*' -o -path "$data/blobs/new/*" | wc -l)" 0 'nor is any of it left'

# ---- too much of it ---------------------------------------------------------------------------
head -c 2000000 /dev/zero | tr '\0' a >"$work/large"
rm -f "$work/jar"
form_of /sign-in
send /sign-in --data-urlencode "token=$token" --data-urlencode "account@$work/large"
is "$status" 413 'a form of 2 MB'

# ---- below another path -------------------------------------------------------------------------
server_stop
config 'public_url = https://gatehouse.example.com/lora'
case $server_mode in *-spawn-fcgi) config 'log = syslog' ;; esac
# shellcheck disable=SC2034 # for everywhere.sh
logged=$(cat "$work/programs.log")
admin=/lora/admin
server_admin_at "$admin"
server_start "$server_mode"
whole_site below
