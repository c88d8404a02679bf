/* SPDX-License-Identifier: ISC
 * Knows which judgement in a message's headers is its last receiver's own:
 * anybody may have written one before (RFC 8601 1.6, 7.1). Hides how the place
 * of a field and the names in the Received fields tell that. */
#include "config.h"

#include <string.h>

#include "engine/base/text.h"
#include "engine/bounce/received_parts.h"

/* ---------------------------------------------------------------- names */

/* Second levels under which countries register ("co.jp"); no list of all, see
 * same_site(). */
static bool
is_registry(const char *label, size_t len)
{
	static const char *const labels[] = {
		"ac", "ad", "co", "com", "ed", "edu", "go", "gob", "gov", "gr",
		"lg", "ltd", "me", "mil", "ne", "net", "nom", "or", "org",
		"plc",
	};

	for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
		if (strlen(labels[i]) == len &&
		    strncmp(labels[i], label, len) == 0)
			return true;
	return false;
}

static bool
is_full_name(const char *host)
{
	return host != NULL && strchr(host, '.') != NULL;
}

/* The last labels of HOST under which one operator has all names; a guess,
 * good enough to compare two hosts. */
static const char *
site_of(const char *host)
{
	const char *tail = host + strlen(host), *second = NULL;
	size_t labels = 0, top = 0;

	while (tail > host) {
		const char *label = tail - 1;
		size_t len;

		while (label > host && label[-1] != '.')
			label--;
		len = (size_t)(tail - label) - (labels != 0);
		labels++;
		if (labels == 1)
			top = len;
		if (labels == 2)
			second = label;
		if (labels == 2 && !(top == 2 && is_registry(label, len)))
			return label;
		if (labels == 3)
			return label;
		tail = label;
	}
	return second != NULL ? second : host;
}

static bool
same_site(const char *a, const char *b)
{
	return is_full_name(a) && is_full_name(b) &&
	    text_same(site_of(a), site_of(b));
}

/* ---------------------------------------------------------------- who */

/* Is HOST of the author's own domain, or did it let the author log in? Then it
 * is where the message began. */
static bool
is_senders(const struct reading *r, const char *host)
{
	const struct received *out = r->out;
	const char *const of_sender[] = {
		out->from, out->return_path, out->dkim_domain,
	};

	for (size_t i = 0; i < sizeof of_sender / sizeof of_sender[0]; i++) {
		const char *at = of_sender[i] != NULL ?
		    text_address_domain(of_sender[i]) : NULL;

		if (same_site(host, at != NULL ? at : of_sender[i]))
			return true;
	}
	for (size_t i = 0; i < out->n_methods; i++)
		if (strcmp(out->methods[i].method, "auth") == 0 &&
		    text_same(out->methods[i].writer, host))
			return true;
	return false;
}

/* Did the sender's host that wrote this hand the message on to another's, in
 * one of the hops above? Then what it wrote came along with the message. A
 * receiver's filter hands on, too, to a server behind it. */
static bool
was_handed_on(const struct reading *r, const char *writer, size_t depth)
{
	if (!is_full_name(writer) || !is_senders(r, writer))
		return false;
	for (size_t i = 0; i < depth && i < r->n_hops; i++) {
		const struct received_hop *hop = &r->hops[i];

		if ((same_site(writer, hop->helo) ||
		    same_site(writer, hop->name)) &&
		    !same_site(writer, hop->by))
			return true;
	}
	return false;
}

/* Between the receiver's topmost field and DEPTH the message came to a host of
 * somebody else. */
static bool
is_below_others(const struct reading *r, const char *writer, size_t depth)
{
	for (size_t i = r->depth; i < depth && i < r->n_hops; i++)
		if (is_full_name(r->hops[i].by) &&
		    !same_site(writer, r->hops[i].by))
			return true;
	return false;
}

/* A name without a dot ("OpenDMARC"), or none: only the place tells. */
static bool
is_out_of_place(const struct reading *r, size_t depth)
{
	return is_full_name(r->writer) ? depth != r->depth :
	    depth > r->depth + 1;
}

static bool
is_foreign(const struct reading *r, const struct received_method *m)
{
	if (was_handed_on(r, m->writer, m->depth))
		return true;
	if (m->arc)
		return m->foreign || (r->results &&
		    !same_site(m->writer, r->writer));
	/* some write the sender's name where theirs belongs */
	if (m->field && m->depth <= r->depth)
		return false;
	if (m->field && !is_full_name(m->writer))
		return m->depth > r->depth + 1;
	if (!is_full_name(m->writer))
		return is_out_of_place(r, m->depth);
	return (is_full_name(r->writer) && !same_site(m->writer, r->writer)) ||
	    is_below_others(r, m->writer, m->depth);
}

/* Where only Received-SPF says something, or it stands far above a field that
 * came along, it is the receiver's. */
static void
find_writer(struct reading *r)
{
	for (size_t i = 0; i < r->out->n_methods; i++) {
		const struct received_method *m = &r->out->methods[i];

		if (!m->field)
			continue;
		if (!r->results || m->depth + 1 < r->depth) {
			r->depth = m->depth;
			r->writer = m->writer;
		}
		return;
	}
}

/* Returns false when even the topmost field came along with the message: then
 * nothing below it counts either. */
static bool
mark_foreign(struct reading *r)
{
	bool topmost = !was_handed_on(r, r->writer, r->depth);
	bool own = false;

	for (size_t i = 0; i < r->out->n_methods; i++) {
		struct received_method *m = &r->out->methods[i];

		if (m->table)
			continue;
		m->foreign = is_foreign(r, m) || (!topmost && !m->field);
		own = own || !m->foreign;
		if (m->foreign && r->out->other_writer == NULL && !m->arc)
			r->out->other_writer = m->writer;
	}
	/* Gmail's table says the same as the fields */
	for (size_t i = 0; i < r->out->n_methods; i++)
		if (r->out->methods[i].table)
			r->out->methods[i].foreign = own;
	return topmost;
}

/* ---------------------------------------------------------------- choosing */

/* Is DOMAIN that of the From line, or above or below it? */
static bool
is_authors(const struct received *out, const char *domain)
{
	const char *from = out->from != NULL ? text_address_domain(out->from) :
	    NULL;

	return from != NULL && domain != NULL && same_site(from, domain);
}

/* The smaller the better. */
static unsigned int
rank(const struct received *out, const struct received_method *m)
{
	bool dkim = strcmp(m->method, "dkim") == 0;
	bool pass = strcmp(m->result, "pass") == 0;
	/* of the null sender it is all there is */
	bool helo = m->helo || (m->field && m->domain == NULL);
	size_t depth = m->depth < 1000 ? m->depth : 1000;

	return (m->arc ? 1u << 20 : 0) + (helo ? 1u << 19 : 0) +
	    ((unsigned int)depth << 4) + (m->field ? 8 : 0) +
	    (dkim && !pass ? 4 : 0) +
	    (dkim && !is_authors(out, m->domain) ? 2 : 0);
}

const struct received_method *
received_method(const struct received *received, const char *method)
{
	const struct received_method *best = NULL;

	for (size_t i = 0; i < received->n_methods; i++) {
		const struct received_method *m = &received->methods[i];

		if (strcmp(m->method, method) == 0 && !m->foreign &&
		    (best == NULL || rank(received, m) < rank(received, best)))
			best = m;
	}
	return best;
}

/* Addresses that only networks inside use (RFC 1918, 4193, and the loop): the
 * receiver's own hops. */
static bool
is_inside(const char *ip)
{
	if (strncmp(ip, "172.", 4) == 0 && is_digit(ip[4]) &&
	    is_digit(ip[5]) && ip[6] == '.')
		return (ip[4] == '1' && ip[5] >= '6') || ip[4] == '2' ||
		    (ip[4] == '3' && ip[5] <= '1');
	return strncmp(ip, "127.", 4) == 0 || strncmp(ip, "10.", 3) == 0 ||
	    strncmp(ip, "192.168.", 8) == 0 || strcmp(ip, "::1") == 0 ||
	    text_starts(ip, "fe80:") || text_starts(ip, "fc") ||
	    text_starts(ip, "fd");
}

static bool
is_loop(const char *ip)
{
	return strncmp(ip, "127.", 4) == 0 || strcmp(ip, "::1") == 0;
}

/* The address that connected: as SPF or iprev saw it, or else from the topmost
 * hop from outside. */
static void
find_client(struct reading *r)
{
	struct received *out = r->out;
	const struct received_method *spf = received_method(out, "spf");
	const struct received_hop *found = NULL;

	if (spf != NULL)
		out->client_ip = spf->ip;
	for (size_t i = 0; i < out->n_methods && out->client_ip == NULL; i++) {
		const struct received_method *m = &out->methods[i];

		if (!m->foreign && !m->arc && (strcmp(m->method, "spf") == 0 ||
		    strcmp(m->method, "iprev") == 0))
			out->client_ip = m->ip;
	}
	for (size_t i = 0; i < r->n_hops; i++) {
		const struct received_hop *hop = &r->hops[i];

		if (hop->ip == NULL || is_loop(hop->ip) ||
		    (out->client_ip != NULL &&
		    strcmp(hop->ip, out->client_ip) != 0))
			continue;
		if (found == NULL || (is_inside(found->ip) &&
		    !is_inside(hop->ip)))
			found = hop;
	}
	if (found == NULL)
		return;
	out->client_ip = found->ip;
	out->helo = found->helo;
}

/* The judgement that counts gets what another place says of it. */
static void
complete(struct received *out)
{
	const struct received_method *spf = received_method(out, "spf");
	const struct received_method *dkim = received_method(out, "dkim");

	for (size_t i = 0; i < out->n_methods; i++) {
		struct received_method *m = &out->methods[i];

		if (m == spf && m->ip == NULL)
			m->ip = out->client_ip;
		if (m == dkim && m->selector == NULL && m->domain != NULL &&
		    text_same(m->domain, out->dkim_domain))
			m->selector = out->dkim_selector;
	}
	if (spf != NULL && out->return_path == NULL)
		out->return_path = spf->address;
}

static const char *
receiver_name(const struct reading *r)
{
	static const char *const methods[] = { "dmarc", "spf", "dkim" };

	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
		const struct received_method *m = received_method(r->out,
		    methods[i]);

		if (m != NULL && m->writer != NULL)
			return m->writer;
	}
	return NULL;
}

void
received_settle(struct reading *r)
{
	bool own;

	find_writer(r);
	own = mark_foreign(r);
	find_client(r);
	complete(r->out);
	r->out->receiver = receiver_name(r);
	if (r->out->receiver == NULL && own)
		r->out->receiver = r->writer;
}
