/* Writes the texts about the configuration: `sample` for etc/gatehouse.conf, `manual` for
 * the list in gatehouse.conf(5). For those who change the table of keys. */
#include <stdio.h>

#include "app/config.h"

int
main(int argc, char **argv)
{
	struct strbuf text;

	strbuf_init(&text, 1 << 20);
	if (argc == 2 && strcmp(argv[1], "sample") == 0)
		config_write_sample(&text);
	else if (argc == 2 && strcmp(argv[1], "manual") == 0)
		config_write_manual(&text);
	else
		fputs("usage: config-text sample|manual\n", stderr);
	fwrite(strbuf_str(&text), 1, text.len, stdout);
	strbuf_clear(&text);
	return text.len == 0 && argc != 2 ? 2 : 0;
}
