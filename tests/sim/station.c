#include "tests/sim/station.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/crc.h"
#include "crypto/digest.h"
#include "crypto/sign.h"

static const uint8_t zeros[4];

void
file_root(struct file *f, char name)
{
	f->len = 40;
	memset(f->bytes, name, f->len);
	f->bytes[0] = 0x30;
	f->bytes[1] = 38;
}

void
file_root_pem(struct file *f, char name)
{
	struct file der;

	file_root(&der, name);
	memcpy(f->bytes, "PEM:", 4);
	memcpy(f->bytes + 4, der.bytes, der.len);
	f->len = der.len + 4;
}

void
file_text(struct file *f, const char *text)
{
	f->len = strlen(text);
	memcpy(f->bytes, text, f->len);
}

static uint32_t
crc_file(uint32_t crc, const struct file *f)
{
	return f->len > 0 ? crc32_more(crc, span_of(f->bytes, f->len))
			  : crc32_more(crc, span_of(zeros, 4));
}

uint32_t
set_crc(const struct set *s)
{
	return crc_file(crc_file(crc_file(0, &s->trust), &s->certificate), &s->key);
}

/* The certificate in a trust file, PEM or DER. */
static bool
trusts(const struct file *trust, const struct file *root)
{
	size_t skip = trust->len > 4 && memcmp(trust->bytes, "PEM:", 4) == 0 ? 4 : 0;

	return trust->len - skip == root->len &&
	       memcmp(trust->bytes + skip, root->bytes, root->len) == 0;
}

/* ---- the LNS ----------------------------------------------------------------------------- */

bool
station_has_lns(const struct world *w, const struct station *s)
{
	for (size_t i = 0; i < w->lns_count; i++) {
		const struct lns_host *h = &w->lns[i];

		if (strcmp(h->uri, s->lns.uri) != 0 || h->down)
			continue;
		if (strncmp(h->uri, "ws://", 5) == 0)
			return true;
		return trusts(&s->lns.trust, &h->root) &&
		       (h->line[0] == '\0' ||
			   (s->lns.key.len == strlen(h->line) &&
			       memcmp(s->lns.key.bytes, h->line, s->lns.key.len) == 0));
	}
	return false;
}

/* ---- the answer ---------------------------------------------------------------------------- */

/* Length of an element as the client reckons it; 0: it rejects the blob. */
static size_t
element(struct station *s, const uint8_t *p, size_t left)
{
	size_t n;

	if (left < 2)
		return 0;
	if (p[1] < 0x80)
		n = 2u + p[1];
	else if (p[1] == 0x82 && left >= 4)
		n = 4u + ((size_t)p[2] << 8 | p[3]);
	else
		return 0;
	if (n > left)
		s->broken = true; /* it reads beyond the blob */
	return n <= left ? n : 0;
}

static bool
take_blob(struct station *s, const uint8_t *p, size_t n, struct set *set)
{
	struct file parts[3] = {0};
	size_t used;

	if (s->rejects_blobs || n < 8 || p[0] != 0x30 || (used = element(s, p, n)) == 0)
		return false;
	memcpy(parts[0].bytes, p, parts[0].len = used);
	p += used;
	n -= used;
	if (n >= 4 && memcmp(p, zeros, 4) == 0) {
		used = 4;
	} else {
		if ((used = element(s, p, n)) == 0)
			return false;
		memcpy(parts[1].bytes, p, parts[1].len = used);
	}
	p += used;
	n -= used;
	if (n == 0)
		return false;
	if (n != 4 || memcmp(p, zeros, 4) != 0)
		memcpy(parts[2].bytes, p, parts[2].len = n);
	if (parts[2].len > 0 && p[0] != 0x30 &&
	    (n < 3 || p[n - 2] != '\r' || p[n - 1] != '\n'))
		s->broken = true; /* a line end that overruns a buffer */
	set->trust = parts[0];
	set->certificate = parts[1];
	set->key = parts[2];
	return true;
}

/* It stores any URI unchecked and refuses to start with a bad one. */
static void
take_uri(
    struct station *s, const uint8_t *p, size_t n, const char *scheme, char uri[128])
{
	const char *colon;

	if (n == 0)
		return;
	memcpy(uri, p, n);
	uri[n] = '\0';
	colon = strrchr(uri, ':');
	if (strncmp(uri, scheme, strlen(scheme)) != 0 || colon == NULL ||
	    colon < uri + 6 || colon[1] == '\0' ||
	    strspn(colon + 1, "0123456789") != strlen(colon + 1))
		s->broken = true;
}

struct reader {
	const uint8_t *p;
	size_t left;
	bool bad;
};

static const uint8_t *
bytes(struct reader *r, size_t n)
{
	const uint8_t *p = r->p;

	if (r->left < n) {
		r->bad = true;
		return zeros;
	}
	r->p += n;
	r->left -= n;
	return p;
}

static size_t
number(struct reader *r, size_t n)
{
	const uint8_t *p = bytes(r, n);
	size_t v = 0;

	for (size_t i = n; !r->bad && i > 0; i--)
		v = v << 8 | p[i - 1];
	return v;
}

/* ---- updates --------------------------------------------------------------------------------- */

/* With keys it wants a signature by one of them, whichever CRC is named; without it runs
 * whatever comes. */
static bool
is_ours(const struct station *s, struct span signature, struct span update)
{
	uint8_t digest[SHA512_SIZE];

	if (s->sig_key_count == 0)
		return true;
	if (signature.len == 0 || sha512(update, digest) != E_OK)
		return false;
	for (size_t i = 0; i < s->sig_key_count; i++)
		if (sign_verify(s->sig_keys[i], digest, signature, NULL) == E_OK)
			return true;
	return false;
}

/* The program runs in the background: it shows at the next visit. */
static void
run_update(struct station *s, struct span update)
{
	size_t n = 0;

	s->updates++;
	while (n < update.len && update.data[n] != '\n')
		n++;
	if (s->script == SCRIPT_RIGHT && n < sizeof s->package) {
		memcpy(s->package, update.data, n);
		s->package[n] = '\0';
	}
}

/* What follows updLen; false when the connection is cut in the middle. */
static bool
take_update(struct station *s, struct span signature, struct span update)
{
	if (update.len == 0)
		return true;
	if (s->cuts_left > 0) {
		s->cuts_left--;
		s->updates_cut++;
		return false;
	}
	if (is_ours(s, signature, update))
		run_update(s, update);
	else
		s->updates_dropped++;
	return true;
}

/* Signature and update; credentials were taken before. */
static bool
take_firmware(struct station *s, struct reader *r)
{
	struct span signature = {0}, update;
	size_t n = number(r, 4);

	if (n > 0 && (n < 8 || n > 132)) {
		s->broken = true;
		return false;
	}
	if (n > 0) {
		number(r, 4); /* keyCRC, which the client does not look at */
		signature = span_of(bytes(r, n - 4), n - 4);
	}
	n = number(r, 4);
	update = span_of(bytes(r, n), n);
	if (r->bad || r->left != 0) {
		s->broken = true;
		return false;
	}
	return take_update(s, signature, update);
}

/* ---- the whole answer --------------------------------------------------------------------------- */

/* Applies an answer; true when it changed CUPS, *lns when it changed the LNS, *whole when
 * nothing was cut. */
static bool
take_answer(struct station *s, struct span body, bool *lns, bool *whole)
{
	struct reader r = {body.data, body.len, false};
	size_t cups_uri, lns_uri, cups_blob, lns_blob;
	const uint8_t *p;

	p = bytes(&r, cups_uri = number(&r, 1));
	take_uri(s, p, cups_uri, "http", s->cups[REGULAR].uri);
	p = bytes(&r, lns_uri = number(&r, 1));
	take_uri(s, p, lns_uri, "ws", s->lns.uri);
	p = bytes(&r, cups_blob = number(&r, 2));
	if (cups_blob > 0 && !take_blob(s, p, cups_blob, &s->cups[REGULAR]))
		s->blobs_rejected++;
	p = bytes(&r, lns_blob = number(&r, 2));
	if (lns_blob > 0 && !take_blob(s, p, lns_blob, &s->lns))
		s->blobs_rejected++;
	*whole = take_firmware(s, &r);
	*lns = lns_uri > 0 || lns_blob > 0;
	if (cups_uri + cups_blob + lns_uri + lns_blob > 0)
		s->pushes++;
	return cups_uri > 0 || cups_blob > 0;
}

/* ---- the request ----------------------------------------------------------------------------- */

static void
write_body(const struct station *s, char *body, size_t size)
{
	char cups[160], lns[160], package[40], keys[60] = "";
	size_t len = 0;

	snprintf(cups, sizeof cups, s->cups[REGULAR].uri[0] ? "\"%s\"" : "null",
	    s->cups[REGULAR].uri);
	snprintf(lns, sizeof lns, s->lns.uri[0] ? "\"%s\"" : "null", s->lns.uri);
	snprintf(
	    package, sizeof package, s->package[0] ? "\"%s\"" : "null", s->package);
	for (size_t i = 0; i < s->sig_key_count; i++)
		len += (size_t)snprintf(keys + len, sizeof keys - len, "%s%" PRIu32,
		    i > 0 ? "," : "", crc32_of(span_of(s->sig_keys[i], 64)));
	snprintf(body, size,
	    "{\"router\":\"%x:%x:%x:%x\",\"cupsUri\":%s,\"tcUri\":%s,"
	    "\"cupsCredCrc\":%" PRIu32 ",\"tcCredCrc\":%" PRIu32
	    ",\"station\":\"2.0.6(sim/std)\",\"model\":\"sim\",\"package\":%s,"
	    "\"keys\":[%s]}",
	    (unsigned)(s->eui >> 48), (unsigned)(s->eui >> 32 & 0xffff),
	    (unsigned)(s->eui >> 16 & 0xffff), (unsigned)(s->eui & 0xffff), cups, lns,
	    set_crc(&s->cups[REGULAR]), set_crc(&s->lns), package, keys);
}

/* The key of `Authorization: [Bearer ]KEY`, as the web layer would give it. */
static struct span
presented(const struct file *key)
{
	struct span s = span_trim(span_of(key->bytes, key->len));

	if (span_begins_nocase(s, "authorization:"))
		s = span_trim(span_from(s, 14));
	if (span_begins_nocase(s, "bearer "))
		s = span_trim(span_from(s, 7));
	return s;
}

static const struct host *
reach(const struct world *w, const struct set *set)
{
	for (size_t i = 0; i < w->cups_count; i++)
		if (strcmp(w->cups[i].uri, set->uri) == 0 && !w->cups[i].down &&
		    trusts(&set->trust, &w->cups[i].root))
			return &w->cups[i];
	return NULL;
}

static void
next_set(struct station *s)
{
	for (int i = 0; i < SETS; i++) {
		s->current = (s->current + 1) % SETS;
		if (s->cups[s->current].uri[0] != '\0' &&
		    (s->current != BACKUP || s->has_backup))
			return;
	}
}

/* The update comes behind the answer. */
static void
append_update(struct strbuf *answer, struct cups_update *u)
{
	char *room;

	if (u->fd < 0)
		return;
	room = strbuf_extend(answer, u->size);
	if (room == NULL || pread(u->fd, room, u->size, 0) != (ssize_t)u->size)
		abort();
	close(u->fd);
	close(u->slot);
}

static void
poll(struct world *w, struct station *s)
{
	struct cups_exchange *x = arena_alloc(&w->arena, sizeof *x);
	const struct set *set = &s->cups[s->current];
	struct cups_call call = {.key = presented(&set->key), .address = "192.0.2.1"};
	struct strbuf answer;
	char body[1024];
	bool cups, lns = false, whole = true;

	s->polls++;
	strbuf_init(&answer, 1 << 20);
	write_body(s, body, sizeof body);
	call.body = span_str(body);
	if (reach(w, set) != NULL)
		cups_exchange(&w->server, &call, w->now, &w->arena, &answer, x);
	else
		x->err = E_NET;
	if (x->err != E_OK) {
		s->refused++;
		s->next_poll = w->now + MINUTE;
		next_set(s);
	} else {
		struct set before = s->cups[REGULAR];

		append_update(&answer, &x->update);
		cups = take_answer(s, strbuf_span(&answer), &lns, &whole);
		if (s->current == REGULAR && !s->has_backup) {
			/* Made once, of the set that it came with. */
			s->has_backup = true;
			s->cups[BACKUP] = before;
		}
		s->current = REGULAR;
		s->next_poll = w->now + DAY;
		if (!station_has_lns(w, s) || (cups && lns) || !whole)
			s->next_poll = w->now + MINUTE;
	}
	strbuf_clear(&answer);
	arena_reset(&w->arena);
}

void
world_run(struct world *w, struct station *stations, size_t count, int64_t until)
{
	for (; w->now < until; w->now += MINUTE)
		for (size_t i = 0; i < count; i++) {
			struct station *s = &stations[i];

			/* An LNS that stays away sends it to CUPS. */
			if (w->now % (10 * MINUTE) == 0 &&
			    s->next_poll > w->now + MINUTE && !station_has_lns(w, s))
				s->next_poll = w->now + MINUTE;
			if (s->next_poll <= w->now && !s->broken)
				poll(w, s);
		}
}
