/* Whatever is given as Intel HEX is judged the same in whatever pieces it comes. */
#include "fuzz.h"

#include <string.h>

#include "firmware/hex_check.h"

static int
judge(struct span bytes, size_t piece, struct fault *fault)
{
	struct hex_check check;
	int err = E_OK;

	hex_check_begin(&check);
	for (size_t at = 0; err == E_OK && at < bytes.len; at += piece)
		err = hex_check_add(&check,
		    span_of(bytes.data + at,
			bytes.len - at < piece ? bytes.len - at : piece),
		    fault);
	return err != E_OK ? err : hex_check_end(&check, fault);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault whole = {0}, bytewise = {0};
	struct span bytes = span_of(data, size);
	int err = judge(bytes, size + 1, &whole);

	must(err == E_OK || (err == E_INVALID && whole.text[0] != '\0'));
	must(judge(bytes, 1, &bytewise) == err);
	must(judge(bytes, 7, NULL) == err);
	must(strcmp(whole.text, bytewise.text) == 0);
	must(err != E_OK || size > 0);
	return 0;
}
