/* Beginning and end of the JSON files. */
#ifndef GH_GATEWAY_FILES_JSON_FILE_H
#define GH_GATEWAY_FILES_JSON_FILE_H

#include "gateway-files/format.h"

/* Opens the file's object and writes the concentrator's part, its first member. */
void file_begin(struct json_out *j, const struct file_input *in, struct strbuf *out);

/* Closes the object; a line feed after the last line. */
void file_end(struct json_out *j);

#endif
