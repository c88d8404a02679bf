/* SPDX-License-Identifier: ISC
 * Is it a log, of which one message is to be chosen, or is it about one
 * message? */
#ifndef WB_LOG_SNIFF_H
#define WB_LOG_SNIFF_H

#include <stdbool.h>
#include <stddef.h>

/* TEXT is what the input begins with; WHOLE: that is all of it. A log is what
 * consists of log lines for the most part, does not begin with a mail's
 * header, and is of more than a few messages: a handful of log lines that
 * somebody has picked out is a bounce like any other. */
bool log_sniff(const char *text, size_t len, bool whole);

/* Lines that have been picked out are of at most so many queue ids. */
#define LOG_SNIFF_PICKED 5

#endif
