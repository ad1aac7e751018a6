/* Certificates and private keys, PEM or DER, as somebody uploads or presents them. */
#include "fuzz.h"

#include "base/span.h"
#include "crypto/certificate.h"

static void
certificates(struct span input, struct arena *arena)
{
	struct certificate_info info;
	struct fault fault;
	struct span der, pem, again, all[8];
	uint64_t eui;
	size_t count;

	certificate_list(input, arena, all, 8, &count, &fault);
	if (certificate_der(input, arena, &der, NULL, &fault) != E_OK)
		return;
	if (certificate_inspect(der, arena, &info, &fault) == E_OK)
		certificate_eui(&info, &eui);
	certificate_verify_client(der, der, 1893456000, &fault);
	must(certificate_pem(der, arena, &pem) == E_OK);
	must(certificate_der(pem, arena, &again, NULL, &fault) == E_OK);
	must(span_eq(der, again));
}

/* What was taken once is taken again and stays as it is. */
static void
private_keys(struct span input, struct arena *arena)
{
	struct fault fault;
	struct span der, pem, again;

	if (private_key_for_station(input, arena, &der, &fault) != E_OK)
		return;
	must(private_key_pem(der, arena, &pem) == E_OK);
	must(private_key_for_station(pem, arena, &again, &fault) == E_OK);
	must(span_eq(der, again));
	private_key_matches(der, input, &fault);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;

	arena_init(&arena, 4 << 20);
	certificates(span_of(data, size), &arena);
	private_keys(span_of(data, size), &arena);
	arena_clear(&arena);
	return 0;
}
