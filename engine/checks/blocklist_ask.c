/* SPDX-License-Identifier: ISC
 * Knows when a block list's answer counts: its test entries, its ways to refuse,
 * and whom to ask when the resolver is refused. Hides the questions. */
#include "config.h"

#include "engine/checks/blocklist_ask.h"

#include <string.h>

#include "engine/base/text.h"

#define DIRECT_MAX 2            /* of a list that are asked themselves */

bool
inquiry_refused(const struct inquiry *q, const struct fact *fact)
{
	for (size_t i = 0; fact->status == FACT_OK && i < fact->n_values; i++)
		if (blocklist_code(q->list, fact->values[i].text).refused)
			return true;
	return false;
}

/* Values of a list lie in 127.0.0.0/8 (RFC 5782 2.1); others come from
 * somebody who rewrites answers. */
static bool
has_code(const struct fact *fact)
{
	if (fact->status != FACT_OK || fact->n_values == 0)
		return false;
	for (size_t i = 0; i < fact->n_values; i++)
		if (!text_starts(fact->values[i].text, "127."))
			return false;
	return true;
}

/* An entry with a documented meaning counts without the positive test: a list
 * that answers so is at work. Silence counts only with it. */
static bool
trusted(const struct inquiry *q)
{
	if (has_code(q->listed))
		return true;
	for (size_t i = 0; i < q->answer->n_values; i++)
		if (!blocklist_code(q->list, q->answer->values[i].text).known)
			return false;
	return true;
}

static enum verdict
judge(const struct inquiry *q)
{
	if (q->answer->status == FACT_WANTED ||
	    q->listed->status == FACT_WANTED || q->clear->status == FACT_WANTED)
		return VERDICT_WAITING;
	if (inquiry_refused(q, q->answer) || inquiry_refused(q, q->listed) ||
	    inquiry_refused(q, q->clear))
		return VERDICT_REFUSED;
	if (q->clear->status == FACT_OK)
		return VERDICT_EVERYTHING;
	if (!fact_empty(q->clear) || !fact_known(q->answer))
		return VERDICT_FAILED;
	if (q->answer->status == FACT_OK)
		return has_code(q->answer) && trusted(q) ? VERDICT_LISTED :
		    VERDICT_FAILED;
	if (fact_empty(q->listed))
		return VERDICT_NO_TEST;
	return has_code(q->listed) ? VERDICT_CLEAR : VERDICT_FAILED;
}

static const char *
entry_name(struct checking *c, const struct blocklist *list,
    const char *subject)
{
	return list->domains ?
	    arena_printf(c->arena, "%s.%s", subject, list->zone) :
	    dns_reverse(c->arena, subject, list->zone);
}

static const struct fact *
ask(struct checking *c, const char *server, const char *name,
    enum dns_type type)
{
	return server != NULL ? checking_dns_at(c, server, name, type) :
	    checking_dns(c, name, type);
}

const struct fact *
inquiry_ask(struct checking *c, const struct inquiry *q, const char *name,
    enum dns_type type)
{
	return ask(c, q->server, name, type);
}

static struct inquiry
inquire(struct checking *c, const struct blocklist *list, const char *subject,
    const char *server)
{
	struct inquiry q = {
		.list = list,
		.subject = subject,
		.server = server,
		.answer = ask(c, server, entry_name(c, list, subject), DNS_A),
		.listed = ask(c, server, arena_printf(c->arena, "%s.%s",
		    list->listed, list->zone), DNS_A),
		.clear = ask(c, server, arena_printf(c->arena, "%s.%s",
		    list->clear, list->zone), DNS_A),
	};

	q.verdict = judge(&q);
	return q;
}

static bool
tells(const struct inquiry *q)
{
	return q->verdict == VERDICT_LISTED || q->verdict == VERDICT_CLEAR;
}

/* The I-th server of the list's zone as a scope, or NULL. *WAITING: it is not
 * known yet. */
static const char *
list_server(struct checking *c, const struct blocklist *list, size_t i,
    bool *waiting)
{
	const struct fact *ns = checking_dns(c, list->zone, DNS_NS);
	const struct fact *address;

	*waiting = ns->status == FACT_WANTED;
	if (ns->status != FACT_OK || i >= ns->n_values)
		return NULL;
	address = checking_dns(c, ns->values[i].text, DNS_A);
	*waiting = address->status == FACT_WANTED;
	return address->status != FACT_OK || address->n_values == 0 ? NULL :
	    facts_scope(c->arena, address->values[0].text, 0, false);
}

/* Many resolvers are refused for what others ask through them; the list's own
 * servers answer this host by itself. */
struct inquiry
blocklist_ask(struct checking *c, const struct blocklist *list,
    const char *subject)
{
	struct inquiry q = inquire(c, list, subject, NULL);

	if (q.verdict == VERDICT_WAITING || tells(&q))
		return q;
	for (size_t i = 0; i < DIRECT_MAX; i++) {
		bool waiting;
		const char *server = list_server(c, list, i, &waiting);
		struct inquiry direct = q;

		if (server != NULL)
			direct = inquire(c, list, subject, server);
		if (waiting || direct.verdict == VERDICT_WAITING) {
			q.verdict = VERDICT_WAITING;
			return q;
		}
		if (tells(&direct))
			return direct;
	}
	return q;
}
