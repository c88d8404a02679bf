/* SPDX-License-Identifier: ISC
 * Layout: wrapping, widths, columns, foreign text; the key table; and that
 * nothing leaves the window when it is drawn. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>
#include <ncurses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "engine/base/str.h"
#include "tui/draw.h"
#include "tui/keys.h"
#include "tui/page.h"
#include "tui/screen.h"

/* The page's rows, one a line. */
static const char *
rows_text(struct page *page)
{
	struct str out;
	const char *text;

	str_init(&out, 1u << 20);
	for (size_t i = 0; i < page->n; i++) {
		str_adds(&out, page->rows[i].text);
		str_addc(&out, '\n');
	}
	text = arena_strdup(page->arena, out.text);
	str_free(&out);
	return text;
}

static void
test_wrap(void **state)
{
	static const struct {
		int columns, indent;
		const char *text, *want;
	} cases[] = {
		{ 40, 0, "", "  \n" },
		{ 40, 0, "one two", "  one two\n" },
		{ 40, 0, "exactly thirty-six cells are in here",
		    "  exactly thirty-six cells are in here\n" },
		{ 40, 0, "thirty-seven cells are in here, really",
		    "  thirty-seven cells are in here,\n  really\n" },
		{ 40, 4, "one\ntwo", "      one\n      two\n" },
		{ 40, 0, "a_word_that_is_longer_than_the_whole_row_is_wide",
		    "  a_word_that_is_longer_than_the_whole\n"
		    "  _row_is_wide\n" },
		{ 40, 0, "two   blanks at the end of the row    skipped",
		    "  two   blanks at the end of the row\n  skipped\n" },
		/* wide characters break anywhere and are never split */
		{ 40, 0, "x\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5"
		    "\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa"
		    "\x9e\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6"
		    "\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e",
		    "  x\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5"
		    "\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa"
		    "\x9e\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6"
		    "\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac\n"
		    "  \xe8\xaa\x9e\n" },
		/* foreign text is shown, not obeyed */
		{ 40, 0, "a\033[2J\tb\r\177\x9b", "  a^[[2J b^M^?<9B>\n" },
		{ 40, 0, "\xe2\x80\xae" "evil", "  <U+202E>evil\n" }
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct arena *arena = arena_new();
		struct page page;
		const char *got;

		page_begin(&page, arena, cases[i].columns, 24);
		page_text(&page, cases[i].indent, LOOK_PLAIN, cases[i].text);
		got = rows_text(&page);
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("case %zu: got\n%s", i, got);
		arena_free(&arena);
	}
}

/* Any text, any width: every row fits, and nothing is lost. */
static void
test_rows_fit(void **state)
{
	static const char text[] = "This \xe6\x97\xa5\xe6\x9c\xac is "
	    "\xc3\xa9\xcc\x81 a_rather_long_word_so_to_speak and \xff\033 "
	    "\xef\xbd\xb6\xef\xbe\x9e some more,\nlines\n\nthere.";

	(void)state;
	for (int columns = PAGE_MIN_COLUMNS; columns < 140; columns++)
		for (int indent = -1; indent < columns - 12; indent += 5) {
			struct arena *arena = arena_new();
			struct page page;

			page_begin(&page, arena, columns, 24);
			page_text(&page, indent, LOOK_PLAIN, text);
			page_field(&page, 0, 16, "A label", text);
			page_tagged(&page, TAG_FAIL, text);
			page_heading(&page, "A heading", text);
			page_value(&page, text);
			for (size_t i = 0; i < page.n; i++)
				if (cells(page.rows[i].text) > columns)
					fail_msg("%d columns, indent %d: %s",
					    columns, indent,
					    page.rows[i].text);
			arena_free(&arena);
		}
}

static void
test_value_stands_alone(void **state)
{
	struct arena *arena = arena_new();
	struct page page;
	struct str value;
	const char *got;

	(void)state;
	str_init(&value, 1000);
	for (int i = 0; i < 100; i++)
		str_adds(&value, "abcd");
	page_begin(&page, arena, 80, 24);
	page_value(&page, value.text);
	assert_int_equal(page.n, 5);
	for (size_t i = 0; i < page.n; i++)
		assert_int_equal(strlen(page.rows[i].text), 80);
	got = rows_text(&page);
	assert_int_equal(strncmp(got, value.text, 80), 0);
	str_free(&value);
	arena_free(&arena);
}

static void
test_items(void **state)
{
	const struct page_column columns[] = {
		{ .width = 10, .text = "a long first column" },
		{ .width = 8, .text = "ab" },
		{ .width = 0, .text = "the rest \033 of it, which is long as "
		    "well and does not fit" }
	};
	struct arena *arena = arena_new();
	struct page page;

	(void)state;
	page_begin(&page, arena, 60, 24);
	page_item(&page, TAG_FAIL, columns, 3);
	page_item_more(&page, 7, "more of it");
	page_item(&page, TAG_NONE, columns, 1);
	page_item_text(&page, TAG_OK, "a text that is longer than a row of "
	    "this width and wraps");
	assert_string_equal(rows_text(&page),
	    "  [FAIL] a long..  ab      the rest ^[ of it, which is lo..\n"
	    "         more of it\n"
	    "  a long f..\n"
	    "  [ OK ] a text that is longer than a row of this width\n"
	    "         and wraps\n");
	assert_int_equal(page.n_items, 3);
	assert_int_equal(page.rows[4].item, 2);
	assert_false(page.rows[4].first);
	assert_int_equal(page.rows[0].item, 0);
	assert_true(page.rows[0].first);
	assert_int_equal(page.rows[1].item, 0);
	assert_false(page.rows[1].first);
	assert_int_equal(page.rows[2].item, 1);
	arena_free(&arena);
}

static void
test_cut(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	assert_string_equal(cells_cut(arena, "abcdef", 6), "abcdef");
	assert_string_equal(cells_cut(arena, "abcdefg", 6), "abcd..");
	assert_string_equal(cells_cut(arena, "abcdefg", 3), "abc");
	assert_string_equal(cells_cut(arena, "abcdefg", 0), "");
	assert_string_equal(cells_cut(arena,
	    "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5", 7),
	    "\xe6\x97\xa5\xe6\x9c\xac..");
	arena_free(&arena);
}

/* In a charset that lacks a character it is one question mark. */
static void
test_other_charset(void **state)
{
	(void)state;
	assert_int_equal(cells("\xe6\x97\xa5"), 2);
	assert_non_null(setlocale(LC_ALL, "C"));
	assert_int_equal(cells("\xe6\x97\xa5"), 1);
	assert_false(cell_shown(0x65e5));
	assert_true(cell_shown('a'));
	assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
}

static const struct screen *const screens[] = {
	&screen_start, &screen_ask, &screen_demos, &screen_paste, &screen_view,
	&screen_verdict, &screen_checks, &screen_findings, &screen_step,
	&screen_evidence, &screen_done, &screen_help
};
#define N_SCREENS (sizeof screens / sizeof screens[0])

/* Every action of every screen can be reached by a key, has a name for the
 * bar and a line of help; and the bar fits. */
static void
test_key_table(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < N_SCREENS; i++) {
		const struct screen *screen = screens[i];
		bool reached[ACTION_COUNT] = { false };

		for (uint32_t code = 1; code <= KEY_UNKNOWN; code++) {
			const struct key key = { .code = code, .alone = true };

			if (code == 0x250)
				code = KEY_SPECIAL;
			reached[key_action(&key, screen->text,
			    screen->keys)] = true;
		}
		for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++) {
			enum action action = (enum action)a;
			bool known = key_everywhere(action) ||
			    keys_have(screen->keys, action);

			if (reached[a] != known)
				fail_msg("%s: action %d", screen->name, a);
			assert_non_null(key_help(action));
			assert_non_null(key_names(action));
			assert_non_null(key_shown(action, screen->text));
		}
		for (int width = 36; width < 140; width++)
			assert_true(cells(keys_bar(arena, screen->keys,
			    screen->text, width)) <= width);
	}
	arena_free(&arena);
}

/* Where characters are data no character acts, and Enter only by itself. */
static void
test_text_is_no_key(void **state)
{
	(void)state;
	for (uint32_t code = ' '; code < 0x500; code++) {
		const struct key key = { .code = code, .alone = true };

		if (code != 0x7f)
			assert_int_equal(key_action(&key, true,
			    screen_paste.keys), ACTION_NONE);
	}
	for (int alone = 0; alone < 2; alone++) {
		const struct key enter = { .code = '\r', .alone = alone };

		assert_int_equal(key_action(&enter, true, screen_paste.keys),
		    alone ? ACTION_OPEN : ACTION_NONE);
	}
}

/* Pages of all sizes in windows of all sizes: the place stays in range, the
 * selected item is seen, and the last cell is never written. */
static void
test_draw_any_size(void **state)
{
	const struct frame_text frame = {
		.title = "title", .host = "host", .bar = "keys"
	};

	(void)state;
	for (int lines = PAGE_MIN_LINES; lines < 40; lines += 3)
		for (int n = 0; n < 60; n += 7) {
			struct arena *arena = arena_new();
			struct place place = { .selected = n / 2,
			    .follow = FOLLOW_JUMP };
			struct page page;
			int y, x;

			resizeterm(lines, 80);
			page_begin(&page, arena, 80, lines);
			page_text(&page, 0, LOOK_STRONG, "a head");
			page_end_head(&page);
			for (int i = 0; i < n; i++) {
				const struct page_column column = {
					.text = "an item"
				};

				page_item(&page, TAG_OK, &column, 1);
			}
			page_begin_foot(&page);
			page_text(&page, 0, LOOK_PLAIN, "a foot");
			draw_page(&page, &frame, &place);
			getyx(stdscr, y, x);
			assert_int_equal(x, 0);
			assert_true(n == 0 ? place.selected == 0 :
			    place.selected == n / 2);
			if (n != 0)
				assert_int_equal(mvinch(y, 0) & A_CHARTEXT,
				    '>');
			assert_int_equal(mvinch(lines - 1, 79), ' ');
			arena_free(&arena);
		}
}

/* A step down scrolls a few rows at most, and gets everywhere. */
static void
test_steps(void **state)
{
	const struct frame_text frame = {
		.title = "title", .bar = "keys"
	};
	struct arena *arena = arena_new();
	const struct page_column column = { .text = "an item" };
	struct place place = { .selected = 0 };
	struct page page;
	int steps = 0;

	(void)state;
	resizeterm(24, 80);
	page_begin(&page, arena, 80, 24);
	for (int i = 0; i < 9; i++) {
		page_item(&page, TAG_OK, &column, 1);
		for (int k = 0; k < 8; k++)
			page_item_more(&page, 4, "more of it");
	}
	while (place.selected < 8 && steps++ < 100) {
		size_t before = place.top;

		place.selected++;
		place.follow = FOLLOW_STEP;
		draw_page(&page, &frame, &place);
		assert_true(place.top - before <= 3);
	}
	assert_int_equal(place.selected, 8);
	/* after a page was turned, the first item in view is next */
	place.top = 0;
	place.seen = false;
	draw_page(&page, &frame, &place);
	place.selected = 7;
	place.follow = FOLLOW_STEP;
	draw_page(&page, &frame, &place);
	assert_int_equal(place.selected, 0);
	/* what was in sight stays there when the window is another */
	place = (struct place){ .selected = 1 };
	draw_page(&page, &frame, &place);
	assert_int_equal(place.top, 0);
	assert_true(place.seen);
	resizeterm(11, 80);
	page.lines = 11;
	draw_page(&page, &frame, &place);
	assert_true(place.seen && place.top > 0);
	arena_free(&arena);
}

/* Where rows are long a step scrolls fewer of them. */
static void
test_steps_are_cheap(void **state)
{
	const struct frame_text frame = {
		.title = "title", .bar = "keys"
	};
	struct arena *arena = arena_new();
	const struct page_column column = { .text = "an item" };
	struct place place = { .selected = 0 };
	struct page page;

	(void)state;
	resizeterm(24, 80);
	page_begin(&page, arena, 80, 24);
	for (int i = 0; i < 9; i++) {
		page_item(&page, TAG_OK, &column, 1);
		for (int k = 0; k < 8; k++)
			page_item_more(&page, 0, "a row that is as long as the "
			    "window allows, as explanations are, all of it");
	}
	for (int i = 0; i < 40; i++) {
		size_t before = place.top, rows;

		place.selected += place.selected < 8;
		place.follow = FOLLOW_STEP;
		draw_page(&page, &frame, &place);
		rows = place.top - before;
		assert_true(rows <= 2);
	}
	assert_int_equal(place.selected, 8);
	arena_free(&arena);
}

/* In a wide window a bar is short, but not shorter than what stands in it. */
static void
test_bars(void **state)
{
	const struct frame_text frame = {
		.title = "title", .host = "host", .bar = "keys keys keys keys "
		    "keys keys keys keys keys keys keys keys keys keys keys "
		    "keys keys kez"
	};
	const int end = (int)strlen(frame.bar);
	struct arena *arena = arena_new();
	struct place place = { .selected = 0 };
	struct page page;

	(void)state;
	resizeterm(24, 132);
	page_begin(&page, arena, 132, 24);
	draw_page(&page, &frame, &place);
	assert_int_equal(mvinch(23, end) & A_CHARTEXT, 'z');
	assert_true((mvinch(23, end) & A_REVERSE) != 0);
	assert_true((mvinch(23, end + 2) & A_REVERSE) == 0);
	assert_int_equal(mvinch(0, 78) & A_CHARTEXT, 't');
	assert_true((mvinch(0, 80) & A_REVERSE) == 0);
	arena_free(&arena);
}

/* What is in reverse when an item is selected: what it is, and not more than
 * is worth its octets. */
static void
test_bar(void **state)
{
	static const struct {
		enum tag tag;
		struct page_column columns[2];
		const char *bar;
		int at;
	} cases[] = {
		{ TAG_OK, { { .width = 20, .text = "SPF" },
		    { .text = "passes" } }, "SPF", 9 },
		{ TAG_NONE, { { .width = 3, .text = "1" },
		    { .text = "Open a file" } }, "1  Open a file", 2 },
		{ TAG_NONE, { { .width = 60, .text = "a text that is longer "
		    "than forty cells is not in it to its end" },
		    { .text = "here" } },
		    "a text that is longer than forty cells", 2 }
	};
	struct arena *arena = arena_new();
	struct page page;

	(void)state;
	page_begin(&page, arena, 80, 24);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		page_item(&page, cases[i].tag, cases[i].columns, 2);
		assert_string_equal(page.rows[i].bar, cases[i].bar);
		assert_int_equal(page.rows[i].bar_at, cases[i].at);
		assert_int_equal(strncmp(page.rows[i].text + cases[i].at,
		    cases[i].bar, strlen(cases[i].bar)), 0);
	}
	arena_free(&arena);
}

/* In a wide window a list's texts stand beside it, level with their items. */
static void
test_beside(void **state)
{
	const struct page_column column = { .text = "an item" };
	struct arena *arena = arena_new();
	struct page page;

	(void)state;
	page_begin(&page, arena, 132, 43);
	page_begin_list(&page);
	page_item(&page, TAG_OK, &column, 1);
	page_item_more(&page, 7, "one\ntwo");
	page_item(&page, TAG_OK, &column, 1);
	assert_int_equal(page.n, 3);
	assert_string_equal(page.rows[0].right, "one");
	assert_string_equal(page.rows[1].right, "two");
	assert_int_equal(page.rows[1].right_at, page.split);
	assert_int_equal(page.rows[1].item, 0);
	assert_null(page.rows[2].right);
	/* not where there is no room for it */
	page_begin(&page, arena, 80, 24);
	page_begin_list(&page);
	page_item(&page, TAG_OK, &column, 1);
	page_item_more(&page, 7, "one\ntwo");
	assert_null(page.rows[0].right);
	assert_int_equal(page.n, 3);
	arena_free(&arena);
}

/* As much as a key may bring: whole sentences, where one fits. */
static void
test_foot(void **state)
{
	static const struct {
		size_t left;
		const char *text, *want;
	} cases[] = {
		{ 40, "One. Two.", "  One. Two." },
		{ 8, "One. Two.", "  One." },
		{ 4, "One. Two.", "  One." },
		{ 20, "One sentence that is too long. Two.",
		    "  One sentence that .." },
		{ 16, "\343\201\202\343\201\204\343\200\202\343\201\202"
		    "\343\201\204\343\200\202",
		    "  \343\201\202\343\201\204\343\200\202" },
		{ 0, "One.", "" }
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct page page;

		page_begin(&page, arena, 80, 24);
		page_begin_foot(&page);
		page.foot_left = cases[i].left;
		page_foot_text(&page, LOOK_PLAIN, cases[i].text);
		assert_string_equal(page.n != 0 ? page.rows[0].text : "",
		    cases[i].want);
		assert_true(page.foot_left <= cases[i].left);
	}
	arena_free(&arena);
}

/* A terminal that draws an arrow as wide as an ideograph gets none. */
static void
test_ambiguous(void **state)
{
	static const struct {
		uint32_t code;
		bool shown;
		char stand_in;
	} cases[] = {
		{ 'a', true, 'a' }, { 0x2192, false, '>' },
		{ 0x201c, false, '"' }, { 0x2026, false, '.' },
		{ 0xe9, false, '?' }, { 0x3042, true, '?' },
		{ 0x6f22, true, '?' }, { 0xff71, true, '?' }
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_true(cell_shown(cases[i].code));
		cells_ambiguous_are_wide(true);
		assert_int_equal(cell_shown(cases[i].code), cases[i].shown);
		if (!cases[i].shown) {
			assert_int_equal(cell_stand_in(cases[i].code),
			    cases[i].stand_in);
			assert_int_equal(cell_width(cases[i].code), 1);
		}
		cells_ambiguous_are_wide(false);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_rows_fit),
		cmocka_unit_test(test_value_stands_alone),
		cmocka_unit_test(test_items),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_other_charset),
		cmocka_unit_test(test_key_table),
		cmocka_unit_test(test_text_is_no_key),
		cmocka_unit_test(test_draw_any_size),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_steps_are_cheap),
		cmocka_unit_test(test_bars),
		cmocka_unit_test(test_bar),
		cmocka_unit_test(test_beside),
		cmocka_unit_test(test_foot),
		cmocka_unit_test(test_ambiguous)
	};
	FILE *nowhere = fopen("/dev/null", "r+");
	SCREEN *screen;
	int status;

	setvbuf(stdout, NULL, _IOLBF, 0);
	setlocale(LC_ALL, "C.UTF-8");
	screen = newterm("xterm-256color", nowhere, nowhere);
	if (screen == NULL) {
		puts("Bail out! no terminal description for xterm-256color");
		return 1;
	}
	draw_start(true);
	status = cmocka_run_group_tests_name("draw", tests, NULL, NULL);
	endwin();
	delscreen(screen);
	fclose(nowhere);
	return status;
}
