/* Numbers and times that are taken come back from the text that we write for them. */
#include "fuzz.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/number.h"
#include "json/writer.h"

static void
integers(struct span text)
{
	char again[32];
	uint64_t u, u2;
	int64_t i, i2;
	bool b;

	if (number_u64(text, 0, UINT64_MAX, &u)) {
		snprintf(again, sizeof again, "%llu", (unsigned long long)u);
		must(number_u64(span_str(again), u, u, &u2) && u2 == u);
	}
	if (number_i64(text, INT64_MIN, INT64_MAX, &i)) {
		snprintf(again, sizeof again, "%lld", (long long)i);
		must(number_i64(span_str(again), i, i, &i2) && i2 == i);
	}
	must(!number_duration(text, &i) || i >= 0);
	must(!number_size(text, &u) || u <= INT64_MAX);
	number_bool(text, &b);
}

static void
doubles(struct span text)
{
	struct json_out j;
	struct strbuf b;
	double d, back;

	if (!number_double(text, &d))
		return;
	strbuf_init(&b, 64);
	json_init(&j, &b, NULL);
	json_double(&j, d);
	must(number_double(strbuf_span(&b), &back) && back == d);
	strbuf_clear(&b);
}

static void
times(struct span text)
{
	char again[CLOCK_TEXT];
	int64_t t, back;

	if (!clock_parse(text, &t) || t == 0)
		return;
	clock_format(t, again);
	must(clock_parse(span_str(again), &back) && back == t);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	integers(span_of(data, size));
	doubles(span_of(data, size));
	times(span_of(data, size));
	return 0;
}
