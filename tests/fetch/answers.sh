#!/bin/sh
# What the server may answer, under every shell and with every client: the file on the
# gateway is always a whole good one, and the restart command runs exactly when it changed.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
make_gateways
start_server

# keeps CODE MOOD WHAT [OPTION…]: the server's mood makes the run fail, the file stays.
keeps() {
  expected=$1 failure=$3
  serve "$2"
  shift 3
  cp "$file" "$tmp/before"
  before=$(count)
  fetch "$@"
  check "$gateway: $failure: code $expected, the old file, no restart" \
    outcome "$expected" "$before" "$tmp/before"
  check "$gateway: $failure: nothing left behind" tidy
  serve good
}

seen() {
  [ "$(tail -n 1 "$site/seen" | cut -d ' ' -f 1)" = "$1" ]
}

mode() {
  # shellcheck disable=SC2012 # the mode as the script sees it
  [ "$(ls -l "$file" | cut -c 1-10)" = "$1" ]
}

good_answers() {
  new_gateway
  make_body 1 >"$site/body"
  fetch
  check "$gateway: first fetch" outcome 0 1
  check "$gateway: everyone may read a new file" mode -rw-r--r--
  fetch
  check "$gateway: unchanged" outcome 0 1
  check "$gateway: asked with the tag" seen 304
  cp "$file" "$tmp/old"
  chmod 640 "$file"
  make_body 2 >"$site/body"
  fetch
  check "$gateway: changed" outcome 0 2
  check "$gateway: the mode stays" mode -rw-r-----
  check "$gateway: the previous one is kept" cmp -s "$file.previous" "$tmp/old"
  echo '{}' >"$file"
  fetch
  check "$gateway: edited on the gateway: fetched without the tag, restarted" outcome 0 3
  serve untagged
  fetch
  check "$gateway: no tag, no length: compared" outcome 0 3
  check "$gateway: nothing left behind" tidy
}

bad_answers() {
  base_saved=$base base=http://127.0.0.1:9
  keeps 3 good "server down"
  base=$base_saved
  make_body 3 >"$site/body" # so that a mistake would be a change
  keeps 4 401 "401"
  keeps 4 403 "403"
  keeps 5 404 "404"
  keeps 5 409 "409"
  check "$gateway: 409: says what it means" said "no file for this gateway now"
  keeps 5 429 "429"
  keeps 5 500 "500"
  keeps 6 cut "truncated, length too large"
  keeps 6 half "truncated, length right"
  keeps 6 html "HTML"
  check "$gateway: HTML: says so" said HTML
  keeps 6 empty "nothing"
  keeps 6 huge "more than a gateway can hold"
  keeps 5 moved "redirect"
  # These take the whole time: every shell and every client once.
  case $gateway in
  ash/* | */curl | */gnu)
    keeps 6 hold "stops in the middle" --timeout 5
    keeps 3 stuck "no answer" --timeout 1
    ;;
  esac
  rm -rf "$state"
  keeps 5 unasked "304 unasked"
  fetch
  check "$gateway: good again" outcome 0 4
}

# The same with plain files, whose tags lighttpd makes.
plain_files() {
  new_gateway
  id=plain
  make_body 1 >"$static"
  fetch
  check "$gateway: plain file: first fetch" outcome 0 1 "$static"
  fetch
  check "$gateway: plain file: unchanged" outcome 0 1 "$static"
  make_body 22 >"$static"
  fetch
  check "$gateway: plain file: changed" outcome 0 2 "$static"
  rm "$static"
  keeps 5 good "plain file: 404"
  id=gw-1
}

# Only the length tells that this one is not whole.
cut_toml() {
  new_gateway
  make_toml >"$site/toml"
  fetch --format kerlink-cpf/lorafwd/lorafwd.toml
  check "$gateway: TOML: first fetch" outcome 0 1 "$site/toml"
  rm -r "$state"
  keeps 6 cut "TOML cut at the end of a line" --format kerlink-cpf/lorafwd/lorafwd.toml
}

failing_restart() {
  new_gateway
  make_body 1 >"$site/body"
  good_restart=$restart restart="$restart; exit 3"
  fetch
  check "$gateway: restart fails: code 8, the new file" outcome 8 1
  fetch
  check "$gateway: restart is tried again though nothing changed" outcome 8 2
  restart=$good_restart
  serve 500
  fetch
  check "$gateway: and also while the server fails" outcome 5 3
  serve good
  fetch
  check "$gateway: but not once more after it worked" outcome 0 3
}

# The file's folder is full: for the new file, or only for the copy of the previous one.
full_disk() {
  new_gateway
  make_body 1 >"$site/body"
  fetch
  make_body 2 >"$site/body"
  for refused in cat cp; do
    mkdir -p "$tmp/full"
    make_program "$tmp/full/$refused" <<'EOF'
dd if="$1" bs=2000 count=1 2>/dev/null
echo "$0: No space left on device" >&2
exit 1
EOF
    path=$tmp/full:$path
    keeps 7 good "$refused fails half-way"
    path=${path#*:}
    rm -r "$tmp/full"
  done
  (ulimit -f 4 && fetch && exit "$code") # the shell itself may die of it
  check "$gateway: files may not be that large: the old file" cmp -s "$file" "$tmp/before"
  if [ -n "$mounted" ]; then
    for room in 16k 28k; do
      mount -o remount,size=64k "$mounted"
      file=$mounted/global_conf.json
      rm -f "$mounted"/*
      make_body 1 >"$file"
      mount -o remount,size=$room "$mounted"
      keeps 7 good "$room of disk"
    done
  fi
}

# A disk that can be full needs root; the other ways to be full are tried anyway.
mkdir "$tmp/small"
if mount -t tmpfs -o size=64k gatehouse-fetch "$tmp/small" 2>/dev/null; then
  mounted=$tmp/small
else
  skip "a disk that is full" "nothing can be mounted here"
fi
for each in $gateways; do
  use "$each"
  good_answers
  bad_answers
  plain_files
  cut_toml
  failing_restart
  full_disk
done
finish
