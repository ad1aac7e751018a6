#!/bin/sh
# Frequency plans, concentrator boards and configuration files on the command line.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"

config "share = $(cd "$top_srcdir/share" && pwd)" 'udp_server = lns.example.com'
rmdir "$data"

# ---- what comes with this version ----------------------------------------------------
run init --json
ok 0 'init'
json '.frequency_plans' 71 'brings the frequency plans'
json '.concentrators >= 13' true 'and the boards'
run plan list
has "$out" 'EU_863_870_TTN' 'plan list'
is "$(printf '%s\n' "$out" | wc -l)" 72 'all of them'
run plan list --json
valid 'plan list --json'
json '[.[] | select(.source == "shipped")] | length' 71 'all came along'
run plan import --shipped
has "$out" '0 added, 0 changed, 71 as before' 'again: nothing new'
run audit list --json
json '[.[] | select(.action == "import-shipped")] | length' 2 'two entries in the audit log'
rm -rf "$work/other"
printf 'data = %s\nshare = %s\n' "$work/other" "$work/nothing" >"$work/other.conf"
GATEHOUSE_CONF=$work/other.conf run init
ok 0 'init where nothing came along'
has "$err" 'no frequency plans came with this installation' 'says so'

# ---- one plan ----------------------------------------------------------------------------
run plan show EU_863_870
ok 0 'plan show'
has "$out" '├───' 'draws it'
has "$flat" 'band_id EU_863_870' 'with its band'
has "$out" 'SX1257 on 867.500 MHz' 'and its radios'
run plan show EU_863_870 --ascii
is "$(printf '%s' "$out" | LC_ALL=C tr -d '\000-\177' | wc -c)" 0 'plan show --ascii'
run plan show EU_863_870 --json
valid 'plan show --json'
json '.plan.plan_id + " \(.gateways)"' 'EU_863_870 0' 'with the number of its gateways'
json '.yaml | startswith("band-id: EU_863_870\n")' true 'and as YAML'
run plan show NONE
ok 3 'a plan that is not there'

# ---- export, check, import ---------------------------------------------------------------
run plan export EU_863_870_TTN
ok 0 'plan export'
printf '%s\n' "$out" >"$work/MINE.yml"
has "$out" 'rx2-default-data-rate: 3' 'whole, with what it stands on'
run plan check "$work/MINE.yml"
ok 0 'plan check'
run plan import "$work/MINE.yml" --name 'My own' --base-frequency 868
ok 0 'plan import of a file'
has "$out" 'added MINE' 'says so'
run plan show MINE --json
json '.plan.name + " " + .plan.source' 'My own imported' 'with the name that was given'
sed 's/clock-source: 1/clock-source: 0/' "$work/MINE.yml" >"$work/MINE.new"
mv "$work/MINE.new" "$work/MINE.yml"
run plan import "$work/MINE.yml"
has "$out" 'changed MINE' 'again, changed'
run plan import "$work/MINE.yml"
has "$out" '0 added, 0 changed, 1 as before' 'again, the same'
run plan export --out "$work/all"
ok 0 'plan export --out'
is "$(find "$work/all" -name '*.yml' | wc -l)" 73 'an index and a file for each'
run plan check "$work/all"
ok 0 'which can be checked'
has "$flat" 'plans_read 72 faulty 0' 'without a fault'
run plan import "$work/all" --json
json '"\(.changed) \(.same) \(.refused)"' '71 1 0' 'and imported: they are ours now'
run plan import --shipped
has "$out" '71 kept as they were imported' 'what is ours stays'
run plan import --shipped --replace
has "$out" '0 added, 71 changed' 'unless --replace'
run plan export --out "$work/two" EU_433 US_902_928_FSB_2
is "$(grep -c '^- id' "$work/two/frequency-plans.yml")" 2 'an export of two'
run plan export
ok 2 'export needs to know what'

# ---- what is wrong ----------------------------------------------------------------------
mkdir "$work/bad"
cp "$work/MINE.yml" "$work/bad/good.yml"
sed '/^radios:/,/^clock/s/frequency: 867500000/frequency: 860000000/' "$work/MINE.yml" >"$work/bad/far.yml"
printf 'band-id: EU_863_870\nuplink-channels:\n  - {frequency: "868100000"}\n' >"$work/bad/text.yml"
cat >"$work/bad/frequency-plans.yml" <<'Y'
- {id: GOOD-1, file: good.yml}
- {id: FAR, file: far.yml}
- {id: TEXT, file: text.yml}
-
- {id: LOST, file: none.yml}
- {id: LOOP, base-id: LOOP, file: good.yml}
- {id: UP, file: ../MINE.yml}
- {id: GOOD-1, file: good.yml}
- {id: GOOD-2, file: good.yml}
Y
run plan check "$work/bad"
ok 2 'plan check of a folder with faults'
has "$err" '7 of 9 plans' 'counts them'
run plan show GOOD-1
ok 3 'and stores nothing'
run plan import "$work/bad"
ok 2 'an import of which something is refused'
has "$err" '7 plans were refused; the others are stored' 'tells so'
has "$out" 'added GOOD-1' 'the first good one'
has "$out" 'added GOOD-2' 'and the one after the bad ones'
has "$out" 'text.yml:3: error:' 'file and line'
has "$out" '[if-range]' 'and rule'
run plan import "$work/bad" --json
valid 'the same in JSON, also when something was refused'
json '.plans[2].findings[0] | "\(.file) \(.line) \(.severity)"' 'text.yml 3 error' 'with the place'

# What somebody might call a plan: each is refused, with its file, and nothing crashes.
mkdir "$work/odd"
odd() { # NAME: the file on standard input
  cat >"$work/odd/$1.yml"
  printf -- '- {id: %s, file: %s.yml}\n' "$1" "$1" >>"$work/odd/frequency-plans.yml"
}
head -c 4096 /dev/urandom | odd BINARY
{ printf 'band-id: '; head -c 1048577 /dev/zero | tr '\0' a; } | odd LONG
{ cat "$work/MINE.yml" && printf 'uplink-channels:\n' && yes '  - {frequency: 868100000}' | head -n 10000; } | odd MANY
{
  printf 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n'
  for i in 1 2 3 4 5 6 7 8 9; do
    printf 'a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n' $i $i \
      $((i - 1)) $((i - 1)) $((i - 1)) $((i - 1)) $((i - 1)) $((i - 1)) $((i - 1)) $((i - 1))
  done
  printf 'uplink-channels: *a9\n'
} | odd BOMB
printf 'radios: &r\n  - *r\n' | odd SELF
printf 'uplink-channels: [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]\n' | odd DEEP
printf 'band-id: EU_863_870\n---\nband-id: EU_433\n' | odd TWO
printf 'band-id: !!python/object EU_863_870\n' | odd TAG
printf '' | odd EMPTY
printf 'just a text\n' | odd TEXT
printf '{' | odd OPEN
printf 'band-id: XX_1_2\n' | odd NOBAND
mkdir "$work/odd/folder.yml"
printf -- '- {id: FOLDER, file: folder.yml}\n' >>"$work/odd/frequency-plans.yml"
cp "$work/MINE.yml" "$work/odd/"
printf -- '- {id: LAST-GOOD, file: MINE.yml}\n' >>"$work/odd/frequency-plans.yml"
run plan import "$work/odd"
ok 2 'odd things are refused'
for name in BINARY LONG MANY BOMB SELF DEEP TWO TAG EMPTY TEXT OPEN NOBAND; do
  case $out in
  *"refused $name"*"$name.yml"*) pass "$name is refused" ;;
  *) fail "$name is refused" "$out" ;;
  esac
done
has "$out" 'refused FOLDER' 'a folder is no plan'
has "$out" 'added LAST-GOOD' 'and the good one is taken'
must plan remove LAST-GOOD

run plan import "$work/nowhere"
ok 3 'a folder that is not there'
run plan import
ok 2 'an import of nothing'
run plan import "$work/bad" --base EU_433
ok 2 'a base is for a single file'

# ---- removing -----------------------------------------------------------------------------
must gateway add roof-1 58A0CBFFFE800001 frequency_plan_ids=GOOD-1 concentrator=rak5146-spi
run plan remove GOOD-1
ok 1 'a plan in use is not removed'
has "$err" 'GOOD-1 is used by the gateway roof-1' 'and its user is named'
run concentrator remove rak5146-spi
has "$err" 'rak5146-spi is used by the gateway roof-1' 'the same with a board'
run plan remove GOOD-2 MINE
ok 0 'others are removed'
run plan show MINE
ok 3 'and gone'

# ---- boards -------------------------------------------------------------------------------
run concentrator list
has "$out" 'rak2287-spi' 'concentrator list'
run concentrator show rak5146-spi
has "$flat" 'chip SX1303' 'concentrator show'
has "$out" '12 to 27 dBm' 'with its powers'
run concentrator show rak5146-spi --json
valid 'concentrator show --json'
json '.variants[0].gain_table | length' 16 'with its gain table'
printf 'id: mine\nbase: rak5146-spi\ncom-path: /dev/spidev9.9\n' >"$work/mine.yml"
run concentrator import "$work/mine.yml"
has "$out" 'added mine' 'concentrator import'
printf 'id: mine\nchip: SX1999\n' >"$work/mine.yml"
run concentrator import "$work/mine.yml"
ok 2 'a board that is wrong'
has "$out" 'mine.yml:2: error:' 'with file and line'
run concentrator import --shipped
has "$out" '13 as before' 'concentrator import --shipped'

# ---- files --------------------------------------------------------------------------------
run config-file roof-1 global_conf.json --concentrator mine
ok 0 'config-file'
json '.SX130x_conf.com_path' /dev/spidev9.9 'with another board'
run config-file 58A0CBFFFE800001 semtechudp
ok 0 'by EUI and format'
first=$out
run config-file roof-1 semtechudp/global_conf.json
is "$out" "$first" 'or by the whole path'
run config-file roof-1 global_conf.json --json
valid 'config-file --json'
json '.path + " " + .content_type' 'semtechudp/global_conf.json application/json' 'says what it is'
is "$(printf '%s' "$out" | jq -j .content)" "$first" 'with the content'
run config-file roof-1 kerlink-cpf
ok 2 'a format of two files'
run config-file roof-1 other.json
ok 3 'no such file'
has "$err" 'kerlink-cpf/lorafwd/lorafwd.toml' 'lists those that there are'
run config-file roof-1 lorad.json
ok 1 'a file that its board has not'
run config-file roof-9 global_conf.json
ok 3 'no such gateway'
run config-file roof-1 global_conf.json --compat ttn
ok 2 'no such compatibility'
must gateway set roof-1 class_b_beacons=true
run config-file roof-1 global_conf.json
has "$err" 'beacons need a GPS receiver' 'a warning, beside the file'

# ---- why ----------------------------------------------------------------------------------
run explain roof-1
ok 0 'explain'
has "$flat" 'semtechudp/global_conf.json 200' 'tells of the files'
has "$flat" 'plan GOOD-1 taken' 'and of the plans'
has "$flat" 'servers from udp_server in the configuration' 'and of the servers'
has "$flat" 'No key of its own may ask' 'and of keys'
run explain roof-1 --json
valid 'explain --json'
json '.files.files[0].status' 200 'in JSON too'
json '.files.servers_from' configuration 'the servers'
must gateway set roof-1 frequency_plan_ids=NONE,GOOD-1
run explain roof-1
has "$flat" '! plan NONE is not registered' 'a plan that is not there'
has "$flat" '409: frequency_plan_ids: the plan NONE is not registered' 'is why nothing is given'
run check
has "$flat" 'there is no plan NONE' 'check finds it as well'
must gateway add roof-2 frequency_plan_ids=EU_863_870
run explain roof-2
ok 0 'a gateway without an EUI'
has "$flat" 'CUPS cannot know it' 'is none for CUPS'
has "$flat" 'plan EU_863_870 taken' 'but has files'
run explain roof-2 --json
valid 'in JSON too'

done_testing
