/* SPDX-License-Identifier: ISC
 * Build-time program: turns data/ into one C file. YAML becomes node tables,
 * everything else is kept as text. Or lists what a translator has to see.
 * Knows how C wants its strings written.
 *
 * mkdata DATADIR OUT.c FILE...                  FILE: path below DATADIR
 * mkdata --strings KEYS DATADIR OUT.c FILE...   KEYS: a file, one key a line */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"
#include "engine/base/text.h"
#include "engine/base/yaml.h"

#define FILE_MAX ((size_t)16 << 20)

static bool
read_file(const char *path, struct str *text, struct str *err)
{
	FILE *f = fopen(path, "rb");
	char part[65536];
	size_t n;
	bool ok;

	if (f == NULL) {
		str_addf(err, "%s: %s", path, strerror(errno));
		return false;
	}
	for (n = fread(part, 1, sizeof part, f); n > 0;
	    n = fread(part, 1, sizeof part, f))
		str_add(text, part, n);
	ok = !ferror(f) && !text->cut;
	if (!ok)
		str_addf(err, "%s: cannot be read, or too long", path);
	fclose(f);
	return ok;
}

/* TEXT as C string literals, one for each line. Three octal digits always end
 * an escape, and an escaped question mark can start no trigraph. */
static void
write_literal(FILE *out, const char *text, size_t len)
{
	fputs("\t\"", out);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '\n')
			fputs("\\n", out);
		else if (c == '"' || c == '\\' || c == '?')
			fprintf(out, "\\%c", c);
		else if (c >= 0x20 && c < 0x7f)
			putc(c, out);
		else
			fprintf(out, "\\%03o", c);
		if ((c == '\n' || c == '\0') && i + 1 < len)
			fputs("\"\n\t\"", out);
	}
	fputs("\"", out);
}

static void
write_tree(FILE *out, size_t number, const struct yaml_tree *tree)
{
	fprintf(out, "static const struct yaml_node nodes_%zu[] = {\n", number);
	for (size_t i = 0; i < tree->n_nodes; i++) {
		const struct yaml_node *n = &tree->nodes[i];

		fprintf(out, "\t{ %u, %u, %u, %u, %u, %u, %u },\n", n->kind,
		    n->key, n->value, n->first_child, n->n_children, n->line,
		    n->column);
	}
	fprintf(out, "};\nstatic const struct yaml_tree tree_%zu = {\n",
	    number);
	write_literal(out, tree->file, strlen(tree->file));
	fputs(",\n", out);
	write_literal(out, tree->text, tree->text_len);
	fprintf(out, ",\n\tnodes_%zu, %zu, %zu\n};\n\n", number, tree->n_nodes,
	    tree->text_len);
}

static bool
is_yaml(const char *file)
{
	return text_ends(file, ".yaml");
}

/* Is TEXT one of the lines of KEYS? */
static bool
is_line(const char *keys, const char *text)
{
	size_t len = strlen(text);

	for (const char *line = keys; *line != '\0';) {
		size_t n = strcspn(line, "\n");

		if (n == len && memcmp(line, text, n) == 0)
			return true;
		line += n + (line[n] == '\n');
	}
	return false;
}

/* KEYS name a key everywhere, or in one file only ("FILE:KEY"). */
static bool
is_translated(const char *keys, const char *file, const char *key)
{
	struct str both;
	bool found;

	str_init(&both, 1000);
	str_addf(&both, "%s:%s", file, key);
	found = is_line(keys, key) || is_line(keys, both.text);
	str_free(&both);
	return found;
}

static void
write_marked(FILE *out, const char *file, unsigned line, const char *text,
    size_t len)
{
	fprintf(out, "#line %u \"data/%s\"\nN_(\n", line, file);
	write_literal(out, text, len);
	fputs(")\n", out);
}

/* One scalar as xgettext wants it. An empty message is gettext's header. */
static void
write_message(FILE *out, const struct yaml_tree *tree,
    const struct yaml_node *node)
{
	const char *text = yaml_text(tree, node);

	if (text == NULL || text[0] == '\0')
		return;
	write_marked(out, tree->file, node->line, text, strlen(text));
}

static void
write_messages(FILE *out, const struct yaml_tree *tree, const char *keys)
{
	for (size_t i = 0; i < tree->n_nodes; i++) {
		const struct yaml_node *n = &tree->nodes[i];

		if (!is_translated(keys, tree->file,
		    yaml_key(tree, n)) ||
		    n->kind == YAML_MAP)
			continue;
		for (size_t j = 0; j < yaml_count(n); j++)
			write_message(out, tree, yaml_item(tree, n, j));
	}
}

/* The title of a bundled case: "title = ..." of its facts. */
static void
write_case_title(FILE *out, const char *file, const struct str *text)
{
	static const char key[] = "title = ";
	unsigned number = 1;

	for (const char *line = text->text; *line != '\0'; number++) {
		size_t n = strcspn(line, "\n");

		if (strncmp(line, key, sizeof key - 1) == 0) {
			write_marked(out, file, number, line + sizeof key - 1,
			    n - (sizeof key - 1));
			return;
		}
		line += n + (line[n] == '\n');
	}
}

static void
embed_text(FILE *out, size_t number, const struct str *text)
{
	fprintf(out, "static const char text_%zu[] =\n", number);
	write_literal(out, text->text, text->len);
	fputs(";\n\n", out);
}

/* What is asked for: where the files are, and the keys of the scalars wanted
 * (NULL: everything, as C). */
struct job {
	const char *directory, *keys;
	FILE *out;
	struct str *err;
};

static bool
take_yaml(const struct job *job, size_t number, const char *file,
    const struct str *text)
{
	struct arena *arena = arena_new();
	struct yaml_tree *tree;
	struct str err;
	bool ok;

	str_init(&err, 1000);
	ok = yaml_parse(arena, file, text->text, text->len, &tree, &err);
	if (!ok)
		str_addf(job->err, "%s/%s", job->directory, err.text);
	else if (job->keys != NULL)
		write_messages(job->out, tree, job->keys);
	else
		write_tree(job->out, number, tree);
	str_free(&err);
	arena_free(&arena);
	return ok;
}

static bool
take(const struct job *job, size_t number, const char *file)
{
	struct str path, text;
	bool ok;

	if (job->keys != NULL && !is_yaml(file) && !text_ends(file, "/facts"))
		return true;
	str_init(&path, 4096);
	str_init(&text, FILE_MAX);
	str_addf(&path, "%s/%s", job->directory, file);
	ok = read_file(path.text, &text, job->err);
	if (ok && is_yaml(file))
		ok = take_yaml(job, number, file, &text);
	else if (ok && job->keys != NULL)
		write_case_title(job->out, file, &text);
	else if (ok)
		embed_text(job->out, number, &text);
	str_free(&path);
	str_free(&text);
	return ok;
}

static void
write_lists(FILE *out, char *const *files, size_t n)
{
	fputs("const struct yaml_tree *const data_trees[] = {\n", out);
	for (size_t i = 0; i < n; i++)
		if (is_yaml(files[i]))
			fprintf(out, "\t&tree_%zu,\n", i);
	fputs("\tNULL\n};\n\nconst struct data_file data_files[] = {\n", out);
	for (size_t i = 0; i < n; i++) {
		if (is_yaml(files[i]))
			continue;
		fputs("\t{", out);
		write_literal(out, files[i], strlen(files[i]));
		fprintf(out, ", text_%zu, sizeof text_%zu - 1 },\n", i, i);
	}
	fputs("\t{ NULL, NULL, 0 }\n};\n", out);
}

static bool
take_all(const struct job *job, char *const *files, size_t n)
{
	if (job->keys == NULL)
		fputs("/* Made by mkdata from data/. */\n"
		    "#include \"config.h\"\n\n"
		    "#include \"engine/base/yaml.h\"\n\n"
		    "#pragma GCC diagnostic ignored "
		    "\"-Woverlength-strings\"\n\n", job->out);
	for (size_t i = 0; i < n; i++)
		if (!take(job, i, files[i]))
			return false;
	if (job->keys == NULL)
		write_lists(job->out, files, n);
	return true;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The output is whole or not there at all. */
static bool
make(struct job *job, const char *to, char **files, size_t n)
{
	bool ok, written;

	job->out = fopen(to, "w");
	if (job->out == NULL) {
		str_addf(job->err, "%s: %s", to, strerror(errno));
		return false;
	}
	qsort(files, n, sizeof *files, compare);
	ok = take_all(job, files, n);
	written = !ferror(job->out);
	written = fclose(job->out) == 0 && written;
	if (ok && !written)
		str_addf(job->err, "%s: cannot be written", to);
	if (!ok || !written)
		remove(to);
	return ok && written;
}

int
main(int argc, char **argv)
{
	struct job job = { .directory = NULL };
	struct str err, keys;
	int first = 1;
	bool ok = true;

	str_init(&err, 4096);
	str_init(&keys, FILE_MAX);
	if (argc > 2 && strcmp(argv[1], "--strings") == 0) {
		ok = read_file(argv[2], &keys, &err);
		job.keys = keys.text;
		first = 3;
	}
	if (argc < first + 2) {
		str_adds(&err, "usage: mkdata [--strings KEYS] DATADIR OUT.c "
		    "FILE...");
		ok = false;
	}
	if (ok) {
		job.directory = argv[first];
		job.err = &err;
		ok = make(&job, argv[first + 1], argv + first + 2,
		    (size_t)(argc - first - 2));
	}
	if (!ok)
		fprintf(stderr, "%s\n", err.text);
	str_free(&err);
	str_free(&keys);
	return ok ? 0 : 1;
}
