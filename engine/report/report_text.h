/* SPDX-License-Identifier: ISC
 * Reports as plain text for 80 columns: calm, in whole sentences, the most
 * important first. Nothing foreign reaches OUT uncleaned. */
#ifndef WB_REPORT_TEXT_H
#define WB_REPORT_TEXT_H

#include "engine/auth/spf.h"
#include "engine/base/arena.h"
#include "engine/report/report.h"

/* diagnose, check, demo: everything. ARENA is for passing use. */
void report_text(struct arena *arena, const struct report *report,
    struct str *out);

/* explain: one bounce, with the file's name when SEVERAL inputs are read. */
void report_text_bounce(const struct bounce *bounce, bool several,
    struct str *out);

/* spf: the result, then the trace with its counters. */
void report_text_spf(const struct spf_judgement *judgement,
    const struct spf_request *request, struct str *out);

/* One piece of evidence on one line (no line end): "example.net TXT: no such
 * name (192.0.2.53@53, 12 ms)". A long value is cut. */
void report_text_fact(const struct fact *fact, struct str *out);

/* Parts of report_text(), in files of their own. */
void report_text_identity(const struct identity *identity, bool judged,
    struct str *out);
void report_text_authentication(const struct findings *findings,
    struct str *out);
void report_text_plan(const struct plan *plan, struct str *out);
void report_text_steps(const struct report *report, struct str *out);

/* What the parts share: a line that stands above others, and a label with its
 * text beside it (nothing at all when TEXT is NULL or empty), and "- text". */
void report_heading(struct str *out, const char *text);
void report_field(struct str *out, const char *label, const char *text);
void report_bullet(struct str *out, int indent, const char *text);

#endif
