/* SPDX-License-Identifier: ISC
 * A saved case: facts text (engine/world/replay.h) with what was set, what the
 * user answered and how far each step is, in one readable file. Before the
 * facts stand
 *
 *   [saved]   version = 1, time, title, demo, recorded, chosen and the settings
 *             of the command line (a table in casefile_parts.h)
 *   [steps]   "step = ID open|waiting|done|skipped TIME", then title, note,
 *             "other-way = yes", and "change = ZONE NAME TYPE" with its
 *             "before" and "after" values
 *
 * and behind them "[end]", which tells a whole file from a cut one. Values are
 * written as replay_escape() does; times as 2026-11-21T14:02:10Z. --replay
 * takes such a file, too. */
#ifndef WB_CASEFILE_H
#define WB_CASEFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "engine/diagnosis.h"

#define CASEFILE_VERSION 1
#define CASEFILE_STEPS_MAX 64

enum step_state { STEP_OPEN, STEP_WAITING, STEP_DONE, STEP_SKIPPED };
const char *step_state_name(enum step_state state);     /* "waiting" */

/* How far a step is. It stays when the plan no longer has it. */
struct case_step {
	const char *id, *title;        /* "spf.publish"; translated */
	enum step_state state;
	time_t since;                  /* when it came to that; 0: not known */
	const char *note;              /* what was seen, or why it was skipped;
	                                  NULL: nothing to say */
	const struct change *changes;  /* CHANGE_DNS ones: what to wait for */
	size_t n_changes;
	bool other_way;                /* instead of another step */
	bool later;                    /* nothing needs it now */
	bool needed;                   /* the plan of the last look has it; not
	                                  in the file */
};

struct casefile {
	const char *name;              /* "example.net-20261121-140210" */
	const char *title;             /* what lists call it: the domain */
	time_t saved;
	const char *demo;              /* id of the demo case, or NULL */
	bool recorded;                 /* its facts come from this file */
	size_t chosen;                 /* which of the bounces */
	struct diagnosis_options look; /* settings, and the answers */
	struct case_step *steps;
	size_t n_steps;
	const char *bounce;            /* or NULL */
	size_t bounce_len;
};

/* The file as text: SAVED, then FACTS (diagnosis_record()). */
void casefile_print(const struct casefile *saved, const char *facts,
    size_t facts_len, struct str *out);

/* Read LEN octets of a case named FILE, any bytes. Strings belong to ARENA.
 * HEAD_ONLY: no further than the steps, for lists. False: ERR says "FILE:LINE:
 * reason", or that it comes from a newer version. */
bool casefile_parse(struct arena *arena, const char *file, const char *text,
    size_t len, bool head_only, struct casefile *out, struct str *err)
	__attribute__((warn_unused_result));

/* Save under SAVED->name in state_folder(), which is made (0700) when it is
 * missing: whole or not at all, readable by its owner only. A name is chosen,
 * arena-owned, when there is none yet. False: ERR says why, in one sentence,
 * and a file saved before is as it was. */
bool casefile_save(struct arena *arena, struct casefile *saved,
    const char *facts, size_t facts_len, struct str *err)
	__attribute__((warn_unused_result));

/* Read the case NAME: a name, the beginning of names (the newest of them), a
 * path when it has a slash, or NULL for the newest of all. False: ERR says why
 * in one sentence. What belongs to somebody else, or could be written to by
 * others, is not read. */
bool casefile_load(struct arena *arena, const char *name,
    struct casefile *out, struct str *err) __attribute__((warn_unused_result));

/* The path of the case NAME, for --replay. Arena-owned. */
const char *casefile_path(struct arena *arena, const char *name);

/* The cases that can be gone on with, newest first, with their heads. Returns
 * how many; *LEFT_OUT gets how many could not be read, and *FAULT a sentence
 * why the newest of those could not, or NULL. */
size_t casefile_list(struct arena *arena, struct casefile **list,
    size_t *left_out, const char **fault);
#define CASEFILE_LIST_MAX 200

/* The options with which SAVED is looked at again: what was GIVEN on the command
 * line now, and where that says nothing, what was saved. Strings belong to
 * both. */
struct diagnosis_options casefile_options(struct arena *arena,
    const struct casefile *saved, const struct diagnosis_options *given);

/* The steps of a new PLAN with the states of the N_OLD ones, into LIST (room for
 * CASEFILE_STEPS_MAX). Of those that the plan no longer has, what was dealt
 * with stays, and what was open is done when CERTAIN (nothing looked at is
 * unknown); another way that is gone is dropped. Returns how many there are. */
size_t casefile_merge(struct arena *arena, const struct case_step *old,
    size_t n_old, const struct plan *plan, bool certain,
    struct case_step *list);

/* Steps that are done or skipped. */
size_t casefile_settled(const struct casefile *saved);

/* "14:02" for today, else "2026-11-20 14:02", in local time. Arena-owned. */
const char *casefile_time(struct arena *arena, time_t time, time_t now);

#endif
