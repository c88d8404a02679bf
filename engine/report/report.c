/* SPDX-License-Identifier: ISC
 * Looking up the evidence of a finding by its key. */
#include "config.h"

#include "engine/report/report.h"

#include <string.h>

bool
report_fact_is_dns(const struct fact *fact)
{
	return strncmp(fact->key, "dns ", 4) == 0;
}

const struct fact *
report_fact(const struct facts *facts, const char *key)
{
	for (size_t i = 0; facts != NULL && i < facts_count(facts); i++) {
		const struct fact *fact = facts_at(facts, i);

		if (strcmp(fact->key, key) == 0)
			return fact;
	}
	return NULL;
}
