/* The configuration as it is in effect, and how the data folder does. Nothing is changed here:
 * the configuration is a file that belongs to the operator of the machine. */
#include "admin/page_overview.h"

#include "admin/widget.h"
#include "manage/check.h"

/* ---- the data folder ------------------------------------------------------------------------ */

static void
put_finding(void *arg, const struct check_finding *f)
{
	static const enum mood moods[] = {MOOD_QUIET, MOOD_WARN, MOOD_BAD};
	struct visit *v = arg;

	html_raw(&v->html, "<li>");
	badge(v, moods[f->severity], check_severity_name(f->severity));
	html_raw(&v->html, " ");
	html_text(&v->html, f->area);
	html_raw(&v->html, " ");
	html_user(&v->html, f->subject);
	html_raw(&v->html, ": ");
	html_user(&v->html, f->text);
	if (f->fix[0] != '\0') {
		html_raw(&v->html, " Mend it: <code>");
		html_user(&v->html, f->fix);
		html_raw(&v->html, "</code>");
	}
	html_raw(&v->html, "</li>\n");
}

static void
put_size(struct visit *v, const char *name, const struct store_info *info)
{
	facts_row(v, name);
	html_printf(&v->html, "%.1f MiB used of at most %.1f GiB, %u of %u readers",
	    (double)info->used / (1 << 20), (double)info->map_max / (1 << 30),
	    info->readers, info->readers_max);
}

static int
put_health(struct visit *v)
{
	struct check_result result;
	int err;

	page_section(v, "data", "The data folder");
	html_raw(&v->html, "<ul class=\"changes\">\n");
	err = manage_check_basics(&v->m, put_finding, v, &result);
	html_raw(&v->html, "</ul>\n");
	if (err != E_OK)
		return err;
	if (result.errors + result.warnings == 0)
		page_note(v, MOOD_GOOD,
		    "Files, sealing keys and room are as they should be.");
	facts_begin(v);
	facts_text(v, "Folder", v->admin->data.path);
	facts_text(v, "Sealing keys", v->admin->data.seal_path);
	put_size(v, "Registry", &result.registry);
	put_size(v, "Ledger", &result.ledger);
	facts_row(v, "Version");
	html_raw(&v->html, "Gatehouse " PACKAGE_VERSION);
	facts_end(v);
	page_text(v, "`gatehouse check` looks at every record too.");
	page_section_end(v);
	return E_OK;
}

/* ---- the configuration ------------------------------------------------------------------------ */

/* What the operator set stands out. */
static void
put_key(struct visit *v, const struct admin_setting *s)
{
	table_row(v);
	table_cell(v);
	html_raw(&v->html, "<code>");
	html_text(&v->html, s->name);
	html_raw(&v->html, "</code>");
	table_cell(v);
	if (s->set) {
		html_user(&v->html, s->value);
	} else {
		html_raw(&v->html, "<span class=\"quiet\">");
		html_user(&v->html, s->value[0] != '\0' ? s->value : "not set");
		html_raw(&v->html, "</span>");
	}
	table_cell(v);
	html_text(&v->html, s->help);
}

static void
put_configuration(struct visit *v)
{
	static const char *const titles[] = {"Key", "Value", "What it is", NULL};
	const struct admin_settings *s = &v->admin->settings;
	const char *section = "";

	page_section(v, "configuration", "The configuration");
	html_raw(&v->html, "<p>");
	if (s->config_path != NULL && s->config_path[0] != '\0') {
		html_raw(&v->html, "From ");
		html_user(&v->html, s->config_path);
		html_raw(&v->html, ", as it was when this program started. ");
	} else {
		html_raw(
		    &v->html, "There is no configuration file: the defaults hold. ");
	}
	html_raw(&v->html, "What is grey is the default. It is changed there, not "
			   "here; see gatehouse.conf(5).</p>\n");
	for (size_t i = 0; i < s->shown_count; i++) {
		if (strcmp(section, s->shown[i].section) != 0) {
			if (i > 0)
				table_end(v);
			section = s->shown[i].section;
			html_raw(&v->html, "<h3>");
			html_text(&v->html, section);
			html_raw(&v->html, "</h3>\n");
			table_begin(v, section, titles);
		}
		put_key(v, &s->shown[i]);
	}
	if (s->shown_count > 0)
		table_end(v);
	page_section_end(v);
}

int
page_settings(struct visit *v)
{
	int err;

	page_begin(v, "Settings");
	if ((err = put_health(v)) != E_OK)
		return err;
	put_configuration(v);
	return page_end(v);
}
