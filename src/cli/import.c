#include "cli/import.h"

#include <stdio.h>

/* Errors and warnings, each on a line of its own, for people. */
static void
findings_text(struct cli *cli, const struct findings *findings)
{
	struct strbuf line;

	strbuf_init(&line, 8192);
	for (const struct finding *f = findings->first; f != NULL; f = f->next) {
		strbuf_reset(&line);
		finding_print(f, &line);
		out_line(&cli->out, "  %.*s", (int)(line.len - 1), strbuf_str(&line));
	}
	strbuf_clear(&line);
}

static void
findings_json(struct out *o, const struct findings *findings)
{
	out_list(o, "findings");
	for (const struct finding *f = findings->first; f != NULL; f = f->next) {
		out_object(o, NULL, NULL);
		out_str(o, "severity", f->error ? "error" : "warning");
		out_str(o, "file", f->at.file != NULL ? f->at.file : "");
		out_uint(o, "line", f->at.line);
		out_str(o, "rule", f->rule);
		out_str(o, "text", f->text);
		out_object_end(o);
	}
	out_list_end(o);
}

void
import_item(struct cli *cli, const char *id, const enum import_outcome *outcome,
    const struct findings *findings)
{
	struct out *o = &cli->out;
	const char *what = findings->errors > 0 ? "faulty" : "good";

	if (outcome != NULL)
		what = import_outcome_name(*outcome);
	if (o->json) {
		out_object(o, NULL, NULL);
		out_str(o, "id", id);
		out_str(o, "outcome", what);
		findings_json(o, findings);
		out_object_end(o);
		return;
	}
	/* What nobody has to look at only counts. */
	if (outcome != NULL && *outcome == IMPORT_SAME && findings->first == NULL)
		return;
	out_line(o, "%s %s", what, id[0] != '\0' ? id : "(without an id)");
	findings_text(cli, findings);
}

int
import_end(struct cli *cli, const char *things, const struct import_result *r)
{
	struct out *o = &cli->out;

	if (o->json) {
		for (int i = 0; i <= IMPORT_REFUSED; i++)
			out_uint(o, import_outcome_name((enum import_outcome)i),
			    r->counts[i]);
	} else {
		out_line(o, "%zu added, %zu changed, %zu as before%s",
		    r->counts[IMPORT_ADDED], r->counts[IMPORT_CHANGED],
		    r->counts[IMPORT_SAME], r->counts[IMPORT_KEPT] > 0 ? "," : "");
		if (r->counts[IMPORT_KEPT] > 0)
			out_line(o,
			    "%zu kept as they were imported (--replace takes the "
			    "shipped ones)",
			    r->counts[IMPORT_KEPT]);
	}
	if (r->counts[IMPORT_REFUSED] == 0)
		return E_OK;
	return fault_set(&cli->m.fault, E_INVALID, NULL,
	    "%zu %s refused; the others are stored", r->counts[IMPORT_REFUSED], things);
}

int
import_remove_all(
    struct cli *cli, const char *thing, int (*remove)(struct manage *m, const char *id))
{
	int err = cli_open(cli);
	const char *id;

	if (err != E_OK)
		return cli_fail(cli, err);
	out_list(&cli->out, NULL);
	for (size_t i = 0; err == E_OK && (id = cli_word(cli, i)) != NULL; i++) {
		if ((err = remove(&cli->m, id)) != E_OK)
			break;
		if (cli->out.json)
			json_str(&cli->out.j, id);
		out_line(&cli->out, "removed %s %s", thing, id);
	}
	if (err == E_OK)
		out_list_end(&cli->out);
	return cli_fail(cli, err);
}
