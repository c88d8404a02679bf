/* SPDX-License-Identifier: ISC
 * Knows Postfix' own bounce text: "<recipient>: host h[ip] said: …". Hides
 * where such a paragraph ends in a page that people wrote. */
#include "config.h"

#include "engine/bounce/draft.h"

#include <string.h>

#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/bounce/logline.h"
#include "engine/bounce/phrases.h"

#define PARAGRAPH_MAX 120

struct notice {
	struct drafts *drafts;
	const char *reporting_host;
	bool postfix, warning;
};

/* "<a@b>:", "<a@b> (expanded from <l@b>):", "a@b<mailto:a@b>:" at the start of
 * S: the octets up to behind the colon, or 0. */
static size_t
recipient_at(struct span s, struct span *address, bool *expanded)
{
	struct span rest = span_trim(s), inner;
	size_t n = scan_address(rest, address);
	const char *close;

	*expanded = false;
	/* "<a@b<mailto:a@b>>:" */
	inner = span_make(rest.text, n);
	if (n != 0 && span_find(inner, "<mailto:") != NULL) {
		address->len = (size_t)(span_find(inner, "<mailto:") -
		    address->text);
		n += n < rest.len && rest.text[n] == '>';
	}
	if (n == 0 || memchr(address->text, '@', address->len) == NULL)
		return 0;
	rest = span_trim(span_skip(rest, n));
	if (span_starts(rest, "<mailto:")) {
		n = scan_address(rest, &inner);
		rest = span_trim(span_skip(rest, n));
	}
	if (span_starts(rest, "(expanded from") ||
	    span_starts(rest, "(original to")) {
		close = memchr(rest.text, ')', rest.len);
		if (close == NULL)
			return 0;
		*expanded = true;
		rest = span_trim(span_skip(span_from(rest, close), 1));
	}
	if (rest.len == 0 || rest.text[0] != ':')
		return 0;
	return (size_t)(rest.text - s.text) + 1;
}

static bool
is_postfix_reason(struct span s)
{
	static const char *const words[] = {
		"] said:", "refused to talk to me", "(in reply to ",
		"connect to ", "name service error", "loops back to myself",
		"lost connection with", "conversation with",
		"delivery temporarily suspended", "unknown user: \"",
		"command died", "mail forwarding loop", "cannot start tls",
		"tls is required", "does not accept mail (nullmx)",
		"bad address syntax", "message size ", "mail transport"
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_find(s, words[i]) != NULL)
			return true;
	return false;
}

/* Does the line end what a reply says: another notice, a log line, prose? */
static bool
ends_reason(const struct lines *lines, size_t i, const struct str *text)
{
	struct span s = span_trim(line_span(lines, i)), address;
	bool expanded, ascii = true;
	size_t len = text->len;

	if (s.len == 0 || lines->list[i].used ||
	    recipient_at(s, &address, &expanded) != 0 || logline_starts(s))
		return true;
	if (s.len > 2 && s.text[0] == '-' && s.text[1] == '-')
		return true;
	for (size_t k = 0; k < s.len && k < 4; k++)
		ascii = ascii && (unsigned char)s.text[k] < 0x80;
	if (!ascii)
		return true;
	return len > 8 && memcmp(text->text + len - 8, "command)", 8) == 0 &&
	    !span_starts(s, "(in reply");
}

/* Postfix' introduction, wrapped or not: who reports. */
static void
read_intro(struct notice *notice, const struct lines *lines, size_t i)
{
	struct span s = line_span(lines, i), host = { NULL, 0 };
	unsigned int tells = line_tells(lines, i);
	size_t n = 0;

	if ((tells & PHRASE_POSTFIX) != 0)
		host = span_after(s, "mail system at host");
	if (host.text != NULL && span_trim(host).len == 0)
		host = line_span(lines, i + 1);
	if (host.text != NULL) {
		host = span_trim(host);
		while (n < host.len && !is_blank(host.text[n]))
			n++;
		notice->postfix = true;
		notice->warning = false;
		notice->reporting_host = n != 0 ?
		    text_domain(notice->drafts->arena, host.text, n) : NULL;
	}
	if ((tells & PHRASE_WARNING) != 0)
		notice->warning = true;
}

/* The paragraph at line I; returns the line after it. */
static size_t
read_notice(struct notice *notice, struct lines *lines, size_t i,
    struct str *text)
{
	struct arena *arena = notice->drafts->arena;
	struct span s = line_span(lines, i), address, body;
	bool expanded;
	size_t first = i, n = recipient_at(s, &address, &expanded);
	struct draft *draft;

	str_clear(text);
	body = span_trim(span_skip(s, n));
	str_add(text, body.text, body.len);
	for (i++; i < lines->n && i - first < PARAGRAPH_MAX; i++) {
		if (ends_reason(lines, i, text))
			break;
		s = span_trim(line_span(lines, i));
		if (text->len != 0)
			str_addc(text, ' ');
		str_add(text, s.text, s.len);
	}
	body = span_make(text->text, text->len);
	if (body.len == 0 || (!notice->postfix && !is_postfix_reason(body)))
		return first + 1;
	draft = draft_add(notice->drafts, FORM_DSN_TEXT,
	    lines->list[first].start, lines->list[i - 1].end);
	if (draft == NULL)
		return i;
	draft->reason = span_copy(arena, body);
	draft->bounce.recipient = span_copy(arena, address);
	draft->bounce.reporting_host = notice->reporting_host;
	draft->bounce.list_mail = expanded;
	if (notice->warning)
		draft->bounce.outcome = OUTCOME_DEFERRED;
	else if (notice->postfix)
		draft->bounce.outcome = OUTCOME_BOUNCED;
	for (; first < i; first++)
		lines->list[first].used = true;
	return i;
}

/* Is line I in the middle of a wrapped reply: "… said: 550" above it? */
static bool
goes_on(const struct lines *lines, size_t i)
{
	struct span s;

	if (i == 0 || lines->list[i - 1].used)
		return false;
	s = span_trim(line_span(lines, i - 1));
	return (line_tells(lines, i - 1) & PHRASE_SAID) != 0 ||
	    (scan_reply(s) != 0 && s.text[0] != '2');
}

void
dsn_text_read(struct drafts *drafts, struct lines *lines)
{
	struct notice notice = { .drafts = drafts };
	struct str text;
	size_t i = 0;

	str_init(&text, REASON_MAX);
	while (i < lines->n) {
		struct span s = line_span(lines, i), address, two;
		bool expanded;
		size_t n;

		if (lines->list[i].used || s.len == 0) {
			i++;
			continue;
		}
		read_intro(&notice, lines, i);
		n = goes_on(lines, i) ? 0 :
		    recipient_at(s, &address, &expanded);
		/* "(expanded from" on the next line */
		two = span_trim(line_span(lines, i + 1));
		if (n == 0 && span_starts(two, "(expanded from") &&
		    scan_address(span_trim(s), &address) != 0) {
			char *both = arena_printf(drafts->arena, "%.*s %.*s",
			    (int)s.len, s.text, (int)two.len, two.text);

			if (s.len + two.len < 1024 &&
			    recipient_at(span_of(both), &address,
			    &expanded) != 0) {
				lines->list[i].used = true;
				lines->list[i + 1].text = both;
				lines->list[i + 1].len =
				    (uint32_t)strlen(both);
				lines->list[i + 1].tells = 0;
				i++;
				n = 1;
			}
		}
		i = n != 0 ? read_notice(&notice, lines, i, &text) : i + 1;
	}
	str_free(&text);
}
