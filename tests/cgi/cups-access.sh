#!/bin/sh
# Who is let in, by which key or certificate, and what those get to see who show none.
. "${top_srcdir:=.}/tests/lib/cups.sh"

cups=https://cups.example.com:443
lns=wss://lns.example.com:8887
trust=$crypto/ca.der
der "$crypto/ca-plain.pem" >"$work/lns.der"
token_blob "$work/lns.der" 'Authorization: Bearer LNS-SECRET-1' >"$work/lns-blob"
token_blob "$trust" 'Authorization: Bearer CUPS-SECRET-1' >"$work/cups-blob"
{
  cat "$work/lns.der"
  printf '\0\0\0\0\0\0\0\0'
} >"$work/open-blob"

config 'throttle_failures = 1000000' "cups_uri = $cups" 'push_limit = 1000'
fleet <<END || bail 'no data'
init
trust cups-root $trust cups.example.com:443
trust lns-root $work/lns.der lns.example.com:8887
add lns token uri=$lns
add lns cert uri=$lns credentials=certificate
add lns open uri=$lns credentials=server_only
add gateway gw-1 ids.eui=58A0CBFFFE800001 lns=token lbs_lns_secret.value=LNS-SECRET-1
add gateway gw-2 ids.eui=58A0CBFFFE800002 lns=token lbs_lns_secret.value=LNS-SECRET-2
key gw-1 value=key-of-gw-1
key gw-2 value=key-of-gw-2
key - value=key-of-all
key gw-1 value=key-of-an-hour expires=+1h
key gw-1 value=NNSXS.REVOKED.SECRET
key-revoke REVOKED
END
start_cups

# ---- keys --------------------------------------------------------------------
# with KEY STATUS: gw-1 comes with it; only the right one gets an answer with a secret
with() {
  station 58a0:cbff:fe80:1 "$1"
  if [ "$2" = 200 ]; then
    poll "$3" 200 lns-credentials:sent
  else
    poll "$3" "$2" request:refused
    secretless "$3: no secret"
  fi
}
# secretless NAME: none of the fleet's secrets is in the last answer, head included
secrets='LNS-SECRET CUPS-SECRET'
secretless() {
  found=
  for secret in $secrets; do
    if grep -aq "$secret" "$answer"; then found=$secret; fi
  done
  key_hex=$(od -An -v -tx1 "$crypto/key-p256-sec1.der" | tr -d ' \n' | cut -c 15-78)
  case $(od -An -v -tx1 "$answer" | tr -d ' \n') in
  *"$key_hex"*) found='a private key' ;;
  esac
  is "$found" '' "$1"
}

with key-of-gw-1 200 'its own key'
with key-of-all 200 'a key of all gateways'
with key-of-gw-2 403 'the key of another gateway'
has "$(body)" 'the key belongs to another gateway' 'the answer says it'
with key-of-gw- 403 'a key that is too short'
with key-of-gw-11 403 'a key that is too long'
with KEY-OF-GW-1 403 'a key in another case'
with NNSXS.REVOKED.SECRET 403 'a revoked key'
has "$(body)" 'the key was revoked' 'the answer says it'
with key-of-an-hour 200 'a key before it expires'
set_now 2030-01-01T13:00:01Z
with key-of-an-hour 403 'a key after that'
has "$(body)" 'the key has expired' 'the answer says it'

# rights: INFO 1, SETTINGS_BASIC 2, LINK 16, READ_SECRETS 32, ALL 128
for rights in 1 2 32 3 33 34 16 95 128 35; do
  fleet key gw-1 value="key-of-rights-$rights" rights=$rights
  case $rights in 128 | 35) want=200 ;; *) want=403 ;; esac
  if [ $rights = 95 ]; then want=403; fi # all but READ_SECRETS
  with "key-of-rights-$rights" $want "rights $rights"
done

# As they are in the field.
for value in 'Bearer key-with-a-scheme' 'Authorization: Bearer key-with-a-header' \
  'X-Api-Key: key-of-a-header' 'Authorization: key-without-scheme'; do
  fleet <<END
key gw-1 "value=$value"
END
  with "${value##* }" 200 "imported as '$value'"
done

# Generations: what was only pushed ends when a newer one is confirmed.
fleet <<END
add gateway gw-3 ids.eui=58A0CBFFFE800003
key gw-3 value=generation-1 cups
key gw-3 value=generation-2 cups pushed
key gw-3 value=generation-3 cups pushed
END
came_with() {
  station 58a0:cbff:fe80:3 "$1"
  cups_uri=$cups
  token_blob "$trust" "Authorization: Bearer $1" >"$work/blob"
  cups_crc=$(crc32 "$work/blob")
  poll "$1$3" "$2" "$4"
}
came_with generation-1 200 '' cups-credentials:sent
came_with generation-2 200 ' before the newest' cups-credentials:sent
came_with generation-3 200 ' confirms' cups-credentials:confirmed
came_with generation-2 403 ' has ended' request:refused
came_with generation-1 200 ', put there by hand, is still good' cups-credentials:sent

# ---- deleted and registered again ----------------------------------------------
station 58a0:cbff:fe80:2 key-of-gw-2
fleet delete gateway gw-2
poll 'a deleted gateway' 404 request:unknown
secretless 'gets nothing'
fleet restore gw-2
poll 'a restored one' 200 lns-credentials:sent
fleet delete gateway gw-2
fleet purge gw-2
fleet add gateway gw-2 ids.eui=58A0CBFFFE800002 lns=token lbs_lns_secret.value=LNS-SECRET-3
poll 'a new one of the same name inherits no key' 403 request:refused

# ---- certificates ----------------------------------------------------------------
# Each differs from the right one in one thing.
eui=58A0CBFFFE800001
issue ca use=ca cn=Fleet
issue twin use=ca cn=Fleet
issue other use=ca cn=Other
issue narrow use=ca cn=Narrow
issue mute use=ca cn=Mute
issue old use=ca cn=Old until=+2d
issue right ca=ca cn=$eui
issue lower ca=ca cn=58a0cbfffe800001
issue of-twin ca=twin cn=$eui
issue of-other ca=other cn=$eui
issue of-narrow ca=narrow cn=$eui
issue of-mute ca=mute cn=$eui
issue of-old ca=old cn=$eui until=+1d
issue alone cn=$eui
issue expired ca=ca cn=$eui from=-3d until=-1h
issue early ca=ca cn=$eui from=+1h
issue server ca=ca cn=$eui use=server
issue neighbour ca=ca cn=58A0CBFFFE800002
issue stranger ca=ca cn=gateway-1
issue short ca=ca cn=58A0CBFFFE80000
issue revoked ca=ca cn=$eui
serial=$(openssl x509 -in "$work/revoked.pem" -noout -serial | cut -d = -f 2)
fleet <<END || bail 'no CA'
ca fleet $work/ca.pem 58A0CBFFFE8
ca narrow $work/narrow.pem 58A0CBFFFE800002 0011
ca mute $work/mute.pem
ca old $work/old.pem 58A0
ca openssl $crypto/ca.pem 58A0CBFFFE800001
ca-revoke fleet $serial
END

# shows FILE STATUS NAME [WORDS]: gw-1 comes with this certificate; WORDS are in the answer
shows() {
  station 58a0:cbff:fe80:1
  cert=$1
  if [ "$2" = 200 ]; then
    poll "$3" 200 lns-credentials:sent
  else
    poll "$3" "$2" request:refused
    has "$(body)" "${4-}" "because: ${4-}"
    secretless "$3: no secret"
  fi
}
shows "$work/right.pem" 200 'the right certificate'
sent '' $lns '' "$work/lns-blob"
shows "$work/lower.pem" 200 'its EUI in lower case'
shows "$work/of-other.pem" 403 'another CA' 'no registered CA'
shows "$work/of-twin.pem" 403 'another CA of the same name' 'not by this CA'
shows "$work/alone.pem" 403 'signed by itself' 'no registered CA'
shows "$work/of-narrow.pem" 403 'a CA that speaks for others' 'may not speak for this EUI'
shows "$work/of-mute.pem" 403 'a CA that speaks for nobody' 'may not speak for this EUI'
shows "$work/expired.pem" 403 'an expired one' 'expired'
shows "$work/early.pem" 403 'one that is not valid yet' 'not valid'
shows "$work/server.pem" 403 'one of a server' clientAuth
shows "$work/neighbour.pem" 403 'that of another gateway' 'names 58A0CBFFFE800002'
shows "$work/stranger.pem" 403 'a name that is no EUI' 'is not an EUI'
shows "$work/short.pem" 403 'an EUI of 15 digits' 'is not an EUI'
shows "$work/revoked.pem" 403 'a revoked one' 'was revoked'
shows "$work/ca.pem" 403 'that of the CA itself' 'is not an EUI'
shows "$crypto/client.pem" 200 'one that OpenSSL made'
shows "$crypto/client-nouse.pem" 403 'one without a purpose' clientAuth
shows "$crypto/client-any.pem" 403 'one for any purpose' clientAuth
shows "$crypto/client-isca.pem" 403 'a CA below the CA' 'that of a CA'
shows "$crypto/client-two.pem" 403 'two names' 'is not an EUI'
shows "$crypto/client-sha1.pem" 403 'a weak signature' weak
shows "$crypto/client-forged.pem" 403 'a forged signature' signature
shows "$crypto/client-impostor.pem" 403 'the key of another CA' 'not by this CA'
sed 's/^\(MII.......\)./\1A/' "$work/right.pem" >"$work/damaged.pem"
shows "$work/damaged.pem" 403 'a damaged one'

shows "$work/of-old.pem" 200 'a CA that lasts until tomorrow'
set_now 2030-01-04T12:00:00Z
shows "$work/of-old.pem" 403 'and has expired the day after' 'expired'
set_now 2030-01-01T13:00:00Z

# What is no certificate at all counts as none.
station 58a0:cbff:fe80:1
for value in nonsense "$(cat "$work/right.pem" "$work/ca.pem")" "$(cat "$work/right.key")"; do
  ask_for "$(request)" SSL_CLIENT_CERT="$value"
  is "$status $reason" '401 request:refused' "SSL_CLIENT_CERT=$(echo "$value" | head -n 1)"
done

# Both: one of them is enough.
station 58a0:cbff:fe80:1 key-of-gw-1
cert=$work/of-other.pem
poll 'a right key beside a wrong certificate' 200 lns-credentials:sent
key=nonsense
cert=$work/right.pem
poll 'a right certificate beside a wrong key' 200 lns-credentials:sent
cert=$work/of-other.pem
poll 'both wrong' 403 request:refused

# ---- forged headers ----------------------------------------------------------------
pem=$(cat "$work/right.pem")
line=$(tr '\n' ' ' <"$work/right.pem")
forged() {
  for variable in "HTTP_SSL_CLIENT_CERT=$pem" "HTTP_SSL_CLIENT_CERT=$line" \
    "HTTP_X_SSL_CERT=$line" "HTTP_X_SSL_CLIENT_CERT=$line" "HTTP_X_CLIENT_CERT=$line" \
    "HTTP_X_FORWARDED_CLIENT_CERT=Cert=\"$line\"" HTTP_SSL_CLIENT_VERIFY=SUCCESS \
    HTTP_X_SSL_CLIENT_VERIFY=SUCCESS HTTP_X_SSL_CLIENT_DN=CN=$eui \
    HTTP_SSL_CLIENT_S_DN_CN=$eui SSL_CLIENT_VERIFY=SUCCESS SSL_CLIENT_S_DN_CN=$eui \
    REMOTE_USER=$eui "CLIENT_CERT=$pem" HTTP_GATEHOUSE_TEST_NOW=2020-01-01; do
    station 58a0:cbff:fe80:1
    poll "${variable%%=*} does nothing$1" 401 request:refused "$variable"
  done
}
forged
stop_app
config 'trusted_proxies = 192.0.2.1' 'client_certificate_header = X-Client-Cert'
start_cups
forged ', neither from a stranger where a proxy is trusted'
station 58a0:cbff:fe80:1
ask_for "$(request)" "HTTP_X_CLIENT_CERT=$line" REMOTE_ADDR=192.0.2.1
is "$status" 200 'the proxy itself may pass it on'
ask_for "$(request)" "HTTP_X_CLIENT_CERT=$line" REMOTE_ADDR=203.0.113.1 \
  HTTP_X_FORWARDED_FOR=192.0.2.1
is "$status" 401 'who only says that he is the proxy may not'

# ---- who shows nothing -----------------------------------------------------------------
fleet <<END
set gateway gw-1 allow_unauthenticated=true target_cups_uri=https://cups.example.com:443
key gw-1 value=CUPS-SECRET-1 cups pushed
END
station 58a0:cbff:fe80:1
cups_uri=$cups
poll 'without a key, by permission' 200 cups-credentials:unauthenticated
nothing 'no secret, and no address that would need it'
secretless 'no secret'
key=nonsense
poll 'with a wrong key' 200 cups-credentials:unauthenticated
secretless 'no secret'
key=
cups_uri=https://elsewhere.example.com:443
poll 'a redirect needs the secret' 200 cups-credentials:unauthenticated
secretless 'no secret'
cups_uri=$cups
fleet set gateway gw-1 lns=cert
fleet cert lns gw-1 "$crypto/client.pem" "$crypto/key-p256-sec1.pem"
poll 'a private key neither' 200 cups-credentials:unauthenticated
secretless 'no secret'
fleet set gateway gw-1 lns=open
poll 'but what is no secret' 200 lns-credentials:sent
sent '' $lns '' "$work/open-blob"
secretless 'no secret'
fleet set gateway gw-1 lns=token

# ---- a provisioning window ---------------------------------------------------------------
# window NAME: of five polls in a window exactly one, the first, has the secrets
window() {
  station 58a0:cbff:fe80:1 "$2"
  cups_uri=$cups
  poll "$1" 200 cups-credentials:sent-provisioning
  sent '' $lns "$work/cups-blob" "$work/lns-blob" 'the credentials'
  for i in 2 3 4 5; do
    poll "poll $i" "$3" "$4"
    secretless 'no secret'
  done
}
fleet retry gw-1
fleet set gateway gw-1 provisioning_until=2030-01-01T14:00:00Z
window 'in a window, without a key' '' 200 cups-credentials:unauthenticated
fleet set gateway gw-1 allow_unauthenticated=false provisioning_until=2030-01-01T15:00:00Z
window 'in another window, with a wrong key' nonsense 403 request:refused
fleet set gateway gw-1 provisioning_until=2030-01-01T16:00:00Z
set_now 2030-01-01T16:00:00Z
station 58a0:cbff:fe80:1
poll 'after a window' 401 request:refused
secretless 'no secret'
station 58a0:cbff:fe80:2
poll 'another gateway, during it' 401 request:refused
secretless 'no secret'

hasnt "$(cat "$log")" SECRET 'no secret is in the log'
hasnt "$(cat "$log")" key-of 'no key'
hasnt "$(cat "$log")" generation- 'whatever its form'
stop_app
done_testing
