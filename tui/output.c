/* SPDX-License-Identifier: ISC
 * Knows the three standard descriptors and the locale; hides the conversion to
 * a character set other than UTF-8. */
#include "config.h"

#include "tui/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "engine/base/i18n.h"
#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/world/file_write.h"
#include "tui/language.h"

#define LINE_MAX_OCTETS 4096
#define SAY_MAX (64u << 10)

/* What SIGPIPE did when the program was started. */
static bool pipe_was_ignored;

/* A closed descriptor is opened the wrong way round: whatever is done with it
 * then fails, instead of reaching a file that happens to get its number. */
static void
take_descriptor(int fd, int flags)
{
	if (fcntl(fd, F_GETFD) == -1 && errno == EBADF)
		(void)open("/dev/null", flags);
}

void
output_prepare(void)
{
	struct sigaction action;

	take_descriptor(STDIN_FILENO, O_WRONLY);
	take_descriptor(STDOUT_FILENO, O_RDONLY);
	take_descriptor(STDERR_FILENO, O_RDWR);
	sigaction(SIGPIPE, NULL, &action);
	pipe_was_ignored = action.sa_handler == SIG_IGN;
	signal(SIGPIPE, SIG_IGN);
	language_begin();
}

/* One UTF-8 character of LEN octets in the locale's own character set. */
static void
convert(struct str *out, const char *text, size_t len, uint32_t code)
{
	char local[MB_LEN_MAX];
	mbstate_t state;
	size_t n;

	memset(&state, 0, sizeof state);
	n = wcrtomb(local, (wchar_t)code, &state);
	if (len == 1)
		str_add(out, text, 1);
	else if (n != (size_t)-1)
		str_add(out, local, n);
	else
		str_addf(out, "<U+%04X>", (unsigned int)code);
}

static bool
write_converted(int fd, const char *text, size_t len)
{
	struct str local;
	size_t at = 0;
	bool done;

	str_init(&local, SIZE_MAX / 2);
	while (at < len) {
		uint32_t code = 0xFFFD;
		int n = text_decode(text + at, len - at, &code);

		if (n < 1)
			n = 1;
		convert(&local, text + at, (size_t)n, code);
		at += (size_t)n;
	}
	done = file_write_all(fd, local.text, local.len);
	str_free(&local);
	return done;
}

static bool
write_text(int fd, const char *text, size_t len)
{
	if (strcmp(language_charset(), "UTF-8") == 0)
		return file_write_all(fd, text, len);
	return write_converted(fd, text, len);
}

/* The reader had enough ("whybounce explain | head"): end as a program does
 * that never heard of SIGPIPE. */
static void
end_quietly(void)
{
	signal(SIGPIPE, SIG_DFL);
	raise(SIGPIPE);
}

bool
output_write(const char *text, size_t len)
{
	if (write_text(STDOUT_FILENO, text, len))
		return true;
	if (errno == EPIPE && !pipe_was_ignored)
		end_quietly();
	output_complain(_("standard output: %s"), strerror(errno));
	return false;
}

void
output_say(const char *format, ...)
{
	struct str text;
	va_list args;

	str_init(&text, SAY_MAX);
	va_start(args, format);
	str_vaddf(&text, format, args);
	va_end(args);
	(void)write_text(STDOUT_FILENO, text.text, text.len);
	str_free(&text);
}

void
output_complain_lines(const char *lines)
{
	while (*lines != '\0') {
		size_t len = strcspn(lines, "\n");

		output_complain("%.*s", (int)len, lines);
		lines += len;
		lines += *lines == '\n';
	}
}

void
output_complain(const char *format, ...)
{
	char message[LINE_MAX_OCTETS];
	struct str line;
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	str_init(&line, 4 * LINE_MAX_OCTETS);
	str_adds(&line, "whybounce: ");
	text_clean(&line, message, strlen(message), false);
	str_addc(&line, '\n');
	(void)write_text(STDERR_FILENO, line.text, line.len);
	str_free(&line);
}
