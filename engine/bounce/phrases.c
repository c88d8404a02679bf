/* SPDX-License-Identifier: ISC
 * Knows the fixed phrases of mail systems. Nothing else. */
#include "config.h"

#include "engine/bounce/phrases.h"

#include <string.h>

#include "engine/base/text.h"
#include "engine/bounce/draft.h"

#define COUNT(array) (sizeof (array) / sizeof *(array))

/* A line is looked at no further than this. */
#define LINE_LOOK 2000

static bool
has_any(struct span s, const char *const *words, size_t n)
{
	struct pairs pairs;

	if (s.len > LINE_LOOK)
		s.len = LINE_LOOK;
	if (s.len < 4)
		return false;
	pairs_read(s, &pairs);
	for (size_t i = 0; i < n; i++)
		if (pairs_may_have(&pairs, words[i]) &&
		    span_find(s, words[i]) != NULL)
			return true;
	return false;
}

bool
phrase_intro(struct span s)
{
	static const char *const words[] = {
		"not be delivered", "not delivered", "able to deliver",
		"unable to deliver", "delivery failed", "delivery has failed",
		"failed permanently", "failed to deliver", "fatal errors",
		"problem delivering", "error delivering", "undeliverable",
		"undelivered", "could not deliver", "couldn't be delivered",
		"wasn't delivered", "did not reach", "transcript of session",
		"been delayed", "not yet been delivered", "delivery problems",
		"delivery error", "not able to be delivered",
		"cannot be delivered", "can not be delivered",
		"was rejected by", "attempting to deliver",
		"following recipient", "delivery status notification",
		"mail delivery failure", "non-delivered", "failure reasons",
		"failed addresses", "returned to sender", "unzustellbar",
		"nicht zugestellt", "non remis", "pas pu \xc3\xaatre",
		"no se pudo entregar", "no se ha podido entregar",
		"\xe3\x82\xa8\xe3\x83\xa9\xe3\x83\xbc\xe3\x81\xae\xe3\x81\x9f"
		"\xe3\x82\x81",   /* because of an error (Japanese) */
		"\xe9\x85\x8d\xe4\xbf\xa1\xe3\x81\xa7\xe3\x81\x8d",
		"\xe9\x85\x8d\xe9\x80\x81\xe3\x81\xa7\xe3\x81\x8d",
		"\xd0\xbd\xd0\xb5 \xd0\xbc\xd0\xbe\xd0\xb6\xd0\xb5\xd1\x82 "
		"\xd0\xb1\xd1\x8b\xd1\x82\xd1\x8c", /* cannot be (Russian) */
	};

	return has_any(s, words, COUNT(words));
}

bool
phrase_delay(struct span s)
{
	static const char *const words[] = {
		"warning message only", "warning only",
		"has been delayed", "not yet been delivered",
		"delivery is delayed", "delivery delayed",
		"need to resend your message", "delivery incomplete",
		"could not send message for past", "will be retried for",
		"notification about a delay", "have not yet received",
		"will keep trying", "will continue trying"
	};

	return has_any(s, words, COUNT(words));
}

bool
phrase_success(struct span s)
{
	static const char *const words[] = {
		"successfully delivered", "was successfully",
		"delivered successfully",
		"successful mail delivery", "message has been delivered",
		"has been successfully", "return receipt", "was relayed"
	};

	return has_any(s, words, COUNT(words));
}

bool
phrase_returned(struct span s)
{
	static const char *const words[] = {
		"copy of the message", "copy of your message",
		"copy of the original", "original message follows",
		"original message -", "returned message -",
		"unsent message follows", "unsent message below",
		"headers follow", "header of the original", "below this line",
		"message text follows", "message header follows",
		"original mail as follows", "undelivered message header",
		"original message headers", "original message header",
		"message header:", "returned message:", "original headers:",
		"here is a copy", "headers from the message",
		"enclosed is a copy"
	};

	if (s.len > 120)
		return false;
	return has_any(s, words, COUNT(words));
}

bool
phrase_expired(struct span s)
{
	static const char *const words[] = {
		"retry timeout exceeded", "in the queue too long",
		"retry time not reached", "delivery time expired",
		"delivery attempts have failed", "giving up after"
	};

	return has_any(s, words, COUNT(words));
}

struct span
phrase_recipient(const struct lines *lines, size_t i)
{
	static const char *const words[] = {
		"delivering your mail to", "delivering your message to",
		"your message to", "delivered to:", "delivered to",
		"couldn't be delivered to", "wasn't delivered to",
		"deliver your message to", "deliver mail to", "rcpt to:",
		"to recipient", "your email to group", "to the address",
		"to group", "mail to", "recipient "
	};
	struct span s = line_span(lines, i), rest, address;
	struct span two = line_span(lines, i + 1);
	struct pairs pairs;

	/* no address without an '@' */
	if ((s.len == 0 || memchr(s.text, '@', s.len) == NULL) &&
	    (two.len == 0 || memchr(two.text, '@', two.len) == NULL))
		return span_make(NULL, 0);
	if (s.len > LINE_LOOK)
		s.len = LINE_LOOK;
	pairs_read(s, &pairs);
	for (size_t k = 0; k < COUNT(words); k++) {
		if (!pairs_may_have(&pairs, words[k]))
			continue;
		rest = span_after(s, words[k]);
		if (rest.text == NULL)
			continue;
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
phrase_reporter(struct arena *arena, struct span s)
{
	static const char *const words[] = {
		"qmail-send program at ", "mail system at host ",
		"mail delivery program at ", "Generating server: ",
		"qmail-local program at ", "mail server at ",
		"Message from "
	};
	struct span rest = { NULL, 0 };
	struct pairs pairs;
	size_t n = 0;

	if (s.len > LINE_LOOK)
		s.len = LINE_LOOK;
	pairs_read(s, &pairs);
	for (size_t i = 0; i < COUNT(words) && rest.text == NULL; i++)
		if (pairs_may_have(&pairs, words[i]))
			rest = span_after(s, words[i]);
	rest = span_trim(rest);
	if (rest.text == NULL) {
		/* "This is the DragonFly Mail Agent v0.13 at example.com." */
		if (pairs_may_have(&pairs, "DragonFly"))
			rest = span_after(span_after(s, "This is the "
			    "DragonFly Mail Agent"), " at ");
		if (rest.text == NULL)
			return NULL;
	}
	while (n < rest.len && (is_word(rest.text[n]) ||
	    rest.text[n] == '.' || rest.text[n] == '-'))
		n++;
	if (memchr(rest.text, '.', n) == NULL)
		return NULL;
	return text_domain(arena, rest.text, n);
}

enum stage
phrase_stage(struct span s)
{
	static const char *const words[] = {
		"mail server after ", "remote server for ",
		"did not like our ", ">>> ", "(in reply to "
	};
	static const char *const whole[] = {
		"does not like recipient", "sender was rejected",
		"my name was rejected", "greeting failed",
		"after I sent the message", "[RCPT_TO]"
	};
	struct span rest;
	struct pairs pairs;

	pairs_read(s, &pairs);
	for (size_t i = 0; i < COUNT(words); i++) {
		if (!pairs_may_have(&pairs, words[i]))
			continue;
		rest = span_after(s, words[i]);
		if (rest.text == NULL)
			continue;
		if (rest.len > 32)
			rest.len = 32;
		if (span_starts(rest, "TEXT"))
			return STAGE_END_OF_DATA;
		return reply_stage(rest);
	}
	for (size_t i = 0; i < COUNT(whole); i++)
		if (pairs_may_have(&pairs, whole[i]) &&
		    span_find(s, whole[i]) != NULL)
			return span_same(span_of(whole[i]), "[RCPT_TO]") ?
			    STAGE_RCPT : reply_stage(span_of(whole[i]));
	return STAGE_UNKNOWN;
}

static void
keep_host(struct arena *arena, struct bounce *bounce, struct span host)
{
	if (bounce->remote_host == NULL && host.len != 0 &&
	    scan_ip(host) != host.len &&
	    memchr(host.text, '.', host.len) != NULL)
		bounce->remote_host = text_domain(arena, host.text, host.len);
}

void
phrase_peer(struct arena *arena, struct span s, struct bounce *bounce)
{
	static const struct span none = { NULL, 0 };
	static const char *const before[] = {
		"host ", "while talking to ", "remote host ", "Connected to ",
		"by the server for the recipient domain", "server: ",
		"host: ", "relay "
	};
	struct span rest, host, ip;
	struct pairs pairs;

	pairs_read(s, &pairs);
	for (size_t i = 0; i < COUNT(before); i++)
		for (rest = pairs_may_have(&pairs, before[i]) ?
		    span_after(s, before[i]) : none; rest.text != NULL;
		    rest = span_after(rest, before[i])) {
			if (scan_peer(rest, &host, &ip) != 0 &&
			    scan_ip(ip) == ip.len && ip.len != 0) {
				keep_host(arena, bounce, host);
				if (bounce->remote_ip == NULL)
					bounce->remote_ip = span_copy(arena,
					    ip);
				return;
			}
			size_t n = scan_ip(rest);

			if (n != 0 && bounce->remote_ip == NULL)
				bounce->remote_ip = span_copy(arena,
				    span_make(rest.text, n));
		}
	/* qmail and DragonFly begin with the peer */
	rest = span_trim(s);
	if (scan_peer(rest, &host, &ip) != 0 && scan_ip(ip) == ip.len &&
	    ip.len != 0) {
		keep_host(arena, bounce, host);
		if (bounce->remote_ip == NULL)
			bounce->remote_ip = span_copy(arena, ip);
		return;
	}
	size_t n = scan_ip(rest);

	if (n != 0 && bounce->remote_ip == NULL &&
	    (span_find(s, "does not like recipient") != NULL ||
	    span_find(s, "failed after I sent") != NULL))
		bounce->remote_ip = span_copy(arena, span_make(rest.text, n));
}
