#include "gateway-files/format.h"

static const struct file_format formats[] = {
    {.path = "semtechudp/global_conf.json",
	.content_type = "application/json",
	.what = "Semtech packet forwarder, SX1301",
	.family = FAMILY_SX1301,
	.forwarder = FORWARDER_SX1301,
	.several = true,
	.semtech_servers = true,
	.json = true,
	.key = "SX1301_conf",
	.conf = semtech_sx1301_conf,
	.write = semtech_write},
    {.path = "semtechudp/global_conf.json",
	.content_type = "application/json",
	.what = "Semtech packet forwarder, SX1302 and SX1303",
	.family = FAMILY_SX1302,
	.forwarder = FORWARDER_SX1302_HAL2,
	.semtech_servers = true,
	.json = true,
	.key = "SX130x_conf",
	.conf = semtech_sx1302_conf,
	.write = semtech_write},
    {.path = "kerlink-cpf/lorad/lorad.json",
	.content_type = "application/json",
	.what = "Kerlink Common Packet Forwarder, concentrator",
	.family = FAMILY_SX1301,
	.forwarder = FORWARDER_LORAD,
	.real_gain = true,
	.json = true,
	.key = "SX1301_conf",
	.conf = kerlink_lorad_conf,
	.write = kerlink_lorad_write},
    {.path = "kerlink-cpf/lorafwd/lorafwd.toml",
	.content_type = "application/toml",
	.what = "Kerlink Common Packet Forwarder, network",
	.family = FAMILY_ANY,
	.write = kerlink_lorafwd_write},
};

const struct file_format *
format_at(size_t i)
{
	return i < COUNT(formats) ? &formats[i] : NULL;
}

const struct file_format *
format_find(struct span path, enum chip chip)
{
	enum chip_family family = chip == CHIP_SX1301 ? FAMILY_SX1301 : FAMILY_SX1302;
	const struct file_format *f;

	for (size_t i = 0; (f = format_at(i)) != NULL; i++)
		if ((f->family == family || f->family == FAMILY_ANY) &&
		    span_is(path, f->path))
			return f;
	return NULL;
}

/* The paths, one after the other with ", " between. */
static void
put_paths(struct strbuf *out)
{
	const struct file_format *f, *before = NULL;

	for (size_t i = 0; (f = format_at(i)) != NULL; i++) {
		if (before != NULL && strcmp(before->path, f->path) == 0)
			continue;
		if (before != NULL)
			strbuf_puts(out, ", ");
		strbuf_puts(out, f->path);
		before = f;
	}
}

int
format_missing(struct fault *fault)
{
	struct strbuf list;
	int err;

	strbuf_init(&list, 200);
	put_paths(&list);
	err = fault_set(
	    fault, E_NOTFOUND, NULL, "no such file; there are %s", strbuf_str(&list));
	strbuf_clear(&list);
	return err;
}
