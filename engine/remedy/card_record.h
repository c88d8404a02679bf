/* SPDX-License-Identifier: ISC
 * One change of DNS in the words of a panel, read back and compared before it
 * is given to anybody. */
#ifndef WB_CARD_RECORD_H
#define WB_CARD_RECORD_H

#include <stdbool.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"
#include "engine/remedy/panel.h"

/* Records that one name and type gains, loses, and has in the end; lists end
 * with NULL. */
struct card_change {
	const char *zone;              /* or NULL: not known */
	const char *name;
	enum dns_type type;
	const char *const *added, *const *removed, *const *after;
	bool existing;                 /* there are records now */
	bool unknown;                  /* nobody could say which: what replaces
	                                  them all would lose some */
};

/* Append the text for PANEL. False, and nothing appended: the panel cannot
 * take it, or would read something else. Nothing appended and true: there is
 * nothing to write (records that only go away). */
bool card_record_write(const struct panel *panel,
    const struct card_change *change, struct str *out)
	__attribute__((warn_unused_result));

#endif
