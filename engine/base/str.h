/* SPDX-License-Identifier: ISC
 * Growing text that is born with a limit, so that no input can grow it
 * without bound. */
#ifndef WB_STR_H
#define WB_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct str {
	char *text;     /* NUL-terminated, never NULL after str_init() */
	size_t len;     /* octets without the NUL; may hold NUL octets */
	size_t size;    /* allocated */
	size_t cap;     /* len never exceeds this */
	bool cut;       /* something did not fit and was left out */
};

/* An empty text of at most CAP octets; str_free() releases it. */
void str_init(struct str *s, size_t cap);
void str_free(struct str *s);

/* Forget the text and the cut mark, keep the memory. */
void str_clear(struct str *s);

/* Append. At the cap the rest is left out, s->cut is set and false comes
 * back; ignoring that is allowed where a cut text is good enough. */
bool str_add(struct str *s, const char *text, size_t len);
bool str_adds(struct str *s, const char *text);
bool str_addc(struct str *s, char c);
bool str_addf(struct str *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
bool str_vaddf(struct str *s, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

#endif
