/* SPDX-License-Identifier: ISC
 * What is said before a change goes that made a DKIM key. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "engine/auth/dkim_record.h"
#include "engine/remedy/undo_key.h"
#include "tests/unit/fixture.h"

#define KEY "/etc/dkimkeys/example.com/s1.private"
#define NAME "s1._domainkey.example.com"
#define WARNING_MAX 4096

static const struct {
	const char *file, *conf;       /* made by the change; its other file */
	const char *signer;            /* the key file that signs now */
	const char *dns;               /* "" a key, NULL: could not be asked */
	const char *said[3];           /* words, in this order; none: nothing */
} rows[] = {
	{ KEY, NULL, NULL, "nothing", { NULL } },
	{ KEY, NULL, NULL, "v=DKIM1; p=", { NULL } },
	{ KEY, NULL, NULL, "", { "goes for good", NAME " is published" } },
	{ KEY, NULL, NULL, NULL, { "goes for good", "could not be looked up" } },
	{ KEY, "KeyFile " KEY "\n", KEY, "nothing",
	    { "goes for good", "will leave unsigned" } },
	{ KEY, NULL, KEY, "", { "goes for good", "First undo the change",
		"ten days" } },
	{ "/var/lib/rspamd/dkim/example.com.s1.key", NULL, NULL, "",
	    { NAME " is published" } },
	{ "/etc/dkimkeys/odd", NULL, NULL, "", { NULL } },
	{ ".private", NULL, NULL, "", { NULL } },
	{ "/x/.private", NULL, NULL, "", { NULL } },
};

static void
publish(struct fixture *f, const char *text)
{
	size_t len;
	const char *pem = dkim_pair_new(f->arena, DKIM_PAIR_RSA1024, &len);
	const char *value = *text != '\0' ? text :
	    dkim_record_for(f->arena, pem, len);

	facts_overlay_begin(f->facts);
	facts_overlay_set(f->facts, NAME, DNS_TXT, &value,
	    strcmp(text, "nothing") != 0);
}

static void
test_warnings(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct file_change files[] = {
			{ .path = rows[i].file, .secret = true },
			{ .path = "/etc/opendkim.conf", .after = rows[i].conf,
			    .after_len = rows[i].conf != NULL ?
				strlen(rows[i].conf) : 0 },
		};
		const struct transaction t = { .files = files, .n_files = 2 };
		struct host_signer signer = { .domain = "example.com",
			.key_file = rows[i].signer };
		const struct host host = { .signers = &signer, .n_signers = 1 };
		struct undo_key keys[UNDO_KEYS_MAX];
		const char *at;
		struct str out;
		size_t n;

		str_init(&out, WARNING_MAX);
		if (rows[i].dns != NULL)
			publish(f, rows[i].dns);
		n = undo_keys(f->arena, &t, &host, f->facts, keys);
		undo_keys_warn(f->arena, keys, n, f->facts, &out);
		if (rows[i].dns != NULL)
			facts_overlay_end(f->facts);
		if (rows[i].said[0] == NULL)
			assert_string_equal(out.text, "");
		at = out.text;
		for (size_t k = 0; k < 3 && rows[i].said[k] != NULL; k++) {
			at = strstr(at, rows[i].said[k]);
			if (at == NULL)
				fail_msg("%zu: no '%s' in: %s", i,
				    rows[i].said[k], out.text);
		}
		str_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_warnings, fixture_set_up,
		    fixture_tear_down),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("undo key", tests, NULL, NULL);
}
