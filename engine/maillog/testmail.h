/* SPDX-License-Identifier: ISC
 * A test message handed to sendmail(1) and followed through the log up to the
 * receiver's reply. For a poll loop; bounded in time and memory. */
#ifndef WB_TESTMAIL_H
#define WB_TESTMAIL_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "engine/maillog/letter.h"
#include "engine/maillog/log_trace.h"
#include "engine/world/log_follow.h"
#include "engine/world/run.h"

struct testmail;

enum testmail_state {
	TESTMAIL_SENDING,     /* sendmail(1) runs */
	TESTMAIL_LOOKING,     /* it was taken; the log does not have it yet */
	TESTMAIL_UNDER_WAY,   /* it has a queue id */
	/* and the ends: */
	TESTMAIL_NOT_SENT,    /* testmail_why() has sendmail's words */
	TESTMAIL_UNSEEN,      /* taken; there is no log to look in, see
	                         testmail_log() */
	TESTMAIL_ACCEPTED,    /* by another server */
	TESTMAIL_HERE,        /* it stayed on this server */
	TESTMAIL_DEFERRED,    /* refused for now: Postfix tries again */
	TESTMAIL_REFUSED,
	TESTMAIL_LATE         /* no reply in time; it goes on by itself */
};

/* Send LETTER (borrowed until then) with PROGRAM, the path of sendmail(1), and
 * look for it in the log that log_stream_open() would find. FILE, FILES and
 * JOURNALS are borrowed. */
struct testmail *testmail_start(const struct letter *letter,
    const char *program, const char *file, const char *const *files,
    const char *const *journals);
void testmail_free(struct testmail **mail);

/* sendmail has so long, and then the reply. */
#define TESTMAIL_SEND_MS 20000
#define TESTMAIL_REPLY_MS 120000
/* A message that stayed here is watched for so long: a filter may bring it
 * back. */
#define TESTMAIL_HERE_MS 3000

/* What to poll: fills FDS, returns their number, and lowers *TIMEOUT (ms, -1
 * is none) if need be. */
#define TESTMAIL_FDS (RUN_FDS + LOG_FOLLOW_FDS)
size_t testmail_poll(const struct testmail *mail,
    struct pollfd fds[TESTMAIL_FDS], int *timeout);

/* Take what is there; never waits. */
enum testmail_state testmail_io(struct testmail *mail);
bool testmail_ended(const struct testmail *mail);

/* What is known of it, and all its lines in the log; one line about what went
 * wrong. Foreign text, borrowed until the next call. */
void testmail_result(const struct testmail *mail, struct log_traced *traced);
const char *testmail_text(const struct testmail *mail, size_t *len);
const char *testmail_why(const struct testmail *mail);

/* How opening the log ended, and its name (NULL unless it is open). */
enum log_stream_end testmail_log(const struct testmail *mail,
    const char **name);

#endif
