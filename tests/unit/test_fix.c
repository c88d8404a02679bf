/* SPDX-License-Identifier: ISC
 * The texts of steps: complete, known placeholders only, right panels. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/fill.h"
#include "engine/remedy/card.h"
#include "engine/remedy/fix.h"
#include "engine/world/dns_wire.h"

/* Those that plan.c fills in. */
static const struct placeholder known[] = {
	{ "domain", "x" }, { "ip", "x" }, { "sender", "x" },
	{ "receiver", "x" }, { "subject", "x" }, { "helo", "x" },
	{ "mail", "x" }, { NULL, NULL },
};

static void
check_text(struct arena *arena, const char *text)
{
	if (text == NULL)
		return;
	text = fill_text(arena, text, known);
	if (strchr(text, '{') != NULL)
		fail_msg("unknown placeholder in: %s", text);
}

static void
test_entries(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	assert_true(fix_count() >= 15);
	for (size_t i = 0; i < fix_count(); i++) {
		const struct fix *f = fix_at(i);

		assert_non_null(f->id);
		assert_non_null(f->title);
		assert_non_null(f->why);
		assert_non_null(f->who);
		assert_non_null(strstr("dns host app hoster recipient wait",
		    f->who));
		assert_ptr_equal(fix_find(f->id), f);
		check_text(arena, f->title);
		check_text(arena, f->why);
		check_text(arena, f->verify);
		for (size_t k = 0; f->advice[k] != NULL; k++)
			check_text(arena, f->advice[k]);
		for (size_t k = 0; f->commands[k] != NULL; k++)
			check_text(arena, f->commands[k]);
	}
	arena_free(&arena);
}

static void
test_fill(void **state)
{
	struct arena *arena = arena_new();
	const struct placeholder table[] = {
		{ "a", "1" }, { "b", NULL }, { NULL, NULL },
	};

	(void)state;
	assert_string_equal(fill_text(arena, "{a}-{b}-{c}-{", table),
	    "1-{b}-{c}-{");
	assert_null(fill_text(arena, NULL, table));
	arena_free(&arena);
}

static size_t
panel(const char *id)
{
	for (size_t i = 0; i < card_panels(); i++)
		if (strcmp(card_panel_id(i), id) == 0)
			return i;
	fail_msg("no panel %s", id);
	return 0;
}

static void
test_records(void **state)
{
	static const struct {
		const char *panel, *name;
		enum dns_type type;
		const char *value, *want;
	} cases[] = {
		{ "bind", "example.com", DNS_TXT, "v=spf1 ~all",
		    "@ 3600 IN TXT \"v=spf1 ~all\"" },
		{ "bind", "mail.example.com", DNS_A, "192.0.2.1",
		    "mail 3600 IN A 192.0.2.1" },
		{ "bind", "1.2.0.192.in-addr.arpa", DNS_PTR, "mail.example.com",
		    "1.2.0.192.in-addr.arpa. 3600 IN PTR mail.example.com." },
		{ "value-domain", "example.com", DNS_TXT, "v=spf1 ~all",
		    "txt @ v=spf1 ~all" },
		{ "value-domain", "_dmarc.example.com", DNS_TXT, "v=DMARC1; p=none",
		    "txt _dmarc v=DMARC1; p=none" },
		{ "value-domain", "mail.example.com", DNS_AAAA, "2001:db8::1",
		    "aaaa mail 2001:db8::1" },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_string_equal(card_record(arena, panel(cases[i].panel),
		    "example.com", cases[i].name, cases[i].type,
		    cases[i].value), cases[i].want);
	arena_free(&arena);
}

/* A zone-file line reads back to the same octets, long keys too. */
static void
test_bind_reads_back(void **state)
{
	struct arena *arena = arena_new();
	char value[600];
	struct dns_line line;
	struct str err;

	(void)state;
	str_init(&err, 256);
	memset(value, 'k', sizeof value - 1);
	memcpy(value, "v=DKIM1; p=\"\\", 13);
	value[sizeof value - 1] = '\0';
	if (!dns_wire_parse_line(arena, card_record(arena, panel("bind"), NULL,
	    "s1._domainkey.example.com", DNS_TXT, value), &line, &err))
		fail_msg("%s", err.text);
	assert_string_equal(line.name, "s1._domainkey.example.com");
	assert_int_equal(line.value.len, strlen(value));
	assert_memory_equal(line.value.text, value, line.value.len);
	str_free(&err);
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_fill),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_bind_reads_back),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("fix", tests, NULL, NULL);
}
