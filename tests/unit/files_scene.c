#include "tests/unit/files_scene.h"

struct radio_data data;
struct strbuf out;
struct findings findings;
struct fault fault;
struct gateway_facts gateway;
struct span servers[9];

int
begin_all(void **state)
{
	(void)state;
	strbuf_init(&out, 1 << 20);
	return radio_data_load(&data, NULL) ? 0 : -1;
}

int
finish_all(void **state)
{
	(void)state;
	strbuf_clear(&out);
	radio_data_clear(&data);
	return 0;
}

int
begin(void **state)
{
	(void)state;
	servers[0] = span_str("gs.example.com");
	gateway = (struct gateway_facts){.has_eui = true,
	    .eui = 0x58A0CBFFFE800001,
	    .servers = servers,
	    .server_count = 1,
	    .antenna_gain = 2.15,
	    .has_position = true,
	    .latitude = 52.3731,
	    .longitude = 4.8926,
	    .altitude = 3.4};
	return 0;
}

int
write_plans(const char *path, const char *const *ids, size_t count, const char *board)
{
	const struct plan *plans[8];
	const struct file_request rq = {.gateway = &gateway,
	    .path = span_str(path),
	    .plans = plans,
	    .plan_count = count,
	    .board = board != NULL ? radio_data_board(&data, board) : NULL};

	for (size_t i = 0; i < count; i++)
		plans[i] = radio_data_plan(&data, ids[i]);
	strbuf_reset(&out);
	fault = (struct fault){0};
	findings_init(&findings, &data.arena);
	return file_write(&rq, &data.arena, &findings, &out, NULL, &fault);
}

int
write_file(const char *path, const char *plan, const char *board)
{
	return write_plans(path, &plan, 1, board);
}

bool
contains(const char *text)
{
	return strstr(strbuf_str(&out), text) != NULL;
}
