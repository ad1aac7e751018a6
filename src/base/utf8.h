/* Text that claims to be UTF-8 (RFC 3629: no overlong forms, no surrogates). */
#ifndef GH_BASE_UTF8_H
#define GH_BASE_UTF8_H

#include "base/span.h"

/* How many bytes the character at the beginning has, 1 to 4; 0 when it is not well-formed
 * or cut off, or nothing is there. */
size_t utf8_length(struct span text);

/* The whole text is well-formed. Empty text is. */
bool utf8_valid(struct span text);

#endif
