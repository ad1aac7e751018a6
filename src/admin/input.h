/* Forms: their inputs with label, help and what is wrong with them. */
#ifndef GH_ADMIN_INPUT_H
#define GH_ADMIN_INPUT_H

#include "admin/layout.h"

/* `<form method="post">` with the token; the pattern as for html_href(), with two arguments
 * (NULL: none). The second takes files. */
void page_form(struct visit *v, const char *pattern, const char *one, const char *two);
void page_form_files(
    struct visit *v, const char *pattern, const char *one, const char *two);
void page_form_end(struct visit *v);

/* One input. `name` is also the field that an error is about: v->m.fault. */
struct input {
	const char *name, *label;
	const char *help;  /* NULL: none */
	const char *value; /* NULL: empty */
	const char *type;  /* of text inputs: "password", "number"…; NULL: text */
	const char *autocomplete; /* NULL: off */
	const char *list;	  /* id of a datalist; NULL: none */
	size_t max;		  /* characters; 0: any */
	bool required, mono;
	/* What the record has now, when somebody else has changed it; NULL: nothing. */
	const char *theirs;
};

/* Inputs with their label, help, and what is wrong with them. A hidden one has none of it;
 * the text of a submit button is what it does. */
void input_text(struct visit *v, const struct input *in);
void input_area(struct visit *v, const struct input *in, unsigned rows);
void input_check(struct visit *v, const struct input *in, bool checked);
/* The option whose value is in->value is chosen; values and labels with NULL at the end. */
void input_choice(struct visit *v, const struct input *in, const char *const *values,
    const char *const *labels);
void input_file(struct visit *v, const struct input *in);
void input_hidden(struct visit *v, const char *name, const char *value);
void input_submit(struct visit *v, const char *text);

/* Above a form that is shown again: what is wrong, with a link to the input.  Nothing for E_OK. */
void input_problem(struct visit *v, int err);

/* Can whoever filled in the form mend it, so that it is shown again with input_problem()? */
bool input_is_correctable(int err);

/* A key that is in use already, as `value`, where an empty one means a new key. */
void input_own_key(struct visit *v, const char *label);

/* The time that was typed, as 2030-01-01T00:00:00Z or +365d; *at stays when there is none.
 * E_INVALID with the input's name. */
int input_time(struct visit *v, const char *name, int64_t *at);

#endif
