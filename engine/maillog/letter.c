/* SPDX-License-Identifier: ISC
 * Knows what a message needs so that receivers judge it like any other
 * (RFC 5322 3.6). Hides which octets an address may have. */
#include "config.h"

#include "engine/maillog/letter.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"

/* RFC 5321 4.5.3.1.3, without the brackets */
#define ADDRESS_MAX 254

bool
letter_address(const char *address)
{
	const char *at = strchr(address, '@');

	/* a leading '-' would be an option */
	if (at == NULL || at == address || at[1] == '\0' ||
	    strchr(at + 1, '@') != NULL || address[0] == '-' ||
	    strlen(address) > ADDRESS_MAX)
		return false;
	for (const char *p = address; *p != '\0'; p++)
		if (*p <= ' ' || *p >= 0x7f || strchr("<>()[],;:\"\\", *p) !=
		    NULL)
			return false;
	return true;
}

/* "Mon, 02 Feb 2026 10:00:00 +0000" (RFC 5322 3.3); in no language. */
static const char *
date_text(struct arena *arena, time_t time)
{
	static const char *const days[] = {
		"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"
	};
	static const char *const months[] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
		"Sep", "Oct", "Nov", "Dec"
	};
	struct tm tm;

	if (gmtime_r(&time, &tm) == NULL)
		return NULL;
	return arena_printf(arena, "%s, %02d %s %d %02d:%02d:%02d +0000",
	    days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
	    tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* The address of the From line. DMARC wants its domain (RFC 7489 3.1). */
static const char *
author(struct arena *arena, const struct letter_options *options)
{
	const char *at = strchr(options->sender, '@');
	const char *author;

	if (options->from_domain == NULL ||
	    text_same(options->from_domain, at + 1))
		return options->sender;
	author = arena_printf(arena, "%.*s@%s", (int)(at - options->sender),
	    options->sender, options->from_domain);
	return letter_address(author) ? author : options->sender;
}

/* The words are the same in every language: they are no part of the screen,
 * and a receiver's filter is to see as little as can be. */
static void
write_text(struct arena *arena, const struct letter_options *options,
    struct letter *letter)
{
	const char *date = date_text(arena, options->time);

	letter->text = arena_printf(arena, "From: %s\nTo: %s\n"
	    "Subject: Test message from %s\n%s%s%sMessage-ID: %s\n"
	    "MIME-Version: 1.0\n"
	    "Content-Type: text/plain; charset=us-ascii\n\n"
	    "Hello,\n\n"
	    "this is a test message from the mail server %s. Its\n"
	    "administrator has sent it to see whether mail from there arrives "
	    "again.\n"
	    "Nothing needs to be done with it.\n",
	    author(arena, options), options->recipient, options->host,
	    date != NULL ? "Date: " : "", date != NULL ? date : "",
	    date != NULL ? "\n" : "", letter->message_id, options->host);
}

static void
write_command(struct arena *arena, const struct letter_options *options,
    struct letter *letter)
{
	const char **argv = arena_array(arena, 7, sizeof *argv);
	size_t n = 0;

	argv[n++] = "sendmail";
	if (options->directory != NULL) {
		argv[n++] = "-C";
		argv[n++] = options->directory;
	}
	argv[n++] = "-f";
	argv[n++] = options->sender;
	argv[n++] = options->recipient;
	argv[n] = NULL;
	letter->argv = argv;
	letter->command = argv[0];
	for (size_t i = 1; i < n; i++)
		letter->command = arena_printf(arena, "%s %s",
		    letter->command, text_shell_word(arena, argv[i]));
}

/* A host name that can stand in a Message-ID. */
static bool
is_host_name(const char *name)
{
	return *name != '\0' && name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")] == '\0';
}

bool
letter_write(struct arena *arena, const struct letter_options *options,
    struct letter *letter, struct str *err)
{
	struct letter_options all = *options;
	const char *wrong = !letter_address(all.sender) ? all.sender :
	    !letter_address(all.recipient) ? all.recipient : NULL;

	if (wrong != NULL) {
		str_addf(err, _("%s is not an address that a test can use."),
		    *wrong != '\0' ? text_safe(arena, wrong) : "\"\"");
		return false;
	}
	all.sender = arena_strdup(arena, all.sender);
	all.recipient = arena_strdup(arena, all.recipient);
	if (all.host == NULL || !is_host_name(all.host))
		all.host = strchr(all.sender, '@') + 1;
	*letter = (struct letter){ .sender = all.sender,
		.recipient = all.recipient,
		.message_id = arena_printf(arena, "<whybounce.%llx.%llx@%s>",
		    (unsigned long long)all.time, all.unique, all.host) };
	write_text(arena, &all, letter);
	write_command(arena, &all, letter);
	return true;
}
