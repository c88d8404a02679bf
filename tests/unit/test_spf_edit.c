/* SPDX-License-Identifier: ISC
 * The SPF record editor: what it changes, and what it leaves alone. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "engine/remedy/spf_edit.h"

static const char *
edited(struct arena *arena, const char *a, const char *b, const char *add,
    const char *take)
{
	const char *records[] = { a, b };
	struct spf_draft d;

	spf_draft_read(&d, arena, records, (a != NULL) + (b != NULL));
	if (take != NULL)
		spf_draft_remove(&d, take, "why");
	if (add != NULL)
		spf_draft_add(&d, add, "why");
	return spf_draft_text(&d);
}

static void
test_edit(void **state)
{
	static const struct {
		const char *a, *b, *add, *take, *want;
	} cases[] = {
		{ NULL, NULL, NULL, NULL, "v=spf1 ~all" },
		{ NULL, NULL, "ip4:192.0.2.1", NULL, "v=spf1 ip4:192.0.2.1 ~all" },
		{ "v=spf1 mx -all", NULL, "ip4:192.0.2.1", NULL,
		    "v=spf1 ip4:192.0.2.1 mx -all" },
		{ "v=spf1 ip4:192.0.2.1 include:a.example ~all", NULL,
		    "ip6:2001:db8::1", NULL,
		    "v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 include:a.example ~all" },
		{ "v=spf1 a foo=bar ?all", NULL, "include:b.example", NULL,
		    "v=spf1 a foo=bar include:b.example ?all" },
		{ "v=spf1 a redirect=c.example", NULL, "mx", NULL,
		    "v=spf1 a mx redirect=c.example" },
		{ "v=spf1 include:x.example ~all", NULL, NULL,
		    "include:X.example", "v=spf1 ~all" },
		{ "v=spf1 +ip4:192.0.2.1 ~all", NULL, "ip4:192.0.2.1", NULL,
		    "v=spf1 +ip4:192.0.2.1 ~all" },
		{ "v=spf1 a ~all", "v=spf1 a include:d.example -all", NULL, NULL,
		    "v=spf1 a include:d.example ~all" },
		{ "V=SPF1   a    ~all  ", NULL, NULL, NULL, "v=spf1 a ~all" },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_string_equal(edited(arena, cases[i].a, cases[i].b,
		    cases[i].add, cases[i].take), cases[i].want);
	arena_free(&arena);
}

static void
test_mends_typing(void **state)
{
	static const struct {
		const char *record, *want;
	} cases[] = {
		{ "v=spf1 ipv4:192.0.2.1 ~all", "v=spf1 ip4:192.0.2.1 ~all" },
		{ "v=spf1 include=a.example ~all", "v=spf1 include:a.example ~all" },
		{ "v=spf1 include: a.example ~all",
		    "v=spf1 include:a.example ~all" },
		{ "v=spf1 ip4:192.0.2.1~all", "v=spf1 ip4:192.0.2.1 ~all" },
		{ "v=spf1 a:wall.example ~all", "v=spf1 a:wall.example ~all" },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_string_equal(edited(arena, cases[i].record, NULL, NULL,
		    NULL), cases[i].want);
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edit),
		cmocka_unit_test(test_mends_typing),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("spf_edit", tests, NULL, NULL);
}
