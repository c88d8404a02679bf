/* SPDX-License-Identifier: ISC
 * Knows how receivers write down what they made of a message: RFC 8601, RFC
 * 7208 9.1, and what is usual beside them. Hides the scanning. */
#include "config.h"

#include <string.h>

#include "engine/base/text.h"
#include "engine/bounce/received_parts.h"

#define METHODS_MAX 100

/* S without the blanks and comments at its start (CFWS, RFC 5322 3.2.2); the
 * last comment into *COMMENT unless that is NULL. */
static struct span
past_comments(struct span s, struct span *comment)
{
	s = span_trim(s);
	while (s.len != 0 && s.text[0] == '(') {
		struct span word = received_word(&s);

		if (comment != NULL)
			*comment = word;
		s = span_trim(s);
	}
	return s;
}

static bool
has_at(struct span s)
{
	return s.len != 0 && memchr(s.text, '@', s.len) != NULL;
}

static struct received_method *
add_method(struct reading *r, const char *name, struct span result,
    struct span words)
{
	struct received *out = r->out;
	struct received_method *m;

	if (out->n_methods == METHODS_MAX)
		return NULL;
	out->methods = arena_grow(r->arena, out->methods, out->n_methods,
	    sizeof *out->methods);
	m = &out->methods[out->n_methods++];
	*m = (struct received_method){
		.method = name != NULL ? name : "",
		.result = received_lower(r->arena, result),
		.words = span_copy(r->arena, span_trim(words)),
		.depth = r->n_hops,
	};
	if (m->result == NULL)
		m->result = "none";
	return m;
}

/* "smtp.mailfrom=a@b": the properties that name what was judged (RFC 8601
 * 2.3, 2.7), and those of older software. */
static void
take_property(struct reading *r, struct received_method *m, struct span name,
    struct span value)
{
	static const struct {
		const char *name;
		enum { DOMAIN, SENDER, HELO, SELECTOR, IP } what;
	} properties[] = {
		{ "smtp.mailfrom", SENDER }, { "smtp.mfrom", SENDER },
		{ "smtp.mail", SENDER }, { "smtp.from", SENDER },
		{ "smtp.helo", HELO }, { "header.from", DOMAIN },
		{ "header.d", DOMAIN }, { "header.i", DOMAIN },
		{ "header.s", SELECTOR }, { "smtp.remote-ip", IP },
		{ "smtp.client-ip", IP }, { "policy.iprev", IP },
	};

	value = received_unquoted(value);
	for (size_t i = 0; i < sizeof properties / sizeof properties[0]; i++) {
		if (!span_same(name, properties[i].name))
			continue;
		if (properties[i].what == SELECTOR)
			m->selector = span_copy(r->arena, value);
		else if (properties[i].what == IP)
			m->ip = received_ip(r->arena, value);
		else if (m->domain == NULL) {
			m->domain = received_domain(r->arena, value);
			m->helo = properties[i].what == HELO;
		}
		if (properties[i].what == SENDER && has_at(value))
			m->address = span_copy(r->arena, value);
	}
}

/* One "name = value" of REST, or a word that is none (value empty). */
static struct span
next_property(struct span *rest, struct span *value)
{
	struct span word = received_word(rest);
	const char *equals = word.len != 0 ? memchr(word.text, '=', word.len) :
	    NULL;

	*value = span_make("", 0);
	if (equals != NULL) {
		*value = span_from(word, equals + 1);
		word.len = (size_t)(equals - word.text);
	} else if (word.len != 0 && word.text[0] != '(') {
		struct span next = past_comments(*rest, NULL);

		if (next.len == 0 || next.text[0] != '=')
			return word;
		*rest = span_skip(next, 1);
	} else {
		return word;
	}
	if (value->len == 0)
		*value = received_word(rest);
	return word;
}

/* "header.i=@b" behind a semicolon belongs to the method in front of it, and
 * "from=b" to none: Yahoo! JAPAN writes so. */
static bool
is_property(struct span name)
{
	return span_same(name, "from") || memchr(name.text, '.', name.len) != NULL;
}

/* "spf=pass (…: domain of a@b designates 192.0.2.1 …) smtp.mailfrom=a@b", with
 * comments and blanks around "=", and perhaps a version behind the name. The
 * field's first method is the FIRST. */
static struct received_method *
read_method(struct reading *r, struct span s, size_t first)
{
	struct received_method *m;
	struct span name, word, value, rest = span_trim(s), comment;

	name = span_make(rest.text, received_length(rest, " \t(=/"));
	rest = past_comments(span_skip(rest, name.len), NULL);
	if (rest.len != 0 && rest.text[0] == '/')
		rest = past_comments(span_skip(rest,
		    received_length(rest, " \t(=")), NULL);
	if (name.len == 0 || rest.len == 0 || rest.text[0] != '=')
		return NULL;
	if (is_property(name)) {
		rest = s;
		word = next_property(&rest, &value);
		if (r->out->n_methods > first)
			take_property(r, &r->out->methods[r->out->n_methods - 1],
			    word, value);
		return NULL;
	}
	comment = span_make("", 0);
	rest = past_comments(span_skip(rest, 1), &comment);
	word = received_word(&rest);
	m = add_method(r, received_lower(r->arena, name), word, s);
	if (m == NULL)
		return NULL;
	if (strcmp(m->method, "spf") == 0 && comment.len != 0)
		m->ip = received_ip(r->arena, comment);
	while ((word = next_property(&rest, &value)).len != 0)
		if (word.text[0] != '(')
			take_property(r, m, word, value);
		else if (strcmp(m->method, "spf") == 0 && m->ip == NULL)
			m->ip = received_ip(r->arena, word);
	return m;
}

/* "i=2; " in front of an ARC set's field; 0: there is none (RFC 8617 4.1.1) */
static size_t
arc_instance(struct span piece)
{
	size_t n = 0;

	for (size_t i = 2; i < piece.len && is_digit(piece.text[i]) &&
	    n < 100; i++)
		n = n * 10 + (size_t)(piece.text[i] - '0');
	return n;
}

/* Who judged (RFC 8601 2.5). Outlook leaves out who it is, and begins with a
 * result; others write a comment or a version behind the name. */
static const char *
writer_of(struct reading *r, struct span piece)
{
	struct span word, value, rest = piece;
	const char *name;

	word = next_property(&rest, &value);
	if (value.len != 0)
		return NULL;
	name = received_lower(r->arena, word);
	return name != NULL && name[0] != '(' && strcmp(name, "none") != 0 ?
	    name : NULL;
}

/* Does the text before the first ";" begin with "method=result"? */
static bool
is_method(struct span piece)
{
	struct span rest = span_skip(piece,
	    received_length(piece, " \t(=/"));

	rest = past_comments(rest, NULL);
	if (rest.len != 0 && rest.text[0] == '/')
		rest = past_comments(span_skip(rest,
		    received_length(rest, " \t(=")), NULL);
	return rest.len != 0 && rest.text[0] == '=';
}

void
received_results(struct reading *r, struct span value, bool arc)
{
	size_t first_method = r->out->n_methods, instance = 0;
	const char *writer = NULL;
	bool first = true;

	while (value.len != 0) {
		size_t n = received_length(value, ";");
		struct span piece = span_trim(span_make(value.text, n));

		value = span_skip(value, n + 1);
		if (arc && instance == 0 && span_starts(piece, "i="))
			instance = arc_instance(piece);
		else if (first && !is_method(piece)) {
			writer = writer_of(r, piece);
			first = false;
		} else if (piece.len != 0) {
			read_method(r, piece, first_method);
			first = false;
		}
	}
	for (size_t i = first_method; i < r->out->n_methods; i++) {
		r->out->methods[i].writer = writer;
		r->out->methods[i].arc = arc;
		/* the newest set is the last receiver's; it stands on top */
		r->out->methods[i].foreign = arc && r->n_arc != 0;
	}
	r->n_arc += arc;
	r->judged = r->judged || r->out->n_methods != first_method;
	if (!arc && !r->results) {
		r->results = true;
		r->writer = writer;
		r->depth = r->n_hops;
	}
}

/* "Received-SPF: softfail (…) client-ip=192.0.2.1; envelope-from=a@b;" */
void
received_spf(struct reading *r, struct span value)
{
	struct received_method *m;
	struct span rest = value, found;

	m = add_method(r, "spf", received_word(&rest), value);
	if (m == NULL)
		return;
	r->judged = true;
	m->field = true;
	found = span_after(value, "client-ip=");
	m->ip = received_ip(r->arena, found.text != NULL ? found : value);
	found = span_after(value, "receiver=");
	if (found.text != NULL && !span_starts(found, "<UNKNOWN>"))
		m->writer = received_lower(r->arena, span_make(found.text,
		    received_length(found, " \t;")));
	m->helo = span_after(value, "identity=helo").text != NULL;
	found = span_after(value, m->helo ? "helo=" : "envelope-from=");
	while (m->helo && found.text != NULL && found.len != 0 &&
	    !is_word(found.text[0]))
		found = span_skip(found, 1);
	if (found.text == NULL)
		found = span_after(value, "domain of transitioning ");
	if (found.text == NULL)
		found = span_after(value, "domain of ");
	if (found.text == NULL)
		return;
	found = received_unquoted(span_make(found.text, received_length(found,
	    " \t;)")));
	m->domain = received_domain(r->arena, found);
	if (has_at(found))
		m->address = span_copy(r->arena, received_unquoted(found));
}

static bool
is_host_octet(char c)
{
	return is_letter(c) || is_digit(c) || c == '.' || c == '-';
}

/* The first word of S that can be a domain. */
static const char *
any_domain(struct arena *arena, struct span s)
{
	while (s.len != 0) {
		size_t n = 0;
		const char *dot;

		while (n < s.len && is_host_octet(s.text[n]))
			n++;
		dot = n != 0 ? memrchr(s.text, '.', n) : NULL;
		if (dot != NULL && dot != s.text && dot + 2 < s.text + n &&
		    is_letter(dot[1]))
			return text_domain(arena, s.text, n);
		s = span_skip(s, n + 1);
	}
	return NULL;
}

void
received_row(struct reading *r, const char *method, struct span value)
{
	static const char *const results[] = {
		"pass", "fail", "softfail", "neutral", "none", "temperror",
		"permerror",
	};
	struct received_method *m;
	struct span word, said = value;
	const char *link = span_find(value, "Learn more");
	size_t n = 0;

	if (link != NULL)
		said.len = (size_t)(link - said.text);
	while (value.len != 0 && !is_letter(value.text[0]))
		value = span_skip(value, 1);
	while (n < value.len && is_letter(value.text[n]))
		n++;
	word = span_make(value.text, n);
	for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
		if (!span_same(word, results[i]))
			continue;
		m = add_method(r, method, word, said);
		if (m == NULL)
			return;
		m->table = true;
		m->ip = strcmp(method, "spf") == 0 ?
		    received_ip(r->arena, value) : NULL;
		m->domain = any_domain(r->arena, span_skip(value, n));
	}
}
