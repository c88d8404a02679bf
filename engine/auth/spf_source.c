/* SPDX-License-Identifier: ISC
 * Knows which TXT at a name is its SPF record, and how names from macros are
 * written for DNS. Hides the cache from the walk. */
#include "config.h"

#include <string.h>

#include "engine/auth/missing.h"
#include "engine/auth/spf_walk.h"
#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/world/dns_name.h"

const char *
spf_find_record(struct arena *arena, const struct fact *txt, size_t *count)
{
	const char *record = NULL;
	size_t n = 0;

	for (size_t i = 0; txt->status == FACT_OK && i < txt->n_values; i++) {
		const struct fact_value *value = &txt->values[i];

		if (!spf_is_record(value->text, value->len))
			continue;
		n++;
		record = arena_strndup(arena, value->text, value->len);
	}
	if (count != NULL)
		*count = n;
	return n == 1 ? record : NULL;
}

static const struct fact_value *
only_record(const struct fact *txt, size_t *count)
{
	const struct fact_value *record = NULL;

	*count = 0;
	for (size_t i = 0; i < txt->n_values; i++) {
		if (!spf_is_record(txt->values[i].text, txt->values[i].len))
			continue;
		record = &txt->values[i];
		(*count)++;
	}
	return record;
}

void
spf_source_read(struct arena *arena, struct facts *facts, const char *domain,
    struct spf_source *source)
{
	const struct fact_value *value;

	*source = (struct spf_source){ .found = SPF_FOUND_NONE,
		.fact = facts_dns(facts, domain, DNS_TXT) };
	if (fact_missing(facts, source->fact))
		source->found = SPF_FOUND_WANTED;
	else if (!fact_known(source->fact))
		source->found = SPF_FOUND_FAILED;
	if (source->fact->status != FACT_OK)
		return;
	value = only_record(source->fact, &source->count);
	if (source->count > 1)
		source->found = SPF_FOUND_SEVERAL;
	else if (source->count == 1)
		source->found = spf_parse(arena, value->text, value->len,
		    &source->record) ? SPF_FOUND : SPF_FOUND_FAULTY;
}

const char *
spf_target_name(struct arena *arena, const char *name)
{
	char normal[DNS_NAME_SIZE];
	struct str escaped;
	bool ok;

	str_init(&escaped, DNS_NAME_SIZE);
	for (const char *p = name; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		/* an expanded macro has no escapes: octets mean themselves */
		if (c == '\\' || c <= ' ' || c > 0x7e)
			str_addf(&escaped, "\\%03u", c);
		else
			str_addc(&escaped, (char)c);
	}
	ok = !escaped.cut &&
		dns_name_normal(escaped.text, escaped.len, normal) &&
		strcmp(normal, ".") != 0;
	str_free(&escaped);
	return ok ? arena_strdup(arena, normal) : NULL;
}

const char *
spf_target_shown(struct arena *arena, const char *name)
{
	const char *normal = spf_target_name(arena, name);

	return normal != NULL ? normal : text_safe(arena, name);
}

bool
spf_queries_dns(enum spf_kind kind)
{
	return kind == SPF_INCLUDE || kind == SPF_A || kind == SPF_MX ||
		kind == SPF_PTR || kind == SPF_EXISTS || kind == SPF_REDIRECT;
}

const struct spf_term *
spf_find_all(const struct spf_record *record)
{
	for (size_t i = 0; i < record->n_terms; i++)
		if (record->terms[i].kind == SPF_ALL)
			return &record->terms[i];
	return NULL;
}
