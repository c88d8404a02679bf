/* SPDX-License-Identifier: ISC
 * Steps that set main.cf and what is around it right: tables, the way through
 * a relay, domains, restrictions. Hides which place a setting belongs to. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/remedy/planning.h"

static bool
is_problem(const struct planning *p, const char *id)
{
	return finding_is_problem(p->findings, id);
}

static const char *
subject(const struct planning *p, const char *id)
{
	return finding_find(p->findings, id)->subject;
}

/* The setting of the SMTP client stands where it sets its own: master.cf. */
void
planning_set_client(struct planning *p, const char *name, const char *value)
{
	if (postfix_client_value(p->in->postfix, name)->origin ==
	    POSTFIX_MASTER_CF)
		name = arena_printf(p->arena, "%s/%s",
		    postfix_client(p->in->postfix), name);
	step_postconf(p, name, value);
}

static bool
reload(struct planning *p)
{
	if (p->step->n_changes != 0)
		step_command(p, "postfix reload");
	return p->step->n_changes != 0;
}

/* The first table of LIST whose text is a file, NULL: there is none. */
static const char *
text_table(struct planning *p, const char *list)
{
	static const char *const types[] = {
		"hash:/", "btree:/", "lmdb:/", "cdb:/", "dbm:/", "texthash:/",
	};
	const char *word;
	size_t len;

	while ((word = postfix_next_word(&list, &len)) != NULL)
		for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
			if (text_starts(word, types[i]))
				return arena_strndup(p->arena, word, len);
	return NULL;
}

const char *
planning_table(struct planning *p, const char *parameter, const char *name)
{
	const struct postfix_value *now = postfix_client_value(p->in->postfix,
	    parameter);
	const char *type = postfix_get(p->in->postfix, "default_database_type");
	const char *raw = now->raw != NULL && now->origin != POSTFIX_DEFAULT ?
	    now->raw : "";
	const char *table = text_table(p, now->value != NULL ? now->value : "");

	if (table != NULL)
		return table;
	table = arena_printf(p->arena, "%s:%s/%s", *type != '\0' ? type :
	    "hash", postfix_directory(p->in->postfix), name);
	planning_set_client(p, parameter, *raw != '\0' ?
	    arena_printf(p->arena, "%s, %s", raw, table) : table);
	return table;
}

/* texthash is read as it is (DATABASE_README). */
void
planning_make_database(struct planning *p, const char *table)
{
	if (!text_starts(table, "texthash:"))
		step_command(p, "postmap %s", table);
}

bool
make_tables(struct planning *p)
{
	const struct postfix_file *list;
	size_t n = postfix_files(p->in->postfix, &list);

	for (size_t i = 0; i < n; i++) {
		const struct postfix_file *f = &list[i];
		bool aliases = strncmp(f->parameter, "alias_", 6) == 0;

		if (strcmp(f->parameter, "queue_directory") == 0 ||
		    strcmp(f->parameter, "myorigin") == 0 ||
		    f->state == POSTFIX_FILE_UNKNOWN)
			continue;
		if (f->state == POSTFIX_FILE_MISSING)
			step_advice(p, _("%s names %s, but there is no such file. "
			    "Write it, or take it out of the setting."),
			    f->parameter, f->path);
		else if (aliases)
			step_command(p, "newaliases");
		else
			step_command(p, "postmap %s", text_starts(f->table,
			    "proxy:") ? f->table + strlen("proxy:") : f->table);
	}
	return p->step->n_changes != 0;
}

/* A copy of the master's file; Debian's start script makes it, too. */
bool
make_chroot(struct planning *p)
{
	const char *path = subject(p, "postfix.chroot-resolver");

	step_command(p, "cp /etc/resolv.conf %s", path);
	step_command(p, "postfix reload");
	step_advice(p, _("Or let the SMTP client run outside the chroot: postconf "
	    "-F smtp/unix/chroot=n, then stop and start Postfix."));
	return true;
}

const char *
planning_list_without(struct planning *p, const char *list, const char *domain)
{
	const char *kept = "", *at;
	size_t len;

	while ((at = postfix_next_word(&list, &len)) != NULL) {
		const char *word = arena_strndup(p->arena, at, len);
		const char *value = *word == '$' ? postfix_get(p->in->postfix,
		    word + 1) : word;

		if (!text_same(value, domain) &&
		    !text_same(word, domain))
			kept = arena_printf(p->arena, "%s%s%s", kept,
			    *kept != '\0' ? ", " : "", word);
	}
	return kept;
}

/* Take DOMAIN out of PARAMETER, where it stands in it as a word. */
static void
take_out(struct planning *p, const char *parameter, const char *domain)
{
	const struct postfix_value *v = postfix_value(p->in->postfix, parameter);

	if (v->raw != NULL && postfix_list_has(p->in->postfix, parameter,
	    domain))
		step_postconf(p, parameter, planning_list_without(p, v->raw,
		    domain));
	else
		step_advice(p, _("Take %s out of the tables of %s."), domain,
		    parameter);
}

bool
make_domains(struct planning *p)
{
	static const char *const classes[] = {
		"mydestination", "virtual_alias_domains",
		"virtual_mailbox_domains",
	};

	for (size_t i = 0; i < p->findings->n_problems; i++) {
		const struct finding *f = &p->findings->list[i];
		struct postfix_answer answer;

		if (strcmp(f->id, "postfix.two-classes") == 0) {
			step_advice(p, _("Leave %s where its mailboxes are: in "
			    "mydestination when they belong to users of this "
			    "system, else in one of the virtual_ settings."),
			    f->subject);
		} else if (strcmp(f->id, "postfix.not-taken") == 0) {
			step_advice(p, _("Add %s to mydestination when its "
			    "mailboxes belong to users of this system, to "
			    "virtual_alias_domains or virtual_mailbox_domains "
			    "when they are virtual, or to relay_domains when "
			    "another server has them: to exactly one of them."),
			    f->subject);
		}
		if (strcmp(f->id, "postfix.hosted-elsewhere") != 0)
			continue;
		for (size_t k = 0; k < sizeof classes / sizeof classes[0]; k++)
			if (postfix_look_up(p->in->postfix, classes[k],
			    f->subject, &answer) && answer.value != NULL)
				take_out(p, classes[k], f->subject);
	}
	return reload(p);
}

void
advise_login_package(struct planning *p)
{
	step_advice(p, _("Debian: the package libsasl2-modules; Red Hat: "
	    "cyrus-sasl-plain. Without it Postfix knows no way to log in."));
}

/* A line for RELAYHOST in the table of logins. */
static void
write_password(struct planning *p, const char *relayhost)
{
	const char *table = planning_table(p, "smtp_sasl_password_maps",
	    "sasl_passwd");

	step_advice(p, _("Write one line into %s: %s LOGIN:PASSWORD. Only root "
	    "may read that file."), strchr(table, ':') + 1, relayhost);
	step_command(p, "chmod 600 %s", strchr(table, ':') + 1);
	planning_make_database(p, table);
}

/* The submission port wants a login (RFC 6409 4.3), and its line in the table
 * begins as relayhost is written. */
bool
make_relay_submission(struct planning *p)
{
	const char *relayhost = subject(p, "postfix.relay-port-25");

	step_postconf(p, "relayhost", relayhost);
	planning_set_client(p, "smtp_sasl_auth_enable", "yes");
	planning_set_client(p, "smtp_sasl_security_options", "noanonymous");
	write_password(p, relayhost);
	advise_login_package(p);
	return reload(p);
}

bool
make_login(struct planning *p)
{
	const char *relayhost = postfix_get(p->in->postfix, "relayhost");

	planning_set_client(p, "smtp_sasl_auth_enable", "yes");
	if (is_problem(p, "postfix.relay-no-login") ||
	    is_problem(p, "postfix.relay-plaintext"))
		planning_set_client(p, "smtp_sasl_security_options", "noanonymous");
	if (is_problem(p, "postfix.relay-no-login") ||
	    is_problem(p, "postfix.relay-no-password"))
		write_password(p, relayhost);
	advise_login_package(p);
	return reload(p);
}

bool
make_relay_brackets(struct planning *p)
{
	step_postconf(p, "relayhost", subject(p, "postfix.relay-by-mx"));
	return reload(p);
}

/* smtp_tls_wrappermode came with Postfix 3.0. */
bool
make_relay_port(struct planning *p)
{
	if (is_problem(p, "postfix.relay-tls-later")) {
		planning_set_client(p, "smtp_tls_wrappermode", "no");
	} else if (postfix_version(p->in->postfix) == NULL ||
	    postfix_at_least(p->in->postfix, 3, 0)) {
		planning_set_client(p, "smtp_tls_wrappermode", "yes");
		planning_set_client(p, "smtp_tls_security_level", "encrypt");
	} else {
		step_advice(p, _("This Postfix cannot do that itself. Use the "
		    "relay's port 587 in relayhost, or stunnel in between."));
	}
	return reload(p);
}

/* smtpd_relay_restrictions came with Postfix 2.10. */
bool
make_relay_rules(struct planning *p)
{
	if (*postfix_get(p->in->postfix, "smtpd_relay_restrictions") != '\0' ||
	    postfix_at_least(p->in->postfix, 2, 10))
		step_postconf(p, "smtpd_relay_restrictions", "permit_mynetworks, "
		    "permit_sasl_authenticated, defer_unauth_destination");
	else
		step_postconf(p, "smtpd_recipient_restrictions",
		    "permit_mynetworks, permit_sasl_authenticated, "
		    "reject_unauth_destination");
	return reload(p);
}

bool
make_with_dns(struct planning *p)
{
	const char *name = subject(p, "postfix.no-dns");

	planning_set_client(p, name, strcmp(name, "disable_dns_lookups") == 0 ?
	    "no" : strcmp(name, "smtp_host_lookup") == 0 ? "dns" : "enabled");
	return reload(p);
}

bool
make_queue(struct planning *p)
{
	if (is_problem(p, "postfix.soft-bounce"))
		planning_set_client(p, "soft_bounce", "no");
	if (is_problem(p, "postfix.short-lifetime"))
		step_postconf(p, "maximal_queue_lifetime", "5d");
	if (is_problem(p, "postfix.backscatter"))
		step_postconf(p, "local_recipient_maps",
		    "proxy:unix:passwd.byname $alias_maps");
	return reload(p);
}

bool
make_proxy(struct planning *p)
{
	const char *now = postfix_get(p->in->postfix, "proxy_interfaces");
	const char *ip = subject(p, "postfix.proxy-interfaces");

	step_postconf(p, "proxy_interfaces", *now == '\0' ? ip :
	    arena_printf(p->arena, "%s, %s", now, ip));
	return reload(p);
}

/* hostnamectl(1) keeps the name over a restart, also where main.cf takes it
 * from the system. */
bool
make_hostname(struct planning *p)
{
	const char *name = p->target != NULL ? p->mail_name :
	    "mail.example.com";

	if (p->target == NULL)
		step_advice(p, _("Put a name of your own domain in place of %s."),
		    name);
	else
		step_postconf(p, "myorigin", p->target);
	if (postfix_is_set(p->in->postfix, "myhostname") && p->target != NULL)
		step_postconf(p, "myhostname", name);
	else
		step_command(p, "hostnamectl set-hostname %s", name);
	return reload(p);
}

bool
make_origin_file(struct planning *p)
{
	if (p->target == NULL)
		return false;
	step_line(p, subject(p, "postfix.origin-file"), p->target);
	step_command(p, "postfix reload");
	return true;
}

bool
make_alias(struct planning *p)
{
	const struct finding *f = finding_find(p->findings,
	    "envelope.no-mailbox");
	const char *table = text_table(p, postfix_get(p->in->postfix,
	    "alias_maps"));

	if (f == NULL)
		f = finding_find(p->findings, "envelope.no-alias");
	if (strchr(f->subject, '@') != NULL) {
		table = planning_table(p, "virtual_alias_maps", "virtual");
		step_line(p, strchr(table, ':') + 1, arena_printf(p->arena,
		    "%s postmaster", f->subject));
		planning_make_database(p, table);
	} else {
		step_line(p, table != NULL ? strchr(table, ':') + 1 :
		    "/etc/aliases", arena_printf(p->arena, "%s: root",
			f->subject));
		step_command(p, "newaliases");
	}
	step_advice(p, _("Name somebody who reads the mail in place of the last "
	    "word; \"root\" needs an alias of its own that does."));
	return true;
}
