/* SPDX-License-Identifier: ISC
 * The [dns] section of facts text. Hides how the lines of one record set
 * become one fact. */
#include "config.h"

#include "engine/world/replay_parts.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/text.h"
#include "engine/world/dns_name.h"
#include "engine/world/dns_wire.h"
#include "engine/world/facts_server.h"

#define RECORDS_MAX 100000

/* One line of [dns]: a record, or a name and type without one. */
struct replay_record {
	struct fact fact;        /* without values */
	struct fact_value value; /* when its status is FACT_OK */
	const char *comment;     /* behind the ';', or NULL */
	unsigned int line;
};

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

/* The words for an end without an answer: those of the status, and those of a
 * trouble that is closer than its status. */
static bool
status_parse(const char *text, struct fact *fact)
{
	static const struct {
		enum fact_status status;
		enum fact_trouble trouble;
	} all[] = {
		{ FACT_NXDOMAIN, TROUBLE_NONE },
		{ FACT_NODATA, TROUBLE_NONE },
		{ FACT_SERVFAIL, TROUBLE_SERVFAIL },
		{ FACT_TIMEOUT, TROUBLE_SILENT },
		{ FACT_TIMEOUT, TROUBLE_UNMATCHED },
		{ FACT_TIMEOUT, TROUBLE_UNREACHABLE },
		{ FACT_TIMEOUT, TROUBLE_NO_TCP },
		{ FACT_REFUSED, TROUBLE_REFUSED },
		{ FACT_INVALID, TROUBLE_INVALID },
		{ FACT_INVALID, TROUBLE_LOOP },
		{ FACT_INVALID, TROUBLE_LAME },
		{ FACT_INVALID, TROUBLE_ALIAS },
	};

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		if (text_same(text, all[i].trouble == TROUBLE_NONE ?
			fact_status_name(all[i].status) :
			fact_trouble_name(all[i].trouble))) {
			fact->status = all[i].status;
			fact->trouble = all[i].trouble;
			return true;
		}
	}
	return false;
}

static bool
number_parse(const char *text, uint64_t max, uint64_t *number)
{
	uint64_t n = 0;

	if (*text == '\0' || strlen(text) > 18)
		return false;
	for (; *text >= '0' && *text <= '9'; text++)
		n = n * 10 + (uint64_t)(*text - '0');
	*number = n;
	return *text == '\0' && n <= max;
}

static const char *
name_parse(struct reader *r, const char *text)
{
	char normal[DNS_NAME_SIZE];

	if (dns_name_normal(text, strlen(text), normal))
		return arena_strdup(r->arena, normal);
	replay_fail(r, "'%.300s' is not a domain name", text);
	return NULL;
}

#define FAILURE_WORDS 4

/* The words of TEXT, at most one more than a line without a record has. */
static size_t
split_words(struct reader *r, const char *text,
    const char *words[FAILURE_WORDS + 1])
{
	static const char blanks[] = " \t";
	size_t n = 0;

	for (text += strspn(text, blanks); *text != '\0' &&
	    n < FAILURE_WORDS + 1; text += strspn(text, blanks)) {
		size_t len = strcspn(text, blanks);

		words[n++] = arena_strndup(r->arena, text, len);
		text += len;
	}
	return n;
}

/* "NAME [TTL] TYPE STATUS": 1 when LINE is one, 0 when not, -1 when it is
 * wrong. */
static int
parse_failure(struct reader *r, const char *line, struct replay_record *record)
{
	const char *words[FAILURE_WORDS + 1];
	size_t n = split_words(r, line, words);
	struct fact *fact = &record->fact;
	uint64_t ttl = 0;

	if ((n != 3 && n != 4) ||
	    (n == 4 && !number_parse(words[1], INT32_MAX, &ttl)) ||
	    !dns_type_parse(words[n - 2], &fact->type) ||
	    !status_parse(words[n - 1], fact))
		return 0;
	fact->ttl = (uint32_t)ttl;
	fact->name = name_parse(r, words[0]);
	return fact->name != NULL ? 1 : -1;
}

static bool
parse_record(struct reader *r, const char *text, struct replay_record *record)
{
	struct dns_line parsed;
	struct str err;
	bool ok;

	str_init(&err, 512);
	ok = dns_wire_parse_line(r->arena, text, &parsed, &err);
	if (ok) {
		record->fact.name = parsed.name;
		record->fact.type = parsed.type;
		record->fact.ttl = parsed.ttl;
		record->fact.status = FACT_OK;
		record->value = parsed.value;
	} else {
		replay_fail(r, "%s", err.text);
	}
	str_free(&err);
	return ok;
}

/* One of the marks before a line: "@192.0.2.53", "+aa", "+at=1732165331",
 * "+zone=example.net", "+serial=7". */
static bool
parse_mark(struct reader *r, const char *mark, struct fact *fact)
{
	char scope[FACTS_SCOPE_SIZE];
	uint64_t number;

	if (mark[0] == '@' && fact->scope == NULL &&
	    facts_scope_normal(mark + 1, scope)) {
		fact->scope = arena_strdup(r->arena, scope);
	} else if (strcmp(mark, "+aa") == 0) {
		fact->authoritative = true;
	} else if (text_starts(mark, "+at=") &&
	    number_parse(mark + 4, INT64_MAX, &number)) {
		fact->when = (int64_t)number;
	} else if (text_starts(mark, "+serial=") &&
	    number_parse(mark + 8, UINT32_MAX, &number)) {
		fact->serial = (uint32_t)number;
	} else if (text_starts(mark, "+zone=")) {
		fact->zone = name_parse(r, mark + 6);
		return fact->zone != NULL;
	} else {
		return replay_fail(r, "'%.100s' is neither a name server nor a "
			"known mark", mark);
	}
	return true;
}

/* Read the marks at *TEXT and go past them. */
static bool
parse_marks(struct reader *r, const char **text, struct fact *fact)
{
	while (**text == '@' || **text == '+') {
		size_t len = strcspn(*text, " \t");

		if (!parse_mark(r, arena_strndup(r->arena, *text, len), fact))
			return false;
		*text += len;
		*text += strspn(*text, " \t");
	}
	return true;
}

static bool
read_world(struct reader *r, const char *line)
{
	const char *name, *value;

	if (!replay_split(r, line, &name, &value))
		return false;
	if (strcmp(value, "closed") == 0)
		r->world = FACTS_CLOSED;
	else if (strcmp(value, "recorded") == 0)
		r->world = FACTS_RECORDED;
	else
		return replay_fail(r, "'world' is 'closed' or 'recorded'");
	return true;
}

bool
replay_dns_line(struct reader *r, const char *line)
{
	size_t len = before_comment(line);
	const char *text = arena_strndup(r->arena, line, replay_trimmed(line, len));
	struct replay_record record = { .line = r->line };
	int failure;

	if (text[0] == '\0')
		return true;
	if (replay_starts_name(text, strlen(text), "world") &&
	    text[5 + strspn(text + 5, " \t")] == '=')
		return read_world(r, text);
	if (line[len] == ';')
		record.comment = line + len + 1 + strspn(line + len + 1,
		    " \t");
	if (!parse_marks(r, &text, &record.fact))
		return false;
	failure = parse_failure(r, text, &record);
	if (failure < 0 || (failure == 0 && !parse_record(r, text, &record)))
		return false;
	if (r->n_records >= RECORDS_MAX)
		return replay_fail(r, "more than %d records", RECORDS_MAX);
	r->records = arena_grow(r->arena, r->records, r->n_records,
	    sizeof *r->records);
	r->records[r->n_records++] = record;
	return true;
}

/* By server, name and type: the records of one fact. */
static int
compare_facts(const struct fact *a, const struct fact *b)
{
	int order = strcmp(a->name, b->name);

	if (order == 0 && a->type != b->type)
		order = a->type < b->type ? -1 : 1;
	if (order == 0)
		order = strcmp(a->scope != NULL ? a->scope : "",
		    b->scope != NULL ? b->scope : "");
	return order;
}

static int
compare_records(const void *a, const void *b)
{
	const struct replay_record *x = a, *y = b;
	int order = compare_facts(&x->fact, &y->fact);

	if (order == 0 && x->line != y->line)
		order = x->line < y->line ? -1 : 1;
	return order;
}

/* A record set: N records beginning at FIRST. */
struct set {
	const struct replay_record *first;
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
	const struct replay_record *first = set->first;
	struct fact fact = first->fact;
	struct fact_value *values = arena_array(r->arena, set->n,
	    sizeof *values);
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++) {
		const struct replay_record *record = &first[i];
		bool known = record->fact.status != FACT_OK;

		if (record->fact.status != fact.status) {
			r->line = record->line;
			return replay_fail(r, "%s %s is said to be %s and %s",
			    fact.name, dns_type_name(fact.type),
			    fact_status_name(fact.status),
			    fact_status_name(record->fact.status));
		}
		for (size_t k = 0; !known && k < n; k++)
			known = same_value(&values[k], &record->value);
		if (!known)
			values[n++] = record->value;
	}
	fact.values = values;
	fact.n_values = n;
	fact.server = "replay";
	fact.ms = -1;
	/* a failure has a reason; an answer may have come over an alias */
	if (fact_known(&fact))
		fact.alias = alias_of(r, first->comment);
	else
		fact.note = first->comment;
	facts_store_answer(r->facts, &fact);
	return true;
}

/* Lines of one name and type belong together wherever they stand; the facts
 * come in the order of their first lines. */
bool
replay_dns_store(struct reader *r)
{
	struct set *sets = arena_array(r->arena, r->n_records + 1,
	    sizeof *sets);
	size_t n = 0;

	if (r->n_records > 0)
		qsort(r->records, r->n_records, sizeof *r->records,
		    compare_records);
	for (size_t i = 0; i < r->n_records; i++) {
		const struct replay_record *record = &r->records[i];

		if (n > 0 && compare_facts(&sets[n - 1].first->fact,
			&record->fact) == 0)
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
