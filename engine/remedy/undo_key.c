/* SPDX-License-Identifier: ISC
 * Knows from the name of a key file which record belongs to it: the journal has
 * no keys, so a key that is taken back is gone. */
#include "config.h"

#include "engine/remedy/undo_key.h"

#include <string.h>

#include "engine/auth/dkim_record.h"
#include "engine/base/i18n.h"
#include "engine/base/text.h"

/* As the steps name them: DOMAIN/SELECTOR.private, and for rspamd
 * DOMAIN.SELECTOR.key, where a selector has no dot. */
static bool
find_name(struct arena *arena, const char *path, struct undo_key *key)
{
	const char *slash = strrchr(path, '/'), *start, *dot;
	const char *base = slash != NULL ? slash + 1 : path;
	const char *selector;
	size_t len = strlen(base);

	if (slash != NULL && text_ends(base, ".private")) {
		for (start = slash; start > path && start[-1] != '/';)
			start--;
		key->domain = arena_strndup(arena, start,
		    (size_t)(slash - start));
		selector = arena_strndup(arena, base, len - strlen(".private"));
	} else if (text_ends(base, ".key")) {
		base = arena_strndup(arena, base, len - strlen(".key"));
		dot = strrchr(base, '.');
		if (dot == NULL)
			return false;
		key->domain = arena_strndup(arena, base, (size_t)(dot - base));
		selector = dot + 1;
	} else {
		return false;
	}
	key->name = arena_printf(arena, "%s._domainkey.%s", selector,
	    key->domain);
	return *selector != '\0' && strchr(key->domain, '.') != NULL;
}

/* Does undoing take PATH out of a file, too? */
static bool
is_set_here(const struct transaction *t, const char *path)
{
	for (size_t i = 0; i < t->n_files; i++)
		if (!t->files[i].secret && t->files[i].after != NULL &&
		    memmem(t->files[i].after, t->files[i].after_len, path,
			strlen(path)) != NULL)
			return true;
	return false;
}

size_t
undo_keys(struct arena *arena, const struct transaction *t,
    const struct host *host, struct facts *facts,
    struct undo_key keys[UNDO_KEYS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < t->n_files && n < UNDO_KEYS_MAX; i++) {
		struct undo_key *key = &keys[n];

		*key = (struct undo_key){ .file = t->files[i].path };
		if (!t->files[i].secret || t->files[i].before != NULL ||
		    !find_name(arena, key->file, key))
			continue;
		for (size_t k = 0; k < host->n_signers; k++)
			if (text_same(host->signers[k].key_file, key->file))
				key->signs = true;
		key->with_settings = is_set_here(t, key->file);
		(void)facts_dns(facts, key->name, DNS_TXT);
		n++;
	}
	return n;
}

/* Is a key at its name? A revoked one can no longer be used. */
static bool
is_published(struct arena *arena, const struct fact *fact)
{
	struct dkim_record record;

	for (size_t i = 0; fact->status == FACT_OK && i < fact->n_values; i++) {
		dkim_record_read(arena, fact->values[i].text,
		    fact->values[i].len, &record);
		if (record.result == DKIM_KEY_OK)
			return true;
	}
	return false;
}

static void
warn_use(struct arena *arena, const struct undo_key *key, struct str *out)
{
	if (!key->signs)
		return;
	str_addf(out, key->with_settings ?
	    _("Mail of %s is signed with this key now; it will leave unsigned.") :
	    _("Mail of %s is signed with this key now, and stays set up for it: "
	    "without the key the signer puts that mail off. First undo the "
	    "change that lets it sign."), text_safe(arena, key->domain));
	str_addc(out, '\n');
}

void
undo_keys_warn(struct arena *arena, const struct undo_key *keys, size_t n,
    struct facts *facts, struct str *out)
{
	for (size_t i = 0; i < n; i++) {
		const struct fact *fact = facts_dns(facts, keys[i].name,
		    DNS_TXT);
		bool published = is_published(arena, fact);

		if (!keys[i].signs && !published && fact_known(fact))
			continue;
		str_addf(out, _("The private key %s goes for good: no copy of it "
		    "is kept."), text_safe(arena, keys[i].file));
		str_addc(out, '\n');
		warn_use(arena, &keys[i], out);
		if (published)
			str_addf(out, _("Its record %s is published. Mail that was "
			    "signed is verified with it: leave it for some ten "
			    "days, then take it out of DNS, since nothing can be "
			    "signed with that key again."),
			    text_safe(arena, keys[i].name));
		else if (!fact_known(fact))
			str_addf(out, _("Whether its record %s is published could "
			    "not be looked up."),
			    text_safe(arena, keys[i].name));
		if (published || !fact_known(fact))
			str_addc(out, '\n');
	}
}
