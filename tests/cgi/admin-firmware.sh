#!/bin/sh
# Images, signatures and signing keys in the browser.
: "${top_srcdir:=.}"
# shellcheck source=tests/lib/admin.sh
. "$top_srcdir/tests/lib/admin.sh"
# shellcheck source=tests/lib/admin_upload.sh
. "$top_srcdir/tests/lib/admin_upload.sh"

admin_data
config 'upload_limit = 20M'
start_admin
signer=$top_builddir/gatehouse-sign
service=

stop_service() {
  [ -z "$service" ] || kill "$service" 2>/dev/null
  tap_cleanup
}
trap stop_service EXIT

stored() {
  dump
  find "$data/blobs" "$data/uploads" -type f ! -name lock 2>/dev/null | sort
}

head -c 3000000 /dev/urandom >"$work/image"
printf ':0300300002337A1E\r\n:00000001FF\r\n' >"$work/firmware.hex"
"$signer" --create "$work/one.key" >/dev/null 2>&1 || bail 'no key'
"$signer" --key "$work/one.key" --public >"$work/one.pub"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/two.key" 2>>"$log"
openssl pkey -in "$work/two.key" -pubout -out "$work/two.pem"
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 2>>"$log" |
  openssl pkey -pubout -out "$work/rsa.pem"

# ---- adding -----------------------------------------------------------------------------
sign_in otto || bail 'otto cannot sign in'
get /firmware
is "$status" 200 'the list'
has "$(body)" 'There are none' 'is empty'
get /firmware/new
is "$status" 200 'the form'
upload /firmware/new "$work/image" image-1.0.bin firmware_id=fw-one family=station \
  'description=the <b>first</b> one'
is "$status $(header Location | sed 's/?.*//')" "303 $prefix/firmware/fw-one" 'an image is added'
get /firmware/fw-one
is "$status" 200 'its page'
page=$(body)
has "$page" "$(sha256sum "$work/image" | cut -d' ' -f1)" 'has its SHA-256'
has "$page" "$(sha512sum "$work/image" | cut -d' ' -f1)" 'and its SHA-512'
has "$page" '2.9 MiB' 'and its size'
has "$page" 'the &lt;b&gt;first' 'markup is text'
has "$page" 'There is none: only gateways without a signing key' 'and says that it is not signed'
sha256=$(sha256sum "$work/image" | cut -d' ' -f1)
check 'the file is the image' cmp "$work/image" \
  "$data/blobs/$(echo "$sha256" | cut -c1-2)/$sha256"
upload /firmware/new "$work/image" image-1.0.bin firmware_id=fw-one family=station
is "$status" 303 'the same again'
upload /firmware/new "$work/firmware.hex" x.hex firmware_id=fw-one family=station
is "$status" 409 'another image of this name'
has "$(body)" 'id="e-firmware_id"' 'is said beside the input'
upload /firmware/new "$work/firmware.hex" '../../<evil>.hex' firmware_id=fw-hex family=kickstarter
is "$status" 303 'Intel HEX for Kickstarters'
get /firmware/fw-hex
has "$(body)" 'verify none' 'is not to be signed'
get /firmware
has "$(body)" 'not signed' 'the list says what is not signed'

# ---- bad ones -----------------------------------------------------------------------------
before=$(stored)
upload /firmware/new "$work/image" x.hex firmware_id=fw-bad family=kickstarter
is "$status" 400 'no Intel HEX'
has "$(body)" 'is no Intel HEX' 'says so'
upload /firmware/new "$work/image" x.bin firmware_id='Bad ID' family=station
is "$status" 400 'no identifier'
head -c 8400000 /dev/zero >"$work/large"
upload /firmware/new "$work/large" x.hex firmware_id=fw-bad family=kickstarter
is "$status" 400 'too large for a Kickstarter'
has "$(body)" '8372223 bytes' 'says how large it may be'
head -c 200000000 /dev/zero >"$work/large"
upload /firmware/new "$work/large" x.bin firmware_id=fw-bad family=station
is "$status" 413 '200 MB above the limit'
has "$(body)" 'longer than 20971520 bytes' 'says what the limit is'
rm "$work/large"
is "$(stored)" "$before" 'nothing of that is stored'
bad_uploads /firmware/new "$work/image" firmware_id=fw-bad family=station
is "$(find "$data" -name '.upload*' -o -name '.export*')" '' 'no file is left'

# ---- signing keys ---------------------------------------------------------------------------
get /signing-keys/new
is "$status" 403 'an operator registers no key'
upload /signing-keys/new "$work/one.pub" one.pub key_id=one
is "$status" 403 'really'
sign_in anna
get /signing-keys/new
is "$status" 200 'an admin does'
upload /signing-keys/new "$work/one.pub" sig-0.key key_id=one 'name=<i>One</i>' \
  "signer=socket:$work/sign.sock"
is "$status $(header Location | sed 's/?.*//')" "303 $prefix/signing-keys/one" 'the 64 bytes'
upload /signing-keys/new "$work/two.pem" two.pem key_id=two
is "$status" 303 'PEM'
before=$(stored)
upload /signing-keys/new "$work/rsa.pem" rsa.pem key_id=three
is "$status" 400 'a key of another kind'
upload /signing-keys/new "$work/one.pub" sig-0.key key_id=three
is "$status" 409 'a key that is registered'
upload /signing-keys/new "$work/two.key" two.key key_id=three
is "$status" 400 'a private key'
has "$(body)" 'is a private key' 'is refused, with words'
upload /signing-keys/new "$work/image" image key_id=three
is "$status" 413 'something else'
post /signing-keys/new key_id=three
is "$status" 400 'nothing, and no service'
post /signing-keys/new key_id=three signer=file:/etc/passwd
is "$status" 409 'no program is run from here'
has "$(body)" 'for the command line only' 'says so'
is "$(stored)" "$before" 'nothing of that is stored'
check 'the private key is nowhere' sh -c "! grep -rqF 'PRIVATE KEY' '$data' '$log'"
get /signing-keys
has "$(body)" '&lt;i&gt;One' 'the list'
get /signing-keys/one/sig-0.key
check 'the 64 bytes come back' cmp "$work/one.pub" "$answer.body"
get /signing-keys/two/public.pem
check 'and the PEM' cmp "$work/two.pem" "$answer.body"

# ---- by the service ----------------------------------------------------------------------------
sign_in otto
get /firmware/fw-one
has "$(body)" 'one (CRC ' 'the key of the service is offered'
post /firmware/fw-one/sign key=one
is "$status" 404 'no service is there'
has "$(body)" 'role="alert"' 'the page says so'
"$signer" --socket "$work/sign.sock" --key "$work/one.key" </dev/null >>"$log" 2>&1 &
service=$!
wait_for grep -q 'serves the key' "$log" || bail 'no signing service'
post /firmware/fw-one/sign key=one
is "$status" 303 'the service signs'
get /firmware/fw-one
has "$(body)" "href=\"$prefix/signing-keys/one\"" 'the page names the key'
post /firmware/fw-one/sign key=two
is "$status" 409 'a key without a signer'
post /firmware/fw-one/sign key=no-such
is "$status" 404 'a key that there is not'
post /firmware/fw-one/sign
is "$status" 400 'none'
post /firmware/fw-hex/sign key=one
is "$status" 409 'an image that is not signed'
kill -STOP "$service"
post /firmware/fw-one/sign key=one
kill -CONT "$service"
is "$status" 503 'a service that does not answer: the deadline'

# ---- elsewhere ------------------------------------------------------------------------------------
get /firmware/fw-one
has "$(body)" 'openssl dgst -sha512 -sign' 'what to type'
get /firmware/fw-one/digest
is "$(header Content-Disposition)" 'attachment; filename="fw-one.sha512"' 'the digest is a file'
openssl dgst -sha512 -binary "$work/image" >"$work/digest"
check 'of 64 bytes' cmp "$work/digest" "$answer.body"
openssl pkeyutl -sign -inkey "$work/two.key" -pkeyopt digest:sha512 -in "$answer.body" \
  -out "$work/two.sig" 2>>"$log"
before=$(stored)
upload /firmware/fw-one/signature "$work/image" image
is "$status" 413 'no signature: too long'
head -c 70 /dev/urandom >"$work/noise"
upload /firmware/fw-one/signature "$work/noise" noise
is "$status" 400 'no signature: no DER'
echo other >"$work/other"
openssl dgst -sha512 -sign "$work/two.key" -out "$work/other.sig" "$work/other"
upload /firmware/fw-one/signature "$work/other.sig" other.sig
is "$status" 403 'the signature of something else'
is "$(stored)" "$before" 'is not stored'
upload /firmware/fw-one/signature "$work/two.sig" two.sig
is "$status" 303 'the right one is'
get /firmware/fw-one
has "$(body)" "href=\"$prefix/signing-keys/two\"" 'by the key that made it'
bad_uploads /firmware/fw-one/signature "$work/two.sig"

# ---- verifying, removing ----------------------------------------------------------------------------
post /firmware/fw-one/verify
is "$status" 303 'verify'
get "/firmware/fw-one?$(header Location | sed 's/.*?//')"
has "$(body)" 'is whole, and its 2 signatures are right' 'all is right'
blob=$data/blobs/$(echo "$sha256" | cut -c1-2)/$sha256
cp "$blob" "$work/whole"
printf 'x' | dd of="$blob" bs=1 conv=notrunc 2>>"$log"
post /firmware/fw-one/verify
get "/firmware/fw-one?$(header Location | sed 's/.*?//')"
has "$(body)" 'note bad' 'a damaged file is found'
cat "$work/whole" >"$blob"
get '/firmware/fw-one/unsign?key=two'
is "$status" 200 'removing a signature asks first'
post '/firmware/fw-one/unsign?key=two'
is "$status" 303 'and is done'
post '/firmware/fw-one/unsign?key=two'
get "/firmware/fw-one?$(header Location | sed 's/.*?//')"
has "$(body)" 'has no signature by two' 'once'
sign_in anna
post /signing-keys/one/retire retired=true
is "$status" 303 'a key is retired'
sign_in otto
post /firmware/fw-one/sign key=one
is "$status" 409 'and signs nothing more'
post /signing-keys/one/retire retired=
is "$status" 403 'which an operator cannot change'
get /firmware/fw-hex/delete
version=$(field version)
post /firmware/fw-hex/delete "version=$version"
is "$status" 303 'an image is removed'
get /firmware/fw-hex
is "$status" 404 'it is gone'
post /firmware/fw-one/delete version=0123456789abcdef0123456789abcdef
get "/firmware/fw-one?$(header Location | sed 's/.*?//')"
has "$(body)" 'note bad' 'not one that somebody else has changed'

# ---- releases and channels ------------------------------------------------------------------------------
post /releases/new release_id=rel-one was.release_id= firmware=fw-one was.firmware= \
  version=1.0 was.version=
is "$status $(header Location | sed 's/?.*//')" "303 $prefix/releases/rel-one" 'a release'
get /releases/rel-one
is "$status" 200 'its page'
has "$(body)" "href=\"$prefix/firmware/fw-one\"" 'names its image'
hasnt "$(body)" 'note bad' 'which is signed'
get /firmware/fw-one
has "$(body)" "href=\"$prefix/releases/rel-one\"" 'and the image its release'
get /firmware/fw-one/delete
version=$(field version)
post /firmware/fw-one/delete "version=$version"
get "/firmware/fw-one?$(header Location | sed 's/.*?//')"
has "$(body)" 'note bad' 'an image in use stays'
upload /firmware/new "$work/other" other.bin firmware_id=fw-two family=station
post /releases/new release_id=rel-two was.release_id= firmware=fw-two was.firmware= \
  version=2.0 was.version=
get "/releases/rel-two?$(header Location | sed 's/.*?//')"
has "$(body)" 'no gateway will get it' 'a release of an image without signature warns'
post /releases/new release_id=rel-bad was.release_id= firmware=no-such was.firmware= \
  version=2.0 was.version=
is "$status" 404 'a release of nothing'
post /channels/new channel_id=stable was.channel_id= release=rel-one was.release=
is "$status" 303 'a channel'
get /channels/stable
has "$(body)" rel-one 'its page'
get /channels
is "$status" 200 'the list of channels'
get /releases
has "$(body)" rel-two 'the list of releases'

# ---- rights ------------------------------------------------------------------------------------------------
sign_in vera
get /firmware/fw-one
is "$status" 200 'a viewer sees it'
hasnt "$(body)" '/sign"' 'without forms'
hasnt "$(body)" 'type="file"' 'of any sort'
for path in /firmware/fw-one/sign /firmware/fw-one/verify /firmware/fw-one/unsign \
  /firmware/fw-one/delete /firmware/fw-one/edit /releases/new /channels/new; do
  post "$path" key=one
  is "$status" 403 "a viewer may not: $path"
done
upload /firmware/new "$work/other" other.bin firmware_id=fw-vera family=station
is "$status" 403 'nor add one'
upload /firmware/fw-one/signature "$work/two.sig" two.sig
is "$status" 403 'nor a signature'

# ---- a full disk ---------------------------------------------------------------------------------------------
# A limit on the size of files is met as a full disk is: when the form is read, and (since the
# image is what is left of a smaller form) when it is copied.
stop_app
cat >"$work/limited" <<'END'
#!/bin/sh
ulimit -f 8000
exec "$@"
END
chmod +x "$work/limited"
TEST_WRAPPER=$work/limited
start_app cgi-bin/admin.fcgi
sign_in otto
head -c 5000000 /dev/zero >"$work/five"
before=$(stored)
upload /firmware/new "$work/five" five.bin firmware_id=fw-five family=station
is "$status" 503 'a full disk'
has "$(body)" 'store an upload' 'says what could not be done'
is "$(stored)" "$before" 'and leaves nothing'
upload /firmware/new "$work/image" image.bin firmware_id=fw-three family=station
is "$status" 303 'what fits is taken all the same'
stop_app
done_testing
