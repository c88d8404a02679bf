/* SPDX-License-Identifier: ISC
 * A saved case becomes text: its own sections; the facts behind them are
 * engine/world/replay_write.c's. */
#include "config.h"

#include "engine/report/casefile_parts.h"

#include <string.h>

static const char *const state_names[] = {
	[STEP_OPEN] = "open",
	[STEP_WAITING] = "waiting",
	[STEP_DONE] = "done",
	[STEP_SKIPPED] = "skipped",
};
#define N_STATES (sizeof state_names / sizeof *state_names)

const char *
step_state_name(enum step_state state)
{
	return state_names[state];
}

bool
step_state_parse(const char *name, enum step_state *state)
{
	for (size_t i = 0; i < N_STATES; i++)
		if (strcmp(state_names[i], name) == 0) {
			*state = (enum step_state)i;
			return true;
		}
	return false;
}

#define AT(member) offsetof(struct casefile, member)
const struct case_setting case_settings[] = {
	{ "time", KIND_TIME, AT(saved) },
	{ "title", KIND_TEXT, AT(title) },
	{ "demo", KIND_TEXT, AT(demo) },
	{ "recorded", KIND_FLAG, AT(recorded) },
	{ "chosen", KIND_SIZE, AT(chosen) },
	{ "resolver", KIND_LIST, AT(look.resolvers) },
	{ "postfix", KIND_TEXT, AT(look.postfix_directory) },
	{ "own-facts", KIND_LIST, AT(look.own_facts) },
	{ "selector", KIND_TEXT, AT(look.selector) },
	{ "rules", KIND_TEXT, AT(look.rules_file) },
	{ "no-blocklists", KIND_FLAG, AT(look.no_blocklists) },
	{ "no-public-resolvers", KIND_FLAG, AT(look.no_public) },
	{ "timeout", KIND_NUMBER, AT(look.timeout_s) },
	{ "check-only", KIND_FLAG, AT(look.check_only) },
	{ NULL, KIND_TEXT, 0 },
};
#undef AT
/* One line; blanks at the ends of VALUE would get lost and are escaped. */
static void
write_named(const char *name, const char *value, struct str *out)
{
	size_t len;

	if (value == NULL)
		return;
	len = strlen(value);
	str_addf(out, "%s = ", name);
	if (len != 0 && (value[0] == ' ' || value[0] == '\t')) {
		str_addf(out, "\\x%02X", (unsigned char)value[0]);
		value++;
		len--;
	}
	if (len != 0 && (value[len - 1] == ' ' || value[len - 1] == '\t')) {
		replay_escape(value, len - 1, out);
		str_addf(out, "\\x%02X", (unsigned char)value[len - 1]);
	} else {
		replay_escape(value, len, out);
	}
	str_addc(out, '\n');
}

static void
write_time(time_t time, struct str *out)
{
	char text[64];
	struct tm parts;

	if (gmtime_r(&time, &parts) != NULL &&
	    strftime(text, sizeof text, CASE_TIME, &parts) != 0)
		str_adds(out, text);
	else
		str_adds(out, "1970-01-01T00:00:00Z");
}

static void
write_setting(const struct case_setting *row, const void *member, struct str *out)
{
	const char *const *list;

	switch (row->kind) {
	case KIND_TEXT:
		write_named(row->name, *(const char *const *)member, out);
		break;
	case KIND_LIST:
		list = *(const char *const *const *)member;
		for (; list != NULL && *list != NULL; list++)
			write_named(row->name, *list, out);
		break;
	case KIND_FLAG:
		write_named(row->name, *(const bool *)member ? "yes" : NULL,
		    out);
		break;
	case KIND_NUMBER:
		if (*(const int *)member > 0)
			str_addf(out, "%s = %d\n", row->name,
			    *(const int *)member);
		break;
	case KIND_SIZE:
		if (*(const size_t *)member > 0)
			str_addf(out, "%s = %zu\n", row->name,
			    *(const size_t *)member);
		break;
	case KIND_TIME:
		str_addf(out, "%s = ", row->name);
		write_time(*(const time_t *)member, out);
		str_addc(out, '\n');
		break;
	}
}

/* Zone and name are domain names; anything else in them would not read back
 * as one word. */
static bool
is_word(const char *text)
{
	return text != NULL && *text != '\0' && strpbrk(text, " \t\r\n") == NULL;
}

static void
write_change(const struct change *change, struct str *out)
{
	struct str line;

	if (change->kind != CHANGE_DNS || !is_word(change->name))
		return;
	str_init(&line, 4096);
	str_addf(&line, "%s %s %s", is_word(change->zone) ? change->zone :
	    change->name, change->name, dns_type_name(change->type));
	write_named("change", line.text, out);
	str_free(&line);
	for (const char *const *v = change->before; v != NULL && *v != NULL; v++)
		write_named("before", *v, out);
	for (const char *const *v = change->after; v != NULL && *v != NULL; v++)
		write_named("after", *v, out);
}

static void
write_step(const struct case_step *step, struct str *out)
{
	str_addf(out, "step = %s %s", step->id, state_names[step->state]);
	if (step->since != 0) {
		str_addc(out, ' ');
		write_time(step->since, out);
	}
	str_addc(out, '\n');
	write_named("title", step->title, out);
	write_named("note", step->note, out);
	write_named("other-way", step->other_way ? "yes" : NULL, out);
	write_named("later", step->later ? "yes" : NULL, out);
	for (size_t i = 0; i < step->n_changes; i++)
		write_change(&step->changes[i], out);
}

void
casefile_print(const struct casefile *saved, const char *facts,
    size_t facts_len, struct str *out)
{
	str_adds(out, "# A saved case of whybounce; \"whybounce resume\" goes "
	    "on with it.\n[saved]\n");
	str_addf(out, "version = %d\n", CASEFILE_VERSION);
	for (const struct case_setting *row = case_settings;
	    row->name != NULL; row++)
		write_setting(row, (const char *)saved + row->offset, out);
	str_adds(out, "\n[steps]\n");
	for (size_t i = 0; i < saved->n_steps; i++)
		write_step(&saved->steps[i], out);
	str_addc(out, '\n');
	str_add(out, facts, facts_len);
	str_adds(out, "\n[end]\n");
}
