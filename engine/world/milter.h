/* SPDX-License-Identifier: ISC
 * The mail filters (milters) that Postfix on this host asks: where they are,
 * and whether they answer. */
#ifndef WB_MILTER_H
#define WB_MILTER_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"
#include "engine/world/postfix.h"

#define MILTERS_MAX 16

enum milter_state {
	MILTER_UNTRIED,      /* on another host, or by a name: not looked at */
	MILTER_ANSWERS,
	MILTER_ABSENT,       /* no such socket */
	MILTER_REFUSES,      /* nobody listens there, or he hangs up */
	MILTER_HANGS,        /* it takes the connection and says nothing */
	MILTER_HIDDEN,       /* this user may not look */
	MILTER_DENIED        /* it answers, but Postfix's user may not use it */
};

struct milter {
	const char *address;     /* as in main.cf: "unix:opendkim/opendkim.sock" */
	enum milter_state state;
	const char *place;       /* the socket's path as Postfix sees it, or
	                            HOST:PORT */
	const char *culprit;     /* of MILTER_DENIED: PLACE or a folder above it;
	                            NULL in a recording */
	bool chroot;             /* a path that means another place for Postfix,
	                            which runs in its queue directory */
};

/* Connect to each milter of smtpd_milters (of a service in master.cf, too) and
 * non_smtpd_milters that is a local socket or on a loopback address, say hello
 * in its protocol, and go again: all at once, beside a poll loop. Begin; then
 * poll (fills FDS, returns their number, lowers *TIMEOUT (ms, -1 is none) if
 * need be) and io until that is true, at most LIMIT_MS. stop() waits no longer:
 * what did not answer by then is untried. */
struct milters;
struct milters *milters_begin(struct arena *arena,
    const struct postfix *postfix, int limit_ms);
#define MILTERS_FDS MILTERS_MAX
size_t milters_poll(const struct milters *milters,
    struct pollfd fds[MILTERS_FDS], int *timeout);
bool milters_io(struct milters *milters);
void milters_stop(struct milters *milters);
/* What is known by now; N becomes how many there are. */
const struct milter *milters_list(const struct milters *milters, size_t *n);

/* All of that, waiting. */
const struct milter *milters_look(struct arena *arena,
    const struct postfix *postfix, int limit_ms, size_t *n);

/* The addresses in a parameter's VALUE, at most MILTERS_MAX: the first words of
 * groups in braces, too (postconf(5), smtpd_milters). Returns how many. */
size_t milters_split(struct arena *arena, const char *value,
    const char *out[MILTERS_MAX]);

const char *milter_state_name(enum milter_state state);

/* The "milter = …" line of a recording's [host] section, and its words back. */
void milter_print(const struct milter *milter, struct str *out);
bool milter_parse(const char *const *words, size_t n, struct milter *out);

#endif
