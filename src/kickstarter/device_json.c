/* The device's JSON: a flat list of tokens, in which it looks for names. */
#include <stdio.h>

#include "kickstarter/device.h"

struct tokenizer {
	struct span text;
	size_t at;
	struct device_token *tokens;
	size_t count, max;
};

static struct device_token *
add(struct tokenizer *t, enum device_token_type type)
{
	if (t->count == t->max)
		return NULL;
	t->tokens[t->count] = (struct device_token){.type = type, .start = t->at};
	return &t->tokens[t->count++];
}

/* The bracket that is open last has to be of the same kind. */
static bool
close_last(struct tokenizer *t, enum device_token_type type)
{
	for (size_t i = t->count; i > 0; i--) {
		struct device_token *one = &t->tokens[i - 1];

		if (one->closed)
			continue;
		one->closed = true;
		one->end = t->at + 1;
		return one->type == type;
	}
	return false;
}

/* From the opening quote to the closing one. Escapes stay as they are. */
static bool
take_string(struct tokenizer *t)
{
	struct device_token *one;

	t->at++;
	if ((one = add(t, DEVICE_STRING)) == NULL)
		return false;
	for (; t->at < t->text.len; t->at++) {
		if (t->text.data[t->at] == '"') {
			one->end = t->at;
			return one->closed = true;
		}
		if (t->text.data[t->at] != '\\')
			continue;
		if (++t->at == t->text.len ||
		    strchr("\"/\\bfrntu", t->text.data[t->at]) == NULL)
			return false;
	}
	return false;
}

static bool
take_primitive(struct tokenizer *t)
{
	struct device_token *one = add(t, DEVICE_PRIMITIVE);

	if (one == NULL)
		return false;
	while (
	    t->at < t->text.len && strchr(" \t\r\n,:]}", t->text.data[t->at]) == NULL) {
		if (t->text.data[t->at] < 32 || t->text.data[t->at] >= 127)
			return false;
		t->at++;
	}
	one->end = t->at--;
	return one->closed = true;
}

static bool
take(struct tokenizer *t)
{
	switch (t->text.data[t->at]) {
	case '{':
		return add(t, DEVICE_OBJECT) != NULL;
	case '[':
		return add(t, DEVICE_ARRAY) != NULL;
	case '}':
		return close_last(t, DEVICE_OBJECT);
	case ']':
		return close_last(t, DEVICE_ARRAY);
	case '"':
		return take_string(t);
	case ' ':
	case '\t':
	case '\r':
	case '\n':
	case ':':
	case ',':
		return true;
	default:
		return take_primitive(t);
	}
}

int
device_tokens(struct span text, struct device_token *tokens, size_t max)
{
	struct tokenizer t = {.text = text, .tokens = tokens, .max = max};

	for (; t.at < text.len && text.data[t.at] != '\0'; t.at++)
		if (!take(&t))
			return -1;
	for (size_t i = 0; i < t.count; i++)
		if (!tokens[i].closed)
			return -1;
	return (int)t.count;
}

/* ---- the configuration ------------------------------------------------------------------- */

/* Copies a value, or drops it without a word when it does not fit. */
static void
store(struct span json, const struct device_token *t, char *to, size_t size,
    const char *name, struct device_verdict *v)
{
	struct span value = device_text(json, t);

	if (value.len + 1 > size) {
		device_say(v, true, "%s has %zu characters, more than %zu: dropped",
		    name, value.len, size - 1);
		return;
	}
	memcpy(to, value.data, value.len);
	to[value.len] = '\0';
	if (memchr(to, '\\', value.len) != NULL)
		device_say(v, true, "%s has an escape, which is never undone", name);
}

static bool
is_string(struct span json, const struct device_token *t, const char *name)
{
	return t->type == DEVICE_STRING && span_is(device_text(json, t), name);
}

/* From `router` on it looks for `mqtt_address`, wherever that is. */
static bool
take_router(struct span json, const struct device_token *t, int count, int *i,
    struct device_memory *m, struct device_verdict *v)
{
	char address[256] = "";

	while (!is_string(json, &t[*i], "mqtt_address"))
		if (++*i >= count) {
			device_say(v, true, "there is no mqtt_address");
			return false;
		}
	if (*i + 1 >= count)
		return false;
	store(json, &t[*i + 1], address, sizeof address, "mqtt_address", v);
	if (address[0] != '\0')
		device_broker_read(span_str(address), &m->broker);
	return true;
}

bool
device_take_settings(
    struct span line, struct device_memory *m, struct device_verdict *v)
{
	static struct device_token t[DEVICE_TOKENS_CONFIGURATION];
	const struct {
		const char *name;
		char *to;
		size_t size;
	} texts[] = {
	    {"frequency_plan", m->frequency_plan, sizeof m->frequency_plan},
	    {"frequency_plan_url", m->plan_url, sizeof m->plan_url},
	    {"firmware_url", m->firmware_url, sizeof m->firmware_url},
	};
	int count = device_tokens(line, t, DEVICE_TOKENS_CONFIGURATION);

	if (count < 1 || t[0].type != DEVICE_OBJECT)
		return false;
	for (int i = 1; i < count; i++) {
		bool known = false;

		for (size_t k = 0; k < 3 && !known; k++) {
			known = is_string(line, &t[i], texts[k].name);
			if (known && i + 1 < count)
				store(line, &t[i + 1], texts[k].to, texts[k].size,
				    texts[k].name, v);
		}
		if (is_string(line, &t[i], "router")) {
			if (!take_router(line, t, count, &i, m, v))
				return false;
			known = true;
		} else if (is_string(line, &t[i], "auto_update") && i + 1 < count) {
			m->auto_update = span_is(device_text(line, &t[i + 1]), "true");
			known = true;
		}
		if (known)
			i++;
		else
			device_say(v, false, "%.*s is of no use to the device",
			    (int)device_text(line, &t[i]).len,
			    (const char *)device_text(line, &t[i]).data);
	}
	return true;
}
