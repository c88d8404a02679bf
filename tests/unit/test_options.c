/* SPDX-License-Identifier: ISC
 * The command line: every way to write it, and every complaint about it. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tui/options.h"

#define WORDS_MAX 12

struct row {
	const char *words[WORDS_MAX];
	const char *err;       /* part of the complaint; NULL: it is accepted */
	enum command command;
	size_t n_operands;
};

struct fixture {
	struct arena *arena;
	struct options options;
	struct str err;
};

static int
set_up(void **state)
{
	static struct fixture fixture;

	fixture.arena = arena_new();
	str_init(&fixture.err, 4096);
	*state = &fixture;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	arena_free(&fixture->arena);
	str_free(&fixture->err);
	return 0;
}

static bool
parse(struct fixture *fixture, const char *const *words)
{
	static char copies[WORDS_MAX + 1][256];
	char *argv[WORDS_MAX + 2];
	int argc = 1;

	argv[0] = copies[0];
	for (; words[argc - 1] != NULL; argc++) {
		snprintf(copies[argc], sizeof copies[argc], "%s",
		    words[argc - 1]);
		argv[argc] = copies[argc];
	}
	argv[argc] = NULL;
	str_clear(&fixture->err);
	return options_parse(fixture->arena, argc, argv, &fixture->options,
	    &fixture->err);
}

static const struct row rows[] = {
	{ { NULL }, NULL, COMMAND_WIZARD, 0 },
	{ { "-" }, NULL, COMMAND_WIZARD, 1 },
	{ { "no/such.eml" }, NULL, COMMAND_WIZARD, 1 },
	{ { "./explain" }, NULL, COMMAND_WIZARD, 1 },
	{ { "explain" }, NULL, COMMAND_EXPLAIN, 0 },
	{ { "explain", "a", "b", "c" }, NULL, COMMAND_EXPLAIN, 3 },
	{ { "--json", "explain", "a" }, NULL, COMMAND_EXPLAIN, 1 },
	{ { "explain", "a", "--json" }, NULL, COMMAND_EXPLAIN, 1 },
	{ { "--timeout", "5", "diagnose", "--json", "a" }, NULL,
	    COMMAND_DIAGNOSE, 1 },
	{ { "explain", "--", "--json" }, NULL, COMMAND_EXPLAIN, 1 },
	{ { "check" }, NULL, COMMAND_CHECK, 0 },
	{ { "check", "example.net" }, NULL, COMMAND_CHECK, 1 },
	{ { "demo", "3b" }, NULL, COMMAND_DEMO, 1 },
	{ { "log" }, NULL, COMMAND_LOG, 0 },
	{ { "log", "a", "b", "--by=host" }, NULL, COMMAND_LOG, 2 },
	{ { "log", "--by", "colour" }, "needs sender, recipient", 0, 0 },
	{ { "check", "--by", "day" }, "belongs to the command 'log'", 0, 0 },
	{ { "log", "--record-facts", "f" }, "log looks nothing up", 0, 0 },
	{ { "spf", "--ip", "192.0.2.1", "--sender", "a@example.com" }, NULL,
	    COMMAND_SPF, 0 },
	{ { "spf", "--ip=2001:db8::1", "--sender=", "--helo=mx.example.com" },
	    NULL, COMMAND_SPF, 0 },
	{ { "--resolver", "192.0.2.53@5353", "check" }, NULL, COMMAND_CHECK,
	    0 },
	/* a command that is asked for help needs nothing else */
	{ { "spf", "--help" }, NULL, COMMAND_WIZARD, 1 },

	{ { "frobnicate" }, "'frobnicate' is neither a command", 0, 0 },
	{ { "logs" }, "'logs' is neither a command", 0, 0 },
	{ { "resume" }, NULL, COMMAND_RESUME, 0 },
	{ { "resume", "example.net" }, NULL, COMMAND_RESUME, 1 },
	{ { "--plain" }, NULL, COMMAND_WIZARD, 0 },
	{ { "--lang", "en" }, NULL, COMMAND_WIZARD, 0 },
	{ { "--lang", "xx" }, "no translation for '--lang xx'", 0, 0 },
	{ { "--jso" }, "unknown option '--jso'", 0, 0 },
	{ { "-x" }, "unknown option '-x'", 0, 0 },
	{ { "-hV" }, "unknown option '-hV'", 0, 0 },
	{ { "--json=yes" }, "'--json' takes no value", 0, 0 },
	{ { "check", "--domain" }, "'--domain' needs a value: NAME", 0, 0 },
	{ { "check", "--timeout", "soon" }, "not 'soon'", 0, 0 },
	{ { "check", "--timeout", "0" }, "from 1 to 3600", 0, 0 },
	{ { "check", "--timeout=-1" }, "from 1 to 3600", 0, 0 },
	{ { "check", "--timeout=99999999999999999999" }, "1 to 3600", 0, 0 },
	{ { "check", "a", "b" }, "one operand too many: 'b'", 0, 0 },
	{ { "diagnose", "a", "b" }, "one operand too many: 'b'", 0, 0 },
	{ { "spf", "a", "--ip=::1", "--sender=b" }, "too many: 'a'", 0, 0 },
	{ { "a.eml", "b.eml" }, "one operand too many: 'b.eml'", 0, 0 },
	{ { "spf" }, "needs --ip and --sender", 0, 0 },
	{ { "spf", "--ip", "::1" }, "needs --ip and --sender", 0, 0 },
	{ { "spf", "--ip", "::1", "--sender", "" }, "needs --helo", 0, 0 },
	{ { "spf", "--ip", "1.2.3", "--sender", "a@example.com" },
	    "'1.2.3' is not an IP address", 0, 0 },
	{ { "check", "192.0.2.1" }, "'192.0.2.1' is not a domain name", 0, 0 },
	{ { "check", "info@example.net" },
	    "'info@example.net' is not a domain name", 0, 0 },
	{ { "--domain", "2001:db8::1" },
	    "'2001:db8::1' is not a domain name", 0, 0 },
	{ { "check", "2" }, "'2' is not a domain name", 0, 0 },
	{ { "check", "localhost" }, "'localhost' is not a domain", 0, 0 },
	{ { "check", "https://example.com/" }, "is not a domain name", 0, 0 },
	{ { "check", "a..example.com" }, "is not a domain name", 0, 0 },
	{ { "check", "--", "-x.example.com" }, "is not a domain name", 0, 0 },
	{ { "check", "\343\201\202.example" }, "ASCII form (xn--", 0, 0 },
	{ { "check", "--own-ip", "::1", "--own-ip", "mx" },
	    "'mx' is not an IP address", 0, 0 },
	{ { "check", "--ip", "::1" }, "'--ip' belongs to the command", 0, 0 },
	{ { "explain", "--record-facts", "f" }, "--record-facts", 0, 0 },
	{ { "check", "--resolver", "not an address" }, "not an address", 0,
	    0 },
};

static void
test_rows(void **state)
{
	struct fixture *fixture = *state;
	int failed = 0;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *row = &rows[i];
		bool got = parse(fixture, row->words);
		bool as_wanted = got == (row->err == NULL);

		if (got && as_wanted)
			as_wanted = fixture->options.command == row->command &&
			    fixture->options.operands.n == row->n_operands;
		if (!got && as_wanted)
			as_wanted = strstr(fixture->err.text, row->err) !=
			    NULL && strchr(fixture->err.text, '\n') == NULL;
		if (!as_wanted) {
			print_error("row %zu (%s): got %s \"%s\"\n", i,
			    row->words[0] != NULL ? row->words[0] : "",
			    got ? "accepted" : "refused", fixture->err.text);
			failed++;
		}
	}
	assert_int_equal(failed, 0);
}

/* Every value must land where its reader looks for it. */
static void
test_values(void **state)
{
	static const char *const words[] = {
		"--postfix=/p", "--domain", "example.net", "check",
		"--selector=s1", "--record-facts=/f", "--replay", "/r",
		"--rules=/y", "--timeout=7", "--no-blocklists",
		"--no-public-resolvers", NULL
	};
	struct fixture *fixture = *state;
	const struct options *o = &fixture->options;

	assert_true(parse(fixture, words));
	assert_string_equal(o->look.postfix_directory, "/p");
	assert_string_equal(o->look.domain, "example.net");
	assert_string_equal(o->look.selector, "s1");
	assert_string_equal(o->record_facts, "/f");
	assert_string_equal(o->look.replay_file, "/r");
	assert_string_equal(o->look.rules_file, "/y");
	assert_int_equal(o->look.timeout_s, 7);
	assert_true(o->look.no_blocklists);
	assert_true(o->look.no_public);
	assert_true(o->look.check_only);
	assert_false(o->json);
	assert_null(o->look.resolvers);
	assert_null(o->look.own_ips);
	assert_null(o->look.demo);
}

static void
test_lists(void **state)
{
	static const char *const words[] = {
		"demo", "--own-ip", "192.0.2.1", "0", "--own-ip=2001:db8::1",
		"--resolver=192.0.2.53", "--resolver=[2001:db8::53]:5353", NULL
	};
	struct fixture *fixture = *state;
	const struct options *o = &fixture->options;

	assert_true(parse(fixture, words));
	assert_string_equal(o->look.own_ips[0], "192.0.2.1");
	assert_string_equal(o->look.own_ips[1], "2001:db8::1");
	assert_null(o->look.own_ips[2]);
	assert_string_equal(o->look.resolvers[1], "[2001:db8::53]:5353");
	assert_null(o->look.resolvers[2]);
	assert_string_equal(o->look.demo, "0");
}

/* The operand of check stands before --domain. */
static void
test_check_domain(void **state)
{
	static const char *const words[] = {
		"check", "example.com", "--domain=example.net", NULL
	};
	struct fixture *fixture = *state;

	assert_true(parse(fixture, words));
	assert_string_equal(fixture->options.look.domain, "example.com");
}

static void
test_help_fits(void **state)
{
	struct str help;
	const char *line;

	(void)state;
	str_init(&help, 65536);
	options_help(&help);
	assert_false(help.cut);
	for (line = help.text; *line != '\0'; line = strchr(line, '\n') + 1)
		assert_true(strcspn(line, "\n") < 80);
	assert_non_null(strstr(help.text, "--no-blocklists"));
	assert_non_null(strstr(help.text, "whybounce explain"));
	assert_non_null(strstr(help.text, "--plain"));
	str_free(&help);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_rows, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_values, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_lists, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_check_domain, set_up,
		    tear_down),
		cmocka_unit_test(test_help_fits),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
