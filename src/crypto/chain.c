#include "crypto/chain.h"

#include <stdio.h>
#include <stdlib.h>

#include "crypto/pem.h"

static int
no_memory(struct fault *fault)
{
	return fault_set(fault, E_NOMEM, NULL, "out of memory");
}

/* Takes the certificate over; deinits it when there is no room. */
static int
add_anchor(struct anchors *anchors, size_t *room, gnutls_x509_crt_t crt)
{
	gnutls_x509_crt_t *more;

	if (anchors->count == *room) {
		*room = *room == 0 ? 128 : 2 * *room;
		more = realloc(anchors->certs, *room * sizeof *more);
		if (more == NULL) {
			gnutls_x509_crt_deinit(crt);
			return E_NOMEM;
		}
		anchors->certs = more;
	}
	anchors->certs[anchors->count++] = crt;
	return E_OK;
}

static int
load_system(struct anchors *anchors, struct fault *fault)
{
	gnutls_x509_trust_list_iter_t iter = NULL;
	gnutls_x509_trust_list_t list;
	gnutls_x509_crt_t crt;
	size_t room = 0;
	int err = E_OK;

	if (gnutls_x509_trust_list_init(&list, 0) != 0)
		return no_memory(fault);
	gnutls_x509_trust_list_add_system_trust(list, 0, 0);
	while (
	    err == E_OK && gnutls_x509_trust_list_iter_get_ca(list, &iter, &crt) == 0)
		err = add_anchor(anchors, &room, crt);
	if (iter != NULL)
		gnutls_x509_trust_list_iter_deinit(iter);
	gnutls_x509_trust_list_deinit(list, 1);
	if (err != E_OK)
		return no_memory(fault);
	if (anchors->count == 0)
		return fault_set(fault, E_NET, NULL,
		    "this machine has no root certificates: install the package "
		    "ca-certificates, or name a file with the roots to trust");
	return E_OK;
}

static int
load_pem(struct span pem, struct anchors *anchors, struct fault *fault)
{
	struct pem_block block;
	struct arena arena;
	struct span der;
	gnutls_x509_crt_t crt;
	size_t room = 0;
	int err = E_OK;

	arena_init(&arena, 2 * PEM_MAX);
	while (err == E_OK && pem_next(&pem, &block)) {
		if (!pem_is_certificate(&block))
			continue;
		if ((err = pem_decode(&block, &arena, &der)) == E_NOMEM)
			no_memory(fault);
		else if (err != E_OK)
			fault_set(
			    fault, err, NULL, "the PEM text with the roots is damaged");
		else if ((err = x509_read(der, &crt, fault)) == E_OK &&
			 (err = add_anchor(anchors, &room, crt)) != E_OK)
			no_memory(fault);
		arena_reset(&arena);
	}
	arena_clear(&arena);
	if (err == E_OK && anchors->count == 0)
		err = fault_set(fault, E_INVALID, NULL,
		    "there is no PEM certificate among the roots to trust");
	return err;
}

int
anchors_load(struct span pem, struct anchors *anchors, struct fault *fault)
{
	*anchors = (struct anchors){0};
	if (pem.len == 0)
		return load_system(anchors, fault);
	return load_pem(pem, anchors, fault);
}

void
anchors_clear(struct anchors *anchors)
{
	for (unsigned i = 0; i < anchors->count; i++)
		gnutls_x509_crt_deinit(anchors->certs[i]);
	free(anchors->certs);
	*anchors = (struct anchors){0};
}

int
chain_init(struct chain *chain, const gnutls_datum_t *ders, unsigned count,
    struct fault *fault)
{
	struct fault why = {0};
	int err;

	*chain = (struct chain){0};
	if (count == 0)
		return fault_set(fault, E_NET, NULL, "the server sent no certificate");
	for (unsigned i = 0; i < count && i < CHAIN_MAX; i++) {
		err = x509_read(
		    span_of(ders[i].data, ders[i].size), &chain->sent[i], &why);
		if (err != E_OK)
			return fault_set(fault, err == E_NOMEM ? err : E_NET, NULL,
			    "certificate %u of the server: %s", i + 1, why.text);
		chain->sent_count++;
	}
	chain->certs[0] = chain->sent[0];
	chain->count = 1;
	return E_OK;
}

void
chain_clear(struct chain *chain)
{
	for (unsigned i = 0; i < chain->sent_count; i++)
		gnutls_x509_crt_deinit(chain->sent[i]);
	*chain = (struct chain){0};
}

unsigned
chain_length(const struct chain *chain)
{
	bool own =
	    gnutls_x509_crt_equals(chain->certs[chain->count - 1], chain->anchor) != 0;

	return own ? chain->count : chain->count + 1;
}

/* How well this anchor would do for the certificate: 0 not at all; a CA may have several
 * certificates under one name, of which the right and valid one counts. */
static int
fitness(gnutls_x509_crt_t crt, gnutls_x509_crt_t anchor, int64_t now)
{
	struct x509_chain step = {&crt, 1, anchor};

	if (gnutls_x509_crt_equals(crt, anchor) != 0)
		return 4;
	if (gnutls_x509_crt_check_issuer(crt, anchor) == 0)
		return 0;
	return 1 + 2 * (x509_verify(&step, E_NET, NULL) == E_OK) +
	       (x509_check_dates(anchor, "", now, E_NET, NULL) == E_OK);
}

static gnutls_x509_crt_t
find_anchor(const struct anchors *anchors, gnutls_x509_crt_t crt, int64_t now)
{
	gnutls_x509_crt_t best = NULL;
	int most = 0;

	for (unsigned i = 0; i < anchors->count; i++) {
		int fit = fitness(crt, anchors->certs[i], now);

		if (fit > most) {
			most = fit;
			best = anchors->certs[i];
		}
	}
	return best;
}

static bool
is_in(const struct chain *chain, gnutls_x509_crt_t crt)
{
	for (unsigned i = 0; i < chain->count; i++)
		if (gnutls_x509_crt_equals(chain->certs[i], crt) != 0)
			return true;
	return false;
}

/* Who signed this one, among those that the server sent and that were not passed yet. */
static gnutls_x509_crt_t
find_sent(const struct chain *chain, gnutls_x509_crt_t crt)
{
	for (unsigned i = 1; i < chain->sent_count; i++)
		if (gnutls_x509_crt_check_issuer(crt, chain->sent[i]) != 0 &&
		    !is_in(chain, chain->sent[i]))
			return chain->sent[i];
	return NULL;
}

static int
unknown_issuer(const struct chain *chain, struct fault *fault)
{
	gnutls_x509_crt_t last = chain->certs[chain->count - 1];
	char name[X509_NAME];

	if (gnutls_x509_crt_check_issuer(last, last) != 0)
		return fault_set(fault, E_NET, NULL,
		    "unknown issuer: %s is self-signed and not among the trusted roots",
		    chain->count == 1 ? "the server's certificate"
				      : x509_subject(last, name));
	return fault_set(fault, E_NET, NULL,
	    "unknown issuer: %s is neither sent by the server nor among the trusted "
	    "roots",
	    x509_issuer(last, name));
}

/* Up from the server's certificate, to an anchor as soon as there is one. */
static int
climb(struct chain *chain, const struct anchors *anchors, int64_t now,
    struct fault *fault)
{
	gnutls_x509_crt_t last, next;

	for (;;) {
		last = chain->certs[chain->count - 1];
		if ((chain->anchor = find_anchor(anchors, last, now)) != NULL)
			return E_OK;
		if (chain->count == CHAIN_MAX ||
		    (next = find_sent(chain, last)) == NULL)
			return unknown_issuer(chain, fault);
		chain->certs[chain->count++] = next;
	}
}

static int
check_dates(const struct chain *chain, int64_t now, struct fault *fault)
{
	char what[X509_NAME + 32], name[X509_NAME];
	int err;

	err = x509_check_dates(
	    chain->certs[0], "the server's certificate", now, E_NET, fault);
	for (unsigned i = 1; err == E_OK && i < chain->count; i++) {
		snprintf(what, sizeof what, "the intermediate certificate %s",
		    x509_subject(chain->certs[i], name));
		err = x509_check_dates(chain->certs[i], what, now, E_NET, fault);
	}
	if (err == E_OK) {
		snprintf(what, sizeof what, "the root certificate %s",
		    x509_subject(chain->anchor, name));
		err = x509_check_dates(chain->anchor, what, now, E_NET, fault);
	}
	return err == E_INVALID ? E_NET : err;
}

int
chain_verify(struct chain *chain, const struct anchors *anchors, const char *host,
    int64_t now, struct fault *fault)
{
	struct x509_chain whole = {.certs = chain->certs};
	char name[X509_NAME];
	int err;

	if ((err = climb(chain, anchors, now, fault)) != E_OK ||
	    (err = check_dates(chain, now, fault)) != E_OK)
		return err;
	whole.count = chain->count;
	whole.anchor = chain->anchor;
	if ((err = x509_verify(&whole, E_NET, fault)) != E_OK)
		return err;
	if (!x509_purpose(chain->certs[0], GNUTLS_KP_TLS_WWW_SERVER, true, true))
		return fault_set(fault, E_NET, NULL,
		    "the server's certificate is not made for servers (extended key "
		    "usage serverAuth)");
	if (host != NULL && gnutls_x509_crt_check_hostname(chain->certs[0], host) == 0)
		return fault_set(fault, E_NET, NULL,
		    "wrong host name: the server's certificate (%s) is not for %.90s",
		    x509_subject(chain->certs[0], name), host);
	return E_OK;
}
