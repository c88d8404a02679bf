/* SPDX-License-Identifier: ISC
 * The form in which a step's change is shown, copied and printed: its fields, or
 * a card in the words of a DNS panel. */
#include "config.h"

#include "tui/screens/step.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"

/* The number of the card of the panel that was chosen, counted from 1; 0: the
 * fields are shown. */
static size_t
form_shown(const struct app *app, const struct step *step)
{
	for (size_t i = 0; app->panel != NULL && i < step->n_cards; i++)
		if (strcmp(step->cards[i].panel, app->panel) == 0)
			return i + 1;
	return 0;
}

void
form_draw(struct app *app, struct page *page, const struct step *step)
{
	size_t form = form_shown(app, step);
	const struct card *card;

	if (form == 0) {
		changes_rows(page, step);
		return;
	}
	card = &step->cards[form - 1];
	page_text(page, 0, LOOK_STRONG, card->title != NULL ? card->title :
	    card->panel);
	page_gap(page);
	if (card->text[0] != '\0')
		page_value(page, card->text);
	page_gap(page);
	for (size_t i = 0; i < card->n_notes; i++)
		page_text(page, 0, LOOK_PLAIN, card->notes[i]);
	page_gap(page);
}

/* What c and p take: the fields' values, or the card. */
static const char *
form_value(const struct app *app, struct arena *arena,
    const struct step *step, size_t i)
{
	size_t form = form_shown(app, step);
	struct str text;
	const char *card;

	if (form == 0)
		return step_value(arena, step, i);
	if (i != 0)
		return NULL;
	card = step->cards[form - 1].text;
	str_init(&text, 64u << 10);
	text_clean(&text, card, strlen(card), true);
	while (text.len != 0 && text.text[text.len - 1] == '\n')
		text.text[--text.len] = '\0';
	card = arena_strndup(arena, text.text, text.len);
	str_free(&text);
	return card;
}

static void
copy(struct app *app, const struct step *step)
{
	struct arena *arena = arena_new();
	const char *value = form_value(app, arena, step, app->copied);

	if (value == NULL && app->copied != 0) {
		app->copied = 0;
		value = form_value(app, arena, step, 0);
	}
	app_copy(app, value);
	if (value != NULL)
		app->copied++;
	arena_free(&arena);
}

void
step_values(struct app *app, struct arena *arena, struct str *out)
{
	const struct step *step = step_current(app);
	const char *value;

	for (size_t i = 0; step != NULL &&
	    (value = form_value(app, arena, step, i)) != NULL; i++)
		str_addf(out, "%s\n", value);
}

static void
print(struct app *app)
{
	struct arena *arena = arena_new();
	struct str lines;

	str_init(&lines, 4u << 20);
	step_values(app, arena, &lines);
	app_print(app, lines.text);
	str_free(&lines);
	arena_free(&arena);
}

/* The other steps show the same panel's cards from now on. */
static void
next_form(struct app *app, const struct step *step)
{
	size_t form = (form_shown(app, step) + 1) % (step->n_cards + 1);

	app->panel = form == 0 ? NULL : step->cards[form - 1].panel;
	app->copied = 0;
	app_place(app)->top = 0;
	app->dirty = true;
	if (step->n_cards == 0)
		app_say(app, _("This step has only this form."));
	else if (form != 0)
		app_say(app, _("Form %zu of %zu: %s"), form, step->n_cards,
		    step->cards[form - 1].title);
}

bool
form_act(struct app *app, enum action action, const struct step *step)
{
	switch (action) {
	case ACTION_COPY:
		copy(app, step);
		return true;
	case ACTION_PRINT:
		print(app);
		return true;
	case ACTION_FORMATS:
		next_form(app, step);
		return true;
	default:
		return false;
	}
}
