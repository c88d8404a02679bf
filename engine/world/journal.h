/* SPDX-License-Identifier: ISC
 * journalctl(1) as a stream: an argument vector, no shell. */
#ifndef WB_JOURNAL_H
#define WB_JOURNAL_H

#include <stdbool.h>

#include "engine/base/str.h"

struct journal;

/* Start PROGRAM, a path, so that it prints the journal's lines of the mail
 * system. NULL: it is not here or cannot be run. */
struct journal *journal_open(const char *program);

/* The same for its last lines and all that will come, without an end. */
struct journal *journal_follow(const char *program);

/* Where its lines come from. */
int journal_descriptor(const struct journal *journal);

/* Behind the last line: has it ended as it should? False: ERR says why not. */
bool journal_ended_well(struct journal *journal, struct str *err)
	__attribute__((warn_unused_result));

/* Ends the program, too, if it still runs. */
void journal_close(struct journal **journal);

#endif
