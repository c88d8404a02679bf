/* SPDX-License-Identifier: ISC
 * What the steps that set up or change a DKIM signer share. For engine/remedy/
 * only. */
#ifndef WB_SIGNING_H
#define WB_SIGNING_H

#include "engine/remedy/planning.h"

/* ---- signing_key.c: which key, under which selector ---- */

/* RSA of 2048 bits, or of 1024 where the DNS panel cuts at 255 characters;
 * signing_say_short() says so then. */
enum dkim_pair signing_pair(const struct planning *p);
void signing_say_short(struct planning *p);

/* A selector of DOMAIN that neither DNS nor a signer here has: "s202611", by
 * the month, with a letter behind it for a further one. */
const char *signing_new_selector(const struct planning *p, const char *domain);

/* The domain comes from a bounce as a rule, and becomes a part of paths, tables
 * and commands: is it harmless? */
bool signing_is_plain(const char *domain);

/* Commands for who has no signer's settings here. */
void signing_by_hand(struct planning *p, const char *domain,
    const char *selector);

/* The signer here whose key is judged, or NULL. */
const struct host_signer *signing_signer(const struct planning *p);

/* Mail of the domain itself is signed, and a line for what is below it is all
 * that OpenDKIM lacks (plan_signer_mend.c). */
bool signing_lacks_line(const struct planning *p, const struct opendkim *o);

/* ---- opendkim_setup.c: merging into its files ---- */

struct opendkim_setup {
	struct planning *p;
	const struct opendkim *o;
	const char *base;        /* "/etc/opendkim" */
	const char *owner;       /* "opendkim:opendkim" */
	const char *domain, *selector;
	const char *key_table, *signing_table;   /* their files */
	bool has_base;           /* the step makes that folder already */
};

/* Tables that are files, or none yet: others cannot be merged into. */
bool opendkim_setup_possible(const struct opendkim *o);

void opendkim_setup_begin(struct opendkim_setup *s, struct planning *p,
    const struct opendkim *o, const char *domain, const char *selector);

/* "/etc" of "/etc/opendkim.conf". */
const char *opendkim_setup_etc(struct arena *arena, const struct opendkim *o);

/* The folder for tables is there. */
void opendkim_setup_base(struct opendkim_setup *s);

/* A new key, in a folder of the domain's; its path. */
const char *opendkim_setup_key(struct opendkim_setup *s);

/* The domain is signed with the key in FILE, instead of with any other. False:
 * it cannot be said in these tables. Other domains are signed as before. */
bool opendkim_setup_sign(struct opendkim_setup *s, const char *file);

/* "Name value" of opendkim.conf. */
void opendkim_setup_option(struct opendkim_setup *s, const char *name,
    const char *value);

/* LINE stands in the file PATH; one with the same first word goes, unless it is
 * to be added ANEW. */
void opendkim_setup_line(struct opendkim_setup *s, const char *path,
    const char *line, bool anew);

/* Looked through and started anew. */
void opendkim_setup_restart(struct opendkim_setup *s);

/* ---- plan_opendkim.c, plan_rspamd.c, plan_amavis.c ---- */

bool make_sign_opendkim(struct planning *p, const struct opendkim *o,
    const char *selector);
bool make_sign_rspamd(struct planning *p, const char *selector);
bool make_sign_amavis(struct planning *p, const char *selector);

/* rspamd's file for the key of DOMAIN and SELECTOR, made with its folder. */
const char *rspamd_new_key(struct planning *p, const char *domain,
    const char *selector);

#endif
