/* SPDX-License-Identifier: ISC
 * Record data between ldns and fact values: which field stands where (RFC 1035
 * 3.3). */
#include "config.h"

#include "engine/world/dns_rdata.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "engine/world/dns_name.h"
#include "engine/world/dns_text.h"

/* The Ith field as a name. */
static bool
read_name(const ldns_rr *rr, size_t i, char out[DNS_NAME_SIZE])
{
	const ldns_rdf *rdf = ldns_rr_rdf(rr, i);

	return rdf != NULL && ldns_rdf_get_type(rdf) == LDNS_RDF_TYPE_DNAME &&
		dns_name_from_wire(ldns_rdf_data(rdf), ldns_rdf_size(rdf), out);
}

static bool
read_address(struct arena *arena, const ldns_rr *rr, int family,
    struct fact_value *out)
{
	const ldns_rdf *rdf = ldns_rr_rdf(rr, 0);
	char text[INET6_ADDRSTRLEN];

	if (rdf == NULL ||
	    ldns_rdf_size(rdf) != (family == AF_INET ? 4 : 16) ||
	    inet_ntop(family, ldns_rdf_data(rdf), text, sizeof text) == NULL)
		return false;
	out->text = arena_strdup(arena, text);
	return true;
}

static bool
read_mx(struct arena *arena, const ldns_rr *rr, struct fact_value *out)
{
	char name[DNS_NAME_SIZE];

	if (ldns_rr_rd_count(rr) != 2 || !read_name(rr, 1, name))
		return false;
	out->text = arena_printf(arena, "%u %s",
		(unsigned int)ldns_rdf2native_int16(ldns_rr_rdf(rr, 0)), name);
	return true;
}

static bool
read_soa(struct arena *arena, const ldns_rr *rr, struct fact_value *out)
{
	char server[DNS_NAME_SIZE], mailbox[DNS_NAME_SIZE];
	uint32_t n[5];

	if (ldns_rr_rd_count(rr) != 7 || !read_name(rr, 0, server) ||
	    !read_name(rr, 1, mailbox))
		return false;
	for (size_t i = 0; i < 5; i++)
		n[i] = ldns_rdf2native_int32(ldns_rr_rdf(rr, i + 2));
	out->text = arena_printf(arena, "%s%s %s%s %u %u %u %u %u",
		server, dns_text_dot(server), mailbox, dns_text_dot(mailbox),
		n[0], n[1], n[2], n[3], n[4]);
	return true;
}

static bool
read_txt(struct arena *arena, const ldns_rr *rr, struct fact_value *out)
{
	size_t n = ldns_rr_rd_count(rr), total = 0, used = 0;
	size_t *strings = arena_array(arena, n, sizeof *strings);
	char *text;

	for (size_t i = 0; i < n; i++) {
		const ldns_rdf *rdf = ldns_rr_rdf(rr, i);

		if (ldns_rdf_size(rdf) == 0 ||
		    ldns_rdf_size(rdf) != 1 + (size_t)ldns_rdf_data(rdf)[0])
			return false;
		strings[i] = ldns_rdf_size(rdf) - 1;
		total += strings[i];
	}
	text = arena_alloc(arena, total + 1);
	for (size_t i = 0; i < n; i++) {
		memcpy(text + used, ldns_rdf_data(ldns_rr_rdf(rr, i)) + 1,
		    strings[i]);
		used += strings[i];
	}
	*out = (struct fact_value){
		.text = text, .len = total, .strings = strings, .n_strings = n,
	};
	return n != 0;
}

bool
dns_rdata_read(struct arena *arena, const ldns_rr *rr, struct fact_value *out)
{
	enum dns_type type = (enum dns_type)ldns_rr_get_type(rr);
	char name[DNS_NAME_SIZE];
	bool good = false;

	*out = (struct fact_value){ .text = "" };
	switch (type) {
	case DNS_A:
		good = read_address(arena, rr, AF_INET, out);
		break;
	case DNS_AAAA:
		good = read_address(arena, rr, AF_INET6, out);
		break;
	case DNS_NS:
	case DNS_CNAME:
	case DNS_PTR:
		good = read_name(rr, 0, name);
		if (good)
			out->text = arena_strdup(arena, name);
		break;
	case DNS_MX:
		good = read_mx(arena, rr, out);
		break;
	case DNS_SOA:
		good = read_soa(arena, rr, out);
		break;
	case DNS_TXT:
	case DNS_SPF:
		return read_txt(arena, rr, out);
	}
	out->len = strlen(out->text);
	return good;
}

bool
dns_rdata_same(const struct fact_value *a, const struct fact_value *b)
{
	return a->len == b->len && a->n_strings == b->n_strings &&
		memcmp(a->text, b->text, a->len) == 0 &&
		(a->n_strings == 0 || memcmp(a->strings, b->strings,
		a->n_strings * sizeof *a->strings) == 0);
}

static void
push(ldns_rr *rr, ldns_rdf_type type, const void *data, size_t len)
{
	ldns_rr_push_rdf(rr, ldns_rdf_new_frm_data(type, len, data));
}

static bool
push_name(ldns_rr *rr, const char *text, size_t len)
{
	uint8_t wire[DNS_NAME_OCTETS];
	size_t used = dns_name_to_wire(text, len, wire);

	if (used != 0)
		push(rr, LDNS_RDF_TYPE_DNAME, wire, used);
	return used != 0;
}

static bool
push_address(ldns_rr *rr, int family, const char *text)
{
	uint8_t octets[16];

	if (inet_pton(family, text, octets) != 1)
		return false;
	push(rr, family == AF_INET ? LDNS_RDF_TYPE_A : LDNS_RDF_TYPE_AAAA,
	    octets, family == AF_INET ? 4 : 16);
	return true;
}

static bool
push_mx(ldns_rr *rr, const char *text)
{
	char *end;
	unsigned long preference = strtoul(text, &end, 10);

	if (end == text || *end != ' ' || preference > UINT16_MAX)
		return false;
	ldns_rr_push_rdf(rr, ldns_native2rdf_int16(LDNS_RDF_TYPE_INT16,
		(uint16_t)preference));
	return push_name(rr, end + 1, strlen(end + 1));
}

static bool
push_soa(ldns_rr *rr, const char *text)
{
	for (int i = 0; i < 7; i++) {
		size_t len = strcspn(text, " ");

		if (i < 2 ? !push_name(rr, text, len) :
		    len == 0 || strspn(text, "0123456789") != len)
			return false;
		if (i >= 2)
			ldns_rr_push_rdf(rr, ldns_native2rdf_int32(
				LDNS_RDF_TYPE_INT32,
				(uint32_t)strtoul(text, NULL, 10)));
		text += len;
		text += *text == ' ';
	}
	return *text == '\0';
}

static void
push_txt(ldns_rr *rr, const struct fact_value *value)
{
	struct dns_text_walk walk = dns_text_first(value);
	uint8_t data[256];

	do {
		data[0] = (uint8_t)walk.len;
		if (walk.len != 0)
			memcpy(data + 1, walk.text, walk.len);
		push(rr, LDNS_RDF_TYPE_STR, data, walk.len + 1);
	} while (dns_text_next(&walk));
}

bool
dns_rdata_write(ldns_rr *rr, enum dns_type type,
    const struct fact_value *value)
{
	switch (type) {
	case DNS_A:
		return push_address(rr, AF_INET, value->text);
	case DNS_AAAA:
		return push_address(rr, AF_INET6, value->text);
	case DNS_NS:
	case DNS_CNAME:
	case DNS_PTR:
		return push_name(rr, value->text, value->len);
	case DNS_MX:
		return push_mx(rr, value->text);
	case DNS_SOA:
		return push_soa(rr, value->text);
	case DNS_TXT:
	case DNS_SPF:
		push_txt(rr, value);
		return true;
	}
	return false;
}
