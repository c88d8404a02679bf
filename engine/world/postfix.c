/* SPDX-License-Identifier: ISC
 * The local Postfix: main.cf, defaults and what postconf(1) says about them.
 * Hides in which order names, domains and defaults are settled. */
#include "config.h"

#include "engine/world/postfix.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/world/file.h"
#include "engine/world/postfix_parts.h"

#define MAILNAME_MAX ((size_t)4096)
#define NOTES_MAX ((size_t)4096)

/* ---- what went wrong, in sentences ---- */

void
postfix_add_note(struct postfix *postfix, const char *format, ...)
{
	char sentence[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(sentence, sizeof sentence, format, ap);
	va_end(ap);
	if (postfix->note_text.len > 0)
		str_addc(&postfix->note_text, ' ');
	text_clean(&postfix->note_text, sentence, strlen(sentence), false);
}

void
postfix_note_faults(struct postfix *postfix, const struct postfix_faults *faults)
{
	if (faults->refused > 0)
		postfix_add_note(postfix, _("Line %u is not a setting (no name, or no "
			"\"=\"); Postfix refuses to work with it."),
		    faults->refused);
	if (faults->leading_blank > 0)
		postfix_add_note(postfix, _("Line %u begins with a blank but continues "
			"nothing; Postfix ignores it."),
		    faults->leading_blank);
	if (faults->nul > 0)
		postfix_add_note(postfix, _("Line %u has a NUL octet; Postfix reads it "
			"only up to there."), faults->nul);
	if (faults->too_many)
		postfix_add_note(postfix, _("There are more settings than can be "
			"read; the rest was left out."));
}

/* ---- settling values ---- */

struct postfix *
postfix_new(struct arena *arena, const char *directory)
{
	struct postfix *postfix = arena_alloc(arena, sizeof *postfix);

	postfix->arena = arena;
	postfix->directory = arena_strdup(arena, directory);
	postfix->rows.arena = arena;
	postfix->asks = arena_alloc(arena, sizeof *postfix->asks);
	str_init(&postfix->note_text, NOTES_MAX);
	return postfix;
}

static struct postfix_value *
find(const struct postfix *postfix, const char *name)
{
	return postfix_rows_find(&postfix->rows, name, strlen(name));
}

/* Expand one row's value in place. */
static void
settle_value(struct postfix *postfix, struct postfix_value *row, size_t *work)
{
	struct str out;
	size_t share = *work < POSTFIX_VALUE_WORK ? *work : POSTFIX_VALUE_WORK;
	size_t left = share;

	if (row->raw == NULL) {
		row->origin = POSTFIX_UNSET;
		return;
	}
	row->value = row->raw;
	row->unresolved = false;
	if (strchr(row->raw, '$') == NULL || postfix_is_late(row->name))
		return;
	str_init(&out, POSTFIX_VALUE_MAX);
	if (postfix_expand(&postfix->rows, row->raw, &left, &out,
		&row->unresolved))
		row->value = arena_strndup(postfix->arena, out.text, out.len);
	else
		row->unresolved = true;
	*work -= share - left;
	str_free(&out);
}

/* myhostname: the host's name, with a domain when it has none. */
static void
default_myhostname(struct postfix *postfix, struct postfix_value *row,
    size_t *work)
{
	struct postfix_value *domain = find(postfix, "mydomain");
	const char *name = postfix->hostname;

	if (name == NULL || name[0] == '\0')
		return;
	if (strchr(name, '.') != NULL) {
		row->raw = name;
		return;
	}
	if (domain->raw != NULL)
		settle_value(postfix, domain, work);
	row->raw = arena_printf(postfix->arena, "%s.%s", name,
	    domain->raw != NULL ? domain->value : "localdomain");
}

/* mydomain: myhostname without its first label. */
static void
default_mydomain(struct postfix *postfix, struct postfix_value *row,
    size_t *work)
{
	struct postfix_value *host = find(postfix, "myhostname");
	const char *dot;

	if (host->raw == NULL)
		return;
	settle_value(postfix, host, work);
	dot = strchr(host->value, '.');
	row->raw = dot != NULL ? dot + 1 : "localdomain";
}

/* Debian: a value that begins with "/" is a file with the value in it. */
static void
read_mailname(struct postfix *postfix, bool live)
{
	struct postfix_value *row = find(postfix, "myorigin");
	struct str content;
	size_t len;

	if (row == NULL || row->value == NULL || row->value[0] != '/')
		return;
	if (live) {
		str_init(&content, MAILNAME_MAX);
		if (file_read(row->value, &content) == 0) {
			len = strcspn(content.text, "\r\n");
			while (len > 0 && (content.text[len - 1] == ' ' ||
				content.text[len - 1] == '\t'))
				len--;
			postfix->mailname = arena_strndup(postfix->arena,
			    content.text, len);
		}
		str_free(&content);
	}
	if (postfix->mailname != NULL && postfix->mailname[0] != '\0')
		row->value = postfix->mailname;
	else
		row->unresolved = true;
}

static int
compare_lines(const void *a, const void *b)
{
	const struct postfix_value *const *x = a, *const *y = b;

	return (*x)->line < (*y)->line ? -1 : (*x)->line > (*y)->line;
}

static void
list_explicit(struct postfix *postfix)
{
	size_t n = 0;

	postfix->explicit_rows = arena_array(postfix->arena,
	    postfix->rows.n + 1, sizeof *postfix->explicit_rows);
	for (size_t i = 0; i < postfix->rows.n; i++) {
		if (postfix->rows.rows[i].origin == POSTFIX_MAIN_CF)
			postfix->explicit_rows[n++] = &postfix->rows.rows[i];
	}
	qsort(postfix->explicit_rows, n, sizeof *postfix->explicit_rows,
	    compare_lines);
	postfix->n_explicit = n;
}

static void
find_client(struct postfix *postfix)
{
	const char *transport = postfix_get(postfix, "default_transport");
	const struct postfix_service *service =
	    postfix_transport(postfix, transport);

	if (service != NULL && postfix_sends_out(postfix, transport))
		postfix->client = service->id;
}

/* All rows are in: sort them, work out the two names that depend on each
 * other, then every value. */
void
postfix_settle(struct postfix *postfix, bool live)
{
	size_t work = POSTFIX_EXPAND_WORK;
	struct postfix_value *row;

	postfix_rows_settle(&postfix->rows);
	row = find(postfix, "myhostname");
	if (row->origin != POSTFIX_MAIN_CF)
		default_myhostname(postfix, row, &work);
	row = find(postfix, "mydomain");
	if (row->origin != POSTFIX_MAIN_CF)
		default_mydomain(postfix, row, &work);
	for (size_t i = 0; i < postfix->rows.n; i++)
		settle_value(postfix, &postfix->rows.rows[i], &work);
	for (size_t i = 0; i < postfix->n_services; i++)
		for (size_t k = 0; k < postfix->services[i].n_overrides; k++)
			settle_value(postfix,
			    &postfix->services[i].overrides[k], &work);
	read_mailname(postfix, live);
	find_client(postfix);
	list_explicit(postfix);
}

void
postfix_close_note(struct postfix *postfix)
{
	if (postfix->note_text.len > 0)
		postfix->note = arena_strndup(postfix->arena,
		    postfix->note_text.text, postfix->note_text.len);
	str_free(&postfix->note_text);
}

/* The two names come from the host, not from a table. The other two are old
 * names that later parameters still have as their defaults. */
void
postfix_add_name_defaults(struct postfix *postfix)
{
	static const struct postfix_value rows[] = {
		{ .name = "mydomain", .origin = POSTFIX_DEFAULT },
		{ .name = "myhostname", .origin = POSTFIX_DEFAULT },
		{ .name = "fallback_relay", .raw = "",
		  .origin = POSTFIX_DEFAULT },
		{ .name = "virtual_maps", .raw = "",
		  .origin = POSTFIX_DEFAULT },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		postfix_rows_add(&postfix->rows, rows[i]);
	postfix_rows_add(&postfix->rows, (struct postfix_value){
		.name = "config_directory",
		.raw = postfix->directory,
		.origin = POSTFIX_DEFAULT,
	});
}

/* ---- from text ---- */

/* Take a setting of ours out of the rows that begin at FROM. */
static const char *
take_out(struct postfix_rows *rows, size_t from, const char *name)
{
	const char *value = NULL;
	size_t kept = from;

	for (size_t i = from; i < rows->n; i++) {
		if (strcmp(rows->rows[i].name, name) == 0)
			value = rows->rows[i].raw;
		else
			rows->rows[kept++] = rows->rows[i];
	}
	/* the places left over keep the array's length for arena_grow() */
	for (size_t i = kept; i < rows->n; i++)
		rows->rows[i] = (struct postfix_value){ .name = "" };
	return value;
}

struct postfix *
postfix_parse(struct arena *arena, const char *text, size_t len,
    const char *file, const char *hostname, const char *version)
{
	struct postfix *postfix = postfix_new(arena, "/etc/postfix");
	struct postfix_rows explicit_rows = { .arena = arena };
	struct postfix_faults faults = { .refused = 0 };
	const char *recorded, *given;

	postfix_lines_read(&explicit_rows, text, len < POSTFIX_MAIN_CF_MAX ? len :
	    POSTFIX_MAIN_CF_MAX, arena_strdup(arena, file), &faults);
	recorded = take_out(&explicit_rows, 0, POSTFIX_HOSTNAME_KEY);
	postfix->mailname = take_out(&explicit_rows, 0, POSTFIX_MAILNAME_KEY);
	postfix_tables_recorded(postfix, take_out(&explicit_rows, 0,
	    POSTFIX_TABLES_KEY));
	postfix_master_recorded(postfix, take_out(&explicit_rows, 0,
	    POSTFIX_SERVICES_KEY));
	postfix_asks_recorded(postfix, take_out(&explicit_rows, 0,
	    POSTFIX_ASKED_KEY));
	postfix_files_recorded(postfix, take_out(&explicit_rows, 0,
	    POSTFIX_FILES_KEY));
	given = take_out(&explicit_rows, 0, "mail_version");
	postfix->hostname = recorded != NULL ? recorded :
	    arena_strdup(arena, hostname);
	postfix->version = version != NULL ? arena_strdup(arena, version) :
	    given;
	postfix_defaults_add(&postfix->rows, postfix->version);
	postfix_add_name_defaults(postfix);
	if (postfix->version != NULL)
		postfix_rows_add(&postfix->rows, (struct postfix_value){
			.name = "mail_version", .raw = postfix->version,
			.origin = POSTFIX_DEFAULT });
	for (size_t i = 0; i < explicit_rows.n; i++) {
		if (explicit_rows.rows[i].name[0] != '\0')
			postfix_rows_add(&postfix->rows,
			    explicit_rows.rows[i]);
	}
	postfix->state = POSTFIX_FOUND;
	if (len > POSTFIX_MAIN_CF_MAX)
		postfix_add_note(postfix, _("%s is too long; only its "
			"beginning was read."), file != NULL ? file :
		    "main.cf");
	postfix_note_faults(postfix, &faults);
	postfix_settle(postfix, false);
	postfix_tables_read(postfix, false);
	postfix_close_note(postfix);
	return postfix;
}
