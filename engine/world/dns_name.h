/* SPDX-License-Identifier: ISC
 * Domain names as text: one form in which they are compared, kept as keys and
 * printed. Lower case, no trailing dot, escaped as in a zone file. */
#ifndef WB_DNS_NAME_H
#define WB_DNS_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/arena.h"

/* RFC 1035 2.3.4 */
#define DNS_NAME_OCTETS 255   /* on the wire, root label and lengths included */
#define DNS_LABEL_OCTETS 63

/* Room for the longest name as text: each octet as \DDD, and the NUL. */
#define DNS_NAME_SIZE (4 * DNS_NAME_OCTETS)

/* Bring the LEN octets at TEXT ("Mail.Example.COM.", "a\032b.example") into
 * that form. "." stays "." (the root). False when it is not a name: empty, an
 * empty label, a label over 63 or a name over 253 octets, a broken escape. */
bool dns_name_normal(const char *text, size_t len, char out[DNS_NAME_SIZE])
	__attribute__((warn_unused_result));

/* The same for a name in wire form, without compression; LEN octets may be
 * read. False when they do not hold a whole name. */
bool dns_name_from_wire(const uint8_t *wire, size_t len,
    char out[DNS_NAME_SIZE]) __attribute__((warn_unused_result));

/* And to the wire: the octets used, 0 when TEXT is not a name. */
size_t dns_name_to_wire(const char *text, size_t len,
    uint8_t out[DNS_NAME_OCTETS]);

/* Why nobody sends mail with the domain TEXT, which somebody typed: a part of a
 * sentence, translated and arena-owned; NULL: somebody may. A domain has two
 * labels at least, of letters, digits, "-" and "_", and the last is no number
 * (RFC 5321 2.3.5, RFC 3696 2; "_" stands in names that work all the same). */
const char *dns_name_fault(struct arena *arena, const char *text);

#endif
