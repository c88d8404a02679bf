/* SPDX-License-Identifier: ISC
 * Steps for single services of master.cf, and for tables of a type that Postfix
 * here does not know. Hides how such a setting is named. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/remedy/planning.h"

static void
set_for(struct planning *p, const char *service, const char *name,
    const char *value)
{
	step_postconf(p, arena_printf(p->arena, "%s/%s", service, name), value);
}

static const char *
own_value(const struct planning *p, const char *service, const char *name)
{
	const struct postfix_value *v = postfix_service_value(p->in->postfix,
	    service, name);

	return v->origin == POSTFIX_MASTER_CF ? v->value : NULL;
}

/* As main.cf has it: "$smtpd_milters" would be a circle there. */
static void
let_sign(struct planning *p, const char *service)
{
	static const char options[] = "receive_override_options";
	const char *own = own_value(p, service, options);

	if (own_value(p, service, "smtpd_milters") != NULL)
		set_for(p, service, "smtpd_milters", postfix_get(p->in->postfix,
		    "smtpd_milters"));
	if (own != NULL && strstr(own, "no_milters") != NULL)
		set_for(p, service, options, planning_list_without(p, own,
		    "no_milters"));
}

static void
close_service(struct planning *p, const char *service)
{
	if (own_value(p, service, "mynetworks") != NULL)
		set_for(p, service, "mynetworks", "127.0.0.0/8 [::1]/128");
	if (own_value(p, service, "smtpd_relay_restrictions") != NULL ||
	    postfix_at_least(p->in->postfix, 2, 10))
		set_for(p, service, "smtpd_relay_restrictions",
		    "permit_mynetworks,permit_sasl_authenticated,"
		    "defer_unauth_destination");
	else
		set_for(p, service, "smtpd_recipient_restrictions",
		    "permit_mynetworks,permit_sasl_authenticated,"
		    "reject_unauth_destination");
}

static void
mend(struct planning *p, const struct finding *f)
{
	static const char wrapper[] = "smtpd_tls_wrappermode";

	if (strcmp(f->id, "postfix.service-open") == 0) {
		close_service(p, f->subject);
	} else if (strcmp(f->id, "postfix.service-unsigned") == 0) {
		let_sign(p, f->subject);
	} else if (strcmp(f->id, "postfix.service-no-login") == 0) {
		set_for(p, f->subject, "smtpd_sasl_auth_enable", "yes");
		step_advice(p, _("Who checks the passwords must be set as well: "
		    "with Dovecot, smtpd_sasl_type = dovecot and "
		    "smtpd_sasl_path = private/auth."));
	} else if (strcmp(f->id, "postfix.service-tls") == 0) {
		set_for(p, f->subject, wrapper, text_same(postfix_service_value(
		    p->in->postfix, f->subject, wrapper)->value, "yes") ? "no" :
		    "yes");
	}
}

bool
make_services(struct planning *p)
{
	for (size_t i = 0; i < p->findings->n_problems; i++)
		if (p->findings->list[i].subject != NULL)
			mend(p, &p->findings->list[i]);
	if (p->step->n_changes != 0)
		step_command(p, "postfix reload");
	return p->step->n_changes != 0;
}

/* Types that postmap(1) makes of the same text: another one will do. */
static bool
is_made_of_text(const char *type)
{
	static const char *const types[] = {
		"hash", "btree", "lmdb", "cdb", "dbm", "sdbm",
	};

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (strcmp(types[i], type) == 0)
			return true;
	return false;
}

/* Every setting of main.cf that names TABLE gets OTHER in its place. */
static void
replace_table(struct planning *p, const char *table, const char *other)
{
	for (size_t i = 0; i < postfix_count(p->in->postfix); i++) {
		const struct postfix_value *v = postfix_at(p->in->postfix, i);
		const char *at = v->raw != NULL ? strstr(v->raw, table) : NULL;

		if (at != NULL)
			step_postconf(p, v->name, arena_printf(p->arena,
			    "%.*s%s%s", (int)(at - v->raw), v->raw, other,
			    at + strlen(table)));
	}
}

bool
make_table_types(struct planning *p)
{
	const char *usual = postfix_get(p->in->postfix, "default_database_type");

	for (size_t i = 0; i < p->findings->n_problems; i++) {
		const struct finding *f = &p->findings->list[i];
		const char *type, *table = f->subject, *other;

		if (strcmp(f->id, "postfix.table-type") != 0)
			continue;
		if (text_starts(table, "proxy:"))
			table += strlen("proxy:");
		type = arena_strndup(p->arena, table, strcspn(table, ":"));
		if (is_made_of_text(type) && strcmp(type, usual) != 0) {
			other = arena_printf(p->arena, "%s%s", usual,
			    table + strlen(type));
			replace_table(p, table, other);
			step_command(p, "postmap %s", other);
		} else {
			step_advice(p, _("Install the package that brings the "
			    "type %s: mostly postfix-%s."), type, type);
		}
	}
	if (p->step->n_changes != 0)
		step_command(p, "postfix reload");
	return p->step->n_changes != 0;
}
