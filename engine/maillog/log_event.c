/* SPDX-License-Identifier: ISC
 * Knows the fields of Postfix' delivery lines, and which parts of a reply
 * differ from message to message. Hides their order. */
#include "config.h"

#include "engine/maillog/log_event.h"

#include <string.h>

#include "engine/bounce/logline.h"
#include "engine/maillog/log_tables.h"

/* Identifiers have at least so many letters and digits, and so many digits;
 * shorter ones may be a provider's error code ("S3150", "IPBL100001"). */
#define IDENTIFIER_MIN 11
#define IDENTIFIER_DIGITS 3
#define NUMBER_MIN 10

/* What follows NEEDLE in S, as it is spelt. */
static struct span
after(struct span s, const char *needle)
{
	size_t len = strlen(needle);
	const char *p = s.len >= len ?
	    memmem(s.text, s.len, needle, len) : NULL;

	return p != NULL ? span_skip(span_from(s, p), len) :
	    span_make(NULL, 0);
}

static struct span
until(struct span s, char end)
{
	const char *p = s.len != 0 ? memchr(s.text, end, s.len) : NULL;

	if (p != NULL)
		s.len = (size_t)(p - s.text);
	return s;
}

/* The peer "host[ip]" at the start of S. */
static struct span
peer_host(struct span s)
{
	struct span host, ip;

	if (scan_peer(s, &host, &ip) == 0 || ip.len == 0 ||
	    scan_ip(ip) != ip.len)
		return span_make(NULL, 0);
	return host;
}

/* Without a relay Postfix' own words name the host. */
static struct span
host_in_reason(struct span s)
{
	static const char *const fronts[] = {
		"host ", "connect to ", "lost connection with ",
		"conversation with "
	};
	static const char suspended[] = "delivery temporarily suspended: ";

	s = span_skip(s, s.len != 0 && s.text[0] == '(');
	if (span_starts(s, suspended))
		s = span_skip(s, strlen(suspended));
	for (size_t i = 0; i < sizeof fronts / sizeof *fronts; i++)
		if (span_starts(s, fronts[i]))
			return peer_host(span_skip(s, strlen(fronts[i])));
	return span_make(NULL, 0);
}

static enum outcome
outcome_of(struct span word)
{
	static const struct {
		const char *word;
		enum outcome outcome;
	} words[] = {
		{ "bounced", OUTCOME_BOUNCED },
		{ "deferred", OUTCOME_DEFERRED },
		/* soft_bounce = yes: it stays in the queue */
		{ "SOFTBOUNCE", OUTCOME_DEFERRED },
		{ "expired", OUTCOME_EXPIRED },
		{ "force-expired", OUTCOME_EXPIRED }
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_same(word, words[i].word))
			return words[i].outcome;
	return OUTCOME_UNKNOWN;
}

struct span
log_event_line(struct span line)
{
	/* journalctl -o export */
	static const char field[] = "MESSAGE=";

	line = span_trim(line);
	if (line.len != 0 && line.text[line.len - 1] == '\r')
		line.len--;
	return span_starts(line, field) ? span_skip(line, strlen(field)) :
	    line;
}

bool
log_event_next(const char **from, const char *end, struct span *line,
    const char **status)
{
	static const char mark[] = ", status=";
	const char *start, *stop;

	*status = memmem(*from, (size_t)(end - *from), mark, sizeof mark - 1);
	if (*status == NULL)
		return false;
	start = memrchr(*from, '\n', (size_t)(*status - *from));
	start = start != NULL ? start + 1 : *from;
	stop = memchr(*status, '\n', (size_t)(end - *status));
	if (stop == NULL)
		stop = end;
	*line = span_make(start, (size_t)(stop - start));
	*from = stop;
	return true;
}

bool
log_event_read(struct span line, const char *status, struct log_event *out)
{
	struct span s = log_event_line(line), rest, word;
	struct logline parts;
	size_t n = 0;

	*out = (struct log_event){ .line = s };
	word = span_skip(span_from(s, status), strlen(", status="));
	while (n < word.len && (is_letter(word.text[n]) || word.text[n] == '-'))
		n++;
	out->outcome = outcome_of(span_make(word.text, n));
	out->reason = span_trim(span_skip(word, n));
	/* the fields stand in front of what others said */
	rest = span_make(s.text, (size_t)(status - s.text) + 1);
	if (out->outcome == OUTCOME_UNKNOWN || !logline_parse(rest, &parts))
		return false;
	rest = parts.rest;
	out->queue_id = parts.queue_id;
	out->address = until(after(rest,
	    out->outcome == OUTCOME_EXPIRED ? "from=<" : "to=<"), '>');
	if (out->outcome == OUTCOME_EXPIRED)
		return span_starts(rest, "from=<");
	out->status = until(after(rest, " dsn="), ',');
	out->host = peer_host(after(rest, " relay="));
	if (out->host.len == 0)
		out->host = host_in_reason(out->reason);
	return span_starts(rest, "to=<");
}

struct span
log_event_domain(struct span address)
{
	const char *at = address.len != 0 ?
	    memrchr(address.text, '@', address.len) : NULL;

	if (at == NULL)
		return address;
	address = span_skip(span_from(address, at), 1);
	if (address.len != 0 && address.text[address.len - 1] == '.')
		address.len--;
	return address;
}

/* ---- words */

static uint64_t
feed(uint64_t hash, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text[i]) * 1099511628211u;
	return hash;
}

static bool
is_ascii_word(char c)
{
	return is_letter(c) || is_digit(c);
}

static bool
is_run_char(char c)
{
	return is_ascii_word(c) || c == '.' || c == '-' || c == '_' ||
	    c == '+';
}

/* Four numbers and the dots between them; but addresses in 127.0.0.0/8 are
 * what block lists answer. */
static bool
is_ipv4(struct span run)
{
	size_t dots = 0;

	if (run.len < 7 || run.len > 16 || memcmp(run.text, "127.", 4) == 0)
		return false;
	for (size_t i = 0; i < run.len; i++) {
		if (!is_digit(run.text[i]) && run.text[i] != '.')
			return false;
		dots += run.text[i] == '.' && i + 1 < run.len;
	}
	return dots == 3;
}

/* The run piece by piece, identifiers left out. */
static uint64_t
hash_run(uint64_t hash, struct span run)
{
	size_t i = 0;

	if (is_ipv4(run))
		return feed(hash, "#", 1);
	while (i < run.len) {
		size_t start = i, digits = 0;

		for (; i < run.len && is_ascii_word(run.text[i]); i++)
			digits += is_digit(run.text[i]);
		if ((i - start >= IDENTIFIER_MIN &&
		    digits >= IDENTIFIER_DIGITS) ||
		    (i - start >= NUMBER_MIN && digits == i - start))
			hash = feed(hash, "#", 1);
		else
			hash = feed(hash, run.text + start, i - start);
		if (i < run.len)
			hash = feed(hash, run.text + i++, 1);
	}
	return hash;
}

static uint64_t
hash_words(uint64_t hash, struct span s)
{
	size_t i = 0;

	while (i < s.len) {
		size_t start = i;

		while (i < s.len && is_run_char(s.text[i]))
			i++;
		if (i < s.len && s.text[i] == '@') {
			while (i < s.len && (is_run_char(s.text[i]) ||
			    s.text[i] == '@'))
				i++;
			hash = feed(hash, "@", 1);
			continue;
		}
		if (i > start)
			hash = hash_run(hash, span_make(s.text + start,
			    i - start));
		else
			hash = feed(hash, s.text + i++, 1);
	}
	return hash;
}

uint64_t
log_event_words(const struct log_event *event)
{
	uint64_t hash = log_hash(LOG_HASH_START + (uint64_t)event->outcome,
	    event->host.text, event->host.len);

	hash = log_hash(hash, event->status.text, event->status.len);
	return hash_words(hash, event->reason);
}
