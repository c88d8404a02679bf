/* SPDX-License-Identifier: ISC
 * Reading facts text. Hides how sections and
 * lines are told apart. */
#include "config.h"

#include "engine/world/replay.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/text.h"
#include "engine/world/replay_parts.h"

#define TEXT_MAX ((size_t)4 << 20)
#define ANSWERS_MAX 10000

bool
replay_fail(struct reader *r, const char *format, ...)
{
	char reason[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(reason, sizeof reason, format, ap);
	va_end(ap);
	str_clear(r->err);
	str_addf(r->err, "%s:%u: ", r->file, r->line);
	text_clean(r->err, reason, strlen(reason), false);
	return false;
}

/* ---- "name = value" ---- */

size_t
replay_trimmed(const char *text, size_t len)
{
	while (len > 0 && strchr(" \t\r", text[len - 1]) != NULL)
		len--;
	return len;
}

bool
replay_split(struct reader *r, const char *line, const char **name,
    const char **value)
{
	const char *equals = strchr(line, '=');
	size_t len = equals != NULL ? replay_trimmed(line, (size_t)(equals - line)) :
	    0;

	if (len == 0)
		return replay_fail(r, "not a \"name = value\" line");
	*name = arena_strndup(r->arena, line, len);
	*value = equals + 1 + strspn(equals + 1, " \t");
	return true;
}

static bool
read_case(struct reader *r, const char *line)
{
	const char *name, *value;

	if (!replay_split(r, line, &name, &value))
		return false;
	if (strcmp(name, "title") == 0)
		r->out->title = value;
	else if (strcmp(name, "note") == 0)
		r->out->note = value;
	else
		return replay_fail(r, "unknown name '%s'", name);
	return true;
}

static bool
read_answer(struct reader *r, const char *line)
{
	struct answer answer;

	if (!replay_split(r, line, &answer.name, &answer.value))
		return false;
	if (r->out->n_answers >= ANSWERS_MAX)
		return replay_fail(r, "more than %d answers", ANSWERS_MAX);
	r->answers = arena_grow(r->arena, r->answers, r->out->n_answers,
	    sizeof *r->answers);
	r->answers[r->out->n_answers++] = answer;
	r->out->answers = r->answers;
	return true;
}

static bool
read_host(struct reader *r, const char *line)
{
	struct str err;
	bool ok;

	str_init(&err, 512);
	ok = (r->section == IN_SERVER ?
	    server_host_line(&r->servers, line, &err) :
	    host_parse_line(r->arena, r->out->host, line, &err)) ||
	    replay_fail(r, "%s", err.text);
	str_free(&err);
	return ok;
}

static bool
begin_server(struct reader *r)
{
	struct str err;
	bool ok;

	str_init(&err, 512);
	ok = server_next(&r->servers, &err) || replay_fail(r, "%s", err.text);
	str_free(&err);
	return ok;
}

/* ---- [postfix] ---- */

bool
replay_starts_name(const char *text, size_t len, const char *name)
{
	size_t n = strlen(name);

	return len >= n && memcmp(text, name, n) == 0 &&
	    (len == n || strchr(" \t=", text[n]) != NULL);
}

static bool
read_postfix(struct reader *r, const char *line, size_t len)
{
	const char *name, *value;

	if (replay_starts_name(line, len, "mail_version")) {
		if (!replay_split(r, line, &name, &value))
			return false;
		r->out->mail_version = value;
		return true;
	}
	str_add(&r->postfix, line, len);
	str_addc(&r->postfix, '\n');
	return true;
}

/* ---- [bounce] ---- */

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = text_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t
replay_unescape(const char *text, size_t len, struct str *out)
{
	size_t i = 0;

	while (i < len) {
		if (text[i] != '\\') {
			str_addc(out, text[i++]);
		} else if (i + 1 < len && text[i + 1] == '\\') {
			str_addc(out, '\\');
			i += 2;
		} else if (i + 3 < len && text[i + 1] == 'x' &&
		    hex(text[i + 2]) >= 0 && hex(text[i + 3]) >= 0) {
			str_addc(out, (char)(hex(text[i + 2]) * 16 +
				hex(text[i + 3])));
			i += 4;
		} else {
			break;
		}
	}
	return i;
}

/* What stands behind the "|". */
static bool
read_bounce(struct reader *r, const char *text, size_t len)
{
	size_t read = replay_unescape(text, len, &r->bounce);

	if (read + 1 == len)
		return true;	/* a single backslash: no line end */
	if (read != len)
		return replay_fail(r, "a backslash must be followed by "
		    "another one or by xHH");
	str_addc(&r->bounce, '\n');
	return true;
}

/* ---- lines and sections ---- */

static bool
read_header(struct reader *r, const char *line)
{
	static const struct {
		const char *name;
		enum section section;
	} sections[] = {
		{ "[case]", IN_CASE },
		{ "[answers]", IN_ANSWERS },
		{ "[host]", IN_HOST },
		{ "[postfix]", IN_POSTFIX },
		{ "[server]", IN_SERVER },
		{ "[server-postfix]", IN_SERVER_POSTFIX },
		{ "[dns]", IN_DNS },
		{ "[bounce]", IN_BOUNCE },
		{ "[saved]", IN_SAVED },
		{ "[steps]", IN_SAVED },
		{ "[end]", IN_SAVED },
	};

	for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
		if (strcmp(sections[i].name, line) != 0)
			continue;
		r->section = sections[i].section;
		r->has_postfix |= r->section == IN_POSTFIX;
		r->has_bounce |= r->section == IN_BOUNCE;
		if (r->section == IN_HOST)
			r->out->host->known = true;
		if (r->section == IN_SERVER)
			return begin_server(r);
		return r->section != IN_SERVER_POSTFIX || r->servers.open ||
		    replay_fail(r, "[server-postfix] without its [server]");
	}
	return replay_fail(r, "unknown section %s", line);
}

/* One line without its line end. */
static bool
read_line(struct reader *r, const char *text, size_t len)
{
	const char *line;

	if (r->section == IN_BOUNCE && len > 0 && text[0] == '|')
		return read_bounce(r, text + 1, len - 1);
	/* a NUL octet ends a line of main.cf (postfix_lines.c) */
	if (r->section == IN_POSTFIX || r->section == IN_SERVER_POSTFIX)
		len = strnlen(text, len);
	line = arena_strndup(r->arena, text, replay_trimmed(text, len));
	/* "[name]" is a header; main.cf has no such line */
	if (line[0] == '[' && line[strlen(line) - 1] == ']')
		return read_header(r, line);
	if (r->section == IN_POSTFIX)
		return read_postfix(r, line, strlen(line));
	if (r->section == IN_SERVER_POSTFIX) {
		server_postfix_line(&r->servers, line, strlen(line));
		return true;
	}
	if (memchr(text, '\0', len) != NULL)
		return replay_fail(r, "a NUL octet");
	line += strspn(line, " \t");
	if (line[0] == '\0' || line[0] == '#')
		return true;
	switch (r->section) {
	case IN_CASE:
		return read_case(r, line);
	case IN_ANSWERS:
		return read_answer(r, line);
	case IN_HOST:
	case IN_SERVER:
		return read_host(r, line);
	case IN_DNS:
		return replay_dns_line(r, line);
	case IN_BOUNCE:
		return replay_fail(r, "a line of the bounce must begin with \"|\"");
	case IN_SAVED:
		return true;
	case IN_NOTHING:
	case IN_POSTFIX:
	case IN_SERVER_POSTFIX:
		break;
	}
	return replay_fail(r, "text before the first section");
}

static bool
read_lines(struct reader *r, const char *text, size_t len)
{
	size_t at = len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	while (at < len) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t size = end != NULL ? (size_t)(end - text) - at :
		    len - at;
		size_t body = size;

		r->line++;
		if (body > 0 && text[at + body - 1] == '\r')
			body--;
		if (!read_line(r, text + at, body))
			return false;
		at += size + 1;
	}
	return true;
}

/* The text without the empty lines at its end, which only part sections. */
static void
keep_postfix(struct reader *r)
{
	size_t len = r->postfix.len;

	while (len > 1 && r->postfix.text[len - 1] == '\n' &&
	    r->postfix.text[len - 2] == '\n')
		len--;
	if (len == 1)
		len = 0;
	r->out->postfix = arena_strndup(r->arena, r->postfix.text, len);
	r->out->postfix_len = len;
}

bool
replay_read(struct arena *arena, const char *file, const char *text,
    size_t len, struct facts *facts, struct recording *out, struct str *err)
{
	struct reader r = {
		.arena = arena, .file = file, .facts = facts, .out = out,
		.err = err, .world = FACTS_RECORDED,
	};
	bool ok;

	*out = (struct recording){ .host = host_unknown(arena) };
	if (len > TEXT_MAX) {
		r.line = 1;
		return replay_fail(&r, "more than %zu MiB", TEXT_MAX >> 20);
	}
	/* main.cf lines may gain a line end, nothing else grows */
	str_init(&r.postfix, TEXT_MAX + 1);
	str_init(&r.bounce, TEXT_MAX + 1);
	server_begin(&r.servers, arena);
	ok = read_lines(&r, text, len) && replay_dns_store(&r);
	if (ok) {
		facts_set_world(facts, r.world);
		if (r.has_postfix)
			keep_postfix(&r);
		if (r.has_bounce) {
			out->bounce = arena_strndup(arena, r.bounce.text,
			    r.bounce.len);
			out->bounce_len = r.bounce.len;
		}
	}
	out->servers = server_finish(&r.servers, &out->n_servers);
	str_free(&r.postfix);
	str_free(&r.bounce);
	return ok;
}
