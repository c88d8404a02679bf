/* SPDX-License-Identifier: ISC
 * The local Postfix: main.cf read the way Postfix reads it. */
#ifndef WB_POSTFIX_H
#define WB_POSTFIX_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"

/* Where a parameter's effective value comes from. */
enum postfix_origin {
	POSTFIX_UNSET,       /* no such parameter known */
	POSTFIX_DEFAULT,     /* postconf -d, or our own table */
	POSTFIX_MAIN_CF,
	POSTFIX_MASTER_CF    /* -o of a service in master.cf */
};

struct postfix_value {
	const char *name;
	const char *raw;         /* as written, continuation lines joined */
	const char *value;       /* expanded; never NULL when origin is not UNSET */
	enum postfix_origin origin;
	const char *file;        /* main.cf's path, or NULL */
	unsigned int line;       /* of the deciding (last) assignment; 0 */
	const char *service;     /* "smtp/unix": whose -o in master.cf; or NULL */
	bool unresolved;         /* has a $name that leads nowhere or in a circle:
	                            what is not known is left out; where Postfix
	                            would stop, value is raw */
	bool assumed;            /* a default of our own table that depends on the
	                            version, which is not known, or the build */
};

struct postfix;

/* How it went, in one word each; shown to the user by the checks. */
enum postfix_state {
	POSTFIX_FOUND,
	POSTFIX_NOT_HERE,        /* no such directory or main.cf: a laptop … */
	POSTFIX_UNREADABLE       /* there, but no permission or an I/O error */
};

struct postfix_options {
	const char *directory;   /* --postfix DIR; NULL: /etc/postfix */
	bool use_postconf;       /* ask postconf(1) for defaults and cross-check */
	const char *postconf;    /* the program; NULL: found in PATH */
};

/* Read DIR/main.cf. Never fails: the state and note tell. postconf(1) is run
 * at most twice, with an argument vector, no shell, and a time limit of 5 s.
 * All strings belong to ARENA. */
struct postfix *postfix_read(struct arena *arena,
    const struct postfix_options *options);

/* The same beside a poll loop, which postconf(1) does not hold up: begin, then
 * poll (fills FDS, returns their number, lowers *TIMEOUT (ms, -1 is none) if
 * need be) and io until that is true. Till then POSTFIX is as good as one of
 * which nothing is known. stop() waits no longer: our own table of defaults
 * serves, which the note tells. It is to be called before ARENA is freed. */
struct postfix *postfix_begin(struct arena *arena,
    const struct postfix_options *options);
#define POSTFIX_BEGIN_FDS 2
size_t postfix_begin_poll(const struct postfix *postfix,
    struct pollfd fds[POSTFIX_BEGIN_FDS], int *timeout);
bool postfix_begin_io(struct postfix *postfix);
void postfix_begin_stop(struct postfix *postfix);
bool postfix_is_read(const struct postfix *postfix);

/* The same from text in memory, without postconf: replay and tests.
 * HOSTNAME (may be NULL) is what myhostname's default is made from; VERSION
 * (may be NULL) is mail_version. Settings that postfix_print() adds and
 * Postfix does not know are taken here: whybounce_hostname (used instead of
 * HOSTNAME) and whybounce_mailname (what the file in myorigin said),
 * whybounce_tables (what the tables of the way out hold), whybounce_services
 * (master.cf), whybounce_asked (what other tables said) and whybounce_files
 * (postfix_files()). */
struct postfix *postfix_parse(struct arena *arena, const char *text,
    size_t len, const char *file, const char *hostname, const char *version);

enum postfix_state postfix_get_state(const struct postfix *postfix);
const char *postfix_note(const struct postfix *postfix);    /* or NULL */
/* The configuration directory; of text in memory the usual one. */
const char *postfix_directory(const struct postfix *postfix);

/* mail_version ("3.7.11"), or NULL when not known. */
const char *postfix_version(const struct postfix *postfix);
/* Is the version known to be at least MAJOR.MINOR? */
bool postfix_at_least(const struct postfix *postfix, int major, int minor);

/* The effective value of NAME: never NULL, origin POSTFIX_UNSET when unknown.
 * postfix_get() is its value or "" — for parameters that always exist.
 * postfix_is_set(): does main.cf give it (an empty value counts)?
 * myorigin in Debian's form (a file) has the file's first line as its value;
 * raw keeps the path; unresolved when that file cannot be read. */
const struct postfix_value *postfix_value(const struct postfix *postfix,
    const char *name);
const char *postfix_get(const struct postfix *postfix, const char *name);
bool postfix_is_set(const struct postfix *postfix, const char *name);

/* The next word of the comma- or blank-separated list at *AT, which then
 * stands behind it; what is in braces stays together. NULL: no more. */
const char *postfix_next_word(const char **at, size_t *len);

/* Does the comma- or blank-separated list in parameter NAME hold ITEM?
 * Table look-ups ("hash:/…") in the list are not followed. */
bool postfix_list_has(const struct postfix *postfix, const char *name,
    const char *item);

/* ---- master.cf ---- */

/* The service whose processes send mail to other servers: of default_transport,
 * where that is such a one of master.cf, else "smtp/unix". */
const char *postfix_client(const struct postfix *postfix);

/* POSTFIX as it is for what SERVICE sends (postfix_route): its settings are the
 * client's. Only as long as POSTFIX. */
const struct postfix *postfix_through(struct arena *arena,
    const struct postfix *postfix, const char *service);

struct postfix_service {
	const char *id;          /* "smtp/unix": name and type */
	const char *command;     /* "smtp" */
	char chroot;             /* as written: 'y', 'n' or '-' */
	const char *file;        /* master.cf's path, or NULL */
	unsigned int line;
	struct postfix_value *overrides;   /* its -o, in order */
	size_t n_overrides;
};

/* All services, in order; one of them by its id, or NULL. */
size_t postfix_services(const struct postfix *postfix,
    const struct postfix_service **list);
const struct postfix_service *postfix_service(const struct postfix *postfix,
    const char *id);
bool postfix_is_chrooted(const struct postfix *postfix,
    const struct postfix_service *service);

/* What NAME is for one service: its own -o, else main.cf's, else the default.
 * postfix_client_…(): for the one that sends mail out. */
const struct postfix_value *postfix_service_value(
    const struct postfix *postfix, const char *id, const char *name);
const struct postfix_value *postfix_client_value(
    const struct postfix *postfix, const char *name);
const char *postfix_client_get(const struct postfix *postfix,
    const char *name);

/* Why master.cf could not be read, or NULL; and its first line that is no
 * service, or 0. */
const char *postfix_master_why(const struct postfix *postfix);
unsigned int postfix_master_refused(const struct postfix *postfix);

/* Differences to postconf -n found by the cross-check, one sentence each. */
size_t postfix_disagreements(const struct postfix *postfix,
    const char *const **sentences);

/* The explicit settings as main.cf text, for a recording; passwords and other
 * secrets left out (design.md 6). */
void postfix_print(const struct postfix *postfix, struct str *out);

/* The settings that say how mail leaves and under which names, ended by NULL;
 * and what they are worth now, defaults too, as main.cf text without
 * secrets. */
extern const char *const postfix_sending[];
void postfix_print_sending(const struct postfix *postfix, struct str *out);

/* Every explicit parameter, in order. */
size_t postfix_count(const struct postfix *postfix);
const struct postfix_value *postfix_at(const struct postfix *postfix,
    size_t i);

/* Where relayhost-like values lead: "[smtp.example.net]:587" →
 * "smtp.example.net". NULL for "". *MX tells whether the name is looked up as
 * a domain (no brackets). Arena-owned. */
const char *postfix_nexthop(struct arena *arena, const char *value, bool *mx);

/* ---- tables ---- */

/* What the tables of a parameter say about a key. */
struct postfix_answer {
	const char *value;       /* NULL: they do not have it */
	const char *table;       /* that has it; NULL: a plain word of the list */
	const char *why_unknown; /* one before it could not be asked, or NULL */
};

/* The value of KEY in the first table of the list that is NAME's value (the
 * SMTP client's, where it sets its own), as "postmap -q" gives it. Words that
 * are no table count as keys. Text tables are in memory; others are noted, and
 * asked by postfix_asks_go_on(). False: it is not known; WHY_UNKNOWN says
 * why. */
bool postfix_look_up(const struct postfix *postfix, const char *name,
    const char *key, struct postfix_answer *out);

/* The same for another service. */
bool postfix_look_up_for(const struct postfix *postfix, const char *service,
    const char *name, const char *key, struct postfix_answer *out);

/* Ask the noted tables of this system with postmap(1), beside a poll loop: one
 * at a time, each once and for five seconds at most, at most 12 in all. Takes what
 * was answered and starts the next. True: there is an answer. Never waits. */
bool postfix_asks_go_on(struct postfix *postfix);
/* One is being asked; what to poll for it: fills FDS, returns their number and
 * lowers *TIMEOUT (ms, -1 is none) if need be. */
bool postfix_asks_going(const struct postfix *postfix);
#define POSTFIX_ASKS_FDS 2
size_t postfix_asks_poll(const struct postfix *postfix,
    struct pollfd fds[POSTFIX_ASKS_FDS], int *timeout);
/* Ask no more: what was not answered is not known, for the reason WHY. To be
 * called before the arena is freed. */
void postfix_asks_stop(struct postfix *postfix, const char *why);
/* What failed may be asked again. */
void postfix_asks_retry(struct postfix *postfix);

/* Note a table whose database is not there to be asked all the same: what
 * Postfix says tells whether it knows such tables. */
void postfix_try_table(const struct postfix *postfix, const char *table);

/* The I-th table that this Postfix could not open because it does not know its
 * type, in its own words; NULL: no more. */
const char *postfix_refused_table(const struct postfix *postfix, size_t i,
    const char **why);

/* A file that a setting names and that is not as Postfix wants it. */
enum postfix_file_state {
	POSTFIX_FILE_MISSING,
	POSTFIX_FILE_NO_DATABASE,  /* the text is there, postmap was not run */
	POSTFIX_FILE_OLD,          /* the text is newer; of a copy: it differs */
	POSTFIX_FILE_UNKNOWN       /* no permission to look */
};
struct postfix_file {
	enum postfix_file_state state;
	const char *parameter;   /* "smtp_generic_maps"; "queue_directory": the
	                            resolv.conf in the chroot; "myorigin": the
	                            file in it */
	const char *table;       /* "hash:/etc/postfix/generic" */
	const char *path;        /* of the file in question */
};
size_t postfix_files(const struct postfix *postfix,
    const struct postfix_file **list);

/* One table that rewrote an address on its way (postfix_rewrite.c). */
struct postfix_rewriting {
	const char *parameter, *table, *key;   /* key: the entry; or NULL */
	const char *before, *after;
};
#define POSTFIX_REWRITINGS_MAX 12
struct postfix_way {
	const char *address;     /* what leaves the server */
	struct postfix_rewriting steps[POSTFIX_REWRITINGS_MAX];
	size_t n_steps;
	const char *why_unknown; /* a table that could not be asked, or NULL */
};

/* The address that Postfix makes of what a program hands in as the sender:
 * "root" and "root@host" get what is missing (append_at_myorigin,
 * append_dot_mydomain), "host!user" and "user%host" another form. NULL: myorigin
 * is not known. */
const char *postfix_complete(const struct postfix *postfix,
    const char *address);

/* What becomes of the envelope sender ADDRESS of a message to RECIPIENT (or
 * NULL): with QUEUED by smtp(8) alone (smtp_generic_maps), else before that by
 * cleanup(8) as well (canonical maps and masquerading;
 * ADDRESS_REWRITING_README). */
void postfix_rewrite_sender(const struct postfix *postfix,
    const char *address, const char *recipient, bool queued,
    struct postfix_way *out);

/* Over which host mail leaves. */
struct postfix_route {
	const char *host;        /* the relay; NULL: the recipient's own servers */
	const char *parameter;   /* that decided: "transport_maps" …; NULL:
	                            relayhost, or nothing */
	const char *table, *key; /* where in it; NULL: relayhost */
	const char *service;     /* that sends it: "smtp/unix" … */
	const char *why_unknown; /* a table that could not be read, or NULL */
};

/* transport_maps for RECIPIENT, sender_dependent_default_transport_maps and
 * sender_dependent_relayhost_maps for SENDER (both may be NULL),
 * default_transport, relayhost, in Postfix' order (transport(5), postconf(5)). */
void postfix_find_route(const struct postfix *postfix, const char *sender,
    const char *recipient, struct postfix_route *out);

#endif
