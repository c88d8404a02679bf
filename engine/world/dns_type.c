/* SPDX-License-Identifier: ISC
 * Names of record types and of the states of a fact, and what a state means.
 */
#include "config.h"

#include "engine/world/facts.h"

#include "engine/base/text.h"

static const struct {
	enum dns_type type;
	const char *name;
} types[] = {
	{ DNS_A, "A" },
	{ DNS_NS, "NS" },
	{ DNS_CNAME, "CNAME" },
	{ DNS_SOA, "SOA" },
	{ DNS_PTR, "PTR" },
	{ DNS_MX, "MX" },
	{ DNS_TXT, "TXT" },
	{ DNS_AAAA, "AAAA" },
	{ DNS_SPF, "SPF" },
};

#define N_TYPES (sizeof types / sizeof types[0])

const char *
dns_type_name(enum dns_type type)
{
	for (size_t i = 0; i < N_TYPES; i++) {
		if (types[i].type == type)
			return types[i].name;
	}
	return "?";
}

bool
dns_type_parse(const char *text, enum dns_type *type)
{
	for (size_t i = 0; i < N_TYPES; i++) {
		if (text_same(types[i].name, text)) {
			*type = types[i].type;
			return true;
		}
	}
	return false;
}

const char *
fact_status_name(enum fact_status status)
{
	switch (status) {
	case FACT_WANTED:
		return "wanted";
	case FACT_OK:
		return "ok";
	case FACT_NXDOMAIN:
		return "nxdomain";
	case FACT_NODATA:
		return "nodata";
	case FACT_SERVFAIL:
		return "servfail";
	case FACT_TIMEOUT:
		return "timeout";
	case FACT_REFUSED:
		return "refused";
	case FACT_INVALID:
		return "invalid";
	}
	return "?";
}

const char *
fact_trouble_name(enum fact_trouble trouble)
{
	static const char *const names[] = {
		[TROUBLE_NONE] = "none",
		[TROUBLE_SILENT] = "timeout",
		[TROUBLE_UNMATCHED] = "unmatched",
		[TROUBLE_UNREACHABLE] = "unreachable",
		[TROUBLE_NO_TCP] = "no-tcp",
		[TROUBLE_SERVFAIL] = "servfail",
		[TROUBLE_REFUSED] = "refused",
		[TROUBLE_INVALID] = "invalid",
		[TROUBLE_LOOP] = "loop",
		[TROUBLE_LAME] = "lame",
		[TROUBLE_ALIAS] = "alias",
	};

	return names[trouble];
}

bool
fact_known(const struct fact *fact)
{
	return fact->status == FACT_OK || fact_empty(fact);
}

bool
fact_empty(const struct fact *fact)
{
	return fact->status == FACT_NXDOMAIN || fact->status == FACT_NODATA;
}
