/* A Kickstarter that is given answers. */
#ifndef GH_TESTS_DEVICE_SCENE_H
#define GH_TESTS_DEVICE_SCENE_H

#include "tests/unit/unit.h"

#include "kickstarter/device.h"

extern struct device_memory memory;
extern struct device_verdict verdict; /* on the last answer */

/* For cmocka, before each test, and between answers: it remembers nothing. */
int fresh(void **state);

/* The whole answer to a request, byte by byte. */
enum device_effect take(enum device_request what, const char *answer);
/* An answer with a right Content-Length. */
enum device_effect answer(
    enum device_request what, const char *status, const char *body);

/* Fails unless these words are among the findings. */
void said(const char *words);

#endif
