/* SPDX-License-Identifier: ISC
 * What OpenDKIM on this host signs with: opendkim.conf(5), its KeyTable and
 * SigningTable. Knows the kinds of tables that are plain files or text. */
#include "config.h"

#include "engine/world/signer.h"

#include <errno.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/world/file.h"

#define CONF_MAX ((size_t)1 << 20)
#define SIGNERS_MAX 200
#define ENTRIES_MAX 2000

static const char blanks[] = " \t\r\n\v\f";

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

/* Read PATH; false when there is nothing to read, which is noted unless the
 * file simply is not there and need not be. */
static bool
read_conf(struct arena *arena, struct host *host, const char *path,
    bool needed, struct str *text)
{
	int fault = file_read(path, text);

	if (fault == 0)
		return true;
	if (needed || (fault != ENOENT && fault != ENOTDIR))
		signer_note(arena, host, arena_printf(arena,
			_("%s cannot be read: %s."), text_safe(arena, path),
			fault == EINVAL ? _("it is not a file") :
			strerror(fault)));
	return false;
}

/* ---- opendkim.conf ---- */

struct opendkim {
	const char *path;
	const char *domain, *selector, *key_file, *key_table, *signing_table;
};

static void
take_option(struct arena *arena, struct opendkim *conf, const char *name,
    size_t name_len, const char *value, size_t value_len)
{
	const struct {
		const char *name;
		const char **to;
	} options[] = {
		{ "Domain", &conf->domain },
		{ "Selector", &conf->selector },
		{ "KeyFile", &conf->key_file },
		{ "KeyTable", &conf->key_table },
		{ "SigningTable", &conf->signing_table },
	};

	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
		if (strlen(options[i].name) == name_len &&
		    text_same_n(options[i].name, name, name_len))
			*options[i].to = arena_strndup(arena, value,
			    value_len);
	}
}

/* "Name value", '#' begins a comment; names fold case. */
static void
parse_conf(struct arena *arena, struct opendkim *conf, const char *text)
{
	while (*text != '\0') {
		size_t line = strcspn(text, "\n");
		size_t len = strcspn(text, "\n#");
		const char *name = text;
		size_t name_len, gap;

		gap = strspn(name, " \t");
		if (gap < len) {
			name += gap;
			len -= gap;
			name_len = strcspn(name, blanks);
			if (name_len > len)
				name_len = len;
			gap = name_len;
			while (gap < len && strchr(blanks, name[gap]) != NULL)
				gap++;
			while (len > gap &&
			    strchr(blanks, name[len - 1]) != NULL)
				len--;
			if (gap < len)
				take_option(arena, conf, name, name_len,
				    name + gap, len - gap);
		}
		text += line + (text[line] == '\n');
	}
}

/* ---- its tables ---- */

struct entry {
	const char *key, *value;
};

struct table {
	struct entry *entries;
	size_t n;
};

static void
add_entry(struct arena *arena, struct table *table, const char *key,
    size_t key_len, const char *value, size_t value_len)
{
	if (table->n >= ENTRIES_MAX || key_len == 0)
		return;
	table->entries = arena_grow(arena, table->entries, table->n,
	    sizeof *table->entries);
	table->entries[table->n++] = (struct entry){
		.key = arena_strndup(arena, key, key_len),
		.value = arena_strndup(arena, value, value_len),
	};
}

/* Lines "key value" of a table in a file. */
static void
parse_table(struct arena *arena, struct table *table, const char *text)
{
	while (*text != '\0') {
		size_t line = strcspn(text, "\n");
		size_t len = strcspn(text, "\n#");
		size_t key = strspn(text, " \t\r");
		size_t end, value;

		if (key < len) {
			end = key + strcspn(text + key, " \t\r\n#");
			value = end + strspn(text + end, " \t\r");
			while (len > value &&
			    strchr(blanks, text[len - 1]) != NULL)
				len--;
			if (value < len)
				add_entry(arena, table, text + key, end - key,
				    text + value, len - value);
		}
		text += line + (text[line] == '\n');
	}
}

/* "csl:key=value,key=value" */
static void
parse_list(struct arena *arena, struct table *table, const char *text)
{
	while (*text != '\0') {
		size_t len, equals;

		text += strspn(text, ", \t");
		len = strcspn(text, ",");
		equals = strcspn(text, "=,");
		if (equals < len)
			add_entry(arena, table, text, equals,
			    text + equals + 1, len - equals - 1);
		text += len;
	}
}

/* Read the table that NAME stands for (opendkim(8), "DATA SETS"). */
static bool
read_table(struct arena *arena, struct host *host, const char *option,
    const char *name, struct table *table)
{
	struct str text;

	if (text_starts(name, "csl:")) {
		parse_list(arena, table, name + 4);
		return true;
	}
	if (text_starts(name, "refile:"))
		name += 7;
	else if (text_starts(name, "file:"))
		name += 5;
	else if (name[0] != '/') {
		signer_note(arena, host, arena_printf(arena,
			_("OpenDKIM's %s is kept in a database, which was not "
			"looked at."), option));
		return false;
	}
	str_init(&text, CONF_MAX);
	if (read_conf(arena, host, name, true, &text))
		parse_table(arena, table, text.text);
	str_free(&text);
	return table->n > 0;
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
	size_t domain = strcspn(value, ":"), selector;
	const char *rest = value + domain;
	struct host_signer signer = {
		.program = "opendkim", .source = source
	};

	if (*rest != ':')
		return;
	rest++;
	selector = strcspn(rest, ":");
	if (domain == 0 || selector == 0 || rest[selector] != ':')
		return;
	signer.domain = domain == 1 && value[0] == '%' ?
	    pattern_domain(pattern) : arena_strndup(arena, value, domain);
	signer.selector = arena_strndup(arena, rest, selector);
	rest += selector + 1;
	/* the key itself may stand here: never taken along */
	if (rest[0] == '/')
		signer.key_file = rest;
	signer_add(arena, host, &signer);
}

static void
read_tables(struct arena *arena, struct host *host,
    const struct opendkim *conf)
{
	struct table keys = { .n = 0 }, signing = { .n = 0 };
	const char *source = conf->path;

	if (!read_table(arena, host, "KeyTable", conf->key_table, &keys))
		return;
	if (conf->signing_table == NULL || !read_table(arena, host,
		"SigningTable", conf->signing_table, &signing)) {
		for (size_t i = 0; i < keys.n; i++)
			add_key(arena, host, keys.entries[i].value, "*",
			    source);
		return;
	}
	for (size_t i = 0; i < signing.n; i++) {
		/* "keyname%signer": only the key matters */
		size_t len = strcspn(signing.entries[i].value, " \t%");

		for (size_t k = 0; k < keys.n; k++) {
			if (strlen(keys.entries[k].key) == len &&
			    strncmp(keys.entries[k].key,
				signing.entries[i].value, len) == 0)
				add_key(arena, host, keys.entries[k].value,
				    signing.entries[i].key, source);
		}
	}
}

/* Domain may be a list or a file of names. */
static void
add_domains(struct arena *arena, struct host *host,
    const struct opendkim *conf, const char *list)
{
	struct host_signer signer = {
		.program = "opendkim",
		.selector = conf->selector,
		.key_file = conf->key_file,
		.source = conf->path,
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
read_domains(struct arena *arena, struct host *host,
    const struct opendkim *conf)
{
	const char *domain = conf->domain;
	struct str text;

	if (text_starts(domain, "csl:"))
		domain += 4;
	else if (text_starts(domain, "refile:"))
		domain += 7;
	else if (text_starts(domain, "file:"))
		domain += 5;
	if (domain[0] != '/') {
		add_domains(arena, host, conf, domain);
		return;
	}
	str_init(&text, CONF_MAX);
	if (read_conf(arena, host, domain, true, &text))
		add_domains(arena, host, conf, text.text);
	str_free(&text);
}

void
host_read_opendkim(struct arena *arena, struct host *host, const char *path)
{
	struct opendkim conf = { .path = path };
	struct str text;

	str_init(&text, CONF_MAX);
	if (read_conf(arena, host, path, false, &text)) {
		parse_conf(arena, &conf, text.text);
		/* opendkim.conf(5): KeyTable overrides Domain and KeyFile */
		if (conf.key_table != NULL)
			read_tables(arena, host, &conf);
		else if (conf.domain != NULL && conf.selector != NULL)
			read_domains(arena, host, &conf);
	}
	str_free(&text);
}
