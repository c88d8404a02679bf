/* SPDX-License-Identifier: ISC
 * The reader of line mode. Knows that a terminal in its usual mode cuts lines
 * at 4095 octets and acts on control characters, and how a message is received
 * nevertheless. */
#include "config.h"

#include "tui/plain_input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "engine/base/arena.h"
#include "engine/base/text.h"
#include "tui/output.h"
#include "tui/screen.h"
#include "tui/signals.h"

#define READ_MAX (1u << 16)
#define KEPT_MAX (READ_MAX * 2)

static const char paste_start[] = "\033[200~", paste_stop[] = "\033[201~";

static struct {
	int fd;
	bool terminal, over;
	bool started;
	bool markers;            /* asks for, and knows, a bracketed paste */
	bool raw;                /* modes are not those of BEFORE */
	struct termios before;
	struct str in;           /* read, from AT on not yet taken */
	size_t at;
	bool alone;              /* the last read brought one octet */
	bool receiving, bracketed, commands, begun;
} input;

/* Async-signal-safe. */
static void
restore(void)
{
	if (input.raw)
		tcsetattr(input.fd, TCSANOW, &input.before);
}

bool
plain_input_start(int keys_fd, struct str *err)
{
	const char *name = getenv("TERM");

	memset(&input, 0, sizeof input);
	input.fd = keys_fd > 0 ? keys_fd : STDIN_FILENO;
	if (!signals_catch(restore)) {
		str_adds(err, strerror(errno));
		return false;
	}
	mem_on_fail(restore);
	str_init(&input.in, KEPT_MAX);
	input.terminal = tcgetattr(input.fd, &input.before) == 0;
	input.markers = input.terminal && isatty(STDOUT_FILENO) &&
	    name != NULL && *name != '\0' && strcmp(name, "dumb") != 0 &&
	    strcmp(name, "unknown") != 0;
	input.started = true;
	return true;
}

/* Every octet as it comes, or as before. */
static void
set_raw(bool raw)
{
	struct termios modes = input.before;

	if (!input.terminal || raw == input.raw)
		return;
	if (raw) {
		modes.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
		modes.c_iflag &= ~(tcflag_t)(IXON | ICRNL | INLCR | IGNCR |
		    ISTRIP);
		modes.c_cc[VMIN] = 1;
		modes.c_cc[VTIME] = 0;
	}
	input.raw = raw;
	tcsetattr(input.fd, TCSADRAIN, &modes);
	if (input.markers)
		output_say("%s", raw ? "\033[?2004h" : "\033[?2004l");
}

void
plain_input_stop(bool gone)
{
	if (!input.started)
		return;
	if (gone)
		restore();
	else
		set_raw(false);
	mem_on_fail(NULL);
	signals_release();
	str_free(&input.in);
	input.started = false;
}

static size_t
left(void)
{
	return input.in.len - input.at;
}

/* Forget what was taken. */
static void
compact(void)
{
	memmove(input.in.text, input.in.text + input.at, left());
	input.in.len -= input.at;
	input.in.text[input.in.len] = '\0';
	input.at = 0;
}

int
plain_input_fd(void)
{
	return input.over || left() >= READ_MAX ? -1 : input.fd;
}

/* Ctrl-D and a terminal that was closed are both an empty read. */
static bool
hung_up(void)
{
	struct termios modes;

	return input.terminal && tcgetattr(input.fd, &modes) != 0;
}

bool
plain_input_read(void)
{
	char block[READ_MAX];
	ssize_t n = read(input.fd, block, sizeof block);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (n < 0 || (n == 0 && hung_up()))
		return false;
	compact();
	input.alone = n == 1;
	/* in line mode Ctrl-D at the begin of a line is an empty read */
	input.over = n == 0;
	str_add(&input.in, block, (size_t)n);
	return true;
}

bool
plain_is_terminal(void)
{
	return input.terminal;
}

bool
plain_ready(void)
{
	return input.over || memchr(input.in.text + input.at, '\n', left()) !=
	    NULL;
}

bool
plain_over(void)
{
	return input.over && left() == 0;
}

bool
plain_line(char *line, size_t size)
{
	const char *text = input.in.text + input.at;
	const char *end = memchr(text, '\n', left());
	size_t n = end != NULL ? (size_t)(end - text) : left();

	/* a line that is longer than a terminal can send is no answer */
	if (end == NULL && (!input.over || n == 0) && left() < READ_MAX)
		return false;
	input.at += n + (end != NULL);
	while (n != 0 && memchr(" \t\r", text[n - 1], 3) != NULL)
		n--;
	while (n != 0 && (*text == ' ' || *text == '\t')) {
		text++;
		n--;
	}
	if (n >= size)
		n = size - 1;
	for (size_t i = 0; i < n; i++)
		line[i] = text[i] != '\0' ? text[i] : ' ';
	line[n] = '\0';
	return true;
}

void
plain_put_back(const char *line)
{
	struct str all;

	str_init(&all, KEPT_MAX);
	str_addf(&all, "%s\n", line);
	str_add(&all, input.in.text + input.at, left());
	str_free(&input.in);
	input.in = all;
	input.at = 0;
}

void
plain_receive(bool commands)
{
	input.receiving = true;
	input.commands = commands;
	input.bracketed = input.begun = input.alone = false;
	set_raw(true);
}

bool
plain_receiving(void)
{
	return input.receiving;
}

static void
hand_over(struct app *app, size_t n)
{
	if (!input.begun)
		paste_begin(app, false);
	input.begun = true;
	paste_add(app, (const unsigned char *)input.in.text + input.at, n);
	input.at += n;
}

static enum plain_end
finish(struct app *app, enum plain_end end)
{
	if (end == PLAIN_RECEIVED && !input.begun)
		end = input.over ? PLAIN_QUIT : PLAIN_BACK;	/* nothing */
	if (input.begun)
		paste_end(app);
	input.receiving = false;
	set_raw(false);
	return end;
}

/* A line of N octets that is no text; PLAIN_MORE: it is. */
static enum plain_end
command(const char *line, size_t n)
{
	if (n != 1 || input.bracketed)
		return PLAIN_MORE;
	if (*line == '.')
		return PLAIN_RECEIVED;
	if (input.begun || !input.commands)
		return PLAIN_MORE;
	return *line == 'b' ? PLAIN_BACK : *line == 'q' ? PLAIN_QUIT :
	    *line == '?' ? PLAIN_HELP : PLAIN_MORE;
}

/* The octets of the next line with its end, 0: not all of it is there. */
static size_t
line_length(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text[i] == '\n' || text[i] == '\r')
			return i + 1;
	return input.over || n > READ_MAX / 2 ? n : 0;
}

/* The marks of a bracketed paste at the begin of what is left, taken off. */
static bool
take_mark(const char *mark)
{
	size_t n = strlen(mark);

	if (left() < n || memcmp(input.in.text + input.at, mark, n) != 0)
		return false;
	input.at += n;
	return true;
}

/* How much of TEXT stands before MARK, or before what may become it. */
static size_t
before_mark(const char *text, size_t n, const char *mark)
{
	size_t len = strlen(mark);

	for (size_t i = 0; i < n; i++) {
		size_t fits = n - i < len ? n - i : len;

		if (memcmp(text + i, mark, fits) == 0)
			return i;
	}
	return n;
}

/* Up to the mark that ends it, or may be its begin. */
static enum plain_end
take_bracketed(struct app *app)
{
	size_t n = before_mark(input.in.text + input.at, left(), paste_stop);

	if (n != 0)
		hand_over(app, n);
	if (take_mark(paste_stop))
		return finish(app, PLAIN_RECEIVED);
	if (!input.over)
		return PLAIN_MORE;
	if (left() != 0)
		hand_over(app, left());
	return finish(app, PLAIN_RECEIVED);
}

enum plain_end
plain_take_paste(struct app *app)
{
	enum plain_end end;

	if (input.terminal && input.alone && left() == 1 &&
	    (input.in.text[input.at] == 0x04 ||
	    input.in.text[input.at] == 0x03)) {
		end = input.in.text[input.at] == 0x04 ? PLAIN_RECEIVED :
		    PLAIN_BACK;
		input.at++;
		return finish(app, end);
	}
	for (;;) {
		const char *text = input.in.text + input.at;
		size_t n, len;

		if (!input.bracketed && take_mark(paste_start))
			input.bracketed = true;
		if (input.bracketed)
			return take_bracketed(app);
		n = line_length(text, left());
		if (n == 0)
			return input.over ? finish(app, PLAIN_RECEIVED) :
			    PLAIN_MORE;
		len = n - (text[n - 1] == '\n' || text[n - 1] == '\r');
		end = command(text, len);
		if (end != PLAIN_MORE) {
			input.at += n;
			return finish(app, end);
		}
		hand_over(app, n);
	}
}
