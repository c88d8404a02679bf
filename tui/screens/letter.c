/* SPDX-License-Identifier: ISC
 * The letter to the hosting firm, for a name that only they can set: ready to
 * be copied into a mail or a support form. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "tui/screen.h"

/* Is it a name of an address, to be set by whoever gave out the address? */
static const struct change *
ptr_change(const struct step *step)
{
	for (size_t i = 0; i < step->n_changes; i++)
		if (step->changes[i].kind == CHANGE_DNS &&
		    step->changes[i].type == DNS_PTR &&
		    step->changes[i].after != NULL &&
		    step->changes[i].after[0] != NULL)
			return &step->changes[i];
	return NULL;
}

const struct step *
letter_step(const struct app *app)
{
	const struct plan *plan = session_plan(app);

	for (size_t i = 0; plan != NULL && i < plan->n; i++)
		if (plan->steps[i].who != NULL &&
		    strcmp(plan->steps[i].who, "hoster") == 0 &&
		    ptr_change(&plan->steps[i]) != NULL &&
		    session_step(app, &plan->steps[i]) != STEP_SKIPPED)
			return &plan->steps[i];
	return NULL;
}

/* The address that the PTR record is for: the proof of the step says it. */
static const char *
address_of(const struct step *step)
{
	for (size_t i = 0; i < step->n_proofs; i++)
		if (strcmp(step->proofs[i].what, "ptr") == 0 &&
		    step->proofs[i].ip != NULL)
			return step->proofs[i].ip;
	return ptr_change(step)->name;
}

static const char *
letter_text(const struct app *app, struct arena *arena)
{
	const struct step *step = letter_step(app);
	const char *ip, *name;

	if (step == NULL)
		return NULL;
	ip = text_safe(arena, address_of(step));
	name = text_safe(arena, ptr_change(step)->after[0]);
	return arena_printf(arena, _("Hello,\n\nplease set the reverse DNS "
	    "name (PTR record) of our address\n\n    %s\n\nto\n\n    %s\n\n"
	    "We run a mail server on this address. Other mail servers refuse "
	    "its mail, because the name of the address does not lead back to "
	    "it. The record in your reverse zone would be\n\n    %s. IN PTR "
	    "%s.\n\nThank you!\n"), ip, name,
	    text_safe(arena, ptr_change(step)->name), name);
}

static void
draw(struct app *app, struct page *page)
{
	const char *text = letter_text(app, page->arena);

	page_text(page, 0, LOOK_STRONG, _("The letter to the hosting firm"));
	page_text(page, 0, LOOK_PLAIN, _("Send it to the firm from which the "
	    "address comes; many have a form for it in their panel."));
	page_gap(page);
	if (text != NULL)
		page_text(page, 2, LOOK_PLAIN, text);
}

static bool
act(struct app *app, enum action action, const struct key *key)
{
	struct arena *arena = arena_new();
	const char *text = letter_text(app, arena);
	bool known = true;

	(void)key;
	switch (action) {
	case ACTION_COPY:
	case ACTION_OPEN:
		app_copy(app, text);
		break;
	case ACTION_PRINT:
		if (text != NULL)
			app_print(app, text);
		break;
	default:
		known = false;
		break;
	}
	arena_free(&arena);
	return known;
}

const struct screen screen_letter = {
	.name = "letter",
	.title = N_("The letter"),
	.stage = 4,
	.keys = {
		{ ACTION_COPY, N_("Copy") },
		{ ACTION_PRINT, N_("Print") },
		{ ACTION_OPEN, NULL },
		{ ACTION_BACK, N_("Back") },
		{ ACTION_QUIT, N_("Quit") }
	},
	.draw = draw,
	.act = act
};
