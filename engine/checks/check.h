/* SPDX-License-Identifier: ISC
 * Checks: facts and judgements become findings, each with its evidence. */
#ifndef WB_CHECK_H
#define WB_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/auth/dkim.h"
#include "engine/auth/dmarc.h"
#include "engine/auth/spf.h"
#include "engine/base/arena.h"
#include "engine/bounce/bounce.h"
#include "engine/bounce/received.h"
#include "engine/checks/blocklists.h"
#include "engine/world/facts.h"
#include "engine/world/host.h"
#include "engine/world/postfix.h"
#include "engine/world/replay.h"

/* Whose address is it that the receiver saw? */
enum owner {
	OWNER_UNKNOWN, OWNER_OWN, OWNER_RELAY, OWNER_NAT, OWNER_FORWARDER
};

/* The first result: which address, which domain (design.md 1). Strings NULL
 * when not known. */
struct identity {
	const char *client_ip;
	enum owner owner;
	const char *const *evidence;    /* whole sentences, translated */
	size_t n_evidence;
	const char *relayhost;          /* its name, from main.cf or the log */
	bool guessed;                   /* client_ip is where the relay takes
	                                   mail; it may send from another */
	const char *relay_by;           /* how it is known, a sentence; or NULL */
	const char *relay_table;        /* the parameter whose table decided for
	                                   this mail; NULL: all mail, or the log */
	const char *route_unknown;      /* why it is open whether there is one */
	const char *service;            /* of master.cf that sends this mail */
	const char *helo;
	const char *given_sender;       /* the envelope sender as it was queued */
	const char *sender;             /* … as receivers see it */
	struct postfix_way way;         /* from the one to the other */
	const char *envelope_domain;    /* that SPF was judged for */
	const char *from_domain;
	bool from_foreign;              /* the From line names a domain that is
	                                   not the user's: of a list's member, of
	                                   a form's visitor */
	const char *own_domain;         /* the user's: the From domain, or else
	                                   the envelope's */
	const char *org_domain;         /* its organisational domain */
	const char *const *own_ips;     /* every known sending address of ours */
	size_t n_own_ips;
	const char *const *senders;     /* those that receivers see, client_ip
	                                   first; behind a relay the relay's */
	size_t n_senders;
	const char *ptr_name;           /* of client_ip, or NULL */
};

/* SPF, DKIM and DMARC for one sending address. authentication[0] is the tuple
 * that the receiver judged, when it is known. */
struct authentication {
	const char *ip, *sender, *helo;
	const struct spf_judgement *spf;
	const struct dkim_judgement *dkim;   /* NULL: no selector is known */
	const char *dmarc;      /* "pass", "fail", "none", "unknown" */
	const struct server *server;         /* the further one, or NULL */
};

enum finding_status { FINDING_OK, FINDING_PROBLEM, FINDING_UNKNOWN };

/* cause: of this bounce; contributing: makes it worse or will cause the next
 * one; advice: worth doing. */
enum finding_role { ROLE_CAUSE, ROLE_CONTRIBUTING, ROLE_ADVICE };

struct finding {
	const char *id;          /* "spf.self-include" */
	enum finding_status status;
	enum finding_role role;
	const char *title;       /* one line, translated */
	const char *detail;      /* sentences, translated */
	const char *subject;     /* domain or address it is about, or NULL */
	const char *const *facts;   /* keys, NULL-terminated */
	const char *way;         /* how just this ends, where the data knows; a
	                            sentence, translated; or NULL */
};

/* One row of the checks screen: fixed from the start, its state changes. */
enum row_state { ROW_RUNNING, ROW_OK, ROW_PROBLEM, ROW_WARNING, ROW_UNKNOWN,
	ROW_NOT_APPLICABLE };
struct check_row {
	const char *label;       /* "SPF", translated */
	const char *subject;     /* "example.net", or NULL */
	enum row_state state;
	const char *result;      /* "no record", translated, or NULL */
	const char *plain;       /* what this check is for, one or two sentences */
};

struct findings {
	struct identity identity;
	struct authentication *authentication;
	size_t n_authentication;
	struct finding *list;    /* problems by role first, then unknown, then ok */
	size_t n;
	struct check_row *rows;
	size_t n_rows;
	size_t n_problems, n_unknown, n_ok;
};

/* Everything a check may read. */
struct check_input {
	struct arena *arena;             /* of this pass */
	const struct bounce *bounce;     /* NULL: check without a bounce */
	const struct bounces *bounces;
	const struct received *received; /* BOUNCE is a message that arrived, and
	                                    this its judgement; else NULL */
	struct facts *facts;
	const struct postfix *postfix;
	const struct host *host;
	const struct recording *recording;  /* answers, those of the command
	                                     line among them; never NULL */
	const char *selector;            /* --selector, or NULL */
	bool no_blocklists;
	const struct blocklists *blocklists; /* NULL: the embedded ones */
	bool finished;                   /* nothing is wanted any more */
};

/* INPUT with the settings of the service that sends the mail. */
const struct check_input *check_input_through(const struct check_input *input,
    const char *service);

/* Run all checks on the cache. The result belongs to INPUT's arena. */
struct findings *checks_run(const struct check_input *input);

/* Before the first run: nothing found, all rows running. */
struct findings *checks_none(struct arena *arena);

/* How many rows findings have: one for each check of the table in check.c. */
size_t checks_count(void);

const char *owner_name(enum owner owner);              /* "relay" */
const char *owner_words(enum owner owner);   /* "your relay's", translated */
const char *finding_status_name(enum finding_status);  /* "problem" */
const char *finding_role_name(enum finding_role);      /* "cause" */

/* The first finding with this id, or NULL. */
const struct finding *finding_find(const struct findings *findings,
    const char *id);
/* … that is a problem. */
bool finding_is_problem(const struct findings *findings, const char *id);

#endif
