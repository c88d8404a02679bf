/* SPDX-License-Identifier: ISC
 * The terminal's modes, signals and the way back after a crash. Hides
 * newterm(), termios and which escape sequences bring the screen back. */
#include "config.h"

#include "tui/tty.h"

#include <errno.h>
#include <fcntl.h>
#include <ncurses.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#include "engine/base/arena.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"

static const char paste_on[] = "\033[?2004h";
static const char paste_off[] = "\033[?2004l";

static struct {
	int keys_fd;
	bool started;            /* handlers are ours */
	bool ansi;               /* understands ESC [ sequences */
	struct termios before;
	SCREEN *screen;
	FILE *keys;              /* for newterm(), when not standard input */
	int signals[2];
	char restore[512];       /* what a crash handler writes */
	size_t restore_len;
} tty = { .signals = { -1, -1 } };

static volatile sig_atomic_t full_screen;

static const int handled[] = {
	SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT
};
static const int fatal[] = { SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL };
#define N_HANDLED (sizeof handled / sizeof handled[0])
#define N_FATAL (sizeof fatal / sizeof fatal[0])
static struct sigaction handled_before[N_HANDLED], fatal_before[N_FATAL];
static struct sigaction pipe_before;

/* Async-signal-safe: write(2) and tcsetattr(3) only (POSIX 2.4.3). */
static void
restore_now(void)
{
	ssize_t ignored;

	if (!full_screen)
		return;
	full_screen = 0;
	ignored = write(STDOUT_FILENO, tty.restore, tty.restore_len);
	(void)ignored;
	tcsetattr(tty.keys_fd, TCSANOW, &tty.before);
}

static void
on_fatal(int signo)
{
	static const char message[] = "\r\nwhybounce: internal error; "
	    "your terminal was restored\r\n";
	ssize_t ignored;

	restore_now();
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
	ssize_t ignored = write(tty.signals[1], &octet, 1);

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

static void
catch_all(void)
{
	for (size_t i = 0; i < N_HANDLED; i++)
		catch(handled[i], on_signal, SA_RESTART, &handled_before[i]);
	for (size_t i = 0; i < N_FATAL; i++)
		catch(fatal[i], on_fatal, (int)(SA_RESETHAND | SA_NODEFER),
		    &fatal_before[i]);
	catch(SIGPIPE, SIG_IGN, 0, &pipe_before);
}

static void
catch_none(void)
{
	for (size_t i = 0; i < N_HANDLED; i++)
		sigaction(handled[i], &handled_before[i], NULL);
	for (size_t i = 0; i < N_FATAL; i++)
		sigaction(fatal[i], &fatal_before[i], NULL);
	sigaction(SIGPIPE, &pipe_before, NULL);
}

void
tty_write(const char *text, size_t len)
{
	while (len != 0) {
		ssize_t n = write(STDOUT_FILENO, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		text += n;
		len -= (size_t)n;
	}
}

/* A terminfo string, or NULL when the terminal has not got it. */
static const char *
capability(const char *name)
{
	char *value = tigetstr(name);

	/* terminfo(3): (char *)-1 for a name that is not a string */
	return (intptr_t)value == -1 ? NULL : value;
}

/* Append TEXT to the restore string without its $<padding>. */
static void
restore_add(const char *text)
{
	while (text != NULL && *text != '\0' &&
	    tty.restore_len < sizeof tty.restore) {
		if (text[0] == '$' && text[1] == '<') {
			const char *end = strchr(text, '>');

			if (end != NULL) {
				text = end + 1;
				continue;
			}
		}
		tty.restore[tty.restore_len++] = *text++;
	}
}

static void
restore_build(void)
{
	const char *cup = capability("cup");

	tty.restore_len = 0;
	if (tty.ansi)
		restore_add(paste_off);
	restore_add(capability("sgr0"));
	restore_add(capability("rmacs"));
	restore_add(capability("cnorm"));
	if (cup != NULL)
		restore_add(tiparm(cup, LINES - 1, 0));
	restore_add(capability("rmcup"));
}

static bool
looks_like_xterm(const char *name)
{
	static const char *const modern[] = {
		"xterm", "tmux", "screen", "kitty", "alacritty", "foot",
		"wezterm", "ghostty", "256color", "rxvt", "konsole", "vte"
	};

	for (size_t i = 0; i < sizeof modern / sizeof modern[0]; i++)
		if (strstr(name, modern[i]) != NULL)
			return true;
	return false;
}

static bool
in_terminfo(const char *name)
{
	int error;
	bool known = setupterm(name, STDOUT_FILENO, &error) == OK;

	if (known)
		del_curterm(cur_term);
	return known;
}

/* A new terminal's name is often not known on an old server: step down to
 * what such terminals understand, instead of giving up. NULL: nothing fits. */
static const char *
usable_name(const char *name)
{
	static const char *const known[] = {
		"xterm-256color", "xterm", "vt220", "vt100", "ansi"
	};

	if (strcmp(name, "dumb") == 0 || strcmp(name, "unknown") == 0)
		return NULL;
	if (in_terminfo(name))
		return name;
	for (size_t i = looks_like_xterm(name) ? 0 : 3;
	    i < sizeof known / sizeof known[0]; i++)
		if (in_terminfo(known[i]))
			return known[i];
	return NULL;
}

static bool
can_draw(void)
{
	return capability("cup") != NULL &&
	    (capability("ed") != NULL || capability("clear") != NULL);
}

/* Keys arrive as they are typed: a Ctrl-C inside a paste is data. */
static void
set_modes(void)
{
	raw();
	noecho();
	nonl();
	typeahead(-1);
	intrflush(stdscr, FALSE);
	keypad(stdscr, FALSE);
	leaveok(stdscr, FALSE);
	idlok(stdscr, TRUE);
}

static void
refuse(struct str *err, const char *name)
{
	if (name == NULL || *name == '\0')
		str_adds(err, _("TERM is not set, so no full screen can be "
		    "shown; use 'whybounce explain' or 'whybounce diagnose'"));
	else {
		str_adds(err, "TERM=");
		text_clean(err, name, strlen(name), false);
		str_adds(err, _(" cannot show a full screen; use 'whybounce "
		    "explain' or 'whybounce diagnose'"));
	}
}

static bool
open_fds(int keys_fd, struct str *err)
{
	tty.keys_fd = keys_fd > 0 ? keys_fd : STDIN_FILENO;
	if (tcgetattr(tty.keys_fd, &tty.before) != 0 ||
	    !isatty(STDOUT_FILENO)) {
		str_adds(err, _("not a terminal; use 'whybounce explain' or "
		    "'whybounce diagnose'"));
		return false;
	}
	if (pipe2(tty.signals, O_CLOEXEC | O_NONBLOCK) != 0) {
		str_adds(err, strerror(errno));
		return false;
	}
	if (tty.keys_fd != STDIN_FILENO)
		tty.keys = fdopen(fcntl(tty.keys_fd, F_DUPFD_CLOEXEC, 3), "r");
	return true;
}

static void
close_fds(void)
{
	for (int i = 0; i < 2; i++) {
		if (tty.signals[i] >= 0)
			close(tty.signals[i]);
		tty.signals[i] = -1;
	}
	if (tty.keys != NULL)
		fclose(tty.keys);
	tty.keys = NULL;
}

static void
give_up(const char *name, struct str *err)
{
	if (tty.screen != NULL) {
		endwin();
		delscreen(tty.screen);
		tty.screen = NULL;
	}
	tcsetattr(tty.keys_fd, TCSADRAIN, &tty.before);
	catch_none();
	close_fds();
	refuse(err, name);
}

bool
tty_start(int keys_fd, struct str *err)
{
	const char *name = getenv("TERM"), *usable, *cup;

	usable = name != NULL && *name != '\0' ? usable_name(name) : NULL;
	if (usable == NULL) {
		refuse(err, name);
		return false;
	}
	if (!open_fds(keys_fd, err))
		return false;
	/* exported by some shells, and never right after a resize */
	unsetenv("LINES");
	unsetenv("COLUMNS");
	/* before newterm(), which then leaves these signals alone */
	catch_all();
	tty.screen = newterm(usable, stdout,
	    tty.keys != NULL ? tty.keys : stdin);
	if (tty.screen == NULL || !can_draw()) {
		give_up(name, err);
		return false;
	}
	set_modes();
	cup = capability("cup");
	tty.ansi = cup != NULL && strncmp(cup, "\033[", 2) == 0;
	restore_build();
	full_screen = 1;
	tty.started = true;
	mem_on_fail(restore_now);
	if (tty.ansi)
		tty_write(paste_on, sizeof paste_on - 1);
	tty_resize();
	return true;
}

void
tty_leave(void)
{
	if (!full_screen)
		return;
	if (tty.ansi)
		tty_write(paste_off, sizeof paste_off - 1);
	curs_set(1);
	endwin();
	full_screen = 0;
	tcsetattr(tty.keys_fd, TCSADRAIN, &tty.before);
}

void
tty_back(void)
{
	if (full_screen)
		return;
	full_screen = 1;
	reset_prog_mode();
	tty_resize();
	tty_repaint();
	if (tty.ansi)
		tty_write(paste_on, sizeof paste_on - 1);
}

void
tty_stop(void)
{
	if (!tty.started)
		return;
	tty_leave();
	mem_on_fail(NULL);
	catch_none();
	delscreen(tty.screen);
	tty.screen = NULL;
	close_fds();
	tty.started = false;
}

void
tty_abandon(void)
{
	full_screen = 0;
	signal(SIGTTOU, SIG_IGN);
	tcsetattr(tty.keys_fd, TCSANOW, &tty.before);
}

void
tty_suspend(void)
{
	struct sigaction ours;
	sigset_t stop, before;
	bool full = full_screen;

	tty_leave();
	catch(SIGTSTP, SIG_DFL, 0, &ours);
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, &before);
	kill(0, SIGTSTP);	/* the whole job, as the tty would have done */
	sigprocmask(SIG_SETMASK, &before, NULL);
	sigaction(SIGTSTP, &ours, NULL);
	if (full)
		tty_back();
}

int
tty_signal_fd(void)
{
	return tty.signals[0];
}

int
tty_signal(void)
{
	unsigned char octet;

	return read(tty.signals[0], &octet, 1) == 1 ? octet : 0;
}

void
tty_resize(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
	    size.ws_row != 0 && size.ws_col != 0 &&
	    (size.ws_row != LINES || size.ws_col != COLS))
		resizeterm(size.ws_row, size.ws_col);
}

void
tty_repaint(void)
{
	if (!full_screen)
		return;
	reset_prog_mode();
	clearok(curscr, TRUE);
}

/* The next octet of the keyboard; 0 when a signal came that ends the program,
 * which stays to be taken by tty_signal(); -1: the terminal is gone. */
static int
next_octet(void)
{
	struct pollfd fds[] = {
		{ .fd = tty.keys_fd, .events = POLLIN },
		{ .fd = tty.signals[0], .events = POLLIN }
	};
	unsigned char c;

	for (;;) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return -1;
		if (fds[1].revents != 0) {
			int signo = tty_signal();

			if (signo == SIGTSTP)
				tty_suspend();
			else if (signo != 0 && signo != SIGWINCH &&
			    signo != SIGCONT) {
				on_signal(signo);
				return 0;
			}
		}
		if (fds[0].revents != 0)
			return read(tty.keys_fd, &c, 1) == 1 ? c : -1;
		fds[0].revents = fds[1].revents = 0;
	}
}

bool
tty_wait_enter(void)
{
	struct termios modes = tty.before;
	int c;

	modes.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
	modes.c_cc[VMIN] = 1;
	modes.c_cc[VTIME] = 0;
	tcsetattr(tty.keys_fd, TCSADRAIN, &modes);
	do
		c = next_octet();
	while (c > 0 && c != '\r' && c != '\n' && c != 'q' && c != 0x1b &&
	    c != 3);
	tcsetattr(tty.keys_fd, TCSADRAIN, &tty.before);
	return c >= 0;
}
