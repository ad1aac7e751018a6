#!/bin/sh
# How gatehouse-fetch behaves: links, --dry-run and --status, files that make the fetched one
# void, several files, two runs at once, signals, waiting, its notes, and old wgets.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
make_gateways
start_server

symbolic_link() {
  new_gateway
  mkdir "$tmp/gateway/data"
  ln -s data/conf.json "$file"
  echo '{}' >"$tmp/gateway/data/conf.json"
  fetch
  check "$gateway: a symbolic link stays one" [ -L "$file" ]
  check "$gateway: and what it names is replaced" outcome 0 1
}

dry_run() {
  new_gateway
  echo '{}' >"$file"
  cp "$file" "$tmp/before"
  fetch --dry-run
  check "$gateway: --dry-run: says what it would do" said "would replace"
  check "$gateway: --dry-run: touches nothing" \
    outcome 0 0 "$tmp/before"
  check "$gateway: --dry-run: nothing left behind" \
    [ "$(ls "$tmp/gateway")" = "global_conf.json
restarts" ]
  serve html
  fetch --dry-run
  check "$gateway: --dry-run: ends as a run would" [ "$code" -eq 6 ]
}

status() {
  new_gateway
  fetch --status
  check "$gateway: --status: before the first run" \
    ended 0 "last run *never"
  fetch
  fetch --status
  check "$gateway: --status: after a run" \
    ended 0 "last run *....-..-..T..:..:..Z restarted"
  check "$gateway: --status: the tag" said 'etag *"'
  serve 404
  fetch
  fetch --status
  check "$gateway: --status: the last run's code" ended 5 "HTTP 404"
  serve good
  make_body 2 >"$site/body"
  restart=false
  fetch
  fetch --status
  check "$gateway: --status: a restart is due" ended 8 "restart due *yes"
  make_body 1 >"$site/body"
}

warnings() {
  new_gateway
  printf '{"gateway_conf": {"gateway_ID": "AA555A0000000101"}}\n' >"$tmp/gateway/local_conf.json"
  fetch
  check "$gateway: a local_conf.json with the EUI alone is fine" not said local_conf
  printf '{"SX1301_conf": {"antenna_gain": 3}}\n' >"$tmp/gateway/local_conf.json"
  fetch
  check "$gateway: a local_conf.json that overrides" said "local_conf.*: SX1301_conf antenna_gain"
  : >"$tmp/gateway/debug_conf.json"
  fetch
  check "$gateway: a debug_conf.json makes it void" said "ignores .*debug_conf"
  fetch --model semtech-sx1302
  check "$gateway: not for the SX1302's forwarder" not said 'ignores\|overrides'
}

# An old wget knows no -S, one still older no --header; uclient-fetch names errors its way.
old_wget() {
  new_gateway
  make_program "$tmp/wget/wget.old" <<EOF
for argument in "\$@"; do
  case \$argument in
  -S)
    echo "wget: invalid option -- 'S'" >&2
    exit 1
    ;;
  --header)
    [ ! -e "$tmp/no-header" ] || {
      echo "wget: unrecognized option '--header'" >&2
      exit 1
    }
    ;;
  esac
done
$busybox wget "\$@" 2>$tmp/complaint || {
  code=\$?
  sed 's/wget: server returned error: HTTP.1.. \\(...\\).*/HTTP error \\1/' $tmp/complaint >&2
  exit \$code
}
EOF
  mv "$tmp/wget/wget" "$tmp/wget/wget.busybox"
  mv "$tmp/wget/wget.old" "$tmp/wget/wget"
  fetch
  check "$gateway: a wget without -S: first fetch" outcome 0 1
  fetch
  check "$gateway: a wget without -S: unchanged, compared" outcome 0 1
  make_body 2 >"$site/body"
  fetch
  check "$gateway: a wget without -S: changed" outcome 0 2
  cp "$file" "$tmp/before"
  serve 404
  fetch
  check "$gateway: a wget without -S: 404" outcome 5 2 "$tmp/before"
  serve half
  fetch
  check "$gateway: a wget without -S: truncated" outcome 6 2 "$tmp/before"
  make_toml >"$site/toml"
  serve cut
  fetch --format kerlink-cpf/lorafwd/lorafwd.toml
  check "$gateway: a wget without -S: truncated TOML" outcome 6 2 "$tmp/before"
  serve good
  : >"$tmp/no-header"
  echo abc >"$tmp/key"
  chmod 600 "$tmp/key"
  fetch --key-file "$tmp/key" --allow-visible-key
  check "$gateway: a wget that cannot send the key" outcome 3 2 "$tmp/before"
  mv "$tmp/wget/wget.busybox" "$tmp/wget/wget"
  make_body 1 >"$site/body"
}

# Two files with one restart or two: the table's paths moved into the test's folder.
two_files() {
  new_gateway
  printf '[gateway]\nid = 0x1\n' >"$site/toml"
  mkdir -p "$tmp/gateway/mnt/fsuser-1/lorad/etc" "$tmp/gateway/mnt/fsuser-1/lorafwd/etc" \
    "$tmp/gateway/user/etc/lorad" "$tmp/gateway/user/etc/lorafwd" "$tmp/gateway/etc/init.d"
  for service in knet lorad lorafwd; do
    make_program "$tmp/gateway/etc/init.d/$service" <<EOF
echo $service "\$@" >>$restarts
EOF
  done
  program=$tmp/moved
  sed "s#|/\(mnt\|user\|etc\)/#|$tmp/gateway/\1/#g" "$script" >"$program"
  set -- --server "$base" --id gw-1
  run "$@" --model kerlink-station
  file=$tmp/gateway/mnt/fsuser-1/lorad/etc/lorad.json
  toml=$tmp/gateway/mnt/fsuser-1/lorafwd/etc/lorafwd.toml
  check "$gateway: two files, one restart" outcome 0 1
  check "$gateway: the TOML file" cmp -s "$toml" "$site/toml"
  check "$gateway: asked for the TOML file" \
    asked_for "200 /gw-1/kerlink-cpf/lorafwd/lorafwd.toml "
  printf '[gateway]\nid = 0x2\n' >"$site/toml"
  run "$@" --model kerlink-station
  check "$gateway: one of two files changed, one restart" outcome 0 2
  run "$@" --model kerlink-station
  check "$gateway: two files unchanged" outcome 0 2
  echo '<html>' >"$site/toml"
  make_body 2 >"$site/body"
  run "$@" --model kerlink-station
  check "$gateway: one good, one not: the good one is there and restarted" outcome 6 3
  check "$gateway: the other is as before" grep -q 0x2 "$toml"
  printf '[gateway]\nid = 0x3\n' >"$site/toml"
  : >"$restarts"
  run "$@" --model kerlink-istation
  check "$gateway: two files, two restarts" \
    [ "$(cat "$restarts")" = "lorad restart
lorafwd restart" ]
  program=''
  make_body 1 >"$site/body"
}

# Another run while one waits for its answer; and what only looks like another run.
one_at_a_time() {
  new_gateway
  serve hold
  fetch_in_background --timeout 300
  wait_until answered
  fetch
  check "$gateway: two at once: the second gives way" [ "$code" -eq 9 ]
  serve good
  wait "$background"
  check "$gateway: two at once: the first is done" eval "[ $? -eq 0 ] && outcome 9 1"
  : >"$notes/run.999999"
  sleep 600 &
  : >"$notes/run.$!"
  fetch
  check "$gateway: a dead run, and another program with its number" outcome 0 1
  kill $!
  check "$gateway: their traces are gone" tidy
}

# A signal ends it at once, and nothing is left behind.
signals() {
  new_gateway
  for signal in TERM HUP; do
    serve hold
    fetch_in_background --timeout 300
    wait_until answered
    kill -s $signal "$background"
    wait "$background"
    code=$?
    check "$gateway: $signal: ends with $code" [ "$code" -gt 128 ]
    check "$gateway: $signal: nothing left behind" tidy
  done
  serve good
  fetch_in_background --every 1
  wait_until asked_twice
  kill "$background"
  wait "$background"
  code=$?
  check "$gateway: --every: fetched, then unchanged, then TERM: ends with 0" outcome 0 1
}

asked_twice() {
  [ "$(grep -c '' "$site/seen")" -ge 2 ]
}

# Not through a function in a subshell: the signal is for the script itself.
fetch_in_background() {
  # shellcheck disable=SC2086 # "busybox ash" is two words
  env -i $hear PATH="$path" $shell "$script" --config "$config" --state "$state" \
    --server "$base" --id gw-1 --file "$file" --restart "$restart" "$@" >"$tmp/out.background" 2>&1 &
  background=$!
}

# A sleep that only notes how long it would have been, but for the single seconds in which
# the timeout is counted.
random_wait() {
  new_gateway
  mkdir -p "$tmp/sleepless"
  rm -f "$tmp/slept"
  make_program "$tmp/sleepless/sleep" <<EOF
[ "\$1" -ne 1 ] || exec $busybox sleep 1
echo "\$1" >>$tmp/slept
EOF
  path=$tmp/sleepless:$path
  for _ in 1 2 3 4; do
    fetch --splay 100000
  done
  # shellcheck disable=SC2016 # awk's fields
  check "$gateway: $1: waits at most as long as said" \
    awk '$1 > 100000 || $1 !~ /^[0-9]+$/ { bad = 1 } END { exit bad || NR != 4 }' "$tmp/slept"
  check "$gateway: $1: and never the same" [ "$(sort -u "$tmp/slept" | wc -l)" -ge 3 ]
  path=${path#*:}
}

random_wait_without() {
  mkdir "$tmp/lacking"
  cp -RP "$programs/." "$tmp/lacking"
  rm "$tmp/lacking/od"
  path=$tmp/lacking:$tmp/$client
  random_wait "--splay without od"
  rm -r "$tmp/lacking"
  path=$programs:$tmp/$client
}

# A state folder that cannot be used: the next one of the table, moved into the test's folder.
state_folders() {
  new_gateway
  program=$tmp/moved
  mkdir -p "$tmp/gateway/run"
  sed "s#/run/gatehouse-fetch#$tmp/gateway/run/gatehouse-fetch#" "$script" >"$program"
  : >"$tmp/state"
  fetch
  check "$gateway: a state folder that is none: another one" \
    eval "outcome 0 1 && said 'cannot keep notes'"
  check "$gateway: which only its owner can read" \
    [ "$(find "$tmp/gateway/run/gatehouse-fetch" -maxdepth 0 -perm 700)" ]
  rm "$tmp/state"
  mkdir -m 777 "$tmp/state"
  fetch
  check "$gateway: a state folder that others can write to: another one" \
    eval "outcome 0 1 && said 'cannot keep notes'"
  program=''
}

for shell_name in ash dash bash; do
  use "$shell_name/curl"
  symbolic_link
  dry_run
  status
  warnings
  two_files
  one_at_a_time
  signals
  random_wait --splay
  random_wait_without
  state_folders
  use "$shell_name/wget"
  old_wget
done
finish
