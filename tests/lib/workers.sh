# Several workers of one program on one socket, as a web server runs them; over tap.sh.
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # tap.sh has them

# workers_listen LIST: all of them catch SIGTERM; before that it would not end them in order
workers_listen() {
  for worker in $(cat "$1"); do
    case $(sed -n 's/^SigCgt:.*\(.\)...$/\1/p' "/proc/$worker/status" 2>/dev/null) in
    [4-7c-f]) ;;
    *) return 1 ;;
    esac
  done
}

# workers PROGRAM N LIST: N of it, on $sock. $app_pid is their parent, which ends with 0 when
# all of them did; their numbers are in the file LIST.
workers() {
  cat >"$work/parent" <<'END'
exec 3<&0
program=$1 list=$2
shift 2
pids=
trap 'kill $pids 2>/dev/null' TERM
for i in "$@"; do
  "$program" <&3 3<&- &
  pids="$pids $!"
done
echo $pids >"$list"
status=0
for pid in $pids; do
  wait "$pid"
  s=$?
  # The signal that is passed on interrupts this; then its status is still to be had.
  if [ "$s" -gt 128 ]; then
    wait "$pid" 2>/dev/null
    again=$?
    [ "$again" -eq 127 ] || s=$again
  fi
  [ "$s" -eq 0 ] || status=$s
done
exit $status
END
  rm -f "$3"
  worker_program=$top_builddir/$1
  case $worker_program in /*) ;; *) worker_program=$PWD/$worker_program ;; esac
  # The wrapper and the environment are several words.
  # shellcheck disable=SC2046,SC2086
  env -i PATH="$PATH" ${ASAN_OPTIONS:+ASAN_OPTIONS="$ASAN_OPTIONS"} \
    ${UBSAN_OPTIONS:+UBSAN_OPTIONS="$UBSAN_OPTIONS"} GATEHOUSE_CONF="$conf" $app_env \
    "$top_builddir/tests/lib/listen" "$sock" /bin/sh "$work/parent" "$worker_program" \
    "$3" $(seq "$2") 2>>"$log" &
  app_pid=$!
  app_program="$1 ($2 workers)"
  wait_for [ -s "$3" ] || bail "the workers of $1 do not start"
  wait_for workers_listen "$3" || bail "the workers of $1 do not listen to signals"
}
