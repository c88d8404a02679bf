/* SPDX-License-Identifier: ISC
 * Octets become keys. Knows escape sequences, those that are no keys, and
 * UTF-8. */
#include "config.h"

#include "tui/input_parts.h"

#include <string.h>

#include "engine/base/text.h"

/* A lone ESC waits this long for the rest of a sequence, and a person for what
 * it does; a sequence that has begun was not typed by hand and may be cut by the
 * network. So may a character. */
#define ESCAPE_MS 40
#define SEQUENCE_MS 1500
#define CHARACTER_MS 60
#define SEQUENCE_MAX 40
#define STRING_MAX 4096

const char input_mark[] = "\033[200~";

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
	input_take(input, n);
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

/* CSI 1 ; COLUMN R, N octets: the answer to a question for the cursor in the
 * first line (ECMA-48 8.3.14, CPR). */
static bool
is_report(const unsigned char *data, size_t n, unsigned int *column)
{
	static const char head[] = "\033[1;";
	size_t i = sizeof head - 1;

	*column = 0;
	if (n < sizeof head + 1 || memcmp(data, head, i) != 0 ||
	    data[n - 1] != 'R')
		return false;
	for (; i < n - 1 && data[i] >= '0' && data[i] <= '9' && *column < 1000;
	    i++)
		*column = *column * 10 + (data[i] - '0');
	return i == n - 1;
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
	if (data[1] == '[' && i + 1 == INPUT_MARK_LEN &&
	    memcmp(data, input_mark, INPUT_MARK_LEN) == 0) {
		input_take(input, INPUT_MARK_LEN);
		input->state = INPUT_BRACKETED;
		return event->kind = INPUT_PASTE_BEGIN;
	}
	if (input->asked && is_report(data, i + 1, &event->column)) {
		input->asked = false;
		input_take(input, i + 1);
		return event->kind = INPUT_REPORT;
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
	    now - input->last < CHARACTER_MS)
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
input_next_key(struct input *input, int64_t now, struct input_event *event)
{
	if (input->buf[input->start] == KEY_ESCAPE)
		return next_escape(input, now, event);
	return next_character(input, now, event);
}

int64_t
input_key_limit(const struct input *input)
{
	const unsigned char *data = input->buf + input->start;
	size_t n = input->end - input->start;

	if (data[0] != KEY_ESCAPE)
		return CHARACTER_MS;
	return n > 1 && !(n == 2 && begins_string(data, n)) ? SEQUENCE_MS :
	    ESCAPE_MS;
}
