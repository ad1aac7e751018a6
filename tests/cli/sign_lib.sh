# What the tests of gatehouse-sign share, on top of tests/cli/lib.sh.
# shellcheck shell=sh
#
#   sign --public ...         as `run`, the program gatehouse-sign
#   sign_digest --key ...     the same with the digest of $work/fw on standard input
#   sign_input --key ...      the same with $work/in
#   verified PEM SIG NAME     OpenSSL verifies the signature of $work/fw in the file SIG

signer=$top_builddir/gatehouse-sign
ask=$top_builddir/tests/cli/ask_signer
keys=$work/keys
mkdir "$keys"
head -c 100000 /dev/urandom >"$work/fw"
openssl dgst -sha512 -binary "$work/fw" >"$work/digest"

sign() {
  "$signer" "$@" </dev/null >"$work/out" 2>"$work/err"
  sign_collect
}

sign_digest() {
  "$signer" "$@" <"$work/digest" >"$work/out" 2>"$work/err"
  sign_collect
}

sign_input() {
  "$signer" "$@" <"$work/in" >"$work/out" 2>"$work/err"
  sign_collect
}

# Signatures are bytes, which no variable of a shell holds.
sign_collect() {
  # shellcheck disable=SC2034 # for the scripts
  status=$? out=$(tr -d '\000' <"$work/out") err=$(cat "$work/err")
}

from_hex() {
  tr a-f A-F | basenc --base16 -d -i
}

# verified PEM SIGNATURE NAME
verified() {
  if tap_out=$(openssl dgst -sha512 -verify "$1" -signature "$2" "$work/fw" 2>&1); then
    pass "$3"
  else
    fail "$3" "$tap_out
$err"
  fi
}

# verify_point POINTFILE SIGNATURE
verify_point() {
  "$ask" verify "$1" "$2" <"$work/digest"
}

# we_verify KEY SIGNATURE: by the public key that the signer gives
we_verify() {
  "$signer" --key "$1" --public </dev/null >"$work/point" 2>>"$log" &&
    verify_point "$work/point" "$2"
}

# spki FILE: the public key of the 64 bytes of a sig-N.key, for OpenSSL
spki() {
  {
    printf '\060\131\060\023\006\007\052\206\110\316\075\002\001\006\010\052\206\110\316\075'
    printf '\003\001\007\003\102\000\004'
    cat "$1"
  } | openssl pkey -pubin -inform DER 2>>"$log"
}

# crc_of FILE: its CRC-32, from the end of what gzip makes
crc_of() {
  gzip -nc "$1" | tail -c 8 | od -An -tu4 -N4 --endian=little | tr -d ' '
}

# make_token: a token of SoftHSM in a folder of its own, with the key `release` that is in
# $work/token.pem too; sets $module
make_token() {
  command -v softhsm2-util >/dev/null || bail 'softhsm2 is missing'
  module=
  for tap_path in /usr/lib/softhsm /usr/lib/*/softhsm /usr/lib64/softhsm /usr/lib64/pkcs11 \
    /usr/local/lib/softhsm; do
    [ -z "$module" ] && [ -f "$tap_path/libsofthsm2.so" ] && module=$tap_path/libsofthsm2.so
  done
  [ -n "$module" ] || bail 'there is no libsofthsm2.so'
  SOFTHSM2_CONF=$work/softhsm2.conf
  export SOFTHSM2_CONF
  mkdir "$work/tokens"
  printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n' \
    "$work/tokens" >"$SOFTHSM2_CONF"
  printf '48151623\n' >"$work/pin"
  chmod 600 "$work/pin"
  softhsm2-util --init-token --free --label gatehouse --pin 48151623 --so-pin 42108 \
    >>"$log" 2>&1 || bail 'softhsm2-util makes no token'
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/token.key" 2>>"$log"
  openssl pkey -in "$work/token.key" -pubout -out "$work/token.pem"
  softhsm2-util --import "$work/token.key" --token gatehouse --label release --id 01 \
    --pin 48151623 >>"$log" 2>&1 || bail 'softhsm2-util imports no key'
  rm "$work/token.key"
}
