/* SPDX-License-Identifier: ISC
 * The pieces that postfix.c is made of: logical lines, macros, defaults. Only
 * the postfix_*.c files include this. */
#ifndef WB_POSTFIX_PARTS_H
#define WB_POSTFIX_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"
#include "engine/world/postfix.h"
#include "engine/world/run.h"

/* A growing list of settings, oldest first; a later one of the same name
 * replaces an earlier one (postfix_rows_settle). */
struct postfix_rows {
	struct arena *arena;
	struct postfix_value *rows;
	size_t n;
};

void postfix_rows_add(struct postfix_rows *rows, struct postfix_value row);

/* Sort by name and keep the last row of each name. */
void postfix_rows_settle(struct postfix_rows *rows);

/* A row by its name (LEN octets), or NULL. Only after settling. */
struct postfix_value *postfix_rows_find(const struct postfix_rows *rows,
    const char *name, size_t len);

/* What was odd in a main.cf; lines are counted from 1, 0 means "nowhere". */
struct postfix_faults {
	unsigned int refused;        /* Postfix does not take it: in main.cf no "="
	                                or no name, in master.cf too few fields */
	unsigned int leading_blank;  /* continues nothing: Postfix ignores it */
	unsigned int nul;            /* a NUL octet ends the line for Postfix */
	bool too_many;               /* more settings than we keep */
};

/* Hand each logical line of TEXT (comments and empty lines left out,
 * continuation lines joined) to TAKE, with the number of its first line; TAKE
 * is false for one that Postfix would refuse. At most MAX are taken. Returns
 * how many were. */
struct postfix_reading {
	bool (*take)(void *arg, const char *text, size_t len,
	    unsigned int line);
	void *arg;
	size_t max;
};
size_t postfix_logical_lines(const char *text, size_t len,
    const struct postfix_reading *reading, struct postfix_faults *faults);

/* Add the settings of main.cf text; returns how many there were. */
size_t postfix_lines_read(struct postfix_rows *rows, const char *text,
    size_t len, const char *file, struct postfix_faults *faults);

/* What may be spent on expanding all values of one main.cf, and one of them,
 * so that no text can make it long: octets looked at. */
#define POSTFIX_EXPAND_WORK ((size_t)16 << 20)
#define POSTFIX_VALUE_WORK ((size_t)256 << 10)
#define POSTFIX_VALUE_MAX ((size_t)64 << 10)

/* Expand RAW into OUT (born with at most POSTFIX_VALUE_MAX), looking names up
 * in ROWS. False: Postfix itself would refuse it (a circle, a broken ${}) or
 * it grows too long; OUT is then of no use. *UNDEFINED becomes true when a
 * plain $name is not known; it counts as empty. *WORK is
 * lessened by what it took. */
bool postfix_expand(const struct postfix_rows *rows, const char *raw,
    size_t *work, struct str *out, bool *undefined);

/* Does Postfix leave the $names of this parameter for later? */
bool postfix_is_late(const char *name);

/* Add our own table's rows for VERSION (NULL: a common one is assumed, and
 * rows that depend on it say so). */
void postfix_defaults_add(struct postfix_rows *rows, const char *version);

/* A version's numbers: "3.7.11" and "3.11-20250101" give 3 and 7, 3 and 11. */
bool postfix_version_numbers(const char *version, int *major, int *minor);

/* What a table is for: recordings keep those of the way out whole, of others
 * only what was asked; of the values of a secret one nothing is kept at all. */
enum table_kind { TABLE_ROUTE, TABLE_PLAIN, TABLE_ALIASES, TABLE_SECRET };

/* One lookup table, read from its text (postfix_table.c). */
struct postfix_table {
	const char *name;                /* "hash:/etc/postfix/transport" */
	enum table_kind kind;
	const char *always;              /* static:VALUE, or NULL */
	const char *why;                 /* it could not be read, or NULL */
	struct postfix_entry *entries;
	size_t n;
};

struct postfix {
	struct arena *arena;
	struct postfix_asking *asking;   /* it is being read; NULL: it was */
	const char *directory;
	enum postfix_state state;
	struct str note_text;            /* until postfix_close_note() */
	const char *note;
	const char *version;
	const char *hostname, *mailname; /* what the defaults are made from */
	struct postfix_rows rows;        /* explicit and defaults, by name */
	const struct postfix_value **explicit_rows;  /* in main.cf's order */
	size_t n_explicit;
	const char **disagreements;
	size_t n_disagreements;
	struct postfix_table *tables;
	size_t n_tables;
	struct postfix_asks *asks;
	bool live;                       /* of this system: tables can be asked */
	struct postfix_file *files;
	size_t n_files, n_looks;          /* tables looked at */
	struct postfix_service *services;
	size_t n_services;
	const char *client;              /* postfix_client() */
	const char *master_why;          /* master.cf could not be read, or NULL */
	unsigned int master_refused;     /* its first line that is no service */
};

/* The service of TRANSPORT (up to a colon), when master.cf has it; NULL. And is
 * it one that speaks to other servers? Where master.cf is not known, by its
 * name. */
const struct postfix_service *postfix_transport(const struct postfix *postfix,
    const char *transport);
bool postfix_sends_out(const struct postfix *postfix, const char *transport);

/* master.cf of the directory; and what a recording has of it. */
void postfix_master_read(struct postfix *postfix);
void postfix_master_recorded(struct postfix *postfix, const char *text);
bool postfix_master_is_plain(const char *word);

/* Read the tables that decide over the way out; LIVE: their files. And what a
 * recording has of them, as postfix_tables_print() wrote it. */
void postfix_tables_read(struct postfix *postfix, bool live);
void postfix_tables_recorded(struct postfix *postfix, const char *text);
void postfix_tables_print(const struct postfix *postfix, struct str *out);
struct postfix_table *postfix_find_table(const struct postfix *postfix,
    const char *name);
/* The value of KEY in one that could be read, or NULL. */
const char *postfix_table_find(const struct postfix_table *table,
    const char *key);

/* What tables were asked, in order (postfix_lookup.c). */
struct postfix_asks {
	struct postfix_ask {
		const char *table, *key;
		enum { ASK_WANTED, ASK_FOUND, ASK_ABSENT, ASK_FAILED } state;
		const char *text;        /* the value, or why it failed */
		bool passing;            /* not to be recorded */
	} *list;
	size_t n, n_run;
	struct run *run;         /* postmap(1) is asked, for ASKED; or NULL */
	size_t asked;
};
void postfix_asks_recorded(struct postfix *postfix, const char *text);
void postfix_asks_print(const struct postfix *postfix, struct str *out);

/* Files that main.cf names and that are not as they should be
 * (postfix_files.c), of this system or of a recording. */
void postfix_files_look(struct postfix *postfix);
void postfix_files_recorded(struct postfix *postfix, const char *text);
void postfix_files_print(const struct postfix *postfix, struct str *out);

#define POSTFIX_MAIN_CF_MAX ((size_t)1 << 20)

/* Our own settings in recordings (postfix.h). */
#define POSTFIX_HOSTNAME_KEY "whybounce_hostname"
#define POSTFIX_MAILNAME_KEY "whybounce_mailname"
#define POSTFIX_TABLES_KEY "whybounce_tables"
#define POSTFIX_SERVICES_KEY "whybounce_services"
#define POSTFIX_ASKED_KEY "whybounce_asked"
#define POSTFIX_FILES_KEY "whybounce_files"

/* Making one: new, then rows (defaults first, then the names' defaults, then
 * main.cf's), then settle. LIVE: the file in myorigin is read. */
struct postfix *postfix_new(struct arena *arena, const char *directory);
void postfix_add_note(struct postfix *postfix, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void postfix_note_faults(struct postfix *postfix,
    const struct postfix_faults *faults);
void postfix_add_name_defaults(struct postfix *postfix);
void postfix_settle(struct postfix *postfix, bool live);
/* No sentence after this one; every new one must come to it. */
void postfix_close_note(struct postfix *postfix);

#endif
