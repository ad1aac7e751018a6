/* Prints as JSON what the API and everything that can be done are made of: the routes, the
 * pages, the fields of records, the actions. Descriptions and tests are compared with it. */
#include <stdio.h>

#include "admin/admin.h"
#include "admin/api.h"
#include "json/writer.h"
#include "registry/audit.h"
#include "registry/registry.h"

static const char *const types[] = {[FIELD_TEXT] = "text",
    [FIELD_BYTES] = "bytes",
    [FIELD_SEALED] = "secret",
    [FIELD_BOOL] = "bool",
    [FIELD_UINT] = "uint",
    [FIELD_INT] = "int",
    [FIELD_DOUBLE] = "double",
    [FIELD_TIME] = "time",
    [FIELD_EUI] = "eui",
    [FIELD_REF] = "reference",
    [FIELD_ENUM] = "enum",
    [FIELD_FLAGS] = "flags",
    [FIELD_LIST] = "list",
    [FIELD_MAP] = "map",
    [FIELD_ROWS] = "rows"};

static void
put_rights(struct json_out *j, uint64_t rights)
{
	const struct field *f = field_by_name(&key_kind, "rights");

	json_key_array(j, "rights");
	for (size_t i = 0; f->words[i] != NULL; i++)
		if (rights >> i & 1)
			json_str(j, f->words[i]);
	json_array_end(j);
}

static void
put_routes(struct json_out *j)
{
	static const struct {
		unsigned bit;
		const char *name;
	} methods[] = {{METHOD_GET, "GET"}, {METHOD_POST, "POST"}, {METHOD_PUT, "PUT"},
	    {METHOD_PATCH, "PATCH"}, {METHOD_DELETE, "DELETE"}};
	size_t count;
	const struct route *routes = api_routes(&count);

	json_key_array(j, "routes");
	for (size_t i = 0; i < count; i++) {
		enum action action;
		const struct action_row *row = api_action(&routes[i], &action);

		json_object(j);
		for (size_t k = 0; k < sizeof methods / sizeof methods[0]; k++)
			if (routes[i].methods == methods[k].bit)
				json_key_str(j, "method", methods[k].name);
		json_key_str(j, "path", routes[i].pattern);
		json_key_str(j, "action", row->name);
		json_key_uint(j, "max_body", routes[i].max_body);
		json_object_end(j);
	}
	json_array_end(j);
}

static void
put_actions(struct json_out *j)
{
	static const char *const scopes[] = {"any", "gateway", "list", "fleet"};
	static const char *const roles[] = {"viewer", "operator", "admin"};

	json_key_array(j, "actions");
	for (size_t i = 0; i < ACTION_COUNT; i++) {
		const struct action_row *row = &action_table[i];

		json_object(j);
		json_key_str(j, "name", row->name != NULL ? row->name : "");
		json_key_bool(j, "shell", row->fronts & FRONT_SHELL);
		json_key_bool(j, "api", row->fronts & FRONT_API);
		json_key_bool(j, "pages", row->fronts & FRONT_PAGES);
		put_rights(j, row->rights);
		json_key_str(j, "scope", scopes[row->scope]);
		json_key_str(j, "role", roles[row->role]);
		json_key_str(j, "commands", row->commands);
		json_key_str(j, "forms", row->pages != NULL ? row->pages : "");
		json_key_str(j, "why", row->why != NULL ? row->why : "");
		json_object_end(j);
	}
	json_array_end(j);
}

static void
put_pages(struct json_out *j)
{
	static const char *const access[] = {"open", "viewer", "operator", "admin"};

	json_key_array(j, "pages");
	for (size_t i = 0; i < admin_page_count; i++) {
		const struct page *p = &admin_pages[i];

		json_object(j);
		json_key_str(j, "method", p->method == METHOD_POST ? "POST" : "GET");
		json_key_str(j, "path", p->path);
		json_key_str(j, "role", access[p->access]);
		json_object_end(j);
	}
	json_array_end(j);
}

static void
put_kind(struct json_out *j, const struct record_kind *kind)
{
	json_key_array(j, kind->name);
	for (const struct field *f = kind->fields; f->number != 0; f++) {
		if (f->flags & FIELD_INTERNAL)
			continue;
		json_object(j);
		json_key_str(j, "name", f->name);
		json_key_str(j, "type", types[f->type]);
		json_key_bool(j, "readonly", f->flags & FIELD_READONLY);
		json_key_uint(j, "max", f->max);
		json_key_uint(j, "item_max", f->item_max);
		json_key_str(j, "help", f->help != NULL ? f->help : "");
		json_key_str(j, "of", f->of != NULL ? f->of->name : "");
		json_key_array(j, "words");
		for (size_t i = 0; f->words != NULL && f->words[i] != NULL; i++)
			json_str(j, f->words[i]);
		json_array_end(j);
		json_object_end(j);
	}
	json_array_end(j);
}

int
main(void)
{
	struct strbuf text;
	struct json_out j;
	int err;

	strbuf_init(&text, 4 << 20);
	json_init(&j, &text, "\t");
	json_object(&j);
	put_routes(&j);
	put_actions(&j);
	put_pages(&j);
	json_key_object(&j, "kinds");
	for (size_t i = 0; registry_kinds[i] != NULL; i++) {
		put_kind(&j, registry_kinds[i]);
		for (const struct field *f = registry_kinds[i]->fields; f->number != 0;
		     f++)
			if (f->type == FIELD_ROWS)
				put_kind(&j, f->of);
	}
	json_object_end(&j);
	json_object_end(&j);
	puts(strbuf_str(&text));
	err = text.err;
	strbuf_clear(&text);
	return err != E_OK;
}
