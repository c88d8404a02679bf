/* SPDX-License-Identifier: ISC
 * Asking Postfix' tables: those in memory at once, others of this system by
 * postmap(1), those of a recording as they answered then. Hides which. */
#include "config.h"

#include <pwd.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/world/child.h"
#include "engine/world/postfix_parts.h"

#define ASKS_MAX 300
#define RUNS_MAX 12
#define POSTMAP_MS 1000
#define ANSWER_MAX ((size_t)8 << 10)
#define PASSWD "passwd.byname"

static bool
is_pattern_table(const char *table)
{
	if (text_starts(table, "proxy:"))
		table += strlen("proxy:");
	return text_starts(table, "regexp:") || text_starts(table, "pcre:");
}

/* Patterns are asked about whole addresses only (canonical(5), transport(5)),
 * in lists of domains and in alias_maps about any key. */
static bool
patterns_see(const char *name, const char *key)
{
	const char *at = strrchr(key, '@');

	return text_ends(name, "_domains") || strcmp(name, "alias_maps") == 0 ||
	    (at != NULL && at != key);
}

static struct postfix_ask *
ask_of(const struct postfix *postfix, const char *table, const char *key)
{
	struct postfix_asks *asks = postfix->asks;

	for (size_t i = 0; i < asks->n; i++)
		if (strcmp(asks->list[i].table, table) == 0 &&
		    text_same(asks->list[i].key, key))
			return &asks->list[i];
	if (asks->n == ASKS_MAX)
		return NULL;
	asks->list = arena_grow(postfix->arena, asks->list, asks->n,
	    sizeof *asks->list);
	asks->list[asks->n] = (struct postfix_ask){
		.table = arena_strdup(postfix->arena, table),
		.key = arena_strdup(postfix->arena, key),
	};
	return &asks->list[asks->n++];
}

static void
settle_ask(struct postfix_ask *ask, const char *value)
{
	ask->state = value != NULL ? ASK_FOUND : ASK_ABSENT;
	ask->text = value;
}

/* A table in the list; true when the search ends here. */
static bool
ask_table(const struct postfix *postfix, const char *table, const char *key,
    struct postfix_answer *out)
{
	const struct postfix_table *known = postfix_find_table(postfix, table);
	struct postfix_ask *ask = ask_of(postfix, table, key);

	if (ask == NULL) {
		out->why_unknown = _("too many questions to the tables");
		return false;
	}
	if (ask->state == ASK_WANTED && known != NULL && known->why == NULL) {
		settle_ask(ask, postfix_table_find(known, key));
	} else if (ask->state == ASK_WANTED && !postfix->live) {
		ask->state = ASK_FAILED;
		ask->passing = true;
		ask->text = known != NULL ? known->why :
		    arena_printf(postfix->arena, _("%s cannot be read here"),
			table);
	}
	out->table = ask->table;
	if (ask->state == ASK_FOUND)
		out->value = ask->text;
	else if (ask->state == ASK_WANTED)
		out->why_unknown = _("the answer is not there yet");
	else if (ask->state == ASK_FAILED)
		out->why_unknown = ask->text;
	return ask->state == ASK_FOUND;
}

bool
postfix_look_up(const struct postfix *postfix, const char *name,
    const char *key, struct postfix_answer *out)
{
	return postfix_look_up_for(postfix, postfix_client(postfix), name, key,
	    out);
}

bool
postfix_look_up_for(const struct postfix *postfix, const char *service,
    const char *name, const char *key, struct postfix_answer *out)
{
	const struct postfix_value *list = postfix_service_value(postfix,
	    service, name);
	const char *p = list->value != NULL ? list->value : "", *at;
	size_t len, wanted = strlen(key);

	*out = (struct postfix_answer){ .value = NULL };
	while ((at = postfix_next_word(&p, &len)) != NULL) {
		bool table = memchr(at, ':', len) != NULL;
		const char *word;

		if (!table && *at != '/' && (len != wanted ||
		    !text_same_n(at, key, len)))
			continue;
		word = arena_strndup(postfix->arena, at, len);
		if (table) {
			if (!is_pattern_table(word) || patterns_see(name, key))
				if (ask_table(postfix, word, key, out))
					return true;
		} else if (*word == '/') {
			out->why_unknown = arena_printf(postfix->arena,
			    _("%s cannot be read here"), word);
		} else {
			out->value = word;
			out->table = NULL;
			return true;
		}
	}
	out->table = NULL;
	return out->why_unknown == NULL;
}

/* ---- this system's other tables ---- */

/* "unix:passwd.byname", which local_recipient_maps asks. */
static void
ask_passwd(struct postfix_ask *ask)
{
	const struct passwd *user = getpwnam(ask->key);

	settle_ask(ask, user != NULL ? ask->key : NULL);
}

static void
run_postmap(struct postfix *postfix, struct postfix_ask *ask,
    const char *program)
{
	const char *const argv[] = {
		"postmap", "-c", postfix->directory, "-q", ask->key, ask->table,
		NULL
	};
	struct str out, err;
	enum child_end end;

	str_init(&out, ANSWER_MAX);
	str_init(&err, ANSWER_MAX);
	end = child_run(program, argv, POSTMAP_MS, &out, &err);
	if (end == CHILD_OK) {
		settle_ask(ask, arena_strndup(postfix->arena, out.text,
		    strcspn(out.text, "\r\n")));
	} else if (end == CHILD_FAILED && err.len == 0) {
		settle_ask(ask, NULL);      /* postmap(1): status 1, no words */
	} else {
		/* the wizard stands still meanwhile: not a second time */
		if (end == CHILD_TIMEOUT)
			postfix->asks->n_run = RUNS_MAX;
		ask->state = ASK_FAILED;
		ask->text = err.len != 0 ? text_cleaned(postfix->arena,
		    err.text, strcspn(err.text, "\r\n")) :
		    arena_printf(postfix->arena, _("%s did not answer"),
			ask->table);
	}
	str_free(&out);
	str_free(&err);
}

static void
answer(struct postfix *postfix, struct postfix_ask *ask, const char *program)
{
	if (text_ends(ask->table, "unix:" PASSWD)) {
		ask_passwd(ask);
	} else if (program == NULL || postfix->asks->n_run == RUNS_MAX ||
	    strcmp(ask->key, "-") == 0) {
		ask->state = ASK_FAILED;
		ask->text = program == NULL ?
		    _("postmap(1) is not on this machine") :
		    _("too many questions to the tables");
	} else {
		postfix->asks->n_run++;
		run_postmap(postfix, ask, program);
	}
}

bool
postfix_answer_asks(struct postfix *postfix)
{
	const char *program = NULL;
	bool any = false;

	for (size_t i = 0; i < postfix->asks->n; i++) {
		struct postfix_ask *ask = &postfix->asks->list[i];

		if (ask->state != ASK_WANTED)
			continue;
		if (!any)
			program = child_find(postfix->arena, "postmap");
		any = true;
		answer(postfix, ask, program);
	}
	return any;
}

/* ---- recordings: "{TABLE = KEY VALUE} {TABLE - KEY} {TABLE ? KEY WHY}" ---- */

static const char marks[] = {
	[ASK_WANTED] = 'w', [ASK_FOUND] = '=', [ASK_ABSENT] = '-',
	[ASK_FAILED] = '?',
};

static bool
is_plain(const char *text, const char *without)
{
	return text == NULL || (strpbrk(text, without) == NULL && *text != '\0');
}

void
postfix_asks_print(const struct postfix *postfix, struct str *out)
{
	for (size_t i = 0; i < postfix->asks->n; i++) {
		const struct postfix_ask *ask = &postfix->asks->list[i];

		/* inline and static tables are said by main.cf itself */
		if (ask->state == ASK_WANTED || ask->passing ||
		    text_starts(ask->table, "inline:") ||
		    text_starts(ask->table, "static:") ||
		    !is_plain(ask->table, "{} ,\t\r\n\v\f") ||
		    !is_plain(ask->key, "{} \t\r\n\v\f") ||
		    !is_plain(ask->text, "{}\r\n\v\f"))
			continue;
		str_addf(out, "%s{%s %c %s%s%s}", out->len != 0 ? " " : "",
		    ask->table, marks[ask->state], ask->key,
		    ask->text != NULL ? " " : "",
		    ask->text != NULL ? ask->text : "");
	}
}

/* Up to the next blank of TEXT. */
static const char *
take_word(struct arena *arena, const char **text)
{
	size_t len = strcspn(*text, " \t");
	const char *word = arena_strndup(arena, *text, len);

	*text += len;
	*text += strspn(*text, " \t");
	return word;
}

static void
recorded_ask(struct postfix *postfix, const char *text)
{
	const char *table = take_word(postfix->arena, &text);
	const char *mark = take_word(postfix->arena, &text);
	const char *key = take_word(postfix->arena, &text);
	struct postfix_ask *ask;

	if (strlen(mark) != 1 || strchr("=-?", *mark) == NULL || *key == '\0' ||
	    ((*text == '\0') != (*mark == '-')))
		return;
	ask = ask_of(postfix, table, key);
	if (ask == NULL || ask->state != ASK_WANTED)
		return;
	ask->state = *mark == '=' ? ASK_FOUND : *mark == '-' ? ASK_ABSENT :
	    ASK_FAILED;
	ask->text = *text != '\0' ? text : NULL;
}

void
postfix_asks_recorded(struct postfix *postfix, const char *text)
{
	while (text != NULL && *text != '\0') {
		size_t len;

		text += strcspn(text, "{");
		text += *text == '{';
		len = strcspn(text, "}");
		recorded_ask(postfix, arena_strndup(postfix->arena, text, len));
		text += len;
	}
}
