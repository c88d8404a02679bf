/* SPDX-License-Identifier: ISC
 * Knows how RFC 7208 evaluates a record: the walk over terms, includes and
 * redirects, the limits, what an answer that is missing leaves open. */
#include "config.h"

#include "engine/auth/spf_walk.h"

#include <string.h>

#include "engine/auth/missing.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"

static enum spf_result check_domain(struct spf_walk *w, const char *written,
    const struct spf_frame *above, bool redirected);

/* ---- the trace ---- */

void
spf_use_fact(void *arg, const struct fact *fact)
{
	struct spf_walk *w = arg;

	if (fact_missing(w->facts, fact)) {
		if (w->wanted == NULL)
			w->wanted = fact;
	} else if (fact_empty(fact)) {
		w->empty = fact;
	} else if (!fact_known(fact)) {
		w->failed = fact;
	}
	for (size_t i = 0; i < w->out->n_facts; i++)
		if (strcmp(w->keys[i], fact->key) == 0)
			return;
	w->keys = arena_grow(w->arena, w->keys, w->out->n_facts,
	    sizeof *w->keys);
	w->keys[w->out->n_facts++] = fact->key;
}

/* A step for TERM; its index, since the array moves as it grows. */
static size_t
begin_step(struct spf_walk *w, const struct spf_frame *frame,
    const struct spf_term *term)
{
	size_t n = w->out->n_steps;

	w->steps = arena_grow(w->arena, w->steps, n, sizeof *w->steps);
	w->steps[n] = (struct spf_step){ .depth = frame->depth,
		.domain = frame->domain, .term = term->text,
		.offset = term->offset, .length = term->length };
	w->out->n_steps++;
	return n;
}

static enum spf_result
end_step(struct spf_walk *w, size_t step, enum spf_result outcome)
{
	w->steps[step].outcome = outcome;
	w->steps[step].lookups = w->out->lookups;
	w->steps[step].voids = w->out->voids;
	return outcome;
}

/* ---- one mechanism ---- */

enum spf_result
spf_blame_on(struct spf_walk *w, enum spf_result result,
    struct spf_blame what)
{
	w->blame = what;
	return result;
}

/* Count a DNS-querying term; false when it is one too many. */
static bool
count_lookup(struct spf_walk *w, const struct spf_frame *frame,
    const struct spf_term *term)
{
	if (++w->out->lookups <= SPF_MAX_LOOKUPS)
		return true;
	w->over = true;
	spf_blame_on(w, SPF_PERMERROR, (struct spf_blame){
		.cause = SPF_CAUSE_TOO_MANY_LOOKUPS, .owner = frame->domain,
		.term = term });
	return false;
}

/* The limit is broken: count what the rest of RECORD, from term FROM on, and
 * the record at TARGET (may be NULL) would need, to tell the true number. */
static void
count_rest(struct spf_walk *w, const struct spf_frame *frame,
    const struct spf_record *record, size_t from, const char *target)
{
	struct spf_count count = { .arena = w->arena, .facts = w->facts,
		.values = &w->values, .lookups = w->out->lookups };

	if (target != NULL)
		spf_count_domain(&count, target, frame);
	if (record != NULL)
		spf_count_terms(&count, record, from, frame);
	w->out->lookups = count.lookups;
}

/* Is the record that include or redirect leads to already being evaluated?
 * Everything would happen again the same way, until a limit is met. */
static bool
is_loop(struct spf_walk *w, const struct spf_frame *frame,
    const struct spf_term *term, const char *name)
{
	name = spf_target_name(w->arena, name);
	for (const struct spf_frame *f = frame; f != NULL && name != NULL;
	    f = f->above) {
		if (strcmp(f->domain, name) != 0)
			continue;
		w->blame = (struct spf_blame){ .owner = frame->domain,
			.term = term, .target = name,
			.cause = f == frame ? SPF_CAUSE_SELF_INCLUDE :
			SPF_CAUSE_LOOP };
		return true;
	}
	return false;
}

/* The result of the record that TERM (include or redirect) leads to; a target
 * without record becomes permerror (RFC 7208 5.2, 6.1). */
static enum spf_result
follow(struct spf_walk *w, const struct spf_frame *frame,
    const struct spf_term *term, const char *name)
{
	enum spf_result result;

	if (is_loop(w, frame, term, name))
		return SPF_PERMERROR;
	result = check_domain(w, name, frame, term->kind == SPF_REDIRECT &&
	    (frame->redirected || frame->above == NULL));
	if (result != SPF_NONE)
		return result;
	return spf_blame_on(w, SPF_PERMERROR, (struct spf_blame){
		.cause = SPF_CAUSE_INCLUDE_NO_RECORD, .owner = frame->domain,
		.term = term, .target = name, .fact = w->blame.fact });
}

static enum spf_result
match_include(struct spf_walk *w, const struct spf_frame *frame,
    const struct spf_term *term, const char *name)
{
	enum spf_result result = follow(w, frame, term, name);

	switch (result) {
	case SPF_PASS:
	case SPF_TEMPERROR:
	case SPF_PERMERROR:
	case SPF_UNKNOWN:
		return result;
	case SPF_NONE:
	case SPF_NEUTRAL:
	case SPF_FAIL:
	case SPF_SOFTFAIL:
		break;
	}
	return SPF_NEUTRAL;
}

/* The mechanism TERM: PASS (match), NEUTRAL (none), an error, or UNKNOWN. */
static enum spf_result
match_term(struct spf_walk *w, const struct spf_frame *frame,
    const struct spf_term *term, size_t step)
{
	const char *name;
	bool counted;

	if (term->kind == SPF_ALL)
		return SPF_PASS;
	if (term->kind == SPF_IP4 || term->kind == SPF_IP6) {
		w->steps[step].target = term->argument;
		return spf_match_address(w, term);
	}
	counted = count_lookup(w, frame, term);
	name = spf_expand_target(w, frame, term);
	if (name == NULL)
		return counted ? SPF_UNKNOWN : SPF_PERMERROR;
	w->steps[step].target = spf_target_shown(w->arena, name);
	if (!counted) {
		if (term->kind == SPF_INCLUDE)
			count_rest(w, frame, NULL, 0, name);
		return SPF_PERMERROR;
	}
	if (term->kind == SPF_INCLUDE)
		return match_include(w, frame, term, name);
	return spf_match_name(w, frame, term, name);
}

/* ---- one record ---- */

static enum spf_result
qualified(char qualifier)
{
	switch (qualifier) {
	case '-':
		return SPF_FAIL;
	case '~':
		return SPF_SOFTFAIL;
	case '?':
		return SPF_NEUTRAL;
	}
	return SPF_PASS;
}

/* RFC 7208 6.2: the explanation is of the record that says fail, not of an
 * included one; anything wrong with it means that there is none. */
static void
explain(struct spf_walk *w, const struct spf_frame *frame,
    const struct spf_term *exp)
{
	const char *name = spf_expand_target(w, frame, exp), *text;
	const struct fact *fact;

	if (name != NULL)
		name = spf_target_name(w->arena, name);
	if (name == NULL)
		return;
	fact = facts_dns(w->facts, name, DNS_TXT);
	if (fact->status != FACT_OK || fact->n_values != 1 ||
	    !spf_explanation_valid(fact->values[0].text, fact->values[0].len))
		return;
	text = fact->values[0].text;
	if (spf_learn_client_name(w, frame, text))
		w->out->explanation = text_safe(w->arena,
		    spf_macro_expand(w->arena, text, &w->values));
}

static enum spf_result
redirect(struct spf_walk *w, const struct spf_frame *frame,
    const struct spf_record *record)
{
	const struct spf_term *term = record->redirect;
	size_t step = begin_step(w, frame, term);
	enum spf_result result = SPF_UNKNOWN;
	bool counted = count_lookup(w, frame, term), decided;
	const char *name = spf_expand_target(w, frame, term);

	if (name != NULL)
		w->steps[step].target = spf_target_shown(w->arena, name);
	if (!counted) {
		if (name != NULL)
			count_rest(w, frame, NULL, 0, name);
		result = SPF_PERMERROR;
	} else if (name != NULL) {
		result = follow(w, frame, term, name);
	}
	decided = result == SPF_PASS || result == SPF_FAIL ||
		result == SPF_SOFTFAIL || result == SPF_NEUTRAL;
	if (decided && frame->above == NULL &&
	    w->blame.cause == SPF_CAUSE_MATCH)
		w->out->matched = term->text;
	end_step(w, step, decided ? SPF_PASS : result);
	return result;
}

/* TERM matched in the record of FRAME. */
static enum spf_result
matched(struct spf_walk *w, const struct spf_frame *frame,
    const struct spf_record *record, const struct spf_term *term)
{
	enum spf_result result = qualified(term->qualifier);
	bool own = frame->above == NULL;

	if (!own && !frame->redirected)
		return result;
	w->blame = (struct spf_blame){ .cause = SPF_CAUSE_MATCH,
		.owner = frame->domain, .term = term };
	if (own)
		w->out->matched = term->text;
	if (result == SPF_FAIL && record->exp != NULL)
		explain(w, frame, record->exp);
	return result;
}

static enum spf_result
walk_record(struct spf_walk *w, const struct spf_frame *frame,
    const struct spf_record *record)
{
	enum spf_result result = SPF_NEUTRAL;
	bool unknown = false;

	for (size_t i = 0; i < record->n_terms; i++) {
		const struct spf_term *term = &record->terms[i];
		size_t step;

		if (term->kind == SPF_REDIRECT || term->kind == SPF_EXP ||
		    term->kind == SPF_UNKNOWN_MODIFIER)
			continue;
		step = begin_step(w, frame, term);
		result = end_step(w, step, match_term(w, frame, term, step));
		unknown = unknown || result == SPF_UNKNOWN;
		if (w->over)
			count_rest(w, frame, record, i + 1, NULL);
		/* what is unknown may match or not: walk on */
		else if (result == SPF_NEUTRAL || result == SPF_UNKNOWN)
			continue;
		if (unknown)
			return SPF_UNKNOWN;
		return result == SPF_PASS ?
			matched(w, frame, record, term) : result;
	}
	if (record->redirect != NULL)   /* "all" would have matched */
		result = redirect(w, frame, record);
	else if (frame->above == NULL || frame->redirected)
		result = spf_blame_on(w, SPF_NEUTRAL, (struct spf_blame){
			.cause = SPF_CAUSE_NO_MATCH, .owner = frame->domain });
	else
		result = SPF_NEUTRAL;
	return unknown ? SPF_UNKNOWN : result;
}

/* RFC 7208 section 4, check_host(). */
static enum spf_result
check_domain(struct spf_walk *w, const char *written,
    const struct spf_frame *above, bool redirected)
{
	struct spf_frame frame = { .written = written, .above = above,
		.depth = above != NULL ? above->depth + 1 : 0,
		.redirected = redirected };
	struct spf_blame what = { 0 };
	struct spf_source source;

	frame.domain = spf_target_name(w->arena, written);
	if (frame.domain == NULL || strchr(frame.domain, '.') == NULL ||
	    frame.domain[0] == '[')     /* RFC 7208 4.3 */
		return spf_blame_on(w, SPF_NONE, (struct spf_blame){
			.cause = SPF_CAUSE_BAD_DOMAIN, .owner = written });
	spf_source_read(w->arena, w->facts, frame.domain, &source);
	spf_use_fact(w, source.fact);
	what.owner = frame.domain;
	what.fact = source.fact;
	what.number = source.count;
	if (above == NULL && source.count == 1)
		w->out->record = source.record.text;
	switch (source.found) {
	case SPF_FOUND:
		return walk_record(w, &frame, &source.record);
	case SPF_FOUND_WANTED:
		return SPF_UNKNOWN;
	case SPF_FOUND_FAILED:
		what.cause = SPF_CAUSE_DNS;
		return spf_blame_on(w, SPF_TEMPERROR, what);
	case SPF_FOUND_NONE:
		what.cause = SPF_CAUSE_NO_RECORD;
		return spf_blame_on(w, SPF_NONE, what);
	case SPF_FOUND_SEVERAL:
		what.cause = SPF_CAUSE_TWO_RECORDS;
		return spf_blame_on(w, SPF_PERMERROR, what);
	case SPF_FOUND_FAULTY:
		what.cause = SPF_CAUSE_SYNTAX;
		w->out->error_domain = frame.domain;
		w->out->error_offset = source.record.error_offset;
		w->out->error_message = _(source.record.error);
		return spf_blame_on(w, SPF_PERMERROR, what);
	}
	return SPF_PERMERROR;
}

enum spf_result
spf_walk_run(struct spf_walk *w)
{
	return check_domain(w, w->values.domain, NULL, false);
}
