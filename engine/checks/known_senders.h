/* SPDX-License-Identifier: ISC
 * Companies that send mail for others: data/senders.yaml as a table. Knowledge
 * for hints only; what is proposed is always evaluated first. */
#ifndef WB_KNOWN_SENDERS_H
#define WB_KNOWN_SENDERS_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"

struct known_sender {
	const char *name;           /* "Google Workspace" */
	const char *include;        /* "_spf.google.com" */
	const char *const *hosts;   /* domains of its MX and relays, then NULL */
};

/* The sender whose documented include is DOMAIN, or NULL. */
const struct known_sender *known_sender_by_include(const char *domain);

/* The SPF include that WHO means: a domain name itself, or the name of a
 * company here, or the beginning of one that only one bears. NULL: none. */
const char *known_sender_include(struct arena *arena, const char *who);

/* The sender to whose domains HOST (an MX or relay name) belongs, or NULL. */
const struct known_sender *known_sender_by_host(const char *host);

/* Is DOMAIN a mailbox provider's (data/mailbox_domains.yaml)? Mail from it can
 * only be sent by the provider's own servers. */
bool known_mailbox_domain(const char *domain);

#endif
