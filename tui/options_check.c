/* SPDX-License-Identifier: ISC
 * Knows which values an option can have, and which commands take it. */
#include "config.h"

#include "tui/options_parts.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/checks/known_senders.h"
#include "engine/maillog/log_summary.h"
#include "engine/remedy/card.h"
#include "engine/world/dns_name.h"
#include "engine/world/resolvconf.h"
#include "tui/language.h"

static bool
check_address(struct words *w, const char *ip)
{
	if (ip == NULL || ip_canonical(w->arena, ip) != NULL)
		return true;
	str_addf(w->err, _("'%s' is not an IP address"), ip);
	return false;
}

/* What explain reads is the input alone. */
static bool
check_record_facts(struct words *w)
{
	const struct options *o = w->options;

	if (o->record_facts == NULL || (o->command != COMMAND_EXPLAIN &&
	    o->command != COMMAND_LOG))
		return true;
	if (o->command == COMMAND_LOG) {
		str_adds(w->err, _("log looks nothing up: there is nothing "
		    "for --record-facts"));
		return false;
	}
	str_adds(w->err, _("explain looks nothing up: there is nothing for "
	    "--record-facts"));
	return false;
}

static bool
check_spf_options(struct words *w)
{
	const struct options *o = w->options;

	if (o->command != COMMAND_SPF) {
		if (w->spf_name == NULL)
			return true;
		str_addf(w->err, _("option '--%s' belongs to the command "
		    "'spf'"), w->spf_name);
		return false;
	}
	if (o->ip == NULL || o->sender == NULL) {
		str_adds(w->err, _("spf needs --ip and --sender"));
		return false;
	}
	if (o->sender[0] == '\0' && o->helo == NULL) {
		/* RFC 7208 2.4: the null sender is judged by the HELO name */
		str_adds(w->err, _("spf with an empty sender needs --helo"));
		return false;
	}
	return check_address(w, o->ip);
}

static bool
check_panels(struct words *w)
{
	const struct option_list *panels = &w->options->panels;

	for (size_t i = 0; i < panels->n; i++) {
		if (card_is_panel(panels->items[i]))
			continue;
		str_addf(w->err, _("'%s' is not a DNS panel known here; the "
		    "panels are: %s"), panels->items[i],
		    card_panel_list(w->arena));
		return false;
	}
	return true;
}

static bool
check_by(struct words *w)
{
	const struct options *o = w->options;
	enum log_by by;

	if (o->by == NULL)
		return true;
	if (o->command != COMMAND_LOG) {
		str_addf(w->err, _("option '--%s' belongs to the command "
		    "'log'"), "by");
		return false;
	}
	if (log_by_find(o->by, &by))
		return true;
	str_addf(w->err, _("option '--by' needs sender, recipient, host or "
	    "day, not '%s'"), o->by);
	return false;
}

static bool
check_language(struct words *w)
{
	const char *name = w->options->lang;

	if (name == NULL || language_exists(name))
		return true;
	str_addf(w->err, _("there is no translation for '--lang %s'; the "
	    "languages are: %s"), name, language_list(w->arena));
	return false;
}

/* An address in its place would be looked up like a name. */
static bool
check_domain(struct words *w, const char *domain)
{
	const char *fault = domain != NULL ?
	    dns_name_fault(w->arena, domain) : NULL;

	if (fault != NULL)
		str_adds(w->err, fault);
	return fault == NULL;
}

static bool
check_include(struct words *w, const char *who)
{
	if (known_sender_include(w->arena, who) != NULL)
		return true;
	str_addf(w->err, _("'%s' is neither an SPF include nor a service that "
	    "is known here"), who);
	return false;
}

bool
options_check(struct words *w)
{
	struct options *o = w->options;
	const struct command_row *row = &option_commands[o->command];
	struct resolvconf conf;

	if (o->operands.n > row->max_operands) {
		str_addf(w->err, _("one operand too many: '%s'"),
		    o->operands.items[row->max_operands]);
		return false;
	}
	if (o->command == COMMAND_APPLY && o->operands.n == 0) {
		str_adds(w->err, _("'apply' is for the wizard, which gives it "
		    "a DIGEST"));
		return false;
	}
	for (size_t i = 0; i < o->own_ips.n; i++)
		if (!check_address(w, o->own_ips.items[i]))
			return false;
	for (size_t i = 0; i < o->includes.n; i++)
		if (!check_include(w, o->includes.items[i]))
			return false;
	resolvconf_init(&conf);
	for (size_t i = 0; i < o->resolvers.n; i++)
		if (!resolvconf_add(&conf, o->resolvers.items[i], w->err))
			return false;
	if (o->command == COMMAND_CHECK && o->operands.n > 0 &&
	    !check_domain(w, o->operands.items[0]))
		return false;
	return check_domain(w, o->look.domain) &&
	    check_domain(w, o->look.relay) && check_language(w) &&
	    check_record_facts(w) &&
	    check_spf_options(w) && check_by(w) && check_panels(w);
}
