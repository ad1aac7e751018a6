#!/bin/sh
# What gatehouse-fetch takes for a configuration file, whichever program looks: jq, python,
# or awk (this system's and busybox's). No server is needed.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
make_gateways

# Files of one document each; their names say what they are.
put() {
  cat >"$tmp/$1"
}

good_json() {
  make_body 1 | put configuration
  printf '{}\n' | put empty-object
  printf '{"a":-0.5e+3,"b":[1,2.5,[],{}],"c":null,"d":true,"e":false}' | put compact
  printf '{\r\n"a": "x" ,\r\n"b" : { } }\r\n' | put carriage-returns
  printf '{"a": "\\" } ] \\\\", "b\\u00e9": "\303\251 {[,:", "n1": "true 12"}' | put strings
  printf '{"a": {"a": {"a": {"a": [[[["x"]]]]}}}}\n' | put nested
}

bad_json() {
  make_body 1 | dd bs=3000 count=1 2>/dev/null | put cut-short
  make_body 1 | sed '$d' | put last-bracket-missing
  : | put nothing
  printf '\n' | put newline-only
  printf '[{}]\n' | put an-array
  printf '"text"\n' | put a-text
  printf '{} {}\n' | put two-objects
  printf '{"a": 1}}\n' | put bracket-too-many
  printf '{"a": [1, 2}\n' | put wrong-bracket
  printf '{"a": 1,}\n' | put trailing-comma
  printf '{"a": [1,]}\n' | put trailing-comma-in-array
  printf '{"a" 1}\n' | put no-colon
  printf '{"a": 1 "b": 2}\n' | put no-comma
  printf '{a: 1}\n' | put no-quotes
  printf '{"a": 1 2}\n' | put two-values
  printf '{"a": tru e}\n' | put broken-word
  printf '{"a": yes}\n' | put unknown-word
  printf '{"a": "x}\n' | put open-text
  printf '{"a": "x\ny"}\n' | put line-break-in-text
  printf '{"a": "\\x"}\n' | put unknown-escape
  printf '{1: 2}\n' | put number-as-name
  printf '{"a": "x\000y"}\n' | put binary
  printf '{"a": 1}\001\n' | put control-character
  printf '\357\273\277{"a": 1}\n' | put byte-order-mark
  printf '<html>{"a": 1}</html>\n' | put html
  printf '{"a": 1} <!-- proxy -->\n' | put text-after-it
}

# jq takes these, which is no harm: a file that was cut does not look so.
odd_json() {
  printf '{"a": 01}\n' | put leading-zero
  printf '{"a": 1.}\n' | put no-digits
}

good_toml() {
  put lorafwd <<'EOF'
# Kerlink's forwarder
[ gateway ]
id = 0x7276FF00080801CE
#id = 0x0

[filter]
lora = true   # "all" of it
name = "a \"b\" # [c"
path = 'C:\x'
"quoted key" = 1979-05-27T07:32:00Z
dotted.key = -3.5
list = [
  "a", # one
  "b" ]
point = { x = 1, y = 2 }
[[gwmp.servers]]
service.uplink = 1700
EOF
}

bad_toml() {
  printf '<html>\n<body>[gateway]</body>\n</html>\n' | put toml-html
  printf '[gateway]\nid = 0x1\nname = "a' | put toml-cut-in-text
  printf '[gateway]\nid = 0x12' | put toml-cut-in-number
  printf '[gateway]\nlist = [ "a",\n' | put toml-cut-in-list
  printf '[gateway]\nid =\n' | put toml-no-value
  printf '[gateway\nid = 1\n' | put toml-open-table
  printf '{"gateway": {}}\n' | put toml-is-json
  printf 'just some words\n' | put toml-words
  printf '# nothing\n' | put toml-comment-only
  printf '[gateway]\nid = yes please\n' | put toml-unknown-value
}

# The documents that a function above puts down.
names() {
  sed -n "/^$1() {/,/^}/s/.*put \([a-z-]*\).*/\1/p" "$0"
}

# A program that is the script without its last line, which runs it, and with lines instead
# that say which documents it would take.
make_judge() {
  sed '$d' "$script" >"$tmp/judge"
  cat >>"$tmp/judge" <<'EOF'
kind=$1
shift
for document in "$@"; do
  ! plausible "$document" || echo "${document##*/}"
done
EOF
}

# judge KIND takes|refuses DOCUMENT…
judge() {
  kind=$1 wanted=$2
  shift 2
  # shellcheck disable=SC2086 # "busybox ash" is two words
  taken=" $(cd "$tmp" && env -i PATH="$path" $shell ./judge "$kind" "$@" | tr '\n' ' ')"
  for document in "$@"; do
    case $taken in
    *" $document "*) verdict=takes ;;
    *) verdict=refuses ;;
    esac
    check "$looker: $wanted $document" [ $verdict = "$wanted" ]
  done
}

judge_all() {
  # shellcheck disable=SC2046 # names have no spaces
  {
    judge json takes $(names good_json)
    judge json refuses $(names bad_json)
    [ "$looker" = jq ] || judge json refuses $(names odd_json)
    judge toml takes $(names good_toml)
    judge toml refuses $(names bad_toml)
  }
}

good_json
bad_json
odd_json
good_toml
bad_toml
make_judge
use ash/curl
looker="busybox's awk"
judge_all
use bash/curl
looker="this system's awk"
judge_all
use dash/curl
mkdir "$tmp/lookers"
path=$tmp/lookers:$tmp/system
for looker in jq python3; do
  real=$(command -v "$looker") || {
    skip "$looker looks" "it is not installed"
    continue
  }
  make_program "$tmp/lookers/$looker" <<EOF
echo >$tmp/asked-$looker
PATH=$PATH exec $real "\$@"
EOF
  judge_all
  check "$looker was asked" [ -e "$tmp/asked-$looker" ]
  rm "$tmp/lookers/$looker"
done
finish
