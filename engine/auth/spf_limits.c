/* SPDX-License-Identifier: ISC
 * Knows that the worst case is a sender whom nothing lists: everything is
 * looked up for him, over both address families. */
#include "config.h"

#include "engine/auth/spf_limits.h"

static bool
is_limit(enum spf_cause cause)
{
	return cause == SPF_CAUSE_TOO_MANY_LOOKUPS ||
	    cause == SPF_CAUSE_TOO_MANY_VOID ||
	    cause == SPF_CAUSE_TOO_MANY_NAMES;
}

void
spf_fit_measure(struct arena *arena, struct facts *facts, const char *domain,
    struct spf_fit *out)
{
	static const char *const strangers[] = { SPF_STRANGER, SPF_STRANGER6 };
	const char *sender = arena_printf(arena, "postmaster@%s", domain);

	*out = (struct spf_fit){ .known = true };
	for (size_t i = 0; i < 2; i++) {
		const struct spf_judgement *spf = spf_judge(arena, facts,
		    &(struct spf_request){
			.ip = strangers[i], .sender = sender });

		out->wanted = out->wanted || spf->incomplete;
		if (spf->incomplete || spf->result == SPF_TEMPERROR)
			out->known = false;
		if (spf->lookups > out->lookups)
			out->lookups = spf->lookups;
		if (spf->voids > out->voids)
			out->voids = spf->voids;
		if (spf->result == SPF_PERMERROR && !is_limit(out->cause))
			out->cause = spf->cause;
	}
}

bool
spf_fits(const struct spf_fit *fit)
{
	return !fit->known || !is_limit(fit->cause);
}
