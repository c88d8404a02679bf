/* SPDX-License-Identifier: ISC
 * The wait for a step's records. Hides how rows make one verdict. */
#include "config.h"

#include "engine/remedy/verify.h"

#include <string.h>

#include "engine/base/fill.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/remedy/verify_parts.h"
#include "engine/world/facts_server.h"
#include "engine/world/note.h"

/* ---- beginning ---- */

static const char *const *
copy_list(struct arena *arena, const char *const *list)
{
	const char **copy;
	size_t n = 0;

	while (list != NULL && list[n] != NULL)
		n++;
	copy = arena_array(arena, n + 1, sizeof *copy);
	for (size_t i = 0; i < n; i++)
		copy[i] = arena_strdup(arena, list[i]);
	return copy;
}

struct watch *
watch_new(struct arena *arena, const struct step *step, struct facts *facts,
    const struct watch_options *options, int64_t since)
{
	struct watch *watch = arena_alloc(arena, sizeof *watch);

	watch->arena = arena;
	watch->facts = facts;
	watch->options = *options;
	watch->since = since;
	watch->watched = arena_array(arena, step->n_changes,
		sizeof *watch->watched);
	for (size_t i = 0; i < step->n_changes; i++) {
		const struct change *from = &step->changes[i];

		if (from->kind != CHANGE_DNS)
			continue;
		watch->watched[watch->n++].change = (struct change){
			.kind = CHANGE_DNS, .type = from->type,
			.zone = arena_strdup(arena, from->zone),
			.name = arena_strdup(arena, from->name),
			.before = copy_list(arena, from->before),
			.after = copy_list(arena, from->after),
		};
	}
	return watch;
}

/* ---- one record ---- */

/* A reverse name may be an alias into a zone of the address's user (RFC 2317):
 * the record is kept there. */
static void
follow_alias(struct watch_turn *t)
{
	const struct fact *fact;

	if (t->change.type != DNS_PTR)
		return;
	fact = facts_dns(t->watch->facts, t->change.name, DNS_PTR);
	if (fact->status == FACT_WANTED)
		t->view->settled = false;
	if (fact_known(fact) && fact->alias != NULL)
		t->change.name = fact->alias;
}

/* Why the name servers are not known, when that is so. */
static const char *
zone_note(struct watch_turn *t)
{
	const struct dns_zone *zone = t->zone;
	const struct fact *why = zone->evidence;

	if (!zone->settled || zone->n_servers != 0)
		return NULL;
	if (zone->name != NULL)
		return fill_text(t->arena, N_("The addresses of the name "
			"servers of {zone} could not be looked up."),
			(const struct placeholder[]){
			{ "zone", text_safe(t->arena, zone->name) },
			{ NULL, NULL } });
	if (why != NULL && why->note != NULL)
		return note_say(t->arena, why->note);
	return _("It could not be found out which name servers are "
		"responsible.");
}

static void
add_names(struct arena *arena, struct str *out, const struct dns_zone *zone,
    bool delegated)
{
	for (size_t i = 0; i < zone->n_hosts; i++) {
		const struct zone_host *host = &zone->hosts[i];

		if (delegated ? !host->delegated : !host->own)
			continue;
		if (out->len != 0)
			str_adds(out, ", ");
		str_adds(out, text_safe(arena, host->name));
	}
}

static const char *
delegation_note(struct watch_turn *t)
{
	struct str parent, own;
	const char *note;

	if (!dns_zone_differs(t->zone))
		return NULL;
	str_init(&parent, 4096);
	str_init(&own, 4096);
	add_names(t->arena, &parent, t->zone, true);
	add_names(t->arena, &own, t->zone, false);
	note = fill_text(t->arena, N_("The registry names other name servers "
		"({parent}) than the zone itself ({own}). Mail servers may ask "
		"any of them."), (const struct placeholder[]){
		{ "parent", parent.text }, { "own", own.text },
		{ NULL, NULL } });
	str_free(&parent);
	str_free(&own);
	return note;
}

/* ---- the verdict ---- */

/* Is it this host that cannot reach the row, because it has no way to any
 * address of that family, while the same server has been asked over the other
 * one? */
static bool
is_family_missing(const struct watch_record *record,
    const struct watch_row *row)
{
	bool other = false;

	for (size_t i = 0; i < record->n_rows; i++) {
		const struct watch_row *r = &record->rows[i];

		if (r->v6 == row->v6 && r->state != WATCH_UNREACHABLE &&
		    r->state != WATCH_HELD)
			return false;
		other |= r->role == row->role && r->state == WATCH_RIGHT &&
			row->name != NULL && r->name != NULL &&
			strcmp(r->name, row->name) == 0;
	}
	return row->state == WATCH_UNREACHABLE && other;
}

static enum watch_verdict
row_verdict(const struct watch_record *record, const struct watch_row *row)
{
	switch (row->state) {
	case WATCH_RIGHT:
		return WATCH_DONE;
	case WATCH_DIFFERENT:
	case WATCH_TWO_RECORDS:
	case WATCH_DOUBLED:
	case WATCH_MISPLACED:
		/* a cache may have kept a mistake that is mended by now */
		return row->role == WATCH_AUTHORITY ? WATCH_MISTAKE :
			WATCH_WAITING;
	case WATCH_ASKING:
	case WATCH_HELD:
	case WATCH_NOT_YET:
		return WATCH_WAITING;
	case WATCH_UNREACHABLE:
	case WATCH_LAME:
	case WATCH_UNKNOWN:
		break;
	}
	if (row->role == WATCH_PUBLIC || is_family_missing(record, row))
		return WATCH_DONE;
	return WATCH_DONE_PARTLY;
}

/* The one that counts of two verdicts. */
static enum watch_verdict
worse(enum watch_verdict a, enum watch_verdict b)
{
	static const int weight[] = {
		[WATCH_DONE] = 0,
		[WATCH_DONE_PARTLY] = 1,
		[WATCH_NOBODY] = 2,
		[WATCH_WAITING] = 3,
		[WATCH_MISTAKE] = 4,
	};

	return weight[a] >= weight[b] ? a : b;
}

static enum watch_verdict
record_verdict(const struct watch_turn *t)
{
	const struct watch_record *record = t->record;
	enum watch_verdict verdict = WATCH_DONE;
	size_t right = 0;

	for (size_t i = 0; i < record->n_rows; i++) {
		verdict = worse(verdict, row_verdict(record,
			&record->rows[i]));
		right += record->rows[i].state == WATCH_RIGHT;
	}
	if (!t->zone->settled)
		verdict = worse(verdict, WATCH_WAITING);
	else if (right == 0)
		verdict = worse(verdict, WATCH_NOBODY);
	else if (record->n_right == 0)
		verdict = worse(verdict, WATCH_DONE_PARTLY);
	return verdict;
}

/* Old answers may be kept until then, once all who can be asked have it. */
static void
note_end(struct watch_turn *t)
{
	struct watch_view *view = t->view;

	if (t->watched->hold > view->hold)
		view->hold = t->watched->hold;
	if (t->n_reachable == 0 || t->record->n_right < t->n_reachable)
		view->until = -1;
	else if (view->until >= 0 &&
	    t->right_at + t->watched->hold > view->until)
		view->until = t->right_at + t->watched->hold;
}

static void
note_next(struct watch_view *view, const struct watch_record *record)
{
	for (size_t i = 0; i < record->n_rows; i++) {
		int64_t next = record->rows[i].next;

		if (next != 0 && (view->next == 0 || next < view->next))
			view->next = next;
	}
}

static void
pass_record(struct watch_turn *t)
{
	t->change = t->watched->change;
	t->record->change = &t->watched->change;
	follow_alias(t);
	t->zone = dns_zone_find(t->arena, t->watch->facts, t->change.name,
		t->watch->options.port);
	t->view->settled &= t->zone->settled;
	t->record->zone = t->zone->name;
	t->record->note = zone_note(t);
	t->record->delegation = delegation_note(t);
	if (t->zone->name != NULL)
		watch_add_authorities(t);
	if (t->zone->settled)
		watch_add_caches(t);
	t->view->verdict = worse(t->view->verdict, record_verdict(t));
	note_end(t);
	note_next(t->view, t->record);
}

const struct watch_view *
watch_pass(struct watch *watch, struct arena *arena, int64_t now)
{
	struct watch_view *view = arena_alloc(arena, sizeof *view);
	bool live = facts_get_world(watch->facts) == FACTS_LIVE;

	view->verdict = WATCH_DONE;
	view->settled = true;
	view->records = arena_array(arena, watch->n, sizeof *view->records);
	for (size_t i = 0; i < watch->n; i++) {
		struct watch_turn turn = {
			.watch = watch, .watched = &watch->watched[i],
			.arena = arena, .view = view, .now = now,
			.again = watch->again,
			.record = &view->records[view->n_records++],
		};

		pass_record(&turn);
	}
	if (view->until < 0)
		view->until = 0;
	if (!live || view->verdict == WATCH_DONE ||
	    view->verdict == WATCH_DONE_PARTLY)
		view->next = 0;
	watch->again = false;
	watch->next = view->next;
	return view;
}

int64_t
watch_next(const struct watch *watch)
{
	return watch->next;
}

void
watch_again(struct watch *watch)
{
	watch->again = true;
}

/* ---- names ---- */

const char *
watch_state_name(enum watch_state state)
{
	static const char *const names[] = {
		[WATCH_ASKING] = "asking",
		[WATCH_HELD] = "held",
		[WATCH_RIGHT] = "right",
		[WATCH_NOT_YET] = "not-yet",
		[WATCH_DIFFERENT] = "different",
		[WATCH_TWO_RECORDS] = "two-records",
		[WATCH_DOUBLED] = "doubled",
		[WATCH_MISPLACED] = "misplaced",
		[WATCH_UNREACHABLE] = "unreachable",
		[WATCH_LAME] = "lame",
		[WATCH_UNKNOWN] = "unknown",
	};

	return names[state];
}

const char *
watch_role_name(enum watch_role role)
{
	static const char *const names[] = {
		[WATCH_AUTHORITY] = "authority",
		[WATCH_RESOLVER] = "resolver",
		[WATCH_PUBLIC] = "public",
	};

	return names[role];
}

const char *
watch_verdict_name(enum watch_verdict verdict)
{
	static const char *const names[] = {
		[WATCH_WAITING] = "waiting",
		[WATCH_MISTAKE] = "mistake",
		[WATCH_DONE] = "done",
		[WATCH_DONE_PARTLY] = "done-partly",
		[WATCH_NOBODY] = "nobody",
	};

	return names[verdict];
}
