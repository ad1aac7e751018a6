#!/bin/sh
# A store of another version, damaged records, missing files: 503 with the reason in the log,
# and whoever is not concerned gets an answer.
. "${top_srcdir:=.}/tests/lib/cups.sh"

cups=https://cups.example.com:443
lns=wss://lns.example.com:8887
der "$crypto/ca-plain.pem" >"$work/lns.der"
token_blob "$work/lns.der" 'Authorization: Bearer NNSXS.LNS.SECRET' >"$work/blob"
issue ca use=ca cn=Fleet
issue client ca=ca cn=58A0CBFFFE800003
config 'throttle_failures = 1000000' "cups_uri = $cups" 'push_limit = 1000'
fleet <<END || bail 'no data'
init
trust cups-root $crypto/ca.der cups.example.com:443
trust lns-root $work/lns.der lns.example.com:8887
trust other-root $crypto/ca-rsa.pem other.example.com:8887
ca fleet-ca $work/ca.pem 58A0CBFFFE8
add lns lns-1 uri=$lns
add lns lns-2 uri=wss://other.example.com:8887
add gateway gw-1 ids.eui=58A0CBFFFE800001 lns=lns-1 lbs_lns_secret.value=NNSXS.LNS.SECRET
add gateway gw-2 ids.eui=58A0CBFFFE800002 lns=lns-2 lbs_lns_secret.value=NNSXS.LNS.SECRET name=name-of-the-second
add gateway gw-3 ids.eui=58A0CBFFFE800003
key gw-1 value=key-of-gw-1
key gw-2 value=NNSXS.SECOND.KEY
END

# The first gateway has everything; the second one is sent something.
first() {
  station 58a0:cbff:fe80:1 key-of-gw-1
  lns_uri=$lns
  lns_crc=$(crc32 "$work/blob")
}
second() {
  station 58a0:cbff:fe80:2 NNSXS.SECOND.KEY
}
# fails NAME WORDS: the station is answered with 503, and the log has the words
fails() {
  ask_for "$(request)"
  is "$status" 503 "$1: 503"
  is "$(header Content-Length)" "$(($(body | wc -c)))" 'with its length'
  hasnt "$(body)" "$data" 'the answer does not tell where our files are'
  has "$(cat "$log")" "$2" "the log says: $2"
  : >"$log"
}
# recovers NAME: after the second between two tries to open the data, if it takes one
recovers() {
  first
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    ask_for "$(request)"
    if [ "$status" = 200 ]; then break; fi
    sleep 0.5
  done
  nothing "$1"
  : >"$log"
}

# anew: where the kernel confines it to the folders that were there, a program ends when others
# have come to their places, and a web server starts it again; here we do
anew() {
  first
  ask_for "$(request)"
  sleep 1.1
  if app_lives; then ask_for "$(request)"; fi
  if "$top_builddir/tests/lib/kernel" files; then
    wait_app
    is "$app_status" 1 'it ends by itself, to be started anew'
    start_cups
  else
    skip 'it ends by itself, to be started anew' 'this kernel confines it to no folders'
  fi
}

# ---- the folder ----------------------------------------------------------------
mv "$data" "$work/elsewhere"
start_cups
first
fails 'no data folder' "$data"
mv "$work/elsewhere" "$data"
recovers 'it comes back by itself'
mv "$data" "$work/elsewhere"
fails 'the folder is moved away' "$data/registry"
mv "$work/elsewhere" "$data"
recovers 'and back'
mkdir "$work/copy"
cp -R "$data/." "$work/copy"
mv "$data" "$work/old"
mv "$work/copy" "$data"
anew
recovers 'a copy of it is put in its place'
rm -r "$work/old"
rm -r "$data/sightings"
recovers 'without sightings'
mkdir "$data/sightings"
anew
for name in gateways unknown throttle; do
  head -c 5000 /dev/urandom >"$data/sightings/$name"
done
recovers 'with senseless sightings'
stop_app
start_cups
recovers 'also at the start'

# ---- another version -------------------------------------------------------------
for store in registry ledger; do
  fleet schema $store 2
  fails "a newer $store, while it runs" "$store: the database is of a newer version"
  stop_app
  start_cups
  fails "a newer $store, at the start" "$data/$store: has schema 2"
  fleet schema $store 1
  recovers 'it comes back by itself'
done

# ---- records ------------------------------------------------------------------------
# broken KIND ID WORDS: concerns the second gateway alone
broken() {
  fleet damage "$1" "$2"
  second
  fails "the $1 $2 is damaged" "no answer for 58A0CBFFFE800002: $3: stored data are damaged"
  first
  idle 'the other gateway is answered'
  fleet damage "$1" "$2"
  second
  poll 'it is mended' 200 lns-credentials:sent
}
second
poll 'all is well' 200 lns-credentials:sent
broken gateway gw-2 'record of the gateway'
broken state gw-2 'state of the gateway in the ledger'
broken lns lns-2 'record of its lns'
broken trust other-root 'trust for its lns'
broken key SECOND 'record of the key'
fleet damage ca fleet-ca
station 58a0:cbff:fe80:3
cert=$work/client.pem
fails 'the CA is damaged' 'no answer for 58A0CBFFFE800003: record of a CA'
fleet damage ca fleet-ca
idle 'it is mended' lns-uri:no-lns

# ---- sealed values ---------------------------------------------------------------------
mv "$data/seal.keys" "$work/seal.keys"
stop_app
start_cups
second
fails 'without the sealing keys' 'gw-2: cannot build its credentials'
first
idle 'who needs nothing is answered'
mv "$work/seal.keys" "$data/seal.keys"
second
poll 'they are back' 200 lns-credentials:sent

# ---- the file -----------------------------------------------------------------------------
# One byte of the second gateway's name is turned over, as a bad disk would.
stop_app
cp -R "$data" "$work/good"
at=$(grep -abo name-of-the-second "$data/registry/data.mdb" | cut -d : -f 1)
for offset in $at; do
  printf N | dd of="$data/registry/data.mdb" bs=1 seek="$offset" conv=notrunc 2>/dev/null
done
start_cups
second
fails 'a byte in the file' 'no answer for 58A0CBFFFE800002: record of the gateway'
first
idle 'the other gateway is answered'
stop_app
# restored NAME: the good data are there again
restored() {
  rm -r "$data"
  cp -R "$work/good" "$data"
  recovers "$1"
}
for how in 'cut short' 'no store at all' empty; do
  case $how in
  cut*) truncate -s 20000 "$data/registry/data.mdb" ;;
  no*) head -c 100000 /dev/urandom >"$data/registry/data.mdb" ;;
  *) : >"$data/ledger/data.mdb" ;;
  esac
  start_cups
  fails "a file that is $how" "$data/"
  restored 'the good one is put in its place'
  stop_app
done
done_testing
