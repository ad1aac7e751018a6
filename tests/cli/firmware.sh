#!/bin/sh
# Images, signatures, releases, channels and roll-outs on the command line, and what happens
# when the disk is full, the program is killed, or a file is damaged.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
# shellcheck source=tests/lib/hold.sh
. "$top_srcdir/tests/lib/hold.sh"

rmdir "$data"
must init
printf '#!/bin/sh\necho 2.0.0 >version.txt\n' >"$work/update-2.0.0.sh"
printf ':0300300002337A1E\r\n:00000001FF\r\n' >"$work/firmware.hex"
sha256=$(sha256sum "$work/update-2.0.0.sh" | cut -d' ' -f1)
blob=$data/blobs/$(printf '%s' "$sha256" | cut -c1-2)/$sha256

# ---- adding ------------------------------------------------------------------------------
run firmware add fw-200 "$work/update-2.0.0.sh" --description 'The second one'
ok 0 'firmware add'
is "$out" 'added image fw-200' 'says so'
is "$(sha256sum <"$blob" | cut -d' ' -f1)" "$sha256" 'its file has the name of its bytes'
is "$(stat -c %a "$blob")" 660 'and is for owner and group'
run firmware show fw-200
has "$flat" 'family station file_name update-2.0.0.sh size 34' 'firmware show'
has "$flat" "sha256 $sha256" 'with its digest'
run firmware show fw-200 --json
valid 'firmware show --json'
json .sha512 "$(sha512sum "$work/update-2.0.0.sh" | cut -d' ' -f1)" 'has the digest to be signed'
json .description 'The second one' 'and the description'
run firmware add fw-hex "$work/firmware.hex" --family kickstarter --json
json '.family + " \(.size)"' 'kickstarter 32' 'Intel HEX for Kickstarters'
run firmware list
is "$(printf '%s\n' "$out" | wc -l)" 3 'firmware list'
run firmware list --json
json 'map(.firmware_id) | join(" ")' 'fw-200 fw-hex' 'as JSON'
run_with 'from a pipe' firmware add fw-pipe -
ok 0 'from standard input'
run firmware set fw-pipe description=piped firmware_id=fw-piped
is "$out" 'changed image fw-piped' 'firmware set'
run firmware set fw-piped size=1
ok 2 'not what its file says'
run firmware remove fw-piped
ok 0 'firmware remove'

# Refused, and nothing is left behind.
refuse() # STATUS WORDS ARGUMENT...
{
  tap_status=$1
  tap_words=$2
  shift 2
  run firmware add "$@"
  ok "$tap_status" "refused: $tap_words"
  has "$err" "$tap_words" 'says so'
}
: >"$work/empty"
refuse 2 'is empty' fw-bad "$work/empty"
refuse 2 'is no Intel HEX: line 1 does not begin' fw-bad "$work/update-2.0.0.sh" --family kickstarter
truncate -s 8372224 "$work/large"
refuse 2 'larger than the 8372223 bytes' fw-bad "$work/large" --family kickstarter
refuse 2 'is a folder' fw-bad "$work"
refuse 3 'cannot open' fw-bad "$work/none"
refuse 2 'must be 3 to 36' 'Bad Name' "$work/empty"
refuse 4 'is another image already' fw-200 "$work/firmware.hex"
refuse 2 'verify none' fw-bad "$work/firmware.hex" --family kickstarter --sign key-1
run firmware list --json
json length 2 'nothing half-stored'
is "$(find "$data/blobs/new" -type f | wc -l)" 0 'and no rest of it'

# ---- a full disk ---------------------------------------------------------------------------
head -c 3000000 /dev/urandom >"$work/big"
tap_out=$( (
  ulimit -f 1000
  "$gatehouse" firmware add fw-big "$work/big"
) 2>&1 </dev/null)
is "$?" 6 'a full disk'
has "$tap_out" 'store: File too large' 'says so'
is "$(find "$data/blobs" -size +100k -type f | wc -l)" 0 'and leaves nothing'

# ---- killed while adding ---------------------------------------------------------------------
mkfifo "$work/pipe"
"$gatehouse" firmware add fw-big "$work/pipe" >/dev/null 2>&1 &
tap_pid=$!
exec 9>"$work/pipe"
head -c 1000000 "$work/big" >&9
# shellcheck disable=SC2317 # run by wait_for
begun() {
  [ -n "$(find "$data/blobs/new" -size +100k)" ]
}
wait_for begun || bail 'nothing is being added'
run tick
is "$(find "$data/blobs/new" -type f | wc -l)" 1 'tick leaves alone what is being added'
kill -9 "$tap_pid"
wait "$tap_pid" 2>/dev/null
exec 9>&-
run firmware show fw-big
ok 3 'killed while adding: there is no image'
is "$(find "$data/blobs" -path '*/??/*' ! -path '*/new/*' -size +100k -type f | wc -l)" 0 'that anybody would serve'
run check
ok 0 'check has nothing to say'
run tick --json
json '"\(.images_removed) \(.image_bytes > 100000)"' '1 true' 'tick clears the rest away'
is "$(find "$data/blobs/new" -type f | wc -l)" 0 'it is gone'

# ---- signing ------------------------------------------------------------------------------------
for tap_key in one two; do
  openssl ecparam -name prime256v1 -genkey -noout -out "$work/$tap_key.pem" 2>>"$log"
  openssl ec -in "$work/$tap_key.pem" -pubout -out "$work/$tap_key.pub" 2>>"$log"
  chmod 600 "$work/$tap_key.pem"
  must signing-key add "key-$tap_key" "$work/$tap_key.pub"
done
run firmware digest fw-200 --hex
is "$out" "$(sha512sum "$work/update-2.0.0.sh" | cut -d' ' -f1)" 'firmware digest --hex'
"$gatehouse" firmware digest fw-200 >"$work/digest" 2>/dev/null
openssl pkeyutl -sign -inkey "$work/one.pem" -in "$work/digest" -out "$work/sig-one" 2>>"$log"
run firmware import-signature fw-200 "$work/sig-one"
ok 0 'a signature made over the digest'
is "$out" 'image fw-200 is signed by key-one' 'finds out whose it is'
openssl dgst -sha512 -sign "$work/two.pem" -out "$work/sig-two" "$work/update-2.0.0.sh" 2>>"$log"
run firmware import-signature fw-200 "$work/sig-two" --key key-one
ok 5 'a signature by another key than it says'
run firmware import-signature fw-200 "$work/sig-two" --key key-two
ok 0 'a signature made over the image'
run firmware import-signature fw-200 "$work/update-2.0.0.sh"
ok 2 'what is no signature'
openssl dgst -sha512 -sign "$work/one.pem" -out "$work/sig-other" "$work/firmware.hex" 2>>"$log"
run firmware import-signature fw-200 "$work/sig-other"
ok 5 'a signature of something else'
run firmware show fw-200 --json
json '[.signatures[].key_id] | join(" ")' 'key-one key-two' 'two keys, two signatures, none that is wrong'
run firmware unsign fw-200 key-two
ok 0 'firmware unsign'
run firmware unsign fw-200 key-two
ok 3 'which is gone then'
run firmware import-signature fw-hex "$work/sig-other"
ok 1 'Kickstarter images are not signed'
# An image comes with its signatures, or not at all.
openssl dgst -sha512 -sign "$work/one.pem" -out "$work/sig-big" "$work/big" 2>>"$log"
run firmware add fw-big "$work/big" --signature "$work/sig-big" --signature "key-two=$work/sig-two"
ok 5 'with a wrong signature'
run firmware show fw-big
ok 3 'it is not added'
run firmware add fw-big "$work/big" --signature "$work/sig-big"
ok 0 'with a right one'
run firmware show fw-big --json
json '.signatures[0].key_id' 'key-one' 'it has it'
run signing-key set key-two "signer=file:$work/two.pem"
run firmware sign fw-big key-two
ok 0 'firmware sign'
run firmware verify
ok 0 'firmware verify'
is "$(printf '%s\n' "$out" | grep -c ': whole$')" 3 'all are whole'

# ---- damaged on disk ------------------------------------------------------------------------------
printf 'x' | dd of="$blob" bs=1 seek=3 conv=notrunc 2>>"$log"
run firmware verify fw-200 fw-hex
ok 7 'a damaged image'
has "$out" 'fw-200: the file of image fw-200 is damaged' 'is named'
has "$out" 'fw-hex: whole' 'the others are looked at all the same'
run check --json
ok 7 'check'
json '.findings[] | select(.area == "firmware" and .subject != "") | .subject + ": " + .fix' \
  'fw-200: gatehouse firmware add fw-200 FILE' 'names it, and the remedy'
run check --quick --json
json '[.findings[] | select(.area == "firmware" and .subject != "")] | length' 0 'check --quick looks at sizes alone'
run backup "$work/backup"
has "$err" 'is damaged, here and now in the backup' 'backup warns'
run firmware add fw-200 "$work/update-2.0.0.sh"
ok 0 'the remedy'
has "$out" 'now has whole' 'heals it'
run firmware verify fw-200
ok 0 'it is whole again'
run firmware show fw-200 --json
json '.signatures | length' 1 'with its signature'
rm "$blob"
run check --quick --json
json '.findings[] | select(.area == "firmware" and .subject != "") | .text' \
  "$blob: cannot open: No such file or directory" 'a missing file'
run firmware verify fw-200
ok 3 'is not found'
must firmware add fw-200 "$work/update-2.0.0.sh"

# ---- releases and channels --------------------------------------------------------------------------
run release add rel-200 fw-200 2.0.0 models=m1 'from=1.*'
ok 0 'release add'
is "$err" '' 'a signed one without a warning'
run release add rel-hex fw-hex 5
ok 0 'one for Kickstarters'
printf 'unsigned' >"$work/plain"
must firmware add fw-plain "$work/plain"
run release add rel-plain fw-plain 3
has "$err" 'no gateway will get it' 'a warning where nobody would take it'
run release set rel-plain unsigned=true
has "$err" 'no gateway that lists a key will take it' 'and another where few would'
run release set rel-200 'from=1.*.2'
ok 2 'a star in the middle'
run release set rel-200 firmware=fw-hex
ok 2 'an image of another family'
run channel add stable rel-hex
ok 2 'a channel with a release of the wrong family'
has "$err" 'use the field kickstarter' 'says what to do'
run channel add stable kickstarter=rel-hex
ok 0 'channel add'
run channel set stable release=rel-plain
ok 0 'channel set'
run firmware remove fw-200
ok 1 'an image in use'
has "$err" 'is used by the field firmware of a release (rel-200)' 'names the release'
run release remove rel-hex
ok 1 'a release in use'
has "$err" 'kickstarter of a channel (stable)' 'names the channel'
run release show rel-200
has "$flat" 'release_id rel-200 firmware fw-200 version 2.0.0 models m1' 'release show'
run release show rel-200 --json
json '"\(.release_id) \(.models[0]) \(.from[0])"' 'rel-200 m1 1.*' 'in JSON'
run release show rel-none
ok 3 'one that is not there'
must channel add nightly
run channel remove nightly
is "$out" 'deleted channel nightly' 'channel remove'
run channel remove nightly
ok 3 'which is gone then'
run release list
has "$flat" 'rel-200 2.0.0 fw-200 m1 1.*' 'release list'
run channel list --json
json '.[0].release' 'rel-plain' 'channel list'

# ---- roll-outs ---------------------------------------------------------------------------------------
for tap_i in $(seq 1 20); do
  must gateway add "gw-$tap_i" "$(printf '58A0CB00000000%02X' "$tap_i")" update_channel=stable \
    auto_update=true "groups=$([ "$tap_i" -le 10 ] && echo north)"
done
run rollout create ro-1 rel-200 stable --steps 1,oops
ok 2 'a wrong timetable'
run rollout create ro-1 rel-200 stable --steps '1,10,50@3d,100' groups=north
ok 0 'rollout create'
run rollout show ro-1
has "$flat" '{"percentage":50,"after":259200}' 'has its timetable'
has "$flat" 'attempts 3 downloads 20' 'and what is usual'
run rollout step ro-1 10%
ok 1 'a step before the start'
run rollout plan ro-1 --percentage 100 --json
valid 'rollout plan'
json '"\(.channel_gateways) \(.would_get_it)"' '20 0' 'of all gateways of the channel'
json '[.reasons[] | .why + ":\(.gateways)"] | join(" ")' 'audience:10 unseen:10' 'none of which was ever seen'
run rollout plan ro-1 --percentage 100 --all
is "$(printf '%s\n' "$out" | grep -c 'never seen')" 11 'each with its reason'
run rollout start ro-1
ok 0 'rollout start'
is "$out" 'roll-out ro-1 is running at 1 %' 'with its first step'
run explain gw-1 --json
json '.answer.status' 401 'a gateway that has no key'
json '.firmware | "\(.rollout_status) \(.percentage)"' 'running 1.00' \
  'explain knows the roll-out nevertheless'
run rollout start ro-1
ok 1 'twice'
run rollout step ro-1 --json
json '"\(.status) \(.percentage)"' 'running 10' 'the next step by hand'
run rollout step ro-1 5%
ok 1 'lower'
has "$err" 'has reached 10 %' 'is refused with the reason'
run rollout step ro-1 5% --force
ok 0 'unless by force'
run rollout step ro-1 10
run rollout status ro-1 --json
valid 'rollout status'
json '.numbers | "\(.audience) \(.updated + .offered + .failed + .silent + .current + .waiting + .later)"' \
  '10 10' 'its numbers add up to the audience'
json .next_step '2026-11-25T12:00:00Z' 'when the next step begins'
run rollout status ro-1 --gateways
is "$(printf '%s\n' "$out" | grep -c '^gw-')" 10 'each gateway'
run rollout status ro-1 --only failed --json
json '.gateways | length' 0 'only those that failed'
run rollout status ro-1 --only nonsense
ok 2 'a state that there is not'
run rollout pause ro-1 --why 'looking at it'
run rollout status
has "$flat" 'ro-1 paused 10 % 0 0 0 looking at it' 'paused, and why'
run rollout remove ro-1
ok 1 'one under way is not removed'
# The try is noted, the deed is not told: nothing that was acknowledged can be lost.
hold 'somebody holds the ledger' ledger
run rollout resume ro-1 --wait 0
ok 6 'nothing is resumed meanwhile'
let_go
run rollout status
has "$flat" 'ro-1 paused' 'it is as it was'
run audit list --id ro-1 --json
json '[.[] | select(.action == "resume")] | length' 1 'and the try is in the audit log'
run rollout set ro-1 release=rel-plain
ok 1 'nor becomes another one'
run rollout set ro-1
ok 2 'nothing to set'
run rollout set ro-1 groups= rollout_id=ro-one
ok 0 'its audience and name may change'
has "$out" 'changed rollout ro-one' 'it is called by the new one'
run rollout set ro-one rollout_id=ro-1 --steps '1,10,50@3d,100'
ok 0 'and back'
run rollout step ro-1 101%
ok 2 'more than all'
has "$err" 'above 0, to 100, like 10%' 'says what a percentage is'
GATEHOUSE_TEST_NOW=2026-12-10T12:00:00Z
run tick --json
json .rollout_steps 0 'no step while it is paused'
run rollout resume ro-1
ok 0 'rollout resume'
GATEHOUSE_TEST_NOW=2026-12-13T13:00:00Z
run tick --json
json .rollout_steps 1 'tick begins the step that is due'
has "$err" 'roll-out ro-1 goes to 50 %' 'says so'
GATEHOUSE_TEST_NOW=$now
run audit list --id ro-1 --json
json '[.[].action] | unique | join(" ")' 'add pause resume set start step' 'all of it is in the audit log'
printf 'x' | dd of="$blob" bs=1 seek=3 conv=notrunc 2>>"$log"
must rollout create ro-2 rel-200 stable
run rollout start ro-2
ok 2 'without a timetable it wants a percentage'
run rollout start ro-2 1%
ok 7 'and an image that is whole'
must firmware add fw-200 "$work/update-2.0.0.sh"
run rollout start ro-2 1%
ok 0 'then it starts'
has "$err" 'roll-out ro-1 is running in this channel too' 'with a word on the other one'
run rollout abort ro-2
ok 1 'abort asks'
run rollout abort ro-2 --yes --why 'not today'
ok 0 'rollout abort'
run rollout resume ro-2
has "$err" 'aborted, which is for good' 'for good'
run rollout remove ro-2 --json
ok 0 'rollout remove'
json .deleted ro-2 'in JSON'
run rollout finish ro-1 --yes
ok 1 'not before it is at 100 %'
run rollout step ro-1 100
run rollout finish ro-1 --yes
ok 1 'nor before anybody was offered it'
has "$err" 'nobody knows what becomes of it' 'for this reason'
run rollout finish ro-1 --yes --force
ok 0 'rollout finish'
run channel show stable --json
json .release 'rel-200' 'the channel names the release'
run check
ok 0 'check is content'

# ---- as README says it ---------------------------------------------------------------------------
sed -n '/^Firmware: from an image/,/^Signing firmware/s/^       gatehouse //p' "$top_srcdir/README" \
  >"$work/readme"
must signing-key create release "$work/release.pem"
must gateway add gw-readme ids.eui=58A0CBFFFEFF0001
must channel set stable channel_id=before
cp "$work/update-2.0.0.sh" "$work/update.sh"
tap_readme=0
while IFS= read -r line; do
  tap_readme=$((tap_readme + 1))
  (cd "$work" && eval "\"$gatehouse\" $line") >"$work/out" 2>"$work/err" </dev/null
  collect
  case $line in
  *finish*)
    run rollout finish june --yes
    ok 1 "README: $line: nobody has taken it yet"
    ;;
  *) ok 0 "README: $line" ;;
  esac
done <"$work/readme"
is "$((tap_readme > 8))" 1 "README: $tap_readme commands"
must rollout abort june --yes
printf '%s' '{"router":"58a0:cbff:feff:1","cupsUri":null,"tcUri":null,"cupsCredCrc":1,"tcCredCrc":1,
"station":"2.0.6","model":"m","package":"2.0.0","keys":[]}' >"$work/request"
must channel set stable release=rel-200
run explain --request "$work/request" --nobody --json
json .firmware.attempts 3 'explain knows the limit of a channel'

# ---- files that nobody names -----------------------------------------------------------------------
run firmware remove fw-big
ok 0 'an image that no release names'
run tick --json
json .images_removed 0 'its file stays for a day'
find "$data/blobs" -type f -exec touch -d '2026-11-01' {} +
run tick --json
json '"\(.images_removed) \(.image_bytes)"' '1 3000000' 'then it goes'
run firmware verify
ok 0 'the others stay'

# ---- backup and restore ------------------------------------------------------------------------------
rm -rf "$work/backup"
must backup "$work/backup" --with-keys
run restore "$work/backup" --data "$work/data2" --yes
ok 0 'restore'
run firmware verify --data "$work/data2"
ok 0 'brings the images'
must backup "$work/small" --without-firmware
is "$(find "$work/small" -path '*/blobs/*' | wc -l)" 0 'backup --without-firmware'

done_testing
