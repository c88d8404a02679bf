/* SPDX-License-Identifier: ISC
 * What replay.c and replay_dns.c share while they read facts text. */
#ifndef WB_REPLAY_PARTS_H
#define WB_REPLAY_PARTS_H

#include "engine/world/replay.h"

enum section {
	IN_NOTHING, IN_CASE, IN_ANSWERS, IN_HOST, IN_POSTFIX, IN_SERVER,
	IN_SERVER_POSTFIX, IN_DNS, IN_BOUNCE, IN_SAVED
};

struct replay_record;

struct reader {
	struct arena *arena;
	const char *file;
	unsigned int line;
	enum section section;
	struct facts *facts;
	struct recording *out;
	struct str *err;
	struct answer *answers;
	struct replay_record *records;
	size_t n_records;
	struct str postfix, bounce;
	struct server_reader servers;
	bool has_postfix, has_bounce;
	enum facts_world world;
};

/* "file:line: reason" into the reader's error, cleaned; returns false. */
bool replay_fail(struct reader *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* LEN without the blanks at the end of TEXT. */
size_t replay_trimmed(const char *text, size_t len);

/* Part "name = value"; false when LINE is none. VALUE stays in LINE. */
bool replay_split(struct reader *r, const char *line, const char **name,
    const char **value);

/* Does TEXT begin with NAME as a whole word before a blank or "="? */
bool replay_starts_name(const char *text, size_t len, const char *name);

/* Take one line of [dns]; and at the end make facts of all of them. */
bool replay_dns_line(struct reader *r, const char *line);
bool replay_dns_store(struct reader *r);

#endif
