/*
 * The configuration file: `key = value` lines, `#` comments, quotes optional. One table in
 * config.c describes every key; from it come the parser, the comments of
 * etc/gatehouse.conf and the list in gatehouse.conf(5). A new key is one row there and one
 * member here.
 */
#ifndef GH_APP_CONFIG_H
#define GH_APP_CONFIG_H

#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "web/address.h"

struct config_networks {
	const struct network *items;
	size_t count;
};

struct config_names {
	const char *const *items;
	size_t count;
};

enum config_sendfile { SENDFILE_OFF, SENDFILE_X2 };

enum config_unknown { UNKNOWN_REFUSE, UNKNOWN_ADOPT };

/* Everything that can be set; strings are never NULL. Lives until config_clear(). */
struct config {
	/* general */
	const char *data;
	const char *seal_keys;
	const char *share;
	int log, log_level; /* enum log_target, enum log_level */

	/* web */
	const char *public_url; /* without trailing slash; "" when unknown */
	struct config_networks trusted_proxies;
	const char *client_certificate_header;
	struct config_names key_headers;
	uint64_t request_memory; /* bytes */
	uint64_t request_time;	 /* seconds of the processor */
	uint64_t client_wait;	 /* seconds */
	uint64_t write_wait;	 /* milliseconds */
	uint64_t throttle_failures;

	/* configuration files */
	bool require_auth;
	const char *udp_server;

	/* CUPS */
	const char *cups_uri;
	const char *default_lns;
	bool allow_cups_redirect;
	bool cups_redirect_with_lns;
	uint64_t push_limit;
	int token_form;	      /* enum token_form */
	int unknown_gateways; /* enum config_unknown */

	/* firmware */
	const char *update_channel;
	uint64_t workers;
	uint64_t firmware_attempts, firmware_downloads;
	uint64_t firmware_minimum_rate; /* bytes a second */
	int firmware_sendfile;		/* enum config_sendfile */

	/* The Things Kickstarter Gateway */
	const char *mqtt_server;
	const char *firmware_url;

	/* admin */
	const char *admin_public_url; /* without trailing slash; "" when unknown */
	const char *admin_path;	      /* see config_admin_prefix() */
	uint64_t admin_idle, admin_session; /* minutes */
	bool admin_remote_user;
	uint64_t sign_in_failures;
	uint64_t password_cost;
	uint64_t upload_limit; /* bytes */

	const char *path;   /* the file that was read; "" when there was none */
	const char **texts; /* by key, as it stands in the file; NULL: the default */
	struct arena arena; /* owns what is pointed to */
};

#define CONFIG_FILE_MAX (1 << 20)

/*
 * Reads the file `path`; when that is NULL the one that $GATEHOUSE_CONF names, else
 * gatehouse.conf in the configured folder, and when that does not exist either, nothing:
 * the defaults hold. E_CONFIG (file, line and key are said in `fault`), E_NOTFOUND, E_PERM,
 * E_TOOBIG, E_IO, E_NOMEM; `c` is empty then.
 */
int config_load(const char *path, struct config *c, struct fault *fault);

/* The same from memory; `name` stands for the file in messages. */
int config_parse(
    struct span text, const char *name, struct config *c, struct fault *fault);

/* Gives its memory back. */
void config_clear(struct config *c);

/* One key as it is in effect. There are no secrets among them. */
struct config_line {
	const char *section, *name, *value, *help;
	bool set; /* in the file; else it is the default */
};

/* All of them, in the arena; *count is their number. NULL when there is no memory. Texts that
 * were set belong to `c`. */
struct config_line *config_lines(
    const struct config *c, struct arena *arena, size_t *count);

/* The path part of public_url: what stands before every link. */
struct span config_prefix(const struct config *c);

/* The same of admin_public_url; when that is not set, "/admin" below public_url. */
struct span config_admin_prefix(const struct config *c);

/* The text of etc/gatehouse.conf: every key with its help, set to its default in a comment;
 * and the same as an mdoc list for gatehouse.conf(5). */
void config_write_sample(struct strbuf *out);
void config_write_manual(struct strbuf *out);

#endif
