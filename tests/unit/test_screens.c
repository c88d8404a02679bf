/* SPDX-License-Identifier: ISC
 * Every screen, drawn from a made-up diagnosis in windows of three sizes, in
 * every language, and compared with tests/screens/golden/ (and ja/ in it). What
 * the made-up diagnosis says stays English. After a wanted change:
 *
 *     UPDATE_GOLDENS=1 tests/unit/test_screens
 *
 * This file stands in for engine/diagnosis.c and engine/waiting.c, so that only
 * what the screens do is tested here. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <locale.h>
#include <ncurses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#include "engine/diagnosis.h"
#include "engine/bounce/received.h"
#include "engine/demo.h"
#include "engine/waiting.h"
#include "engine/world/host.h"
#include "tui/language.h"
#include "tui/screen.h"
#include "tui/spoken.h"
#include "tests/unit/fixture.h"

struct diagnosis {
	struct arena *arena;
	struct facts *facts;
	struct bounces bounces;
	size_t chosen;
	struct findings findings;
	struct plan plan;
	bool done;
};

/* Everything in here that is foreign tries to break out. */
static const char input[] =
    "From: MAILER-DAEMON@mx.example.net\n"
    "Subject: \033]0;new title\007 \033[2J\xe2\x80\xaelive\xe2\x80\xac\n"
    "\n"
    "<taro@example.com>: host mx1.example.com[192.0.2.25] said: 550-5.7.26 "
    "This mail\n"
    "    is unauthenticated, which poses a security risk to the sender and\n"
    "    550-5.7.26 has been blocked. (in reply to end of DATA command)\n"
    "\n"
    "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e \x9b broken octet\n";

static const char *const other_classes[] = { "spf", "dkim", NULL };

static struct bounce bounce_list[] = {
	{
		.file = "-", .form = FORM_DSN_TEXT, .class_id = "unauth",
		.rule = "google.unauthenticated", .outcome = OUTCOME_BOUNCED,
		.reply = "550", .status = "5.7.26",
		.stage = STAGE_END_OF_DATA, .recipient = "taro@example.com",
		.sender = "info@example.net",
		.remote_host = "mx1.example.com", .remote_ip = "192.0.2.25",
		.client_ip = "203.0.113.7", .domain = "example.net",
		.text = "550-5.7.26 This mail is unauthenticated, which poses "
		    "a security risk to the sender and has been \033[31m"
		    "blocked.",
		.mark_start = 11, .mark_len = 28, .start = 0,
		.end = sizeof input - 1
	}, {
		.file = "-", .form = FORM_LOG, .class_id = "unauth",
		.alternatives = other_classes, .rule = "google.other",
		.outcome = OUTCOME_DEFERRED, .reply = "421",
		.recipient = "hana@example.com", .text = "421 try later"
	}
};

static const char *const why_so[] = {
	"The bounce was written by this server.",
	"203.0.113.7 is an address of this server (eth0)."
};
static const char *const spf_fact[] = { "dns example.net TXT", NULL };
static const struct spf_judgement softfail = {
	.result = SPF_SOFTFAIL, .reason = "No term matches."
};
static struct authentication judged[] = {
	{ .ip = "203.0.113.7", .spf = &softfail, .dmarc = "none" }
};

static struct finding finding_list[] = {
	{
		.id = "spf.not-authorized", .status = FINDING_PROBLEM,
		.role = ROLE_CAUSE, .subject = "example.net",
		.title = "SPF of example.net does not name 203.0.113.7",
		.detail = "The record names 192.0.2.99 only. Receivers take "
		    "mail from any other address for forged.",
		.facts = spf_fact
	}, {
		.id = "dmarc.none", .status = FINDING_PROBLEM,
		.role = ROLE_ADVICE, .subject = "example.net",
		.title = "example.net has no DMARC record",
		.detail = "Nobody reports to you what is done in your name.",
		.facts = spf_fact
	}, {
		.id = "dkim.unknown", .status = FINDING_UNKNOWN,
		.role = ROLE_ADVICE, .subject = "example.net",
		.title = "It is not known whether mail is signed",
		.detail = "No DKIM selector is known.", .facts = spf_fact
	}, {
		.id = "address.ptr", .status = FINDING_OK,
		.role = ROLE_ADVICE, .subject = "203.0.113.7",
		.title = "203.0.113.7 has a name that leads back",
		.facts = spf_fact
	}
};

static struct check_row rows[] = {
	{
		.label = "Address", .subject = "203.0.113.7", .state = ROW_OK,
		.result = "this server's own",
		.plain = "The address that the receiver saw."
	}, {
		.label = "SPF", .subject = "example.net",
		.state = ROW_PROBLEM, .result = "softfail for 203.0.113.7",
		.plain = "SPF is a DNS entry that names the addresses which "
		    "may send with a domain. The receiver looks it up."
	}, {
		.label = "DKIM", .subject = "example.net",
		.state = ROW_UNKNOWN, .result = "no selector known"
	}, {
		.label = "DMARC", .subject = "_dmarc.example.net",
		.state = ROW_WARNING, .result = "no record"
	}, {
		.label = "Block lists", .state = ROW_RUNNING
	}, {
		.label = "IPv6", .state = ROW_NOT_APPLICABLE,
		.result = "not used"
	}
};

static const char *const old_spf[] = {
	"v=spf1 ip4:192.0.2.99 ~all", "site-check=\033[31m1", NULL
};
static const char *const new_spf[] = {
	"v=spf1 ip4:192.0.2.99 ip4:203.0.113.7 ip6:2001:db8:1:2:3:4:5:6 "
	"include:_spf.example.org include:_spf.example.com ~all",
	"site-check=\033[31m1", NULL
};
static const char *const new_dmarc[] = {
	"v=DMARC1; p=none; rua=mailto:postmaster@example.net", NULL
};

static struct change spf_changes[] = {
	{
		.kind = CHANGE_DNS, .zone = "example.net",
		.name = "example.net", .type = DNS_TXT, .before = old_spf,
		.after = new_spf
	}, {
		.kind = CHANGE_ADVICE, .record = "v=spf1 a:example.net ~all",
		.record_result = "softfail",
		.text = "It names the web server, which does not send."
	}
};
static struct proof spf_proofs[] = {
	{
		.what = "spf", .ip = "203.0.113.7",
		.sender = "info@example.net", .before = "softfail",
		.after = "pass"
	}, {
		.what = "spf", .ip = "192.0.2.99",
		.sender = "info@example.net", .before = "pass",
		.after = "pass"
	}
};
static struct card spf_cards[] = {
	{
		.panel = "bind", .title = "Zone file",
		.text = "example.net. 3600 IN TXT \"v=spf1 ip4:203.0.113.7 "
		    "~all\"\n"
	}
};
static struct change host_changes[] = {
	{
		.kind = CHANGE_POSTCONF, .parameter = "myorigin",
		.old_value = "$myhostname", .new_value = "it's example.net",
		.text = "postconf -e 'myorigin = it'\\''s example.net'"
	}, {
		.kind = CHANGE_COMMAND, .text = "postfix stop\npostfix start\n"
	}
};
static struct change dmarc_changes[] = {
	{
		.kind = CHANGE_DNS, .zone = "example.net",
		.name = "_dmarc.example.net", .type = DNS_TXT,
		.after = new_dmarc
	}
};

static struct step step_list[] = {
	{
		.id = "spf.publish", .who = "dns", .time = "5 minutes",
		.title = "Name 203.0.113.7 in the SPF record of example.net",
		.why = "mx1.example.com found nothing that says 203.0.113.7 "
		    "may send for example.net.",
		.changes = spf_changes, .n_changes = 2, .proofs = spf_proofs,
		.n_proofs = 2, .proven = true, .cards = spf_cards,
		.n_cards = 1, .verify = "dig example.net TXT"
	}, {
		.id = "postfix.origin", .who = "host", .time = "2 minutes",
		.title = "Let Postfix use example.net",
		.why = "Mail leaves with the host name.",
		.changes = host_changes, .n_changes = 2
	}, {
		.id = "dmarc.publish", .who = "dns", .time = "5 minutes",
		.alternative_to = "postfix.origin",
		.title = "Publish a DMARC record for example.net",
		.why = "You get reports.", .changes = dmarc_changes,
		.n_changes = 1
	}
};

/* Instead of the last one, where a test wants it. */
static const char *const new_ptr[] = { "mx.example.net", NULL };
static struct change ptr_changes[] = {
	{
		.kind = CHANGE_DNS, .name = "7.113.0.203.in-addr.arpa",
		.type = DNS_PTR, .after = new_ptr
	}
};
static struct proof ptr_proofs[] = {
	{ .what = "ptr", .ip = "203.0.113.7", .before = "none",
	    .after = "pass" }
};
static const struct step hoster_step = {
	.id = "address.ptr", .who = "hoster", .time = "1-2 days",
	.title = "Have 203.0.113.7 named mx.example.net",
	.why = "Receivers look up the name of the address.",
	.changes = ptr_changes, .n_changes = 1, .proofs = ptr_proofs,
	.n_proofs = 1
};

/* Instead of a bounce, where a test wants it. */
static struct received_method judged_there[] = {
	{
		.method = "spf", .result = "pass", .domain = "example.net",
		.ip = "203.0.113.7", .words = "spf=pass"
	}, {
		.method = "dkim", .result = "fail", .domain = "example.net",
		.selector = "s1\033[31m", .words = "dkim=fail"
	}
};
static struct received arrived = {
	.receiver = "mx1.example.com", .return_path = "info@example.net",
	.from = "info@example.net", .to = "taro@example.com",
	.client_ip = "203.0.113.7", .helo = "mx.example.net",
	.methods = judged_there, .n_methods = 2, .dkim_domain = "example.net",
	.dkim_selector = "s1", .n_signatures = 1, .has_body = true
};
static bool has_arrived, recorded;

struct diagnosis *
diagnosis_new(const struct diagnosis_options *options, struct str *err)
{
	struct diagnosis *d = calloc(1, sizeof *d);
	const struct fact_value value = {
		.text = old_spf[0], .len = strlen(old_spf[0])
	};

	(void)options;
	(void)err;
	assert_non_null(d);
	d->arena = arena_new();
	d->facts = facts_new(d->arena);
	if (recorded)
		facts_set_world(d->facts, FACTS_RECORDED);
	facts_store(d->facts, "example.net", DNS_TXT, FACT_OK, &value, 1,
	    3600, "192.0.2.53@5353", 12, NULL, NULL);
	facts_store(d->facts, "b;rm -rf.example", DNS_A, FACT_TIMEOUT, NULL,
	    0, 0, NULL, -1, NULL, "no answer in 5 s");
	d->bounces = (struct bounces){ .list = bounce_list, .n = 2 };
	d->findings = (struct findings){
		.identity = {
			.client_ip = "203.0.113.7", .owner = OWNER_OWN,
			.evidence = why_so, .n_evidence = 2,
			.envelope_domain = "example.net",
			.from_domain = "example.net"
		},
		.authentication = judged, .n_authentication = 1,
		.list = finding_list, .n = 4, .rows = rows, .n_rows = 6,
		.n_problems = 2, .n_unknown = 1, .n_ok = 1
	};
	d->plan = (struct plan){
		.steps = step_list, .n = 3,
		.headline = "mx1.example.com refused your message to "
		    "taro@example.com, because neither SPF nor DKIM vouches "
		    "for 203.0.113.7.",
		.first = "Name 203.0.113.7 in the SPF record of example.net."
	};
	return d;
}

void
diagnosis_free(struct diagnosis **d)
{
	if (*d == NULL)
		return;
	arena_free(&(*d)->arena);
	free(*d);
	*d = NULL;
}

size_t
diagnosis_read(struct diagnosis *d, const char *file, const char *text,
    size_t len)
{
	(void)file;
	if (memmem(text, len, "550", 3) == NULL)
		d->bounces.n = 0;
	return d->bounces.n;
}

void
diagnosis_choose(struct diagnosis *d, size_t index)
{
	if (index < d->bounces.n)
		d->chosen = index;
}

void
diagnosis_reclass(struct diagnosis *d, const char *class_id)
{
	d->bounces.list[d->chosen].class_id = class_id;
	d->bounces.list[d->chosen].rule = RULE_TOLD;
}

void
diagnosis_start(struct diagnosis *d)
{
	d->done = false;
}

size_t
diagnosis_poll(struct diagnosis *d, struct pollfd *fds, size_t max,
    int *timeout)
{
	(void)d;
	(void)fds;
	(void)max;
	*timeout = -1;
	return 0;
}

bool
diagnosis_io(struct diagnosis *d, const struct pollfd *fds, size_t n)
{
	(void)d;
	(void)fds;
	(void)n;
	return false;
}

bool
diagnosis_done(const struct diagnosis *d)
{
	return d->done;
}

void
diagnosis_stop(struct diagnosis *d)
{
	d->done = true;
}

void
diagnosis_reword(struct diagnosis *d)
{
	(void)d;
}

void
diagnosis_again(struct diagnosis *d, bool all)
{
	(void)all;
	d->done = false;
}

void
diagnosis_refresh(struct diagnosis *d, const struct change *changes, size_t n)
{
	(void)changes;
	(void)n;
	d->done = true;
}

void
diagnosis_assume(struct diagnosis *d, const struct change *changes, size_t n)
{
	(void)changes;
	(void)n;
	d->done = true;
}

void
diagnosis_record(const struct diagnosis *d, struct str *out)
{
	(void)d;
	str_adds(out, "[case]\n");
}

const struct bounces *
diagnosis_bounces(const struct diagnosis *d)
{
	return &d->bounces;
}

const struct bounce *
diagnosis_bounce(const struct diagnosis *d)
{
	return d->bounces.n != 0 ? &d->bounces.list[d->chosen] : NULL;
}

const struct postfix *
diagnosis_postfix(const struct diagnosis *d)
{
	(void)d;
	return NULL;
}

bool
diagnosis_tell(struct diagnosis *d, const char *who, struct str *err)
{
	(void)d;
	(void)who;
	str_adds(err, "not in this test");
	return false;
}

bool
diagnosis_can_renew_key(const struct diagnosis *d)
{
	(void)d;
	return false;
}

void
diagnosis_renew_key(struct diagnosis *d)
{
	(void)d;
}

const struct received *
diagnosis_received(const struct diagnosis *d)
{
	(void)d;
	return has_arrived ? &arrived : NULL;
}

const struct host *
diagnosis_host(const struct diagnosis *d)
{
	static const struct host host = {
		.known = true, .name = "mx.example.net"
	};

	(void)d;
	return &host;
}

const struct findings *
diagnosis_findings(const struct diagnosis *d)
{
	return &d->findings;
}

const struct plan *
diagnosis_plan(const struct diagnosis *d)
{
	return &d->plan;
}

const struct facts *
diagnosis_facts(const struct diagnosis *d)
{
	return d->facts;
}

const struct recording *
diagnosis_recording(const struct diagnosis *d)
{
	(void)d;
	return NULL;
}

const char *
diagnosis_input(const struct diagnosis *d, size_t *len)
{
	(void)d;
	*len = sizeof input - 1;
	return input;
}

int
diagnosis_exit_status(const struct diagnosis *d)
{
	(void)d;
	return 1;
}

const char *
demo_id(size_t i)
{
	static const char *const ids[] = { "0", "1", "3b" };

	return i < 3 ? ids[i] : NULL;
}

const char *
demo_title(struct arena *arena, size_t i)
{
	return arena_printf(arena, "Case number %zu, told in one line", i);
}

/* ---- a wait that never asks anything; what the servers say is made up */

#define NOW 1770026400
#define SERVER(host, ip, how, ...) { .role = WATCH_AUTHORITY, .name = host, \
	.address = ip, .state = how, __VA_ARGS__ }
#define CACHE(where, host, ip, how, ...) { .role = where, .name = host, \
	.address = ip, .state = how, __VA_ARGS__ }

static struct typo_mistake typed_wrong = {
	.id = "typo.value", .sentence = "One digit differs.",
	.wanted = "v=spf1 ip4:203.0.113.7 ~all",
	.published = "v=spf1 ip4:203.0.113.1 ~all",
	.prefix = "v=spf1 ip4:203.0.113.", .position = 22
};
static struct watch_row behind_rows[] = {
	SERVER("ns1.dns.example", "192.0.2.53", WATCH_RIGHT,
	    .value = "v=spf1 ip4:203.0.113.7 ~all"),
	SERVER("ns2.dns.example", "192.0.2.54", WATCH_NOT_YET,
	    .behind = true),
	SERVER("ns2.dns.example", "2001:db8::54", WATCH_UNREACHABLE,
	    .v6 = true, .note = "no way there\033[31m"),
	CACHE(WATCH_RESOLVER, NULL, "127.0.0.1", WATCH_NOT_YET,
	    .remaining = 2290),
	CACHE(WATCH_PUBLIC, "Resolver Example", "192.0.2.1", WATCH_HELD,
	    .remaining = 0)
};
static struct watch_row wrong_rows[] = {
	SERVER("ns1.dns.example", "192.0.2.53", WATCH_DIFFERENT,
	    .mistakes = &typed_wrong, .n_mistakes = 1),
	SERVER("ns2.dns.example", "192.0.2.54", WATCH_TWO_RECORDS,
	    .v6 = false),
	SERVER("ns3.dns.example", "192.0.2.55", WATCH_DOUBLED, .v6 = false),
	SERVER("ns4.dns.example", "192.0.2.56", WATCH_MISPLACED,
	    .v6 = false),
	SERVER("ns5.dns.example", "192.0.2.57", WATCH_LAME, .v6 = false),
	SERVER("ns6.dns.example", "192.0.2.58", WATCH_UNKNOWN,
	    .note = "SERVFAIL")
};
static struct watch_row right_rows[] = {
	SERVER("ns1.dns.example", "192.0.2.53", WATCH_RIGHT,
	    .value = "v=spf1 ip4:203.0.113.7 ~all"),
	CACHE(WATCH_RESOLVER, NULL, "127.0.0.1", WATCH_RIGHT, .v6 = false),
	CACHE(WATCH_PUBLIC, "Resolver Example", "192.0.2.1", WATCH_NOT_YET,
	    .value = "v=spf1 -all", .remaining = 125)
};
static struct watch_record behind_record = {
	.change = spf_changes, .zone = "example.net", .rows = behind_rows,
	.n_rows = 5, .n_authorities = 3, .n_right = 1
};
static struct watch_record wrong_record = {
	.change = spf_changes, .zone = "example.net", .rows = wrong_rows,
	.n_rows = 6, .n_authorities = 6,
	.delegation = "Parent and zone name different servers."
};
static struct watch_record right_record = {
	.change = spf_changes, .zone = "example.net", .rows = right_rows,
	.n_rows = 3, .n_authorities = 1, .n_right = 1
};
static const struct watch_view asking = { .verdict = WATCH_WAITING };
static const struct watch_view behind = {
	.verdict = WATCH_WAITING, .settled = true, .records = &behind_record,
	.n_records = 1, .next = NOW + 23
};
static const struct watch_view wrong = {
	.verdict = WATCH_MISTAKE, .settled = true, .records = &wrong_record,
	.n_records = 1, .next = NOW + 60
};
static const struct watch_view right = {
	.verdict = WATCH_WAITING, .settled = true, .records = &right_record,
	.n_records = 1, .hold = 3600, .until = NOW + 3600, .next = NOW + 95
};
static const struct watch_view everywhere = {
	.verdict = WATCH_DONE_PARTLY, .settled = true,
	.records = &right_record, .n_records = 1
};
static const struct watch_view *seen = &asking;

struct waiting {
	int nothing;
};

struct waiting *
waiting_new(const struct diagnosis_options *options,
    const struct change *changes, size_t n, int64_t since, struct str *err)
{
	(void)options;
	(void)changes;
	(void)n;
	(void)since;
	(void)err;
	return calloc(1, sizeof(struct waiting));
}

void
waiting_free(struct waiting **waiting)
{
	free(*waiting);
	*waiting = NULL;
}

size_t
waiting_poll(struct waiting *waiting, struct pollfd *fds, size_t max,
    int64_t now, int *timeout)
{
	(void)waiting;
	(void)fds;
	(void)max;
	(void)now;
	*timeout = -1;
	return 0;
}

bool
waiting_io(struct waiting *waiting, const struct pollfd *fds, size_t n,
    int64_t now)
{
	(void)waiting;
	(void)fds;
	(void)n;
	(void)now;
	return true;
}

void
waiting_again(struct waiting *waiting, int64_t now)
{
	(void)waiting;
	(void)now;
}

void
waiting_reword(struct waiting *waiting)
{
	(void)waiting;
}

const struct watch_view *
waiting_view(const struct waiting *waiting)
{
	(void)waiting;
	return seen;
}

int64_t
waiting_when(const struct waiting *waiting)
{
	(void)waiting;
	return NOW;
}

bool
waiting_asking(const struct waiting *waiting)
{
	(void)waiting;
	return false;
}

/* ------------------------------------------------------------------ */

static const struct size {
	int columns, lines;
} sizes[] = { { 80, 24 }, { 40, 12 }, { 132, 43 } };

static const struct diagnosis_options no_options;
static const struct app_options options = {
	.diagnosis = &no_options, .keys_fd = -1
};

/* What stands on the screen, and where the cursor is. */
static void
screen_text(struct str *out)
{
	wchar_t line[512];
	char octets[2048];
	int y, x;

	str_addf(out, "=== %dx%d\n", COLS, LINES);
	getyx(stdscr, y, x);
	for (int i = 0; i < LINES; i++) {
		size_t len;

		mvinnwstr(i, 0, line, 511);
		len = wcstombs(octets, line, sizeof octets);
		assert_true(len < sizeof octets);
		while (len != 0 && octets[len - 1] == ' ')
			len--;
		str_add(out, octets, len);
		str_addc(out, '\n');
		for (size_t k = 0; k < len; k++)
			if ((unsigned char)octets[k] < ' ' ||
			    octets[k] == 0x7f)
				fail_msg("control character on the screen");
	}
	str_addf(out, "=== cursor %d,%d\n", x, y);
	if (mvinch(LINES - 1, COLS - 1) != ' ')
		fail_msg("the bottom right cell is written");
	move(y, x);
}

static void
compare(const char *name, const struct str *got)
{
	char path[1024], want[65536];
	bool english = strcmp(language_now(), "en") == 0;
	FILE *file;
	size_t len;

	snprintf(path, sizeof path, "%s/tests/screens/golden/%s%s%s.txt",
	    TEST_SRCDIR, english ? "" : language_now(), english ? "" : "/",
	    name);
	if (getenv("UPDATE_GOLDENS") != NULL) {
		file = fopen(path, "w");
		assert_non_null(file);
		fwrite(got->text, 1, got->len, file);
		fclose(file);
		return;
	}
	file = fopen(path, "r");
	if (file == NULL)
		fail_msg("%s is not there", path);
	len = fread(want, 1, sizeof want, file);
	fclose(file);
	if (len != got->len || memcmp(want, got->text, len) != 0) {
		print_error("%s: got\n%s", name, got->text);
		fail_msg("%s: not as in %s", name, path);
	}
}

/* Among keys: the servers that are waited for have answered. */
#define TOLD "\1"

static void
press(struct app *app, const char *keys)
{
	for (; *keys != '\0'; keys++) {
		struct key key = {
			.code = (unsigned char)*keys, .alone = true,
			.bytes = { (unsigned char)*keys }, .n_bytes = 1
		};

		stage_draw(app);
		if (*keys == TOLD[0])
			waits_io(app, NULL, 0);
		else
			stage_key(app, &key);
	}
}

/* Where cases are saved: forget those of the last test. */
static char state_home[] = "/tmp/whybounce-state-XXXXXX";

static void
forget_cases(void)
{
	char path[512];
	DIR *directory;
	const struct dirent *file;

	snprintf(path, sizeof path, "%s/whybounce", state_home);
	directory = opendir(path);
	while (directory != NULL) {
		file = readdir(directory);
		if (file == NULL)
			break;
		if (file->d_name[0] != '.')
			unlinkat(dirfd(directory), file->d_name, 0);
	}
	if (directory != NULL)
		closedir(directory);
	rmdir(path);
}

/* Screen readers say the line with the cursor. */
static bool
on_selection(void)
{
	int y, x;
	bool there;

	getyx(stdscr, y, x);
	there = (mvinch(y, 0) & A_CHARTEXT) == '>';
	move(y, x);
	return there && x == 0;
}

/* The screen on top as line mode says it: in NAME-spoken.txt. */
static void
check_spoken(const char *name, struct app *app)
{
	const struct screen *screen = app_screen(app);
	struct arena *arena = arena_new();
	struct page page;
	struct str got;
	char file[256];

	page_begin_spoken(&page, arena);
	screen->draw(app, &page);
	str_init(&got, 1u << 20);
	for (size_t next = 0;;) {
		next = spoken_page(&page, next, NULL, &got);
		if (!screen->text)
			spoken_question(&page, screen->keys,
			    app_place(app)->selected, next != 0, &got);
		str_addc(&got, '\n');
		if (next == 0)
			break;
	}
	for (size_t i = 0; i < got.len; i++)
		if (((unsigned char)got.text[i] < ' ' &&
		    got.text[i] != '\n') || got.text[i] == 0x7f)
			fail_msg("control character in what is said");
	snprintf(file, sizeof file, "%s-spoken", name);
	compare(file, &got);
	str_free(&got);
	arena_free(&arena);
}

/* Draw what SCREEN is after KEYS, in each size. */
static void
check_screen(const char *name, const struct screen *screen, bool done,
    const char *keys)
{
	struct str got;

	str_init(&got, 1u << 20);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct diagnosis *d = diagnosis_new(&no_options, NULL);
		struct app *app = calloc(1, sizeof *app);

		assert_non_null(app);
		resizeterm(sizes[i].lines, sizes[i].columns);
		app_init(app, d, &options);
		snprintf(app->host, sizeof app->host, "mx.example.net");
		app->fixed_time = NOW;
		session_look(app);
		d->done = done;
		if (screen != &screen_start)
			app_go(app, screen);
		press(app, keys);
		stage_draw(app);
		screen_text(&got);
		if (app->n_items != 0 && !app_screen(app)->text &&
		    strchr(keys, 'G') == NULL && !on_selection())
			fail_msg("%s: not on the selection\n%s", name,
			    got.text);
		if (i == 0)
			check_spoken(name, app);
		app_clear(app);
		diagnosis_free(&d);
		free(app);
		forget_cases();
	}
	compare(name, &got);
	str_free(&got);
}

struct golden {
	const char *name;
	const struct screen *screen;
	bool done;
	const char *keys;
};

static const struct golden goldens[] = {
	{ "start", &screen_start, true, "" },
	{ "demos", &screen_demos, true, "j" },
	{ "asked", &screen_start, true, "p" },
	{ "asked-end", &screen_start, true, "pG" },
	{ "paste", &screen_paste, true, "" },
	{ "verdict", &screen_verdict, true, "" },
	{ "verdict-second", &screen_verdict, true, "n" },
	{ "kind", &screen_verdict, true, "3" },
	{ "view", &screen_view, true, "" },
	{ "view-searched", &screen_view, true, "/MAIL\rn" },
	{ "view-not-found", &screen_view, true, "/nowhere\r" },
	{ "search", &screen_view, true, "/what" },
	{ "checks-running", &screen_checks, false, "j" },
	{ "checks", &screen_checks, true, "" },
	{ "findings", &screen_findings, true, "" },
	{ "findings-end", &screen_findings, true, "G" },
	{ "step-dns", &screen_step, true, "" },
	{ "step-dns-end", &screen_step, true, "G" },
	{ "step-card", &screen_step, true, "f" },
	{ "step-host", &screen_step, true, "n" },
	{ "step-alternative", &screen_step, true, "nn" },
	{ "evidence", &screen_evidence, true, "" },
	{ "done-open", &screen_done, true, "" },
	{ "done", &screen_step, true, "snot mine\rx" },
	{ "help", &screen_step, true, "?" },
	{ "quit-asked", &screen_step, true, "q" },
	{ "test-recipient", &screen_done, true, "5" },
	{ "test-letter", &screen_done, true, "5\r" }
};

/* The same instead of a bounce. */
static const struct golden received_goldens[] = {
	{ "received", &screen_verdict, true, "" },
	{ "received-checks", &screen_checks, true, "" },
	{ "received-findings", &screen_findings, true, "" },
	{ "received-view", &screen_view, true, "" }
};

/* Speak the test's language. */
static void
speak(void **state)
{
	const char *language = *state;

	if (!language_exists(language) || !language_set(language) ||
	    strcmp(language_now(), language) != 0)
		skip();
}

static void
test_screens(void **state)
{
	speak(state);
	for (size_t i = 0; i < sizeof goldens / sizeof *goldens; i++)
		check_screen(goldens[i].name, goldens[i].screen,
		    goldens[i].done, goldens[i].keys);
}

static void
test_received(void **state)
{
	speak(state);
	has_arrived = true;
	for (size_t i = 0; i < sizeof received_goldens /
	    sizeof *received_goldens; i++)
		check_screen(received_goldens[i].name,
		    received_goldens[i].screen, received_goldens[i].done,
		    received_goldens[i].keys);
	has_arrived = false;
}

/* Waiting for the record of the first step, whatever the servers say. */
static void
test_wait(void **state)
{
	static const struct {
		const char *name, *keys;
		const struct watch_view *seen;
	} cases[] = {
		{ "wait-asking", "x", &asking }, { "wait", "x", &behind },
		{ "wait-end", "xG", &behind }, { "wait-wrong", "x", &wrong },
		{ "wait-wrong-end", "xG", &wrong },
		{ "wait-right", "x", &right },
		{ "wait-over", "x" TOLD, &everywhere },
		{ "wait-left", "x" TOLD "b", &wrong },
		{ "done-waiting", "x" TOLD "nnn", &behind }
	};

	speak(state);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		seen = cases[i].seen;
		check_screen(cases[i].name, &screen_step, true,
		    cases[i].keys);
	}
	seen = &asking;
	recorded = true;
	check_screen("wait-recorded", &screen_step, true, "x");
	recorded = false;
}

/* The letter is about the last step, the others have another for it. */
static void
test_letter(void **state)
{
	const struct step kept = step_list[2];

	speak(state);
	step_list[2] = hoster_step;
	check_screen("step-hoster", &screen_step, true, "nn");
	check_screen("done-hoster", &screen_done, true, "");
	check_screen("letter", &screen_letter, true, "");
	check_screen("letter-end", &screen_letter, true, "G");
	step_list[2] = kept;
}

/* Screens that need something before they can be shown. */
static void
test_ask(void **state)
{
	speak(state);
	check_screen("ask-file", &screen_start, true, "2~/Mail/x y");
	check_screen("ask-domain", &screen_start, true, "5example.net");
	check_screen("ask-report", &screen_done, true, "w");
	check_screen("ask-reason", &screen_step, true, "snot mine");
	check_screen("flush", &screen_flush, true, "");
}

static void
check_paste(const char *name, const char *text, size_t repeat, bool end)
{
	struct str got;

	str_init(&got, 1u << 20);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct app *app = calloc(1, sizeof *app);

		assert_non_null(app);
		resizeterm(sizes[i].lines, sizes[i].columns);
		app_init(app, NULL, &options);
		snprintf(app->host, sizeof app->host, "mx.example.net");
		paste_begin(app, true);
		for (size_t k = 0; k < repeat; k++)
			paste_add(app, (const unsigned char *)text,
			    strlen(text));
		if (end)
			paste_end(app);
		stage_draw(app);
		screen_text(&got);
		app_clear(app);
		free(app);
	}
	compare(name, &got);
	str_free(&got);
}

/* Keys on the question what a second paste is, and what is left then. */
static void
test_second_paste(void **state)
{
	static const struct {
		const char *keys, *want;
	} cases[] = {
		{ "\r", "550 one\n550 two\n" },
		{ "\033", "550 one\n550 two\n" },
		{ "2", "550 two\n" }, { "3", "550 one\n" }
	};
	static const unsigned char one[] = "550 one\r\r", two[] = "550 two\r";

	speak(state);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct app *app = calloc(1, sizeof *app);

		assert_non_null(app);
		resizeterm(24, 80);
		app_init(app, NULL, &options);
		paste_begin(app, true);
		paste_add(app, one, sizeof one - 1);
		paste_end(app);
		assert_ptr_equal(app_screen(app), &screen_paste);
		paste_begin(app, true);
		paste_add(app, two, sizeof two - 1);
		paste_end(app);
		assert_ptr_equal(app_screen(app), &screen_second);
		press(app, cases[i].keys);
		assert_ptr_equal(app_screen(app), &screen_paste);
		assert_string_equal(app->paste.text.text, cases[i].want);
		/* without marks nobody knows whether it is one */
		paste_begin(app, false);
		paste_add(app, two, sizeof two - 1);
		paste_end(app);
		assert_ptr_equal(app_screen(app), &screen_paste);
		app_clear(app);
		free(app);
	}
}

static void
test_paste(void **state)
{
	speak(state);
	check_paste("paste-receiving", "550 no\r", 1000, false);
	check_paste("paste-received",
	    "550-5.7.26 This mail\rhas been \033]0;x\007blocked\r", 1, true);
	check_paste("paste-no-bounce", "hello\r", 1, true);
	check_paste("paste-too-long", "550 5.7.1 x\r", 100000, true);
	check_screen("paste-second", &screen_second, true, "");
}

/* ---- the lists: a log and a fake postqueue in a folder of their own */

static const char mail_log[] =
    "2024-02-01T10:00:00.123456+00:00 mx postfix/smtp[1]: A1B2C3D4E5: "
    "to=<taro@example.com>, "
    "relay=mx1.example.com[192.0.2.25]:25, delay=1, delays=0/0/0/1, "
    "dsn=5.1.1, status=bounced (host mx1.example.com[192.0.2.25] said: 550 "
    "5.1.1 <taro@example.com>: user \033[31munknown (in reply to RCPT TO "
    "command))\n"
    "2024-02-01T10:00:01+00:00 mx postfix/smtp[1]: B1B2C3D4E5: "
    "to=<hana@a-very-long-name-of-a-domain.example.org>, relay=none, "
    "delay=1, delays=0/0/1/0, "
    "dsn=4.4.1, status=deferred (connect to mx2.example.com[192.0.2.26]:25: "
    "Connection timed out)\n"
    "2024-02-01T10:00:02+00:00 mx postfix/smtp[1]: C1B2C3D4E5: "
    "to=<x@example.net>, "
    "relay=mx.example.net[192.0.2.1]:25, delay=1, dsn=2.0.0, status=sent "
    "(250 ok)\n"
    "2024-02-02T10:00:01+00:00 mx postfix/qmgr[1]: B1B2C3D4E5: "
    "from=<info@example.net>, status=expired, returned to sender\n";

static const char postqueue[] =
    "#!/bin/sh\n"
    "/bin/cat <<'END'\n"
    "{\"queue_name\": \"deferred\", \"queue_id\": \"A1B2C3D4E5\", "
    "\"arrival_time\": 1770026400, \"message_size\": 1, \"sender\": "
    "\"info@example.net\", \"recipients\": [{\"address\": "
    "\"taro@example.com\", \"delay_reason\": \"host mx1.example.com"
    "[192.0.2.25] said: 450 4.2.1 mailbox full, 550\"}, {\"address\": "
    "\"hana@example.com\", \"delay_reason\": \"host mx1.example.com"
    "[192.0.2.25] said: 450 4.2.1 mailbox full\"}]}\n"
    "{\"queue_name\": \"active\", \"queue_id\": \"B1B2C3D4E5\", "
    "\"arrival_time\": 1770026401, \"message_size\": 1, \"sender\": "
    "\"info@example.net\", \"recipients\": [{\"address\": "
    "\"jiro@example.com\"}]}\n"
    "END\n";

/* KEYS on the start screen, each when everything before it was read. */
static void
check_list(const char *name, const char *keys)
{
	struct str got;

	str_init(&got, 1u << 20);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct app *app = calloc(1, sizeof *app);

		assert_non_null(app);
		resizeterm(sizes[i].lines, sizes[i].columns);
		app_init(app, NULL, &options);
		snprintf(app->host, sizeof app->host, "mx.example.net");
		for (const char *key = keys; *key != '\0'; key++) {
			char one[2] = { *key, '\0' };

			/* a page that was never drawn has no items */
			stage_draw(app);
			if (*key == '!')
				lists_peek(app);
			else
				press(app, one);
			while (lists_busy(app->lists))
				lists_io(app);
		}
		stage_draw(app);
		screen_text(&got);
		app_clear(app);
		free(app);
	}
	compare(name, &got);
	str_free(&got);
}

static void
test_lists(void **state)
{
	char folder[] = "/tmp/whybounce-screens-XXXXXX";
	char program[sizeof folder + 16];

	speak(state);
	assert_non_null(mkdtemp(folder));
	snprintf(program, sizeof program, "%s/postqueue", folder);
	assert_int_equal(chdir(folder), 0);
	fixture_file("mail.log", mail_log, 0600);
	fixture_file("postqueue", postqueue, 0700);
	setenv("PATH", folder, 1);
	setenv("WHYBOUNCE_LOG", "mail.log", 1);
	check_list("log", "3");
	check_list("log-filter", "3/unknown RCPT");
	check_list("log-taken", "3j\r");
	check_list("queue", "4j");
	check_list("start-counts", "!");
	setenv("WHYBOUNCE_LOG", "no.log", 1);
	check_list("log-none", "3");
	setenv("WHYBOUNCE_LOG", ".", 1);
	check_list("log-folder", "3");
	fixture_file("postqueue", "#!/bin/sh\necho 'no queue' >&2; exit 1\n",
	    0700);
	check_list("queue-failed", "4");
	assert_int_equal(unlink("mail.log") | unlink(program) |
	    rmdir(folder), 0);
}

/* ---- a test message: sendmail writes the log, as Postfix would */

static const char sendmail_script[] =
    "#!/bin/sh\n"
    "read_id() { while read -r name id; do\n"
    "    case $name in Message-ID:) echo \"$id\";; esac; done; }\n"
    "id=$(read_id)\n"
    "echo \"Feb  2 10:00:00 mx postfix/cleanup[1]: A1B2C3D4E5: "
    "message-id=$id\" >>mail.log\n"
    "/bin/cat reply >>mail.log\n";
#define REPLY "Feb  2 10:00:00 mx postfix/smtp[1]: A1B2C3D4E5: " \
	"to=<taro@example.com>, relay=mx1.example.com[192.0.2.25]:25, " \
	"delay=1, dsn=2.0.0, status="

/* The screen when all that REPLY says has been read. */
static void
check_test(const char *name, const char *reply, const char *script)
{
	struct str got;

	fixture_file("reply", reply, 0600);
	fixture_file("sendmail", script, 0700);
	str_init(&got, 1u << 20);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct diagnosis *d = diagnosis_new(&no_options, NULL);
		struct app *app = calloc(1, sizeof *app);

		assert_non_null(app);
		fixture_file("mail.log", "", 0600);
		resizeterm(sizes[i].lines, sizes[i].columns);
		app_init(app, d, &options);
		snprintf(app->host, sizeof app->host, "mx.example.net");
		app->fixed_time = NOW;
		session_look(app);
		d->done = true;
		app_go(app, &screen_done);
		press(app, "5\r2");
		while (trying_goes_on(app)) {
			struct pollfd fds[TESTMAIL_FDS];
			int timeout = -1;
			size_t n = trying_poll(app, fds, &timeout);

			poll(fds, n, timeout);
			trying_io(app);
			if (*reply == '\0' &&
			    app->trying.shown == TESTMAIL_UNDER_WAY)
				break;
		}
		stage_draw(app);
		screen_text(&got);
		if (i == 0)
			check_spoken(name, app);
		app_clear(app);
		diagnosis_free(&d);
		free(app);
		forget_cases();
	}
	compare(name, &got);
	str_free(&got);
}

static void
test_mail(void **state)
{
	char folder[] = "/tmp/whybounce-screens-XXXXXX";

	speak(state);
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	setenv("PATH", folder, 1);
	setenv("WHYBOUNCE_LOG", "mail.log", 1);
	check_test("test-under-way", "", sendmail_script);
	check_test("test-accepted", REPLY "sent (250 2.0.0 OK)\n",
	    sendmail_script);
	check_test("test-refused", REPLY "bounced (host mx1.example.com"
	    "[192.0.2.25] said: 550 5.7.26 not \033[31mauthenticated (in reply "
	    "to end of DATA command))\n", sendmail_script);
	check_test("test-failed", "",
	    "#!/bin/sh\necho 'fatal: no queue' >&2; exit 75\n");
	assert_int_equal(unlink("mail.log") | unlink("reply") |
	    unlink("sendmail") | rmdir(folder), 0);
}

static void
test_too_small(void **state)
{
	static const struct size small[] = {
		{ 39, 24 }, { 80, 9 }, { 20, 5 }, { 3, 1 }, { 1, 1 }
	};

	speak(state);
	for (size_t i = 0; i < sizeof small / sizeof small[0]; i++) {
		struct app *app = calloc(1, sizeof *app);
		struct diagnosis *d = diagnosis_new(&no_options, NULL);

		assert_non_null(app);
		resizeterm(small[i].lines, small[i].columns);
		app_init(app, d, &options);
		stage_draw(app);
		assert_true(app->small);
		press(app, "1q");
		assert_int_equal(app->leaving, LEAVE_QUIT);
		app_clear(app);
		diagnosis_free(&d);
		free(app);
	}
}

/* cmocka hands the state on unchanged. */
#define IN(test, language) { .name = #test " " language, .test_func = test, \
	.initial_state = (void *)(uintptr_t)language }
#define IN_ALL(test) IN(test, "en"), IN(test, "ja")

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_ALL(test_screens), IN_ALL(test_received), IN_ALL(test_wait),
		IN_ALL(test_letter), IN_ALL(test_ask),
		IN_ALL(test_paste), IN_ALL(test_second_paste),
		IN_ALL(test_lists), IN_ALL(test_mail),
		IN_ALL(test_too_small)
	};
	FILE *nowhere = fopen("/dev/null", "r+");
	SCREEN *screen;
	int status;

	setvbuf(stdout, NULL, _IOLBF, 0);
	setlocale(LC_ALL, "C.UTF-8");
	language_begin();
	unsetenv("WHYBOUNCE_SYNC");
	setenv("TZ", "UTC", 1);
	if (mkdtemp(state_home) == NULL)
		return 1;
	setenv("XDG_STATE_HOME", state_home, 1);
	screen = newterm("xterm-256color", nowhere, nowhere);
	if (screen == NULL) {
		puts("Bail out! no terminal description for xterm-256color");
		return 1;
	}
	draw_start(true);
	status = cmocka_run_group_tests_name("screens", tests, NULL, NULL);
	endwin();
	delscreen(screen);
	fclose(nowhere);
	forget_cases();
	rmdir(state_home);
	return status;
}
