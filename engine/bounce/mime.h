/* SPDX-License-Identifier: ISC
 * Mail structure, read loosely: whole mails, several of them, nested ones, and
 * fragments of mails in other text come out as messages with their parts. */
#ifndef WB_BOUNCE_MIME_H
#define WB_BOUNCE_MIME_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"
#include "engine/bounce/lines.h"

enum part_kind {
	PART_TEXT,        /* to be read */
	PART_PREAMBLE,    /* before the first boundary: mostly nothing */
	PART_HTML,        /* only when the text parts say nothing */
	PART_STATUS,      /* message/delivery-status */
	PART_FEEDBACK,    /* message/feedback-report: a complaint */
	PART_ORIGINAL,    /* the returned message, or its headers */
	PART_OTHER
};

/* Lines of one part, transfer encoding undone; UTF-8, but for PART_ORIGINAL
 * (which has no lines at all in a mail). HTML is seldom looked at: it is as it
 * came until part_open(), and has its tags even then. */
struct part {
	enum part_kind kind;
	const char *charset, *encoding;  /* of HTML */
	struct lines lines;
};

/* The header fields that matter; unfolded, trimmed, NULL when absent. */
struct headers {
	const char *from, *to, *subject, *return_path, *auto_submitted;
	const char *content_type, *encoding, *disposition;
	const char *failed_recipients, *precedence;
	const char *list_id, *dkim_signature;
	const char *mailman, *ml_server, *ml_name, *majordomo, *sympa;
	bool any;
};

struct message {
	struct headers headers;     /* none for pasted text */
	struct headers original;    /* of the returned message */
	struct part *parts;
	size_t n_parts;
	bool nested;                /* attached to a report */
	size_t start, end;          /* octets of the input */
};

struct messages {
	struct message *list;
	size_t n;
};

/* Read the structure of RAW (lines as they came, any character set). Linear in
 * their number; nested encodings are followed to a fixed depth. */
void mime_read(struct arena *arena, const struct lines *raw,
    struct messages *out, bool *repaired);

/* Undo what is left of the transfer encoding and character set of PART. */
void part_open(struct arena *arena, struct part *part, bool *repaired);

/* The parameter NAME of a structured field ("charset"), or NULL. */
const char *mime_parameter(struct arena *arena, const char *value,
    const char *name);

/* RFC 2047 words in TEXT as UTF-8. */
const char *mime_decode_words(struct arena *arena, const char *text);

/* Undo a transfer encoding; *LEN is set. Broken input gives what it gives. */
char *mime_decode_base64(struct arena *arena, struct span text, size_t *len);
char *mime_decode_quoted(struct arena *arena, struct span text, bool word,
    size_t *len);

/* Does the message say of itself that a mail system wrote it? */
bool message_is_report(const struct message *message);

#endif
