/* SPDX-License-Identifier: ISC
 * The messages that wait in the mail queue, from what postqueue(1) prints. */
#ifndef WB_QUEUE_LIST_H
#define WB_QUEUE_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "engine/bounce/bounce.h"

/* Older ones are left out. */
#define QUEUE_LIST_MAX 1000

/* One message. Strings are foreign text and live as long as the list. */
struct queue_entry {
	time_t time;                 /* when it came; 0: not known */
	const char *text;            /* its part of the listing: LEN octets */
	size_t len;

	/* only after queue_list_settle(); NULL is not known */
	bool settled;
	const char *queue_id;
	size_t recipients;           /* that were tried; 0: none yet */
	const char *recipient;       /* the first of them */
	const char *class_id, *reply, *status, *reason;
};

struct queue_list;

/* TEXT, what postqueue -j or -p printed, is copied. RULES are borrowed. */
struct queue_list *queue_list_new(const struct rules *rules,
    const char *text, size_t len);
void queue_list_free(struct queue_list **list);

/* Look at some more entries, the newest first, for about as long as a key
 * press may wait. True: all are. */
bool queue_list_settle(struct queue_list *list);

/* The entries, the newest first; NULL past the last. */
size_t queue_list_count(const struct queue_list *list);
const struct queue_entry *queue_list_entry(const struct queue_list *list,
    size_t i);

/* Messages in the listing, those that are left out too. */
size_t queue_list_messages(const struct queue_list *list);

#endif
