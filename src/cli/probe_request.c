/* The request of a LoRa Basics Station, byte for byte. */
#include <stdio.h>

#include "base/crc.h"
#include "base/eui.h"
#include "base/number.h"
#include "cli/probe.h"
#include "registry/checks.h"

/* ---- the gateway's files --------------------------------------------------------------------- */

/* A file of a set; one that is not there is as good as an empty one. */
static int
read_set_file(struct probe *p, const char *folder, const char *name, struct span *out)
{
	struct cli *cli = p->cli;
	char path[1024];
	int err;

	snprintf(path, sizeof path, "%.900s/%s", folder, name);
	err = cli_read(cli, path, out);
	if (err == E_NOTFOUND) {
		cli->m.fault = (struct fault){0};
		*out = span_of(NULL, 0);
		return E_OK;
	}
	return err;
}

/* The URI in a file; the station takes its first line. */
static int
read_uri_file(struct probe *p, const char *folder, const char *name, struct span *uri)
{
	int err = read_set_file(p, folder, name, uri);

	*uri = span_trim(*uri);
	return err;
}

static int
read_folder(struct probe *p)
{
	const char *folder = cli_value(p->cli, "files");
	int err;

	if (folder == NULL)
		return E_OK;
	if ((err = read_uri_file(p, folder, "cups.uri", &p->info.cups_uri)) != E_OK ||
	    (err = read_set_file(p, folder, "cups.trust", &p->trust)) != E_OK ||
	    (err = read_set_file(p, folder, "cups.crt", &p->certificate)) != E_OK ||
	    (err = read_set_file(p, folder, "cups.key", &p->key)) != E_OK ||
	    (err = read_uri_file(p, folder, "tc.uri", &p->info.lns_uri)) != E_OK ||
	    (err = read_set_file(p, folder, "tc.trust", &p->lns_trust)) != E_OK ||
	    (err = read_set_file(p, folder, "tc.crt", &p->lns_certificate)) != E_OK)
		return err;
	return read_set_file(p, folder, "tc.key", &p->lns_key);
}

/* Single files go before those of the folder. */
static int
read_files(struct probe *p)
{
	const char *token = probe_key_file(p->cli), *cert = cli_value(p->cli, "cert"),
		   *key = cli_value(p->cli, "private-key"),
		   *trust = cli_value(p->cli, "trust");
	int err = read_folder(p);

	if (token[0] == '\0')
		token = NULL;
	if (err == E_OK && (cert != NULL) != (key != NULL))
		err = fault_set(&p->cli->m.fault, E_INVALID, NULL,
		    "--cert and --private-key belong together");
	if (err == E_OK && token != NULL && cert != NULL)
		err = fault_set(&p->cli->m.fault, E_INVALID, NULL,
		    "a gateway has a token or a certificate, not both");
	if (err == E_OK && trust != NULL)
		err = cli_read(p->cli, trust, &p->trust);
	if (err == E_OK && cert != NULL)
		err = cli_read(p->cli, cert, &p->certificate);
	if (err == E_OK && (key != NULL || token != NULL))
		err = cli_read(p->cli, key != NULL ? key : token, &p->key);
	if (err == E_OK && token != NULL)
		p->certificate = span_of(NULL, 0);
	return err;
}

/* CRC-32 of the three files, four zero bytes for each that is absent (cups.md). */
static uint32_t
crc_of_files(struct span trust, struct span certificate, struct span key)
{
	static const uint8_t zeros[4];
	const struct span files[] = {trust, certificate, key};
	uint32_t crc = 0;

	for (size_t i = 0; i < 3; i++)
		crc = crc32_more(
		    crc, files[i].len > 0 ? files[i] : span_of(zeros, sizeof zeros));
	return crc;
}

/* ---- where to ---------------------------------------------------------------------------------- */

static int
read_url(struct probe *p)
{
	const char *word = cli_word(p->cli, 0);
	struct span url = word != NULL ? span_str(word) : p->info.cups_uri;
	struct fault why = {0};
	struct station_address address;
	char complete[128];
	int err;

	if (url.len == 0)
		return fault_set(&p->cli->m.fault, E_INVALID, NULL,
		    "give the URL of the CUPS, or --files with a cups.uri in it");
	if (url.len > 7 && url.data[url.len - 1] == '/')
		url.len--;
	err = station_uri_complete(STATION_CUPS, url, complete, &why);
	if (err == E_OK)
		err =
		    station_uri_check(STATION_CUPS, span_str(complete), &address, &why);
	if (err != E_OK)
		return fault_set(
		    &p->cli->m.fault, E_INVALID, "URL", "%.200s", why.text);
	p->tls = address.tls;
	p->port = address.port;
	snprintf(p->host, sizeof p->host, "%s", address.host);
	if (p->info.cups_uri.len > 0)
		return E_OK;
	word = arena_strdup(&p->cli->arena, complete);
	p->info.cups_uri = span_str(word);
	return word != NULL ? E_OK : cli_fail(p->cli, E_NOMEM);
}

static int
read_crc(struct probe *p, const char *option, uint32_t usual, uint32_t *crc)
{
	uint64_t value = usual;
	int err = cli_number(p->cli, option, 0, UINT32_MAX, &value);

	*crc = (uint32_t)value;
	return err;
}

static void
read_text(struct probe *p, const char *option, const char *usual, struct span *text)
{
	const char *value = cli_value(p->cli, option);

	if (value != NULL || usual != NULL)
		*text = span_str(value != NULL ? value : usual);
}

static int
read_keys(struct probe *p)
{
	struct text_list list;
	uint64_t crc;
	int err = cli_list(p->cli, "keys", &list);

	for (size_t i = 0; err == E_OK && i < list.count; i++) {
		if (i == CUPS_KEYS_MAX ||
		    !number_u64(span_str(list.items[i]), 0, UINT32_MAX, &crc))
			return fault_set(&p->cli->m.fault, E_INVALID, "--keys",
			    "must be at most %d CRCs with commas between",
			    CUPS_KEYS_MAX);
		p->info.keys[p->info.key_count++] = (uint32_t)crc;
	}
	return err;
}

/* The gateway lists the keys that it has. */
static int
read_sig_keys(struct probe *p)
{
	struct text_list list;
	struct span bytes;
	int err = cli_list(p->cli, "sig-key", &list);

	for (size_t i = 0; err == E_OK && i < list.count; i++) {
		uint8_t *point = p->sig_keys[p->sig_key_count];

		if (i == PROBE_SIG_KEYS)
			return fault_set(&p->cli->m.fault, E_INVALID, "--sig-key",
			    "a gateway has at most %d", PROBE_SIG_KEYS);
		if ((err = cli_read(p->cli, list.items[i], &bytes)) != E_OK ||
		    (err = sign_point_read(bytes, point, &p->cli->m.fault)) != E_OK)
			return err;
		p->sig_key_count++;
		if (!cli_has(p->cli, "keys"))
			p->info.keys[p->info.key_count++] = sign_point_crc(point);
	}
	return err;
}

static int
read_eui(struct probe *p)
{
	const char *text = cli_value(p->cli, "eui");

	if (text == NULL && cli_has(p->cli, "body"))
		return E_OK;
	if (text == NULL)
		return fault_set(
		    &p->cli->m.fault, E_INVALID, "--eui", "is needed: who is asking");
	if (!eui_parse(span_str(text), &p->eui))
		return fault_set(&p->cli->m.fault, E_INVALID, "--eui",
		    "must be an EUI of 16 hex digits");
	return E_OK;
}

static int
read_options(struct probe *p)
{
	struct update_info *q = &p->info;
	int err;

	if ((err = read_eui(p)) != E_OK || (err = read_files(p)) != E_OK ||
	    (err = read_url(p)) != E_OK || (err = read_keys(p)) != E_OK ||
	    (err = read_sig_keys(p)) != E_OK)
		return err;
	read_text(p, "cups-uri", NULL, &q->cups_uri);
	read_text(p, "tc-uri", NULL, &q->lns_uri);
	read_text(p, "station", "2.0.6(gatehouse/probe)", &q->station);
	read_text(p, "model", "probe", &q->model);
	read_text(p, "package", NULL, &q->package);
	err = read_crc(p, "cups-crc", crc_of_files(p->trust, p->certificate, p->key),
	    &q->cups_crc);
	if (err != E_OK)
		return err;
	return read_crc(p, "tc-crc",
	    crc_of_files(p->lns_trust, p->lns_certificate, p->lns_key), &q->lns_crc);
}

/* ---- the body ------------------------------------------------------------------------------------ */

static void
put_text(struct json_out *j, const char *name, struct span text)
{
	json_key(j, name);
	if (text.len > 0)
		json_text(j, text);
	else
		json_null(j);
}

/* In the order of the station. */
static void
put_body(struct probe *p, struct strbuf *body)
{
	const struct update_info *q = &p->info;
	char router[EUI_ID6];
	struct json_out j;

	eui_format_id6(p->eui, router);
	json_init(&j, body, NULL);
	json_object(&j);
	json_key_str(&j, "router", router);
	put_text(&j, "cupsUri", q->cups_uri);
	put_text(&j, "tcUri", q->lns_uri);
	json_key_uint(&j, "cupsCredCrc", q->cups_crc);
	json_key_uint(&j, "tcCredCrc", q->lns_crc);
	put_text(&j, "station", q->station);
	put_text(&j, "model", q->model);
	put_text(&j, "package", q->package);
	json_key_array(&j, "keys");
	for (size_t i = 0; i < q->key_count; i++)
		json_uint(&j, q->keys[i]);
	json_array_end(&j);
	json_object_end(&j);
}

/* The text of cups.key as header lines. One that is only the key gets what the reference
 * server's documents tell people to write before it. */
static void
put_key(struct probe *p, struct strbuf *out)
{
	struct span rest = p->key;

	if (p->certificate.len > 0 || rest.len == 0)
		return;
	if (!p->tls && !cli_has(p->cli, "key-without-tls")) {
		probe_say(p, false,
		    "the key was not sent: a gateway sends it only over TLS (see "
		    "--key-without-tls)");
		return;
	}
	if (memmem(rest.data, rest.len, ": ", 2) == NULL) {
		probe_say(p, false,
		    "the key is no header line; \"Authorization: Bearer \" was put "
		    "before it");
		strbuf_puts(out, "Authorization: Bearer ");
	}
	while (rest.len > 0) {
		const uint8_t *end = memchr(rest.data, '\n', rest.len);
		size_t n = end != NULL ? (size_t)(end - rest.data) : rest.len;
		struct span line = span_trim(span_of(rest.data, n));

		rest = span_from(rest, n + 1);
		if (line.len == 0)
			continue;
		strbuf_put(out, line.data, line.len);
		strbuf_puts(out, "\r\n");
	}
}

int
probe_request(struct probe *p)
{
	const char *file = cli_value(p->cli, "body");
	struct strbuf made;
	struct span body;
	int err = read_options(p);

	strbuf_init(&made, 65536);
	if (err == E_OK && file != NULL)
		err = cli_read(p->cli, file, &body);
	if (err != E_OK)
		return err;
	if (file == NULL) {
		put_body(p, &made);
		body = strbuf_span(&made);
	}
	strbuf_printf(&p->request,
	    "POST /update-info HTTP/1.1\r\nHost: %s:%u\r\nContent-Type: "
	    "application/json\r\nContent-Length:%6zu\r\n",
	    p->host, (unsigned)p->port, body.len);
	put_key(p, &p->request);
	strbuf_puts(&p->request, "\r\n");
	strbuf_put(&p->request, body.data, body.len);
	err = made.err != E_OK ? made.err : p->request.err;
	strbuf_clear(&made);
	return cli_fail(p->cli, err);
}
