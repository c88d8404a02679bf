/* SPDX-License-Identifier: ISC
 * Reads what "whybounce facts" printed on other servers. Hides how the output
 * of several of them is told apart. */
#include "config.h"

#include "engine/world/server.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"

#define POSTFIX_TEXT_MAX ((size_t)1 << 20)

void
server_begin(struct server_reader *reader, struct arena *arena)
{
	*reader = (struct server_reader){ .arena = arena };
	str_init(&reader->postfix, POSTFIX_TEXT_MAX);
}

static const char *
greeting(const struct server *s)
{
	const char *helo = "";

	if (postfix_get_state(s->postfix) == POSTFIX_FOUND) {
		helo = postfix_client_get(s->postfix, "smtp_helo_name");
		if (*helo == '\0')
			helo = postfix_get(s->postfix, "myhostname");
	}
	return *helo != '\0' ? helo : s->host->name;
}

/* The newest word of a server counts: an earlier one of that name goes. */
static void
forget_earlier(struct server_reader *reader)
{
	size_t last = reader->n - 1;

	for (size_t i = 0; i < last; i++)
		if (reader->list[last].host->name != NULL &&
		    text_same(reader->list[i].name, reader->list[last].name)) {
			reader->list[i] = reader->list[last];
			reader->n--;
			return;
		}
}

/* Make what was read of the server in hand complete. */
static void
close_server(struct server_reader *reader)
{
	struct server *s;
	bool mx;

	if (!reader->open)
		return;
	reader->open = false;
	s = &reader->list[reader->n - 1];
	if (reader->postfix.len != 0)
		s->postfix = postfix_parse(reader->arena, arena_strndup(
		    reader->arena, reader->postfix.text, reader->postfix.len),
		    reader->postfix.len, "main.cf", s->host->name, NULL);
	else
		s->postfix = postfix_read(reader->arena,
		    &(struct postfix_options){ .directory = "/nonexistent" });
	s->relayhost = postfix_nexthop(reader->arena,
	    postfix_get(s->postfix, "relayhost"), &mx);
	s->helo = greeting(s);
	s->ips = server_addresses(reader->arena, s->host, s->postfix,
	    &s->n_ips);
	if (s->relayhost != NULL)
		s->n_ips = 0;
	if (s->host->name != NULL)
		s->name = s->host->name;
	else if (s->helo != NULL)
		s->name = s->helo;
	else if (s->host->n_addresses != 0)
		s->name = s->host->addresses[0].ip;
	else
		s->name = _("a server without a name");
	str_clear(&reader->postfix);
	forget_earlier(reader);
}

bool
server_next(struct server_reader *reader, struct str *err)
{
	close_server(reader);
	if (reader->n == SERVERS_MAX) {
		str_addf(err, _("more than %d servers"), SERVERS_MAX);
		return false;
	}
	reader->list = arena_grow(reader->arena, reader->list, reader->n,
	    sizeof *reader->list);
	reader->host = host_unknown(reader->arena);
	reader->host->known = true;
	reader->list[reader->n++] = (struct server){ .host = reader->host };
	reader->open = true;
	return true;
}

bool
server_host_line(struct server_reader *reader, const char *line,
    struct str *err)
{
	return host_parse_line(reader->arena, reader->host, line, err);
}

void
server_postfix_line(struct server_reader *reader, const char *line, size_t len)
{
	if (len == 0 || line[0] == '#')
		return;
	str_add(&reader->postfix, line, len);
	str_addc(&reader->postfix, '\n');
}

struct server *
server_finish(struct server_reader *reader, size_t *n)
{
	close_server(reader);
	str_free(&reader->postfix);
	*n = reader->n;
	return reader->list;
}

/* ---- a file with the output of several servers ---- */

enum part { PART_NONE, PART_HOST, PART_POSTFIX };

/* "web1 | CHANGED | rc=0 >>" of Ansible's ad-hoc commands. */
static bool
is_ansible(const char *line)
{
	return strstr(line, " | rc=") != NULL && text_ends(line, " >>");
}

static const char *
line_at(struct arena *arena, const char *text, size_t len)
{
	len = strnlen(text, len);
	while (len > 0 && strchr(" \t\r", text[len - 1]) != NULL)
		len--;
	return arena_strndup(arena, text, len);
}

static bool
take_line(struct server_reader *reader, const char *line, enum part *part,
    struct str *err)
{
	const char *word = line + strspn(line, " \t");

	if (word[0] == '[' && word[strlen(word) - 1] == ']') {
		*part = PART_NONE;
		if (strcmp(word, "[postfix]") == 0 && reader->open)
			*part = PART_POSTFIX;
		if (strcmp(word, "[host]") != 0)
			return true;
		*part = PART_HOST;
		return server_next(reader, err);
	}
	if (is_ansible(word))
		*part = PART_NONE;
	else if (*part == PART_POSTFIX)
		server_postfix_line(reader, line, strlen(line));
	else if (*part == PART_HOST && *word != '\0' && *word != '#')
		return server_host_line(reader, word, err);
	return true;
}

static bool
take_lines(struct server_reader *reader, const char *file, const char *text,
    size_t len, struct str *err)
{
	enum part part = PART_NONE;
	struct str reason;
	unsigned int line = 0;
	bool ok = true;

	str_init(&reason, 512);
	for (size_t at = 0; ok && at < len;) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t size = end != NULL ? (size_t)(end - text) - at :
		    len - at;

		line++;
		ok = take_line(reader, line_at(reader->arena, text + at, size),
		    &part, &reason);
		at += size + 1;
	}
	if (!ok)
		str_addf(err, "%s:%u: %s", file, line, reason.text);
	str_free(&reason);
	return ok;
}

bool
server_read(struct arena *arena, const char *file, const char *text,
    size_t len, struct server **list, size_t *n, struct str *err)
{
	struct server_reader reader;
	bool ok;

	server_begin(&reader, arena);
	reader.list = *list;
	reader.n = *n;
	ok = take_lines(&reader, file, text, len, err);
	if (ok && reader.n == *n) {
		str_addf(err, "%s: %s", file, _("there is no [host] section in "
		    "it, as 'whybounce facts' prints it"));
		ok = false;
	}
	*list = server_finish(&reader, n);
	return ok;
}

void
server_print(const struct server *server, struct str *out)
{
	struct str settings;

	str_adds(out, "\n[server]\n");
	host_print(server->host, out);
	if (postfix_get_state(server->postfix) != POSTFIX_FOUND)
		return;
	str_init(&settings, POSTFIX_TEXT_MAX);
	postfix_print(server->postfix, &settings);
	if (settings.len != 0)
		str_addf(out, "[server-postfix]\n%s", settings.text);
	str_free(&settings);
}

const struct server *
server_find(const struct server *list, size_t n, const char *ip)
{
	for (size_t i = 0; ip != NULL && i < n; i++) {
		if (host_has_address(list[i].host, ip, NULL))
			return &list[i];
		for (size_t k = 0; k < list[i].n_ips; k++)
			if (strcmp(list[i].ips[k], ip) == 0)
				return &list[i];
	}
	return NULL;
}
