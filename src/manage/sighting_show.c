/* When a gateway was seen, and how it came. */
#include "auth/principal.h"
#include "manage/explain_show.h"

static void
show_refused(struct out *o, uint64_t times, int64_t last, unsigned status)
{
	if (times == 0)
		return;
	out_time(o, "refused_at", last);
	out_uint(o, "refused", times);
	out_uint(o, "refused_status", status);
}

void
sighting_show(struct out *o, const char *name, const struct sighting *s)
{
	out_object(o, name, "When it was seen");
	out_time(o, "seen_at", s->seen_at[0]);
	out_time(o, "seen_before", s->seen_at[1]);
	out_uint(o, "polls", s->polls);
	out_str(o, "address", s->address);
	out_str(o, "credential", credential_name(s->credential));
	out_str(o, "cups_uri", s->cups_uri);
	out_str(o, "lns_uri", s->lns_uri);
	out_uint(o, "cups_crc", s->cups_crc);
	out_uint(o, "lns_crc", s->lns_crc);
	out_str(o, "station", s->station);
	out_str(o, "model", s->model);
	out_str(o, "package", s->package);
	show_refused(o, s->refused, s->refused_at, s->refused_status);
	out_object_end(o);
}

void
file_sighting_show(struct out *o, const char *name, const struct file_sighting *s)
{
	out_object(o, name, "When it asked for a configuration file");
	out_time(o, "seen_at", s->seen_at[0]);
	out_time(o, "seen_before", s->seen_at[1]);
	out_uint(o, "polls", s->polls);
	out_str(o, "path", s->path);
	out_uint(o, "status", s->status);
	out_str(o, "etag", s->etag);
	out_time(o, "changed_at", s->changed_at);
	out_str(o, "address", s->address);
	out_str(o, "agent", s->agent);
	out_str(o, "credential", credential_name(s->credential));
	show_refused(o, s->refused, s->refused_at, s->refused_status);
	out_object_end(o);
}
