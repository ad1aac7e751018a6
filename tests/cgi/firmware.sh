#!/bin/sh
# Firmware over CUPS: what goes over the line byte by byte, who gets it signed by whom, what
# is remembered of it, and that a slow download is in nobody's way.
. "${top_srcdir:=.}/tests/lib/cups.sh"

cups=https://cups.example.com:443
lns=wss://lns.example.com:8887
der "$crypto/ca-plain.pem" >"$work/lns.der"

# ---- what is needed ------------------------------------------------------------
# random NAME BYTES: the same in every run
random() {
  openssl enc -aes-128-ctr -K 000102030405060708090a0b0c0d0e0f \
    -iv "$(printf %032x "$2")" -in /dev/zero 2>/dev/null | head -c "$2" >"$work/$1"
}

# new_key NAME: its private key, the 64 bytes that a gateway has, their CRC in crc_NAME
new_key() {
  openssl ecparam -name prime256v1 -genkey -noout -out "$work/$1.pem"
  openssl ec -in "$work/$1.pem" -pubout -outform DER 2>/dev/null |
    tail -c 64 >"$work/$1.key"
  eval "crc_$1=$(crc32 "$work/$1.key")"
}

# sign KEY FILE...: FILE.KEY is the signature
sign() {
  sign_key=$1
  shift
  for sign_file in "$@"; do
    openssl dgst -sha512 -sign "$work/$sign_key.pem" -out "$work/$sign_file.$sign_key" \
      "$work/$sign_file"
  done
}

crc_a='' crc_b=''
crc_a='' crc_b=''
new_key a
new_key b
random small 3145728
random large 83886080
random tiny 1000
random next 2000
sign a small large tiny next
sign b small

config 'throttle_failures = 1000000' "cups_uri = $cups" 'workers = 2' 'push_limit = 100' \
  'firmware_attempts = 100'
# must WORD...: a command of gatehouse
must() {
  env GATEHOUSE_CONF="$conf" $tool_env "$top_builddir/gatehouse" "$@" >"$work/must" 2>&1 ||
    bail "gatehouse $*: $(cat "$work/must")"
}

fleet <<END || bail 'no data'
init
trust cups-root $crypto/ca.der cups.example.com:443
trust lns-root $work/lns.der lns.example.com:8887
add lns lns-1 uri=$lns
END
must signing-key add key-a "$work/a.key"
must signing-key add key-b "$work/b.key"
must firmware add small-image "$work/small" --signature "$work/small.a" \
  --signature "key-b=$work/small.b"
must firmware add large-image "$work/large" --signature "$work/large.a"
must firmware add tiny-image "$work/tiny" --signature "$work/tiny.a"
must firmware add next-image "$work/next" --signature "key-a=$work/next.a"
must release add small small-image v2
must release add large large-image v9
must release add tiny tiny-image v2
must release add next next-image v3
must channel add stable small
must channel add slow large
must channel add little tiny

# gateway N CHANNEL [FIELD=VALUE...]: another one that is in order but for its firmware
gateway() {
  gateway_n=$1
  gateway_channel=$2
  shift 2
  fleet add gateway "gw-$gateway_n" "ids.eui=58A0CBFFFE80000$gateway_n" \
    "update_channel=$gateway_channel" auto_update=true "$@" &&
    fleet key "gw-$gateway_n" "value=key-of-gw-$gateway_n"
}

package=v1
keys=
# request: with $package and the CRCs of $keys
request() {
  printf '{"router":"%s","cupsUri":%s,"tcUri":%s,"cupsCredCrc":%s,"tcCredCrc":%s,' \
    "$router" "$(quoted "$cups_uri")" "$(quoted "$lns_uri")" "$cups_crc" "$lns_crc"
  printf '"station":"2.0.6(linux/std) 2022-01-18 10:22:16","model":"linux",'
  printf '"package":%s,"keys":[%s]}' "$(quoted "$package")" "$keys"
}

# gateway_is N [KEYS]: the following polls are from there
gateway_is() {
  station "58a0:cbff:fe80:$1" "key-of-gw-$1"
  cups_uri=$cups
  keys=${2-}
}

# size32 NUMBER: in four bytes, little-endian
size32() {
  bytes $(($1 % 256)) $(($1 / 256 % 256)) $(($1 / 65536 % 256)) $(($1 / 16777216))
}

# update KEY IMAGE: signature and update as the gateway gets them; KEY '' for unsigned
update() {
  if [ -n "$1" ]; then
    update_size=$(($(wc -c <"$work/$2.$1")))
    eval "update_crc=\$crc_$1"
    size32 $((4 + update_size))
    # shellcheck disable=SC2154
    size32 "$update_crc"
    cat "$work/$2.$1"
  else
    bytes 0 0 0 0
  fi
  size32 $(($(wc -c <"$work/$2")))
  cat "$work/$2"
}

# gets NAME KEY IMAGE: a poll that is answered by this update alone
gets() {
  ask_for "$(request)"
  {
    bytes 0 0 0 0 0 0
    update "$2" "$3"
  } >"$work/wanted"
  if [ "$status" = 200 ] && cmp -s "$work/wanted" "$answer.body" &&
    [ "$(header Content-Length)" = $(($(wc -c <"$work/wanted"))) ]; then
    pass "$1"
  else
    fail "$1" "$status $(header Content-Length) $(cmp "$work/wanted" "$answer.body" 2>&1)
$(tail -n 3 "$log")"
  fi
}

# whys: why it gets firmware or does not, as `gatehouse explain` says
whys() {
  request >"$work/whys.json"
  printf '%s' "$key" >"$work/whys.key"
  set -- --nobody
  [ -z "$key" ] || set -- --key-file "$work/whys.key"
  env GATEHOUSE_CONF="$conf" $tool_env "$top_builddir/gatehouse" explain --json \
    --request "$work/whys.json" "$@" 2>>"$work/whys.log" | tr -d ' \n' |
    tee "$work/whys.out" | grep -o '"part":"firmware","why":"[a-z-]*"' | sed 's/.*:"//;s/"$//' | tr '\n' ' '
}

# no NAME WHY...: a poll that brings nothing, for these reasons
no() {
  no_name=$1
  shift
  is "$(whys)" "$* " "$no_name: why"
  idle "$no_name" lns-uri:no-lns
}

# ---- byte by byte --------------------------------------------------------------
start_cups
gateway 1 stable lns=lns-1 lbs_lns_secret.value=LNS-SECRET
fleet key gw-1 value=new-key-of-gw-1 cups pushed
gateway_is 1 "$crc_a"
ask_for "$(request)"
token_blob "$crypto/ca.der" 'Authorization: Bearer new-key-of-gw-1' >"$work/cups.blob"
token_blob "$work/lns.der" 'Authorization: Bearer LNS-SECRET' >"$work/lns.blob"
{
  printf '\000\032%s' "$lns"
  size16 "$work/cups.blob"
  size16 "$work/lns.blob"
  update a small
} >"$work/wanted"
check 'both credentials, signature and 3 MB' cmp "$work/wanted" "$answer.body"
length=$(($(wc -c <"$work/wanted")))
printf 'Status: 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r
Cache-Control: no-store\r\n\r\n' "$length" >"$work/head"
check 'the head' cmp "$work/head" "$answer.head"
has "$(tail -n 1 "$log")" " firmware=3145728" 'the log tells of it'
cgi cgi-bin/cups.fcgi POST /update-info "$(request)" "$app_env" \
  "HTTP_AUTHORIZATION=Bearer $key"
cat "$work/head" "$work/wanted" >"$work/whole"
check 'the same by plain CGI' cmp "$work/whole" "$answer"

# ---- signatures ------------------------------------------------------------------
gateway 2 stable
gateway_is 2 "$crc_a"
gets 'key A is listed: signed by A' a small
keys=$crc_b
gets 'key B is listed: signed by B' b small
keys=1,$crc_b,$crc_a
gets 'the first one that is known counts' b small
keys=1,2
no 'neither is listed: nothing' no-signature
keys=
no 'no key is listed: nothing' unsigned
must release set small unsigned=true
gets 'but the release may go unsigned' '' small
keys=1
no 'not to one that lists a key' no-signature
must release set small unsigned=false

# ---- what stands in the way --------------------------------------------------------
keys=$crc_a
fleet set gateway gw-2 auto_update=false
no 'not without auto_update' not-auto
fleet set gateway gw-2 auto_update=true update_channel=nothing
no 'not in a channel that there is not' no-channel
fleet set gateway gw-2 update_channel=
gets 'stable is the channel of those that name none' a small
fleet set gateway gw-2 allow_unauthenticated=true
key=
no 'nor one that shows nothing' unauthenticated
key='key-of-gw-2'
fleet set gateway gw-2 target_cups_uri=https://other.example.com:443
fleet trust other-root "$crypto/ca.der" other.example.com:443
fleet set gateway gw-2 cups_credentials=server_only
ask_for "$(request)"
is "$(($(wc -c <"$answer.body") < 1000)) $reason" '1 cups-uri:sent' \
  'nor with a redirect'
fleet set gateway gw-2 target_cups_uri= cups_credentials=auto
package=v2
no 'nor the version that it has' updated same
package=v2.1
no 'nor an older one' older
package=
no 'nor one that reports none' no-version
package=v1
gets 'else it gets it' a small

# ---- a file that is gone or damaged -------------------------------------------------
file=$(fleet image-file small-image)
mv "$file" "$work/kept"
no 'the file is gone: nothing is sent' failed unreadable
has "$(cat "$log")" 'firmware small-image cannot be sent: ' 'and the log says so'
gateway_is 1 "$crc_a"
ask_for "$(request)"
{
  printf '\000\032%s' "$lns"
  size16 "$work/cups.blob"
  size16 "$work/lns.blob"
  bytes 0 0 0 0 0 0 0 0
} >"$work/wanted"
check 'but credentials are' cmp "$work/wanted" "$answer.body"
gateway_is 2 "$crc_a"
head -c 3145727 "$work/kept" >"$file"
printf x >>"$file"
no 'another byte in it: nothing is sent' unreadable
rm "$file"
mv "$work/kept" "$file"
gets 'it is back' a small

# ---- no end of it ------------------------------------------------------------------
# A gateway that never takes it; and one that does, but late.
stop_app
must rollout create out-1 next little failure_limit=100
must rollout start out-1 100
sed -i 's/^firmware_attempts.*/firmware_attempts = 2/' "$conf"
start_cups
gateway 3 little
gateway_is 3 "$crc_a"
for n in 1 2 3; do gets "offer $n" a next; done
is "$(whys)" 'stopped ' 'the reason'
has "$(cat "$work/whys.out")" \
  '"place":"' 'where it stands'
has "$(cat "$work/whys.out")" '"percentage":"100.00"' 'how far the roll-out is'
has "$(cat "$work/whys.out")" '"attempts":3' 'and how often it may be offered'
poll 'then no more' 200 firmware:stopped
nothing '14 zero bytes'
is "$(fleet rollout-state out-1 gw-3)" 'running 100 offered 0 updated 0 failed 1 silent 0
gw-3: failed, 3' 'the ledger knows'
fleet set gateway gw-3 lns=lns-1 lbs_lns_secret.value=LNS-SECRET
ask_for "$(request)"
sent '' "$lns" '' "$work/lns.blob" 'credentials are sent all the same'
fleet set gateway gw-3 lns=
package=v3
no 'it has taken it after all' updated same
is "$(fleet rollout-state out-1 gw-3)" 'running 100 offered 0 updated 1 failed 0 silent 0
gw-3: updated, 3' 'which is noted'
package=v1
poll 'it is back at the old one' 200 firmware:stopped
must gateway retry gw-3
gets 'an operator lets it try again' a next
package=v3
no 'and again it has it' updated same
gateway 4 little
gateway_is 4 "$crc_a"
must rollout pause out-1
package=v1
gets 'the roll-out is paused: the release of the channel' a tiny
gets 'once more' a tiny
poll 'and no more' 200 firmware:stopped
is "$(whys)" 'not-running stopped ' 'why'
has "$(cat "$work/whys.out")" '"attempts":2' 'by the configured number'

# ---- two workers and a slow download --------------------------------------------------
stop_app
gateway 5 slow
gateway 6 slow
must rollout create out-2 next slow failure_limit=100
start_workers 2
large_file=$(fleet image-file large-image)
gateway_is 5 "$crc_a"
request >"$work/slow.json"
# download PROGRAM...: what the gateway does with the bytes; goes on in the background
download() {
  # shellcheck disable=SC2086
  env -i PATH="$PATH" GATEWAY_INTERFACE=CGI/1.1 SERVER_PROTOCOL=HTTP/1.1 \
    REQUEST_METHOD=POST REQUEST_URI=/update-info SCRIPT_NAME=/update-info PATH_INFO= \
    QUERY_STRING= SERVER_NAME=cups.example.com SERVER_PORT=443 \
    REMOTE_ADDR=198.51.100.7 HTTP_HOST=cups.example.com:443 \
    HTTP_AUTHORIZATION="Bearer $key" CONTENT_LENGTH="$(($(wc -c <"$work/slow.json")))" \
    cgi-fcgi -bind -connect "$sock" <"$work/slow.json" | "$@" >"$work/slow" &
  download_pid=$!
}
# halfway: a part, then the rest once there is a file $work/go
cat >"$work/halfway" <<END
head -c 5000000
until [ -e "$work/go" ]; do sleep 0.1; done
cat
END
# 20 KB/s
cat >"$work/trickle" <<'END'
while head -c 20480 >&3; do sleep 1; done 3>&1
END
begun() { [ "$(($(wc -c <"$work/slow")))" -gt 10000 ]; }
largest_memory() {
  for pid in $(cat "$work/workers"); do
    awk '/^RssAnon:/ { print $2 }' "/proc/$pid/status"
  done | sort -n | tail -n 1
}

: >"$work/slow"
download sh "$work/halfway"
wait_for begun || bail 'the download does not begin'
if sanitized; then
  skip 'with little memory' 'sanitizers need more'
else
  memory=$(largest_memory)
  is "$([ "$memory" -lt 6144 ] && echo small)" small "with $memory kB of memory"
fi
gateway_is 6 "$crc_a"
ask_for "$(request)"
nothing 'another one does not get it now'
# All that may happen to it meanwhile.
must release set large version=v10 firmware=tiny-image
must channel set slow release=tiny
must rollout start out-2 100
must rollout pause out-2
must firmware remove large-image
rm "$large_file"
ask_for "$(request)"
nothing 'nor anything else, while the other worker sends'
touch "$work/go"
wait "$download_pid"
{
  printf 'Status: 200 OK\r\nContent-Type: application/octet-stream\r
Content-Length: %d\r\nCache-Control: no-store\r\n\r\n' \
    $((6 + 8 + $(wc -c <"$work/large.a") + 4 + 83886080))
  bytes 0 0 0 0 0 0
  update a large
} >"$work/wanted"
check '80 MB that are all there, whatever happened to release, channel and file' \
  cmp "$work/wanted" "$work/slow"
gateway_is 6 "$crc_a"
must rollout resume out-2
gets 'now the other one gets what is in the roll-out' a next
package=v3
no 'and has it' updated same

must rollout abort out-2 --yes
must firmware add large-again "$work/large" --signature "$work/large.a"
must release add again large-again v9
must channel set slow release=again
must rollout abort out-1 --yes
: >"$work/slow"
package=v1
gateway_is 5 "$crc_a"
request >"$work/slow.json"
download sh "$work/trickle"
wait_for begun || bail 'the slow download does not begin'
gateway_is 6 "$crc_a"
package=v9
ask -n 2000 -c 4 -- HTTP_AUTHORIZATION="Bearer $key" >"$work/polls"
is "$(sed '/^slowest/d' "$work/polls")" '2000 200 14 0' \
  'idle polls beside a download at 20 KB/s, of more than an hour, are all answered'
slowest=$(sed -n 's/^slowest //p' "$work/polls")
check "none behind it (the slowest in $slowest ms)" [ "$slowest" -lt 60000 ]
is "$(kill -0 "$download_pid" 2>/dev/null && echo yes)" yes 'while it goes on'
kill "$download_pid"
wait "$download_pid" 2>/dev/null
package=v1
slot_free() { ask_for "$(request)" && [ "$(($(wc -c <"$answer.body")))" -gt 1000000 ]; }
check 'the client is gone: somebody else may be sent it' wait_for slot_free

check 'nothing is damaged' fleet check
stop_app
done_testing
