#include "app/file_policy.h"

#include <sys/stat.h>

#include "base/clock.h"

/* When the rules may have changed last: with the configuration, or with the program. A
 * clock that was wrong does not count. */
static int64_t
settled_at(const struct config *c)
{
	const char *paths[] = {c->path, "/proc/self/exe"};
	int64_t latest = 0, now = clock_now();
	struct stat st;

	for (size_t i = 0; i < COUNT(paths); i++)
		if (paths[i][0] != '\0' && stat(paths[i], &st) == 0 &&
		    st.st_mtime > latest)
			latest = st.st_mtime;
	return latest < now ? latest : now;
}

static int
add_server(struct file_policy *policy, struct span address, struct fault *fault)
{
	struct fault why = {0};
	struct server ignored;

	if (policy->server_count == FILE_SERVERS_MAX)
		return fault_set(fault, E_CONFIG, "udp_server",
		    "more than %d addresses", FILE_SERVERS_MAX);
	if (server_parse(address, &ignored, &why) != E_OK)
		return fault_set(fault, E_CONFIG, "udp_server", "%.*s: %s",
		    (int)(address.len < 80 ? address.len : 80),
		    (const char *)address.data, why.text);
	policy->servers[policy->server_count++] = address;
	return E_OK;
}

int
config_file_policy(
    const struct config *config, struct file_policy *policy, struct fault *fault)
{
	struct span rest = span_str(config->udp_server);
	int err = E_OK;

	*policy = (struct file_policy){
	    .default_lns = config->default_lns, .settled_at = settled_at(config)};
	while (err == E_OK && rest.len > 0) {
		const uint8_t *comma = memchr(rest.data, ',', rest.len);
		size_t n = comma != NULL ? (size_t)(comma - rest.data) : rest.len;
		struct span one = span_trim(span_of(rest.data, n));

		rest = span_from(rest, n + 1);
		if (one.len > 0)
			err = add_server(policy, one, fault);
	}
	return err;
}
