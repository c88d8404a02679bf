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
#include "engine/bounce/scan.h"

#define HEADER_LINES_MAX 2000
#define VALUE_MAX ((size_t)16 << 10)
#define METHODS_MAX 100

struct reading {
	struct arena *arena;
	struct received *out;
	bool judged;             /* a field of the receiver's judgement */
	bool trace;              /* a Received field */
};

/* ---------------------------------------------------------------- words */

static bool
has_char(struct span s, char c)
{
	return s.len != 0 && memchr(s.text, c, s.len) != NULL;
}

/* The length of what stands at S up to one of ENDS, outside of comments and
 * quoted strings (RFC 5322 3.2.2, 3.2.4). */
static size_t
length_to(struct span s, const char *ends)
{
	size_t depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.text[i];

		if (depth == 0 && !quoted && c != '\0' && strchr(ends, c))
			return i;
		if (c == '\\' && i + 1 < s.len && (quoted || depth != 0))
			i++;
		else if (c == '"' && depth == 0)
			quoted = !quoted;
		else if (quoted)
			continue;
		else if (c == '(')
			depth++;
		else if (c == ')' && depth != 0)
			depth--;
	}
	return s.len;
}

/* The next word of S, which is moved past it: a comment with its brackets, or
 * what stands up to a blank. Empty at the end. */
static struct span
next_word(struct span *s)
{
	struct span word;
	size_t n;

	*s = span_trim(*s);
	if (s->len == 0)
		return span_make("", 0);
	if (s->len != 0 && s->text[0] == '(') {
		size_t depth = 0;

		for (n = 0; n < s->len; n++) {
			depth += s->text[n] == '(';
			if (s->text[n] == ')' && --depth == 0)
				break;
		}
		n += n < s->len;
	} else {
		/* a comment may follow without a blank */
		n = length_to(*s, " \t(");
	}
	word = span_make(s->text, n);
	*s = span_skip(*s, n);
	return word;
}

static struct span
unquoted(struct span s)
{
	if (s.len >= 2 && s.text[0] == '"' && s.text[s.len - 1] == '"')
		return span_make(s.text + 1, s.len - 2);
	return s;
}

static const char *
lower_copy(struct arena *arena, struct span s)
{
	char *copy = arena_strndup(arena, s.text, s.len);

	for (char *c = copy; *c != '\0'; c++)
		*c = text_lower(*c);
	return s.len != 0 ? copy : NULL;
}

static const char *
domain_copy(struct arena *arena, struct span s)
{
	const char *at = s.len != 0 ? memrchr(s.text, '@', s.len) : NULL;

	if (at != NULL)
		s = span_from(s, at + 1);
	return s.len != 0 ? text_domain(arena, s.text, s.len) : NULL;
}

/* The first IP address anywhere in S. */
static const char *
find_ip(struct arena *arena, struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		size_t n;

		/* not in the middle of a word; "IPv6:" is RFC 5321 4.1.3's */
		if (i != 0 && (is_word(s.text[i - 1]) ||
		    s.text[i - 1] == '.' || (s.text[i - 1] == ':' &&
		    (i < 5 || !span_starts(span_skip(s, i - 5), "IPv6:")))))
			continue;
		n = scan_ip(span_skip(s, i));
		if (n > 3)
			return arena_strndup(arena, s.text + i, n);
	}
	return NULL;
}

/* ---------------------------------------------------------------- judgements */

static struct received_method *
add_method(struct reading *r)
{
	struct received *out = r->out;

	if (out->n_methods == METHODS_MAX)
		return NULL;
	out->methods = arena_grow(r->arena, out->methods, out->n_methods,
	    sizeof *out->methods);
	memset(&out->methods[out->n_methods], 0, sizeof *out->methods);
	r->judged = true;
	return &out->methods[out->n_methods++];
}

/* "smtp.mailfrom=a@b": the properties that name what was judged (RFC 8601
 * 2.3, 2.7). */
static void
take_property(struct reading *r, struct received_method *m, struct span word)
{
	static const struct {
		const char *name;
		enum { DOMAIN, SENDER, SELECTOR, IP } what;
	} properties[] = {
		{ "smtp.mailfrom=", SENDER }, { "smtp.helo=", DOMAIN },
		{ "header.from=", DOMAIN }, { "header.d=", DOMAIN },
		{ "header.i=", DOMAIN }, { "header.s=", SELECTOR },
		{ "smtp.remote-ip=", IP }, { "policy.iprev=", IP },
	};

	for (size_t i = 0; i < sizeof properties / sizeof properties[0]; i++) {
		struct span value;

		if (!span_starts(word, properties[i].name))
			continue;
		value = unquoted(span_skip(word, strlen(properties[i].name)));
		if (properties[i].what == SELECTOR)
			m->selector = span_copy(r->arena, value);
		else if (properties[i].what == IP)
			m->ip = find_ip(r->arena, value);
		else if (m->domain == NULL)
			m->domain = domain_copy(r->arena, value);
		if (properties[i].what == SENDER &&
		    has_char(value, '@'))
			m->address = span_copy(r->arena, value);
	}
}

/* "spf=pass (…: domain of a@b designates 192.0.2.1 …) smtp.mailfrom=a@b" */
static void
read_method(struct reading *r, struct span s, bool arc)
{
	struct received_method *m;
	struct span word, name, rest = s;
	const char *equals;

	word = next_word(&rest);
	equals = word.len != 0 ? memchr(word.text, '=', word.len) : NULL;
	if (equals == NULL || equals == word.text)
		return;
	name = span_make(word.text, (size_t)(equals - word.text));
	m = add_method(r);
	if (m == NULL)
		return;
	m->arc = arc;
	m->words = span_copy(r->arena, span_trim(s));
	m->method = lower_copy(r->arena, span_make(name.text,
	    length_to(name, "/")));
	if (m->method == NULL)
		m->method = "";
	m->result = lower_copy(r->arena, span_from(word, equals + 1));
	if (m->result == NULL)
		m->result = "none";
	while ((word = next_word(&rest)).len != 0)
		if (word.text[0] != '(')
			take_property(r, m, word);
		else if (strcmp(m->method, "spf") == 0 && m->ip == NULL)
			m->ip = find_ip(r->arena, word);
}

static void
read_results(struct reading *r, struct span value, bool arc)
{
	bool first = true;

	while (value.len != 0) {
		size_t n = length_to(value, ";");
		struct span piece = span_trim(span_make(value.text, n));

		value = span_skip(value, n + 1);
		if (arc && span_starts(piece, "i="))
			continue;
		/* Outlook leaves out who it is, and begins with a result */
		if (first && !has_char(piece, '=')) {
			if (r->out->receiver == NULL || !arc)
				r->out->receiver = lower_copy(r->arena,
				    span_make(piece.text,
				    length_to(piece, " \t")));
		} else if (piece.len != 0) {
			read_method(r, piece, arc);
		}
		first = false;
	}
}

/* "Received-SPF: softfail (…) client-ip=192.0.2.1; envelope-from=a@b;" */
static void
read_received_spf(struct reading *r, struct span value)
{
	struct received_method *m = add_method(r);
	struct span rest = value, word, ip, from;

	if (m == NULL)
		return;
	word = next_word(&rest);
	m->method = "spf";
	m->result = lower_copy(r->arena, word);
	if (m->result == NULL)
		m->result = "none";
	m->words = span_copy(r->arena, value);
	ip = span_after(value, "client-ip=");
	m->ip = ip.text != NULL ? find_ip(r->arena, ip) :
	    find_ip(r->arena, value);
	from = span_after(value, "envelope-from=");
	if (from.text == NULL)
		from = span_after(value, "domain of transitioning ");
	if (from.text == NULL)
		from = span_after(value, "domain of ");
	if (from.text != NULL) {
		from = unquoted(span_make(from.text,
		    length_to(from, " \t;)")));
		m->domain = domain_copy(r->arena, from);
		if (has_char(from, '@'))
			m->address = span_copy(r->arena, from);
	}
}

/* ---------------------------------------------------------------- fields */

/* "from HELO (NAME [IP]) by HOST": the topmost one with an address was written
 * by the receiver's border. */
static void
read_trace(struct reading *r, struct span value)
{
	struct received *out = r->out;
	struct span from = span_after(value, "from ");
	const char *by, *ip;

	r->trace = true;
	if (from.text == NULL || out->client_ip != NULL)
		return;
	by = span_find(from, " by ");
	if (by != NULL)
		from.len = (size_t)(by - from.text);
	ip = find_ip(r->arena, from);
	if (ip == NULL || strncmp(ip, "127.", 4) == 0 ||
	    strcmp(ip, "::1") == 0)
		return;
	out->client_ip = ip;
	out->helo = lower_copy(r->arena, next_word(&from));
}

static void
read_signature(struct reading *r, struct span value)
{
	struct received *out = r->out;

	out->n_signatures++;
	if (out->dkim_domain != NULL)
		return;
	while (value.len != 0) {
		size_t n = length_to(value, ";");
		struct span tag = span_trim(span_make(value.text, n));

		value = span_skip(value, n + 1);
		if (span_starts(tag, "d="))
			out->dkim_domain = domain_copy(r->arena,
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
		read_results(r, value, false);
	else if (span_same(name, "ARC-Authentication-Results"))
		read_results(r, value, true);
	else if (span_same(name, "Received-SPF"))
		read_received_spf(r, value);
	else if (span_same(name, "Received"))
		read_trace(r, value);
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

/* The field at line I with all its lines, folded or merely wrapped; returns the
 * line after it. */
static size_t
read_field(struct reading *r, const struct lines *lines, size_t i)
{
	struct span first = line_span(lines, i), name = field_name(first);
	struct str value;

	str_init(&value, VALUE_MAX);
	first = span_trim(span_skip(first, name.len + 1));
	if (first.len <= VALUE_MAX)
		str_add(&value, first.text, first.len);
	for (i++; i < lines->n && i < HEADER_LINES_MAX &&
	    !line_is_empty(lines, i); i++) {
		struct span more = line_span(lines, i);

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

/* Fill in what the headers say only in one of several places. */
static void
settle(struct received *out)
{
	const struct received_method *spf = received_method(out, "spf");

	if (spf == NULL)
		return;
	if (spf->ip != NULL)
		out->client_ip = spf->ip;
	if (out->return_path == NULL)
		out->return_path = spf->address;
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

bool
received_read(struct arena *arena, const char *text, size_t len,
    struct received *out)
{
	struct reading r = { .arena = arena, .out = out };
	struct lines lines = { .n = 0 };
	bool repaired = false;
	size_t i = 0;

	memset(out, 0, sizeof *out);
	lines_split(arena, text, top_length(text, len), &lines, &repaired);
	lines_to_utf8(arena, NULL, &lines);
	while (i < lines.n && i < HEADER_LINES_MAX &&
	    field_name(line_span(&lines, i)).len == 0)
		i++;
	while (i < lines.n && i < HEADER_LINES_MAX &&
	    !line_is_empty(&lines, i))
		i = read_field(&r, &lines, i);
	out->has_body = i < lines.n && i < HEADER_LINES_MAX;
	if (out->has_body && out->n_signatures != 0) {
		struct raw_message *message =
		    arena_alloc(arena, sizeof *message);

		if (raw_message_split(arena, text, len, message))
			out->message = message;
	}
	settle(out);
	return r.judged || (r.trace && out->n_signatures != 0);
}

const struct received_method *
received_method(const struct received *received, const char *method)
{
	const struct received_method *best = NULL;

	for (size_t i = 0; i < received->n_methods; i++) {
		const struct received_method *m = &received->methods[i];

		if (strcmp(m->method, method) != 0)
			continue;
		if (best == NULL || (best->arc && !m->arc) ||
		    (best->arc == m->arc && strcmp(method, "dkim") == 0 &&
		    strcmp(best->result, "pass") != 0 &&
		    strcmp(m->result, "pass") == 0))
			best = m;
	}
	return best;
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
	};
	return b;
}
