/* SPDX-License-Identifier: ISC
 * The commands without a screen. Each returns the exit status. */
#ifndef WB_BATCH_H
#define WB_BATCH_H

#include "engine/diagnosis.h"
#include "engine/report/casefile.h"
#include "engine/world/dns_fetch.h"
#include "engine/world/maillog.h"
#include "tui/options.h"

int batch_explain(const struct options *options);

/* Everything about one bounce; also a bare FILE without a terminal. */
int batch_diagnose(const struct options *options);

int batch_check(const struct options *options);
int batch_spf(const struct options *options);

/* What this host knows (batch_facts.c). */
int batch_facts(const struct options *options);

/* batch_dns.c: the name servers that the options name, or those of this host.
 * False: said why not. And everything that FETCH has under way, or was wanted
 * since, until DEADLINE (clock_ms()). */
bool batch_find_servers(const struct options *options, struct resolvconf *conf);
void batch_fetch(struct dns_fetch *fetch, int64_t deadline);

/* Take a change back (batch_undo.c). */
int batch_undo(const struct options *options);

/* Make the change on standard input whose digest is the operand, for the wizard
 * that has started it as root (batch_apply.c, elevate.h). */
int batch_apply(const struct options *options);

/* A saved case, looked at again, with how far its steps are. */
int batch_resume(const struct options *options);

/* The saved case that the operands name. False: said why not. */
bool batch_load_case(const struct options *options, struct arena *arena,
    struct casefile *saved) __attribute__((warn_unused_result));

/* One demo case, or the list of them. */
int batch_demo(const struct options *options);

/* The diagnosis that the options ask for. NULL: said why; *STATUS is the exit
 * status. */
struct diagnosis *batch_new_diagnosis(const struct options *options,
    int *status);

/* Look, record, print the report with how far the steps of SAVED are (NULL: no
 * saved case). FILE is the bounce's name, or NULL. Returns the exit status. */
int batch_look_and_report(const struct options *options,
    struct diagnosis *diagnosis, const char *file,
    const struct casefile *saved);

/* Read FILE ("-": standard input) into TEXT, complaining when that fails or
 * when it is too large to be read whole; but a log is only opened: *LOG is
 * then not NULL, and is the caller's to be closed. LOG NULL: there is nothing
 * special about a log. */
bool batch_load(const char *file, struct str *text, struct maillog **log)
	__attribute__((warn_unused_result));

/* Read LOG, which is FILE, to its end and close it. The newest message that
 * was refused in it is added to TEXT, whose recipient to TO. False: it could
 * not be read, and that was said. */
bool batch_load_newest(const char *file, struct maillog *log,
    struct str *text, struct str *to) __attribute__((warn_unused_result));

/* Say that no bounce was found in FILE, and why not. */
void batch_complain_no_bounce(const char *file, bool not_bounce);

/* Write what was looked at to --record-facts, if given. Returns STATUS, or
 * EXIT_CANNOT_WRITE. */
int batch_record(const struct options *options,
    const struct diagnosis *diagnosis, int status);
int batch_record_text(const char *file, const struct str *facts, int status);

/* Print OUT, free it, and return STATUS or what went wrong. */
int batch_print(struct str *out, int status);

#endif
