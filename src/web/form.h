/*
 * What a form sends: application/x-www-form-urlencoded, or multipart/form-data when it has
 * files. For routes with ROUTE_READS: the body is read here, piece by piece; files go to
 * unnamed temporary files and are never held in memory.
 *
 * Multipart is taken as browsers write it (WHATWG HTML 4.10.21.8, RFC 7578) and in no other
 * way: nothing before the first boundary or after the last, nothing between a boundary and
 * its line end, no transfer encodings.
 *
 * Text is UTF-8 without NUL; line ends (CRLF in what browsers send) become LF.
 */
#ifndef GH_WEB_FORM_H
#define GH_WEB_FORM_H

#include "web/request.h"

#define FORM_FIELDS_MAX 256 /* fields and files together */
#define FORM_FILES_MAX 8
#define FORM_NAME_MAX 128
#define FORM_BOUNDARY_MAX 70

struct form_file {
	const char *field; /* name of the input */
	const char *name;  /* what the client calls it, without folders; may be "" */
	const char *type;  /* Content-Type as the client wrote it; "" */
	int fd;		   /* unnamed, read and write, at its beginning */
	uint64_t length;
};

struct form {
	struct pair *fields;
	size_t count;
	struct form_file files[FORM_FILES_MAX];
	size_t file_count;
};

struct form_limits {
	size_t text;	    /* bytes of all names and values together */
	uint64_t file;	    /* bytes of one file; 0: files are refused */
	const char *folder; /* where there is room for files, on a local disk */
	/* Asked before the first byte of a file is stored, with the fields that stood before
	 * it; NULL: nobody is asked. An error ends the reading. */
	int (*allow_files)(void *arg, const struct form *form, struct fault *fault);
	void *arg;
};

/*
 * Reads the form into the request's arena. E_TYPE (neither of the two types), E_INVALID (not
 * well-formed, cut off), E_TOOBIG (a limit, named in words), E_NOMEM, E_FULL and E_IO (the
 * folder). On an error nothing is left, in the folder neither. Whatever it returns,
 * form_close() may be called.
 */
int form_read(struct request *req, const struct form_limits *limits, struct form *form,
    struct fault *fault);

/* Closes the files, which ends them. */
void form_close(struct form *form);

/* The first value of this name, with a NUL byte after it; NULL when there is none. */
const char *form_value(const struct form *form, const char *name);

/* The same as a span; empty when there is none. */
struct span form_span(const struct form *form, const char *name);

/* One value after the other of a name that may be there often: begin with *at = 0; NULL at
 * the end. */
const char *form_next(const struct form *form, const char *name, size_t *at);

/* The file of this input; NULL when none was chosen. */
const struct form_file *form_file(const struct form *form, const char *name);

/* The boundary of a Content-Type, in `out`. E_TYPE when it is not multipart/form-data,
 * E_INVALID when the boundary is missing or not one. */
int form_boundary(const char *content_type, char out[FORM_BOUNDARY_MAX + 1]);

/* ---- for form.c and multipart.c ---------------------------------------------------------- */

struct form_work {
	struct request *req;
	const struct form_limits *limits;
	struct form *form;
	struct fault *fault;
	size_t left; /* bytes of text that may still come */
};

/* Adds a field; both are copied and checked. */
int form_add(struct form_work *w, struct span name, struct span value);

/* The body after a boundary that was found. */
int form_multipart(struct form_work *w, const char *boundary);

#endif
