/* SPDX-License-Identifier: ISC
 * The handlers. Hides the pipe and what the handlers were before. */
#include "config.h"

#include "tui/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static int ends[2] = { -1, -1 };
static void (*restore_terminal)(void);

static const int handled[] = {
	SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT
};
static const int fatal[] = { SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL };
#define N_HANDLED (sizeof handled / sizeof handled[0])
#define N_FATAL (sizeof fatal / sizeof fatal[0])
static struct sigaction handled_before[N_HANDLED], fatal_before[N_FATAL];
static struct sigaction pipe_before;

static void
on_fatal(int signo)
{
	static const char message[] = "\r\nwhybounce: internal error; "
	    "your terminal was restored\r\n";
	ssize_t ignored;

	restore_terminal();
	ignored = write(STDERR_FILENO, message, sizeof message - 1);
	(void)ignored;
	signal(signo, SIG_DFL);
	raise(signo);
}

static void
on_signal(int signo)
{
	int saved = errno;
	unsigned char octet = (unsigned char)signo;
	ssize_t ignored = write(ends[1], &octet, 1);

	(void)ignored;
	errno = saved;
}

static void
catch(int signo, void (*handler)(int), int flags, struct sigaction *before)
{
	struct sigaction action;

	memset(&action, 0, sizeof action);
	action.sa_handler = handler;
	action.sa_flags = flags;
	sigemptyset(&action.sa_mask);
	sigaction(signo, &action, before);
}

bool
signals_catch(void (*restore)(void))
{
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
		return false;
	restore_terminal = restore;
	for (size_t i = 0; i < N_HANDLED; i++)
		catch(handled[i], on_signal, SA_RESTART, &handled_before[i]);
	for (size_t i = 0; i < N_FATAL; i++)
		catch(fatal[i], on_fatal, (int)(SA_RESETHAND | SA_NODEFER),
		    &fatal_before[i]);
	catch(SIGPIPE, SIG_IGN, 0, &pipe_before);
	return true;
}

void
signals_release(void)
{
	for (size_t i = 0; i < N_HANDLED; i++)
		sigaction(handled[i], &handled_before[i], NULL);
	for (size_t i = 0; i < N_FATAL; i++)
		sigaction(fatal[i], &fatal_before[i], NULL);
	sigaction(SIGPIPE, &pipe_before, NULL);
	close(ends[0]);
	close(ends[1]);
}

int
signals_fd(void)
{
	return ends[0];
}

int
signals_take(void)
{
	unsigned char octet;

	return read(ends[0], &octet, 1) == 1 ? octet : 0;
}

void
signals_put_back(int signo)
{
	on_signal(signo);
}

void
signals_stop(void)
{
	struct sigaction ours;
	sigset_t stop, before;

	catch(SIGTSTP, SIG_DFL, 0, &ours);
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, &before);
	kill(0, SIGTSTP);	/* the whole job */
	sigprocmask(SIG_SETMASK, &before, NULL);
	sigaction(SIGTSTP, &ours, NULL);
}

void
signals_ignore(void)
{
	static const int interrupting[] = {
		SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGTSTP
	};

	for (size_t i = 0; i < sizeof interrupting / sizeof interrupting[0];
	    i++)
		catch(interrupting[i], SIG_IGN, 0, NULL);
}
