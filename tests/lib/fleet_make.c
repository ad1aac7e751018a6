/* Records of tests: made, changed, looked at. */
#include <stdio.h>
#include <stdlib.h>

#include "manage/ca.h"
#include "manage/cert.h"
#include "manage/trust.h"
#include "registry/record_text.h"
#include "tests/lib/fleet.h"

#define EDITS_MAX 32

static int
kind_of(struct fleet *f, const char *name, const struct record_kind **kind)
{
	*kind = fleet_kind(name);
	return *kind != NULL
		   ? E_OK
		   : fault_set(&f->m.fault, E_INVALID, "kind", "\"%s\"", name);
}

/* FIELD=VALUE words as edits. */
static int
edits_of(struct fleet *f, char **words, size_t count, struct edit *edits)
{
	if (count > EDITS_MAX)
		return E_TOOBIG;
	for (size_t i = 0; i < count; i++) {
		char *eq = strchr(words[i], '=');

		if (eq == NULL)
			return fault_set(
			    &f->m.fault, E_INVALID, NULL, "\"%s\"", words[i]);
		*eq = '\0';
		edits[i] = (struct edit){words[i], span_str(eq + 1)};
	}
	return E_OK;
}

int
fleet_add(struct fleet *f, char **words, size_t count)
{
	const struct record_kind *kind;
	struct edit edits[EDITS_MAX + 1];
	int err;

	if ((err = kind_of(f, words[0], &kind)) != E_OK ||
	    (err = edits_of(f, words + 2, count - 2, edits + 1)) != E_OK)
		return err;
	edits[0] = (struct edit){kind->fields[0].name, span_str(words[1])};
	return manage_add(&f->m, kind, edits, count - 1, NULL);
}

int
fleet_set(struct fleet *f, char **words, size_t count)
{
	const struct record_kind *kind;
	struct edit edits[EDITS_MAX];
	int err;

	if ((err = kind_of(f, words[0], &kind)) != E_OK ||
	    (err = edits_of(f, words + 2, count - 2, edits)) != E_OK)
		return err;
	return manage_set(&f->m, kind, words[1], edits, count - 2);
}

/* The text of a field, in the arena. */
static int
field_text(struct fleet *f, char **words, const char **text)
{
	struct record_view view = {.arena = &f->arena, .now = f->m.now};
	const struct record_kind *kind;
	const struct field *field;
	struct strbuf b;
	void *record;
	int err;

	if ((err = kind_of(f, words[0], &kind)) != E_OK)
		return err;
	if ((field = field_by_name(kind, words[2])) == NULL)
		return fault_set(&f->m.fault, E_INVALID, "field", "\"%s\"", words[2]);
	if ((record = arena_alloc(&f->arena, kind->size)) == NULL)
		return E_NOMEM;
	if ((err = manage_get(&f->m, kind, words[1], record)) != E_OK ||
	    (err = store_read_begin(f->data.registry, &view.txn)) != E_OK)
		return err;
	strbuf_init(&b, 65536);
	record_field_to_text(field, record, &view, &b);
	store_read_end(view.txn);
	*text = arena_strdup(&f->arena, strbuf_str(&b));
	strbuf_clear(&b);
	return *text != NULL ? E_OK : E_NOMEM;
}

int
fleet_get(struct fleet *f, char **words, size_t count)
{
	const char *text;
	int err = field_text(f, words, &text);

	(void)count;
	if (err == E_OK)
		printf("%s\n", text);
	return err;
}

int
fleet_expect(struct fleet *f, char **words, size_t count)
{
	const char *text;
	int err = field_text(f, words, &text);

	if (err != E_OK)
		return err;
	for (size_t i = 3; i < count; i++)
		if (strcmp(text, words[i]) == 0)
			return E_OK;
	return fault_set(&f->m.fault, E_STALE, words[2], "is \"%s\"", text);
}

int
fleet_delete(struct fleet *f, char **words, size_t count)
{
	const struct record_kind *kind;
	int err = kind_of(f, words[0], &kind);

	(void)count;
	return err == E_OK ? manage_delete(&f->m, kind, words[1]) : err;
}

int
fleet_restore(struct fleet *f, char **words, size_t count)
{
	(void)count;
	return manage_gateway_restore(&f->m, words[0]);
}

int
fleet_purge(struct fleet *f, char **words, size_t count)
{
	(void)count;
	return manage_gateway_purge(&f->m, words[0]);
}

int
fleet_retry(struct fleet *f, char **words, size_t count)
{
	(void)count;
	return manage_gateway_retry(&f->m, words[0]);
}

/* ---- certificates ------------------------------------------------------------------ */

int
fleet_trust(struct fleet *f, char **words, size_t count)
{
	struct text_list addresses = {(const char *const *)(words + 2), count - 2};
	struct trust stored;
	struct span bytes;
	int err = fleet_file(f, words[1], &bytes);

	return err == E_OK
		   ? manage_trust_import(&f->m, words[0], bytes, &addresses, &stored)
		   : err;
}

int
fleet_ca(struct fleet *f, char **words, size_t count)
{
	struct ca_request request = {.id = words[0],
	    .eui_prefixes = {(const char *const *)(words + 2), count - 2}};
	struct span bytes;
	struct ca stored;
	int err = fleet_file(f, words[1], &bytes);

	return err == E_OK ? manage_ca_import(&f->m, &request, bytes, &stored) : err;
}

int
fleet_ca_revoke(struct fleet *f, char **words, size_t count)
{
	(void)count;
	return manage_ca_revoke(&f->m, words[0], words[1]);
}

static enum cert_use
use_of(const char *word)
{
	return strcmp(word, "lns") == 0 ? CERT_LNS : CERT_CUPS;
}

int
fleet_cert(struct fleet *f, char **words, size_t count)
{
	struct cert_made made;
	struct span der, key;
	int err;

	(void)count;
	if ((err = fleet_file(f, words[2], &der)) != E_OK ||
	    (err = fleet_file(f, words[3], &key)) != E_OK)
		return err;
	return manage_cert_import(&f->m, use_of(words[0]), words[1], der, key, &made);
}

int
fleet_uncert(struct fleet *f, char **words, size_t count)
{
	(void)count;
	return manage_cert_remove(&f->m, use_of(words[0]), words[1]);
}

/* ---- keys --------------------------------------------------------------------------- */

int
fleet_key(struct fleet *f, char **words, size_t count)
{
	const char *rights = fleet_option(words, count, "rights");
	const char *expires = fleet_option(words, count, "expires");
	bool bare = fleet_flag(words, count, "bare");
	struct key_request request = {
	    .gateway = strcmp(words[0], "-") == 0 ? NULL : words[0],
	    .name = fleet_option(words, count, "name"),
	    .rights = rights != NULL ? strtoull(rights, NULL, 0) : 0,
	    .value = span_str(fleet_option(words, count, "value")),
	    .token_form = bare ? TOKEN_BARE : TOKEN_BEARER,
	    .cups = fleet_flag(words, count, "cups"),
	    .pushed = fleet_flag(words, count, "pushed")};
	struct key_made made = {0};
	int err = E_OK;

	if (expires != NULL)
		err = fleet_time(f, expires, &request.expires_at);
	if (err == E_OK)
		err = manage_key_create(&f->m, &request, &made);
	if (err == E_OK && request.value.len == 0)
		printf("%s\n", made.plain);
	return err;
}

int
fleet_key_revoke(struct fleet *f, char **words, size_t count)
{
	(void)count;
	return manage_key_revoke(&f->m, words[0]);
}

int
fleet_rotate(struct fleet *f, char **words, size_t count)
{
	struct key_made made;
	int err = manage_key_rotate(&f->m, words[0], &made);

	(void)count;
	if (err == E_OK)
		printf("%s\n", made.plain);
	return err;
}
