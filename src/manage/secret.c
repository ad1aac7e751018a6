/* Sealed fields: in and out. */
#include <stdio.h>

#include "manage/manage.h"
#include "registry/template.h"

int
manage_seal(struct manage *m, const struct record_kind *kind, uint64_t serial,
    const char *field, struct span plain, bool private_key, struct secret *secret)
{
	struct seal_place place = {kind->name, serial, field};
	int err = secret_describe(plain, private_key, secret, &m->fault);

	if (err != E_OK)
		return err;
	return data_seal(m->data, place, plain, m->arena, &secret->sealed, &m->fault);
}

int
manage_open(struct manage *m, const struct record_kind *kind, uint64_t serial,
    const char *field, const struct secret *secret, struct span *plain)
{
	struct seal_place place = {kind->name, serial, field};

	return data_open_sealed(
	    m->data, place, secret->sealed, m->arena, plain, &m->fault);
}

/* A line as in a cups.key or tc.key file may come with its line end. */
static struct span
without_line_end(struct span s)
{
	while (s.len > 0 && (s.data[s.len - 1] == '\n' || s.data[s.len - 1] == '\r'))
		s.len--;
	return s;
}

int
manage_set_secret(void *arg, const struct record_kind *kind, void *record,
    const struct field *f, struct span plain, struct fault *fault)
{
	struct manage *m = arg;
	struct secret *secret = field_at(f, record);
	int err;

	/* `sealed` is the first member, so the field's place is the secret's. */
	_Static_assert(offsetof(struct secret, sealed) == 0, "secret");
	if (!(kind == &gateway_kind || kind == &template_kind) ||
	    strcmp(f->name, "lbs_lns_secret.value") != 0)
		return fault_set(
		    fault, E_INVALID, f->name, "cannot be set in this way");
	if (plain.len == 0) {
		memset(secret, 0, sizeof *secret);
		return E_OK;
	}
	err = manage_seal(m, kind, *(uint64_t *)record, f->name,
	    without_line_end(plain), false, secret);
	/* The words are about a secret; whoever reads them needs the field's name. */
	if (err != E_OK && fault != NULL) {
		*fault = m->fault;
		snprintf(fault->field, sizeof fault->field, "%s", f->name);
	}
	return err;
}

int
manage_open_field(void *arg, const struct record_kind *kind, const void *record,
    const struct field *f, struct span *plain)
{
	const struct secret *secret = field_at(f, record);

	return manage_open(
	    arg, kind, *(const uint64_t *)record, f->name, secret, plain);
}
