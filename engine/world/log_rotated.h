/* SPDX-License-Identifier: ISC
 * What a log was called before: the files that logrotate(8) and newsyslog made
 * of it. */
#ifndef WB_LOG_ROTATED_H
#define WB_LOG_ROTATED_H

#include <stddef.h>

#include "engine/base/arena.h"

/* The logs that were closed before FILE was begun, the newest first, at most
 * LOG_ROTATED_MAX: mail.log.1 and mail.log.2.gz for mail.log, mail.log.3.gz
 * and so on for mail.log.2.gz, maillog-20260125.xz for maillog and
 * maillog-20260201. Arena-owned. */
#define LOG_ROTATED_MAX 2
size_t log_rotated(struct arena *arena, const char *file,
    const char *names[LOG_ROTATED_MAX]);

#endif
