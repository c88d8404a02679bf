/* SPDX-License-Identifier: ISC
 * Merging a key into OpenDKIM's settings and tables: what is there stays, and
 * what was signed before is signed after. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/remedy/signing.h"

static const char *
owner_of(const struct planning *p, const struct opendkim *o)
{
	const char *id = opendkim_option(o, "UserID");
	const char *user = opendkim_user(p->arena, o);

	return id != NULL && id[strlen(user)] != '\0' ?
	    arena_printf(p->arena, "%s:%s", user, id + strlen(user) + 1) :
	    arena_printf(p->arena, "%s:%s", user, user);
}

const char *
opendkim_setup_etc(struct arena *arena, const struct opendkim *o)
{
	const char *conf = o != NULL ? o->conf : "/etc/opendkim.conf";
	const char *slash = strrchr(conf, '/');

	return arena_strndup(arena, conf,
	    slash != NULL ? (size_t)(slash - conf) : 0);
}

static bool
can_merge(const struct opendkim_table *t)
{
	return (t->fault == NULL || t->missing) && t->kind != OPENDKIM_LIST &&
	    t->kind != OPENDKIM_DATABASE;
}

bool
opendkim_setup_possible(const struct opendkim *o)
{
	return o->fault == NULL && can_merge(&o->keys) &&
	    can_merge(&o->signing);
}

void
opendkim_setup_begin(struct opendkim_setup *s, struct planning *p,
    const struct opendkim *o, const char *domain, const char *selector)
{
	*s = (struct opendkim_setup){
		.p = p, .o = o, .domain = domain, .selector = selector,
		.base = arena_printf(p->arena, "%s/opendkim",
		    opendkim_setup_etc(p->arena, o)),
		.owner = owner_of(p, o),
	};
	s->key_table = o->keys.path != NULL ? o->keys.path :
	    arena_printf(p->arena, "%s/KeyTable", s->base);
	s->signing_table = o->signing.path != NULL ? o->signing.path :
	    arena_printf(p->arena, "%s/SigningTable", s->base);
}

void
opendkim_setup_line(struct opendkim_setup *s, const char *path,
    const char *line, bool anew)
{
	struct change *change = step_change(s->p, CHANGE_FILE);

	change->path = path;
	change->text = line;
	change->anew = anew;
}

void
opendkim_setup_option(struct opendkim_setup *s, const char *name,
    const char *value)
{
	opendkim_setup_line(s, s->o->conf, arena_printf(s->p->arena, "%s %s",
	    name, value), false);
}

void
opendkim_setup_base(struct opendkim_setup *s)
{
	if (!s->has_base)
		step_path(s->p, CHANGE_FOLDER, s->base, "root:root", 0755);
	s->has_base = true;
}

const char *
opendkim_setup_key(struct opendkim_setup *s)
{
	struct planning *p = s->p;
	const char *folder = arena_printf(p->arena, "%s/%s",
	    s->o->key_folder, s->domain);
	const char *file = arena_printf(p->arena, "%s/%s.private", folder,
	    s->selector);

	step_path(p, CHANGE_FOLDER, s->o->key_folder, s->owner, 0700);
	step_path(p, CHANGE_FOLDER, folder, s->owner, 0700);
	step_key(p, file, s->owner, signing_pair(p));
	signing_say_short(p);
	return file;
}

/* ---- tables ---- */

static bool
has_patterns(const struct opendkim_setup *s)
{
	return s->o->signing.kind != OPENDKIM_FILE;
}

static const char *
key_name(const struct opendkim_setup *s, const char *domain,
    const char *selector)
{
	return arena_printf(s->p->arena, "%s._domainkey.%s", selector, domain);
}

static void
key_line(struct opendkim_setup *s, const char *domain, const char *selector,
    const char *file)
{
	opendkim_setup_line(s, s->key_table, arena_printf(s->p->arena,
	    "%s %s:%s:%s", key_name(s, domain, selector), domain, selector,
	    file), false);
}

static void
signing_line(struct opendkim_setup *s, const char *pattern, const char *key)
{
	opendkim_setup_line(s, s->signing_table, arena_printf(s->p->arena,
	    "%s %s", pattern, key), false);
}

static const char *
pattern_of(const struct opendkim_setup *s, const char *domain)
{
	return arena_printf(s->p->arena, "%s%s", has_patterns(s) ? "*@" : "",
	    domain);
}

/* A KeyTable makes OpenDKIM forget Domain, Selector and KeyFile: what they
 * signed goes into the tables. */
static void
carry_over(struct opendkim_setup *s)
{
	const struct host *host = s->p->in->host;
	const char *below = opendkim_option(s->o, "SubDomains");

	if (s->o->keys.kind != OPENDKIM_NOT_SET)
		return;
	for (size_t i = 0; i < host->n_signers; i++) {
		const struct host_signer *x = &host->signers[i];

		if (!text_same(x->program, "opendkim") || x->key_file == NULL ||
		    text_same(x->domain, s->domain))
			continue;
		key_line(s, x->domain, x->selector, x->key_file);
		signing_line(s, pattern_of(s, x->domain),
		    key_name(s, x->domain, x->selector));
	}
	if (below != NULL && strchr("yYtT1", below[0]) != NULL &&
	    has_patterns(s))
		signing_line(s, arena_printf(s->p->arena, "*@*.%s", s->domain),
		    key_name(s, s->domain, s->selector));
}

static void
sign_below(struct opendkim_setup *s, const char *name)
{
	if (!text_same(name, s->domain) && text_domain_below(name, s->domain) &&
	    opendkim_signs(s->o, arena_printf(s->p->arena, "postmaster@%s",
	    name)) == NULL)
		signing_line(s, pattern_of(s, name), key_name(s, s->domain,
		    s->selector));
}

/* Mail that programs send without a domain has the one of myorigin; the message
 * that bounced may have had another, from before myorigin was set right. */
static void
sign_origin(struct opendkim_setup *s)
{
	const char *origin = postfix_get(s->p->in->postfix, "myorigin");
	const char *domain = s->p->id->own_domain;

	sign_below(s, origin);
	if (domain != NULL && !text_same(domain, origin))
		sign_below(s, domain);
}

/* Is ROW about the domain alone, so that it can get another key? */
static bool
is_own_row(const struct opendkim_setup *s, const struct opendkim_row *row)
{
	return text_same(row->key, s->domain) ||
	    text_same(row->key, pattern_of(s, s->domain));
}

/* Each line that names the key that the domain has now gets the new one. False:
 * a line that is for others, too, takes its mail before any new line. */
static bool
exchange(struct opendkim_setup *s, const char *new_key)
{
	const struct opendkim *o = s->o;
	const struct opendkim_row *now = opendkim_signs(o, arena_printf(
	    s->p->arena, "postmaster@%s", s->domain)), *key;
	const char *domain, *selector, *file;
	size_t len = 0, n;

	key = now != NULL ? opendkim_key(o, now, &len) : NULL;
	if (key != NULL && opendkim_key_parts(s->p->arena, key->value, &domain,
	    &selector, &file) && text_same(domain, s->domain)) {
		for (size_t i = 0; i < o->signing.n; i++)
			if (opendkim_key(o, &o->signing.rows[i], &n) == key)
				signing_line(s, o->signing.rows[i].key,
				    arena_printf(s->p->arena, "%s%s", new_key,
				    o->signing.rows[i].value + n));
		return true;
	}
	if (now != NULL && has_patterns(s) && !is_own_row(s, now))
		return false;
	signing_line(s, now != NULL && is_own_row(s, now) ? now->key :
	    pattern_of(s, s->domain), new_key);
	return true;
}

/* Domain, Selector and KeyFile for this domain alone. */
static bool
is_single(const struct opendkim_setup *s)
{
	const struct host *host = s->p->in->host;
	size_t n = 0;

	for (size_t i = 0; i < host->n_signers; i++)
		if (text_same(host->signers[i].program, "opendkim")) {
			if (!text_same(host->signers[i].domain, s->domain) ||
			    host->signers[i].key_file == NULL)
				return false;
			n++;
		}
	return n == 1 && s->o->keys.kind == OPENDKIM_NOT_SET &&
	    s->o->signing.kind == OPENDKIM_NOT_SET;
}

static void
set_tables(struct opendkim_setup *s)
{
	if (s->o->keys.kind == OPENDKIM_NOT_SET)
		opendkim_setup_option(s, "KeyTable", s->key_table);
	if (s->o->signing.kind == OPENDKIM_NOT_SET)
		opendkim_setup_option(s, "SigningTable", arena_printf(
		    s->p->arena, "refile:%s", s->signing_table));
}

bool
opendkim_setup_sign(struct opendkim_setup *s, const char *file)
{
	const char *algorithm = opendkim_option(s->o, "SignatureAlgorithm");

	/* one for all keys, and the new one is RSA */
	if (algorithm != NULL && !text_starts(algorithm, "rsa-"))
		opendkim_setup_option(s, "SignatureAlgorithm", "rsa-sha256");
	if (is_single(s)) {
		opendkim_setup_option(s, "Selector", s->selector);
		opendkim_setup_option(s, "KeyFile", file);
		return true;
	}
	if (s->o->keys.path == NULL || s->o->signing.path == NULL)
		opendkim_setup_base(s);
	key_line(s, s->domain, s->selector, file);
	if (!exchange(s, key_name(s, s->domain, s->selector)))
		return false;
	carry_over(s);
	sign_origin(s);
	set_tables(s);
	return true;
}

void
opendkim_setup_restart(struct opendkim_setup *s)
{
	step_command(s->p, "opendkim -n -x %s", s->o->conf);
	step_command(s->p, "systemctl restart opendkim");
}
