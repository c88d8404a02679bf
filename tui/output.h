/* SPDX-License-Identifier: ISC
 * Standard output and standard error of the commands without a screen: in the
 * terminal's character set, and with every failure noticed. */
#ifndef WB_OUTPUT_H
#define WB_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

/* Once, first of all: makes sure that descriptors 0 to 2 are taken, so that no
 * socket or file can become standard output, and that a closed pipe is an
 * error we see. Takes locale and language from the environment. */
void output_prepare(void);

/* Write UTF-8 text to standard output. False: it could not be written, which
 * has been said (the exit status is EXIT_CANNOT_WRITE). When the reader of a
 * pipe has gone the program ends quietly, as others do. */
bool output_write(const char *text, size_t len)
	__attribute__((warn_unused_result));

/* The same for the wizard's words on the normal screen: formatted, at most 64
 * KiB at once; a failure is not told (the terminal has gone). */
void output_say(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* Each of LINES (which may be empty) as one line on standard error. */
void output_complain_lines(const char *lines);

/* One line on standard error: "whybounce: ", then the text, cleaned. */
void output_complain(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

#endif
