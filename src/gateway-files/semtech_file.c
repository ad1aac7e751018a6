/*
 * global_conf.json of the Semtech packet forwarders around the concentrator's part:
 *   {"SX1301_conf" or "SX130x_conf": …, "gateway_conf": {…}}
 */
#include "gateway-files/json_file.h"

#include <math.h>

#include "base/eui.h"

#define BEACON_PERIOD 128

static void
server(struct json_out *j, const char *eui, const struct server *s)
{
	if (eui[0] != '\0')
		json_key_str(j, "gateway_ID", eui);
	json_key_str(j, "server_address", s->host);
	json_key_uint(j, "serv_port_up", s->port);
	json_key_uint(j, "serv_port_down", s->port);
}

static void
servers(struct json_out *j, const struct file_input *in)
{
	char eui[EUI_TEXT] = "";

	if (in->gateway->has_eui)
		eui_format(in->gateway->eui, eui);
	server(j, eui, &in->servers[0]);
	json_key_array(j, "servers");
	for (size_t i = 0; i < in->server_count; i++) {
		json_object(j);
		server(j, eui, &in->servers[i]);
		json_key_bool(j, "serv_enabled", true);
		json_object_end(j);
	}
	json_array_end(j);
}

static void
position(struct json_out *j, const struct gateway_facts *g)
{
	json_key_double(j, "ref_latitude", g->latitude);
	json_key_double(j, "ref_longitude", g->longitude);
	json_key_int(j, "ref_altitude",
	    (int64_t)fmax(INT16_MIN, fmin(INT16_MAX, floor(g->altitude + 0.5))));
}

static void
beacon(struct json_out *j, const struct settings_beacon *b)
{
	json_key_uint(j, "beacon_period", BEACON_PERIOD);
	json_key_uint(j, "beacon_freq_hz", b->radio.frequency);
	if (b->radio.count > 1) {
		json_key_uint(j, "beacon_freq_nb", b->radio.count);
		json_key_uint(j, "beacon_freq_step", b->radio.step);
	}
	json_key_uint(j, "beacon_datarate", b->radio.sf);
	json_key_uint(j, "beacon_bw_hz", b->radio.bandwidth);
	json_key_int(j, "beacon_power", b->power);
	json_key_uint(j, "beacon_infodesc", 0);
}

static void
gateway_conf(struct json_out *j, const struct file_input *in)
{
	const struct file_parts *p = in->parts;

	json_key_object(j, "gateway_conf");
	servers(j, in);
	if (!in->gateway->reference) {
		if (p->gps_path != NULL)
			json_key_str(j, "gps_tty_path", p->gps_path);
		if (in->gateway->has_position)
			position(j, in->gateway);
		if (p->beacon.enable)
			beacon(j, &p->beacon);
	}
	json_object_end(j);
}

void
file_begin(struct json_out *j, const struct file_input *in, struct strbuf *out)
{
	json_init(j, out, in->gateway->compact ? NULL : "\t");
	json_object(j);
	json_key(j, in->parts->format->key);
	json_raw(j, in->parts->conf);
}

void
file_end(struct json_out *j)
{
	json_object_end(j);
	if (j->indent != NULL)
		strbuf_putc(j->to, '\n');
}

void
semtech_write(const struct file_input *in, struct strbuf *out)
{
	struct json_out j;

	file_begin(&j, in, out);
	gateway_conf(&j, in);
	file_end(&j);
}
