#!/bin/sh
# gatehouse-sign as a command, and keys that are registered: what OpenSSL verifies, from a
# file, from a token, and signed elsewhere.
set -u
: "${top_srcdir:=.}"
# shellcheck source=tests/cli/lib.sh
. "$top_srcdir/tests/cli/lib.sh"
# shellcheck source=tests/cli/sign_lib.sh
. "$top_srcdir/tests/cli/sign_lib.sh"
chmod 2770 "$data"
must init

# ---- a key in a file ------------------------------------------------------------------
sign --create "$keys/one.key"
ok 0 'a key is made'
has "$err" 'CRC ' 'and its CRC told'
hasnt "$err$out" 'BEGIN' 'the key is not'
is "$(stat -c %a "$keys/one.key")" 600 'for its owner alone'
before=$(cat "$keys/one.key")
sign --create "$keys/one.key"
ok 4 'it is not overwritten'
is "$(cat "$keys/one.key")" "$before" 'the key is as it was'
openssl pkey -in "$keys/one.key" -pubout -out "$work/one.pem" 2>>"$log"

sign_digest --key "$keys/one.key"
ok 0 'signs'
verified "$work/one.pem" "$work/out" 'OpenSSL verifies it'
check 'and so do we' we_verify "$keys/one.key" "$work/out"
sign_digest --key "$keys/one.key" --base64
base64 -d "$work/out" >"$work/sig" 2>>"$log"
verified "$work/one.pem" "$work/sig" 'in base64'
sign_digest --key "$keys/one.key" --hex
from_hex <"$work/out" >"$work/sig"
verified "$work/one.pem" "$work/sig" 'in hex'
for form in lower upper; do
  openssl dgst -sha512 -r "$work/fw" | cut -c1-128 >"$work/in"
  if [ "$form" = upper ]; then tr a-f A-F <"$work/in" >"$work/in2" && mv "$work/in2" "$work/in"; fi
  sign_input --key "$keys/one.key"
  verified "$work/one.pem" "$work/out" "a digest in $form-case hex"
done
openssl pkcs8 -topk8 -nocrypt -in "$keys/one.key" -out "$keys/one8.key" 2>>"$log"
sign_digest --key "$keys/one8.key"
verified "$work/one.pem" "$work/out" 'the same key as PKCS#8'

# What is no digest.
for n in 0 1 63 65 127 128 129 131 1000; do
  head -c "$n" /dev/zero >"$work/in"
  sign_input --key "$keys/one.key"
  [ "$status" = 2 ] || fail "$n bytes are no digest" "status $status"
done
pass 'other lengths are no digests'
openssl dgst -sha512 -r "$work/fw" | cut -c1-127 | sed 's/$/g/' >"$work/in"
sign_input --key "$keys/one.key"
ok 2 'nor are other letters'
is "$(wc -c <"$work/out")" 0 'nothing comes out'

# Keys that are refused.
refuse() { # STATUS WORDS NAME
  sign_digest --key "$keys/bad.key"
  ok "$1" "$3"
  has "$err" "$2" "$3: why"
  is "$(wc -c <"$work/out")" 0 "$3: no signature"
}
cp "$keys/one.key" "$keys/bad.key"
chmod 640 "$keys/bad.key"
refuse 5 'lets others at it' 'a key that the group can read'
chmod 604 "$keys/bad.key"
refuse 5 'chmod 600' 'a key that all can read'
rm "$keys/bad.key"
ln -s one.key "$keys/bad.key"
refuse 5 'symbolic link' 'a symbolic link'
rm "$keys/bad.key"
refuse 3 'bad.key' 'a key that is not there'
openssl ec -in "$keys/one.key" -aes128 -passout pass:secret -out "$keys/bad.key" 2>>"$log"
chmod 600 "$keys/bad.key"
refuse 2 'is encrypted' 'an encrypted key'
openssl ecparam -name secp384r1 -genkey -noout -out "$keys/bad.key" 2>>"$log"
chmod 600 "$keys/bad.key"
refuse 2 'P-384' 'a key of another curve'
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$keys/bad.key" 2>>"$log"
refuse 2 'RSA 2048' 'an RSA key'
if [ "$(id -u)" = 0 ]; then
  cp "$keys/one.key" "$keys/bad.key"
  chown 65534 "$keys/bad.key"
  refuse 5 'somebody else' "somebody else's key"
else
  skip "somebody else's key" 'only root can make one'
fi
rm "$keys/bad.key"

# Usage.
for words in '' "--key $keys/one.key --key $keys/one8.key" '--frobnicate' 'word' \
  "--create $keys/x --key $keys/one.key" "--key $keys/one.key --allow 0" '--key' \
  "--key $keys/one.key --socket $work/s --public" '--socket /s --inetd --key x' \
  "--key $keys/one.key --socket $work/s --allow no-such-user-here"; do
  # shellcheck disable=SC2086
  sign_digest $words
  case $status in 2 | 3) ;; *) fail "usage: $words" "status $status: $err" ;; esac
done
pass 'wrong usage is refused'
sign --help
ok 0 '--help'
has "$out" '--key FILE|URI' 'names its options'
missing=
for option in $(printf '%s' "$out" | grep -o -- '--[a-z][a-z0-9-]*' | sort -u); do
  grep -q "Fl -${option#--}" "$top_srcdir/man/gatehouse-sign.1" || missing="$missing $option"
done
is "$missing" '' 'and so does the manual'
sign --version
has "$out" 'gatehouse-sign ' '--version'
if [ -w /dev/full ]; then
  "$signer" --key "$keys/one.key" --public >/dev/full 2>"$work/err"
  is $? 6 'no room for the output'
else
  skip 'no room for the output' 'there is no /dev/full'
fi

# ---- the file for gateways -------------------------------------------------------------
run signing-key add one "$work/one.pem"
ok 0 'a public key is registered'
run signing-key export-public one "$work/sig-0.key"
ok 0 'and exported'
crc=$(crc_of "$work/sig-0.key")
has "$out" "\"keys\"" 'says how gateways list it'
has "$out" "list $crc in" 'with the CRC that gzip reckons'
has "$out" "CRC $(printf '%08x' "$crc");" 'in hex too'
is "$(wc -c <"$work/sig-0.key")" 64 'it has 64 bytes'
is "$(stat -c %a "$work/sig-0.key")" 644 'and is no secret'
sign --key "$keys/one.key" --public
check 'the signer gives the same' cmp "$work/out" "$work/sig-0.key"
spki "$work/sig-0.key" >"$work/of-gateway.pem"
sign_digest --key "$keys/one.key"
verified "$work/of-gateway.pem" "$work/out" 'what the gateway has verifies the signature'
run signing-key export-public one "$work/sig-0.key"
ok 4 'an existing file is not replaced'
run signing-key export-public one "$work/sig-0.key" --force --json
ok 0 'unless told'
valid 'in JSON'
json .crc "$crc" 'with the CRC'
json .crc_hex "$(printf '%08x' "$crc")" 'and in hex'
run signing-key export-public one --pem
is "$out" "$(cat "$work/one.pem")" 'as PEM'
run signing-key export-public one
check 'to standard output' cmp "$work/out" "$work/sig-0.key"
run signing-key export-public two "$work/none"
ok 3 'of a key that is not there'

# ---- a token ----------------------------------------------------------------------------
make_token
uri="pkcs11:token=gatehouse;object=release"
token="$uri?module-path=$module&pin-source=$work/pin"
sign_digest --key "$token"
ok 0 'a key in a token signs'
verified "$work/token.pem" "$work/out" 'OpenSSL verifies it'
check 'and so do we, by its public key' we_verify "$token" "$work/out"
sign_digest --key "$uri;type=private" --module "$module" --pin-file "$work/pin"
verified "$work/token.pem" "$work/out" 'with the module and the PIN as options'
sign_digest --key "$uri?module-path=$module&pin-source=file:$work/pin"
verified "$work/token.pem" "$work/out" 'with file: before the PIN'
sign_digest --key "$uri" --module "$module"
ok 5 'no PIN'
has "$err" 'wants a PIN' 'why'
echo 99999999 >"$work/wrong"
chmod 600 "$work/wrong"
sign_digest --key "$uri" --module "$module" --pin-file "$work/wrong"
ok 5 'a wrong PIN'
has "$err" 'the PIN is wrong' 'why'
hasnt "$err" 99999999 'it is not told'
sign_digest --key "$token"
ok 0 'the token is not locked by that'
chmod 644 "$work/pin"
sign_digest --key "$token"
ok 5 'a PIN that others can read'
chmod 600 "$work/pin"
sign_digest --key "$uri?pin-value=1234" --module "$module"
ok 2 'a PIN in the URI'
sign_digest --key 'pkcs11:token=gatehouse;object=nothing' --module "$module" --pin-file "$work/pin"
ok 3 'no such key'
sign_digest --key "$uri" --module /nowhere.so --pin-file "$work/pin"
ok 3 'no such module'
run signing-key add token --signer "$token" --json
ok 0 'the token is asked for its public key'
valid 'in JSON'
run signing-key export-public token "$work/sig-1.key"
spki "$work/sig-1.key" >"$work/of-gateway.pem"
sign_digest --key "$token"
verified "$work/of-gateway.pem" "$work/out" 'what the gateway has verifies its signature'

# ---- signed elsewhere --------------------------------------------------------------------
openssl ecparam -name prime256v1 -genkey -noout -out "$work/away.key" 2>>"$log"
openssl dgst -sha512 -sign "$work/away.key" -out "$work/away.sig" "$work/fw"
run signing-key add away "$work/away.key"
ok 0 'of a private key the public part is kept'
run signing-key export-public away "$work/sig-2.key"
spki "$work/sig-2.key" >"$work/of-gateway.pem"
verified "$work/of-gateway.pem" "$work/away.sig" 'OpenSSL verifies its own signature by that'
check 'and so do we' verify_point "$work/sig-2.key" "$work/away.sig"
printf x >>"$work/away.sig"
refused_by_us() { ! verify_point "$work/sig-2.key" "$work/away.sig"; }
check 'but not with something behind it' refused_by_us
text=$(sed 1d "$work/away.key" | head -1)
if grep -rqF "$text" "$data"; then fail 'no private key is in the data'; else pass 'no private key is in the data'; fi

# ---- records -------------------------------------------------------------------------------
run signing-key add again "$work/sig-0.key"
ok 4 'a key is registered once'
has "$err" one 'by whom'
run signing-key add one "$work/sig-0.key"
ok 4 'an identifier too'
run signing-key add x
ok 2 'neither file nor signer'
run signing-key add x --signer "$keys/one.key"
ok 2 'a signer without its sort'
run signing-key add x "$work/fw"
ok 2 'what is no key'
run signing-key add x "$work/nothing"
ok 3 'no such file'
run signing-key add x --crc abc "$work/sig-0.key"
ok 2 'a CRC that is none'
run signing-key list --json
valid 'list --json'
json 'map(.key_id) | join(" ")' 'one token away' 'all of them'
json '.[0].crc' "$crc" 'with their CRC'
run signing-key list
has "$flat" "one $crc" 'list'
run signing-key show one
has "$out" "list $crc in" 'show'
run signing-key show one --json
valid 'show --json'
is "$(printf '%s' "$out" | jq -r .public_key)" "$(base64 -w0 <"$work/sig-0.key")" 'the point is shown'
run signing-key set one name='The first' "signer=file:$keys/one.key"
ok 0 'set'
run signing-key retire one --json
ok 0 'retire'
json .retired true 'it is'
run signing-key retire one
ok 1 'only once'
run signing-key retire one --undo
ok 0 'and back'
must backup "$work/copy" --with-keys
run check
ok 0 'check'
run signing-key remove one
ok 0 'remove'
run signing-key show one
ok 3 'it is gone'
check 'its file is not touched' [ -s "$keys/one.key" ]
run audit list --json
has "$out" signing-key 'it is all in the audit log'
GATEHOUSE_CONF=$work/conf2
echo "data = $work/data2" >"$GATEHOUSE_CONF"
run restore "$work/copy" --yes
ok 0 'restore'
run signing-key show one --json
json .crc "$crc" 'the key is back'
GATEHOUSE_CONF=$conf

# ---- made by the tool ------------------------------------------------------------------------
run signing-key create made "$data/made.key"
ok 2 'no key inside the data'
has "$err" 'inside the data folder' 'why'
run signing-key create made "$keys/made.key" --json
ok 0 'create'
valid 'in JSON'
json .signer "file:$(cd "$keys" && pwd -P)/made.key" 'it knows where it is'
is "$(stat -c '%a %u' "$keys/made.key")" "600 $(id -u)" "it belongs to who made it, alone"
run signing-key create other "$keys/made.key"
ok 4 'no file is overwritten'
run signing-key create made "$keys/other.key"
ok 4 'the identifier is taken'
has "$err" 'signing-key add' 'how to register what was made'
run signing-key create other "$work/no/folder.key"
ok 3 'no such folder'
run signing-key add again --signer "file:$keys/other.key"
ok 0 'a key file is asked for its public key'
chmod 644 "$keys/one8.key"
run signing-key add again2 --signer "file:$keys/one8.key"
ok 5 'but not one that others can read'

if [ "$(id -u)" = 0 ]; then
  # As root the tool acts as the owner of the data, who may not read root's keys.
  chmod 711 "$work" && mkdir "$work/theirs" && chown nobody "$work/theirs" && chmod 700 "$keys"
  echo "data = $work/theirs/data" >"$work/conf3"
  GATEHOUSE_CONF=$work/conf3
  run init --owner nobody
  ok 0 "somebody else's data"
  run signing-key create roots "$keys/roots.key"
  ok 0 'root makes a key'
  is "$(stat -c '%a %u' "$keys/roots.key")" '600 0' "which is root's"
  run signing-key add roots2 --signer "file:$keys/other.key"
  ok 0 "and uses root's keys"
  GATEHOUSE_CONF=$conf
else
  skip "root with somebody else's data" 'only root can try'
fi

# ---- what it does not do ----------------------------------------------------------------------
libraries=$(ldd "$signer" 2>/dev/null || ls "$signer")
has "$libraries" gnutls 'it is linked with gnutls'
for library in lmdb json-c fcgi yaml; do
  hasnt "$libraries" "$library" "it is not linked with $library"
done
if sanitized; then
  skip 'what it does while it is watched' 'sanitizers do more'
elif ! strace -o /dev/null true 2>"$work/no-strace"; then
  skip 'what it does while it is watched' "no strace: $(head -n 1 "$work/no-strace")"
elif [ "$(id -u)" != 0 ]; then
  skip 'what it does while it is watched' 'it lets only root look into it'
else
  strace -f -o "$work/trace" "$signer" --key "$keys/one.key" \
    <"$work/digest" >"$work/out" 2>"$work/err"
  is $? 0 'it works while it is watched'
  has "$(cat "$work/trace")" "$keys/one.key" 'which shows what it opens'
  verified "$work/one.pem" "$work/out" 'and signs'
  hasnt "$(grep -E 'socket\(|connect\(' "$work/trace")" 'AF_' 'it makes no socket'
  hasnt "$(cat "$work/trace")" "$data" 'it opens no database'
  # But for the files of gcov.
  grep -E 'openat?\(.*(O_WRONLY|O_RDWR|O_CREAT)' "$work/trace" | grep -v '[.]gcda"' >"$work/written"
  hasnt "$(cat "$work/written")" 'key' 'it writes no key'
fi
done_testing
