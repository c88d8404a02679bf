/* SPDX-License-Identifier: ISC
 * The plan as plain text: each step with its change, its proof, why the
 * obvious other fixes fail, and what to copy. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/report/report_text.h"
#include "engine/report/wrap.h"

#define CARD_MAX (256u << 10)

static const char *
who_words(const char *who)
{
	static const struct {
		const char *who, *words;
	} table[] = {
		{ "dns", N_("in the DNS panel") },
		{ "host", N_("on this server") },
		{ "app", N_("in the program that sends") },
		{ "hoster", N_("the hosting firm does it") },
		{ "recipient", N_("the recipient's side does it") }
	};

	for (size_t i = 0; who != NULL && i < sizeof table / sizeof *table; i++)
		if (strcmp(table[i].who, who) == 0)
			return _(table[i].words);
	return NULL;
}

/* Foreign text that must stay on one line to be copied: records, commands. */
static void
verbatim(struct str *out, int indent, const char *text)
{
	do {
		size_t n = strcspn(text, "\n");

		wrap_blanks(out, indent);
		text_clean(out, text, n, false);
		str_addc(out, '\n');
		text += n + (text[n] == '\n');
	} while (*text != '\0');
}

/* Marks and values in two columns: "now   v=spf1 ..." */
static void
marked(struct str *out, const char *mark, int width, const char *text)
{
	wrap_blanks(out, 6);
	wrap_padded(out, mark, width + 2);
	verbatim(out, 0, *text != '\0' ? text : _("(empty)"));
}

static int
wider(const char *a, const char *b)
{
	int width_a = wrap_width(a, strlen(a));
	int width_b = wrap_width(b, strlen(b));

	return width_a > width_b ? width_a : width_b;
}

static void
marked_list(struct str *out, const char *mark, int width,
    const char *const *values, const char *none)
{
	if (values == NULL || values[0] == NULL) {
		marked(out, mark, width, none);
		return;
	}
	for (size_t i = 0; values[i] != NULL; i++)
		marked(out, i == 0 ? mark : "", width, values[i]);
}

static void
dns_change(const struct change *change, struct str *out)
{
	int width = wider(_("now"), _("new"));

	wrap_blanks(out, 4);
	text_clean(out, change->name, strlen(change->name), false);
	str_addf(out, "  %s\n", dns_type_name(change->type));
	marked_list(out, _("now"), width, change->before, _("(no record)"));
	marked_list(out, _("new"), width, change->after, _("(remove it)"));
}

static void
postconf_change(const struct change *change, struct str *out)
{
	int width = wider(_("now"), _("new"));

	str_addf(out, "    main.cf  ");
	verbatim(out, 0, change->parameter);
	marked(out, _("now"), width, change->old_value != NULL ?
	    change->old_value : _("(not known)"));
	marked(out, _("new"), width, change->new_value != NULL ?
	    change->new_value : _("(remove it)"));
	verbatim(out, 6, change->text);
}

/* The advice names the record; without advice the result must do. */
static void
wrong_fix(const struct change *change, struct str *out)
{
	struct str line;

	str_init(&line, 8192);
	if (change->text != NULL)
		str_adds(&line, change->text);
	else
		str_addf(&line, _("\"%s\": SPF gives %s."), change->record,
		    change->record_result != NULL ? change->record_result :
		    _("not known"));
	report_bullet(out, 4, line.text);
	str_free(&line);
}

static void
file_change(const struct step *step, size_t i, struct str *out)
{
	const struct change *change = &step->changes[i];
	struct str line;

	str_init(&line, 8192);
	str_addf(&line, change->whole ? _("Write the file %s:") :
	    step_goes_on(step, i + 1) ? _("Write these lines into %s:") :
	    _("Write this line into %s:"), change->path);
	if (!step_goes_on(step, i))
		report_bullet(out, 4, line.text);
	verbatim(out, 6, change->text);
	str_free(&line);
}

static void
changes(const struct step *step, struct str *out)
{
	for (size_t i = 0; i < step->n_changes; i++) {
		const struct change *change = &step->changes[i];

		switch (change->kind) {
		case CHANGE_DNS:
			dns_change(change, out);
			break;
		case CHANGE_POSTCONF:
			postconf_change(change, out);
			break;
		case CHANGE_FILE:
			file_change(step, i, out);
			break;
		case CHANGE_FOLDER:
		case CHANGE_KEY:
		case CHANGE_COMMAND:
			verbatim(out, 6, change->text);
			break;
		case CHANGE_ADVICE:
			if (change->record != NULL)
				break;
			report_bullet(out, 4, change->text);
			break;
		}
	}
}

static void
wrong_fixes(const struct step *step, struct str *out)
{
	bool first = true;

	for (size_t i = 0; i < step->n_changes; i++) {
		const struct change *change = &step->changes[i];

		if (change->kind != CHANGE_ADVICE || change->record == NULL)
			continue;
		if (first)
			str_addf(out, "\n    %s\n",
			    _("Why not one of these, which look right:"));
		first = false;
		wrong_fix(change, out);
	}
}

static bool
same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* "spf for mail from info@example.net", above the rows of the addresses. */
static void
proof_head(const struct proof *proof, struct str *out)
{
	struct str line;

	str_init(&line, 4096);
	if (proof->sender != NULL && *proof->sender != '\0')
		str_addf(&line, _("%s for mail from %s"), proof->what,
		    proof->sender);
	else
		str_adds(&line, proof->what);
	wrap_paragraph(out, 6, line.text);
	str_free(&line);
}

static void
proof_row(const struct proof *proof, int width, struct str *out)
{
	struct str line;

	str_init(&line, 4096);
	wrap_blanks(out, 8);
	if (proof->ip != NULL)
		wrap_padded(out, proof->ip, width + 2);
	str_addf(&line, "%s -> %s", proof->before != NULL ?
	    proof->before : _("not known"), proof->after != NULL ?
	    proof->after : _("not known"));
	if (proof->term != NULL)
		str_addf(&line, "  (%s)", proof->term);
	verbatim(out, 0, line.text);
	str_free(&line);
}

static void
proofs(const struct step *step, struct str *out)
{
	int width = 0;

	if (step->n_proofs == 0)
		return;
	for (size_t i = 0; i < step->n_proofs; i++) {
		const char *ip = step->proofs[i].ip;
		int cells = ip != NULL ? wrap_width(ip, strlen(ip)) : 0;

		width = cells > width ? cells : width;
	}
	str_addf(out, "\n    %s\n", step->proven ?
	    _("Proven before anything is published:") :
	    _("Judged before anything is published (not proven):"));
	for (size_t i = 0; i < step->n_proofs; i++) {
		const struct proof *proof = &step->proofs[i];

		if (i == 0 || !same(proof->what, proof[-1].what) ||
		    !same(proof->sender, proof[-1].sender))
			proof_head(proof, out);
		proof_row(proof, width, out);
	}
	if (step->blocked != NULL)
		wrap_paragraph(out, 4, step->blocked);
}

/* At the left margin: a zone file's blanks at the start of a line matter. */
static void
one_card(const struct card *card, struct str *out)
{
	struct str text;

	str_init(&text, CARD_MAX);
	str_addf(&text, _("To copy: %s"),
	    card->title != NULL ? card->title : card->panel);
	str_addc(out, '\n');
	wrap_paragraph(out, 4, text.text);
	str_clear(&text);
	text_clean(&text, card->text, strlen(card->text), true);
	while (text.len > 0 && text.text[text.len - 1] == '\n')
		text.text[--text.len] = '\0';
	if (text.len > 0)
		str_addf(out, "%s\n", text.text);
	for (size_t i = 0; i < card->n_notes; i++)
		report_bullet(out, 4, card->notes[i]);
	str_free(&text);
}

/* Where the panel is known, only its card. */
static void
cards(const struct step *step, struct str *out)
{
	bool known = false;

	for (size_t i = 0; i < step->n_cards; i++)
		known = known || step->cards[i].preferred;
	for (size_t i = 0; i < step->n_cards; i++)
		if (known ? step->cards[i].preferred : step->cards[i].offered)
			one_card(&step->cards[i], out);
}

static void
step_head(const struct plan *plan, size_t i, struct str *out)
{
	const struct step *step = &plan->steps[i];
	const char *who = who_words(step->who);
	struct str line;

	str_init(&line, 4096);
	str_addf(&line, _("Step %zu of %zu: %s"), i + 1, plan->n, step->title);
	wrap_paragraph(out, 2, line.text);
	if (who != NULL || step->time != NULL) {
		str_clear(&line);
		if (who != NULL && step->time != NULL)
			str_addf(&line, _("(%s, %s)"), who, step->time);
		else
			str_addf(&line, "(%s)", who != NULL ? who : step->time);
		wrap_paragraph(out, 4, line.text);
	}
	if (step->alternative_to != NULL) {
		str_clear(&line);
		str_addf(&line, _("Instead of step %zu: do one of the two, not "
		    "both."), plan_step_number(plan, step->alternative_to));
		wrap_paragraph(out, 4, line.text);
	}
	if (step->later)
		wrap_paragraph(out, 4, _("For later: nothing that was found "
		    "needs it now."));
	str_free(&line);
}

void
report_text_plan(const struct plan *plan, struct str *out)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct step *step = &plan->steps[i];

		str_addc(out, '\n');
		if (i == 0)
			str_addf(out, "%s\n\n", _("What to change"));
		step_head(plan, i, out);
		if (step->why != NULL)
			wrap_paragraph(out, 4, step->why);
		changes(step, out);
		proofs(step, out);
		wrong_fixes(step, out);
		cards(step, out);
		if (step->verify != NULL) {
			str_addc(out, '\n');
			wrap_labelled(out, 4, _("Check it with"), 20,
			    step->verify);
		}
	}
}
