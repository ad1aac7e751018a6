#include "registry/data.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/log.h"
#include "registry/sighting.h"
#include "registry/throttle.h"

static int
make_folder(const char *path, struct fault *fault)
{
	if (mkdir(path, 0770) != 0 && errno != EEXIST)
		return file_fault(fault, path, "make the folder");
	return E_OK;
}

static int
open_store(const struct data_options *o, const char *name, const char *const *tables,
    uint32_t schema, bool read_only, struct store **store, struct fault *fault)
{
	struct store_options options = {.tables = tables,
	    .schema = schema,
	    .create = o->create,
	    .read_only = read_only,
	    .map_initial = o->map_initial,
	    .map_max = o->map_max};
	char path[1100];
	int err;

	if (o->memory)
		return store_open_memory(&options, store);
	snprintf(path, sizeof path, "%s/%s", o->path, name);
	if (o->create && (err = make_folder(path, fault)) != E_OK)
		return err;
	return store_open(path, &options, store, fault);
}

/* Sightings may be lost, so a fault with them must not stop anything. */
static void
open_slots(const struct data_options *o, const char *name, size_t size, uint64_t max,
    struct slots **slots)
{
	struct fault fault = {0};
	char path[1100], text[400];

	snprintf(path, sizeof path, "%s/sightings/%s", o->path, name);
	if (slots_open(path, name, size, max, slots, &fault) == E_OK)
		return;
	*slots = NULL;
	log_line(LOG_WARN, "working without sightings: %s",
	    fault_text(&fault, text, sizeof text));
}

static int
open_folder(const struct data_options *o, struct fault *fault)
{
	char path[1100];
	int err;

	if (!o->create)
		return E_OK;
	if ((err = make_folder(o->path, fault)) != E_OK)
		return err;
	snprintf(path, sizeof path, "%s/sightings", o->path);
	return make_folder(path, fault);
}

/* ---- sealing ---------------------------------------------------------------------- */

/* Zeros when there is no such file. */
static struct seal_mark
mark_of(const char *path)
{
	struct seal_mark mark = {0};
	struct stat st;

	if (stat(path, &st) != 0)
		return mark;
	mark.inode = st.st_ino;
	mark.size = (uint64_t)st.st_size;
	mark.seconds = st.st_mtim.tv_sec;
	mark.nanoseconds = st.st_mtim.tv_nsec;
	return mark;
}

bool
data_reload_seal(struct data *data)
{
	/* Looked at before it is read: what comes in between is noticed the next time. */
	struct seal_mark now = mark_of(data->seal_path);
	struct fault fault = {0};
	struct seal_ring *ring;

	if (data->seal != NULL && memcmp(&now, &data->seal_mark, sizeof now) == 0)
		return false;
	if (seal_open(data->seal_path, &ring, &fault) != E_OK) {
		data->seal_fault = fault;
		return false;
	}
	seal_close(data->seal);
	data->seal = ring;
	data->seal_mark = now;
	data->seal_fault = (struct fault){0};
	return true;
}

int
data_open_sealed(struct data *data, struct seal_place place, struct span sealed,
    struct arena *arena, struct span *plain, struct fault *fault)
{
	struct fault first = {0};
	int err = seal_open_value(data->seal, place, sealed, arena, plain, &first);

	if (err == E_NOTFOUND && data_reload_seal(data))
		return seal_open_value(data->seal, place, sealed, arena, plain, fault);
	if (err != E_OK && fault != NULL)
		*fault = first;
	return err;
}

int
data_seal(struct data *data, struct seal_place place, struct span plain,
    struct arena *arena, struct span *sealed, struct fault *fault)
{
	int err;

	data_reload_seal(data);
	if (data->seal == NULL)
		return fault_set(fault, E_STATE, NULL, "no sealing keys: %.200s",
		    data->seal_fault.text[0] != '\0' ? data->seal_fault.text
						     : "the ring file is missing");
	err = seal_value(data->seal, place, plain, arena, sealed);
	return err == E_OK ? E_OK
			   : fault_set(fault, err, place.field, "cannot be sealed: %s",
				 err_text(err));
}

/* ---- opening ---------------------------------------------------------------------- */

int
data_open(const struct data_options *o, struct data *data, struct fault *fault)
{
	int err;

	memset(data, 0, sizeof *data);
	snprintf(data->path, sizeof data->path, "%s", o->path);
	if (o->seal_path != NULL && o->seal_path[0] != '\0')
		snprintf(data->seal_path, sizeof data->seal_path, "%s", o->seal_path);
	else
		snprintf(data->seal_path, sizeof data->seal_path, "%.1000s/seal.keys",
		    o->path);
	if ((err = open_folder(o, fault)) != E_OK ||
	    (err = open_store(o, "registry", registry_table_names, REGISTRY_SCHEMA,
		 o->registry_only || o->registry_read_only, &data->registry, fault)) !=
		E_OK ||
	    (!o->registry_only &&
		(err = open_store(o, "ledger", ledger_table_names, LEDGER_SCHEMA, false,
		     &data->ledger, fault)) != E_OK)) {
		data_close(data);
		return err;
	}
	open_slots(
	    o, "gateways", sizeof(struct sighting), 1ULL << 32, &data->sightings);
	open_slots(o, "files", sizeof(struct file_sighting), 1ULL << 32, &data->files);
	open_slots(o, "unknown", sizeof(struct unknown_sighting),
	    (uint64_t)UNKNOWN_SETS * UNKNOWN_WAYS, &data->unknown);
	open_slots(o, "throttle", sizeof(struct throttle_slot), THROTTLE_SLOTS,
	    &data->throttle);
	if (!o->registry_only)
		data_reload_seal(data);
	return E_OK;
}

int
data_health(const struct data *data, struct fault *fault)
{
	struct store_txn *txn;
	int err = store_read_begin(data->registry, &txn);

	if (err != E_OK)
		return fault_set(fault, err, "registry", "%s", err_text(err));
	store_read_end(txn);
	return E_OK;
}

void
data_close(struct data *data)
{
	seal_close(data->seal);
	slots_close(data->throttle);
	slots_close(data->unknown);
	slots_close(data->files);
	slots_close(data->sightings);
	store_close(data->ledger);
	store_close(data->registry);
	memset(data, 0, sizeof *data);
}
