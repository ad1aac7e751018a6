/*
 * Frequency plans for The Things Kickstarter Gateway: each one that ships, and where they are
 * at hand the public ones (GATEHOUSE_PLAN_DATA names a folder with lorawan-frequency-plans/
 * in it), fits the device by the device's own rules, or is refused with a reason. Not a
 * cmocka program, since a test that cannot be made has to be reported as skipped.
 */
#include <stdio.h>
#include <stdlib.h>

#include "kickstarter/device.h"
#include "kickstarter/plan.h"
#include "tests/lib/radio_data.h"

static int tests, failures;

static void
report(const char *what, bool fine)
{
	printf("%sok %d - %s\n", fine ? "" : "not ", ++tests, what);
	failures += !fine;
}

static int
write_plan(
    const struct plan *plan, bool device, struct strbuf *out, struct fault *fault)
{
	struct arena arena;
	int err;

	arena_init(&arena, 1 << 20);
	strbuf_reset(out);
	err = kick_plan_write(plan, device, &arena, out, fault);
	arena_clear(&arena);
	return err;
}

/* ---- all plans ------------------------------------------------------------------------ */

/* The answer with the longest header that is reckoned with, as the device takes it. */
static bool
device_takes(const char *id, struct span body)
{
	static struct device_memory memory;
	struct device_verdict v;
	struct device_received r;
	struct strbuf answer;
	int n;

	strbuf_init(&answer, 65536);
	strbuf_printf(
	    &answer, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nX: ", body.len);
	n = 1199 - (int)answer.len - 4;
	strbuf_printf(
	    &answer, "%0*d\r\n\r\n%.*s", n, 0, (int)body.len, (const char *)body.data);
	r = (struct device_received){.bytes = strbuf_span(&answer)};
	device_take(DEVICE_PLAN, &r, &memory, &v);
	for (size_t i = 0; i < v.finding_count; i++)
		if (v.findings[i].bad)
			printf("# %s: %s\n", id, v.findings[i].text);
	strbuf_clear(&answer);
	return v.effect == DEVICE_GOES_ON && !device_is_bad(&v) &&
	       memory.sx1301.radios[0].enable;
}

static bool
all_fit(const struct radio_data *d)
{
	size_t fit = 0, refused = 0, longest = 0;
	struct strbuf out;
	bool fine = true;

	strbuf_init(&out, 65536);
	for (size_t i = 0; i < d->set.count; i++) {
		const struct plan_item *item = &d->set.items[i];
		struct fault fault = {0};
		int err;

		if (item->plan == NULL)
			continue;
		err = write_plan(item->plan, true, &out, &fault);
		if (err == E_OK && device_takes(item->entry.id, strbuf_span(&out))) {
			fit++;
			longest = out.len > longest ? out.len : longest;
		} else if (err == E_INVALID && fault.text[0] != '\0') {
			refused++;
			printf("# refused: %s: %s\n", item->entry.id, fault.text);
		} else {
			fine = false;
			printf("# %s: error %d %s\n", item->entry.id, err, fault.text);
		}
	}
	printf("# %zu fit, %zu are refused, the longest has %zu bytes\n", fit, refused,
	    longest);
	strbuf_clear(&out);
	return fine && fit > 0 && longest + 1199 <= 6199;
}

static bool
others_get_more(const struct radio_data *d)
{
	struct strbuf out;
	bool fine = true;

	strbuf_init(&out, 65536);
	for (size_t i = 0; i < d->set.count && fine; i++) {
		const struct plan *plan = d->set.items[i].plan;

		if (plan == NULL || plan->radio_count == 0)
			continue;
		fine = write_plan(plan, false, &out, NULL) == E_OK &&
		       strstr(strbuf_str(&out), "\"tx_lut_0\"") != NULL;
	}
	strbuf_clear(&out);
	return fine;
}

/* ---- one by one ------------------------------------------------------------------------- */

static bool
is_written(const struct radio_data *d, const char *id, bool device, const char *want)
{
	struct strbuf out;
	bool same;

	strbuf_init(&out, 65536);
	same = write_plan(radio_data_plan(d, id), device, &out, NULL) == E_OK &&
	       strncmp(strbuf_str(&out), want, strlen(want)) == 0;
	if (!same)
		printf("# got  %s\n# want %s\n", strbuf_str(&out), want);
	strbuf_clear(&out);
	return same;
}

static const char eu[] =
    "{\"SX1301_conf\":{\"lorawan_public\":true,\"clksrc\":1,\"antenna_gain\":0,"
    "\"radio_0\":{\"enable\":true,\"type\":\"SX1257\",\"freq\":867500000,"
    "\"rssi_offset\":-166,\"tx_enable\":true,\"tx_freq_min\":863000000,"
    "\"tx_freq_max\":870000000},"
    "\"radio_1\":{\"enable\":true,\"type\":\"SX1257\",\"freq\":868500000,"
    "\"rssi_offset\":-166,\"tx_enable\":false},"
    "\"chan_multiSF_0\":{\"enable\":true,\"radio\":1,\"if\":-400000},"
    "\"chan_multiSF_1\":{\"enable\":true,\"radio\":1,\"if\":-200000},"
    "\"chan_multiSF_2\":{\"enable\":true,\"radio\":1,\"if\":0},"
    "\"chan_multiSF_3\":{\"enable\":true,\"radio\":0,\"if\":-400000},"
    "\"chan_multiSF_4\":{\"enable\":true,\"radio\":0,\"if\":-200000},"
    "\"chan_multiSF_5\":{\"enable\":true,\"radio\":0,\"if\":0},"
    "\"chan_multiSF_6\":{\"enable\":true,\"radio\":0,\"if\":200000},"
    "\"chan_multiSF_7\":{\"enable\":true,\"radio\":0,\"if\":400000},"
    "\"chan_Lora_std\":{\"enable\":true,\"radio\":1,\"if\":-200000,"
    "\"bandwidth\":250000,\"spread_factor\":7},"
    "\"chan_FSK\":{\"enable\":true,\"radio\":1,\"if\":300000,\"bandwidth\":125000,"
    "\"datarate\":50000}}}";

/* The names in the order of the device's reader, and lbt_cfg before the radios. */
static bool
lbt_is_first(const struct radio_data *d)
{
	const char *at, *lbt, *radio;
	struct strbuf out;
	bool fine = false;

	strbuf_init(&out, 65536);
	if (write_plan(radio_data_plan(d, "AS_920_923_TTN_JP_1"), true, &out, NULL) ==
	    E_OK) {
		at = strbuf_str(&out);
		lbt = strstr(at, "\"lbt_cfg\"");
		radio = strstr(at, "\"radio_0\"");
		fine = lbt != NULL && radio != NULL && lbt < radio &&
		       lbt > strstr(at, "\"antenna_gain\"");
	}
	strbuf_clear(&out);
	return fine;
}

static bool
one_radio(const struct radio_data *d)
{
	struct plan plan = *radio_data_plan(d, "EU_863_870");
	struct strbuf out;
	bool fine;

	plan.radio_count = 1;
	plan.clock_source = 0;
	plan.uplinks += 3;
	plan.uplink_count = 5;
	plan.lora_standard = plan.fsk = NULL;
	strbuf_init(&out, 65536);
	fine = write_plan(&plan, true, &out, NULL) == E_OK &&
	       strstr(strbuf_str(&out), "\"radio_1\":{\"enable\":false}") != NULL &&
	       strstr(strbuf_str(&out), "\"chan_FSK\":{\"enable\":false}") != NULL &&
	       device_takes("one radio", strbuf_span(&out));
	strbuf_clear(&out);
	return fine;
}

/* ---- refusals ------------------------------------------------------------------------------ */

static bool
is_refused(const struct plan *plan, const char *words)
{
	struct fault fault = {0};
	struct strbuf out;
	int err;

	strbuf_init(&out, 65536);
	err = write_plan(plan, true, &out, &fault);
	strbuf_clear(&out);
	if (err == E_INVALID && strstr(fault.text, words) != NULL)
		return true;
	printf("# error %d: %s (wanted: %s)\n", err, fault.text, words);
	return false;
}

static bool
refusals(const struct radio_data *d)
{
	const struct plan *eu_plan = radio_data_plan(d, "EU_863_870");
	struct plan_radio radios[3] = {
	    eu_plan->radios[0], eu_plan->radios[1], eu_plan->radios[1]};
	struct plan_channel uplinks[9];
	struct plan plan = *eu_plan;
	bool fine;

	for (size_t i = 0; i < 9; i++)
		uplinks[i] = eu_plan->uplinks[i % 8];
	plan.radios = radios;
	plan.radio_count = 3;
	fine = is_refused(&plan, "it has 3 radios, the device two");
	plan.radio_count = 2;
	plan.uplinks = uplinks;
	plan.uplink_count = 9;
	fine &= is_refused(&plan, "it has 9 uplink channels, the device eight");
	plan.uplink_count = 8;
	radios[0].rssi_offset = -166.5;
	fine &= is_refused(&plan, "RSSI offset of radio 0 is not a whole number");
	radios[0].rssi_offset = -166;
	plan.band_id = "NOWHERE";
	fine &= is_refused(&plan, "there is no band NOWHERE");
	plan.band_id = eu_plan->band_id;
	plan.radio_count = 0;
	return fine & is_refused(&plan, "the plan has no radios");
}

static bool
is_card(const struct radio_data *d, const char *id, const char *card)
{
	return strcmp(kick_plan_card(radio_data_plan(d, id)), card) == 0;
}

int
main(void)
{
	const char *folder = getenv("GATEHOUSE_PLAN_DATA");
	struct radio_data ours, theirs;
	char plans[1024];

	if (!radio_data_load(&ours, NULL)) {
		printf("Bail out! the plans cannot be read\n");
		return 1;
	}
	report("every plan that ships fits the device, or is refused with a reason",
	    all_fit(&ours));
	report("others get the gain table", others_get_more(&ours));
	report("EU_863_870, byte by byte", is_written(&ours, "EU_863_870", true, eu));
	report("listen-before-talk comes before the radios", lbt_is_first(&ours));
	report("a plan with one radio states the other as disabled", one_radio(&ours));
	report("what the device cannot take is refused in words", refusals(&ours));
	report(
	    "cards for 868 and 915 MHz", is_card(&ours, "EU_863_870", "868") &&
					     is_card(&ours, "US_902_928_FSB_2", "915"));
	if (folder == NULL || folder[0] == '\0') {
		printf(
		    "ok %d - the public plans # SKIP GATEHOUSE_PLAN_DATA is not set\n",
		    ++tests);
	} else {
		snprintf(plans, sizeof plans, "%s/lorawan-frequency-plans", folder);
		report("every public plan fits the device, or is refused with a reason",
		    radio_data_load(&theirs, plans) && all_fit(&theirs));
		radio_data_clear(&theirs);
	}
	printf("1..%d\n", tests);
	radio_data_clear(&ours);
	return failures > 0;
}
