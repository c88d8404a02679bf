/* SPDX-License-Identifier: ISC
 * Knows what lines of a log look like beside those of mails. Hides how many of
 * them make a log. */
#include "config.h"

#include "engine/maillog/log_sniff.h"

#include <stdint.h>
#include <string.h>

#include "engine/bounce/logline.h"
#include "engine/maillog/log_event.h"
#include "engine/maillog/log_tables.h"
#include "engine/maillog/log_time.h"

/* A time without year is in no year that counts here. */
#define ANY_TIME ((time_t)1 << 30)

struct sniffing {
	size_t lines, of_log;
	uint64_t ids[LOG_SNIFF_PICKED + 1];
	size_t n_ids;
};

/* A field of the journal's export format: "_SYSTEMD_UNIT=postfix@-.service" */
static bool
is_journal_field(struct span line)
{
	size_t n = span_length_of(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

	return n > 2 && n < line.len && line.text[n] == '=';
}

/* "Subject: hello", and the mbox's "From " */
static bool
is_header(struct span line)
{
	size_t n = 0;

	if (span_starts(line, "From "))
		return true;
	while (n < line.len && (is_letter(line.text[n]) ||
	    is_digit(line.text[n]) || line.text[n] == '-'))
		n++;
	return n != 0 && n < line.len && line.text[n] == ':';
}

static bool
is_log_line(struct span line)
{
	struct log_time time;

	return log_time_read(line.text, line.len, ANY_TIME, &time) ||
	    logline_starts(line) || is_journal_field(line);
}

static void
note_id(struct sniffing *sniffing, struct span line)
{
	struct logline parts;
	uint64_t id;

	if (sniffing->n_ids > LOG_SNIFF_PICKED ||
	    !logline_parse(log_event_line(line), &parts))
		return;
	id = log_hash(LOG_HASH_START, parts.queue_id.text,
	    parts.queue_id.len);
	for (size_t i = 0; i < sniffing->n_ids; i++)
		if (sniffing->ids[i] == id)
			return;
	sniffing->ids[sniffing->n_ids++] = id;
}

bool
log_sniff(const char *text, size_t len, bool whole)
{
	struct sniffing sniffing = { .lines = 0 };
	struct span rest = span_make(text, len);

	while (rest.len != 0) {
		const char *end = memchr(rest.text, '\n', rest.len);
		size_t n = end != NULL ? (size_t)(end - rest.text) : rest.len;
		struct span line = span_trim(span_make(rest.text, n));

		rest = span_skip(rest, n + (end != NULL));
		/* the last one may be cut anywhere */
		if (line.len == 0 || (end == NULL && !whole))
			continue;
		if (!is_log_line(line)) {
			if (sniffing.lines++ == 0 && is_header(line))
				return false;
			continue;
		}
		sniffing.lines++;
		sniffing.of_log++;
		note_id(&sniffing, line);
	}
	return sniffing.of_log * 2 > sniffing.lines &&
	    (!whole || sniffing.n_ids > LOG_SNIFF_PICKED);
}
