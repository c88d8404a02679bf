/* SPDX-License-Identifier: ISC
 * Knows the environment's locale variables, and how gettext is made to change
 * its language; hides where the catalogues are. */
#include "config.h"

#include "tui/language.h"

#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "engine/base/i18n.h"
#include "engine/base/str.h"
#include "engine/base/text.h"

#define NAME_MAX_OCTETS 64

/* TRANSLATORS: what your language calls itself. */
static const char own_name[] = N_("English");

/* Those of po/, from the build. */
#ifdef ENABLE_NLS
static const char *const languages[] = { "en", LANGUAGES };
#else
static const char *const languages[] = { "en" };
#endif
#define N_LANGUAGES (sizeof languages / sizeof languages[0])

/* The locale that this host has not got, as the environment names it. */
static char missing[NAME_MAX_OCTETS];

/* The next language's name, made when it is wanted. */
static char next_name[NAME_MAX_OCTETS];
static char next_of[NAME_MAX_OCTETS];

#ifdef ENABLE_NLS
/* Does this program lie in the folder it was built in, or below it? */
static bool
runs_from_build_folder(void)
{
	char *program = realpath("/proc/self/exe", NULL);
	char *folder = realpath(BUILDDIR, NULL);
	bool below = false;

	if (program != NULL && folder != NULL) {
		size_t len = strlen(folder);

		below = strncmp(program, folder, len) == 0 &&
		    program[len] == '/';
	}
	free(folder);
	free(program);
	return below;
}
#endif

/* The catalogues of an installed whybounce, or those in the build folder. */
static void
find_catalogues(void)
{
#ifdef ENABLE_NLS
	bindtextdomain(PACKAGE, runs_from_build_folder() ?
	    BUILDDIR "/po/locale" : LOCALEDIR);
	bind_textdomain_codeset(PACKAGE, "UTF-8");
	/* the C library's own, which strerror(3) speaks */
	bind_textdomain_codeset("libc", "UTF-8");
	textdomain(PACKAGE);
#endif
}

/* What the environment says about CATEGORY (POSIX XBD 8.2). */
static const char *
wanted_locale(const char *category)
{
	const char *const names[] = { "LC_ALL", category, "LANG" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && *value != '\0')
			return value;
	}
	return "C";
}

/* A terminal that sends a locale unknown here (SSH hands it over) still has a
 * character set, and it is nearly always UTF-8. */
static void
set_charset(void)
{
	const char *name = wanted_locale("LC_CTYPE");
	const char *charset = strchr(name, '.');

	if (setlocale(LC_CTYPE, "") != NULL)
		return;
	snprintf(missing, sizeof missing, "%s", name);
	if (charset != NULL && (text_starts(charset, ".utf-8") ||
	    text_starts(charset, ".utf8")))
		(void)setlocale(LC_CTYPE, "C.UTF-8");
}

const char *
language_charset(void)
{
	return nl_langinfo(CODESET);
}

/* Has the terminal's character set all characters of TEXT? */
static bool
can_show(const char *text)
{
	size_t n = strlen(text);
	char local[MB_LEN_MAX];
	uint32_t code;
	int len;

	for (; n != 0; text += len, n -= (size_t)len) {
		mbstate_t state;

		len = text_decode(text, n, &code);
		memset(&state, 0, sizeof state);
		if (len <= 0 || wcrtomb(local, (wchar_t)code, &state) ==
		    (size_t)-1)
			return false;
	}
	return true;
}

/* gettext looks at LANGUAGE unless the locale for messages is "C", and looks
 * again after textdomain(). */
static bool
speak(const char *name)
{
#ifdef ENABLE_NLS
	const char *locale = setlocale(LC_MESSAGES, NULL);

	if (strcmp(name, "en") == 0)
		name = "C";
	else if ((strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0) &&
	    setlocale(LC_MESSAGES, "C.UTF-8") == NULL &&
	    setlocale(LC_MESSAGES, "en_US.UTF-8") == NULL)
		return false;
	if (setenv("LANGUAGE", name, 1) != 0)
		return false;
	textdomain(PACKAGE);
	return true;
#else
	return strcmp(name, "en") == 0;
#endif
}

void
language_begin(void)
{
	missing[0] = '\0';
	set_charset();
	if (setlocale(LC_MESSAGES, "") == NULL && missing[0] == '\0')
		snprintf(missing, sizeof missing, "%s",
		    wanted_locale("LC_MESSAGES"));
	(void)setlocale(LC_TIME, "");
	find_catalogues();
	if (!can_show(_(own_name)))
		(void)speak("en");
}

const char *
language_now(void)
{
#ifdef ENABLE_NLS
	/* the translation of the empty string is the catalogue's header */
	const char *field = strstr(gettext(""), "Language: ");

	for (size_t i = 1; field != NULL && i < N_LANGUAGES; i++)
		if (strcspn(field + 10, "\n") == strlen(languages[i]) &&
		    strncmp(field + 10, languages[i], strlen(languages[i])) == 0)
			return languages[i];
#endif
	return "en";
}

/* The language of a locale's name, or NULL. */
static const char *
find(const char *name)
{
	size_t len = strcspn(name, "_.@");

	for (size_t i = 0; i < N_LANGUAGES; i++)
		if (len == strlen(languages[i]) &&
		    text_same_n(name, languages[i], len))
			return languages[i];
	return NULL;
}

bool
language_exists(const char *name)
{
	return find(name) != NULL;
}

const char *
language_list(struct arena *arena)
{
	const char *list = languages[0];

	for (size_t i = 1; i < N_LANGUAGES; i++)
		list = arena_printf(arena, "%s, %s", list, languages[i]);
	return list;
}

bool
language_set(const char *name)
{
	const char *before = language_now(), *language = find(name);

	if (language == NULL || !speak(language))
		return false;
	if (strcmp(language_now(), language) == 0 && can_show(_(own_name)))
		return true;
	(void)speak(before);
	return false;
}

const char *
language_next(void)
{
	const char *now = language_now();

	for (size_t i = 0; i + 1 < N_LANGUAGES; i++)
		if (strcmp(now, languages[i]) == 0)
			return languages[i + 1];
	return languages[0];
}

const char *
language_next_name(void)
{
	const char *now = language_now(), *next = language_next(), *name;

	if (strcmp(next_of, now) == 0)
		return next_name;
	(void)speak(next);
	name = _(own_name);
	snprintf(next_name, sizeof next_name, "%s",
	    can_show(name) ? name : next);
	snprintf(next_of, sizeof next_of, "%s", now);
	(void)speak(now);
	return next_name;
}

const char *
language_complaint(struct arena *arena)
{
	const char *language = find(missing);

	if (missing[0] == '\0')
		return NULL;
	if (language == NULL || strcmp(language, "en") == 0)
		return arena_printf(arena, _("the locale '%s' is not installed "
		    "on this host; this is plain English"), missing);
	return arena_printf(arena, _("the locale '%s' is not installed on this "
	    "host, so this is English; --lang %s or the key L changes it"),
	    missing, language);
}
