#include "radio/picture.h"

#include <math.h>
#include <stdio.h>

#include "base/utf8.h"
#include "radio/limits.h"

#define LABEL 8 /* columns of the row's name */
#define WIDTH (PICTURE_COLUMNS - LABEL)

enum glyph { BLANK, LINE, TICK, BAR, LEFT, RIGHT, CENTRE, DOWN, SEVERAL, DIGITS };

static const char *const ascii[DIGITS] = {" ", "-", "+", "=", "[", "]", "*", "v", "#"};
static const char *const unicode[DIGITS] = {" ", "\u2500", "\u253c", "\u2584", "\u251c",
    "\u2524", "\u25cf", "\u2193", "\u2588"};

struct picture {
	struct strbuf *out;
	const char *const *glyphs;
	struct axis axis;
	uint8_t cells[WIDTH];
};

/* ---- the axis ---------------------------------------------------------------- */

void
axis_include(struct axis *axis, double frequency, double half)
{
	if (frequency <= 0)
		return;
	if (axis->to == 0 || frequency - half < axis->from)
		axis->from = frequency - half;
	axis->to = fmax(axis->to, frequency + half);
}

double
axis_step(const struct axis *axis, unsigned most)
{
	static const double factors[] = {1, 2, 5};

	for (double ten = 1e3;; ten *= 10)
		for (size_t i = 0; i < 3; i++)
			if ((axis->to - axis->from) / (factors[i] * ten) <= most)
				return factors[i] * ten;
}

static void
set_range(struct picture *p, const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->uplink_count; i++)
		axis_include(&p->axis, plan->uplinks[i].frequency, 100e3);
	for (uint32_t i = 0; i < plan->radio_count; i++)
		axis_include(&p->axis, plan->radios[i].frequency, 500e3);
	if (plan->lora_standard != NULL)
		axis_include(&p->axis, plan->lora_standard->frequency, 250e3);
	if (plan->fsk != NULL)
		axis_include(&p->axis, plan->fsk->frequency, 100e3);
}

/* The column of a frequency, −1 left and WIDTH right of the picture. */
static int
column(const struct picture *p, double frequency)
{
	double x = (frequency - p->axis.from) / (p->axis.to - p->axis.from) * WIDTH;

	return x < 0 ? -1 : x >= WIDTH ? WIDTH : (int)x;
}

/* ---- rows -------------------------------------------------------------------- */

static void
put_cell(struct strbuf *out, const char *const *glyphs, uint8_t cell)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";

	if (cell < DIGITS)
		strbuf_puts(out, glyphs[cell]);
	else
		strbuf_putc(out, digits[cell - DIGITS]);
}

/* Prints the cells with a name before and, where there is room, words behind them. */
static void
end_row(struct picture *p, const char *name, const char *words)
{
	int last = WIDTH;

	while (last > 0 && p->cells[last - 1] == BLANK)
		last--;
	strbuf_printf(
	    p->out, last > 0 || words[0] != '\0' ? "%-*s" : "%.*s", LABEL, name);
	for (int i = 0; i < last; i++)
		put_cell(p->out, p->glyphs, p->cells[i]);
	if (words[0] != '\0' && last + 1 + (int)strlen(words) <= WIDTH)
		strbuf_printf(p->out, "%s%s", last > 0 ? " " : "", words);
	strbuf_putc(p->out, '\n');
	memset(p->cells, BLANK, sizeof p->cells);
}

static void
fill(struct picture *p, double from, double to, uint8_t glyph)
{
	int last = column(p, to);

	for (int i = column(p, from); i <= last; i++)
		if (i >= 0 && i < WIDTH)
			p->cells[i] = p->cells[i] == BLANK ? glyph : p->cells[i];
}

/* Where something stands already, the mark for several. */
static void
mark(struct picture *p, double frequency, uint8_t glyph)
{
	int i = column(p, frequency);

	if (i >= 0 && i < WIDTH)
		p->cells[i] = p->cells[i] >= DOWN ? SEVERAL : glyph;
}

static void
axis(struct picture *p)
{
	double step = axis_step(&p->axis, 7), first = ceil(p->axis.from / step) * step;
	char text[WIDTH + 16];

	memset(text, ' ', sizeof text);
	for (double f = first; f <= p->axis.to; f += step) {
		char number[24];
		int n = snprintf(
		    number, sizeof number, "%.*f", step < 1e5 ? 2 : 1, f / 1e6);
		int at = column(p, f);

		if (at < WIDTH && at + n <= WIDTH)
			memcpy(text + at, number, (size_t)n);
	}
	text[WIDTH] = '\0';
	for (int i = WIDTH; i > 0 && text[i - 1] == ' '; i--)
		text[i - 1] = '\0';
	strbuf_printf(p->out, "%-*s%s\n", LABEL, "MHz", text);
	for (double f = first; f <= p->axis.to; f += step)
		mark(p, f, TICK);
	fill(p, p->axis.from, p->axis.to, LINE);
	end_row(p, "", "");
}

static void
radio_row(struct picture *p, const struct plan *plan, uint32_t i)
{
	const struct plan_radio *r = &plan->radios[i];
	double half = limit_offset(CHIP_SX1301, 125000) + 62500;
	char name[24];

	if (!r->enable)
		return;
	snprintf(name, sizeof name, "radio %u", i);
	mark(p, r->frequency, CENTRE);
	mark(p, r->frequency - half, LEFT);
	mark(p, r->frequency + half, RIGHT);
	fill(p, r->frequency - half, r->frequency + half, LINE);
	end_row(p, name, "");
}

static void
uplink_row(struct picture *p, const struct plan *plan)
{
	for (uint32_t i = 0; i < plan->uplink_count; i++)
		mark(p, plan->uplinks[i].frequency,
		    i < 36 ? (uint8_t)(DIGITS + i) : SEVERAL);
	for (uint32_t i = 0; i < plan->uplink_count; i++)
		fill(p, plan->uplinks[i].frequency - 62.5e3,
		    plan->uplinks[i].frequency + 62.5e3, BAR);
	end_row(p, "up", "");
}

static void
standard_row(struct picture *p, const struct plan *plan)
{
	const struct band *band =
	    plan->band_id != NULL ? band_find(plan->band_id) : NULL;
	const struct plan_channel *c = plan->lora_standard;
	struct data_rate rate = {0};
	char words[48] = "off: not a LoRa rate";

	if (c == NULL)
		return;
	if (band != NULL)
		rate = band_rate(band, c->data_rate);
	if (rate.sf != 0) {
		snprintf(
		    words, sizeof words, "SF%u %u kHz", rate.sf, rate.bandwidth / 1000);
		fill(p, c->frequency - rate.bandwidth / 2.0,
		    c->frequency + rate.bandwidth / 2.0, BAR);
	}
	end_row(p, "LoRa", words);
}

static void
fsk_row(struct picture *p, const struct plan *plan)
{
	if (plan->fsk == NULL)
		return;
	fill(p, plan->fsk->frequency - 62.5e3, plan->fsk->frequency + 62.5e3, BAR);
	end_row(p, "FSK", "");
}

static void
downlink_row(struct picture *p, const struct plan *plan)
{
	if (plan->downlink_count == 0)
		return;
	for (uint32_t i = 0; i < plan->downlink_count; i++)
		mark(p, plan->downlinks[i].frequency, DOWN);
	end_row(p, "down", "");
}

/* ---- words ------------------------------------------------------------------- */

/* At most so many characters; those that a terminal would not show as one become `?`. */
static void
put_text(const struct picture *p, const char *text, size_t most)
{
	struct span rest = span_str(text);

	for (; rest.len > 0 && most > 0; most--) {
		size_t n = utf8_length(rest);
		uint8_t c = rest.data[0];
		bool shown =
		    n > 1 ? p->glyphs == unicode : n == 1 && c >= ' ' && c < 0x7f;

		strbuf_put(
		    p->out, shown ? (const char *)rest.data : "?", shown ? n : 1);
		rest = span_from(rest, n > 0 ? n : 1);
	}
}

static void
title(const struct picture *p, const struct plan *plan)
{
	if (plan->id != NULL) {
		put_text(p, plan->id, PLAN_ID_MAX);
		if (plan->name != NULL && strlen(plan->id) + 2 < PICTURE_COLUMNS) {
			strbuf_puts(p->out, "  ");
			put_text(p, plan->name, PICTURE_COLUMNS - 2 - strlen(plan->id));
		}
		strbuf_putc(p->out, '\n');
	}
	strbuf_puts(p->out, "band ");
	put_text(p, plan->band_id != NULL ? plan->band_id : "unknown", BAND_ID_MAX);
	strbuf_printf(p->out, "; channels: %u up, %u down\n\n", plan->uplink_count,
	    plan->downlink_count);
}

static void
radio_words(const struct picture *p, const struct plan *plan, uint32_t i)
{
	const struct plan_radio *r = &plan->radios[i];

	strbuf_printf(p->out, "radio %u  ", i);
	put_text(p, r->chip_type != NULL ? r->chip_type : "of no type", 16);
	strbuf_printf(p->out, " on %.3f MHz%s%s", r->frequency / 1e6,
	    r->enable ? "" : ", off",
	    plan->clock_source == i ? ", gives the clock" : "");
	if (r->tx != NULL)
		strbuf_printf(p->out, ", sends on %.3f to %.3f",
		    r->tx->min_frequency / 1e6, r->tx->max_frequency / 1e6);
	strbuf_putc(p->out, '\n');
}

static void
words(const struct picture *p, const struct plan *plan)
{
	struct strbuf *out = p->out;

	strbuf_putc(out, '\n');
	for (uint32_t i = 0; i < plan->radio_count; i++)
		radio_words(p, plan, i);
	if (plan->radio_count == 0)
		strbuf_puts(out, "no radios: no forwarder can be configured by it\n");
	if (plan->lbt != NULL)
		strbuf_printf(out, "listens before it talks: %.10g dBm for %.10g us\n",
		    plan->lbt->rssi_target, (double)plan->lbt->scan_time / 1e3);
	if (plan->rx2 != NULL)
		strbuf_printf(out, "RX2 on %.3f MHz\n", plan->rx2->frequency / 1e6);
	if (part_has(&plan->part, PLAN_MAX_EIRP))
		strbuf_printf(out, "at most %.10g dBm EIRP\n", plan->max_eirp);
}

void
plan_picture(const struct plan *plan, bool utf8, struct strbuf *out)
{
	struct picture p = {.out = out, .glyphs = utf8 ? unicode : ascii};

	title(&p, plan);
	set_range(&p, plan);
	if (p.axis.to > p.axis.from) {
		axis(&p);
		for (uint32_t i = 0; i < plan->radio_count; i++)
			radio_row(&p, plan, i);
		uplink_row(&p, plan);
		standard_row(&p, plan);
		fsk_row(&p, plan);
		downlink_row(&p, plan);
	}
	words(&p, plan);
}
