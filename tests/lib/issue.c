/*
 *	issue NAME [ca=NAME] [cn=TEXT] [use=ca|client|server|none] [from=TIME] [until=TIME]
 *	    [dns=NAME] [ip=ADDRESS]
 *
 * makes a P-256 key and a certificate, signed by the CA that an earlier call made, or by
 * itself: NAME.der, NAME.pem, NAME.key (PEM) and NAME.key.der. Times are told from now, with
 * a sign (-1d and +365d when not given); GATEHOUSE_TEST_NOW sets what now is.
 */
#include <stdio.h>
#include <stdlib.h>

#include "app/test_clock.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/number.h"
#include "crypto/certificate.h"

static struct arena arena;
static struct fault fault;

static void
give_up(int err)
{
	char text[400];

	fault.err = err;
	fprintf(stderr, "issue: %s\n", fault_text(&fault, text, sizeof text));
	exit(1);
}

static void
must(int err)
{
	if (err != E_OK)
		give_up(err);
}

static struct span
read_file(const char *name, const char *ending)
{
	struct strbuf b;
	struct span copy;

	strbuf_init(&b, 65536);
	must(file_read(arena_printf(&arena, "%s%s", name, ending), &b, &fault));
	copy = span_of(arena_dup(&arena, strbuf_span(&b)), b.len);
	strbuf_clear(&b);
	return copy;
}

static void
write_file(const char *name, const char *ending, struct span bytes)
{
	must(file_replace(
	    arena_printf(&arena, "%s%s", name, ending), 0600, bytes, &fault));
}

static const char *
option(char **words, const char *name, const char *otherwise)
{
	size_t n = strlen(name);

	for (; *words != NULL; words++)
		if (strncmp(*words, name, n) == 0 && (*words)[n] == '=')
			return *words + n + 1;
	return otherwise;
}

static int64_t
from_now(const char *text)
{
	int64_t seconds;

	if (!number_duration(span_str(text + strspn(text, "+-")), &seconds))
		give_up(fault_set(&fault, E_INVALID, "time", "\"%s\"", text));
	return clock_now() + (text[0] == '-' ? -seconds : seconds);
}

int
main(int argc, char **argv)
{
	const char *name, *ca, *use, *names[2] = {0}, *addresses[2] = {0};
	struct certificate_request request = {0};
	struct span key, der, pem, ca_der = {0}, ca_key = {0};

	if (argc < 2) {
		fprintf(stderr, "usage: issue NAME [WORD=VALUE...]\n");
		return 2;
	}
	log_open("issue", LOG_STDERR, LOG_ERROR);
	test_clock_open();
	test_clock_read();
	arena_init(&arena, 4 << 20);
	name = argv[1];
	if ((ca = option(argv + 2, "ca", NULL)) != NULL) {
		ca_der = read_file(ca, ".der");
		ca_key = read_file(ca, ".key.der");
	}
	use = option(argv + 2, "use", "client");
	names[0] = option(argv + 2, "dns", NULL);
	addresses[0] = option(argv + 2, "ip", NULL);
	request =
	    (struct certificate_request){.common_name = option(argv + 2, "cn", name),
		.dns_names = names,
		.ip_addresses = addresses,
		.not_before = from_now(option(argv + 2, "from", "-1d")),
		.not_after = from_now(option(argv + 2, "until", "+365d")),
		.ca = strcmp(use, "ca") == 0,
		.client = strcmp(use, "client") == 0,
		.server = strcmp(use, "server") == 0};
	must(private_key_new(&arena, &key));
	must(certificate_issue(&request, key, ca_der, ca_key, &arena, &der, &fault));
	write_file(name, ".der", der);
	write_file(name, ".key.der", key);
	must(certificate_pem(der, &arena, &pem));
	write_file(name, ".pem", pem);
	must(private_key_pem(key, &arena, &pem));
	write_file(name, ".key", pem);
	arena_clear(&arena);
	return 0;
}
