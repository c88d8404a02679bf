/* SPDX-License-Identifier: ISC
 * Where lines end: at blanks, in Japanese text where JIS X 4051 allows it,
 * never inside a word or a record. The same for reports and for the screen. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "engine/report/wrap.h"
#include "tui/page.h"

/* TEXT in lines of WIDTH cells, divided by '|'. */
static void
break_all(const char *text, int width, struct str *out)
{
	size_t left = strlen(text), n, skip;

	str_clear(out);
	while (left != 0) {
		n = wrap_break(text, left, width, wrap_cell, &skip);
		assert_true(n + skip != 0 && n + skip <= left);
		str_add(out, text, n);
		text += n + skip;
		left -= n + skip;
		if (left != 0)
			str_addc(out, '|');
	}
}

static const struct {
	int width;
	const char *want;     /* without its '|' it is the text */
} cases[] = {
	{ 10, "" },
	{ 10, "one two" },
	{ 4, "a_long_record=with;parts" },
	/* wide characters: two cells, a line may end behind each */
	{ 10, "日本語日本|語" },
	{ 11, "日本語日本|語" },
	{ 9, "日本語日|本語" },
	/* not first in a line: 。、」』）】ー々 and small kana */
	{ 10, "日本語日|本。日本語" },
	{ 10, "日本語日|本、日" },
	{ 10, "日本語日|本」と" },
	{ 10, "日本語日|本』と" },
	{ 10, "日本語日|本】と" },
	{ 10, "日本語日|本）と" },
	{ 10, "日本語日|本」。と" },
	{ 10, "日本語日|サーバ" },
	{ 10, "日本語日|人々の" },
	{ 10, "日本語日|待って" },
	{ 10, "日本語日|チェック" },
	{ 10, "日本語日|本・日" },
	{ 10, "日本語日|本？日" },
	{ 10, "日本語日|本)日" },
	{ 10, "日本語日|本.日" },
	/* not last: 「『（【 */
	{ 10, "日本語日|「本」" },
	{ 10, "日本語日|『「本" },
	{ 10, "日本語日|（本" },
	{ 10, "日本語日|【本" },
	{ 10, "日本語日|(本" },
	/* half-width katakana is text like the other, a mark belongs before */
	{ 4, "ｻｰﾊﾞ|ｻｰﾊﾞ" },
	{ 3, "ｱｲ|ｶﾞ" },
	/* a name or a record is never divided, beside Japanese text neither */
	{ 14, "example.netの|SPFレコード" },
	{ 14, "日本語|v=spf1_ip4:203.0.113.7|日本語" },
	{ 6, "日本|example.net|の値" },
	{ 12, "日本語 SPF|レコードを" },
	/* rather between two phrases than in a word or before a particle */
	{ 24, "設定を変更した後、|再起動します。" },
	{ 20, "受信側が拒否した|メールです" },
	{ 20, "設定は main.cf を|読むだけで分かる" },
	{ 22, "お使いのサーバーでは|書き換えます" },
	{ 26, "済んだら、送り直して|ください。" },
	{ 22, "署名を付けることを|お勧めします" },
	{ 24, "ファイアウォールが|ポート25を遮断" },
	/* nothing but what may not be divided */
	{ 4, "」」」」」」" },
	{ 4, "「「「「" },
	/* a combining mark stays on its letter */
	{ 4, "日本|が\xe3\x82\x99日" }
};

static void
test_breaks(void **state)
{
	struct str text, got, want;

	(void)state;
	str_init(&text, 1000);
	str_init(&got, 1000);
	str_init(&want, 1000);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		str_clear(&text);
		for (const char *c = cases[i].want; *c != '\0'; c++)
			if (*c != '|')
				str_addc(&text, *c);
		break_all(text.text, cases[i].width, &got);
		if (strcmp(got.text, cases[i].want) != 0)
			fail_msg("%d cells: got  %s\n                 want %s",
			    cases[i].width, got.text, cases[i].want);
	}
	str_free(&text);
	str_free(&got);
	str_free(&want);
}

/* Blanks where a line ends belong to no line. */
static void
test_blanks(void **state)
{
	static const struct {
		int width;
		const char *text, *want;
	} rows[] = {
		{ 10, "one two thr", "one two|thr" },
		{ 7, "one two three", "one two|three" },
		{ 5, "one two three", "one|two|three" },
		{ 7, "one two   three", "one two|three" },
		{ 3, "日 本", "日|本" },
		{ 10, "日本語 です ", "日本語 で|す " },
		{ 3, "     ", "" }
	};
	struct str got;

	(void)state;
	str_init(&got, 1000);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		break_all(rows[i].text, rows[i].width, &got);
		assert_string_equal(got.text, rows[i].want);
	}
	str_free(&got);
}

/* Reports squeeze blanks, keep their indent, and never break a record. */
static void
test_report(void **state)
{
	struct str out;

	(void)state;
	str_init(&out, 10000);
	wrap_labelled(&out, 2, "Value", 10, "  a   b\n c ");
	assert_string_equal(out.text, "  Value   a b\n          c\n");
	str_clear(&out);
	for (int i = 0; i < 5; i++)
		wrap_blanks(&out, 0);
	wrap_paragraph(&out, 60, "日本語日本語日本語。日本語");
	assert_string_equal(out.text,
	    "                                                            "
	    "日本語日本語日本\n"
	    "                                                            "
	    "語。日本語\n");
	str_free(&out);
}

/* The screen breaks at the same places. */
static void
test_screen(void **state)
{
	struct arena *arena = arena_new();
	struct page page;

	(void)state;
	page_begin(&page, arena, 40, 24);
	page_text(&page, 24, LOOK_PLAIN, "日本語日本。日本語");
	assert_int_equal(page.n, 2);
	assert_string_equal(page.rows[0].text + 26, "日本語日本。");
	page_begin(&page, arena, 40, 24);
	page_text(&page, 26, LOOK_PLAIN, "日本語日本。日本語");
	assert_string_equal(page.rows[0].text + 28, "日本語日");
	assert_string_equal(page.rows[1].text + 28, "本。日本語");
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_breaks),
		cmocka_unit_test(test_blanks),
		cmocka_unit_test(test_report),
		cmocka_unit_test(test_screen)
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests_name("wrap", tests, NULL, NULL);
}
