/* An answer, field by field. */
#include <stdio.h>

#include "base/crc.h"
#include "base/eui.h"
#include "base/hex.h"
#include "cli/probe.h"
#include "crypto/certificate.h"
#include "cups/credentials.h"

/* ---- credentials -------------------------------------------------------------------------------- */

static void
show_certificate(struct probe *p, const char *name, struct span der)
{
	struct certificate_info info;
	struct out *o = &p->cli->out;
	struct fault why = {0};

	if (certificate_inspect(der, &p->cli->arena, &info, &why) != E_OK) {
		probe_say(p, false, "%s: no certificate that can be read: %s", name,
		    why.text);
		return;
	}
	if (o->json) {
		out_object(o, name, NULL);
		out_str(o, "subject", info.subject);
		out_str(o, "issuer", info.issuer);
		out_time(o, "not_after", info.not_after);
		out_str(o, "sha256", info.sha256);
		out_object_end(o);
	} else {
		out_str(o, name, info.subject);
		out_time(o, "  expires", info.not_after);
		out_str(o, "  sha256", info.sha256);
	}
	if (info.not_after <= p->cli->m.now)
		probe_say(p, false, "%s: the certificate has expired", name);
}

/* Enough to tell keys apart, and to see what stands before them. */
static void
show_token(struct probe *p, struct span token)
{
	struct out *o = &p->cli->out;
	size_t shown = 0, last = 0;
	char text[200];

	token = span_trim(token);
	if (cli_has(p->cli, "show-secrets")) {
		out_span(o, "token", token);
		return;
	}
	for (size_t i = 0; i < token.len; i++)
		if (token.data[i] == ' ')
			last = i + 1;
	shown = token.len - last > 24 ? last + 10 : last;
	snprintf(text, sizeof text, "%.*s... (%zu characters)",
	    (int)(shown < 100 ? shown : 100), (const char *)token.data, token.len);
	out_str(o, "token", text);
}

static void
show_private_key(struct probe *p, const struct credentials_parts *parts)
{
	struct out *o = &p->cli->out;
	struct fault why = {0};

	if (private_key_matches(parts->key, parts->certificate, &why) != E_OK)
		probe_say(p, false, "the private key: %s", why.text);
	out_note(o, "private key", "%zu bytes", parts->key.len);
	if (o->json)
		out_uint(o, "private_key_bytes", parts->key.len);
}

static void
show_credentials(struct probe *p, const char *name, const char *title, struct span blob,
    uint32_t reported)
{
	struct out *o = &p->cli->out;
	struct credentials_parts parts;
	struct fault why = {0};
	uint32_t crc = crc32_of(blob);

	if (blob.len == 0)
		return;
	out_object(o, name, title);
	out_uint(o, "bytes", blob.len);
	out_uint(o, "crc", crc);
	if (crc == reported)
		probe_say(p, false,
		    "%s: the gateway has these already: sent again and again, this is "
		    "a loop",
		    name);
	if (credentials_split(blob, &parts, &why) != E_OK) {
		probe_say(p, true,
		    "%s: %s: %s; the gateway keeps its files and comes back", name,
		    why.field, why.text);
		out_object_end(o);
		return;
	}
	show_certificate(p, "trust", parts.trust);
	if (parts.certificate.len > 0)
		show_certificate(p, "certificate", parts.certificate);
	if (parts.token)
		show_token(p, parts.key);
	else if (parts.key.len > 0)
		show_private_key(p, &parts);
	out_object_end(o);
}

/* ---- firmware ------------------------------------------------------------------------------------- */

/* The client tries all its keys, whatever CRC is named. -1: none of them has made it. */
static int
signer(const struct probe *p)
{
	for (size_t i = 0; i < p->sig_key_count; i++)
		if (sign_verify(p->sig_keys[i], p->digests.sha512, p->answer.signature,
			NULL) == E_OK)
			return (int)i;
	return -1;
}

static void
judge_signature(struct probe *p, int by)
{
	const struct update_answer *a = &p->answer;
	bool known = false;

	for (size_t i = 0; i < p->info.key_count; i++)
		known |= p->info.keys[i] == a->signature_key_crc;
	if (a->signature.len == 0 && p->sig_key_count > 0)
		probe_say(p, true,
		    "an update without a signature: a gateway that has a key drops it");
	else if (a->signature.len == 0)
		probe_say(
		    p, false, "an update without a signature: the gateway may drop it");
	else if (p->sig_key_count > 0 && by < 0)
		probe_say(p, true,
		    "the signature of the update is by none of these keys: the gateway "
		    "drops it");
	else if (by >= 0 && sign_point_crc(p->sig_keys[by]) != a->signature_key_crc)
		probe_say(
		    p, false, "keyCRC names another key than the one that has signed");
	else if (by < 0 && !known)
		probe_say(p, false,
		    "the update is signed by a key that the gateway does not have "
		    "(--keys)");
}

static void
show_update(struct probe *p)
{
	const struct update_answer *a = &p->answer;
	struct out *o = &p->cli->out;
	char sha512[2 * SHA512_SIZE + 1];
	int by = signer(p);

	if (a->signature.len == 0 && a->update_length == 0)
		return;
	hex_encode(p->digests.sha512, SHA512_SIZE, sha512);
	out_object(o, "update", "update");
	out_uint(o, "bytes", a->update_length);
	if (a->update_length > 0)
		out_str(o, "sha512", sha512);
	out_uint(o, "signature_bytes", a->signature.len);
	out_uint(o, "key_crc", a->signature_key_crc);
	if (p->sig_key_count > 0)
		out_bool(o, "verified", by >= 0);
	out_object_end(o);
	judge_signature(p, by);
}

/* ---- what it means ------------------------------------------------------------------------------- */

static const char *
outcome(const struct probe *p)
{
	const struct update_answer *a = &p->answer;

	if (p->status != 0 && p->status != 200)
		return "The gateway takes this as a rejection and tries its next set "
		       "of credentials in a minute.";
	if (!p->decoded || probe_rejected(p))
		return "The gateway does not take this answer.";
	if (a->update_length > 0)
		return "The gateway saves what is new, verifies the update and "
		       "installs it.";
	if (a->cups_uri.len > 0 || a->cups_credentials.len > 0)
		return "The gateway saves what is new and comes back within a minute "
		       "or, while it is connected to its network server, a day.";
	if (a->lns_uri.len > 0 || a->lns_credentials.len > 0)
		return "The gateway saves what is new, connects to its network server "
		       "and comes back in a day.";
	return "Nothing is new. The gateway goes on and comes back in a day, or in a "
	       "minute while its network server is not there.";
}

static void
show_findings(struct probe *p)
{
	struct out *o = &p->cli->out;

	out_list(o, "findings");
	for (size_t i = 0; i < p->finding_count; i++) {
		out_hanging(
		    o, p->findings[i].fatal ? "  ! " : "  * ", p->findings[i].text);
		if (!o->json)
			continue;
		out_object(o, NULL, NULL);
		out_bool(o, "fatal", p->findings[i].fatal);
		out_str(o, "text", p->findings[i].text);
		out_object_end(o);
	}
	out_list_end(o);
}

static void
show_head(struct probe *p)
{
	struct out *o = &p->cli->out;
	char eui[EUI_TEXT];

	eui_format(p->eui, eui);
	if (!o->json)
		out_line(o, "POST %s://%s:%u/update-info as %s",
		    p->tls ? "https" : "http", p->host, (unsigned)p->port,
		    p->eui != 0 ? eui : "in the body");
	out_str(o, "eui", o->json ? eui : "");
	if (p->tls) {
		out_str(o, "tls", p->peer.version);
		out_str(o, "server", p->peer.subject);
		out_str(o, "root", p->peer.root_subject);
		out_time(o, "chain_expires", p->peer.chain_expires);
		if (p->peer.wants_certificate)
			out_bool(o, "wants_certificate", true);
	}
	out_note(o, "status", "%d %.*s", p->status, (int)p->reason.len,
	    p->reason.len > 0 ? (const char *)p->reason.data : "");
	if (o->json)
		out_uint(o, "status", (uint64_t)p->status);
	out_uint(o, "bytes", probe_body_bytes(p));
	if (p->status != 200 && p->body.len > 0)
		out_span(o, "body",
		    span_trim(
			span_of(p->body.data, p->body.len < 600 ? p->body.len : 600)));
}

void
probe_show(struct probe *p)
{
	const struct update_answer *a = &p->answer;
	struct out *o = &p->cli->out;

	out_object(o, NULL, NULL);
	show_head(p);
	if (p->decoded) {
		out_span(o, "cups_uri", a->cups_uri);
		out_span(o, "lns_uri", a->lns_uri);
		show_credentials(p, "cups_credentials", "credentials for CUPS",
		    a->cups_credentials, p->info.cups_crc);
		show_credentials(p, "lns_credentials",
		    "credentials for the network server", a->lns_credentials,
		    p->info.lns_crc);
		show_update(p);
	}
	if (o->json) {
		out_bool(o, "accepted", p->decoded && !probe_rejected(p));
		out_str(o, "outcome", outcome(p));
	} else {
		out_line(o, "%s", "");
		out_paragraph(o, 0, outcome(p));
	}
	show_findings(p);
	out_object_end(o);
}
