#!/bin/sh
# What the operator may say to gatehouse-fetch and what it refuses: options, configuration
# file, key, models, and the files that start it.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
make_gateways
start_server
folder=$(dirname "$script")

# refused WHAT ARGUMENT…: code 2, and nothing was done.
refused() {
  what_for=$1
  shift
  run "$@"
  check "$gateway: refuses $what_for" \
    eval "ended 2 : && [ ! -e '$file' ]"
}

bad_arguments() {
  new_gateway
  set -- --server "$base" --id gw-1 --file "$file" --restart true
  refused "no arguments"
  refused "an unknown option" "$@" --colour red
  refused "an option without its value" "$@" --splay
  refused "a stray word" "$@" now
  refused "no server" --id gw-1 --file "$file" --restart true
  refused "no ID" --server "$base" --file "$file" --restart true
  refused "no file" --server "$base" --id gw-1 --restart true
  refused "no restart command" --server "$base" --id gw-1 --file "$file"
  for bad in Gw-1 -gw gw- g--w gw gw/1 'gw 1' gw_1 abcdefghijklmnopqrstuvwxyz01234567890; do
    refused "the ID \"$bad\"" "$@" --id "$bad"
  done
  for bad in ftp://a.example a.example 'http://a b' 'http://a"b' 'http://' file:///etc/passwd; do
    refused "the server \"$bad\"" "$@" --server "$bad"
  done
  for bad in '' x -1 1.5 007 10000000; do
    refused "to wait \"$bad\" seconds" "$@" --splay "$bad"
  done
  refused "a timeout of nothing" "$@" --timeout 0
  refused "an ID and a URL" "$@" --url "$base/x.json"
  refused "a relative file" "$@" --file global_conf.json
  refused "a folder" "$@" --file "$tmp/gateway"
  refused "a file with a line break" "$@" --file "$tmp/a
b"
  refused "an unknown model" "$@" --model toaster
  refused "one file for a model with two" "$@" --model kerlink-istation
  refused "a missing certificate" "$@" --ca "$tmp/none.pem"
  refused "a missing configuration file" "$@" --config "$tmp/missing.conf"
}

configuration() {
  new_gateway
  config=$tmp/gateway.conf
  printf '# comment\r\n\r\n  server = %s\r\nid=gw-2\r\nfile=%s\r\nrestart=%s\r\nquiet=no\r\n' \
    "$base" "$file" "$restart" >"$config"
  run
  check "$gateway: configuration file: comments, blanks, line ends" outcome 0 1
  check "$gateway: configuration file: its ID" \
    asked_for "200 /gw-2/semtechudp/global_conf.json "
  run --id gw-3 --concentrator rak2287
  check "$gateway: the command line wins" \
    asked_for "200 /gw-3/semtechudp/global_conf.json concentrator=rak2287"
  new_gateway
  for bad in 'colour=red' 'just words' 'id="gw-2"' 'quiet=perhaps' 'quiet=1'; do
    printf 'server=%s\nfile=%s\nrestart=true\n%s\n' "$base" "$file" "$bad" >"$config"
    refused "in the configuration file: $bad" --id gw-2
    check "$gateway: and says what is wrong: $bad" said "line 4\|quiet is yes or no"
  done
  printf 'id=gw-2\n' >"$config"
  chmod 666 "$config"
  refused "a configuration file that others can write to" \
    --server "$base" --file "$file" --restart true
  rm "$config"
  config=$tmp/none.conf
}

quiet_and_log() {
  new_gateway
  fetch --quiet
  check "$gateway: --quiet: a change is said" said "has changed"
  fetch --quiet
  check "$gateway: --quiet: nothing new, nothing said" [ ! -s "$tmp/out" ]
  mkdir -p "$tmp/logger"
  make_program "$tmp/logger/logger" <<EOF
echo "\$*" >>$tmp/log
EOF
  path=$path:$tmp/logger
  fetch --syslog
  path=${path%:*}
  check "$gateway: --syslog: to logger, not to stderr" [ ! -s "$tmp/out" ]
  check "$gateway: --syslog: with a tag and a level" \
    grep -q -e '^-t gatehouse-fetch -p daemon.info -- .*unchanged' "$tmp/log"
}

# with_key CODE WHAT LINE: what the key file holds, with "|" for a line break.
with_key() {
  printf '%s' "$3" | tr '|' '\n' >"$tmp/key"
  chmod 600 "$tmp/key"
  fetch --key-file "$tmp/key" --allow-visible-key
  check "$gateway: key: $2" [ "$code" -eq "$1" ]
}

keys() {
  new_gateway
  secret=NNSXS.ABC.DEF
  echo "$secret" >"$site/keys"
  fetch
  check "$gateway: no key: code 4" ended 4 401
  with_key 4 "a wrong one" "NNSXS.ABC.XYZ|"
  with_key 0 "alone" "$secret"
  with_key 0 "as a header line" "Authorization: Bearer $secret$(printf '\r')|"
  with_key 0 "with a second line" "$secret|comment|"
  with_key 2 "an empty file" ""
  with_key 2 "an empty line" "|$secret|"
  with_key 2 "two words" "not a key|"
  with_key 2 "what would end a header" "a\"b|"
  echo "$secret" >"$tmp/key"
  for mode in 640 604 620 602; do
    chmod $mode "$tmp/key"
    fetch --key-file "$tmp/key"
    check "$gateway: key file with mode $mode" [ "$code" -eq 2 ]
  done
  fetch --key-file "$tmp/missing"
  check "$gateway: missing key file" [ "$code" -eq 2 ]
  chmod 600 "$tmp/key"
  check "$gateway: the key is not kept" not grep -r -q "$secret" "$state"
  rm "$site/keys"
}

# Neither arguments nor environment show the key; a wget that would is not run.
hidden_key() {
  new_gateway
  secret=NNSXS.ABC.DEF
  echo "$secret" >"$site/keys"
  echo "$secret" >"$tmp/key"
  chmod 600 "$tmp/key"
  for program_name in curl wget; do
    real=$(PATH=$path command -v $program_name) || continue
    mkdir -p "$tmp/watched"
    make_program "$tmp/watched/$program_name" <<EOF
tr '\\0' '\\n' </proc/\$\$/environ >>$tmp/shown
echo "\$@" >>$tmp/shown
exec $real "\$@"
EOF
  done
  path=$tmp/watched:$path
  fetch --key-file "$tmp/key"
  path=${path#*:}
  rm -r "$tmp/watched"
  if [ "$client" = wget ]; then
    check "$gateway: would show the key in ps: refused" [ "$code" -eq 2 ]
  else
    check "$gateway: fetched with the key" outcome 0 1
  fi
  check "$gateway: and the key was not to be seen" not grep -q "$secret" "$tmp/shown"
  rm "$tmp/shown" "$site/keys"
}

# model_is MODEL FILE RESTART [FILE RESTART]: as --status shows it.
model_is() {
  model=$1
  shift
  run --server https://a.example --id gw-1 --model "$model" --insecure --status
  wanted=$(printf '%s\n' "$@")
  shown=$(sed -n -e 's/^file *\(.*\) (.*)$/\1/p' -e 's/^restart  *\(.*\)/\1/p' "$tmp/out" |
    grep -v '^due')
  check "$gateway: model $model" [ "$shown" = "$wanted" ]
}

models() {
  new_gateway
  model_is rak /opt/ttn-gateway/packet_forwarder/lora_pkt_fwd/global_conf.json \
    'systemctl restart ttn-gateway'
  model_is multitech-mlinux /var/config/lora/global_conf.json \
    '/etc/init.d/lora-packet-forwarder restart'
  model_is tektelic-kona-micro /etc/default/config.json '/etc/init.d/pkt_fwd restart'
  model_is cisco /etc/pktfwd/config.json '/etc/init.d/S60pkt_forwarder restart'
  model_is kerlink-station /mnt/fsuser-1/lorad/etc/lorad.json '/etc/init.d/knet restart' \
    /mnt/fsuser-1/lorafwd/etc/lorafwd.toml '/etc/init.d/knet restart'
  model_is kerlink-istation /user/etc/lorad/lorad.json '/etc/init.d/lorad restart' \
    /user/etc/lorafwd/lorafwd.toml '/etc/init.d/lorafwd restart'
  run --server "$base" --id gw-1 --model semtech-sx1302 --file "$file" --status
  check "$gateway: model semtech-sx1302" said 'systemctl restart lora_pkt_fwd'
  run --server "$base" --id gw-1 --model semtech-sx1301 --file "$file" --restart x --status
  check "$gateway: model semtech-sx1301" [ "$code" -eq 0 ]
}

# Each option that there is stands in --help and in the manual page.
documented() {
  run --help
  check "$gateway: --help: code 0" [ "$code" -eq 0 ]
  page=$folder/../../man/gatehouse-fetch.8
  # shellcheck disable=SC2016 # a dollar sign in the script
  options=$(sed -n '/^set_option() {/,/^}/s/^  \([a-z-]*\)) [a-z_]*=\$2 ;;/\1/p' "$script")
  for option in $options once dry-run status config help; do
    check "--help knows --$option" said "^  --$option"
    check "the manual page knows --$option" grep -q -e "^.It Fl Fl $option" "$page"
  done
  for code in 0 2 3 4 5 6 7 8 9; do
    check "the manual page knows the exit code $code" grep -q "^\.It $code\$" "$page"
  done
}

# The files that start it: the init script with procd's functions in a file of the test.
starters() {
  make_program "$tmp/start" <<EOF
procd_open_instance() { :; }
procd_close_instance() { :; }
procd_set_param() { echo "\$*"; }
. "\$1"
config=\$2
start_service
EOF
  cp "$folder/gatehouse-fetch.conf" "$tmp/gateway.conf"
  init=$(sh "$tmp/start" "$folder/gatehouse-fetch.init" "$tmp/gateway.conf" | sed -n 1p)
  check "OpenWrt: the command" \
    [ "$init" = "command /usr/sbin/gatehouse-fetch --config $tmp/gateway.conf --syslog --every 3600 --splay 600" ]
  echo 'every = 60' >>"$tmp/gateway.conf"
  init=$(sh "$tmp/start" "$folder/gatehouse-fetch.init" "$tmp/gateway.conf" | sed -n 1p)
  check "OpenWrt: every from the configuration file" \
    [ "$init" = "command /usr/sbin/gatehouse-fetch --config $tmp/gateway.conf --syslog --splay 600" ]
  config=$folder/gatehouse-fetch.conf
  chmod 600 "$tmp/key"
  run --key-file "$tmp/key" --allow-visible-key --insecure --status
  check "the sample configuration is one" ended 0 lora_pkt_fwd/global_conf
  config=$tmp/none.conf
  for starter in service cron; do
    # shellcheck disable=SC2046 # no option has a space in it
    set -- $(sed -n -e 's/^ExecStart=//p' -e 's/^17 .* root //p' "$folder/gatehouse-fetch.$starter")
    shift
    run "$@" --server "$base" --id gw-1 --file "$file" --restart true --splay 0
    check "the $starter file's options are known" [ "$code" -eq 0 ]
  done
}

for each in $gateways; do
  use "$each"
  keys
  hidden_key
  [ "$client" = curl ] || continue
  bad_arguments
  configuration
  quiet_and_log
  models
done
use dash/curl
documented
starters
finish
