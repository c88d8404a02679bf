/* SPDX-License-Identifier: ISC
 * Knows every command, option and exit status, once, in tables; --help prints
 * them. */
#include "config.h"

#include "tui/options_parts.h"

#include <stdint.h>

#include "engine/base/i18n.h"
#include "engine/report/wrap.h"

#define HELP_COLUMN 27

/* clang-format off */
const struct command_row option_commands[] = {
	[COMMAND_WIZARD] = { NULL, "[FILE|-]", 1,
	    N_("the wizard, on this bounce if one is given") },
	[COMMAND_EXPLAIN] = { "explain", "[FILE ...|-]", SIZE_MAX,
	    N_("what each bounce means; nothing is looked up") },
	[COMMAND_DIAGNOSE] = { "diagnose", "[FILE|-]", 1,
	    N_("everything about one bounce, once, as a report") },
	[COMMAND_CHECK] = { "check", "[DOMAIN]", 1,
	    N_("no bounce: is this server ready to send for DOMAIN?") },
	[COMMAND_LOG] = { "log", "[FILE ...|-]", SIZE_MAX,
	    N_("a mail log by class (default: this host's)") },
	[COMMAND_SPF] = { "spf", "--ip IP --sender ADDR", 0,
	    N_("one SPF judgement, with its trace") },
	[COMMAND_DEMO] = { "demo", "[CASE]", 1,
	    N_("a real case that comes with the program; no network") },
	[COMMAND_FACTS] = { "facts", "", 0,
	    N_("what this host knows, for --own-facts on another one") },
	[COMMAND_UNDO] = { "undo", "[ID]", 1,
	    N_("take back a change that was made on this server") },
	[COMMAND_RESUME] = { "resume", "[CASE]", 1,
	    N_("a saved case, looked at again (default: the newest)") },
	[COMMAND_APPLY] = { "apply", "DIGEST", 1,
	    N_("for the wizard: make the change that it hands to sudo") },
};

#define AT(member) offsetof(struct options, member)
const struct option_row option_rows[] = {
	{ "json", NULL, OPTION_FLAG, AT(json), 0, false,
	    N_("print JSON instead of text") },
	{ "plain", NULL, OPTION_FLAG, AT(plain), 0, false,
	    N_("the wizard as questions and answers, line by line: for screen "
	       "readers and simple terminals") },
	{ "lang", "LANG", OPTION_TEXT, AT(lang), 0, false,
	    N_("language: en, ja (default: as the locale says)") },
	{ "resolver", "ADDR[@PORT]", OPTION_LIST, AT(resolvers), 0, false,
	    N_("ask this name server (may be repeated)") },
	{ "postfix", "DIR", OPTION_TEXT, AT(look.postfix_directory), 0, false,
	    N_("Postfix configuration directory (/etc/postfix)") },
	{ "own-ip", "IP", OPTION_LIST, AT(own_ips), 0, false,
	    N_("an address that also sends with this domain "
	       "(may be repeated)") },
	{ "own-facts", "FILE", OPTION_LIST, AT(own_facts), 0, false,
	    N_("what 'whybounce facts' printed on further servers that send "
	       "with this domain (may be repeated)") },
	{ "include", "NAME", OPTION_LIST, AT(includes), 0, false,
	    N_("a service that also sends with this domain: its SPF include, "
	       "or its name (may be repeated)") },
	{ "relay", "NAME", OPTION_TEXT, AT(look.relay), 0, false,
	    N_("a relay that mail shall leave through") },
	{ "panel", "NAME", OPTION_LIST, AT(panels), 0, false,
	    N_("your DNS panel or tool; all: every one (may be repeated)") },
	{ "no-blocklists", NULL, OPTION_FLAG, AT(look.no_blocklists), 0, false,
	    N_("do not ask block lists") },
	{ "no-public-resolvers", NULL, OPTION_FLAG, AT(look.no_public), 0, false,
	    N_("do not ask public resolvers while waiting for DNS") },
	{ "domain", "NAME", OPTION_TEXT, AT(look.domain), 0, false,
	    N_("the domain you send with") },
	{ "selector", "NAME", OPTION_TEXT, AT(look.selector), 0, false,
	    N_("DKIM selector (default: the one of this host's signer)") },
	{ "record-facts", "FILE", OPTION_TEXT, AT(record_facts), 0, false,
	    N_("write down everything that was looked at") },
	{ "replay", "FILE", OPTION_TEXT, AT(look.replay_file), 0, false,
	    N_("use recorded facts instead of the world") },
	{ "rules", "FILE", OPTION_TEXT, AT(look.rules_file), 0, false,
	    N_("bounce wordings of your own, tried first") },
	{ "dry-run", NULL, OPTION_FLAG, AT(look.dry_run), 0, false,
	    N_("show what would be changed on this server, change nothing") },
	{ "yes", NULL, OPTION_FLAG, AT(yes), 0, false,
	    N_("undo: do not ask again") },
	{ "timeout", "S", OPTION_SECONDS, AT(look.timeout_s), 0, false,
	    N_("seconds for all look-ups together (30)") },
	{ "by", "WHAT", OPTION_TEXT, AT(by), 0, false,
	    N_("log: count by sender, recipient, host or day, too") },
	{ "ip", "IP", OPTION_TEXT, AT(ip), 0, true,
	    N_("spf: the address that sends") },
	{ "sender", "ADDR", OPTION_TEXT, AT(sender), 0, true,
	    N_("spf: the envelope sender") },
	{ "helo", "NAME", OPTION_TEXT, AT(helo), 0, true,
	    N_("spf: the HELO name") },
	{ "record", "TEXT", OPTION_TEXT, AT(record), 0, true,
	    N_("spf: judge as if the sender's domain had this record") },
	{ "version", NULL, OPTION_FLAG, AT(version), 'V', false,
	    N_("print the version") },
	{ "help", NULL, OPTION_FLAG, AT(help), 'h', false,
	    N_("print this text") },
};
#undef AT

static const struct {
	enum exit_status status;
	const char *help;
} statuses[] = {
	{ EXIT_NOTHING_WRONG, N_("nothing is wrong") },
	{ EXIT_PROBLEM, N_("at least one problem was found") },
	{ EXIT_COULD_NOT_TELL,
	    N_("could not tell: no problem, but not everything is known") },
	{ EXIT_USAGE, N_("wrong use of the command line") },
	{ EXIT_NO_BOUNCE, N_("no bounce in the input") },
	{ EXIT_UNREADABLE, N_("an input could not be read") },
	{ EXIT_NO_SCREEN, N_("the wizard cannot use the terminal") },
	{ EXIT_OUR_FAULT, N_("a fault of whybounce itself") },
	{ EXIT_NO_MEMORY, N_("out of memory") },
	{ EXIT_CANNOT_WRITE, N_("the output could not be written") },
};
/* clang-format on */

const size_t option_n_commands =
    sizeof option_commands / sizeof *option_commands;
const size_t option_n_rows = sizeof option_rows / sizeof *option_rows;
#define N_STATUSES (sizeof statuses / sizeof *statuses)

static void
help_row(struct str *out, const char *left, const char *help)
{
	wrap_labelled(out, 2, left, HELP_COLUMN, _(help));
}

void
options_help(struct str *out)
{
	struct str left;

	str_init(&left, 256);
	str_adds(out, _("whybounce: why a mail from this Postfix server "
	    "bounced, and how to fix it\n\n"));
	for (size_t i = 0; i < option_n_commands; i++) {
		str_clear(&left);
		if (option_commands[i].name != NULL)
			str_addf(&left, "%s ", option_commands[i].name);
		str_adds(&left, option_commands[i].operands);
		str_adds(out, i == 0 ? _("usage: ") : "       ");
		str_addf(out, "whybounce %s\n", left.text);
		wrap_paragraph(out, 12, _(option_commands[i].help));
	}
	str_addf(out, "\n%s\n", _("Options, before or after the command:"));
	for (size_t i = 0; i < option_n_rows; i++) {
		const struct option_row *row = &option_rows[i];

		str_clear(&left);
		str_addf(&left, "--%s", row->name);
		if (row->argument != NULL)
			str_addf(&left, " %s", row->argument);
		if (row->letter != 0)
			str_addf(&left, ", -%c", row->letter);
		help_row(out, left.text, row->help);
	}
	str_addf(out, "\n%s\n", _("Exit status:"));
	for (size_t i = 0; i < N_STATUSES; i++) {
		str_clear(&left);
		str_addf(&left, "%d", (int)statuses[i].status);
		wrap_labelled(out, 2, left.text, 7, _(statuses[i].help));
	}
	str_free(&left);
}
