/* SPDX-License-Identifier: ISC
 * Record cards: what each panel's file expects, and difficult records, which
 * every panel must read back the same or not be given at all. */
#include "config.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/text.h"
#include "engine/remedy/card.h"
#include "engine/remedy/card_record.h"
#include "engine/remedy/panel.h"
#include "engine/world/dns_wire.h"

#define SPF "v=spf1 ip4:203.0.113.25 ip6:2001:db8::25 ~all"
#define A10 "AAAAAAAAAA"
#define A50 A10 A10 A10 A10 A10
#define A250 A50 A50 A50 A50 A50

static struct arena *arena;

static int
setup(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

/* The card for the records AFTER where there were BEFORE; NULL: refused. */
static const char *
card(const struct panel *panel, const char *zone, const char *name,
    enum dns_type type, const char *const *added, const char *const *removed,
    const char *const *after)
{
	struct card_change change = {
		.zone = zone, .name = name, .type = type, .added = added,
		.removed = removed, .after = after,
		.existing = removed[0] != NULL || (added[0] != NULL &&
		    after[0] != NULL && strcmp(added[0], after[0]) != 0),
	};
	struct str out;
	const char *text = NULL;

	str_init(&out, CARD_MAX);
	if (card_record_write(panel, &change, &out))
		text = arena_strndup(arena, out.text, out.len);
	else
		assert_int_equal(out.len, 0);
	str_free(&out);
	return text;
}

static const char *
one(const struct panel *panel, const char *zone, const char *name,
    enum dns_type type, const char *value)
{
	const char *const values[] = { value, NULL };
	const char *const none[] = { NULL };

	return card(panel, zone, name, type, values, none, values);
}

/* ---- the files ---- */

static void
check_places(const struct panel *panel, const char *text)
{
	for (; text != NULL && *text != '\0'; text++) {
		size_t len = strspn(text + 1, "abcdefghijklmnopqrstuvwxyz-");
		bool known = false;

		if (*text != '{' || text[1 + len] != '}' || len == 0)
			continue;
		for (int i = 0; i < N_PLACES; i++)
			known = known || card_template_has(arena_strndup(arena,
			    text, len + 2), (enum card_place)i);
		if (!known)
			fail_msg("%s: unknown place in: %s", panel->id, text);
	}
}

static void
test_files(void **state)
{
	static const char *const keys[] = {
		"id", "title", "servers", "types", "names", "apex", "absolute",
		"dotted-hosts", "lower-types", "words", "whole-set", "limit",
		"quotes", "inside", "body-inside", "record", "create", "remove",
		"body", "item", "between", "close", "notes", "expect", NULL
	};
	static const char *const note_keys[] = { "when", "note", NULL };
	static const enum dns_type types[] = {
		DNS_A, DNS_AAAA, DNS_MX, DNS_CNAME, DNS_PTR, DNS_TXT
	};
	size_t files = 0;
	struct str err;

	(void)state;
	str_init(&err, 1024);
	for (size_t i = 0; data_trees[i] != NULL; i++)
		files += strncmp(data_trees[i]->file, "panels/", 7) == 0;
	/* one with an unknown setting is left out */
	assert_int_equal(panel_count(), files);
	assert_true(files >= 25);
	for (size_t i = 0; i < files; i++) {
		const struct panel *p = panel_at(i);
		const struct yaml_node *notes =
		    yaml_get(p->tree, &p->tree->nodes[0], "notes");

		if (!yaml_only(p->tree, &p->tree->nodes[0], keys, &err))
			fail_msg("%s", err.text);
		for (size_t k = 0; k < yaml_count(notes); k++)
			if (!yaml_only(p->tree, yaml_item(p->tree, notes, k),
			    note_keys, &err))
				fail_msg("%s", err.text);
		assert_non_null(strstr(p->tree->file, p->id));
		assert_ptr_equal(panel_find(p->id), p);
		assert_true(*p->title != '\0');
		assert_true(panel_takes(p, DNS_TXT));
		for (size_t k = 0; k < sizeof types / sizeof types[0]; k++)
			if (panel_takes(p, types[k])) {
				check_places(p,
				    panel_text(p, "record", types[k]));
				check_places(p, panel_text(p, "body", types[k]));
				check_places(p, panel_text(p, "item", types[k]));
				check_places(p,
				    panel_text(p, "remove", types[k]));
			}
	}
	assert_string_equal(panel_at(0)->id, "generic");
	assert_string_equal(panel_at(1)->id, "bind");
	str_free(&err);
}

static const char *
dkim_value(void)
{
	const struct panel *p = panel_find("dnscontrol");
	const char *text = yaml_string(p->tree, yaml_get(p->tree,
	    &p->tree->nodes[0], "expect"), "dkim");
	const char *from = strstr(text, "v=DKIM1");

	assert_non_null(from);
	return arena_strndup(arena, from, strcspn(from, "\""));
}

static void
test_expected(void **state)
{
	const struct {
		const char *key, *name, *value;
		enum dns_type type;
	} records[] = {
		{ "spf", "example.com", SPF, DNS_TXT },
		{ "dkim", "s1._domainkey.example.com", dkim_value(), DNS_TXT },
		{ "a", "mail.example.com", "203.0.113.25", DNS_A },
	};

	(void)state;
	assert_int_equal(strlen(records[1].value), 410);
	for (size_t i = 0; i < panel_count(); i++) {
		const struct panel *p = panel_at(i);
		const struct yaml_node *expect =
		    yaml_get(p->tree, &p->tree->nodes[0], "expect");

		for (size_t k = 0; k < 3; k++) {
			const char *want = yaml_string(p->tree, expect,
			    records[k].key);
			const char *got = one(p, "example.com",
			    records[k].name, records[k].type,
			    records[k].value);

			if (want == NULL)
				fail_msg("%s expects nothing for %s", p->id,
				    records[k].key);
			else if (strcmp(got != NULL ? got : "", want) != 0)
				fail_msg("%s, %s:\n%s\nnot\n%s", p->id,
				    records[k].key, got, want);
		}
	}
}

/* ---- difficult records ---- */

static const struct {
	const char *what, *zone, *name;
	enum dns_type type;
	const char *value;
	const char *takers;    /* these at least must be able to take it */
	const char *refusers;  /* and these not */
} difficult[] = {
	{ "255 octets", "example.com", "a.example.com", DNS_TXT,
	    A250 "BBBBB", "generic bind sakura route53 azure terraform", "" },
	{ "256 octets", "example.com", "a.example.com", DNS_TXT,
	    A250 "BBBBBC", "generic bind route53 azure terraform",
	    "sakura zenlogic" },
	{ "510 octets", "example.com", "a.example.com", DNS_TXT,
	    A250 "BBBBB" A250 "CCCCC", "generic bind dnsmasq terraform",
	    "sakura" },
	{ "511 octets", "example.com", "a.example.com", DNS_TXT,
	    A250 "BBBBB" A250 "CCCCCD", "generic bind dnsmasq terraform",
	    "sakura" },
	{ "an escape where a string ends", "example.com", "a.example.com",
	    DNS_TXT, A250 "BBBB\"\"\\", "bind nsupdate route53 terraform",
	    "generic godaddy" },
	{ "quotes", "example.com", "a.example.com", DNS_TXT, "say \"hello\"",
	    "bind nsupdate powerdns route53 google gandi terraform azure "
	    "dnscontrol octodns tinydns", "generic cloudflare xserver" },
	{ "quoted as a whole", "example.com", "a.example.com", DNS_TXT,
	    "\"v=spf1 -all\"", "bind route53 azure", "generic xserver sakura" },
	{ "a backslash", "example.com", "a.example.com", DNS_TXT,
	    "a\\b\\\\c\\", "bind route53 gandi azure dnscontrol tinydns",
	    "generic octodns" },
	{ "a single quote", "example.com", "a.example.com", DNS_TXT,
	    "it's 'so'", "bind route53 google azure octodns powerdns generic",
	    "" },
	{ "semicolons", "example.com", "_dmarc.example.com", DNS_TXT,
	    "v=DMARC1; p=none; rua=mailto:a@example.com,mailto:b@example.com",
	    "generic bind google octodns tinydns dnsmasq value-domain", "" },
	{ "a comma, a bar", "example.com", "a.example.com", DNS_TXT,
	    "one,two|three", "bind route53 powerdns", "google" },
	{ "what HCL expands", "example.com", "a.example.com", DNS_TXT,
	    "${a} %{b} $${c} %%{i} $", "bind terraform azure generic", "" },
	{ "what templates expand", "example.com", "a.example.com", DNS_TXT,
	    "{value} {name}", "generic bind route53 terraform octodns", "" },
	{ "SPF macros", "example.com", "a.example.com", DNS_TXT,
	    "v=spf1 exists:%{i}._spf.%{d2} -all", "generic bind terraform", "" },
	{ "blanks at the ends", "example.com", "a.example.com", DNS_TXT,
	    " a ", "bind route53", "generic value-domain cloudflare" },
	{ "a control character", "example.com", "a.example.com", DNS_TXT,
	    "a\nb\tc", "bind nsupdate powerdns", "generic azure route53" },
	{ "octets of UTF-8", "example.com", "a.example.com", DNS_TXT,
	    "\xe3\x81\x82\xff", "bind nsupdate powerdns", "generic azure" },
	{ "digits behind an escape", "example.com", "a.example.com", DNS_TXT,
	    "\x01" "23", "bind nsupdate", "generic" },
	{ "nothing", "example.com", "a.example.com", DNS_TXT, "",
	    "bind route53", "generic" },
	{ "underscores", "example.com", "_a._b_c.example.com", DNS_A,
	    "203.0.113.25", "generic bind route53 azure sakura tinydns", "" },
	{ "the apex", "example.com", "example.com", DNS_A, "203.0.113.25",
	    "generic bind xserver ovh octodns value-domain", "" },
	{ "a wildcard", "example.com", "*.example.com", DNS_A, "203.0.113.25",
	    "generic bind gandi azure route53 octodns", "" },
	{ "a name below", "example.com", "a.b.c.example.com", DNS_AAAA,
	    "2001:db8::25", "generic bind gandi azure route53 octodns", "" },
	{ "a zone below", "sub.example.com", "mail.sub.example.com", DNS_A,
	    "203.0.113.25", "generic bind gandi azure powerdns", "" },
	{ "the apex of a zone below", "sub.example.com", "sub.example.com",
	    DNS_TXT, SPF, "generic bind gandi azure powerdns xserver", "" },
	{ "a name that ends like the zone", "example.com",
	    "notexample.com", DNS_A, "203.0.113.25", "bind nsupdate",
	    "generic xserver azure" },
	{ "a zone that is not known", NULL, "mail.example.com", DNS_A,
	    "203.0.113.25", "bind nsupdate route53 tinydns",
	    "generic azure gandi" },
	{ "a name with a blank", "example.com", "a\\032b.example.com", DNS_A,
	    "203.0.113.25", "bind nsupdate", "generic route53 tinydns" },
	{ "MX", "example.com", "example.com", DNS_MX, "10 mail.example.com",
	    "generic bind value-domain xserver onamae muumuu cloudflare "
	    "cloudflare-api route53 google azure digitalocean gandi nsupdate "
	    "powerdns dnscontrol terraform tinydns dnsmasq godaddy ionos",
	    "sakura" },
	{ "null MX", "example.com", "example.com", DNS_MX, "0 .",
	    "bind route53 nsupdate value-domain", "" },
	{ "CNAME", "example.com", "www.example.com", DNS_CNAME,
	    "host.example.net", "generic bind value-domain cloudflare azure "
	    "namecheap tinydns dnsmasq", "" },
	{ "PTR", NULL, "25.113.0.203.in-addr.arpa", DNS_PTR,
	    "mail.example.com", "generic bind nsupdate tinydns dnsmasq",
	    "cloudflare sakura" },
};

#define N_DIFFICULT (sizeof difficult / sizeof difficult[0])

static bool
is_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = list; (at = strstr(at, word)) != NULL; at += len)
		if ((at == list || at[-1] == ' ') &&
		    (at[len] == ' ' || at[len] == '\0'))
			return true;
	return false;
}

static void
test_difficult(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_DIFFICULT; i++)
		for (size_t k = 0; k < panel_count(); k++) {
			const char *id = panel_at(k)->id;
			const char *text = one(panel_at(k), difficult[i].zone,
			    difficult[i].name, difficult[i].type,
			    difficult[i].value);

			if (is_word(difficult[i].takers, id) && text == NULL)
				fail_msg("%s: %s refuses", difficult[i].what,
				    id);
			if (is_word(difficult[i].refusers, id) && text != NULL)
				fail_msg("%s: %s gives %s", difficult[i].what,
				    id, text);
		}
}

/* Zone-file lines, read by the code that reads zone files. */
static void
check_line(const char *what, const char *line, size_t i)
{
	struct dns_line read;
	struct str err;

	str_init(&err, 512);
	if (!dns_wire_parse_line(arena, line, &read, &err))
		fail_msg("%s: %s: %s", what, err.text, line);
	if (read.type != difficult[i].type ||
	    strcmp(read.name, difficult[i].name) != 0 ||
	    read.value.len != strlen(difficult[i].value) ||
	    memcmp(read.value.text, difficult[i].value, read.value.len) != 0)
		fail_msg("%s: %s", what, line);
	str_free(&err);
}

static void
test_zone_files(void **state)
{
	const char add[] = "update add ";

	(void)state;
	for (size_t i = 0; i < N_DIFFICULT; i++) {
		const char *text = one(panel_find("nsupdate"),
		    difficult[i].zone, difficult[i].name, difficult[i].type,
		    difficult[i].value);

		assert_int_equal(strncmp(text, add, strlen(add)), 0);
		text += strlen(add);
		check_line(difficult[i].what, arena_strndup(arena, text,
		    strcspn(text, "\n")), i);
		/* every name absolute, so that it needs no origin */
		text = one(panel_find("bind"), NULL, difficult[i].name,
		    difficult[i].type, difficult[i].value);
		check_line(difficult[i].what, arena_strndup(arena, text,
		    strcspn(text, "\n")), i);
	}
}

/* ---- sets ---- */

static void
test_sets(void **state)
{
	static const char *const added[] = { "v=spf1 mx -all", NULL };
	static const char *const removed[] = { "v=spf1 a -all", NULL };
	static const char *const after[] = {
		"site=\"x\", y", "v=spf1 mx -all", NULL
	};
	static const char *const none[] = { NULL };
	static const struct {
		const char *panel, *want;
	} cases[] = {
		{ "bind", "@ 3600 IN TXT \"v=spf1 mx -all\"\n" },
		{ "value-domain", "txt @ v=spf1 mx -all\n" },
		{ "nsupdate",
		    "update delete example.com. TXT \"v=spf1 a -all\"\n"
		    "update add example.com. 300 TXT \"v=spf1 mx -all\"\n"
		    "send\n" },
		{ "azure", "az network dns record-set txt remove-record "
		    "-g $GROUP -z example.com -n @ -v 'v=spf1 a -all'\n"
		    "az network dns record-set txt add-record "
		    "-g $GROUP -z example.com -n @ -v 'v=spf1 mx -all'\n" },
		{ "google", "gcloud dns record-sets update example.com. "
		    "--zone=$ZONE --type=TXT --ttl=300 --rrdatas="
		    "'^|^\"site=\\\"x\\\", y\"|\"v=spf1 mx -all\"'\n" },
		{ "powerdns", "pdnsutil replace-rrset example.com @ TXT 300 "
		    "'\"site=\\\"x\\\", y\"' '\"v=spf1 mx -all\"'\n" },
		{ "octodns", "'':\n  - type: TXT\n    ttl: 300\n    values: "
		    "['site=\"x\", y', 'v=spf1 mx -all']\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *text = card(panel_find(cases[i].panel),
		    "example.com", "example.com", DNS_TXT, added, removed,
		    after);

		if (text == NULL || strcmp(text, cases[i].want) != 0)
			fail_msg("%s:\n%s\nnot\n%s", cases[i].panel, text,
			    cases[i].want);
	}
	/* records that only go away */
	assert_string_equal(card(panel_find("nsupdate"), "example.com",
	    "example.com", DNS_TXT, none, removed, none),
	    "update delete example.com. TXT \"v=spf1 a -all\"\nsend\n");
	assert_string_equal(card(panel_find("bind"), "example.com",
	    "example.com", DNS_TXT, none, removed, none), "");
	assert_string_equal(card(panel_find("route53"), "example.com",
	    "example.com", DNS_TXT, none, removed, none), "");
}

/* What is there now could not be looked up: nothing may replace all of it. */
static void
test_unknown(void **state)
{
	static const char *const values[] = { SPF, NULL };
	static const char *const none[] = { NULL };
	struct card_change change = {
		.zone = "example.com", .name = "example.com", .type = DNS_TXT,
		.added = values, .removed = none, .after = values,
		.unknown = true,
	};
	size_t sets = 0;

	(void)state;
	for (size_t i = 0; i < panel_count(); i++) {
		struct str out;

		str_init(&out, CARD_MAX);
		assert_int_equal(card_record_write(panel_at(i), &change, &out),
		    !panel_at(i)->whole_set);
		sets += panel_at(i)->whole_set;
		str_free(&out);
	}
	assert_true(sets >= 6);
}

/* A text that is too long for a card is no card. */
static void
test_too_long(void **state)
{
	char value[CARD_MAX];

	(void)state;
	memset(value, 'a', sizeof value);
	value[sizeof value - 1] = '\0';
	assert_null(one(panel_find("bind"), "example.com", "example.com",
	    DNS_TXT, value));
}

static void
test_recognised(void **state)
{
	static const struct {
		const char *server, *panel;
	} servers[] = {
		{ "ns1.value-domain.com", "value-domain" },
		{ "ns1.dns.ne.jp", "sakura" },
		{ "01.dnsv.jp", "onamae" },
		{ "dns01.muumuu-domain.com", "muumuu" },
		{ "ns1.xserver.jp", "xserver" },
		{ "kim.ns.cloudflare.com", "cloudflare" },
		{ "ns-512.awsdns-00.net", "route53" },
		{ "ns-cloud-a1.googledomains.com", "google" },
		{ "ns1-01.azure-dns.com", "azure" },
		{ "ns1.digitalocean.com", "digitalocean" },
		{ "ns-1-a.gandi.net", "gandi" },
		{ "dns10.ovh.net", "ovh" },
		{ "ns1097.ui-dns.de", "ionos" },
		{ "ns01.domaincontrol.com", "godaddy" },
		{ "dns1.registrar-servers.com", "namecheap" },
		{ "helium.ns.hetzner.de", "hetzner" },
		{ "ns-a1.conoha.io", "conoha" },
		{ "ns1.example.com", NULL },
		{ "value-domain.com.example.com", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof servers / sizeof servers[0]; i++)
		for (size_t k = 0; k < panel_count(); k++) {
			const struct panel *p = panel_at(k);

			if (panel_runs(p, servers[i].server) !=
			    text_same(p->id, servers[i].panel))
				fail_msg("%s and %s", servers[i].server, p->id);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_files, setup, teardown),
		cmocka_unit_test_setup_teardown(test_expected, setup, teardown),
		cmocka_unit_test_setup_teardown(test_difficult, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_zone_files, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_sets, setup, teardown),
		cmocka_unit_test_setup_teardown(test_too_long, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unknown, setup, teardown),
		cmocka_unit_test_setup_teardown(test_recognised, setup,
		    teardown),
	};

	setvbuf(stdout, NULL, _IOLBF, 0);
	return cmocka_run_group_tests_name("card", tests, NULL, NULL);
}
