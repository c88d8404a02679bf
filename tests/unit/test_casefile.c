/* SPDX-License-Identifier: ISC
 * Saved cases: written and read back, damaged, from elsewhere, listed; and the
 * states of steps beside a new plan. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "engine/report/casefile.h"
#include "engine/world/state_folder.h"

static char home[] = "/tmp/whybounce-case-XXXXXX";

struct fixture {
	struct arena *arena;
	struct str err;
};

static int
set_up(void **state)
{
	static struct fixture fixture;

	fixture.arena = arena_new();
	str_init(&fixture.err, 8192);
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

static const char *const before[] = { "v=spf1 -all", NULL };
static const char *const after[] = { " v=spf1 mx \\ -all ", "caf\xc3\xa9 \x9b",
	NULL };
static const struct change spf_change = {
	.kind = CHANGE_DNS, .zone = "example.net", .name = "example.net",
	.type = DNS_TXT, .before = before, .after = after
};
static const char *const resolvers[] = { "192.0.2.53", "192.0.2.54@54", NULL };
static struct case_step steps[] = {
	{
		.id = "spf.publish", .title = "Publish [it] = now",
		.state = STEP_WAITING, .since = 1763733730,
		.changes = &spf_change, .n_changes = 1
	}, {
		.id = "postfix.origin", .title = "Let Postfix",
		.state = STEP_SKIPPED, .since = 1763733731,
		.note = "not mine\nat \033[31mall", .other_way = true
	}
};
static const char facts[] =
    "[case]\ntitle = t\n[answers]\nown-ip = 192.0.2.7\ndomain = example.net\n"
    "[dns]\nexample.net. 300 IN A 192.0.2.7\n[bounce]\n|550 \\x9b no\n|[end]\n";

static struct casefile
a_case(void)
{
	return (struct casefile){
		.title = "example.net", .saved = 1763733740, .chosen = 2,
		.look = {
			.resolvers = resolvers, .selector = "s1",
			.postfix_directory = "/etc/postfix one",
			.no_blocklists = true, .no_public = true,
			.timeout_s = 7
		},
		.steps = steps, .n_steps = 2
	};
}

static void
print(const struct casefile *saved, struct str *text)
{
	str_init(text, 1u << 20);
	casefile_print(saved, facts, sizeof facts - 1, text);
}

static void
check_step(const struct case_step *got, const struct case_step *want)
{
	assert_string_equal(got->id, want->id);
	assert_string_equal(got->title, want->title);
	assert_int_equal(got->state, want->state);
	assert_int_equal(got->since, want->since);
	assert_int_equal(got->other_way, want->other_way);
	assert_int_equal(got->n_changes, want->n_changes);
	if (want->note != NULL)
		assert_string_equal(got->note, want->note);
	else
		assert_null(got->note);
}

static void
test_round(void **state)
{
	struct fixture *f = *state;
	struct casefile saved = a_case(), got;
	struct str text;
	const struct change *change;

	print(&saved, &text);
	if (!casefile_parse(f->arena, "x", text.text, text.len, false, &got,
	    &f->err))
		fail_msg("%s", f->err.text);
	assert_string_equal(got.title, "example.net");
	assert_int_equal(got.saved, 1763733740);
	assert_int_equal(got.chosen, 2);
	assert_string_equal(got.look.resolvers[1], "192.0.2.54@54");
	assert_null(got.look.resolvers[2]);
	assert_string_equal(got.look.postfix_directory, "/etc/postfix one");
	assert_int_equal(got.look.timeout_s, 7);
	assert_true(got.look.no_blocklists);
	assert_true(got.look.no_public);
	assert_false(got.look.check_only);
	assert_int_equal(got.look.n_answers, 2);
	assert_int_equal(got.n_steps, 2);
	check_step(&got.steps[0], &steps[0]);
	check_step(&got.steps[1], &steps[1]);
	change = got.steps[0].changes;
	assert_string_equal(change->before[0], before[0]);
	assert_string_equal(change->after[0], after[0]);
	assert_string_equal(change->after[1], after[1]);
	assert_int_equal(change->type, DNS_TXT);
	assert_int_equal(got.bounce_len, 15);
	assert_memory_equal(got.bounce, "550 \x9b no\n[end]\n", 15);
	str_free(&text);
}

/* Each line away, each octet changed, cut anywhere: an error in one line, or a
 * case; never a crash, never half a case taken for a whole one. */
static void
test_damaged(void **state)
{
	struct fixture *f = *state;
	struct casefile saved = a_case(), got;
	struct str text;
	char *copy;

	print(&saved, &text);
	for (size_t i = 0; i + 1 < text.len; i++) {
		str_clear(&f->err);
		if (casefile_parse(f->arena, "x", text.text, i, false, &got,
		    &f->err))
			fail_msg("the first %zu octets are taken", i);
		assert_null(strchr(f->err.text, '\n'));
		assert_true(f->err.len > 2);
	}
	copy = mem_alloc(text.len);
	for (size_t i = 0; i < text.len; i++) {
		memcpy(copy, text.text, text.len);
		copy[i] ^= 0x80;
		str_clear(&f->err);
		if (!casefile_parse(f->arena, "x", copy, text.len, false, &got,
		    &f->err))
			assert_true(f->err.len > 2);
		copy[i] = '\0';
		str_clear(&f->err);
		(void)!casefile_parse(f->arena, "x", copy, text.len, true,
		    &got, &f->err);
	}
	free(copy);
	str_free(&text);
}

static const struct {
	const char *text, *want;
} faults[] = {
	{ "", "not a saved case" },
	{ "hello\n", "not a saved case" },
	{ "[case]\n", "not a saved case" },
	{ "[saved]\nversion = 2\nwhatever\n", "newer version" },
	{ "[saved]\nversion = 99999999\n", "newer version" },
	{ "[saved]\nversion = 999999999\n", "damaged" },
	{ "[saved]\nversion = 0\n[steps]\n[end]\n", "damaged" },
	{ "[saved]\ntitle = x\n[steps]\n[end]\n", "x:2: " },
	{ "[saved]\nversion = 1\nname = x\n", "x:3: " },
	{ "[saved]\nversion = 1\ntime = yesterday\n", "x:3: " },
	{ "[saved]\nversion = 1\n[steps]\nstep = a b c\n", "x:4: " },
	{ "[saved]\nversion = 1\n[steps]\ntitle = a\n", "x:4: " },
	{ "[saved]\nversion = 1\n[steps]\nstep = a\\x0Ab open\n", "x:4: " },
	{ "[saved]\nversion = 1\n[steps]\n", "its end is missing" },
	{ "[saved]\nversion = 1\n[steps]\n[end]\nmore\n", "damaged" },
	{ "[saved]\nversion = 1\n[steps]\n[dns]\nrubbish\n[end]\n", "x:5: " },
};

static void
test_faults(void **state)
{
	struct fixture *f = *state;
	struct casefile got;

	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		str_clear(&f->err);
		if (casefile_parse(f->arena, "x", faults[i].text,
		    strlen(faults[i].text), false, &got, &f->err))
			fail_msg("%s is taken", faults[i].text);
		if (strstr(f->err.text, faults[i].want) == NULL)
			fail_msg("%s: got %s", faults[i].text, f->err.text);
	}
}

static void
save(struct fixture *f, struct casefile *saved)
{
	str_clear(&f->err);
	if (!casefile_save(f->arena, saved, facts, sizeof facts - 1, &f->err))
		fail_msg("%s", f->err.text);
}

/* What loading NAME is refused with. */
static void
refused(struct fixture *f, const char *name, const char *want)
{
	struct casefile got;

	str_clear(&f->err);
	if (casefile_load(f->arena, name, &got, &f->err))
		fail_msg("%s is taken", name);
	if (strstr(f->err.text, want) == NULL)
		fail_msg("%s: got %s", want, f->err.text);
}

/* Mode and owner of the file, the directory, and what is in the way. */
static void
test_disk(void **state)
{
	struct fixture *f = *state;
	struct casefile saved = a_case(), got;
	const char *path, *directory = state_folder(f->arena);
	struct stat status;
	FILE *file;

	refused(f, NULL, "no saved case");
	save(f, &saved);
	assert_string_equal(saved.name, "example.net-20251121-140220");
	path = casefile_path(f->arena, saved.name);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_int_equal(stat(directory, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0700);
	assert_true(casefile_load(f->arena, NULL, &got, &f->err));
	assert_string_equal(got.name, saved.name);
	assert_true(casefile_load(f->arena, "example", &got, &f->err));
	assert_true(casefile_load(f->arena, path, &got, &f->err));
	refused(f, "other", "there is: example.net-20251121-140220");

	assert_int_equal(chmod(path, 0602), 0);
	refused(f, NULL, "can be written to by other users");
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(chmod(directory, 0777), 0);
	refused(f, NULL, "can be written to by other users");
	assert_false(casefile_save(f->arena, &saved, facts, 0, &f->err));
	assert_int_equal(chmod(directory, 0700), 0);
	file = fopen(path, "a");
	assert_non_null(file);
	fputs("more\n", file);
	fclose(file);
	refused(f, NULL, "damaged");
	assert_int_equal(rename(path, "real"), 0);
	assert_int_equal(symlink("../real", path), 0);
	refused(f, NULL, "symbolic link");
	str_clear(&f->err);
	assert_false(casefile_save(f->arena, &saved, facts, 0, &f->err));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	refused(f, NULL, "not a file");
	assert_int_equal(rmdir(path), 0);
	if (geteuid() == 0) {
		save(f, &saved);
		assert_int_equal(chown(path, 12345, 12345), 0);
		refused(f, NULL, "belongs to another user");
	}
	unlink(path);
	unlink("real");
}

/* Newest first; two saved in one second have two files; what cannot be read is
 * counted; a temporary file that was left behind goes, a fresh one stays. */
static void
test_list(void **state)
{
	struct fixture *f = *state;
	struct casefile one = a_case(), two = a_case(), three = a_case();
	struct casefile *list;
	const char *directory = state_folder(f->arena), *stale, *fresh;
	struct timeval old[2] = { { .tv_sec = 1763730000 },
		{ .tv_sec = 1763730000 } };
	size_t left_out;
	const char *fault;
	FILE *file;

	save(f, &one);
	assert_int_equal(utimes(casefile_path(f->arena, one.name), old), 0);
	save(f, &two);
	assert_string_equal(two.name, "example.net-20251121-140220-2");
	three.title = "../../Etc/\033[31mx";
	three.name = NULL;
	stale = arena_printf(f->arena, "%s/y.case.ABCDEF", directory);
	fresh = arena_printf(f->arena, "%s/z.case.ABCDEF", directory);
	fclose(fopen(stale, "w"));
	fclose(fopen(fresh, "w"));
	assert_int_equal(utimes(stale, old), 0);
	save(f, &three);
	assert_string_equal(three.name, "etc31mx-20251121-140220");
	assert_int_not_equal(access(stale, F_OK), 0);
	assert_int_equal(unlink(fresh), 0);
	file = fopen(arena_printf(f->arena, "%s/broken.case", directory), "w");
	assert_non_null(file);
	fclose(file);
	assert_int_equal(casefile_list(f->arena, &list, &left_out, &fault), 3);
	assert_int_equal(left_out, 1);
	assert_non_null(fault);
	assert_non_null(strstr(fault, "broken.case"));
	assert_string_equal(list[2].name, one.name);
	assert_int_equal(list[2].n_steps, 2);
	assert_int_equal(casefile_settled(&list[2]), 1);
	assert_int_equal(list[2].bounce_len, 0);
	unlink(casefile_path(f->arena, one.name));
	unlink(casefile_path(f->arena, two.name));
	unlink(casefile_path(f->arena, three.name));
	unlink(casefile_path(f->arena, "broken"));
}

/* A disk that is full: one sentence, and the case saved before stays. */
static void
test_full(void **state)
{
	struct fixture *f = *state;
	struct casefile saved = a_case(), got;
	struct rlimit unlimited, full;

	save(f, &saved);
	saved.title = "changed";
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
	full = unlimited;
	full.rlim_cur = 100;
	str_clear(&f->err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
	assert_false(casefile_save(f->arena, &saved, facts, sizeof facts - 1,
	    &f->err));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
	assert_non_null(strstr(f->err.text, "File too large"));
	assert_null(strchr(f->err.text, '\n'));
	assert_true(casefile_load(f->arena, NULL, &got, &f->err));
	assert_string_equal(got.title, "example.net");
	unlink(casefile_path(f->arena, saved.name));
}

static void
test_merge(void **state)
{
	static struct step planned[] = {
		{ .id = "b", .title = "B", .alternative_to = "c" },
		{ .id = "new", .title = "New" }, { .id = "d", .title = "D now" }
	};
	static const struct plan plan = { .steps = planned, .n = 3 };
	static const struct case_step old[] = {
		{ .id = "a", .title = "A", .state = STEP_DONE, .note = "seen" },
		{ .id = "b", .title = "B", .state = STEP_WAITING },
		{ .id = "c", .title = "C", .state = STEP_OPEN },
		{ .id = "o", .title = "O", .state = STEP_OPEN,
		    .other_way = true },
		{ .id = "d", .title = "D", .state = STEP_SKIPPED },
		{ .id = "e", .title = "E", .state = STEP_WAITING }
	};
	struct fixture *f = *state;
	struct case_step list[CASEFILE_STEPS_MAX];
	char order[64] = "";

	assert_int_equal(casefile_merge(f->arena, old, 6, &plan, true, list),
	    6);
	for (size_t i = 0; i < 6; i++)
		snprintf(order + strlen(order), 16, "%s:%s%s ", list[i].id,
		    step_state_name(list[i].state), list[i].needed ? "" : "-");
	assert_string_equal(order, "a:done- b:waiting c:done- new:open "
	    "d:skipped e:done- ");
	assert_string_equal(list[4].title, "D now");
	assert_true(list[1].other_way);
	/* nothing is certain: what is open and gone is no news */
	assert_int_equal(casefile_merge(f->arena, old, 6, &plan, false, list),
	    5);
	assert_int_equal(list[4].state, STEP_WAITING);
}

static void
test_options(void **state)
{
	static const struct diagnosis_options none;
	struct fixture *f = *state;
	struct casefile saved = a_case();
	struct diagnosis_options given = { .selector = "mine" }, got;

	saved.name = "n";
	got = casefile_options(f->arena, &saved, &given);
	assert_string_equal(got.selector, "mine");
	assert_string_equal(got.resolvers[0], "192.0.2.53");
	assert_null(got.replay_file);
	saved.recorded = true;
	got = casefile_options(f->arena, &saved, &none);
	assert_string_equal(got.replay_file, casefile_path(f->arena, "n"));
	assert_null(got.postfix_directory);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_round, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_damaged, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_faults, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(test_disk, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_list, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_full, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_merge, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_options, set_up,
		    tear_down)
	};
	char command[sizeof home + 16];
	int status;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (mkdtemp(home) == NULL || chdir(home) != 0)
		return 1;
	setenv("XDG_STATE_HOME", home, 1);
	status = cmocka_run_group_tests_name("casefile", tests, NULL, NULL);
	snprintf(command, sizeof command, "%s/whybounce", home);
	rmdir(command);
	rmdir(home);
	return status;
}
