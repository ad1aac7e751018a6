/* What a key of the configuration is: shared by the parser and the texts. */
#ifndef GH_APP_CONFIG_KEY_H
#define GH_APP_CONFIG_KEY_H

#include "app/config.h"

enum config_type {
	CONFIG_TEXT,	 /* const char * */
	CONFIG_PATH,	 /* const char *, absolute once the file is read */
	CONFIG_URL,	 /* const char *, http or https, without trailing slash */
	CONFIG_NAME,	 /* const char *, a header's name */
	CONFIG_BOOL,	 /* bool */
	CONFIG_NUMBER,	 /* uint64_t within min…max */
	CONFIG_SIZE,	 /* uint64_t, bytes with k, M, G, within min…max */
	CONFIG_CHOICE,	 /* int, the index in `words` */
	CONFIG_NETWORKS, /* struct config_networks */
	CONFIG_NAMES,	 /* struct config_names, headers */
};

struct config_key {
	const char *name;
	enum config_type type;
	size_t offset; /* in struct config */
	const char *initial;
	const char *shown; /* the default as the texts say it; NULL: as `initial` */
	const char *words; /* of a choice: "refuse|adopt" */
	uint64_t min, max;
	const char *section; /* begins one, when not NULL */
	const char *help;
};

extern const struct config_key config_keys[];
extern const size_t config_key_count;

/* Puts a value into its member; E_CONFIG with words when it is not well-formed. */
int config_set(struct config *c, const struct config_key *key, struct span value,
    struct fault *fault);

#endif
