/* SPDX-License-Identifier: ISC
 * Knows how one mechanism is made ready for the matcher, and what its look-ups
 * mean for the limits. Hides what libspf2 cannot do itself. */
#include "config.h"

#include <string.h>

#include "engine/auth/spf_walk.h"

/* The look-ups of %{p} are no terms and count for no limit: RFC 7208 4.6.4. */
bool
spf_learn_client_name(struct spf_walk *w, const struct spf_frame *frame,
    const char *text)
{
	struct spf_match_log log;

	w->values.domain = frame->written;
	if (!spf_macro_uses(text, 'p'))
		return true;
	w->values.client_name = spf_match_client_name(w->match, w->arena,
	    frame->written, &log);
	return !log.wanted;
}

const char *
spf_expand_target(struct spf_walk *w, const struct spf_frame *frame,
    const struct spf_term *term)
{
	if (term->argument == NULL)
		return frame->written;
	if (!spf_learn_client_name(w, frame, term->argument))
		return NULL;
	return spf_macro_expand_name(w->arena, term->argument, &w->values);
}

/* Can NAME be written into a record as it is, so that it means itself? */
static bool
is_plain(struct arena *arena, const char *name)
{
	struct spf_record record;
	const char *text;

	if (name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-")] !=
	    '\0')
		return false;
	text = arena_printf(arena, "v=spf1 a:%s", name);
	return spf_parse(arena, text, strlen(text), &record);
}

/* What the look-ups of a mechanism say beside match or no match. */
static enum spf_result
judge_log(struct spf_walk *w, const struct spf_frame *frame,
    const struct spf_term *term, const char *name, enum spf_result result,
    const struct spf_match_log *log)
{
	struct spf_blame what = { .owner = frame->domain, .term = term,
		.target = name };

	w->out->voids += log->voids;
	if (log->too_many_names) {
		what.cause = SPF_CAUSE_TOO_MANY_NAMES;
		what.fact = facts_dns(w->facts, name, DNS_MX);
		return spf_blame_on(w, SPF_PERMERROR, what);
	}
	if (log->wanted)
		return SPF_UNKNOWN;
	if (w->out->voids > SPF_MAX_VOIDS) {
		what.cause = SPF_CAUSE_TOO_MANY_VOID;
		what.fact = w->empty;
		return spf_blame_on(w, SPF_PERMERROR, what);
	}
	if (result == SPF_TEMPERROR) {
		what.cause = SPF_CAUSE_DNS;
		what.fact = w->failed;
		return spf_blame_on(w, SPF_TEMPERROR, what);
	}
	/* a name that libspf2 refuses cannot exist: RFC 7208 4.8 */
	return result == SPF_PASS ? SPF_PASS : SPF_NEUTRAL;
}

enum spf_result
spf_match_name(struct spf_walk *w, const struct spf_frame *frame,
    const struct spf_term *term, const char *name)
{
	bool v6 = ip_is_v6(w->values.ip);
	bool host = term->kind == SPF_A || term->kind == SPF_MX;
	int prefix = v6 ? term->prefix6 : term->prefix4;
	const char *cidr = "", *shown, *mechanism;
	struct spf_match_log log;
	enum spf_result result;

	name = spf_target_name(w->arena, name);
	if (name == NULL)       /* RFC 7208 4.8: no match, nothing is asked */
		return SPF_NEUTRAL;
	/* libspf2 refuses "/0"; it matches when there is any address */
	if (host && prefix != 0)
		cidr = arena_printf(w->arena, v6 ? "//%d" : "/%d", prefix);
	shown = is_plain(w->arena, name) ? name : SPF_MATCH_STAND_IN;
	mechanism = arena_printf(w->arena, "%s:%s%s",
	    spf_kind_name(term->kind), shown, cidr);
	result = spf_match_mechanism(w->match, mechanism, name, &log);
	if (host && prefix == 0 && result == SPF_NEUTRAL && log.addresses)
		result = SPF_PASS;
	return judge_log(w, frame, term, name, result, &log);
}

enum spf_result
spf_match_address(struct spf_walk *w, const struct spf_term *term)
{
	bool v6 = ip_is_v6(w->values.ip);
	int prefix = v6 ? term->prefix6 : term->prefix4;
	struct spf_match_log log;
	const char *mechanism;

	if (v6 != (term->kind == SPF_IP6))
		return SPF_NEUTRAL;
	if (prefix == 0)        /* libspf2 refuses it */
		return SPF_PASS;
	mechanism = arena_printf(w->arena, "%s:%s/%d",
	    spf_kind_name(term->kind), term->argument, prefix);
	return spf_match_mechanism(w->match, mechanism, NULL, &log);
}
