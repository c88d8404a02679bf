/* SPDX-License-Identifier: ISC
 * Knows the structure of mails (RFC 5322, 2046, 3462) and finds it also in
 * fragments. Hides boundaries: one pass over the lines, no recursion into
 * parts, so that nesting costs nothing. */
#include "config.h"

#include "engine/bounce/mime.h"

#include <string.h>

#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/bounce/headers.h"
#include "engine/bounce/phrases.h"

#define BOUNDARIES_MAX 64
#define NO_FLOOR ((size_t)-1)
/* Base64 inside base64 …: deeper is not read. */
#define DECODE_DEPTH 6
#define DECODE_MAX ((size_t)24 << 20)

struct scanner {
	struct arena *arena;
	struct messages *out;
	bool *repaired;
	int depth;
	struct span boundaries[BOUNDARIES_MAX];
	size_t n_boundaries;
	/* boundaries from here on belong to the returned message */
	size_t floor;
	/* the open part */
	enum part_kind kind;
	const char *charset, *encoding;
	bool base64;                /* its lines are no text */
	size_t first;               /* its first line */
};

static void scan(struct scanner *scanner, const struct lines *raw);

static struct message *
current(struct scanner *scanner)
{
	struct messages *out = scanner->out;

	return &out->list[out->n - 1];
}

static void
add_message(struct scanner *scanner, const struct headers *headers,
    size_t start)
{
	struct messages *out = scanner->out;

	out->list = arena_grow(scanner->arena, out->list, out->n,
	    sizeof *out->list);
	out->list[out->n++] = (struct message){ .headers = *headers,
		.start = start, .end = start };
}

static void
open_part(struct scanner *scanner, enum part_kind kind, size_t first)
{
	scanner->kind = kind;
	scanner->charset = scanner->encoding = NULL;
	scanner->base64 = false;
	scanner->first = first;
}

static void
add_part(struct scanner *scanner, struct lines *lines)
{
	struct message *message = current(scanner);

	message->parts = arena_grow(scanner->arena, message->parts,
	    message->n_parts, sizeof *message->parts);
	message->parts[message->n_parts++] = (struct part){
		.kind = scanner->kind, .lines = *lines,
		.charset = scanner->charset, .encoding = scanner->encoding };
}

static bool
is_encoded(const char *encoding)
{
	return text_same(encoding, "base64") ||
	    text_same(encoding, "quoted-printable");
}

/* Undo the transfer encoding of LINES, in place. */
static void
decode(struct arena *arena, const char *encoding, struct lines *lines,
    bool *repaired)
{
	struct span joined;
	struct str text;
	size_t len, start = lines->list[0].start;
	size_t end = lines->list[lines->n - 1].end;
	char *plain;

	str_init(&text, DECODE_MAX);
	for (size_t i = 0; i < lines->n; i++) {
		str_add(&text, lines->list[i].text, lines->list[i].len);
		str_addc(&text, '\n');
	}
	joined = span_make(text.text, text.len);
	if (text_same(encoding, "base64"))
		plain = mime_decode_base64(arena, joined, &len);
	else
		plain = mime_decode_quoted(arena, joined, false, &len);
	str_free(&text);
	lines_split_decoded(arena, span_make(plain, len), start, end, lines,
	    repaired);
}

void
part_open(struct arena *arena, struct part *part, bool *repaired)
{
	if (is_encoded(part->encoding) && part->lines.n != 0)
		decode(arena, part->encoding, &part->lines, repaired);
	lines_to_utf8(arena, part->charset, &part->lines);
	part->charset = part->encoding = NULL;
}

/* A decoded attached mail is read as one. */
static void
scan_decoded(struct scanner *scanner, const struct lines *lines)
{
	struct scanner inner = { .arena = scanner->arena,
		.out = scanner->out, .repaired = scanner->repaired,
		.depth = scanner->depth + 1, .floor = NO_FLOOR };

	if (inner.depth < DECODE_DEPTH)
		scan(&inner, lines);
}

/* Lines FIRST … END - 1 of RAW are the open part: put it into the message. */
static void
close_part(struct scanner *scanner, const struct lines *raw, size_t end)
{
	struct lines lines = { NULL, 0, 0 };
	size_t first = scanner->first;
	bool encoded = is_encoded(scanner->encoding) &&
	    scanner->floor == NO_FLOOR && scanner->kind != PART_HTML;

	if (end > raw->n)
		end = raw->n;
	scanner->first = end;
	if (first >= end || scanner->kind == PART_OTHER)
		return;
	current(scanner)->end = raw->list[end - 1].end;
	if (scanner->kind == PART_ORIGINAL && !encoded &&
	    current(scanner)->headers.any)
		return;         /* nobody reads it */
	/* no line belongs to two parts, so they need no copy */
	lines.n = lines.room = end - first;
	lines.list = raw->list + first;
	if (encoded) {
		decode(scanner->arena, scanner->encoding, &lines,
		    scanner->repaired);
		if (headers_start(&lines, 0)) {
			scan_decoded(scanner, &lines);
			return;
		}
	}
	if (scanner->kind != PART_ORIGINAL && scanner->kind != PART_HTML)
		lines_to_utf8(scanner->arena, scanner->charset, &lines);
	add_part(scanner, &lines);
}

static enum part_kind
kind_of(const char *type)
{
	static const struct {
		const char *prefix;
		enum part_kind kind;
	} kinds[] = {
		{ "text/html", PART_HTML },
		{ "text/rfc822", PART_ORIGINAL },
		{ "text/x-amp", PART_OTHER },
		{ "text/calendar", PART_OTHER },
		{ "text/css", PART_OTHER },
		{ "text", PART_TEXT },
		{ "multipart/", PART_PREAMBLE },
		{ "message/delivery-status", PART_STATUS },
		{ "message/global-delivery-status", PART_STATUS },
		{ "message/feedback-report", PART_FEEDBACK },
		{ "message/", PART_ORIGINAL },
	};

	if (type == NULL)
		return PART_TEXT;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (text_starts(type, kinds[i].prefix))
			return kinds[i].kind;
	return PART_OTHER;
}

static void
add_boundary(struct scanner *scanner, struct span boundary)
{
	if (boundary.len != 0 && scanner->n_boundaries < BOUNDARIES_MAX)
		scanner->boundaries[scanner->n_boundaries++] = boundary;
}

/* Start the part that HEADERS describe, its body at line FIRST. */
static void
start_body(struct scanner *scanner, const struct headers *headers,
    size_t first)
{
	const char *type = headers->content_type;

	open_part(scanner, kind_of(type), first);
	scanner->encoding = headers->encoding;
	scanner->base64 = text_same(headers->encoding, "base64");
	if (type == NULL)
		return;
	if (text_starts(type, "multipart/"))
		add_boundary(scanner, span_of(mime_parameter(scanner->arena,
		    type, "boundary")));
	scanner->charset = mime_parameter(scanner->arena, type, "charset");
}

static void
start_original(struct scanner *scanner, const struct headers *headers,
    size_t first)
{
	struct message *message = current(scanner);

	if (!message->original.any)
		message->original = *headers;
	open_part(scanner, PART_ORIGINAL, first);
	if (scanner->floor == NO_FLOOR)
		scanner->floor = scanner->n_boundaries;
}

static void
start_message(struct scanner *scanner, const struct headers *headers,
    size_t first, size_t start, bool nested)
{
	nested = nested && scanner->out->n != 0 &&
	    message_is_report(current(scanner));
	add_message(scanner, headers, start);
	current(scanner)->nested = nested;
	start_body(scanner, headers, first);
}

/* A part that holds a mail, at line BODY: the returned one, or a bounce that
 * somebody forwards. */
static size_t
start_attached(struct scanner *scanner, const struct lines *raw, size_t body)
{
	static const struct headers none;
	struct message as = { 0 };
	size_t next;

	while (body < raw->n && line_is_empty(raw, body))
		body++;
	if (!headers_start(raw, body)) {
		start_original(scanner, &none, body);
		return body;
	}
	next = headers_read(scanner->arena, raw, body, &as.headers);
	if (message_is_report(&as))
		start_message(scanner, &as.headers, next,
		    raw->list[body].start, true);
	else
		start_original(scanner, &as.headers, next);
	return next;
}

/* Is line I "--boundary"? *END tells "--boundary--", *INDEX which (the number
 * of known ones when it is new). */
static bool
is_delimiter(struct scanner *scanner, const struct lines *raw, size_t i,
    size_t *index, bool *end)
{
	struct span s = span_trim(line_span(raw, i)), next;

	if (s.len < 3 || s.text[0] != '-' || s.text[1] != '-')
		return false;
	s = span_skip(s, 2);
	for (size_t b = 0; b < scanner->n_boundaries; b++) {
		struct span known = scanner->boundaries[b];

		if (s.len < known.len ||
		    memcmp(s.text, known.text, known.len) != 0)
			continue;
		*index = b;
		*end = s.len == known.len + 2 && s.text[known.len] == '-' &&
		    s.text[known.len + 1] == '-';
		/* re-filled text has the part's fields on the same line */
		if (*end || s.len == known.len || s.text[known.len] == ' ')
			return true;
	}
	next = line_span(raw, i + 1);
	*index = scanner->n_boundaries;
	*end = false;
	return span_starts(next, "Content-") ||
	    (is_word(s.text[0]) && span_find(s, " Content-Type:") != NULL);
}

/* Begin what follows the delimiter at line I; returns the next line to read. */
static size_t
start_part(struct scanner *scanner, const struct lines *raw, size_t i,
    size_t index, bool end)
{
	struct headers headers;
	struct span s = span_trim(line_span(raw, i));
	size_t body;

	if (scanner->floor != NO_FLOOR && index < scanner->floor)
		scanner->floor = NO_FLOOR;
	if (scanner->floor != NO_FLOOR)
		return i + 1;           /* still inside the returned mail */
	close_part(scanner, raw, i);
	if (end) {
		open_part(scanner, PART_TEXT, i + 1);
		return i + 1;
	}
	if (index == scanner->n_boundaries) {
		size_t len = span_length_of(s, "-") < s.len ? s.len - 2 : 0;
		const char *blank = memchr(s.text, ' ', s.len);

		if (blank != NULL)
			len = (size_t)(blank - s.text) - 2;
		add_boundary(scanner, span_make(s.text + 2, len));
	}
	body = headers_read_part(scanner->arena, raw, i, &headers);
	start_body(scanner, &headers, body);
	if (scanner->kind == PART_ORIGINAL && !is_encoded(scanner->encoding))
		return start_attached(scanner, raw, body);
	return body;
}

/* Did lines FIRST to END - 1 tell of a refusal? Then the mail below them is
 * the returned one, else it may be the bounce itself. */
static bool
says_refusal(const struct lines *raw, size_t first, size_t end)
{
	for (; first < end; first++) {
		struct span s = span_trim(line_span(raw, first));

		if ((scan_reply(s) != 0 && s.text[0] != '2') ||
		    (line_tells(raw, first) & (PHRASE_INTRO |
		    PHRASE_SAID)) != 0)
			return true;
	}
	return false;
}

/* A block of header fields starts at line I: whose is it? Returns the next
 * line to read. */
static size_t
start_block(struct scanner *scanner, const struct lines *raw, size_t i,
    bool first)
{
	struct headers headers;
	struct message as = { 0 };
	size_t body = headers_read(scanner->arena, raw, i, &headers);

	as.headers = headers;
	if (!first && !message_is_report(&as) &&
	    !headers_travelled(raw, i, body))
		return body;            /* stays where it is */
	first = first || (!current(scanner)->headers.any &&
	    !says_refusal(raw, scanner->first, i));
	close_part(scanner, raw, i);
	if (first || message_is_report(&as))
		start_message(scanner, &headers, body, raw->list[i].start,
		    !first);
	else
		start_original(scanner, &headers, body);
	return body;
}

/* May a header start at line I? Where nothing else does, only behind an empty
 * line: inside of base64. Never inside the returned mail and where a status
 * is told. */
static bool
is_block(const struct scanner *scanner, const struct lines *raw, size_t i)
{
	return scanner->kind != PART_STATUS && scanner->floor == NO_FLOOR &&
	    (!scanner->base64 || line_is_empty(raw, i - 1)) &&
	    headers_start(raw, i);
}

/* mbox's "From user@host Thu Jan  1 …" before a header block. */
static bool
is_mbox_line(const struct lines *raw, size_t i)
{
	struct span s = line_span(raw, i);

	return span_starts(s, "From ") && memchr(s.text, ':', s.len) != NULL &&
	    (i == 0 || line_is_empty(raw, i - 1)) && headers_start(raw, i + 1);
}

static void
scan(struct scanner *scanner, const struct lines *raw)
{
	static const struct headers none;
	size_t i = 0, index;
	bool end, first = true;

	while (i < raw->n && line_is_empty(raw, i))
		i++;
	scanner->first = i;
	if (!headers_start(raw, i))
		start_message(scanner, &none, i,
		    i < raw->n ? raw->list[i].start : 0, false);
	while (i < raw->n) {
		if (is_mbox_line(raw, i)) {
			if (scanner->out->n != 0)
				close_part(scanner, raw, i);
			scanner->n_boundaries = 0;
			scanner->floor = NO_FLOOR;
			first = true;
			i++;
			continue;
		}
		if (is_block(scanner, raw, i)) {
			i = start_block(scanner, raw, i, first);
			first = false;
			continue;
		}
		first = false;
		if (is_delimiter(scanner, raw, i, &index, &end))
			i = start_part(scanner, raw, i, index, end);
		else
			i++;
	}
	close_part(scanner, raw, raw->n);
}

void
mime_read(struct arena *arena, const struct lines *raw,
    struct messages *out, bool *repaired)
{
	struct scanner scanner = { .arena = arena, .out = out,
		.repaired = repaired, .floor = NO_FLOOR };

	*out = (struct messages){ NULL, 0 };
	scan(&scanner, raw);
}
