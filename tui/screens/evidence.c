/* SPDX-License-Identifier: ISC
 * What was asked, of whom, what came back and how long it took, with the
 * command that asks it again. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/report/report.h"
#include "engine/world/note.h"
#include "tui/screen.h"

#define VALUES_SHOWN 12

static const char *
status_text(enum fact_status status)
{
	switch (status) {
	case FACT_WANTED:
		return _("no answer yet");
	case FACT_OK:
		return _("answered");
	case FACT_NXDOMAIN:
		return _("no such name (NXDOMAIN)");
	case FACT_NODATA:
		return _("the name has no record of this type (NODATA)");
	case FACT_SERVFAIL:
		return _("the name server could not answer (SERVFAIL)");
	case FACT_TIMEOUT:
		return _("no answer in time");
	case FACT_REFUSED:
		return _("the name server refuses to answer (REFUSED)");
	case FACT_INVALID:
		return _("an answer that makes no sense");
	}
	return "";
}

static enum tag
status_tag(const struct fact *fact)
{
	if (fact->status == FACT_WANTED)
		return TAG_RUNNING;
	return fact_known(fact) ? TAG_OK : TAG_UNKNOWN;
}

/* Only what a shell takes literally; a name with anything else in it is not
 * made into a command. */
static bool
shell_safe(const char *text)
{
	return *text != '\0' && *text != '-' && strspn(text,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	    "._-:") == strlen(text);
}

/* "dig @192.0.2.53 -p 5353 example.net TXT", or NULL. */
static const char *
dig_command(struct arena *arena, const struct fact *fact)
{
	const char *at = "", *where = fact->server, *port;

	if (fact->name == NULL || !shell_safe(fact->name))
		return NULL;
	if (where != NULL && strchr(where, '@') != NULL) {
		size_t n = strcspn(where, "@");
		const char *ip = arena_strndup(arena, where, n);

		port = where + n + 1;
		if (shell_safe(ip) && shell_safe(port))
			at = strcmp(port, "53") == 0 ?
			    arena_printf(arena, "@%s ", ip) :
			    arena_printf(arena, "@%s -p %s ", ip, port);
	}
	return arena_printf(arena, "dig %s%s %s", at, fact->name,
	    dns_type_name(fact->type));
}

static bool
is_dns(const struct fact *fact)
{
	return strncmp(fact->key, "dns ", 4) == 0;
}

static void
draw_source(struct page *page, const struct fact *fact)
{
	struct str line;

	if (!is_dns(fact))
		return;
	str_init(&line, 512);
	if (fact->server != NULL && strcmp(fact->server, "replay") == 0)
		str_adds(&line, _("from the recording"));
	else if (fact->server != NULL)
		str_addf(&line, _("by %s"), text_safe(page->arena,
		    fact->server));
	/* by nobody, it tells nothing */
	if (line.len != 0 && fact->ms >= 0)
		str_addf(&line, _(" in %d ms"), fact->ms);
	if (line.len != 0 && fact->ttl != 0)
		str_addf(&line, _(", to be kept %u s"), (unsigned)fact->ttl);
	if (line.len != 0)
		page_text(page, 7, LOOK_PLAIN, line.text);
	str_free(&line);
}

static void
draw_fact(struct page *page, const struct fact *fact)
{
	const char *dig = is_dns(fact) ? dig_command(page->arena, fact) : NULL;

	page_tagged(page, status_tag(fact), arena_printf(page->arena, is_dns(
	    fact) ? "%s: %s" : "%s", text_safe(page->arena, is_dns(fact) ?
	    fact->key + 4 : fact->key), status_text(fact->status)));
	for (size_t i = 0; i < fact->n_values && i < VALUES_SHOWN; i++)
		page_text(page, 7, LOOK_STRONG, text_cleaned(page->arena,
		    fact->values[i].text, fact->values[i].len));
	if (fact->n_values > VALUES_SHOWN)
		page_text(page, 7, LOOK_PLAIN, arena_printf(page->arena,
		    _("and %zu more"), fact->n_values - VALUES_SHOWN));
	if (fact->alias != NULL)
		page_text(page, 7, LOOK_PLAIN, arena_printf(page->arena,
		    _("alias of %s"), text_safe(page->arena, fact->alias)));
	if (fact->note != NULL)
		page_text(page, 7, LOOK_PLAIN, note_say(page->arena,
		    fact->note));
	draw_source(page, fact);
	if (dig != NULL)
		page_text(page, 7, LOOK_PLAIN, dig);
	page_gap(page);
}

const struct finding *
row_finding(const struct findings *findings, size_t row)
{
	const char *result = row < findings->n_rows ?
	    findings->rows[row].result : NULL;

	for (size_t i = 0; result != NULL && i < findings->n; i++)
		if (strcmp(findings->list[i].title, result) == 0)
			return &findings->list[i];
	return NULL;
}

/* The finding that the screen is about, or NULL. */
static const struct finding *
about(const struct app *app, const struct findings *findings)
{
	if (app->evidence_all || app->about == EVIDENCE_ALL)
		return NULL;
	if (app->about == EVIDENCE_ROW)
		return row_finding(findings, app->about_row);
	for (size_t i = 0; i < findings->n; i++)
		if (strcmp(findings->list[i].id, app->about_id) == 0)
			return &findings->list[i];
	return NULL;
}

static void
enter(struct app *app)
{
	app->evidence_all = false;
	search_clear(app);
}

size_t
evidence_rows(struct page *page, const struct facts *facts,
    const struct finding *finding)
{
	size_t shown = 0;

	for (const char *const *key = finding->facts; key != NULL &&
	    *key != NULL; key++) {
		const struct fact *fact = report_fact(facts, *key);

		if (fact == NULL)
			continue;
		draw_fact(page, fact);
		shown++;
	}
	return shown;
}

static void
draw(struct app *app, struct page *page)
{
	const struct findings *findings = session_findings(app);
	const struct finding *finding;
	const struct facts *facts;
	size_t shown;

	if (findings == NULL) {
		page_text(page, 0, LOOK_PLAIN, _("Nothing was asked yet."));
		return;
	}
	facts = diagnosis_facts(app->diagnosis);
	finding = about(app, findings);
	page_text(page, 0, LOOK_STRONG, arena_printf(page->arena,
	    _("Evidence: %s"), finding != NULL ? finding->title :
	    _("everything that was asked")));
	page_gap(page);
	page_end_head(page);
	shown = finding != NULL ? evidence_rows(page, facts, finding) :
	    facts_count(facts);
	for (size_t i = 0; finding == NULL && i < facts_count(facts); i++)
		draw_fact(page, facts_at(facts, i));
	if (shown == 0)
		page_text(page, 0, LOOK_PLAIN, _("Nothing was asked for this. "
		    "a shows everything that was asked."));
	search_rows(app, page);
}

static bool
act(struct app *app, enum action action, const struct key *key)
{
	(void)key;
	if (search_act(app, action))
		return true;
	switch (action) {
	case ACTION_ALL:
		app->evidence_all = !app->evidence_all;
		*app_place(app) = (struct place){ .selected = 0 };
		break;
	case ACTION_AGAIN:
	case ACTION_AGAIN_ALL:
		session_again(app, action == ACTION_AGAIN_ALL);
		break;
	case ACTION_EVIDENCE:
		app_back(app);
		break;
	default:
		return false;
	}
	app->dirty = true;
	return true;
}

const struct screen screen_evidence = {
	.name = "evidence",
	.title = N_("Evidence"),
	.keys = {
		{ ACTION_PAGE_DOWN, N_("Look through") },
		{ ACTION_BACK, N_("Back") },
		{ ACTION_ALL, N_("All") },
		{ ACTION_SEARCH, N_("Search") },
		{ ACTION_AGAIN, N_("Ask again") },
		{ ACTION_AGAIN_ALL, NULL },
		{ ACTION_EVIDENCE, NULL },
		{ ACTION_NEXT, NULL },
		{ ACTION_PREVIOUS, NULL },
		{ ACTION_QUIT, N_("Quit") }
	},
	.enter = enter,
	.draw = draw,
	.act = act
};
