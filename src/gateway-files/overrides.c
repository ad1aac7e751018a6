#include "gateway-files/overrides.h"

#include "gateway-files/file_check.h"
#include "gateway-files/merge_patch.h"

/* What a forwarder does not know it ignores, and a vendor's may know it. */
static bool
is_harmless(const char *rule)
{
	static const char *const rules[] = {"ignored", "hal", "whole-number"};

	for (size_t i = 0; i < COUNT(rules); i++)
		if (strcmp(rule, rules[i]) == 0)
			return true;
	return false;
}

static bool
is_among(const struct findings *list, const struct finding *one)
{
	const struct finding *f = list->first;

	while (f != NULL &&
	       (strcmp(f->rule, one->rule) != 0 || strcmp(f->text, one->text) != 0))
		f = f->next;
	return f != NULL;
}

/* An array of configurations is for vendors' forwarders: it cannot be judged. */
static bool
can_be_judged(const struct file_parts *parts)
{
	return parts->conf.len > 0 && parts->conf.data[0] == '{';
}

static int
judge(const struct file_parts *parts, struct span before, struct span after,
    struct findings *findings, struct fault *fault)
{
	struct findings old, new;

	findings_init(&old, findings->arena);
	findings_init(&new, findings->arena);
	if (!can_be_judged(parts) ||
	    file_check(after, parts->forwarder, parts->chip, &new))
		return E_OK;
	file_check(before, parts->forwarder, parts->chip, &old);
	for (const struct finding *f = new.first; f != NULL; f = f->next) {
		if (!is_harmless(f->rule) && !is_among(&old, f))
			return fault_set(
			    fault, E_INVALID, "overrides", "%s [%s]", f->text, f->rule);
		finding_warning(findings, f->rule, f->at, "overrides: %s", f->text);
	}
	if (new.errors > FINDINGS_MAX)
		return fault_set(fault, E_INVALID, "overrides",
		    "more than %d keys that the forwarder does not know", FINDINGS_MAX);
	return E_OK;
}

/* SX130x_conf for a gateway that gets SX1301_conf, or the other way round. */
static void
warn_of_others(
    const struct file_parts *parts, const struct json *patch, struct findings *findings)
{
	const char *own = parts->format->key, *key, *before = "";

	for (size_t i = 0; format_at(i) != NULL; i++) {
		key = format_at(i)->key;
		if (key == NULL || strcmp(key, own) == 0 || strcmp(key, before) == 0 ||
		    !json_has(patch, key))
			continue;
		before = key;
		finding_warning(findings, "override", (struct place){0},
		    "overrides: this gateway's file has %s, not %s: that does nothing",
		    own, key);
	}
}

static int
merge(const struct gateway_facts *g, struct span file, const struct json *patch,
    struct strbuf *merged, struct fault *fault)
{
	struct json *target;
	struct json_out j;
	int err = json_parse(file, &target, fault);

	if (err != E_OK)
		return err;
	json_init(&j, merged, g->compact ? NULL : "\t");
	merge_patch(&j, target, patch);
	if (!g->compact)
		strbuf_putc(merged, '\n');
	json_free(target);
	return merged->err;
}

int
overrides_apply(const struct gateway_facts *gateway, const struct file_parts *parts,
    struct strbuf *out, size_t start, struct findings *findings, struct fault *fault)
{
	struct span file = span_from(strbuf_span(out), start);
	struct strbuf merged;
	struct json *patch;
	int err = json_parse(gateway->overrides, &patch, fault);

	if (err != E_OK)
		return err;
	if (json_type(patch) != JSON_OBJECT) {
		json_free(patch);
		return fault_set(
		    fault, E_INVALID, "overrides", "they are not a JSON object");
	}
	strbuf_init(&merged, out->max);
	err = merge(gateway, file, patch, &merged, fault);
	if (err == E_OK)
		err = judge(parts, file, strbuf_span(&merged), findings, fault);
	if (err == E_OK) {
		warn_of_others(parts, patch, findings);
		out->len = start;
		strbuf_put(out, merged.data, merged.len);
	}
	strbuf_clear(&merged);
	json_free(patch);
	return err;
}
