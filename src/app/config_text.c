/* The texts that describe the configuration, made from its table. */
#include "app/config_key.h"

#define WIDTH 78

static const char *
shown(const struct config_key *key)
{
	return key->shown != NULL ? key->shown : key->initial;
}

/* Words of `text` in lines that begin with "# ". */
static void
put_comment(struct strbuf *out, const char *text)
{
	size_t column = 0;

	while (*text != '\0') {
		size_t n = strcspn(text, " ");

		if (column == 0 || column + 1 + n > WIDTH) {
			strbuf_puts(out, column == 0 ? "#" : "\n#");
			column = 1;
		}
		strbuf_putc(out, ' ');
		strbuf_put(out, text, n);
		column += 1 + n;
		text += n + strspn(text + n, " ");
	}
	strbuf_putc(out, '\n');
}

static void
put_choices(struct strbuf *out, const struct config_key *key)
{
	if (key->type == CONFIG_CHOICE)
		strbuf_printf(out, "# One of %s.\n", key->words);
	else if (key->type == CONFIG_BOOL)
		strbuf_puts(out, "# on or off.\n");
}

void
config_write_sample(struct strbuf *out)
{
	put_comment(out,
	    "Configuration of Gatehouse; see gatehouse.conf(5). A line is KEY = VALUE; "
	    "what is commented out here shows the default. Quote a value that begins "
	    "or ends with a blank or has a # after a blank. Lists are separated by "
	    "blanks or commas.");
	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_key *key = &config_keys[i];

		if (key->section != NULL)
			strbuf_printf(out, "\n# ---- %s ----\n", key->section);
		strbuf_putc(out, '\n');
		put_comment(out, key->help);
		put_choices(out, key);
		strbuf_printf(out, "#%s =%s%s\n", key->name,
		    shown(key)[0] != '\0' ? " " : "", shown(key));
	}
}

/* Text with what mdoc would take for its own made harmless. */
static void
put_manual_text(struct strbuf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\\')
			strbuf_puts(out, "\\e");
		else if (*text == '-')
			strbuf_puts(out, "\\-");
		else
			strbuf_putc(out, *text);
		/* A new line for a new sentence, as mdoc wants it. */
		if (*text == '.' && text[1] == ' ') {
			strbuf_putc(out, '\n');
			text++;
		}
	}
	strbuf_putc(out, '\n');
}

static const char *
placeholder(const struct config_key *key)
{
	switch (key->type) {
	case CONFIG_PATH:
		return "path";
	case CONFIG_URL:
		return "url";
	case CONFIG_BOOL:
		return "on|off";
	case CONFIG_NUMBER:
		return "number";
	case CONFIG_SIZE:
		return "bytes";
	case CONFIG_CHOICE:
		return key->words;
	case CONFIG_NETWORKS:
		return "network ...";
	case CONFIG_NAME:
		return "header";
	case CONFIG_NAMES:
		return "header ...";
	case CONFIG_TEXT:
		break;
	}
	return "text";
}

void
config_write_manual(struct strbuf *out)
{
	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_key *key = &config_keys[i];

		if (key->section != NULL)
			strbuf_printf(out, "%s.Ss %s\n.Bl -tag -width Ds\n",
			    i > 0 ? ".El\n" : "", key->section);
		strbuf_printf(
		    out, ".It Cm %s No = Ar %s\n", key->name, placeholder(key));
		put_manual_text(out, key->help);
		if (shown(key)[0] != '\0')
			strbuf_printf(out, "Default:\n.Li %s .\n", shown(key));
	}
	strbuf_puts(out, ".El\n");
}
