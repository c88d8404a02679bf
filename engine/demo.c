/* SPDX-License-Identifier: ISC
 * Finds the bundled cases among the embedded data. */
#include "config.h"

#include "engine/demo.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/world/replay.h"

#define FOLDER "demo/"

const struct data_file *
demo_file(const char *id, const char *name)
{
	size_t len = strlen(id), folder = strlen(FOLDER);

	for (size_t i = 0; data_files[i].file != NULL; i++) {
		const char *file = data_files[i].file;
		const char *base = strrchr(file, '/');

		if (strncmp(file, FOLDER, folder) == 0 && base != NULL &&
		    strcmp(base + 1, name) == 0 &&
		    strncmp(file + folder, id, len) == 0 &&
		    file[folder + len] == '-')
			return &data_files[i];
	}
	return NULL;
}

const char *
demo_id(size_t i)
{
	static char id[16];

	for (size_t k = 0; data_files[k].file != NULL; k++) {
		const char *file = data_files[k].file;
		size_t len;

		if (strncmp(file, FOLDER, strlen(FOLDER)) != 0 ||
		    !text_ends(file, "/facts") || i-- != 0)
			continue;
		len = strcspn(file + strlen(FOLDER), "-");
		if (len >= sizeof id)
			return NULL;
		memcpy(id, file + strlen(FOLDER), len);
		id[len] = '\0';
		return id;
	}
	return NULL;
}

const char *
demo_title(struct arena *arena, size_t i)
{
	const char *id = demo_id(i);
	const struct data_file *file = id != NULL ?
	    demo_file(id, "facts") : NULL;
	struct recording recording;
	struct str err;
	const char *title = NULL;

	if (file == NULL)
		return NULL;
	str_init(&err, 512);
	if (replay_read(arena, file->file, file->text, file->len,
	    facts_new(arena), &recording, &err) && recording.title != NULL)
		title = _(recording.title);
	str_free(&err);
	return title;
}
