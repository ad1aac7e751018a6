/*
 * The objects in a stream of JSON, one at a time: JSON lines, objects one after the other,
 * one array of them, or an array below the name `gateways` as lists of the API have it.
 */
#ifndef GH_MANAGE_JSON_STREAM_H
#define GH_MANAGE_JSON_STREAM_H

#include "base/strbuf.h"
#include "manage/input.h"

#define JSON_STREAM_OBJECT_MAX (1u << 20)

struct json_stream {
	struct input *in;
	enum {
		STREAM_BEGIN,
		STREAM_LINES,
		STREAM_ARRAY,
		STREAM_MEMBER,
		STREAM_END
	} state;
	bool first;
};

void json_stream_init(struct json_stream *s, struct input *in);

/*
 * The text of the next value into `text`, which is emptied first; *line is where it begins.
 * E_NOTFOUND at the end. E_TOOBIG: this one is longer than JSON_STREAM_OBJECT_MAX, and the
 * next can be asked for. E_INVALID: what stands between the values is not JSON, nothing more
 * can be read. Whether the text itself is JSON is left to the parser. Others: of reading.
 */
int json_stream_next(
    struct json_stream *s, struct strbuf *text, uint64_t *line, struct fault *fault);

#endif
