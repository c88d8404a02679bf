/* SPDX-License-Identifier: ISC
 * facts: what this host knows, to be collected from several servers. */
#include "config.h"

#include "engine/base/i18n.h"
#include "engine/report/report_facts.h"
#include "tui/batch.h"
#include "tui/output.h"

#define FACTS_TEXT_MAX ((size_t)4 << 20)

int
batch_facts(const struct options *options)
{
	struct diagnosis *diagnosis;
	const struct postfix *postfix;
	struct str out;
	int status;

	diagnosis = batch_new_diagnosis(options, &status);
	if (diagnosis == NULL)
		return status;
	diagnosis_wait(diagnosis);
	postfix = diagnosis_postfix(diagnosis);
	str_init(&out, FACTS_TEXT_MAX);
	if (options->json)
		report_json_facts(diagnosis_host(diagnosis), postfix, &out);
	else
		report_facts(diagnosis_host(diagnosis), postfix, &out);
	if (postfix_get_state(postfix) == POSTFIX_UNREADABLE)
		output_complain("%s: %s", postfix_directory(postfix),
		    postfix_note(postfix) != NULL ? postfix_note(postfix) :
		    _("cannot be read"));
	status = batch_print(&out, EXIT_NOTHING_WRONG);
	status = batch_record(options, diagnosis, status);
	diagnosis_free(&diagnosis);
	return status;
}
