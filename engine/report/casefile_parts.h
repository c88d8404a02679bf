/* SPDX-License-Identifier: ISC
 * What casefile_print.c and casefile_parse.c share: the settings of a saved
 * case as a table. */
#ifndef WB_CASEFILE_PARTS_H
#define WB_CASEFILE_PARTS_H

#include "engine/report/casefile.h"

/* 2026-11-21T14:02:10Z, for strftime(3) and strptime(3) */
#define CASE_TIME "%Y-%m-%dT%H:%M:%SZ"

/* The names of [saved] and what they stand for. --domain and --own-ip are among
 * the answers. */
enum case_kind {
	KIND_TEXT, KIND_LIST, KIND_FLAG, KIND_NUMBER, KIND_SIZE, KIND_TIME
};
struct case_setting {
	const char *name;              /* NULL ends the table */
	enum case_kind kind;
	size_t offset;                 /* in struct casefile */
};
extern const struct case_setting case_settings[];

/* The state called NAME; false: there is none. */
bool step_state_parse(const char *name, enum step_state *state);

#endif
