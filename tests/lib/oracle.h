/*
 * What a body of `POST /update-info` says, found out without the code under test: json-c in
 * its strict mode builds the tree, and a look at the words of the text refuses what json-c
 * lets pass although RFC 8259 does not (src/json/reader.h lists it).
 */
#ifndef GH_TESTS_ORACLE_H
#define GH_TESTS_ORACLE_H

#include "base/span.h"

struct oracle_request {
	uint64_t eui;
	char lns_uri[70000];
	size_t lns_uri_len;
	bool has_lns_crc;
	uint32_t lns_crc;
};

/* Is it a valid request? Only then *r is filled. */
bool oracle_read(struct span body, struct oracle_request *r);

#endif
