/* SPDX-License-Identifier: ISC
 * SPF judgements: results with their causes and sentences, the limits, loops,
 * what a pass over missing answers wants, the trace. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "engine/auth/spf.h"
#include "tests/unit/auth_zone.h"
#include "tests/unit/fixture.h"

static const struct spf_judgement *
judge(struct fixture *f, const char *ip, const char *sender)
{
	const struct spf_request request = { .ip = ip, .sender = sender,
		.helo = "helo.example.net" };

	return spf_judge(f->arena, f->facts, &request);
}

/* ---- one world, many questions ---- */

static const char *const world[] = {
	/* the second case: home server behind a relay */
	"gmobb.jp TXT spf2.0/pra ip4:210.157.5.0/24 include:_spf.gmo.jp ~all",
	"gmobb.jp TXT v=spf1 ip4:157.7.156.144/28 ip4:203.141.249.128/25 "
	    "ip4:210.175.7.1 ip4:210.197.108.203 include:_spf.gmo.jp "
	    "include:_spf.maildeliver.jp include:u2.gmoes.jp ~all",
	"_spf.gmo.jp TXT v=spf1 ip4:192.0.2.0/28 ~all",
	"_spf.maildeliver.jp TXT v=spf1 ip4:192.0.2.16/28 ~all",
	"u2.gmoes.jp TXT v=spf1 ip4:192.0.2.32/28 ~all",
	"smtp.gmobb.jp A 157.7.156.145",
	"mydomain.net A 203.0.113.77",
	"step-a.example TXT v=spf1 a:mydomain.net ~all",
	"step-b.example TXT v=spf1 a include:smtp.gmobb.jp ~all",
	"step-b.example A 203.0.113.77",
	"right.example TXT v=spf1 include:gmobb.jp ~all",
	/* the fifth case: a list whose record includes itself */
	"cq-test.net TXT v=spf1 include:cq-test.net ~all",
	/* the results */
	"pass.example TXT v=spf1 ip4:192.0.2.0/24 -all",
	"neutral.example TXT v=spf1 ?all",
	"silent.example TXT v=spf1 ip4:198.51.100.1",
	"empty.example TXT v=spf1",
	"everyone.example TXT v=spf1 +all",
	"fail.example TXT v=spf1 ip4:198.51.100.1 -all exp=why.example",
	"why.example TXT %{i} may not send for %{d}%%",
	"refused.example TXT v=spf1 -ip4:192.0.2.9 +all",
	"two.example TXT v=spf1 -all",
	"two.example TXT v=spf1 mx -all",
	"other.example TXT google-site-verification=abc",
	"mapped.example TXT v=spf1 ip6:::/0 ip4:192.0.2.1 -all",
	"mapped6.example TXT v=spf1 ip6:2001:db8::/32 -all",
	/* faults */
	"syntax.example TXT v=spf1 a mx ip4:192.0.2.300 -all",
	"inner.example TXT v=spf1 include:syntax.example -all",
	"nx-include.example TXT v=spf1 include:nx.example -all",
	"nx-redirect.example TXT v=spf1 redirect=smtp.gmobb.jp",
	"bad-include.example TXT v=spf1 include:%{d1r}..net -all",
	"dead.example TXT timeout",
	"dead-include.example TXT v=spf1 include:dead.example -all",
	"dead-a.example TXT v=spf1 a:ns-broken.example -all",
	"ns-broken.example A servfail",
	"refused-mx.example TXT v=spf1 mx -all",
	"refused-mx.example MX refused",
	"dead-ptr.example TXT v=spf1 ptr -all",
	"1.2.0.192.in-addr.arpa PTR servfail",
	/* loops */
	"ring1.example TXT v=spf1 include:ring2.example -all",
	"ring2.example TXT v=spf1 a:mydomain.net include:RING1.example. -all",
	"entry.example TXT v=spf1 include:ring1.example -all",
	"self-redirect.example TXT v=spf1 redirect=self-redirect.example",
	"saved.example TXT v=spf1 ip4:192.0.2.1 include:saved.example -all",
	/* redirects */
	"redirect.example TXT v=spf1 redirect=pass.example",
	"redirect-all.example TXT v=spf1 redirect=pass.example ?all",
	"redirect-fail.example TXT v=spf1 redirect=fail.example",
	/* prefix lengths that libspf2 refuses */
	"zero4.example TXT v=spf1 ip4:198.51.100.1/0 -all",
	"zero-a.example TXT v=spf1 a:mydomain.net/0 -all",
	"zero-void.example TXT v=spf1 a:nx.example/0 -all",
	/* names that its grammar cannot write */
	"odd.example TXT v=spf1 exists:%{l}.odd.example -all",
	"a\\092b/0.odd.example A 127.0.0.2",
	"slash.example TXT v=spf1 a:%{l} -all",
	/* %{p} */
	"ptr.example TXT v=spf1 exists:%{p}.ok.example -all",
	"9.100.51.198.in-addr.arpa PTR liar.example",
	"9.100.51.198.in-addr.arpa PTR first.example",
	"9.100.51.198.in-addr.arpa PTR mail.sub.ptr.example",
	"ptr2.example TXT v=spf1 ptr:first.example -all",
	"dead-name.example TXT v=spf1 ptr:ok.example -all",
	"8.100.51.198.in-addr.arpa PTR ns-broken.example",
	"8.100.51.198.in-addr.arpa PTR mail.ok.example",
	"mail.ok.example A 198.51.100.8",
	"dead-voids.example TXT v=spf1 ptr a:nx1.example a:nx2.example -all",
	"liar.example A 203.0.113.1",
	"first.example A 198.51.100.9",
	"mail.sub.ptr.example A 198.51.100.9",
	"mail.sub.ptr.example.ok.example A 127.0.0.2",
	NULL
};

static const struct {
	const char *ip, *sender;
	enum spf_result result;
	enum spf_cause cause;
	const char *matched, *blamed, *reason;
} cases[] = {
	{ "157.7.156.159", "me@mydomain.net", SPF_NONE, SPF_CAUSE_NO_RECORD,
	    NULL, "mydomain.net", "mydomain.net publishes no SPF record." },
	{ "157.7.156.159", "me@step-a.example", SPF_SOFTFAIL, SPF_CAUSE_MATCH,
	    "~all", NULL, NULL },
	{ "157.7.156.159", "me@step-b.example", SPF_PERMERROR,
	    SPF_CAUSE_INCLUDE_NO_RECORD, NULL, "smtp.gmobb.jp",
	    "The record of step-b.example includes smtp.gmobb.jp, which "
	    "publishes no SPF record, so no receiver can evaluate it." },
	{ "203.0.113.77", "me@step-b.example", SPF_PASS, SPF_CAUSE_MATCH, "a",
	    NULL, NULL },
	{ "157.7.156.159", "me@right.example", SPF_PASS, SPF_CAUSE_MATCH,
	    "include:gmobb.jp", NULL, "The record of right.example allows "
	    "157.7.156.159, by \"include:gmobb.jp\"." },
	{ "192.0.2.33", "me@right.example", SPF_PASS, SPF_CAUSE_MATCH,
	    "include:gmobb.jp", NULL, NULL },
	{ "203.0.113.73", "contest-admin@cq-test.net", SPF_PERMERROR,
	    SPF_CAUSE_SELF_INCLUDE, NULL, "cq-test.net",
	    "The record of cq-test.net includes itself, so no receiver can "
	    "evaluate it." },
	{ "192.0.2.1", "a@pass.example", SPF_PASS, SPF_CAUSE_MATCH,
	    "ip4:192.0.2.0/24", NULL, NULL },
	{ "192.0.3.1", "a@pass.example", SPF_FAIL, SPF_CAUSE_MATCH, "-all",
	    NULL, "The record of pass.example refuses every address that it "
	    "does not list (\"-all\"), and 192.0.3.1 is not listed." },
	{ "192.0.2.1", "a@neutral.example", SPF_NEUTRAL, SPF_CAUSE_MATCH,
	    "?all", NULL, NULL },
	{ "192.0.2.1", "a@silent.example", SPF_NEUTRAL, SPF_CAUSE_NO_MATCH,
	    NULL, NULL, NULL },
	{ "192.0.2.1", "a@empty.example", SPF_NEUTRAL, SPF_CAUSE_NO_MATCH,
	    NULL, NULL, NULL },
	{ "192.0.2.1", "a@everyone.example", SPF_PASS, SPF_CAUSE_MATCH, "+all",
	    NULL, NULL },
	{ "192.0.2.1", "a@fail.example", SPF_FAIL, SPF_CAUSE_MATCH, "-all",
	    NULL, NULL },
	{ "192.0.2.9", "a@refused.example", SPF_FAIL, SPF_CAUSE_MATCH,
	    "-ip4:192.0.2.9", NULL, "The record of refused.example refuses "
	    "192.0.2.9, by \"-ip4:192.0.2.9\"." },
	{ "192.0.2.1", "a@two.example", SPF_PERMERROR, SPF_CAUSE_TWO_RECORDS,
	    NULL, "two.example", "two.example publishes 2 SPF records; only "
	    "one is allowed, so receivers use none of them." },
	{ "192.0.2.1", "a@other.example", SPF_NONE, SPF_CAUSE_NO_RECORD, NULL,
	    "other.example", NULL },
	{ "192.0.2.1", "a@nx.example", SPF_NONE, SPF_CAUSE_NO_RECORD, NULL,
	    "nx.example", "The name nx.example does not exist in DNS, so it "
	    "has no SPF record." },
	{ "192.0.2.1", "a@localhost", SPF_NONE, SPF_CAUSE_BAD_DOMAIN, NULL,
	    "localhost", NULL },
	{ "192.0.2.1", "a@[192.0.2.1]", SPF_NONE, SPF_CAUSE_BAD_DOMAIN, NULL,
	    "[192.0.2.1]", NULL },
	{ "192.0.2.1", "a@x..example", SPF_NONE, SPF_CAUSE_BAD_DOMAIN, NULL,
	    "x..example", NULL },
	{ "::ffff:192.0.2.1", "a@mapped.example", SPF_PASS, SPF_CAUSE_MATCH,
	    "ip4:192.0.2.1", NULL, NULL },
	{ "2001:DB8:0::1", "a@mapped6.example", SPF_PASS, SPF_CAUSE_MATCH,
	    "ip6:2001:db8::/32", NULL, NULL },
	{ "192.0.2.1", "a@syntax.example", SPF_PERMERROR, SPF_CAUSE_SYNTAX,
	    NULL, "syntax.example", "The record of syntax.example has a "
	    "mistake at character 17: this is not an IP address." },
	{ "192.0.2.1", "a@inner.example", SPF_PERMERROR, SPF_CAUSE_SYNTAX,
	    NULL, "syntax.example", NULL },
	{ "192.0.2.1", "a@nx-include.example", SPF_PERMERROR,
	    SPF_CAUSE_INCLUDE_NO_RECORD, NULL, "nx.example",
	    "The record of nx-include.example includes nx.example, a name "
	    "that does not exist, so no receiver can evaluate it." },
	{ "192.0.2.1", "a@nx-redirect.example", SPF_PERMERROR,
	    SPF_CAUSE_INCLUDE_NO_RECORD, NULL, "smtp.gmobb.jp",
	    "The record of nx-redirect.example redirects to smtp.gmobb.jp, "
	    "which publishes no SPF record, so no receiver can evaluate it." },
	{ "192.0.2.1", "a@bad-include.example", SPF_PERMERROR,
	    SPF_CAUSE_INCLUDE_NO_RECORD, NULL, "bad-include..net", NULL },
	{ "192.0.2.1", "a@dead.example", SPF_TEMPERROR, SPF_CAUSE_DNS, NULL,
	    "dead.example", "No DNS server answered in time for the TXT "
	    "record of dead.example." },
	{ "192.0.2.1", "a@dead-include.example", SPF_TEMPERROR, SPF_CAUSE_DNS,
	    NULL, "dead.example", NULL },
	{ "192.0.2.1", "a@dead-a.example", SPF_TEMPERROR, SPF_CAUSE_DNS, NULL,
	    "ns-broken.example", "DNS reports a failure (SERVFAIL) for the A "
	    "record of ns-broken.example." },
	{ "192.0.2.1", "a@refused-mx.example", SPF_TEMPERROR, SPF_CAUSE_DNS,
	    NULL, "refused-mx.example", "The DNS server refused the question "
	    "for the MX record of refused-mx.example." },
	{ "192.0.2.1", "a@dead-ptr.example", SPF_FAIL, SPF_CAUSE_MATCH, "-all",
	    NULL, NULL },
	{ "192.0.2.1", "a@ring1.example", SPF_PERMERROR, SPF_CAUSE_LOOP, NULL,
	    "ring1.example", "The record of ring1.example leads in a circle: "
	    "that of ring2.example points back to it, so no receiver can "
	    "evaluate it." },
	{ "192.0.2.1", "a@entry.example", SPF_PERMERROR, SPF_CAUSE_LOOP, NULL,
	    "ring1.example", NULL },
	{ "203.0.113.77", "a@ring1.example", SPF_PASS, SPF_CAUSE_MATCH,
	    "include:ring2.example", NULL, NULL },
	{ "192.0.2.1", "a@self-redirect.example", SPF_PERMERROR,
	    SPF_CAUSE_SELF_INCLUDE, NULL, "self-redirect.example", NULL },
	{ "192.0.2.1", "a@saved.example", SPF_PASS, SPF_CAUSE_MATCH,
	    "ip4:192.0.2.1", NULL, NULL },
	{ "192.0.2.1", "a@redirect.example", SPF_PASS, SPF_CAUSE_MATCH,
	    "redirect=pass.example", NULL, NULL },
	{ "192.0.2.1", "a@redirect-all.example", SPF_NEUTRAL, SPF_CAUSE_MATCH,
	    "?all", NULL, NULL },
	{ "192.0.2.1", "a@zero4.example", SPF_PASS, SPF_CAUSE_MATCH,
	    "ip4:198.51.100.1/0", NULL, NULL },
	{ "192.0.2.1", "a@zero-a.example", SPF_PASS, SPF_CAUSE_MATCH,
	    "a:mydomain.net/0", NULL, NULL },
	{ "192.0.2.1", "a@zero-void.example", SPF_FAIL, SPF_CAUSE_MATCH,
	    "-all", NULL, NULL },
	{ "192.0.2.1", "a\\b/0@odd.example", SPF_PASS, SPF_CAUSE_MATCH,
	    "exists:%{l}.odd.example", NULL, NULL },
	{ "192.0.2.1", "mydomain.net/0@slash.example", SPF_FAIL,
	    SPF_CAUSE_MATCH, "-all", NULL, NULL },
	{ "203.0.113.77", "mydomain.net@slash.example", SPF_PASS,
	    SPF_CAUSE_MATCH, "a:%{l}", NULL, NULL },
	{ "198.51.100.9", "a@ptr2.example", SPF_PASS, SPF_CAUSE_MATCH,
	    "ptr:first.example", NULL, NULL },
	/* a name without answer is skipped, and is no void look-up */
	{ "198.51.100.8", "a@dead-name.example", SPF_PASS, SPF_CAUSE_MATCH,
	    "ptr:ok.example", NULL, NULL },
	{ "192.0.2.1", "a@dead-voids.example", SPF_FAIL, SPF_CAUSE_MATCH,
	    "-all", NULL, NULL },
	{ "198.51.100.9", "a@ptr.example", SPF_PASS, SPF_CAUSE_MATCH,
	    "exists:%{p}.ok.example", NULL, NULL },
};

static void
compare(const char *what, const char *name, const char *got, const char *want)
{
	if (got == NULL || want == NULL ? got != want : strcmp(got, want) != 0)
		fail_msg("%s: %s is '%s', want '%s'", name, what,
		    got != NULL ? got : "(null)",
		    want != NULL ? want : "(null)");
}

static void
test_results(void **state)
{
	struct fixture *f = *state;

	auth_zone_load(f->arena, f->facts, world, FACTS_CLOSED);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct spf_judgement *got =
			judge(f, cases[i].ip, cases[i].sender);

		if (got->result != cases[i].result ||
		    got->cause != cases[i].cause)
			fail_msg("%s: got %s, cause %d: %s", cases[i].sender,
			    spf_result_name(got->result), (int)got->cause,
			    got->reason);
		compare("matched", cases[i].sender, got->matched,
		    cases[i].matched);
		compare("blamed", cases[i].sender, got->blamed,
		    cases[i].blamed);
		if (cases[i].reason != NULL)
			compare("reason", cases[i].sender, got->reason,
			    cases[i].reason);
		assert_false(got->incomplete);
	}
}

static void
test_syntax_place(void **state)
{
	struct fixture *f = *state;
	const struct spf_judgement *got;

	auth_zone_load(f->arena, f->facts, world, FACTS_CLOSED);
	got = judge(f, "192.0.2.1", "a@inner.example");
	assert_string_equal(got->error_domain, "syntax.example");
	assert_int_equal(got->error_offset, 16);
	assert_string_equal(got->error_message, "this is not an IP address");
	assert_string_equal(got->record, "v=spf1 include:syntax.example -all");
	got = judge(f, "192.0.2.1", "a@syntax.example");
	assert_string_equal(got->record, "v=spf1 a mx ip4:192.0.2.300 -all");
	got = judge(f, "192.0.2.1", "a@pass.example");
	assert_null(got->error_message);
}

static void
test_explanation(void **state)
{
	struct fixture *f = *state;

	auth_zone_load(f->arena, f->facts, world, FACTS_CLOSED);
	assert_string_equal(
	    judge(f, "192.0.2.1", "a@fail.example")->explanation,
	    "192.0.2.1 may not send for fail.example%");
	assert_string_equal(
	    judge(f, "192.0.2.1", "a@redirect-fail.example")->explanation,
	    "192.0.2.1 may not send for fail.example%");
	assert_null(judge(f, "198.51.100.1", "a@fail.example")->explanation);
}

/* RFC 7208 2.4: no sender means postmaster at the HELO name. */
static void
test_identity(void **state)
{
	static const char *const zone[] = {
		"helo.example.net TXT v=spf1 exists:%{l}.%{o}.%{h} -all",
		"postmaster.helo.example.net.helo.example.net A 127.0.0.2",
		"example.com TXT v=spf1 exists:%{l}.%{o} -all",
		"postmaster.example.com A 127.0.0.2",
		"a.b.example.com A 127.0.0.2",
		NULL
	};
	struct fixture *f = *state;
	const struct spf_judgement *got;

	auth_zone_load(f->arena, f->facts, zone, FACTS_CLOSED);
	got = judge(f, "192.0.2.1", "");
	assert_int_equal(got->result, SPF_PASS);
	assert_string_equal(got->domain, "helo.example.net");
	assert_int_equal(judge(f, "192.0.2.1", "example.com")->result,
	    SPF_PASS);
	got = judge(f, "192.0.2.1", "@Example.COM.");
	assert_int_equal(got->result, SPF_PASS);
	assert_string_equal(got->domain, "example.com");
	assert_int_equal(judge(f, "192.0.2.1", "a.b@example.com")->result,
	    SPF_PASS);
	assert_int_equal(judge(f, "192.0.2.1", "c@example.com")->result,
	    SPF_FAIL);
	got = judge(f, "not an address", "a@example.com");
	assert_int_equal(got->result, SPF_UNKNOWN);
	assert_false(got->incomplete);
	assert_non_null(got->reason);
}

/* ---- the limits (RFC 7208 4.6.4) ---- */

static const char *const limits[] = {
	"ten.example TXT v=spf1 a a a a a a a a a a -all",
	"ten.example A 203.0.113.1",
	"eleven.example TXT v=spf1 a a a a a a a a a a a ip4:192.0.2.1 -all",
	"eleven.example A 203.0.113.1",
	"nested.example TXT v=spf1 include:five.example include:five.example "
	    "include:five.example -all",
	"five.example TXT v=spf1 mx a a a include:leaf.example -all",
	"five.example A 203.0.113.1",
	"five.example MX 10 five.example",
	"leaf.example TXT v=spf1 ip4:203.0.113.5 -all",
	"after-all.example TXT v=spf1 a -all mx redirect=leaf.example",
	"after-all.example A 192.0.2.1",
	"before.example TXT v=spf1 ip4:192.0.2.1 a a a a a a a a a a a -all",
	"voids2.example TXT v=spf1 a:v1.example a:v2.example -all",
	"voids3.example TXT v=spf1 a:v1.example a:v2.example a:v3.example "
	    "ip4:192.0.2.1 -all",
	"voids-match.example TXT v=spf1 a:v1.example a:v2.example mx -all",
	"voids-match.example MX 10 v3.example",
	"voids-match.example MX 20 host.example",
	"host.example A 192.0.2.1",
	"mx10.example TXT v=spf1 mx -all",
	"mx11.example TXT v=spf1 mx -all",
	NULL
};

static void
load_limits(struct fixture *f)
{
	static char lines[21][64];
	const char *zone[80];
	size_t n = 0;

	for (size_t i = 0; limits[i] != NULL; i++)
		zone[n++] = limits[i];
	for (int i = 0; i < 21; i++) {
		snprintf(lines[i], sizeof lines[i], "mx%d.example MX %d %s",
		    i < 10 ? 10 : 11, i, "host.example");
		zone[n++] = lines[i];
	}
	zone[n] = NULL;
	auth_zone_load(f->arena, f->facts, zone, FACTS_CLOSED);
}

static void
test_limits(void **state)
{
	static const struct {
		const char *ip, *domain;
		enum spf_result result;
		enum spf_cause cause;
		int lookups, voids;
		const char *reason;
	} limit_cases[] = {
		{ "192.0.2.1", "ten.example", SPF_FAIL, SPF_CAUSE_MATCH, 10,
		    0, NULL },
		{ "192.0.2.1", "eleven.example", SPF_PERMERROR,
		    SPF_CAUSE_TOO_MANY_LOOKUPS, 11, 0, NULL },
		{ "203.0.113.1", "eleven.example", SPF_PASS, SPF_CAUSE_MATCH,
		    1, 0, NULL },
		{ "192.0.2.1", "before.example", SPF_PASS, SPF_CAUSE_MATCH, 0,
		    0, NULL },
		/* three includes of six each: the true count is told */
		{ "192.0.2.1", "nested.example", SPF_PERMERROR,
		    SPF_CAUSE_TOO_MANY_LOOKUPS, 18, 0,
		    "The record of nested.example needs 18 DNS look-ups, "
		    "those of its includes counted; receivers stop at 10." },
		{ "192.0.2.1", "voids2.example", SPF_FAIL, SPF_CAUSE_MATCH, 2,
		    2, NULL },
		{ "192.0.2.1", "voids3.example", SPF_PERMERROR,
		    SPF_CAUSE_TOO_MANY_VOID, 3, 3,
		    "3 look-ups for the record of voids3.example find nothing, "
		    "the last for v3.example; receivers allow 2." },
		{ "192.0.2.1", "voids-match.example", SPF_PERMERROR,
		    SPF_CAUSE_TOO_MANY_VOID, 3, 3, NULL },
		{ "192.0.2.1", "mx10.example", SPF_PASS, SPF_CAUSE_MATCH, 1, 0,
		    NULL },
		{ "192.0.2.1", "mx11.example", SPF_PERMERROR,
		    SPF_CAUSE_TOO_MANY_NAMES, 1, 0, "mx11.example has 11 mail "
		    "servers (MX); \"mx\" in an SPF record allows at most "
		    "10." },
	};
	struct fixture *f = *state;

	load_limits(f);
	for (size_t i = 0; i < sizeof limit_cases / sizeof *limit_cases; i++) {
		const struct spf_judgement *got = judge(f, limit_cases[i].ip,
		    limit_cases[i].domain);

		if (got->result != limit_cases[i].result ||
		    got->cause != limit_cases[i].cause ||
		    got->lookups != limit_cases[i].lookups ||
		    got->voids != limit_cases[i].voids)
			fail_msg("%s: got %s, cause %d, %d look-ups, %d void",
			    limit_cases[i].domain, spf_result_name(got->result),
			    (int)got->cause, got->lookups, got->voids);
		if (limit_cases[i].reason != NULL)
			compare("reason", limit_cases[i].domain, got->reason,
			    limit_cases[i].reason);
	}
}

static void
test_worst_case(void **state)
{
	static const struct {
		const char *domain;
		int want;
	} counts[] = {
		{ "ten.example", 10 }, { "eleven.example", 11 },
		{ "nested.example", 18 }, { "after-all.example", 1 },
		{ "leaf.example", 0 },
		{ "before.example", 11 }, { "nx.example", -1 },
		{ "host.example", -1 }, { "no good", -1 },
	};
	struct fixture *f = *state;

	load_limits(f);
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		if (spf_worst_case(f->arena, f->facts, counts[i].domain) !=
		    counts[i].want)
			fail_msg("%s", counts[i].domain);
}

static void
test_worst_case_of_faults(void **state)
{
	struct fixture *f = *state;

	auth_zone_load(f->arena, f->facts, world, FACTS_CLOSED);
	assert_int_equal(spf_worst_case(f->arena, f->facts, "cq-test.net"), -1);
	assert_int_equal(spf_worst_case(f->arena, f->facts, "inner.example"),
	    -1);
	assert_int_equal(spf_worst_case(f->arena, f->facts, "gmobb.jp"), 3);
	assert_int_equal(spf_worst_case(f->arena, f->facts,
	    "redirect.example"), 1);
	assert_int_equal(spf_worst_case(f->arena, f->facts,
	    "redirect-all.example"), 0);
}

/* ---- passes over missing answers ---- */

static void
store(struct facts *facts, const char *name, enum dns_type type,
    const char *text)
{
	struct fact_value value = { .text = text,
		.len = text != NULL ? strlen(text) : 0 };

	facts_store(facts, name, type, text != NULL ? FACT_OK : FACT_NODATA,
	    &value, text != NULL, 300, "test", 1, NULL, NULL);
}

/* What is wanted now must be exactly WANT, blanks between the keys. */
static void
expect_wanted(struct facts *facts, const char *want)
{
	char got[1024] = "";
	const struct fact *fact;

	while ((fact = facts_next_wanted(facts)) != NULL) {
		size_t len = strlen(got);

		snprintf(got + len, sizeof got - len, "%s%s %s",
		    len != 0 ? ", " : "", fact->name,
		    dns_type_name(fact->type));
	}
	compare("wanted", "pass", got, want);
}

static void
test_waves(void **state)
{
	struct fixture *f = *state;
	const struct spf_judgement *got;

	got = judge(f, "192.0.2.1", "a@example.com");
	assert_int_equal(got->result, SPF_UNKNOWN);
	assert_true(got->incomplete);
	assert_int_equal(got->lookups, 0);
	assert_string_equal(got->reason, "The DNS answer for the TXT record "
	    "of example.com is not there yet.");
	expect_wanted(f->facts, "example.com TXT");

	/* all that the record names is wanted at once */
	store(f->facts, "example.com", DNS_TXT, "v=spf1 a mx:m.example "
	    "include:i.example include:j.example exists:%{p}.x ~all");
	got = judge(f, "192.0.2.1", "a@example.com");
	assert_int_equal(got->result, SPF_UNKNOWN);
	assert_int_equal(got->voids, 0);
	expect_wanted(f->facts, "example.com A, m.example MX, i.example TXT, "
	    "j.example TXT, 1.2.0.192.in-addr.arpa PTR");

	/* the addresses of all MX, what is in the includes, nothing that was
	 * asked before */
	store(f->facts, "example.com", DNS_A, "203.0.113.1");
	store(f->facts, "m.example", DNS_MX, "10 m1.example");
	store(f->facts, "i.example", DNS_TXT, "v=spf1 a:i1.example "
	    "a:i2.example redirect=k.example");
	store(f->facts, "j.example", DNS_TXT, NULL);
	store(f->facts, "1.2.0.192.in-addr.arpa", DNS_PTR, "p1.example");
	got = judge(f, "192.0.2.1", "a@example.com");
	assert_int_equal(got->result, SPF_UNKNOWN);
	assert_true(got->incomplete);
	expect_wanted(f->facts, "m1.example A, i1.example A, i2.example A, "
	    "k.example TXT");

	/* a match that nothing missing stands before is final */
	store(f->facts, "m1.example", DNS_A, "192.0.2.1");
	got = judge(f, "192.0.2.1", "a@example.com");
	assert_int_equal(got->result, SPF_PASS);
	assert_false(got->incomplete);
	assert_string_equal(got->matched, "mx:m.example");
	expect_wanted(f->facts, "");
}

/* %{p}: its missing answers are noticed before the term is asked about. */
static void
test_wave_of_client_name(void **state)
{
	struct fixture *f = *state;
	const struct spf_judgement *got;

	store(f->facts, "example.com", DNS_TXT, "v=spf1 exists:%{p}.x -all");
	got = judge(f, "2001:db8::1", "a@example.com");
	assert_int_equal(got->result, SPF_UNKNOWN);
	expect_wanted(f->facts, "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."
	    "0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR");
	store(f->facts, "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."
	    "0.0.8.b.d.0.1.0.0.2.ip6.arpa", DNS_PTR, "p.example");
	got = judge(f, "2001:db8::1", "a@example.com");
	assert_int_equal(got->result, SPF_UNKNOWN);
	expect_wanted(f->facts, "p.example AAAA");
	store(f->facts, "p.example", DNS_AAAA, "2001:db8::1");
	got = judge(f, "2001:db8::1", "a@example.com");
	assert_int_equal(got->result, SPF_UNKNOWN);
	expect_wanted(f->facts, "p.example.x A");
	store(f->facts, "p.example.x", DNS_A, NULL);
	got = judge(f, "2001:db8::1", "a@example.com");
	assert_int_equal(got->result, SPF_FAIL);
	assert_int_equal(got->voids, 1);
}

/* Beyond the limit the result stands; more is asked only to tell the count. */
static void
test_wave_over_limit(void **state)
{
	struct fixture *f = *state;
	const struct spf_judgement *got;

	store(f->facts, "a.example", DNS_A, "203.0.113.1");
	store(f->facts, "example.com", DNS_TXT, "v=spf1 a:a.example "
	    "a:a.example a:a.example a:a.example a:a.example a:a.example "
	    "a:a.example a:a.example a:a.example a:a.example "
	    "include:i.example include:j.example -all");
	got = judge(f, "192.0.2.1", "a@example.com");
	assert_int_equal(got->result, SPF_PERMERROR);
	assert_false(got->incomplete);
	assert_int_equal(got->lookups, 12);
	expect_wanted(f->facts, "i.example TXT, j.example TXT");
	store(f->facts, "i.example", DNS_TXT, "v=spf1 a mx -all");
	store(f->facts, "j.example", DNS_TXT, "v=spf1 a ptr exists:x.y -all");
	got = judge(f, "192.0.2.1", "a@example.com");
	assert_int_equal(got->result, SPF_PERMERROR);
	assert_int_equal(got->lookups, 17);
}

/* What a recording lacks is unknown; a time limit that was met is not. */
static void
test_recorded(void **state)
{
	static const char *const zone[] = {
		"example.com TXT v=spf1 a:gone.example -all",
		"dead.example TXT timeout",
		NULL
	};
	struct fixture *f = *state;
	const struct spf_judgement *got;

	auth_zone_load(f->arena, f->facts, zone, FACTS_RECORDED);
	got = judge(f, "192.0.2.1", "a@example.com");
	assert_int_equal(got->result, SPF_UNKNOWN);
	assert_true(got->incomplete);
	assert_int_equal(judge(f, "192.0.2.1", "a@dead.example")->result,
	    SPF_TEMPERROR);
}

/* ---- the trace, the evidence ---- */

static void
test_trace(void **state)
{
	static const struct {
		int depth;
		const char *domain, *term, *target;
		size_t offset;
		enum spf_result outcome;
		int lookups;
	} want[] = {
		{ 0, "right.example", "include:gmobb.jp", "gmobb.jp", 7,
		    SPF_PASS, 2 },
		{ 1, "gmobb.jp", "ip4:157.7.156.144/28", "157.7.156.144", 7,
		    SPF_NEUTRAL, 1 },
		{ 1, "gmobb.jp", "ip4:203.141.249.128/25", "203.141.249.128",
		    28, SPF_NEUTRAL, 1 },
		{ 1, "gmobb.jp", "ip4:210.175.7.1", "210.175.7.1", 51,
		    SPF_NEUTRAL, 1 },
		{ 1, "gmobb.jp", "ip4:210.197.108.203", "210.197.108.203", 67,
		    SPF_NEUTRAL, 1 },
		{ 1, "gmobb.jp", "include:_spf.gmo.jp", "_spf.gmo.jp", 87,
		    SPF_PASS, 2 },
		{ 2, "_spf.gmo.jp", "ip4:192.0.2.0/28", "192.0.2.0", 7,
		    SPF_PASS, 2 },
	};
	struct fixture *f = *state;
	const struct spf_judgement *got;

	auth_zone_load(f->arena, f->facts, world, FACTS_CLOSED);
	got = judge(f, "192.0.2.3", "a@right.example");
	assert_int_equal(got->n_steps, sizeof want / sizeof want[0]);
	for (size_t i = 0; i < got->n_steps; i++) {
		const struct spf_step *s = &got->steps[i];

		assert_int_equal(s->depth, want[i].depth);
		assert_string_equal(s->domain, want[i].domain);
		assert_string_equal(s->term, want[i].term);
		assert_string_equal(s->target, want[i].target);
		assert_int_equal(s->offset, want[i].offset);
		assert_int_equal(s->outcome, want[i].outcome);
		assert_int_equal(s->lookups, want[i].lookups);
	}
	assert_int_equal(got->n_facts, 3);
	assert_string_equal(got->facts[0], "dns right.example TXT");
	assert_string_equal(got->facts[1], "dns gmobb.jp TXT");
	assert_string_equal(got->facts[2], "dns _spf.gmo.jp TXT");
}

/* The proof before publishing: an overlay is judged like the real thing. */
static void
test_overlay(void **state)
{
	const char *const proposed[] = { "v=spf1 include:gmobb.jp ~all" };
	struct fixture *f = *state;

	auth_zone_load(f->arena, f->facts, world, FACTS_CLOSED);
	facts_overlay_begin(f->facts);
	facts_overlay_set(f->facts, "mydomain.net", DNS_TXT, proposed, 1);
	assert_int_equal(judge(f, "157.7.156.159", "me@mydomain.net")->result,
	    SPF_PASS);
	facts_overlay_end(f->facts);
	assert_int_equal(judge(f, "157.7.156.159", "me@mydomain.net")->result,
	    SPF_NONE);
}

static void
test_find_record(void **state)
{
	struct fixture *f = *state;
	size_t count;

	auth_zone_load(f->arena, f->facts, world, FACTS_CLOSED);
	assert_string_equal(spf_find_record(f->arena, facts_dns(f->facts,
	    "step-a.example", DNS_TXT), &count),
	    "v=spf1 a:mydomain.net ~all");
	assert_int_equal(count, 1);
	assert_null(spf_find_record(f->arena, facts_dns(f->facts,
	    "two.example", DNS_TXT), &count));
	assert_int_equal(count, 2);
	assert_null(spf_find_record(f->arena, facts_dns(f->facts,
	    "other.example", DNS_TXT), NULL));
}

/* Two records at each end of a chain of includes, 60 deep: bounded. */
static void
test_deep_chain(void **state)
{
	struct fixture *f = *state;
	const struct spf_judgement *got;

	for (int i = 0; i < 60; i++)
		store(f->facts, arena_printf(f->arena, "d%d.example", i),
		    DNS_TXT, arena_printf(f->arena,
		    "v=spf1 include:d%d.example -all", i + 1));
	facts_set_world(f->facts, FACTS_CLOSED);
	got = judge(f, "192.0.2.1", "a@d0.example");
	assert_int_equal(got->result, SPF_PERMERROR);
	assert_int_equal(got->cause, SPF_CAUSE_TOO_MANY_LOOKUPS);
	assert_in_range(got->lookups, 30, 60);
}

#define TEST(f) \
	cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_results),
		TEST(test_syntax_place),
		TEST(test_explanation),
		TEST(test_identity),
		TEST(test_limits),
		TEST(test_worst_case),
		TEST(test_worst_case_of_faults),
		TEST(test_waves),
		TEST(test_wave_of_client_name),
		TEST(test_wave_over_limit),
		TEST(test_recorded),
		TEST(test_trace),
		TEST(test_overlay),
		TEST(test_find_record),
		TEST(test_deep_chain),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("spf", tests, NULL, NULL);
}
