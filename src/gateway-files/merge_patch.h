/* RFC 7396: a JSON document with a merge patch applied. */
#ifndef GH_GATEWAY_FILES_MERGE_PATCH_H
#define GH_GATEWAY_FILES_MERGE_PATCH_H

#include "json/reader.h"
#include "json/writer.h"

/* Writes `target` as changed by `patch`: what the patch sets to null goes, objects are
 * merged, anything else is replaced; new members come last. Errors stick in the writer. */
void merge_patch(
    struct json_out *j, const struct json *target, const struct json *patch);

#endif
