/* SPDX-License-Identifier: ISC
 * OSC 52, alone or inside GNU screen's envelope, and tmux's own buffer, which
 * arrives where a program's OSC 52 is dropped by default. */
#include "config.h"

#include "tui/clip.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/str.h"
#include "engine/world/child.h"
#include "engine/world/run.h"
#include "tui/tty.h"

/* Terminals cut longer ones, some silently. */
#define CLIP_MAX RUN_INPUT_MAX
/* GNU screen takes at most 768 octets in one DCS string. */
#define SCREEN_CHUNK 252
#define TMUX_WAIT_MS 500

static void
add_base64(struct str *out, const char *text, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < len; i += 3) {
		unsigned int bits = 0;
		size_t n = len - i < 3 ? len - i : 3;

		for (size_t k = 0; k < 3; k++)
			bits = bits << 8 |
			    (k < n ? (unsigned char)text[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			str_addc(out, k <= n ?
			    digits[bits >> (18 - 6 * k) & 63] : '=');
	}
}

static void
send_osc52(const char *text, size_t len, bool inside_screen)
{
	struct str sequence;

	str_init(&sequence, CLIP_MAX * 2);
	str_adds(&sequence, "\033]52;c;");
	add_base64(&sequence, text, len);
	str_addc(&sequence, '\a');
	if (!inside_screen)
		tty_write(sequence.text, sequence.len);
	for (size_t i = 0; inside_screen && i < sequence.len;
	    i += SCREEN_CHUNK) {
		size_t n = sequence.len - i;

		tty_write("\033P", 2);
		tty_write(sequence.text + i, n < SCREEN_CHUNK ? n :
		    SCREEN_CHUNK);
		tty_write("\033\\", 2);
	}
	str_free(&sequence);
}

/* tmux drops a program's OSC 52 unless told otherwise; its own command needs
 * no setting. It answers at once, or its server is gone. */
static bool
send_tmux(const char *text)
{
	static const char *const argv[] = {
		"tmux", "load-buffer", "-w", "-", NULL
	};
	struct arena *arena = arena_new();
	struct run *run = run_start(child_find(arena, "tmux"), argv, text,
	    TMUX_WAIT_MS, CLIP_MAX);
	bool sent = run_wait(run) == RUN_DONE;

	run_close(&run);
	arena_free(&arena);
	return sent;
}

/* A real VT100 or an old console would print the sequence. */
static bool
understands_osc52(const char *term)
{
	static const char *const known[] = {
		"xterm", "tmux", "screen", "foot", "alacritty", "kitty",
		"wezterm", "st", "mintty", "rxvt", "contour", "ghostty",
		"konsole", "iterm", "vte"
	};

	for (size_t i = 0; term != NULL &&
	    i < sizeof known / sizeof known[0]; i++)
		if (strncmp(term, known[i], strlen(known[i])) == 0)
			return true;
	return false;
}

enum clip_way
clip_send(const char *text)
{
	size_t len = strlen(text);

	if (len == 0 || len > CLIP_MAX)
		return CLIP_NOT;
	if (getenv("TMUX") != NULL)
		return send_tmux(text) ? CLIP_TMUX : CLIP_NOT;
	if (!understands_osc52(getenv("TERM")))
		return CLIP_NOT;
	send_osc52(text, len, getenv("STY") != NULL);
	return CLIP_TERMINAL;
}
