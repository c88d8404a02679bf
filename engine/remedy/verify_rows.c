/* SPDX-License-Identifier: ISC
 * Who has the record: one row a server. Hides when a server is asked again,
 * and that a cache is not asked as long as it would only keep the old answer. */
#include "config.h"

#include "engine/remedy/verify_parts.h"

#include <string.h>

#include "engine/base/text.h"
#include "engine/base/yaml.h"
#include "engine/world/facts_server.h"
#include "engine/world/note.h"

#define MAX_ROWS 128
/* Between two questions to the same cache, whatever its TTL says. */
#define CACHE_PAUSE 30
/* An answer that is so far in the future is one of before the clock was set
 * back; a caller's clock may be a little behind the fetcher's. */
#define CLOCK_SLACK 60

/* Is the answer's time no measure, because the clock was set back since? */
static bool
is_from_the_future(const struct watch_turn *t, const struct fact *fact)
{
	return fact->when > t->now + CLOCK_SLACK;
}

/* How long to wait until a name server is asked again: 30 s after the user
 * saved the record, then 1, 2 and 5 minutes later, then every 5 minutes. */
static int64_t
authority_pause(int64_t since, int64_t answered)
{
	int64_t elapsed = answered - since;

	if (elapsed < 30)
		return 30;
	if (elapsed < 90)
		return 60;
	return elapsed < 210 ? 120 : 300;
}

static struct watch_row *
add_row(struct watch_turn *t, enum watch_role role, const char *name,
    const char *address)
{
	struct watch_record *record = t->record;

	if (record->n_rows == MAX_ROWS)
		return NULL;
	if (record->rows == NULL)
		record->rows = arena_array(t->arena, MAX_ROWS,
			sizeof *record->rows);
	record->rows[record->n_rows] = (struct watch_row){
		.role = role, .name = name, .address = address,
		.v6 = strchr(address, ':') != NULL,
	};
	return &record->rows[record->n_rows++];
}

/* ---- what an answer says ---- */

static enum watch_state
state_without_answer(enum watch_role role, const struct fact *fact)
{
	switch (fact->trouble) {
	case TROUBLE_SILENT:
	case TROUBLE_UNMATCHED:
	case TROUBLE_UNREACHABLE:
	case TROUBLE_NO_TCP:
		return WATCH_UNREACHABLE;
	case TROUBLE_LAME:
		return WATCH_LAME;
	case TROUBLE_REFUSED:
		/* a name server that refuses is not in charge of the zone */
		return role == WATCH_AUTHORITY ? WATCH_LAME : WATCH_UNKNOWN;
	case TROUBLE_NONE:
	case TROUBLE_SERVFAIL:
	case TROUBLE_INVALID:
	case TROUBLE_LOOP:
	case TROUBLE_ALIAS:
		break;
	}
	return WATCH_UNKNOWN;
}

static bool
is_in(const char *const *list, const struct fact_value *value)
{
	for (size_t i = 0; list != NULL && list[i] != NULL; i++) {
		if (strlen(list[i]) == value->len &&
		    memcmp(list[i], value->text, value->len) == 0)
			return true;
	}
	return false;
}

/* What of the answer is to be shown: the wrong value; else the new one where
 * it is right, and the old one where it is not. */
static const char *
shown_value(struct watch_turn *t, const struct typo *typo,
    const struct fact *fact)
{
	bool right = typo->state == TYPO_RIGHT;
	const char *const *in = right ? t->change.after : t->change.before;
	const char *const *not_in = right ? t->change.before : t->change.after;

	if (typo->n_mistakes != 0 && typo->mistakes[0].published != NULL)
		return typo->mistakes[0].published;
	for (size_t i = 0; i < fact->n_values; i++) {
		const struct fact_value *value = &fact->values[i];

		if (is_in(in, value) && !is_in(not_in, value))
			return text_cleaned(t->arena, value->text, value->len);
	}
	return NULL;
}

static void
judge_row(struct watch_turn *t, struct watch_row *row,
    const struct fact *fact)
{
	static const enum watch_state states[] = {
		[TYPO_UNKNOWN] = WATCH_UNKNOWN,
		[TYPO_RIGHT] = WATCH_RIGHT,
		[TYPO_ABSENT] = WATCH_NOT_YET,
		[TYPO_DIFFERENT] = WATCH_DIFFERENT,
		[TYPO_SEVERAL] = WATCH_TWO_RECORDS,
	};
	const struct typo *typo;

	row->key = fact->key;
	row->answered = fact->when;
	if (fact->status == FACT_WANTED) {
		row->state = WATCH_ASKING;
		t->view->settled = false;
		return;
	}
	typo = typo_judge(t->arena, &t->change, fact);
	row->state = typo->state == TYPO_UNKNOWN ?
		state_without_answer(row->role, fact) : states[typo->state];
	row->mistakes = typo->mistakes;
	row->n_mistakes = typo->n_mistakes;
	row->value = shown_value(t, typo, fact);
	row->note = note_say(t->arena, fact->note);
}

/* ---- name servers ---- */

static const struct fact *
ask_again(struct watch_turn *t, const char *scope, const char *name,
    enum dns_type type, bool due)
{
	const struct fact *fact = facts_dns_at(t->watch->facts, scope, name,
		type);

	if (due)
		facts_refresh(t->watch->facts, fact, t->now, 0);
	if (fact->status == FACT_WANTED)
		t->view->settled = false;
	return fact;
}

/* Did the record stand at this other place before anything was changed? */
static bool
was_there_before(struct watch_turn *t, const struct typo_place *place)
{
	const struct fact *seen = facts_seen(t->watch->facts, NULL,
		place->name, place->type);

	return seen != NULL && seen->when < t->watch->since &&
		typo_found(t->arena, &t->change, place, seen) != NULL;
}

/* What the server said about other places is as old as what it said about the
 * right one, which is being asked again. */
static void
forget_elsewhere(struct watch_turn *t, const char *scope)
{
	struct typo_place places[TYPO_MAX_PLACES];
	size_t n = typo_places(t->arena, &t->change, t->zone->name, places);

	for (size_t i = 0; i < n; i++) {
		const struct fact *seen = facts_seen(t->watch->facts, scope,
			places[i].name, places[i].type);

		if (seen != NULL)
			facts_refresh(t->watch->facts, seen, t->now, 0);
	}
}

/* The server does not have the record: has it the record somewhere else? */
static void
look_elsewhere(struct watch_turn *t, struct watch_row *row, const char *scope)
{
	struct typo_place places[TYPO_MAX_PLACES];
	size_t n = typo_places(t->arena, &t->change, t->zone->name, places);

	for (size_t i = 0; i < n && row->state == WATCH_NOT_YET; i++) {
		const struct fact *fact = ask_again(t, scope, places[i].name,
			places[i].type, false);
		const struct typo_mistake *found = typo_found(t->arena,
			&t->change, &places[i], fact);

		if (found == NULL || was_there_before(t, &places[i]))
			continue;
		row->mistakes = found;
		row->n_mistakes = 1;
		row->state = strcmp(places[i].id, "typo.name-doubled") == 0 ?
			WATCH_DOUBLED : WATCH_MISPLACED;
	}
}

/* How long an answer of before the change may be kept by others. */
static void
note_hold(struct watch_turn *t, const struct watch_row *row,
    const struct fact *fact, const struct fact *soa)
{
	struct fact_soa data;
	int64_t hold = 0;

	if (row->state != WATCH_RIGHT && fact_known(fact))
		hold = fact->ttl;
	else if (row->state == WATCH_RIGHT && t->change.before != NULL &&
	    t->change.before[0] != NULL)
		hold = fact->ttl;
	else if (row->state == WATCH_RIGHT && fact_soa(soa, &data))
		hold = data.negative_ttl;
	if (hold > t->watched->hold)
		t->watched->hold = hold;
}

static void
count_row(struct watch_turn *t, const struct watch_row *row)
{
	t->record->n_authorities++;
	if (row->state == WATCH_RIGHT) {
		t->record->n_right++;
		if (row->answered > t->right_at)
			t->right_at = row->answered;
	}
	if (row->state != WATCH_UNREACHABLE && row->state != WATCH_LAME &&
	    row->state != WATCH_UNKNOWN)
		t->n_reachable++;
}

static void
add_authority(struct watch_turn *t, const struct zone_server *server)
{
	struct watch_row *row = add_row(t, WATCH_AUTHORITY, server->host,
		server->address);
	const struct fact *fact, *soa;
	struct fact_soa data;
	int64_t next;
	bool due;

	if (row == NULL)
		return;
	fact = facts_dns_at(t->watch->facts, server->scope, t->change.name,
		t->change.type);
	judge_row(t, row, fact);
	next = fact->when + authority_pause(t->watch->since, fact->when);
	due = fact->status != FACT_WANTED && (t->again ||
		(row->state != WATCH_RIGHT && next <= t->now) ||
		(fact->when < t->watch->since && t->watch->since <= t->now) ||
		is_from_the_future(t, fact));
	if (due && facts_refresh(t->watch->facts, fact, t->now, 0)) {
		judge_row(t, row, fact);
		forget_elsewhere(t, server->scope);
	}
	soa = ask_again(t, server->scope, t->zone->name, DNS_SOA, due);
	row->has_serial = soa->authoritative && fact_soa(soa, &data);
	row->serial = row->has_serial ? data.serial : 0;
	if (row->state == WATCH_NOT_YET)
		look_elsewhere(t, row, server->scope);
	if (row->state != WATCH_RIGHT && row->state != WATCH_ASKING)
		row->next = next;
	note_hold(t, row, fact, soa);
	count_row(t, row);
}

/* RFC 1982 3.2: serials go round. */
static void
mark_behind(struct watch_record *record)
{
	for (size_t i = 0; i < record->n_rows; i++) {
		struct watch_row *row = &record->rows[i];

		for (size_t k = 0; k < record->n_rows && row->has_serial; k++)
			row->behind |= record->rows[k].has_serial &&
				(int32_t)(record->rows[k].serial -
				row->serial) > 0;
	}
}

void
watch_add_authorities(struct watch_turn *t)
{
	for (size_t i = 0; i < t->zone->n_servers; i++)
		add_authority(t, &t->zone->servers[i]);
	mark_behind(t->record);
}

/* ---- caches ---- */

/* A cache that has not been asked for the wait: what this host's resolver said
 * before is known from the diagnosis. */
static void
hold_row(struct watch_turn *t, struct watch_row *row)
{
	const struct fact *seen = row->role == WATCH_RESOLVER ?
		facts_seen(t->watch->facts, NULL, t->change.name,
		    t->change.type) : NULL;

	row->state = WATCH_HELD;
	if (seen == NULL || fact_remaining(seen, t->now) == 0)
		return;
	judge_row(t, row, seen);
	row->remaining = fact_remaining(seen, t->now);
}

static void
add_cache(struct watch_turn *t, enum watch_role role, const char *name,
    const char *server)
{
	char scope[FACTS_SCOPE_SIZE];
	struct watch_row *row;
	const struct fact *fact;
	bool blind = t->n_reachable == 0 && t->zone->settled;
	int64_t pause;

	if (!facts_scope_normal(arena_printf(t->arena, "%s+rd", server),
		scope))
		return;
	row = add_row(t, role, name, arena_strndup(t->arena, scope,
		strcspn(scope, "@+")));
	if (row == NULL)
		return;
	fact = facts_seen(t->watch->facts, scope, t->change.name,
		t->change.type);
	if (fact == NULL && t->record->n_right == 0 && !blind) {
		hold_row(t, row);
		return;
	}
	fact = facts_dns_at(t->watch->facts, scope, t->change.name,
		t->change.type);
	judge_row(t, row, fact);
	/* public resolvers have addresses of both families: one that this host
	 * has no way to tells nothing */
	if (role == WATCH_PUBLIC && fact->trouble == TROUBLE_UNREACHABLE) {
		t->record->n_rows--;
		return;
	}
	row->remaining = fact_remaining(fact, t->now);
	if (row->state == WATCH_RIGHT || row->state == WATCH_ASKING ||
	    (t->record->n_right < t->n_reachable && !blind))
		return;
	pause = fact_known(fact) ? (int64_t)fact->ttl :
		authority_pause(t->watch->since, fact->when);
	row->next = fact->when + (pause > CACHE_PAUSE ? pause : CACHE_PAUSE);
	if (row->next <= t->now || is_from_the_future(t, fact)) {
		facts_refresh(t->watch->facts, fact, t->now, 0);
		judge_row(t, row, fact);
	}
}

static void
add_public(struct watch_turn *t)
{
	const struct yaml_tree *tree = yaml_embedded("resolvers.yaml");
	const struct yaml_node *root = tree != NULL ? tree->nodes : NULL;

	for (size_t i = 0; root != NULL && i < yaml_count(root); i++) {
		const struct yaml_node *one = yaml_item(tree, root, i);
		const struct yaml_node *list = yaml_get(tree, one,
			"addresses");

		for (size_t k = 0; list != NULL && k < yaml_count(list); k++)
			add_cache(t, WATCH_PUBLIC, yaml_string(tree, one,
				"name"), yaml_text(tree, yaml_item(tree, list,
				k)));
	}
}

void
watch_add_caches(struct watch_turn *t)
{
	const struct watch_options *o = &t->watch->options;

	for (size_t i = 0; o->resolvers != NULL && o->resolvers[i] != NULL;
	    i++)
		add_cache(t, WATCH_RESOLVER, NULL, o->resolvers[i]);
	if (o->no_public)
		return;
	if (o->public_resolvers == NULL)
		add_public(t);
	for (size_t i = 0; o->public_resolvers != NULL &&
	    o->public_resolvers[i] != NULL; i++)
		add_cache(t, WATCH_PUBLIC, NULL, o->public_resolvers[i]);
}
