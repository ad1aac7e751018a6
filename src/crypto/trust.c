#include "crypto/trust.h"

#include <unistd.h>

#include "base/clock.h"
#include "crypto/dial.h"
#include "crypto/handshake.h"

#define PRIORITY "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

/* The earliest end in the chain, and that of its root. */
static void
put_dates(const struct chain *chain, struct trust_found *found)
{
	int64_t begin, end;

	x509_dates(chain->anchor, &begin, &found->root_expires);
	found->chain_expires = found->root_expires;
	for (unsigned i = 0; i < chain->count; i++)
		if (x509_dates(chain->certs[i], &begin, &end) &&
		    end < found->chain_expires)
			found->chain_expires = end;
}

static int
answer(const struct chain *chain, struct arena *arena, struct trust_found *found)
{
	gnutls_datum_t der;
	char name[X509_NAME];
	int err;

	if (gnutls_x509_crt_export2(chain->anchor, GNUTLS_X509_FMT_DER, &der) != 0)
		return E_NOMEM;
	if ((err = x509_keep(&der, arena, &found->root)) != E_OK)
		return err;
	put_dates(chain, found);
	found->chain_length = chain_length(chain);
	found->root_subject = arena_strdup(arena, x509_subject(chain->anchor, name));
	found->server_subject =
	    arena_strdup(arena, x509_subject(chain->certs[0], name));
	return found->root_subject != NULL && found->server_subject != NULL ? E_OK
									    : E_NOMEM;
}

static int
converse(
    struct handshake *h, uint16_t port, struct arena *arena, struct trust_found *found)
{
	int fd, err;

	if ((err = dial(h->host, port, h->until, &fd, h->fault)) != E_OK)
		return err;
	if ((err = handshake_begin(h, fd)) == E_OK &&
	    (err = handshake_run(h, fd)) == E_OK) {
		gnutls_bye(h->session, GNUTLS_SHUT_WR);
		if ((err = answer(&h->chain, arena, found)) != E_OK)
			fault_set(h->fault, err, NULL, "out of memory");
	}
	close(fd);
	return err;
}

/* A server that wants a client certificate refuses us after it has shown its own. That is
 * all that is asked of it here: the chain was verified, and its end is the answer. */
int
trust_fetch(const char *host, uint16_t port, struct span anchors, int64_t now,
    int wait_ms, struct arena *arena, struct trust_found *found, struct fault *fault)
{
	struct handshake h = {.priority = PRIORITY,
	    .now = now,
	    .until = clock_ticks_ms() + wait_ms,
	    .chain_alone = true,
	    .fault = fault};
	int err;

	*found = (struct trust_found){0};
	if ((err = handshake_host(&h, host)) == E_OK &&
	    (err = anchors_load(anchors, &h.anchors, fault)) == E_OK)
		err = converse(&h, port, arena, found);
	handshake_end(&h);
	return err;
}
