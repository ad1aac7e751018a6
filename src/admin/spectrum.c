#include "admin/spectrum.h"

#include <math.h>
#include <stdio.h>

#include "admin/widget.h"
#include "radio/band.h"
#include "radio/limits.h"
#include "radio/picture.h"

#define WIDTH 760 /* of the picture… */
#define LEFT 84	  /* …and before the axis begins */
#define RIGHT 28
#define LANE 30
#define TOP 28 /* the numbers of the axis */

struct picture {
	struct visit *v;
	const struct plan *plan;
	const struct band *band;
	struct axis axis;
	unsigned lanes;
	unsigned at; /* the lane that is drawn */
};

/* ---- the axis ------------------------------------------------------------------------------ */

static double
x_of(const struct picture *p, double frequency)
{
	double x = LEFT + (frequency - p->axis.from) / (p->axis.to - p->axis.from) *
			      (WIDTH - LEFT - RIGHT);

	return fmin(fmax(x, LEFT), WIDTH - RIGHT);
}

/* ` x="12.5"` */
static void
attr(struct html *h, const char *before, double value)
{
	char text[32];

	snprintf(text, sizeof text, "%.1f", value);
	html_put_attr(h, before, text);
}

static void
line(struct html *h, double x1, double y1, double x2, double y2)
{
	attr(h, " x1=\"", x1);
	attr(h, " y1=\"", y1);
	attr(h, " x2=\"", x2);
	attr(h, " y2=\"", y2);
	html_raw(h, "/>");
}

static void
put_axis(struct picture *p)
{
	struct html *h = &p->v->html;
	double step = axis_step(&p->axis, 9);

	for (double f = ceil(p->axis.from / step) * step; f <= p->axis.to; f += step) {
		html_raw(h, "<line class=\"grid\"");
		line(h, x_of(p, f), TOP - 4, x_of(p, f), TOP + p->lanes * LANE);
		html_raw(h, "<text class=\"tick\" text-anchor=\"middle\" y=\"14\"");
		attr(h, " x=\"", x_of(p, f));
		html_raw(h, ">");
		html_printf(h, "%.*f", step < 1e5 ? 2 : 1, f / 1e6);
		html_raw(h, "</text>\n");
	}
}

/* ---- lanes ----------------------------------------------------------------------------------- */

static double
lane_y(const struct picture *p)
{
	return TOP + p->at * LANE;
}

static void
begin_lane(struct picture *p, const char *name)
{
	struct html *h = &p->v->html;

	html_raw(h, "<text class=\"lane\" x=\"0\"");
	attr(h, " y=\"", lane_y(p) + 19);
	html_raw(h, ">");
	html_text(h, name);
	html_raw(h, "</text>\n");
}

/* A block of this bandwidth around a frequency, with a word in it where there is room. */
static void
put_block(struct picture *p, double frequency, double bandwidth, bool down,
    const char *word, const char *title)
{
	struct html *h = &p->v->html;
	double left, width;

	if (frequency + bandwidth / 2 < p->axis.from ||
	    frequency - bandwidth / 2 > p->axis.to)
		return;
	left = x_of(p, frequency - bandwidth / 2);
	width = fmax(x_of(p, frequency + bandwidth / 2) - left, 2);
	html_raw(h, "<g><title>");
	html_text(h, title);
	html_raw(h, "</title>");
	if (down)
		html_raw(h, "<rect class=\"channel down\" rx=\"2\" height=\"20\"");
	else
		html_raw(h, "<rect class=\"channel\" rx=\"2\" height=\"20\"");
	attr(h, " x=\"", left);
	attr(h, " y=\"", lane_y(p) + 4);
	attr(h, " width=\"", width);
	html_raw(h, "/>");
	if (width >= 8.0 * (double)strlen(word) + 2) {
		html_raw(h, "<text class=\"on\" text-anchor=\"middle\"");
		attr(h, " x=\"", left + width / 2);
		attr(h, " y=\"", lane_y(p) + 18);
		html_raw(h, ">");
		html_text(h, word);
		html_raw(h, "</text>");
	}
	html_raw(h, "</g>\n");
}

/* The bandwidth of a data rate; FSK is given its usual channel. */
static double
bandwidth_of(const struct picture *p, unsigned rate)
{
	struct data_rate r = {0};

	if (p->band != NULL)
		r = band_rate(p->band, rate);
	return r.bandwidth != 0 ? r.bandwidth : 125e3;
}

/* What the shipped radios hear around their centre: 125 kHz channels. */
static void
put_radio(struct picture *p, uint32_t i)
{
	const struct plan_radio *r = &p->plan->radios[i];
	double half = limit_offset(CHIP_SX1301, 125000) + 62500;
	struct html *h = &p->v->html;
	char name[24];

	snprintf(name, sizeof name, "radio %u", i);
	begin_lane(p, name);
	html_raw(h, "<g><title>");
	html_printf(h, "radio %u hears %.3f to %.3f MHz", i,
	    (r->frequency - half) / 1e6, (r->frequency + half) / 1e6);
	html_raw(h, "</title><rect class=\"radio\" rx=\"2\" height=\"12\"");
	attr(h, " x=\"", x_of(p, r->frequency - half));
	attr(h, " y=\"", lane_y(p) + 8);
	attr(h, " width=\"",
	    x_of(p, r->frequency + half) - x_of(p, r->frequency - half));
	html_raw(h, "/><line class=\"centre\"");
	line(h, x_of(p, r->frequency), lane_y(p) + 4, x_of(p, r->frequency),
	    lane_y(p) + 24);
	html_raw(h, "</g>\n");
}

static void
put_channels(struct picture *p, const char *name, const struct plan_channel *list,
    uint32_t count, bool down)
{
	char word[12], title[80];

	begin_lane(p, name);
	for (uint32_t i = 0; i < count; i++) {
		const struct plan_channel *c = &list[i];

		snprintf(word, sizeof word, "%u", i);
		snprintf(title, sizeof title, "%s channel %u on %.3f MHz", name, i,
		    c->frequency / 1e6);
		put_block(p, c->frequency, bandwidth_of(p, c->min_data_rate), down,
		    word, title);
	}
}

static void
put_one(struct picture *p, const char *name, const struct plan_channel *c)
{
	double bandwidth = bandwidth_of(p, c->data_rate);
	char title[80];

	begin_lane(p, name);
	snprintf(title, sizeof title, "%s on %.3f MHz, %.0f kHz wide", name,
	    c->frequency / 1e6, bandwidth / 1e3);
	put_block(p, c->frequency, bandwidth, false, "", title);
}

/* ---- pictures ----------------------------------------------------------------------------------- */

/* The head of the picture; its title and description are what a screen reader says. */
static void
begin_picture(struct picture *p, const char *id, const char *title, const char *what)
{
	struct html *h = &p->v->html;
	char box[60];

	snprintf(box, sizeof box, "0 0 %d %u", WIDTH, TOP + p->lanes * LANE + 4);
	html_raw(h,
	    "<figure class=\"chart spectrum\"><div class=\"wide\" tabindex=\"0\" "
	    "role=\"group\"");
	html_attr(h, "aria-label", title);
	html_raw(h, "><svg role=\"img\"");
	html_put_attr(h, " aria-labelledby=\"",
	    arena_printf(p->v->arena, "%s-title %s-desc", id, id));
	html_attr(h, "viewBox", box);
	html_raw(h, ">\n<title");
	html_put_attr(h, " id=\"", arena_printf(p->v->arena, "%s-title", id));
	html_raw(h, ">");
	html_text(h, title);
	html_raw(h, "</title><desc");
	html_put_attr(h, " id=\"", arena_printf(p->v->arena, "%s-desc", id));
	html_raw(h, ">");
	html_text(h, what);
	html_raw(h, "</desc>\n");
	put_axis(p);
}

static void
end_picture(struct picture *p)
{
	html_raw(&p->v->html, "</svg></div></figure>\n");
}

static void
draw_up(struct picture *p)
{
	const struct plan *plan = p->plan;
	bool down = false;
	char what[200];

	for (uint32_t i = 0; i < plan->radio_count; i++)
		p->lanes += plan->radios[i].enable;
	for (uint32_t i = 0; i < plan->downlink_count; i++)
		down |= plan->downlinks[i].frequency >= p->axis.from &&
			plan->downlinks[i].frequency <= p->axis.to;
	p->lanes += (plan->uplink_count > 0) + (plan->lora_standard != NULL) +
		    (plan->fsk != NULL) + down;
	snprintf(what, sizeof what,
	    "An axis from %.1f to %.1f MHz with what %u radios hear, %u uplink "
	    "channels and the others. The numbers are in the table below.",
	    p->axis.from / 1e6, p->axis.to / 1e6, plan->radio_count,
	    plan->uplink_count);
	begin_picture(p, "up", "Channels on the frequency axis", what);
	for (uint32_t i = 0; i < plan->radio_count; i++)
		if (plan->radios[i].enable) {
			put_radio(p, i);
			p->at++;
		}
	if (plan->uplink_count > 0) {
		put_channels(p, "uplink", plan->uplinks, plan->uplink_count, false);
		p->at++;
	}
	if (plan->lora_standard != NULL) {
		put_one(p, "LoRa std", plan->lora_standard);
		p->at++;
	}
	if (plan->fsk != NULL) {
		put_one(p, "FSK", plan->fsk);
		p->at++;
	}
	if (down)
		put_channels(
		    p, "downlink", plan->downlinks, plan->downlink_count, true);
	end_picture(p);
}

/* Downlinks that lie elsewhere have an axis of their own. */
static void
draw_down(struct picture *up)
{
	struct picture p = {.v = up->v, .plan = up->plan, .band = up->band, .lanes = 1};
	bool outside = false;

	for (uint32_t i = 0; i < p.plan->downlink_count; i++) {
		double f = p.plan->downlinks[i].frequency;

		outside |= f < up->axis.from || f > up->axis.to;
		axis_include(&p.axis, f, 300e3);
	}
	if (!outside)
		return;
	begin_picture(&p, "down", "Downlink channels on the frequency axis",
	    "Where the gateway sends. The numbers are in the table below.");
	put_channels(&p, "downlink", p.plan->downlinks, p.plan->downlink_count, true);
	end_picture(&p);
}

/* ---- the numbers ----------------------------------------------------------------------------------- */

static void
put_rate(struct picture *p, unsigned rate)
{
	struct html *h = &p->v->html;
	struct data_rate r = {0};

	if (p->band != NULL)
		r = band_rate(p->band, rate);
	if (r.sf != 0)
		html_printf(h, "SF%u", r.sf);
	else if (r.bit_rate != 0)
		html_raw(h, "FSK");
	else
		html_printf(h, "DR%u", rate);
}

static void
put_row(struct picture *p, const char *name, const struct plan_channel *c, bool single)
{
	struct html *h = &p->v->html;
	unsigned low = single ? c->data_rate : c->min_data_rate;

	table_row(p->v);
	table_cell(p->v);
	html_text(h, name);
	table_cell(p->v);
	html_printf(h, "%.3f", c->frequency / 1e6);
	table_cell(p->v);
	html_printf(h, "%.0f", bandwidth_of(p, low) / 1e3);
	table_cell(p->v);
	put_rate(p, low);
	if (!single && c->max_data_rate != low) {
		html_raw(h, " to ");
		put_rate(p, c->max_data_rate);
	}
	table_cell(p->v);
	if (c->radio < p->plan->radio_count && part_has(&c->part, CHANNEL_RADIO))
		html_number(h, c->radio);
}

static void
put_rows(struct picture *p, const char *what, const struct plan_channel *list,
    uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		put_row(
		    p, arena_printf(p->v->arena, "%s %u", what, i), &list[i], false);
}

static void
put_channel_table(struct picture *p)
{
	static const char *const titles[] = {
	    "Channel", "MHz", "kHz wide", "Data rates", "Radio", NULL};
	const struct plan *plan = p->plan;

	table_begin(p->v, "Channels", titles);
	put_rows(p, "uplink", plan->uplinks, plan->uplink_count);
	if (plan->lora_standard != NULL)
		put_row(p, "LoRa standard", plan->lora_standard, true);
	if (plan->fsk != NULL)
		put_row(p, "FSK", plan->fsk, true);
	put_rows(p, "downlink", plan->downlinks, plan->downlink_count);
	if (plan->rx2 != NULL)
		put_row(p, "RX2", plan->rx2, true);
	table_end(p->v);
}

static void
put_radio_table(struct picture *p)
{
	static const char *const titles[] = {
	    "Radio", "Chip", "MHz", "Sends on, MHz", "State", NULL};
	struct html *h = &p->v->html;

	if (p->plan->radio_count == 0) {
		page_note(p->v, MOOD_WARN,
		    "It has no radios: no forwarder can be configured by it.");
		return;
	}
	table_begin(p->v, "Radios", titles);
	for (uint32_t i = 0; i < p->plan->radio_count; i++) {
		const struct plan_radio *r = &p->plan->radios[i];

		table_row(p->v);
		table_cell(p->v);
		html_number(h, i);
		table_cell(p->v);
		html_user(h, r->chip_type != NULL ? r->chip_type : "");
		table_cell(p->v);
		html_printf(h, "%.3f", r->frequency / 1e6);
		table_cell(p->v);
		if (r->tx != NULL)
			html_printf(h, "%.3f to %.3f", r->tx->min_frequency / 1e6,
			    r->tx->max_frequency / 1e6);
		table_cell(p->v);
		if (!r->enable)
			html_raw(h, "off");
		else if (p->plan->clock_source == i)
			html_raw(h, "gives the clock");
	}
	table_end(p->v);
}

void
spectrum(struct visit *v, const struct plan *plan)
{
	double half = limit_offset(CHIP_SX1301, 125000) + 100e3;
	struct picture p = {.v = v,
	    .plan = plan,
	    .band = plan->band_id != NULL ? band_find(plan->band_id) : NULL};

	for (uint32_t i = 0; i < plan->uplink_count; i++)
		axis_include(&p.axis, plan->uplinks[i].frequency, 150e3);
	for (uint32_t i = 0; i < plan->radio_count; i++)
		if (plan->radios[i].enable)
			axis_include(&p.axis, plan->radios[i].frequency, half);
	if (plan->lora_standard != NULL)
		axis_include(&p.axis, plan->lora_standard->frequency, 300e3);
	if (plan->fsk != NULL)
		axis_include(&p.axis, plan->fsk->frequency, 150e3);
	if (p.axis.to > p.axis.from) {
		draw_up(&p);
		draw_down(&p);
	}
	put_channel_table(&p);
	put_radio_table(&p);
}
