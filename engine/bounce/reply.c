/* SPDX-License-Identifier: ISC
 * Knows how an SMTP reply is told again: joined, with its code on every line,
 * with the name of the host in front and the command behind. Hides where the
 * text proper begins. */
#include "config.h"

#include "engine/bounce/draft.h"

#include <string.h>

#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/bounce/charset.h"
#include "engine/bounce/needles.h"

/* A code in front of a line of a reply: "550-5.7.26 ", "554-", "550 ". */
struct marker {
	struct span reply, status;
	bool more;               /* '-': not the last line */
	size_t len;              /* with the blanks behind it */
};

static bool
marker_at(struct span s, struct marker *marker)
{
	size_t n = scan_reply(s), status;

	if (n == 0)
		return false;
	*marker = (struct marker){ .reply = span_make(s.text, 3) };
	marker->more = s.len > 3 && s.text[3] == '-';
	n += s.len > 3;
	/* "421-4.7.0", "421 4.7.0", "421-4.7.0-", "550 #5.1.0" */
	if (n < s.len && s.text[n] == '#')
		n++;
	status = scan_status(span_skip(s, n));
	if (status != 0) {
		marker->status = span_make(s.text + n, status);
		n += status;
	}
	while (n < s.len && is_blank(s.text[n]))
		n++;
	marker->len = n;
	return true;
}

static bool
span_equal(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 ||
	    memcmp(a.text, b.text, a.len) == 0);
}

/* "5.7.26" and "4.7.26" */
static bool
same_but_class(struct span a, struct span b)
{
	return a.len == b.len && a.len > 1 &&
	    memcmp(a.text + 1, b.text + 1, a.len - 1) == 0;
}

/* Is M another line's marker of the reply that began with FIRST? */
static bool
continues(const struct marker *first, const struct marker *m)
{
	if (first->status.len != 0)
		return (span_equal(first->reply, m->reply) &&
		    span_equal(first->status, m->status)) ||
		    (first->more && same_but_class(first->status, m->status));
	return first->more && span_equal(first->reply, m->reply) &&
	    m->status.len == 0;
}

/* Copy the body of the reply S (which begins with a marker) without its
 * repeated codes; *LAST becomes the last line's marker. */
static void
strip_markers(struct str *out, struct span s, struct marker *last)
{
	struct marker first, m;
	bool ended = false;

	if (!marker_at(s, &first))
		return;
	*last = first;
	s = span_skip(s, first.len);
	ended = !first.more;
	while (s.len != 0) {
		size_t n = 0;

		if ((!ended || first.status.len != 0) &&
		    marker_at(s, &m) && continues(&first, &m)) {
			*last = m;
			ended = ended || !m.more;
			s = span_skip(s, m.len);
			continue;
		}
		while (n < s.len && !is_blank(s.text[n]))
			n++;
		str_add(out, s.text, n);
		s = span_skip(s, n);
		while (s.len != 0 && is_blank(s.text[0]))
			s = span_skip(s, 1);
		if (n != 0)
			str_addc(out, ' ');
	}
}

enum stage
reply_stage(struct span s)
{
	static const struct {
		const char *word;
		enum stage stage;
	} words[] = {
		{ "end of DATA", STAGE_END_OF_DATA },
		{ "end of data", STAGE_END_OF_DATA },
		{ "end-of-data", STAGE_END_OF_DATA },
		{ "message body", STAGE_END_OF_DATA },
		{ "final DATA", STAGE_END_OF_DATA },
		{ "after I sent the message", STAGE_END_OF_DATA },
		{ "initial server greeting", STAGE_CONNECT },
		{ "initial connection", STAGE_CONNECT },
		{ "greeting failed", STAGE_CONNECT },
		{ "MAIL FROM", STAGE_MAIL },
		{ "sender was rejected", STAGE_MAIL },
		{ "RCPT TO", STAGE_RCPT },
		{ "does not like recipient", STAGE_RCPT },
		{ "EHLO", STAGE_HELO },
		{ "HELO", STAGE_HELO },
		{ "LHLO", STAGE_HELO },
		{ "my name was rejected", STAGE_HELO },
		{ "STARTTLS", STAGE_STARTTLS },
		{ "AUTH", STAGE_AUTH },
		{ "DATA", STAGE_DATA },
		{ "BDAT", STAGE_END_OF_DATA },
		{ "MAIL", STAGE_MAIL },
		{ "RCPT", STAGE_RCPT }
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_find(s, words[i].word) != NULL)
			return words[i].stage;
	return STAGE_UNKNOWN;
}

static bool
may_stand_before_code(char c)
{
	return is_blank(c) || strchr("(:;\"'#<", c) != NULL;
}

struct span
reply_find(struct span s)
{
	for (size_t i = 0; i + 3 < s.len; i++) {
		struct span rest;
		struct marker m;

		if ((s.text[i] != '4' && s.text[i] != '5') ||
		    (i != 0 && !may_stand_before_code(s.text[i - 1])))
			continue;
		rest = span_skip(s, i);
		if (marker_at(rest, &m) && (m.status.len != 0 || m.more ||
		    (m.len < rest.len && (is_letter(rest.text[m.len]) ||
		    (i == 0 && (unsigned char)rest.text[m.len] >= 0x80) ||
		    strchr("<[#\"'(:", rest.text[m.len]) != NULL))))
			return rest;
	}
	return span_make(NULL, 0);
}

/* Cut "(in reply to RCPT TO command)" off the end of S and read it. */
static struct span
cut_stage(struct span s, struct draft *draft)
{
	const char *p = span_find(s, "(in reply to ");
	const char *next = p;
	struct span tail;

	/* a reply may quote another one with its own: the last counts */
	while (next != NULL) {
		p = next;
		next = span_find(span_skip(span_from(s, p), 1),
		    "(in reply to ");
	}
	if (p == NULL)
		return s;
	tail = span_from(s, p);
	if (tail.len > 60)
		tail.len = 60;
	draft->bounce.stage = reply_stage(tail);
	s.len = (size_t)(p - s.text);
	return span_trim(s);
}

static void
keep_peer(struct arena *arena, struct draft *draft, struct span host,
    struct span ip)
{
	struct bounce *b = &draft->bounce;

	if (b->remote_host == NULL && host.len != 0)
		b->remote_host = text_domain(arena, host.text, host.len);
	if (b->remote_ip == NULL && scan_ip(ip) == ip.len && ip.len != 0)
		b->remote_ip = span_copy(arena, ip);
}

/* The words that Postfix puts in front of a reply or instead of one. */
static const struct {
	const char *before;      /* a peer follows */
	const char *after;       /* the reply follows, or NULL: no reply */
	enum stage stage;
} fronts[] = {
	{ "host ", "said:", STAGE_UNKNOWN },
	{ "host ", "refused to talk to me:", STAGE_CONNECT },
	{ "host ", "refused to start TLS:", STAGE_STARTTLS },
	{ "server ", "said:", STAGE_AUTH },
	{ "connect to ", NULL, STAGE_CONNECT },
	{ "lost connection with ", NULL, STAGE_UNKNOWN },
	{ "conversation with ", NULL, STAGE_UNKNOWN },
	{ "offered by host ", NULL, STAGE_STARTTLS },
	{ "authenticate to server ", NULL, STAGE_AUTH },
	{ "of server ", NULL, STAGE_UNKNOWN }
};

static struct needles front_needles = NEEDLES_OF(fronts, before);

/* Read the front of S; returns the reply proper, or S when there is none. */
static struct span
cut_front(struct arena *arena, struct span s, struct draft *draft)
{
	struct span host = { NULL, 0 }, ip = { NULL, 0 }, rest;
	/* the front stands near the beginning */
	struct span head = span_make(s.text, s.len < 200 ? s.len : 200);
	struct seen seen;

	needles_search(&front_needles, head, &seen);
	for (size_t i = 0; seen.any && i < sizeof fronts / sizeof *fronts;
	    i++) {
		if (!seen_has(&seen, i))
			continue;
		rest = span_after(head, fronts[i].before);
		if (rest.text == NULL)
			continue;
		rest = span_from(s, rest.text);
		size_t n = scan_peer(rest, &host, &ip);

		if (n == 0)
			continue;
		rest = span_trim(span_skip(rest, n));
		if (fronts[i].after != NULL &&
		    !span_starts(rest, fronts[i].after))
			continue;
		keep_peer(arena, draft, host, ip);
		if (fronts[i].stage != STAGE_UNKNOWN)
			draft->bounce.stage = fronts[i].stage;
		else if (fronts[i].after == NULL &&
		    draft->bounce.stage == STAGE_UNKNOWN)
			draft->bounce.stage = reply_stage(rest);
		if (fronts[i].after == NULL)
			return s;
		return span_trim(span_skip(rest, strlen(fronts[i].after)));
	}
	return s;
}

/* "(#5.1.1)" and "#5.1.1" anywhere: qmail and IronPort. */
static struct span
hash_status(struct span s)
{
	const char *p = s.text;

	while (s.len != 0) {
		p = memchr(s.text, '#', s.len);
		if (p == NULL)
			break;
		s = span_skip(span_from(s, p), 1);
		size_t n = scan_status(s);

		if (n != 0)
			return span_make(s.text, n);
	}
	return span_make(NULL, 0);
}

/* The status of a reply that the reply S quotes. */
static struct span
inner_status(struct span s)
{
	struct marker m = { .len = 0 };

	if (marker_at(s, &m))
		s = span_skip(s, m.len);
	m.status.len = 0;
	s = reply_find(s);
	if (s.text != NULL)
		marker_at(s, &m);
	return m.status;
}

/* "5.0.0" says nothing. */
static bool
is_undefined(struct span status)
{
	return status.len == 5 && memcmp(status.text + 1, ".0.0", 4) == 0;
}

/* "smtp;550 5.1.1 …": does S, which ends where a reply begins, name its kind?
 * What stands in front of that is another's (RFC 3464 2.3.6). */
static bool
ends_with_kind(struct span s)
{
	s = span_trim(s);
	return s.len >= 5 && memcmp(s.text + s.len - 5, "smtp;", 5) == 0;
}

static void
keep_codes(struct arena *arena, struct draft *draft, struct span s,
    const struct marker *last)
{
	struct bounce *b = &draft->bounce;
	struct span status = last->status;

	if (last->reply.len != 0)
		b->reply = span_copy(arena, last->reply);
	if (status.len == 0) {
		size_t n = scan_status(s);

		status = n != 0 ? span_make(s.text, n) : hash_status(s);
	}
	if (is_undefined(status)) {
		struct span inner = inner_status(s);

		status = inner.len != 0 ? inner : status;
	}
	/* the reply's own code is better than one made of it */
	if (status.len != 0 && (b->status == NULL ||
	    strcmp(b->status + 1, ".0.0") == 0 || last->status.len != 0))
		b->status = span_copy(arena, status);
}

/* Programs tell a reply code in their own words, and then the reply: .NET's
 * SmtpException, msmtp. */
static struct span
cut_teller(struct span s)
{
	static const char *const tellers[] = {
		"The server response was: ", "server message: "
	};

	for (size_t i = 0; i < sizeof tellers / sizeof *tellers; i++) {
		struct span rest = span_after(s, tellers[i]);

		if (rest.text != NULL && span_trim(rest).len != 0)
			return span_trim(span_from(s, rest.text));
	}
	return s;
}

void
reply_read(struct arena *arena, struct draft *draft)
{
	struct bounce *b = &draft->bounce;
	struct span s = span_trim(span_of(draft->reason)), found;
	struct marker last = { .len = 0 };
	struct str out;

	if (s.len == 0)
		return;
	s = cut_stage(s, draft);
	/* what a reply quotes is not about who gave it */
	if (scan_reply(s) == 0)
		s = cut_front(arena, cut_teller(s), draft);
	found = reply_find(s);
	if (s.len == 3 && s.text[0] != '2' && scan_reply(s) == 3)
		found = s;              /* a reply without any words */
	/* what stands in front of a reply is somebody's words about it, unless
	 * the code comes late */
	if (found.text != NULL && (found.text == s.text ||
	    (size_t)(found.text - s.text) < 3 ||
	    ends_with_kind(span_make(s.text, (size_t)(found.text - s.text)))))
		s = found;
	str_init(&out, REASON_MAX);
	if (found.text != NULL && found.text == s.text) {
		struct str body;

		str_init(&body, REASON_MAX);
		strip_markers(&body, s, &last);
		str_add(&out, last.reply.text, last.reply.len);
		if (last.status.len != 0)
			str_addc(&out, ' ');
		str_add(&out, last.status.text, last.status.len);
		if (body.len != 0)
			str_addc(&out, ' ');
		str_add(&out, body.text, body.len);
		str_free(&body);
	} else {
		str_add(&out, s.text, s.len);
		if (found.text != NULL)
			marker_at(found, &last);
	}
	keep_codes(arena, draft, s, &last);
	found = span_trim(span_make(out.text, out.len));
	b->text = charset_valid(arena, found);
	str_free(&out);
}
