/* SPDX-License-Identifier: ISC
 * The input as lines: line ends, quoting and odd blanks undone, each line
 * knowing its place in the input. */
#ifndef WB_BOUNCE_LINES_H
#define WB_BOUNCE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/arena.h"
#include "engine/bounce/scan.h"

/* One line. The text is not NUL-terminated and lives as long as the input. */
struct line {
	const char *text;
	uint32_t len;
	uint32_t start, end;     /* octets of the input */
	uint16_t tells;          /* line_tells() in phrases.h; 0: not known */
	bool used;               /* a reader has taken it */
};

struct lines {
	struct line *list;
	size_t n, room;          /* of the list; lines.c adds to it */
};

/* More lines than this are not read. */
#define LINES_MAX ((size_t)1 << 20)

/* Cut the input into lines: CRLF, LF and CR end one; doubled CR of a paste
 * count once; "> " and "| " in front are taken off; NUL is a blank; several
 * empty lines become one. ISO-2022-JP becomes UTF-8. */
void lines_split(struct arena *arena, const char *text, size_t len,
    struct lines *out, bool *repaired);

/* The same for TEXT that was decoded from the octets START … END. */
void lines_split_decoded(struct arena *arena, struct span text,
    size_t start, size_t end, struct lines *out, bool *repaired);

/* Make every line UTF-8, from the MIME character set NAME or a guess, and the
 * blanks of other scripts (NBSP, U+3000) plain blanks. */
void lines_to_utf8(struct arena *arena, const char *name,
    struct lines *lines);

/* Text with HTML tags as lines of plain text. */
void lines_from_html(struct arena *arena, const struct lines *html,
    struct lines *out);

/* The I-th line; an empty span past the end. */
static inline struct span
line_span(const struct lines *lines, size_t i)
{
	if (i >= lines->n)
		return span_make("", 0);
	return span_make(lines->list[i].text, lines->list[i].len);
}

/* Nothing but blanks? True past the end. */
bool line_is_empty(const struct lines *lines, size_t i);

#endif
