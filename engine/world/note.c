/* SPDX-License-Identifier: ISC
 * Knows the sentences, and finds in one of them what was put in for its
 * conversions. */
#include "config.h"

#include "engine/world/note.h"

#include <stdbool.h>
#include <string.h>

#include "engine/base/text.h"

/* Conversions in one sentence. */
#define VALUES_MAX 4

static const char *const sentences[] = {
	NOTE_SILENT, NOTE_UNMATCHED, NOTE_UNREACHABLE, NOTE_NO_TCP,
	NOTE_SERVFAIL, NOTE_REFUSED, NOTE_LAME, NOTE_NO_SERVER, NOTE_ALIAS,
	NOTE_REFERRAL, NOTE_LOOP, NOTE_ERROR_CODE, NOTE_CUT, NOTE_DAMAGED,
	NOTE_NO_NAME, NOTE_TOO_MANY, NOTE_MANY_NAMES, NOTE_NOT_RECORDED,
	NOTE_REWRITTEN, NOTE_NO_ADDRESS, NOTE_STOPPED, NOTE_TIME_LIMIT
};

struct value {
	const char *text;
	size_t len;
};

/* Is the LEN octets at TEXT the sentence FORMAT? VALUES gets what stands for
 * its conversions; none of them has a blank in it. */
static bool
matches(const char *format, const char *text, size_t len,
    struct value values[VALUES_MAX])
{
	const char *end = text + len;
	size_t n = 0;

	while (*format != '\0') {
		if (*format != '%') {
			if (text == end || *text++ != *format++)
				return false;
			continue;
		}
		/* %s, %d, %u */
		format += 2;
		if (n == VALUES_MAX)
			return false;
		values[n].text = text;
		while (text < end && *text != ' ' && *text != *format)
			text++;
		values[n].len = (size_t)(text - values[n].text);
		if (values[n++].len == 0)
			return false;
	}
	return text == end;
}

/* FORMAT, which may be a translation with %2$s, with VALUES in it. */
static void
fill(struct str *out, const char *format,
    const struct value values[VALUES_MAX])
{
	for (size_t next = 0; *format != '\0';) {
		size_t literal = strcspn(format, "%"), which = next;

		str_add(out, format, literal);
		format += literal;
		if (*format == '\0')
			break;
		if (format[1] >= '1' && format[1] <= '9' && format[2] == '$') {
			which = (size_t)(format[1] - '1');
			format += 2;
		}
		if (which < VALUES_MAX && values[which].text != NULL)
			str_add(out, values[which].text, values[which].len);
		next = which + 1;
		format += format[1] != '\0' ? 2 : 1;
	}
}

static bool
add_sentence(struct str *out, const char *text, size_t len)
{
	for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++) {
		struct value values[VALUES_MAX] = { { NULL, 0 } };

		if (!matches(sentences[i], text, len, values))
			continue;
		fill(out, _(sentences[i]), values);
		return true;
	}
	return false;
}

/* One server's part: a sentence, or "SERVER: sentence". */
static void
add_part(struct str *out, const char *text, size_t len)
{
	const char *colon = memmem(text, len, ": ", 2);
	size_t before = colon != NULL ? (size_t)(colon - text) + 2 : 0;

	if (add_sentence(out, text, len))
		return;
	str_add(out, text, before);
	if (!add_sentence(out, text + before, len - before))
		str_add(out, text + before, len - before);
}

void
note_add(struct str *out, const char *note)
{
	for (;;) {
		const char *end = strstr(note, "; ");

		add_part(out, note, end != NULL ? (size_t)(end - note) :
		    strlen(note));
		if (end == NULL)
			break;
		str_adds(out, "; ");
		note = end + 2;
	}
}

const char *
note_say(struct arena *arena, const char *note)
{
	const char *result = NULL;
	struct str said;

	if (note == NULL)
		return NULL;
	str_init(&said, NOTE_MAX);
	note_add(&said, note);
	result = text_safe(arena, said.text);
	str_free(&said);
	return result;
}
