/* What is said on the socket of the signing service, from either side: whatever is cut off
 * was a beginning, and what was taken is written again as it was. */
#include "fuzz.h"

#include "crypto/sign_client.h"

static void
orders(struct span input)
{
	struct sign_request request = {0};
	uint8_t again[SIGN_ORDER_SIZE];
	int err = sign_request_read(input, &request), part;

	must(err == E_OK || err == E_AGAIN || err == E_INVALID);
	for (size_t n = 0; n < input.len && n <= SIGN_ORDER_SIZE; n++) {
		part = sign_request_read(span_of(input.data, n), &request);
		must(err == E_INVALID || part == E_AGAIN);
	}
	if (err != E_OK)
		return;
	must(sign_request_read(input, &request) == E_OK);
	sign_request_write(&request, again);
	must(span_eq(input, span_of(again, sizeof again)));
}

static void
answers(struct span input)
{
	uint8_t again[SIGN_ANSWER_MAX];
	struct sign_answer answer = {0};
	int err = sign_answer_read(input, &answer), part;
	size_t n;

	must(err == E_OK || err == E_AGAIN || err == E_INVALID);
	for (n = 0; n < input.len && n <= SIGN_ANSWER_MAX; n++) {
		part = sign_answer_read(span_of(input.data, n), &answer);
		must(err == E_INVALID || part == E_AGAIN);
	}
	if (err != E_OK)
		return;
	must(sign_answer_read(input, &answer) == E_OK);
	n = sign_answer_write(answer.status, answer.bytes, again);
	must(span_eq(input, span_of(again, n)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	orders(span_of(data, size));
	answers(span_of(data, size));
	return 0;
}
