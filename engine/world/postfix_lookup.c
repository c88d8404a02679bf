/* SPDX-License-Identifier: ISC
 * Asking Postfix' tables: those in memory at once, others of this system by
 * postmap(1), one after the other beside the poll loop, those of a recording as
 * they answered then. Hides which. */
#include "config.h"

#include <pwd.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/world/child.h"
#include "engine/world/postfix_parts.h"
#include "engine/world/run.h"

#define ASKS_MAX 300
#define RUNS_MAX 12
#define POSTMAP_MS 5000
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
	    strcmp(name, "mydestination") == 0 ||
	    strcmp(name, "masquerade_exceptions") == 0 ||
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
fail_ask(struct postfix_ask *ask, const char *why)
{
	ask->state = ASK_FAILED;
	ask->text = why;
}

/* Start postmap(1) for ASK. */
static void
start_ask(struct postfix *postfix, struct postfix_ask *ask,
    const char *program)
{
	const char *const argv[] = {
		"postmap", "-c", postfix->directory, "-q", ask->key, ask->table,
		NULL
	};
	struct postfix_asks *asks = postfix->asks;

	asks->n_run++;
	asks->asked = (size_t)(ask - asks->list);
	asks->run = run_start(program, argv, NULL, POSTMAP_MS, ANSWER_MAX);
}

/* It has ended with STATE. */
static void
take_answer(struct postfix *postfix, enum run_state state)
{
	struct postfix_asks *asks = postfix->asks;
	struct postfix_ask *ask = &asks->list[asks->asked];
	const struct str *text = run_text(asks->run);
	const char *why = run_why(asks->run);

	if (state == RUN_DONE) {
		settle_ask(ask, arena_strndup(postfix->arena, text->text,
		    strcspn(text->text, "\r\n")));
	} else if (state == RUN_FAILED && *why == '\0') {
		settle_ask(ask, NULL);      /* postmap(1): status 1, no words */
	} else {
		/* the others will not answer either */
		if (state == RUN_TIMEOUT)
			asks->n_run = RUNS_MAX;
		fail_ask(ask, *why != '\0' ? text_cleaned(postfix->arena, why,
		    strcspn(why, "\r")) : arena_printf(postfix->arena,
		    _("%s did not answer"), ask->table));
	}
	run_close(&asks->run);
}

/* Answer it without postmap(1), or start that. */
static void
answer(struct postfix *postfix, struct postfix_ask *ask)
{
	const char *program;

	if (text_ends(ask->table, "unix:" PASSWD)) {
		ask_passwd(ask);
		return;
	}
	if (postfix->asks->n_run == RUNS_MAX || strcmp(ask->key, "-") == 0) {
		fail_ask(ask, _("too many questions to the tables"));
		return;
	}
	program = child_find(postfix->arena, "postmap");
	if (program == NULL)
		fail_ask(ask, _("postmap(1) is not on this machine"));
	else
		start_ask(postfix, ask, program);
}

bool
postfix_asks_go_on(struct postfix *postfix)
{
	struct postfix_asks *asks = postfix->asks;
	bool any = false;

	if (asks->run != NULL) {
		enum run_state state = run_io(asks->run);

		if (state == RUN_GOING)
			return false;
		take_answer(postfix, state);
		any = true;
	}
	for (size_t i = 0; i < asks->n && asks->run == NULL; i++)
		if (asks->list[i].state == ASK_WANTED) {
			answer(postfix, &asks->list[i]);
			any = any || asks->run == NULL;
		}
	return any;
}

bool
postfix_asks_going(const struct postfix *postfix)
{
	return postfix->asks->run != NULL;
}

size_t
postfix_asks_poll(const struct postfix *postfix,
    struct pollfd fds[POSTFIX_ASKS_FDS], int *timeout)
{
	return postfix->asks->run == NULL ? 0 :
	    run_poll(postfix->asks->run, fds, timeout);
}

void
postfix_asks_stop(struct postfix *postfix, const char *why)
{
	struct postfix_asks *asks = postfix->asks;

	run_close(&asks->run);
	for (size_t i = 0; i < asks->n; i++)
		if (asks->list[i].state == ASK_WANTED)
			fail_ask(&asks->list[i], why);
}

void
postfix_asks_retry(struct postfix *postfix)
{
	struct postfix_asks *asks = postfix->asks;

	asks->n_run = 0;
	for (size_t i = 0; postfix->live && i < asks->n; i++)
		if (asks->list[i].state == ASK_FAILED)
			asks->list[i].state = ASK_WANTED;
}

void
postfix_try_table(const struct postfix *postfix, const char *table)
{
	if (postfix->live)
		ask_of(postfix, table, "postmaster");
}

/* Of one table, asked for several keys, the first counts. */
static bool
is_first_refusal(const struct postfix_asks *asks, size_t at)
{
	const struct postfix_ask *ask = &asks->list[at];

	if (ask->state != ASK_FAILED ||
	    strstr(ask->text, "unsupported dictionary type") == NULL)
		return false;
	for (size_t i = 0; i < at; i++)
		if (asks->list[i].state == ASK_FAILED &&
		    strcmp(asks->list[i].table, ask->table) == 0)
			return false;
	return true;
}

const char *
postfix_refused_table(const struct postfix *postfix, size_t i,
    const char **why)
{
	for (size_t k = 0; k < postfix->asks->n; k++)
		if (is_first_refusal(postfix->asks, k) && i-- == 0) {
			*why = postfix->asks->list[k].text;
			return postfix->asks->list[k].table;
		}
	return NULL;
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
