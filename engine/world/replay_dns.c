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

#define RECORDS_MAX 100000

/* One line of [dns]: a record, or a name and type without one. */
struct replay_record {
	const char *name;
	enum dns_type type;
	enum fact_status status;
	struct fact_value value;
	uint32_t ttl;
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
parse_failure(struct reader *r, const char *line, struct replay_record *record)
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
		replay_fail(r, "'%.*s' is not a domain name", (int)(lens[0] < 300 ?
			lens[0] : 300), words[0]);
		return -1;
	}
	record->name = arena_strdup(r->arena, normal);
	return 1;
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
		record->name = parsed.name;
		record->type = parsed.type;
		record->ttl = parsed.ttl;
		record->value = parsed.value;
		record->status = FACT_OK;
	} else {
		replay_fail(r, "%s", err.text);
	}
	str_free(&err);
	return ok;
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

static int
compare_records(const void *a, const void *b)
{
	const struct replay_record *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order == 0 && x->type != y->type)
		order = x->type < y->type ? -1 : 1;
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
	/* a failure has a reason; an answer may have come over an alias */
	bool failed = first->status != FACT_OK &&
	    first->status != FACT_NXDOMAIN && first->status != FACT_NODATA;
	struct fact_value *values = arena_array(r->arena, set->n,
	    sizeof *values);
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++) {
		const struct replay_record *record = &first[i];
		bool known = record->status != FACT_OK;

		if (record->status != first->status) {
			r->line = record->line;
			return replay_fail(r, "%s %s is said to be %s and %s",
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
