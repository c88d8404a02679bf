/* SPDX-License-Identifier: ISC
 * The JSON contract (design.md 5): fields are added, never renamed; what is
 * not known is null. Each function appends one line. */
#ifndef WB_REPORT_JSON_H
#define WB_REPORT_JSON_H

#include "engine/auth/spf.h"
#include "engine/report/report.h"

/* explain: one bounce. */
void report_json_bounce(const struct bounce *bounce, struct str *out);
/* explain: FILE, in which no bounce was found. */
void report_json_no_bounce(const char *file, bool not_bounce, struct str *out);

/* diagnose, check, demo: everything. */
void report_json(const struct report *report, struct str *out);

/* spf: one judgement. */
void report_json_spf(const struct spf_judgement *judgement, struct str *out);

/* demo without a case: one case. */
void report_json_case(const char *id, const char *title, struct str *out);

/* What they all end with: VALUE as one line of OUT; it is freed. */
struct json;
void report_json_line(struct json **value, struct str *out);

/* resume: the saved case and the states of its steps. */
struct json *report_json_case_object(const struct report *report);

#endif
