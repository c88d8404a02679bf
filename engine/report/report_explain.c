/* SPDX-License-Identifier: ISC
 * One bounce, or one SPF judgement, as plain text: what stands in the input,
 * without looking anything up. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/bounce/classes.h"
#include "engine/report/report_text.h"
#include "engine/report/wrap.h"

static const char *
outcome_words(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_UNKNOWN:
		return NULL;
	case OUTCOME_SENT:
		return _("delivered in the end");
	case OUTCOME_DEFERRED:
		return _("still in the queue, will be tried again");
	case OUTCOME_BOUNCED:
		return _("given back: it will not be tried again");
	case OUTCOME_EXPIRED:
		return _("given back after days of trying");
	}
	return NULL;
}

static const char *
stage_words(enum stage stage)
{
	switch (stage) {
	case STAGE_UNKNOWN:
		return NULL;
	case STAGE_CONNECT:
		return _("at the connection, before anything was said");
	case STAGE_HELO:
		return _("at the greeting (HELO)");
	case STAGE_AUTH:
		return _("at the login (AUTH)");
	case STAGE_STARTTLS:
		return _("when encryption began (STARTTLS)");
	case STAGE_MAIL:
		return _("at the envelope sender (MAIL FROM)");
	case STAGE_RCPT:
		return _("at the recipient (RCPT TO)");
	case STAGE_DATA:
		return _("before the message itself (DATA)");
	case STAGE_END_OF_DATA:
		return _("after the whole message was sent (end of DATA)");
	}
	return NULL;
}

/* "mx1.example.jp [192.0.2.25]" */
static void
host_and_address(struct str *out, const char *host, const char *ip)
{
	if (host != NULL)
		str_adds(out, host);
	if (ip != NULL)
		str_addf(out, host != NULL ? " [%s]" : "[%s]", ip);
}

static void
kind(const struct bounce *bounce, struct str *out)
{
	struct str line, others;

	str_init(&line, 2048);
	str_init(&others, 2048);
	for (size_t i = 0; bounce->alternatives != NULL &&
	    bounce->alternatives[i] != NULL; i++)
		str_addf(&others, "%s%s", i == 0 ? "" : ", ",
		    bounce->alternatives[i]);
	if (others.len == 0)
		str_adds(&line, bounce->class_id);
	else
		str_addf(&line, _("%s, or perhaps %s"), bounce->class_id,
		    others.text);
	if (bounce->rule != NULL)
		str_addf(&line, _(" (rule %s)"), bounce->rule);
	report_field(out, _("Kind"), line.text);
	str_free(&others);
	str_free(&line);
}

/* The same sentences as a plan begins with. */
static void
headline(const struct bounce *bounce, const struct refusal_class *class,
    bool several, struct str *out)
{
	const char *who = bounce->remote_host != NULL ? bounce->remote_host :
	    _("The receiver's server");
	const char *to = bounce->recipient != NULL ? bounce->recipient :
	    _("its recipient");
	const char *because = class != NULL ? _(class->meaning) : "";
	struct str line;

	str_init(&line, 4096);
	if (several)
		str_addf(&line, "%s: ", bounce->file);
	if (bounce->outcome == OUTCOME_SENT)
		str_addf(&line, _("%s first refused your message to %s, "
		    "because %s. It was accepted in the end, so nothing is "
		    "lost."), who, to, because);
	else if (bounce->outcome == OUTCOME_DEFERRED)
		str_addf(&line, _("%s does not accept your message to %s for "
		    "now, because %s. It is still in the queue."), who, to,
		    because);
	else
		str_addf(&line, _("%s refused your message to %s, because "
		    "%s."), who, to, because);
	wrap_paragraph(out, 0, line.text);
	str_free(&line);
}

void
report_text_bounce(const struct bounce *bounce, bool several,
    struct str *out)
{
	const struct refusal_class *class = class_find(bounce->class_id);
	struct str line;

	str_init(&line, 4096);
	headline(bounce, class, several, out);
	host_and_address(&line, bounce->remote_host, bounce->remote_ip);
	report_field(out, _("Refused by"), line.text);
	report_field(out, _("When"), stage_words(bounce->stage));
	report_field(out, _("Their words"), bounce->text);
	kind(bounce, out);
	report_field(out, _("Outcome"), outcome_words(bounce->outcome));
	report_field(out, _("Envelope sender"), bounce->sender != NULL &&
	    *bounce->sender == '\0' ? _("<> (the null sender)") :
	    bounce->sender);
	report_field(out, _("They saw"), bounce->client_ip);
	report_field(out, _("They checked"), bounce->domain);
	report_field(out, _("Reported by"), bounce->reporting_host);
	report_field(out, _("Queue id"), bounce->queue_id);
	if (class != NULL) {
		report_field(out, _("In plain words"), class->plain != NULL &&
		    *class->plain != '\0' ? _(class->plain) : NULL);
		report_field(out, _("First"), class->first != NULL &&
		    *class->first != '\0' ? _(class->first) : NULL);
	}
	str_addc(out, '\n');
	str_free(&line);
}

static const char *
term_words(enum spf_result outcome)
{
	if (outcome == SPF_PASS)
		return _("match");
	if (outcome == SPF_NEUTRAL)
		return _("no match");
	return spf_result_name(outcome);
}

static void
trace(const struct spf_judgement *judgement, struct str *out)
{
	const char *domain = NULL;

	for (size_t i = 0; i < judgement->n_steps; i++) {
		const struct spf_step *step = &judgement->steps[i];
		int indent = 2 + 2 * (step->depth < 16 ? step->depth : 16);
		struct str line;

		str_init(&line, 8192);
		if (domain == NULL || strcmp(domain, step->domain) != 0) {
			str_addf(&line, "%s:", step->domain);
			wrap_paragraph(out, indent, line.text);
			str_clear(&line);
		}
		domain = step->domain;
		str_adds(&line, step->term);
		if (step->target != NULL && strstr(step->term, step->target) ==
		    NULL)
			str_addf(&line, " (%s)", step->target);
		str_addf(&line, _(": %s; look-ups %d, void %d"),
		    term_words(step->outcome), step->lookups, step->voids);
		wrap_blanks(out, indent + 2);
		wrap_text(out, indent + 2, indent + 4, line.text);
		str_free(&line);
	}
}

void
report_text_spf(const struct spf_judgement *judgement,
    const struct spf_request *request, struct str *out)
{
	struct str line;

	str_init(&line, 16384);
	str_addf(&line, _("SPF result: %s, for mail from <%s> sent by %s."),
	    spf_result_name(judgement->result), request->sender, request->ip);
	wrap_paragraph(out, 0, line.text);
	if (judgement->reason != NULL)
		wrap_paragraph(out, 0, judgement->reason);
	str_addc(out, '\n');
	report_field(out, _("Domain"), judgement->domain);
	report_field(out, _("Record"), judgement->record);
	report_field(out, _("Decided by"), judgement->matched);
	str_clear(&line);
	str_addf(&line, _("%d of at most 10; void %d of at most 2"),
	    judgement->lookups, judgement->voids);
	report_field(out, _("Look-ups"), line.text);
	report_field(out, _("They would say"), judgement->explanation);
	if (judgement->error_message != NULL) {
		str_clear(&line);
		str_addf(&line, _("%s, at octet %zu of the record of %s"),
		    judgement->error_message, judgement->error_offset,
		    judgement->error_domain != NULL ?
		    judgement->error_domain : "?");
		report_field(out, _("Fault"), line.text);
	}
	if (judgement->n_steps > 0) {
		str_addf(out, "\n%s\n", _("Term by term"));
		trace(judgement, out);
	}
	str_free(&line);
}
