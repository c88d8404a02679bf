/* SPDX-License-Identifier: ISC
 * Handing a value to the user: to the clipboard, or alone on the normal screen,
 * where the mouse selects it cleanly. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/i18n.h"
#include "engine/world/child.h"
#include "tui/clip.h"
#include "tui/front.h"
#include "tui/output.h"
#include "tui/screen.h"
#include "tui/signals.h"
#include "tui/tty.h"

void
app_copy(struct app *app, const char *value)
{
	size_t len = value != NULL ? strlen(value) : 0;

	if (value == NULL)
		app_say(app, _("There is nothing to copy in this step."));
	else if (clip_send(value) == CLIP_NOT)
		app_say(app, _("This terminal takes no copies: press p and "
		    "select with the mouse."));
	else
		app_say(app, P_("Sent %zu character to your clipboard. Paste "
		    "to test it; if nothing comes: p", "Sent %zu characters "
		    "to your clipboard. Paste to test it; if nothing comes: "
		    "p", len), len);
}

void
app_print(struct app *app, const char *lines)
{
	tty_leave();
	output_say("\n%s\n%s%s\n", _("--- copy the next lines ---"), lines,
	    _("--- Enter: back ---"));
	if (!tty_wait_enter())
		app->leaving = LEAVE_GONE;
	tty_back();
	app->dirty = true;
}

void
app_lend_screen(void)
{
	tty_leave();
}

void
app_take_screen(struct app *app, bool read)
{
	int signo, ending = 0;

	for (signo = signals_take(); signo != 0; signo = signals_take())
		if (signo == SIGHUP || signo == SIGTERM)
			ending = signo;
	if (ending != 0)
		signals_put_back(ending);
	if (read && app->front == &front_screen) {
		output_say("%s\n", _("--- Enter: back ---"));
		if (!tty_wait_enter())
			app->leaving = LEAVE_GONE;
	}
	tty_back();
	app->dirty = true;
}

void
app_shell(struct app *app)
{
	const char *shell = getenv("SHELL");
	const char *argv[] = { NULL, NULL };
	int status;
	pid_t pid;

	if (shell == NULL || shell[0] != '/' || access(shell, X_OK) != 0)
		shell = "/bin/sh";
	argv[0] = shell;
	app_lend_screen();
	output_say("%s\n", _("Type exit to come back to whybounce."));
	pid = child_start_in_front(shell, argv, app->options->keys_fd > 0 ?
	    app->options->keys_fd : -1, -1);
	if (pid == 0)
		app_say(app, _("%s could not be started: %s"), shell,
		    strerror(errno));
	while (pid != 0) {
		pid_t got = waitpid(pid, &status, WUNTRACED);

		/* a shell that stops could be woken up by nobody */
		if (got == pid && WIFSTOPPED(status))
			kill(pid, SIGCONT);
		else if (got >= 0 || errno != EINTR)
			break;
	}
	tty_to_front();
	app_take_screen(app, false);
}
