/* SPDX-License-Identifier: ISC
 * The input decoder: keys, bracketed pastes cut anywhere, bursts, lost marks,
 * and what terminals do to line ends. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/str.h"
#include "tui/input.h"

#define BEGIN "\033[200~"
#define END "\033[201~"

/* What came out, written down: "k61 " for a key, "<" "text" ">" for a paste. */
struct transcript {
	struct input *input;
	struct str text;
	int64_t now;
};

static void
setup(struct transcript *t)
{
	t->input = malloc(sizeof *t->input);
	assert_non_null(t->input);
	input_init(t->input);
	str_init(&t->text, 8u << 20);
	t->now = 1000;
}

static void
teardown(struct transcript *t)
{
	free(t->input);
	str_free(&t->text);
}

static void
drain(struct transcript *t)
{
	struct input_event event;

	while (input_next(t->input, t->now, &event) != INPUT_NONE) {
		switch (event.kind) {
		case INPUT_KEY:
			str_addf(&t->text, "k%x%s ", (unsigned)event.key.code,
			    event.key.alone ? "!" : "");
			break;
		case INPUT_PASTE_BEGIN:
			str_addc(&t->text, '<');
			break;
		case INPUT_PASTE_DATA:
			str_add(&t->text, (const char *)event.data, event.len);
			break;
		case INPUT_PASTE_END:
			str_addc(&t->text, '>');
			break;
		case INPUT_REPORT:
			str_addf(&t->text, "r%u ", event.column);
			break;
		case INPUT_NONE:
			break;
		}
	}
}

static void
feed(struct transcript *t, const char *data, size_t len, int64_t later)
{
	t->now += later;
	input_feed(t->input, (const unsigned char *)data, len, t->now);
	drain(t);
}

static void
wait_ms(struct transcript *t, int64_t ms)
{
	t->now += ms;
	drain(t);
}

static void
test_keys(void **state)
{
	static const struct {
		const char *octets;
		uint32_t want;
	} cases[] = {
		{ "a", 'a' }, { "\r", '\r' }, { "\003", 3 }, { "\177", 0x7f },
		{ "\033[A", KEY_CURSOR_UP }, { "\033OA", KEY_CURSOR_UP },
		{ "\033[B", KEY_CURSOR_DOWN }, { "\033[C", KEY_CURSOR_RIGHT },
		{ "\033[D", KEY_CURSOR_LEFT }, { "\033[H", KEY_FIRST },
		{ "\033[F", KEY_LAST }, { "\033[1~", KEY_FIRST },
		{ "\033[4~", KEY_LAST }, { "\033[5~", KEY_PAGE_UP },
		{ "\033[6~", KEY_PAGE_DOWN }, { "\033[3~", KEY_REMOVE },
		{ "\033[Z", KEY_BACKTAB }, { "\033OP", KEY_FUNCTION_1 },
		{ "\033[11~", KEY_FUNCTION_1 },
		{ "\033[21~", KEY_FUNCTION_10 },
		{ "\033[24~", KEY_FUNCTION_12 },
		{ "\033[1;5A", KEY_CURSOR_UP }, { "\033[5;2~", KEY_PAGE_UP },
		{ "\033OM", '\r' }, { "\033[M qq", KEY_UNKNOWN },
		{ "\033[M \xff\x80", KEY_UNKNOWN },
		{ "\033[<0;9;9M", KEY_UNKNOWN },
		{ "\033[32;9;9M", KEY_UNKNOWN },
		{ "\033[201~", KEY_UNKNOWN }, { "\033[I", KEY_UNKNOWN },
		{ "\033[99999999999~", KEY_UNKNOWN },
		{ "\033[?1;2c", KEY_UNKNOWN }, { "\033[\001", KEY_UNKNOWN },
		{ "\033]11;rgb:00/00/00\a", KEY_UNKNOWN },
		{ "\033]52;c;cQ==\033\\", KEY_UNKNOWN },
		{ "\033P>|xterm(379)\033\\", KEY_UNKNOWN },
		{ "\033_qq\001", KEY_UNKNOWN }, { "\033]q\033[A", KEY_UNKNOWN },
		{ "\xc3\xa9", 0xe9 }, { "\xe3\x81\x82", 0x3042 },
		{ "\xf0\x9f\x98\x80", 0x1f600 }, { "\xff", KEY_UNKNOWN }
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct transcript t;
		char want[32];
		size_t len = strlen(cases[i].octets);

		setup(&t);
		feed(&t, cases[i].octets, len, 0);
		snprintf(want, sizeof want, "k%x%s ", (unsigned)cases[i].want,
		    len == 1 ? "!" : "");
		if (strncmp(t.text.text, want, strlen(want)) != 0)
			fail_msg("case %zu: got %s, want %s", i, t.text.text,
			    want);
		teardown(&t);
	}
}

static void
test_escape_waits(void **state)
{
	struct transcript t;
	char want[32];

	(void)state;
	setup(&t);
	feed(&t, "\033", 1, 0);
	assert_string_equal(t.text.text, "");
	assert_int_equal(input_timeout(t.input, t.now), 40);
	wait_ms(&t, 39);
	assert_string_equal(t.text.text, "");
	wait_ms(&t, 1);
	assert_string_equal(t.text.text, "k1b! ");
	assert_int_equal(input_timeout(t.input, t.now), -1);
	assert_true(input_idle(t.input));
	/* a sequence that has begun may be cut by the network */
	str_clear(&t.text);
	feed(&t, "\033[", 2, 0);
	wait_ms(&t, 1400);
	assert_string_equal(t.text.text, "");
	feed(&t, "B", 1, 0);
	assert_string_equal(t.text.text, "k200002! ");
	/* but not for ever */
	str_clear(&t.text);
	feed(&t, "\033[1", 3, 0);
	wait_ms(&t, 1500);
	assert_true(input_idle(t.input));
	/* Escape and the next key in one packet are two keys */
	str_clear(&t.text);
	feed(&t, "\033q", 2, 0);
	assert_string_equal(t.text.text, "k1b k71 ");
	/* also where the two could begin a string */
	str_clear(&t.text);
	feed(&t, "\033P", 2, 0);
	assert_int_equal(input_timeout(t.input, t.now), 40);
	wait_ms(&t, 40);
	assert_string_equal(t.text.text, "k1b k50 ");
	/* which may be cut by the network, but not for ever */
	str_clear(&t.text);
	feed(&t, "\033]1", 3, 0);
	feed(&t, "1;qqq", 5, 1400);
	feed(&t, "qq\033", 3, 1400);
	feed(&t, "\\x", 2, 1400);
	snprintf(want, sizeof want, "k%x k78 ", (unsigned)KEY_UNKNOWN);
	assert_string_equal(t.text.text, want);
	str_clear(&t.text);
	feed(&t, "\033]11;qqq", 8, 0);
	assert_int_equal(input_timeout(t.input, t.now), 1500);
	wait_ms(&t, 1500);
	assert_true(input_idle(t.input));
	str_clear(&t.text);
	feed(&t, "x", 1, 0);
	assert_string_equal(t.text.text, "k78! ");
	teardown(&t);
}

/* What is left of a mouse report is no key, however it is cut. */
/* An answer is one only when it was asked for, once, and is of the first line;
 * the keys around it stay keys. */
static void
test_report(void **state)
{
	static const struct {
		const char *octets, *asked, *unasked;
	} cases[] = {
		{ "\033[1;3R", "r3 ", "k20000e " },
		{ "a\033[1;2Rb", "k61 r2 k62 ", "k61 k20000e k62 " },
		{ "\033[1;3R\033[1;3R", "r3 k20000e ", "k20000e k20000e " },
		{ "\033[2;3R", "k20000e ", "k20000e " },
		{ "\033[1;R", "k20000e ", "k20000e " },
		{ "\033[1;3;4R", "k20000e ", "k20000e " },
		{ "\033[1;3A", "k200001 ", "k200001 " },
		{ "\033[R", "k20000e ", "k20000e " }
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		for (int asked = 0; asked < 2; asked++) {
			struct transcript t;
			const char *got;

			setup(&t);
			t.input->asked = asked;
			feed(&t, cases[i].octets, strlen(cases[i].octets), 0);
			got = t.text.text;
			assert_string_equal(got, asked ? cases[i].asked :
			    cases[i].unasked);
			teardown(&t);
		}
}

static void
test_mouse(void **state)
{
	static const char octets[] = "\033[M qqx";
	char want[32];

	(void)state;
	snprintf(want, sizeof want, "k%x ", (unsigned)KEY_UNKNOWN);
	for (size_t cut = 1; cut < sizeof octets - 1; cut++) {
		struct transcript t;

		setup(&t);
		feed(&t, octets, cut, 0);
		feed(&t, octets + cut, sizeof octets - 1 - cut, 40);
		if (strncmp(t.text.text, want, strlen(want) - 1) != 0 ||
		    strstr(t.text.text, "k71") != NULL ||
		    strstr(t.text.text, "k78") == NULL)
			fail_msg("cut at %zu: %s", cut, t.text.text);
		teardown(&t);
	}
	for (size_t i = 0; i < 2; i++) {
		static const char *const cases[] = { "\033[M", "\033[M\033[B" };
		struct transcript t;

		setup(&t);
		feed(&t, cases[i], strlen(cases[i]), 0);
		wait_ms(&t, 1500);
		assert_true(input_idle(t.input));
		assert_true((strstr(t.text.text, "k200002") != NULL) ==
		    (i == 1));
		teardown(&t);
	}
}

/* A text with an end mark in it: what follows is text, too, and no keys. */
static void
test_end_mark_in_text(void **state)
{
	static const struct {
		const char *octets, *want;
	} cases[] = {
		{ BEGIN "one" END "two\003\032\r" END, "<onetwo\003\032\r>" },
		{ BEGIN "one" END END, "<one>" },
		{ BEGIN "one" END "a text that is long enough, and \003",
		  "<onea text that is long enough, and \003>" },
		{ BEGIN "one" END "a text that is long enough, and \033[2",
		  "<onea text that is long enough, and \033[2>" },
		{ BEGIN "one" END "\003" BEGIN "two" END, "<one>k3 <two>" },
		{ BEGIN "one" BEGIN "two" END, "<one" BEGIN "two>" },
		{ BEGIN "one" END "q", "<one>k71 " }
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct transcript t;

		setup(&t);
		feed(&t, cases[i].octets, strlen(cases[i].octets), 0);
		wait_ms(&t, 499);
		wait_ms(&t, 1);
		if (strcmp(t.text.text, cases[i].want) != 0)
			fail_msg("case %zu: got %s", i, t.text.text);
		assert_true(input_idle(t.input));
		teardown(&t);
	}
}

/* The same paste, its octets cut into two reads at every place. */
static void
test_paste_cut_anywhere(void **state)
{
	static const char octets[] = "x" BEGIN "a\033[Ab\003\032\r\033[201\x82"
	    "\xe3\033" END "y";
	static const char want[] = "k78 <a\033[Ab\003\032\r\033[201\x82\xe3\033>"
	    "k79";
	size_t len = sizeof octets - 1;

	(void)state;
	for (size_t gap = 0; gap <= 300; gap += 300)
		for (size_t cut = 2; cut < len; cut++) {
			struct transcript t;

			setup(&t);
			feed(&t, octets, cut, 0);
			feed(&t, octets + cut, len - cut, (int64_t)gap);
			if (memmem(t.text.text, t.text.len, want,
			    sizeof want - 1) == NULL)
				fail_msg("cut at %zu after %zu ms: got %s",
				    cut, gap, t.text.text);
			assert_true(input_idle(t.input));
			teardown(&t);
		}
}

static void
test_paste_octet_by_octet(void **state)
{
	static const char octets[] = BEGIN "one\rtwo" END "q";
	struct transcript t;

	(void)state;
	setup(&t);
	for (size_t i = 0; i < sizeof octets - 1; i++)
		feed(&t, octets + i, 1, 20);
	assert_string_equal(t.text.text, "<one\rtwo>k71! ");
	teardown(&t);
}

/* Every octet value, 300 KB, through a buffer that is smaller. */
static void
test_paste_is_exact(void **state)
{
	struct transcript t;
	size_t size = 300000;
	char *data = malloc(size);

	(void)state;
	assert_non_null(data);
	for (size_t i = 0; i < size; i++)
		data[i] = (char)(i * 7919 >> 3);
	setup(&t);
	feed(&t, BEGIN, 6, 0);
	for (size_t at = 0; at < size;) {
		size_t n = 1 + at % 4097;

		if (n > size - at)
			n = size - at;
		assert_true(input_room(t.input) >= n);
		feed(&t, data + at, n, 1);
		at += n;
	}
	feed(&t, END, 6, 0);
	assert_int_equal(t.text.len, size + 2);
	assert_memory_equal(t.text.text + 1, data, size);
	free(data);
	teardown(&t);
}

static void
test_lost_end_mark(void **state)
{
	struct transcript t;

	(void)state;
	setup(&t);
	feed(&t, BEGIN "text", 10, 0);
	feed(&t, "more", 4, 3000);
	assert_string_equal(t.text.text, "<textmore");
	feed(&t, "q", 1, 1500);
	assert_string_equal(t.text.text, "<textmore>k71! ");
	teardown(&t);
}

static void
test_burst(void **state)
{
	static const struct {
		const char *octets;
		bool paste;
	} cases[] = {
		{ "550 5.7.1 blocked\rbecause of that", true },
		{ "550 5.7.26 This mail has been blocked", true },
		{ "one\rtwo\rthree\rfour", true },
		{ "550 5.7.1 x", false },               /* too short */
		{ "jjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjj", false },
		{ "\033[B\033[B\033[B\033[B\033[B\033[B\033[B\033[B\033[B\033[B"
		    "\033[B", false },
		{ "1\r\033[B\r\033[B\rx\033[B\r\033[B\r\033[B", false },
		{ "j" BEGIN "a text that is long enough to be one" END, false }
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct transcript t;
		char want[128];

		setup(&t);
		feed(&t, cases[i].octets, strlen(cases[i].octets), 0);
		wait_ms(&t, 500);
		snprintf(want, sizeof want, "<%s>", cases[i].octets);
		if ((strcmp(t.text.text, want) == 0) != cases[i].paste)
			fail_msg("case %zu: got %s", i, t.text.text);
		assert_true(input_idle(t.input));
		teardown(&t);
	}
}

static void
test_burst_in_pieces(void **state)
{
	struct transcript t;

	(void)state;
	setup(&t);
	feed(&t, "This is the mail system at host\r", 32, 0);
	assert_int_equal(input_timeout(t.input, t.now), 500);
	feed(&t, "q\r", 2, 400);
	feed(&t, "q", 1, 400);
	wait_ms(&t, 499);
	assert_string_equal(t.text.text,
	    "<This is the mail system at host\rq\rq");
	wait_ms(&t, 1);
	feed(&t, "q", 1, 0);
	assert_string_equal(t.text.text,
	    "<This is the mail system at host\rq\rq>k71! ");
	/* a key that comes before anybody has looked at the clock */
	str_clear(&t.text);
	feed(&t, "This is the mail system at host\r", 32, 0);
	feed(&t, "q", 1, 700);
	assert_string_equal(t.text.text, "<This is the mail system at host\r>k71! ");
	teardown(&t);
}

/* From a pipe, as from a terminal: a paste in several writes is one. */
static void
test_read(void **state)
{
	struct transcript t;
	int ends[2];

	(void)state;
	setup(&t);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "This is the mail ", 17), 17);
	assert_int_equal(write(ends[1], "system\rat host", 14), 14);
	assert_true(input_read(t.input, ends[0], t.now));
	drain(&t);
	assert_string_equal(t.text.text, "<This is the mail system\rat host");
	close(ends[1]);
	assert_false(input_read(t.input, ends[0], t.now));
	close(ends[0]);
	teardown(&t);
}

static void
test_line_ends(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "", "" },
		{ "a", "a" },
		{ "a\nb\n", "a\nb\n" },
		{ "a\r\nb\r\n", "a\nb\n" },
		{ "a\rb\r", "a\nb\n" },
		{ "a\r\rb\r", "a\n\nb\n" },          /* a blank line */
		{ "a\r\rb\r\r", "a\nb\n" },          /* doubled */
		{ "a\r\r\r\rb\r\r", "a\n\nb\n" },
		{ "\r\r", "\n" },
		{ "a\r\r\nb", "a\n\nb" },
		{ "a\rb\nc\r\nd", "a\nb\nc\nd" }
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char got[64];
		size_t len = strlen(cases[i].text);

		memcpy(got, cases[i].text, len + 1);
		len = input_fix_line_ends(got, len);
		if (len != strlen(cases[i].want) ||
		    memcmp(got, cases[i].want, len) != 0)
			fail_msg("case %zu: got %.*s", i, (int)len, got);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_escape_waits),
		cmocka_unit_test(test_mouse),
		cmocka_unit_test(test_report),
		cmocka_unit_test(test_end_mark_in_text),
		cmocka_unit_test(test_paste_cut_anywhere),
		cmocka_unit_test(test_paste_octet_by_octet),
		cmocka_unit_test(test_paste_is_exact),
		cmocka_unit_test(test_lost_end_mark),
		cmocka_unit_test(test_burst),
		cmocka_unit_test(test_burst_in_pieces),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_line_ends)
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("input", tests, NULL, NULL);
}
