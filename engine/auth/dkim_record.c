/* SPDX-License-Identifier: ISC
 * Knows key records: tags, base64, and how a key looks that was cut. Hides
 * libcrypto. */
#include "config.h"

#include "engine/auth/dkim_record.h"

#include <string.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "engine/auth/dkim_key.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"

#define MAX_TAGS 64
#define ED25519_OCTETS 32       /* RFC 8463 section 4 */
#define MIN_RSA_BITS 1024       /* RFC 8301 3.2 */
#define STRING_MAX 255          /* of one TXT string, RFC 1035 3.3 */

struct tag {
	const char *name, *value;
};

struct reader {
	struct arena *arena;
	struct dkim_record *out;
	struct tag tags[MAX_TAGS];
	size_t n_tags;
	size_t len;             /* of the record */
};

static bool
fault(struct reader *r, enum dkim_result result, const char *message)
{
	r->out->result = result;
	r->out->fault = message;
	return false;
}

static const char *
tag_value(const struct reader *r, const char *name)
{
	for (size_t i = 0; i < r->n_tags; i++)
		if (strcmp(r->tags[i].name, name) == 0)
			return r->tags[i].value;
	return NULL;
}

/* Faults of the whole text, which tags would only blur. */
static bool
check_text(struct reader *r, const char *text, size_t len)
{
	if (len > 5 && text_same_n(text, "v=spf1", 6))
		return fault(r, DKIM_KEY_FAULTY,
		    _("it is an SPF record, no key; perhaps a wildcard record "
		      "(*) of the domain answers for the name"));
	if (memchr(text, '"', len) != NULL)
		return fault(r, DKIM_KEY_FAULTY,
		    _("quotation marks are part of the text; a DNS panel wants "
		      "it without them"));
	if (memchr(text, '\\', len) != NULL)
		return fault(r, DKIM_KEY_FAULTY,
		    _("a backslash is part of the text; a DNS panel wants it "
		      "without"));
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c > 0x7e || (c < ' ' && !text_is_space(text[i])))
			return fault(r, DKIM_KEY_FAULTY,
			    _("it holds a character that is not plain ASCII"));
	}
	return true;
}

/* tag-list (RFC 6376 3.2). */
static bool
read_tags(struct reader *r, const char *text)
{
	const char *p = text;

	while (*p != '\0') {
		const char *end = p + strcspn(p, ";");
		const char *equals = memchr(p, '=', (size_t)(end - p));
		struct tag tag = { NULL, NULL };

		if (text_trimmed(r->arena, p, end)[0] != '\0') {
			if (equals == NULL || r->n_tags == MAX_TAGS)
				return fault(r, DKIM_KEY_FAULTY,
				    _("it is not a list of tags (name=value) "
				      "with semicolons between them"));
			tag.name = text_trimmed(r->arena, p, equals);
			tag.value = text_trimmed(r->arena, equals + 1, end);
			if (tag_value(r, tag.name) != NULL)
				return fault(r, DKIM_KEY_FAULTY,
				    arena_printf(r->arena,
				    _("the tag \"%s\" stands in it twice"),
				    text_safe(r->arena, tag.name)));
			r->tags[r->n_tags++] = tag;
		}
		p = *end == ';' ? end + 1 : end;
	}
	return true;
}

/* Is WORD in the colon-separated list? */
static bool
has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	while (*list != '\0') {
		size_t len;

		list += strspn(list, " \t\r\n:");
		len = strcspn(list, " \t\r\n:");
		if (len == n && text_same_n(list, word, n))
			return true;
		list += len;
	}
	return false;
}

static bool
check_tags(struct reader *r)
{
	const char *version = tag_value(r, "v"), *type = tag_value(r, "k");
	const char *hashes = tag_value(r, "h"), *flags = tag_value(r, "t");
	const char *services = tag_value(r, "s");

	if (version != NULL && strcmp(version, "DKIM1") != 0)
		return fault(r, DKIM_KEY_FAULTY, arena_printf(r->arena,
		    _("its version is \"%s\" instead of \"DKIM1\""),
		    text_safe(r->arena, version)));
	r->out->version_late = version != NULL &&
		strcmp(r->tags[0].name, "v") != 0;
	r->out->test_mode = flags != NULL && has_word(flags, "y");
	r->out->sha1_only = hashes != NULL && !has_word(hashes, "sha256");
	if (type == NULL || text_same(type, "rsa"))
		r->out->type = "rsa";
	else if (text_same(type, "ed25519"))
		r->out->type = "ed25519";
	else
		return fault(r, DKIM_KEY_FAULTY, arena_printf(r->arena,
		    _("its key type \"%s\" does not exist"),
		    text_safe(r->arena, type)));
	if (services != NULL && !has_word(services, "*") &&
	    !has_word(services, "email"))
		return fault(r, DKIM_KEY_FAULTY, arena_printf(r->arena,
		    _("it is not meant for mail (\"s=%s\")"),
		    text_safe(r->arena, services)));
	return true;
}

static int
base64_digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *p = c != '\0' ? strchr(digits, c) : NULL;

	return p != NULL ? (int)(p - digits) : -1;
}

/* Decode VALUE into r->out->key, blanks left out. *LOOSE becomes the number of
 * characters beyond whole groups of four. */
static bool
decode(struct reader *r, const char *value, size_t *loose)
{
	unsigned char *out = arena_alloc(r->arena, strlen(value) + 1);
	size_t n = 0, digits = 0, pads = 0;
	unsigned int bits = 0;

	for (const char *p = value; *p != '\0'; p++) {
		int digit = base64_digit(*p);

		if (text_is_space(*p))
			continue;
		if (*p == '=') {
			pads++;
			continue;
		}
		if (digit < 0 || pads != 0)
			return fault(r, DKIM_KEY_FAULTY, digit >= 0 ?
			    _("\"=\" stands in the middle of the key") :
			    arena_printf(r->arena,
			    _("\"%s\" cannot stand in a key"),
			    text_cleaned(r->arena, p, 1)));
		bits = (bits << 6 | (unsigned int)digit) & 0xffffff;
		digits++;
		if (digits % 4 != 1)
			out[n++] = (unsigned char)(bits >>
			    (digits % 4 == 2 ? 4 : digits % 4 == 3 ? 2 : 0));
	}
	r->out->key = out;
	r->out->key_len = n;
	*loose = (digits + pads) % 4;
	return true;
}

/* How long the DER value at KEY says it is, header included; 0 when it is no
 * SEQUENCE or its length cannot be read. */
static size_t
der_length(const unsigned char *key, size_t len)
{
	size_t octets, total = 0;

	if (len < 2 || key[0] != 0x30)
		return 0;
	if (key[1] < 0x80)
		return 2 + (size_t)key[1];
	octets = key[1] & 0x7f;
	if (octets == 0 || octets > 2 || len < 2 + octets)
		return 0;
	for (size_t i = 0; i < octets; i++)
		total = total << 8 | key[2 + i];
	return 2 + octets + total;
}

static bool
cut(struct reader *r)
{
	if (r->len == STRING_MAX)
		return fault(r, DKIM_KEY_CUT,
		    _("the key ends in the middle: the record has exactly 255 "
		      "characters, as many as one string can hold"));
	return fault(r, DKIM_KEY_CUT, arena_printf(r->arena,
	    _("the key ends in the middle, after %zu characters of the record"),
	    r->len));
}

static EVP_PKEY *
public_key(const struct dkim_record *record)
{
	const unsigned char *p = record->key;

	if (strcmp(record->type, "ed25519") == 0)
		return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, p,
		    record->key_len);
	return d2i_PUBKEY(NULL, &p, (long)record->key_len);
}

static bool
check_rsa(struct reader *r, size_t loose)
{
	size_t length = der_length(r->out->key, r->out->key_len);
	EVP_PKEY *key;
	bool rsa;

	if (length > r->out->key_len || (length == 0 && loose != 0))
		return cut(r);
	key = length == r->out->key_len ? public_key(r->out) : NULL;
	rsa = key != NULL && EVP_PKEY_is_a(key, "RSA");
	if (rsa)
		r->out->bits = EVP_PKEY_get_bits(key);
	EVP_PKEY_free(key);
	if (!rsa)
		return fault(r, DKIM_KEY_FAULTY,
		    _("what stands behind p= is not an RSA key"));
	if (r->out->bits < MIN_RSA_BITS)
		return fault(r, DKIM_KEY_FAULTY, arena_printf(r->arena,
		    _("the key has only %d bits; receivers want at least %d"),
		    r->out->bits, MIN_RSA_BITS));
	return true;
}

static bool
check_key(struct reader *r)
{
	const char *value = tag_value(r, "p");
	size_t loose = 0;

	if (value == NULL)
		return fault(r, DKIM_KEY_FAULTY,
		    _("it has no key (p= is missing)"));
	if (value[strspn(value, " \t\r\n")] == '\0')
		return fault(r, DKIM_KEY_REVOKED, NULL);
	if (!decode(r, value, &loose))
		return false;
	if (strcmp(r->out->type, "rsa") == 0) {
		if (!check_rsa(r, loose))
			return false;
	} else if (r->out->key_len < ED25519_OCTETS) {
		return cut(r);
	} else if (r->out->key_len > ED25519_OCTETS) {
		return fault(r, DKIM_KEY_FAULTY,
		    _("an ed25519 key must have 44 characters behind p="));
	}
	if (loose != 0)
		return fault(r, DKIM_KEY_FAULTY,
		    _("\"=\" is missing at the end of the key"));
	return true;
}

void
dkim_record_read(struct arena *arena, const char *text, size_t len,
    struct dkim_record *out)
{
	struct reader r = { .arena = arena, .out = out, .len = len };

	*out = (struct dkim_record){ .result = DKIM_KEY_OK };
	if (check_text(&r, text, len) &&
	    read_tags(&r, arena_strndup(arena, text, len)) && check_tags(&r))
		(void)check_key(&r);
}

/* RFC 6376 3.6.1: what signers publish, without tags that only do harm. */
static const char *
record_text(struct arena *arena, const char *type, const unsigned char *key,
    size_t len)
{
	char *base64 = arena_alloc(arena, (len + 2) / 3 * 4 + 1);

	EVP_EncodeBlock((unsigned char *)base64, key, (int)len);
	return arena_printf(arena, "v=DKIM1; k=%s; p=%s", type, base64);
}

const char *
dkim_record_write(struct arena *arena, const struct dkim_record *record)
{
	return record->result != DKIM_KEY_OK ? NULL : record_text(arena,
	    record->type, record->key, record->key_len);
}

enum dkim_match
dkim_record_match(const struct dkim_record *record, const char *pem,
    size_t pem_len)
{
	EVP_PKEY *private = dkim_private_key(pem, pem_len), *public;
	enum dkim_match match = DKIM_MATCH_NO_PRIVATE;

	public = private != NULL ? public_key(record) : NULL;
	if (private != NULL)
		match = public != NULL && EVP_PKEY_eq(private, public) == 1 ?
			DKIM_MATCH_YES : DKIM_MATCH_NO;
	EVP_PKEY_free(private);
	EVP_PKEY_free(public);
	return match;
}

const char *
dkim_record_for(struct arena *arena, const char *pem, size_t pem_len)
{
	EVP_PKEY *key = dkim_private_key(pem, pem_len);
	unsigned char raw[ED25519_OCTETS], *der = NULL;
	size_t raw_len = sizeof raw;
	const char *text = NULL;
	int len;

	if (key != NULL && EVP_PKEY_is_a(key, "RSA")) {
		len = i2d_PUBKEY(key, &der);
		if (len > 0 && EVP_PKEY_get_bits(key) >= MIN_RSA_BITS)
			text = record_text(arena, "rsa", der, (size_t)len);
		OPENSSL_free(der);
	} else if (key != NULL && EVP_PKEY_is_a(key, "ED25519") &&
	    EVP_PKEY_get_raw_public_key(key, raw, &raw_len) == 1) {
		text = record_text(arena, "ed25519", raw, raw_len);
	}
	EVP_PKEY_free(key);
	return text;
}

/* All values as one text, beginning with the FIRST. */
static const char *
joined(struct arena *arena, const struct fact *fact, size_t first,
    size_t *len)
{
	char *text, *p;

	*len = 0;
	for (size_t i = 0; i < fact->n_values; i++)
		*len += fact->values[i].len;
	text = p = arena_alloc(arena, *len + 1);
	for (size_t i = 0; i < fact->n_values; i++) {
		const struct fact_value *v =
		    &fact->values[(first + i) % fact->n_values];

		memcpy(p, v->text, v->len);
		p += v->len;
	}
	return text;
}

bool
dkim_record_pieces(struct arena *arena, const struct fact *fact,
    struct dkim_record *out)
{
	for (size_t i = 0; fact->n_values == 2 && i < 2; i++) {
		size_t len;
		const char *text = joined(arena, fact, i, &len);

		dkim_record_read(arena, text, len, out);
		if (out->result == DKIM_KEY_OK)
			return true;
	}
	return false;
}

bool
dkim_record_mend(struct arena *arena, const char *text, size_t len,
    struct dkim_record *out)
{
	char *copy = arena_alloc(arena, len + 1);
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		if (strchr("\"\\()", text[i]) == NULL && text[i] != '\0')
			copy[n++] = text[i];
	dkim_record_read(arena, copy, n, out);
	return out->result == DKIM_KEY_OK;
}
