/* SPDX-License-Identifier: ISC
 * The input decoder. Knows bracketed paste and how a paste looks on a terminal
 * without it; keys are input_keys.c's. Knows nothing of screens or curses: its
 * getch() loses octets of long and of non-UTF-8 pastes. */
#include "config.h"

#include "tui/input.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "tui/input_parts.h"

/* A burst (paste without brackets) is over after this silence. */
#define BURST_MS 500
/* After this silence inside a bracketed paste a single octet is a key: the
 * end mark was lost (Terminal.app does that). */
#define LOST_END_MS 1500
/* First chunks of a paste may be small: wait this long for more. */
#define GATHER_MS 8

static const char paste_end[] = "\033[201~";

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
	if (memmem(data, n, input_mark, INPUT_MARK_LEN) != NULL)
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

void
input_take(struct input *input, size_t n)
{
	input->start += n;
}

/* Octets at the end of the N at DATA that may be the start of the end mark. */
static size_t
mark_tail(const unsigned char *data, size_t n)
{
	for (size_t k = n < INPUT_MARK_LEN - 1 ? n : INPUT_MARK_LEN - 1; k > 0; k--)
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
	const unsigned char *end = memmem(data, n, paste_end, INPUT_MARK_LEN);

	return end == NULL ? looks_pasted(data, n) :
	    memmem(data, (size_t)(end - data), input_mark,
	    INPUT_MARK_LEN) == NULL;
}

/* The end mark at the start of what is there: does it end the paste? */
static bool
mark_ends(struct input *input)
{
	const unsigned char *data = input->buf + input->start;
	size_t n = input->end - input->start;

	input_take(input, INPUT_MARK_LEN);
	input->state = mark_was_text(data + INPUT_MARK_LEN, n - INPUT_MARK_LEN) ?
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
		    INPUT_MARK_LEN);
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
		input_take(input, len);
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
		input_take(input, n);
		return event->kind = INPUT_PASTE_DATA;
	}
	if (now - input->last < BURST_MS)
		return INPUT_NONE;
	input->state = INPUT_KEYS;
	return event->kind = INPUT_PASTE_END;
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
	return input_next_key(input, now, event);
}

int
input_timeout(const struct input *input, int64_t now)
{
	int64_t limit, left;

	if (ends_silently(input))
		limit = BURST_MS;
	else if (input->state == INPUT_BRACKETED || input->start == input->end)
		return -1;
	else
		limit = input_key_limit(input);
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
