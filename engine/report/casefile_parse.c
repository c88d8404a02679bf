/* SPDX-License-Identifier: ISC
 * Text becomes a saved case: its own sections; the facts behind them are
 * engine/world/replay.c's. */
#include "config.h"

#include "engine/report/casefile_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"

#define CHANGES_MAX 32
#define VALUES_MAX 100
#define LIST_MAX 64
#define VALUE_MAX (64u << 10)

enum part { PART_NONE, PART_SAVED, PART_STEPS, PART_FACTS, PART_END };

struct case_reader {
	struct arena *arena;
	const char *file;
	unsigned int line;
	struct casefile *out;
	struct str *err;
	enum part part;
	bool version;                  /* has been read */
	struct change *changes;        /* of the step in hand */
	const char **before, **after;  /* of the change in hand */
	size_t n_before, n_after;
};

static bool
fail(struct case_reader *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static bool
fail(struct case_reader *r, const char *format, ...)
{
	char reason[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(reason, sizeof reason, format, ap);
	va_end(ap);
	str_addf(r->err, "%s:%u: ", r->file, r->line);
	text_clean(r->err, reason, strlen(reason), false);
	return false;
}

static bool
damaged(struct case_reader *r)
{
	return fail(r, "%s", _("the saved case is damaged"));
}

static bool
read_value(struct case_reader *r, const char *text, size_t len,
    const char **value)
{
	struct str out;
	bool ok;

	str_init(&out, VALUE_MAX);
	ok = replay_unescape(text, len, &out) == len && !out.cut &&
	    memchr(out.text, '\0', out.len) == NULL;
	if (ok)
		*value = arena_strndup(r->arena, out.text, out.len);
	str_free(&out);
	return ok || damaged(r);
}

static bool
read_time(const char *text, time_t *time)
{
	struct tm parts = { .tm_isdst = 0 };
	const char *end = strptime(text, CASE_TIME, &parts);

	if (end == NULL || *end != '\0')
		return false;
	*time = timegm(&parts);
	return *time >= 0;
}

static bool
read_number(const char *text, unsigned long *number)
{
	char *end;

	if (*text < '0' || *text > '9' || strlen(text) > 8)
		return false;
	*number = strtoul(text, &end, 10);
	return *end == '\0';
}

static bool
add_to_list(struct case_reader *r, const char *const **list, const char *value)
{
	const char **longer;
	size_t n = 0;

	while (*list != NULL && (*list)[n] != NULL)
		n++;
	if (n >= LIST_MAX)
		return damaged(r);
	longer = arena_array(r->arena, n + 2, sizeof *longer);
	for (size_t i = 0; i < n; i++)
		longer[i] = (*list)[i];
	longer[n] = value;
	*list = longer;
	return true;
}

static bool
store_setting(struct case_reader *r, const struct case_setting *row,
    const char *value)
{
	void *member = (char *)r->out + row->offset;
	unsigned long number;

	switch (row->kind) {
	case KIND_TEXT:
		*(const char **)member = value;
		return true;
	case KIND_LIST:
		return add_to_list(r, member, value);
	case KIND_FLAG:
		*(bool *)member = strcmp(value, "yes") == 0;
		return true;
	case KIND_NUMBER:
		if (!read_number(value, &number))
			return damaged(r);
		*(int *)member = (int)number;
		return true;
	case KIND_SIZE:
		if (!read_number(value, &number))
			return damaged(r);
		*(size_t *)member = number;
		return true;
	case KIND_TIME:
		return read_time(value, member) || damaged(r);
	}
	return false;
}

static bool
read_setting(struct case_reader *r, const char *name, const char *value)
{
	unsigned long version;

	if (strcmp(name, "version") == 0) {
		if (!read_number(value, &version) || version == 0)
			return damaged(r);
		if (version > CASEFILE_VERSION) {
			str_addf(r->err, _("%s was saved by a newer version of "
			    "whybounce; this one cannot go on with it."),
			    r->file);
			return false;
		}
		r->version = true;
		return true;
	}
	for (const struct case_setting *row = case_settings; r->version &&
	    row->name != NULL; row++)
		if (strcmp(row->name, name) == 0)
			return store_setting(r, row, value);
	return damaged(r);
}

/* The next word of *TEXT, which is advanced; NULL when there is none. */
static const char *
next_word(struct arena *arena, const char **text)
{
	size_t n = strcspn(*text, " ");
	const char *word;

	if (n == 0)
		return NULL;
	word = arena_strndup(arena, *text, n);
	*text += n;
	*text += **text == ' ';
	return word;
}

/* As in data/fixes/: "spf.publish". */
static bool
is_id(const char *text)
{
	return text != NULL && text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_")] == '\0';
}

static bool
begin_step(struct case_reader *r, const char *value)
{
	struct casefile *out = r->out;
	const char *id = next_word(r->arena, &value);
	const char *state = next_word(r->arena, &value);
	struct case_step *step;

	if (!is_id(id) || state == NULL ||
	    out->n_steps >= CASEFILE_STEPS_MAX)
		return damaged(r);
	out->steps = arena_grow(r->arena, out->steps, out->n_steps,
	    sizeof *out->steps);
	step = &out->steps[out->n_steps++];
	*step = (struct case_step){ .id = id, .title = id };
	r->changes = NULL;
	return (step_state_parse(state, &step->state) && (*value == '\0' ||
	    read_time(value, &step->since))) || damaged(r);
}

static bool
begin_change(struct case_reader *r, struct case_step *step, const char *value)
{
	struct change *change;
	const char *zone = next_word(r->arena, &value);
	const char *name = next_word(r->arena, &value);
	enum dns_type type;

	if (name == NULL || !dns_type_parse(value, &type) ||
	    step->n_changes >= CHANGES_MAX)
		return damaged(r);
	r->changes = arena_grow(r->arena, r->changes, step->n_changes,
	    sizeof *r->changes);
	change = &r->changes[step->n_changes++];
	r->before = arena_array(r->arena, VALUES_MAX + 1, sizeof *r->before);
	r->after = arena_array(r->arena, VALUES_MAX + 1, sizeof *r->after);
	r->n_before = r->n_after = 0;
	*change = (struct change){ .kind = CHANGE_DNS, .zone = zone,
	    .name = name, .type = type, .before = r->before,
	    .after = r->after };
	step->changes = r->changes;
	return true;
}

static bool
read_step(struct case_reader *r, const char *name, const char *value)
{
	struct case_step *step = r->out->n_steps != 0 ?
	    &r->out->steps[r->out->n_steps - 1] : NULL;

	if (strcmp(name, "step") == 0)
		return begin_step(r, value);
	if (step == NULL)
		return damaged(r);
	if (strcmp(name, "title") == 0)
		step->title = value;
	else if (strcmp(name, "note") == 0)
		step->note = value;
	else if (strcmp(name, "other-way") == 0)
		step->other_way = strcmp(value, "yes") == 0;
	else if (strcmp(name, "later") == 0)
		step->later = strcmp(value, "yes") == 0;
	else if (strcmp(name, "change") == 0)
		return begin_change(r, step, value);
	else if (step->n_changes == 0)
		return damaged(r);
	else if (strcmp(name, "before") == 0 && r->n_before < VALUES_MAX)
		r->before[r->n_before++] = value;
	else if (strcmp(name, "after") == 0 && r->n_after < VALUES_MAX)
		r->after[r->n_after++] = value;
	else
		return damaged(r);
	return true;
}

/* LEN octets of a line of our own sections. */
static bool
read_own(struct case_reader *r, const char *text, size_t len)
{
	const char *equals = memchr(text, '=', len), *name;
	const char *value = NULL;
	size_t n;

	if (len == 0 || text[0] == '#')
		return true;
	if (equals == NULL || equals == text || equals[-1] != ' ')
		return damaged(r);
	name = arena_strndup(r->arena, text, (size_t)(equals - text) - 1);
	n = (size_t)(equals - text) + 1;
	n += n < len && text[n] == ' ';
	if (!read_value(r, text + n, len - n, &value))
		return false;
	return r->part == PART_SAVED ? read_setting(r, name, value) :
	    read_step(r, name, value);
}

static bool
is_line(const char *text, size_t len, const char *line)
{
	return len == strlen(line) && memcmp(text, line, len) == 0;
}

static bool
read_line(struct case_reader *r, const char *text, size_t len)
{
	if (is_line(text, len, "[saved]") && r->part == PART_NONE) {
		r->part = PART_SAVED;
		return true;
	}
	if (is_line(text, len, "[steps]") && r->part == PART_SAVED) {
		r->part = PART_STEPS;
		return true;
	}
	if (is_line(text, len, "[end]")) {
		r->part = PART_END;
		return true;
	}
	if (len != 0 && text[0] == '[' && r->part == PART_STEPS)
		r->part = PART_FACTS;
	if (r->part == PART_SAVED || r->part == PART_STEPS)
		return read_own(r, text, len);
	if (r->part == PART_NONE && len != 0 && text[0] != '#')
		return fail(r, "%s", _("this is not a saved case"));
	return true;
}

/* The lines of the case; true when all of them could be read. */
static bool
read_lines(struct case_reader *r, const char *text, size_t len, bool head_only)
{
	size_t at = 0;

	while (at < len && r->part != PART_END &&
	    !(head_only && r->part == PART_FACTS)) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t size = end != NULL ? (size_t)(end - text) - at :
		    len - at;

		r->line++;
		if (!read_line(r, text + at, size))
			return false;
		at += size + 1;
	}
	if (r->part == PART_END)
		return at >= len || damaged(r);
	if (head_only && r->part == PART_FACTS)
		return true;
	return fail(r, "%s", r->part == PART_NONE ?
	    _("this is not a saved case") :
	    _("the saved case is damaged: its end is missing"));
}

bool
casefile_parse(struct arena *arena, const char *file, const char *text,
    size_t len, bool head_only, struct casefile *out, struct str *err)
{
	struct case_reader r = { .arena = arena, .file = file, .out = out,
	    .err = err };
	struct recording recording;

	*out = (struct casefile){ .saved = 0 };
	if (!read_lines(&r, text, len, head_only))
		return false;
	if (!r.version)
		return damaged(&r);
	if (head_only)
		return true;
	if (!replay_read(arena, file, text, len, facts_new(arena), &recording,
	    err))
		return false;
	out->bounce = recording.bounce;
	out->bounce_len = recording.bounce_len;
	out->look.answers = recording.answers;
	out->look.n_answers = recording.n_answers;
	return true;
}
