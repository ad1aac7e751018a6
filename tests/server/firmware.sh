#!/bin/sh
# Firmware through lighttpd: sent by cups.fcgi, with and without the server's buffering, and by
# lighttpd itself; whole and with an exact length whoever is slow.
. "${top_srcdir:=.}/tests/server/lib.sh"
command -v curl >/dev/null || bail 'curl is not there'

openssl enc -aes-128-ctr -K 000102030405060708090a0b0c0d0e0f -iv 00000000000000000000000000000000 \
  -in /dev/zero 2>/dev/null | head -c 83886080 >"$work/large"
openssl ecparam -name prime256v1 -genkey -noout -out "$work/a.pem"
openssl ec -in "$work/a.pem" -pubout -outform DER 2>/dev/null | tail -c 64 >"$work/a.key"
openssl dgst -sha512 -sign "$work/a.pem" -out "$work/large.a" "$work/large"
crc=$(gzip -nc "$work/a.key" | tail -c 8 | od -An -tu4 -N4 | tr -d ' ')

printf 'data = %s/db\nlog_level = note\nfirmware_attempts = 100\n' "$work" >"$conf"
fleet() {
  GATEHOUSE_CONF=$conf "$top_builddir/tests/lib/fleet" >"$work/fleet.out" 2>&1 ||
    bail "fleet: $(cat "$work/fleet.out")"
}
fleet <<END
init
image image-1 $work/large $work/a.key $work/large.a
add release one firmware=image-1 version=v2
add channel stable release=one
add gateway gw-1 ids.eui=58A0CBFFFE800001 auto_update=true
add gateway gw-2 ids.eui=58A0CBFFFE800002
key - value=key-of-all
END

# What a gateway must get, put together from the specification.
le32() {
  # shellcheck disable=SC2059
  printf "$(printf '\\%03o\\%03o\\%03o\\%03o' $(($1 % 256)) $(($1 / 256 % 256)) \
    $(($1 / 65536 % 256)) $(($1 / 16777216)))"
}
{
  printf '\0\0\0\0\0\0'
  le32 $((4 + $(wc -c <"$work/large.a")))
  le32 "$crc"
  cat "$work/large.a"
  le32 83886080
  cat "$work/large"
} >"$work/wanted"
length=$(($(wc -c <"$work/wanted")))

# post EUI-END CURL-OPTIONS...: the body in $work/body, the head in $work/head
post() {
  printf '{"router":"58a0:cbff:fe80:%s","cupsUri":"https://a.example:443","tcUri":null,"cupsCredCrc":1,"tcCredCrc":1,"station":"2","model":"m","package":"v1","keys":[%s]}' \
    "$1" "$crc" >"$work/json.$1"
  post_eui=$1
  shift
  curl -sS --http1.1 -D "$work/head" -o "$work/body" --data-binary "@$work/json.$post_eui" \
    -H 'Content-Type: application/json' -H 'Authorization: Bearer key-of-all' \
    "$@" "$url/update-info"
}
# whole NAME: the last answer is the update, with its length
whole() {
  is "$(tr -d '\r' <"$work/head" | sed -n '1s/HTTP.1.1 //p;s/^Content-Length: //p' | tr '\n' ' ')" \
    "200 OK $length " "$1: status and length"
  check "$1: every byte" cmp "$work/wanted" "$work/body"
  hasnt "$(cat "$work/head")" chunked "$1: not in chunks"
}
# beside NAME: polls of another gateway are answered while one downloads, which would take an
# hour
beside() {
  rm -f "$work/slow"
  curl -sS --http1.1 -o "$work/slow" --data-binary "@$work/json.1" --limit-rate 20k \
    -H 'Authorization: Bearer key-of-all' "$url/update-info" 2>/dev/null &
  slow_pid=$!
  # More than what says that there is nothing, or that there is no time.
  wait_for slow_has_begun || fail "$1: a slow download begins"
  beside_worst=0
  for _ in 1 2 3 4 5 6 7 8; do
    before=$(date +%s%N)
    curl -sS --http1.1 -D "$work/idle.head" -o "$work/idle" --max-time 600 \
      --data-binary "@$work/json.2" -H 'Authorization: Bearer key-of-all' \
      "$url/update-info" || echo '# no answer'
    took=$((($(date +%s%N) - before) / 1000000))
    [ "$took" -le "$beside_worst" ] || beside_worst=$took
    [ "$(($(wc -c <"$work/idle")))" = 14 ] || fail "$1: 14 bytes"
    sleep 0.3
  done
  echo "# the slowest in $beside_worst ms"
  check "$1: beside one that still downloads" kill -0 "$slow_pid"
  kill "$slow_pid" 2>/dev/null
  wait "$slow_pid" 2>/dev/null
}
slow_has_begun() {
  [ "$(($(wc -c <"$work/slow" 2>/dev/null || echo 0)))" -gt 1000 ]
}

# ---- sent by cups.fcgi -------------------------------------------------------------
lighttpd_start
post 2
post 1
whole 'with the example configuration'
beside 'with the example configuration'
# The probe verifies it without keeping it.
printf 'key-of-all' >"$work/key"
ulimit_kb=$(sanitized && echo unlimited || echo 60000)
(
  # Where the shell has it not, nothing is limited.
  # shellcheck disable=SC3045
  [ "$ulimit_kb" = unlimited ] || ulimit -d "$ulimit_kb"
  "$top_builddir/gatehouse" --config "$conf" probe "http://127.0.0.1:$port" --json \
    --eui 58A0CBFFFE800001 --key-file "$work/key" --key-without-tls --package v1 \
    --sig-key "$work/a.key"
) >"$work/probe" 2>"$work/probe.err"
is "$?" 0 'the probe takes it'
has "$(tr -d ' \n' <"$work/probe")" '"verified":true' 'verified'
lighttpd_stop
lighttpd_start 'server.stream-response-body = 2'
post 1
whole 'streamed'
beside 'streamed'
lighttpd_stop

# ---- sent by lighttpd ---------------------------------------------------------------
sed 's|"check-local" => "disable"|&, "x-sendfile" => "enable", "x-sendfile-docroot" => ( "'"$work"'/db/heads/", "'"$work"'/db/blobs/" )|' \
  "$top_srcdir/etc/lighttpd/gatehouse.conf" >"$work/rows.conf"
lighttpd_rows=$work/rows.conf
echo 'firmware_sendfile = x-sendfile2' >>"$conf"
lighttpd_start
post 1
whole 'by X-Sendfile2'
hasnt "$(tr A-Z a-z <"$work/head")" sendfile 'the files are not told'
is "$(find "$work/db/heads" -type f | wc -l)" 1 'one small file'
post 1
is "$(find "$work/db/heads" -type f | wc -l)" 1 'for all'
beside 'by X-Sendfile2'
# With credentials it is sent as before.
fleet <<END
trust root $top_srcdir/tests/data/crypto/ca.der lns.example.com:8887
add lns lns-1 uri=wss://lns.example.com:8887
set gateway gw-1 lns=lns-1 lbs_lns_secret.value=LNS-SECRET
END
post 1
is "$(find "$work/db/heads" -type f | wc -l)" 1 'credentials are in no such file'
tail -c 83886080 "$work/body" >"$work/tail"
check 'but the update is there' cmp "$work/large" "$work/tail"
check 'with credentials before it' grep -qa LNS-SECRET "$work/body"
lighttpd_stop
done_testing
