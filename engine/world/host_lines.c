/* SPDX-License-Identifier: ISC
 * The [host] lines of a recording: read into a host, and a host as lines. Each
 * line is a row of a table. */
#include "config.h"

#include "engine/world/host_parts.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/text.h"
#include "engine/world/dns_name.h"
#include "engine/world/facts.h"
#include "engine/world/signer.h"

#define WORDS_MAX 40
#define SPARES_MAX 100
#define TXT_LIMIT_MAX 65535

static bool
parse_address(struct arena *arena, struct host *host, const char *const *words,
    size_t n, struct str *err)
{
	if (n < 1 || n > 2 || ip_canonical(arena, words[0]) == NULL) {
		str_addf(err, "'%s' is not an address", n > 0 ?
			text_safe(arena, words[0]) : "");
		return false;
	}
	if (host->n_addresses >= HOST_ADDRESSES_MAX) {
		str_addf(err, "more than %d addresses", HOST_ADDRESSES_MAX);
		return false;
	}
	host_add_address(arena, host, words[0], n > 1 ? words[1] : NULL);
	return true;
}

static bool
parse_outgoing(struct arena *arena, struct host *host, const char *const *words,
    size_t n, struct str *err)
{
	const char *ip = n == 1 ? ip_canonical(arena, words[0]) : NULL;

	if (ip == NULL) {
		str_adds(err, "'outgoing' is one address");
		return false;
	}
	if (ip_is_v6(ip))
		host->outgoing6 = ip;
	else
		host->outgoing4 = ip;
	return true;
}

static bool
parse_signer(struct arena *arena, struct host *host, const char *const *words,
    size_t n, struct str *err)
{
	struct host_signer signer;

	if (n < 3 || n > 4) {
		str_adds(err, "a signer is PROGRAM DOMAIN SELECTOR [KEYFILE]");
		return false;
	}
	signer = (struct host_signer){
		.program = words[0],
		.domain = words[1],
		.selector = words[2],
		.key_file = n > 3 ? words[3] : NULL,
	};
	signer_add(arena, host, &signer);
	return true;
}

static bool
parse_spare(struct arena *arena, struct host *host, const char *const *words,
    size_t n, struct str *err)
{
	struct host_spare *list = arena_array(arena, host->n_spares + 1,
	    sizeof *list);
	char *end = NULL;
	long days = n == 6 ? strtol(words[5], &end, 10) : -1;

	if (n != 6 || *end != '\0' || days < 0 || days > INT_MAX ||
	    host->n_spares >= SPARES_MAX) {
		str_adds(err, "a spare key is PROGRAM DOMAIN SELECTOR KEYFILE "
		    "newer|older DAYS");
		return false;
	}
	if (host->n_spares != 0)
		memcpy(list, host->spares, host->n_spares * sizeof *list);
	list[host->n_spares++] = (struct host_spare){
		.program = words[0], .domain = words[1], .selector = words[2],
		.key_file = words[3], .newer = text_same(words[4], "newer"),
		.days = (int)days,
	};
	host->spares = list;
	return true;
}

static bool
parse_route(struct arena *arena, struct host *host, const char *const *words,
    size_t n, struct str *err)
{
	(void)arena;
	host->has_ipv6_route = n == 1 && text_same(words[0], "yes");
	if (n == 1 && (host->has_ipv6_route || text_same(words[0], "no")))
		return true;
	str_adds(err, "'ipv6-route' is 'yes' or 'no'");
	return false;
}

static bool
parse_limit(struct arena *arena, struct host *host, const char *const *words,
    size_t n, struct str *err)
{
	char *end = NULL;
	long limit = n == 1 ? strtol(words[0], &end, 10) : -1;

	(void)arena;
	if (end == NULL || *end != '\0' || end == words[0] || limit < 0 ||
	    limit > TXT_LIMIT_MAX) {
		str_addf(err, "'txt-limit' is a number up to %d",
		    TXT_LIMIT_MAX);
		return false;
	}
	host->txt_limit = (int)limit;
	return true;
}

static bool
parse_name(struct arena *arena, struct host *host, const char *const *words,
    size_t n, struct str *err)
{
	char normal[DNS_NAME_SIZE];

	if (n != 1 || !dns_name_normal(words[0], strlen(words[0]), normal)) {
		str_adds(err, "'name' is one host name");
		return false;
	}
	host->name = arena_strdup(arena, normal);
	return true;
}

static bool
parse_month(struct arena *arena, struct host *host, const char *const *words,
    size_t n, struct str *err)
{
	(void)arena;
	if (n != 1 || strlen(words[0]) != 6 ||
	    strspn(words[0], "0123456789") != 6) {
		str_adds(err, "'month' is a year and a month, as in 202611");
		return false;
	}
	host->month = words[0];
	return true;
}

static bool
parse_yes(const char *const *words, size_t n, const char *name, bool *value,
    struct str *err)
{
	if (n != 1 || (strcmp(words[0], "yes") != 0 &&
	    strcmp(words[0], "no") != 0)) {
		str_addf(err, "'%s' is 'yes' or 'no'", name);
		return false;
	}
	*value = strcmp(words[0], "yes") == 0;
	return true;
}

static bool
parse_rspamd(struct arena *arena, struct host *host, const char *const *words,
    size_t n, struct str *err)
{
	(void)arena;
	return parse_yes(words, n, "rspamd", &host->rspamd, err);
}

static bool
parse_amavis(struct arena *arena, struct host *host, const char *const *words,
    size_t n, struct str *err)
{
	(void)arena;
	return parse_yes(words, n, "amavis", &host->amavis, err);
}

static bool
parse_milter(struct arena *arena, struct host *host, const char *const *words,
    size_t n, struct str *err)
{
	struct milter *list;

	list = arena_array(arena, host->n_milters + 1, sizeof *list);
	if (host->n_milters != 0)
		memcpy(list, host->milters, host->n_milters * sizeof *list);
	if (host->n_milters >= MILTERS_MAX ||
	    !milter_parse(words, n, &list[host->n_milters])) {
		str_adds(err, "a milter is ADDRESS STATE PLACE [chroot]");
		return false;
	}
	host->milters = list;
	host->n_milters++;
	return true;
}

/* "opendkim…" lines belong together. */
static bool
parse_opendkim(struct arena *arena, struct host *host, const char *name,
    const char *const *words, size_t n, struct str *err)
{
	struct opendkim *o = arena_alloc(arena, sizeof *o);

	if (host->opendkim != NULL)
		*o = *host->opendkim;
	host->opendkim = o;
	if (opendkim_parse(arena, o, name, words, n))
		return true;
	str_addf(err, "'%s' cannot be read", text_safe(arena, name));
	return false;
}

static const struct {
	const char *name;
	bool (*parse)(struct arena *arena, struct host *host,
	    const char *const *words, size_t n, struct str *err);
} lines[] = {
	{ "name", parse_name },
	{ "address", parse_address },
	{ "outgoing", parse_outgoing },
	{ "ipv6-route", parse_route },
	{ "signer", parse_signer },
	{ "spare", parse_spare },
	{ "txt-limit", parse_limit },
	{ "setting", host_parse_setting },
	{ "month", parse_month },
	{ "rspamd", parse_rspamd },
	{ "amavis", parse_amavis },
	{ "milter", parse_milter },
};

bool
host_parse_line(struct arena *arena, struct host *host, const char *line,
    struct str *err)
{
	const char *words[WORDS_MAX], *equals = strchr(line, '=');
	const char *name, *at = line, *word;
	size_t n = 0, len = host_next_word(&at, " \t\r=", &name);

	if (equals == NULL || len == 0 || name > equals ||
	    at + strspn(at, " \t") != equals) {
		str_adds(err, "not a \"name = value\" line");
		return false;
	}
	at = equals + 1;
	while (n < WORDS_MAX &&
	    (len = host_next_word(&at, " \t\r\n", &word)) > 0)
		words[n++] = arena_strndup(arena, word, len);
	name = arena_strndup(arena, name, strcspn(name, " \t\r="));
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		if (strcmp(lines[i].name, name) != 0)
			continue;
		host->known = true;
		return lines[i].parse(arena, host, words, n, err);
	}
	if (strncmp(name, "opendkim", strlen("opendkim")) == 0) {
		host->known = true;
		return parse_opendkim(arena, host, name, words, n, err);
	}
	str_addf(err, "unknown name '%s'", text_safe(arena, name));
	return false;
}

/* One word of a line: nothing that would end it. */
static void
print_word(const char *word, struct str *out)
{
	str_addc(out, ' ');
	for (; *word != '\0'; word++)
		str_addc(out, *word > ' ' && *word != 0x7f ? *word : '_');
}

static void
print_spare(const struct host_spare *spare, struct str *out)
{
	str_adds(out, "spare =");
	print_word(spare->program, out);
	print_word(spare->domain, out);
	print_word(spare->selector, out);
	print_word(spare->key_file, out);
	str_addf(out, " %s %d\n", spare->newer ? "newer" : "older",
	    spare->days);
}

void
host_print(const struct host *host, struct str *out)
{
	if (!host->known)
		return;
	if (host->name != NULL && host->name[0] != '\0') {
		str_adds(out, "name =");
		print_word(host->name, out);
		str_addc(out, '\n');
	}
	for (size_t i = 0; i < host->n_addresses; i++) {
		str_adds(out, "address =");
		print_word(host->addresses[i].ip, out);
		if (host->addresses[i].interface != NULL)
			print_word(host->addresses[i].interface, out);
		str_addc(out, '\n');
	}
	if (host->outgoing4 != NULL)
		str_addf(out, "outgoing = %s\n", host->outgoing4);
	if (host->outgoing6 != NULL)
		str_addf(out, "outgoing = %s\n", host->outgoing6);
	str_addf(out, "ipv6-route = %s\n", host->has_ipv6_route ? "yes" : "no");
	for (size_t i = 0; i < host->n_signers; i++) {
		const struct host_signer *signer = &host->signers[i];

		str_adds(out, "signer =");
		print_word(signer->program, out);
		print_word(signer->domain, out);
		print_word(signer->selector, out);
		if (signer->key_file != NULL)
			print_word(signer->key_file, out);
		str_addc(out, '\n');
	}
	for (size_t i = 0; i < host->n_spares; i++)
		print_spare(&host->spares[i], out);
	host_print_settings(host, out);
	if (host->txt_limit > 0)
		str_addf(out, "txt-limit = %d\n", host->txt_limit);
	if (host->month != NULL)
		str_addf(out, "month = %s\n", host->month);
	if (host->rspamd)
		str_adds(out, "rspamd = yes\n");
	if (host->amavis)
		str_adds(out, "amavis = yes\n");
	if (host->opendkim != NULL)
		opendkim_print(host->opendkim, out);
	for (size_t i = 0; i < host->n_milters; i++)
		milter_print(&host->milters[i], out);
}
