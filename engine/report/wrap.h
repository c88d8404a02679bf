/* SPDX-License-Identifier: ISC
 * Plain text in 78 columns: widths, wrapping, padding. Cleans whatever it is
 * given; knows nothing of what the text is about. */
#ifndef WB_WRAP_H
#define WB_WRAP_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/str.h"

/* One column less than 80 twice: some terminals wrap in the last one, and a
 * quoted mail adds one in front. */
#define WRAP_COLUMNS 78

/* Terminal cells of one character, and of LEN octets of UTF-8 text that is
 * already clean. Independent of the locale, so that reports come out the same
 * everywhere. */
int wrap_cell(uint32_t code);
int wrap_width(const char *text, size_t len);

/* Where a line ends that begins at TEXT: N octets of clean text without a line
 * end, WIDTH cells as CELL measures them. At a blank, or between characters of
 * East Asian text where JIS X 4051 lets a line end, rather some cells earlier
 * between two phrases than in the midst of one; never within a word. Gives the
 * line's octets, all of the first word when it is too long by itself, and
 * in *SKIP the blanks that the next line leaves out. */
size_t wrap_break(const char *text, size_t n, int width,
    int (*cell)(uint32_t), size_t *skip);

/* Append TEXT, cleaned, as one paragraph (its line ends start new ones), and
 * a line end. The first line begins at COLUMN, which the caller has reached
 * already; the others are indented by INDENT. A word that is longer than a
 * line is never broken: records and commands must be copied whole. */
void wrap_text(struct str *out, int column, int indent, const char *text);

/* INDENT blanks, then wrap_text() at INDENT. */
void wrap_paragraph(struct str *out, int indent, const char *text);

/* INDENT blanks, LABEL padded to VALUE_COLUMN, then TEXT wrapped there. */
void wrap_labelled(struct str *out, int indent, const char *label,
    int value_column, const char *text);

/* TEXT cleaned on one line, padded with blanks to WIDTH cells. */
void wrap_padded(struct str *out, const char *text, int width);

void wrap_blanks(struct str *out, int n);

#endif
