/* SPDX-License-Identifier: ISC
 * Has OpenDKIM on this server all that it needs to sign for the domain? Says what
 * opendkim 2.11 does without it. */
#include "config.h"

#include <string.h>

#include "engine/auth/dkim_key.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"

#define SIGNER_CLASSES "dkim unauth dmarc alignment"
#define KEY_TEXT_MIN 40         /* an ed25519 key in base64 has 44 characters */

static void
add(struct checking *c, const char *id, enum finding_role role,
    const char *subject, const char *title)
{
	finding_add(c, id, FINDING_PROBLEM, checking_role(c, SIGNER_CLASSES,
	    role), subject, "%s", title);
}

static void
option_fact(struct checking *c, const char *name)
{
	finding_fact(c, arena_printf(c->arena, "opendkim %s", name));
}

static const char *
sender(const struct checking *c)
{
	return arena_printf(c->arena, "postmaster@%s",
	    c->out->identity.own_domain);
}

static bool
signs(const struct opendkim *o)
{
	const char *mode = opendkim_option(o, "Mode");

	return mode == NULL || strchr(mode, 's') != NULL;
}

/* ---- a key ---- */

/* The options that belong together (opendkim.conf(5), Mode): which one is
 * missing? NULL: none. */
static const char *
missing_option(const struct opendkim *o)
{
	bool keys = o->keys.kind != OPENDKIM_NOT_SET;
	bool signing = o->signing.kind != OPENDKIM_NOT_SET;
	bool selector = opendkim_option(o, "Selector") != NULL;
	bool file = opendkim_option(o, "KeyFile") != NULL;
	bool domain = opendkim_option(o, "Domain") != NULL;

	if (keys || signing)
		return !keys ? "KeyTable" : !signing &&
		    opendkim_option(o, "SetupPolicyScript") == NULL ?
		    "SigningTable" : NULL;
	if (selector != file)
		return selector ? "KeyFile" : "Selector";
	return domain && !file ? "KeyFile" : NULL;
}

/* The table whose file is not there, or NULL. */
static const struct opendkim_table *
missing_table(const struct opendkim *o)
{
	return o->keys.missing ? &o->keys :
	    o->signing.missing ? &o->signing : NULL;
}

/* The line of the SigningTable that names a key that the KeyTable has not. */
static const struct opendkim_row *
unknown_key(const struct checking *c, const struct opendkim *o)
{
	const struct opendkim_row *row = o->keys.fault != NULL ||
	    o->keys.kind == OPENDKIM_DATABASE ||
	    o->keys.kind == OPENDKIM_REFILE ||
	    o->keys.kind == OPENDKIM_NOT_SET ? NULL :
	    opendkim_signs(o, sender(c));

	return row != NULL && opendkim_key(o, row, NULL) == NULL ? row : NULL;
}

static bool
lacks_key(const struct checking *c, const struct opendkim *o)
{
	return missing_option(o) != NULL || missing_table(o) != NULL ||
	    unknown_key(c, o) != NULL;
}

static void
check_key(struct checking *c, const struct opendkim *o)
{
	const char *domain = c->out->identity.own_domain;
	const char *option = missing_option(o);
	const struct opendkim_table *table = missing_table(o);

	if (!lacks_key(c, o))
		return;
	add(c, "dkim.no-key", ROLE_CONTRIBUTING, domain, arena_printf(c->arena,
	    _("OpenDKIM is set up to sign, but has no key for %s"), domain));
	if (option != NULL)
		finding_detail(c, _("Its settings have no %s, and OpenDKIM does "
		    "not start without it."), option);
	else if (table != NULL)
		finding_detail(c, _("Its table %s is not there, and OpenDKIM does "
		    "not start without it."), text_safe(c->arena,
		    table->path));
	else
		finding_detail(c, _("Its SigningTable names the key \"%s\", which "
		    "the KeyTable has not, and OpenDKIM puts off the mail that "
		    "it should sign."), text_safe(c->arena,
		    unknown_key(c, o)->value));
	option_fact(c, "KeyTable");
	option_fact(c, "KeyFile");
}

/* ---- lines ---- */

/* "domain:selector:key" with a path or a key as the third. */
static const char *
row_fault(const struct checking *c, const struct opendkim_row *row)
{
	const char *domain, *selector, *file;
	const char *last = strrchr(row->value, ':');

	if (!opendkim_key_parts(c->arena, row->value, &domain, &selector,
	    &file))
		return _("it has to be three parts with colons between them, "
		    "DOMAIN:SELECTOR:/PATH");
	if (strpbrk(domain, " \t") != NULL || strpbrk(selector, " \t") != NULL ||
	    last[1] == ' ' || last[1] == '\t')
		return _("blanks are not allowed in it");
	/* "-" stands for a key in a recording */
	return file != NULL || strcmp(last + 1, "-") == 0 ||
	    strlen(last + 1) > KEY_TEXT_MIN ? NULL :
	    _("the key's path has to begin with \"/\"");
}

/* The KeyTable's line for the domain when it cannot be used, or NULL. */
static const struct opendkim_row *
faulty_key(const struct checking *c, const struct opendkim *o)
{
	const struct opendkim_row *row = opendkim_signs(o, sender(c));
	const struct opendkim_row *key = row != NULL ?
	    opendkim_key(o, row, NULL) : NULL;

	return key != NULL && row_fault(c, key) != NULL ? key : NULL;
}

bool
signer_is_faulty(const struct checking *c)
{
	const struct opendkim *o = c->in->host->opendkim;

	return o != NULL && o->n_options != 0 && signs(o) &&
	    c->out->identity.own_domain != NULL &&
	    (lacks_key(c, o) || faulty_key(c, o) != NULL);
}

static void
check_pattern(struct checking *c, const struct opendkim *o)
{
	const struct opendkim_row *row =
	    opendkim_nearly_signs(c->arena, o, sender(c));

	if (row == NULL)
		return;
	add(c, "dkim.table-row", ROLE_CONTRIBUTING, row->key,
	    _("A line of OpenDKIM's SigningTable matches no sender"));
	finding_detail(c, _("\"%s %s\": where the table is one of patterns "
	    "(refile:), a line has to begin with \"*@\" and the domain, without "
	    "blanks before it. So mail of %s leaves unsigned."),
	    text_safe(c->arena, row->key), text_safe(c->arena, row->value),
	    c->out->identity.own_domain);
	option_fact(c, "SigningTable");
}

static void
check_rows(struct checking *c, const struct opendkim *o)
{
	const struct opendkim_row *key = faulty_key(c, o);

	if (opendkim_signs(o, sender(c)) == NULL)
		check_pattern(c, o);
	if (key == NULL)
		return;
	add(c, "dkim.table-row", ROLE_CONTRIBUTING, key->key,
	    _("A line of OpenDKIM's KeyTable cannot be used"));
	finding_detail(c, _("\"%s\": %s. OpenDKIM puts off the mail that this "
	    "key should sign."), text_safe(c->arena, key->key), row_fault(c, key));
	option_fact(c, "KeyTable");
}

/* ---- what kind of key ---- */

static void
check_algorithm(struct checking *c, const struct opendkim *o)
{
	const char *wanted = opendkim_option(o, "SignatureAlgorithm");
	bool young = wanted != NULL && text_starts(wanted, "ed25519");
	const struct host_signer *s = signer_in_use(c);
	const char *type = s != NULL && s->key != NULL &&
	    text_same(s->program, "opendkim") ?
	    dkim_key_type(s->key, s->key_len) : NULL;
	bool fits = type == NULL || young == (strcmp(type, "ed25519") == 0);

	if (fits && !o->no_algorithm)
		return;
	add(c, "dkim.key-algorithm", ROLE_CONTRIBUTING,
	    s != NULL ? s->key_file : NULL, o->no_algorithm ?
	    _("This OpenDKIM does not know its SignatureAlgorithm") :
	    _("OpenDKIM's private key is of another kind than its "
	    "signatures"));
	if (o->no_algorithm)
		finding_detail(c, _("It is set to %s, so OpenDKIM does not start. "
		    "Versions before 2.11 know RSA only."),
		    text_safe(c->arena, wanted));
	else if (young)
		finding_detail(c, _("The key is RSA, but SignatureAlgorithm is "
		    "%s: nobody can verify its signatures."),
		    text_safe(c->arena, wanted));
	else
		finding_detail(c, _("The key is ed25519, but SignatureAlgorithm "
		    "is for RSA: OpenDKIM refuses the mail for the time being "
		    "(451)."));
	option_fact(c, "SignatureAlgorithm");
}

/* ---- whom it signs for ---- */

/* The first of main.cf's mynetworks that is not on the list; or NULL. */
static const char *
left_out(struct checking *c, const struct opendkim *o)
{
	const char *text = postfix_is_set(c->in->postfix, "mynetworks") ?
	    postfix_get(c->in->postfix, "mynetworks") : "";

	while (*text != '\0') {
		size_t len = strcspn(text, ", \t\r\n");
		const char *word = arena_strndup(c->arena, text, len);
		const char *ip = arena_strndup(c->arena, word,
		    strcspn(word, "/"));

		if (ip_canonical(c->arena, ip) != NULL &&
		    !text_starts(ip, "127.") &&
		    opendkim_trusts(o, ip) == OPENDKIM_TRUSTS_NOT)
			return word;
		text += len + strspn(text + len, ", \t\r\n");
	}
	return NULL;
}

static void
check_network(struct checking *c, const struct opendkim *o)
{
	const char *network = o->internal.kind == OPENDKIM_NOT_SET ? NULL :
	    left_out(c, o);

	if (network == NULL)
		return;
	add(c, "dkim.not-internal", ROLE_ADVICE, network, arena_printf(c->arena,
	    _("OpenDKIM does not sign mail from %s"),
	    text_safe(c->arena, network)));
	finding_detail(c, _("Postfix takes mail from there (mynetworks), but "
	    "InternalHosts does not have it, so that mail leaves unsigned "
	    "unless the sender has logged in."));
	finding_fact(c, "postfix mynetworks");
	option_fact(c, "InternalHosts");
}

static void
check_internal(struct checking *c, const struct opendkim *o)
{
	if (o->internal.missing) {
		add(c, "dkim.not-internal", ROLE_CONTRIBUTING, "127.0.0.1",
		    _("OpenDKIM's list of own hosts is not there"));
		finding_detail(c, _("InternalHosts names %s, and OpenDKIM does "
		    "not start without it."), text_safe(c->arena,
		    o->internal.path));
		option_fact(c, "InternalHosts");
	} else if (opendkim_trusts(o, "127.0.0.1") == OPENDKIM_TRUSTS_NOT) {
		add(c, "dkim.not-internal", ROLE_CONTRIBUTING, "127.0.0.1",
		    _("OpenDKIM does not sign the mail of its own host"));
		finding_detail(c, _("InternalHosts does not have 127.0.0.1, so "
		    "mail of programs here counts as that of a stranger (\"not "
		    "internal\" in the log). A network has to be named by its "
		    "first address, and there is one entry a line."));
		option_fact(c, "InternalHosts");
	} else {
		check_network(c, o);
	}
}

void
check_signer_keys(struct checking *c, const struct opendkim *o)
{
	if (c->out->identity.own_domain == NULL || !signs(o))
		return;
	check_key(c, o);
	check_rows(c, o);
	check_algorithm(c, o);
	check_internal(c, o);
}
