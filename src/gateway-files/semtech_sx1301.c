/*
 * SX1301_conf of the packet forwarder for SX1301 boards: an object; an array for a board
 * that reads several, and in the reference's style for no or several plans.
 */
#include "gateway-files/format.h"
#include "radio/sx1301.h"

void
semtech_sx1301_conf(
    struct json_out *j, const struct settings *s, size_t count, bool reference)
{
	unsigned style = reference ? SX1301_REFERENCE : SX1301_WHOLE_GAIN;

	if (count != 1)
		json_array(j);
	for (size_t i = 0; i < count; i++) {
		json_object(j);
		sx1301_members(j, &s[i], style);
		json_object_end(j);
	}
	if (count != 1)
		json_array_end(j);
}
