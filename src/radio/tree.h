/*
 * A YAML document as a tree of borrowed texts. libyaml is known to yaml.c alone.
 *
 * Refused, each with its line: more than one document, tags (!…), merge keys (<<), keys
 * that are not plain text, aliases to what encloses them, and everything over the limits
 * below. Anchors and aliases are followed without copying: a node may be reached by
 * several ways, so whoever walks the tree must bound the walk by what it expects there.
 */
#ifndef GH_RADIO_TREE_H
#define GH_RADIO_TREE_H

#include "radio/finding.h"

#define TREE_SIZE_MAX (1 << 20) /* bytes of the document */
#define TREE_NODES_MAX 60000
#define TREE_DEPTH_MAX 12
#define TREE_TEXT_MAX 4096 /* bytes of one value */
#define TREE_ANCHORS_MAX 32

enum node_kind { NODE_TEXT, NODE_LIST, NODE_MAP };

struct node {
	enum node_kind kind;
	bool
	    plain; /* text without quotes: may stand for a number, truth value or null */
	bool open; /* its end has not been read yet */
	unsigned line;
	struct span text;
	struct link *first, *last;
	size_t count;
};

/* An entry of a list (key NULL) or a map (key is a NODE_TEXT). */
struct link {
	struct link *next;
	const struct node *key, *value;
};

/*
 * The root of the document, NULL when it is empty. E_INVALID (errors are in the
 * findings, with `file`) or E_NOMEM. Nodes and texts live in the arena.
 */
int tree_load(struct arena *arena, struct span yaml, const char *file,
    struct findings *findings, const struct node **root);

/* Nothing, `~` or `null` in any case, without quotes. NULL counts too. */
bool node_is_null(const struct node *n);

#endif
