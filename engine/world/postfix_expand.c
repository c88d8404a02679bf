/* SPDX-License-Identifier: ISC
 * $name, ${name?...}, ${{a} == {b} ? {x} : {y}}: macros as postconf(5) has
 * them. Hides the bounds that make every text end. */
#include "config.h"

#include "engine/world/postfix_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* postconf(1) stops with "unreasonable macro call nesting" beyond it. */
#define NESTING_MAX 100
#define COMPARED_MAX ((size_t)4096)

struct expansion {
	const struct postfix_rows *rows;
	size_t *work;
	bool undefined;
	bool failed;
};

/* A part of a text that belongs to somebody else. */
struct slice {
	const char *text;
	size_t len;
};

/* What stands behind a name or a comparison: "?{yes}:{no}". */
struct choice {
	bool any;
	struct slice yes, no;
};

static void expand(struct expansion *x, struct slice s, int level,
    struct str *out);

static bool
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_';
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void
skip(struct slice *s, size_t n)
{
	s->text += n;
	s->len -= n;
}

static void
skip_space(struct slice *s)
{
	while (s->len > 0 && is_space(s->text[0]))
		skip(s, 1);
}

static bool
starts(const struct slice *s, char c)
{
	return s->len > 0 && s->text[0] == c;
}

/* Length of the part between the opening bracket, which TEXT begins with, and
 * its partner; false when there is none. */
static bool
bracketed(const struct slice *s, char open, char close, size_t *inside)
{
	size_t level = 0;

	for (size_t i = 0; i < s->len; i++) {
		if (s->text[i] == open)
			level++;
		else if (s->text[i] == close && --level == 0) {
			*inside = i - 1;
			return true;
		}
	}
	return false;
}

/* Take "{payload}" and the blanks behind it off the front of S. */
static bool
take_payload(struct slice *s, struct slice *payload)
{
	size_t len;

	skip_space(s);
	if (!starts(s, '{') || !bracketed(s, '{', '}', &len))
		return false;
	*payload = (struct slice){ s->text + 1, len };
	skip(s, len + 2);
	skip_space(s);
	return true;
}

/* One branch: "{payload}", or everything that is left. */
static bool
take_branch(struct slice *s, struct slice *branch)
{
	struct slice look = *s;

	skip_space(&look);
	if (starts(&look, '{'))
		return take_payload(s, branch);
	*branch = *s;
	skip(s, s->len);
	return true;
}

/* "?yes", "?{yes}:{no}" or ":no"; false when something else is there. */
static bool
take_choice(struct slice *s, struct choice *choice)
{
	if (s->len == 0)
		return true;
	choice->any = true;
	if (starts(s, '?')) {
		skip(s, 1);
		if (!take_branch(s, &choice->yes))
			return false;
		if (s->len == 0)
			return true;
	}
	if (!starts(s, ':'))
		return false;
	skip(s, 1);
	return take_branch(s, &choice->no) && s->len == 0;
}

enum comparison { LESS, LESS_EQUAL, EQUAL, NOT_EQUAL, MORE_EQUAL, MORE };

/* Longest first, so that "<" does not hide "<=". */
static const struct {
	const char *text;
	enum comparison comparison;
	bool level;
} operators[] = {
	{ "<=level", LESS_EQUAL, true },
	{ ">=level", MORE_EQUAL, true },
	{ "==level", EQUAL, true },
	{ "!=level", NOT_EQUAL, true },
	{ "<level", LESS, true },
	{ ">level", MORE, true },
	{ "<=", LESS_EQUAL, false },
	{ ">=", MORE_EQUAL, false },
	{ "==", EQUAL, false },
	{ "!=", NOT_EQUAL, false },
	{ "<", LESS, false },
	{ ">", MORE, false },
};
#define N_OPERATORS (sizeof operators / sizeof operators[0])

/* Returns an index into operators[], N_OPERATORS when there is none. */
static size_t
take_operator(struct slice *s)
{
	for (size_t i = 0; i < N_OPERATORS; i++) {
		size_t len = strlen(operators[i].text);

		if (s->len >= len &&
		    memcmp(s->text, operators[i].text, len) == 0) {
			skip(s, len);
			return i;
		}
	}
	return N_OPERATORS;
}

static bool
is_number(const char *text)
{
	return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

/* "3.6" or "3.6.1" as one number: compatibility levels have three parts, of
 * 11, 10 and 10 bits. */
static bool
parse_level(const char *text, long *level)
{
	*level = 0;
	for (int part = 0; part < 3; part++) {
		char *end;
		long number = 0;

		if (part == 0 || text[0] == '.') {
			text += part > 0;
			if (text[0] < '0' || text[0] > '9')
				return false;
			number = strtol(text, &end, 10);
			text = end;
		}
		if (number > (part == 0 ? 2047 : 1023))
			return false;
		*level = *level * 1024 + number;
	}
	return text[0] == '\0';
}

static bool
parse_number(const char *text, long *number)
{
	errno = 0;
	*number = strtol(text, NULL, 10);
	return errno == 0;
}

/* Compare as the operator wants it; false: Postfix stops at such values. */
static bool
order(const char *a, const char *b, bool level, int *result)
{
	long x, y;

	if (level) {
		if (!parse_level(a, &x) || !parse_level(b, &y))
			return false;
	} else if (is_number(a) && is_number(b)) {
		if (!parse_number(a, &x) || !parse_number(b, &y))
			return false;
	} else {
		*result = strcmp(a, b);
		return true;
	}
	*result = x < y ? -1 : x > y;
	return true;
}

static bool
holds(enum comparison comparison, int result)
{
	switch (comparison) {
	case LESS:
		return result < 0;
	case LESS_EQUAL:
		return result <= 0;
	case EQUAL:
		return result == 0;
	case NOT_EQUAL:
		return result != 0;
	case MORE_EQUAL:
		return result >= 0;
	case MORE:
		return result > 0;
	}
	return false;
}

/* "{left} op {right}" off the front of S. */
static bool
take_comparison(struct expansion *x, struct slice *s, int level, bool *truth)
{
	struct slice left, right;
	struct str a, b;
	size_t operator;
	int result = 0;
	bool ok = false;

	if (!take_payload(s, &left))
		return false;
	operator = take_operator(s);
	if (operator == N_OPERATORS || !take_payload(s, &right))
		return false;
	str_init(&a, COMPARED_MAX);
	str_init(&b, COMPARED_MAX);
	expand(x, left, level + 1, &a);
	expand(x, right, level + 1, &b);
	if (!x->failed && !a.cut && !b.cut)
		ok = order(a.text, b.text, operators[operator].level, &result);
	str_free(&a);
	str_free(&b);
	*truth = holds(operators[operator].comparison, result);
	return ok;
}

static void
expand_name(struct expansion *x, struct slice name, const struct choice *choice,
    int level, struct str *out)
{
	const struct postfix_value *row = postfix_rows_find(x->rows, name.text,
	    name.len);
	const char *value = row != NULL ? row->raw : NULL;

	/* as in Postfix the condition looks at the value as it is written */
	if (choice->any)
		expand(x, value != NULL && value[0] != '\0' ? choice->yes :
		    choice->no, level, out);
	else if (value == NULL)
		x->undefined = true;
	else
		expand(x, (struct slice){ value, strlen(value) }, level, out);
}

/* What stands between the brackets of "${...}", or the name in "$name". */
static void
expand_macro(struct expansion *x, struct slice body, int level, struct str *out)
{
	struct choice choice = { .any = false };
	struct slice name;
	bool truth;

	if (level > NESTING_MAX || body.len == 0) {
		x->failed = true;
		return;
	}
	skip_space(&body);
	if (starts(&body, '{')) {
		if (!take_comparison(x, &body, level, &truth) ||
		    !take_choice(&body, &choice))
			x->failed = true;
		else if (choice.any)
			expand(x, truth ? choice.yes : choice.no, level + 1,
			    out);
		else if (truth)
			str_adds(out, "true");
		return;
	}
	name = (struct slice){ body.text, 0 };
	while (body.len > 0 && is_name(body.text[0])) {
		name.len++;
		skip(&body, 1);
	}
	skip_space(&body);
	if (!take_choice(&body, &choice))
		x->failed = true;
	else
		expand_name(x, name, &choice, level + 1, out);
}

/* Take the body of the macro off S, which begins behind the '$'. */
static bool
take_macro(struct slice *s, struct slice *body)
{
	size_t len = 0;

	if (starts(s, '{') || starts(s, '(')) {
		char close = s->text[0] == '{' ? '}' : ')';

		if (!bracketed(s, s->text[0], close, &len))
			return false;
		*body = (struct slice){ s->text + 1, len };
		skip(s, len + 2);
		return true;
	}
	while (len < s->len && is_name(s->text[len]))
		len++;
	*body = (struct slice){ s->text, len };
	skip(s, len);
	return true;
}

static void
expand(struct expansion *x, struct slice s, int level, struct str *out)
{
	if (s.len >= *x->work || level > NESTING_MAX + 1) {
		x->failed = true;
		return;
	}
	*x->work -= s.len + 1;
	while (s.len > 0 && !x->failed && !out->cut) {
		const char *dollar = memchr(s.text, '$', s.len);
		size_t plain = dollar != NULL ? (size_t)(dollar - s.text) :
		    s.len;
		struct slice body;

		/* a literal counts as one more level, as in postconf(1) */
		if (plain > 0 && level > NESTING_MAX)
			x->failed = true;
		str_add(out, s.text, plain);
		skip(&s, plain);
		if (s.len == 0)
			break;
		skip(&s, 1);
		if (starts(&s, '$')) {
			str_addc(out, '$');
			skip(&s, 1);
		} else if (take_macro(&s, &body)) {
			expand_macro(x, body, level, out);
		} else {
			x->failed = true;
		}
	}
}

bool
postfix_expand(const struct postfix_rows *rows, const char *raw, size_t *work,
    struct str *out, bool *undefined)
{
	struct expansion x = { .rows = rows, .work = work };

	expand(&x, (struct slice){ raw, strlen(raw) }, 0, out);
	*undefined = x.undefined;
	return !x.failed && !out->cut;
}
