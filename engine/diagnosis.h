/* SPDX-License-Identifier: ISC
 * The pipeline: read, classify, look, judge, check, plan (design.md 1). The
 * only header that tui/ needs, beside the structs it shows. */
#ifndef WB_DIAGNOSIS_H
#define WB_DIAGNOSIS_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"
#include "engine/bounce/bounce.h"
#include "engine/checks/check.h"
#include "engine/demo.h"
#include "engine/remedy/plan.h"
#include "engine/world/facts.h"
#include "engine/world/replay.h"

/* What the command line and the user say. Strings are borrowed for the life of
 * the diagnosis. NULL or 0: not given. */
struct diagnosis_options {
	const char *const *resolvers;   /* ADDR[@PORT], NULL-terminated, or NULL */
	const char *postfix_directory;
	const char *const *own_ips;     /* NULL-terminated, or NULL */
	const char *const *includes;    /* services that send with the domain: SPF
	                                   includes or names; the same */
	const char *const *own_facts;   /* files of other servers' facts, the same */
	const char *const *panels;      /* DNS panels by id, the same */
	const char *domain;             /* the domain the user sends with */
	const char *relay;              /* through which mail shall leave */
	const struct answer *answers;   /* what the user said before */
	size_t n_answers;
	const char *selector;
	const char *rules_file;
	bool no_blocklists;
	bool no_public;                 /* ask no public resolver in the wait */
	int timeout_s;                  /* for all look-ups together; 0: 30 */
	const char *replay_file;        /* facts instead of the world */
	const char *demo;               /* "0" … "4", "3b" */
	bool dry_run;                   /* change nothing on this server */
	bool check_only;                /* no bounce: is this server ready? */
	const char *etc;                /* tests; NULL: "/etc" */
};

struct diagnosis;

/* A diagnosis with nothing read yet. Reads the replay, begins to read the host
 * and main.cf, sends nothing; postconf(1) and other programs of this system are
 * not waited for, but taken in by io(). NULL: ERR says what could not be read.
 * Not NULL, and ERR not empty: a line for each rules file that was left out for
 * a fault in it. */
struct diagnosis *diagnosis_new(const struct diagnosis_options *options,
    struct str *err);
void diagnosis_free(struct diagnosis **diagnosis);

/* Read a bounce (copied). The replay's or demo's own bounce is read by
 * diagnosis_new(). Returns how many refusals were found; 1 also for a message
 * that arrived (diagnosis_received()). */
size_t diagnosis_read(struct diagnosis *diagnosis, const char *file,
    const char *text, size_t len);

/* Choose which of the bounces the diagnosis is about (default: the one of
 * bounces_main()). */
void diagnosis_choose(struct diagnosis *diagnosis, size_t index);

/* The user says which kind of refusal the chosen bounce is: class CLASS_ID (of
 * class_find(), its string is kept). Its rule is then RULE_TOLD. */
#define RULE_TOLD "told"
void diagnosis_reclass(struct diagnosis *diagnosis, const char *class_id);

/* Looking. start() runs the first pass and sends questions, as soon as this
 * system is read; poll the fds, and io() after each poll until done. Before
 * start(), too: this system may still be read. Passes run by themselves when
 * answers came in; io() returns true when something new is to be shown. */
void diagnosis_start(struct diagnosis *diagnosis);
size_t diagnosis_poll(struct diagnosis *diagnosis, struct pollfd *fds,
    size_t max, int *timeout);
#define DIAGNOSIS_MAX_FDS 66      /* of DNS, and of postmap(1) */
bool diagnosis_io(struct diagnosis *diagnosis, const struct pollfd *fds,
    size_t n);
bool diagnosis_done(const struct diagnosis *diagnosis);

/* Stop asking; what is missing becomes unknown ("stopped"). */
void diagnosis_stop(struct diagnosis *diagnosis);

/* Wait until this system is read, for the commands without a screen: host(),
 * postfix() and record() are then whole. At most 11 s. */
void diagnosis_wait(struct diagnosis *diagnosis);

/* All of the above until done, for the commands without a screen. *CANCEL
 * (may be NULL) is looked at after each poll. */
void diagnosis_run(struct diagnosis *diagnosis, const volatile int *cancel);

/* Ask again: what failed, or (ALL) everything. Then go on as after start(). */
void diagnosis_again(struct diagnosis *diagnosis, bool all);

/* Make the results anew from what is known, without asking: their words are in
 * the language of now. After start() only. */
void diagnosis_reword(struct diagnosis *diagnosis);

/* Read this host and main.cf again, and ask again what failed and for the names
 * of the N CHANGES; till they are read the results stay as they were. In a
 * recording, which stays what it is, only the passes run again. */
void diagnosis_refresh(struct diagnosis *diagnosis,
    const struct change *changes, size_t n);

/* What-if, for a recording: from now on the DNS changes among the N CHANGES
 * count as published. Goes on as after start(). */
void diagnosis_assume(struct diagnosis *diagnosis,
    const struct change *changes, size_t n);

/* What the user says about who else sends with the domain: the address of a
 * server, the SPF include of a service, or its name. Then look on as after
 * start(). False: ERR says in a sentence why it cannot be used. */
bool diagnosis_tell(struct diagnosis *diagnosis, const char *who,
    struct str *err) __attribute__((warn_unused_result));

/* Can the key that signs here be exchanged? And: the user wants that. The plan
 * then has the steps; looks on as after start(). */
bool diagnosis_can_renew_key(const struct diagnosis *diagnosis);
void diagnosis_renew_key(struct diagnosis *diagnosis);

/* The results so far: borrowed, valid until the next io(), again(), reword() or
 * free(). Never NULL after start(). */
const struct bounces *diagnosis_bounces(const struct diagnosis *diagnosis);
const struct bounce *diagnosis_bounce(const struct diagnosis *diagnosis);
/* What was read is a message that arrived, not a bounce: what its receiver wrote
 * into it. NULL: it is not. diagnosis_bounce() then is that message. */
const struct received *diagnosis_received(const struct diagnosis *diagnosis);
const struct findings *diagnosis_findings(const struct diagnosis *diagnosis);
const struct plan *diagnosis_plan(const struct diagnosis *diagnosis);
const struct facts *diagnosis_facts(const struct diagnosis *diagnosis);
const struct recording *diagnosis_recording(const struct diagnosis *d);

/* This computer and its Postfix, or those of the replay. Of one that is still
 * being read nothing is known, or what was known before refresh(). */
const struct host *diagnosis_host(const struct diagnosis *diagnosis);
const struct postfix *diagnosis_postfix(const struct diagnosis *diagnosis);

/* The bounce's text as it was read (for viewing), not cleaned. */
const char *diagnosis_input(const struct diagnosis *diagnosis, size_t *len);

/* Everything looked at so far as facts text (replay.h), for --record-facts. */
void diagnosis_record(const struct diagnosis *diagnosis, struct str *out);

/* 0 nothing wrong, 1 a problem, 2 could not tell (design.md 5). */
int diagnosis_exit_status(const struct diagnosis *diagnosis);

#endif
