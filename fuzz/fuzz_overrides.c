/*
 * A gateway's overrides (a merge patch) and the finished file that they make. The first byte
 * chooses the forwarder, the first line is the patch, the rest a file; without one a sample
 * is taken. A patch applied twice does what it does once, and what was let through is a file
 * that the forwarder takes as well as the one before.
 */
#include "fuzz.h"

#include "gateway-files/merge_patch.h"
#include "gateway-files/overrides.h"

#define MEMORY (8 << 20)

static const char samples[2][420] = {
    "{\"SX1301_conf\":{\"lorawan_public\":true,\"clksrc\":1,\"radio_0\":{\"enable\":"
    "true,"
    "\"type\":\"SX1257\",\"freq\":867500000,\"rssi_offset\":-166,\"tx_enable\":false},"
    "\"chan_multiSF_0\":{\"enable\":true,\"radio\":0,\"if\":-400000}},"
    "\"gateway_conf\":{\"gateway_ID\":\"58A0CBFFFE800001\",\"server_address\":"
    "\"h.example\",\"serv_port_up\":1700,\"serv_port_down\":1700}}",
    "{\"SX130x_conf\":{\"com_type\":\"SPI\",\"com_path\":\"/dev/spidev0.0\","
    "\"lorawan_public\":true,\"clksrc\":0,\"radio_0\":{\"enable\":true,\"type\":"
    "\"SX1250\",\"freq\":867500000,\"rssi_offset\":-215.4},\"chan_multiSF_0\":"
    "{\"enable\":true,\"radio\":0,\"if\":0}},\"gateway_conf\":{\"gateway_ID\":"
    "\"58A0CBFFFE800001\",\"server_address\":\"h.example\",\"serv_port_up\":1700,"
    "\"serv_port_down\":1700}}"};

static enum forwarder forwarder;
static enum chip chip;

static bool
is_right(struct span file, struct arena *arena)
{
	struct findings findings;
	bool right;

	findings_init(&findings, arena);
	right = file_check(file, forwarder, chip, &findings);
	must(right == (findings.errors == 0));
	for (const struct finding *f = findings.first; f != NULL; f = f->next)
		must(f->rule[0] != '\0' && f->text[0] != '\0');
	return right;
}

/* ---- merging ------------------------------------------------------------------------- */

/* The target with the patch; false when it became too deep. */
static bool
merge(struct span target, const struct json *patch, struct strbuf *out)
{
	struct json_out j;
	struct json *root;

	must(json_parse(target, &root, NULL) == E_OK);
	json_init(&j, out, NULL);
	merge_patch(&j, root, patch);
	json_free(root);
	return out->err == E_OK;
}

static int
is_gone(void *arg, const char *key, const struct json *v)
{
	const struct json *merged = arg;

	must(json_has(merged, key) == (v != NULL));
	return E_OK;
}

static void
merging(struct span file, const struct json *patch)
{
	struct strbuf once, twice;
	struct json *merged;

	strbuf_init(&once, MEMORY);
	strbuf_init(&twice, MEMORY);
	if (merge(file, patch, &once)) {
		must(json_parse(strbuf_span(&once), &merged, NULL) == E_OK);
		json_each(patch, is_gone, merged);
		json_free(merged);
		must(merge(strbuf_span(&once), patch, &twice));
		must(span_eq(strbuf_span(&once), strbuf_span(&twice)));
	}
	strbuf_clear(&once);
	strbuf_clear(&twice);
}

/* ---- applying ----------------------------------------------------------------------------- */

static const struct file_format *
format_of(void)
{
	for (size_t i = 0; format_at(i) != NULL; i++)
		if (format_at(i)->json && format_at(i)->forwarder == forwarder)
			return format_at(i);
	return format_at(0);
}

static void
applying(struct span file, struct span patch, struct arena *arena)
{
	struct gateway_facts gateway = {.overrides = patch, .compact = true};
	struct file_parts parts = {.format = format_of(),
	    .conf = span_str("{"),
	    .forwarder = forwarder,
	    .chip = chip};
	struct findings findings;
	struct fault fault = {0};
	struct strbuf out;
	struct json *root;
	int err;

	strbuf_init(&out, MEMORY);
	strbuf_puts(&out, "before");
	strbuf_put(&out, file.data, file.len);
	findings_init(&findings, arena);
	err = overrides_apply(&gateway, &parts, &out, 6, &findings, &fault);
	must(span_begins(strbuf_span(&out), span_str("before")));
	if (err != E_OK) {
		must(fault.text[0] != '\0' || err == E_INTERNAL || err == E_NOMEM);
		must(span_eq(span_from(strbuf_span(&out), 6), file));
	} else {
		must(json_parse(span_from(strbuf_span(&out), 6), &root, NULL) == E_OK);
		must(json_type(root) == JSON_OBJECT);
		json_free(root);
		/* A file that was right is wrong only in what is told. */
		if (is_right(file, arena) &&
		    !is_right(span_from(strbuf_span(&out), 6), arena))
			must(findings.warnings > 0);
	}
	strbuf_clear(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span patch, file;
	struct json *root, *target;
	const uint8_t *end;
	struct arena arena;

	if (size < 2)
		return 0;
	forwarder = data[0] % 4;
	chip = forwarder == FORWARDER_SX1301 || forwarder == FORWARDER_LORAD
		   ? CHIP_SX1301
	       : data[0] & 4 ? CHIP_SX1303
			     : CHIP_SX1302;
	patch = file = span_of(data + 1, size - 1);
	if ((end = memchr(patch.data, '\n', patch.len)) != NULL)
		patch.len = (size_t)(end - patch.data);
	file = span_from(file, patch.len + 1);
	if (file.len == 0)
		file = span_str(samples[chip != CHIP_SX1301]);
	arena_init(&arena, MEMORY);
	is_right(patch, &arena);
	is_right(file, &arena);
	if (json_parse(patch, &root, NULL) == E_OK) {
		if (json_parse(file, &target, NULL) == E_OK) {
			merging(file, root);
			applying(file, patch, &arena);
			json_free(target);
		}
		json_free(root);
	}
	arena_clear(&arena);
	return 0;
}
