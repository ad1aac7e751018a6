#!/bin/sh
# Killed in the middle: the programs that the script calls are wrapped, and at the n-th call
# the wrapper kills the script (SIGKILL), before its program runs, half-way through it, or
# after it.  Then the file is a whole good one, and the next run puts all in order: the new
# file, restarted exactly once, or twice if it was killed after the restart and before it
# could note that.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

wrapped='mkdir rmdir rm cp mv cat cmp sync chmod sha256sum date sh curl wget'

# The wrapper of one program; half-way means that 2000 bytes of the file are written.
make_wrapper() {
  make_program "$wrappers/$1" <<WRAPPER
read -r calls <$tmp/calls
calls=\$((calls + 1))
echo \$calls >$tmp/calls
echo "$1 \$*" >>$tmp/called
read -r wanted when <$tmp/wanted
end() {
  until [ -s $tmp/pid ] || [ ! -e $tmp/calls ]; do :; done
  read -r pid <$tmp/pid
  wc -l <$tmp/gateway/restarts >$tmp/restarts_then
  [ \$when-$1 != half-sh ] || echo 99 >$tmp/restarts_then
  echo $1 >$tmp/killed_at
  kill -9 \$pid \$PPID 2>/dev/null
}
[ "\$calls" -eq "\$wanted" ] || exec $real "\$@"
case \$when-$1 in
before-*) end ;;
half-cat) dd if="\$1" bs=2000 count=1 2>/dev/null; end ;;
half-cp) dd if="\$2" of="\$3" bs=2000 count=1 2>/dev/null; end ;;
half-curl | half-wget | half-sh) $real "\$@" & end; wait ;;
*) $real "\$@"; end ;;
esac
echo >$tmp/ended
WRAPPER
}

make_wrappers() {
  wrappers=$tmp/wrappers
  rm -rf "$wrappers"
  mkdir "$wrappers"
  for tool in $wrapped; do
    real=$(PATH=$path command -v "$tool") || continue
    make_wrapper "$tool"
  done
}

# As run in lib.sh, but in the background, and killed by a wrapper.
run_to_death() {
  echo 0 >"$tmp/calls"
  : >"$tmp/called"
  echo "$1 $2" >"$tmp/wanted"
  rm -f "$tmp/pid" "$tmp/killed_at" "$tmp/ended"
  count >"$tmp/restarts_then"
  # shellcheck disable=SC2086 # "busybox ash" is two words
  env -i PATH="$wrappers:$path" $shell "$script" --config "$config" \
    --state "$state" --server "$base" --id gw-1 --file "$file" --restart "$restart" \
    >"$tmp/out" 2>&1 &
  echo $! >"$tmp/pid.new"
  mv "$tmp/pid.new" "$tmp/pid"
  wait "$!" 2>/dev/null
  # What it had begun may go on: how far that is when the next one runs is not left to chance.
  [ ! -e "$tmp/killed_at" ] || wait_until [ -e "$tmp/ended" ]
}

# Old, new, or not there if it was not there before; never anything else.
whole() {
  cmp -s "$file" "$site/body" || cmp -s "$file" "$tmp/before" ||
    { [ ! -e "$file" ] && [ ! -e "$tmp/before" ]; }
}

# After the next run: restarted once for the change, but not without one.
in_order() {
  read -r ran <"$tmp/restarts_then"
  [ "$code" -eq 0 ] && cmp -s "$file" "$site/body" && tidy || return 1
  [ ! -e "$notes/due" ] || return 1
  if [ "$ran" -gt "$1" ]; then
    [ "$(count)" -le $(($2 + 1)) ] && [ "$(count)" -ge "$2" ]
  else
    [ "$(count)" -eq "$2" ]
  fi
}

# kill_at N WHEN WHAT OLD-RESTARTS NEW-RESTARTS: false when there was no N-th call.
kill_at() {
  rm -f "$tmp/before"
  [ ! -e "$file" ] || cp "$file" "$tmp/before"
  run_to_death "$1" "$2"
  [ -e "$tmp/killed_at" ] || return 1
  read -r name <"$tmp/killed_at"
  whole && state_then=good || state_then=broken
  previous_then=good
  [ ! -e "$file.previous" ] || cmp -s "$file.previous" "$tmp/before" || previous_then=broken
  fetch --once
  check "$gateway: $3, killed $2 call $1 ($name): a whole file, then all in order" \
    eval "[ $state_then = good ] && [ $previous_then = good ] && in_order $4 $5"
}

# A gateway that has fetched the first body, made once for each kind of gateway.
fetched_gateway() {
  if [ -d "$tmp/kept" ]; then
    rm -rf "$tmp/gateway" "$tmp/state"
    cp -Rp "$tmp/kept/gateway" "$tmp/kept/state" "$tmp"
    return
  fi
  new_gateway
  make_body 1 >"$site/body"
  fetch --once
  mkdir "$tmp/kept"
  cp -Rp "$tmp/gateway" "$tmp/state" "$tmp/kept"
}

changed() {
  fetched_gateway
  cp "$tmp/second" "$site/body"
  kill_at "$1" "$2" changed 1 2
}

# Meanwhile the server has gone back: a file that was not yet replaced needs no restart.
reverted() {
  fetched_gateway
  cp "$tmp/second" "$site/body"
  cp "$file" "$tmp/first"
  run_to_death "$1" "$2"
  [ -e "$tmp/killed_at" ] || return 1
  expected=2
  ! cmp -s "$file" "$tmp/first" || expected=1
  cp "$tmp/first" "$site/body"
  fetch --once
  check "$gateway: killed $2 call $1, and the server goes back: $expected restarts" \
    in_order 1 $expected
}

first() {
  new_gateway
  kill_at "$1" "$2" "first fetch" 0 1
}

unchanged() {
  fetched_gateway
  cp "$file" "$site/body"
  kill_at "$1" "$2" unchanged 1 1
}

# every SCENARIO WHEN FROM TO [STEP]: while there are that many calls.
every() {
  n=$3
  while [ "$n" -le "$4" ] && "$1" "$n" "$2"; do
    points=$((points + 1))
    n=$((n + ${5:-1}))
  done
}

# All of them take minutes; those around the rename and the restart are always there.
kill_everywhere() {
  if [ -n "${GATEHOUSE_TEST_LONG:-}" ]; then
    every changed before 1 99
    every changed half 1 99
    every changed after 1 99
    every reverted before 1 99
    every first before 1 99
    every unchanged after 1 99
    return
  fi
  every changed half 6 19
  every changed before 15 18
  every changed half 24 26
  every reverted before 15 18
}

# What is on the disk before the name changes: the whole new file.
synced_before_renamed() {
  fetched_gateway
  cp "$tmp/second" "$site/body"
  run_to_death 0 never
  check "$gateway: written, synced, compared, renamed" \
    [ "$(sed -n -e 's/ .*conf.json.new .*conf.json$/ new/p' -e 's/^cat .*/cat/p' -e '/^sync/p' \
      -e 's/^cmp .*conf.json.new$/cmp/p' "$tmp/called" | tr -d ' \n')" = catsynccmpmvnewsync ]
}

make_gateways
start_server
make_body 2 >"$tmp/second"
for each in ash/curl ash/wget dash/curl dash/wget bash/curl bash/wget; do
  use "$each"
  make_wrappers
  rm -rf "$tmp/kept"
  synced_before_renamed
  points=0
  kill_everywhere
  check "$gateway: killed at $points points" [ "$points" -ge 20 ]
done
every first before 2 99 4
every unchanged after 2 99 4
finish
