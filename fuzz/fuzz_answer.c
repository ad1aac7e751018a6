/*
 * Answers as `gatehouse probe` takes them from a server that may be anybody's. The first
 * byte says what was asked for; then come the bytes of the answer. As a Kickstarter: what it
 * keeps fits its memory and the verdict is the same every time. As a station: the verdict
 * does not depend on the pieces in which the answer came.
 */
#include "fuzz.h"

#include "cli/probe.h"
#include "kickstarter/device.h"

#define STATION 5

/* ---- Kickstarter --------------------------------------------------------------------- */

#define fits(text) must(memchr((text), '\0', sizeof(text)) != NULL)

static void
look_at_memory(const struct device_memory *m)
{
	fits(m->key);
	fits(m->frequency_plan);
	fits(m->plan_url);
	fits(m->firmware_url);
	fits(m->broker.host);
	fits(m->checksum);
	fits(m->wanted);
}

static void
look_at_verdict(const struct device_verdict *v)
{
	must(device_effect_text(v->effect)[0] != '\0');
	must(v->finding_count <= DEVICE_FINDINGS);
	for (size_t i = 0; i < v->finding_count; i++)
		must(v->findings[i].text[0] != '\0');
	must(v->wait == 0 || v->effect == DEVICE_RETRIES);
	fits(v->code);
	fits(v->error);
}

static void
kickstarter(unsigned how, struct span bytes)
{
	static struct device_memory first, second;
	static struct device_verdict v, again;
	struct device_received r = {.bytes = bytes,
	    .first = how & 8 ? 1 : 0,
	    .unkept = how & 16 ? 100 : 0,
	    .reset = how & 32,
	    .open = how & 64};
	enum device_request what = how % 8;

	memset(&first, 0, sizeof first);
	device_take(what, &r, &first, &v);
	look_at_memory(&first);
	look_at_verdict(&v);
	memset(&second, 0, sizeof second);
	device_take(what, &r, &second, &again);
	must(again.effect == v.effect && again.finding_count == v.finding_count &&
	     again.status == v.status && again.wait == v.wait);
	must(strcmp(first.key, second.key) == 0);
}

static void
firmware(struct span bytes)
{
	struct device_hex whole, pieces;
	const char *a, *b;

	device_hex_begin(&whole);
	device_hex_add(&whole, bytes);
	device_hex_begin(&pieces);
	for (size_t i = 0; i < bytes.len; i++)
		device_hex_add(&pieces, span_of(bytes.data + i, 1));
	a = device_hex_end(&whole);
	b = device_hex_end(&pieces);
	must((a == NULL) == (b == NULL) && (a == NULL || strcmp(a, b) == 0));
}

/* ---- station ---------------------------------------------------------------------------- */

static void
judge(struct cli *cli, struct span bytes, size_t piece, struct probe *p)
{
	memset(p, 0, sizeof *p);
	p->cli = cli;
	strbuf_init(&p->raw, PROBE_ANSWER_MAX);
	while (bytes.len > 0) {
		size_t n = bytes.len < piece ? bytes.len : piece;

		must(probe_take(p, span_of(bytes.data, n)) == E_OK);
		bytes = span_from(bytes, n);
	}
	probe_is_whole(p);
	probe_judge(p);
}

static void
end(struct probe *p)
{
	if (p->digesting != NULL)
		digests_end(p->digesting, NULL);
	strbuf_clear(&p->raw);
}

static bool
same(struct span a, struct span b)
{
	return span_eq(a, b);
}

static void
station(struct span bytes)
{
	static struct cli cli;
	static struct probe whole, pieces;

	arena_init(&cli.arena, 16 << 20);
	judge(&cli, bytes, bytes.len + 1, &whole);
	judge(&cli, bytes, 3, &pieces);
	must(whole.status == pieces.status && whole.length == pieces.length);
	must(whole.decoded == pieces.decoded);
	must(whole.update_bytes == pieces.update_bytes);
	must(whole.finding_count == pieces.finding_count);
	for (size_t i = 0; i < whole.finding_count; i++)
		must(strcmp(whole.findings[i].text, pieces.findings[i].text) == 0);
	must(same(whole.answer.cups_uri, pieces.answer.cups_uri));
	must(same(whole.answer.signature, pieces.answer.signature));
	if (whole.decoded) {
		must(whole.status == 200 && whole.has_length);
		must(whole.answer.update_length == whole.update_bytes);
		must(
		    memcmp(&whole.digests, &pieces.digests, sizeof whole.digests) == 0);
	}
	end(&whole);
	end(&pieces);
	arena_clear(&cli.arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes;

	if (size < 1)
		return 0;
	bytes = span_of(data + 1, size - 1);
	if (data[0] % 8 < STATION)
		kickstarter(data[0], bytes);
	else
		station(bytes);
	if (data[0] % 8 == DEVICE_FIRMWARE)
		firmware(bytes);
	return 0;
}
