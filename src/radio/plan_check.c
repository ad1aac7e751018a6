#include "radio/check.h"
#include "radio/plan.h"

/* An SX1302 board that can all that one can, to judge plans by. */
static struct gain some_gain = {.rf_power = 14, .pa_gain = 1, .pwr_idx = 6};
static struct board_variant some_variant = {
    .chip_type = "SX1250", .gains = &some_gain, .gain_count = 1};
static struct board_sx1261 some_sx1261;
static const struct board some_sx1302 = {
    .id = "SX1302",
    .chip = CHIP_SX1302,
    .hal = 2,
    .sx1261 = &some_sx1261,
    .variants = &some_variant,
    .variant_count = 1,
};

static bool
try_board(const struct plan *plan, const struct board *board, struct findings *found)
{
	const struct settings_input in = {.plan = plan, .board = board};
	struct settings s;
	int err = settings_compute(&in, found->arena, found, &s);

	if (err == E_NOMEM)
		finding_error(found, "memory", plan->part.at, "out of memory");
	return err == E_OK && settings_check(&s, found);
}

static const char *
first_error(const struct findings *list)
{
	const struct finding *f = list->first;

	while (f != NULL && !f->error)
		f = f->next;
	return f != NULL ? f->text : "";
}

/* What fits one kind of concentrator is fine, with a warning about the other. */
static void
check_boards(const struct plan *plan, struct findings *findings)
{
	struct findings old, new;
	bool fits_old, fits_new, both;

	findings_init(&old, findings->arena);
	findings_init(&new, findings->arena);
	fits_old = try_board(plan, NULL, &old);
	fits_new = try_board(plan, &some_sx1302, &new);
	both = strcmp(first_error(&old), first_error(&new)) == 0;
	findings_take(
	    findings, &old, fits_new, fits_old || both ? "" : "not for an SX1301: ");
	if (fits_old && !fits_new)
		findings_take(findings, &new, true, "not for an SX1302: ");
}

static bool
can_transmit(const struct plan *plan, uint32_t frequency)
{
	bool any = false;

	for (uint32_t i = 0; i < plan->radio_count; i++) {
		const struct plan_radio *r = &plan->radios[i];

		if (!r->enable || r->tx == NULL)
			continue;
		any = true;
		if (frequency >= r->tx->min_frequency &&
		    (frequency <= r->tx->max_frequency || r->tx->max_frequency == 0))
			return true;
	}
	return !any;
}

static void
check_transmit(const struct plan *plan, struct findings *findings)
{
	for (uint32_t i = 0; i < plan->downlink_count; i++)
		if (!can_transmit(plan, plan->downlinks[i].frequency))
			finding_warning(findings, "tx-range",
			    plan->downlinks[i].part.at,
			    "a downlink channel on %u Hz is outside of the transmit "
			    "range",
			    plan->downlinks[i].frequency);
	if (plan->rx2 != NULL && !can_transmit(plan, plan->rx2->frequency))
		finding_warning(findings, "tx-range", plan->rx2->part.at,
		    "the RX2 channel is outside of the transmit range");
}

static void
check_rates(const struct plan *plan, struct findings *findings)
{
	for (uint32_t i = 0; i < plan->uplink_count; i++) {
		const struct plan_channel *c = &plan->uplinks[i];

		if (c->min_data_rate > c->max_data_rate)
			finding_warning(findings, "data-rate", c->part.at,
			    "min-data-rate is above max-data-rate");
	}
	for (uint32_t i = 0; i < plan->sub_band_count; i++) {
		const struct plan_sub_band *s = &plan->sub_bands[i];

		if (s->min_frequency > s->max_frequency)
			finding_warning(findings, "sub-band", s->part.at,
			    "min-frequency is above max-frequency");
	}
}

bool
plan_check(const struct plan *plan, struct findings *findings)
{
	size_t before = findings->errors;

	if (plan->band_id == NULL) {
		finding_error(
		    findings, "band", plan->part.at, "the plan has no band-id");
		return false;
	}
	if (band_find(plan->band_id) == NULL) {
		finding_error(findings, "band", plan->part.at, "there is no band %s",
		    plan->band_id);
		return false;
	}
	check_rates(plan, findings);
	if (plan->radio_count == 0) {
		finding_warning(findings, "no-radios", plan->part.at,
		    "the plan has no radios: no forwarder can be configured by it");
		return findings->errors == before;
	}
	check_boards(plan, findings);
	check_transmit(plan, findings);
	return findings->errors == before;
}
