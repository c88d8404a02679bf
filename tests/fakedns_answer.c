/* SPDX-License-Identifier: ISC
 * Answers of the test name server, true and false ones. Independent of the
 * program's own DNS code: zone lines and messages are ldns' work. */
#include "config.h"

#include "tests/fakedns_answer.h"

#include <ctype.h>
#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CHAIN 12
#define HEADER_OCTETS 12

struct record {
	ldns_rr *rr;
	char *owner;             /* as text, lower case, with the last dot */
};

struct world {
	struct record *records;
	size_t n;
	struct record root_soa;  /* for negative answers without a zone's own */
};

static void
die(const char *path, int line, const char *why)
{
	fprintf(stderr, "fakedns: %s:%d: %s\n", path, line, why);
	exit(2);
}

static char *
name_text(const ldns_rdf *name)
{
	char *text = ldns_rdf2str(name);

	for (char *p = text; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	return text;
}

static void
add_record(struct world *world, ldns_rr *rr)
{
	size_t size = (world->n + 1) * sizeof *world->records;

	if ((world->n & (world->n - 1)) == 0)
		world->records = realloc(world->records, 2 * size);
	if (world->records == NULL)
		abort();
	world->records[world->n].rr = rr;
	world->records[world->n++].owner = name_text(ldns_rr_owner(rr));
}

/* Is NAME equal to DOMAIN or below it? */
static bool
is_below(const char *name, const char *domain)
{
	size_t n = strlen(name), d = strlen(domain);

	if (strcmp(domain, ".") == 0)
		return true;
	return n >= d && strcmp(name + n - d, domain) == 0 &&
		(n == d || name[n - d - 1] == '.');
}

static void
load_records(struct world *world, const char *path, FILE *file)
{
	ldns_rdf *origin = ldns_dname_new_frm_str("."), *prev = NULL;
	uint32_t ttl = 3600;
	int line = 1;

	while (!feof(file)) {
		ldns_rr *rr = NULL;
		ldns_status status = ldns_rr_new_frm_fp_l(&rr, file, &ttl,
			&origin, &prev, &line);

		if (status == LDNS_STATUS_OK)
			add_record(world, rr);
		else if (status != LDNS_STATUS_SYNTAX_EMPTY &&
		    status != LDNS_STATUS_SYNTAX_TTL &&
		    status != LDNS_STATUS_SYNTAX_ORIGIN)
			die(path, line, ldns_get_errorstr_by_id(status));
	}
	ldns_rdf_deep_free(origin);
	ldns_rdf_deep_free(prev);
}

struct world *
world_load(const char *path)
{
	struct world *world = calloc(1, sizeof *world);
	FILE *file = fopen(path, "re");

	if (file == NULL || world == NULL)
		die(path, 0, "cannot be read");
	load_records(world, path, file);
	fclose(file);
	ldns_rr_new_frm_str(&world->root_soa.rr,
	    ". 60 IN SOA ns.test. root.test. 1 3600 900 604800 60", 60, NULL,
	    NULL);
	world->root_soa.owner = name_text(ldns_rr_owner(world->root_soa.rr));
	return world;
}

void
world_free(struct world *world)
{
	if (world == NULL)
		return;
	for (size_t i = 0; i < world->n; i++) {
		ldns_rr_free(world->records[i].rr);
		free(world->records[i].owner);
	}
	free(world->records);
	ldns_rr_free(world->root_soa.rr);
	free(world->root_soa.owner);
	free(world);
}

bool
read_question(const uint8_t *wire, size_t len, struct question *out)
{
	ldns_pkt *pkt = NULL;
	const ldns_rr *rr;
	char *name, *type;

	if (ldns_wire2pkt(&pkt, wire, len) != LDNS_STATUS_OK)
		return false;
	if (ldns_pkt_qr(pkt) || ldns_pkt_qdcount(pkt) != 1) {
		ldns_pkt_free(pkt);
		return false;
	}
	rr = ldns_rr_list_rr(ldns_pkt_question(pkt), 0);
	name = ldns_rdf2str(ldns_rr_owner(rr));
	type = ldns_rr_type2str(ldns_rr_get_type(rr));
	snprintf(out->name, sizeof out->name, "%s", name);
	snprintf(out->type, sizeof out->type, "%s", type);
	out->number = (uint16_t)ldns_rr_get_type(rr);
	free(name);
	free(type);
	ldns_pkt_free(pkt);
	return true;
}

/* ---- the truth ---- */

/* Push what NAME has of TYPE (or its CNAME) and return the CNAME's target. */
static const ldns_rdf *
push_records(const struct world *world, ldns_pkt *reply, const char *name,
    ldns_rr_type type, bool *exists, bool *hit)
{
	const ldns_rdf *target = NULL;

	for (size_t i = 0; i < world->n; i++) {
		const struct record *record = &world->records[i];
		ldns_rr_type has = ldns_rr_get_type(record->rr);

		if (!is_below(record->owner, name))
			continue;
		*exists = true;
		if (strcmp(record->owner, name) != 0 ||
		    (has != type && has != LDNS_RR_TYPE_CNAME))
			continue;
		ldns_pkt_push_rr(reply, LDNS_SECTION_ANSWER,
		    ldns_rr_clone(record->rr));
		*hit = true;
		if (has != type)
			target = ldns_rr_rdf(record->rr, 0);
	}
	return target;
}

/* The SOA nearest above NAME, with the TTL of a negative answer. */
static void
push_soa(const struct world *world, ldns_pkt *reply, const char *name)
{
	const struct record *best = &world->root_soa;

	for (size_t i = 0; i < world->n; i++) {
		const struct record *record = &world->records[i];

		if (ldns_rr_get_type(record->rr) == LDNS_RR_TYPE_SOA &&
		    is_below(name, record->owner) &&
		    strlen(record->owner) >= strlen(best->owner))
			best = record;
	}
	ldns_pkt_push_rr(reply, LDNS_SECTION_AUTHORITY,
	    ldns_rr_clone(best->rr));
}

static void
tell_truth(const struct world *world, ldns_pkt *reply, const ldns_rdf *asked,
    ldns_rr_type type, bool recursive)
{
	char *name = name_text(asked);
	bool exists = true, hit = false;

	for (int i = 0; i < MAX_CHAIN; i++) {
		const ldns_rdf *target;

		exists = hit = false;
		target = push_records(world, reply, name, type, &exists, &hit);
		if (target == NULL || !recursive)
			break;
		free(name);
		name = name_text(target);
	}
	if (!exists)
		ldns_pkt_set_rcode(reply, LDNS_RCODE_NXDOMAIN);
	if (!hit)
		push_soa(world, reply, name);
	free(name);
}

/* ---- other things to say ---- */

static void
push_line(ldns_pkt *reply, ldns_pkt_section section, const char *line)
{
	ldns_rr *rr = NULL;

	if (ldns_rr_new_frm_str(&rr, line, 60, NULL, NULL) == LDNS_STATUS_OK)
		ldns_pkt_push_rr(reply, section, rr);
}

static void
tell_loop(ldns_pkt *reply, const ldns_rdf *owner)
{
	char line[2400], *name = ldns_rdf2str(owner);

	snprintf(line, sizeof line, "%s 60 IN CNAME loop.example.", name);
	push_line(reply, LDNS_SECTION_ANSWER, line);
	snprintf(line, sizeof line, "loop.example. 60 IN CNAME %s", name);
	push_line(reply, LDNS_SECTION_ANSWER, line);
	free(name);
}

/* The NS records nearest above NAME, as a parent zone's server has them. */
static void
tell_referral(const struct world *world, ldns_pkt *reply,
    const ldns_rdf *owner)
{
	char *name = name_text(owner);
	size_t best = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < world->n; i++) {
			const struct record *record = &world->records[i];
			size_t len = strlen(record->owner);

			if (ldns_rr_get_type(record->rr) != LDNS_RR_TYPE_NS ||
			    !is_below(name, record->owner) || len < best)
				continue;
			best = len;
			if (pass == 1)
				ldns_pkt_push_rr(reply, LDNS_SECTION_AUTHORITY,
				    ldns_rr_clone(record->rr));
		}
	}
	free(name);
}

static void
push_question(ldns_pkt *reply, const char *name, ldns_rr_type type)
{
	ldns_rr *rr = ldns_rr_new();

	ldns_rr_set_owner(rr, ldns_dname_new_frm_str(name));
	ldns_rr_set_type(rr, type);
	ldns_rr_set_class(rr, LDNS_RR_CLASS_IN);
	ldns_rr_set_question(rr, true);
	ldns_pkt_push_rr(reply, LDNS_SECTION_QUESTION, rr);
}

/* What some providers' resolvers do: a search page instead of "no name". */
static void
rewrite(ldns_pkt *reply, const ldns_rdf *owner, ldns_rr_type type)
{
	char line[1200], *name = ldns_rdf2str(owner);

	ldns_pkt_set_rcode(reply, LDNS_RCODE_NOERROR);
	ldns_rr_list_deep_free(ldns_pkt_authority(reply));
	ldns_pkt_set_authority(reply, ldns_rr_list_new());
	ldns_pkt_set_nscount(reply, 0);
	snprintf(line, sizeof line, "%s 60 IN A 192.0.2.80", name);
	if (type == LDNS_RR_TYPE_A)
		push_line(reply, LDNS_SECTION_ANSWER, line);
	free(name);
}

static const struct {
	unsigned int flag;
	ldns_pkt_rcode rcode;
} errors[] = {
	{ FORMERR, LDNS_RCODE_FORMERR },
	{ SERVFAIL, LDNS_RCODE_SERVFAIL },
	{ REFUSE, LDNS_RCODE_REFUSED },
	{ NXDOMAIN, LDNS_RCODE_NXDOMAIN },
};

static bool
tell_error(ldns_pkt *reply, const ldns_pkt *query, unsigned int flags)
{
	if ((flags & NOEDNS) != 0 && ldns_pkt_edns(query)) {
		ldns_pkt_set_rcode(reply, LDNS_RCODE_FORMERR);
		return true;
	}
	for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
		if ((flags & errors[i].flag) != 0) {
			ldns_pkt_set_rcode(reply, errors[i].rcode);
			return true;
		}
	}
	return false;
}

static void
fill(const struct world *world, ldns_pkt *reply, const ldns_pkt *query,
    bool tcp, unsigned int flags)
{
	const ldns_rr *asked = ldns_rr_list_rr(ldns_pkt_question(query), 0);
	const ldns_rdf *name = ldns_rr_owner(asked);
	ldns_rr_type type = ldns_rr_get_type(asked);

	if ((flags & LIE) != 0) {
		push_question(reply, "other.example.", type);
		push_line(reply, LDNS_SECTION_ANSWER,
		    "other.example. 60 IN A 192.0.2.66");
		return;
	}
	ldns_pkt_push_rr(reply, LDNS_SECTION_QUESTION, ldns_rr_clone(asked));
	if (tell_error(reply, query, flags))
		return;
	if ((flags & TC) != 0 && !tcp)
		ldns_pkt_set_tc(reply, true);
	else if ((flags & LOOP) != 0)
		tell_loop(reply, name);
	else if ((flags & REFER) != 0)
		tell_referral(world, reply, name);
	else
		tell_truth(world, reply, name, type, (flags & REC) != 0);
	if ((flags & REWRITE) != 0 &&
	    ldns_pkt_get_rcode(reply) == LDNS_RCODE_NXDOMAIN)
		rewrite(reply, name, type);
}

static ldns_pkt *
new_reply(const ldns_pkt *query, unsigned int flags)
{
	ldns_pkt *reply = ldns_pkt_new();

	ldns_pkt_set_id(reply, ldns_pkt_id(query));
	ldns_pkt_set_qr(reply, true);
	ldns_pkt_set_rd(reply, ldns_pkt_rd(query));
	ldns_pkt_set_ra(reply, (flags & REC) != 0);
	ldns_pkt_set_aa(reply, (flags & (REC | LAME | REFER)) == 0);
	/* a message without OPT ends in the record that CUT is to cut */
	if (ldns_pkt_edns(query) && (flags & (NOEDNS | CUT)) == 0)
		ldns_pkt_set_edns_udp_size(reply, 1232);
	return reply;
}

static size_t
udp_limit(const ldns_pkt *query)
{
	size_t size = ldns_pkt_edns(query) ? ldns_pkt_edns_udp_size(query) : 0;

	return size > 512 ? size : 512;
}

/* Spoil the finished message where it is to be unreadable. */
static size_t
spoil(uint8_t *wire, size_t len, unsigned int flags)
{
	size_t question = HEADER_OCTETS;

	if ((flags & CUT) != 0)
		return len > HEADER_OCTETS + 20 ? len - 3 : len;
	if ((flags & GARBAGE) == 0)
		return len;
	while (question < len && wire[question] != 0)
		question += (size_t)wire[question] + 1;
	wire[7] = 40;            /* so many answers, all of them noise */
	for (size_t i = question + 5; i < len; i++)
		wire[i] = (uint8_t)(i * 197 + 71);
	return len;
}

uint8_t *
world_answer(const struct world *world, const uint8_t *wire, size_t len,
    bool tcp, unsigned int flags, size_t *reply_len)
{
	ldns_pkt *query = NULL, *reply;
	uint8_t *out = NULL;

	if (ldns_wire2pkt(&query, wire, len) != LDNS_STATUS_OK)
		return NULL;
	reply = new_reply(query, flags);
	fill(world, reply, query, tcp, flags);
	if (ldns_pkt2wire(&out, reply, reply_len) == LDNS_STATUS_OK && !tcp &&
	    *reply_len > udp_limit(query)) {
		free(out);
		out = NULL;
		ldns_pkt_free(reply);
		reply = new_reply(query, flags);
		fill(world, reply, query, false, flags | TC);
		ldns_pkt2wire(&out, reply, reply_len);
	}
	if (out != NULL)
		*reply_len = spoil(out, *reply_len, flags);
	ldns_pkt_free(reply);
	ldns_pkt_free(query);
	return out;
}
