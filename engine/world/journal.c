/* SPDX-License-Identifier: ISC
 * Knows how journalctl is asked. Hides its process and its pipes. */
#include "config.h"

#include "engine/world/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/arena.h"
#include "engine/base/i18n.h"
#include "engine/world/child.h"
#include "engine/world/maillog.h"

const char *const maillog_journals[] = {
	"/usr/bin/journalctl", "/bin/journalctl", NULL
};

struct journal {
	pid_t pid;
	int out, err;
	bool waited;
	int status;
};

/* Every program of Postfix logs with this facility (RFC 5424 6.2.1: 2 is the
 * mail system), whatever its units and tags are called. */
#define MAIL_FACILITY "SYSLOG_FACILITY=2"

/* What was logged while it was being started is among these. */
#define LAST_LINES "--lines=1000"

static void
close_both(const int ends[2])
{
	close(ends[0]);
	close(ends[1]);
}

/* NULL: it is not here or cannot be run. */
static struct journal *
start(const char *program, const char *const *argv)
{
	struct journal *journal;
	int out[2], err[2];
	pid_t pid;

	if (access(program, X_OK) != 0 || pipe2(out, O_CLOEXEC) != 0)
		return NULL;
	if (pipe2(err, O_CLOEXEC) != 0) {
		close_both(out);
		return NULL;
	}
	pid = child_start(program, argv, out[1], err[1]);
	close(out[1]);
	close(err[1]);
	if (pid == 0) {
		close(out[0]);
		close(err[0]);
		return NULL;
	}
	journal = mem_alloc(sizeof *journal);
	*journal = (struct journal){ .pid = pid, .out = out[0],
		.err = err[0] };
	/* its complaints are read at the end, and never waited for */
	(void)fcntl(journal->err, F_SETFL, O_NONBLOCK);
	return journal;
}

struct journal *
journal_open(const char *program)
{
	static const char *const argv[] = { "journalctl",
		"--output=short-iso", "--no-pager", "--quiet", MAIL_FACILITY,
		NULL };

	return start(program, argv);
}

struct journal *
journal_follow(const char *program)
{
	static const char *const argv[] = { "journalctl",
		"--output=short-iso", "--no-pager", "--quiet", "--follow",
		LAST_LINES, MAIL_FACILITY, NULL };

	return start(program, argv);
}

int
journal_descriptor(const struct journal *journal)
{
	return journal->out;
}

static void
wait_for(struct journal *journal)
{
	while (!journal->waited) {
		pid_t got = waitpid(journal->pid, &journal->status, 0);

		journal->waited = got == journal->pid || errno != EINTR;
	}
}

bool
journal_ended_well(struct journal *journal, struct str *err)
{
	char words[1024];
	ssize_t n;

	wait_for(journal);
	if (WIFEXITED(journal->status) && WEXITSTATUS(journal->status) == 0)
		return true;
	n = read(journal->err, words, sizeof words);
	if (n > 0) {
		const char *end = memchr(words, '\n', (size_t)n);

		str_add(err, words, end != NULL ? (size_t)(end - words) :
		    (size_t)n);
		return false;
	}
	/* it ends with 1 when there are no lines at all */
	if (WIFEXITED(journal->status) && WEXITSTATUS(journal->status) == 1)
		return true;
	str_adds(err, _("it did not end well"));
	return false;
}

void
journal_close(struct journal **journal)
{
	struct journal *j = *journal;

	if (j == NULL)
		return;
	close(j->out);
	close(j->err);
	if (!j->waited)
		(void)kill(-j->pid, SIGTERM);
	wait_for(j);
	free(j);
	*journal = NULL;
}
