/* SPDX-License-Identifier: ISC
 * log: a mail log by class. */
#ifndef WB_BATCH_LOG_H
#define WB_BATCH_LOG_H

#include "tui/options.h"

/* Read the logs that OPTIONS name, or this host's, and print what they say.
 * Returns the exit status. */
int batch_log(const struct options *options);

#endif
