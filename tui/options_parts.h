/* SPDX-License-Identifier: ISC
 * The tables of the command line, and the command line while it is read.
 * Private to options.c, options_table.c and options_check.c. */
#ifndef WB_OPTIONS_PARTS_H
#define WB_OPTIONS_PARTS_H

#include "tui/options.h"

#define OPTION_TIMEOUT_MAX 3600

enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_LIST, OPTION_SECONDS };

struct command_row {
	const char *name;          /* NULL: the wizard */
	const char *operands;
	size_t max_operands;
	const char *help;
};

struct option_row {
	const char *name;
	const char *argument;      /* its name in --help; NULL for a flag */
	enum option_kind kind;
	size_t offset;             /* in struct options */
	char letter;               /* short form, or 0 */
	bool spf_only;
	const char *help;
};

/* By enum command; and the options in the order of --help. */
extern const struct command_row option_commands[];
extern const size_t option_n_commands;
extern const struct option_row option_rows[];
extern const size_t option_n_rows;

/* The command line while it is read. */
struct words {
	struct arena *arena;
	int argc, at;
	char *const *argv;
	struct options *options;
	const char *spf_name;      /* an option of spf that was given */
	struct str *err;
};

/* What can be seen to be wrong without looking at anything. False: W->err. */
bool options_check(struct words *w);

#endif
