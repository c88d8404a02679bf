/* SPDX-License-Identifier: ISC
 * Bytes from the terminal become keys and pastes. A pure state machine: time
 * comes in as an argument, so that tests need no terminal and no clock. */
#ifndef WB_INPUT_H
#define WB_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Keys that are not characters; a character's code is its code point. */
enum key_code {
	KEY_ESCAPE = 0x1b,
	KEY_SPECIAL = 0x200000,
	KEY_CURSOR_UP, KEY_CURSOR_DOWN, KEY_CURSOR_LEFT, KEY_CURSOR_RIGHT,
	KEY_FIRST, KEY_LAST, KEY_PAGE_UP, KEY_PAGE_DOWN,
	KEY_INSERT, KEY_REMOVE, KEY_BACKTAB,
	KEY_FUNCTION_1, KEY_FUNCTION_2, KEY_FUNCTION_10 = KEY_FUNCTION_1 + 9,
	KEY_FUNCTION_12 = KEY_FUNCTION_1 + 11,
	KEY_UNKNOWN
};
#define KEY_CTRL(c) ((c) & 0x1f)

struct key {
	uint32_t code;
	bool alone;              /* came in a read of its own: a finger, not text */
	unsigned char bytes[4];  /* a character's octets as they came */
	size_t n_bytes;          /* 0 for keys that are not characters */
};

enum input_kind {
	INPUT_NONE,              /* nothing more for now */
	INPUT_KEY,
	INPUT_PASTE_BEGIN,
	INPUT_PASTE_DATA,
	INPUT_PASTE_END,
	INPUT_REPORT             /* where the cursor stands, as was asked */
};

struct input_event {
	enum input_kind kind;
	struct key key;
	const unsigned char *data;   /* INPUT_PASTE_DATA: valid until the next
	                                input_feed() */
	size_t len;
	unsigned int column;         /* INPUT_REPORT: counted from 1 */
};

enum input_state {
	INPUT_KEYS,
	INPUT_BRACKETED,
	INPUT_BURST,             /* a paste without marks */
	INPUT_BEYOND             /* with marks, beyond one that was text */
};

/* Decoder state; everything in it belongs to input.c. */
struct input {
	unsigned char buf[1 << 16];
	size_t start, end;
	enum input_state state;
	int64_t last;            /* when the last octets came, ms */
	bool begin, over;        /* events owed: paste begins, paste is over */
	bool alone;              /* the last read brought exactly one octet */
	bool asked;              /* the next report of the cursor in the first
	                            line is an answer, not a function key */
};

void input_init(struct input *input);

/* How many octets input_feed() can take now; at least 1 after input_next() has
 * returned INPUT_NONE. */
size_t input_room(const struct input *input);

/* The N octets of one read(2), N <= input_room(), at time NOW (ms). */
void input_feed(struct input *input, const unsigned char *data, size_t n,
    int64_t now);

/* The next event, INPUT_NONE when more octets or time are needed. */
enum input_kind input_next(struct input *input, int64_t now,
    struct input_event *event);

/* Milliseconds after which input_next() may have an event without new octets;
 * -1: never. */
int input_timeout(const struct input *input, int64_t now);

/* Nothing half-read and no paste under way? */
bool input_idle(const struct input *input);

/* One readable event on FD: read, wait a moment for the rest of what may be a
 * paste, feed. False: the terminal is gone. */
bool input_read(struct input *input, int fd, int64_t now)
	__attribute__((warn_unused_result));

/* What a terminal makes of line ends in a paste, undone in place: CR and CR LF
 * become LF; where every run of CRs has even length a CR LF text was doubled
 * by the terminal, and each pair is one line end. Returns the new length. */
size_t input_fix_line_ends(char *text, size_t len);

#endif
