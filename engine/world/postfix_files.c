/* SPDX-License-Identifier: ISC
 * Files that the settings name: are they there, is a table's database newer
 * than its text, is the chroot's resolv.conf the system's? Hides which. */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/base/text.h"
#include "engine/world/file.h"
#include "engine/world/postfix_parts.h"

#define FILES_MAX 64
#define LOOKS_MAX 500         /* nobody has so many tables */
#define RESOLV_CONF "/etc/resolv.conf"
#define RESOLV_CONF_MAX ((size_t)64 << 10)

/* Settings that hold tables which Postfix opens when it starts a service. */
static const char *const endings[] = {
	"_maps", "_checks", "_domains", "_restrictions", "_access",
	"mynetworks", "mydestination",
};

/* Types and the file that postmap(1) makes of their text; NULL: the text itself
 * is read (DATABASE_README). */
static const struct {
	const char *type, *suffix;
} types[] = {
	{ "hash:", ".db" }, { "btree:", ".db" }, { "lmdb:", ".lmdb" },
	{ "cdb:", ".cdb" }, { "dbm:", ".pag" }, { "sdbm:", ".pag" },
	{ "texthash:", NULL }, { "regexp:", NULL }, { "pcre:", NULL },
	{ "cidr:", NULL },
};

static void
add(struct postfix *postfix, enum postfix_file_state state,
    const char *parameter, const char *table, const char *path)
{
	if (postfix->n_files == FILES_MAX)
		return;
	for (size_t i = 0; i < postfix->n_files; i++)
		if (strcmp(postfix->files[i].path, path) == 0)
			return;
	postfix->files = arena_grow(postfix->arena, postfix->files,
	    postfix->n_files, sizeof *postfix->files);
	postfix->files[postfix->n_files++] = (struct postfix_file){
		.state = state, .parameter = parameter, .table = table,
		.path = path,
	};
}

/* 0 or an errno value. */
static int
look_at(const char *path, struct stat *status)
{
	return stat(path, status) == 0 ? 0 : errno;
}

static bool
is_absent(int fault)
{
	return fault == ENOENT || fault == ENOTDIR;
}

static void
check_table(struct postfix *postfix, const char *parameter, const char *table,
    const char *path, const char *suffix)
{
	if (postfix->n_looks++ >= LOOKS_MAX)
		return;
	const char *database = suffix == NULL ? path :
	    arena_printf(postfix->arena, "%s%s", path, suffix);
	struct stat made, text;
	int fault = look_at(database, &made), source = look_at(path, &text);

	if (fault == 0 && source == 0 && text.st_mtime > made.st_mtime)
		add(postfix, POSTFIX_FILE_OLD, parameter, table, database);
	else if (fault != 0 && !is_absent(fault))
		add(postfix, POSTFIX_FILE_UNKNOWN, parameter, table, database);
	else if (fault != 0)
		add(postfix, source == 0 ? POSTFIX_FILE_NO_DATABASE :
		    POSTFIX_FILE_MISSING, parameter, table,
		    source == 0 ? database : path);
}

static void
check_word(struct postfix *postfix, const char *parameter, const char *word)
{
	const char *name = word;

	if (text_starts(name, "proxy:"))
		name += strlen("proxy:");
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		size_t len = strlen(types[i].type);

		if (strncmp(name, types[i].type, len) == 0 && name[len] == '/')
			check_table(postfix, parameter, word, name + len,
			    types[i].suffix);
	}
}

static void
check_value(struct postfix *postfix, const struct postfix_value *row)
{
	const char *p = row->value, *word;
	bool holds = false;
	size_t len;

	if (p == NULL || strchr(p, ':') == NULL)
		return;
	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
		holds = holds || text_ends(row->name, endings[i]);
	while (holds && (word = postfix_next_word(&p, &len)) != NULL)
		if (memchr(word, ':', len) != NULL)
			check_word(postfix, row->name,
			    arena_strndup(postfix->arena, word, len));
}

/* The lines that say something, without comments and amounts of blanks. */
static bool
read_resolvers(const char *path, struct str *out, int *fault)
{
	struct str text;

	str_init(&text, RESOLV_CONF_MAX);
	*fault = file_read(path, &text);
	for (const char *p = text.text; *p != '\0';) {
		size_t len = strcspn(p, "\n"), word = strcspn(p, " \t\n");

		if (word == strlen("nameserver") &&
		    strncmp(p, "nameserver", word) == 0) {
			p += word;
			len -= word;
			word = strspn(p, " \t");
			str_add(out, p + word, strcspn(p + word, " \t\r\n#"));
			str_addc(out, ' ');
		}
		p += len;
		p += *p == '\n';
	}
	str_free(&text);
	return *fault == 0;
}

/* smtp(8) in the chroot reads the copy only. */
static void
check_resolvers(struct postfix *postfix)
{
	const struct postfix_service *client =
	    postfix_service(postfix, postfix_client(postfix));
	const char *queue = postfix_get(postfix, "queue_directory");
	const char *path = arena_printf(postfix->arena, "%s" RESOLV_CONF,
	    queue);
	struct stat status;
	struct str ours, copy;
	int fault;

	if (client == NULL || !postfix_is_chrooted(postfix, client) ||
	    look_at(queue, &status) != 0)
		return;
	str_init(&ours, RESOLV_CONF_MAX);
	str_init(&copy, RESOLV_CONF_MAX);
	if (read_resolvers(RESOLV_CONF, &ours, &fault)) {
		read_resolvers(path, &copy, &fault);
		if (is_absent(fault) || fault != 0)
			add(postfix, is_absent(fault) ? POSTFIX_FILE_MISSING :
			    POSTFIX_FILE_UNKNOWN, "queue_directory", "-", path);
		else if (strcmp(ours.text, copy.text) != 0)
			add(postfix, POSTFIX_FILE_OLD, "queue_directory", "-",
			    path);
	}
	str_free(&ours);
	str_free(&copy);
}

/* Debian's form of myorigin. */
static void
check_origin(struct postfix *postfix)
{
	const struct postfix_value *origin = postfix_value(postfix, "myorigin");
	struct stat status;
	int fault;

	if (origin->origin == POSTFIX_UNSET || *origin->raw != '/' ||
	    !origin->unresolved)
		return;
	fault = look_at(origin->raw, &status);
	add(postfix, is_absent(fault) || (fault == 0 && status.st_size == 0) ?
	    POSTFIX_FILE_MISSING : POSTFIX_FILE_UNKNOWN, "myorigin", "-",
	    origin->raw);
}

void
postfix_files_look(struct postfix *postfix)
{
	check_origin(postfix);
	for (size_t i = 0; i < postfix->n_explicit; i++)
		check_value(postfix, postfix->explicit_rows[i]);
	for (size_t i = 0; i < postfix->n_services; i++)
		for (size_t k = 0; k < postfix->services[i].n_overrides; k++)
			check_value(postfix,
			    &postfix->services[i].overrides[k]);
	check_resolvers(postfix);
}

size_t
postfix_files(const struct postfix *postfix, const struct postfix_file **list)
{
	*list = postfix->files;
	return postfix->n_files;
}

/* ---- recordings: "{STATE PARAMETER TABLE PATH}" ---- */

static const char *const states[] = {
	[POSTFIX_FILE_MISSING] = "missing",
	[POSTFIX_FILE_NO_DATABASE] = "no-database",
	[POSTFIX_FILE_OLD] = "old", [POSTFIX_FILE_UNKNOWN] = "unknown",
};

static bool
is_word(const char *text)
{
	return strpbrk(text, "{} \t\r\n\v\f") == NULL;
}

void
postfix_files_print(const struct postfix *postfix, struct str *out)
{
	for (size_t i = 0; i < postfix->n_files; i++) {
		const struct postfix_file *file = &postfix->files[i];

		if (is_word(file->table) && is_word(file->path) &&
		    is_word(file->parameter))
			str_addf(out, "%s{%s %s %s %s}", out->len != 0 ? " " :
			    "", states[file->state], file->parameter,
			    file->table, file->path);
	}
}

static void
recorded_file(struct postfix *postfix, const char *text)
{
	const char *words[4];

	for (size_t i = 0; i < 4; i++) {
		size_t len = strcspn(text, " \t");

		if (len == 0)
			return;
		words[i] = arena_strndup(postfix->arena, text, len);
		text += len;
		text += strspn(text, " \t");
	}
	for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
		if (strcmp(states[i], words[0]) == 0)
			add(postfix, (enum postfix_file_state)i, words[1],
			    words[2], words[3]);
}

void
postfix_files_recorded(struct postfix *postfix, const char *text)
{
	while (text != NULL && *text != '\0') {
		size_t len;

		text += strcspn(text, "{");
		text += *text == '{';
		len = strcspn(text, "}");
		recorded_file(postfix, arena_strndup(postfix->arena, text, len));
		text += len;
	}
}
