/* SPDX-License-Identifier: ISC
 * Knows libspf2: one compiled mechanism, interpreted with our cache as its
 * DNS. Hides that its own record look-up, limits and texts are never used. */
#include "config.h"

#include "engine/auth/spf_match.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <spf2/spf.h>
#include <spf2/spf_dns.h>
#include <spf2/spf_dns_rr.h>

#include "engine/auth/missing.h"
#include "engine/base/text.h"

#define MAX_NAMES 10      /* MX and PTR, RFC 7208 4.6.4 */
#define MECHANISM_MAX 400

struct spf_match {
	struct facts *facts;
	char ip[INET6_ADDRSTRLEN];
	SPF_dns_server_t dns;
	SPF_server_t *server;
	SPF_request_t *request;
	void (*add_fact)(void *arg, const struct fact *fact);
	void *arg;
	/* of the mechanism under way */
	const char *target;
	bool is_ptr;
	struct spf_match_log *log;
};

static void
say_nothing(const char *file, int line, const char *message)
{
	(void)file;
	(void)line;
	(void)message;
}

static void give_up(const char *file, int line, const char *message)
	__attribute__((noreturn));
static void
give_up(const char *file, int line, const char *message)
{
	say_nothing(file, line, message);
	abort();
}

/* libspf2 gives NULL only out of memory, and cannot go on without. */
static void *
need(void *p)
{
	if (p == NULL)
		abort();
	return p;
}

/* libspf2 prints through these by default and would spoil the screen. */
static void
silence(void)
{
	SPF_error_handler = give_up;
	SPF_warning_handler = say_nothing;
	SPF_info_handler = say_nothing;
	SPF_debug_handler = say_nothing;
}

/* The cache's answer for NAME, noted in the log. */
static const struct fact *
ask(struct spf_match *match, const char *name, enum dns_type type)
{
	const struct fact *fact = facts_dns(match->facts, name, type);

	if (match->add_fact != NULL)
		match->add_fact(match->arg, fact);
	if (fact_missing(match->facts, fact))
		match->log->wanted = true;
	else if (fact_empty(fact))
		match->log->voids++;
	return fact;
}

/* The host behind the preference of an MX value. */
static const char *
host_of_mx(const struct fact_value *value)
{
	const char *blank = strchr(value->text, ' ');

	return blank != NULL ? blank + 1 : "";
}

static void
add_record(SPF_dns_rr_t *rr, ns_type type, const struct fact_value *value)
{
	const char *name = type == ns_t_mx ? host_of_mx(value) : value->text;
	size_t len = sizeof(SPF_dns_rr_data_t);
	int i = rr->num_rr;
	SPF_dns_rr_data_t *data;

	if (type == ns_t_mx || type == ns_t_ptr)
		len += strlen(name);
	if (SPF_dns_rr_buf_realloc(rr, i, len) != SPF_E_SUCCESS)
		return;
	data = rr->rr[i];
	if (type == ns_t_a && inet_pton(AF_INET, value->text, &data->a) != 1)
		return;
	if (type == ns_t_aaaa &&
	    inet_pton(AF_INET6, value->text, &data->aaaa) != 1)
		return;
	if (type == ns_t_mx || type == ns_t_ptr)
		memcpy(type == ns_t_mx ? data->mx : data->ptr, name,
		    strlen(name) + 1);
	rr->num_rr++;
}

/* Put what FACT says into RR. A wanted answer is no answer, so that libspf2
 * goes on and asks for the other names of the mechanism too. */
static void
fill(struct spf_match *match, SPF_dns_rr_t *rr, const struct fact *fact)
{
	size_t n = fact->n_values;

	rr->herrno = NO_DATA;
	if (fact_missing(match->facts, fact))
		return;
	if (fact->status == FACT_NXDOMAIN)
		rr->herrno = HOST_NOT_FOUND;
	/* RFC 7208 5.5: with "ptr", a name without answer is skipped */
	else if (!fact_known(fact) && !match->is_ptr)
		rr->herrno = TRY_AGAIN;
	if (fact->status != FACT_OK)
		return;
	if (rr->rr_type == ns_t_mx && n > MAX_NAMES)
		match->log->too_many_names = true;
	if ((rr->rr_type == ns_t_mx || rr->rr_type == ns_t_ptr) &&
	    n > MAX_NAMES)
		n = MAX_NAMES;
	for (size_t i = 0; i < n; i++)
		add_record(rr, rr->rr_type, &fact->values[i]);
	if (rr->num_rr != 0)
		rr->herrno = NETDB_SUCCESS;
	if (rr->rr_type == ns_t_a || rr->rr_type == ns_t_aaaa)
		match->log->addresses |= rr->num_rr != 0;
}

/* libspf2's only way to DNS. It must not return NULL. */
static SPF_dns_rr_t *
look_up(SPF_dns_server_t *server, const char *domain, ns_type type,
    int should_cache)
{
	struct spf_match *match = server->hook;
	SPF_dns_rr_t *rr =
		need(SPF_dns_rr_new_init(server, domain, type, 0, NO_DATA));

	(void)should_cache;
	if (text_same(domain, SPF_MATCH_STAND_IN) && match->target != NULL)
		domain = match->target;
	/* the host of a null MX (RFC 7505) is no name to ask for */
	if (domain[0] == '\0' || strcmp(domain, ".") == 0)
		return rr;
	if (type == ns_t_a || type == ns_t_aaaa || type == ns_t_mx ||
	    type == ns_t_ptr)
		fill(match, rr, ask(match, domain, (enum dns_type)type));
	return rr;
}

static bool
set_client(SPF_request_t *request, const char *ip)
{
	if (ip_is_v6(ip))
		return SPF_request_set_ipv6_str(request, ip) == SPF_E_SUCCESS;
	return SPF_request_set_ipv4_str(request, ip) == SPF_E_SUCCESS;
}

/* After each mechanism that does not match libspf2 writes an explanation, by
 * default a long one with macros: half of all the time. */
static void
set_short_explanation(SPF_server_t *server)
{
	SPF_response_t *response = NULL;

	SPF_server_set_explanation(server, "-", &response);
	if (response != NULL)
		SPF_response_free(response);
}

struct spf_match *
spf_match_new(struct facts *facts, const char *ip,
    void (*add_fact)(void *arg, const struct fact *fact), void *arg)
{
	struct spf_match *match = mem_alloc(sizeof *match);

	silence();
	*match = (struct spf_match){ .facts = facts, .add_fact = add_fact,
		.arg = arg };
	match->dns.lookup = look_up;
	match->dns.name = "facts";
	match->dns.hook = match;
	match->server = need(SPF_server_new_dns(&match->dns, 0));
	/* its own limits are counted per record; ours over the whole check */
	SPF_server_set_max_dns_ptr(match->server, MAX_NAMES + 1);
	SPF_server_set_max_dns_mx(match->server, MAX_NAMES + 1);
	SPF_server_set_rec_dom(match->server, "receiver.invalid");
	set_short_explanation(match->server);
	match->request = need(SPF_request_new(match->server));
	/* all macros are expanded before: these are never looked at */
	SPF_request_set_helo_dom(match->request, "client.invalid");
	SPF_request_set_env_from(match->request, "postmaster@client.invalid");
	if (strlen(ip) >= sizeof match->ip ||
	    !set_client(match->request, ip))
		spf_match_free(&match);
	else
		memcpy(match->ip, ip, strlen(ip) + 1);
	return match;
}

void
spf_match_free(struct spf_match **match)
{
	if (*match == NULL)
		return;
	SPF_request_free((*match)->request);
	SPF_server_free((*match)->server);
	free(*match);
	*match = NULL;
}

/* The result of the response, which libspf2 leaves invalid on some errors. */
static enum spf_result
result_of(SPF_response_t *response)
{
	switch (SPF_response_result(response)) {
	case SPF_RESULT_PASS:
		return SPF_PASS;
	case SPF_RESULT_NEUTRAL:
		return SPF_NEUTRAL;
	case SPF_RESULT_TEMPERROR:
		return SPF_TEMPERROR;
	case SPF_RESULT_INVALID:
		if (SPF_response_errcode(response) == SPF_E_DNS_ERROR)
			return SPF_TEMPERROR;
		return SPF_PERMERROR;
	case SPF_RESULT_FAIL:
	case SPF_RESULT_SOFTFAIL:
	case SPF_RESULT_NONE:
	case SPF_RESULT_PERMERROR:
		return SPF_PERMERROR;
	}
	return SPF_PERMERROR;
}

static enum spf_result
interpret(struct spf_match *match, const char *text)
{
	SPF_response_t *response = need(SPF_response_new(match->request));
	SPF_record_t *record = NULL;
	enum spf_result result = SPF_PERMERROR;

	if (SPF_record_compile(match->server, response, &record, text) ==
	    SPF_E_SUCCESS) {
		response->spf_record_exp = record;
		match->request->cur_dom = "client.invalid";
		SPF_record_interpret(record, match->request, response, 0);
		result = result_of(response);
	}
	if (record != NULL)
		SPF_record_free(record);
	SPF_response_free(response);
	return result;
}

enum spf_result
spf_match_mechanism(struct spf_match *match, const char *mechanism,
    const char *target, struct spf_match_log *log)
{
	char text[MECHANISM_MAX] = "v=spf1 ";
	size_t start = strlen(text), len = strlen(mechanism);
	enum spf_result result;

	*log = (struct spf_match_log){ 0 };
	/* names have at most 253 octets; a '%' would reach its macro parser,
	 * which overflows (CVE-2023-42118) */
	if (len >= sizeof text - start || strchr(mechanism, '%') != NULL)
		return SPF_PERMERROR;
	memcpy(text + start, mechanism, len + 1);
	match->log = log;
	match->target = target;
	match->is_ptr = text_starts(mechanism, "ptr");
	result = interpret(match, text);
	match->log = NULL;
	match->target = NULL;
	if (match->is_ptr && result == SPF_TEMPERROR)
		return SPF_NEUTRAL;
	/* RFC 7208 4.6.4: even when one of the first ten matches */
	return log->too_many_names ? SPF_PERMERROR : result;
}

/* How well NAME serves as %{p} for DOMAIN (RFC 7208 7.3); 0: not at all. */
static int
rank(struct spf_match *match, const char *name, const char *domain)
{
	enum dns_type type = ip_is_v6(match->ip) ? DNS_AAAA : DNS_A;

	if (!fact_has_address(ask(match, name, type), match->ip))
		return 0;
	if (text_same(name, domain))
		return 3;
	return text_domain_below(name, domain) ? 2 : 1;
}

const char *
spf_match_client_name(struct spf_match *match, struct arena *arena,
    const char *domain, struct spf_match_log *log)
{
	const struct fact *ptr;
	const char *best = "unknown", *reverse;
	int best_rank = 0;

	*log = (struct spf_match_log){ 0 };
	match->log = log;
	reverse = dns_reverse(arena, match->ip, NULL);
	domain = text_domain(arena, domain, strlen(domain));
	ptr = reverse != NULL ? ask(match, reverse, DNS_PTR) : NULL;
	for (size_t i = 0; ptr != NULL && ptr->status == FACT_OK &&
	    i < ptr->n_values && i < MAX_NAMES; i++) {
		int r = rank(match, ptr->values[i].text, domain);

		if (r > best_rank) {
			best_rank = r;
			best = ptr->values[i].text;
		}
	}
	match->log = NULL;
	return arena_strdup(arena, best);
}
