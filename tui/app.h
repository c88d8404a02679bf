/* SPDX-License-Identifier: ISC
 * The wizard: event loop and stack of screens, on a full screen or line by
 * line. Everything shown comes from the diagnosis. */
#ifndef WB_APP_H
#define WB_APP_H

#include <stdint.h>

#include "engine/diagnosis.h"

/* The screen the wizard opens with. */
enum app_first {
	APP_START,     /* what do you have? The diagnosis may be NULL */
	APP_VERDICT,   /* a bounce is read already: what it says */
	APP_LOG,       /* the log named below, as a list */
	APP_CHECKS     /* no bounce, but a domain: the checks, running */
};

struct app_options {
	enum app_first first;

	/* The saved case to go on with, or NULL. */
	const char *resume;

	/* From the command line; fresh diagnoses (a paste, a file, a demo chosen
	 * on the start screen) are made from a copy of it, with demo, domain and
	 * check_only as chosen. Borrowed; never NULL. */
	const struct diagnosis_options *diagnosis;

	/* For APP_LOG: a regular file. Borrowed. */
	const char *log_file;

	/* Where keys come from: a terminal opened by the caller when standard
	 * input was a pipe; 0 or -1: standard input. */
	int keys_fd;

	/* Translated; shown above the verdict of a demo. NULL: not a demo. */
	const char *demo_title;

	bool plain;    /* line by line, not on a full screen */

	/* A sentence shown until the first key; NULL: none. */
	const char *notice;

	/* Called once, with the normal screen back, with the diagnosis that was
	 * looked at last (--record-facts). May be NULL; not called when there is
	 * no diagnosis, or when the terminal has gone. */
	void (*leave)(struct diagnosis *diagnosis, void *arg);
	void *leave_arg;
};

/* Run the wizard until the user leaves. DIAGNOSIS stays the caller's and must
 * outlive the call; it has read what it is to read, and need not be started.
 * Locale and text domain are set by the caller before.
 *
 * Returns the exit status: diagnosis_exit_status() of the diagnosis looked at
 * last, 0 when nothing was looked at, 128 + N after signal N, 129 when the
 * terminal has gone, EX_UNAVAILABLE (69) when the terminal cannot be used (said
 * in one line on standard error). */
int app_run(struct diagnosis *diagnosis, const struct app_options *options);

#endif
