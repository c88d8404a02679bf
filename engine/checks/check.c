/* SPDX-License-Identifier: ISC
 * The table of checks, and how their findings become rows and an order. */
#include "config.h"

#include "engine/checks/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"

struct check {
	const char *label;      /* of its row */
	const char *plain;      /* what it is for */
	void (*run)(struct checking *c);
};

static const struct check table[] = {
	{
		.label = N_("Sending address"),
		.plain = N_("The receiver judges the address that connected to it. "
		    "It may be your server's, your relay's or a stranger's."),
		.run = check_identity,
	}, {
		.label = N_("Envelope sender"),
		.plain = N_("SPF is judged for the envelope sender, not for the "
		    "From line that people see. Bounces go there, too."),
		.run = check_envelope,
	}, {
		.label = N_("SPF"),
		.plain = N_("SPF is the list of addresses that may send for a "
		    "domain: one TXT record at the envelope sender's domain."),
		.run = check_spf,
	}, {
		.label = N_("DKIM"),
		.plain = N_("DKIM is a signature on each message. Its key is a TXT "
		    "record. It still counts when a message is forwarded."),
		.run = check_dkim,
	}, {
		.label = N_("DMARC"),
		.plain = N_("DMARC ties SPF and DKIM to the domain in the From "
		    "line and says what receivers shall do when neither fits."),
		.run = check_dmarc,
	}, {
		.label = N_("Name of the address"),
		.plain = N_("Receivers look up the name of your address (PTR), then "
		    "the address of that name. Both must agree."),
		.run = check_address,
	}, {
		.label = N_("HELO name"),
		.plain = N_("The name with which your server introduces itself "
		    "should exist in DNS and lead back to your address."),
		.run = check_helo,
	}, {
		.label = N_("MX"),
		.plain = N_("Receivers refuse senders to whom no answer can be "
		    "delivered: the sender's domain needs an MX or an address."),
		.run = check_mx,
	}, {
		.label = N_("Block lists"),
		.plain = N_("Public lists of addresses that sent spam. A list that "
		    "does not answer tells nothing, neither good nor bad."),
		.run = check_blocklist,
	}, {
		.label = N_("Postfix settings"),
		.plain = N_("main.cf decides under which name and over which way "
		    "this server sends."),
		.run = check_postfix,
	}, {
		.label = N_("Mailing list"),
		.plain = N_("A list sends other people's From lines with its own "
		    "envelope, which DMARC does not accept."),
		.run = check_list,
	}, {
		.label = N_("At the receiver"),
		.plain = N_("A message that arrived bears in its headers what its "
		    "receiver made of SPF, DKIM and DMARC."),
		.run = check_received,
	},
};

#define N_CHECKS (sizeof table / sizeof table[0])

size_t
checks_count(void)
{
	return N_CHECKS;
}

/* The finding that a row shows: the worst of FIRST … LAST. */
static const struct finding *
worst(const struct findings *f, size_t first, size_t last)
{
	static const int weight[] = {
		[FINDING_OK] = 0, [FINDING_UNKNOWN] = 1, [FINDING_PROBLEM] = 2,
	};
	const struct finding *found = NULL;

	for (size_t i = first; i < last; i++) {
		const struct finding *x = &f->list[i];

		if (found == NULL || weight[x->status] > weight[found->status] ||
		    (x->status == found->status && x->role < found->role))
			found = x;
	}
	return found;
}

static enum row_state
row_state(const struct checking *c, const struct finding *found)
{
	if (c->wanted && !c->in->finished &&
	    (found == NULL || found->status != FINDING_PROBLEM))
		return ROW_RUNNING;
	if (found == NULL)
		return ROW_NOT_APPLICABLE;
	switch (found->status) {
	case FINDING_OK:
		return ROW_OK;
	case FINDING_UNKNOWN:
		return ROW_UNKNOWN;
	case FINDING_PROBLEM:
		break;
	}
	return found->role == ROLE_ADVICE ? ROW_WARNING : ROW_PROBLEM;
}

static struct check_row *
add_row(struct findings *findings, const struct check *check)
{
	struct check_row *row = &findings->rows[findings->n_rows++];

	*row = (struct check_row){ .label = _(check->label),
		.plain = _(check->plain), .state = ROW_RUNNING };
	return row;
}

static void
run_check(struct checking *c, const struct check *check)
{
	size_t before = c->out->n;
	const struct finding *found;
	struct check_row *row;

	c->wanted = false;
	check->run(c);
	found = worst(c->out, before, c->out->n);
	row = add_row(c->out, check);
	row->state = row_state(c, found);
	if (found != NULL) {
		row->subject = found->subject;
		row->result = found->title;
	}
}

/* Problems first, the cause of this bounce before the rest; then what could
 * not be told; then what is in order. Stable, so the table's order stays. */
static int
rank(const struct finding *f)
{
	switch (f->status) {
	case FINDING_PROBLEM:
		return (int)f->role;
	case FINDING_UNKNOWN:
		return 10;
	case FINDING_OK:
		break;
	}
	return 20;
}

static void
sort_findings(struct findings *f)
{
	for (size_t i = 1; i < f->n; i++) {
		struct finding x = f->list[i];
		size_t j = i;

		for (; j > 0 && rank(&f->list[j - 1]) > rank(&x); j--)
			f->list[j] = f->list[j - 1];
		f->list[j] = x;
	}
	for (size_t i = 0; i < f->n; i++) {
		f->n_problems += f->list[i].status == FINDING_PROBLEM;
		f->n_unknown += f->list[i].status == FINDING_UNKNOWN;
		f->n_ok += f->list[i].status == FINDING_OK;
	}
}

const struct check_input *
check_input_through(const struct check_input *input, const char *service)
{
	struct check_input *through = arena_alloc(input->arena, sizeof *through);

	*through = *input;
	through->postfix = postfix_through(input->arena, input->postfix, service);
	return through;
}

struct findings *
checks_none(struct arena *arena)
{
	struct findings *none = arena_alloc(arena, sizeof *none);

	none->rows = arena_array(arena, N_CHECKS, sizeof *none->rows);
	for (size_t i = 0; i < N_CHECKS; i++)
		add_row(none, &table[i]);
	return none;
}

struct findings *
checks_run(const struct check_input *input)
{
	struct checking c = {
		.in = input,
		.arena = input->arena,
		.out = arena_alloc(input->arena, sizeof *c.out),
	};

	c.out->rows = arena_array(c.arena, N_CHECKS, sizeof *c.out->rows);
	identity_find(&c);
	senders_find(&c);
	authentication_judge(&c);
	for (size_t i = 0; i < N_CHECKS; i++)
		run_check(&c, &table[i]);
	sort_findings(c.out);
	return c.out;
}

const struct finding *
finding_find(const struct findings *findings, const char *id)
{
	for (size_t i = 0; i < findings->n; i++)
		if (strcmp(findings->list[i].id, id) == 0)
			return &findings->list[i];
	return NULL;
}

bool
finding_is_problem(const struct findings *findings, const char *id)
{
	const struct finding *f = finding_find(findings, id);

	return f != NULL && f->status == FINDING_PROBLEM;
}

const char *
owner_name(enum owner owner)
{
	static const char *const names[] = {
		[OWNER_UNKNOWN] = "unknown", [OWNER_OWN] = "own",
		[OWNER_RELAY] = "relay", [OWNER_NAT] = "nat",
		[OWNER_FORWARDER] = "forwarder",
	};

	return names[owner];
}

const char *
owner_words(enum owner owner)
{
	switch (owner) {
	case OWNER_UNKNOWN:
		break;
	case OWNER_OWN:
		return _("this server's own");
	case OWNER_RELAY:
		return _("your relay's, not this server's");
	case OWNER_NAT:
		return _("the public address of your network (NAT)");
	case OWNER_FORWARDER:
		return _("a forwarder's, not this server's");
	}
	return _("it is not known whose");
}

const char *
finding_status_name(enum finding_status status)
{
	static const char *const names[] = {
		[FINDING_OK] = "ok", [FINDING_PROBLEM] = "problem",
		[FINDING_UNKNOWN] = "unknown",
	};

	return names[status];
}

const char *
finding_role_name(enum finding_role role)
{
	static const char *const names[] = {
		[ROLE_CAUSE] = "cause", [ROLE_CONTRIBUTING] = "contributing",
		[ROLE_ADVICE] = "advice",
	};

	return names[role];
}
