/* A gateway's overrides: a JSON merge patch (RFC 7396) that is laid over its files. */
#ifndef GH_GATEWAY_FILES_OVERRIDES_H
#define GH_GATEWAY_FILES_OVERRIDES_H

#include "gateway-files/format.h"

/*
 * Replaces the file, which is what stands in `out` from `start` on, by itself with the
 * gateway's overrides. E_INVALID, field "overrides": they are no object, or the forwarder
 * would exit, crash or misread what they make, with the words of file_check.h. What it
 * merely ignores or rounds becomes a warning in `findings`, as does what was wrong before.
 */
int overrides_apply(const struct gateway_facts *gateway, const struct file_parts *parts,
    struct strbuf *out, size_t start, struct findings *findings, struct fault *fault);

#endif
