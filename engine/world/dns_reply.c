/* SPDX-License-Identifier: ISC
 * A fact as the complete reply message that a library expects from a resolver.
 * Hides ldns' packets. */
#include "config.h"

#include "engine/world/dns_wire.h"

#include <ldns/ldns.h>
#include <string.h>

#include "engine/world/dns_name.h"
#include "engine/world/dns_rdata.h"

static ldns_rr *
new_record(const struct fact *fact, bool question)
{
	uint8_t wire[DNS_NAME_OCTETS];
	size_t len = dns_name_to_wire(fact->name, strlen(fact->name), wire);
	ldns_rr *rr = ldns_rr_new();

	ldns_rr_set_owner(rr,
	    ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, len, wire));
	ldns_rr_set_type(rr, (ldns_rr_type)fact->type);
	ldns_rr_set_class(rr, LDNS_RR_CLASS_IN);
	ldns_rr_set_ttl(rr, fact->ttl);
	ldns_rr_set_question(rr, question);
	return rr;
}

/* The packet's header and question. */
static ldns_pkt *
new_packet(const struct fact *fact)
{
	ldns_pkt *pkt = ldns_pkt_new();

	ldns_pkt_set_qr(pkt, true);
	ldns_pkt_set_rd(pkt, true);
	ldns_pkt_set_ra(pkt, true);
	ldns_pkt_set_rcode(pkt, fact->status == FACT_NXDOMAIN ?
		LDNS_RCODE_NXDOMAIN : LDNS_RCODE_NOERROR);
	ldns_pkt_push_rr(pkt, LDNS_SECTION_QUESTION, new_record(fact, true));
	return pkt;
}

size_t
dns_wire_reply(const struct fact *fact, uint8_t *out, size_t size)
{
	ldns_pkt *pkt;
	uint8_t *wire = NULL;
	size_t len = 0;
	bool good = true;

	if (!fact_known(fact))
		return 0;
	pkt = new_packet(fact);
	for (size_t i = 0; i < fact->n_values && good; i++) {
		ldns_rr *rr = new_record(fact, false);

		good = dns_rdata_write(rr, fact->type, &fact->values[i]);
		ldns_pkt_push_rr(pkt, LDNS_SECTION_ANSWER, rr);
	}
	good = good && ldns_pkt2wire(&wire, pkt, &len) == LDNS_STATUS_OK &&
		len <= size;
	if (good)
		memcpy(out, wire, len);
	LDNS_FREE(wire);
	ldns_pkt_free(pkt);
	return good ? len : 0;
}
