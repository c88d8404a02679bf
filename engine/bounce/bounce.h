/* SPDX-License-Identifier: ISC
 * What a bounce says. bounce_read() turns any pasted text into one struct
 * bounce per recipient, with the facts and the class in it. */
#ifndef WB_BOUNCE_H
#define WB_BOUNCE_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"

enum outcome {
	OUTCOME_UNKNOWN,
	OUTCOME_SENT,       /* refused once, delivered in the end: a warning */
	OUTCOME_DEFERRED,   /* still in the queue */
	OUTCOME_BOUNCED,
	OUTCOME_EXPIRED     /* deferred until the queue lifetime was over */
};

/* Where in the SMTP dialogue it was refused (Postfix: "in reply to …"). The
 * text form ("connect", "HELO", "MAIL FROM", "RCPT TO", "DATA",
 * "end of DATA") is stage_name()'s and the JSON contract's. */
enum stage {
	STAGE_UNKNOWN,
	STAGE_CONNECT,
	STAGE_HELO,
	STAGE_AUTH,
	STAGE_STARTTLS,
	STAGE_MAIL,
	STAGE_RCPT,
	STAGE_DATA,
	STAGE_END_OF_DATA
};

/* Which form the text had when it was found. */
enum bounce_form {
	FORM_REPLY,      /* a bare SMTP reply, a typed line */
	FORM_LOG,        /* Postfix log lines */
	FORM_DSN_TEXT,   /* Postfix' own words: "host … said: …" */
	FORM_DSN_MIME,   /* message/delivery-status fields, RFC 3464 */
	FORM_QUEUE,      /* mailq, postqueue -p, postqueue -j */
	FORM_PROSE       /* Exim, sendmail, qmail, Exchange, Gmail */
};

/* One refused recipient. Every string is UTF-8, arena-owned, NULL when the
 * text does not say. Domains are lower case without a trailing dot. Strings
 * are foreign text: clean them before they are shown. */
struct bounce {
	const char *file;            /* "-" for standard input or a paste */
	enum bounce_form form;

	/* the class (classify.c) */
	const char *class_id;        /* of data/classes.yaml, never NULL */
	const char *const *alternatives; /* class ids, NULL-terminated */
	const char *rule;            /* id of the deciding rule, or NULL */
	const char *provider;        /* "google", "microsoft", … or NULL */
	size_t mark_start, mark_len; /* octets of TEXT that decided; len 0: none */

	/* the facts */
	enum outcome outcome;
	const char *reply;           /* "550": of the last reply line */
	const char *status;          /* "5.7.26" */
	enum stage stage;
	const char *recipient;
	const char *sender;          /* envelope sender; "" is the null sender */
	const char *queue_id;
	const char *remote_host, *remote_ip;  /* who refused */
	const char *client_ip;       /* the address of ours that they name */
	const char *domain;          /* the domain they say they checked */
	const char *reporting_host;  /* who wrote the bounce */
	const char *text;            /* the reply, unfolded, one line */

	/* more than the JSON contract asks for */
	const char *log_host;        /* host name column of the log lines */
	const char *header_from;     /* address in the returned message's From */
	const char *login;           /* pickup's from=<login>: local submission */
	const char *nexthop;         /* relay= of the final log line, or NULL */
	const char *dkim_selector, *dkim_domain; /* of the returned message */
	double connect_delay;        /* third of delays=a/b/c/d, seconds; -1 */
	bool bounce_kept_local;      /* the bounce went into a local mailbox */
	const char *list_manager;    /* of the returned message: "mailman2",
	                                "fml" … as in host.h; or NULL */
	bool list_mail;              /* List-Id/List-Post or "expanded from" */
	bool list_header;            /* the former */
	size_t start, end;           /* octets of the input it was read from */
};

struct bounces {
	struct bounce *list;
	size_t n;
	bool not_bounce;     /* a success notice, auto-reply …, no refusal in it */
	bool repaired;       /* ISO-2022-JP escapes were put back */
};

/* Where rules come from: the embedded data, and files added before them. */
struct rules;

/* The embedded rules. The same object every call, never freed. */
const struct rules *rules_builtin(void);

/* The built-in rules with local ones in front (they add, they never hide): those
 * of every *.yaml in DIRECTORY, and before them those of FILE; either may be
 * NULL. A file with a fault is left out whole, and ERR gets a line for it,
 * "file:line:column: reason"; the rest works all the same. Never NULL. */
const struct rules *rules_load(struct arena *arena, const char *directory,
    const char *file, struct str *err);

/* Where this server's own rules lie. */
#define RULES_DIRECTORY SYSCONFDIR "/whybounce"

/* Read LEN octets of anything. Takes any bytes, looks at no more than the
 * first BOUNCE_INPUT_MAX octets, always ends. Bounces come in the order of
 * their appearance, one for each recipient; the same refusal told twice (log
 * line and quotation, DSN text and delivery-status) is one. */
void bounce_read(struct arena *arena, const struct rules *rules,
    const char *file, const char *text, size_t len, struct bounces *out);
#define BOUNCE_INPUT_MAX (16u << 20)

/* The bounce that a diagnosis is about: the last one that was refused for a
 * cause in the sender's hands, else the last. NULL when there is none. */
const struct bounce *bounces_main(const struct bounces *bounces);

/* The index of the last one with this recipient; bounces->n: there is none. */
size_t bounces_find(const struct bounces *bounces, const char *recipient);

const char *outcome_name(enum outcome outcome);   /* "bounced" */
const char *stage_name(enum stage stage);         /* "end of DATA"; or NULL */

#endif
