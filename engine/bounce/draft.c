/* SPDX-License-Identifier: ISC
 * Knows when two drafts tell the same refusal. Hides their list. */
#include "config.h"

#include "engine/bounce/draft.h"

#include <string.h>

#include "engine/base/text.h"

/* So much of two replies is compared. */
#define COMPARE_MAX 400

struct draft *
draft_add(struct drafts *drafts, enum bounce_form form, size_t start,
    size_t end)
{
	struct draft *draft;

	if (drafts->n >= DRAFTS_MAX)
		return NULL;
	drafts->list = arena_grow(drafts->arena, drafts->list, drafts->n,
	    sizeof *drafts->list);
	draft = &drafts->list[drafts->n++];
	*draft = (struct draft){ .bounce = { .form = form, .start = start,
		.end = end, .connect_delay = -1 } };
	return draft;
}

static void
fill(const char **to, const char *from)
{
	if (*to == NULL)
		*to = from;
}

/* Only letters and digits count: wrapping and quoting change the rest. */
static bool
next_letter(const char **p, char *c)
{
	while (**p != '\0' && !is_word(**p))
		(*p)++;
	if (**p == '\0')
		return false;
	*c = text_lower(*(*p)++);
	return true;
}

static const char *
skip_codes(const char *text)
{
	while (is_digit(*text) || *text == ' ' || *text == '.' || *text == '-')
		text++;
	return text;
}

/* Is TEXT what is left of WHOLE when somebody cut its end off? */
static bool
is_cut(const char *text, const char *whole)
{
	char x, y;

	text = skip_codes(text);
	whole = skip_codes(whole);
	while (next_letter(&text, &x))
		if (!next_letter(&whole, &y) || x != y)
			return false;
	return next_letter(&whole, &y);
}

void
draft_merge(struct draft *to, const struct draft *from)
{
	struct bounce *a = &to->bounce;
	const struct bounce *b = &from->bounce;

	fill(&a->recipient, b->recipient);
	fill(&a->sender, b->sender);
	fill(&a->queue_id, b->queue_id);
	fill(&a->remote_host, b->remote_host);
	fill(&a->remote_ip, b->remote_ip);
	fill(&a->reporting_host, b->reporting_host);
	fill(&a->log_host, b->log_host);
	fill(&a->header_from, b->header_from);
	fill(&a->login, b->login);
	fill(&a->nexthop, b->nexthop);
	fill(&a->reply, b->reply);
	fill(&a->status, b->status);
	fill(&a->text, b->text);
	/* prose goes on behind what the reply said */
	if (b->text != NULL && b->form != FORM_PROSE &&
	    is_cut(a->text, b->text))
		a->text = b->text;
	if (a->stage == STAGE_UNKNOWN)
		a->stage = b->stage;
	if (a->outcome == OUTCOME_UNKNOWN)
		a->outcome = b->outcome;
	if (a->connect_delay < 0)
		a->connect_delay = b->connect_delay;
	a->bounce_kept_local = a->bounce_kept_local || b->bounce_kept_local;
	a->list_mail = a->list_mail || b->list_mail;
	a->list_header = a->list_header || b->list_header;
	fill(&a->list_manager, b->list_manager);
	if (to->reason == NULL)
		to->reason = from->reason;
	else
		fill(&to->context, from->reason);
	fill(&to->context, from->context);
	if (b->start < a->start)
		a->start = b->start;
	if (b->end > a->end)
		a->end = b->end;
}

/* Does one text begin with the other (codes aside)? */
static bool
same_words(const char *a, const char *b)
{
	size_t n = 0;
	char x, y;

	a = skip_codes(a);
	b = skip_codes(b);
	for (; n < COMPARE_MAX; n++) {
		bool more_a = next_letter(&a, &x), more_b = next_letter(&b, &y);

		if (!more_a || !more_b)
			return n >= 8 || more_a == more_b;
		if (x != y)
			return n >= 60;
	}
	return true;
}

bool
draft_same(const struct draft *a, const struct draft *b)
{
	const struct bounce *x = &a->bounce, *y = &b->bounce;

	if (x->recipient != NULL && y->recipient != NULL &&
	    !text_same(x->recipient, y->recipient))
		return false;
	if (x->queue_id != NULL && y->queue_id != NULL &&
	    !text_same(x->queue_id, y->queue_id))
		return false;
	if (x->client_ip != NULL && y->client_ip != NULL &&
	    !text_same(x->client_ip, y->client_ip))
		return false;
	if (x->text == NULL || y->text == NULL)
		return x->recipient != NULL && y->recipient != NULL;
	return same_words(x->text, y->text);
}
