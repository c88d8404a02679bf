/* SPDX-License-Identifier: ISC
 * What many unit tests begin with: memory with facts in it, and files written
 * for the code under test to read. */
#ifndef WB_FIXTURE_H
#define WB_FIXTURE_H

#include <sys/stat.h>

#include "engine/base/arena.h"
#include "engine/world/facts.h"

struct fixture {
	struct arena *arena;
	struct facts *facts;         /* empty, in ARENA */
};

/* A test's set-up and tear-down, for cmocka: *STATE is a struct fixture. */
int fixture_set_up(void **state);
int fixture_tear_down(void **state);

/* Write LEN octets to the file PATH, which is made anew and gets MODE; and the
 * same of a text. The test has failed if that cannot be done. */
void fixture_octets(const char *path, const char *octets, size_t len,
    mode_t mode);
void fixture_file(const char *path, const char *text, mode_t mode);

#endif
