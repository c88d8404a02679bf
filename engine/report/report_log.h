/* SPDX-License-Identifier: ISC
 * A mail log by class, as text and as JSON. */
#ifndef WB_REPORT_LOG_H
#define WB_REPORT_LOG_H

#include <stdbool.h>

#include "engine/base/str.h"
#include "engine/maillog/log_summary.h"

/* The contract's object (design.md 5) on one line. BYTES of log text were
 * read; STOPPED: not to their end. */
void report_json_log(const struct log_result *result,
    unsigned long long bytes, bool stopped, struct str *out);

/* For 80 columns: the classes, the one that hurts most first, the domains if
 * they were asked for, then the totals. */
void report_text_log(const struct log_result *result,
    unsigned long long bytes, bool stopped, struct str *out);

#endif
