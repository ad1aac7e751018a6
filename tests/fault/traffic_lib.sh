# Traffic for the tests of faults, on top of tests/server/servers.sh: gateways that poll, a gateway
# that is sent something each time, a Kickstarter, a packet forwarder and an operator, all at once and
# all the time, behind lighttpd with the files of etc/.
# shellcheck shell=sh
#
#   . "$top_srcdir/tests/fault/traffic_lib.sh"
#   traffic_data              gateways gw-1 (idle), gw-2 (pushed), kick-1, udp-1 and their keys
#   traffic_start             lighttpd, and all of them
#   mark                      from now on: what began before is not looked at any more
#   meanwhile N               what N idle polls since then were answered with, each kind once
#   only NAME WHO STATUS...   since then WHO (poll, push, kick, udp) asked, at least once, and had
#                             these statuses and no others
#   in_time WHO               no answer since then took long
#   fine NAME                 from now on all is well; the mark stays where it was
#   recovers NAME             all is well soon, without a hand
#   operator_sees NAME EXIT WORDS   since the mark, a change was refused so
#   nothing_lost NAME         what was acknowledged to the operator is there
#   log_mark; logged NAME WORDS     what the programs and the server log from there on
#   workers                   the processes of cups.fcgi
#   traffic_stop

# shellcheck source=tests/server/servers.sh
. "$top_srcdir/tests/server/servers.sh"
# shellcheck disable=SC3045 # where it is no word of the shell, the limit may do
ulimit -n "$(ulimit -Hn)" 2>/dev/null || true
# shellcheck disable=SC3045 # likewise
files=$(ulimit -n 2>/dev/null)
case $files in '' | *[!0-9]*) files=8192 ;; esac
[ "$files" -lt 8192 ] || files=8192
# shellcheck disable=SC2034 # for servers.sh
server_lines="server.max-fds = $files
server.max-connections = $((files / 2 - 96))"
traffic=$work/traffic
tool_dir=$top_builddir/tests/lib
# As the programs, so that nothing is left that they cannot write.
tool() {
  (as_server "$tool_dir/$1" "$2" "$3" "$4") >"$work/tool.out" 2>&1 ||
    fail "$*" "$(cat "$work/tool.out")"
}

traffic_pids=
own_disk= # yes: $data is one, made by the script
finish() {
  # shellcheck disable=SC2086 # process ids
  [ -z "$traffic_pids" ] || kill $traffic_pids 2>/dev/null
  server_stop
  [ -z "$own_disk" ] || umount "$data"
  tap_cleanup
}
trap finish EXIT

# ---- data ---------------------------------------------------------------------------------
traffic_lns=NNSXS.LNS.SECRET
traffic_data() {
  config "share = $work/share" 'push_limit = 1000' 'firmware_attempts = 100' \
    'firmware_downloads = 100' 'public_url = https://gatehouse.example.com'
  must init
  must plan import "$top_srcdir/share/frequency-plans"
  must lns add lns-1 wss://lns.example.com:8887
  issue lns-root use=ca cn=LNS
  must trust import lns-root "$work/lns-root.pem" lns.example.com:8887
  printf '%s' "$traffic_lns" >"$work/lns.key"
  must gateway add gw-1 58A0CBFFFE800001
  must gateway add gw-2 58A0CBFFFE800002 lns=lns-1 --secret lbs_lns_secret.value="$work/lns.key"
  must gateway add kick-1 kickstarter=true frequency_plan_ids=EU_863_870 \
    gateway_server_address=gatewayserver --secret lbs_lns_secret.value="$work/lns.key"
  must gateway add udp-1 frequency_plan_ids=EU_863_870_TTN udp_address=udp.example.com
  for gateway in gw-1 gw-2 udp-1; do
    printf 'key-of-%s' $gateway >"$work/key"
    must key import $gateway --file "$work/key"
  done
  server_prepare
}

# await COMMAND...: as wait_for, where everything may be slow
await() {
  await_left=12
  until wait_for "$@"; do
    await_left=$((await_left - 1))
    [ "$await_left" -gt 0 ] || return 1
  done
}

# ---- who asks --------------------------------------------------------------------------------
# station NUMBER [KEYS]: the body of its poll
station() {
  printf '{"router":"58a0:cbff:fe80:%s","cupsUri":null,"tcUri":null,"cupsCredCrc":1,"tcCredCrc":1,' "$1"
  printf '"station":"2.0.6","model":"linux","package":"1.0","keys":[%s]}' "${2-}"
}
# ask WHAT CURL-OPTIONS...: "STATUS SIZE SECONDS"
ask() {
  ask_path=$1
  shift
  curl -s -o /dev/null -w '%{http_code} %{size_download} %{time_total}\n' --max-time 30 "$@" \
    "$(cat "$work/address")$ask_path"
}
poll() {
  ask /update-info -H 'Authorization: Bearer key-of-gw-1' --data-binary "@$work/idle.json"
}
push() {
  ask /update-info -H 'Authorization: Bearer key-of-gw-2' --data-binary "@$work/push.json"
}
udp() {
  ask /api/v3/gcs/gateways/udp-1/semtechudp/global_conf.json -H 'Authorization: Bearer key-of-udp-1'
}
# With the beginning of what the device reads, in the place of the size.
kick() {
  kick_got=$(curl -s -w '\n%{http_code}' --max-time 30 -A TTNGateway \
    -H "Authorization: Key $traffic_lns" "$(cat "$work/address")/api/v2/gateways/kick-1?filter=ttn")
  printf '%s %s\n' "$(printf '%s' "$kick_got" | tail -n 1)" \
    "$(printf '%.40s' "${kick_got%%,*}" | head -n 1)"
}
# again WHO SECONDS: each line of $traffic.WHO begins with the mark that was the last one when it
# began to ask. A line at once, since others read them meanwhile.
again() {
  (while read -r began <"$traffic.mark"; do
    printf '%s %s\n' "$began" "$("$1")" >>"$traffic.$1"
    sleep "$2"
  done) 2>/dev/null &
  traffic_pids="$traffic_pids $!"
}
# It does one change after the other; what was done, and what was refused and why.
operate() {
  operated=0
  (while read -r began <"$traffic.mark"; do
    operated=$((operated + 1))
    if "$gatehouse" gateway add "op-$operated" --wait 5 >/dev/null 2>"$work/operate.err"; then
      echo "$began op-$operated" >>"$traffic.done"
    else
      echo "$began $? $(tr '\n' ' ' <"$work/operate.err")" >>"$traffic.operator"
    fi
    sleep "$1"
  done) 2>/dev/null &
  traffic_pids="$traffic_pids $!"
}

serve() {
  server_start lighttpd-fastcgi
  echo "$http" >"$work/address"
}
traffic_start() {
  station 1 >"$work/idle.json"
  station 2 >"$work/push.json"
  for who in poll push kick udp operator 'done'; do : >"$traffic.$who"; done
  mark
  serve
  again poll 0.02
  again poll 0.02
  again push 0.2
  again kick 0.3
  again udp 0.3
  operate 0.5
  # There must be something to lose.
  await [ -s "$traffic.done" ] || bail "the operator gets nothing done: $(cat "$traffic.operator")"
}
traffic_stop() {
  # shellcheck disable=SC2086
  {
    kill $traffic_pids 2>/dev/null
    wait $traffic_pids 2>/dev/null
  }
  traffic_pids=
}

# ---- what they got --------------------------------------------------------------------------
marks=0 marked=0
# What is asked from now on has seen it: nobody's clock matters.
mark() {
  marks=$((marks + 1)) marked=$marks
  echo "$marked" >"$traffic.mark.new"
  mv "$traffic.mark.new" "$traffic.mark"
}
# since WHO: the lines of those that began after the mark
since() {
  awk -v mark="$marked" '$1 + 0 >= mark + 0 { sub(/^[0-9]+ /, ""); print }' "$traffic.$1"
}
made() {
  [ "$(since "$1" | wc -l)" -ge "$2" ]
}
# waits_for WHO N: so many of its requests since the mark
waits_for() {
  await made "$1" "$2"
}
meanwhile() {
  waits_for poll "$1"
  since poll | cut -d ' ' -f 1,2 | sort -u | tr '\n' ' '
}
# only NAME WHO STATUS...
only() {
  only_name=$1 only_who=$2
  shift 2
  # On a quick machine it may be over before one was answered.
  waits_for "$only_who" 1
  only_got=$(since "$only_who" | cut -d ' ' -f 1 | sort -u | tr '\n' ' ')
  for only_status in $only_got; do
    case " $* " in
    *" $only_status "*) ;;
    *) fail "$only_name" "among the answers: $only_got" && return ;;
    esac
  done
  if [ -n "$only_got" ]; then pass "$only_name ($only_got)"; else fail "$only_name" 'nobody asked'; fi
}
# What would hold somebody up here goes on until it is told to end, and curl gives up after 30 s.
in_time() {
  slowest=$(since "$1" | cut -d ' ' -f 3 | sort -n | tail -n 1)
  echo "# $1: the slowest answer took $slowest s"
  check "$1: in time" awk "BEGIN { exit !(\"$slowest\" != \"\" && $slowest + 0 < 15) }"
}
# in_words NAME: what the Kickstarter is told is one of the two things that it lives on with
in_words() {
  is "$(since kick | grep -v '^000' | cut -d ' ' -f 2 |
    grep -v '^{"code":50$\|^{"frequency_plan":"EU_863_870"$' | sort -u)" '' "$1"
}
fine() {
  fine_mark=$marked
  mark
  is "$(meanwhile 5)" '200 14 ' "$1: polls are answered"
  waits_for push 2
  only "$1: so are those that are sent something" push 200
  waits_for kick 2
  only "$1: and Kickstarters" kick 200
  marked=$fine_mark
}
well() {
  case $(poll) in '200 14 '*) ;; *) return 1 ;; esac
  case $(push) in '200 '*) ;; *) return 1 ;; esac
  case $(udp) in '200 '*) ;; *) return 1 ;; esac
}
# settled: for a while, everybody was answered as always
settled() {
  mark
  [ "$(meanwhile 10)" = '200 14 ' ] && waits_for push 2 && waits_for kick 2 && waits_for udp 2 &&
    [ "$(for who in push kick udp; do since $who; done | cut -d ' ' -f 1 | sort -u)" = 200 ]
}
recovers() {
  recovers_mark=$marked
  await well || fail "$1" 'no answer'
  # A worker that could not work tries again a second later, and each has its own second. The
  # server, too, looks after them once a second.
  sleep 1.2
  recovers_left=60
  until settled; do
    recovers_left=$((recovers_left - 1))
    [ "$recovers_left" -gt 0 ] || { fail "$1" 'it does not last' && break; }
    sleep 0.5
  done
  marked=$recovers_mark
  fine "$1"
}
seen() {
  since operator | grep "^$1 .*$2" >"$work/seen"
}
operator_sees() {
  if await seen "$2" "$3"; then
    pass "$1: $(head -n 1 "$work/seen" | cut -c 1-160)"
  else
    fail "$1" "refused: $(since operator)"
  fi
}
nothing_lost() {
  cut -d ' ' -f 2 "$traffic.done" | sort >"$work/promised"
  run gateway list --json
  printf '%s' "$out" | grep -o '"op-[0-9]*"' | tr -d '"' | sort >"$work/present"
  check "$1: something was acknowledged" [ -s "$work/promised" ]
  is "$(comm -23 "$work/promised" "$work/present" | tr '\n' ' ')" '' \
    "$1: all $(wc -l <"$work/promised") changes that were acknowledged are there"
}

# ---- what they say, and who they are ----------------------------------------------------------
log_mark() {
  programs_said=$(wc -c <"$work/programs.log")
  server_said=$(wc -c <"$work/server/log")
}
new_logs() {
  tail -c +$((programs_said + 1)) "$work/programs.log"
  tail -c +$((server_said + 1)) "$work/server/log"
}
log_has() {
  new_logs | grep -qF -e "$1"
}
logged() {
  if await log_has "$2"; then pass "$1"; else fail "$1" "'$2' is not in:
$(new_logs)"; fi
}
workers() {
  pgrep -P "$server_pid" -f '/cups\.fcgi'
}
# new_workers OLD: there are two, and none of them is among these
new_workers() {
  new_count=0
  for new_pid in $(workers); do
    case " $1 " in *" $new_pid "*) return 1 ;; esac
    new_count=$((new_count + 1))
  done
  [ "$new_count" = 2 ]
}
