/* SPDX-License-Identifier: ISC
 * Reading facts text. Hides how lines of one record set become one fact. */
#include "config.h"

#include "engine/world/replay.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/text.h"
#include "engine/world/dns_name.h"
#include "engine/world/dns_wire.h"

#define TEXT_MAX ((size_t)4 << 20)
#define RECORDS_MAX 100000
#define ANSWERS_MAX 10000

enum section {
	IN_NOTHING, IN_CASE, IN_ANSWERS, IN_HOST, IN_POSTFIX, IN_DNS, IN_BOUNCE
};

/* One line of [dns]: a record, or a name and type without one. */
struct record {
	const char *name;
	enum dns_type type;
	enum fact_status status;
	struct fact_value value;
	uint32_t ttl;
	const char *comment;     /* behind the ';', or NULL */
	unsigned int line;
};

struct reader {
	struct arena *arena;
	const char *file;
	unsigned int line;
	enum section section;
	struct facts *facts;
	struct recording *out;
	struct str *err;
	struct answer *answers;
	struct record *records;
	size_t n_records;
	struct str postfix, bounce;
	bool has_postfix, has_bounce;
	enum facts_world world;
};

static bool fail(struct reader *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static bool
fail(struct reader *r, const char *format, ...)
{
	char reason[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(reason, sizeof reason, format, ap);
	va_end(ap);
	str_clear(r->err);
	str_addf(r->err, "%s:%u: ", r->file, r->line);
	text_clean(r->err, reason, strlen(reason), false);
	return false;
}

/* ---- "name = value" ---- */

static size_t
trimmed(const char *text, size_t len)
{
	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		len--;
	return len;
}

static bool
split(struct reader *r, const char *line, const char **name,
    const char **value)
{
	const char *equals = strchr(line, '=');
	size_t len = equals != NULL ? trimmed(line, (size_t)(equals - line)) :
	    0;

	if (len == 0)
		return fail(r, "not a \"name = value\" line");
	*name = arena_strndup(r->arena, line, len);
	*value = equals + 1 + strspn(equals + 1, " \t");
	return true;
}

static bool
read_case(struct reader *r, const char *line)
{
	const char *name, *value;

	if (!split(r, line, &name, &value))
		return false;
	if (strcmp(name, "title") == 0)
		r->out->title = value;
	else if (strcmp(name, "note") == 0)
		r->out->note = value;
	else
		return fail(r, "unknown name '%s'", name);
	return true;
}

static bool
read_answer(struct reader *r, const char *line)
{
	struct answer answer;

	if (!split(r, line, &answer.name, &answer.value))
		return false;
	if (r->out->n_answers >= ANSWERS_MAX)
		return fail(r, "more than %d answers", ANSWERS_MAX);
	r->answers = arena_grow(r->arena, r->answers, r->out->n_answers,
	    sizeof *r->answers);
	r->answers[r->out->n_answers++] = answer;
	r->out->answers = r->answers;
	return true;
}

static bool
read_host(struct reader *r, const char *line)
{
	struct str err;
	bool ok;

	str_init(&err, 512);
	ok = host_parse_line(r->arena, r->out->host, line, &err) ||
	    fail(r, "%s", err.text);
	str_free(&err);
	return ok;
}

/* ---- [postfix] ---- */

static bool
starts_name(const char *text, size_t len, const char *name)
{
	size_t n = strlen(name);

	return len >= n && memcmp(text, name, n) == 0 &&
	    (len == n || strchr(" \t=", text[n]) != NULL);
}

static bool
read_postfix(struct reader *r, const char *line, size_t len)
{
	const char *name, *value;

	if (starts_name(line, len, "mail_version")) {
		if (!split(r, line, &name, &value))
			return false;
		r->out->mail_version = value;
		return true;
	}
	str_add(&r->postfix, line, len);
	str_addc(&r->postfix, '\n');
	return true;
}

/* ---- [dns] ---- */

/* Where the comment of a zone-file line begins: its ';' outside quotes and
 * escapes, or the end. */
static size_t
before_comment(const char *line)
{
	bool quoted = false;
	size_t i;

	for (i = 0; line[i] != '\0'; i++) {
		if (line[i] == '\\' && line[i + 1] != '\0')
			i++;
		else if (line[i] == '"')
			quoted = !quoted;
		else if (line[i] == ';' && !quoted)
			break;
	}
	return i;
}

static bool
status_parse(const char *text, enum fact_status *status)
{
	static const enum fact_status all[] = {
		FACT_NXDOMAIN, FACT_NODATA, FACT_SERVFAIL, FACT_TIMEOUT,
		FACT_REFUSED, FACT_INVALID
	};

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		if (text_same(text, fact_status_name(all[i]))) {
			*status = all[i];
			return true;
		}
	}
	return false;
}

/* "NAME TYPE STATUS": 1 when LINE is one, 0 when not, -1 when it is wrong. */
static int
parse_failure(struct reader *r, const char *line, struct record *record)
{
	static const char blanks[] = " \t";
	char normal[DNS_NAME_SIZE];
	const char *words[4];
	size_t n = 0, lens[4];

	while (n < 4) {
		line += strspn(line, blanks);
		lens[n] = strcspn(line, blanks);
		if (lens[n] == 0)
			break;
		words[n] = line;
		line += lens[n++];
	}
	if (n != 3 || !dns_type_parse(arena_strndup(r->arena, words[1],
		lens[1]), &record->type) ||
	    !status_parse(arena_strndup(r->arena, words[2], lens[2]),
		&record->status))
		return 0;
	if (!dns_name_normal(words[0], lens[0], normal)) {
		fail(r, "'%.*s' is not a domain name", (int)(lens[0] < 300 ?
			lens[0] : 300), words[0]);
		return -1;
	}
	record->name = arena_strdup(r->arena, normal);
	return 1;
}

static bool
parse_record(struct reader *r, const char *text, struct record *record)
{
	struct dns_line parsed;
	struct str err;
	bool ok;

	str_init(&err, 512);
	ok = dns_wire_parse_line(r->arena, text, &parsed, &err);
	if (ok) {
		record->name = parsed.name;
		record->type = parsed.type;
		record->ttl = parsed.ttl;
		record->value = parsed.value;
		record->status = FACT_OK;
	} else {
		fail(r, "%s", err.text);
	}
	str_free(&err);
	return ok;
}

static bool
read_world(struct reader *r, const char *line)
{
	const char *name, *value;

	if (!split(r, line, &name, &value))
		return false;
	if (strcmp(value, "closed") == 0)
		r->world = FACTS_CLOSED;
	else if (strcmp(value, "recorded") == 0)
		r->world = FACTS_RECORDED;
	else
		return fail(r, "'world' is 'closed' or 'recorded'");
	return true;
}

static bool
read_dns(struct reader *r, const char *line)
{
	size_t len = before_comment(line);
	const char *text = arena_strndup(r->arena, line, trimmed(line, len));
	struct record record = { .line = r->line };
	int failure;

	if (text[0] == '\0')
		return true;
	if (starts_name(text, strlen(text), "world") &&
	    text[5 + strspn(text + 5, " \t")] == '=')
		return read_world(r, text);
	if (line[len] == ';')
		record.comment = line + len + 1 + strspn(line + len + 1,
		    " \t");
	failure = parse_failure(r, text, &record);
	if (failure < 0 || (failure == 0 && !parse_record(r, text, &record)))
		return false;
	if (r->n_records >= RECORDS_MAX)
		return fail(r, "more than %d records", RECORDS_MAX);
	r->records = arena_grow(r->arena, r->records, r->n_records,
	    sizeof *r->records);
	r->records[r->n_records++] = record;
	return true;
}

static int
compare_records(const void *a, const void *b)
{
	const struct record *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order == 0 && x->type != y->type)
		order = x->type < y->type ? -1 : 1;
	if (order == 0 && x->line != y->line)
		order = x->line < y->line ? -1 : 1;
	return order;
}

/* A record set: N records beginning at FIRST. */
struct set {
	const struct record *first;
	size_t n;
};

static int
compare_sets(const void *a, const void *b)
{
	const struct set *x = a, *y = b;

	return x->first->line < y->first->line ? -1 :
	    x->first->line > y->first->line;
}

static bool
same_value(const struct fact_value *a, const struct fact_value *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* The name behind "alias " in a comment, or NULL. */
static const char *
alias_of(struct reader *r, const char *comment)
{
	char normal[DNS_NAME_SIZE];
	size_t len;

	if (comment == NULL || strncmp(comment, "alias ", 6) != 0)
		return NULL;
	comment += 6 + strspn(comment + 6, " \t");
	len = strcspn(comment, " \t;");
	return dns_name_normal(comment, len, normal) ?
	    arena_strdup(r->arena, normal) : NULL;
}

static bool
store_set(struct reader *r, const struct set *set)
{
	const struct record *first = set->first;
	/* a failure has a reason; an answer may have come over an alias */
	bool failed = first->status != FACT_OK &&
	    first->status != FACT_NXDOMAIN && first->status != FACT_NODATA;
	struct fact_value *values = arena_array(r->arena, set->n,
	    sizeof *values);
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++) {
		const struct record *record = &first[i];
		bool known = record->status != FACT_OK;

		if (record->status != first->status) {
			r->line = record->line;
			return fail(r, "%s %s is said to be %s and %s",
			    record->name, dns_type_name(record->type),
			    fact_status_name(first->status),
			    fact_status_name(record->status));
		}
		for (size_t k = 0; !known && k < n; k++)
			known = same_value(&values[k], &record->value);
		if (!known)
			values[n++] = record->value;
	}
	facts_store(r->facts, first->name, first->type, first->status, values,
	    n, first->ttl, "replay", -1,
	    failed ? NULL : alias_of(r, first->comment),
	    failed ? first->comment : NULL);
	return true;
}

/* Lines of one name and type belong together wherever they stand; the facts
 * come in the order of their first lines. */
static bool
store_records(struct reader *r)
{
	struct set *sets = arena_array(r->arena, r->n_records + 1,
	    sizeof *sets);
	size_t n = 0;

	if (r->n_records > 0)
		qsort(r->records, r->n_records, sizeof *r->records,
		    compare_records);
	for (size_t i = 0; i < r->n_records; i++) {
		const struct record *record = &r->records[i];

		if (n > 0 && sets[n - 1].first->type == record->type &&
		    strcmp(sets[n - 1].first->name, record->name) == 0)
			sets[n - 1].n++;
		else
			sets[n++] = (struct set){ .first = record, .n = 1 };
	}
	qsort(sets, n, sizeof *sets, compare_sets);
	for (size_t i = 0; i < n; i++) {
		if (!store_set(r, &sets[i]))
			return false;
	}
	return true;
}

/* ---- [bounce] ---- */

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = text_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What stands behind the "|". */
static bool
read_bounce(struct reader *r, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] != '\\') {
			str_addc(&r->bounce, text[i]);
		} else if (i + 1 == len) {
			return true;
		} else if (text[i + 1] == '\\') {
			str_addc(&r->bounce, '\\');
			i++;
		} else if (text[i + 1] == 'x' && i + 3 < len &&
		    hex(text[i + 2]) >= 0 && hex(text[i + 3]) >= 0) {
			str_addc(&r->bounce, (char)(hex(text[i + 2]) * 16 +
				hex(text[i + 3])));
			i += 3;
		} else {
			return fail(r, "a backslash must be followed by "
				"another one or by xHH");
		}
	}
	str_addc(&r->bounce, '\n');
	return true;
}

/* ---- lines and sections ---- */

static bool
read_header(struct reader *r, const char *line)
{
	static const struct {
		const char *name;
		enum section section;
	} sections[] = {
		{ "[case]", IN_CASE },
		{ "[answers]", IN_ANSWERS },
		{ "[host]", IN_HOST },
		{ "[postfix]", IN_POSTFIX },
		{ "[dns]", IN_DNS },
		{ "[bounce]", IN_BOUNCE },
	};

	for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
		if (strcmp(sections[i].name, line) != 0)
			continue;
		r->section = sections[i].section;
		r->has_postfix |= r->section == IN_POSTFIX;
		r->has_bounce |= r->section == IN_BOUNCE;
		if (r->section == IN_HOST)
			r->out->host->known = true;
		return true;
	}
	return fail(r, "unknown section %s", line);
}

/* One line without its line end. */
static bool
read_line(struct reader *r, const char *text, size_t len)
{
	const char *line;

	if (r->section == IN_BOUNCE && len > 0 && text[0] == '|')
		return read_bounce(r, text + 1, len - 1);
	line = arena_strndup(r->arena, text, trimmed(text, len));
	/* "[name]" is a header; main.cf has no such line */
	if (line[0] == '[' && line[strlen(line) - 1] == ']')
		return read_header(r, line);
	if (r->section == IN_POSTFIX)
		return read_postfix(r, line, strlen(line));
	if (memchr(text, '\0', len) != NULL)
		return fail(r, "a NUL octet");
	line += strspn(line, " \t");
	if (line[0] == '\0' || line[0] == '#')
		return true;
	switch (r->section) {
	case IN_CASE:
		return read_case(r, line);
	case IN_ANSWERS:
		return read_answer(r, line);
	case IN_HOST:
		return read_host(r, line);
	case IN_DNS:
		return read_dns(r, line);
	case IN_BOUNCE:
		return fail(r, "a line of the bounce must begin with \"|\"");
	case IN_NOTHING:
	case IN_POSTFIX:
		break;
	}
	return fail(r, "text before the first section");
}

static bool
read_lines(struct reader *r, const char *text, size_t len)
{
	size_t at = len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	while (at < len) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t size = end != NULL ? (size_t)(end - text) - at :
		    len - at;
		size_t body = size;

		r->line++;
		if (body > 0 && text[at + body - 1] == '\r')
			body--;
		if (!read_line(r, text + at, body))
			return false;
		at += size + 1;
	}
	return true;
}

/* The text without the empty lines at its end, which only part sections. */
static void
keep_postfix(struct reader *r)
{
	size_t len = r->postfix.len;

	while (len > 1 && r->postfix.text[len - 1] == '\n' &&
	    r->postfix.text[len - 2] == '\n')
		len--;
	if (len == 1)
		len = 0;
	r->out->postfix = arena_strndup(r->arena, r->postfix.text, len);
	r->out->postfix_len = len;
}

bool
replay_read(struct arena *arena, const char *file, const char *text,
    size_t len, struct facts *facts, struct recording *out, struct str *err)
{
	struct reader r = {
		.arena = arena, .file = file, .facts = facts, .out = out,
		.err = err, .world = FACTS_RECORDED,
	};
	bool ok;

	*out = (struct recording){ .host = host_unknown(arena) };
	if (len > TEXT_MAX) {
		r.line = 1;
		return fail(&r, "more than %zu MiB", TEXT_MAX >> 20);
	}
	/* main.cf lines may gain a line end, nothing else grows */
	str_init(&r.postfix, TEXT_MAX + 1);
	str_init(&r.bounce, TEXT_MAX + 1);
	ok = read_lines(&r, text, len) && store_records(&r);
	if (ok) {
		facts_set_world(facts, r.world);
		if (r.has_postfix)
			keep_postfix(&r);
		if (r.has_bounce) {
			out->bounce = arena_strndup(arena, r.bounce.text,
			    r.bounce.len);
			out->bounce_len = r.bounce.len;
		}
	}
	str_free(&r.postfix);
	str_free(&r.bounce);
	return ok;
}
