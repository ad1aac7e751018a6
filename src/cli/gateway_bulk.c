/* Many gateways from a file, and to one. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/gateway.h"
#include "manage/gateway_export.h"
#include "manage/gateway_import.h"

#define PROGRESS 5000 /* gateways between two lines of it */

/* ---- import -------------------------------------------------------------------------------- */

struct source {
	int fd;
	const char *path;
};

static int
read_source(void *arg, void *buf, size_t n, size_t *got, struct fault *fault)
{
	struct source *s = arg;
	ssize_t len;

	do
		len = read(s->fd, buf, n);
	while (len < 0 && errno == EINTR);
	*got = len > 0 ? (size_t)len : 0;
	return len >= 0 ? E_OK : file_fault(fault, s->path, "read");
}

struct telling {
	struct cli *cli;
	bool dry, all, progress;
	uint64_t told;
};

static void
line_json(struct out *o, const struct bulk_line *l)
{
	out_object(o, NULL, NULL);
	out_uint(o, "line", l->line);
	out_str(o, "outcome", bulk_outcome_words[l->outcome]);
	out_str(o, "gateway", l->gateway_id);
	out_str(o, "fields", l->fields);
	if (l->outcome == BULK_REFUSED) {
		out_str(o, "field", l->fault.field);
		out_str(o, "reason", l->fault.text);
	}
	out_str(o, "ignored", l->ignored);
	out_str(o, "note", l->note);
	out_object_end(o);
}

static int
tell(void *arg, const struct bulk_line *l)
{
	static const char *const would[] = {[BULK_CREATED] = "would create",
	    [BULK_UPDATED] = "would change",
	    [BULK_UNCHANGED] = "as before",
	    [BULK_SKIPPED] = "would skip",
	    [BULK_REFUSED] = "would refuse"};
	struct telling *t = arg;
	struct out *o = &t->cli->out;
	char why[400];

	if (t->progress && ++t->told % PROGRESS == 0)
		fprintf(stderr, "\r%llu gateways ", (unsigned long long)t->told);
	if (o->json) {
		line_json(o, l);
		return o->err;
	}
	if (!t->all && l->outcome != BULK_REFUSED && l->ignored[0] == '\0' &&
	    l->note[0] == '\0')
		return E_OK;
	out_line(o, "line %llu: %s %s%s%s%s%s", (unsigned long long)l->line,
	    t->dry ? would[l->outcome] : bulk_outcome_words[l->outcome],
	    l->gateway_id[0] != '\0' ? l->gateway_id : "(without an ID)",
	    l->fields[0] != '\0' ? ": " : "", l->fields,
	    l->outcome == BULK_REFUSED ? ": " : "",
	    l->outcome == BULK_REFUSED ? fault_text(&l->fault, why, sizeof why) : "");
	if (l->ignored[0] != '\0')
		out_line(o, "  no such field: %s", l->ignored);
	if (l->note[0] != '\0')
		out_line(o, "  %s", l->note);
	return o->err;
}

static int
summary(struct cli *cli, const struct bulk_result *r, bool dry)
{
	struct out *o = &cli->out;

	if (o->json) {
		for (int i = 0; i < BULK_OUTCOMES; i++)
			out_uint(o, bulk_outcome_words[i], r->counts[i]);
		out_str(o, "ignored", r->ignored);
		out_bool(o, "dry_run", dry);
	} else {
		out_line(o,
		    "%s%llu created, %llu changed, %llu as before, %llu skipped, "
		    "%llu refused",
		    dry ? "would be: " : "",
		    (unsigned long long)r->counts[BULK_CREATED],
		    (unsigned long long)r->counts[BULK_UPDATED],
		    (unsigned long long)r->counts[BULK_UNCHANGED],
		    (unsigned long long)r->counts[BULK_SKIPPED],
		    (unsigned long long)r->counts[BULK_REFUSED]);
		if (r->ignored[0] != '\0')
			out_line(o, "not taken, since a gateway has no such field: %s",
			    r->ignored);
	}
	if (r->counts[BULK_REFUSED] == 0)
		return E_OK;
	return fault_set(&cli->m.fault, E_INVALID, NULL, "%llu of them %s refused%s",
	    (unsigned long long)r->counts[BULK_REFUSED], dry ? "would be" : "were",
	    dry ? "" : "; the others are stored");
}

static int
open_source(struct cli *cli, struct source *s)
{
	s->path = cli_word(cli, 0);
	if (strcmp(s->path, "-") == 0) {
		s->fd = STDIN_FILENO;
		if (isatty(s->fd))
			cli_warn(cli, "reading from the terminal; end with ctrl-D");
		return E_OK;
	}
	s->fd = open(s->path, O_RDONLY | O_CLOEXEC);
	return s->fd >= 0 ? E_OK : file_fault(&cli->m.fault, s->path, "open");
}

static int
read_options(struct cli *cli, struct bulk_import *in)
{
	int format = BULK_GUESS, existing = BULK_UPDATE_THEM;
	int err = cli_choice(cli, "format", bulk_format_words, &format);

	if (err == E_OK)
		err = cli_choice(cli, "on-existing", bulk_existing_words, &existing);
	in->format = (enum bulk_format)format;
	in->existing = (enum bulk_existing)existing;
	in->dry_run = cli_has(cli, "dry-run");
	in->strict = cli_has(cli, "strict");
	in->clear = cli_has(cli, "clear-empty");
	return err;
}

static int
import(struct cli *cli, struct source *s, struct bulk_import *in)
{
	struct telling t = {.cli = cli,
	    .dry = in->dry_run,
	    .all = in->dry_run || cli_has(cli, "verbose"),
	    .progress = isatty(STDERR_FILENO) == 1};
	struct bulk_result result;
	int err;

	in->read = read_source;
	in->read_arg = s;
	in->report = tell;
	in->report_arg = &t;
	out_object(&cli->out, NULL, NULL);
	out_list(&cli->out, "gateways");
	err = manage_gateway_import(&cli->m, in, &result);
	if (t.told >= PROGRESS && t.progress)
		fputs("\r", stderr);
	if (err != E_OK)
		return cli_fail(cli, err);
	out_list_end(&cli->out);
	err = summary(cli, &result, in->dry_run);
	out_object_end(&cli->out);
	return err;
}

int
gateway_import(struct cli *cli)
{
	struct source source = {.fd = -1};
	struct bulk_import in = {0};
	int err = read_options(cli, &in);

	/* What only somebody else than the owner of the data may read is opened first. */
	if (err == E_OK)
		err = open_source(cli, &source);
	if (err == E_OK)
		err = cli_open(cli);
	if (err == E_OK)
		err = import(cli, &source, &in);
	if (source.fd > STDIN_FILENO)
		close(source.fd);
	return err;
}

/* ---- export -------------------------------------------------------------------------------- */

struct target {
	int fd;
	const char *path;
	struct cli *cli;
};

static int
write_target(void *arg, struct span bytes, struct fault *fault)
{
	struct target *t = arg;

	while (bytes.len > 0) {
		ssize_t n = write(t->fd, bytes.data, bytes.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EPIPE && t->fd == STDOUT_FILENO)
			t->cli->out.gone = true;
		if (n < 0)
			return file_fault(fault, t->path, "write");
		bytes = span_from(bytes, (size_t)n);
	}
	return E_OK;
}

static int
open_target(struct cli *cli, bool secrets, struct target *t)
{
	mode_t mode = secrets ? 0600 : 0666;

	t->path = cli_word(cli, 0);
	if (t->path == NULL || strcmp(t->path, "-") == 0) {
		t->path = "standard output";
		t->fd = STDOUT_FILENO;
		return E_OK;
	}
	t->fd = open(t->path, O_WRONLY | O_CREAT | O_CLOEXEC, mode);
	if (t->fd < 0 || (secrets && fchmod(t->fd, 0600) != 0) ||
	    ftruncate(t->fd, 0) != 0)
		return file_fault(&cli->m.fault, t->path, "open");
	return E_OK;
}

static int
choose_format(struct cli *cli, struct bulk_export *e)
{
	const char *path = cli_word(cli, 0);
	const char *dot = path != NULL ? strrchr(path, '.') : NULL;
	int format = EXPORT_JSONL, err;

	for (int i = 0; dot != NULL && export_format_words[i] != NULL; i++)
		if (strcmp(dot + 1, export_format_words[i]) == 0)
			format = i;
	err = cli_choice(cli, "format", export_format_words, &format);
	e->format = (enum export_format)format;
	return err;
}

static int
export_to(struct cli *cli, struct target *t, struct bulk_export *e)
{
	uint64_t count;
	int err;

	e->write = write_target;
	e->arg = t;
	err = manage_gateway_export(&cli->m, e, &count);
	if (err != E_OK)
		return cli_fail(cli, err);
	if (e->secrets)
		cli_warn(cli,
		    "%s holds secrets in plain text: the keys of gateways and "
		    "network servers",
		    t->path);
	if (t->fd == STDOUT_FILENO)
		return E_OK;
	if (fsync(t->fd) != 0 && errno != EINVAL && errno != EROFS)
		return file_fault(&cli->m.fault, t->path, "write");
	out_object(&cli->out, NULL, NULL);
	out_str(&cli->out, "file", t->path);
	out_uint(&cli->out, "gateways", count);
	out_object_end(&cli->out);
	return E_OK;
}

int
gateway_export(struct cli *cli)
{
	struct gateway_filter filter = {.word = cli_value(cli, "word"),
	    .group = cli_value(cli, "group"),
	    .lns = cli_value(cli, "lns"),
	    .plan = cli_value(cli, "plan"),
	    .deleted = cli_has(cli, "deleted")};
	struct bulk_export e = {.filter = filter, .secrets = cli_has(cli, "secrets")};
	struct target t = {.fd = -1, .cli = cli};
	uint64_t damaged = 0, unread = 0;
	int err = choose_format(cli, &e);

	if (cli_has(cli, "without-damaged")) {
		e.filter.damaged = &damaged;
		e.unread = &unread;
	}
	if (err == E_OK)
		err = open_target(cli, e.secrets, &t);
	if (err == E_OK)
		err = cli_open(cli);
	if (err == E_OK)
		err = export_to(cli, &t, &e);
	/* Half of it must not be taken for the whole. */
	if (err != E_OK && t.fd > STDOUT_FILENO && ftruncate(t.fd, 0) != 0)
		cli_warn(cli, "%s is not whole", t.path);
	if (t.fd > STDOUT_FILENO && close(t.fd) != 0 && err == E_OK)
		err = file_fault(&cli->m.fault, t.path, "write");
	if (err == E_OK && damaged + unread > 0)
		err = fault_set(&cli->m.fault, E_CORRUPT, NULL,
		    "%llu damaged gateways are missing, and %llu have no keys that "
		    "could "
		    "be read: `gatehouse check` names them",
		    (unsigned long long)damaged, (unsigned long long)unread);
	return err;
}
