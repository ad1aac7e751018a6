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
	if (mkdir(path, 02770) != 0 && errno != EEXIST)
		return file_fault(fault, path, "make the folder");
	return E_OK;
}

static int
open_store(const struct data_options *o, const char *name, const char *const *tables,
    uint32_t schema, struct store **store, struct fault *fault)
{
	struct store_options options = {.tables = tables,
	    .schema = schema,
	    .create = o->create,
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
		 &data->registry, fault)) != E_OK ||
	    (err = open_store(o, "ledger", ledger_table_names, LEDGER_SCHEMA,
		 &data->ledger, fault)) != E_OK) {
		data_close(data);
		return err;
	}
	open_slots(
	    o, "gateways", sizeof(struct sighting), 1ULL << 32, &data->sightings);
	open_slots(o, "unknown", sizeof(struct unknown_sighting),
	    (uint64_t)UNKNOWN_SETS * UNKNOWN_WAYS, &data->unknown);
	open_slots(o, "throttle", sizeof(struct throttle_slot), THROTTLE_SLOTS,
	    &data->throttle);
	if (seal_open(data->seal_path, &data->seal, &data->seal_fault) != E_OK)
		data->seal = NULL;
	return E_OK;
}

void
data_close(struct data *data)
{
	seal_close(data->seal);
	slots_close(data->throttle);
	slots_close(data->unknown);
	slots_close(data->sightings);
	store_close(data->ledger);
	store_close(data->registry);
	memset(data, 0, sizeof *data);
}
