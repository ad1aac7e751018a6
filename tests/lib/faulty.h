/*
 * Faults on purpose: one allocation of an arena, or one operation of a store, fails. A program
 * that has this is linked with -Wl,--wrap for the functions of base/arena.h.
 */
#ifndef GH_TESTS_FAULTY_H
#define GH_TESTS_FAULTY_H

#include "base/arena.h"
#include "store/store.h"

enum fault_sort { FAULT_NONE, FAULT_MEMORY, FAULT_STORE };

/* From now on until faulty_end() everything is counted, and the operation of this sort with
 * this number (from 1) fails. */
void faulty_begin(enum fault_sort sort, unsigned long number);
void faulty_end(void);

/* How many store operations there were since faulty_begin(). */
unsigned long faulty_store_count(void);

/* The places in the code that asked for memory since faulty_begin(FAULT_NONE, 0), in order. */
const void *const *faulty_places(size_t *count);

/* Puts itself between the rules of a store and its engine. */
void faulty_store(struct store *store);

/* How often the registry's data were changed since faulty_begin(); it is the store that
 * was given first since faulty_stores_closed(). */
unsigned faulty_commits(void);
void faulty_stores_closed(void);

/* Gives back what it has. */
void faulty_clear(void);

#endif
