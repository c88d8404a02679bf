/* SPDX-License-Identifier: ISC
 * Knows how other mail systems (Exim, sendmail, qmail, Exchange, Gmail …)
 * write their bounces: recipients, each with its reason. Hides the phrases. */
#include "config.h"

#include "engine/bounce/draft.h"

#include <string.h>

#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/bounce/phrases.h"

#define RECIPIENTS_MAX 2000
/* Reading on behind a recipient stops here. */
#define BLOCK_LINES 60

/* A recipient where the text names it. */
struct mention {
	struct span address;
	size_t line, column;     /* of what follows the address */
	bool transcript;         /* its line says all */
};

struct prose {
	struct drafts *drafts;
	struct lines *lines;
	size_t first;
	size_t end;              /* the line where the returned mail starts */
	struct mention *list;
	size_t n;
	const char *reporting_host;
	bool delayed;
};

/* Blanks, bullets and labels in front of an address. */
static struct span
strip_label(struct span s)
{
	static const char *const labels[] = {
		"recipient address:", "recipient:", "unknown user:",
		"failed recipient:", "user mailbox exceeds allowed size:",
		"could not be delivered to:", "user unknown:", "to address:",
		"invalid final delivery userid:", "delivery failed:"
	};

	s = span_trim(s);
	s = span_trim(span_skip(s, span_length_of(s, "*-+.\"'[( \t")));
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
		if (span_starts(s, labels[i]))
			return span_trim(span_skip(s, strlen(labels[i])));
	return s;
}

/* What may follow the address on its line. */
static bool
is_end_of_recipient(struct span rest, bool bracketed)
{
	if (rest.len == 0)
		return true;
	if (strchr(":;\"')],", rest.text[0]) != NULL)
		return true;
	if (rest.text[0] == '(' || span_starts(rest, "..."))
		return true;
	if (span_find(rest, "ERROR_CODE") != NULL)
		return true;    /* Zoho */
	return span_starts(rest, "on ") || (bracketed &&
	    (span_starts(rest, "...") || rest.text[0] == '\t')) ||
	    span_starts(rest, "<mailto:") || span_starts(rest, "[mailto:");
}

static bool
is_daemon(struct span address)
{
	return span_starts(address, "mailer-daemon@");
}

/* "550 5.1.1 <a@b>... User unknown": sendmail's transcript. */
static struct span
transcript_recipient(struct span s)
{
	struct span address;

	if (scan_reply(s) == 0 || s.text[0] == '2')
		return span_make(NULL, 0);
	s = span_trim(span_skip(s, 4));
	s = span_trim(span_skip(s, scan_status(s)));
	if (scan_address(s, &address) == 0 || address.len == 0 ||
	    s.text[0] != '<')
		return span_make(NULL, 0);
	s = span_from(s, address.text + address.len + 1);
	return span_starts(s, "...") ? address : span_make(NULL, 0);
}

static void
add_mention(struct prose *prose, struct span address, size_t line,
    size_t column)
{
	if (prose->n >= RECIPIENTS_MAX || address.len == 0)
		return;
	for (size_t i = prose->n; i > 0 && prose->n - i < 50; i--)
		if (prose->list[i - 1].address.len == address.len &&
		    text_same_n(prose->list[i - 1].address.text,
		    address.text, address.len))
			return;
	prose->list = arena_grow(prose->drafts->arena, prose->list, prose->n,
	    sizeof *prose->list);
	prose->list[prose->n++] = (struct mention){ .address = address,
		.line = line, .column = column };
}

/* Does the line above I end in "550 5.7.0"? Then I is wrapped from it. */
static bool
ends_with_code(const struct lines *lines, size_t i)
{
	struct span s = i != 0 ? span_trim(line_span(lines, i - 1)) :
	    span_make("", 0);
	const char *blank = s.len != 0 ? memrchr(s.text, ' ', s.len) : NULL;

	if (blank != NULL)
		s = span_skip(span_from(s, blank), 1);
	return s.len != 0 && (scan_reply(s) == s.len ||
	    scan_status(s) == s.len);
}

static void
read_line(struct prose *prose, size_t i)
{
	struct span whole = line_span(prose->lines, i), s, address, rest;
	size_t n;

	s = strip_label(whole);
	n = ends_with_code(prose->lines, i) ? 0 : scan_address(s, &address);
	if (n != 0 && memchr(address.text, '@', address.len) != NULL &&
	    !is_daemon(address)) {
		rest = span_trim(span_skip(s, n));
		if (is_end_of_recipient(rest, s.text[0] == '<')) {
			add_mention(prose, address, i,
			    (size_t)(rest.text - whole.text));
			return;
		}
	}
	address = transcript_recipient(span_trim(whole));
	if (address.len != 0) {
		n = prose->n;
		add_mention(prose, address, i, 0);
		if (prose->n > n)
			prose->list[n].transcript = true;
		return;
	}
	address = phrase_recipient(prose->lines, i);
	if (address.len != 0)
		add_mention(prose, address, i, (size_t)-1);
}

/* "----- Transcript of session follows -----" */
static bool
is_ruler(struct span s)
{
	return s.len > 6 && memcmp(s.text, "---", 3) == 0 &&
	    memcmp(s.text + s.len - 3, "---", 3) == 0;
}

/* Lines I … END - 1 as one, from COLUMN of the first. */
static void
join(const struct prose *prose, size_t i, size_t column, size_t end,
    struct str *text)
{
	str_clear(text);
	for (; i < end; i++, column = 0) {
		struct span s = span_trim(span_skip(line_span(prose->lines, i),
		    column));

		if (s.len == 0 || is_ruler(s))
			continue;
		if (text->len != 0)
			str_addc(text, ' ');
		str_add(text, s.text, s.len);
	}
}

/* Set reason and context from the block S of one recipient. */
static void
set_reason(struct prose *prose, struct draft *draft, struct span s)
{
	struct arena *arena = prose->drafts->arena;
	struct span reply;
	struct told told;

	while (s.len != 0 && strchr(":;.,)>", s.text[0]) != NULL)
		s = span_trim(span_skip(s, 1));
	reply = reply_find(s);
	phrases_read(s, &told);
	draft->context = span_copy(arena, s);
	draft->reason = span_copy(arena, phrase_cut_tail(&told,
	    reply.text != NULL ? reply : s));
	phrase_peer(arena, &told, &draft->bounce);
	draft->bounce.stage = phrase_stage(&told);
	if (prose->delayed || span_find(s, "Delay reason") != NULL)
		draft->bounce.outcome = OUTCOME_DEFERRED;
	else
		draft->bounce.outcome = (told.tells & PHRASE_EXPIRED) != 0 ?
		    OUTCOME_EXPIRED : OUTCOME_BOUNCED;
}

static struct draft *
add(struct prose *prose, size_t first, size_t last)
{
	struct draft *draft = draft_add(prose->drafts, FORM_PROSE,
	    prose->lines->list[first].start,
	    prose->lines->list[last > first ? last - 1 : first].end);

	if (draft != NULL)
		draft->bounce.reporting_host = prose->reporting_host;
	return draft;
}

/* Some words that can be a reason, not only marks and a code. */
static bool
says_something(struct span s)
{
	size_t letters = 0;

	for (size_t i = 0; i < s.len && letters < 8; i++)
		letters += is_word(s.text[i]) && !is_digit(s.text[i]);
	return letters >= 8;
}

/* The block behind mention K, or, where there is none, all of the text. */
static void
add_mentioned(struct prose *prose, size_t k, struct str *text)
{
	const struct mention *m = &prose->list[k];
	size_t end = k + 1 < prose->n ? prose->list[k + 1].line : prose->end;
	struct draft *draft;

	if (m->transcript && end > m->line + 1)
		end = m->line + 1;

	if (end > m->line + BLOCK_LINES)
		end = m->line + BLOCK_LINES;
	draft = add(prose, m->line, end > m->line ? end : m->line + 1);
	if (draft == NULL)
		return;
	draft->bounce.recipient = span_copy(prose->drafts->arena, m->address);
	join(prose, m->line, m->column, end, text);
	/* MailMarshal gives the reason first */
	if (reply_find(span_make(text->text, text->len)).text == NULL &&
	    k == 0 && !m->transcript) {
		join(prose, prose->first, 0, m->line, text);
		if (reply_find(span_make(text->text, text->len)).text == NULL)
			join(prose, m->line, m->column, end, text);
	}
	if (m->column == (size_t)-1 && prose->n == 1)
		join(prose, prose->first, 0, prose->end, text);
	/* several recipients on neighbouring lines share what follows */
	for (size_t next = k + 2; next <= prose->n &&
	    m->column != (size_t)-1 && !says_something(
	    span_make(text->text, text->len)); next++) {
		end = next < prose->n ? prose->list[next].line : prose->end;
		if (end > m->line + BLOCK_LINES)
			break;
		join(prose, prose->list[next - 1].line,
		    prose->list[next - 1].column, end, text);
	}
	if (!says_something(span_make(text->text, text->len)))
		join(prose, prose->first, 0, prose->end, text);
	set_reason(prose, draft, span_make(text->text, text->len));
}

/* No recipient in the text: perhaps the header has it. */
static void
add_unmentioned(struct prose *prose, const struct headers *headers,
    struct str *text)
{
	struct span s = span_of(headers->failed_recipients), address;
	struct draft *draft;

	join(prose, prose->first, 0, prose->end, text);
	do {
		draft = add(prose, prose->first, prose->end);
		if (draft == NULL)
			return;
		address = scan_any_address(s);
		draft->bounce.recipient = span_copy(prose->drafts->arena,
		    address);
		set_reason(prose, draft, span_make(text->text, text->len));
		s = address.len != 0 ? span_from(s, address.text +
		    address.len) : span_make("", 0);
	} while (s.len > 3);
}

static void
read_intro(struct prose *prose, size_t i)
{
	const char *host = phrase_reporter(prose->drafts->arena, prose->lines,
	    i);

	if (host != NULL)
		prose->reporting_host = host;
	if ((line_tells(prose->lines, i) & PHRASE_DELAY) != 0)
		prose->delayed = true;
}

/* One notice: from its first line to where the returned mail starts. */
static void
read_notice(struct prose *prose, const struct headers *headers)
{
	struct str text;

	str_init(&text, REASON_MAX);
	for (size_t i = prose->first; i < prose->end; i++) {
		read_intro(prose, i);
		if (!prose->lines->list[i].used)
			read_line(prose, i);
	}
	for (size_t k = 0; k < prose->n; k++)
		add_mentioned(prose, k, &text);
	if (prose->n == 0 && prose->end > prose->first)
		add_unmentioned(prose, headers, &text);
	str_free(&text);
}

/* Where the returned mail starts behind line I, or the end. */
static size_t
find_returned(const struct lines *lines, size_t i)
{
	while (i < lines->n && (line_tells(lines, i) & PHRASE_RETURNED) == 0)
		i++;
	return i;
}

/* Where the next notice starts, at line I or below. */
static size_t
find_intro(const struct lines *lines, size_t i)
{
	while (i < lines->n && (line_tells(lines, i) & PHRASE_INTRO) == 0)
		i++;
	return i;
}

void
prose_read(struct drafts *drafts, struct lines *lines,
    const struct headers *headers)
{
	size_t intro = find_intro(lines, 0), first = 0;

	if (intro == lines->n && !headers->any)
		return;
	while (first < lines->n) {
		struct prose prose = { .drafts = drafts, .lines = lines,
			.first = first };

		prose.end = find_returned(lines, first + 1);
		read_notice(&prose, headers);
		/* below a returned mail another notice may follow */
		intro = headers->any ? lines->n :
		    find_intro(lines, prose.end);
		for (; first < intro; first++)
			lines->list[first].used = true;
	}
}
