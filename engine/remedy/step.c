/* SPDX-License-Identifier: ISC
 * Putting a step together: its changes, its proofs. */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/remedy/planning.h"

#define SENTENCE_MAX 4096

struct change *
step_change(struct planning *p, enum change_kind kind)
{
	struct step *s = p->step;
	struct change *change;

	s->changes = arena_grow(p->arena, s->changes, s->n_changes,
	    sizeof *s->changes);
	change = &s->changes[s->n_changes++];
	*change = (struct change){ .kind = kind };
	return change;
}

__attribute__((format(printf, 3, 0)))
static void
add_text(struct planning *p, enum change_kind kind, const char *format,
    va_list ap)
{
	char text[SENTENCE_MAX];

	vsnprintf(text, sizeof text, format, ap);
	step_change(p, kind)->text = arena_strdup(p->arena, text);
}

void
step_advice(struct planning *p, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	add_text(p, CHANGE_ADVICE, format, ap);
	va_end(ap);
}

void
step_command(struct planning *p, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	add_text(p, CHANGE_COMMAND, format, ap);
	va_end(ap);
}

/* "smtp/unix/NAME" is a service's own setting, or else main.cf's. */
static const struct postfix_value *
value_now(const struct planning *p, const char *parameter)
{
	const char *name = strrchr(parameter, '/');

	return name == NULL ? postfix_value(p->in->postfix, parameter) :
	    postfix_service_value(p->in->postfix, arena_strndup(p->arena,
		parameter, (size_t)(name - parameter)), name + 1);
}

/* An earlier step of the plan sets it: two that contradict each other help
 * nobody. */
static bool
set_already(const struct planning *p, const char *parameter)
{
	for (size_t i = 0; i < p->n_laid; i++)
		if (p->laid[i]->kind == CHANGE_POSTCONF &&
		    strcmp(p->laid[i]->parameter, parameter) == 0)
			return true;
	return false;
}

/* postconf -P takes no blanks in a value; lists do with commas. */
static const char *
for_master(struct planning *p, const char *value)
{
	const char *out = "", *word;
	size_t len;

	if (value[strcspn(value, " \t")] == '\0')
		return value;
	while ((word = postfix_next_word(&value, &len)) != NULL)
		out = arena_printf(p->arena, "%s%s%.*s", out,
		    *out != '\0' ? "," : "", (int)len, word);
	return out;
}

void
step_postconf(struct planning *p, const char *parameter, const char *value)
{
	const struct postfix_value *now = value_now(p, parameter);
	struct change *change;

	if (strchr(parameter, '/') != NULL)
		value = for_master(p, value);

	/* in force already, by its value or word for word */
	if (now->origin != POSTFIX_UNSET && !now->assumed &&
	    !now->unresolved && (strcmp(now->value, value) == 0 ||
	    (now->raw != NULL && strcmp(now->raw, value) == 0)))
		return;
	if (set_already(p, parameter))
		return;
	change = step_change(p, CHANGE_POSTCONF);
	change->parameter = parameter;
	change->old_value = now->origin == POSTFIX_UNSET ? NULL : now->value;
	change->new_value = value;
	change->text = arena_printf(p->arena, "postconf %s %s",
	    strchr(parameter, '/') != NULL ? "-P" : "-e",
	    text_shell_quoted(p->arena, arena_printf(p->arena, "%s = %s", parameter,
		value)));
}

void
step_line(struct planning *p, const char *path, const char *line)
{
	struct change *change = step_change(p, CHANGE_FILE);

	change->path = path;
	change->text = line;
}

static bool
is_line_of(const struct change *change)
{
	return change->kind == CHANGE_FILE && !change->whole;
}

bool
step_goes_on(const struct step *step, size_t i)
{
	return i > 0 && i < step->n_changes && is_line_of(&step->changes[i]) &&
	    is_line_of(&step->changes[i - 1]) &&
	    strcmp(step->changes[i].path, step->changes[i - 1].path) == 0;
}

bool
step_is_optional(const struct step *step)
{
	return step->alternative_to != NULL || step->later;
}

void
step_whole(struct planning *p, const char *path, const char *text)
{
	struct change *change = step_change(p, CHANGE_FILE);

	change->path = path;
	change->text = text;
	change->whole = true;
}

struct change *
step_path(struct planning *p, enum change_kind kind, const char *path,
    const char *owner, unsigned int mode)
{
	struct change *change = step_change(p, kind);
	const char *quoted = text_shell_quoted(p->arena, path);
	const char *user = arena_strndup(p->arena, owner, strcspn(owner, ":"));
	const char *group = strchr(owner, ':') + 1;

	change->path = path;
	change->owner = owner;
	change->mode = mode;
	if (kind == CHANGE_FOLDER)
		change->text = arena_printf(p->arena,
		    "test -d %s || install -d -o %s -g %s -m %04o %s", quoted,
		    user, group, mode, quoted);
	return change;
}

/* The rights are there before the key is. */
struct change *
step_key(struct planning *p, const char *path, const char *owner,
    enum dkim_pair kind)
{
	struct change *change = step_path(p, CHANGE_KEY, path, owner, 0600);
	const char *quoted = text_shell_quoted(p->arena, path);

	change->key = kind;
	change->text = arena_printf(p->arena, "install -o %.*s -g %s -m 0600 "
	    "/dev/null %s && openssl genpkey -algorithm RSA -pkeyopt "
	    "rsa_keygen_bits:%d >%s", (int)strcspn(owner, ":"), owner,
	    strchr(owner, ':') + 1, quoted, kind == DKIM_PAIR_RSA1024 ? 1024 :
	    2048, quoted);
	return change;
}

static bool
same_values(const struct fact *now, const char *const *after)
{
	size_t n = 0;

	while (after[n] != NULL)
		n++;
	if (now->status != FACT_OK || now->n_values != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(now->values[i].text, after[i]) != 0)
			return false;
	return true;
}

/* An earlier step of the plan makes the same change. */
static bool
laid_already(const struct planning *p, const char *name, enum dns_type type,
    const char *const *after)
{
	for (size_t i = 0; i < p->n_laid; i++) {
		const struct change *x = p->laid[i];
		size_t k = 0;

		if (x->kind != CHANGE_DNS || x->type != type ||
		    !text_same(x->name, name))
			continue;
		while (after[k] != NULL && x->after[k] != NULL &&
		    strcmp(after[k], x->after[k]) == 0)
			k++;
		if (after[k] == NULL && x->after[k] == NULL)
			return true;
	}
	return false;
}

static const char *const *
copy_values(struct planning *p, const char *const *values)
{
	const char **copy;
	size_t n = 0;

	while (values[n] != NULL)
		n++;
	copy = arena_array(p->arena, n + 1, sizeof *copy);
	memcpy(copy, values, n * sizeof *copy);
	return copy;
}

const char *
planning_zone(const struct planning *p, const char *name, enum dns_type type)
{
	const char *org = type == DNS_PTR ? NULL :
	    psl_org_domain(p->arena, name);

	for (; org != NULL && text_domain_below(name, org) &&
	    strcmp(name, org) != 0; name += strcspn(name, ".") + 1) {
		const struct fact *ns = facts_named(p->facts,
		    arena_printf(p->arena, "dns %s NS", name));

		if (ns != NULL && ns->status == FACT_OK && ns->alias == NULL)
			return name;
	}
	return org;
}

/* An SPF record at _dmarc or at a DKIM selector is a wildcard's answer (RFC
 * 4592): there is nothing to take out, and a record of its own ends it. */
static bool
is_wildcard(const char *name, enum dns_type type, const char *value)
{
	return type == DNS_TXT && (text_starts(name, "_dmarc.") ||
	    strstr(name, "._domainkey.") != NULL) &&
	    spf_is_record(value, strlen(value));
}

void
step_dns(struct planning *p, const char *name, enum dns_type type,
    const char *const *after)
{
	const struct fact *now = facts_dns(p->facts, name, type);
	const char **before;
	struct change *change;
	size_t n = 0;

	if (same_values(now, after) || laid_already(p, name, type, after))
		return;
	before = arena_array(p->arena, now->n_values + 1, sizeof *before);
	for (size_t i = 0; now->status == FACT_OK && i < now->n_values; i++)
		if (!is_wildcard(name, type, now->values[i].text))
			before[n++] = now->values[i].text;
	change = step_change(p, CHANGE_DNS);
	change->zone = planning_zone(p, name, type);
	change->name = name;
	change->type = type;
	change->before = before;
	change->after = copy_values(p, after);
}

void
step_proof(struct planning *p, const char *what, const char *ip,
    const char *sender, const char *before, const char *after)
{
	struct step *s = p->step;

	s->proofs = arena_grow(p->arena, s->proofs, s->n_proofs,
	    sizeof *s->proofs);
	s->proofs[s->n_proofs++] = (struct proof){
		.what = what, .ip = ip, .sender = sender,
		.before = before, .after = after,
	};
}

void
step_block(struct planning *p, const char *why)
{
	if (p->step->blocked == NULL)
		p->step->blocked = why;
}

size_t
planning_senders(const struct planning *p)
{
	return p->findings->n_authentication;
}

const char *
planning_sender_ip(const struct planning *p, size_t i)
{
	return p->findings->authentication[i].ip;
}
