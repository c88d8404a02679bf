/* SPDX-License-Identifier: ISC
 * Prints what a host knows about itself. */
#include "config.h"

#include "engine/report/report_facts.h"

#include <string.h>

#include "engine/base/json.h"
#include "engine/report/report_json.h"
#include "engine/world/server.h"

void
report_facts(const struct host *host, const struct postfix *postfix,
    struct str *out)
{
	str_adds(out, "[host]\n");
	host_print(host, out);
	if (postfix_get_state(postfix) != POSTFIX_FOUND)
		return;
	str_adds(out, "\n[postfix]\n");
	if (postfix_version(postfix) != NULL)
		str_addf(out, "mail_version = %s\n", postfix_version(postfix));
	postfix_print_sending(postfix, out);
}

static struct json *
strings(const char *const *list, size_t n)
{
	struct json *array = json_new_array();

	for (size_t i = 0; i < n; i++)
		json_put_string(array, NULL, list[i]);
	return array;
}

static struct json *
host_object(const struct host *host)
{
	struct json *object = json_new_object();
	struct json *addresses = json_new_array(), *signers = json_new_array();

	for (size_t i = 0; i < host->n_addresses; i++) {
		struct json *address = json_new_object();

		json_put_string(address, "ip", host->addresses[i].ip);
		json_put_string(address, "interface",
		    host->addresses[i].interface);
		json_put(addresses, NULL, address);
	}
	for (size_t i = 0; i < host->n_signers; i++) {
		struct json *signer = json_new_object();

		json_put_string(signer, "program", host->signers[i].program);
		json_put_string(signer, "domain", host->signers[i].domain);
		json_put_string(signer, "selector", host->signers[i].selector);
		json_put(signers, NULL, signer);
	}
	json_put_string(object, "name", host->name);
	json_put(object, "addresses", addresses);
	json_put_string(object, "outgoing_ipv4", host->outgoing4);
	json_put_string(object, "outgoing_ipv6", host->outgoing6);
	json_put_boolean(object, "ipv6_route", host->has_ipv6_route);
	json_put(object, "signers", signers);
	return object;
}

/* The settings as facts text has them, line by line: secrets are left out at
 * one place only. */
static struct json *
settings_object(const struct postfix *postfix)
{
	struct json *object = json_new_object();
	struct str text;
	char *line, *next;

	str_init(&text, (size_t)1 << 20);
	postfix_print_sending(postfix, &text);
	for (line = text.text; *line != '\0'; line = next) {
		char *equals = strstr(line, " =");

		next = line + strcspn(line, "\n");
		if (*next == '\n')
			*next++ = '\0';
		if (equals == NULL)
			continue;
		*equals = '\0';
		json_put_string(object, line,
		    equals + 2 + (equals[2] == ' '));
	}
	str_free(&text);
	return object;
}

static struct json *
postfix_object(const struct postfix *postfix)
{
	struct json *object;

	if (postfix_get_state(postfix) != POSTFIX_FOUND)
		return NULL;
	object = json_new_object();
	json_put_string(object, "directory", postfix_directory(postfix));
	json_put_string(object, "version", postfix_version(postfix));
	json_put(object, "settings", settings_object(postfix));
	return object;
}

void
report_json_facts(const struct host *host, const struct postfix *postfix,
    struct str *out)
{
	struct arena *arena = arena_new();
	struct json *object = json_new_object();
	const char *const *ips;
	size_t n;

	ips = server_addresses(arena, host, postfix, &n);
	json_put_integer(object, "version", 1);
	json_put(object, "host", host_object(host));
	json_put(object, "sends_from", strings(ips, n));
	json_put(object, "postfix", postfix_object(postfix));
	report_json_line(&object, out);
	arena_free(&arena);
}
