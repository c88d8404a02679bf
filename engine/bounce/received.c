/* SPDX-License-Identifier: ISC
 * Knows the fields of a received message that tell how it was judged; hides how
 * they are unfolded, also where a paste has lost the blanks of folded lines. */
#include "config.h"

#include "engine/bounce/received.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/bounce/charset.h"
#include "engine/bounce/lines.h"
#include "engine/bounce/mime.h"
#include "engine/bounce/received_parts.h"

#define HEADER_LINES_MAX 2000
#define VALUE_MAX ((size_t)16 << 10)
#define HOPS_MAX 100

/* ---------------------------------------------------------------- fields */

/* The host's name in the first comment of "HELO (NAME [IP])". */
static const char *
name_in(struct arena *arena, struct span from)
{
	struct span word;
	const char *name;

	while ((word = received_word(&from)).len != 0 && word.text[0] != '(')
		;
	word = span_skip(word, 1);
	word.len = span_length_of(word, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");
	name = received_domain(arena, word);
	return name;
}

/* "from HELO (NAME [IP]) by HOST" */
static void
read_hop(struct reading *r, struct span value)
{
	struct span from = value, by = span_make("", 0);
	struct received_hop *hop;
	const char *at;

	if (r->n_hops == HOPS_MAX)
		return;
	r->hops = arena_grow(r->arena, r->hops, r->n_hops, sizeof *r->hops);
	hop = &r->hops[r->n_hops++];
	*hop = (struct received_hop){ .ip = NULL };
	at = span_starts(value, "by ") ? value.text : span_find(value, " by ");
	if (at != NULL) {
		by = span_from(value, at);
		by = span_trim(span_skip(by, is_blank(by.text[0]) ? 4 : 3));
		from.len = (size_t)(at - value.text);
		hop->by = received_lower(r->arena, received_word(&by));
	}
	if (!span_starts(from, "from "))
		return;
	from = span_skip(from, strlen("from "));
	hop->ip = received_ip(r->arena, from);
	hop->name = name_in(r->arena, from);
	hop->helo = received_lower(r->arena, received_word(&from));
}

static void
read_signature(struct reading *r, struct span value)
{
	struct received *out = r->out;

	out->n_signatures++;
	if (out->dkim_domain != NULL)
		return;
	while (value.len != 0) {
		size_t n = received_length(value, ";");
		struct span tag = span_trim(span_make(value.text, n));

		value = span_skip(value, n + 1);
		if (span_starts(tag, "d="))
			out->dkim_domain = received_domain(r->arena,
			    span_trim(span_skip(tag, 2)));
		else if (span_starts(tag, "s="))
			out->dkim_selector = span_copy(r->arena,
			    span_trim(span_skip(tag, 2)));
	}
}

static const char *
address_in(struct reading *r, struct span value)
{
	const char *text = mime_decode_words(r->arena,
	    arena_strndup(r->arena, value.text, value.len));
	struct span address = scan_any_address(span_of(text));

	/* a very long one may be cut within a character */
	if (address.len == 0 || !charset_is_utf8(address.text, address.len))
		return NULL;
	return arena_strndup(r->arena, address.text, address.len);
}

static void
take_field(struct reading *r, struct span name, struct span value)
{
	struct received *out = r->out;

	if (span_same(name, "Authentication-Results"))
		received_results(r, value, false);
	else if (span_same(name, "ARC-Authentication-Results"))
		received_results(r, value, true);
	else if (span_same(name, "Received-SPF"))
		received_spf(r, value);
	else if (span_same(name, "Received"))
		read_hop(r, value);
	else if (span_same(name, "DKIM-Signature"))
		read_signature(r, value);
	else if (span_same(name, "From") && out->from == NULL)
		out->from = address_in(r, value);
	else if (span_same(name, "To") && out->to == NULL)
		out->to = address_in(r, value);
	else if (span_same(name, "Return-Path") && out->return_path == NULL) {
		out->return_path = address_in(r, value);
		if (out->return_path == NULL && span_same(value, "<>"))
			out->return_path = "";
	} else if (span_same(name, "Message-ID"))
		out->message_id = span_copy(r->arena, value);
	else if (span_same(name, "SPF"))
		received_row(r, "spf", value);
	else if (span_same(name, "DKIM"))
		received_row(r, "dkim", value);
	else if (span_same(name, "DMARC"))
		received_row(r, "dmarc", value);
	else if (span_same(name, "List-Id") || span_same(name, "List-Post"))
		out->list_mail = true;
}

/* The field name at the start of S, without its colon; empty: none. */
static struct span
field_name(struct span s)
{
	size_t n = 0;

	while (n < s.len && n < 80 && (is_letter(s.text[n]) ||
	    is_digit(s.text[n]) || s.text[n] == '-'))
		n++;
	return span_make(s.text, n > 1 && n < s.len && s.text[n] == ':' &&
	    is_letter(s.text[0]) ? n : 0);
}

/* The lines of one block of fields. A page may show every line with an empty
 * one behind it, and the whole block indented. */
struct block {
	const struct lines *lines;
	size_t start;            /* its first field */
	size_t indent;
	bool spaced;
};

static struct span
block_line(const struct block *block, size_t i)
{
	struct span s = line_span(block->lines, i);
	size_t n = 0;

	while (n < block->indent && n < s.len && is_blank(s.text[n]))
		n++;
	return span_skip(s, n);
}

static bool
past_end(const struct block *block, size_t i)
{
	return i >= block->lines->n || i >= HEADER_LINES_MAX;
}

static bool
block_ends(const struct block *block, size_t i)
{
	return past_end(block, i) ||
	    (!block->spaced && line_is_empty(block->lines, i));
}

/* Is every second line from I on empty, and more than one of the others a
 * field? */
static bool
is_spaced(const struct block *block, size_t i)
{
	size_t fields = 0;

	if (i + 4 >= block->lines->n)
		return false;
	for (size_t k = 0; k < 8 && !past_end(block, i + k); k += 2) {
		if (line_is_empty(block->lines, i + k) ||
		    !line_is_empty(block->lines, i + k + 1))
			return false;
		fields += field_name(block_line(block, i + k)).len != 0;
	}
	return fields > 1;
}

/* The next block of fields at line I or behind it; false: there is none. */
static bool
find_block(const struct lines *lines, size_t i, bool first,
    struct block *block)
{
	*block = (struct block){ .lines = lines };
	for (; !past_end(block, i); i++) {
		struct span s = line_span(lines, i), text = span_trim(s);

		if (field_name(s).len == 0 &&
		    !(first && field_name(text).len != 0)) {
			first = first && text.len == 0;
			continue;
		}
		block->start = i;
		block->indent = field_name(s).len == 0 ?
		    (size_t)(text.text - s.text) : 0;
		block->spaced = is_spaced(block, i);
		return true;
	}
	return false;
}

/* The field at line I with all its lines, folded or merely wrapped; returns the
 * line after it. */
static size_t
read_field(struct reading *r, const struct block *block, size_t i)
{
	struct span first = block_line(block, i), name = field_name(first);
	struct str value;

	str_init(&value, VALUE_MAX);
	first = span_trim(span_skip(first, name.len + 1));
	if (first.len <= VALUE_MAX)
		str_add(&value, first.text, first.len);
	for (i++; !block_ends(block, i); i++) {
		struct span more = block_line(block, i);

		if (field_name(more).len != 0)
			break;
		more = span_trim(more);
		/* all of a line or nothing: no character is cut */
		if (value.len + 1 + more.len > VALUE_MAX)
			break;
		str_addc(&value, ' ');
		str_add(&value, more.text, more.len);
	}
	take_field(r, name, span_make(arena_strndup(r->arena, value.text,
	    value.len), value.len));
	str_free(&value);
	return i;
}

/* Octets of the first lines, however their ends were doubled on the way (CR LF
 * as two, and once more by a paste): the rest of a long message is not taken
 * apart. */
static size_t
top_length(const char *text, size_t len)
{
	size_t ends = 0, i = 0;

	for (; i < len && ends < 4 * HEADER_LINES_MAX; i++)
		ends += text[i] == '\n' || text[i] == '\r';
	return i;
}

/* All of the message as octets from the line FIRST on, when there is a
 * signature to verify. */
static void
keep_message(struct reading *r, const struct lines *lines, size_t first,
    struct span input)
{
	struct raw_message *message = arena_alloc(r->arena, sizeof *message);

	if (first != 0)
		input = span_skip(input, lines->list[first].start);
	if (r->out->has_body && r->out->n_signatures != 0 &&
	    raw_message_split(r->arena, input.text, input.len, message))
		r->out->message = message;
}

/* The first block with a judgement or a Received field; what stands above it
 * is a page's own. */
bool
received_read(struct arena *arena, const char *text, size_t len,
    struct received *out)
{
	struct reading r = { .arena = arena, .out = out };
	struct lines lines = { .n = 0 };
	struct block block = { .start = 0 };
	bool repaired = false;
	size_t i = 0;

	memset(out, 0, sizeof *out);
	lines_split(arena, text, top_length(text, len), &lines, &repaired);
	lines_to_utf8(arena, NULL, &lines);
	while (!r.judged && r.n_hops == 0 &&
	    find_block(&lines, i, i == 0, &block))
		for (i = block.start; !block_ends(&block, i);)
			i = read_field(&r, &block, i);
	out->has_body = i < lines.n && i < HEADER_LINES_MAX;
	/* a line of "From " or an odd one may stand above the first */
	keep_message(&r, &lines, block.start > 1 ? block.start : 0,
	    span_make(text, len));
	received_settle(&r);
	return out->n_methods != 0 ||
	    (r.n_hops != 0 && out->n_signatures != 0);
}

struct bounce *
received_as_bounce(struct arena *arena, const char *file,
    const struct received *r)
{
	static const char *const none[] = { NULL };
	struct bounce *b = arena_alloc(arena, sizeof *b);
	const struct received_method *spf = received_method(r, "spf");
	const struct received_method *dkim = received_method(r, "dkim");
	const char *words = spf != NULL ? spf->words : "";

	if (dkim != NULL)
		words = arena_printf(arena, "%s%s%s", words,
		    spf != NULL ? "; " : "", dkim->words);
	if (*words == '\0' && r->n_methods != 0)
		words = r->methods[0].words;
	*b = (struct bounce){
		.file = file,
		.form = FORM_DSN_MIME,
		.class_id = "not_bounce",
		.alternatives = none,
		.outcome = OUTCOME_SENT,
		.recipient = r->to,
		.sender = r->return_path,
		.remote_host = r->receiver,
		.client_ip = r->client_ip,
		.domain = spf != NULL ? spf->domain : NULL,
		.text = words,
		.header_from = r->from,
		.dkim_selector = dkim != NULL && dkim->selector != NULL ?
		    dkim->selector : r->dkim_selector,
		.dkim_domain = dkim != NULL && dkim->selector != NULL ?
		    dkim->domain : r->dkim_domain,
		.connect_delay = -1,
		.list_mail = r->list_mail,
		.list_header = r->list_mail,
	};
	return b;
}
