# Requests of Kickstarters for firmware, byte by byte, for the tests that have one of the servers.
# shellcheck shell=sh
#
#   fetch METHOD PATH      sets $status, $first (the bytes of the first piece that came), $head
#                          and $size; the answer is in $work/fetched, its body in $work/body
#   length                 what Content-Length of the last answer says, in exactly this case
#   publish COMMAND...     tests/lib/publish with the data folder

# shellcheck disable=SC2034,SC2154 # for the scripts, and of what they have besides
fetch() {
  # shellcheck disable=SC2046 # four words
  set -- $("$top_builddir/tests/server/kick_fetch" "$port" "$1" "$2" "$work/fetched")
  status=${1-none} first=${2-0} head=${3-0} size=${4-0}
  tail -c +$((head + 1)) "$work/fetched" >"$work/body"
}

length() {
  head -c "$head" "$work/fetched" | tr -d '\r' | sed -n 's/^Content-Length: //p'
}

publish() {
  "$top_builddir/tests/lib/publish" "$data" "$@" || bail "publish $*"
}
