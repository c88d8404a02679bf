/* SPDX-License-Identifier: ISC
 * The step that takes includes out which nobody uses. */
#include "config.h"

#include <string.h>

#include "engine/auth/spf_parse.h"
#include "engine/base/text.h"
#include "engine/remedy/planning.h"
#include "engine/remedy/proof.h"
#include "engine/remedy/spf_work.h"

/* The record as the steps so far leave it. */
static struct fact_value
record_so_far(struct planning *p, const struct fact_value *published)
{
	const char *text = NULL;

	for (size_t i = 0; i < p->n_laid; i++)
		if (p->laid[i]->kind == CHANGE_DNS &&
		    p->laid[i]->type == DNS_TXT &&
		    text_same(p->laid[i]->name, p->target))
			for (size_t k = 0; p->laid[i]->after[k] != NULL; k++)
				if (spf_is_record(p->laid[i]->after[k],
				    strlen(p->laid[i]->after[k])))
					text = p->laid[i]->after[k];
	return text == NULL ? *published :
	    (struct fact_value){ .text = text, .len = strlen(text) };
}

bool
make_spf_drop_unused(struct planning *p)
{
	struct spf_work w = { .n_records = 1 };
	struct fact_value *records, now;

	if (p->target == NULL || spf_work_records(p, p->target, &records) != 1)
		return false;
	now = record_so_far(p, records);
	spf_draft_read(&w.draft, p->arena, &now, 1);
	for (size_t i = 0; i < p->findings->n; i++)
		if (strcmp(p->findings->list[i].id, "spf.unused-include") == 0)
			spf_draft_remove(&w.draft, arena_printf(p->arena,
			    "include:%s", p->findings->list[i].subject), NULL);
	if (strcmp(now.text, spf_draft_text(&w.draft)) == 0)
		return false;
	spf_samples_take(p, p->target, &w.draft, &w.samples);
	spf_work_change(p, &w);
	proof_senders(p, p->sender, p->sender);
	proof_kept(p, &w.samples, p->sender);
	return p->step->proven;
}
