/* SPDX-License-Identifier: ISC
 * Plain text about whom the receiver judged, and how: the identity, and SPF,
 * DKIM and DMARC for each sending address. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/report/report_text.h"
#include "engine/report/wrap.h"

void
report_text_identity(const struct identity *identity, bool judged,
    struct str *out)
{
	struct str line;

	str_init(&line, 4096);
	report_heading(out, judged ?
	    _("Which address and which domain the receiver judged") :
	    _("Which address sends, and with which domain"));
	if (identity->client_ip == NULL)
		report_field(out, _("Address"), _("not known"));
	else {
		const char *owner = owner_words(identity->owner);

		if (identity->ptr_name != NULL)
			str_addf(&line, _("%s (%s), %s"), identity->client_ip,
			    identity->ptr_name, owner);
		else
			str_addf(&line, _("%s, %s"), identity->client_ip,
			    owner);
		report_field(out, _("Address"), line.text);
	}
	report_field(out, _("Relay host"), identity->relayhost);
	report_field(out, _("HELO name"), identity->helo);
	report_field(out, _("Envelope sender"), identity->sender);
	report_field(out, _("Envelope domain"), identity->envelope_domain);
	report_field(out, _("From domain"), identity->from_domain);
	for (size_t i = 0; i < identity->n_evidence; i++) {
		if (i == 0)
			str_addf(out, "  %s\n", _("Why we think so"));
		report_bullet(out, 4, identity->evidence[i]);
	}
	str_free(&line);
}

static bool
same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static const char *
spf_words(const struct authentication *a)
{
	return spf_result_name(a->spf != NULL ? a->spf->result : SPF_UNKNOWN);
}

static const char *
dkim_words(const struct authentication *a)
{
	return a->dkim != NULL ? dkim_result_name(a->dkim->result) : "-";
}

static int
address_column(const struct findings *findings)
{
	int width = wrap_width(_("Address"), strlen(_("Address")));

	for (size_t i = 0; i < findings->n_authentication; i++) {
		const char *ip = findings->authentication[i].ip;
		int cells = ip != NULL ? wrap_width(ip, strlen(ip)) : 0;

		if (cells > width)
			width = cells;
	}
	return width + 2;
}

static void
table_row(struct str *out, int width, const char *ip, const char *spf,
    const char *dkim, const char *dmarc)
{
	wrap_blanks(out, 4);
	wrap_padded(out, ip, width);
	wrap_padded(out, spf, 11);
	wrap_padded(out, dkim, 13);
	wrap_text(out, 0, 0, dmarc);
}

/* The heading of a group of rows with the same sender and HELO name. */
static void
table_head(struct str *out, int width, const struct authentication *a)
{
	struct str line;

	str_init(&line, 2048);
	str_addf(&line, a->helo != NULL ? _("Mail from <%s>, HELO %s") :
	    _("Mail from <%s>"), a->sender != NULL ? a->sender :
	    _("not known"), a->helo);
	wrap_paragraph(out, 2, line.text);
	table_row(out, width, _("Address"), "SPF", "DKIM", "DMARC");
	str_free(&line);
}

/* Do the rows before the I-th have one with the same story? Many servers that
 * all pass, or all do not, need one sentence. */
static bool
said_before(const struct authentication *list, size_t i)
{
	const struct spf_judgement *spf = list[i].spf;

	for (size_t k = 0; k < i; k++) {
		const struct spf_judgement *earlier = list[k].spf;

		if (earlier != NULL && earlier->result == spf->result &&
		    earlier->cause == spf->cause &&
		    same(earlier->domain, spf->domain) &&
		    same(earlier->blamed, spf->blamed))
			return true;
	}
	return false;
}

/* Why, for each row that differs from those above it. */
static void
reasons(const struct findings *findings, struct str *out)
{
	const struct authentication *list = findings->authentication;
	struct str line;

	str_init(&line, 8192);
	for (size_t i = 0; i < findings->n_authentication; i++) {
		const struct spf_judgement *spf = list[i].spf;

		if (spf == NULL || spf->reason == NULL)
			continue;
		if (said_before(list, i))
			continue;
		str_clear(&line);
		str_addf(&line, _("SPF for %s: %s"),
		    list[i].ip != NULL ? list[i].ip : "?", spf->reason);
		wrap_paragraph(out, 2, line.text);
	}
	if (findings->n_authentication > 0 && list[0].dkim != NULL &&
	    list[0].dkim->reason != NULL) {
		str_clear(&line);
		str_addf(&line, _("DKIM: %s"), list[0].dkim->reason);
		wrap_paragraph(out, 2, line.text);
	}
	str_free(&line);
}

void
report_text_authentication(const struct findings *findings, struct str *out)
{
	int width = address_column(findings);

	if (findings->n_authentication == 0)
		return;
	report_heading(out,
	    _("How mail from each of your addresses is judged"));
	for (size_t i = 0; i < findings->n_authentication; i++) {
		const struct authentication *a = &findings->authentication[i];

		if (i == 0 || !same(a->sender, a[-1].sender) ||
		    !same(a->helo, a[-1].helo))
			table_head(out, width, a);
		table_row(out, width, a->ip != NULL ? a->ip : "?",
		    spf_words(a), dkim_words(a),
		    a->dmarc != NULL ? a->dmarc : "-");
	}
	reasons(findings, out);
}
