/* SPDX-License-Identifier: ISC
 * A short message with which a server is tried, and the command that sends
 * it. */
#ifndef WB_MAILLOG_LETTER_H
#define WB_MAILLOG_LETTER_H

#include <stdbool.h>
#include <time.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"

struct letter_options {
	const char *sender;        /* envelope sender */
	const char *recipient;
	const char *from_domain;   /* of the From line; NULL: the sender's */
	const char *host;          /* this server's name */
	const char *directory;     /* Postfix' configuration, or NULL */
	time_t time;
	unsigned long long unique; /* makes the Message-ID one of its own */
};

/* Arena-owned. ASCII. */
struct letter {
	const char *sender, *recipient;
	const char *message_id;    /* with "<>" */
	const char *text;          /* header and body, line ends "\n" */
	const char *const *argv;   /* "sendmail" and its arguments */
	const char *command;       /* the same as a shell takes it */
};

/* False: ERR says which address cannot be used. */
bool letter_write(struct arena *arena, const struct letter_options *options,
    struct letter *letter, struct str *err) __attribute__((warn_unused_result));

/* Can ADDRESS be given to sendmail(1) and stand in a header as it is? Quoted
 * local parts and addresses that are not ASCII cannot. */
bool letter_address(const char *address);

#endif
