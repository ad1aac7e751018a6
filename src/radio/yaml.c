#include "radio/tree.h"

#include <yaml.h>

struct anchor {
	struct span name;
	struct node *node;
};

struct builder {
	struct arena *arena;
	const char *file;
	struct findings *findings;
	struct node *stack[TREE_DEPTH_MAX];
	struct node *key[TREE_DEPTH_MAX]; /* read, its value is awaited */
	unsigned depth;
	struct anchor anchors[TREE_ANCHORS_MAX];
	size_t anchor_count, node_count;
	unsigned documents;
	struct node *root;
	unsigned line; /* of the event at hand */
};

static int
refuse(struct builder *b, const char *rule, const char *text)
{
	finding_error(b->findings, rule, (struct place){b->file, b->line}, "%s", text);
	return E_INVALID;
}

static struct node *
new_node(struct builder *b, enum node_kind kind)
{
	struct node *n = arena_zalloc(b->arena, 1, sizeof *n);

	if (n != NULL) {
		n->kind = kind;
		n->line = b->line;
	}
	return n;
}

static int
attach(struct node *parent, struct arena *arena, struct node *key, struct node *value)
{
	struct link *l = arena_zalloc(arena, 1, sizeof *l);

	if (l == NULL)
		return E_NOMEM;
	l->key = key;
	l->value = value;
	*(parent->last != NULL ? &parent->last->next : &parent->first) = l;
	parent->last = l;
	parent->count++;
	return E_OK;
}

/* Puts a node that has been read where it belongs: root, list entry, key or value. */
static int
put(struct builder *b, struct node *n)
{
	struct node *parent, *key;

	if (b->depth == 0) {
		b->root = n;
		return E_OK;
	}
	parent = b->stack[b->depth - 1];
	if (parent->kind == NODE_LIST)
		return attach(parent, b->arena, NULL, n);
	key = b->key[b->depth - 1];
	if (key == NULL) {
		if (n->kind != NODE_TEXT)
			return refuse(b, "yaml-key", "a key must be a plain text");
		if (n->plain && span_is(n->text, "<<"))
			return refuse(
			    b, "yaml-merge", "merge keys (<<) are not supported");
		b->key[b->depth - 1] = n;
		return E_OK;
	}
	b->key[b->depth - 1] = NULL;
	return attach(parent, b->arena, key, n);
}

static int
name_node(struct builder *b, const yaml_char_t *anchor, struct node *n)
{
	struct anchor *a;

	if (anchor == NULL)
		return E_OK;
	if (b->anchor_count == TREE_ANCHORS_MAX)
		return refuse(b, "yaml-limit", "too many anchors");
	a = &b->anchors[b->anchor_count++];
	a->name = span_str(arena_strdup(b->arena, (const char *)anchor));
	a->node = n;
	return a->name.data != NULL ? E_OK : E_NOMEM;
}

static int
on_alias(struct builder *b, const yaml_event_t *e)
{
	struct span name = span_str((const char *)e->data.alias.anchor);

	for (size_t i = b->anchor_count; i-- > 0;) {
		if (!span_eq(b->anchors[i].name, name))
			continue;
		if (b->anchors[i].node->open)
			return refuse(b, "yaml-alias", "an alias refers to itself");
		return put(b, b->anchors[i].node);
	}
	return refuse(b, "yaml-alias", "an alias names an anchor that is not there");
}

static int
on_text(struct builder *b, const yaml_event_t *e)
{
	struct node *n;
	int err;

	if (e->data.scalar.tag != NULL)
		return refuse(b, "yaml-tag", "tags (!) are not supported");
	if (e->data.scalar.length > TREE_TEXT_MAX)
		return refuse(b, "yaml-limit", "a value is longer than 4,096 bytes");
	if ((n = new_node(b, NODE_TEXT)) == NULL)
		return E_NOMEM;
	n->plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	n->text.len = e->data.scalar.length;
	n->text.data = (const uint8_t *)arena_dup(
	    b->arena, span_of(e->data.scalar.value, e->data.scalar.length));
	if (n->text.data == NULL)
		return E_NOMEM;
	if ((err = name_node(b, e->data.scalar.anchor, n)) != E_OK)
		return err;
	return put(b, n);
}

static int
on_start(struct builder *b, enum node_kind kind, const yaml_char_t *tag,
    const yaml_char_t *anchor)
{
	struct node *n;
	int err;

	if (tag != NULL)
		return refuse(b, "yaml-tag", "tags (!) are not supported");
	if (b->depth == TREE_DEPTH_MAX)
		return refuse(b, "yaml-limit", "nested too deeply");
	if ((n = new_node(b, kind)) == NULL)
		return E_NOMEM;
	n->open = true;
	if ((err = name_node(b, anchor, n)) != E_OK || (err = put(b, n)) != E_OK)
		return err;
	b->stack[b->depth] = n;
	b->key[b->depth++] = NULL;
	return E_OK;
}

static int
on_event(struct builder *b, const yaml_event_t *e)
{
	b->line = (unsigned)e->start_mark.line + 1;
	if (++b->node_count > TREE_NODES_MAX)
		return refuse(b, "yaml-limit", "more than 60,000 values");
	switch (e->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (b->documents++ > 0)
			return refuse(b, "yaml-documents", "more than one document");
		return E_OK;
	case YAML_ALIAS_EVENT:
		return on_alias(b, e);
	case YAML_SCALAR_EVENT:
		return on_text(b, e);
	case YAML_SEQUENCE_START_EVENT:
		return on_start(b, NODE_LIST, e->data.sequence_start.tag,
		    e->data.sequence_start.anchor);
	case YAML_MAPPING_START_EVENT:
		return on_start(b, NODE_MAP, e->data.mapping_start.tag,
		    e->data.mapping_start.anchor);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		b->stack[--b->depth]->open = false;
		return E_OK;
	default:
		return E_OK;
	}
}

static int
parser_failed(struct builder *b, const yaml_parser_t *p)
{
	if (p->error == YAML_MEMORY_ERROR)
		return E_NOMEM;
	b->line = (unsigned)p->problem_mark.line + 1;
	return refuse(
	    b, "yaml", p->problem != NULL ? p->problem : "not a YAML document");
}

static int
build(struct builder *b, yaml_parser_t *p)
{
	yaml_event_t e;
	bool end;
	int err;

	do {
		if (!yaml_parser_parse(p, &e))
			return parser_failed(b, p);
		end = e.type == YAML_STREAM_END_EVENT;
		err = on_event(b, &e);
		yaml_event_delete(&e);
	} while (err == E_OK && !end);
	return err;
}

int
tree_load(struct arena *arena, struct span yaml, const char *file,
    struct findings *findings, const struct node **root)
{
	struct builder b = {.arena = arena, .file = file, .findings = findings};
	yaml_parser_t p;
	int err;

	*root = NULL;
	if (yaml.len > TREE_SIZE_MAX)
		return refuse(&b, "yaml-limit", "longer than 1 MB");
	if (!yaml_parser_initialize(&p))
		return E_NOMEM;
	yaml_parser_set_input_string(
	    &p, yaml.len > 0 ? yaml.data : (const uint8_t *)"", yaml.len);
	err = build(&b, &p);
	yaml_parser_delete(&p);
	if (err == E_OK)
		*root = b.root;
	else if (err == E_NOMEM)
		refuse(&b, "memory", "too large for the memory that it may use");
	return err;
}

bool
node_is_null(const struct node *n)
{
	if (n == NULL)
		return true;
	if (n->kind != NODE_TEXT || !n->plain)
		return false;
	return n->text.len == 0 || span_is(n->text, "~") || span_is(n->text, "null") ||
	       span_is(n->text, "Null") || span_is(n->text, "NULL");
}
