/*
 * The two files of Kerlink's Common Packet Forwarder: lorad.json for the concentrator,
 *   {"SX1301_conf": {…}, "gateway_conf": {beacon_…}}
 * and lorafwd.toml for the network.
 */
#include "base/eui.h"
#include "gateway-files/json_file.h"
#include "radio/sx1301.h"

#define INSERTION_LOSS 0.5 /* dB, of a Wirnet Station */
#define BEACON_PERIOD 128

static void
beacon(struct json_out *j, const struct settings_beacon *b)
{
	json_key_bool(j, "beacon_enable", b->enable);
	if (!b->enable)
		return;
	json_key_uint(j, "beacon_period", BEACON_PERIOD);
	json_key_uint(j, "beacon_freq_hz", b->radio.frequency);
	json_key_uint(j, "beacon_freq_nb", b->radio.count);
	if (b->radio.step != 0)
		json_key_uint(j, "beacon_step", b->radio.step);
	json_key_uint(j, "beacon_datarate", b->radio.sf);
	json_key_uint(j, "beacon_bw_hz", b->radio.bandwidth);
	json_key_int(j, "beacon_power", b->power);
}

static double
insertion_loss(const struct board *b)
{
	if (b != NULL && part_has(&b->part, BOARD_INSERTION_LOSS))
		return b->insertion_loss;
	return INSERTION_LOSS;
}

void
kerlink_lorad_conf(
    struct json_out *j, const struct settings *s, size_t count, bool reference)
{
	(void)count;
	json_object(j);
	sx1301_members(j, s, reference ? SX1301_REFERENCE : 0);
	if (!reference)
		sx1301_number(j, "insertion_loss", insertion_loss(s->board));
	json_object_end(j);
}

void
kerlink_lorad_write(const struct file_input *in, struct strbuf *out)
{
	const struct gateway_facts *g = in->gateway;
	struct json_out j;

	file_begin(&j, in, out);
	json_key_object(&j, "gateway_conf");
	beacon(&j, &in->parts->beacon);
	if (g->has_position && g->latitude != 0)
		json_key_double(&j, "beacon_latitude", g->latitude);
	if (g->has_position && g->longitude != 0)
		json_key_double(&j, "beacon_longitude", g->longitude);
	json_object_end(&j);
	file_end(&j);
}

/* A basic string of TOML: quotes, backslashes and control characters are escaped. */
static void
toml_string(struct strbuf *out, const char *s)
{
	strbuf_putc(out, '"');
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < 0x20 || c == 0x7f)
			strbuf_printf(out, "\\u%04X", c);
		else if (c == '"' || c == '\\')
			strbuf_printf(out, "\\%c", c);
		else
			strbuf_putc(out, *s);
	}
	strbuf_putc(out, '"');
}

void
kerlink_lorafwd_write(const struct file_input *in, struct strbuf *out)
{
	const struct server *s = &in->servers[0];
	char eui[EUI_TEXT] = "FFFFFFFFFFFFFFFF";

	if (in->gateway->has_eui)
		eui_format(in->gateway->eui, eui);
	strbuf_puts(out, "# lorafwd, written by Gatehouse (TOML 0.5)\n\n[gateway]\n"
			 "# EUI of the gateway.\n");
	strbuf_printf(out, "%sid = 0x%s\n", in->gateway->has_eui ? "" : "#", eui);
	strbuf_puts(out, "\n[filter]\n# Uplinks with a valid CRC alone are forwarded.\n"
			 "\n[database]\n# Nothing is kept while the server is away.\n"
			 "\n[gwmp]\nnode = ");
	toml_string(out, s->host);
	strbuf_printf(
	    out, "\nservice.uplink = %u\nservice.downlink = %u\n", s->port, s->port);
	strbuf_puts(out, "\n[api]\n");
}
