/* SPDX-License-Identifier: ISC
 * Knows which rights of a key file and of the folders above it OpenDKIM finds
 * safe (RequireSafeKeys of opendkim.conf(5), as 2.11 looks at them), and which
 * ones its user needs. */
#include "config.h"

#include "engine/world/opendkim.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "engine/world/rights.h"

struct looking {
	struct arena *arena;
	struct opendkim_file *out;
	const char *user;
	struct rights_user as;
};

static const char *const names[] = {
	[OPENDKIM_RIGHTS_FINE] = "fine",
	[OPENDKIM_RIGHTS_HIDDEN] = "hidden",
	[OPENDKIM_RIGHTS_MISSING] = "missing",
	[OPENDKIM_RIGHTS_DENIED] = "denied",
	[OPENDKIM_RIGHTS_OWNER] = "owner",
	[OPENDKIM_RIGHTS_GROUP] = "group",
	[OPENDKIM_RIGHTS_OTHERS] = "others",
	[OPENDKIM_RIGHTS_NO_FILE] = "no-file",
	[OPENDKIM_RIGHTS_LOOSE] = "loose",
};

const char *
opendkim_rights_name(enum opendkim_rights rights)
{
	return names[rights];
}

static bool
found(struct looking *l, enum opendkim_rights rights, const char *culprit,
    const char *who)
{
	l->out->rights = rights;
	l->out->culprit = arena_strdup(l->arena, culprit);
	l->out->who = arena_strdup(l->arena, who);
	return false;
}

/* Somebody else than the signer's user and root in the group GID, or NULL. */
static const char *
stranger_in(struct looking *l, gid_t gid)
{
	const struct passwd *p;
	const struct group *g;
	const char *who = NULL;

	setpwent();
	while (who == NULL && (p = getpwent()) != NULL)
		if (p->pw_gid == gid && p->pw_uid != l->as.uid && p->pw_uid != 0)
			who = arena_strdup(l->arena, p->pw_name);
	endpwent();
	g = getgrgid(gid);
	for (size_t i = 0; who == NULL && g != NULL && g->gr_mem[i] != NULL;
	    i++)
		if (strcmp(g->gr_mem[i], l->user) != 0 &&
		    strcmp(g->gr_mem[i], "root") != 0)
			who = arena_strdup(l->arena, g->gr_mem[i]);
	return who;
}

static const char *
owner_name(uid_t uid)
{
	const struct passwd *p = getpwuid(uid);

	return p != NULL ? p->pw_name : "?";
}

static bool
is_safe_file(struct looking *l, const char *path, const struct stat *s,
    bool closed)
{
	const char *who;

	if (s->st_uid != 0 && s->st_uid != l->as.uid)
		return found(l, OPENDKIM_RIGHTS_OWNER, path,
		    owner_name(s->st_uid));
	if ((s->st_mode & (S_IROTH | S_IWOTH)) != 0)
		return found(l, closed ? OPENDKIM_RIGHTS_LOOSE :
		    OPENDKIM_RIGHTS_OTHERS, path, NULL);
	who = (s->st_mode & (S_IRGRP | S_IWGRP)) != 0 ?
	    stranger_in(l, s->st_gid) : NULL;
	return who == NULL || found(l, closed ? OPENDKIM_RIGHTS_LOOSE :
	    OPENDKIM_RIGHTS_GROUP, path, closed ? NULL : who);
}

static bool
is_safe_folder(struct looking *l, const char *path, const struct stat *s)
{
	const char *who;

	if ((s->st_mode & S_IWOTH) != 0)
		return found(l, OPENDKIM_RIGHTS_OTHERS, path, NULL);
	if ((s->st_mode & S_IWUSR) != 0 && s->st_uid != 0 &&
	    s->st_uid != l->as.uid)
		return found(l, OPENDKIM_RIGHTS_OWNER, path,
		    owner_name(s->st_uid));
	who = (s->st_mode & S_IWGRP) != 0 ? stranger_in(l, s->st_gid) : NULL;
	return who == NULL || found(l, OPENDKIM_RIGHTS_GROUP, path, who);
}

/* One part of the way, LAST the key file itself. *CLOSED: nobody else can enter
 * below; opendkim looks on all the same. */
static bool
look_at_node(struct looking *l, const char *path, bool last, bool *closed)
{
	struct stat s;

	if (stat(path, &s) != 0)
		return found(l, errno == ENOENT || errno == ENOTDIR ?
		    OPENDKIM_RIGHTS_MISSING : OPENDKIM_RIGHTS_HIDDEN, path,
		    NULL);
	if (last && !S_ISREG(s.st_mode))
		return found(l, OPENDKIM_RIGHTS_NO_FILE, path, NULL);
	if (!rights_permit(&l->as, &s, S_ISDIR(s.st_mode) ? 1 : 4))
		return found(l, OPENDKIM_RIGHTS_DENIED, path, l->user);
	if (last)
		return is_safe_file(l, path, &s, *closed);
	*closed = *closed || (s.st_mode & (S_IXGRP | S_IXOTH)) == 0;
	return is_safe_folder(l, path, &s);
}

void
opendkim_look(struct arena *arena, const char *path, const char *user,
    const char *below, struct opendkim_file *out)
{
	struct looking l = { .arena = arena, .out = out, .user = user };
	char *real = realpath(path, NULL), *end;
	size_t skipped = below != NULL ? strlen(below) : 0;
	bool closed = false, fine = true;

	*out = (struct opendkim_file){ .path = arena_strdup(arena, path) };
	if (real == NULL) {
		(void)found(&l, errno == ENOENT || errno == ENOTDIR ?
		    OPENDKIM_RIGHTS_MISSING : OPENDKIM_RIGHTS_HIDDEN, path,
		    NULL);
	} else if (!rights_find(user, &l.as)) {
		(void)found(&l, OPENDKIM_RIGHTS_HIDDEN, path, user);
	} else {
		fine = skipped != 0 || look_at_node(&l, "/", false, &closed);
		for (end = real; fine && end != NULL;) {
			end = strchr(end + 1, '/');
			if (end != NULL)
				*end = '\0';
			fine = strlen(real) <= skipped ||
			    look_at_node(&l, real, end == NULL, &closed);
			if (end != NULL)
				*end = '/';
		}
	}
	free(real);
}
