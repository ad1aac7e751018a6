/* How the device reads a frequency plan: names one after the other, whatever they stand in;
 * `enable` and the like belong to the last channel that was named, else the last radio. */
#include "kickstarter/device.h"

struct reading {
	struct device_sx1301 *s;
	struct device_verdict *v;
	int radio, channel; /* -1: none yet */
};

/* As atoi() does. */
static long long
number(struct reading *r, struct span text)
{
	long long n = 0;
	size_t i = 0;
	bool minus = text.len > 0 && text.data[0] == '-';

	for (i = minus; i < text.len && text.data[i] >= '0' && text.data[i] <= '9'; i++)
		if (n < INT32_MAX)
			n = n * 10 + (text.data[i] - '0');
	if (i < text.len || i == (size_t)minus)
		device_say(r->v, true, "%.*s is read as %lld", (int)text.len,
		    (const char *)text.data, minus ? -n : n);
	if (n > INT32_MAX)
		device_say(r->v, true, "%.*s is too large a number for it",
		    (int)text.len, (const char *)text.data);
	return minus ? -n : n;
}

/* The last character of the name is the number. */
static int
last_digit(struct span name)
{
	unsigned char c = name.data[name.len - 1];

	return c >= '0' && c <= '9' ? c - '0' : 0;
}

/* Writing to a radio that the device has not spoils its memory. */
static void
begin_radio(struct reading *r, struct span name)
{
	int n = last_digit(name);

	if (n >= DEVICE_RADIOS) {
		device_say(r->v, true, "there is a %.*s, which overwrites its memory",
		    (int)name.len, (const char *)name.data);
		r->v->effect = DEVICE_REBOOTS;
		n = 0;
	}
	if (r->channel >= 0)
		device_say(r->v, true, "%.*s comes after a channel", (int)name.len,
		    (const char *)name.data);
	r->radio = n;
	r->s->radios[n].there = true;
}

static void
begin_channel(struct reading *r, struct span name, int n)
{
	if (name.len > strlen("chan_multiSF_0") || n > 7)
		device_say(r->v, true, "%.*s: it knows eight multi-SF channels",
		    (int)name.len, (const char *)name.data);
	r->channel = n;
}

static void
take_enable(struct reading *r, struct span value)
{
	bool on = span_is(value, "true");

	if (r->channel >= 0) {
		r->s->channels[r->channel].stated = true;
		r->s->channels[r->channel].enable = on;
	} else if (r->radio >= 0) {
		r->s->radios[r->radio].stated = true;
		r->s->radios[r->radio].enable = on;
	}
}

static void
take_freq(struct reading *r, struct span value)
{
	if (r->radio < 0) {
		device_say(r->v, true, "freq before any radio overwrites its memory");
		r->v->effect = DEVICE_REBOOTS;
		return;
	}
	r->s->radios[r->radio].freq = number(r, value);
}

/* A number of the channel that was named last. */
static bool
take_channel_number(struct reading *r, struct span name, struct span value)
{
	static struct device_channel none;
	struct device_channel *c =
	    r->channel >= 0 ? &r->s->channels[r->channel] : &none;
	int *to = NULL;

	if (span_is(name, "radio"))
		to = &c->radio;
	else if (span_is(name, "if"))
		to = &c->offset;
	else if (span_is(name, "bandwidth"))
		to = &c->bandwidth;
	else if (span_is(name, "spread_factor"))
		to = &c->spread_factor;
	else if (span_is(name, "datarate"))
		to = &c->datarate;
	if (to == NULL)
		return false;
	if (r->channel < 0)
		device_say(r->v, true, "%.*s before any channel", (int)name.len,
		    (const char *)name.data);
	*to = (int)number(r, value);
	return true;
}

/* True when the name was one that takes the next token with it. */
static bool
take_name(struct reading *r, struct span name, struct span value)
{
	if (span_is(name, "lorawan_public")) {
		r->s->has_public = true;
		r->s->lorawan_public = span_is(value, "true");
	} else if (span_begins(name, span_str("radio_"))) {
		begin_radio(r, name);
	} else if (span_is(name, "freq")) {
		take_freq(r, value);
	} else if (span_begins(name, span_str("chan_multiSF_"))) {
		begin_channel(r, name, last_digit(name));
	} else if (span_is(name, "chan_Lora_std")) {
		r->channel = 8;
	} else if (span_is(name, "chan_FSK")) {
		r->channel = 9;
	} else if (span_is(name, "enable")) {
		take_enable(r, value);
	} else if (span_is(name, "lbt_cfg")) {
		if (r->radio >= 0 || r->channel >= 0)
			device_say(r->v, true,
			    "lbt_cfg comes after a radio or channel, which its enable "
			    "switches");
		return false;
	} else {
		return take_channel_number(r, name, value);
	}
	return true;
}

/* ---- what comes of it ----------------------------------------------------------------------- */

static void
judge_channel(struct reading *r, int i)
{
	const struct device_channel *c = &r->s->channels[i];

	if (!c->stated)
		device_say(
		    r->v, true, "channel %d does not state whether it is enabled", i);
	else if (c->enable && (c->radio < 0 || c->radio >= DEVICE_RADIOS))
		device_say(r->v, true, "channel %d is on radio %d", i, c->radio);
	else if (c->enable && !r->s->radios[c->radio].enable)
		device_say(
		    r->v, true, "channel %d is on radio %d, which is off", i, c->radio);
}

static void
judge(struct reading *r)
{
	struct device_sx1301 *s = r->s;

	if (!s->has_public)
		device_say(r->v, true, "lorawan_public is missing");
	for (int i = 0; i < DEVICE_RADIOS; i++) {
		if (!s->radios[i].there)
			device_say(r->v, true, "radio_%d is missing", i);
		else if (!s->radios[i].stated)
			device_say(r->v, true, "radio_%d does not state its enable", i);
		else if (s->radios[i].enable && s->radios[i].freq == 0)
			device_say(r->v, true, "radio_%d has no frequency", i);
	}
	for (int i = 0; i < DEVICE_CHANNELS; i++)
		judge_channel(r, i);
	device_say(r->v, false, "it suits a card for %s MHz",
	    s->radios[0].freq < 900000000 ? "868" : "915");
}

bool
device_take_plan(struct span line, struct device_sx1301 *s, struct device_verdict *v)
{
	static struct device_token t[DEVICE_TOKENS_PLAN];
	struct reading r = {s, v, -1, -1};
	int count = device_tokens(line, t, DEVICE_TOKENS_PLAN);

	if (count < 1 || t[0].type != DEVICE_OBJECT)
		return false;
	memset(s, 0, sizeof *s);
	for (int i = 1; i + 1 < count; i++)
		if (t[i].type == DEVICE_STRING &&
		    take_name(
			&r, device_text(line, &t[i]), device_text(line, &t[i + 1])))
			i++;
	judge(&r);
	return true;
}
