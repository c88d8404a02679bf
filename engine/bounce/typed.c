/* SPDX-License-Identifier: ISC
 * Knows how to find a reason in text that has no form at all: by the rules'
 * wordings, paragraph by paragraph. */
#include "config.h"

#include "engine/bounce/typed.h"

#include <string.h>

#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/bounce/classify.h"

/* Text without any form is seldom long. */
#define PARAGRAPHS_MAX 400
#define SHORT_INPUT 6

static bool
is_ascii_start(struct span s)
{
	for (size_t i = 0; i < s.len && i < 4; i++)
		if ((unsigned char)s.text[i] >= 0x80)
			return false;
	return true;
}

/* Lines from I on that belong together: no empty line, no change of script.
 * Returns the line after them. */
static size_t
paragraph(const struct lines *lines, size_t i, struct str *text)
{
	bool ascii = is_ascii_start(span_trim(line_span(lines, i)));

	str_clear(text);
	for (; i < lines->n && !lines->list[i].used && !text->cut; i++) {
		struct span s = span_trim(line_span(lines, i));

		if (s.len == 0 || is_ascii_start(s) != ascii)
			break;
		if (text->len != 0)
			str_addc(text, ' ');
		str_add(text, s.text, s.len);
	}
	return i;
}

/* A mail's header, filled into one paragraph: its words are no reason. */
static bool
is_header(struct span s)
{
	static const char *const names[] = {
		"Received: ", "Message-Id: ", "MIME-Version: ",
		"Content-Type: ", "Return-Path: ", "Content-Transfer-Encoding: "
	};
	size_t n = 0;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		n += span_find(s, names[i]) != NULL;
	return n >= 2;
}

static void
add(struct drafts *drafts, const struct lines *lines, size_t first,
    size_t end, const struct str *text)
{
	struct draft *draft = draft_add(drafts, FORM_REPLY,
	    lines->list[first].start, lines->list[end - 1].end);

	if (draft != NULL)
		draft->reason = arena_strndup(drafts->arena, text->text,
		    text->len);
}

static void
read_lines(struct drafts *drafts, const struct rules *rules,
    struct lines *lines, struct str *text)
{
	size_t i = 0, next, seen = 0, before = drafts->n;
	size_t first_text = lines->n, first_end = 0;

	while (i < lines->n && seen < PARAGRAPHS_MAX) {
		if (lines->list[i].used || line_is_empty(lines, i)) {
			i++;
			continue;
		}
		next = paragraph(lines, i, text);
		if (next == i) {
			i++;
			continue;
		}
		seen++;
		if (is_header(span_make(text->text, text->len))) {
			i = next;
			continue;
		}
		if (first_text == lines->n) {
			first_text = i;
			first_end = next;
		}
		if (classify_line(rules, text->text))
			add(drafts, lines, i, next, text);
		i = next;
	}
	/* a code with words that nobody knows is a refusal all the same */
	if (drafts->n == before && seen == 1 && lines->n <= SHORT_INPUT &&
	    first_end != 0) {
		paragraph(lines, first_text, text);
		if (reply_find(span_make(text->text, text->len)).text != NULL)
			add(drafts, lines, first_text, first_end, text);
	}
}

void
typed_read(struct drafts *drafts, const struct rules *rules,
    const struct message *message)
{
	struct str text;

	str_init(&text, REASON_MAX);
	for (size_t i = 0; i < message->n_parts; i++)
		if (message->parts[i].kind == PART_TEXT)
			read_lines(drafts, rules, &message->parts[i].lines,
			    &text);
	str_free(&text);
}
