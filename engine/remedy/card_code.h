/* SPDX-License-Identifier: ISC
 * How text must be written in the place where a panel or tool wants it, and
 * how that reads it back. Each way to write stands beside its reader. */
#ifndef WB_CARD_CODE_H
#define WB_CARD_CODE_H

#include <stdbool.h>

#include "engine/base/str.h"

/* A place: a line, a word of a shell command, a JSON string … */
struct card_code {
	const char *name;
	void (*write)(const char *text, struct str *out);
	/* Read at *AT, which moves behind what was read, up to one of the
	 * characters STOPS or the end. False: it reads otherwise. */
	bool (*read)(const char **at, const char *stops, struct str *out);
};

/* A TXT value: plain, as quoted strings of at most 255 octets … */
struct card_quotes {
	const char *name;
	/* False: VALUE cannot be written so, or nobody knows what would become
	 * of it. */
	bool (*write)(const char *value, struct str *out);
	bool (*read)(const char *text, struct str *out);
};

/* By the name that data/panels/ uses; NULL: there is none. */
const struct card_code *card_code_find(const char *name);
const struct card_quotes *card_quotes_find(const char *name);

#endif
