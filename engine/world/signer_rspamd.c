/* SPDX-License-Identifier: ISC
 * What rspamd on this host signs with: local.d/dkim_signing.conf. Knows as much
 * of its UCL syntax as that file needs. */
#include "config.h"

#include "engine/world/signer.h"

#include <errno.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/world/file.h"

#define CONF_MAX ((size_t)1 << 20)
#define DEPTH_MAX 8
#define FOUND_MAX 1000

/* One block under way: { } or [ ]. */
struct block {
	const char *name;
	const char *selector, *path;
};

struct reader {
	struct arena *arena;
	struct host *host;
	const char *file;
	const char *at;
	struct block blocks[DEPTH_MAX];   /* blocks[0] is the file itself */
	size_t depth;
	size_t skipped;                   /* blocks deeper than we follow */
	const char *domain;               /* a plain "domain = name" */
	struct block *found;              /* by domain, in .name */
	size_t n_found;
	bool maps;
};

static void
skip_comment(struct reader *r)
{
	const char *end;

	if (r->at[0] == '#') {
		r->at += strcspn(r->at, "\n");
		return;
	}
	end = strstr(r->at + 2, "*/");
	r->at = end != NULL ? end + 2 : r->at + strlen(r->at);
}

/* Blanks, comments and, where asked for, what separates settings. */
static void
skip_gap(struct reader *r, const char *between)
{
	for (;;) {
		r->at += strspn(r->at, between);
		if (r->at[0] == '#' || (r->at[0] == '/' && r->at[1] == '*'))
			skip_comment(r);
		else
			return;
	}
}

/* A word, quoted or bare; NULL when there is none. */
static const char *
take_word(struct reader *r)
{
	const char *start = r->at;
	size_t len;

	if (start[0] == '"' || start[0] == '\'') {
		const char quote[] = { start[0], '\n', '\0' };

		start++;
		len = strcspn(start, quote);
		r->at = start + len + (start[len] == quote[0]);
	} else {
		len = strcspn(start, " \t\r\n;,={}[]\"'#:");
		/* a path or a bare value may hold colons */
		while (start[len] == ':' && start[len + 1] != ' ')
			len += 1 + strcspn(start + len + 1,
			    " \t\r\n;,={}[]\"'#:");
		r->at = start + len;
		if (len == 0)
			return NULL;
	}
	return arena_strndup(r->arena, start, len);
}

static void
open_block(struct reader *r, const char *name)
{
	r->at++;
	if (r->depth + 1 < DEPTH_MAX)
		r->blocks[++r->depth] = (struct block){ .name = name };
	else
		r->skipped++;
}

/* Kept until all is read: the settings for every domain may stand below. */
static void
keep_signer(struct reader *r, const char *domain, const struct block *block)
{
	if (r->n_found >= FOUND_MAX)
		return;
	r->found = arena_grow(r->arena, r->found, r->n_found,
	    sizeof *r->found);
	r->found[r->n_found] = *block;
	r->found[r->n_found++].name = domain;
}

static void
add_signers(struct reader *r)
{
	for (size_t i = 0; i < r->n_found; i++) {
		const struct block *block = &r->found[i];
		const struct host_signer signer = {
			.program = "rspamd",
			.domain = block->name,
			.selector = block->selector != NULL ?
			    block->selector : r->blocks[0].selector,
			.key_file = block->path != NULL ? block->path :
			    r->blocks[0].path,
			.source = r->file,
		};

		if (signer.selector != NULL)
			signer_add(r->arena, r->host, &signer);
	}
}

/* The domain that the block at DEPTH belongs to: domain { NAME { } }. */
static const char *
block_domain(const struct reader *r)
{
	if (r->depth >= 2 && text_same(r->blocks[1].name, "domain"))
		return r->blocks[2].name;
	return NULL;
}

static void
close_block(struct reader *r)
{
	const char *domain = block_domain(r);
	const struct block *block = &r->blocks[r->depth];

	r->at++;
	if (r->skipped > 0) {
		r->skipped--;
		return;
	}
	if (r->depth == 0)
		return;
	if (domain != NULL && (block->selector != NULL || block->path != NULL))
		keep_signer(r, domain, block);
	r->depth--;
}

static void
take_value(struct reader *r, const char *name)
{
	struct block *block = &r->blocks[r->depth];
	const char *value = take_word(r);

	if (value == NULL || r->skipped > 0)
		return;
	if (text_same(name, "selector"))
		block->selector = value;
	else if (text_same(name, "path"))
		block->path = value;
	else if (text_same(name, "domain") && r->depth == 0)
		r->domain = value;
	else if (text_same(name, "selector_map") ||
	    text_same(name, "path_map"))
		r->maps = true;
}

static void
read_settings(struct reader *r)
{
	for (;;) {
		const char *name;

		skip_gap(r, " \t\r\n\v\f;,");
		if (r->at[0] == '\0')
			return;
		if (r->at[0] == '}' || r->at[0] == ']') {
			close_block(r);
			continue;
		}
		if (r->at[0] == '{' || r->at[0] == '[') {
			open_block(r, "");
			continue;
		}
		name = take_word(r);
		if (name == NULL) {
			r->at++;
			continue;
		}
		skip_gap(r, " \t=:");
		if (r->at[0] == '{' || r->at[0] == '[')
			open_block(r, name);
		else
			take_value(r, name);
	}
}

void
host_read_rspamd(struct arena *arena, struct host *host, const char *path)
{
	struct reader r = { .arena = arena, .host = host, .file = path };
	struct str text;
	int fault;

	str_init(&text, CONF_MAX);
	fault = file_read(path, &text);
	if (fault != 0 && fault != ENOENT && fault != ENOTDIR)
		signer_note(arena, host, arena_printf(arena,
			_("%s cannot be read: %s."), path, fault == EINVAL ?
			_("it is not a file") : strerror(fault)));
	if (fault == 0) {
		r.at = text.text;
		read_settings(&r);
		/* without a domain, rspamd signs for each sender's own */
		if (r.blocks[0].selector != NULL)
			keep_signer(&r, r.domain != NULL ? r.domain : "*",
			    &r.blocks[0]);
		add_signers(&r);
		if (r.maps)
			signer_note(arena, host, _("rspamd's selector and path "
				"maps were not looked at."));
	}
	str_free(&text);
}
