/* SPDX-License-Identifier: ISC
 * Knows the words: one sentence, for a person who reads about SPF for the
 * first time, that says why the result is what it is. */
#include "config.h"

#include "engine/auth/missing.h"
#include "engine/auth/spf_walk.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"

static const char *
target_of(const struct spf_walk *w)
{
	const char *target = w->blame.target;

	return target != NULL ? spf_target_shown(w->arena, target) : "";
}

static bool
by_redirect(const struct spf_walk *w)
{
	return w->blame.term != NULL && w->blame.term->kind == SPF_REDIRECT;
}

static const char *
reason_no_record(const struct spf_walk *w)
{
	const char *owner = w->blame.owner;

	if (w->blame.fact != NULL && w->blame.fact->status == FACT_NXDOMAIN)
		return arena_printf(w->arena,
		    _("The name %s does not exist in DNS, so it has no SPF "
		      "record."), owner);
	return arena_printf(w->arena, _("%s publishes no SPF record."), owner);
}

/* "all" decided, so no other term did. */
static const char *
reason_all(const struct spf_walk *w)
{
	const char *owner = w->blame.owner, *ip = w->values.ip;
	const char *term = w->blame.term->text;

	switch (w->blame.term->qualifier) {
	case '-':
		return arena_printf(w->arena,
		    _("The record of %s refuses every address that it does not "
		      "list (\"%s\"), and %s is not listed."), owner, term, ip);
	case '~':
		return arena_printf(w->arena,
		    _("The record of %s doubts every address that it does not "
		      "list (\"%s\"), and %s is not listed."), owner, term, ip);
	case '?':
		return arena_printf(w->arena,
		    _("The record of %s says nothing about addresses that it "
		      "does not list (\"%s\"), and %s is not listed."),
		    owner, term, ip);
	}
	return arena_printf(w->arena,
	    _("The record of %s allows every address in the world (\"%s\"), "
	      "%s too."), owner, term, ip);
}

static const char *
reason_match(const struct spf_walk *w)
{
	const char *owner = w->blame.owner, *ip = w->values.ip;
	const char *term = w->blame.term->text;

	if (w->blame.term->kind == SPF_ALL)
		return reason_all(w);
	switch (w->blame.term->qualifier) {
	case '-':
		return arena_printf(w->arena,
		    _("The record of %s refuses %s, by \"%s\"."), owner, ip,
		    term);
	case '~':
		return arena_printf(w->arena,
		    _("The record of %s doubts %s, by \"%s\"."), owner, ip,
		    term);
	case '?':
		return arena_printf(w->arena,
		    _("The record of %s says neither yes nor no about %s, by "
		      "\"%s\"."), owner, ip, term);
	}
	return arena_printf(w->arena,
	    _("The record of %s allows %s, by \"%s\"."), owner, ip, term);
}

static const char *
reason_include(const struct spf_walk *w)
{
	const struct spf_blame *what = &w->blame;
	const char *target = target_of(w);

	if (what->fact != NULL && what->fact->status == FACT_NXDOMAIN)
		return arena_printf(w->arena, by_redirect(w) ?
		    _("The record of %s redirects to %s, a name that does not "
		      "exist, so no receiver can evaluate it.") :
		    _("The record of %s includes %s, a name that does not "
		      "exist, so no receiver can evaluate it."),
		    what->owner, target);
	if (what->fact == NULL)
		return arena_printf(w->arena, by_redirect(w) ?
		    _("The record of %s redirects to \"%s\", which is not a "
		      "complete domain name.") :
		    _("The record of %s includes \"%s\", which is not a "
		      "complete domain name."),
		    what->owner, target);
	return arena_printf(w->arena, by_redirect(w) ?
	    _("The record of %s redirects to %s, which publishes no SPF "
	      "record, so no receiver can evaluate it.") :
	    _("The record of %s includes %s, which publishes no SPF record, so "
	      "no receiver can evaluate it."),
	    what->owner, target);
}

static const char *
reason_loop(const struct spf_walk *w)
{
	const struct spf_blame *what = &w->blame;

	if (what->cause == SPF_CAUSE_SELF_INCLUDE)
		return arena_printf(w->arena, by_redirect(w) ?
		    _("The record of %s redirects to itself, so no receiver "
		      "can evaluate it.") :
		    _("The record of %s includes itself, so no receiver can "
		      "evaluate it."), what->owner);
	return arena_printf(w->arena,
	    _("The record of %s leads in a circle: that of %s points back to "
	      "it, so no receiver can evaluate it."),
	    target_of(w), what->owner);
}

static const char *
reason_limit(const struct spf_walk *w)
{
	const struct spf_blame *what = &w->blame;

	switch (what->cause) {
	case SPF_CAUSE_TOO_MANY_LOOKUPS:
		return arena_printf(w->arena,
		    _("The record of %s needs %d DNS look-ups, those of its "
		      "includes counted; receivers stop at %d."),
		    w->out->domain, w->out->lookups, SPF_MAX_LOOKUPS);
	case SPF_CAUSE_TOO_MANY_VOID:
		return arena_printf(w->arena,
		    _("%d look-ups for the record of %s find nothing, the last "
		      "for %s; receivers allow %d."), w->out->voids,
		    w->out->domain, what->fact != NULL ? what->fact->name :
		    what->owner, SPF_MAX_VOIDS);
	case SPF_CAUSE_TOO_MANY_NAMES:
		return arena_printf(w->arena,
		    _("%s has %zu mail servers (MX); \"mx\" in an SPF record "
		      "allows at most 10."), target_of(w),
		    what->fact != NULL ? what->fact->n_values : 0);
	case SPF_CAUSE_NONE:
	case SPF_CAUSE_NO_RECORD:
	case SPF_CAUSE_BAD_DOMAIN:
	case SPF_CAUSE_MATCH:
	case SPF_CAUSE_NO_MATCH:
	case SPF_CAUSE_DNS:
	case SPF_CAUSE_SYNTAX:
	case SPF_CAUSE_TWO_RECORDS:
	case SPF_CAUSE_INCLUDE_NO_RECORD:
	case SPF_CAUSE_SELF_INCLUDE:
	case SPF_CAUSE_LOOP:
		break;
	}
	return NULL;
}

const char *
spf_reason(const struct spf_walk *w)
{
	const struct spf_blame *what = &w->blame;

	switch (what->cause) {
	case SPF_CAUSE_NONE:
		return fact_not_yet(w->arena, w->wanted);
	case SPF_CAUSE_NO_RECORD:
		return reason_no_record(w);
	case SPF_CAUSE_BAD_DOMAIN:
		return arena_printf(w->arena,
		    _("\"%s\" is not a complete domain name, so there is no "
		      "SPF record to look at."),
		    text_safe(w->arena, what->owner));
	case SPF_CAUSE_MATCH:
		return reason_match(w);
	case SPF_CAUSE_NO_MATCH:
		return arena_printf(w->arena,
		    _("The record of %s does not list %s and does not say what "
		      "holds for others (\"all\" is missing)."), what->owner,
		    w->values.ip);
	case SPF_CAUSE_DNS:
		return what->fact != NULL ?
			fact_failure(w->arena, what->fact) :
			_("A DNS answer that is needed did not come.");
	case SPF_CAUSE_SYNTAX:
		return arena_printf(w->arena,
		    _("The record of %s has a mistake at character %zu: %s."),
		    what->owner, w->out->error_offset + 1,
		    w->out->error_message);
	case SPF_CAUSE_TWO_RECORDS:
		return arena_printf(w->arena,
		    _("%s publishes %zu SPF records; only one is allowed, so "
		      "receivers use none of them."), what->owner,
		    what->number);
	case SPF_CAUSE_INCLUDE_NO_RECORD:
		return reason_include(w);
	case SPF_CAUSE_SELF_INCLUDE:
	case SPF_CAUSE_LOOP:
		return reason_loop(w);
	case SPF_CAUSE_TOO_MANY_LOOKUPS:
	case SPF_CAUSE_TOO_MANY_VOID:
	case SPF_CAUSE_TOO_MANY_NAMES:
		return reason_limit(w);
	}
	return NULL;
}
