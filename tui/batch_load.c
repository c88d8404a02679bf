/* SPDX-License-Identifier: ISC
 * Knows what is said about inputs that are not read, or not read whole. Hides
 * that a log is read for the sake of one message. */
#include "config.h"

#include "tui/batch.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/maillog/log_newest.h"
#include "tui/load.h"
#include "tui/output.h"

bool
batch_load(const char *file, struct str *text, struct maillog **log)
{
	struct maillog *input;
	struct str err;
	bool is_log = false, done;

	str_init(&err, 1024);
	if (strcmp(file, "-") == 0 && isatty(STDIN_FILENO))
		fprintf(stderr, "%s\n", _("Paste the bounce, press Enter, "
		    "then Ctrl-D."));
	input = load_open(file, &is_log, &err);
	is_log = is_log && log != NULL;
	done = input != NULL;
	if (log != NULL)
		*log = is_log ? input : NULL;
	if (done && !is_log)
		/* a file that was cut short is worth reading all the same */
		done = maillog_rest(input, text, &err) != MAILLOG_FAULT;
	if (!done)
		output_complain("%s: %s", file, err.text);
	else if (text->cut)
		output_complain(_("%s: only the first %u MiB were read"), file,
		    BOUNCE_INPUT_MAX >> 20);
	if (!is_log)
		maillog_close(&input);
	str_free(&err);
	return done;
}

/* Can it be opened once more? */
static bool
is_file(const char *file)
{
	struct stat status;

	return strcmp(file, "-") != 0 && stat(file, &status) == 0 &&
	    S_ISREG(status.st_mode);
}

/* Which one it is about: that was not asked for. */
static void
tell(const char *file, const struct str *id, const struct str *to)
{
	struct arena *arena = arena_new();

	if (to->len != 0)
		output_complain(_("%s: a mail log; this is about its newest "
		    "refusal: message %s to %s"), file,
		    text_safe(arena, id->text), text_safe(arena, to->text));
	else
		output_complain(_("%s: a mail log; this is about its newest "
		    "refusal: message %s"), file, text_safe(arena, id->text));
	arena_free(&arena);
}

bool
batch_load_newest(const char *file, struct maillog *log, struct str *text,
    struct str *to)
{
	struct log_newest *newest = log_newest_new();
	enum maillog_state state = MAILLOG_LINES;
	struct str err, id;
	const char *lines;
	size_t len;

	str_init(&err, 1024);
	str_init(&id, 64);
	while (state == MAILLOG_LINES) {
		state = maillog_next(log, &lines, &len, &err);
		log_newest_add(newest, maillog_time(log), lines, len);
	}
	maillog_close(&log);
	/* what came before the fault is still good */
	if (err.len != 0)
		output_complain("%s: %s", file, err.text);
	if (log_newest_message(newest, is_file(file) ? file : NULL, text, &id,
	    to))
		tell(file, &id, to);
	log_newest_free(&newest);
	str_free(&id);
	str_free(&err);
	return state != MAILLOG_FAULT || text->len != 0;
}
