/* SPDX-License-Identifier: ISC
 * What hands the mail in, and where it is told the envelope sender: PHP, cron. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/remedy/planning.h"

static void
command_once(struct planning *p, const char *command)
{
	for (size_t i = 0; i < p->step->n_changes; i++)
		if (p->step->changes[i].kind == CHANGE_COMMAND &&
		    strcmp(p->step->changes[i].text, command) == 0)
			return;
	step_command(p, "%s", command);
}

/* "/etc/php/8.2/fpm/php.ini" is read by php8.2-fpm, Red Hat's /etc/php.ini by
 * php-fpm; the command line reads it at each start. */
static void
reload_php(struct planning *p, const char *file)
{
	const char *version = text_starts(file, "/etc/php/") ? file +
	    strlen("/etc/php/") : NULL;
	size_t len = version != NULL ? strcspn(version, "/") : 0;
	const char *unit = NULL;

	if (version == NULL)
		unit = "php-fpm";
	else if (text_starts(version + len, "/fpm/"))
		unit = arena_printf(p->arena, "php%.*s-fpm", (int)len, version);
	else if (text_starts(version + len, "/apache2/"))
		unit = "apache2";
	if (unit != NULL)
		command_once(p, arena_printf(p->arena, "systemctl reload %s",
		    unit));
}

/* A plain call of sendmail in a php.ini gets its -f there. What is written by
 * hand for one site (a pool), or is a command of its own, is left to its
 * author; so is what a shell would not take word for word, because PHP hands
 * the value to one. */
static bool
php_file(struct planning *p, const struct host_setting *s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._@+=-/ ";
	const char *program = arena_strndup(p->arena, s->value,
	    strcspn(s->value, " "));

	if (!text_ends(s->file, ".ini") || !text_ends(program, "/sendmail") ||
	    strstr(s->value, " -f") != NULL || strchr(p->sender, ' ') != NULL ||
	    p->sender[strspn(p->sender, plain)] != '\0' ||
	    s->value[strspn(s->value, plain)] != '\0')
		return false;
	step_line(p, s->file, arena_printf(p->arena, "sendmail_path = \"%s -f "
	    "%s\"", s->value, p->sender));
	reload_php(p, s->file);
	return true;
}

/* Where PHP on this server is set up: the pools, which decide, else the
 * php.ini files that say something; else in general. True: it is changed. */
static bool
php_sender(struct planning *p)
{
	const struct host *host = p->in->host;
	size_t named = 0, changed = 0;

	for (size_t i = 0; i < host->n_settings && named < 4; i++) {
		const struct host_setting *s = &host->settings[i];

		if (strcmp(s->program, "php") != 0 ||
		    strcmp(s->name, "sendmail_path") != 0 || *s->value == '\0')
			continue;
		named++;
		if (php_file(p, s)) {
			changed++;
			continue;
		}
		step_advice(p, _("PHP: in %s, line %u, end the value of "
		    "sendmail_path with -f %s; then reload PHP."), s->file,
		    s->line, p->sender);
	}
	if (changed != 0)
		step_advice(p, _("This counts for every site of this PHP. A "
		    "site that gives mail() a \"-f\" of its own keeps that."));
	if (named == 0)
		step_advice(p, _("PHP: in php.ini, sendmail_path = "
		    "\"/usr/sbin/sendmail -t -i -f %s\"; or give mail() "
		    "\"-f%s\" as its fifth argument."), p->sender, p->sender);
	step_advice(p, _("WordPress 6.9 and later take the envelope sender from "
	    "From; before that, a phpmailer_init action must set "
	    "$phpmailer->Sender."));
	return changed != 0;
}

bool
planning_application(struct planning *p)
{
	const char *sender = p->id->given_sender != NULL ?
	    p->id->given_sender : p->id->sender;

	if (sender != NULL && (text_starts(sender, "root@") ||
	    text_starts(sender, "cron@")))
		step_advice(p, _("Jobs of cron: a line MAILFROM=%s in the crontab "
		    "(cronie), or let the job itself call sendmail -f %s."),
		    p->sender, p->sender);
	return php_sender(p);
}
