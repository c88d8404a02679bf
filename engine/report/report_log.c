/* SPDX-License-Identifier: ISC
 * Knows how the figures of a log are laid out, for eyes and for programs.
 * Foreign text goes through wrap.c and json.c, which make it harmless. */
#include "config.h"

#include "engine/report/report_log.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/json.h"
#include "engine/base/text.h"
#include "engine/bounce/classes.h"
#include "engine/report/report_json.h"
#include "engine/report/wrap.h"

#define NAME_WIDTH 28
#define COUNT_WIDTH 11
#define VALUE_COLUMN 13
#define HOSTS_SHOWN 5
#define KEYS_SHOWN 20
#define SAMPLE_SHOWN 500

/* ---- JSON */

static void
put_counts(struct json *object, const struct log_counts *counts)
{
	json_put_integer(object, "bounced", (long long)counts->bounced);
	json_put_integer(object, "deferred", (long long)counts->deferred);
	json_put_integer(object, "expired", (long long)counts->expired);
}

static void
put_time(struct json *object, const char *key, const struct log_time *time)
{
	json_put_string(object, key, time->text[0] != '\0' ? time->text :
	    NULL);
}

static struct json *
class_object(const struct log_class *class)
{
	struct json *object = json_new_object();
	struct json *hosts = json_new_array();

	json_put_string(object, "class", class->id);
	put_counts(object, &class->counts);
	put_time(object, "first", &class->first);
	put_time(object, "last", &class->last);
	for (size_t i = 0; i < class->n_hosts; i++) {
		struct json *host = json_new_object();

		json_put_string(host, "host", class->hosts[i].name);
		json_put_integer(host, "count",
		    (long long)class->hosts[i].count);
		json_put(hosts, NULL, host);
	}
	json_put(object, "remotes", hosts);
	json_put_integer(object, "other_remotes",
	    (long long)class->other_hosts);
	json_put_string(object, "sample", class->sample);
	return object;
}

static struct json *
by_object(const struct log_result *result)
{
	struct json *object = json_new_object();
	struct json *rows = json_new_array();
	struct json *others = json_new_object();

	json_put_string(object, "key", log_by_name(result->by));
	for (size_t i = 0; i < result->n_keys; i++) {
		const struct log_key *key = &result->keys[i];
		struct json *row = json_new_object();

		json_put_string(row, log_by_name(result->by),
		    key->name[0] != '\0' ? key->name : NULL);
		put_counts(row, &key->counts);
		json_put_string(row, "class", key->class_id);
		json_put(rows, NULL, row);
	}
	json_put(object, "rows", rows);
	put_counts(others, &result->other_keys);
	json_put(object, "others", others);
	return object;
}

void
report_json_log(const struct log_result *result, unsigned long long bytes,
    bool stopped, struct str *out)
{
	struct json *object = json_new_object();
	struct json *outcomes = json_new_object();
	struct json *classes = json_new_array();

	json_put_integer(object, "lines", (long long)result->lines);
	json_put_integer(object, "bytes", (long long)bytes);
	json_put_integer(outcomes, "sent", (long long)result->sent);
	put_counts(outcomes, &result->counts);
	json_put(object, "outcomes", outcomes);
	for (size_t i = 0; i < result->n_classes; i++)
		json_put(classes, NULL, class_object(&result->classes[i]));
	json_put(object, "classes", classes);
	if (result->by != LOG_BY_NOTHING)
		json_put(object, "by", by_object(result));
	json_put_boolean(object, "stopped", stopped);
	report_json_line(&object, out);
}

/* ---- text */

/* WORD at the right edge of COUNT_WIDTH cells. */
static void
right(struct str *out, const char *word)
{
	wrap_blanks(out, COUNT_WIDTH - wrap_width(word, strlen(word)));
	str_adds(out, word);
}

static void
add_count(struct str *out, unsigned long long count)
{
	char number[32];

	snprintf(number, sizeof number, "%llu", count);
	right(out, count != 0 ? number : "-");
}

static void
add_counts(struct str *out, const char *name,
    const struct log_counts *counts)
{
	wrap_padded(out, name, NAME_WIDTH);
	add_count(out, counts->bounced);
	add_count(out, counts->deferred);
	add_count(out, counts->expired);
}

static void
add_heads(struct str *out, const char *name)
{
	wrap_padded(out, name, NAME_WIDTH);
	right(out, _("bounced"));
	right(out, _("deferred"));
	right(out, _("expired"));
}

/* "2026-02-01 00:00:03": without T and zone, for people */
static void
add_time(struct str *out, const struct log_time *time)
{
	str_add(out, time->text, strcspn(time->text, "T"));
	str_addf(out, " %.8s", strchr(time->text, 'T') != NULL ?
	    strchr(time->text, 'T') + 1 : "");
}

static void
add_times(struct str *out, const struct log_class *class)
{
	struct str text;

	if (class->first.text[0] == '\0')
		return;
	str_init(&text, 128);
	add_time(&text, &class->first);
	str_adds(&text, " - ");
	add_time(&text, &class->last);
	wrap_labelled(out, 2, _("when"), VALUE_COLUMN, text.text);
	str_free(&text);
}

static void
add_hosts(struct str *out, const struct log_class *class)
{
	unsigned long long others = class->other_hosts;
	struct str text;

	if (class->n_hosts == 0)
		return;
	str_init(&text, 4096);
	for (size_t i = 0; i < class->n_hosts; i++) {
		if (i >= HOSTS_SHOWN) {
			others += class->hosts[i].count;
			continue;
		}
		str_addf(&text, "%s%s (%llu)", i != 0 ? ", " : "",
		    class->hosts[i].name, class->hosts[i].count);
	}
	if (others != 0) {
		str_adds(&text, ", ");
		str_addf(&text, _("others (%llu)"), others);
	}
	wrap_labelled(out, 2, _("receivers"), VALUE_COLUMN, text.text);
	str_free(&text);
}

static void
add_sample(struct str *out, const struct log_class *class)
{
	struct str text;
	size_t len;

	if (class->sample == NULL)
		return;
	len = strlen(class->sample);
	str_init(&text, SAMPLE_SHOWN + 8);
	str_add(&text, class->sample, len < SAMPLE_SHOWN ? len :
	    SAMPLE_SHOWN);
	if (len > SAMPLE_SHOWN)
		str_adds(&text, " ...");
	wrap_labelled(out, 2, _("sample"), VALUE_COLUMN, text.text);
	str_free(&text);
}

static void
add_class(struct str *out, const struct log_class *class)
{
	const struct refusal_class *about = class_find(class->id);

	str_addc(out, '\n');
	add_counts(out, class->id, &class->counts);
	str_addc(out, '\n');
	if (about != NULL)
		wrap_paragraph(out, 2, _(about->meaning));
	add_times(out, class);
	add_hosts(out, class);
	add_sample(out, class);
}

static const char *
key_head(enum log_by by)
{
	switch (by) {
	case LOG_BY_SENDER:
		return _("sender");
	case LOG_BY_RECIPIENT:
		return _("recipient");
	case LOG_BY_HOST:
		return _("host");
	case LOG_BY_DAY:
		return _("day");
	case LOG_BY_NOTHING:
		break;
	}
	return "";
}

static bool
any(const struct log_counts *counts)
{
	return counts->bounced + counts->deferred + counts->expired != 0;
}

static void
add_to(struct log_counts *sum, const struct log_counts *counts)
{
	sum->bounced += counts->bounced;
	sum->deferred += counts->deferred;
	sum->expired += counts->expired;
}

static void
add_key(struct str *out, const struct log_key *key)
{
	add_counts(out, key->name[0] != '\0' ? key->name : _("(not known)"),
	    &key->counts);
	str_addf(out, "  %s\n", key->class_id != NULL ? key->class_id : "");
}

static void
add_keys(struct str *out, const struct log_result *result)
{
	struct log_counts others = result->other_keys;
	bool days = result->by == LOG_BY_DAY;

	if (result->n_keys == 0)
		return;
	str_addc(out, '\n');
	add_heads(out, key_head(result->by));
	str_addf(out, "  %s\n", _("mostly"));
	for (size_t i = 0; i < result->n_keys; i++) {
		if (i < KEYS_SHOWN || days)
			add_key(out, &result->keys[i]);
		else
			add_to(&others, &result->keys[i].counts);
	}
	if (!any(&others))
		return;
	add_counts(out, _("(all others)"), &others);
	str_addc(out, '\n');
}

static void
add_totals(struct str *out, const struct log_result *result,
    unsigned long long bytes, bool stopped)
{
	str_addc(out, '\n');
	add_counts(out, _("all"), &result->counts);
	str_adds(out, "\n\n");
	str_addf(out, _("delivered: %llu; lines read: %llu (%.1f MB)\n"),
	    result->sent, result->lines, (double)bytes / 1e6);
	if (stopped)
		wrap_paragraph(out, 0, _("It was stopped before the end of "
		    "the log: these are the figures up to there."));
}

void
report_text_log(const struct log_result *result, unsigned long long bytes,
    bool stopped, struct str *out)
{
	if (result->n_classes != 0) {
		add_heads(out, _("log lines by class"));
		str_addc(out, '\n');
	} else {
		wrap_paragraph(out, 0, _("Nothing was bounced, deferred or "
		    "expired."));
	}
	for (size_t i = 0; i < result->n_classes; i++)
		add_class(out, &result->classes[i]);
	add_keys(out, result);
	add_totals(out, result, bytes, stopped);
}
