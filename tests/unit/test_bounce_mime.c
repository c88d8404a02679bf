/* SPDX-License-Identifier: ISC
 * Character sets, damaged ISO-2022-JP, transfer encodings, loose and nested
 * mail structure, and input that is only there to hurt. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/text.h"
#include "engine/bounce/bounce.h"
#include "engine/bounce/charset.h"
#include "engine/bounce/mime.h"

/* "mail" in katakana, in the sets that Japanese mail comes in */
#define MAIL_UTF8 "\xe3\x83\xa1\xe3\x83\xbc\xe3\x83\xab"
#define MAIL_SJIS "\x83\x81\x81[\x83\x8b"
#define MAIL_EUC "\xa5\xe1\xa1\xbc\xa5\xeb"

static struct bounces
read_text(struct arena *arena, const char *text)
{
	struct bounces got;

	bounce_read(arena, rules_builtin(), "-", text, strlen(text), &got);
	return got;
}

static void
test_jis(void **state)
{
	static const struct {
		const char *text, *want;
		bool repaired;
	} cases[] = {
		{ "a \033$B%a!<%k\033(B b", "a " MAIL_UTF8 " b", false },
		{ "a  $B%a!<%k (B b", "a " MAIL_UTF8 " b", true },
		{ "a $B%a!<%k(B b", "a" MAIL_UTF8 " b", true },
		{ "a^[$B%a!<%k^[(B b", "a" MAIL_UTF8 " b", true },
		{ "US$Bill (B)", "US$Bill (B)", false },
		{ "$B (B $@(B $B(B", "$B (B $@(B $B(B", false },
		{ "plain", "plain", false },
		{ "\033$B%a!<%k", MAIL_UTF8, false },
		{ "$B%a!<%k", "$B%a!<%k", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct arena *arena = arena_new();
		size_t len = strlen(cases[i].text);
		bool repaired = false;
		const char *got = charset_jis(arena, cases[i].text, &len,
		    &repaired);

		if (len != strlen(cases[i].want) ||
		    memcmp(got, cases[i].want, len) != 0)
			fail_msg("case %zu: got '%.*s'", i, (int)len, got);
		assert_int_equal(repaired, cases[i].repaired);
		arena_free(&arena);
	}
}

static void
test_guess(void **state)
{
	static const char *const texts[] = {
		[CHARSET_NONE] = MAIL_UTF8 " plain",
		[CHARSET_LATIN1] = "Le destinataire est archiv\xe9, d\xe9sol\xe9",
		[CHARSET_SJIS] = MAIL_SJIS MAIL_SJIS " x " MAIL_SJIS,
		[CHARSET_EUCJP] = MAIL_EUC MAIL_EUC " x " MAIL_EUC,
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_int_equal(charset_guess(texts[i], strlen(texts[i])),
		    i);
}

static void
test_charsets(void **state)
{
	static const struct {
		const char *name, *text, *want;
	} cases[] = {
		{ "Shift_JIS", MAIL_SJIS, MAIL_UTF8 },
		{ "EUC-JP", MAIL_EUC, MAIL_UTF8 },
		{ "iso-8859-1", "archiv\xe9", "archiv\xc3\xa9" },
		{ "koi8-r", "\xd0\xcf", "\xd0\xbf\xd0\xbe" },
		{ "utf-8", "a\xff" "b", "a\xef\xbf\xbd" "b" },
		{ "no-such-set", "archiv\xe9", "archiv\xc3\xa9" },
		{ "Shift_JIS", MAIL_UTF8, MAIL_UTF8 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct arena *arena = arena_new();
		struct charset_reader *reader = charset_open(cases[i].name,
		    CHARSET_NONE);
		size_t len = strlen(cases[i].text);
		const char *got = charset_line(arena, reader, cases[i].text,
		    &len);

		if (len != strlen(cases[i].want) ||
		    memcmp(got, cases[i].want, len) != 0)
			fail_msg("%s: got '%.*s'", cases[i].name, (int)len,
			    got);
		charset_close(&reader);
		arena_free(&arena);
	}
}

static void
test_decoders(void **state)
{
	struct arena *arena = arena_new();
	size_t len;

	(void)state;
	assert_string_equal(mime_decode_base64(arena,
	    span_of("NTUw\nIG5v"), &len), "550 no");
	assert_string_equal(mime_decode_base64(arena, span_of("NTU="), &len),
	    "55");
	assert_string_equal(mime_decode_base64(arena, span_of("!N*T"), &len),
	    "5");
	assert_string_equal(mime_decode_quoted(arena,
	    span_of("a=3Db=\nc=XX="), false, &len), "a=bc=XX");
	assert_string_equal(mime_decode_words(arena,
	    "x =?ISO-2022-JP?B?GyRCJWEhPCVrGyhC?= y"), "x " MAIL_UTF8 " y");
	assert_string_equal(mime_decode_words(arena,
	    "=?utf-8?q?a=62_c?= =?broken"), "ab c =?broken");
	assert_string_equal(mime_parameter(arena,
	    "multipart/x; type=a; boundary=\"b c\"", "boundary"), "b c");
	assert_null(mime_parameter(arena, "text/plain", "charset"));
	arena_free(&arena);
}

/* A refusal in a part with this encoding must be found. */
static void
test_parts(void **state)
{
	static const char *const mails[] = {
		/* base64 */
		"From: MAILER-DAEMON@example.org\nSubject: Undelivered\n"
		"Content-Type: multipart/mixed; boundary=b\n\n--b\n"
		"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n"
		"\nPHRhcm9AZXhhbXBsZS5jb20+OiBob3N0IG14LmV4YW1wbGUuY29tWzE5Mi4"
		"wLjIuNV0gc2Fp\nZDogNTUwIDUuMS4xIFVzZXIgdW5rbm93bgo=\n--b--\n",
		/* quoted-printable */
		"From: MAILER-DAEMON@example.org\nSubject: Undelivered\n"
		"Content-Transfer-Encoding: quoted-printable\n\n"
		"<taro@example.com>: host mx.example.com[192.0.2.5] sa=\nid: 550"
		"=20\n 5.1.1 User unknown\n",
		/* a fragment: no header, boundary known from its use only */
		"--b7/x\nContent-Type: text/plain\n\n<taro@example.com>: host "
		"mx.example.com[192.0.2.5] said: 550 5.1.1 User\n    unknown\n\n"
		"--b7/x\nContent-Type: message/rfc822\n\nReceived: from a by b\n"
		"Subject: x\n\n552 5.2.2 mailbox is full\n\n--b7/x--\n",
		/* forwarded inside another mail */
		"From: a@example.com\nTo: b@example.com\nSubject: Fwd: look\n"
		"Content-Type: multipart/mixed; boundary=o\n\n--o\n"
		"Content-Type: text/plain\n\nWhat is this?\n\n--o\n"
		"Content-Type: message/rfc822\n\nFrom: MAILER-DAEMON@x.example\n"
		"Subject: Undelivered Mail Returned to Sender\n"
		"Content-Type: multipart/report; boundary=i\n\n--i\n"
		"Content-Type: message/delivery-status\n\n"
		"Final-Recipient: rfc822; taro@example.com\nAction: failed\n"
		"Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n"
		"\n--i--\n\n--o--\n",
		/* HTML only */
		"From: MAILER-DAEMON@example.org\nSubject: Undelivered\n"
		"Content-Type: text/html\n\n<html><style>p { a: 552 }</style>"
		"<p>Hello</p><p>&lt;taro@example.com&gt;: host mx.example.com"
		"[192.0.2.5] said: 550&nbsp;5.1.1 User&#32;unknown</p></html>\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof mails / sizeof *mails; i++) {
		struct arena *arena = arena_new();
		struct bounces got = read_text(arena, mails[i]);

		if (got.n != 1)
			fail_msg("mail %zu: %zu bounces", i, got.n);
		assert_string_equal(got.list[0].recipient,
		    "taro@example.com");
		assert_string_equal(got.list[0].class_id, "rcpt_unknown");
		assert_true(got.list[0].end <= strlen(mails[i]));
		arena_free(&arena);
	}
}

static void
test_repair_is_told(void **state)
{
	struct arena *arena = arena_new();
	struct bounces got = read_text(arena,
	    "$B%a!<%k(B\n550 5.1.1 User unknown\n");

	(void)state;
	assert_true(got.repaired);
	assert_int_equal(got.n, 1);
	got = read_text(arena, "550 5.1.1 User unknown\n");
	assert_false(got.repaired);
	arena_free(&arena);
}

/* PIECE over and over, SIZE octets of it. */
static char *
repeat(const char *piece, size_t size)
{
	size_t len = strlen(piece);
	char *text = mem_alloc(size);

	for (size_t i = 0; i < size; i++)
		text[i] = piece[i % len];
	return text;
}

/* Only that it ends, and soon: the program has a time limit in the suite. */
static void
test_rubbish(void **state)
{
	static const char *const pieces[] = {
		"a", "@", "<", "\n", "a\n", "$B", "$B$B||(B ", "550-5.7.1 x ",
		"--b\nContent-Type: multipart/mixed; boundary=b\n\n",
		"\n--b\nContent-Type: message/rfc822\n\nFrom: a\nTo: b\n",
		"From: a\n\n", "> ", "X-A: b\n", "Status: 5.1.1\n",
		"to=<a@b>, status=bounced (host x\n", "=?", "<style ", "#5.1",
		"Jan  1 00:00:00 h postfix/smtp[1]: ABCDEF: to=<a@b>\n", "\x83"
	};
	enum { SIZE = 1 << 20 };

	(void)state;
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		struct arena *arena = arena_new();
		char *text = repeat(pieces[i], SIZE);
		struct bounces got;

		bounce_read(arena, rules_builtin(), "-", text, SIZE, &got);
		free(text);
		arena_free(&arena);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jis),
		cmocka_unit_test(test_guess),
		cmocka_unit_test(test_charsets),
		cmocka_unit_test(test_decoders),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_repair_is_told),
		cmocka_unit_test(test_rubbish),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("bounce_mime", tests, NULL, NULL);
}
