/* SPDX-License-Identifier: ISC
 * Knows the order in which a report tells things: who refused and what to do,
 * whom the receiver judged, what was found and why we think so. */
#include "config.h"

#include "engine/report/report_text.h"

#include <arpa/inet.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/report/wrap.h"
#include "engine/world/note.h"

#define VALUE_COLUMN 20
#define DETAIL_COLUMN 9
#define FACT_VALUES_MAX 4
#define FACT_VALUE_MAX 200
#define OK_TITLES_MAX 40

void
report_heading(struct str *out, const char *text)
{
	str_addf(out, "\n%s\n", text);
}

void
report_bullet(struct str *out, int indent, const char *text)
{
	wrap_blanks(out, indent);
	str_adds(out, "- ");
	wrap_text(out, indent + 2, indent + 2, text);
}

void
report_field(struct str *out, const char *label, const char *text)
{
	if (text != NULL && *text != '\0')
		wrap_labelled(out, 2, label, VALUE_COLUMN, text);
}

static const char *
status_words(enum fact_status status)
{
	switch (status) {
	case FACT_WANTED:
		return _("not asked");
	case FACT_OK:
		return "";
	case FACT_NXDOMAIN:
		return _("no such name");
	case FACT_NODATA:
		return _("no record of this type");
	case FACT_SERVFAIL:
		return _("the name server could not answer (SERVFAIL)");
	case FACT_TIMEOUT:
		return _("no answer in time");
	case FACT_REFUSED:
		return _("the name server refuses to answer");
	case FACT_INVALID:
		return _("an answer that makes no sense");
	}
	return "";
}

/* "7.2.0.192.in-addr.arpa": the address backwards (RFC 1035 3.5). */
static bool
reverse_v4(const char *name, char address[INET6_ADDRSTRLEN])
{
	static const char zone[] = ".in-addr.arpa";
	size_t len = strlen(name);
	unsigned char octets[4], turned[4];
	char digits[INET_ADDRSTRLEN];

	if (!text_ends(name, zone) ||
	    len - (sizeof zone - 1) >= sizeof digits)
		return false;
	len -= sizeof zone - 1;
	memcpy(digits, name, len);
	digits[len] = '\0';
	if (inet_pton(AF_INET, digits, octets) != 1)
		return false;
	for (size_t i = 0; i < 4; i++)
		turned[i] = octets[3 - i];
	return inet_ntop(AF_INET, turned, address, INET6_ADDRSTRLEN) != NULL;
}

/* 32 hexadecimal digits backwards, a dot behind each (RFC 3596 2.5). */
static bool
reverse_v6(const char *name, char address[INET6_ADDRSTRLEN])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char octets[16] = { 0 };

	for (size_t i = 0; i < 32; i++) {
		const char *digit = name[2 * i] != '\0' ?
		    strchr(digits, name[2 * i]) : NULL;
		unsigned int value;

		if (digit == NULL || name[2 * i + 1] != '.')
			return false;
		value = (unsigned int)(digit - digits) << (i % 2 * 4);
		octets[15 - i / 2] |= (unsigned char)value;
	}
	return strcmp(name + 64, "ip6.arpa") == 0 &&
	    inet_ntop(AF_INET6, octets, address, INET6_ADDRSTRLEN) != NULL;
}

/* A reverse name is shown as its address: that is easier to know again. */
static void
fact_question(const struct fact *fact, struct str *out)
{
	char address[INET6_ADDRSTRLEN];

	if (fact->type == DNS_PTR && (reverse_v4(fact->name, address) ||
	    reverse_v6(fact->name, address))) {
		str_addf(out, _("PTR of %s: "), address);
		return;
	}
	text_clean(out, fact->name, strlen(fact->name), false);
	str_addf(out, " %s: ", dns_type_name(fact->type));
}

static void
fact_note(const struct fact *fact, struct str *out)
{
	struct str note;

	str_init(&note, NOTE_MAX);
	note_add(&note, fact->note);
	text_clean(out, note.text, note.len, false);
	str_free(&note);
}

static void
fact_values(const struct fact *fact, struct str *out)
{
	for (size_t i = 0; i < fact->n_values; i++) {
		const struct fact_value *value = &fact->values[i];
		size_t len = value->len;
		bool quoted = report_fact_is_dns(fact) &&
		    fact->type == DNS_TXT;

		if (i == FACT_VALUES_MAX) {
			str_addf(out, P_(" and %zu more", " and %zu more",
			    fact->n_values - i), fact->n_values - i);
			return;
		}
		if (len > FACT_VALUE_MAX)
			len = FACT_VALUE_MAX;
		if (len == 0 && !quoted) {
			str_adds(out, _("(empty)"));
			continue;
		}
		str_adds(out, i > 0 ? ", " : "");
		str_adds(out, quoted ? "\"" : "");
		text_clean(out, value->text, len, false);
		str_adds(out, len < value->len ? " ..." : "");
		str_adds(out, quoted ? "\"" : "");
	}
}

void
report_text_fact(const struct fact *fact, struct str *out)
{
	const char *key = fact->key;

	if (!report_fact_is_dns(fact)) {
		text_clean(out, key, strlen(key), false);
		str_adds(out, " = ");
		fact_values(fact, out);
		return;
	}
	fact_question(fact, out);
	if (fact->status == FACT_OK)
		fact_values(fact, out);
	else
		str_adds(out, status_words(fact->status));
	if (fact->note != NULL) {
		str_adds(out, "; ");
		fact_note(fact, out);
	}
	if (fact->server == NULL)
		return;
	str_adds(out, " (");
	text_clean(out, fact->server, strlen(fact->server), false);
	if (fact->ms >= 0)
		str_addf(out, ", %d ms", fact->ms);
	str_addc(out, ')');
}

static void
evidence(const struct report *report, const struct finding *finding,
    struct str *out)
{
	const char *const *keys = finding->facts;
	struct str line;

	str_init(&line, 8192);
	for (size_t i = 0; keys != NULL && keys[i] != NULL; i++) {
		const struct fact *fact = report_fact(report->facts, keys[i]);

		str_clear(&line);
		if (fact != NULL)
			report_text_fact(fact, &line);
		else
			text_clean(&line, keys[i], strlen(keys[i]), false);
		report_bullet(out, DETAIL_COLUMN, line.text);
	}
	str_free(&line);
}

static const char *
tag(const struct finding *finding)
{
	switch (finding->status) {
	case FINDING_OK:
		return "[ OK ]";
	case FINDING_UNKNOWN:
		return "[ ?? ]";
	case FINDING_PROBLEM:
		return finding->role == ROLE_ADVICE ? "[WARN]" : "[FAIL]";
	}
	return "";
}

static void
one_finding(const struct report *report, const struct finding *finding,
    struct str *out)
{
	str_addf(out, "  %s ", tag(finding));
	wrap_text(out, DETAIL_COLUMN, DETAIL_COLUMN, finding->title);
	if (finding->detail != NULL)
		wrap_paragraph(out, DETAIL_COLUMN, finding->detail);
	evidence(report, finding, out);
}

static void
finding_group(const struct report *report, enum finding_status status,
    enum finding_role role, const char *title, struct str *out)
{
	const struct findings *findings = report->findings;
	bool first = true;

	for (size_t i = 0; i < findings->n; i++) {
		const struct finding *finding = &findings->list[i];

		if (finding->status != status ||
		    (status == FINDING_PROBLEM && finding->role != role))
			continue;
		if (first)
			report_heading(out, title);
		first = false;
		one_finding(report, finding, out);
	}
}

/* What is fine needs no detail here: the titles, one a line. */
static void
in_order(const struct findings *findings, struct str *out)
{
	size_t n = 0;

	for (size_t i = 0; i < findings->n; i++) {
		const struct finding *finding = &findings->list[i];

		if (finding->status != FINDING_OK)
			continue;
		if (n == 0)
			report_heading(out, _("In order"));
		if (n++ == OK_TITLES_MAX)
			break;
		str_addf(out, "  %s ", tag(finding));
		wrap_text(out, DETAIL_COLUMN, DETAIL_COLUMN, finding->title);
	}
}

static void
findings_section(const struct report *report, struct str *out)
{
	finding_group(report, FINDING_PROBLEM, ROLE_CAUSE,
	    report->received != NULL ? _("What went wrong") :
	    report->bounce != NULL ? _("The cause of this bounce") :
	    _("What must be fixed"), out);
	finding_group(report, FINDING_PROBLEM, ROLE_CONTRIBUTING,
	    report->received != NULL || report->bounce != NULL ?
	    _("What makes it worse, or will cause the next bounce") :
	    _("What must be fixed"), out);
	finding_group(report, FINDING_PROBLEM, ROLE_ADVICE,
	    _("Worth doing"), out);
	finding_group(report, FINDING_UNKNOWN, ROLE_ADVICE,
	    _("Could not tell"), out);
	in_order(report->findings, out);
}

static void
summary(const struct findings *findings, struct str *out)
{
	struct str line;

	str_init(&line, 1024);
	if (findings->n_unknown > 0)
		str_addf(&line, P_("%zu problem found, %zu could not be told, "
		    "%zu in order.", "%zu problems found, %zu could not be "
		    "told, %zu in order.", findings->n_problems),
		    findings->n_problems, findings->n_unknown, findings->n_ok);
	else
		str_addf(&line, P_("%zu problem found, %zu in order.",
		    "%zu problems found, %zu in order.", findings->n_problems),
		    findings->n_problems, findings->n_ok);
	wrap_paragraph(out, 0, line.text);
	str_free(&line);
}

static void
opening(const struct report *report, struct str *out)
{
	const struct plan *plan = report->plan;

	if (plan != NULL && plan->headline != NULL)
		wrap_paragraph(out, 0, plan->headline);
	if (report->findings != NULL)
		summary(report->findings, out);
	if (report->stopped)
		wrap_paragraph(out, 0, _("The looking was stopped before all "
		    "answers were there: what is missing is marked as not "
		    "told."));
	if (plan != NULL && plan->first != NULL) {
		report_heading(out, _("What to do first"));
		wrap_paragraph(out, 2, plan->first);
	}
}

/* What the receiver judged, in its own words. */
static void
received_section(const struct received *received, struct str *out)
{
	static const struct {
		const char *method, *label;
	} methods[] = {
		{ "spf", "SPF" }, { "dkim", "DKIM" }, { "dmarc", "DMARC" },
	};

	report_heading(out, _("What the receiver wrote into the headers"));
	report_field(out, _("Receiver"), received->receiver);
	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
		const struct received_method *m =
		    received_method(received, methods[i].method);

		if (m != NULL)
			report_field(out, methods[i].label, m->words);
	}
	report_field(out, _("Not counted"), received->other_writer);
}

/* Their own words, and that there is more than one bounce. */
static void
bounce_section(struct arena *arena, const struct report *report,
    struct str *out)
{
	const struct bounce *bounce = report->bounce;
	const struct bounces *bounces = report->bounces;

	if (bounce == NULL)
		return;
	if (report->received != NULL) {
		received_section(report->received, out);
		return;
	}
	report_heading(out, _("What the bounce says"));
	report_field(out, _("To"), bounce->recipient);
	report_field(out, _("Refused by"), bounce->remote_host);
	report_field(out, _("Their words"), bounce->text);
	report_field(out, _("Kind"), bounce->class_id);
	if (bounces != NULL && bounces->n > 1)
		wrap_paragraph(out, 2, arena_printf(arena, P_(
		    "The text holds %zu bounce in all; this report is about "
		    "the one above. \"whybounce explain\" shows each.",
		    "The text holds %zu bounces in all; this report is about "
		    "the one above. \"whybounce explain\" shows each.",
		    bounces->n), bounces->n));
}

void
report_text(struct arena *arena, const struct report *report,
    struct str *out)
{
	opening(report, out);
	bounce_section(arena, report, out);
	if (report->findings != NULL) {
		report_text_identity(&report->findings->identity,
		    report->bounce != NULL || report->received != NULL, out);
		report_text_authentication(report->findings, out);
		findings_section(report, out);
	}
	if (report->plan != NULL)
		report_text_plan(report->plan, out);
	report_text_steps(report, out);
	str_addc(out, '\n');
	if (report->made == NULL || *report->made == '\0')
		wrap_paragraph(out, 0, _("whybounce only looked: nothing was "
		    "changed on this server or in DNS."));
	else {
		wrap_paragraph(out, 0, _("whybounce made these changes on this "
		    "server, as it was told to; \"whybounce undo ID\" takes one "
		    "back."));
		str_adds(out, report->made);
	}
}
