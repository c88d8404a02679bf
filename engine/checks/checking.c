/* SPDX-License-Identifier: ISC
 * Adding findings, and the small questions that many checks ask. */
#include "config.h"

#include "engine/checks/checking.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/base/yaml.h"
#include "engine/world/note.h"

#define SENTENCE_MAX 4096

__attribute__((format(printf, 2, 0)))
static const char *
format_text(struct checking *c, const char *format, va_list ap)
{
	char text[SENTENCE_MAX];

	vsnprintf(text, sizeof text, format, ap);
	return arena_strdup(c->arena, text);
}

void
finding_add(struct checking *c, const char *id, enum finding_status status,
    enum finding_role role, const char *subject, const char *title, ...)
{
	struct findings *f = c->out;
	va_list ap;

	f->list = arena_grow(c->arena, f->list, f->n, sizeof *f->list);
	c->current = &f->list[f->n++];
	c->n_facts = 0;
	*c->current = (struct finding){
		.id = id,
		.status = status,
		.role = role,
		.subject = subject,
		.detail = "",
		.facts = arena_array(c->arena, 1, sizeof *c->current->facts),
	};
	va_start(ap, title);
	c->current->title = format_text(c, title, ap);
	va_end(ap);
}

void
finding_detail(struct checking *c, const char *format, ...)
{
	const char *before = c->current->detail;
	const char *text;
	va_list ap;

	va_start(ap, format);
	text = format_text(c, format, ap);
	va_end(ap);
	/* no blank behind the full stop of a language that writes none */
	c->current->detail = *before == '\0' ? text :
	    arena_printf(c->arena, (unsigned char)before[strlen(before) - 1] <
	    0x80 ? "%s %s" : "%s%s", before, text);
}

void
finding_fact(struct checking *c, const char *key)
{
	const char **keys;

	if (key == NULL)
		return;
	for (size_t i = 0; i < c->n_facts; i++)
		if (strcmp(c->current->facts[i], key) == 0)
			return;
	keys = arena_array(c->arena, c->n_facts + 2, sizeof *keys);
	if (c->n_facts != 0)
		memcpy(keys, c->current->facts, c->n_facts * sizeof *keys);
	keys[c->n_facts++] = key;
	c->current->facts = keys;
}

void
finding_facts(struct checking *c, const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		finding_fact(c, keys[i]);
}

#define VALUE_SHOWN 200

void
finding_setting(struct checking *c, const char *name)
{
	finding_setting_of(c, postfix_client(c->in->postfix), name);
}

void
finding_setting_of(struct checking *c, const char *service, const char *name)
{
	const struct postfix_value *v = postfix_service_value(c->in->postfix,
	    service, name);
	const char *value = v->value != NULL ? v->value : "";
	const char *file = v->file != NULL ? strrchr(v->file, '/') : NULL;

	file = file != NULL ? file + 1 : v->file != NULL ? v->file : "main.cf";
	if (strlen(value) > VALUE_SHOWN)
		value = arena_printf(c->arena, "%.*s ...", VALUE_SHOWN, value);
	finding_fact(c, arena_printf(c->arena, "postfix %s", name));
	switch (v->origin) {
	case POSTFIX_MAIN_CF:
		finding_detail(c, _("%s = %s (%s, line %u)."), name, value,
		    file, v->line);
		break;
	case POSTFIX_MASTER_CF:
		finding_detail(c, _("%s = %s (master.cf, -o of %s)."), name,
		    value, v->service);
		break;
	case POSTFIX_DEFAULT:
		finding_detail(c, _("%s = %s (not set, the default)."), name,
		    value);
		break;
	case POSTFIX_UNSET:
		break;
	}
}

const struct fact *
checking_dns(struct checking *c, const char *name, enum dns_type type)
{
	const struct fact *fact = facts_dns(c->in->facts, name, type);

	if (fact->status == FACT_WANTED)
		c->wanted = true;
	return fact;
}

const struct fact *
checking_dns_at(struct checking *c, const char *server, const char *name,
    enum dns_type type)
{
	const struct fact *fact = facts_dns_at(c->in->facts, server, name, type);

	if (fact->status == FACT_WANTED)
		c->wanted = true;
	return fact;
}

const struct fact *
checking_address(struct checking *c, const char *name, const char *ip)
{
	return checking_dns(c, name, ip_is_v6(ip) ? DNS_AAAA : DNS_A);
}

const char *
checking_answer(const struct checking *c, const char *name, size_t i)
{
	const struct recording *r = c->in->recording;

	for (size_t k = 0; k < r->n_answers; k++)
		if (strcmp(r->answers[k].name, name) == 0 && i-- == 0)
			return r->answers[k].value;
	return NULL;
}

bool
checking_class(const struct checking *c, const char *ids)
{
	const char *id, *p = ids;
	size_t len;

	if (c->in->bounce == NULL || c->in->bounce->class_id == NULL)
		return false;
	id = c->in->bounce->class_id;
	len = strlen(id);
	while (*p != '\0') {
		size_t word = strcspn(p, " ");

		if (word == len && strncmp(p, id, len) == 0)
			return true;
		p += word;
		p += strspn(p, " ");
	}
	return false;
}

enum finding_role
checking_role(const struct checking *c, const char *ids,
    enum finding_role otherwise)
{
	return checking_class(c, ids) ? ROLE_CAUSE : otherwise;
}

const char *
checking_why_unknown(struct checking *c, const struct fact *fact)
{
	const char *server = fact->server != NULL ? fact->server : "-";

	switch (fact->status) {
	case FACT_TIMEOUT:
		return fact->note != NULL ? note_say(c->arena, fact->note) :
		    _("no name server answered in time");
	case FACT_SERVFAIL:
		return arena_printf(c->arena,
		    _("%s answered SERVFAIL"), server);
	case FACT_REFUSED:
		return arena_printf(c->arena,
		    _("%s refused the question"), server);
	case FACT_INVALID:
		return fact->note != NULL ? note_say(c->arena, fact->note) :
		    _("the answer made no sense");
	case FACT_WANTED:
		return _("the answer is not there yet");
	case FACT_OK:
	case FACT_NXDOMAIN:
	case FACT_NODATA:
		break;
	}
	return "";
}

bool
checking_mail_host(const struct checking *c)
{
	return c->in->host->known &&
	    (postfix_get_state(c->in->postfix) != POSTFIX_NOT_HERE ||
	    facts_get_world(c->in->facts) != FACTS_LIVE);
}

const struct server *
checking_server(const struct checking *c, const char *ip)
{
	const struct recording *r = c->in->recording;

	return server_find(r->servers, r->n_servers, ip);
}

const char *
checking_join(struct arena *arena, const char *const *items, size_t n)
{
	struct str s;
	const char *joined;

	str_init(&s, SENTENCE_MAX);
	for (size_t i = 0; i < n; i++) {
		if (i != 0)
			str_adds(&s, ", ");
		str_adds(&s, items[i]);
	}
	joined = arena_strndup(arena, s.text, s.len);
	str_free(&s);
	return joined;
}
