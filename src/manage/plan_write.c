/* Plans as YAML, in the format that they are read from: a line for each channel. */
#include "json/writer.h"
#include "manage/plan.h"

/* A map on one line: {a: 1, b: {c: 2}}; at the top of the file, one key a line. */
struct map {
	struct strbuf *out;
	bool top, begun;
};

static void
put_key(struct map *m, const char *key)
{
	if (m->begun)
		strbuf_puts(m->out, m->top ? "\n" : ", ");
	m->begun = true;
	strbuf_puts(m->out, key);
	strbuf_puts(m->out, ": ");
}

static void
put_uint(struct map *m, bool there, const char *key, uint64_t v)
{
	if (!there)
		return;
	put_key(m, key);
	strbuf_putu(m->out, v);
}

static void
put_bool(struct map *m, bool there, const char *key, bool v)
{
	if (!there)
		return;
	put_key(m, key);
	strbuf_puts(m->out, v ? "true" : "false");
}

static void
put_real(struct map *m, bool there, const char *key, double v)
{
	struct json_out j;

	if (!there)
		return;
	put_key(m, key);
	json_init(&j, m->out, NULL);
	json_double(&j, v);
}

/* Quoted wherever YAML might take it for something else; YAML reads JSON's strings. */
static void
put_text(struct map *m, const char *key, const char *text)
{
	struct json_out j;

	if (text == NULL)
		return;
	put_key(m, key);
	if (text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")] == '\0' &&
	    text[0] >= 'A') {
		strbuf_puts(m->out, text);
		return;
	}
	json_init(&j, m->out, NULL);
	json_str(&j, text);
}

static void
put_nano(struct map *m, bool there, const char *key, uint64_t ns)
{
	if (!there)
		return;
	put_key(m, key);
	if (ns % 1000000 == 0) {
		strbuf_putu(m->out, ns / 1000000);
		strbuf_puts(m->out, "ms");
	} else if (ns % 1000 == 0) {
		strbuf_putu(m->out, ns / 1000);
		strbuf_puts(m->out, "us");
	} else {
		strbuf_putu(m->out, ns);
	}
}

static struct map
begin(struct map *m, const char *key)
{
	put_key(m, key);
	strbuf_putc(m->out, '{');
	return (struct map){.out = m->out};
}

static void
end(struct map *m)
{
	strbuf_putc(m->out, '}');
}

/* ---- the parts ----------------------------------------------------------------------------- */

static void
channel_members(struct map *m, const struct plan_channel *c)
{
	const struct part *p = &c->part;

	put_uint(m, part_has(p, CHANNEL_FREQUENCY), "frequency", c->frequency);
	put_uint(
	    m, part_has(p, CHANNEL_MIN_DATA_RATE), "min-data-rate", c->min_data_rate);
	put_uint(
	    m, part_has(p, CHANNEL_MAX_DATA_RATE), "max-data-rate", c->max_data_rate);
	put_uint(m, part_has(p, CHANNEL_DATA_RATE), "data-rate", c->data_rate);
	put_uint(m, part_has(p, CHANNEL_RADIO), "radio", c->radio);
	if (c->dwell_time != NULL) {
		struct map d = begin(m, "dwell-time");

		put_bool(&d, part_has(&c->dwell_time->part, 1), "enabled",
		    c->dwell_time->enabled);
		put_nano(&d, part_has(&c->dwell_time->part, 2), "duration",
		    c->dwell_time->duration);
		end(&d);
	}
}

static void
put_channel(struct map *m, const char *key, const struct plan_channel *c)
{
	struct map inner;

	if (c == NULL)
		return;
	inner = begin(m, key);
	channel_members(&inner, c);
	end(&inner);
}

static struct map
begin_item(struct map *m)
{
	strbuf_puts(m->out, "\n  - {");
	return (struct map){.out = m->out};
}

/* The key of a list, without the blank after it. */
static void
begin_list(struct map *m, const char *key)
{
	put_key(m, key);
	if (m->out->err == 0)
		m->out->len--;
}

static void
put_channels(
    struct map *m, const char *key, const struct plan_channel *list, uint32_t count)
{
	if (count > 0)
		begin_list(m, key);
	for (uint32_t i = 0; i < count; i++) {
		struct map item = begin_item(m);

		channel_members(&item, &list[i]);
		end(&item);
	}
}

static void
put_sub_bands(struct map *m, const struct plan *plan)
{
	if (plan->sub_band_count > 0)
		begin_list(m, "sub-bands");
	for (uint32_t i = 0; i < plan->sub_band_count; i++) {
		const struct plan_sub_band *s = &plan->sub_bands[i];
		struct map item = begin_item(m);

		put_uint(&item, part_has(&s->part, SUB_BAND_MIN_FREQUENCY),
		    "min-frequency", s->min_frequency);
		put_uint(&item, part_has(&s->part, SUB_BAND_MAX_FREQUENCY),
		    "max-frequency", s->max_frequency);
		put_real(&item, part_has(&s->part, SUB_BAND_DUTY_CYCLE), "duty-cycle",
		    s->duty_cycle);
		put_real(&item, part_has(&s->part, SUB_BAND_MAX_EIRP), "max-eirp",
		    s->max_eirp);
		end(&item);
	}
}

static void
put_tx(struct map *m, const struct plan_tx *tx)
{
	struct map inner;

	if (tx == NULL)
		return;
	inner = begin(m, "tx");
	put_uint(&inner, part_has(&tx->part, TX_MIN_FREQUENCY), "min-frequency",
	    tx->min_frequency);
	put_uint(&inner, part_has(&tx->part, TX_MAX_FREQUENCY), "max-frequency",
	    tx->max_frequency);
	put_uint(&inner, part_has(&tx->part, TX_NOTCH_FREQUENCY), "notch-frequency",
	    tx->notch_frequency);
	end(&inner);
}

static void
put_radios(struct map *m, const struct plan *plan)
{
	if (plan->radio_count > 0)
		begin_list(m, "radios");
	for (uint32_t i = 0; i < plan->radio_count; i++) {
		const struct plan_radio *r = &plan->radios[i];
		struct map item = begin_item(m);

		put_bool(&item, part_has(&r->part, RADIO_ENABLE), "enable", r->enable);
		put_text(&item, "chip-type", r->chip_type);
		put_uint(&item, part_has(&r->part, RADIO_FREQUENCY), "frequency",
		    r->frequency);
		put_real(&item, part_has(&r->part, RADIO_RSSI_OFFSET), "rssi-offset",
		    r->rssi_offset);
		put_tx(&item, r->tx);
		end(&item);
	}
}

static void
put_times(struct map *m, const struct plan *plan)
{
	const struct plan_time_off_air *t = plan->time_off_air;
	const struct plan_dwell *d = plan->dwell_time;
	const struct plan_lbt *l = plan->lbt;
	struct map inner;

	if (t != NULL) {
		inner = begin(m, "time-off-air");
		put_real(&inner, part_has(&t->part, 1), "fraction", t->fraction);
		put_nano(&inner, part_has(&t->part, 2), "duration", t->duration);
		end(&inner);
	}
	if (d != NULL) {
		inner = begin(m, "dwell-time");
		put_bool(&inner, part_has(&d->part, 1), "uplinks", d->uplinks);
		put_bool(&inner, part_has(&d->part, 2), "downlinks", d->downlinks);
		put_nano(&inner, part_has(&d->part, 3), "duration", d->duration);
		end(&inner);
	}
	if (l != NULL) {
		inner = begin(m, "listen-before-talk");
		put_real(&inner, part_has(&l->part, 1), "rssi-target", l->rssi_target);
		put_real(&inner, part_has(&l->part, 2), "rssi-offset", l->rssi_offset);
		put_nano(&inner, part_has(&l->part, 3), "scan-time", l->scan_time);
		end(&inner);
	}
}

/* ---- files ----------------------------------------------------------------------------------- */

void
plan_write(const struct plan *plan, struct strbuf *out)
{
	const struct part *p = &plan->part;
	struct map m = {.out = out, .top = true};

	put_text(&m, "band-id", plan->band_id);
	put_sub_bands(&m, plan);
	put_channels(&m, "uplink-channels", plan->uplinks, plan->uplink_count);
	put_channels(&m, "downlink-channels", plan->downlinks, plan->downlink_count);
	put_channel(&m, "lora-standard-channel", plan->lora_standard);
	put_channel(&m, "fsk-channel", plan->fsk);
	put_times(&m, plan);
	put_radios(&m, plan);
	put_uint(
	    &m, part_has(p, PLAN_CLOCK_SOURCE), "clock-source", plan->clock_source);
	put_channel(&m, "rx2-channel", plan->rx2);
	put_uint(&m, part_has(p, PLAN_RX2_DATA_RATE), "rx2-default-data-rate",
	    plan->rx2_data_rate);
	put_channel(&m, "ping-slot", plan->ping_slot);
	put_uint(&m, part_has(p, PLAN_PING_SLOT_DATA_RATE),
	    "ping-slot-default-data-rate", plan->ping_slot_data_rate);
	put_real(&m, part_has(p, PLAN_MAX_EIRP), "max-eirp", plan->max_eirp);
	strbuf_putc(out, '\n');
}

static void
put_quoted(struct strbuf *out, const char *key, const char *text)
{
	struct json_out j;

	if (text[0] == '\0')
		return;
	strbuf_printf(out, "  %s: ", key);
	json_init(&j, out, NULL);
	json_str(&j, text);
	strbuf_putc(out, '\n');
}

void
plan_write_entry(const struct plan_record *r, struct strbuf *out)
{
	struct json_out j;

	strbuf_printf(out, "- id: \"%s\"\n", r->plan_id);
	put_quoted(out, "band-id", r->band_id);
	put_quoted(out, "name", r->name);
	put_quoted(out, "description", r->description);
	if (r->base_frequency != 0)
		strbuf_printf(out, "  base-frequency: %llu\n",
		    (unsigned long long)r->base_frequency);
	if (r->for_gateways)
		strbuf_puts(out, "  gateways: true\n");
	if (r->country_codes.count > 0) {
		strbuf_puts(out, "  country-codes: ");
		json_init(&j, out, NULL);
		json_array(&j);
		for (size_t i = 0; i < r->country_codes.count; i++)
			json_str(&j, r->country_codes.items[i]);
		json_array_end(&j);
		strbuf_putc(out, '\n');
	}
	strbuf_printf(out, "  file: \"%s.yml\"\n", r->plan_id);
}
