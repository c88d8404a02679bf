/* SPDX-License-Identifier: ISC
 * The user's side of a change that is handed over to root. It goes through standard
 * input, out of memory that nobody can change any more, and its digest is an
 * argument, which sudo shows and logs: root makes what was shown. */
#include "config.h"

#include "tui/elevate.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/digest.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/remedy/handover.h"
#include "engine/world/child.h"
#include "engine/world/file_write.h"
#include "tui/language.h"
#include "tui/output.h"

#define SAID_MAX ((size_t)4 << 20)
#define WORDS_MAX 16

/* The first word of what the other side prints. */
static const char *const ends[] = {
	[APPLY_DONE] = "done",
	[APPLY_NOT_RELOADED] = "not-reloaded",
	[APPLY_NOTHING] = "nothing",
};
#define N_ENDS (sizeof ends / sizeof ends[0])

const char *
elevate_word(enum apply_end end)
{
	return ends[end];
}

bool
elevate_possible(void)
{
	struct arena *arena = arena_new();
	bool possible = geteuid() != 0 && child_find(arena, "sudo") != NULL;

	arena_free(&arena);
	return possible;
}

/* Can nobody but root and this user put something else in its place? */
static bool
is_only_ours(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 &&
	    (status.st_uid == 0 || status.st_uid == geteuid()) &&
	    (status.st_mode & 022) == 0;
}

/* This program's path; NULL: ERR says why it is not run as root. */
static const char *
own_path(struct arena *arena, struct str *err)
{
	char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
	const char *slash;

	path[len > 0 ? len : 0] = '\0';
	slash = strrchr(path, '/');
	if (slash != NULL && is_only_ours(path) && is_only_ours(arena_strndup(
	    arena, path, (size_t)(slash - path) + 1)))
		return arena_strdup(arena, path);
	str_addf(err, _("%s is not run as root: others could have changed "
	    "it.\n"), *path != '\0' ? text_safe(arena, path) : PACKAGE_NAME);
	return NULL;
}

const char *const *
elevate_command(struct arena *arena, const char *const *words, struct str *err)
{
	const char **argv = arena_array(arena, WORDS_MAX, sizeof *argv);
	size_t n = 0;

	argv[n++] = "sudo";
	argv[n++] = "--";
	argv[n] = own_path(arena, err);
	if (argv[n++] == NULL)
		return NULL;
	argv[n++] = "--lang";
	argv[n++] = language_now();
	while (*words != NULL && n < WORDS_MAX - 1)
		argv[n++] = *words++;
	return argv;
}

/* A descriptor from which TEXT can be read, and through which nobody can change
 * it; -1: errno. */
static int
sealed(const struct str *text)
{
	int fd = memfd_create(PACKAGE_NAME, MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd >= 0 && file_write_all(fd, text->text, text->len) &&
	    fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK |
	    F_SEAL_SEAL) == 0 && lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Run it to its end; what it prints goes to OUT. */
static bool
run_in_front(const char *program, const char *const *argv, int in,
    struct str *out)
{
	char buf[8192];
	int ends_of_pipe[2], status;
	ssize_t n;
	pid_t pid;

	if (pipe2(ends_of_pipe, O_CLOEXEC) != 0)
		return false;
	pid = child_start_in_front(program, argv, in, ends_of_pipe[1]);
	close(ends_of_pipe[1]);
	while (pid != 0 && ((n = read(ends_of_pipe[0], buf, sizeof buf)) > 0 ||
	    (n < 0 && errno == EINTR)))
		if (n > 0)
			str_add(out, buf, (size_t)n);
	close(ends_of_pipe[0]);
	while (pid != 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid != 0;
}

/* "done 20261121-230815", then sentences. */
static bool
read_end(struct arena *arena, struct transaction *t, const struct str *out,
    enum apply_end *end, struct str *said)
{
	size_t line = strcspn(out->text, "\n");

	for (size_t i = 0; i < N_ENDS; i++) {
		size_t word = strlen(ends[i]);

		if (line <= word || strncmp(out->text, ends[i], word) != 0 ||
		    out->text[word] != ' ')
			continue;
		t->id = text_cleaned(arena, out->text + word + 1,
		    line - word - 1);
		text_clean(said, out->text + line + 1, out->len - line - 1,
		    true);
		*end = (enum apply_end)i;
		return true;
	}
	str_adds(said, _("sudo has not run it.\n"));
	return false;
}

enum apply_end
elevate_apply(struct arena *arena, struct transaction *transaction,
    bool *refused, struct str *said)
{
	enum apply_end end = APPLY_NOTHING;
	const char *const *argv = NULL;
	struct str text, out;
	int in = -1;

	*refused = false;
	str_init(&text, HANDOVER_MAX);
	str_init(&out, SAID_MAX);
	if (handover_write(transaction, &text)) {
		const char *const words[] = { "apply",
			digest_text(arena, text.text, text.len), NULL };

		argv = elevate_command(arena, words, said);
		in = sealed(&text);
	}
	if (argv != NULL && in >= 0) {
		output_say("\n%s\n", transaction_command(arena, argv));
		if (run_in_front(child_find(arena, "sudo"), argv, in, &out))
			*refused = !read_end(arena, transaction, &out, &end,
			    said);
		else
			str_addf(said, _("sudo could not be started: %s.\n"),
			    strerror(errno));
	} else if (argv != NULL) {
		str_addf(said, _("sudo could not be started: %s.\n"),
		    strerror(errno));
	}
	if (in >= 0)
		close(in);
	str_free(&out);
	str_free(&text);
	return end;
}
