/* SPDX-License-Identifier: ISC
 * Finds private keys that lie beside the one that signs: one that was made to
 * follow it, or one that it followed. Knows how signers name key files. */
#include "config.h"

#include "engine/world/signer.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "engine/base/text.h"
#include "engine/world/opendkim.h"

#define SPARES_MAX 32
#define ENTRIES_MAX 2000        /* of one folder */
#define DAY 86400

struct search {
	struct arena *arena;
	struct host *host;
	struct host_spare *list;
	size_t n;
	const struct host_signer *signer;   /* whose keys are looked for */
	time_t made;                        /* its key file; 0: not there */
	int days;
};

/* opendkim-genkey names it SELECTOR.private, rspamd's manual
 * DOMAIN.SELECTOR.key. */
static const char *
selector_of(struct arena *arena, const char *name, const char *domain)
{
	static const char *const endings[] = { ".private", ".key", ".pem" };
	size_t len = strlen(name), n = strlen(domain);
	const char *stem = NULL;

	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
		if (text_ends(name, endings[i]) && len > strlen(endings[i]))
			stem = arena_strndup(arena, name,
			    len - strlen(endings[i]));
	if (stem == NULL)
		return NULL;
	/* a dot without it: probably another domain's */
	if (text_same_n(stem, domain, n) && stem[n] == '.')
		stem += n + 1;
	else if (strchr(stem, '.') != NULL)
		return NULL;
	return stem[0] != '.' && stem[0] != '-' && stem[0] != '\0' &&
	    stem[strspn(stem, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
		"WXYZ0123456789-._")] == '\0' ? stem : NULL;
}

static bool
is_used(const struct search *s, const char *selector, const char *path)
{
	for (size_t i = 0; i < s->host->n_signers; i++)
		if ((text_same(s->host->signers[i].selector, selector) &&
		    text_same(s->host->signers[i].domain, s->signer->domain)) ||
		    (s->host->signers[i].key_file != NULL &&
		    strcmp(s->host->signers[i].key_file, path) == 0))
			return true;
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->list[i].key_file, path) == 0)
			return true;
	return false;
}

static void
add(struct search *s, const char *selector, const char *path)
{
	struct stat status;

	if (s->n >= SPARES_MAX || selector == NULL ||
	    is_used(s, selector, path) || stat(path, &status) != 0 ||
	    !S_ISREG(status.st_mode))
		return;
	s->list = arena_grow(s->arena, s->list, s->n, sizeof *s->list);
	s->list[s->n++] = (struct host_spare){
		.program = s->signer->program,
		.domain = s->signer->domain,
		.selector = text_domain(s->arena, selector, strlen(selector)),
		.key_file = arena_strdup(s->arena, path),
		.newer = status.st_mtime > s->made,
		.days = s->days,
	};
}

static bool
is_only_domain(const struct search *s)
{
	for (size_t i = 0; i < s->host->n_signers; i++)
		if (!text_same(s->host->signers[i].domain, s->signer->domain))
			return false;
	return true;
}

/* Has FOLDER keys of this signer's domain only, as far as the settings say? */
static bool
is_of_one_domain(const struct search *s, const char *folder)
{
	size_t n = strlen(folder);

	for (size_t i = 0; i < s->host->n_signers; i++) {
		const struct host_signer *other = &s->host->signers[i];

		if (other->key_file != NULL &&
		    strncmp(other->key_file, folder, n) == 0 &&
		    strrchr(other->key_file, '/') == other->key_file + n &&
		    !text_same(other->domain, s->signer->domain))
			return false;
	}
	return true;
}

/* Where several domains have their keys, only a file that names the domain
 * tells whose it is. */
static void
look_in(struct search *s, const char *folder)
{
	bool alone = is_of_one_domain(s, folder);
	size_t n = strlen(s->signer->domain);
	DIR *dir = opendir(folder);
	struct dirent *entry;

	for (size_t i = 0; dir != NULL && i < ENTRIES_MAX; i++) {
		entry = readdir(dir);
		if (entry == NULL)
			break;
		if (alone || (text_same_n(entry->d_name, s->signer->domain, n) &&
		    entry->d_name[n] == '.'))
			add(s, selector_of(s->arena, entry->d_name,
			    s->signer->domain), arena_printf(s->arena, "%s/%s",
			    folder, entry->d_name));
	}
	if (dir != NULL)
		closedir(dir);
}

/* Keys of the KeyTable that no line of the SigningTable names. */
static void
look_in_table(struct search *s, const struct opendkim *o)
{
	const char *domain, *selector, *file;

	for (size_t i = 0; i < o->keys.n; i++)
		if (opendkim_key_parts(s->arena, o->keys.rows[i].value, &domain,
		    &selector, &file) && file != NULL &&
		    text_same(domain, s->signer->domain))
			add(s, selector, file);
}

static time_t
changed_at(const char *path)
{
	struct stat status;

	return path != NULL && stat(path, &status) == 0 ? status.st_mtime : 0;
}

/* Days since what says which key signs was last changed. */
static int
days_since(const struct host *host, const struct host_signer *signer)
{
	time_t table = host->opendkim == NULL ||
	    !text_same(signer->program, "opendkim") ? 0 :
	    changed_at(host->opendkim->signing.path);
	time_t when = table != 0 ? table : changed_at(signer->source);
	time_t now = time(NULL);

	return when != 0 && now > when && (now - when) / DAY < 10000 ?
	    (int)((now - when) / DAY) : 0;
}

static void
look_for(struct search *s, const struct host_signer *signer)
{
	const struct opendkim *o = s->host->opendkim;
	const char *slash = signer->key_file != NULL ?
	    strrchr(signer->key_file, '/') : NULL;

	/* amavis's files are named by their domain alone */
	if (text_same(signer->program, "amavis"))
		return;
	/* "*", and rspamd's "$domain" in a path, stand for many */
	if (slash == NULL || slash == signer->key_file ||
	    strchr(signer->domain, '*') != NULL ||
	    strchr(signer->domain, '/') != NULL ||
	    strchr(signer->key_file, '$') != NULL)
		return;
	s->signer = signer;
	s->made = changed_at(signer->key_file);
	s->days = days_since(s->host, signer);
	if (o != NULL && text_same(signer->program, "opendkim")) {
		look_in_table(s, o);
		if (is_only_domain(s))
			look_in(s, o->key_folder);
		look_in(s, arena_printf(s->arena, "%s/%s", o->key_folder,
		    signer->domain));
	}
	look_in(s, arena_strndup(s->arena, signer->key_file,
	    (size_t)(slash - signer->key_file)));
}

void
host_find_spares(struct arena *arena, struct host *host)
{
	struct search s = { .arena = arena, .host = host };

	for (size_t i = 0; i < host->n_signers; i++)
		look_for(&s, &host->signers[i]);
	host->spares = s.list;
	host->n_spares = s.n;
}
