/* SPDX-License-Identifier: ISC
 * Knows the tags of a DMARC record, their values, and how people get them
 * wrong. Hides the taking apart and the putting together. */
#include "config.h"

#include "engine/auth/dmarc_lint.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/str.h"
#include "engine/base/text.h"

#define MENDED_MAX 4096
#define FIRST_TAG "v=DMARC1"

enum tag_use { TAG_KNOWN, TAG_REPORTS, TAG_HISTORIC };

static const char *
read_policy(struct arena *arena, const char *value)
{
	static const char *const names[] = { "none", "quarantine", "reject" };

	(void)arena;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (text_same(value, names[i]))
			return names[i];
	return NULL;
}

/* adkim, aspf: r or s; the words are what people write by mistake */
static const char *
read_mode(struct arena *arena, const char *value)
{
	(void)arena;
	if (text_same(value, "r") || text_same(value, "relaxed"))
		return "r";
	return text_same(value, "s") || text_same(value, "strict") ? "s" : NULL;
}

static const char *
read_yes_no(struct arena *arena, const char *value)
{
	(void)arena;
	if (text_same(value, "y"))
		return "y";
	return text_same(value, "n") ? "n" : NULL;
}

static const char *
read_suffix(struct arena *arena, const char *value)
{
	return text_same(value, "u") ? "u" : read_yes_no(arena, value);
}

/* fo: a colon-separated list of 0, 1, d, s */
static const char *
read_failure(struct arena *arena, const char *value)
{
	(void)arena;
	for (const char *p = value; *p != '\0'; p++)
		if (strchr("01dsDS: \t", *p) == NULL)
			return NULL;
	return *value != '\0' ? value : NULL;
}

static const struct tag {
	const char *name;
	enum tag_use use;
	/* how its value is checked and mended: NULL when nothing can be made
	 * of it */
	const char *(*read)(struct arena *arena, const char *value);
} tags[] = {
	/* in the order of a mended record: RFC 7489 6.3 wants p behind v */
	{ "p", TAG_KNOWN, read_policy },
	{ "sp", TAG_KNOWN, read_policy },
	{ "np", TAG_KNOWN, read_policy },
	{ "adkim", TAG_KNOWN, read_mode },
	{ "aspf", TAG_KNOWN, read_mode },
	{ "t", TAG_KNOWN, read_yes_no },
	{ "psd", TAG_KNOWN, read_suffix },
	{ "fo", TAG_KNOWN, read_failure },
	{ "rua", TAG_REPORTS, NULL },
	{ "ruf", TAG_REPORTS, NULL },
	{ "pct", TAG_HISTORIC, NULL },
	{ "rf", TAG_HISTORIC, NULL },
	{ "ri", TAG_HISTORIC, NULL },
};

#define N_TAGS (sizeof tags / sizeof tags[0])

struct linter {
	struct arena *arena;
	struct dmarc_lint *out;
	const char *value[N_TAGS];   /* mended; NULL: not there */
	bool seen[N_TAGS];
	size_t last;                 /* the tag read last; N_TAGS: none */
	bool sampled;                /* pct= less than 100 */
};

static void
note(struct linter *l, const char *sentence)
{
	if (l->out->n_notes < DMARC_NOTES_MAX)
		l->out->notes[l->out->n_notes++] = sentence;
}

static void
note_address(struct linter *l, const char *sentence)
{
	if (l->out->n_address_notes < DMARC_NOTES_MAX)
		l->out->address_notes[l->out->n_address_notes++] = sentence;
}

/* TEXT as ASCII without quotation marks of any kind. */
static const char *
plain_text(struct linter *l, const char *text, size_t len)
{
	char *copy = arena_alloc(l->arena, len + 1);
	bool foreign = false;
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < ' ' ? text_is_space(text[i]) : c < 0x7f &&
		    c != '"' && c != '\'' && c != '\\')
			copy[n++] = text[i];
		else
			foreign = true;
	}
	copy[n] = '\0';
	if (foreign)
		note(l, _("It holds quotation marks or other characters that do "
		    "not belong into it."));
	return copy;
}

/* The domain of an address behind "mailto:", its size limit (RFC 7489 6.2)
 * taken off; NULL when it is none. */
static const char *
report_domain(struct arena *arena, const char *address)
{
	const char *at = strrchr(address, '@');
	size_t len = at != NULL ? strcspn(at + 1, "!") : 0;

	if (at == NULL || at == address || len == 0 ||
	    strcspn(address, " \t,") != strlen(address) ||
	    memchr(at + 1, '.', len) == NULL)
		return NULL;
	return text_domain(arena, at + 1, len);
}

static void
add_report_domain(struct dmarc_lint *out, const char *domain)
{
	for (size_t i = 0; i < out->n_reports; i++)
		if (strcmp(out->reports[i], domain) == 0)
			return;
	if (out->n_reports < DMARC_REPORTS_MAX)
		out->reports[out->n_reports++] = domain;
}

/* "a@b" of " a@b" and of "Reports <a@b>". */
static const char *
bare_address(struct arena *arena, const char *text)
{
	const char *from = strchr(text, '<'), *end = strrchr(text, '>');

	return from != NULL && end != NULL && from < end ?
	    text_trimmed(arena, from + 1, end) :
	    text_trimmed(arena, text, text + strlen(text));
}

/* One address of a list; *MENDED grows by it when something can be sent
 * there. */
static void
read_address(struct linter *l, const struct tag *tag, const char *uri,
    struct str *mended)
{
	bool mailto = text_starts(uri, "mailto:");
	const char *written = mailto ? uri + strlen("mailto:") : uri;
	const char *address = bare_address(l->arena, written);
	const char *domain = report_domain(l->arena, address);

	if (*uri == '\0')
		return;
	if (domain == NULL) {
		note_address(l, arena_printf(l->arena,
		    _("\"%s\" in %s= is no mail address, so no reports go "
		    "there."), text_safe(l->arena, uri), tag->name));
		return;
	}
	if (mailto && strcmp(written, address) != 0)
		note_address(l, arena_printf(l->arena,
		    _("\"%s\" in %s= has more in it than the address, so no "
		    "reports go there."), text_safe(l->arena, uri),
		    tag->name));
	else if (!mailto)
		note_address(l, arena_printf(l->arena,
		    _("\"%s\" in %s= lacks \"mailto:\", so no reports go "
		    "there."), text_safe(l->arena, uri), tag->name));
	else
		add_report_domain(l->out, domain);
	str_addf(mended, "%smailto:%s", mended->len != 0 ? "," : "", address);
}

static const char *
read_addresses(struct linter *l, const struct tag *tag, const char *value)
{
	struct str mended;
	const char *copy;

	str_init(&mended, MENDED_MAX);
	for (const char *p = value; *p != '\0';) {
		size_t len = strcspn(p, ",");

		read_address(l, tag, text_trimmed(l->arena, p, p + len), &mended);
		p += len;
		p += *p == ',';
	}
	copy = arena_strndup(l->arena, mended.text, mended.len);
	str_free(&mended);
	return *copy != '\0' ? copy : NULL;
}

static const struct tag *
find_tag(const char *name)
{
	for (size_t i = 0; i < N_TAGS; i++)
		if (text_same(tags[i].name, name))
			return &tags[i];
	return NULL;
}

/* rf=, ri=, pct=100, and any pct= of "none" do no harm, so nothing is said
 * about them. */
static void
note_historic(struct linter *l, const struct tag *tag, const char *value)
{
	if (strcmp(tag->name, "pct") != 0 || strcmp(value, "100") == 0)
		return;
	l->sampled = true;
	if (l->value[0] == NULL || strcmp(l->value[0], "none") != 0)
		note(l, _("pct= has no meaning any more (RFC 9989): the policy "
		    "holds for all mail. To try it out first, set t=y."));
}

static void
take_tag(struct linter *l, const char *name, const char *value)
{
	const struct tag *tag = find_tag(name);
	size_t i = tag != NULL ? (size_t)(tag - tags) : 0;

	if (tag == NULL) {
		note(l, arena_printf(l->arena,
		    _("There is no tag \"%s\", so receivers ignore it."),
		    text_safe(l->arena, name)));
		return;
	}
	if (l->seen[i]) {
		note(l, arena_printf(l->arena,
		    _("%s= stands in it twice; receivers may take either, or "
		    "ignore the whole record."), tag->name));
		return;
	}
	l->seen[i] = true;
	l->last = i;
	if (tag->use == TAG_HISTORIC) {
		note_historic(l, tag, value);
		return;
	}
	l->value[i] = tag->use == TAG_REPORTS ?
	    read_addresses(l, tag, value) : tag->read(l->arena, value);
	if (text_same(name, "psd") && text_same(value, "y")) {
		l->value[i] = NULL;
		note(l, _("psd=y is for registries: with it this domain and the "
		    "names below it count as strangers to each other."));
		return;
	}
	if (tag->use == TAG_KNOWN && (l->value[i] == NULL ||
	    !text_same(l->value[i], value)))
		note(l, arena_printf(l->arena,
		    _("\"%s\" is no value that %s= can have."),
		    text_safe(l->arena, value), tag->name));
}

/* A further address, behind a semicolon instead of a comma. */
static void
take_stray(struct linter *l, const char *uri)
{
	const struct tag *tag = &tags[l->last];
	const char *more = read_addresses(l, tag, uri), *now;

	note_address(l, arena_printf(l->arena, _("\"%s\" stands behind a "
	    "semicolon, so it belongs to no tag; addresses have commas between "
	    "them."), text_safe(l->arena, uri)));
	now = l->value[l->last];
	if (more != NULL)
		l->value[l->last] = now == NULL ? more :
		    arena_printf(l->arena, "%s,%s", now, more);
}

/* "name=value" from P to END. */
static void
take_part(struct linter *l, const char *p, const char *end, size_t number)
{
	const char *equals = memchr(p, '=', (size_t)(end - p));
	const char *whole = text_trimmed(l->arena, p, end);
	const char *name;

	if (*whole == '\0')
		return;
	if (equals == NULL && text_starts(whole, "mailto:") &&
	    l->last < N_TAGS && tags[l->last].use == TAG_REPORTS) {
		take_stray(l, whole);
		return;
	}
	if (equals == NULL) {
		note(l, arena_printf(l->arena,
		    _("\"%s\" is no tag: it has no \"=\"."),
		    text_safe(l->arena, whole)));
		return;
	}
	name = text_trimmed(l->arena, p, equals);
	if (text_same(name, "v"))
		return;
	if (text_same(name, "p") && number > 1 && !l->seen[0])
		note(l, _("p= should stand directly behind v=DMARC1: older "
		    "receivers ignore the record otherwise (RFC 7489 6.3)."));
	take_tag(l, name, text_trimmed(l->arena, equals + 1, end));
}

/* Where in the N octets at P another tag begins after a blank, without a
 * semicolon in front of it; N: nowhere. */
static size_t
missing_semicolon(struct linter *l, const char *p, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		size_t end = i, equals;

		if (!text_is_space(p[i - 1]) || text_is_space(p[i]))
			continue;
		while (end < n && p[end] != '=' && !text_is_space(p[end]))
			end++;
		equals = end;
		while (equals < n && text_is_space(p[equals]))
			equals++;
		if (equals < n && p[equals] == '=' &&
		    memchr(p, '=', i) != NULL &&
		    find_tag(arena_strndup(l->arena, p + i, end - i)) != NULL)
			return i;
	}
	return n;
}

static const char *
put_together(const struct linter *l)
{
	struct str out;
	const char *copy;

	str_init(&out, MENDED_MAX);
	str_adds(&out, FIRST_TAG);
	for (size_t i = 0; i < N_TAGS; i++) {
		const char *value = l->value[i];

		/* RFC 9989 4.10.1: what receivers make of a bad one */
		if (i == 0 && value == NULL)
			value = "none";
		/* what pct=0 was (RFC 9989 appendix A.6): not applied yet */
		if (strcmp(tags[i].name, "t") == 0 && !l->seen[i] &&
		    l->sampled && l->value[0] != NULL &&
		    strcmp(l->value[0], "none") != 0)
			value = "y";
		if (value != NULL)
			str_addf(&out, "; %s=%s", tags[i].name, value);
	}
	copy = arena_strndup(l->arena, out.text, out.len);
	str_free(&out);
	return copy;
}

static void
take_text(struct linter *l, const char *text, size_t len)
{
	const char *p = plain_text(l, text, len), *between = ";";
	size_t number = 0;

	if (strchr(p, ';') == NULL && strchr(p, ',') != NULL) {
		note(l, _("Its tags have commas between them instead of "
		    "semicolons."));
		between = ",";
	}
	while (*p != '\0') {
		size_t part = strcspn(p, between);
		size_t first = missing_semicolon(l, p, part);

		if (first < part)
			note(l, arena_printf(l->arena, _("There is no semicolon "
			    "in front of \"%s\"."), text_safe(l->arena,
			    arena_strndup(l->arena, p + first,
			    part - first))));
		take_part(l, p, p + first, number++);
		p += first;
		p += *p != '\0' && first == part;
	}
}

void
dmarc_lint(struct arena *arena, const char *text, size_t len,
    struct dmarc_lint *out)
{
	struct linter l = { .arena = arena, .out = out, .last = N_TAGS };

	*out = (struct dmarc_lint){ .n_notes = 0 };
	take_text(&l, text, len);
	out->mended = put_together(&l);
}

const char *
dmarc_rewrite(struct arena *arena, const char *text, size_t len,
    const struct dmarc_tag_value *values)
{
	struct dmarc_lint lint = { .n_notes = 0 };
	struct linter l = { .arena = arena, .out = &lint, .last = N_TAGS };

	take_text(&l, text, len);
	for (; values->name != NULL; values++) {
		const struct tag *tag = find_tag(values->name);

		if (tag != NULL && tag->use != TAG_HISTORIC)
			l.value[tag - tags] = values->value;
	}
	return put_together(&l);
}
