# Shell library for tests of admin.fcgi, on top of tests/lib/tap.sh.
# shellcheck shell=sh
#
#   . "$top_srcdir/tests/lib/admin.sh"
#   admin_data              accounts vera (viewer), otto (operator) and anna (admin), network
#                           server my-lns, gateway gw-one with a key, a plan
#   firmware_data           signing key key-one, image fw-one with its signature, release rel-one,
#                           channel ch-one, roll-out ro-one, each with markup in its description
#   start_admin             the program, at the address $base with a clock that stands still
#   sign_in anna            sets $cookie and $token
#   get /gateways           asks with them; $status, header, body
#   post /lns/new A=B ...   sends a form with them; values are percent-encoded
#   upload /plans/import files=@FILE A=B ...
#                           the same as a form with files
#   field version           the value of a hidden input of the last answer
#   valid NAME              the last answer is valid HTML, and keeps our own rules for it

# shellcheck source=tests/lib/tap.sh
. "$top_srcdir/tests/lib/tap.sh"

origin=https://admin.example.com
prefix=/lora/admin
base=$origin$prefix
now=2026-11-22T12:00:00Z
clock=$work/clock
cookie=
token=
share=$(cd "$top_srcdir/share" && pwd)
config "share = $share" "admin_public_url = $base" 'password_cost = 1' \
  'cups_uri = https://cups.example.com:443' 'public_url = https://example.com'
GATEHOUSE_CONF=$conf
export GATEHOUSE_CONF

# must ARGUMENT...: gatehouse, which has to work; its output is in $work/out
must() {
  GATEHOUSE_TEST_NOW=$now "$top_builddir/gatehouse" "$@" >"$work/out" 2>"$work/err" ||
    bail "gatehouse $*: $(cat "$work/err")"
}

# make_account ID ROLE
make_account() {
  printf 'password of %s\n' "$1" >"$work/password"
  must account add "$1" --role "$2" --password-file "$work/password"
}

admin_data() {
  rmdir "$data"
  must init
  make_account anna admin
  make_account otto operator
  make_account vera viewer
  must lns add my-lns wss://lns.example.com:8887 udp_address=udp.example.com
  printf 'the-lns-key' | must gateway add gw-one 58A0CBFFFE800001 name=Roof lns=my-lns \
    frequency_plan_ids=EU_863_870_TTN --secret lbs_lns_secret.value=-
  must key create gw-one --api --rights INFO --name files --json
  # shellcheck disable=SC2034 # for the scripts
  key_id=$(jq -r .id "$work/out")
  must ca create my-ca --prefix 58A0CB
  must ca show my-ca --pem
  cp "$work/out" "$work/my-ca.pem"
  must trust import my-trust "$work/my-ca.pem" lns.example.com:8887
  must template add my-template lns=my-lns groups=adopted
}

# real PATTERN: a path that there is
real() {
  case $1 in
  /gateways/*) real_id=gw-one ;;
  /lns/*) real_id=my-lns ;;
  /keys/*) real_id=$key_id ;;
  /accounts/*) real_id=vera ;;
  /trust/*) real_id=my-trust ;;
  /cas/*) real_id=my-ca ;;
  /templates/*) real_id=my-template ;;
  /plans/*) real_id=EU_863_870_TTN ;;
  /boards/*) real_id=rak2287-spi ;;
  /firmware/*) real_id=fw-one ;;
  /signing-keys/*) real_id=key-one ;;
  /releases/*) real_id=rel-one ;;
  /channels/*) real_id=ch-one ;;
  /rollouts/*) real_id=ro-one ;;
  *) real_id=some-thing ;;
  esac
  printf '%s' "$1" | sed "s/{id}/$real_id/;s/{key}/$key_id/;s/{eui}/58A0CBFFFE8000F1/;s/{hash}/0/;s/{use}/cups/;s/{[a-z_]*}/some-thing/g"
}

firmware_data() {
  : "${firmware_text:=<script>alert(1)</script> \"x\" <i>}"
  "$top_builddir/gatehouse-sign" --create "$work/one.key" >/dev/null 2>&1 || bail 'no key'
  printf 'an image\n' >"$work/image"
  must signing-key add key-one "$work/one.key" --signer "file:$work/one.key" --name '<i>One'
  must firmware add fw-one "$work/image" --description "$firmware_text"
  must firmware sign fw-one key-one
  must release add rel-one fw-one '1.0<i>' "description=$firmware_text"
  must channel add ch-one rel-one "description=$firmware_text"
  must rollout create ro-one rel-one ch-one "description=$firmware_text"
}

start_admin() {
  echo "$now" >"$clock"
  app_env="GATEHOUSE_TEST_NOW=@$clock"
  start_app cgi-bin/admin.fcgi
}

# set_cookie NAME: the value of a cookie that the last answer sets, all of its line first
set_cookie() {
  tr -d '\r' <"$answer.head" | sed -n "s/^Set-Cookie: $1=\([^;]*\).*/\1/p" | tail -n 1
}

# field NAME: the value of a hidden input in the last answer
field() {
  sed -n "s/.*name=\"$1\" value=\"\([^\"]*\)\".*/\1/p" "$answer.body" | head -n 1
}

# encode TEXT: percent-encoded for a form
encode() {
  printf '%s' "$1" | od -An -v -tx1 | tr -d '\n' | sed 's/ /%/g'
}

# get PATH [VAR=VALUE...]
get() {
  admin_path=$1
  shift
  req GET "$prefix$admin_path" '' "HTTP_COOKIE=$cookie" "$@"
}

# form_body NAME=VALUE...: sets $form
form_body() {
  form=
  for pair; do
    form="$form&$(encode "${pair%%=*}")=$(encode "${pair#*=}")"
  done
}

# send PATH BODY [VAR=VALUE...]: a form as a browser sends it from a page of ours
send() {
  admin_path=$1 admin_body=$2
  shift 2
  req POST "$prefix$admin_path" "$admin_body" "HTTP_COOKIE=$cookie" "HTTP_ORIGIN=$origin" \
    CONTENT_TYPE=application/x-www-form-urlencoded "$@"
}

# post PATH [NAME=VALUE...]
post() {
  post_path=$1
  shift
  form_body "token=$token" "$@"
  send "$post_path" "$form"
}

# upload PATH [NAME=VALUE|NAME=@FILE...]
upload() {
  upload_path=$1
  shift
  for pair in "token=$token" "$@"; do
    printf -- '--a-boundary\r\nContent-Disposition: form-data; name="%s"' "${pair%%=*}"
    case ${pair#*=} in
    @*)
      printf '; filename="%s"\r\nContent-Type: application/octet-stream\r\n\r\n' \
        "$(basename "${pair#*=@}")"
      cat "${pair#*=@}"
      ;;
    *) printf '\r\n\r\n%s' "${pair#*=}" ;;
    esac
    printf '\r\n'
  done >"$work/multipart"
  printf -- '--a-boundary--\r\n' >>"$work/multipart"
  send "$upload_path" "@$work/multipart" 'CONTENT_TYPE=multipart/form-data; boundary=a-boundary'
}

# valid NAME: tidy has nothing to say; each input has its label, headings come in their order,
# ids are there once, pictures have names. What HTML has now and Debian's tidy does not know
# yet is taken out first: <div> in <dl>, aria-current, autocomplete of <textarea>, <title> of
# pictures with an id.
valid() {
  {
    sed 's/<div><dt>/<dt>/g;s,</dd></div>,</dd>,g;s/ aria-current="page"//g
/<textarea/s/ autocomplete="[a-z]*"//;s/<title id=/<desc id=/g;s,</title><desc,</desc><desc,g' \
      "$answer.body" | tidy -e -q --drop-empty-elements no 2>&1
    python3 "$top_srcdir/tests/lib/html_rules.py" "$answer.body" 2>&1
  } >"$work/invalid"
  is "$(cat "$work/invalid")" '' "$1"
}

# visit_sign_in: the sign-in page; sets $cookie and $token for its forms
visit_sign_in() {
  cookie=
  get /sign-in
  cookie=__Host-gatehouse-visitor=$(set_cookie __Host-gatehouse-visitor)
  token=$(field token)
}

# sign_in ID [PASSWORD]: afterwards $cookie is that of the session, $token one of its forms
sign_in() {
  visit_sign_in
  post /sign-in "account=$1" "password=${2-password of $1}"
  [ "$status" = 303 ] || return 1
  cookie=__Host-gatehouse=$(set_cookie __Host-gatehouse)
  get /me
  token=$(field token)
}

# dump: everything in registry and ledger, as one number; two that failed are not the same
dump() {
  for store in registry ledger; do
    mdb_dump -a "$data/$store" || date +'not dumped at %s.%N'
  done | grep -v '^mapaddr\|^mapsize' | sha256sum
}
command -v mdb_dump >/dev/null || bail 'mdb_dump is missing'
