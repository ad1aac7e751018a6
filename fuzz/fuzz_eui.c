/* An EUI that is taken comes back from each of the forms that we write. */
#include "fuzz.h"

#include "base/eui.h"

static void
comes_back(uint64_t eui, const char *text)
{
	uint64_t back = ~eui;

	must(eui_parse(span_str(text), &back) && back == eui);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[EUI_TEXT], id6[EUI_ID6];
	uint64_t eui;

	if (!eui_parse(span_of(data, size), &eui))
		return 0;
	eui_format(eui, text);
	comes_back(eui, text);
	eui_format_lower(eui, text);
	comes_back(eui, text);
	eui_format_id6(eui, id6);
	comes_back(eui, id6);
	return 0;
}
