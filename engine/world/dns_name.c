/* SPDX-License-Identifier: ISC
 * Domain names between text and wire (RFC 1035 3.1, 5.1). Hides which octets
 * are escaped and how. */
#include "config.h"

#include "engine/world/dns_name.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* One octet of a label at TEXT: as it is, \X or \DDD (RFC 1035 5.1). Returns
 * how many characters it takes, 0 when the escape is broken. */
static size_t
read_octet(const char *text, size_t len, uint8_t *octet)
{
	unsigned int value;

	if (text[0] != '\\') {
		*octet = (uint8_t)text[0];
		return 1;
	}
	if (len < 2)
		return 0;
	if (!is_digit(text[1])) {
		*octet = (uint8_t)text[1];
		return 2;
	}
	if (len < 4 || !is_digit(text[2]) || !is_digit(text[3]))
		return 0;
	value = (unsigned int)(text[1] - '0') * 100 +
		(unsigned int)(text[2] - '0') * 10 +
		(unsigned int)(text[3] - '0');
	*octet = (uint8_t)value;
	return value <= 255 ? 4 : 0;
}

size_t
dns_name_to_wire(const char *text, size_t len, uint8_t out[DNS_NAME_OCTETS])
{
	size_t used = 1, label = 0, i = 0;

	if (len == 1 && text[0] == '.') {
		out[0] = 0;
		return 1;
	}
	/* out[label] is the length octet of the label being read */
	while (i < len) {
		uint8_t octet;
		size_t taken;

		if (text[i] == '.') {
			if (used == label + 1)
				return 0;
			out[label] = (uint8_t)(used - label - 1);
			label = used++;
			i++;
			continue;
		}
		taken = read_octet(text + i, len - i, &octet);
		if (taken == 0 || used - label > DNS_LABEL_OCTETS ||
		    used >= DNS_NAME_OCTETS - 1)
			return 0;
		out[used++] = octet;
		i += taken;
	}
	if (used == label + 1) {
		/* a trailing dot has opened the root label; nothing at all has
		 * not */
		out[label] = 0;
		return label != 0 ? used : 0;
	}
	out[label] = (uint8_t)(used - label - 1);
	out[used++] = 0;
	return used;
}

/* Append one octet as text; SIZE counts on. */
static size_t
write_octet(uint8_t octet, char *out)
{
	char c = text_lower((char)octet);

	if (octet <= ' ' || octet >= 0x7f) {
		out[0] = '\\';
		out[1] = (char)('0' + octet / 100);
		out[2] = (char)('0' + octet / 10 % 10);
		out[3] = (char)('0' + octet % 10);
		return 4;
	}
	if (strchr(".;()\\\"", c) != NULL) {
		out[0] = '\\';
		out[1] = c;
		return 2;
	}
	out[0] = c;
	return 1;
}

bool
dns_name_from_wire(const uint8_t *wire, size_t len, char out[DNS_NAME_SIZE])
{
	size_t used = 0, i = 0;

	if (len > DNS_NAME_OCTETS)
		len = DNS_NAME_OCTETS;
	while (i < len && wire[i] != 0) {
		size_t label = wire[i++];

		if (label > DNS_LABEL_OCTETS || i + label >= len)
			return false;
		if (used != 0)
			out[used++] = '.';
		for (; label > 0; label--)
			used += write_octet(wire[i++], out + used);
	}
	if (i >= len)
		return false;
	if (used == 0)
		out[used++] = '.';
	out[used] = '\0';
	return true;
}

bool
dns_name_normal(const char *text, size_t len, char out[DNS_NAME_SIZE])
{
	uint8_t wire[DNS_NAME_OCTETS];
	size_t used = dns_name_to_wire(text, len, wire);

	return used != 0 && dns_name_from_wire(wire, used, out);
}

/* One label of LEN octets, the LAST of its name or not. */
static bool
is_host_label(const char *label, size_t len, bool last)
{
	static const char digits[] = "0123456789";
	static const char others[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

	return len != 0 && len <= DNS_LABEL_OCTETS &&
	    strspn(label, others) >= len && label[0] != '-' &&
	    label[len - 1] != '-' && !(last && strspn(label, digits) >= len);
}

const char *
dns_name_fault(struct arena *arena, const char *text)
{
	char normal[DNS_NAME_SIZE];
	size_t n = 0;
	bool good = dns_name_normal(text, strlen(text), normal);

	for (const char *at = text; *at != '\0'; at++)
		if ((unsigned char)*at >= 0x80)
			return arena_printf(arena, _("'%s' is needed in its "
			    "ASCII form (xn--...)"), text_safe(arena, text));
	for (const char *at = normal; good && *at != '\0'; n++) {
		size_t len = strcspn(at, ".");

		good = is_host_label(at, len, at[len] == '\0');
		at += len + (at[len] == '.');
	}
	return good && n >= 2 ? NULL : arena_printf(arena,
	    _("'%s' is not a domain name"), text_safe(arena, text));
}
