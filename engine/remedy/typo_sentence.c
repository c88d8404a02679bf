/* SPDX-License-Identifier: ISC
 * What is said of each mistake. Hides the table of sentences. */
#include "config.h"

#include "engine/remedy/typo_parts.h"

#include <string.h>

#include "engine/base/i18n.h"

static const struct sentence {
	const char *id, *text;
} sentences[] = {
	{ "typo.two-records", N_("There are two records now, the new one and "
		"an old one beside it. Delete the old one: {old}") },
	{ "typo.name-doubled", N_("The record was put at {found}. The panel "
		"adds the name of the zone by itself: enter only the part "
		"before it.") },
	{ "typo.wrong-name", N_("The record was put at {found}, but it belongs "
		"at {name}.") },
	{ "typo.wrong-type", N_("The record was made with the type {type}, "
		"which receivers do not read. It must be of type TXT.") },
	{ "typo.alias", N_("{name} is an alias (CNAME) of {found}. A name with "
		"an alias can have no other record: take the alias away, or "
		"put the record at {found}.") },
	{ "typo.others-lost", N_("Another record that stood at {name} is gone: "
		"{old}") },
	{ "typo.value-doubled", N_("The name of the zone was added to the "
		"value. Enter it with a full stop at its end: {wanted}.") },
	{ "typo.value-short", N_("The value is only the beginning of the name. "
		"Enter it as a whole: {wanted}") },
	{ "typo.quotes", N_("Quotation marks have become part of the value. "
		"Enter it without them.") },
	{ "typo.backslash", N_("Backslashes have become part of the value. "
		"Enter it without them.") },
	{ "typo.smart-quotes", N_("Typographic quotation marks have become "
		"part of the value. Enter it without them.") },
	{ "typo.full-width", N_("The value has full-width characters. Switch "
		"the keyboard to half-width, or copy the value once more.") },
	{ "typo.no-break-blank", N_("A blank in the value is a non-breaking "
		"one. Type it again with the space bar.") },
	{ "typo.zero-width", N_("The value has a character that cannot be "
		"seen. Copy the value once more from here.") },
	{ "typo.dash", N_("A long dash stands where a hyphen (-) "
		"belongs.") },
	{ "typo.line-break", N_("A line break has become part of the value. "
		"It must be on one line.") },
	{ "typo.blank-at-255", N_("A blank was put in where the value goes on "
		"after 255 characters. Its parts must be joined without "
		"one.") },
	{ "typo.blanks", N_("Blanks are missing, or there are too many, from "
		"character {position} on.") },
	{ "typo.semicolon", N_("A semicolon is missing or too much at "
		"character {position}.") },
	{ "typo.case", N_("Capital and small letters were changed, from "
		"character {position} on. In a key they are not the same.") },
	{ "typo.cut-at-255", N_("The value was cut off after 255 characters. "
		"It has {whole}: enter it as several strings, or as the panel "
		"wants long values.") },
	{ "typo.cut", N_("The value ends after {length} of {whole} "
		"characters.") },
	{ "typo.pasted-twice", N_("The value was pasted twice.") },
	{ "typo.whole-line", N_("More than the value was entered. The name and "
		"the type have fields of their own.") },
	{ "typo.goes-on", N_("The value goes on after its end, at character "
		"{position}: {there}") },
	{ "typo.placeholder", N_("The value has the placeholder of an example "
		"in it. Copy the value from here.") },
	{ "typo.different", N_("The value is another one: character {position} "
		"is {there}, and should be {wanted}.") },
};

#define N_SENTENCES (sizeof sentences / sizeof sentences[0])

const char *
typo_id(size_t i)
{
	return i < N_SENTENCES ? sentences[i].id : NULL;
}

struct typo_mistake *
typo_add(struct mistakes *m, const char *id, const struct placeholder *values)
{
	struct typo_mistake *mistake;

	if (m->n == TYPO_MAX_MISTAKES)
		return NULL;
	mistake = &m->list[m->n++];
	*mistake = (struct typo_mistake){ .id = id };
	for (size_t i = 0; i < N_SENTENCES; i++) {
		if (strcmp(sentences[i].id, id) == 0)
			mistake->sentence = fill_text(m->arena,
				sentences[i].text, values);
	}
	return mistake;
}
