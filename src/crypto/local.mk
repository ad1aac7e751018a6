noinst_LIBRARIES += src/crypto/libcrypto.a
src_crypto_libcrypto_a_CPPFLAGS = $(AM_CPPFLAGS) $(GNUTLS_CFLAGS) $(CRYPT_CFLAGS)
src_crypto_libcrypto_a_SOURCES = \
	src/crypto/certificate.c src/crypto/certificate.h \
	src/crypto/chain.c src/crypto/chain.h \
	src/crypto/dial.c src/crypto/dial.h \
	src/crypto/digest.c src/crypto/digest.h \
	src/crypto/encode.c src/crypto/encode.h \
	src/crypto/handshake.c src/crypto/handshake.h \
	src/crypto/issue.c \
	src/crypto/password.c src/crypto/password.h \
	src/crypto/pem.c src/crypto/pem.h \
	src/crypto/private_key.c \
	src/crypto/random.c src/crypto/random.h \
	src/crypto/ring.c src/crypto/ring.h \
	src/crypto/seal.c src/crypto/seal.h \
	src/crypto/sign.c src/crypto/sign.h src/crypto/sign_key.c src/crypto/sign_token.c \
	src/crypto/sign_private.h \
	src/crypto/sign_client.c src/crypto/sign_client.h \
	src/crypto/stream.c src/crypto/stream.h \
	src/crypto/trust.c src/crypto/trust.h \
	src/crypto/verify.c \
	src/crypto/x509.c src/crypto/x509.h
CRYPTO_LIBS = src/crypto/libcrypto.a $(GNUTLS_LIBS) $(CRYPT_LIBS)
