/* SPDX-License-Identifier: ISC
 * The steps of a case beside those of a new plan. Knows when a step that the
 * plan no longer has is done, and when it was only another way. */
#include "config.h"

#include "engine/report/casefile.h"

#include <string.h>

#include "engine/base/i18n.h"

struct merging {
	struct arena *arena;
	const struct plan *plan;
	bool certain;                  /* nothing that was looked at is unknown */
	const struct case_step *old;
	size_t n_old, from;            /* of the old ones, the next */
	struct case_step *list;
	size_t n;
};

static const char *
keep(struct arena *arena, const char *now, const char *text)
{
	return now != NULL && strcmp(now, text) == 0 ? now :
	    arena_strdup(arena, text);
}

static void
add(struct merging *m, const struct case_step *step)
{
	if (m->n < CASEFILE_STEPS_MAX)
		m->list[m->n++] = *step;
}

/* A step that the plan no longer has. */
static void
add_gone(struct merging *m, struct case_step step)
{
	step.needed = false;
	if ((step.state == STEP_OPEN || step.state == STEP_WAITING) &&
	    m->certain && !step.other_way &&
	    !(step.later && step.state == STEP_OPEN)) {
		step.state = STEP_DONE;
		step.note = _("no longer needed");
	}
	if (step.state != STEP_OPEN)
		add(m, &step);
}

/* The old ones up to the next one that the plan has. */
static void
add_old(struct merging *m)
{
	while (m->from < m->n_old &&
	    plan_step_number(m->plan, m->old[m->from].id) == 0)
		add_gone(m, m->old[m->from++]);
}

static void
add_planned(struct merging *m, const struct step *planned)
{
	struct case_step step = { .state = STEP_OPEN };

	for (size_t i = 0; i < m->n_old; i++)
		if (strcmp(m->old[i].id, planned->id) == 0) {
			step = m->old[i];
			if (i + 1 > m->from)
				m->from = i + 1;
			break;
		}
	step.id = keep(m->arena, step.id, planned->id);
	step.title = keep(m->arena, step.title, planned->title);
	step.other_way = planned->alternative_to != NULL;
	step.later = planned->later;
	step.needed = true;
	add(m, &step);
}

size_t
casefile_merge(struct arena *arena, const struct case_step *old, size_t n_old,
    const struct plan *plan, bool certain, struct case_step *list)
{
	struct merging m = {
		.arena = arena, .plan = plan, .certain = certain, .old = old,
		.n_old = n_old, .list = list
	};

	add_old(&m);
	for (size_t i = 0; i < plan->n; i++) {
		add_planned(&m, &plan->steps[i]);
		add_old(&m);
	}
	return m.n;
}
