/* SPDX-License-Identifier: ISC
 * What amavis on this host signs with. Its settings are a program, in Perl: only
 * plain calls of dkim_key() are read, each on one line. */
#include "config.h"

#include "engine/world/signer.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/text.h"
#include "engine/world/file.h"

#define CONF_MAX ((size_t)1 << 20)
#define FILES_MAX 100

/* The next word in quotation marks behind *TEXT, on the same line; or NULL. */
static const char *
take_quoted(struct arena *arena, const char **text, const char *end)
{
	const char *start = *text, *stop;

	while (start < end && *start != '\'' && *start != '"')
		start++;
	if (start >= end)
		return NULL;
	stop = memchr(start + 1, *start, (size_t)(end - start - 1));
	if (stop == NULL)
		return NULL;
	*text = stop + 1;
	return arena_strndup(arena, start + 1, (size_t)(stop - start - 1));
}

/* dkim_key('example.com', 's1', '/path/key.pem'); */
static void
read_line(struct arena *arena, struct host *host, const char *file,
    const char *line, const char *end)
{
	static const char call[] = "dkim_key(";
	struct host_signer signer = { .program = "amavis", .source = file };

	while (line < end && text_is_space(*line))
		line++;
	if ((size_t)(end - line) < sizeof call ||
	    strncmp(line, call, sizeof call - 1) != 0)
		return;
	line += sizeof call - 1;
	signer.domain = take_quoted(arena, &line, end);
	signer.selector = take_quoted(arena, &line, end);
	signer.key_file = take_quoted(arena, &line, end);
	if (signer.domain != NULL && signer.selector != NULL &&
	    signer.key_file != NULL)
		signer_add(arena, host, &signer);
}

static bool
read_file(struct arena *arena, struct host *host, const char *path)
{
	struct str text;
	int fault;

	str_init(&text, CONF_MAX);
	fault = file_read(path, &text);
	for (const char *p = text.text; fault == 0 && *p != '\0';) {
		const char *end = p + strcspn(p, "\n");

		read_line(arena, host, path, p, end);
		p = end + (*end == '\n');
	}
	str_free(&text);
	return fault == 0;
}

static int
is_setting(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

void
host_read_amavis(struct arena *arena, struct host *host, const char *etc)
{
	const char *folder = arena_printf(arena, "%s/amavis/conf.d", etc);
	struct dirent **list;
	int n = scandir(folder, &list, is_setting, alphasort);

	/* Debian's folder; EL's file, and that of upstream */
	for (int i = 0; i < n; i++) {
		if (i < FILES_MAX && read_file(arena, host, arena_printf(arena,
		    "%s/%s", folder, list[i]->d_name)))
			host->amavis = true;
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	if (read_file(arena, host, arena_printf(arena,
	    "%s/amavisd/amavisd.conf", etc)) ||
	    read_file(arena, host, arena_printf(arena, "%s/amavisd.conf", etc)))
		host->amavis = true;
}
