/* SPDX-License-Identifier: ISC
 * How far the steps of a case are: as text and as JSON. */
#include "config.h"

#include <time.h>

#include "engine/base/i18n.h"
#include "engine/base/json.h"
#include "engine/base/text.h"
#include "engine/report/report_json.h"
#include "engine/report/report_text.h"
#include "engine/report/wrap.h"

/* In whole sentences: "done: seen by all 2 name servers". */
static const char *
state_words(struct arena *arena, const struct case_step *step)
{
	switch (step->state) {
	case STEP_OPEN:
		return step->later ? _("for later") : step->other_way ?
		    _("another way") : _("still open");
	case STEP_WAITING:
		return step->note == NULL ? _("waiting") :
		    arena_printf(arena, _("waiting: %s"), step->note);
	case STEP_DONE:
		return step->note == NULL ? _("done") :
		    arena_printf(arena, _("done: %s"), step->note);
	case STEP_SKIPPED:
		return step->note == NULL ? _("skipped") :
		    arena_printf(arena, _("skipped: %s"), step->note);
	}
	return "";
}

static bool
anything_done(const struct report *report)
{
	for (size_t i = 0; i < report->n_steps; i++)
		if (report->steps[i].state != STEP_OPEN)
			return true;
	return false;
}

void
report_text_steps(const struct report *report, struct str *out)
{
	struct arena *arena;

	if (!anything_done(report))
		return;
	arena = arena_new();
	report_heading(out, _("What was done"));
	for (size_t i = 0; i < report->n_steps; i++) {
		const struct case_step *step = &report->steps[i];

		wrap_labelled(out, 2, arena_printf(arena, "%zu", i + 1), 6,
		    step->title);
		wrap_paragraph(out, 6, state_words(arena, step));
	}
	arena_free(&arena);
}

/* Seconds since 1970 as "2026-11-21T14:02:10Z"; null when not known. */
static void
put_time(struct json *object, const char *key, time_t time)
{
	char text[64] = "";
	struct tm parts;

	if (time > 0 && gmtime_r(&time, &parts) != NULL)
		strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
	json_put_string(object, key, text[0] != '\0' ? text : NULL);
}

static struct json *
step_object(const struct case_step *step)
{
	struct json *object = json_new_object();

	json_put_string(object, "id", step->id);
	json_put_string(object, "title", step->title);
	json_put_string(object, "state", step_state_name(step->state));
	put_time(object, "since", step->since);
	json_put_string(object, "note", step->note);
	json_put_boolean(object, "needed", step->needed);
	return object;
}

struct json *
report_json_case_object(const struct report *report)
{
	struct json *object = json_new_object();
	struct json *steps = json_new_array();

	json_put_string(object, "name", report->case_name);
	put_time(object, "saved", (time_t)report->case_saved);
	for (size_t i = 0; i < report->n_steps; i++)
		json_put(steps, NULL, step_object(&report->steps[i]));
	json_put(object, "steps", steps);
	return object;
}
