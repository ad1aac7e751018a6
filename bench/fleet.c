/*
 * Makes a data folder with many gateways for benchmarks: bench-fleet FOLDER N. They share
 * a network server and a trust certificate for each side; gateway i has the EUI 58A0CBFFFE000000
 * + i, the key `bench-key-i` of generation 1 and the LNS key `bench-lns-i`. Prints the body
 * of an idle request of the gateway in the middle, and its key, as shell assignments.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/crc.h"
#include "base/log.h"
#include "crypto/digest.h"
#include "manage/manage.h"

#define FIRST 0x58a0cbfffe000000
#define BATCH 2000
#define LINE "Authorization: Bearer "

struct fleet {
	struct manage m;
	struct arena arena;
	uint64_t count, next;
	uint64_t lns;
	struct trust cups_trust, lns_trust;
};

static void
give_up(const char *what, int err, const struct fault *fault)
{
	char text[400];

	fprintf(stderr, "bench-fleet: %s: %s (%s)\n", what, err_text(err),
	    fault_text(fault, text, sizeof text));
	exit(1);
}

/* A certificate's size is what costs; its bytes do not matter here. */
static void
make_trust(struct trust *t, const char *id, const char *address, uint8_t fill)
{
	static uint8_t der[2][1400];
	static const char *addresses[2];
	size_t i = fill & 1;

	memset(der[i], fill, sizeof der[i]);
	memcpy(der[i], "\x30\x82\x05\x74", 4);
	addresses[i] = address;
	record_init(&trust_kind, t);
	t->trust_id = id;
	t->der = span_of(der[i], sizeof der[i]);
	t->crc = crc32_of(t->der);
	t->addresses = (struct text_list){&addresses[i], 1};
}

static int
put(struct fleet *f, struct store_txn *txn, const struct record_kind *kind,
    void *record)
{
	int err = registry_next_serial(txn, record);

	return err == E_OK ? registry_put(txn, kind, record, f->m.arena, &f->m.fault)
			   : err;
}

static int
make_servers(struct store_txn *txn, void *arg)
{
	struct fleet *f = arg;
	struct lns lns;
	int err;

	make_trust(&f->cups_trust, "cups-root", "cups.example.com:443", 0);
	make_trust(&f->lns_trust, "lns-root", "lns.example.com:8887", 1);
	record_init(&lns_kind, &lns);
	lns.lns_id = "lns-bench";
	lns.uri = "wss://lns.example.com:8887";
	if ((err = put(f, txn, &trust_kind, &f->cups_trust)) != E_OK ||
	    (err = put(f, txn, &trust_kind, &f->lns_trust)) != E_OK ||
	    (err = put(f, txn, &lns_kind, &lns)) != E_OK)
		return err;
	f->lns = lns.serial;
	return E_OK;
}

static int
make_key(struct fleet *f, struct store_txn *txn, uint64_t i, uint64_t gateway,
    struct key *key)
{
	static uint8_t digest[SHA256_SIZE];
	const char *plain = arena_printf(f->m.arena, "bench-key-%" PRIu64, i);
	int err;

	record_init(&key_kind, key);
	if ((err = registry_next_serial(txn, &key->serial)) != E_OK ||
	    (err = sha256(span_str(plain), digest)) != E_OK)
		return err;
	key->key_id = arena_printf(f->m.arena, "bench-%" PRIu64, i);
	key->digest = span_of(digest, sizeof digest);
	key->rights = RIGHTS_CUPS;
	key->gateway = gateway;
	key->generation = 1;
	err = manage_seal(&f->m, &key_kind, key->serial, "value", span_str(plain),
	    false, &key->value);
	return err == E_OK ? registry_put(txn, &key_kind, key, f->m.arena, &f->m.fault)
			   : err;
}

static int
make_gateway(struct fleet *f, struct store_txn *txn, uint64_t i)
{
	const char *secret = arena_printf(f->m.arena, "bench-lns-%" PRIu64, i);
	struct gateway g;
	struct key key;
	int err;

	record_init(&gateway_kind, &g);
	if ((err = registry_next_serial(txn, &g.serial)) != E_OK ||
	    (err = make_key(f, txn, i, g.serial, &key)) != E_OK ||
	    (err = manage_seal(&f->m, &gateway_kind, g.serial, "lbs_lns_secret.value",
		 span_str(secret), false, &g.lns_secret)) != E_OK)
		return err;
	g.gateway_id = arena_printf(f->m.arena, "bench-gateway-%" PRIu64, i);
	g.eui = FIRST + i;
	g.name = "A gateway of the bench";
	g.lns = f->lns;
	g.target_cups_key = key.serial;
	return registry_put(txn, &gateway_kind, &g, f->m.arena, &f->m.fault);
}

static int
make_batch(struct store_txn *txn, void *arg)
{
	struct fleet *f = arg;
	uint64_t end = f->next + BATCH < f->count ? f->next + BATCH : f->count;
	int err = E_OK;

	for (uint64_t i = f->next; err == E_OK && i < end; i++) {
		err = make_gateway(f, txn, i);
		arena_reset(f->m.arena);
	}
	return err;
}

/* What a gateway reports that has everything: CRC-32 over trust, 4 zero bytes, line. */
static uint32_t
reported(const struct trust *trust, const char *secret)
{
	uint32_t crc = crc32_more(crc32_of(trust->der), span_of("\0\0\0\0", 4));

	crc = crc32_more(crc32_more(crc, span_str(LINE)), span_str(secret));
	return crc32_more(crc, span_of("\r\n", 2));
}

static void
print_request(const struct fleet *f)
{
	uint64_t i = f->count / 2;
	char key[40], secret[40];

	snprintf(key, sizeof key, "bench-key-%" PRIu64, i);
	snprintf(secret, sizeof secret, "bench-lns-%" PRIu64, i);
	printf("key='%s'\nbody='{\"router\":\"58a0:cbff:%x:%x\","
	       "\"cupsUri\":\"https://cups.example.com:443\","
	       "\"tcUri\":\"wss://lns.example.com:8887\",\"cupsCredCrc\":%" PRIu32
	       ",\"tcCredCrc\":%" PRIu32
	       ",\"station\":\"2.0.6(linux/std) 2022-01-18 10:22:16\","
	       "\"model\":\"linux\",\"package\":\"v1.2.3\","
	       "\"keys\":[3912465528,1445978646]}'\n",
	    key, (unsigned)(0xfe00 + (i >> 16)), (unsigned)(i & 0xffff),
	    reported(&f->cups_trust, key), reported(&f->lns_trust, secret));
}

int
main(int argc, char **argv)
{
	struct fleet f = {0};
	struct data data;
	struct data_options options = {.create = true};
	struct fault fault = {0};
	char ring[1100];
	int err;

	if (argc != 3 || (f.count = strtoull(argv[2], NULL, 10)) == 0 ||
	    f.count > 65000000) {
		fprintf(stderr, "usage: bench-fleet FOLDER N\n");
		return 2;
	}
	options.path = argv[1];
	snprintf(ring, sizeof ring, "%s/seal.keys", argv[1]);
	if ((err = data_open(&options, &data, &fault)) != E_OK ||
	    (err = seal_create(ring, &fault)) != E_OK)
		give_up("cannot make the folder", err, &fault);
	data_close(&data);
	if ((err = data_open(&options, &data, &fault)) != E_OK)
		give_up("cannot open the folder", err, &fault);
	arena_init(&f.arena, 64 << 20);
	f.m = (struct manage){.data = &data,
	    .arena = &f.arena,
	    .actor = "bench",
	    .now = clock_now(),
	    .wait_ms = 1000};
	err = store_update(data.registry, 1000, make_servers, &f);
	for (; err == E_OK && f.next < f.count; f.next += BATCH)
		err = store_update(data.registry, 1000, make_batch, &f);
	if (err != E_OK)
		give_up("cannot fill it", err, &f.m.fault);
	print_request(&f);
	data_close(&data);
	arena_clear(&f.arena);
	return 0;
}
