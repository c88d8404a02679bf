/* SPDX-License-Identifier: ISC
 * The time at the start of a log line. */
#ifndef WB_LOG_TIME_H
#define WB_LOG_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/* SECONDS since 1970 for comparing (local time of the log when it names no
 * zone), TEXT as ISO 8601: "2026-02-01T00:00:03", with the zone where the log
 * has one. */
struct log_time {
	long long seconds;
	char text[32];          /* "": not known */
};

/* Read it from the LEN octets of LINE: ISO 8601, "Feb  1 00:00:03" (RFC 3164
 * 4.1.2), or journald's microseconds. A time without year is in the year that
 * ends with MODIFIED. False: none is there, and *OUT is not known. */
bool log_time_read(const char *line, size_t len, time_t modified,
    struct log_time *out);

/* The same for a line of the text that begins at TEXT: one of a journal's
 * record has its time in a line before it. */
bool log_time_find(const char *text, const char *line, size_t len,
    time_t modified, struct log_time *out);

#endif
