/* SPDX-License-Identifier: ISC
 * The JSON objects of the smaller commands: spf, and the list of demo cases. */
#include "config.h"

#include "engine/base/json.h"
#include "engine/report/report_json.h"

/* Of one term alone: spf.h says what the results stand for. */
static const char *
term_outcome(enum spf_result outcome)
{
	if (outcome == SPF_PASS)
		return "match";
	if (outcome == SPF_NEUTRAL)
		return "no match";
	return spf_result_name(outcome);
}

static struct json *
trace_array(const struct spf_judgement *judgement)
{
	struct json *array = json_new_array();

	for (size_t i = 0; i < judgement->n_steps; i++) {
		const struct spf_step *step = &judgement->steps[i];
		struct json *object = json_new_object();

		json_put_integer(object, "depth", step->depth);
		json_put_string(object, "domain", step->domain);
		json_put_string(object, "term", step->term);
		json_put_integer(object, "offset", (long long)step->offset);
		json_put_integer(object, "length", (long long)step->length);
		json_put_string(object, "target", step->target);
		json_put_string(object, "outcome", term_outcome(step->outcome));
		json_put_integer(object, "lookups", step->lookups);
		json_put_integer(object, "void", step->voids);
		json_put(array, NULL, object);
	}
	return array;
}

/* Where a permerror comes from: the typing error, else the term that the
 * evaluation stopped at; of two records no place can be named. */
static struct json *
error_object(const struct spf_judgement *judgement)
{
	const struct spf_step *at = NULL;
	struct json *object;

	if (judgement->error_message == NULL &&
	    judgement->result != SPF_PERMERROR)
		return NULL;
	object = json_new_object();
	for (size_t i = 0; i < judgement->n_steps; i++)
		if (judgement->steps[i].outcome == SPF_PERMERROR)
			at = &judgement->steps[i];
	if (judgement->error_message != NULL) {
		json_put_string(object, "domain", judgement->error_domain);
		json_put_integer(object, "offset",
		    (long long)judgement->error_offset);
	} else {
		json_put_string(object, "domain", at != NULL ? at->domain :
		    judgement->blamed != NULL ? judgement->blamed :
		    judgement->domain);
		if (at != NULL)
			json_put_integer(object, "offset", (long long)at->offset);
		else
			json_put_string(object, "offset", NULL);
	}
	json_put_string(object, "message", judgement->error_message != NULL ?
	    judgement->error_message : judgement->reason);
	return object;
}

void
report_json_spf(const struct spf_judgement *judgement, struct str *out)
{
	struct json *object = json_new_object();

	json_put_string(object, "result", spf_result_name(judgement->result));
	json_put_string(object, "domain", judgement->domain);
	json_put_string(object, "record", judgement->record);
	json_put_string(object, "reason", judgement->reason);
	json_put_string(object, "matched", judgement->matched);
	json_put_integer(object, "lookups", judgement->lookups);
	json_put_integer(object, "void", judgement->voids);
	json_put_string(object, "explanation", judgement->explanation);
	json_put(object, "trace", trace_array(judgement));
	json_put(object, "error", error_object(judgement));
	report_json_line(&object, out);
}

void
report_json_case(const char *id, const char *title, struct str *out)
{
	struct json *object = json_new_object();

	json_put_string(object, "id", id);
	json_put_string(object, "title", title);
	report_json_line(&object, out);
}
