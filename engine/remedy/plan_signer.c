/* SPDX-License-Identifier: ISC
 * The step that lets mail be signed: OpenDKIM's settings and tables merged into
 * what is there, and Postfix asking it; rspamd; what to do by hand. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/remedy/card.h"
#include "engine/remedy/planning.h"
#include "engine/world/dns_text.h"

/* knowledge.md 6: where the packages of EL and upstream listen. */
#define OPENDKIM_SOCKET "inet:8891@127.0.0.1"
#define RSPAMD_MILTER "inet:127.0.0.1:11332"

/* A key of 2048 bits makes a record of about 410 octets. */
static bool
long_key_fits(const struct planning *p)
{
	const struct recording *r = p->in->recording;
	size_t limit = card_txt_limit(p, p->target);

	for (size_t i = 0; i < r->n_answers; i++)
		if (text_same(r->answers[i].name, "txt-limit"))
			return false;
	return (limit == 0 || limit > DNS_STRING_OCTETS) &&
	    (p->in->host->txt_limit == 0 ||
	    p->in->host->txt_limit > DNS_STRING_OCTETS);
}

static bool
selector_is_used(const struct planning *p, const char *selector)
{
	const struct host *host = p->in->host;
	const char *name = arena_printf(p->arena, "%s._domainkey.%s", selector,
	    p->target);

	for (size_t i = 0; i < host->n_signers; i++)
		if (text_same(host->signers[i].selector, selector))
			return true;
	for (size_t i = 0; host->opendkim != NULL &&
	    i < host->opendkim->keys.n; i++)
		if (text_same(host->opendkim->keys.rows[i].key, name))
			return true;
	return false;
}

/* "s202611": named by the month, so that a later one is a new one; a letter
 * behind it for a second one in a month. */
static const char *
new_selector(const struct planning *p)
{
	const char *month = p->in->host->month, *selector;

	if (month == NULL)
		return "s1";
	selector = arena_printf(p->arena, "s%s", month);
	for (char c = 'b'; c <= 'z' && selector_is_used(p, selector); c++)
		selector = arena_printf(p->arena, "s%s%c", month, c);
	return selector;
}

/* ---- what cannot be done from here ---- */

static bool
by_hand(struct planning *p, const char *selector)
{
	if (!long_key_fits(p)) {
		step_command(p, "opendkim-genkey -b 1024 -d %s -s %s",
		    p->target, selector);
		step_advice(p, _("Your DNS panel cuts TXT records at 255 "
		    "characters. A key of 1024 bits (about 240 characters) fits; "
		    "one of 2048 bits (about 410) does not."));
	} else {
		step_command(p, "opendkim-genkey -b 2048 -d %s -s %s",
		    p->target, selector);
		step_advice(p, _("The record of a 2048-bit key has about 410 "
		    "characters. If your DNS panel cuts at 255, take -b 1024: "
		    "that record has about 240 and fits."));
	}
	step_advice(p, _("Publish the record that opendkim-genkey writes to "
	    "%s.txt at %s._domainkey.%s, then set smtpd_milters and "
	    "non_smtpd_milters, so that mail from programs is signed as well."),
	    selector, selector, p->target);
	return true;
}

static bool
install_first(struct planning *p)
{
	p->step->title = _("Install OpenDKIM, which signs mail");
	step_command(p, "apt-get install opendkim opendkim-tools");
	step_advice(p, _("On RHEL, Alma or Rocky Linux instead: dnf install "
	    "epel-release, then dnf install opendkim opendkim-tools."));
	step_advice(p, _("Then start whybounce again: it makes the key and sets "
	    "up OpenDKIM and Postfix."));
	p->step->verify = "opendkim -V";
	return true;
}

/* amavis keeps its keys in its own settings, which are a program. */
static bool
by_amavis(struct planning *p, const char *selector)
{
	step_command(p, "amavisd-new genrsa /var/lib/amavis/dkim-%s.pem %d",
	    p->target, long_key_fits(p) ? 2048 : 1024);
	step_command(p, "chown amavis:amavis /var/lib/amavis/dkim-%s.pem",
	    p->target);
	step_advice(p, _("Mail passes amavis, which can sign it. Put into its "
	    "settings (/etc/amavis/conf.d/50-user, on EL "
	    "/etc/amavisd/amavisd.conf): $enable_dkim_signing = 1; and "
	    "dkim_key('%s', '%s', '/var/lib/amavis/dkim-%s.pem'); and the "
	    "networks of your own hosts into @mynetworks."), p->target, selector,
	    p->target);
	step_command(p, "systemctl restart amavis");
	step_command(p, "amavisd-new showkeys %s", p->target);
	step_advice(p, _("Publish the record that the last command shows: all "
	    "quoted parts joined, without quotation marks."));
	p->step->verify = arena_printf(p->arena, "amavisd-new testkeys %s",
	    p->target);
	return true;
}

/* ---- Postfix ---- */

static bool
asks(const struct planning *p, const char *parameter, const char *address)
{
	const char *found[MILTERS_MAX];
	size_t n = milters_split(p->arena, postfix_get(p->in->postfix,
	    parameter), found);

	for (size_t i = 0; i < n; i++)
		if (text_same(found[i], address))
			return true;
	return false;
}

/* As written, so that "$name" stays. */
static const char *
raw_value(const struct planning *p, const char *parameter)
{
	const struct postfix_value *v = postfix_value(p->in->postfix, parameter);

	return postfix_is_set(p->in->postfix, parameter) && v->raw != NULL ?
	    v->raw : "";
}

void
planning_ask_milter(struct planning *p, const char *address)
{
	const char *now = raw_value(p, "smtpd_milters");
	const char *programs = raw_value(p, "non_smtpd_milters");
	bool first = *now == '\0';

	if (!asks(p, "smtpd_milters", address))
		step_postconf(p, "smtpd_milters", first ? address :
		    arena_printf(p->arena, "%s, %s", now, address));
	if (*programs == '\0')
		step_postconf(p, "non_smtpd_milters", "$smtpd_milters");
	else if (!asks(p, "non_smtpd_milters", address) &&
	    strstr(programs, "$smtpd_milters") == NULL)
		step_postconf(p, "non_smtpd_milters", arena_printf(p->arena,
		    "%s, %s", programs, address));
	if (!first || postfix_is_set(p->in->postfix, "milter_default_action"))
		return;
	step_postconf(p, "milter_default_action", "accept");
	step_advice(p, _("milter_default_action = accept: while the signer is "
	    "down, mail leaves unsigned. Without it, mail waits in the queue "
	    "until the signer is back."));
}

/* "inet:PORT@HOST", "inet:PORT", "local:PATH", "PATH" (opendkim(8), -p). */
const char *
planning_opendkim_address(const struct planning *p, const char *socket)
{
	const char *queue = postfix_get(p->in->postfix, "queue_directory");
	size_t len = strlen(queue);

	if (socket == NULL)
		return NULL;
	if (text_starts(socket, "inet:")) {
		const char *port = socket + strlen("inet:");
		size_t n = strcspn(port, "@");
		const char *host = port[n] == '@' ? port + n + 1 : "127.0.0.1";

		if (text_same(host, "localhost"))
			host = "127.0.0.1";
		return arena_printf(p->arena, "inet:%s:%.*s", host, (int)n,
		    port);
	}
	if (text_starts(socket, "local:") || text_starts(socket, "unix:"))
		socket = strchr(socket, ':') + 1;
	return strncmp(socket, queue, len) == 0 && socket[len] == '/' ?
	    arena_printf(p->arena, "unix:%s", socket + len + 1) : NULL;
}

/* ---- OpenDKIM ---- */

struct setting_up {
	struct planning *p;
	const struct opendkim *o;
	const char *base;        /* "/etc/opendkim" */
	const char *owner;       /* "opendkim:opendkim" */
	const char *selector;
	const char *key_table, *signing_table;   /* their files */
};

static const char *
owner_of(const struct planning *p, const struct opendkim *o)
{
	const char *id = opendkim_option(o, "UserID");
	const char *user = opendkim_user(p->arena, o);

	return id != NULL && id[strlen(user)] != '\0' ?
	    arena_printf(p->arena, "%s:%s", user, id + strlen(user) + 1) :
	    arena_printf(p->arena, "%s:%s", user, user);
}

/* A table's line; the first word says which line it replaces. */
static void
table_line(struct setting_up *s, const char *path, const char *line, bool anew)
{
	struct change *change = step_change(s->p, CHANGE_FILE);

	change->path = path;
	change->text = line;
	change->anew = anew;
}

static void
option(struct setting_up *s, const char *name, const char *value)
{
	table_line(s, s->o->conf, arena_printf(s->p->arena, "%s %s", name,
	    value), false);
}

static void
option_if_none(struct setting_up *s, const char *name, const char *value)
{
	if (opendkim_option(s->o, name) == NULL)
		option(s, name, value);
}

static bool
has_patterns(const struct setting_up *s)
{
	return s->o->signing.kind != OPENDKIM_FILE;
}

/* DOMAIN is signed with SELECTOR, whose key is in FILE. */
static void
sign_domain(struct setting_up *s, const char *pattern_domain,
    const char *domain, const char *selector, const char *file)
{
	struct arena *arena = s->p->arena;
	const char *key = arena_printf(arena, "%s._domainkey.%s", selector,
	    domain);

	if (file != NULL)
		table_line(s, s->key_table, arena_printf(arena, "%s %s:%s:%s",
		    key, domain, selector, file), false);
	table_line(s, s->signing_table, arena_printf(arena, "%s%s %s",
	    has_patterns(s) ? "*@" : "", pattern_domain, key), false);
}

/* A KeyTable makes OpenDKIM forget Domain, Selector and KeyFile: what they
 * signed goes into the tables. */
static void
carry_over(struct setting_up *s)
{
	const struct host *host = s->p->in->host;

	if (s->o->keys.kind != OPENDKIM_NOT_SET)
		return;
	for (size_t i = 0; i < host->n_signers; i++) {
		const struct host_signer *signer = &host->signers[i];

		if (text_same(signer->program, "opendkim") &&
		    signer->key_file != NULL &&
		    !text_same(signer->domain, s->p->target))
			sign_domain(s, signer->domain, signer->domain,
			    signer->selector, signer->key_file);
	}
}

/* Mail that programs send without a domain has the one of myorigin. */
static void
sign_origin(struct setting_up *s)
{
	const char *origin = postfix_get(s->p->in->postfix, "myorigin");
	const char *domain = s->p->target;

	if (!text_same(origin, domain) && text_domain_below(origin, domain))
		sign_domain(s, origin, domain, s->selector, NULL);
}

static void
make_key(struct setting_up *s)
{
	struct planning *p = s->p;
	const char *folder = arena_printf(p->arena, "%s/%s",
	    s->o->key_folder, p->target);
	const char *file = arena_printf(p->arena, "%s/%s.private", folder,
	    s->selector);
	bool fits = long_key_fits(p);

	step_path(p, CHANGE_FOLDER, s->base, "root:root", 0755);
	step_path(p, CHANGE_FOLDER, s->o->key_folder, s->owner, 0700);
	step_path(p, CHANGE_FOLDER, folder, s->owner, 0700);
	step_key(p, file, s->owner, fits ? DKIM_PAIR_RSA2048 :
	    DKIM_PAIR_RSA1024);
	if (!fits)
		step_advice(p, _("Your DNS panel cuts TXT records at 255 "
		    "characters, so the key has 1024 bits: its record of about "
		    "240 characters fits."));
	sign_domain(s, p->target, p->target, s->selector, file);
}

/* Whose mail is signed: what comes from here, unless it is set already. */
static void
trust_own_hosts(struct setting_up *s)
{
	static const char *const hosts[] = { "127.0.0.1", "::1", "localhost" };
	const char *path = arena_printf(s->p->arena, "%s/TrustedHosts", s->base);

	if (opendkim_option(s->o, "InternalHosts") != NULL)
		return;
	for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++)
		table_line(s, path, hosts[i], true);
	option(s, "InternalHosts", path);
	option_if_none(s, "ExternalIgnoreList", path);
}

static void
set_options(struct setting_up *s)
{
	const char *mode = opendkim_option(s->o, "Mode");

	if (mode != NULL && strchr(mode, 's') == NULL)
		option(s, "Mode", "sv");
	option_if_none(s, "Syslog", "yes");
	option_if_none(s, "SyslogSuccess", "yes");
	option_if_none(s, "LogWhy", "yes");
	option_if_none(s, "Canonicalization", "relaxed/simple");
	option_if_none(s, "UserID", "opendkim");
	if (s->o->keys.kind == OPENDKIM_NOT_SET)
		option(s, "KeyTable", s->key_table);
	if (s->o->signing.kind == OPENDKIM_NOT_SET)
		option(s, "SigningTable", arena_printf(s->p->arena,
		    "refile:%s", s->signing_table));
}

/* Is OpenDKIM's own socket answered already? */
static bool
is_asked(const struct planning *p, const char *address)
{
	for (size_t i = 0; i < p->in->host->n_milters; i++)
		if (p->in->host->milters[i].state == MILTER_ANSWERS &&
		    text_same(p->in->host->milters[i].address, address))
			return true;
	return false;
}

static void
connect_it(struct setting_up *s)
{
	const char *address = planning_opendkim_address(s->p,
	    opendkim_option(s->o, "Socket"));

	if (address == NULL) {
		option(s, "Socket", OPENDKIM_SOCKET);
		address = planning_opendkim_address(s->p, OPENDKIM_SOCKET);
	}
	if (postfix_get_state(s->p->in->postfix) == POSTFIX_FOUND &&
	    !is_asked(s->p, address))
		planning_ask_milter(s->p, address);
}

/* Tables that are files, or none yet: others cannot be merged into. */
static bool
can_merge(const struct opendkim *o)
{
	return o->fault == NULL && o->keys.fault == NULL &&
	    o->signing.fault == NULL && o->keys.kind != OPENDKIM_LIST &&
	    o->keys.kind != OPENDKIM_DATABASE &&
	    o->signing.kind != OPENDKIM_LIST &&
	    o->signing.kind != OPENDKIM_DATABASE;
}

static const char *
base_folder(struct arena *arena, const char *conf)
{
	const char *slash = strrchr(conf, '/');

	return arena_printf(arena, "%.*s/opendkim",
	    slash != NULL ? (int)(slash - conf) : 0, conf);
}

static bool
by_opendkim(struct planning *p, const struct opendkim *o, const char *selector)
{
	struct setting_up s = {
		.p = p, .o = o, .selector = selector,
		.base = base_folder(p->arena, o->conf),
		.owner = owner_of(p, o),
	};

	s.key_table = o->keys.path != NULL ? o->keys.path :
	    arena_printf(p->arena, "%s/KeyTable", s.base);
	s.signing_table = o->signing.path != NULL ? o->signing.path :
	    arena_printf(p->arena, "%s/SigningTable", s.base);
	make_key(&s);
	carry_over(&s);
	sign_origin(&s);
	trust_own_hosts(&s);
	set_options(&s);
	connect_it(&s);
	step_command(p, "opendkim -n -x %s", o->conf);
	step_command(p, "systemctl restart opendkim");
	step_command(p, "postfix reload");
	step_advice(p, _("The private key is made on this server and stays "
	    "there. The next diagnosis shows the record that belongs to it, and "
	    "proves it before you publish it; until it is published, receivers "
	    "treat the mail as unsigned."));
	p->step->verify = "grep 'DKIM-Signature field added' /var/log/mail.log";
	return true;
}

/* ---- rspamd ---- */

/* knowledge.md 6.4. Its settings are merged by rspamd itself: a file of ours is
 * only made where there is none. */
static bool
by_rspamd(struct planning *p, const char *selector)
{
	const char *base = base_folder(p->arena, p->in->host->opendkim != NULL ?
	    p->in->host->opendkim->conf : "/etc/opendkim.conf");
	const char *conf = arena_printf(p->arena,
	    "%.*s/rspamd/local.d/dkim_signing.conf",
	    (int)(strlen(base) - strlen("/opendkim")), base);
	const char *file = arena_printf(p->arena,
	    "/var/lib/rspamd/dkim/%s.%s.key", p->target, selector);
	const char *text = arena_printf(p->arena, "domain {\n  %s {\n    "
	    "path = \"%s\";\n    selector = \"%s\";\n  }\n}\n"
	    "sign_local = true;\nsign_authenticated = true;\n"
	    "allow_username_mismatch = true;\nuse_domain = \"header\";\n",
	    p->target, file, selector);
	struct change *change;

	step_path(p, CHANGE_FOLDER, "/var/lib/rspamd/dkim", "_rspamd:_rspamd",
	    0750);
	step_key(p, file, "_rspamd:_rspamd", long_key_fits(p) ?
	    DKIM_PAIR_RSA2048 : DKIM_PAIR_RSA1024);
	if (p->in->host->n_signers == 0) {
		change = step_change(p, CHANGE_FILE);
		change->path = conf;
		change->text = text;
		change->whole = true;
	} else {
		step_advice(p, _("Put this into the block \"domain\" of %s: %s { "
		    "path = \"%s\"; selector = \"%s\"; }"), conf, p->target,
		    file, selector);
	}
	planning_ask_milter(p, RSPAMD_MILTER);
	step_command(p, "systemctl restart rspamd");
	step_command(p, "postfix reload");
	step_advice(p, _("The next diagnosis shows the record that belongs to the "
	    "new key."));
	return true;
}

/* The domain comes from a bounce as a rule, and becomes a part of paths,
 * tables and commands. */
static bool
is_plain_domain(const char *domain)
{
	return domain[0] != '.' && domain[0] != '-' &&
	    domain[strspn(domain, "abcdefghijklmnopqrstuvwxyz0123456789-._")] ==
	    '\0' && strstr(domain, "..") == NULL;
}

bool
make_dkim_sign(struct planning *p)
{
	const struct opendkim *o = p->in->host->opendkim;
	const char *selector;

	if (p->target == NULL || !is_plain_domain(p->target))
		return false;
	selector = new_selector(p);
	if (p->in->host->rspamd && (o == NULL || o->n_options == 0))
		return by_rspamd(p, selector);
	if (strstr(postfix_get(p->in->postfix, "content_filter"), "amavis") !=
	    NULL)
		return by_amavis(p, selector);
	if (o == NULL || !can_merge(o)) {
		p->step->verify = arena_printf(p->arena,
		    "opendkim-testkey -d %s -s %s -vvv", p->target, selector);
		return by_hand(p, selector);
	}
	if (!o->installed && o->n_options == 0)
		return install_first(p);
	return by_opendkim(p, o, selector);
}
