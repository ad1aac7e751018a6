#include "manage/gateway_export.h"

#include <stdio.h>

#include "manage/gateway_csv.h"

#define BATCH 200
#define BATCH_TEXT ((size_t)256 << 20)

const char *const export_format_words[] = {"jsonl", "csv", "json", NULL};

struct exporting {
	const struct bulk_export *e;
	struct strbuf text;
	uint64_t count, after, batch;
};

/* What is imported elsewhere must not lack a secret without a word. */
static int
judge_unread(struct manage *m, struct exporting *x, const struct gateway *g, int err)
{
	char why[sizeof m->fault.text];

	if (err == E_OK)
		return x->text.err;
	if (x->e->unread != NULL && err != E_NOMEM) {
		++*x->e->unread;
		m->fault = (struct fault){0};
		return x->text.err;
	}
	snprintf(why, sizeof why, "%s",
	    m->fault.text[0] != '\0' ? m->fault.text : err_text(err));
	/* To a list E_NOTFOUND is its end. */
	return fault_set(&m->fault, err == E_NOTFOUND ? E_STATE : err, NULL,
	    "%s: its keys cannot be read, and would be missing: %s", g->gateway_id,
	    why);
}

static int
one(struct manage *m, struct store_txn *txn, const struct gateway *g, void *arg)
{
	struct exporting *x = arg;
	struct gateway_json v = {.m = m, .txn = txn, .secrets = x->e->secrets};
	struct json_out j;

	x->after = g->serial;
	x->batch++;
	if (x->e->format == EXPORT_CSV) {
		gateway_csv_row(&v, g, &x->text);
		return judge_unread(m, x, g, v.unread);
	}
	if (x->e->format == EXPORT_JSON)
		strbuf_puts(&x->text, x->count + x->batch > 1 ? ",\n" : "\n");
	json_init(&j, &x->text, NULL);
	gateway_to_json(&v, g, &j);
	if (x->e->format == EXPORT_JSONL)
		strbuf_putc(&x->text, '\n');
	return judge_unread(m, x, g, v.unread);
}

static int
flush(struct manage *m, struct exporting *x)
{
	int err = x->text.err;

	if (err == E_OK && x->text.len > 0)
		err = x->e->write(x->e->arg, strbuf_span(&x->text), &m->fault);
	strbuf_reset(&x->text);
	return err;
}

static int
all(struct manage *m, struct exporting *x)
{
	int err;

	if (x->e->format == EXPORT_CSV)
		gateway_csv_header(x->e->secrets, &x->text);
	if (x->e->format == EXPORT_JSON)
		strbuf_putc(&x->text, '[');
	do {
		x->batch = 0;
		err = manage_gateways(m, &x->e->filter, x->after, BATCH, one, x);
		x->count += x->batch;
		if (err == E_OK)
			err = flush(m, x);
	} while (err == E_OK && x->batch == BATCH);
	if (err == E_OK && x->e->format == EXPORT_JSON) {
		strbuf_puts(&x->text, x->count > 0 ? "\n]\n" : "]\n");
		err = flush(m, x);
	}
	return err;
}

static int
note_secrets(struct manage *m, struct store_txn *txn, void *arg)
{
	(void)arg;
	return manage_note_in(m, txn, "export-secrets", "gateway", "", "");
}

int
manage_gateway_export(struct manage *m, const struct bulk_export *e, uint64_t *count)
{
	struct exporting x = {.e = e};
	int err = e->secrets ? manage_update(m, note_secrets, NULL) : E_OK;

	*count = 0;
	if (err != E_OK)
		return err;
	strbuf_init(&x.text, BATCH_TEXT);
	err = all(m, &x);
	strbuf_clear(&x.text);
	*count = x.count;
	return manage_failed(m, err);
}
