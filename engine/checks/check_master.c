/* SPDX-License-Identifier: ISC
 * What surrounds main.cf: master.cf, tables without a database, the chroot's
 * resolv.conf, further instances, another program's sendmail(1). */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/checks/checking.h"

/* What is odd in main.cf, in the reader's words. */
static void
notes(struct checking *c)
{
	const char *note = postfix_note(c->in->postfix);

	if (note == NULL)
		return;
	finding_add(c, "postfix.odd-lines", FINDING_UNKNOWN, ROLE_CONTRIBUTING,
	    NULL, _("main.cf could not be understood in every part"));
	finding_detail(c, "%s", note);
	finding_fact(c, "postfix state");
}

static void
master(struct checking *c)
{
	const char *why = postfix_master_why(c->in->postfix);
	unsigned int line = postfix_master_refused(c->in->postfix);

	if (why != NULL) {
		finding_add(c, "postfix.master-unreadable", FINDING_UNKNOWN,
		    ROLE_ADVICE, NULL, _("master.cf could not be read"));
		finding_detail(c, _("%s."), why);
		finding_detail(c, _("What services set for themselves (-o) is "
		    "not known."));
		finding_fact(c, "postfix master.cf");
	}
	if (line != 0) {
		finding_add(c, "postfix.master-faulty", FINDING_PROBLEM,
		    checking_role(c, "local_error", ROLE_CONTRIBUTING), NULL,
		    _("Line %u of master.cf is not a service"), line);
		finding_detail(c, _("Postfix does not start with it: a service "
		    "has eight columns."));
		finding_fact(c, "postfix master.cf");
	}
}

/* Which setting of main.cf names the table? NULL: only a default. */
static const char *
named_by(const struct checking *c, const char *table)
{
	for (size_t i = 0; i < postfix_count(c->in->postfix); i++) {
		const struct postfix_value *v = postfix_at(c->in->postfix, i);
		const char *p = v->value, *word;
		size_t len;

		while ((word = postfix_next_word(&p, &len)) != NULL)
			if (strncmp(word, table, len) == 0 && table[len] == '\0')
				return v->name;
	}
	return NULL;
}

/* What Postfix said itself when it was asked. */
static void
table_types(struct checking *c)
{
	const char *table, *why;

	for (size_t i = 0; (table = postfix_refused_table(c->in->postfix, i,
	    &why)) != NULL; i++) {
		const char *name = named_by(c, table);

		if (name == NULL)
			continue;
		finding_add(c, "postfix.table-type", FINDING_PROBLEM,
		    checking_role(c, "local_error", ROLE_CONTRIBUTING), table,
		    _("Postfix here cannot read %s"), table);
		finding_detail(c, _("It says: %s. Mail that asks the table stays "
		    "in the queue."), why);
		finding_setting(c, name);
	}
}

static bool
is_refused(const struct checking *c, const char *wanted)
{
	const char *table, *why;

	for (size_t i = 0; (table = postfix_refused_table(c->in->postfix, i,
	    &why)) != NULL; i++)
		if (strcmp(table, wanted) == 0)
			return true;
	return false;
}

/* Only those that mail leaves by: a fault in what receives mail has nothing
 * to do with it. */
static void
table(struct checking *c, const struct postfix_file *file)
{
	bool old = file->state == POSTFIX_FILE_OLD;

	if (file->state == POSTFIX_FILE_NO_DATABASE)
		postfix_try_table(c->in->postfix, file->table);
	if (file->state == POSTFIX_FILE_UNKNOWN) {
		finding_add(c, "postfix.table-unknown", FINDING_UNKNOWN,
		    ROLE_ADVICE, file->table,
		    _("It could not be seen whether %s is there"), file->path);
		finding_detail(c, _("There is no permission to look."));
	} else if (old) {
		finding_add(c, "postfix.table-old", FINDING_PROBLEM,
		    ROLE_ADVICE, file->table,
		    _("%s is older than its text"), file->path);
		finding_detail(c, _("What was changed in the text since is not "
		    "in force."));
	} else {
		finding_add(c, "postfix.table-missing", FINDING_PROBLEM,
		    checking_role(c, "local_error", ROLE_CONTRIBUTING),
		    file->table, _("%s is not there"), file->path);
		finding_detail(c, file->state == POSTFIX_FILE_NO_DATABASE ?
		    _("The text is there, but its database was never made. "
		    "Mail that asks the table stays in the queue.") :
		    _("Mail that asks the table stays in the queue."));
	}
	finding_setting(c, file->parameter);
	finding_fact(c, arena_printf(c->arena, "file %s", file->path));
}

/* M25 */
static void
chroot_resolver(struct checking *c, const struct postfix_file *file)
{
	if (file->state == POSTFIX_FILE_UNKNOWN) {
		finding_add(c, "postfix.chroot-unknown", FINDING_UNKNOWN,
		    ROLE_ADVICE, file->path,
		    _("%s could not be read"), file->path);
	} else {
		finding_add(c, "postfix.chroot-resolver", FINDING_PROBLEM,
		    checking_role(c, "dns_temp", file->state ==
			POSTFIX_FILE_MISSING ? ROLE_CONTRIBUTING : ROLE_ADVICE),
		    file->path, file->state == POSTFIX_FILE_MISSING ?
		    _("%s is not there") :
		    _("%s names other name servers than /etc/resolv.conf"),
		    file->path);
		finding_detail(c, _("The SMTP client runs in a chroot "
		    "(master.cf) and reads this copy only. With wrong name "
		    "servers the log says \"Host not found, try again\", while "
		    "dig finds everything."));
	}
	finding_fact(c, arena_printf(c->arena, "file %s", file->path));
	finding_fact(c, "postfix master.cf");
}

/* No service starts then. */
static void
origin_file(struct checking *c, const struct postfix_file *file)
{
	if (file->state == POSTFIX_FILE_UNKNOWN) {
		finding_add(c, "postfix.table-unknown", FINDING_UNKNOWN,
		    ROLE_ADVICE, file->path, _("%s could not be read"),
		    file->path);
	} else {
		finding_add(c, "postfix.origin-file", FINDING_PROBLEM,
		    checking_role(c, "local_error", ROLE_CONTRIBUTING),
		    file->path, _("Postfix takes its sender domain from %s, "
		    "where there is none"), file->path);
		finding_detail(c, _("Its services stop with \"cannot open "
		    "file\", or send with an empty domain."));
	}
	finding_setting(c, "myorigin");
	finding_fact(c, arena_printf(c->arena, "file %s", file->path));
}

static void
files(struct checking *c)
{
	const struct postfix_file *list;
	size_t n = postfix_files(c->in->postfix, &list);

	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].parameter, "queue_directory") == 0)
			chroot_resolver(c, &list[i]);
		else if (strcmp(list[i].parameter, "myorigin") == 0)
			origin_file(c, &list[i]);
		else if (!is_refused(c, list[i].table))
			table(c, &list[i]);
}

static void
instances(struct checking *c)
{
	const char *others = postfix_get(c->in->postfix,
	    "multi_instance_directories");

	if (*others == '\0')
		return;
	finding_add(c, "postfix.instances", FINDING_OK, ROLE_ADVICE, NULL,
	    _("This server runs more than one Postfix"));
	finding_detail(c, _("Only %s was looked at. For mail of another one, "
	    "give its directory: --postfix DIR."),
	    postfix_directory(c->in->postfix));
	finding_setting(c, "multi_instance_directories");
}

/* The names of programs that bring a sendmail(1) of their own. Postfix' is a
 * file of that name, or "sendmail.postfix" (alternatives). */
static const char *
other_program(const char *path)
{
	static const struct {
		const char *part, *name;
	} programs[] = {
		{ "exim", "Exim" }, { "ssmtp", "ssmtp" }, { "msmtp", "msmtp" },
		{ "nullmailer", "nullmailer" }, { "/dma", "dma" },
		{ "smtpctl", "OpenSMTPD" }, { "esmtp", "esmtp" },
		{ "sendmail.sendmail", "Sendmail" }, { "qmail", "qmail" },
		{ "sendmail-mta", "Sendmail" },
		{ "busybox", "BusyBox" }, { "courier", "Courier" },
	};

	for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++)
		if (strstr(path, programs[i].part) != NULL)
			return programs[i].name;
	return NULL;
}

static void
other_sendmail(struct checking *c)
{
	for (size_t i = 0; i < c->in->host->n_settings; i++) {
		const struct host_setting *s = &c->in->host->settings[i];
		const char *name = strcmp(s->program, "sendmail") == 0 ?
		    other_program(s->value) : NULL;

		if (name == NULL)
			continue;
		finding_add(c, "postfix.other-sendmail", FINDING_PROBLEM,
		    ROLE_CONTRIBUTING, name,
		    _("Programs on this server hand their mail to %s, not to "
		    "Postfix"), name);
		finding_detail(c, _("/usr/sbin/sendmail is %s. Nothing that is "
		    "set in Postfix has an effect on mail from PHP, cron and "
		    "other programs."), s->value);
		finding_fact(c, "host sendmail");
	}
}

void
check_master(struct checking *c)
{
	notes(c);
	master(c);
	files(c);
	table_types(c);
	instances(c);
	other_sendmail(c);
}
