/* SPDX-License-Identifier: ISC
 * Knows the fixed phrases of mail systems and what each tells. Hides how they
 * are found, and that a line is searched only once. */
#include "config.h"

#include "engine/bounce/phrases.h"

#include <string.h>

#include "engine/base/text.h"
#include "engine/bounce/draft.h"

#define COUNT(array) (sizeof (array) / sizeof *(array))

/* A line is looked at no further than this. */
#define LINE_LOOK 2000
/* Longer lines do not announce the returned message. */
#define RETURNED_MAX 120
/* In line.tells: what it tells is known. */
#define KNOWN 0x8000u

/* Where several of one kind occur, the first row wins. */
static const struct phrase_row {
	const char *text;
	enum phrase kind;
} phrases[] = {
	{ "not be delivered", PHRASE_INTRO },
	{ "not delivered", PHRASE_INTRO },
	{ "able to deliver", PHRASE_INTRO },
	{ "unable to deliver", PHRASE_INTRO },
	{ "delivery failed", PHRASE_INTRO },
	{ "delivery has failed", PHRASE_INTRO },
	{ "failed permanently", PHRASE_INTRO },
	{ "failed to deliver", PHRASE_INTRO },
	{ "fatal errors", PHRASE_INTRO },
	{ "problem delivering", PHRASE_INTRO },
	{ "error delivering", PHRASE_INTRO },
	{ "undeliverable", PHRASE_INTRO },
	{ "undelivered", PHRASE_INTRO },
	{ "could not deliver", PHRASE_INTRO },
	{ "couldn't be delivered", PHRASE_INTRO },
	{ "wasn't delivered", PHRASE_INTRO },
	{ "did not reach", PHRASE_INTRO },
	{ "transcript of session", PHRASE_INTRO },
	{ "been delayed", PHRASE_INTRO },
	{ "not yet been delivered", PHRASE_INTRO },
	{ "delivery problems", PHRASE_INTRO },
	{ "delivery error", PHRASE_INTRO },
	{ "not able to be delivered", PHRASE_INTRO },
	{ "cannot be delivered", PHRASE_INTRO },
	{ "can not be delivered", PHRASE_INTRO },
	{ "was rejected by", PHRASE_INTRO },
	{ "attempting to deliver", PHRASE_INTRO },
	{ "following recipient", PHRASE_INTRO },
	{ "delivery status notification", PHRASE_INTRO },
	{ "mail delivery failure", PHRASE_INTRO },
	{ "non-delivered", PHRASE_INTRO },
	{ "failure reasons", PHRASE_INTRO },
	{ "failed addresses", PHRASE_INTRO },
	{ "returned to sender", PHRASE_INTRO },
	{ "unzustellbar", PHRASE_INTRO },
	{ "nicht zugestellt", PHRASE_INTRO },
	{ "non remis", PHRASE_INTRO },
	{ "pas pu \xc3\xaatre", PHRASE_INTRO },
	{ "no se pudo entregar", PHRASE_INTRO },
	{ "no se ha podido entregar", PHRASE_INTRO },
	/* Japanese: because of an error; could not be delivered */
	{ "\xe3\x82\xa8\xe3\x83\xa9\xe3\x83\xbc\xe3\x81\xae\xe3\x81\x9f"
	  "\xe3\x82\x81", PHRASE_INTRO },
	{ "\xe9\x85\x8d\xe4\xbf\xa1\xe3\x81\xa7\xe3\x81\x8d", PHRASE_INTRO },
	{ "\xe9\x85\x8d\xe9\x80\x81\xe3\x81\xa7\xe3\x81\x8d", PHRASE_INTRO },
	/* Russian: cannot be */
	{ "\xd0\xbd\xd0\xb5 \xd0\xbc\xd0\xbe\xd0\xb6\xd0\xb5\xd1\x82 "
	  "\xd0\xb1\xd1\x8b\xd1\x82\xd1\x8c", PHRASE_INTRO },
	{ "warning message only", PHRASE_DELAY },
	{ "warning only", PHRASE_DELAY },
	{ "has been delayed", PHRASE_DELAY },
	{ "not yet been delivered", PHRASE_DELAY },
	{ "delivery is delayed", PHRASE_DELAY },
	{ "delivery delayed", PHRASE_DELAY },
	{ "need to resend your message", PHRASE_DELAY },
	{ "delivery incomplete", PHRASE_DELAY },
	{ "could not send message for past", PHRASE_DELAY },
	{ "will be retried for", PHRASE_DELAY },
	{ "notification about a delay", PHRASE_DELAY },
	{ "have not yet received", PHRASE_DELAY },
	{ "will keep trying", PHRASE_DELAY },
	{ "will continue trying", PHRASE_DELAY },
	{ "successfully delivered", PHRASE_SUCCESS },
	{ "was successfully", PHRASE_SUCCESS },
	{ "delivered successfully", PHRASE_SUCCESS },
	{ "successful mail delivery", PHRASE_SUCCESS },
	{ "message has been delivered", PHRASE_SUCCESS },
	{ "has been successfully", PHRASE_SUCCESS },
	{ "return receipt", PHRASE_SUCCESS },
	{ "was relayed", PHRASE_SUCCESS },
	{ "copy of the message", PHRASE_RETURNED },
	{ "copy of your message", PHRASE_RETURNED },
	{ "copy of the original", PHRASE_RETURNED },
	{ "original message follows", PHRASE_RETURNED },
	{ "original message -", PHRASE_RETURNED },
	{ "returned message -", PHRASE_RETURNED },
	{ "unsent message follows", PHRASE_RETURNED },
	{ "unsent message below", PHRASE_RETURNED },
	{ "headers follow", PHRASE_RETURNED },
	{ "header of the original", PHRASE_RETURNED },
	{ "below this line", PHRASE_RETURNED },
	{ "message text follows", PHRASE_RETURNED },
	{ "message header follows", PHRASE_RETURNED },
	{ "original mail as follows", PHRASE_RETURNED },
	{ "undelivered message header", PHRASE_RETURNED },
	{ "original message headers", PHRASE_RETURNED },
	{ "original message header", PHRASE_RETURNED },
	{ "message header:", PHRASE_RETURNED },
	{ "returned message:", PHRASE_RETURNED },
	{ "original headers:", PHRASE_RETURNED },
	{ "here is a copy", PHRASE_RETURNED },
	{ "headers from the message", PHRASE_RETURNED },
	{ "enclosed is a copy", PHRASE_RETURNED },
	{ "retry timeout exceeded", PHRASE_EXPIRED },
	{ "in the queue too long", PHRASE_EXPIRED },
	{ "retry time not reached", PHRASE_EXPIRED },
	{ "delivery time expired", PHRASE_EXPIRED },
	{ "delivery attempts have failed", PHRASE_EXPIRED },
	{ "giving up after", PHRASE_EXPIRED },
	{ "delivering your mail to", PHRASE_RECIPIENT },
	{ "delivering your message to", PHRASE_RECIPIENT },
	{ "your message to", PHRASE_RECIPIENT },
	{ "delivered to:", PHRASE_RECIPIENT },
	{ "delivered to", PHRASE_RECIPIENT },
	{ "couldn't be delivered to", PHRASE_RECIPIENT },
	{ "wasn't delivered to", PHRASE_RECIPIENT },
	{ "deliver your message to", PHRASE_RECIPIENT },
	{ "deliver mail to", PHRASE_RECIPIENT },
	{ "rcpt to:", PHRASE_RECIPIENT },
	{ "to recipient", PHRASE_RECIPIENT },
	{ "your email to group", PHRASE_RECIPIENT },
	{ "to the address", PHRASE_RECIPIENT },
	{ "to group", PHRASE_RECIPIENT },
	{ "mail to", PHRASE_RECIPIENT },
	{ "recipient ", PHRASE_RECIPIENT },
	{ "qmail-send program at ", PHRASE_REPORTER },
	{ "mail system at host ", PHRASE_REPORTER },
	{ "mail delivery program at ", PHRASE_REPORTER },
	{ "Generating server: ", PHRASE_REPORTER },
	{ "qmail-local program at ", PHRASE_REPORTER },
	{ "mail server at ", PHRASE_REPORTER },
	{ "Message from ", PHRASE_REPORTER },
	{ "This is the DragonFly Mail Agent ", PHRASE_REPORTER },
	{ "mail server after ", PHRASE_COMMAND },
	{ "remote server for ", PHRASE_COMMAND },
	{ "did not like our ", PHRASE_COMMAND },
	{ ">>> ", PHRASE_COMMAND },
	{ "(in reply to ", PHRASE_COMMAND },
	{ "does not like recipient", PHRASE_STAGE },
	{ "sender was rejected", PHRASE_STAGE },
	{ "my name was rejected", PHRASE_STAGE },
	{ "greeting failed", PHRASE_STAGE },
	{ "after I sent the message", PHRASE_STAGE },
	{ "[RCPT_TO]", PHRASE_STAGE },
	{ "host ", PHRASE_PEER },
	{ "while talking to ", PHRASE_PEER },
	{ "remote host ", PHRASE_PEER },
	{ "Connected to ", PHRASE_PEER },
	{ "by the server for the recipient domain", PHRASE_PEER },
	{ "server: ", PHRASE_PEER },
	{ "host: ", PHRASE_PEER },
	{ "relay ", PHRASE_PEER },
	{ " Giving up on ", PHRASE_TAIL },
	{ "I'm not going to try again", PHRASE_TAIL },
	{ " ... while talking to ", PHRASE_TAIL },
	{ " --- ", PHRASE_TAIL },
	{ " ----- ", PHRASE_TAIL },
	{ " (Other MXes tried", PHRASE_TAIL },
	{ " Message could not be delivered for ", PHRASE_TAIL },
	{ " Message will be deleted", PHRASE_TAIL },
	{ " Warning: message still undelivered", PHRASE_TAIL },
	{ " Will keep trying", PHRASE_TAIL },
	{ " This is a permanent error", PHRASE_TAIL },
	{ " Additional information follows", PHRASE_TAIL },
	{ " Final-Recipient:", PHRASE_TAIL },
	{ " Received: from ", PHRASE_TAIL },
	{ " Return-Path: <", PHRASE_TAIL },
	{ " DKIM-Signature: v=", PHRASE_TAIL },
	{ " No action is required on your part", PHRASE_TAIL },
	{ " said:", PHRASE_SAID },
	{ "mail system at host", PHRASE_POSTFIX },
	{ "THIS IS A WARNING ONLY", PHRASE_WARNING },
};

static struct needles needles = NEEDLES_OF(phrases, text);

void
phrases_read(struct span text, struct told *out)
{
	*out = (struct told){ .text = text };
	needles_search(&needles, text, &out->seen);
	for (size_t i = seen_next(&out->seen, 0); i < COUNT(phrases);
	    i = seen_next(&out->seen, i + 1))
		out->tells |= phrases[i].kind;
}

static void
line_read(const struct lines *lines, size_t i, struct told *told)
{
	struct span s = line_span(lines, i);

	if (s.len > LINE_LOOK)
		s.len = LINE_LOOK;
	phrases_read(s, told);
}

unsigned int
line_tells(const struct lines *lines, size_t i)
{
	struct line *line;
	struct told told;

	if (i >= lines->n)
		return 0;
	line = &lines->list[i];
	if (line->tells == 0) {
		line_read(lines, i, &told);
		if (line->len > RETURNED_MAX)
			told.tells &= ~(unsigned int)PHRASE_RETURNED;
		line->tells = (uint16_t)(told.tells | KNOWN);
	}
	return line->tells & ~KNOWN;
}

/* Walk over the phrases of KIND that TOLD has, in the order of the table: *REST
 * is what follows the next one in S (which is in the text of TOLD), from row *I
 * on. False: no more. */
static bool
next_after(const struct told *told, struct span s, enum phrase kind,
    size_t *i, struct span *rest)
{
	*rest = span_make(NULL, 0);
	for (; *i < COUNT(phrases) && rest->text == NULL; ++*i) {
		*i = seen_next(&told->seen, *i);
		if (*i < COUNT(phrases) && phrases[*i].kind == kind)
			*rest = span_after(s, phrases[*i].text);
	}
	return rest->text != NULL;
}

struct span
phrase_recipient(const struct lines *lines, size_t i)
{
	struct span s = line_span(lines, i), rest, address;
	struct span two = line_span(lines, i + 1);
	struct told told;
	size_t row = 0;

	/* no address without an '@' */
	if ((line_tells(lines, i) & PHRASE_RECIPIENT) == 0 ||
	    (memchr(s.text, '@', s.len) == NULL &&
	    (two.len == 0 || memchr(two.text, '@', two.len) == NULL)))
		return span_make(NULL, 0);
	line_read(lines, i, &told);
	while (next_after(&told, told.text, PHRASE_RECIPIENT, &row,
	    &rest)) {
		rest = span_trim(rest);
		if (rest.len == 0)
			rest = span_trim(two);
		if (rest.len != 0 && rest.text[0] == ':')
			rest = span_trim(span_skip(rest, 1));
		if (scan_address(rest, &address) != 0 &&
		    memchr(address.text, '@', address.len) != NULL &&
		    !span_starts(address, "postmaster@"))
			return address;
	}
	return span_make(NULL, 0);
}

const char *
phrase_reporter(struct arena *arena, const struct lines *lines, size_t i)
{
	struct told told;
	struct span rest;
	size_t row = 0, n = 0;

	if ((line_tells(lines, i) & PHRASE_REPORTER) == 0)
		return NULL;
	line_read(lines, i, &told);
	next_after(&told, told.text, PHRASE_REPORTER, &row,
	    &rest);
	rest = span_trim(rest);
	if (span_starts(rest, "v0."))   /* "DragonFly Mail Agent v0.13 at " */
		rest = span_after(rest, " at ");
	while (n < rest.len && (is_word(rest.text[n]) ||
	    rest.text[n] == '.' || rest.text[n] == '-'))
		n++;
	if (n == 0 || memchr(rest.text, '.', n) == NULL)
		return NULL;
	return text_domain(arena, rest.text, n);
}

enum stage
phrase_stage(const struct told *told)
{
	struct span rest;
	size_t row = 0;

	if ((told->tells & PHRASE_COMMAND) != 0) {
		next_after(told, told->text, PHRASE_COMMAND, &row, &rest);
		if (rest.len > 32)
			rest.len = 32;
		return span_starts(rest, "TEXT") ? STAGE_END_OF_DATA :
		    reply_stage(rest);
	}
	if ((told->tells & PHRASE_STAGE) == 0)
		return STAGE_UNKNOWN;
	next_after(told, told->text, PHRASE_STAGE, &row, &rest);
	return reply_stage(span_of(phrases[row - 1].text));
}

static void
keep_peer(struct arena *arena, struct bounce *bounce, struct span host,
    struct span ip)
{
	if (bounce->remote_host == NULL && host.len != 0 &&
	    scan_ip(host) != host.len &&
	    memchr(host.text, '.', host.len) != NULL)
		bounce->remote_host = text_domain(arena, host.text, host.len);
	if (bounce->remote_ip == NULL)
		bounce->remote_ip = span_copy(arena, ip);
}

/* "host[ip]" at the start of S? */
static bool
peer_at(struct arena *arena, struct span s, struct bounce *bounce)
{
	struct span host, ip;

	if (scan_peer(s, &host, &ip) == 0 || ip.len == 0 ||
	    scan_ip(ip) != ip.len)
		return false;
	keep_peer(arena, bounce, host, ip);
	return true;
}

void
phrase_peer(struct arena *arena, const struct told *told,
    struct bounce *bounce)
{
	static const struct span none = { NULL, 0 };
	struct span s = span_trim(told->text), rest;
	size_t row = 0, n;

	while (next_after(told, told->text, PHRASE_PEER, &row, &rest))
		for (; rest.text != NULL;
		    rest = span_after(rest, phrases[row - 1].text)) {
			if (peer_at(arena, rest, bounce))
				return;
			n = scan_ip(rest);
			if (n != 0)
				keep_peer(arena, bounce, none,
				    span_make(rest.text, n));
		}
	/* qmail and DragonFly begin with the peer */
	if (peer_at(arena, s, bounce))
		return;
	n = scan_ip(s);
	if (n != 0 && (span_find(s, "does not like recipient") != NULL ||
	    span_find(s, "failed after I sent") != NULL))
		keep_peer(arena, bounce, none, span_make(s.text, n));
}

struct span
phrase_cut_tail(const struct told *told, struct span s)
{
	struct span rest;
	size_t row = 0;

	while ((told->tells & PHRASE_TAIL) != 0 &&
	    next_after(told, s, PHRASE_TAIL, &row, &rest)) {
		size_t len = (size_t)(rest.text - s.text) -
		    strlen(phrases[row - 1].text);

		if (len != 0)
			s.len = len;
	}
	return span_trim(s);
}
