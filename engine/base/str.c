/* SPDX-License-Identifier: ISC
 * Growing text with a cap. */
#include "config.h"

#include "engine/base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/arena.h"

void
str_init(struct str *s, size_t cap)
{
	s->size = 256;
	s->text = mem_alloc(s->size);
	s->text[0] = '\0';
	s->len = 0;
	s->cap = cap;
	s->cut = false;
}

void
str_free(struct str *s)
{
	free(s->text);
	s->text = NULL;
	s->len = s->size = 0;
}

void
str_clear(struct str *s)
{
	s->len = 0;
	s->text[0] = '\0';
	s->cut = false;
}

static void
reserve(struct str *s, size_t more)
{
	size_t want = s->len + more + 1;

	if (want <= s->size)
		return;
	while (s->size < want)
		s->size *= 2;
	s->text = mem_realloc(s->text, s->size);
}

bool
str_add(struct str *s, const char *text, size_t len)
{
	bool fits = len <= s->cap - s->len;

	if (!fits) {
		s->cut = true;
		len = s->cap - s->len;
	}
	reserve(s, len);
	if (len != 0)
		memcpy(s->text + s->len, text, len);
	s->len += len;
	s->text[s->len] = '\0';
	return fits;
}

bool
str_adds(struct str *s, const char *text)
{
	return str_add(s, text, strlen(text));
}

bool
str_addc(struct str *s, char c)
{
	return str_add(s, &c, 1);
}

bool
str_vaddf(struct str *s, const char *format, va_list args)
{
	va_list ap;
	char small[512], *big;
	int len;
	bool fits;

	va_copy(ap, args);
	len = vsnprintf(small, sizeof small, format, ap);
	va_end(ap);
	if (len < 0)
		return false;
	if ((size_t)len < sizeof small)
		return str_add(s, small, (size_t)len);
	big = mem_alloc((size_t)len + 1);
	vsnprintf(big, (size_t)len + 1, format, args);
	fits = str_add(s, big, (size_t)len);
	free(big);
	return fits;
}

bool
str_addf(struct str *s, const char *format, ...)
{
	va_list args;
	bool fits;

	va_start(args, format);
	fits = str_vaddf(s, format, args);
	va_end(args);
	return fits;
}
