/* SPDX-License-Identifier: ISC
 * Knows every command and option, once, in tables; hides how words are taken
 * apart. */
#include "config.h"

#include "tui/options.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/maillog/log_summary.h"
#include "engine/remedy/card.h"
#include "engine/report/wrap.h"
#include "engine/world/facts.h"
#include "engine/world/resolvconf.h"
#include "tui/language.h"

#define TIMEOUT_MAX 3600
#define HELP_COLUMN 27

enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_LIST, OPTION_SECONDS };

struct command_row {
	const char *name;          /* NULL: the wizard */
	const char *operands;
	size_t max_operands;
	const char *help;
};

struct option_row {
	const char *name;
	const char *argument;      /* its name in --help; NULL for a flag */
	enum option_kind kind;
	size_t offset;             /* in struct options */
	char letter;               /* short form, or 0 */
	bool spf_only;
	const char *help;
};

struct status_row {
	enum exit_status status;
	const char *help;
};

/* clang-format off */
static const struct command_row commands[] = {
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
};

#define AT(member) offsetof(struct options, member)
static const struct option_row option_rows[] = {
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

static const struct status_row statuses[] = {
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

#define N_COMMANDS (sizeof commands / sizeof *commands)
#define N_OPTIONS (sizeof option_rows / sizeof *option_rows)
#define N_STATUSES (sizeof statuses / sizeof *statuses)

/* The command line while it is read. */
struct words {
	struct arena *arena;
	int argc, at;
	char *const *argv;
	struct options *options;
	const char *spf_name;      /* an option of spf that was given */
	struct str *err;
};

static void
list_add(struct words *w, struct option_list *list, const char *item)
{
	if (list->items == NULL)
		list->items = arena_array(w->arena, (size_t)w->argc + 1,
		    sizeof *list->items);
	list->items[list->n++] = item;
}

static const struct option_row *
find_option(const char *name, size_t len)
{
	for (size_t i = 0; i < N_OPTIONS; i++)
		if (strlen(option_rows[i].name) == len &&
		    strncmp(option_rows[i].name, name, len) == 0)
			return &option_rows[i];
	return NULL;
}

static bool
read_seconds(const char *text, int *seconds)
{
	char *end;
	long number = strtol(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0')
		return false;
	if (number < 1 || number > TIMEOUT_MAX)
		return false;
	*seconds = (int)number;
	return true;
}

static bool
store(struct words *w, const struct option_row *row, const char *value)
{
	void *member = (char *)w->options + row->offset;

	if (row->spf_only)
		w->spf_name = row->name;
	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)member = true;
		return true;
	case OPTION_TEXT:
		*(const char **)member = value;
		return true;
	case OPTION_LIST:
		list_add(w, member, value);
		return true;
	case OPTION_SECONDS:
		if (read_seconds(value, member))
			return true;
		str_addf(w->err,
		    _("option '--%s' needs a number from 1 to %d, not '%s'"),
		    row->name, TIMEOUT_MAX, value);
		return false;
	}
	return false;
}

/* "--name", "--name=value" or "--name value". */
static bool
take_long(struct words *w, const char *word)
{
	const char *name = word + 2;
	size_t len = strcspn(name, "=");
	const struct option_row *row = find_option(name, len);
	const char *value = name[len] == '=' ? name + len + 1 : NULL;

	if (row == NULL) {
		str_addf(w->err, _("unknown option '--%.*s' "
		    "('whybounce --help' lists them)"), (int)len, name);
		return false;
	}
	if (row->kind == OPTION_FLAG && value != NULL) {
		str_addf(w->err, _("option '--%s' takes no value"), row->name);
		return false;
	}
	if (row->kind != OPTION_FLAG && value == NULL) {
		if (w->at >= w->argc) {
			str_addf(w->err, _("option '--%s' needs a value: %s"),
			    row->name, row->argument);
			return false;
		}
		value = w->argv[w->at++];
	}
	return store(w, row, value);
}

/* "-h": only flags have a letter. */
static bool
take_short(struct words *w, const char *word)
{
	for (size_t i = 0; i < N_OPTIONS; i++)
		if (option_rows[i].letter != 0 && word[2] == '\0' &&
		    option_rows[i].letter == word[1])
			return store(w, &option_rows[i], NULL);
	str_addf(w->err, _("unknown option '%s' "
	    "('whybounce --help' lists them)"), word);
	return false;
}

static bool
take_words(struct words *w)
{
	bool only_operands = false;

	while (w->at < w->argc) {
		const char *word = w->argv[w->at++];
		bool ok = true;

		if (only_operands || word[0] != '-' || word[1] == '\0')
			list_add(w, &w->options->operands, word);
		else if (strcmp(word, "--") == 0)
			only_operands = true;
		else if (word[1] == '-')
			ok = take_long(w, word);
		else
			ok = take_short(w, word);
		if (!ok)
			return false;
	}
	return true;
}

/* The first operand names the command, unless it is a file. A word that looks
 * like neither is a mistyped command; with a dot or a slash it is a file that
 * the reader will complain about. */
static bool
take_command(struct words *w)
{
	struct option_list *operands = &w->options->operands;
	const char *first = operands->n > 0 ? operands->items[0] : NULL;

	if (first == NULL || strcmp(first, "-") == 0)
		return true;
	for (size_t i = 1; i < N_COMMANDS; i++) {
		if (strcmp(first, commands[i].name) != 0)
			continue;
		w->options->command = (enum command)i;
		operands->items++;
		operands->n--;
		return true;
	}
	if (strpbrk(first, "./") != NULL || access(first, F_OK) == 0)
		return true;
	str_addf(w->err, _("'%s' is neither a command nor a file "
	    "('whybounce --help' lists the commands)"), first);
	return false;
}

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
	if (domain == NULL || (*domain != '\0' && strcspn(domain, "@/: \t") ==
	    strlen(domain) && ip_canonical(w->arena, domain) == NULL))
		return true;
	str_addf(w->err, _("'%s' is not a domain name"), domain);
	return false;
}

/* What can be seen to be wrong without looking at anything. */
static bool
check_values(struct words *w)
{
	struct options *o = w->options;
	const struct command_row *row = &commands[o->command];
	struct resolvconf conf;

	if (o->operands.n > row->max_operands) {
		str_addf(w->err, _("one operand too many: '%s'"),
		    o->operands.items[row->max_operands]);
		return false;
	}
	for (size_t i = 0; i < o->own_ips.n; i++)
		if (!check_address(w, o->own_ips.items[i]))
			return false;
	resolvconf_init(&conf);
	for (size_t i = 0; i < o->resolvers.n; i++)
		if (!resolvconf_add(&conf, o->resolvers.items[i], w->err))
			return false;
	if (o->command == COMMAND_CHECK && o->operands.n > 0 &&
	    !check_domain(w, o->operands.items[0]))
		return false;
	return check_domain(w, o->look.domain) && check_language(w) &&
	    check_record_facts(w) &&
	    check_spf_options(w) && check_by(w) && check_panels(w);
}

bool
options_parse(struct arena *arena, int argc, char *const argv[],
    struct options *options, struct str *err)
{
	struct words w = {
		.arena = arena, .argc = argc, .at = 1, .argv = argv,
		.options = options, .err = err
	};

	memset(options, 0, sizeof *options);
	if (!take_words(&w))
		return false;
	if (options->help || options->version)
		return true;
	if (!take_command(&w) || !check_values(&w))
		return false;
	options->look.resolvers = options->resolvers.items;
	options->look.own_ips = options->own_ips.items;
	options->look.own_facts = options->own_facts.items;
	options->look.panels = options->panels.items;
	if (options->command == COMMAND_CHECK) {
		options->look.check_only = true;
		if (options->operands.n > 0)
			options->look.domain = options->operands.items[0];
	}
	if (options->command == COMMAND_DEMO && options->operands.n > 0)
		options->look.demo = options->operands.items[0];
	return true;
}

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
	for (size_t i = 0; i < N_COMMANDS; i++) {
		str_clear(&left);
		if (commands[i].name != NULL)
			str_addf(&left, "%s ", commands[i].name);
		str_adds(&left, commands[i].operands);
		str_adds(out, i == 0 ? _("usage: ") : "       ");
		str_addf(out, "whybounce %s\n", left.text);
		wrap_paragraph(out, 12, _(commands[i].help));
	}
	str_addf(out, "\n%s\n", _("Options, before or after the command:"));
	for (size_t i = 0; i < N_OPTIONS; i++) {
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
