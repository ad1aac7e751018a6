/* A gateway's configuration file, the same bytes as the endpoint gives. */
#include "app/file_policy.h"
#include "cli/cli.h"
#include "manage/file.h"

static int
read_query(struct cli *cli, struct file_query *query)
{
	static const char *const words[] = {"tts", NULL};
	const char *board = cli_value(cli, "concentrator");
	int compat = -1;
	int err = manage_file_path(&cli->m, cli_word(cli, 1), &query->path);

	if (err == E_OK)
		err = cli_choice(cli, "compat", words, &compat);
	query->reference = compat == 0;
	query->concentrator = span_str(board);
	query->contents = cli_has(cli, "contents");
	return err;
}

static void
show_json(struct cli *cli, const struct file_made *made, struct span content)
{
	struct out *o = &cli->out;

	out_object(o, NULL, NULL);
	out_str(o, "path", made->answer.format->path);
	out_str(o, "content_type", made->answer.format->content_type);
	out_str(o, "etag", made->answer.etag);
	out_time(o, "modified", made->answer.modified);
	out_span(o, "content", content);
	out_object_end(o);
}

static int
run(struct cli *cli)
{
	struct file_made *made = arena_alloc(&cli->arena, sizeof *made);
	struct file_query query = {0};
	struct file_policy policy;
	struct strbuf content;
	int err = made != NULL ? read_query(cli, &query) : E_NOMEM;

	if (err == E_OK)
		err = cli_open(cli);
	if (err == E_OK)
		err = config_file_policy(&cli->config, &policy, &cli->m.fault);
	if (err != E_OK)
		return cli_fail(cli, err);
	strbuf_init(&content, 16 << 20);
	err = manage_file(&cli->m, &policy, cli_word(cli, 0), &query, &content, made);
	if (err == E_OK) {
		for (const struct finding *f = made->findings.first; f != NULL;
		     f = f->next)
			cli_warn(cli, "%s [%s]", f->text, f->rule);
		if (cli->out.json)
			show_json(cli, made, strbuf_span(&content));
		else
			strbuf_put(&cli->out.text, content.data, content.len);
	}
	strbuf_clear(&content);
	return cli_fail(cli, err);
}

static const struct option options[] = {
    OPTION("concentrator", "BOARD", "as if the gateway had this board"),
    OPTION("compat", "tts", "as The Things Stack writes it"),
    SWITCH("contents", "as {\"contents\": ...} with the file in base64"),
    OPTION_END,
};

const struct command config_file_commands[] = {
    {"", "ID|EUI FORMAT", 2, 2, options, NULL, run,
	"a gateway's configuration file, as the endpoint gives it",
	"FORMAT is one of semtechudp/global_conf.json, kerlink-cpf/lorad/lorad.json "
	"and kerlink-cpf/lorafwd/lorafwd.toml; the last part alone will do."},
    {.verb = NULL},
};
