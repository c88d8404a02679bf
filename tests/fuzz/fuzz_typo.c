/* SPDX-License-Identifier: ISC
 * Any octets as what a name server has instead of the record: it ends, what is
 * shown is harmless, and the same text is right. Input: the wanted value, a
 * NUL, then published values, a NUL between them. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/remedy/typo.h"

#define MAX_VALUES 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_shown(const char *text)
{
	for (; text != NULL && *text != '\0'; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			abort();
	}
}

static void
check_typo(const struct typo *typo)
{
	for (size_t i = 0; i < typo->n_mistakes; i++) {
		const struct typo_mistake *mistake = &typo->mistakes[i];

		if (mistake->sentence == NULL || mistake->id == NULL)
			abort();
		check_shown(mistake->sentence);
		check_shown(mistake->wanted);
		check_shown(mistake->published);
		check_shown(mistake->prefix);
	}
}

static size_t
split(struct arena *arena, const uint8_t *data, size_t size,
    struct fact_value *values)
{
	size_t n = 0, at = 0;

	while (at < size && n < MAX_VALUES) {
		const uint8_t *end = memchr(data + at, 0, size - at);
		size_t len = end != NULL ? (size_t)(end - data) - at :
			size - at;

		values[n].text = arena_strndup(arena,
			(const char *)data + at, len);
		values[n++].len = len;
		at += len + 1;
	}
	return n;
}

static void
judge(struct arena *arena, const struct change *change, struct fact *fact)
{
	struct typo_place places[TYPO_MAX_PLACES];
	size_t n = typo_places(arena, change, "example.net", places);

	check_typo(typo_judge(arena, change, fact));
	for (size_t i = 0; i < n; i++)
		typo_found(arena, change, &places[i], fact);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct {
		const char *name;
		enum dns_type type;
	} kinds[] = {
		{ "example.net", DNS_TXT },
		{ "s1._domainkey.example.net", DNS_TXT },
		{ "mail.example.net", DNS_CNAME },
	};
	struct arena *arena = arena_new();
	struct fact_value values[MAX_VALUES] = { { NULL, 0, NULL, 0 } };
	size_t n = split(arena, data, size, values);

	for (size_t i = 0; n != 0 && i < 3; i++) {
		struct change change = {
			.kind = CHANGE_DNS, .zone = "example.net",
			.name = kinds[i].name, .type = kinds[i].type,
			.before = (const char *[]){ NULL },
			.after = (const char *[]){ values[0].text, NULL },
		};
		struct fact fact = {
			.name = kinds[i].name, .type = kinds[i].type,
			.status = FACT_OK, .values = values + 1,
			.n_values = n - 1,
		};

		judge(arena, &change, &fact);
		fact.values = values;
		fact.n_values = 1;
		if (typo_judge(arena, &change, &fact)->state != TYPO_RIGHT)
			abort();
	}
	arena_free(&arena);
	return 0;
}
