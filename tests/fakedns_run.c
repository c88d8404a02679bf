/* SPDX-License-Identifier: ISC
 * Starting and stopping fakedns. Hides the process and its folder. */
#include "config.h"

#include "tests/fakedns_run.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/str.h"

static void
path_of(const struct fakedns *fake, const char *file, char *out, size_t size)
{
	snprintf(out, size, "%s/%s", fake->folder, file);
}

static bool
write_file(const struct fakedns *fake, const char *name, const char *text)
{
	char path[128];
	FILE *file;
	bool good;

	path_of(fake, name, path, sizeof path);
	file = fopen(path, "we");
	if (file == NULL)
		return false;
	good = fputs(text, file) >= 0;
	return fclose(file) == 0 && good;
}

static pid_t
spawn(const struct fakedns *fake, const char *program, int input, int output)
{
	char config[128];
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	path_of(fake, "c", config, sizeof config);
	if (dup2(input, 0) < 0 || dup2(output, 1) < 0)
		_exit(126);
	execl(program, program, "-e", config, (char *)NULL);
	fprintf(stderr, "cannot run %s\n", program);
	_exit(127);
}

static bool
wait_ready(struct fakedns *fake, int output)
{
	FILE *file = fdopen(output, "r");
	char line[64];
	bool ready = false;

	if (file == NULL)
		return false;
	while (!ready && fgets(line, sizeof line, file) != NULL) {
		if (strncmp(line, "port ", 5) == 0 && fake->n < FAKEDNS_MAX)
			fake->ports[fake->n++] =
				(unsigned int)strtoul(line + 5, NULL, 10);
		ready = strcmp(line, "ready\n") == 0;
	}
	fclose(file);
	return ready;
}

bool
fakedns_start(struct fakedns *fake, const char *default_path,
    const char *config, const char *zone)
{
	const char *program = getenv("FAKEDNS");
	int in[2], out[2];
	bool ready;

	*fake = (struct fakedns){ .pid = -1, .input = -1 };
	snprintf(fake->folder, sizeof fake->folder, "/tmp/fakedns.XXXXXX");
	if (mkdtemp(fake->folder) == NULL ||
	    !write_file(fake, "c", config) || !write_file(fake, "z", zone) ||
	    pipe2(in, O_CLOEXEC) != 0)
		return false;
	fake->input = in[1];
	if (pipe2(out, O_CLOEXEC) != 0) {
		close(in[0]);
		return false;
	}
	fake->pid = spawn(fake, program != NULL ? program : default_path,
		in[0], out[1]);
	close(in[0]);
	close(out[1]);
	ready = wait_ready(fake, out[0]);
	if (!ready)
		fakedns_stop(fake);
	return ready;
}

void
fakedns_stop(struct fakedns *fake)
{
	static const char *const files[] = { "c", "z", "l" };
	char path[128];

	if (fake->input >= 0)
		close(fake->input);
	if (fake->pid > 0)
		waitpid(fake->pid, NULL, 0);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		path_of(fake, files[i], path, sizeof path);
		unlink(path);
	}
	rmdir(fake->folder);
	fake->input = -1;
	fake->pid = -1;
}

void
fakedns_use(const struct fakedns *fake, size_t i, const char *address,
    struct resolvconf *conf)
{
	struct str err;
	char text[128];

	str_init(&err, 256);
	snprintf(text, sizeof text, "%s@%u", address, fake->ports[i]);
	if (!resolvconf_add(conf, text, &err)) {
		fprintf(stderr, "%s\n", err.text);
		abort();
	}
	str_free(&err);
}

size_t
fakedns_log(const struct fakedns *fake, const char *question)
{
	char path[128], line[512];
	size_t n = 0;
	FILE *file;

	path_of(fake, "l", path, sizeof path);
	file = fopen(path, "re");
	if (file == NULL)
		return 0;
	while (fgets(line, sizeof line, file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		n += question == NULL || strcmp(line, question) == 0;
	}
	fclose(file);
	return n;
}
