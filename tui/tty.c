/* SPDX-License-Identifier: ISC
 * The terminal's modes and the way back after a crash. Hides newterm(),
 * termios and which escape sequences bring the screen back. */
#include "config.h"

#include "tui/tty.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
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
#include "engine/base/clock.h"
#include "tui/signals.h"
#include "tui/termname.h"

/* No screen has more. curses keeps every cell three times, and reckons with
 * short numbers. */
#define COLUMNS_MAX 1000
#define LINES_MAX 500

/* An answer of the terminal that takes longer is not waited for. */
#define ANSWER_MS 300

static const char paste_on[] = "\033[?2004h";
static const char paste_off[] = "\033[?2004l";

static struct {
	int keys_fd;
	bool started;
	bool ansi;               /* understands ESC [ sequences */
	struct termios before;
	int64_t asked_at;        /* tty_ask_width(); 0: nothing is awaited */
	SCREEN *screen;
	FILE *keys;              /* for newterm(), when not standard input */
	char restore[512];       /* what a crash handler writes */
	size_t restore_len;
} tty;

static volatile sig_atomic_t full_screen;

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

static bool
open_keys(int keys_fd)
{
	tty.keys_fd = keys_fd > 0 ? keys_fd : STDIN_FILENO;
	if (tcgetattr(tty.keys_fd, &tty.before) != 0 || !isatty(STDOUT_FILENO))
		return false;
	if (tty.keys_fd != STDIN_FILENO)
		tty.keys = fdopen(fcntl(tty.keys_fd, F_DUPFD_CLOEXEC, 3), "r");
	return true;
}

static void
close_keys(void)
{
	if (tty.keys != NULL)
		fclose(tty.keys);
	tty.keys = NULL;
}

static void
give_up(void)
{
	if (tty.screen != NULL) {
		endwin();
		delscreen(tty.screen);
		tty.screen = NULL;
	}
	tcsetattr(tty.keys_fd, TCSADRAIN, &tty.before);
	signals_release();
	close_keys();
}

/* The size that the terminal tells. False: it tells none that can be. */
static bool
told_size(struct winsize *size)
{
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, size) == 0 &&
	    size->ws_row != 0 && size->ws_row <= LINES_MAX &&
	    size->ws_col != 0 && size->ws_col <= COLUMNS_MAX;
}

/* newterm() of a terminal that lies about its size: it is as large as most,
 * until it tells another. */
static SCREEN *
new_screen(const char *name)
{
	struct winsize size;
	SCREEN *screen;

	/* exported by some shells, and never right after a resize */
	unsetenv("LINES");
	unsetenv("COLUMNS");
	if (!told_size(&size)) {
		setenv("LINES", "24", 1);
		setenv("COLUMNS", "80", 1);
	}
	screen = newterm(name, stdout, tty.keys != NULL ? tty.keys : stdin);
	unsetenv("LINES");
	unsetenv("COLUMNS");
	return screen;
}

bool
tty_start(int keys_fd)
{
	const char *name = getenv("TERM"), *usable, *cup;

	usable = name != NULL && *name != '\0' ? termname_usable(name) : NULL;
	if (usable == NULL || !open_keys(keys_fd))
		return false;
	if (!signals_catch(restore_now)) {
		close_keys();
		return false;
	}
	tty.screen = new_screen(usable);
	if (tty.screen == NULL || !can_draw()) {
		give_up();
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

bool
tty_ask_width(void)
{
	/* the first place, an arrow, the cursor's place */
	static const char question[] = "\033[H\342\206\222\033[6n";
	const char *name = getenv("TERM");

	if (!tty.ansi || name == NULL || !termname_is_modern(name) ||
	    strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return false;
	tty_write(question, sizeof question - 1);
	tty.asked_at = clock_ms();
	return true;
}

void
tty_answered(void)
{
	tty.asked_at = 0;
}

/* An answer that is still on its way is not for the shell. */
static void
take_answer(void)
{
	struct pollfd keys = { .fd = tty.keys_fd, .events = POLLIN };
	int64_t left = tty.asked_at + ANSWER_MS - clock_ms();
	unsigned char c = '\0';

	while (tty.asked_at != 0 && left > 0 && c != 'R' &&
	    poll(&keys, 1, (int)left) > 0 &&
	    read(tty.keys_fd, &c, 1) == 1)
		left = tty.asked_at + ANSWER_MS - clock_ms();
	tty.asked_at = 0;
}

void
tty_leave(void)
{
	if (!full_screen)
		return;
	take_answer();
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
	if (full_screen || !tty.started)
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
	signals_release();
	delscreen(tty.screen);
	tty.screen = NULL;
	close_keys();
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
	bool full = full_screen;

	tty_leave();
	signals_stop();
	if (full)
		tty_back();
}

void
tty_to_front(void)
{
	void (*before)(int) = signal(SIGTTOU, SIG_IGN);

	(void)tcsetpgrp(tty.keys_fd, getpgrp());
	signal(SIGTTOU, before);
}

void
tty_resize(void)
{
	struct winsize size;

	if (!tty.started)
		return;
	if (told_size(&size) && (size.ws_row != LINES || size.ws_col != COLS))
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

static bool
several_octets(void)
{
	int waiting = 0;

	return ioctl(tty.keys_fd, FIONREAD, &waiting) == 0 && waiting > 1;
}

/* The next octet of the keyboard; 0 when a signal came that ends the program,
 * which stays to be taken by signals_take(); -1: the terminal is gone. */
static int
next_octet(void)
{
	struct pollfd fds[] = {
		{ .fd = tty.keys_fd, .events = POLLIN },
		{ .fd = signals_fd(), .events = POLLIN }
	};
	unsigned char c;

	for (;;) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return -1;
		if (fds[1].revents != 0) {
			int signo = signals_take();

			if (signo == SIGTSTP)
				tty_suspend();
			else if (signo != 0 && signo != SIGWINCH &&
			    signo != SIGCONT) {
				signals_put_back(signo);
				return 0;
			}
		}
		/* a sequence, or a paste: for the loop, with nothing missing */
		if (fds[0].revents != 0 && several_octets())
			return '\r';
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
