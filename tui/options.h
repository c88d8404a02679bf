/* SPDX-License-Identifier: ISC
 * The command line: commands, options and exit statuses as tables, from which
 * parsing and --help come and against which the man page is checked. */
#ifndef WB_OPTIONS_H
#define WB_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"
#include "engine/diagnosis.h"

enum command {
	COMMAND_WIZARD,      /* none was named */
	COMMAND_EXPLAIN,
	COMMAND_DIAGNOSE,
	COMMAND_CHECK,
	COMMAND_LOG,
	COMMAND_SPF,
	COMMAND_DEMO,
	COMMAND_FACTS,
	COMMAND_UNDO,
	COMMAND_RESUME,
	COMMAND_APPLY
};

/* design.md 5; the rest is sysexits.h's */
enum exit_status {
	EXIT_NOTHING_WRONG = 0,
	EXIT_PROBLEM = 1,
	EXIT_COULD_NOT_TELL = 2,
	EXIT_USAGE = 64,
	EXIT_NO_BOUNCE = 65,
	EXIT_UNREADABLE = 66,
	EXIT_NO_SCREEN = 69,
	EXIT_OUR_FAULT = 70,
	EXIT_NO_MEMORY = 71,
	EXIT_CANNOT_WRITE = 74
};

struct option_list {
	const char **items;     /* NULL-terminated; NULL when empty */
	size_t n;
};

/* What was asked for. Strings are argv's. */
struct options {
	enum command command;
	struct option_list operands;
	struct diagnosis_options look;   /* filled from the options */
	bool help, version, json, yes, plain;
	const char *lang;
	const char *notice;      /* about the language, for the wizard */
	const char *record_facts;
	struct option_list resolvers, own_ips, own_facts, includes, panels;
	const char *ip, *sender, *helo, *record;   /* spf */
	const char *by;                            /* log */
};

/* Read the command line. False: ERR says in one line what is wrong with it. */
bool options_parse(struct arena *arena, int argc, char *const argv[],
    struct options *options, struct str *err)
	__attribute__((warn_unused_result));

/* What --help prints. */
void options_help(struct str *out);

#endif
