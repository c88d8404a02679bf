/* SPDX-License-Identifier: ISC
 * Findings become ordered steps: change, reason, proof, how to verify. */
#ifndef WB_PLAN_H
#define WB_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/auth/dkim_key.h"
#include "engine/checks/check.h"

enum change_kind {
	CHANGE_DNS,
	CHANGE_POSTCONF,         /* a setting of main.cf, or "smtp/unix/NAME" of
	                            master.cf */
	CHANGE_FILE,             /* a line of another file, or all of it */
	CHANGE_FOLDER,           /* a folder is there */
	CHANGE_KEY,              /* a file with a new private key is there */
	CHANGE_COMMAND,
	CHANGE_ADVICE
};

struct change {
	enum change_kind kind;
	/* CHANGE_DNS */
	const char *zone, *name;
	enum dns_type type;
	const char *const *before;     /* values, NULL-terminated */
	const char *const *after;
	/* CHANGE_POSTCONF */
	const char *parameter, *old_value, *new_value;
	/* CHANGE_FILE: TEXT is the line to be in it (in place of one with the
	 * same first word) or the WHOLE file. CHANGE_FOLDER, CHANGE_KEY: nothing
	 * is done when PATH is there. What is new gets MODE and OWNER */
	const char *path;
	bool whole;
	bool anew;                     /* a line that is added at the end unless
	                                  it is there, word by word */
	unsigned int mode;             /* 0: 0644 */
	const char *owner;             /* "user:group"; NULL: who runs this */
	enum dkim_pair key;            /* of CHANGE_KEY */
	/* CHANGE_COMMAND, CHANGE_POSTCONF, CHANGE_FOLDER, CHANGE_KEY: what to
	 * type into a shell;
	 * CHANGE_ADVICE: a sentence, translated */
	const char *text;
	/* CHANGE_ADVICE about a record that does not help: the record and what
	 * SPF gives with it ("softfail"); else NULL */
	const char *record, *record_result;
};

struct proof {
	const char *what;              /* "spf", "ptr", "dmarc" */
	const char *ip, *sender;
	const char *before, *after;    /* results: "softfail", "pass" … */
	const char *term;              /* the term of the old SPF record that IP
	                                  stands for, or NULL */
};

struct card {
	const char *panel;             /* "bind", "value-domain", "generic" */
	const char *title;             /* translated */
	const char *text;              /* lines to copy; "": none, see the notes */
	const char *const *notes;      /* sentences for the reader, translated */
	size_t n_notes;
	bool preferred;                /* of the user's panel, as far as known */
	bool offered;                  /* for reports: preferred, or good for all */
};

struct step {
	const char *id;                /* "spf.publish" */
	const char *alternative_to;    /* id of the recommended one, or NULL */
	bool later;                    /* nothing needs it now: worth doing when
	                                  the time has come */
	const char *const *settles;    /* finding ids, NULL-terminated; or NULL */
	const char *title, *why;       /* translated */
	const char *who;               /* dns, host, app, hoster, recipient, wait */
	const char *time;              /* "5 minutes", translated; or NULL */
	struct change *changes;
	size_t n_changes;
	struct proof *proofs;
	size_t n_proofs;
	bool proven;                   /* has proofs and all of them get better
	                                  or stay at pass */
	const char *blocked;           /* why it cannot be marked done, one short
	                                  sentence, translated; or NULL */
	struct card *cards;
	size_t n_cards;
	const char *verify;            /* command or sentence, translated */
};

struct plan {
	struct step *steps;
	size_t n;
	const char *headline;    /* who refused and why, plain words, translated */
	const char *first;       /* the one thing to do, translated */
};

/* Is change I of STEP a further line for the file of the change before it? */
bool step_goes_on(const struct step *step, size_t i);

/* Need STEP not be done: instead of another, or one for later? */
bool step_is_optional(const struct step *step);

/* Where the step ID stands in the plan, counted from 1; 0: there is none. */
size_t plan_step_number(const struct plan *plan, const char *id);

/* The first step that settles the finding ID, counted from 1; 0: none does. */
size_t plan_step_for(const struct plan *plan, const char *id);

/* Make the plan from this pass's findings. May note names as wanted (candidate
 * includes). The result belongs to INPUT's arena. */
struct plan *plan_make(const struct check_input *input,
    const struct findings *findings);

#endif
