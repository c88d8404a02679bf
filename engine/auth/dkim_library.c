/* SPDX-License-Identifier: ISC
 * Knows libopendkim 2.11: its callbacks for DNS, its order of calls, what its
 * error codes mean. Hides all of it. */
#include "config.h"

#include "engine/auth/dkim_library.h"

#include <string.h>
#include <sys/types.h>

#include <opendkim/dkim.h>

#include "engine/auth/missing.h"
#include "engine/base/text.h"
#include "engine/world/dns_wire.h"

#define ID ((const unsigned char *)"whybounce")

/* ---- its DNS ---- */

struct service {
	struct facts *facts;
	const struct fact *only;   /* answers every question; or NULL */
	size_t len;                /* of the reply that was handed over */
};

static int
query_start(void *arg, int type, unsigned char *query, unsigned char *buf,
    size_t size, void **handle)
{
	struct service *service = arg;
	const struct fact *fact = service->only;

	if (fact == NULL && type == DNS_TXT)
		fact = facts_dns(service->facts, (const char *)query, DNS_TXT);
	*handle = service;
	service->len = type == DNS_TXT ? dns_wire_reply(fact, buf, size) : 0;
	return service->len != 0 ? DKIM_DNS_SUCCESS : DKIM_DNS_ERROR;
}

static int
query_cancel(void *arg, void *handle)
{
	(void)arg;
	(void)handle;
	return DKIM_DNS_SUCCESS;
}

static int
query_wait(void *arg, void *handle, struct timeval *timeout, size_t *bytes,
    int *error, int *dnssec)
{
	struct service *service = handle;

	(void)arg;
	(void)timeout;
	*bytes = service->len;
	if (error != NULL)
		*error = 0;
	if (dnssec != NULL)
		*dnssec = DKIM_DNSSEC_UNKNOWN;
	return DKIM_DNS_SUCCESS;
}

static DKIM_LIB *
library(struct service *service)
{
	DKIM_LIB *lib = dkim_init(NULL, NULL);
	/* keep signatures that cannot be read */
	unsigned int flags = DKIM_LIBFLAGS_BADSIGHANDLES;

	if (lib == NULL)
		return NULL;
	(void)dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_FLAGS, &flags,
	    sizeof flags);
	dkim_dns_set_query_service(lib, service);
	dkim_dns_set_init(lib, NULL);
	dkim_dns_set_close(lib, NULL);
	dkim_dns_set_query_start(lib, query_start);
	dkim_dns_set_query_cancel(lib, query_cancel);
	dkim_dns_set_query_waitreply(lib, query_wait);
	return lib;
}

int
dkim_library_test(struct arena *arena, const struct fact *fact,
    const char *selector, const char *domain, const char *pem, size_t pem_len,
    const char **reason)
{
	struct service service = { .only = fact };
	char err[256] = "";
	DKIM_LIB *lib = library(&service);
	int dnssec = 0, result = 0;

	if (lib == NULL)
		return 0;
	result = dkim_test_key(lib, arena_strdup(arena, selector),
	    arena_strdup(arena, domain),
	    pem != NULL ? arena_strndup(arena, pem, pem_len) : NULL,
	    pem != NULL ? pem_len : 0, &dnssec, err, sizeof err);
	dkim_close(lib);
	*reason = text_cleaned(arena, err, strnlen(err, sizeof err));
	return result;
}

/* ---- a message ---- */

/* It writes into what it is given. */
static unsigned char *
octets(struct arena *arena, const char *text, size_t len)
{
	return (unsigned char *)arena_strndup(arena, text, len);
}

static void
keep_first(DKIM_STAT *status, DKIM_STAT next)
{
	if (*status == DKIM_STAT_OK)
		*status = next;
}

/* Hand MESSAGE over, all of it: what fails shows in the signatures, and a
 * signature that cannot be read must not hide the others. */
static DKIM_STAT
feed(struct arena *arena, DKIM *dkim, const struct dkim_message *message)
{
	DKIM_STAT status = DKIM_STAT_OK;

	for (size_t i = 0; i < message->n_fields; i++) {
		size_t len = strlen(message->fields[i]);

		keep_first(&status, dkim_header(dkim, octets(arena,
		    message->fields[i], len), len));
	}
	keep_first(&status, dkim_eoh(dkim));
	if (message->body_len != 0)
		keep_first(&status, dkim_body(dkim, octets(arena,
		    message->body, message->body_len), message->body_len));
	keep_first(&status, dkim_eom(dkim, NULL));
	return status;
}

static const char *
library_words(struct arena *arena, DKIM *dkim)
{
	const char *words = dkim_geterror(dkim);

	return words != NULL ? text_safe(arena, words) : "";
}

static const char *
signed_field(struct arena *arena, DKIM *dkim,
    const struct dkim_message *message, const char **reason)
{
	unsigned char *value = NULL;
	size_t len = 0;

	if (feed(arena, dkim, message) != DKIM_STAT_OK ||
	    dkim_getsighdr_d(dkim, strlen("DKIM-Signature: "), &value,
	    &len) != DKIM_STAT_OK) {
		*reason = library_words(arena, dkim);
		return NULL;
	}
	return arena_printf(arena, "DKIM-Signature: %.*s", (int)len,
	    (const char *)value);
}

const char *
dkim_library_sign(struct arena *arena, const struct dkim_message *message,
    const char *selector, const char *domain, const char *pem, size_t pem_len,
    bool ed25519, const char **reason)
{
	struct service service = { .facts = NULL };
	DKIM_LIB *lib = library(&service);
	const char *field = NULL;
	DKIM_STAT status;
	DKIM *dkim;

	*reason = "";
	if (lib == NULL)
		return NULL;
	dkim = dkim_sign(lib, ID, NULL, octets(arena, pem, pem_len),
	    octets(arena, selector, strlen(selector)),
	    octets(arena, domain, strlen(domain)), DKIM_CANON_RELAXED,
	    DKIM_CANON_RELAXED, ed25519 ? DKIM_SIGN_ED25519SHA256 :
	    DKIM_SIGN_RSASHA256, -1, &status);
	if (dkim != NULL) {
		field = signed_field(arena, dkim, message, reason);
		dkim_free(dkim);
	}
	dkim_close(lib);
	return field;
}

/* ---- verifying ---- */

/* What a signature's error means for its owner. */
static enum dkim_verdict
verdict_of(DKIM_SIGINFO *sig)
{
	switch (dkim_sig_geterror(sig)) {
	case DKIM_SIGERROR_NOKEY:
	case DKIM_SIGERROR_KEYREVOKED:
		return DKIM_SIGNATURE_NO_KEY;
	case DKIM_SIGERROR_KEYFAIL:
	case DKIM_SIGERROR_UNKNOWN:
		return DKIM_SIGNATURE_UNKNOWN;
	case DKIM_SIGERROR_EXPIRED:
		return DKIM_SIGNATURE_EXPIRED;
	case DKIM_SIGERROR_DNSSYNTAX:
	case DKIM_SIGERROR_MULTIREPLY:
	case DKIM_SIGERROR_KEYVERSION:
	case DKIM_SIGERROR_KEYUNKNOWNHASH:
	case DKIM_SIGERROR_KEYHASHMISMATCH:
	case DKIM_SIGERROR_NOTEMAILKEY:
	case DKIM_SIGERROR_KEYTYPEMISSING:
	case DKIM_SIGERROR_KEYTYPEUNKNOWN:
	case DKIM_SIGERROR_KEYDECODE:
	case DKIM_SIGERROR_KEYTOOSMALL:
		return DKIM_SIGNATURE_BAD_KEY;
	case DKIM_SIGERROR_OK:
	case DKIM_SIGERROR_BADSIG:
		break;
	default:
		return DKIM_SIGNATURE_FAULTY;
	}
	if (DKIM_SIG_CHECK(sig))
		return DKIM_SIGNATURE_VALID;
	return dkim_sig_getbh(sig) == DKIM_SIGBH_MISMATCH ?
	    DKIM_SIGNATURE_BODY : DKIM_SIGNATURE_HEADER;
}

static const char *
copied(struct arena *arena, const unsigned char *text)
{
	return text != NULL ? text_domain(arena, (const char *)text,
	    strlen((const char *)text)) : "";
}

static void
take_signature(struct arena *arena, struct facts *facts, DKIM *dkim,
    DKIM_SIGINFO *sig, struct dkim_signature *out)
{
	const struct fact *fact;
	const char *words;
	ssize_t message = 0, canonical = 0, limit = -1;
	dkim_alg_t algorithm;
	unsigned int bits = 0;

	if ((dkim_sig_getflags(sig) & DKIM_SIGFLAG_PROCESSED) == 0)
		(void)dkim_sig_process(dkim, sig);
	*out = (struct dkim_signature){
		.domain = copied(arena, dkim_sig_getdomain(sig)),
		.selector = copied(arena, dkim_sig_getselector(sig)),
		.verdict = verdict_of(sig),
	};
	out->name = arena_printf(arena, "%s._domainkey.%s", out->selector,
	    out->domain);
	fact = facts_dns(facts, out->name, DNS_TXT);
	out->fact = fact->key;
	/* a question that is still open is no answer */
	if (fact_missing(facts, fact))
		out->verdict = DKIM_SIGNATURE_UNKNOWN;
	words = dkim_sig_geterrorstr(dkim_sig_geterror(sig));
	out->reason = words != NULL ? text_safe(arena, words) : NULL;
	if (dkim_sig_getkeysize(sig, &bits) == DKIM_STAT_OK)
		out->bits = (int)bits;
	out->sha1 = dkim_sig_getsignalg(sig, &algorithm) == DKIM_STAT_OK &&
	    algorithm == DKIM_SIGN_RSASHA1;
	out->partial = dkim_sig_getcanonlen(dkim, sig, &message, &canonical,
	    &limit) == DKIM_STAT_OK && limit >= 0 && limit < message;
}

size_t
dkim_library_verify(struct arena *arena, struct facts *facts,
    const struct dkim_message *message,
    struct dkim_signature out[DKIM_SIGNATURES_MAX])
{
	struct service service = { .facts = facts };
	DKIM_LIB *lib = library(&service);
	DKIM_SIGINFO **list = NULL;
	DKIM_STAT status;
	DKIM *dkim = NULL;
	int n = 0;

	if (lib != NULL)
		dkim = dkim_verify(lib, ID, NULL, &status);
	if (dkim != NULL) {
		(void)feed(arena, dkim, message);
		if (dkim_getsiglist(dkim, &list, &n) != DKIM_STAT_OK)
			n = 0;
		if (n > DKIM_SIGNATURES_MAX)
			n = DKIM_SIGNATURES_MAX;
		for (int i = 0; i < n; i++)
			take_signature(arena, facts, dkim, list[i], &out[i]);
		dkim_free(dkim);
	}
	if (lib != NULL)
		dkim_close(lib);
	return (size_t)n;
}
