/* SPDX-License-Identifier: ISC
 * A saved case without a screen: read, looked at again, reported. */
#include "config.h"

#include "engine/base/i18n.h"
#include "tui/batch.h"
#include "tui/output.h"

static int
look_again(const struct options *options, struct arena *arena,
    const struct casefile *saved)
{
	struct options again = *options;
	struct diagnosis *diagnosis;
	int status;

	again.look = casefile_options(arena, saved, &options->look);
	diagnosis = batch_new_diagnosis(&again, &status);
	if (diagnosis == NULL)
		return status;
	if (!saved->recorded && saved->bounce != NULL)
		diagnosis_read(diagnosis, saved->name, saved->bounce,
		    saved->bounce_len);
	diagnosis_choose(diagnosis, saved->chosen);
	status = batch_look_and_report(&again, diagnosis, NULL, saved);
	diagnosis_free(&diagnosis);
	return status;
}

int
batch_resume(const struct options *options)
{
	struct arena *arena = arena_new();
	struct casefile saved;
	int status = EXIT_UNREADABLE;

	if (batch_load_case(options, arena, &saved))
		status = look_again(options, arena, &saved);
	arena_free(&arena);
	return status;
}

bool
batch_load_case(const struct options *options, struct arena *arena,
    struct casefile *saved)
{
	struct str err;
	bool done;

	str_init(&err, 4096);
	done = casefile_load(arena, options->operands.n > 0 ?
	    options->operands.items[0] : NULL, saved, &err);
	if (!done)
		output_complain("%s", err.text);
	str_free(&err);
	return done;
}
