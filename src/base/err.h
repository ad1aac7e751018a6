/*
 * The one list of errors. Every function that can fail returns an `int` of this enum;
 * foreign error codes are translated in the folder that owns the library.
 */
#ifndef GH_BASE_ERR_H
#define GH_BASE_ERR_H

enum err {
	E_OK = 0,
	E_INVALID,   /* what was given is not well-formed or out of range */
	E_NOAUTH,    /* nobody has shown who they are */
	E_DENIED,    /* known, but not allowed; or a wrong key */
	E_NOTFOUND,  /* no such thing */
	E_METHOD,    /* this address does not take this method */
	E_EXISTS,    /* the name or number is taken */
	E_STALE,     /* changed by somebody else meanwhile (precondition) */
	E_TOOBIG,    /* longer than the limit */
	E_TYPE,	     /* a content type that is not understood */
	E_THROTTLED, /* too many failures, come back later */
	E_STATE,     /* not possible in the present state */
	E_BUSY,	     /* deadline passed while waiting for a lock */
	E_FULL,	     /* disk, map or a bounded table is full */
	E_NOMEM,     /* out of memory, or over a request's memory limit */
	E_IO,	     /* the operating system refused or failed */
	E_PERM,	     /* file ownership or mode forbids it */
	E_CORRUPT,   /* stored bytes fail their checksum or make no sense */
	E_VERSION,   /* stored by a newer version of Gatehouse */
	E_REMOTEFS,  /* the data folder is on a network file system */
	E_CONFIG,    /* the configuration file is wrong */
	E_CRYPTO,    /* a cryptographic operation failed */
	E_NET,	     /* a remote server could not be reached or verified */
	E_AGAIN,     /* run again (internal: never reaches a client) */
	E_INTERNAL,  /* a bug */
	E_COUNT
};

/* One error with the words for a person: which field, and what is wrong with it. */
struct fault {
	int err;
	char field[64]; /* name of the field or file; "" when none */
	char text[256]; /* one sentence, no secret in it */
};

/* The short text of an error, e.g. "not found". Never NULL. Static storage. */
const char *err_text(int err);

/* The HTTP status that tells a client of this error (E_OK is 200). */
int err_http(int err);

/* The gRPC code that The Things Stack puts beside it in JSON errors (E_OK is 0). */
int err_grpc(int err);

/*
 * Exit status of a command: 0 fine, 1 failed, 2 wrong usage, 3 not found, 4 exists or
 * changed meanwhile, 5 not permitted, 6 busy or full (try again), 7 data are damaged or
 * of another version. Stable: scripts rely on it.
 */
int err_exit(int err);

/*
 * Records an error and returns `err`, so that `return fault_set(...)` works. `field` may
 * be NULL. `f` may be NULL: then only the code is returned. Longer texts are cut.
 */
int fault_set(struct fault *f, int err, const char *field, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* The sentence to show: "field: text", or the error's short text when none was set. */
const char *fault_text(const struct fault *f, char *buf, unsigned long size);

#endif
