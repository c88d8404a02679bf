/* SPDX-License-Identifier: ISC
 * Knows the forms of time that logs use. Hides the calendar. */
#include "config.h"

#include "engine/maillog/log_time.h"

#include <stdio.h>
#include <string.h>

#include "engine/bounce/scan.h"

#define DAY 86400

/* A journal's record has its time at most this far in front of its text. */
#define EXPORT_BEFORE 4096

/* A line's parts of time, as they stand there. */
struct moment {
	int year, month, day, hour, minute, second;
	int zone_minutes;
	char zone[8];
};

/* N digits at P as a number; -1 when they are none. A leading blank is a
 * zero: "Feb  1". */
static int
number(const char *p, size_t n)
{
	int value = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] == ' ' && i == 0)
			continue;
		if (!is_digit(p[i]))
			return -1;
		value = value * 10 + (p[i] - '0');
	}
	return value;
}

/* Days since 1970-01-01 in the Gregorian calendar: years begin in March, so
 * that the leap day is their last. */
static long long
days_of(int year, int month, int day)
{
	long long y = month <= 2 ? year - 1 : year;
	int m = month <= 2 ? month + 9 : month - 3;

	return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day -
	    1 - 719468;
}

static long long
seconds_of(const struct moment *m)
{
	return days_of(m->year, m->month, m->day) * DAY + m->hour * 3600 +
	    (m->minute - m->zone_minutes) * 60 + m->second;
}

/* "00:00:03" */
static bool
read_clock(const char *p, size_t len, struct moment *m)
{
	if (len < 8 || p[2] != ':' || p[5] != ':')
		return false;
	m->hour = number(p, 2);
	m->minute = number(p + 3, 2);
	m->second = number(p + 6, 2);
	return m->hour >= 0 && m->hour < 24 && m->minute >= 0 &&
	    m->minute < 60 && m->second >= 0 && m->second < 61;
}

static bool
is_date(const struct moment *m)
{
	return m->year >= 1970 && m->month >= 1 && m->month <= 12 &&
	    m->day >= 1 && m->day <= 31;
}

/* "Z", "+0900" or "+09:00"; none is the log's own. */
static void
read_zone(const char *p, size_t len, struct moment *m)
{
	int hours, minutes;
	size_t colon;

	if (len > 0 && p[0] == 'Z') {
		memcpy(m->zone, "Z", 2);
		return;
	}
	if (len < 5 || (p[0] != '+' && p[0] != '-'))
		return;
	colon = p[3] == ':';
	if (len < 5 + colon)
		return;
	hours = number(p + 1, 2);
	minutes = number(p + 3 + colon, 2);
	if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59)
		return;
	m->zone_minutes = (hours * 60 + minutes) * (p[0] == '-' ? -1 : 1);
	snprintf(m->zone, sizeof m->zone, "%c%02d:%02d", p[0], hours, minutes);
}

/* "2026-02-01T00:00:03.123456+09:00", a blank for the T too */
static bool
read_iso(const char *p, size_t len, struct moment *m)
{
	size_t n = 19;

	if (len < n || p[4] != '-' || p[7] != '-' ||
	    (p[10] != 'T' && p[10] != ' ') || !read_clock(p + 11, 8, m))
		return false;
	m->year = number(p, 4);
	m->month = number(p + 5, 2);
	m->day = number(p + 8, 2);
	if (n < len && (p[n] == '.' || p[n] == ','))
		for (n++; n < len && is_digit(p[n]);)
			n++;
	read_zone(p + n, len - n, m);
	return is_date(m);
}

/* "Feb  1 00:00:03" */
static bool
read_bsd(const char *p, size_t len, time_t modified, struct moment *m)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm now;

	if (len < 15 || p[3] != ' ' || p[6] != ' ' ||
	    !read_clock(p + 7, 8, m))
		return false;
	for (int i = 0; i < 12; i++)
		if (memcmp(p, months + (size_t)i * 3, 3) == 0)
			m->month = i + 1;
	m->day = number(p + 4, 2);
	if (gmtime_r(&modified, &now) == NULL)
		return false;
	m->year = now.tm_year + 1900;
	/* a day more: the log's zone is not known */
	if (is_date(m) && seconds_of(m) > (long long)modified + DAY)
		m->year--;
	return is_date(m);
}

/* journalctl -o export: "__REALTIME_TIMESTAMP=1769904000123456" */
static bool
read_journal(const char *p, size_t len, struct moment *m)
{
	static const char name[] = "__REALTIME_TIMESTAMP=";
	time_t seconds = 0;
	struct tm parts;

	if (len < sizeof name + 9 || memcmp(p, name, sizeof name - 1) != 0)
		return false;
	p += sizeof name - 1;
	len -= sizeof name - 1 + 6;
	for (size_t i = 0; i < len && i < 12 && is_digit(p[i]); i++)
		seconds = seconds * 10 + (p[i] - '0');
	if (gmtime_r(&seconds, &parts) == NULL)
		return false;
	*m = (struct moment){ parts.tm_year + 1900, parts.tm_mon + 1,
		parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, 0,
		"Z" };
	return is_date(m);
}

bool
log_time_read(const char *line, size_t len, time_t modified,
    struct log_time *out)
{
	struct moment m = { .year = 0 };

	out->seconds = 0;
	out->text[0] = '\0';
	/* a priority in front, as it came over the network: "<22>" */
	if (len > 5 && line[0] == '<') {
		const char *close = memchr(line, '>', 5);

		if (close != NULL) {
			len -= (size_t)(close + 1 - line);
			line = close + 1;
		}
	}
	if (!read_iso(line, len, &m) && !read_bsd(line, len, modified, &m) &&
	    !read_journal(line, len, &m))
		return false;
	out->seconds = seconds_of(&m);
	snprintf(out->text, sizeof out->text,
	    "%04u-%02u-%02uT%02u:%02u:%02u%s", (unsigned int)m.year % 10000,
	    (unsigned int)m.month % 100, (unsigned int)m.day % 100,
	    (unsigned int)m.hour % 100, (unsigned int)m.minute % 100,
	    (unsigned int)m.second % 100, m.zone);
	return true;
}

/* The last place of MARK between FROM and END. */
static const char *
find_last(const char *from, const char *end, const char *mark)
{
	const char *found = NULL, *p = from;

	while (p != NULL && p < end) {
		p = memmem(p, (size_t)(end - p), mark, strlen(mark));
		if (p != NULL)
			found = p++;
	}
	return found;
}

bool
log_time_find(const char *text, const char *line, size_t len,
    time_t modified, struct log_time *out)
{
	const char *from = text;

	if (log_time_read(line, len, modified, out))
		return true;
	if (!span_starts(span_make(line, len), "MESSAGE="))
		return false;
	if (line - text > EXPORT_BEFORE)
		from = line - EXPORT_BEFORE;
	from = find_last(from, line, "__REALTIME_TIMESTAMP=");
	return from != NULL && log_time_read(from, (size_t)(line - from),
	    modified, out);
}
