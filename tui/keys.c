/* SPDX-License-Identifier: ISC
 * The table of keys. The same letter means the same thing on every screen;
 * letters come first, function keys only repeat them. */
#include "config.h"

#include "tui/keys.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/str.h"
#include "tui/language.h"
#include "tui/page.h"

struct binding {
	uint32_t codes[6];      /* 0 ends them */
	const char *shown;      /* in the key bar */
	const char *shown_text; /* the same where characters are data */
	const char *names;      /* in the help */
	const char *help;       /* msgid */
	bool everywhere;
	bool screen;            /* about the full screen only */
};

/* clang-format off */
static const struct binding bindings[ACTION_COUNT] = {
	[ACTION_UP] = {
		.codes = { KEY_CURSOR_UP, 'k', KEY_CTRL('p') },
		.shown = "Up", .names = "Up, k", .everywhere = true,
		.help = N_("one line up, the one before"),
		.screen = true
	},
	[ACTION_DOWN] = {
		.codes = { KEY_CURSOR_DOWN, 'j', KEY_CTRL('n') },
		.shown = "Up/Down", .names = "Down, j", .everywhere = true,
		.help = N_("one line down, the one after"),
		.screen = true
	},
	[ACTION_PAGE_UP] = {
		.codes = { KEY_PAGE_UP },
		.shown = "PgUp", .names = "PgUp", .everywhere = true,
		.help = N_("one page up"),
		.screen = true
	},
	[ACTION_PAGE_DOWN] = {
		.codes = { KEY_PAGE_DOWN, ' ' },
		.shown = "PgDn", .names = "PgDn, Space", .everywhere = true,
		.help = N_("one page down"),
		.screen = true
	},
	[ACTION_FIRST] = {
		.codes = { KEY_FIRST, 'g' },
		.shown = "Home", .names = "Home, g", .everywhere = true,
		.help = N_("to the top"),
		.screen = true
	},
	[ACTION_LAST] = {
		.codes = { KEY_LAST, 'G' },
		.shown = "End", .names = "End, G", .everywhere = true,
		.help = N_("to the end"),
		.screen = true
	},
	[ACTION_DIGIT] = {
		.codes = { 0 }, .shown = "1-9", .names = N_("1 to 9"),
		.help = N_("choose directly")
	},
	[ACTION_OPEN] = {
		.codes = { '\r', '\n', KEY_CURSOR_RIGHT, 'l' },
		.shown = "Enter", .names = "Enter, Right, l",
		.help = N_("go on, open")
	},
	[ACTION_BACK] = {
		.codes = { KEY_ESCAPE, KEY_CURSOR_LEFT, 'b', 0x7f,
		    KEY_CTRL('h') },
		.shown = "b", .shown_text = "Esc", .names = "Esc, Left, b",
		.everywhere = true, .help = N_("back, close")
	},
	[ACTION_NEXT] = {
		.codes = { 'n', '\t' },
		.shown = "n", .names = "n, Tab", .help = N_("the next one")
	},
	[ACTION_PREVIOUS] = {
		.codes = { 'N', KEY_BACKTAB },
		.shown = "N", .names = "N, Shift-Tab",
		.help = N_("the one before")
	},
	[ACTION_EVIDENCE] = {
		.codes = { 'e' }, .shown = "e", .names = "e",
		.help = N_("evidence: what was asked and answered")
	},
	[ACTION_VIEW] = {
		.codes = { 'v' }, .shown = "v", .names = "v",
		.help = N_("view the bounce, deciding lines marked")
	},
	[ACTION_ALL] = {
		.codes = { 'a' }, .shown = "a", .names = "a",
		.help = N_("all evidence, or only that of this finding")
	},
	[ACTION_AGAIN] = {
		.codes = { 'r' }, .shown = "r", .names = "r",
		.help = N_("again: ask what got no answer, or read anew")
	},
	[ACTION_AGAIN_ALL] = {
		.codes = { 'R' }, .shown = "R", .names = "R",
		.help = N_("check again: ask everything anew")
	},
	[ACTION_FINDINGS] = {
		.codes = { 'f' }, .shown = "f", .names = "f",
		.help = N_("findings so far")
	},
	[ACTION_COPY] = {
		.codes = { 'c' }, .shown = "c", .names = "c",
		.help = N_("copy the record or command"),
		.screen = true
	},
	[ACTION_PRINT] = {
		.codes = { 'p' }, .shown = "p", .names = "p",
		.help = N_("print it alone, easy to select"),
		.screen = true
	},
	[ACTION_FORMATS] = {
		.codes = { 'f' }, .shown = "f", .names = "f",
		.help = N_("other formats (zone file ...)")
	},
	[ACTION_WRITE] = {
		.codes = { 'w' }, .shown = "w", .names = "w",
		.help = N_("write it to a file")
	},
	[ACTION_DONE] = {
		.codes = { 'x' }, .shown = "x", .names = "x",
		.help = N_("I have done it: check it")
	},
	[ACTION_APPLY] = {
		.codes = { 'A' }, .shown = "A", .names = "A",
		.help = N_("let whybounce make the change on this server")
	},
	[ACTION_SHELL] = {
		.codes = { '!' }, .shown = "!", .names = "!",
		.help = N_("a shell; exit comes back here"),
		.screen = true
	},
	[ACTION_INPUT] = {
		.codes = { 'i' }, .shown = "i", .names = "i",
		.help = N_("name another server or service that sends")
	},
	[ACTION_SKIP] = {
		.codes = { 's' }, .shown = "s", .names = "s",
		.help = N_("skip this step, with a reason")
	},
	[ACTION_FILTER] = {
		.codes = { '/' }, .shown = "/", .names = "/",
		.help = N_("show only lines with these words")
	},
	[ACTION_SEARCH] = {
		.codes = { '/' }, .shown = "/", .names = "/",
		.help = N_("search in the text")
	},
	[ACTION_MARK] = {
		.codes = { ']' }, .shown = "]", .names = "]",
		.help = N_("the next line that decided")
	},
	[ACTION_MARK_BACK] = {
		.codes = { '[' }, .shown = "[", .names = "[",
		.help = N_("the line before that decided")
	},
	[ACTION_OPEN_FILE] = {
		.codes = { KEY_CTRL('o') },
		.shown = "Ctrl-O", .names = "Ctrl-O",
		.help = N_("open a file"),
		.screen = true
	},
	[ACTION_CLEAR] = {
		.codes = { KEY_CTRL('u') },
		.shown = "Ctrl-U", .names = "Ctrl-U",
		.help = N_("clear the text"),
		.screen = true
	},
	[ACTION_ASKED] = {
		.codes = { 'p' }, .shown = "p", .names = "p",
		.help = N_("what is asked: the questions to DNS")
	},
	[ACTION_HELP] = {
		.codes = { '?', KEY_FUNCTION_1, 'h' },
		.shown = "?", .shown_text = "F1", .names = "?, F1",
		.everywhere = true, .help = N_("this help")
	},
	[ACTION_LANGUAGE] = {
		.codes = { 'L', KEY_FUNCTION_2 },
		.shown = "L", .shown_text = "F2", .names = "L, F2",
		.everywhere = true, .help = N_("the other language")
	},
	[ACTION_REDRAW] = {
		.codes = { KEY_CTRL('l') }, .shown = "Ctrl-L",
		.names = "Ctrl-L", .everywhere = true,
		.help = N_("draw the screen anew"),
		.screen = true
	},
	[ACTION_SUSPEND] = {
		.codes = { KEY_CTRL('z') }, .shown = "Ctrl-Z",
		.names = "Ctrl-Z", .everywhere = true,
		.help = N_("pause (fg returns)"),
		.screen = true
	},
	[ACTION_QUIT] = {
		.codes = { 'q', KEY_CTRL('c'), KEY_FUNCTION_10 },
		.shown = "q", .shown_text = "Ctrl-C",
		.names = "q, F10, Ctrl-C", .everywhere = true,
		.help = N_("quit")
	}
};
/* clang-format on */

static bool
is_character(uint32_t code)
{
	return code >= ' ' && code != 0x7f && code < KEY_SPECIAL;
}

static bool
bound_to(const struct binding *binding, uint32_t code)
{
	for (size_t i = 0; i < sizeof binding->codes /
	    sizeof binding->codes[0] && binding->codes[i] != 0; i++)
		if (binding->codes[i] == code)
			return true;
	return false;
}

enum action
key_action(const struct key *key, bool text,
    const struct screen_key *keys)
{
	if (text && is_character(key->code))
		return ACTION_NONE;
	if (text && (key->code == '\r' || key->code == '\n') && !key->alone)
		return ACTION_NONE;
	if (key->code >= '0' && key->code <= '9')
		return keys_have(keys, ACTION_DIGIT) ? ACTION_DIGIT :
		    ACTION_NONE;
	for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
		enum action action = (enum action)i;

		if (bound_to(&bindings[i], key->code) &&
		    (bindings[i].everywhere || keys_have(keys, action)))
			return action;
	}
	return ACTION_NONE;
}

const char *
key_shown(enum action action, bool text)
{
	const struct binding *binding = &bindings[action];

	return text && binding->shown_text != NULL ? binding->shown_text :
	    binding->shown;
}

const char *
key_names(enum action action)
{
	const char *names = bindings[action].names;

	return names != NULL ? _(names) : NULL;
}

const char *
key_typed(struct arena *arena, enum action action)
{
	const struct binding *binding = &bindings[action];

	for (size_t i = 0; !binding->screen && i < sizeof binding->codes /
	    sizeof binding->codes[0]; i++)
		if (binding->codes[i] > ' ' && binding->codes[i] < 0x7f)
			return arena_printf(arena, "%c",
			    (int)binding->codes[i]);
	return NULL;
}

const char *
key_help(enum action action)
{
	return bindings[action].help != NULL ? _(bindings[action].help) : NULL;
}

bool
key_everywhere(enum action action)
{
	return bindings[action].everywhere;
}

bool
keys_have(const struct screen_key *keys, enum action action)
{
	for (size_t i = 0; i < SCREEN_KEYS_MAX &&
	    keys[i].action != ACTION_NONE; i++)
		if (keys[i].action == action)
			return true;
	return false;
}

const char *
key_label(const struct screen_key *key)
{
	if (key->label == NULL || key->action != ACTION_LANGUAGE)
		return key->label != NULL ? _(key->label) : NULL;
	/* in that language, for those who cannot read this one */
	return strcmp(language_next(), language_now()) != 0 ?
	    language_next_name() : NULL;
}

const char *
keys_bar(struct arena *arena, const struct screen_key *keys, bool text,
    int width)
{
	const char *help = arena_printf(arena, "%s %s",
	    key_shown(ACTION_HELP, text), _("Help"));
	int gap = width >= 60 ? 3 : 2;
	int left = width - cells(help);
	struct str bar;
	const char *result;

	str_init(&bar, 1024);
	for (size_t i = 0; i < SCREEN_KEYS_MAX &&
	    keys[i].action != ACTION_NONE; i++) {
		const char *item, *label = key_label(&keys[i]);

		if (label == NULL)
			continue;
		item = arena_printf(arena, "%s %s%*s",
		    key_shown(keys[i].action, text), label, gap, "");
		if (cells(item) > left)
			continue;
		left -= cells(item);
		str_adds(&bar, item);
	}
	str_adds(&bar, help);
	result = arena_strdup(arena, bar.text);
	str_free(&bar);
	return result;
}
