/* SPDX-License-Identifier: ISC
 * Reading logs: whole lines whatever the source, compressed or not; what ends
 * too early; what is no log; the journal. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include "engine/base/arena.h"
#include "engine/world/maillog.h"
#include "engine/world/unpack.h"
#include "tests/unit/fixture.h"

#define LINES 20000

struct folder_fixture {
	char folder[64];
	struct arena *arena;
	struct str text, got, err;
};

static int
set_up(void **state)
{
	static struct folder_fixture f;

	snprintf(f.folder, sizeof f.folder, "/tmp/whybounce-log-XXXXXX");
	if (mkdtemp(f.folder) == NULL)
		return -1;
	f.arena = arena_new();
	str_init(&f.text, (size_t)64 << 20);
	str_init(&f.got, (size_t)64 << 20);
	str_init(&f.err, 4096);
	*state = &f;
	return 0;
}

static int
tear_down(void **state)
{
	struct folder_fixture *f = *state;

	str_free(&f->text);
	str_free(&f->got);
	str_free(&f->err);
	arena_free(&f->arena);
	return rmdir(f->folder);
}

static const char *
path(struct folder_fixture *f, const char *name)
{
	return arena_printf(f->arena, "%s/%s", f->folder, name);
}

/* f->text: many lines of different lengths. */
static void
make_text(struct folder_fixture *f)
{
	str_clear(&f->text);
	for (unsigned int i = 0; i < LINES; i++)
		str_addf(&f->text, "line %u %.*s\n", i, (int)(i * 7 % 100),
		    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
		    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz");
}

/* Read to the end into f->got; every block must be of whole lines. */
static enum maillog_state
read_all(struct folder_fixture *f, struct maillog **log)
{
	enum maillog_state state;
	const char *text;
	bool whole = true;
	size_t len;

	str_clear(&f->got);
	str_clear(&f->err);
	do {
		state = maillog_next(*log, &text, &len, &f->err);
		if (len == 0)
			continue;
		assert_true(whole);
		assert_true(len <= MAILLOG_BLOCK);
		whole = text[len - 1] == '\n' || len == MAILLOG_BLOCK;
		str_add(&f->got, text, len);
	} while (state == MAILLOG_LINES);
	maillog_close(log);
	assert_null(*log);
	return state;
}

static enum maillog_state
read_file(struct folder_fixture *f, const char *file)
{
	struct maillog *log = maillog_open(file, &f->err);

	assert_non_null(log);
	assert_string_equal(maillog_name(log), file);
	return read_all(f, &log);
}

static void
assert_same(const struct str *got, const char *want, size_t len)
{
	assert_int_equal(got->len, len);
	assert_memory_equal(got->text, want, len);
}

static void
test_plain(void **state)
{
	struct folder_fixture *f = *state;
	const char *file = path(f, "plain");
	static const char *const small[] = { "", "x", "x\n", "a\nb", "\n\n",
		"\x1f\x8b", ("\xfd" "7z") };

	make_text(f);
	fixture_octets(file, f->text.text, f->text.len, 0600);
	assert_int_equal(read_file(f, file), MAILLOG_END);
	assert_same(&f->got, f->text.text, f->text.len);
	for (size_t i = 0; i < sizeof small / sizeof *small; i++) {
		fixture_octets(file, small[i], strlen(small[i]), 0600);
		assert_int_equal(read_file(f, file), MAILLOG_END);
		assert_same(&f->got, small[i], strlen(small[i]));
	}
	unlink(file);
}

static void
test_long_line(void **state)
{
	struct folder_fixture *f = *state;
	const char *file = path(f, "long");
	char *text = mem_alloc(MAILLOG_BLOCK * 4);
	size_t len = MAILLOG_BLOCK * 3 + 17;

	memset(text, 'x', len);
	memcpy(text, "one\n", 4);
	memcpy(text + len, "\ntwo\n", 5);
	fixture_octets(file, text, len + 5, 0600);
	assert_int_equal(read_file(f, file), MAILLOG_END);
	/* the line is cut, those around it are whole */
	assert_int_equal(f->got.len, 4 + MAILLOG_BLOCK + 4);
	assert_memory_equal(f->got.text, "one\nxxx", 7);
	assert_string_equal(f->got.text + f->got.len - 5, "xtwo\n");
	/* the same at the end of the file */
	fixture_octets(file, text, len, 0600);
	assert_int_equal(read_file(f, file), MAILLOG_END);
	assert_int_equal(f->got.len, 4 + MAILLOG_BLOCK);
	free(text);
	unlink(file);
}

/* TEXT compressed as KIND into OUT; its length. */
static size_t
pack(enum unpack_kind kind, const struct str *text, uint8_t *out, size_t size)
{
	ZSTD_CCtx *zstd;
	z_stream gzip;
	size_t len = 0;

	switch (kind) {
	case UNPACK_GZIP:
		memset(&gzip, 0, sizeof gzip);
		assert_int_equal(deflateInit2(&gzip, 6, Z_DEFLATED, 15 + 16,
		    8, Z_DEFAULT_STRATEGY), Z_OK);
		gzip.next_in = (unsigned char *)text->text;
		gzip.avail_in = (unsigned int)text->len;
		gzip.next_out = out;
		gzip.avail_out = (unsigned int)size;
		assert_int_equal(deflate(&gzip, Z_FINISH), Z_STREAM_END);
		len = size - gzip.avail_out;
		deflateEnd(&gzip);
		break;
	case UNPACK_XZ:
		assert_int_equal(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64,
		    NULL, (const uint8_t *)text->text, text->len, out, &len,
		    size), LZMA_OK);
		break;
	case UNPACK_ZSTD:
		/* with a checksum, as zstd(1) makes them */
		zstd = ZSTD_createCCtx();
		ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1);
		len = ZSTD_compress2(zstd, out, size, text->text, text->len);
		assert_false(ZSTD_isError(len));
		ZSTD_freeCCtx(zstd);
		break;
	case UNPACK_PLAIN:
		break;
	}
	return len;
}

static void
test_packed(void **state)
{
	struct folder_fixture *f = *state;
	const char *file = path(f, "packed");
	size_t size = (size_t)8 << 20;
	uint8_t *packed = mem_alloc(size);

	make_text(f);
	for (int kind = UNPACK_GZIP; kind <= UNPACK_ZSTD; kind++) {
		size_t len = pack((enum unpack_kind)kind, &f->text, packed,
		    size / 2);
		size_t cuts[] = { len - 1, len / 2, 20 };

		assert_int_equal(unpack_kind((char *)packed, len), kind);
		fixture_octets(file, (char *)packed, len, 0600);
		assert_int_equal(read_file(f, file), MAILLOG_END);
		assert_same(&f->got, f->text.text, f->text.len);
		for (size_t i = 0; i < 3; i++) {
			fixture_octets(file, (char *)packed, cuts[i], 0600);
			assert_int_equal(read_file(f, file), MAILLOG_FAULT);
			assert_string_equal(f->err.text,
			    "the compressed data end too early");
			assert_true(f->got.len <= f->text.len);
			assert_memory_equal(f->got.text, f->text.text,
			    f->got.len);
		}
		/* one behind another */
		memcpy(packed + len, packed, len);
		fixture_octets(file, (char *)packed, len * 2, 0600);
		assert_int_equal(read_file(f, file), MAILLOG_END);
		assert_int_equal(f->got.len, f->text.len * 2);
		/* rubbish in the middle */
		memset(packed + len / 2, 0xff, 200);
		fixture_octets(file, (char *)packed, len, 0600);
		assert_int_equal(read_file(f, file), MAILLOG_FAULT);
		assert_string_equal(f->err.text,
		    "the compressed data are broken");
	}
	free(packed);
	unlink(file);
}

/* What it begins with is given out again, by lines or as it is. */
static void
check_peek(struct folder_fixture *f, const char *file)
{
	struct maillog *log = maillog_open(file, &f->err);
	const char *text;
	bool whole;
	size_t len;

	assert_true(maillog_peek(log, &text, &len, &whole, &f->err));
	assert_true(len >= MAILLOG_PEEK && !whole);
	assert_memory_equal(text, f->text.text, len);
	assert_int_equal(read_all(f, &log), MAILLOG_END);
	assert_same(&f->got, f->text.text, f->text.len);

	log = maillog_open(file, &f->err);
	assert_true(maillog_peek(log, &text, &len, &whole, &f->err));
	str_clear(&f->got);
	assert_int_equal(maillog_rest(log, &f->got, &f->err), MAILLOG_END);
	assert_same(&f->got, f->text.text, f->text.len);
	maillog_close(&log);
}

static void
test_peek(void **state)
{
	struct folder_fixture *f = *state;
	const char *file = path(f, "peek"), *text;
	size_t size = (size_t)8 << 20, len;
	uint8_t *packed = mem_alloc(size);
	struct maillog *log;
	bool whole;

	make_text(f);
	fixture_octets(file, f->text.text, f->text.len, 0600);
	check_peek(f, file);
	for (int kind = UNPACK_GZIP; kind <= UNPACK_ZSTD; kind++) {
		len = pack((enum unpack_kind)kind, &f->text, packed, size);
		fixture_octets(file, (char *)packed, len, 0600);
		check_peek(f, file);
	}
	free(packed);

	fixture_octets(file, "a\nb", 3, 0600);
	log = maillog_open(file, &f->err);
	assert_true(maillog_peek(log, &text, &len, &whole, &f->err));
	assert_true(len == 3 && whole);
	assert_int_equal(read_all(f, &log), MAILLOG_END);
	assert_string_equal(f->got.text, "a\nb");
	unlink(file);
}

static void
test_growing_and_cut(void **state)
{
	struct folder_fixture *f = *state;
	const char *file = path(f, "changing");
	struct maillog *log;
	FILE *more;

	make_text(f);
	fixture_octets(file, f->text.text, f->text.len, 0600);
	log = maillog_open(file, &f->err);
	more = fopen(file, "a");
	assert_non_null(more);
	fputs("later\n", more);
	fclose(more);
	assert_int_equal(read_all(f, &log), MAILLOG_END);
	assert_same(&f->got, f->text.text, f->text.len);

	log = maillog_open(file, &f->err);
	assert_int_equal(truncate(file, 700000), 0);
	assert_int_equal(read_all(f, &log), MAILLOG_CUT);
	assert_same(&f->got, f->text.text, 700000);
	assert_string_equal(f->err.text, "was cut short while it was read");
	unlink(file);
}

static void
test_not_a_log(void **state)
{
	struct folder_fixture *f = *state;
	const char *file = path(f, "pipe");
	struct maillog *log;

	str_clear(&f->err);
	assert_null(maillog_open(f->folder, &f->err));
	assert_string_equal(f->err.text, "is a directory");
	str_clear(&f->err);
	assert_null(maillog_open(path(f, "none"), &f->err));
	assert_string_equal(f->err.text, "No such file or directory");
	assert_int_equal(mkfifo(file, 0600), 0);
	log = maillog_open(file, &f->err);
	assert_non_null(log);
	assert_int_equal(read_all(f, &log), MAILLOG_FAULT);
	assert_string_equal(f->err.text, "is a pipe that nobody writes to");
	unlink(file);
}

static void
test_pipe(void **state)
{
	struct folder_fixture *f = *state;
	const char *file = path(f, "pipe");
	struct maillog *log;
	int writer;

	assert_int_equal(mkfifo(file, 0600), 0);
	log = maillog_open(file, &f->err);
	assert_non_null(log);
	writer = open(file, O_WRONLY | O_NONBLOCK);
	assert_true(writer >= 0);
	assert_int_equal(write(writer, "a\nb\nc", 5), 5);
	close(writer);
	assert_int_equal(read_all(f, &log), MAILLOG_END);
	assert_same(&f->got, "a\nb\nc", 5);
	unlink(file);
}

static const char *
script(struct folder_fixture *f, const char *name, const char *text)
{
	const char *file = path(f, name);

	fixture_octets(file, text, strlen(text), 0600);
	assert_int_equal(chmod(file, 0700), 0);
	return file;
}

static void
test_host(void **state)
{
	struct folder_fixture *f = *state;
	const char *first = path(f, "first"), *second = path(f, "second");
	const char *files[] = { first, second, NULL };
	const char *programs[] = { path(f, "nowhere"),
		script(f, "journalctl", "#!/bin/sh\necho \"$*\"\n"), NULL };
	const char *no_programs[] = { NULL };
	struct maillog *log;

	str_clear(&f->err);
	fixture_octets(second, "second\n", 7, 0600);
	log = maillog_open_host(files, programs, &f->err);
	assert_non_null(log);
	assert_string_equal(maillog_name(log), second);
	assert_int_equal(read_all(f, &log), MAILLOG_END);
	unlink(second);

	log = maillog_open_host(files, programs, &f->err);
	assert_non_null(log);
	assert_string_equal(maillog_name(log), "journalctl");
	assert_int_equal(read_all(f, &log), MAILLOG_END);
	assert_string_equal(f->got.text, "--output=short-iso --no-pager "
	    "--quiet SYSLOG_FACILITY=2\n");

	assert_null(maillog_open_host(files, no_programs, &f->err));
	assert_string_equal(f->err.text,
	    "no mail log found on this host: name a file");
	unlink(programs[1]);
}

static void
test_journal_ends(void **state)
{
	struct folder_fixture *f = *state;
	static const struct {
		const char *text;
		enum maillog_state want;
		const char *err;
	} rows[] = {
		{ "#!/bin/sh\nexit 1\n", MAILLOG_END, "" },
		{ "#!/bin/sh\necho no access >&2\necho x >&2\nexit 1\n",
		    MAILLOG_FAULT, "no access" },
		{ "#!/bin/sh\nexit 3\n", MAILLOG_FAULT,
		    "it did not end well" },
		{ "#!/bin/sh\nkill -9 $$\n", MAILLOG_FAULT,
		    "it did not end well" }
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *programs[] = { script(f, "journalctl",
		    rows[i].text), NULL };
		const char *none[] = { NULL };
		struct maillog *log;

		str_clear(&f->err);
		log = maillog_open_host(none, programs, &f->err);
		assert_non_null(log);
		assert_int_equal(read_all(f, &log), rows[i].want);
		assert_string_equal(f->err.text, rows[i].err);
		unlink(programs[0]);
	}
}

/* One that goes on for ever is ended when it is closed. */
static void
test_journal_closed_early(void **state)
{
	struct folder_fixture *f = *state;
	const char *programs[] = { script(f, "journalctl",
	    "#!/bin/sh\nwhile echo line; do :; done\n"), NULL };
	const char *none[] = { NULL };
	struct maillog *log = maillog_open_host(none, programs, &f->err);
	const char *text;
	size_t len = 0;

	assert_non_null(log);
	while (len == 0)
		assert_int_equal(maillog_next(log, &text, &len, &f->err),
		    MAILLOG_LINES);
	maillog_close(&log);
	unlink(programs[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_packed),
		cmocka_unit_test(test_peek),
		cmocka_unit_test(test_growing_and_cut),
		cmocka_unit_test(test_not_a_log),
		cmocka_unit_test(test_pipe),
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_journal_ends),
		cmocka_unit_test(test_journal_closed_early)
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("maillog", tests, set_up,
	    tear_down);
}
