/* SPDX-License-Identifier: ISC
 * Knows which terminal names can stand for which; hides terminfo's look-up. */
#include "config.h"

#include "tui/termname.h"

#include <ncurses.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

bool
termname_is_modern(const char *name)
{
	static const char *const modern[] = {
		"xterm", "tmux", "screen", "kitty", "alacritty", "foot",
		"wezterm", "ghostty", "256color", "rxvt", "konsole", "vte"
	};

	for (size_t i = 0; i < sizeof modern / sizeof modern[0]; i++)
		if (strstr(name, modern[i]) != NULL)
			return true;
	return false;
}

static bool
in_terminfo(const char *name)
{
	int error;
	bool known = setupterm(name, STDOUT_FILENO, &error) == OK;

	if (known)
		del_curterm(cur_term);
	return known;
}

/* A new terminal's name is often not known on an old server: step down to
 * what such terminals understand, instead of giving up. NULL: nothing fits. */
const char *
termname_usable(const char *name)
{
	static const char *const known[] = {
		"xterm-256color", "xterm", "vt220", "vt100", "ansi"
	};

	if (strcmp(name, "dumb") == 0 || strcmp(name, "unknown") == 0)
		return NULL;
	if (in_terminfo(name))
		return name;
	for (size_t i = termname_is_modern(name) ? 0 : 3;
	    i < sizeof known / sizeof known[0]; i++)
		if (in_terminfo(known[i]))
			return known[i];
	return NULL;
}
