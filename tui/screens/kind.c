/* SPDX-License-Identifier: ISC
 * Which kind of refusal it is, when the program was wrong or does not know: the
 * likely ones first, then all of them. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/bounce/classes.h"
#include "tui/screen.h"

#define KINDS_MAX 64

/* Those that are no refusal cannot be chosen, nor what it is already. */
static bool
offered(const struct bounce *bounce, const char *id)
{
	return strcmp(id, "unknown") != 0 && strcmp(id, "not_bounce") != 0 &&
	    (bounce->class_id == NULL || strcmp(bounce->class_id, id) != 0);
}

static bool
listed(const struct refusal_class *const *kinds, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(kinds[i]->id, id) == 0)
			return true;
	return false;
}

static size_t
find_kinds(const struct bounce *bounce,
    const struct refusal_class *kinds[KINDS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; bounce->alternatives != NULL &&
	    bounce->alternatives[i] != NULL && n < KINDS_MAX; i++) {
		const struct refusal_class *class =
		    class_find(bounce->alternatives[i]);

		if (class != NULL && offered(bounce, class->id))
			kinds[n++] = class;
	}
	for (size_t i = 0; i < class_count() && n < KINDS_MAX; i++) {
		const struct refusal_class *class = class_at(i);

		if (offered(bounce, class->id) && !listed(kinds, n, class->id))
			kinds[n++] = class;
	}
	return n;
}

static void
draw(struct app *app, struct page *page)
{
	const struct bounce *bounce = session_bounce(app);
	const struct refusal_class *kinds[KINDS_MAX];
	size_t n = bounce != NULL ? find_kinds(bounce, kinds) : 0;

	page_text(page, 0, LOOK_STRONG, _("Why was it refused?"));
	page_gap(page);
	for (size_t i = 0; i < n; i++) {
		const struct page_column column = {
			.text = _(kinds[i]->meaning)
		};

		page_item(page, TAG_NONE, &column, 1);
	}
}

static bool
act(struct app *app, enum action action, const struct key *key)
{
	const struct bounce *bounce = session_bounce(app);
	const struct refusal_class *kinds[KINDS_MAX];
	size_t chosen = (size_t)app_place(app)->selected;

	(void)key;
	if (action != ACTION_OPEN || bounce == NULL)
		return false;
	if (chosen < find_kinds(bounce, kinds)) {
		diagnosis_reclass(app->diagnosis, kinds[chosen]->id);
		app_go(app, &screen_verdict);
		*app_place(app) = (struct place){ .selected = 0 };
		session_afresh(app);
	}
	return true;
}

const struct screen screen_kind = {
	.name = "kind",
	.title = N_("Kind of problem"),
	.stage = 1,
	.keys = {
		{ ACTION_OPEN, N_("Choose") },
		{ ACTION_DOWN, N_("Select") },
		{ ACTION_DIGIT, NULL },
		{ ACTION_BACK, N_("Back") },
		{ ACTION_QUIT, N_("Quit") }
	},
	.draw = draw,
	.act = act
};
