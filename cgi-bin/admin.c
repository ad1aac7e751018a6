/* admin.fcgi: the admin. Everything is in src/admin; here the configuration becomes its
 * settings. */
#include <stdio.h>
#include <stdlib.h>

#include "admin/admin.h"
#include "admin/api.h"
#include "app/file_policy.h"
#include "app/policy.h"
#include "app/service.h"

/* One address may have many programs behind it. */
#define ADDRESS_FACTOR 5

static struct arena shown;

/* The configuration as the page of settings shows it; as long as the process. */
static void
show_config(const struct config *c, struct admin_settings *s)
{
	struct admin_setting *list;
	struct config_line *lines;
	size_t count;

	arena_init(&shown, 1 << 20);
	lines = config_lines(c, &shown, &count);
	if ((list = arena_zalloc(&shown, count, sizeof *list)) == NULL)
		return;
	for (size_t i = 0; i < count; i++)
		list[i] = (struct admin_setting){.section = lines[i].section,
		    .name = lines[i].name,
		    .value = lines[i].value,
		    .help = lines[i].help,
		    .set = lines[i].set};
	s->shown = list;
	s->shown_count = count;
	s->config_path = c->path;
}

static int
open_admin(const struct config *c, void **state, struct fault *fault)
{
	struct admin_settings s = {.public_url = c->admin_public_url,
	    .prefix = config_admin_prefix(c),
	    .data_path = c->data,
	    .seal_path = c->seal_keys,
	    .share = c->share,
	    .program = "admin.fcgi",
	    .session = {.idle = (int64_t)c->admin_idle * 60,
		.absolute = (int64_t)c->admin_session * 60,
		.wait_ms = (int)c->write_wait},
	    .remote_user = c->admin_remote_user,
	    .sign_in_failures = (unsigned)c->sign_in_failures,
	    .key_failures = (unsigned)c->throttle_failures * ADDRESS_FACTOR,
	    .require_auth = c->require_auth,
	    .password_cost = (unsigned)c->password_cost,
	    .upload_limit = c->upload_limit,
	    .server_url = c->public_url,
	    .cups = config_cups_policy(c),
	    .kick = config_kick_policy(c)};
	struct admin *admin;
	int err = config_file_policy(c, &s.files, fault);

	show_config(c, &s);
	if (err == E_OK)
		err = admin_open(&s, &admin, fault);
	if (err == E_OK)
		*state = admin;
	return err;
}

static void
close_admin(void *state)
{
	admin_close(state);
	arena_clear(&shown);
}

static int
admin_health(void *state, struct fault *fault)
{
	const struct admin *admin = state;

	return data_health(&admin->data, fault);
}

/* Programs read JSON, people read pages. */
static response_error_form *
form_of(const struct request *req)
{
	return api_is_asked(req) ? response_error_json : admin_error_form;
}

int
main(int argc, char **argv)
{
	struct service service = {
	    .name = "admin",
	    .about = "The admin: pages for people who run gateways, JSON for programs.",
	    .open = open_admin,
	    .close = close_admin,
	    .prefix = config_admin_prefix,
	    .health = admin_health,
	    .error_form_of = form_of,
	};

	service.routes = admin_routes(&service.route_count);
	return service_main(&service, argc, argv);
}
