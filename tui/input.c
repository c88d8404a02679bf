/* SPDX-License-Identifier: ISC
 * The input decoder. Knows escape sequences, bracketed paste and how a paste
 * looks on a terminal without it. Knows nothing of screens or curses: its
 * getch() loses octets of long and of non-UTF-8 pastes. */
#include "config.h"

#include "tui/input.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/text.h"

/* A lone ESC waits this long for the rest of a sequence; a sequence that has
 * begun was not typed by hand and may be cut by the network. */
#define ESCAPE_MS 60
#define SEQUENCE_MS 1500
/* A burst (paste without brackets) is over after this silence. */
#define BURST_MS 500
/* After this silence inside a bracketed paste a single octet is a key: the
 * end mark was lost (Terminal.app does that). */
#define LOST_END_MS 1500
/* First chunks of a paste may be small: wait this long for more. */
#define GATHER_MS 8
#define SEQUENCE_MAX 40
#define STRING_MAX 4096

static const char paste_begin[] = "\033[200~";
static const char paste_end[] = "\033[201~";
#define MARK_LEN (sizeof paste_end - 1)

void
input_init(struct input *input)
{
	memset(input, 0, sizeof *input);
}

size_t
input_room(const struct input *input)
{
	return sizeof input->buf - (input->end - input->start);
}

/* Does one read look like pasted text rather than typing or key repeat? */
static bool
looks_pasted(const unsigned char *data, size_t n)
{
	size_t escapes = 0, text = 0;
	bool same = true, lines = false;

	if (n < 16 || data[0] == KEY_ESCAPE)
		return false;
	if (memmem(data, n, paste_begin, MARK_LEN) != NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (data[i] != data[0])
			same = false;
		if (data[i] == KEY_ESCAPE)
			escapes++;
		if (data[i] >= ' ' && data[i] != 0x7f)
			text++;
		if ((data[i] == '\r' || data[i] == '\n') && i + 1 < n)
			lines = true;
	}
	if (same || (escapes != 0 && text <= escapes * 8))
		return false;
	return lines || n >= 32;
}

/* A paste that no mark, or none that can be trusted, will end. */
static bool
ends_silently(const struct input *input)
{
	return input->state == INPUT_BURST || input->state == INPUT_BEYOND;
}

void
input_feed(struct input *input, const unsigned char *data, size_t n,
    int64_t now)
{
	bool empty = input->start == input->end;
	int64_t silence = now - input->last;

	if (n > input_room(input))
		n = input_room(input);
	if (n == 0)
		return;
	if (input->start != 0) {
		memmove(input->buf, input->buf + input->start,
		    input->end - input->start);
		input->end -= input->start;
		input->start = 0;
	}
	input->alone = n == 1;
	if (input->state == INPUT_BRACKETED && n == 1 &&
	    silence >= LOST_END_MS) {
		input->state = INPUT_KEYS;
		input->over = true;
	} else if (ends_silently(input) && silence >= BURST_MS) {
		/* the end was due before these octets came */
		input->state = INPUT_KEYS;
		input->over = true;
	}
	if (input->state == INPUT_KEYS && empty && looks_pasted(data, n)) {
		input->state = INPUT_BURST;
		input->begin = true;
	}
	memcpy(input->buf + input->end, data, n);
	input->end += n;
	input->last = now;
}

static void
take(struct input *input, size_t n)
{
	input->start += n;
}

/* Octets at the end of the N at DATA that may be the start of the end mark. */
static size_t
mark_tail(const unsigned char *data, size_t n)
{
	for (size_t k = n < MARK_LEN - 1 ? n : MARK_LEN - 1; k > 0; k--)
		if (memcmp(data + n - k, paste_end, k) == 0)
			return k;
	return 0;
}

/* Is the N octets at DATA, which came together with an end mark before them,
 * the rest of the same paste? The pasted text had a mark in it, that its
 * terminal did not take out. */
static bool
mark_was_text(const unsigned char *data, size_t n)
{
	const unsigned char *end = memmem(data, n, paste_end, MARK_LEN);

	return end == NULL ? looks_pasted(data, n) :
	    memmem(data, (size_t)(end - data), paste_begin, MARK_LEN) == NULL;
}

/* The end mark at the start of what is there: does it end the paste? */
static bool
mark_ends(struct input *input)
{
	const unsigned char *data = input->buf + input->start;
	size_t n = input->end - input->start;

	take(input, MARK_LEN);
	input->state = mark_was_text(data + MARK_LEN, n - MARK_LEN) ?
	    INPUT_BEYOND : INPUT_KEYS;
	return input->state == INPUT_KEYS;
}

static enum input_kind
next_bracketed(struct input *input, int64_t now, struct input_event *event)
{
	bool silent = now - input->last >= BURST_MS;

	for (;;) {
		const unsigned char *data = input->buf + input->start;
		size_t n = input->end - input->start, len;
		const unsigned char *mark = memmem(data, n, paste_end,
		    MARK_LEN);
		bool over = silent && ends_silently(input);

		if (mark != NULL && mark == data) {
			if (!mark_ends(input))
				continue;
			return event->kind = INPUT_PASTE_END;
		}
		if (n == 0 && over) {
			input->state = INPUT_KEYS;
			return event->kind = INPUT_PASTE_END;
		}
		len = mark != NULL ? (size_t)(mark - data) :
		    n - (over ? 0 : mark_tail(data, n));
		if (len == 0)
			return INPUT_NONE;
		event->data = data;
		event->len = len;
		take(input, len);
		return event->kind = INPUT_PASTE_DATA;
	}
}

static enum input_kind
next_burst(struct input *input, int64_t now, struct input_event *event)
{
	size_t n = input->end - input->start;

	if (n != 0) {
		event->data = input->buf + input->start;
		event->len = n;
		take(input, n);
		return event->kind = INPUT_PASTE_DATA;
	}
	if (now - input->last < BURST_MS)
		return INPUT_NONE;
	input->state = INPUT_KEYS;
	return event->kind = INPUT_PASTE_END;
}

/* "CSI number ~": the codes of the VT220 and of xterm. */
static uint32_t
tilde_key(unsigned int number)
{
	static const uint32_t codes[] = {
		[1] = KEY_FIRST, [2] = KEY_INSERT, [3] = KEY_REMOVE,
		[4] = KEY_LAST, [5] = KEY_PAGE_UP, [6] = KEY_PAGE_DOWN,
		[7] = KEY_FIRST, [8] = KEY_LAST,
		[11] = KEY_FUNCTION_1, [12] = KEY_FUNCTION_1 + 1,
		[13] = KEY_FUNCTION_1 + 2, [14] = KEY_FUNCTION_1 + 3,
		[15] = KEY_FUNCTION_1 + 4, [17] = KEY_FUNCTION_1 + 5,
		[18] = KEY_FUNCTION_1 + 6, [19] = KEY_FUNCTION_1 + 7,
		[20] = KEY_FUNCTION_1 + 8, [21] = KEY_FUNCTION_10,
		[23] = KEY_FUNCTION_1 + 10, [24] = KEY_FUNCTION_12
	};

	if (number >= sizeof codes / sizeof codes[0] || codes[number] == 0)
		return KEY_UNKNOWN;
	return codes[number];
}

/* The final octet of a CSI or SS3 sequence. */
static uint32_t
final_key(unsigned char final, unsigned int number)
{
	static const struct {
		unsigned char final;
		uint32_t code;
	} finals[] = {
		{ 'A', KEY_CURSOR_UP }, { 'B', KEY_CURSOR_DOWN },
		{ 'C', KEY_CURSOR_RIGHT }, { 'D', KEY_CURSOR_LEFT },
		{ 'H', KEY_FIRST }, { 'F', KEY_LAST }, { 'Z', KEY_BACKTAB },
		{ 'P', KEY_FUNCTION_1 }, { 'Q', KEY_FUNCTION_1 + 1 },
		{ 'R', KEY_FUNCTION_1 + 2 }, { 'S', KEY_FUNCTION_1 + 3 },
		{ 'M', '\r' }	/* Enter of the application keypad */
	};

	if (final == '~')
		return tilde_key(number);
	for (size_t i = 0; i < sizeof finals / sizeof finals[0]; i++)
		if (finals[i].final == final)
			return finals[i].code;
	return KEY_UNKNOWN;
}

static enum input_kind
emit_key(struct input *input, struct input_event *event, uint32_t code,
    size_t n)
{
	event->key.code = code;
	event->key.alone = input->alone;
	take(input, n);
	return event->kind = INPUT_KEY;
}

/* CSI M, whose M is at octet M: without a number before it three octets follow,
 * button, column and line, each at least a space. Nobody switched the mouse on
 * here; a program that went away may have left it on. */
static enum input_kind
next_mouse(struct input *input, int64_t now, struct input_event *event,
    size_t m)
{
	const unsigned char *data = input->buf + input->start;
	size_t n = input->end - input->start, end = m + 1;

	while (m == 2 && end < n && end < m + 4 && data[end] >= ' ')
		end++;
	if (m == 2 && end == n && end < m + 4 &&
	    now - input->last < SEQUENCE_MS)
		return INPUT_NONE;
	return emit_key(input, event, KEY_UNKNOWN, end);
}

/* ESC [ … or ESC O …; N octets are there. */
static enum input_kind
next_sequence(struct input *input, int64_t now, struct input_event *event)
{
	const unsigned char *data = input->buf + input->start;
	size_t n = input->end - input->start, i = 2;
	unsigned int number = 0;

	while (i < n && i < SEQUENCE_MAX && data[i] >= 0x20 && data[i] < 0x40) {
		if (data[i] >= '0' && data[i] <= '9' && number < 1000 &&
		    memchr(data + 2, ';', i - 2) == NULL)
			number = number * 10 + (data[i] - '0');
		i++;
	}
	if (i == n && i < SEQUENCE_MAX) {
		if (now - input->last < SEQUENCE_MS)
			return INPUT_NONE;
		return emit_key(input, event, KEY_UNKNOWN, n);
	}
	if (i == SEQUENCE_MAX || data[i] < 0x40 || data[i] > 0x7e)
		return emit_key(input, event, KEY_UNKNOWN, i);
	if (data[1] == '[' && i + 1 == MARK_LEN &&
	    memcmp(data, paste_begin, MARK_LEN) == 0) {
		take(input, MARK_LEN);
		input->state = INPUT_BRACKETED;
		return event->kind = INPUT_PASTE_BEGIN;
	}
	if (data[1] == '[' && data[i] == 'M')
		return next_mouse(input, now, event, i);
	return emit_key(input, event, final_key(data[i], number), i + 1);
}

/* ECMA-48 5.6: what begins a string, which BEL (xterm) or ESC \ ends: DCS,
 * SOS, OSC, PM, APC. Terminals answer with them, also when the program that
 * asked has gone; nobody types them. */
static bool
begins_string(const unsigned char *data, size_t n)
{
	return n > 1 && memchr("PX]^_", data[1], 5) != NULL;
}

/* ESC ] …: no key. */
static enum input_kind
next_string(struct input *input, int64_t now, struct input_event *event)
{
	const unsigned char *data = input->buf + input->start;
	size_t n = input->end - input->start, i = 2;
	bool cut;

	while (i < n && i < STRING_MAX && data[i] >= ' ')
		i++;
	if (i < n && data[i] == '\a')
		return emit_key(input, event, KEY_UNKNOWN, i + 1);
	if (i + 1 < n && data[i] == KEY_ESCAPE && data[i + 1] == '\\')
		return emit_key(input, event, KEY_UNKNOWN, i + 2);
	cut = i == n || (i + 1 == n && data[i] == KEY_ESCAPE);
	if (cut && now - input->last < (n == 2 ? ESCAPE_MS : SEQUENCE_MS))
		return INPUT_NONE;
	/* Esc and a key that follows it soon, or a string that was cut */
	return n == 2 ? emit_key(input, event, KEY_ESCAPE, 1) :
	    emit_key(input, event, KEY_UNKNOWN, i);
}

static enum input_kind
next_escape(struct input *input, int64_t now, struct input_event *event)
{
	const unsigned char *data = input->buf + input->start;
	size_t n = input->end - input->start;

	if (n == 1 && now - input->last < ESCAPE_MS)
		return INPUT_NONE;
	if (n > 1 && (data[1] == '[' || data[1] == 'O'))
		return next_sequence(input, now, event);
	if (begins_string(data, n))
		return next_string(input, now, event);
	return emit_key(input, event, KEY_ESCAPE, 1);
}

/* A character; octets that are not UTF-8 come one by one, with their own
 * value as code, so that text in another charset stays what it was. */
static enum input_kind
next_character(struct input *input, int64_t now, struct input_event *event)
{
	const unsigned char *data = input->buf + input->start;
	size_t n = input->end - input->start;
	uint32_t code = data[0];
	int len = text_decode((const char *)data, n, &code);

	if (len < 0 && data[0] >= 0xc2 && data[0] <= 0xf4 && n < 4 &&
	    now - input->last < ESCAPE_MS)
		return INPUT_NONE;	/* the rest may be on its way */
	if (len <= 0) {
		code = KEY_UNKNOWN;
		len = 1;
	}
	memcpy(event->key.bytes, data, (size_t)len);
	event->key.n_bytes = (size_t)len;
	return emit_key(input, event, code, (size_t)len);
}

enum input_kind
input_next(struct input *input, int64_t now, struct input_event *event)
{
	memset(event, 0, sizeof *event);
	if (input->over) {
		input->over = false;
		return event->kind = INPUT_PASTE_END;
	}
	if (input->begin) {
		input->begin = false;
		return event->kind = INPUT_PASTE_BEGIN;
	}
	if (input->state == INPUT_BURST)
		return next_burst(input, now, event);
	if (input->state != INPUT_KEYS)
		return next_bracketed(input, now, event);
	if (input->start == input->end)
		return INPUT_NONE;
	if (input->buf[input->start] == KEY_ESCAPE)
		return next_escape(input, now, event);
	return next_character(input, now, event);
}

int
input_timeout(const struct input *input, int64_t now)
{
	const unsigned char *data = input->buf + input->start;
	size_t n = input->end - input->start;
	int64_t limit, left;

	if (ends_silently(input))
		limit = BURST_MS;
	else if (input->state == INPUT_BRACKETED || n == 0)
		return -1;
	else if (data[0] == KEY_ESCAPE && n > 1 &&
	    !(n == 2 && begins_string(data, n)))
		limit = SEQUENCE_MS;
	else
		limit = ESCAPE_MS;
	left = input->last + limit - now;
	return left < 0 ? 0 : (int)left;
}

bool
input_idle(const struct input *input)
{
	return input->start == input->end && input->state == INPUT_KEYS &&
	    !input->begin && !input->over;
}

bool
input_read(struct input *input, int fd, int64_t now)
{
	unsigned char data[sizeof input->buf];
	size_t room = input_room(input), got;
	struct pollfd more = { .fd = fd, .events = POLLIN };
	ssize_t n;

	if (room == 0)
		return true;
	n = read(fd, data, room);
	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	if (n == 0)
		return false;
	got = (size_t)n;
	while (input->state == INPUT_KEYS && got >= 2 && got < room &&
	    data[0] != KEY_ESCAPE && poll(&more, 1, GATHER_MS) > 0 &&
	    (more.revents & POLLIN) != 0) {
		n = read(fd, data + got, room - got);
		if (n <= 0)
			break;
		got += (size_t)n;
	}
	input_feed(input, data, got, now);
	return true;
}

/* Is every run of CRs of even length, and is there one? */
static bool
line_ends_doubled(const char *text, size_t len)
{
	bool any = false;

	for (size_t i = 0; i < len; i++) {
		size_t run = 0;

		while (i + run < len && text[i + run] == '\r')
			run++;
		if (run % 2 != 0)
			return false;
		if (run != 0) {
			any = true;
			i += run;
			if (i < len && text[i] == '\n')
				return false;
		}
	}
	return any;
}

size_t
input_fix_line_ends(char *text, size_t len)
{
	bool doubled = line_ends_doubled(text, len);
	size_t out = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] != '\r') {
			text[out++] = text[i];
			continue;
		}
		text[out++] = '\n';
		if (i + 1 < len && text[i + 1] == (doubled ? '\r' : '\n'))
			i++;
	}
	return out;
}
