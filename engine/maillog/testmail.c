/* SPDX-License-Identifier: ISC
 * Knows in which order things happen to a test message. Hides what is being
 * waited for. */
#include "config.h"

#include "engine/maillog/testmail.h"

#include <stdlib.h>

#include "engine/base/arena.h"
#include "engine/base/clock.h"

#define WORDS_MAX 4096

struct testmail {
	enum testmail_state state;
	struct run *run;
	struct log_follow *follow;
	struct log_trace *trace;
	enum log_stream_end log;
	struct str why;
	bool more;                 /* the log had something to read */
	long long until;           /* CLOCK_MONOTONIC ms: for the reply */
	long long here;            /* … for a filter; 0: it is not here */
};

struct testmail *
testmail_start(const struct letter *letter, const char *program,
    const char *file, const char *const *files, const char *const *journals)
{
	struct testmail *mail = mem_alloc(sizeof *mail);

	*mail = (struct testmail){ .state = TESTMAIL_SENDING };
	str_init(&mail->why, WORDS_MAX);
	mail->trace = log_trace_new(letter->message_id);
	/* before it is sent, so that nothing is missed */
	mail->log = log_follow_open(&mail->follow, file, files, journals,
	    &mail->why);
	mail->run = run_start(program, letter->argv, letter->text,
	    TESTMAIL_SEND_MS, WORDS_MAX);
	return mail;
}

void
testmail_free(struct testmail **mail)
{
	struct testmail *m = *mail;

	if (m == NULL)
		return;
	run_close(&m->run);
	log_follow_close(&m->follow);
	log_trace_free(&m->trace);
	str_free(&m->why);
	free(m);
	*mail = NULL;
}

bool
testmail_ended(const struct testmail *mail)
{
	return mail->state >= TESTMAIL_NOT_SENT;
}

size_t
testmail_poll(const struct testmail *mail, struct pollfd fds[TESTMAIL_FDS],
    int *timeout)
{
	long long left;
	size_t n = 0;

	if (testmail_ended(mail))
		return 0;
	if (mail->state == TESTMAIL_SENDING) {
		/* it could not be started: say so at once */
		if (run_io(mail->run) != RUN_GOING)
			*timeout = 0;
		n = run_poll(mail->run, fds, timeout);
	} else {
		left = (mail->here != 0 ? mail->here : mail->until) -
		    clock_ms();
		if (left < 0)
			left = 0;
		if (*timeout < 0 || left < *timeout)
			*timeout = (int)left;
	}
	if (mail->follow == NULL)
		return n;
	if (mail->more)
		*timeout = 0;
	return n + log_follow_poll(mail->follow, fds + n, timeout);
}

static void
send(struct testmail *mail)
{
	switch (run_io(mail->run)) {
	case RUN_GOING:
		return;
	case RUN_DONE:
		mail->state = mail->follow != NULL ? TESTMAIL_LOOKING :
		    TESTMAIL_UNSEEN;
		mail->until = clock_ms() + TESTMAIL_REPLY_MS;
		return;
	case RUN_CUT:
	case RUN_TIMEOUT:
	case RUN_FAILED:
	case RUN_NOT_STARTED:
		break;
	}
	mail->state = TESTMAIL_NOT_SENT;
	str_clear(&mail->why);
	str_adds(&mail->why, run_why(mail->run));
}

/* What the log says about it by now. */
static enum testmail_state
judge(struct testmail *mail)
{
	struct log_traced traced;

	log_trace_result(mail->trace, &traced);
	if (!traced.here)
		mail->here = 0;
	else if (mail->here == 0)
		mail->here = clock_ms() + TESTMAIL_HERE_MS;
	switch (traced.outcome) {
	case OUTCOME_UNKNOWN:
		break;
	case OUTCOME_SENT:
		if (!traced.here)
			return TESTMAIL_ACCEPTED;
		if (clock_ms() >= mail->here)
			return TESTMAIL_HERE;
		break;
	case OUTCOME_DEFERRED:
		return TESTMAIL_DEFERRED;
	case OUTCOME_BOUNCED:
	case OUTCOME_EXPIRED:
		return TESTMAIL_REFUSED;
	}
	if (clock_ms() >= mail->until)
		return TESTMAIL_LATE;
	return traced.queue_id != NULL ? TESTMAIL_UNDER_WAY :
	    TESTMAIL_LOOKING;
}

enum testmail_state
testmail_io(struct testmail *mail)
{
	const char *text;
	size_t len = 0;

	if (testmail_ended(mail))
		return mail->state;
	if (mail->follow != NULL) {
		log_follow_next(mail->follow, &text, &len);
		log_trace_add(mail->trace, text, len);
		mail->more = len != 0;
	}
	if (mail->state == TESTMAIL_SENDING)
		send(mail);
	if (mail->state == TESTMAIL_LOOKING ||
	    mail->state == TESTMAIL_UNDER_WAY)
		mail->state = judge(mail);
	return mail->state;
}

void
testmail_result(const struct testmail *mail, struct log_traced *traced)
{
	log_trace_result(mail->trace, traced);
}

const char *
testmail_text(const struct testmail *mail, size_t *len)
{
	return log_trace_text(mail->trace, len);
}

const char *
testmail_why(const struct testmail *mail)
{
	return mail->why.text;
}

enum log_stream_end
testmail_log(const struct testmail *mail, const char **name)
{
	*name = mail->follow != NULL ? log_follow_name(mail->follow) : NULL;
	return mail->log;
}
