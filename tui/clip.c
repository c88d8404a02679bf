/* SPDX-License-Identifier: ISC
 * OSC 52, alone or inside GNU screen's envelope, and tmux's own buffer, which
 * arrives where a program's OSC 52 is dropped by default. */
#include "config.h"

#include "tui/clip.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/str.h"
#include "tui/tty.h"

/* Terminals cut longer ones, some silently. */
#define CLIP_MAX 4096
/* GNU screen takes at most 768 octets in one DCS string. */
#define SCREEN_CHUNK 252
#define TMUX_WAIT_MS 1000

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

/* In the child: TEXT comes in on FD. */
static void run_tmux(int fd) __attribute__((noreturn));
static void
run_tmux(int fd)
{
	int nowhere = open("/dev/null", O_WRONLY);
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	dup2(fd, STDIN_FILENO);
	if (nowhere >= 0) {
		dup2(nowhere, STDOUT_FILENO);
		dup2(nowhere, STDERR_FILENO);
	}
	execlp("tmux", "tmux", "load-buffer", "-w", "-", (char *)NULL);
	_exit(127);
}

/* Wait a little for the child; one that hangs is ended. */
static bool
succeeded(pid_t child)
{
	int status = 0;
	pid_t done = 0;

	for (int waited = 0; waited < TMUX_WAIT_MS; waited += 10) {
		done = waitpid(child, &status, WNOHANG);
		if (done != 0)
			break;
		poll(NULL, 0, 10);
	}
	if (done == 0) {
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		return false;
	}
	return done == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool
send_tmux(const char *text, size_t len)
{
	int ends[2];
	pid_t child;
	ssize_t written;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	child = fork();
	if (child == 0)
		run_tmux(ends[0]);
	close(ends[0]);
	/* CLIP_MAX is below what a pipe takes at once (PIPE_BUF) */
	written = child > 0 ? write(ends[1], text, len) : -1;
	close(ends[1]);
	return child > 0 && succeeded(child) && written == (ssize_t)len;
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
clip_send(const char *text, size_t len)
{
	if (len == 0 || len > CLIP_MAX)
		return CLIP_NOT;
	if (getenv("TMUX") != NULL)
		return send_tmux(text, len) ? CLIP_TMUX : CLIP_NOT;
	if (!understands_osc52(getenv("TERM")))
		return CLIP_NOT;
	send_osc52(text, len, getenv("STY") != NULL);
	return CLIP_TERMINAL;
}
