/* The configuration file: whatever it holds, it is taken whole or refused with words. */
#include "fuzz.h"

#include "app/config.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault fault = {0};
	struct config c;

	if (config_parse(span_of(data, size), "file", &c, &fault) != E_OK) {
		must(fault.text[0] != '\0');
		must(c.data == NULL);
		return 0;
	}
	must(c.data[0] == '/' && c.seal_keys[0] == '/');
	must(c.push_limit > 0 && c.request_memory >= 65536);
	must(config_prefix(&c).len == 0 || config_prefix(&c).data[0] == '/');
	config_clear(&c);
	return 0;
}
