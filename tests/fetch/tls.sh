#!/bin/sh
# Certificates are checked unless told otherwise; a wget that cannot is not given https.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
make_gateways

# certificate NAME ALTNAME: signed by itself, its key with it as lighttpd wants them.
certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
    -subj "/CN=$1" -addext "subjectAltName=$2" \
    -keyout "$tmp/$1.key" -out "$tmp/$1.crt" 2>"$tmp/openssl.log" ||
    give_up "no certificate: $(tail -n 1 "$tmp/openssl.log")"
  cat "$tmp/$1.key" "$tmp/$1.crt" >"$tmp/$1.pem"
}

# serve_with NAME: a server with that certificate instead of the one before.
serve_with() {
  [ -z "$server" ] || { kill "$server" && wait "$server"; }
  scheme=https
  extra_lines="server.modules += (\"mod_openssl\")
ssl.engine = \"enable\"
ssl.pemfile = \"$tmp/$1.pem\""
  start_server
}

why=''
command -v openssl >/dev/null || why="openssl is not installed"
[ -e /usr/lib/lighttpd/mod_openssl.so ] || why="lighttpd has no mod_openssl"
if [ -n "$why" ]; then
  echo "1..0 # SKIP $why: certificates cannot be tried"
  exit 0
fi
certificate right IP:127.0.0.1
certificate other IP:127.0.0.1
certificate elsewhere DNS:elsewhere.example

# tried CODE WHAT OPTION…: with a file fetched only if the code is 0.
tried() {
  wanted=$1 what_for=$2
  shift 2
  new_gateway
  fetch "$@"
  check "$gateway: $what_for: code $wanted" ended "$wanted"
  if [ "$wanted" -eq 0 ]; then
    check "$gateway: $what_for: fetched" outcome 0 1
  else
    check "$gateway: $what_for: nothing there" [ ! -e "$file" ]
  fi
}

for each in $gateways; do
  case $each in
  dash/*) use "$each" ;;
  *) continue ;;
  esac
  serve_with right
  if [ "$client" = wget ]; then
    tried 2 "cannot check"
    tried 2 "cannot check, even with a certificate" --ca "$tmp/right.crt"
    continue
  fi
  tried 0 "the right certificate" --ca "$tmp/right.crt"
  tried 3 "a certificate that nobody vouches for"
  tried 3 "a certificate of somebody else" --ca "$tmp/other.crt"
  tried 0 "unchecked" --insecure
  serve_with elsewhere
  tried 3 "a certificate for another name" --ca "$tmp/elsewhere.crt"
done
finish
