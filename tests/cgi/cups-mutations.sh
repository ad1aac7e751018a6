#!/bin/sh
# Thousands of bodies that are nearly right, and the memory of the process that gets them.
. "${top_srcdir:=.}/tests/lib/cups.sh"

count=10000
memory_max=4000 memory_more=200
if sanitized; then
  count=3000 memory_max=400000 memory_more=40000
  export ASAN_OPTIONS="${ASAN_OPTIONS:-}:quarantine_size_mb=1"
fi
if [ -n "${GATEHOUSE_TEST_LONG:-}" ]; then count=$((count * 20)); fi

der "$crypto/ca-plain.pem" >"$work/lns.der"
token_blob "$work/lns.der" 'Authorization: Bearer NNSXS.LNS.SECRET' >"$work/blob"
config 'throttle_failures = 1000000' 'push_limit = 1000'
fleet <<END || bail 'no data'
init
trust lns-root $work/lns.der lns.example.com:8887
add lns lns-1 uri=wss://lns.example.com:8887
add gateway gw-1 ids.eui=58A0CBFFFE800001 lns=lns-1 lbs_lns_secret.value=NNSXS.LNS.SECRET
add gateway gw-2 ids.eui=58A0CBFFFE800002
key gw-1 value=key-of-gw-1
END
start_cups

# mutated COUNT SEED
mutated() {
  "$top_builddir/tests/lib/mutate" "$sock" "$1" "$2" "$work/blob" \
    HTTP_AUTHORIZATION='Bearer key-of-gw-1'
}
check 'a few to begin with' mutated 1000 1
before=$(app_memory)
check "$count mutated bodies are answered as the oracle says" mutated "$count" 2
echo "# $tap_out"
check 'the process lives' app_lives
after=$(app_memory)
check "its memory stays flat ($before kB, then $after kB)" \
  [ "$after" -le $((before + memory_more)) ]
station 58a0:cbff:fe80:1 key-of-gw-1
lns_uri=wss://lns.example.com:8887
lns_crc=$(crc32 "$work/blob")
idle 'and a right request gets its answer'

is "$(ask -n 10000 -- HTTP_AUTHORIZATION='Bearer key-of-gw-1' | grep -v slowest)" \
  '10000 200 14 0' '10,000 idle polls'
more=$(app_memory)
check "still flat ($more kB)" [ "$more" -le $((after + memory_more)) ]
check 'and small' [ "$more" -lt "$memory_max" ]
has "$(tail -n 1 "$log")" 'POST /update-info 200' 'the log has each request'
hasnt "$(grep -v ' 200 \| 400 \| 403 \| 404 \| 413 ' "$log")" 'POST' 'no other status in the log'
stop_app
done_testing
