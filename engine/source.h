/* SPDX-License-Identifier: ISC
 * Where facts come from: the world, a recording, or a bundled case. */
#ifndef WB_SOURCE_H
#define WB_SOURCE_H

#include <poll.h>
#include <stdbool.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"
#include "engine/diagnosis.h"
#include "engine/reading.h"
#include "engine/world/dns_fetch.h"
#include "engine/world/facts.h"
#include "engine/world/host.h"
#include "engine/world/postfix.h"
#include "engine/world/replay.h"

struct source {
	struct facts *facts;
	struct host *host;
	struct postfix *postfix;
	struct recording recording;   /* answers; a replay's title and bounce */
	struct dns_fetch *fetch;      /* NULL in a replay: nothing is asked */
	struct reading *reading;      /* of this system; NULL: all is read */
};

/* Open what OPTIONS name; all but the fetcher belongs to ARENA. Reads files
 * and may start postconf(1) and others that source_io() waits for; sends
 * nothing. False: ERR says what could not be read. source_close() ends what
 * runs, and frees the fetcher and its sockets. */
bool source_open(struct source *source, struct arena *arena,
    const struct diagnosis_options *options, struct str *err)
	__attribute__((warn_unused_result));
void source_close(struct source *source);

/* Is all that can be learned here known? Until then HOST and POSTFIX are as
 * good as unknown, or as they were before a refresh. Poll (fills FDS, returns
 * their number, lowers *TIMEOUT (ms, -1 is none) if need be) and io until that
 * is true, which takes some seconds at most. Neither waits. stop() goes on with
 * what is known. */
bool source_is_read(const struct source *source);
#define SOURCE_FDS READING_FDS
size_t source_poll(const struct source *source,
    struct pollfd fds[SOURCE_FDS], int *timeout);
bool source_io(struct source *source, struct arena *arena);
void source_stop(struct source *source, struct arena *arena);

/* Begin to read the host and main.cf anew, for what the user changed in
 * between. A recording stays as it is. */
void source_refresh(struct source *source, struct arena *arena,
    const struct diagnosis_options *options);

/* Everything looked at so far as facts text (replay.h); of a main.cf that is
 * not read yet nothing. */
void source_record(const struct source *source, struct str *out);

/* One more answer of the user, behind those there are. NAME and VALUE live as
 * long as ARENA. */
void source_answer(struct source *source, struct arena *arena,
    const char *name, const char *value);

#endif
