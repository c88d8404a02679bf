/* SPDX-License-Identifier: ISC
 * The session as a saved case, and back. Hides what of a diagnosis is worth
 * keeping: what was set, read, answered and done; never what can be asked
 * again. */
#include "config.h"

#include <string.h>
#include <time.h>

#include "engine/base/i18n.h"
#include "tui/screen.h"

#define FACTS_TEXT_MAX ((size_t)3 << 20)
/* Of a longer input (a whole mail log) only the bounce itself is kept. */
#define INPUT_KEPT_MAX ((size_t)1 << 20)

const struct diagnosis_options *
session_options(const struct app *app)
{
	return app->own != NULL ? &app->asked : app->options->diagnosis;
}

/* What lists call this case. */
static const char *
case_title(const struct app *app)
{
	const struct findings *findings = session_findings(app);
	const struct bounce *bounce = session_bounce(app);
	const char *title = NULL;

	if (findings != NULL)
		title = findings->identity.envelope_domain != NULL ?
		    findings->identity.envelope_domain :
		    findings->identity.from_domain;
	if (title == NULL && bounce != NULL)
		title = bounce->domain != NULL ? bounce->domain :
		    bounce->recipient;
	return title != NULL ? title : session_options(app)->domain;
}

static size_t
chosen(const struct app *app)
{
	const struct bounces *bounces = diagnosis_bounces(app->diagnosis);
	const struct bounce *bounce = session_bounce(app);

	return bounces == NULL || bounce == NULL || bounces->n == 0 ? 0 :
	    (size_t)(bounce - bounces->list);
}

/* The facts text; a huge input, or facts that make it too large, are left
 * out. */
static void
facts_text(struct app *app, struct str *out)
{
	const struct bounce *bounce = session_bounce(app);
	struct recording brief = { .title = NULL };
	size_t len;
	const char *input = diagnosis_input(app->diagnosis, &len);

	if (len <= INPUT_KEPT_MAX)
		diagnosis_record(app->diagnosis, out);
	if (out->len != 0 && !out->cut)
		return;
	str_clear(out);
	brief = *diagnosis_recording(app->diagnosis);
	brief.bounce = NULL;
	if (input != NULL && bounce != NULL && bounce->start < bounce->end &&
	    bounce->end <= len) {
		brief.bounce = input + bounce->start;
		brief.bounce_len = bounce->end - bounce->start;
		if (brief.bounce_len > INPUT_KEPT_MAX)
			brief.bounce_len = INPUT_KEPT_MAX;
		app->saved.chosen = 0;
	}
	replay_write(&brief, diagnosis_facts(app->diagnosis), out);
}

bool
session_save(struct app *app)
{
	struct casefile *saved = &app->saved;
	struct str facts, err;
	bool done;

	if (app->diagnosis == NULL)
		return false;
	saved->saved = app_time(app);
	saved->title = case_title(app);
	saved->demo = app->demo;
	saved->recorded = facts_get_world(diagnosis_facts(app->diagnosis)) !=
	    FACTS_LIVE;
	saved->chosen = chosen(app);
	saved->look = *session_options(app);
	str_init(&facts, FACTS_TEXT_MAX);
	str_init(&err, 4096);
	facts_text(app, &facts);
	done = casefile_save(app->kept, saved, facts.text, facts.len, &err);
	/* these are the diagnosis's, and may be gone at the next look */
	saved->title = NULL;
	str_clear(&app->save_fault);
	if (!done) {
		str_add(&app->save_fault, err.text, err.len);
		app_say(app, _("Not saved: %s"), err.text);
	}
	app->is_saved = done;
	str_free(&err);
	str_free(&facts);
	return done;
}

void
session_save_on_leave(struct app *app)
{
	bool gone = app->leaving != LEAVE_QUIT;

	/* a paste that was not looked at yet */
	if (gone && app->paste.text.len != 0 && !app->paste.used &&
	    !app->paste.read)
		(void)session_paste(app);
	if (app->diagnosis == NULL || (session_bounce(app) == NULL &&
	    !session_options(app)->check_only))
		return;
	if (session_touched(app) || gone ||
	    (app->demo == NULL && session_open_steps(app) != 0))
		session_save(app);
}

bool
session_resume(struct app *app, const char *name)
{
	struct arena *kept = arena_new();
	struct casefile saved;
	struct diagnosis_options options;
	struct str err;
	bool done;

	str_init(&err, 4096);
	done = casefile_load(kept, name, &saved, &err);
	if (!done)
		app_say(app, "%s", err.text);
	str_free(&err);
	if (done) {
		options = casefile_options(kept, &saved,
		    app->options->diagnosis);
		options.demo = NULL;
		done = session_new(app, &options);
	}
	if (!done) {
		arena_free(&kept);
		return false;
	}
	arena_free(&app->kept);
	app->kept = kept;
	app->saved = saved;
	app->saved.steps = arena_array(kept, CASEFILE_STEPS_MAX,
	    sizeof *saved.steps);
	for (size_t i = 0; i < saved.n_steps; i++)
		app->saved.steps[i] = saved.steps[i];
	app->saved.name = arena_strdup(kept, saved.name);
	app->demo = saved.demo;
	app->resumed = app->steps_seen = true;
	if (!saved.recorded && saved.bounce != NULL)
		diagnosis_read(app->diagnosis, "-", saved.bounce,
		    saved.bounce_len);
	diagnosis_choose(app->diagnosis, saved.chosen);
	return true;
}
