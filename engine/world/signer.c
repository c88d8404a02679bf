/* SPDX-License-Identifier: ISC
 * What OpenDKIM on this host signs with, from its settings and tables. */
#include "config.h"

#include "engine/world/signer.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/world/file.h"
#include "engine/world/opendkim.h"

#define CONF_MAX ((size_t)1 << 20)
#define SIGNERS_MAX 200

void
signer_note(struct arena *arena, struct host *host, const char *sentence)
{
	if (host->signer_note == NULL)
		host->signer_note = arena_strdup(arena, sentence);
	else if (strlen(host->signer_note) < 1000)
		host->signer_note = arena_printf(arena, "%s %s",
		    host->signer_note, sentence);
}

/* Lower case without any dot at the end; may be "*". */
static const char *
normal_name(struct arena *arena, const char *name)
{
	size_t len = strlen(name);

	while (len > 0 && name[len - 1] == '.')
		len--;
	return text_domain(arena, name, len);
}

void
signer_add(struct arena *arena, struct host *host,
    const struct host_signer *signer)
{
	struct host_signer *list;

	for (size_t i = 0; i < host->n_signers; i++) {
		const struct host_signer *other = &host->signers[i];

		if (text_same(other->program, signer->program) &&
		    text_same(other->domain, signer->domain) &&
		    text_same(other->selector, signer->selector))
			return;
	}
	if (host->n_signers >= SIGNERS_MAX || signer->domain[0] == '.' ||
	    signer->domain[0] == '\0' || signer->selector[0] == '.' ||
	    signer->selector[0] == '\0')
		return;
	list = arena_alloc(arena, (host->n_signers + 1) * sizeof *list);
	if (host->n_signers > 0)
		memcpy(list, host->signers, host->n_signers * sizeof *list);
	list[host->n_signers++] = (struct host_signer){
		.program = arena_strdup(arena, signer->program),
		.domain = normal_name(arena, signer->domain),
		.selector = normal_name(arena, signer->selector),
		.key_file = arena_strdup(arena, signer->key_file),
		.source = arena_strdup(arena, signer->source),
	};
	host->signers = list;
}

/* Note why a table of OpenDKIM cannot be looked at. */
static void
note_table(struct arena *arena, struct host *host, const char *option,
    const struct opendkim_table *table)
{
	if (table->kind == OPENDKIM_DATABASE)
		signer_note(arena, host, arena_printf(arena,
			_("OpenDKIM's %s is kept in a database, which was not "
			"looked at."), option));
	else if (table->fault != NULL && !table->missing)
		signer_note(arena, host, arena_printf(arena,
			_("%s cannot be read: %s."), text_safe(arena,
			table->path), table->fault));
}

/* The domain that a SigningTable pattern is about: "*@example.com",
 * "user@example.com", ".example.com", "example.com", "*" for all. */
static const char *
pattern_domain(const char *pattern)
{
	const char *at = strrchr(pattern, '@');

	if (at != NULL)
		pattern = at + 1;
	if (pattern[0] == '*' && pattern[1] == '.')
		pattern++;
	if (pattern[0] == '.')
		pattern++;
	return pattern[0] != '\0' ? pattern : "*";
}

/* A KeyTable value "domain:selector:key" for the senders that PATTERN means;
 * "%" in it is the sender's own domain. */
static void
add_key(struct arena *arena, struct host *host, const char *value,
    const char *pattern, const char *source)
{
	struct host_signer signer = {
		.program = "opendkim", .source = source
	};

	/* the key itself may stand there: never taken along */
	if (!opendkim_key_parts(arena, value, &signer.domain, &signer.selector,
	    &signer.key_file))
		return;
	if (strcmp(signer.domain, "%") == 0)
		signer.domain = pattern_domain(pattern);
	signer_add(arena, host, &signer);
}

static void
read_tables(struct arena *arena, struct host *host, const struct opendkim *o)
{
	const struct opendkim_table *keys = &o->keys, *signing = &o->signing;

	note_table(arena, host, "KeyTable", keys);
	note_table(arena, host, "SigningTable", signing);
	if (signing->n == 0)
		for (size_t i = 0; i < keys->n; i++)
			add_key(arena, host, keys->rows[i].value, "*", o->conf);
	for (size_t i = 0; i < signing->n; i++) {
		const struct opendkim_row *key =
		    opendkim_key(o, &signing->rows[i], NULL);

		if (key != NULL)
			add_key(arena, host, key->value, signing->rows[i].key,
			    o->conf);
	}
}

/* Domain may be a list or a file of names. */
static void
add_domains(struct arena *arena, struct host *host, const struct opendkim *o,
    const char *list)
{
	struct host_signer signer = {
		.program = "opendkim",
		.selector = opendkim_option(o, "Selector"),
		.key_file = opendkim_option(o, "KeyFile"),
		.source = o->conf,
	};

	while (*list != '\0') {
		size_t len;

		list += strspn(list, ", \t\r\n");
		len = strcspn(list, ", \t\r\n");
		signer.domain = arena_strndup(arena, list, len);
		if (len > 0)
			signer_add(arena, host, &signer);
		list += len;
	}
}

static void
read_domains(struct arena *arena, struct host *host, const struct opendkim *o)
{
	const char *domain = opendkim_option(o, "Domain"), *path;
	struct str text;
	int fault;

	switch (opendkim_kind(domain, &path)) {
	case OPENDKIM_LIST:
		domain += strlen("csl:");
		break;
	case OPENDKIM_NOT_SET:
	case OPENDKIM_FILE:
	case OPENDKIM_REFILE:
	case OPENDKIM_DATABASE:
		break;
	}
	if (path == NULL) {
		add_domains(arena, host, o, domain);
		return;
	}
	str_init(&text, CONF_MAX);
	fault = file_read(path, &text);
	if (fault == 0)
		add_domains(arena, host, o, text.text);
	else
		signer_note(arena, host, arena_printf(arena,
			_("%s cannot be read: %s."), text_safe(arena, path),
			strerror(fault)));
	str_free(&text);
}

void
host_read_opendkim(struct arena *arena, struct host *host, const char *path)
{
	struct opendkim *o = opendkim_read(arena, path);

	host->opendkim = o;
	if (o->fault != NULL)
		signer_note(arena, host, arena_printf(arena,
			_("%s cannot be read: %s."), text_safe(arena, path),
			o->fault));
	/* opendkim.conf(5): KeyTable overrides Domain and KeyFile */
	if (o->keys.kind != OPENDKIM_NOT_SET)
		read_tables(arena, host, o);
	else if (opendkim_option(o, "Domain") != NULL &&
	    opendkim_option(o, "Selector") != NULL)
		read_domains(arena, host, o);
}
