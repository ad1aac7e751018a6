#include "tests/unit/decision_scene.h"

#include "base/crc.h"

struct secret
secret_of(const char *text)
{
	struct secret s = {.sealed = BYTES("sealed")};

	assert_int_equal(secret_describe(span_str(text), false, &s, NULL), E_OK);
	return s;
}

uint32_t
crc_of_token(const char *trust, const char *line)
{
	return crc32_more(
	    crc32_more(crc32_of(span_str(trust)), BYTES("\0\0\0\0")), span_str(line));
}

int
setup(void **state)
{
	struct scene *s = test_calloc(1, sizeof *s);

	arena_init(&s->arena, 1 << 20);
	record_init(&gateway_kind, &s->gateway);
	record_init(&gateway_state_kind, &s->state);
	record_init(&key_kind, &s->key);
	s->gateway.serial = s->state.serial = 7;
	s->gateway.gateway_id = "gw-1";
	s->gateway.eui = 0x58a0cbfffe800001;
	s->gateway.lns_secret = secret_of("lns-key");
	s->gateway.target_cups_key = 9;
	s->lns_trust = (struct trust){
	    .der = BYTES("\x30\x01L"), .crc = crc32_of(BYTES("\x30\x01L"))};
	s->cups_trust = (struct trust){.der = BYTES("\x30\x01"
						    "C"),
	    .crc = crc32_of(BYTES("\x30\x01"
				  "C"))};
	s->here_trust = s->cups_trust;
	s->key.serial = 9;
	s->key.generation = 2;
	s->key.gateway = 7;
	s->key.rights = RIGHTS_CUPS;
	s->key.value = secret_of("cups-key-2");
	s->principal = (struct principal){.credential = CREDENTIAL_KEY, .key = s->key};
	s->policy = (struct cups_policy){
	    .allow_redirect = true, .push_limit = 3, .default_lns = "", .cups_uri = ""};
	s->request = (struct update_info){.eui = s->gateway.eui,
	    .cups_uri = span_str("https://c.example:443"),
	    .lns_uri = span_str("wss://l.example:8887"),
	    .has_cups_crc = true,
	    .has_lns_crc = true};
	s->request.cups_crc = CUPS_CRC;
	s->request.lns_crc = LNS_CRC;
	s->in = (struct cups_inputs){.request = &s->request,
	    .principal = &s->principal,
	    .gateway = &s->gateway,
	    .state = &s->state,
	    .policy = &s->policy,
	    .now = NOW,
	    .lns_uri = "wss://l.example:8887",
	    .lns_trust = &s->lns_trust,
	    .cups_trust = &s->cups_trust,
	    .here_trust = &s->here_trust,
	    .cups_key = &s->key};
	*state = s;
	return 0;
}

int
teardown(void **state)
{
	struct scene *s = *state;

	arena_clear(&s->arena);
	test_free(s);
	return 0;
}

void
decide(struct scene *s)
{
	assert_int_equal(cups_decide(&s->in, &s->arena, &s->d), E_OK);
}

void
next(struct scene *s)
{
	s->state = s->d.next;
	decide(s);
}

bool
said(const struct scene *s, enum cups_part part, enum cups_why why)
{
	for (size_t i = 0; i < s->d.reason_count; i++)
		if (s->d.reasons[i].part == part && s->d.reasons[i].why == why)
			return true;
	return false;
}

void
expect(struct scene *s, const char *cups_uri, bool cups, const char *lns_uri, bool lns)
{
	assert_int_equal(s->d.err, E_OK);
	assert_true(span_eq(span_str(s->d.cups_uri), span_str(cups_uri)));
	assert_int_equal(s->d.send_cups, cups);
	assert_true(span_eq(span_str(s->d.lns_uri), span_str(lns_uri)));
	assert_int_equal(s->d.send_lns, lns);
}

void
settle(struct scene *s)
{
	s->state.confirmed_generation = s->state.first_generation = 2;
}
