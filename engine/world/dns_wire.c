/* SPDX-License-Identifier: ISC
 * DNS messages through ldns: questions out, replies in. Hides ldns and its
 * memory; trusts no octet of a reply. */
#include "config.h"

#include "engine/world/dns_wire.h"

#include <ldns/ldns.h>
#include <string.h>
#include <sys/random.h>

#include "engine/world/dns_name.h"
#include "engine/world/dns_rdata.h"
#include "engine/world/note.h"

#define HEADER_OCTETS 12         /* RFC 1035 4.1.1 */
#define EDNS_UDP_SIZE 1232       /* what fits everywhere unfragmented */
#define MAX_ALIASES 10
/* More records than any honest reply has; bounds the work that a reply full
 * of compression pointers can make. */
#define MAX_RECORDS 1024

size_t
dns_wire_question(const char *name, enum dns_type type, bool edns,
    bool recursion, uint8_t out[512])
{
	uint8_t octets[DNS_NAME_OCTETS], *wire = NULL;
	size_t len = dns_name_to_wire(name, strlen(name), octets);
	uint16_t id;
	ldns_pkt *pkt;

	if (len == 0 || getrandom(&id, sizeof id, 0) != (ssize_t)sizeof id)
		return 0;
	pkt = ldns_pkt_query_new(
		ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, len, octets),
		(ldns_rr_type)type, LDNS_RR_CLASS_IN, recursion ? LDNS_RD : 0);
	if (pkt == NULL)
		return 0;
	ldns_pkt_set_id(pkt, id);
	if (edns)
		ldns_pkt_set_edns_udp_size(pkt, EDNS_UDP_SIZE);
	len = 0;
	if (ldns_pkt2wire(&wire, pkt, &len) != LDNS_STATUS_OK || len > 512)
		len = 0;
	if (len != 0)
		memcpy(out, wire, len);
	LDNS_FREE(wire);
	ldns_pkt_free(pkt);
	return len;
}

/* A reply while it is read. */
struct reply {
	const uint8_t *wire;
	size_t len, pos;
	unsigned int n_question, n_answer, n_authority, n_additional;
	unsigned int rcode;
	ldns_rr_list *answer, *authority;
	bool whole;
};

static unsigned int
read16(const uint8_t *at)
{
	return (unsigned int)at[0] << 8 | at[1];
}

/* Read COUNT records into LIST (NULL: only past them). */
static bool
read_records(struct reply *r, unsigned int count, ldns_pkt_section section,
    ldns_rr_list *list)
{
	for (unsigned int i = 0; i < count && i < MAX_RECORDS; i++) {
		ldns_rr *rr = NULL;

		if (r->pos >= r->len ||
		    ldns_wire2rr(&rr, r->wire, r->len, &r->pos, section) !=
		    LDNS_STATUS_OK)
			return false;
		if (list == NULL || !ldns_rr_list_push_rr(list, rr))
			ldns_rr_free(rr);
	}
	return count <= MAX_RECORDS;
}

/* RFC 6891 6.1.3: the upper bits of the response code stand in the OPT record,
 * where another record has its TTL. */
static void
read_extended_rcode(struct reply *r)
{
	ldns_rr_list *list = ldns_rr_list_new();

	read_records(r, r->n_additional, LDNS_SECTION_ADDITIONAL, list);
	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(list, i);

		if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_OPT)
			r->rcode |= ldns_rr_ttl(rr) >> 24 << 4;
	}
	ldns_rr_list_deep_free(list);
}

static bool
same_question(struct reply *r, const char *name, enum dns_type type)
{
	char asked[DNS_NAME_SIZE], got[DNS_NAME_SIZE];
	ldns_rr *rr = NULL;
	bool same = false;

	if (!dns_name_normal(name, strlen(name), asked) ||
	    ldns_wire2rr(&rr, r->wire, r->len, &r->pos,
		LDNS_SECTION_QUESTION) != LDNS_STATUS_OK)
		return false;
	if (ldns_rr_get_type(rr) == (ldns_rr_type)type &&
	    ldns_rr_get_class(rr) == LDNS_RR_CLASS_IN &&
	    dns_name_from_wire(ldns_rdf_data(ldns_rr_owner(rr)),
		ldns_rdf_size(ldns_rr_owner(rr)), got))
		same = strcmp(asked, got) == 0;
	ldns_rr_free(rr);
	return same;
}

/* Is it a reply to this question? Reads the header and the question. */
static bool
read_head(struct reply *r, uint16_t id, const char *name, enum dns_type type)
{
	if (r->len < HEADER_OCTETS || read16(r->wire) != id ||
	    (r->wire[2] & 0x80) == 0 ||          /* QR */
	    (r->wire[2] & 0x78) != 0)            /* opcode QUERY */
		return false;
	r->rcode = r->wire[3] & 0x0f;
	r->n_question = read16(r->wire + 4);
	r->n_answer = read16(r->wire + 6);
	r->n_authority = read16(r->wire + 8);
	r->n_additional = read16(r->wire + 10);
	r->pos = HEADER_OCTETS;
	/* a server that could not read the question need not repeat it */
	if (r->n_question == 0)
		return r->rcode != LDNS_RCODE_NOERROR &&
			r->rcode != LDNS_RCODE_NXDOMAIN;
	return r->n_question == 1 && same_question(r, name, type);
}

static void
read_body(struct reply *r)
{
	r->answer = ldns_rr_list_new();
	r->authority = ldns_rr_list_new();
	r->whole = read_records(r, r->n_answer, LDNS_SECTION_ANSWER,
		r->answer) &&
		read_records(r, r->n_authority, LDNS_SECTION_AUTHORITY,
		r->authority);
	if (r->whole)
		read_extended_rcode(r);
}

static void
release(struct reply *r)
{
	ldns_rr_list_deep_free(r->answer);
	ldns_rr_list_deep_free(r->authority);
}

static bool
is_record(const ldns_rr *rr, const ldns_rdf *owner, ldns_rr_type type)
{
	return ldns_rr_get_type(rr) == type &&
		ldns_rr_get_class(rr) == LDNS_RR_CLASS_IN &&
		ldns_dname_compare(ldns_rr_owner(rr), owner) == 0;
}

/* RFC 2181 8: a TTL with its highest bit set counts as 0. */
static uint32_t
ttl_of(const ldns_rr *rr)
{
	uint32_t ttl = ldns_rr_ttl(rr);

	return ttl > INT32_MAX ? 0 : ttl;
}

static void
lower_ttl(struct dns_answer *answer, uint32_t ttl)
{
	if (ttl < answer->ttl)
		answer->ttl = ttl;
}

/* All records of OWNER and TYPE in LIST, each once (RFC 2181 5). */
static void
collect(struct arena *arena, const ldns_rr_list *list, const ldns_rdf *owner,
    enum dns_type type, struct dns_answer *answer)
{
	size_t n = ldns_rr_list_rr_count(list);

	for (size_t i = 0; i < n; i++) {
		ldns_rr *rr = ldns_rr_list_rr(list, i);
		struct fact_value value;
		size_t j = 0;

		if (!is_record(rr, owner, (ldns_rr_type)type) ||
		    !dns_rdata_read(arena, rr, &value))
			continue;
		while (j < answer->n_values &&
		    !dns_rdata_same(&answer->values[j], &value))
			j++;
		if (j < answer->n_values)
			continue;
		answer->values = arena_grow(arena, answer->values,
			answer->n_values, sizeof value);
		answer->values[answer->n_values++] = value;
		lower_ttl(answer, ttl_of(rr));
	}
}

static const ldns_rr *
find_cname(const struct reply *r, const ldns_rdf *owner)
{
	size_t n = ldns_rr_list_rr_count(r->answer);

	for (size_t i = 0; i < n; i++) {
		const ldns_rr *rr = ldns_rr_list_rr(r->answer, i);

		if (is_record(rr, owner, LDNS_RR_TYPE_CNAME) &&
		    ldns_rr_rd_count(rr) == 1)
			return rr;
	}
	return NULL;
}

/* RFC 2308 3, 5: the SOA of a negative answer for NAME says how long it holds,
 * and that it is an answer, not a chain's loose end. */
static bool
read_negative(struct arena *arena, const struct reply *r, const ldns_rdf *name,
    struct dns_answer *answer, uint32_t *ttl)
{
	size_t n = ldns_rr_list_rr_count(r->authority);

	for (size_t i = 0; i < n; i++) {
		const ldns_rr *rr = ldns_rr_list_rr(r->authority, i);
		const ldns_rdf *owner = ldns_rr_owner(rr);
		char zone[DNS_NAME_SIZE];
		uint32_t minimum;

		if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_SOA ||
		    ldns_rr_rd_count(rr) != 7 ||
		    (ldns_dname_compare(name, owner) != 0 &&
		     !ldns_dname_is_subdomain(name, owner)))
			continue;
		minimum = ldns_rdf2native_int32(ldns_rr_rdf(rr, 6));
		*ttl = ttl_of(rr) < minimum ? ttl_of(rr) : minimum;
		answer->serial = ldns_rdf2native_int32(ldns_rr_rdf(rr, 2));
		if (dns_name_from_wire(ldns_rdf_data(owner),
			ldns_rdf_size(owner), zone))
			answer->zone = arena_strdup(arena, zone);
		return true;
	}
	return false;
}

/* RFC 2308 2.2: NS records without a SOA make a referral to other servers, not
 * an empty answer. */
static bool
is_referral(const struct reply *r)
{
	size_t n = ldns_rr_list_rr_count(r->authority);
	bool authoritative = (r->wire[2] & 0x04) != 0;

	for (size_t i = 0; i < n && !authoritative; i++) {
		if (ldns_rr_get_type(ldns_rr_list_rr(r->authority, i)) ==
		    LDNS_RR_TYPE_NS)
			return true;
	}
	return false;
}

/* What a server that points to others says of NAME's own name servers. */
static void
read_referral(struct arena *arena, const struct reply *r, const ldns_rdf *name,
    struct dns_answer *answer)
{
	struct dns_answer found = { .ttl = INT32_MAX };

	collect(arena, r->authority, name, DNS_NS, &found);
	answer->referred = found.values;
	answer->n_referred = found.n_values;
	answer->referred_ttl = found.ttl;
}

/* What it means that NAME has no such record in the reply. */
static void
judge_empty(struct arena *arena, const struct reply *r, const ldns_rdf *name,
    enum dns_type type, struct dns_answer *answer)
{
	uint32_t ttl = 0;
	bool soa = read_negative(arena, r, name, answer, &ttl);

	answer->status = FACT_NODATA;
	if (r->rcode == LDNS_RCODE_NXDOMAIN) {
		answer->status = FACT_NXDOMAIN;
	} else if (!soa && answer->hops > 0) {
		answer->status = FACT_WANTED;
		return;
	} else if (!soa && is_referral(r)) {
		answer->status = FACT_INVALID;
		answer->referral = true;
		answer->note = NOTE_REFERRAL;
		if (type == DNS_NS)
			read_referral(arena, r, name, answer);
	}
	lower_ttl(answer, ttl);
}

/* Follow the chain inside the reply (RFC 1034 4.3.2 step 3a) to the records
 * asked for, or to its end. */
static void
follow(struct arena *arena, const struct reply *r, const ldns_rdf *name,
    enum dns_type type, struct dns_answer *answer)
{
	char alias[DNS_NAME_SIZE];
	const ldns_rr *cname;

	for (;;) {
		collect(arena, r->answer, name, type, answer);
		if (answer->n_values != 0) {
			answer->status = FACT_OK;
			return;
		}
		cname = find_cname(r, name);
		if (cname == NULL)
			break;
		name = ldns_rr_rdf(cname, 0);
		if (answer->hops == MAX_ALIASES ||
		    !dns_name_from_wire(ldns_rdf_data(name),
			ldns_rdf_size(name), alias)) {
			answer->status = FACT_INVALID;
			answer->loop = true;
			answer->note = NOTE_LOOP;
			return;
		}
		answer->hops++;
		answer->alias = arena_strdup(arena, alias);
		lower_ttl(answer, ttl_of(cname));
	}
	judge_empty(arena, r, name, type, answer);
}

static void
judge(struct arena *arena, const struct reply *r, const char *name,
    enum dns_type type, struct dns_answer *answer)
{
	uint8_t octets[DNS_NAME_OCTETS];
	size_t len = dns_name_to_wire(name, strlen(name), octets);
	ldns_rdf *owner;

	switch (r->rcode) {
	case LDNS_RCODE_NOERROR:
	case LDNS_RCODE_NXDOMAIN:
		break;
	case LDNS_RCODE_SERVFAIL:
		answer->status = FACT_SERVFAIL;
		return;
	case LDNS_RCODE_REFUSED:
		answer->status = FACT_REFUSED;
		return;
	default:
		answer->formerr = r->rcode == LDNS_RCODE_FORMERR ||
			r->rcode == LDNS_RCODE_NOTIMPL;
		answer->note = arena_printf(arena, NOTE_ERROR_CODE,
		    r->rcode);
		return;
	}
	owner = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, len, octets);
	answer->ttl = INT32_MAX;
	follow(arena, r, owner, type, answer);
	ldns_rdf_deep_free(owner);
}

bool
dns_wire_answer(struct arena *arena, uint16_t id, const char *name,
    enum dns_type type, const uint8_t *wire, size_t len,
    struct dns_answer *answer)
{
	struct reply r = { .wire = wire, .len = len };

	*answer = (struct dns_answer){ .status = FACT_INVALID };
	if (!read_head(&r, id, name, type))
		return false;
	answer->authoritative = (wire[2] & 0x04) != 0;
	answer->truncated = (wire[2] & 0x02) != 0;
	if (answer->truncated) {
		answer->note = NOTE_CUT;
		return true;
	}
	read_body(&r);
	answer->damaged = !r.whole;
	if (r.whole)
		judge(arena, &r, name, type, answer);
	else
		answer->note = NOTE_DAMAGED;
	release(&r);
	return true;
}
