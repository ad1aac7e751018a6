#!/bin/sh
# Makes the keys and certificates of this folder anew, by OpenSSL, so that the tests do not
# only see what Gatehouse writes itself. They are good for tests and nothing else.
# The tests take 2030 for the present.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
days=36500
eui=58A0CBFFFE800001

p256() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null; }
rsa() { openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:"$2" -out "$1" 2>/dev/null; }

# ---- keys ----------------------------------------------------------------------------
p256 key-p256-pkcs8.pem
openssl ec -in key-p256-pkcs8.pem -out key-p256-sec1.pem 2>/dev/null
openssl ec -in key-p256-pkcs8.pem -outform DER -out key-p256-sec1.der 2>/dev/null
openssl pkcs8 -topk8 -nocrypt -in key-p256-pkcs8.pem -outform DER -out key-p256-pkcs8.der
rsa key-rsa2048-pkcs8.pem 2048
openssl rsa -in key-rsa2048-pkcs8.pem -traditional -out key-rsa2048-pkcs1.pem 2>/dev/null
openssl rsa -in key-rsa2048-pkcs8.pem -traditional -outform DER \
	-out key-rsa2048-pkcs1.der 2>/dev/null
openssl pkcs8 -topk8 -nocrypt -in key-rsa2048-pkcs8.pem -outform DER \
	-out key-rsa2048-pkcs8.der
rsa key-rsa1024.pem 1024
openssl ecparam -name secp384r1 -genkey -out key-p384.pem
openssl ecparam -name secp521r1 -genkey -noout -out key-p521.pem
openssl genpkey -algorithm ed25519 -out key-ed25519.pem
openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out key-pss.pem 2>/dev/null
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
	-pkeyopt ec_param_enc:explicit -out key-explicit.pem
openssl pkcs8 -topk8 -in key-p256-pkcs8.pem -passout pass:secret -out key-encrypted.pem
openssl pkcs8 -topk8 -in key-p256-pkcs8.pem -passout pass:secret -outform DER \
	-out key-encrypted.der
openssl ec -in key-p256-pkcs8.pem -aes128 -passout pass:secret \
	-out key-encrypted-old.pem 2>/dev/null
openssl genpkey -paramfile /dev/stdin -out key-dsa.pem 2>/dev/null <<PARAMETERS
$(openssl genpkey -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:2048 2>/dev/null)
PARAMETERS

# ---- certificates --------------------------------------------------------------------
# ca NAME KEY EXTENSION...: a self-signed certificate of the CA "CN=Test NAME".
ca() {
	name=$1 key=$2
	shift 2
	{
		printf '[req]\ndistinguished_name=dn\n[dn]\n[ext]\n'
		printf '%s\n' "$@"
	} >"$work/ca.cnf"
	openssl req -x509 -new -key "$key" -subj "/CN=Test $name" -days $days -sha256 \
		-config "$work/ca.cnf" -extensions ext -out "$name.pem"
}

# client NAME CA CA-KEY DIGEST SUBJECT EXTENSION...
client() {
	name=$1 ca=$2 cakey=$3 digest=$4 subject=$5
	shift 5
	printf '%s\n' "$@" >"$work/ext"
	openssl req -new -key key-p256-pkcs8.pem -subj "$subject" -out "$work/csr"
	openssl x509 -req -in "$work/csr" -CA "$ca" -CAkey "$cakey" -days $days "-$digest" \
		-set_serial "${serial-0x1234}" -extfile "$work/ext" -out "$name.pem" 2>/dev/null
}

p256 "$work/ca.key"
use=extendedKeyUsage=clientAuth
can='basicConstraints=critical,CA:TRUE'
sign='keyUsage=critical,keyCertSign,cRLSign'
ca ca "$work/ca.key" "$can" "$sign" subjectKeyIdentifier=hash
client client ca.pem "$work/ca.key" sha256 "/O=Example/CN=$eui" $use basicConstraints=CA:FALSE
client client-sha1 ca.pem "$work/ca.key" sha1 "/CN=$eui" $use
rsa "$work/rsa.key" 2048
ca ca-rsa "$work/rsa.key" "$can" "$sign"
client client-of-rsa ca-rsa.pem "$work/rsa.key" sha256 "/CN=$eui" $use
client client-md5 ca-rsa.pem "$work/rsa.key" md5 "/CN=$eui" $use
serial=0xF2345678 client client-sha384 ca.pem "$work/ca.key" sha384 "/CN=$eui" $use,serverAuth
client client-any ca.pem "$work/ca.key" sha256 "/CN=$eui" extendedKeyUsage=anyExtendedKeyUsage
client client-server ca.pem "$work/ca.key" sha256 "/CN=$eui" extendedKeyUsage=serverAuth
client client-nouse ca.pem "$work/ca.key" sha256 "/CN=$eui" basicConstraints=CA:FALSE
client client-isca ca.pem "$work/ca.key" sha256 "/CN=$eui" $use "$can"
client client-two ca.pem "$work/ca.key" sha256 "/CN=$eui/CN=58A0CBFFFE800002" $use
client client-nocn ca.pem "$work/ca.key" sha256 "/O=Example" $use
client client-critical ca.pem "$work/ca.key" sha256 "/CN=$eui" $use \
	1.3.6.1.4.1.99999.1=critical,DER:0500

p256 "$work/other.key"
ca impostor "$work/other.key" "$can" "$sign"
openssl req -x509 -new -key "$work/other.key" -subj "/CN=Test ca" -days $days \
	-addext "$can" -out "$work/impostor.pem"
client client-impostor "$work/impostor.pem" "$work/other.key" sha256 "/CN=$eui" $use
client client-forged "$work/impostor.pem" "$work/other.key" sha256 "/CN=$eui" $use \
	authorityKeyIdentifier=none
rm impostor.pem

for kind in nosign notca limited weak plain old; do
	p256 "$work/$kind.key"
	[ $kind != weak ] || rsa "$work/$kind.key" 1024
	case $kind in
	nosign) ca ca-nosign "$work/nosign.key" "$can" keyUsage=critical,digitalSignature ;;
	notca) ca ca-notca "$work/notca.key" basicConstraints=critical,CA:FALSE ;;
	limited) ca ca-limited "$work/limited.key" "$can" "$sign" extendedKeyUsage=serverAuth ;;
	weak) ca ca-weak "$work/weak.key" "$can" "$sign" ;;
	plain) ca ca-plain "$work/plain.key" "$can" ;;
	old)
		openssl req -new -key "$work/old.key" -subj "/CN=Test ca-old" -out "$work/csr"
		openssl x509 -req -in "$work/csr" -signkey "$work/old.key" -days $days \
			-out ca-old.pem 2>/dev/null
		;;
	esac
	client client-of-$kind ca-$kind.pem "$work/$kind.key" sha256 "/CN=$eui" $use
done

# ---- other things that people bring ----------------------------------------------------
openssl x509 -in ca.pem -outform DER -out ca.der
openssl x509 -in client.pem -outform DER -out client.der
openssl x509 -in ca.pem -trustout -addtrust clientAuth -out trusted.pem
openssl req -new -key key-p256-pkcs8.pem -subj "/CN=$eui" -out request.pem
openssl req -new -key key-ed25519.pem -subj / -out "$work/csr"
openssl x509 -req -in "$work/csr" -signkey key-ed25519.pem -set_serial 1 \
	-outform DER -out small.der 2>/dev/null
{
	openssl x509 -in client.pem -text
	sed 's/$/\r/' ca.pem
	cat key-p256-sec1.pem
} >bundle.pem
