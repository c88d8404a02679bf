/* SPDX-License-Identifier: ISC
 * Which cards a step gets, in which order, and what is said beside them. */
#include "config.h"

#include "engine/remedy/card.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/remedy/card_record.h"
#include "engine/remedy/panel.h"
#include "engine/world/dns_text.h"

#define CONDITIONS_MAX 8

bool
card_is_panel(const char *id)
{
	return strcmp(id, CARD_ALL) == 0 || panel_find(id) != NULL;
}

const char *
card_panel_list(struct arena *arena)
{
	const char *list = CARD_ALL;

	for (size_t i = 0; i < panel_count(); i++)
		list = arena_printf(arena, "%s, %s", list, panel_at(i)->id);
	return list;
}

static bool
is_named(const struct planning *p, const char *id)
{
	const struct recording *r = p->in->recording;

	for (size_t i = 0; i < r->n_answers; i++)
		if (strcmp(r->answers[i].name, CARD_ANSWER) == 0 &&
		    strcmp(r->answers[i].value, id) == 0)
			return true;
	return false;
}

/* Do the zone's name servers belong to the panel? They were asked for by
 * planning_prefetch(); here nothing is wanted. */
static bool
runs_zone(const struct planning *p, const char *zone,
    const struct panel *panel)
{
	const struct fact *ns = zone == NULL ? NULL : facts_named(p->facts,
	    arena_printf(p->arena, "dns %s NS", zone));

	for (size_t k = 0; ns != NULL && ns->status == FACT_OK &&
	    k < ns->n_values; k++)
		if (panel_runs(panel, ns->values[k].text))
			return true;
	return false;
}

static bool
is_recognised(const struct planning *p, const struct step *step,
    const struct panel *panel)
{
	for (size_t i = 0; i < step->n_changes; i++)
		if (step->changes[i].kind == CHANGE_DNS &&
		    runs_zone(p, step->changes[i].zone, panel))
			return true;
	return false;
}

size_t
card_txt_limit(const struct planning *p, const char *name)
{
	const char *zone = planning_zone(p, name, DNS_TXT);
	size_t limit = 0;

	for (size_t i = 0; i < panel_count(); i++) {
		const struct panel *panel = panel_at(i);

		if (panel->limit != 0 && (limit == 0 || panel->limit < limit) &&
		    (is_named(p, panel->id) || runs_zone(p, zone, panel)))
			limit = panel->limit;
	}
	return limit;
}

static bool
is_in(const char *const *list, const char *value)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, value) == 0)
			return true;
	return false;
}

/* Those of LIST that are not in OTHER. */
static const char *const *
without(struct arena *arena, const char *const *list,
    const char *const *other)
{
	const char **left;
	size_t n = 0;

	while (list[n] != NULL)
		n++;
	left = arena_array(arena, n + 1, sizeof *left);
	n = 0;
	for (size_t i = 0; list[i] != NULL; i++)
		if (!is_in(other, list[i]))
			left[n++] = list[i];
	return left;
}

static struct card_change
change_for(const struct planning *p, const struct change *change)
{
	struct arena *arena = p->arena;
	const struct fact *now = facts_named(p->facts, arena_printf(arena,
	    "dns %s %s", change->name, dns_type_name(change->type)));

	return (struct card_change){
		.zone = change->zone,
		.name = change->name,
		.type = change->type,
		.added = without(arena, change->after, change->before),
		.removed = without(arena, change->before, change->after),
		.after = change->after,
		.existing = change->before[0] != NULL,
		.unknown = now == NULL || !fact_known(now),
	};
}

/* ---- notes ---- */

struct noting {
	struct arena *arena;
	const char **list;
	size_t n;
};

static void
note(struct noting *notes, const char *text)
{
	for (size_t i = 0; i < notes->n; i++)
		if (strcmp(notes->list[i], text) == 0)
			return;
	notes->list = arena_grow(notes->arena, notes->list, notes->n,
	    sizeof *notes->list);
	notes->list[notes->n++] = text;
}

/* What goes away has no words in most panels: whole sentences say it. */
static void
note_removed(struct noting *notes, const struct panel *panel,
    const struct card_change *c)
{
	if (panel_text(panel, "remove", c->type) != NULL ||
	    (panel->whole_set && c->after[0] != NULL))
		return;
	for (size_t i = 0; c->removed[i] != NULL; i++)
		note(notes, arena_printf(notes->arena, c->added[0] != NULL ?
		    _("This takes the place of the %s record of %s that is "
		    "there now; leave no copy of it: %s") :
		    _("Take out the %s record of %s: %s"),
		    dns_type_name(c->type), c->name, c->removed[i]));
}

static bool
is_long(const struct card_change *c)
{
	for (size_t i = 0; c->added[i] != NULL; i++)
		if (c->type == DNS_TXT &&
		    strlen(c->added[i]) > DNS_STRING_OCTETS)
			return true;
	return false;
}

static void
note_panel(struct noting *notes, const struct panel *panel,
    const struct card_change *c)
{
	const char *conditions[CONDITIONS_MAX] = { dns_type_name(c->type) };
	const char *text;
	size_t n = 1;

	if (is_long(c))
		conditions[n++] = "long";
	if (c->existing)
		conditions[n++] = "existing";
	if (c->removed[0] != NULL)
		conditions[n++] = "removed";
	for (size_t i = 0;
	    (text = panel_note(panel, conditions, i)) != NULL; i++)
		note(notes, text);
}

/* Why a record is not in the card. */
static void
note_missing(struct noting *notes, const struct panel *panel,
    const struct card_change *c)
{
	if (c->type == DNS_TXT && panel->limit != 0 && is_long(c))
		note(notes, arena_printf(notes->arena,
		    _("The TXT record of %s is longer than the %zu characters "
		    "that this panel takes."), c->name, panel->limit));
	else if (panel->whole_set && c->unknown)
		note(notes, arena_printf(notes->arena,
		    _("This way replaces all %s records of %s, and which it has "
		    "now could not be looked up."), dns_type_name(c->type),
		    c->name));
	else
		note(notes, arena_printf(notes->arena,
		    _("The %s record of %s cannot be written here."),
		    dns_type_name(c->type), c->name));
}

/* ---- one card ---- */

/* The card's text and notes; false: nothing of the step can be said in this
 * panel's words. */
static bool
make_card(struct planning *p, const struct step *step,
    const struct panel *panel, struct card *card)
{
	struct noting notes = { .arena = p->arena };
	struct str out;
	bool any = false;

	str_init(&out, CARD_MAX);
	for (size_t i = 0; i < step->n_changes; i++) {
		struct card_change c;

		if (step->changes[i].kind != CHANGE_DNS)
			continue;
		c = change_for(p, &step->changes[i]);
		if (!card_record_write(panel, &c, &out)) {
			if (panel_takes(panel, c.type))
				note_missing(&notes, panel, &c);
			continue;
		}
		any = true;
		note_removed(&notes, panel, &c);
		note_panel(&notes, panel, &c);
	}
	card->panel = panel->id;
	card->title = *panel->title != '\0' ? _(panel->title) : panel->id;
	card->text = arena_strndup(p->arena, out.text, out.len);
	card->notes = notes.list;
	card->n_notes = notes.n;
	str_free(&out);
	return any;
}

/* PREFERRED ones are there even when all they can say is why not. */
static void
add_card(struct planning *p, struct step *step, const struct panel *panel,
    bool preferred, bool offered)
{
	struct card card = { .preferred = preferred, .offered = offered };

	for (size_t i = 0; i < step->n_cards; i++)
		if (strcmp(step->cards[i].panel, panel->id) == 0)
			return;
	if (!make_card(p, step, panel, &card) &&
	    (!preferred || card.n_notes == 0))
		return;
	step->cards = arena_grow(p->arena, step->cards, step->n_cards,
	    sizeof *step->cards);
	step->cards[step->n_cards++] = card;
}

void
card_add(struct planning *p, struct step *step)
{
	size_t n = panel_count();

	for (size_t i = 0; i < n; i++)
		if (is_named(p, panel_at(i)->id) || is_named(p, CARD_ALL))
			add_card(p, step, panel_at(i), true, true);
	for (size_t i = 0; i < n; i++)
		if (is_recognised(p, step, panel_at(i)))
			add_card(p, step, panel_at(i), true, true);
	add_card(p, step, panel_find("generic"), false, true);
	add_card(p, step, panel_find("bind"), false, true);
	for (size_t i = 0; p->in->finished && i < n; i++)
		add_card(p, step, panel_at(i), false, false);
}
