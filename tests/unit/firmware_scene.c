#include "tests/unit/firmware_scene.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/hex.h"

/* ---- making them ------------------------------------------------------------------------ */

int
add_image(struct fixture *f, const char *id, int family, const char *content)
{
	struct firmware_adding how = {.id = id, .file_name = "file", .family = family};
	const char *path = fixture_path(f, "upload");
	FILE *file = fopen(path, "w");
	struct firmware stored;
	bool healed;
	int fd, err;

	assert_non_null(file);
	fputs(content, file);
	fclose(file);
	fd = open(path, O_RDONLY);
	err = manage_firmware_add(&f->manage, &how, fd, &stored, &healed);
	close(fd);
	return err;
}

void
image(struct fixture *f, const char *id, const char *content)
{
	worker(f);
	done(f, add_image(f, id, FIRMWARE_STATION, content));
}

const char *
blob_path(struct fixture *f, const char *id)
{
	struct firmware image;
	char hex[65];

	worker(f);
	done(f, manage_get(&f->manage, &firmware_kind, id, &image));
	hex_encode(image.sha256.data, 32, hex);
	return arena_printf(&f->arena, "%s/blobs/%.2s/%s", f->data.path, hex, hex);
}

int
add_record(struct fixture *f, const struct record_kind *kind, const char *const *pairs)
{
	struct edit edits[16];
	size_t n = 0;

	for (; pairs[2 * n] != NULL; n++)
		edits[n] = (struct edit){pairs[2 * n], span_str(pairs[2 * n + 1])};
	return kind == &rollout_kind ? manage_rollout_create(worker(f), edits, n)
				     : manage_add(worker(f), kind, edits, n, NULL);
}

void
fleet(struct fixture *f, unsigned n)
{
	char id[16], eui[17];

	image(f, "fw-1", "one");
	done(f, RECORD(f, &release_kind, "release_id", "rel-1", "firmware", "fw-1",
		    "version", "2", "unsigned", "true"));
	done(f, RECORD(f, &channel_kind, "channel_id", "stable"));
	done(f, RECORD(f, &rollout_kind, "rollout_id", "ro-1", "release", "rel-1",
		    "channel", "stable"));
	for (unsigned i = 1; i <= n; i++) {
		snprintf(id, sizeof id, "gw-%u", i);
		snprintf(eui, sizeof eui, "58A0CB%010X", i);
		done(f, RECORD(f, &gateway_kind, "ids.gateway_id", id, "ids.eui", eui,
			    "update_channel", "stable", "auto_update", "true"));
	}
}

int
act(struct fixture *f, const char *id, enum rollout_action action, double percentage)
{
	struct rollout_act how = {.action = action, .percentage = percentage};
	struct rollout_state after;

	return manage_rollout_act(worker(f), id, &how, &after);
}

uint64_t
serial_of(struct fixture *f, const struct record_kind *kind, const char *id)
{
	uint64_t *record = arena_zalloc(&f->arena, 1, kind->size);

	done(f, manage_get(&f->manage, kind, id, record));
	return *record;
}

static struct ticked
tick(struct fixture *f)
{
	struct ticking how = {0};
	struct ticked ticked;

	done(f, manage_tick(&f->manage, &how, &ticked));
	return ticked;
}

struct ticked
tick_at(struct fixture *f, int64_t now)
{
	worker(f)->now = now;
	return tick(f);
}

/* ---- gateways as the endpoints leave them ---------------------------------------------------- */

struct outcome {
	uint64_t rollout, gateway;
	enum rollout_outcome outcome;
	int64_t at;
};

static int
set_outcome_in(struct store_txn *ledger, void *arg)
{
	const struct outcome *o = arg;
	struct rollout_state state;
	struct rollout_offer offer;
	struct arena arena;
	int err;

	arena_init(&arena, 1 << 20);
	err = rollout_state_get(ledger, o->rollout, &arena, &state);
	if (err == E_OK)
		err = rollout_offer_get(ledger, o->rollout, o->gateway, &offer);
	rollout_count(&state, (enum rollout_outcome)offer.outcome, o->outcome);
	offer = (struct rollout_offer){.serial = o->gateway,
	    .outcome = o->outcome,
	    .offers = 3,
	    .offered_at = o->at,
	    .outcome_at = o->at};
	if (err == E_OK)
		err = rollout_offer_put(ledger, o->rollout, &offer);
	if (err == E_OK)
		err = rollout_state_put(ledger, &state);
	arena_clear(&arena);
	return err;
}

void
set_outcome(
    struct fixture *f, unsigned gateway, enum rollout_outcome outcome, int64_t at)
{
	struct outcome o = {.outcome = outcome, .at = at};
	char id[16];

	snprintf(id, sizeof id, "gw-%u", gateway);
	worker(f);
	o.rollout = serial_of(f, &rollout_kind, "ro-1");
	o.gateway = serial_of(f, &gateway_kind, id);
	assert_int_equal(store_update(f->data.ledger, 5000, set_outcome_in, &o), E_OK);
}
