/* SPDX-License-Identifier: ISC
 * OpenDKIM on this host: its settings, its tables, and the rights of its key
 * files as it would see them itself. */
#ifndef WB_OPENDKIM_H
#define WB_OPENDKIM_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"
#include "engine/world/run.h"

/* "Name value" of opendkim.conf, or a line of a table. */
struct opendkim_row {
	const char *key, *value;
};

/* The kinds of data set that are told apart (opendkim(8), DATA SETS). */
enum opendkim_kind {
	OPENDKIM_NOT_SET,
	OPENDKIM_FILE,           /* "file:PATH" or a path: whole keys only */
	OPENDKIM_REFILE,         /* patterns with "*" */
	OPENDKIM_LIST,           /* "csl:…" */
	OPENDKIM_DATABASE        /* what cannot be looked at from here */
};

struct opendkim_table {
	enum opendkim_kind kind;
	const char *path;        /* of a file, else NULL */
	const char *fault;       /* why it could not be read: ENOENT's words … */
	bool missing;            /* … since there is no such file */
	struct opendkim_row *rows;
	size_t n;
};

enum opendkim_rights {
	OPENDKIM_RIGHTS_FINE,
	OPENDKIM_RIGHTS_HIDDEN,       /* this user may not look */
	OPENDKIM_RIGHTS_MISSING,      /* CULPRIT is not there */
	OPENDKIM_RIGHTS_DENIED,       /* OpenDKIM's user cannot pass CULPRIT */
	OPENDKIM_RIGHTS_OWNER,        /* CULPRIT is WHO's: not its own or root's */
	OPENDKIM_RIGHTS_GROUP,        /* CULPRIT's group has WHO in it, too */
	OPENDKIM_RIGHTS_OTHERS,       /* everybody may read or write CULPRIT */
	OPENDKIM_RIGHTS_NO_FILE,      /* a folder, a pipe …: CULPRIT */
	OPENDKIM_RIGHTS_LOOSE         /* CULPRIT's own rights let others in, but a
	                                 folder above keeps them out: refused all
	                                 the same */
};

/* One key file that the tables name. */
struct opendkim_file {
	const char *path;
	enum opendkim_rights rights;
	const char *culprit;     /* PATH or a folder above it; or NULL */
	const char *who;         /* a user's name, or NULL */
};

struct opendkim {
	bool installed;          /* the program is on this host */
	const char *conf;        /* the path of opendkim.conf, there or not */
	const char *fault;       /* why it could not be read, or NULL */
	const char *key_folder;  /* where this system keeps DKIM keys */
	bool no_algorithm;       /* it does not know its SignatureAlgorithm */
	struct opendkim_row *options;
	size_t n_options;
	struct opendkim_table keys, signing;
	struct opendkim_table internal;  /* InternalHosts: keys alone */
	struct opendkim_file *files;
	size_t n_files;
};

/* Read opendkim.conf at PATH and what it names. Never fails: faults tell. A
 * conf that is not there has fault NULL and no options. */
struct opendkim *opendkim_read(struct arena *arena, const char *path);

/* no_algorithm takes the program to be asked: "opendkim -V", started, which the
 * caller closes; NULL: there is no need. When it has ended: its answer. */
struct run *opendkim_ask(struct arena *arena, const struct opendkim *opendkim);
bool opendkim_lacks_algorithm(const struct opendkim *opendkim,
    struct run *run);

/* The value in force of the option NAME (the last one), or NULL. */
const char *opendkim_option(const struct opendkim *opendkim, const char *name);

/* The user that it runs as. */
const char *opendkim_user(struct arena *arena,
    const struct opendkim *opendkim);

/* The kind of data set that VALUE names; *PATH becomes the file or NULL. */
enum opendkim_kind opendkim_kind(const char *value, const char **path);

/* The same for InternalHosts: a list of words needs no "csl:", as long as no
 * colon comes before its first comma. */
enum opendkim_kind opendkim_hosts_kind(const char *value, const char **path);

/* Does PATTERN of a signing table mean mail from ADDRESS? In a table of
 * patterns "*" stands for anything; otherwise whole keys, tried from the address
 * to ".example.com" (opendkim.conf(5), SigningTable). */
bool opendkim_matches(const char *pattern, const char *address, bool patterns);

/* The row of the signing table that mail from ADDRESS uses, or NULL. */
const struct opendkim_row *opendkim_signs(const struct opendkim *opendkim,
    const char *address);

/* The first row of the signing table that means mail from ADDRESS, and has no
 * other fault than its form: "example.com" among patterns, where it would have
 * to be "*@example.com", or blanks before a pattern, which count there. NULL:
 * none. */
const struct opendkim_row *opendkim_nearly_signs(struct arena *arena,
    const struct opendkim *opendkim, const char *address);

/* The row of the KeyTable that the signing table's ROW names, or NULL. *LEN
 * (may be NULL) becomes how much of its value is that name; a signer's address
 * can follow it behind a colon. */
const struct opendkim_row *opendkim_key(const struct opendkim *opendkim,
    const struct opendkim_row *row, size_t *len);

/* "domain:selector:/path" of the KeyTable. NULL in *FILE: the key itself
 * stands there, or something that is neither (opendkim.conf(5), KeyTable).
 * False: these are not three parts. */
bool opendkim_key_parts(struct arena *arena, const char *value,
    const char **domain, const char **selector, const char **file);

enum opendkim_trust {
	OPENDKIM_TRUST_UNKNOWN,  /* a kind of list that cannot be looked at */
	OPENDKIM_TRUSTS,
	OPENDKIM_TRUSTS_NOT
};

/* Is mail from the host IP signed? InternalHosts has single addresses, networks
 * by their first address ("192.0.2.0/24") and names; "!" before one takes it
 * out. Only IP itself is looked up, and "localhost" for a loopback address. */
enum opendkim_trust opendkim_trusts(const struct opendkim *opendkim,
    const char *ip);

/* How a signer that runs as USER sees the key file PATH: it refuses one that
 * others could read or replace (RequireSafeKeys). The folders down to BELOW are
 * taken as safe; NULL: all are looked at. */
void opendkim_look(struct arena *arena, const char *path, const char *user,
    const char *below, struct opendkim_file *out);

const char *opendkim_rights_name(enum opendkim_rights rights);

/* The "opendkim…" lines of a recording's [host] section, and one of them back:
 * N words, the first the line's name. False: it is none of these, or ERR. */
void opendkim_print(const struct opendkim *opendkim, struct str *out);
bool opendkim_parse(struct arena *arena, struct opendkim *opendkim,
    const char *name, const char *const *words, size_t n);

#endif
