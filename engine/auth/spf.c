/* SPDX-License-Identifier: ISC
 * Knows who is judged and how the outcome of the walk becomes a judgement. */
#include "config.h"

#include "engine/auth/spf.h"

#include <string.h>

#include "engine/auth/spf_walk.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"

/* More than RFC 5321 4.5.3.1 allows; what is longer is no address. */
#define SENDER_MAX 1024

const char *
spf_result_name(enum spf_result result)
{
	static const char *const names[] = {
		[SPF_NONE] = "none",
		[SPF_NEUTRAL] = "neutral",
		[SPF_PASS] = "pass",
		[SPF_FAIL] = "fail",
		[SPF_SOFTFAIL] = "softfail",
		[SPF_TEMPERROR] = "temperror",
		[SPF_PERMERROR] = "permerror",
		[SPF_UNKNOWN] = "unknown"
	};

	return names[result];
}

/* Who is judged: RFC 7208 2.4 and 4.3. */
static void
set_identity(struct spf_walk *w, const struct spf_request *request)
{
	struct spf_macro_values *values = &w->values;
	const char *helo = request->helo != NULL ? request->helo : "";
	const char *sender = request->sender != NULL ? request->sender : "";
	const char *domain;

	helo = arena_strndup(w->arena, helo, strnlen(helo, SENDER_MAX));
	sender = arena_strndup(w->arena, sender, strnlen(sender, SENDER_MAX));
	domain = text_address_domain(sender);
	if (sender[0] == '\0')
		domain = helo;
	else if (domain == NULL)
		domain = sender;
	else
		values->local = arena_strndup(w->arena, sender,
		    (size_t)(domain - 1 - sender));
	if (values->local == NULL || values->local[0] == '\0')
		values->local = "postmaster";
	values->sender_domain = values->domain = domain;
	values->sender = arena_printf(w->arena, "%s@%s", values->local, domain);
	values->helo = helo[0] != '\0' ? helo : "unknown";
	values->receiver = request->receiver != NULL ?
		request->receiver : "unknown";
	values->client_name = "unknown";
}

/* The domain where it went wrong. */
static const char *
blamed_domain(const struct spf_blame *what)
{
	switch (what->cause) {
	case SPF_CAUSE_INCLUDE_NO_RECORD:
	case SPF_CAUSE_LOOP:
	case SPF_CAUSE_TOO_MANY_NAMES:
		return what->target;
	case SPF_CAUSE_DNS:
	case SPF_CAUSE_TOO_MANY_VOID:
		return what->fact != NULL ? what->fact->name : what->owner;
	case SPF_CAUSE_NO_RECORD:
	case SPF_CAUSE_BAD_DOMAIN:
	case SPF_CAUSE_SYNTAX:
	case SPF_CAUSE_TWO_RECORDS:
	case SPF_CAUSE_SELF_INCLUDE:
	case SPF_CAUSE_TOO_MANY_LOOKUPS:
		return what->owner;
	case SPF_CAUSE_NONE:
	case SPF_CAUSE_MATCH:
	case SPF_CAUSE_NO_MATCH:
		break;
	}
	return NULL;
}

static void
finish(struct spf_walk *w, enum spf_result result)
{
	struct spf_judgement *out = w->out;

	out->result = result;
	out->incomplete = result == SPF_UNKNOWN;
	if (out->incomplete) {
		w->blame = (struct spf_blame){ 0 };
		out->matched = out->explanation = NULL;
	}
	if (w->blame.cause != SPF_CAUSE_SYNTAX) {
		out->error_domain = out->error_message = NULL;
		out->error_offset = 0;
	}
	out->cause = w->blame.cause;
	out->blamed = blamed_domain(&w->blame);
	if (out->blamed != NULL)
		out->blamed = spf_target_shown(w->arena, out->blamed);
	out->steps = w->steps;
	out->facts = w->keys;
	out->reason = spf_reason(w);
}

const struct spf_judgement *
spf_judge(struct arena *arena, struct facts *facts,
    const struct spf_request *request)
{
	struct spf_judgement *out = arena_alloc(arena, sizeof *out);
	struct spf_walk walk = { .arena = arena, .facts = facts, .out = out };
	const char *ip = request->ip;

	ip = ip != NULL ? ip_canonical(arena, ip) : NULL;
	set_identity(&walk, request);
	out->domain = spf_target_shown(arena, walk.values.domain);
	if (ip != NULL)
		walk.match = spf_match_new(facts, ip, spf_use_fact, &walk);
	if (walk.match == NULL) {
		out->result = SPF_UNKNOWN;
		out->reason = _("The address of the sending server is not "
		    "known.");
		return out;
	}
	walk.values.ip = ip;
	finish(&walk, spf_walk_run(&walk));
	spf_match_free(&walk.match);
	return out;
}
