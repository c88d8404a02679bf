/* SPDX-License-Identifier: ISC
 * The wordings of data/bounces/ and local rule files, made ready for matching.
 * Private to engine/bounce and its tests.
 *
 * A rules file is a map:
 *   provider: google           the name in "provider"; may be left out
 *   order: 10                  lower files are tried first in each tier
 *   host: ["*.google.com"]     hosts that give the provider away
 *   mark: ["- gsmtp"]          texts that do
 *   rules: a list of
 *     id, class                needed
 *     also                     other classes it may be
 *     token                    texts that only this provider writes (tier 1)
 *     text                     any of these must occur (tier 2)
 *     all                      all of these must occur (tier 2)
 *     with                     one of these as well; next to text or all
 *     not                      none of these may occur
 *     regex                    POSIX ERE on the folded text; next to text or all
 *     host, status, reply, stage   any of each; alone: by provider (tier 3),
 *                              by status (tier 4), by reply or stage (tier 5)
 *     sample                   a text that this rule must claim; needed
 *     see                      where it is documented
 * Texts are literal, compared without case and accents, runs of blanks being
 * one. */
#ifndef WB_BOUNCE_RULES_H
#define WB_BOUNCE_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"
#include "engine/base/yaml.h"
#include "engine/bounce/bounce.h"
#include "engine/bounce/scan.h"

enum tier {
	TIER_TOKEN = 1,
	TIER_TEXT,
	TIER_PROVIDER_CODE,
	TIER_STATUS,
	TIER_REPLY,
	TIER_NONE
};

/* A list of small numbers: literals or patterns, in a pool of the set. */
struct range {
	uint32_t first, n;
};

struct rule {
	const char *id, *class_id, *sample, *see, *regex;
	const char *const *also;    /* NULL-terminated */
	const struct provider *provider;
	enum tier tier;
	int order;
	uint32_t sequence;          /* of reading */
	uint32_t stages;            /* bit set of enum stage; 0: any */
	struct range any, all, with, none;   /* of literals */
	struct range host, status, reply;  /* of patterns */
};

struct provider {
	const char *name;           /* NULL: the file names none */
	struct range host;          /* patterns */
	struct range mark;          /* literals */
};

/* One folded literal and its place in the search table. */
struct literal {
	const char *text;
	uint32_t len;
	uint32_t offset;            /* of the four octets it is found by */
	uint32_t next;              /* + 1; of the same slot, 0 is the end */
	uint32_t rule;              /* that needs it, or NO_RULE */
};

#define NO_RULE UINT32_MAX
#define GRAM_BITS 14

struct rules {
	struct arena *arena;
	struct rule *list;
	size_t n;
	size_t n_texts;             /* so many first ones need a literal */
	struct provider **providers;
	size_t n_providers;
	struct literal *literals;
	size_t n_literals;
	uint32_t *indexes;          /* pool of the ranges */
	size_t n_indexes;
	const char **patterns;
	size_t n_patterns;
	uint32_t *slots;            /* 1 << GRAM_BITS of them: literal + 1 */
};

/* Those of data/bounces/, made at build time (mkrules.c). */
extern const struct rules rules_embedded;

/* Text as it is compared: lower case, blanks folded, typographic characters
 * as ASCII, Latin letters without accents, Cyrillic ones as Latin, addresses as
 * "@", a blank at both ends. */
struct folded {
	char *text;
	uint32_t *place;            /* octet of the original of each octet */
	size_t len;
};
#define FOLD_MAX 8192
/* fold_character() gives the one at the start of S, *TAKEN octets long there:
 * where one becomes ASCII, that, else its first octet. */
char fold_character(struct span s, size_t *taken);
void fold_text(struct arena *arena, struct span text, struct folded *out);

/* Which literals occur in TEXT: a bit each, and where the first one begins
 * (places[i], only where its bit is set). And which rules need one of them. */
struct hits {
	uint64_t *bits;
	uint64_t *rules;
	uint32_t *places;
};
void rules_search(const struct rules *rules, const struct folded *text,
    struct hits *hits);
bool hit(const struct hits *hits, uint32_t literal);

/* Add the rules of TREE. With CHECK everything is checked, and false with ERR
 * comes back at the first fault; without, TREE is known to be right. Call
 * rules_prepare() when all are added. */
bool rules_add(struct rules *rules, const struct yaml_tree *tree, int order,
    bool check, struct str *err)
	__attribute__((warn_unused_result));
bool rules_add_embedded(struct rules *rules, bool check, struct str *err)
	__attribute__((warn_unused_result));
void rules_prepare(struct rules *rules);
struct rules *rules_new(struct arena *arena);

/* Does PATTERN match TEXT? "*" is anything; with DIGITS, "x" is any digit:
 * "*.google.com"; "5.7.26", "x.7.26", "5.7.6*"; "550", "55x". */
bool pattern_match(const char *pattern, const char *text, bool digits);

/* What decided about a text. */
struct verdict {
	const struct rule *rule;    /* NULL: none */
	const char *provider;
	size_t mark_start, mark_len;
	enum tier tier;
};

/* The deciding rule for TEXT with the bounce's codes and hosts. */
void rules_decide(const struct rules *rules, const struct bounce *bounce,
    const char *text, struct verdict *out);

#endif
