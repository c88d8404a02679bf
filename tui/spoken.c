/* SPDX-License-Identifier: ISC
 * Knows how each part of a page is read out. */
#include "config.h"

#include "tui/spoken.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/report/wrap.h"

/* As much as one listens to before answering. */
#define PARTS_AT_ONCE 40

static const char *
tag_words(enum tag tag)
{
	static const char *const words[] = {
		[TAG_OK] = N_("in order"), [TAG_FAIL] = N_("must be fixed"),
		[TAG_WARN] = N_("better fixed"),
		[TAG_RUNNING] = N_("still open"),
		[TAG_UNKNOWN] = N_("could not tell"),
		[TAG_NOT_APPLICABLE] = N_("does not apply")
	};

	return words[tag] != NULL ? _(words[tag]) : NULL;
}

/* "must be fixed: example.net has no SPF record" */
static const char *
tagged(struct arena *arena, enum tag tag, const char *text)
{
	return tag == TAG_NONE ? text :
	    arena_printf(arena, "%s: %s", tag_words(tag), text);
}

static const char *
field(struct arena *arena, const struct part *part)
{
	size_t len = strlen(part->label);

	if (len == 0)
		return part->text;
	return arena_printf(arena, strchr("?:", part->label[len - 1]) != NULL ?
	    "%s %s" : "%s: %s", part->label, part->text);
}

/* "Step 1 of 3, Publish ..." for what stands apart on a screen. */
static const char *
columns(struct arena *arena, const char *text)
{
	const char *gap = strstr(text, "   ");

	return gap == NULL ? text : arena_printf(arena, "%.*s, %s",
	    (int)(gap - text), text, gap + strspn(gap, " "));
}

void
spoken_part(const struct page *page, size_t i, struct str *out)
{
	const struct part *part = &page->parts[i];
	struct arena *arena = page->arena;
	int indent = part->item >= 0 ? 3 : 0;

	switch (part->kind) {
	case PART_TEXT:
		wrap_paragraph(out, indent, part->marked ? arena_printf(arena,
		    "> %s", part->text) : part->text);
		break;
	case PART_FIELD:
		wrap_paragraph(out, indent, field(arena, part));
		break;
	case PART_HEADING:
		wrap_paragraph(out, 0, part->text == NULL ?
		    columns(arena, part->label) : arena_printf(arena,
		    "%s (%s)", columns(arena, part->label),
		    columns(arena, part->text)));
		break;
	case PART_VALUE:
		/* whole, however long: it is to be copied */
		str_addf(out, "%s\n", part->text);
		break;
	case PART_ITEM:
		wrap_labelled(out, 0, arena_printf(arena, "%s.", part->label),
		    (int)strlen(part->label) + 2, tagged(arena, part->tag,
		    part->text));
		break;
	case PART_TAGGED:
		wrap_paragraph(out, 0, tagged(arena, part->tag, part->text));
		break;
	case PART_PROMPT:
		break;
	case PART_GAP:
		str_addc(out, '\n');
		break;
	}
}

size_t
spoken_page(const struct page *page, size_t first, const bool *told,
    struct str *out)
{
	size_t n = page->foot_part != 0 ? page->foot_part : page->n_parts;

	while (n > 0 && page->parts[n - 1].kind == PART_GAP)
		n--;
	for (size_t i = first; i < n; i++) {
		const struct part *part = &page->parts[i];
		bool begins = part->item < 0 || part->kind == PART_ITEM;

		if (i >= first + PARTS_AT_ONCE && begins)
			return i;
		if (told != NULL && part->item >= 0 && told[part->item])
			continue;
		if (i != first || part->kind != PART_GAP)
			spoken_part(page, i, out);
	}
	return 0;
}

/* "1 to 6", or the names of the choices when they are not numbers in order. */
static void
add_choices(const struct page *page, struct str *out)
{
	const char *first = NULL, *last = NULL;

	for (size_t i = 0; i < page->n_parts; i++)
		if (page->parts[i].kind == PART_ITEM) {
			last = page->parts[i].label;
			if (first == NULL)
				first = last;
		}
	if (first == NULL)
		str_adds(out, _("Your choice"));
	else if (first == last)
		str_addf(out, _("Your choice, %s"), first);
	else
		str_addf(out, _("Your choice, %s to %s"), first, last);
}

static const char *
item_label(const struct page *page, int item)
{
	for (size_t i = 0; i < page->n_parts; i++)
		if (page->parts[i].kind == PART_ITEM &&
		    page->parts[i].item == item)
			return page->parts[i].label;
	return NULL;
}

/* What Enter alone does. */
static const char *
on_enter(const struct page *page, const struct screen_key *keys, int selected,
    bool more)
{
	const char *label = item_label(page, selected);

	if (more)
		return _("more");
	if (label != NULL && keys_have(keys, ACTION_DIGIT))
		return label;
	for (size_t i = 0; i < SCREEN_KEYS_MAX &&
	    keys[i].action != ACTION_NONE; i++)
		if (keys[i].action == ACTION_OPEN)
			return keys[i].label != NULL ? key_label(&keys[i]) :
			    _("go on");
	return _("Back");
}

void
spoken_question(const struct page *page, const struct screen_key *keys,
    int selected, bool more, struct str *out)
{
	add_choices(page, out);
	for (size_t i = 0; i < SCREEN_KEYS_MAX &&
	    keys[i].action != ACTION_NONE; i++) {
		const char *typed = key_typed(page->arena, keys[i].action);
		const char *label = key_label(&keys[i]);

		if (typed != NULL && label != NULL &&
		    keys[i].action != ACTION_OPEN)
			str_addf(out, ", %s %s", typed, label);
	}
	str_addf(out, ", %s %s [%s]: ", key_typed(page->arena, ACTION_HELP),
	    _("Help"), on_enter(page, keys, selected, more));
}

int
spoken_item(const struct page *page, const char *text)
{
	for (size_t i = 0; i < page->n_parts; i++)
		if (page->parts[i].kind == PART_ITEM &&
		    text_same(page->parts[i].label, text))
			return page->parts[i].item;
	return -1;
}
