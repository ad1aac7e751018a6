/* The configuration file: whatever it holds, it is read or refused with words. */
#include <stdlib.h>

#include "app/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault fault = {0};
	struct config c;
	int err = config_parse(span_of(data, size), "file", &c, &fault);

	if (err == E_OK) {
		if (c.data[0] != '/' || c.seal_keys[0] != '/' || c.push_limit == 0)
			abort();
		config_prefix(&c);
		config_clear(&c);
	} else if (err != E_NOMEM && fault.text[0] == '\0') {
		abort();
	}
	return 0;
}
