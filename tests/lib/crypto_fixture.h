/* What the tests of src/crypto share. */
#ifndef GH_TESTS_CRYPTO_FIXTURE_H
#define GH_TESTS_CRYPTO_FIXTURE_H

#include "base/arena.h"
#include "base/err.h"

/* The present of these tests: 2030-01-01. The files of tests/data/crypto are valid then. */
#define NOW INT64_C(1893456000)
#define DAY INT64_C(86400)

/* A file of tests/data/crypto, in the arena; fails the test when there is none. */
struct span data_file(const char *name, struct arena *arena);
/* The one certificate in it, as DER. */
struct span data_certificate(const char *name, struct arena *arena);

/* Fails the test unless `err` is what is expected and the words are in the fault. */
void refused(int err, int expected, const struct fault *fault, const char *words);

/* A fresh folder, and the path of a file in it (static storage, one at a time). */
void folder_make(void);
void folder_remove(void);
const char *folder_path(const char *name);

/* Writes a file into the fresh folder. */
void folder_write(const char *name, struct span bytes, unsigned mode);

#endif
