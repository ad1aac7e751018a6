#include "kickstarter/plan.h"

#include <math.h>

#include "radio/check.h"
#include "radio/sx1301.h"

#define CARD_LIMIT 900000000 /* Hz: below, a card for 868 MHz; else one for 915 MHz */

const char *
kick_plan_card(const struct plan *plan)
{
	return plan->radio_count > 0 && plan->radios[0].frequency < CARD_LIMIT ? "868"
									       : "915";
}

static bool
is_whole(double v)
{
	return v == floor(v) && fabs(v) < 1e6;
}

/* Numbers are read as whole ones, of 32 bits. */
static int
check_numbers(const struct settings *s, struct fault *fault)
{
	for (uint32_t i = 0; i < s->radio_count; i++) {
		if (s->radios[i].frequency > INT32_MAX)
			return fault_set(fault, E_INVALID, NULL,
			    "radio %u is on %u MHz: the device cannot read such a "
			    "number",
			    i, s->radios[i].frequency / 1000000);
		if (!is_whole(s->radios[i].rssi_offset))
			return fault_set(fault, E_INVALID, NULL,
			    "the RSSI offset of radio %u is not a whole number", i);
	}
	if (s->lbt.enable &&
	    (!is_whole(s->lbt.rssi_target) || !is_whole(s->lbt.rssi_offset)))
		return fault_set(fault, E_INVALID, NULL,
		    "a level for listen-before-talk is not a whole number");
	return E_OK;
}

static int
check_settings(const struct settings *s, struct fault *fault)
{
	if (s->radio_count > LIMIT_RADIOS)
		return fault_set(fault, E_INVALID, NULL,
		    "it has %u radios, the device two", s->radio_count);
	if (s->multi_count > LIMIT_MULTI_SF)
		return fault_set(fault, E_INVALID, NULL,
		    "it has %u uplink channels, the device eight", s->multi_count);
	return check_numbers(s, fault);
}

static int
compute(const struct plan *plan, bool device, struct arena *arena, struct settings *s,
    struct fault *fault)
{
	struct settings_input in = {.plan = plan};
	struct findings findings;
	int err;

	findings_init(&findings, arena);
	err = settings_compute(&in, arena, &findings, s);
	if (err == E_OK && device && !settings_check(s, &findings))
		err = E_INVALID;
	if (err == E_INVALID)
		return findings_result(&findings, fault);
	return err == E_OK && device ? check_settings(s, fault) : err;
}

int
kick_plan_write(const struct plan *plan, bool device, struct arena *arena,
    struct strbuf *out, struct fault *fault)
{
	struct settings s;
	struct json_out j;
	size_t start = out->len;
	int err = compute(plan, device, arena, &s, fault);

	if (err != E_OK)
		return err;
	json_init(&j, out, NULL);
	json_object(&j);
	json_key_object(&j, "SX1301_conf");
	sx1301_members(&j, &s,
	    device ? SX1301_WHOLE_GAIN | SX1301_NO_GAINS | SX1301_BOTH_RADIOS
		   : SX1301_REFERENCE);
	json_object_end(&j);
	json_object_end(&j);
	if (out->err != E_OK || !device)
		return out->err;
	return kick_body_check(span_from(strbuf_span(out), start), fault);
}

int
kick_plan_fits(const struct plan *plan, struct arena *arena, struct fault *fault)
{
	struct strbuf out;
	int err;

	strbuf_init(&out, KICK_ANSWER_MAX);
	err = kick_plan_write(plan, true, arena, &out, fault);
	strbuf_clear(&out);
	if (err == E_TOOBIG)
		return fault_set(fault, E_INVALID, NULL,
		    "it has more than the %d bytes that the device can take",
		    KICK_BODY_MAX);
	return err;
}
