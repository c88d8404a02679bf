/* SPDX-License-Identifier: ISC
 * The changes of a step: what to type, at column 0 and alone, so that it copies
 * cleanly; and the records that look right but do not help. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "tui/screen.h"

#define LABEL 10
#define DIFF_MAX ((size_t)1 << 20)

static bool
in_values(const char *const *values, const char *value)
{
	for (; values != NULL && *values != NULL; values++)
		if (strcmp(*values, value) == 0)
			return true;
	return false;
}

/* Line number *I of TEXT, or NULL after taking its lines off *I. */
static const char *
line_of(struct arena *arena, const char *text, size_t *i)
{
	while (*text != '\0') {
		size_t n = strcspn(text, "\n");

		if (n != 0 && (*i)-- == 0)
			return text_cleaned(arena, text, n);
		text += n + (text[n] == '\n');
	}
	return NULL;
}

/* Value number *I of one change, or NULL after taking its number off *I. */
static const char *
change_value(struct arena *arena, const struct change *change, size_t *i)
{
	switch (change->kind) {
	case CHANGE_DNS:
		for (size_t k = 0; change->after != NULL &&
		    change->after[k] != NULL; k++)
			if (!in_values(change->before, change->after[k]) &&
			    (*i)-- == 0)
				return text_safe(arena, change->after[k]);
		return NULL;
	case CHANGE_POSTCONF:
		return (*i)-- == 0 ? text_safe(arena, change->text) : NULL;
	case CHANGE_FILE:
	case CHANGE_FOLDER:
	case CHANGE_KEY:
	case CHANGE_COMMAND:
		return line_of(arena, change->text, i);
	case CHANGE_ADVICE:
		break;
	}
	return NULL;
}

const char *
step_value(struct arena *arena, const struct step *step, size_t i)
{
	for (size_t k = 0; k < step->n_changes; k++) {
		const char *value = change_value(arena, &step->changes[k], &i);

		if (value != NULL)
			return value;
	}
	return NULL;
}

/* The name as panels want it: what stands before the zone. */
static const char *
panel_name(struct arena *arena, const struct change *change)
{
	size_t name = strlen(change->name);
	size_t zone = change->zone != NULL ? strlen(change->zone) : 0;

	if (zone == 0 || zone > name)
		return text_safe(arena, change->name);
	if (text_same(change->name, change->zone))
		return "@";
	if (name > zone + 1 && change->name[name - zone - 1] == '.' &&
	    text_same(change->name + name - zone, change->zone))
		return text_cleaned(arena, change->name, name - zone - 1);
	return text_safe(arena, change->name);
}

/* What to enter beside the value. */
static void
draw_fields(struct page *page, const struct change *change)
{
	struct arena *arena = page->arena;
	const char *name = panel_name(arena, change);

	if (page->compact) {
		page_text(page, 0, LOOK_PLAIN, arena_printf(arena,
		    _("Type %s   Name %s   TTL 3600"),
		    dns_type_name(change->type), name));
		return;
	}
	page_field(page, 3, LABEL, _("Type"), dns_type_name(change->type));
	page_field(page, 3, LABEL, _("Name"), strcmp(name, change->name) == 0 ?
	    name : arena_printf(arena, _("%s   (some panels want the full "
	    "name: %s)"), name, text_safe(arena, change->name)));
	page_field(page, 3, LABEL, _("TTL"),
	    _("3600   (or leave the panel's default)"));
}

/* Values of A that are not in B; returns how many. */
static size_t
count_missing(const char *const *a, const char *const *b)
{
	size_t n = 0;

	for (; a != NULL && *a != NULL; a++)
		n += !in_values(b, *a);
	return n;
}

static void
draw_old(struct page *page, const struct change *change)
{
	for (const char *const *old = change->before; old != NULL &&
	    *old != NULL; old++) {
		if (in_values(change->after, *old))
			continue;
		page_text(page, 3, LOOK_PLAIN, _("Old value"));
		page_text(page, 3, LOOK_DIM, text_safe(page->arena, *old));
	}
}

static void
draw_dns(struct page *page, const struct change *change)
{
	size_t removed = count_missing(change->before, change->after);
	size_t added = count_missing(change->after, change->before);

	page_field(page, 0, LABEL, _("Do"), removed == 0 ?
	    P_("add this record; change nothing else",
		"add these records, one for each value; change nothing else",
		added) : added == 0 ?
	    _("remove this record; change nothing else") :
	    _("replace the old value by the new one; there must not be two"));
	page_gap(page);
	draw_fields(page, change);
	draw_old(page, change);
	if (added != 0)
		page_text(page, 3, LOOK_PLAIN, removed != 0 ? _("New value") :
		    P_("Value", "Values", added));
	page_gap(page);
	for (const char *const *new = change->after; new != NULL &&
	    *new != NULL; new++)
		if (!in_values(change->before, *new))
			page_value(page, text_safe(page->arena, *new));
	page_gap(page);
}

/* "myorigin: $myhostname -> example.net" */
static void
draw_setting(struct page *page, const struct change *change)
{
	struct arena *arena = page->arena;
	const char *old = text_safe(arena, change->old_value);
	const char *new = text_safe(arena, change->new_value);

	if (old == NULL)
		old = _("not known");
	else if (*old == '\0')
		old = _("empty");
	page_text(page, 3, LOOK_PLAIN, arena_printf(arena, "%s: %s -> %s",
	    text_safe(arena, change->parameter), old, new == NULL ?
	    _("not set") : *new == '\0' ? _("empty") : new));
}

/* The settings from number I on, as one: the commands together, to be copied
 * at once, then what each changes. Returns the number of the last one. */
static size_t
draw_postconf(struct page *page, const struct step *step, size_t i)
{
	size_t end = i;

	while (end < step->n_changes &&
	    step->changes[end].kind == CHANGE_POSTCONF)
		end++;
	page_field(page, 0, LABEL, _("Do"), _("as root, change main.cf:"));
	page_gap(page);
	for (size_t k = i; k < end; k++)
		page_value(page, text_safe(page->arena, step->changes[k].text));
	page_gap(page);
	for (size_t k = i; k < end; k++)
		draw_setting(page, &step->changes[k]);
	page_gap(page);
	return end - 1;
}

static void
draw_file(struct page *page, const struct step *step, size_t at)
{
	const struct change *change = &step->changes[at];
	const char *path = text_safe(page->arena, change->path);
	const char *line;
	size_t i = 0;

	if (!step_goes_on(step, at)) {
		page_field(page, 0, LABEL, _("Do"), arena_printf(page->arena,
		    change->whole ? _("write the file %s:") :
		    step_goes_on(step, at + 1) ?
		    _("write these lines into %s:") :
		    _("write this line into %s:"), path));
		page_gap(page);
	}
	for (size_t next; next = i, (line = line_of(page->arena, change->text,
	    &next)) != NULL; i++)
		page_value(page, line);
	if (!step_goes_on(step, at + 1))
		page_gap(page);
}

/* Is there more to do than to follow advice? */
static bool
has_change(const struct step *step)
{
	for (size_t i = 0; i < step->n_changes; i++)
		if (step->changes[i].kind != CHANGE_ADVICE)
			return true;
	return false;
}

void
changes_rows(struct page *page, const struct step *step)
{
	const char *advice = has_change(step) ? _("Note") : _("Do");

	for (size_t i = 0; i < step->n_changes; i++) {
		const struct change *change = &step->changes[i];

		switch (change->kind) {
		case CHANGE_DNS:
			draw_dns(page, change);
			break;
		case CHANGE_POSTCONF:
			i = draw_postconf(page, step, i);
			break;
		case CHANGE_FILE:
			draw_file(page, step, i);
			break;
		case CHANGE_FOLDER:
		case CHANGE_KEY:
		case CHANGE_COMMAND:
			page_field(page, 0, LABEL, _("Do"), _("type:"));
			page_gap(page);
			page_value(page, change->text);
			page_gap(page);
			break;
		case CHANGE_ADVICE:
			if (change->record != NULL)
				break;
			page_field(page, 0, LABEL, advice, change->text);
			page_gap(page);
			break;
		}
	}
}

/* The record, and what comes of it; the text may tell both. */
static void
draw_wrong_fix(struct page *page, const struct change *change)
{
	struct arena *arena = page->arena;
	const char *text = change->text != NULL ? change->text : "";

	if (strstr(text, change->record) != NULL) {
		page_text(page, 3, LOOK_PLAIN, text);
		return;
	}
	page_text(page, 3, LOOK_PLAIN, change->record);
	page_text(page, 5, LOOK_PLAIN, change->record_result == NULL ? text :
	    arena_printf(arena, _("gives %s. %s"), change->record_result,
	    text));
}

void
wrong_fixes_rows(struct page *page, const struct step *step)
{
	bool heading = false;

	for (size_t i = 0; i < step->n_changes; i++) {
		const struct change *change = &step->changes[i];

		if (change->kind != CHANGE_ADVICE || change->record == NULL)
			continue;
		if (!heading)
			page_text(page, 0, LOOK_STRONG,
			    _("Looks right, but does not help"));
		heading = true;
		draw_wrong_fix(page, change);
	}
	if (heading)
		page_gap(page);
}

void
line_rows(struct page *page, const char *text)
{
	while (*text != '\0') {
		size_t n = strcspn(text, "\n");

		if (n == 0)
			page_gap(page);
		else
			page_value(page, arena_strndup(page->arena, text, n));
		text += n + (text[n] == '\n');
	}
}

void
transaction_rows(struct page *page, const struct transaction *t)
{
	struct str diff;

	str_init(&diff, DIFF_MAX);
	transaction_diff(t, false, &diff);
	line_rows(page, diff.text);
	str_free(&diff);
	page_gap(page);
	for (size_t i = 0; i < t->n_commands; i++)
		page_field(page, 0, 12, i == 0 ? _("Then runs") : "",
		    transaction_command(page->arena, t->commands[i]));
	page_gap(page);
}
