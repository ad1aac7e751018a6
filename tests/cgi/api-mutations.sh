#!/bin/sh
# Thousands of bodies that are nearly right: each gets an answer that a client can take, the
# process stays as large as it is, and what is stored is in order.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
app_env="GATEHOUSE_TEST_NOW=$now"

count=5000 memory_more=6000
if sanitized; then
  count=1500 memory_more=100000
  export ASAN_OPTIONS="${ASAN_OPTIONS:-}:quarantine_size_mb=1"
fi
if [ -n "${GATEHOUSE_TEST_LONG:-}" ]; then count=$((count * 20)); fi
must init
printf key-of-admin | "$gatehouse" key import --all-gateways --api --rights ALL \
  >/dev/null 2>&1 || bail 'key import'
start_app cgi-bin/admin.fcgi

# mutated COUNT SEED
mutated() {
  "$top_builddir/tests/lib/api_mutate" "$sock" "$1" "$2" key-of-admin
}
check 'a few to begin with' mutated 500 1
before=$(app_memory)
check "$count mutated bodies are answered" mutated "$count" 2
echo "# $tap_out"
check 'the process lives' app_lives
after=$(app_memory)
check "its memory stays as it is ($before kB, then $after kB)" \
  [ "$after" -le $((before + memory_more)) ]
stop_app
run gateway list --json
valid 'what was stored can be listed'
run check --json
json '[.findings[]? | select(.area == "registry" and .severity == "error")] | length' 0 'and is in order'
done_testing
