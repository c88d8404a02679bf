/* SPDX-License-Identifier: ISC
 * YAML as a flat tree of nodes. Knows libfyaml's events and hides them: it
 * builds linked nodes first, then lays them out level by level. */
#include "config.h"

#include "engine/base/yaml.h"

#include <libfyaml.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"

#define INPUT_MAX ((size_t)16 << 20)
#define TEXT_MAX ((size_t)32 << 20)
#define NODES_MAX ((size_t)1 << 20)
#define KEYS_MAX 1000           /* of one map: keeps the comparison short */
#define DEPTH_MAX 64

/* A node while the events come in. An alias is a node of its own that points
 * to the one it stands for. */
struct item {
	enum yaml_kind kind;
	unsigned int key, value, line, column;
	unsigned int n;
	struct item *first, *last, *next;
	const struct item *target;
};

struct anchor {
	struct anchor *next;
	const char *name;
	const struct item *item;
};

struct builder {
	struct arena *scratch;
	const char *file;
	struct str *err;
	struct str text;
	struct item *root;
	struct item *open[DEPTH_MAX];    /* the containers around this place */
	const char *open_anchor[DEPTH_MAX];
	size_t depth;
	struct anchor *anchors;
	unsigned int key;                /* the map key read, 0: none yet */
	bool has_key;
	unsigned int line, column;       /* of the last event with a place */
	bool ended;                      /* the document is complete */
	size_t n_items;
};

static bool fault_at(struct builder *b, unsigned int line,
    unsigned int column, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static bool
fault_at(struct builder *b, unsigned int line, unsigned int column,
    const char *format, ...)
{
	char reason[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(reason, sizeof reason, format, ap);
	va_end(ap);
	str_addf(b->err, "%s:%u:%u: ", b->file, line, column);
	text_clean(b->err, reason, strlen(reason), false);
	return false;
}

/* YAML 1.2 5.1 allows more than this and libfyaml takes more than YAML allows:
 * only UTF-8 without control characters gets as far as the library. */
static bool
input_ok(struct builder *b, const char *text, size_t len)
{
	unsigned int line = 1, column = 1;

	if (len > INPUT_MAX)
		return fault_at(b, 1, 1, _("more than 16 MiB"));
	for (size_t i = 0; i < len;) {
		uint32_t code = 0;
		int n = text_decode(text + i, len - i, &code);

		if (n < 0)
			return fault_at(b, line, column, _("not UTF-8"));
		if ((code < 0x20 && code != '\t' && code != '\n' &&
		    code != '\r') || (code >= 0x7f && code < 0xa0))
			return fault_at(b, line, column,
			    _("control character U+%04X"), (unsigned int)code);
		i += (size_t)n;
		column++;
		if (code == '\n') {
			line++;
			column = 1;
		}
	}
	return true;
}

static bool
store(struct builder *b, const char *text, size_t len, unsigned int *offset)
{
	*offset = 0;
	if (len == 0)
		return true;
	if (b->text.len + len + 1 > TEXT_MAX)
		return false;
	*offset = (unsigned int)b->text.len;
	str_add(&b->text, text, len);
	str_addc(&b->text, '\0');
	return true;
}

static const struct item *
anchor_find(const struct builder *b, const char *name)
{
	for (const struct anchor *a = b->anchors; a != NULL; a = a->next)
		if (strcmp(a->name, name) == 0)
			return a->item;
	return NULL;
}

static void
anchor_add(struct builder *b, const char *name, const struct item *item)
{
	struct anchor *a;

	if (name == NULL)
		return;
	a = arena_alloc(b->scratch, sizeof *a);
	a->name = name;
	a->item = item;
	a->next = b->anchors;
	b->anchors = a;
}

static const char *
token_text(struct builder *b, struct fy_token *token)
{
	size_t len;
	const char *text;

	if (token == NULL)
		return NULL;
	text = fy_token_get_text(token, &len);
	return text != NULL ? arena_strndup(b->scratch, text, len) : NULL;
}

/* Hang ITEM into the innermost open container (or make it the root). */
static bool
attach(struct builder *b, struct item *item)
{
	struct item *parent = b->depth > 0 ? b->open[b->depth - 1] : NULL;

	if (++b->n_items > NODES_MAX)
		return fault_at(b, item->line, item->column, _("too many values"));
	if (parent == NULL) {
		b->root = item;
		return true;
	}
	item->key = b->key;
	b->key = 0;
	b->has_key = false;
	if (parent->last != NULL)
		parent->last->next = item;
	else
		parent->first = item;
	parent->last = item;
	parent->n++;
	return true;
}

static bool
expects_key(const struct builder *b)
{
	return b->depth > 0 && b->open[b->depth - 1]->kind == YAML_MAP &&
	    !b->has_key;
}

static bool
read_key(struct builder *b, unsigned int key, const struct item *at)
{
	const struct item *map = b->open[b->depth - 1];

	if (map->n == KEYS_MAX)
		return fault_at(b, at->line, at->column, _("too many keys"));
	for (const struct item *i = map->first; i != NULL; i = i->next)
		if (strcmp(b->text.text + i->key, b->text.text + key) == 0)
			return fault_at(b, at->line, at->column,
			    _("key '%s' stands here twice"), b->text.text + key);
	b->key = key;
	b->has_key = true;
	return true;
}

static bool
read_scalar(struct builder *b, struct fy_event *event, struct item *item)
{
	size_t len = 0;
	const char *text = "";

	if (event->scalar.value != NULL)
		text = fy_token_get_text(event->scalar.value, &len);
	if (text == NULL)
		return fault_at(b, item->line, item->column, _("no text"));
	if (memchr(text, '\0', len) != NULL)
		return fault_at(b, item->line, item->column,
		    _("NUL character in a value"));
	if (!store(b, text, len, &item->value))
		return fault_at(b, item->line, item->column, _("too much text"));
	if (expects_key(b))
		return read_key(b, item->value, item);
	anchor_add(b, token_text(b, event->scalar.anchor), item);
	return attach(b, item);
}

static bool
read_alias(struct builder *b, struct fy_event *event, struct item *item)
{
	const char *name = token_text(b, event->alias.anchor);
	const struct item *target =
		name != NULL ? anchor_find(b, name) : NULL;

	if (target == NULL || expects_key(b))
		return fault_at(b, item->line, item->column,
		    _("unknown alias '*%s' (a value that begins with * needs "
		    "quotes)"), name != NULL ? name : "");
	/* anchors are known once they are complete: no circles */
	item->target = target;
	return attach(b, item);
}

static bool
open_container(struct builder *b, struct item *item, struct fy_token *anchor)
{
	if (expects_key(b))
		return fault_at(b, item->line, item->column,
		    _("a key must be plain text"));
	if (b->depth == DEPTH_MAX)
		return fault_at(b, item->line, item->column, _("nested too deep"));
	if (!attach(b, item))
		return false;
	b->open_anchor[b->depth] = token_text(b, anchor);
	b->open[b->depth++] = item;
	return true;
}

static void
close_container(struct builder *b)
{
	b->depth--;
	anchor_add(b, b->open_anchor[b->depth], b->open[b->depth]);
}

static bool
is_marked(struct fy_event *event)
{
	enum fy_scalar_style style;

	if (event->type == FYET_ALIAS)
		return true;
	if (event->type != FYET_SCALAR || event->scalar.value == NULL)
		return false;
	style = fy_token_scalar_style(event->scalar.value);
	return style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED;
}

static struct item *
item_new(struct builder *b, enum yaml_kind kind, struct fy_event *event)
{
	struct item *item = arena_alloc(b->scratch, sizeof *item);
	const struct fy_mark *mark = fy_event_start_mark(event);

	item->kind = kind;
	/* an empty value has no place of its own: its key's is near enough */
	if (mark != NULL) {
		b->line = (unsigned int)mark->line + 1;
		b->column = (unsigned int)mark->column + 1;
	}
	item->line = b->line;
	item->column = b->column;
	/* libfyaml counts from behind the quote or the star */
	if (mark != NULL && item->column > 1 && is_marked(event))
		item->column--;
	return item;
}

static bool
take_event(struct builder *b, struct fy_event *event)
{
	switch (event->type) {
	case FYET_SCALAR:
		return read_scalar(b, event, item_new(b, YAML_SCALAR, event));
	case FYET_ALIAS:
		return read_alias(b, event, item_new(b, YAML_SCALAR, event));
	case FYET_SEQUENCE_START:
		return open_container(b, item_new(b, YAML_LIST, event),
		    event->sequence_start.anchor);
	case FYET_MAPPING_START:
		return open_container(b, item_new(b, YAML_MAP, event),
		    event->mapping_start.anchor);
	case FYET_SEQUENCE_END:
	case FYET_MAPPING_END:
		close_container(b);
		return true;
	case FYET_DOCUMENT_START:
		if (b->ended) {
			const struct item *at = item_new(b, YAML_MAP, event);

			return fault_at(b, at->line, at->column,
			    _("a second document in one file"));
		}
		return true;
	case FYET_DOCUMENT_END:
		b->ended = true;
		return true;
	case FYET_NONE:
	case FYET_STREAM_START:
	case FYET_STREAM_END:
		return true;
	}
	return true;
}

/* libfyaml's own words for what is wrong, without its screen output. */
static bool
fault_of_library(struct builder *b, struct fy_diag *diag)
{
	void *iterator = NULL;
	const struct fy_diag_error *e = fy_diag_errors_iterate(diag, &iterator);

	if (e == NULL || e->msg == NULL)
		return fault_at(b, 1, 1, _("not YAML"));
	return fault_at(b, e->line > 0 ? (unsigned int)e->line : 1,
	    e->column > 0 ? (unsigned int)e->column : 1, "%.*s",
	    (int)strcspn(e->msg, "\n"), e->msg);
}

static bool
take_events(struct builder *b, struct fy_parser *parser, struct fy_diag *diag)
{
	bool ok = true;

	while (ok) {
		struct fy_event *event = fy_parser_parse(parser);
		enum fy_event_type type;

		if (event == NULL)
			break;
		type = event->type;
		ok = take_event(b, event);
		fy_parser_event_free(parser, event);
		if (type == FYET_STREAM_END)
			break;
	}
	if (ok && (fy_diag_got_error(diag) || !b->ended)) {
		if (!fy_diag_got_error(diag))
			return fault_at(b, 1, 1, _("nothing in it"));
		return fault_of_library(b, diag);
	}
	return ok;
}

static void
say_nothing(struct fy_diag *diag, void *user, const char *buf, size_t len)
{
	(void)diag;
	(void)user;
	(void)buf;
	(void)len;
}

static bool
build(struct builder *b, const char *text, size_t len)
{
	struct fy_diag_cfg diag_conf;
	struct fy_parse_cfg conf = { .flags = FYPCF_QUIET };
	struct fy_parser *parser;
	struct fy_diag *diag;
	bool ok = false;

	fy_diag_cfg_default(&diag_conf);
	diag_conf.fp = NULL;
	diag_conf.output_fn = say_nothing;
	diag_conf.colorize = false;
	diag = fy_diag_create(&diag_conf);
	if (diag == NULL)
		return fault_at(b, 1, 1, _("the YAML library does not start"));
	fy_diag_set_collect_errors(diag, true);
	conf.diag = diag;
	parser = fy_parser_create(&conf);
	if (parser != NULL && fy_parser_set_string(parser, text, len) == 0)
		ok = take_events(b, parser, diag);
	else
		fault_at(b, 1, 1, _("the YAML library does not start"));
	if (parser != NULL)
		fy_parser_destroy(parser);
	fy_diag_destroy(diag);
	return ok;
}

/* What flatten() has to look at again: where an item's children go. */
struct place {
	const struct item *item;
	unsigned int depth;
};

/* Lay the items out so that siblings stand side by side. Aliases are copied
 * here, which is why the number is limited again. */
static bool
flatten(struct builder *b, struct arena *arena, struct yaml_tree *tree)
{
	struct yaml_node *nodes = arena_grow(b->scratch, NULL, 0,
	    sizeof *nodes);
	struct place *places = arena_grow(b->scratch, NULL, 0,
	    sizeof *places);
	size_t n = 1;

	places[0].item = b->root;
	for (size_t i = 0; i < n; i++) {
		const struct item *at = places[i].item;
		const struct item *real = at->target != NULL ? at->target : at;

		if (n + real->n > NODES_MAX || places[i].depth > DEPTH_MAX)
			return fault_at(b, at->line, at->column,
			    _("aliases make this too large"));
		nodes[i] = (struct yaml_node){
			.kind = (unsigned char)real->kind,
			.key = at->key, .value = real->value,
			.first_child = real->n > 0 ? (unsigned int)n : 0,
			.n_children = real->n,
			.line = at->line, .column = at->column
		};
		for (const struct item *c = real->first; c != NULL;
		    c = c->next, n++) {
			nodes = arena_grow(b->scratch, nodes, n,
			    sizeof *nodes);
			places = arena_grow(b->scratch, places, n,
			    sizeof *places);
			places[n].item = c;
			places[n].depth = places[i].depth + 1;
		}
	}
	tree->nodes = memcpy(arena_array(arena, n, sizeof *nodes), nodes,
	    n * sizeof *nodes);
	tree->n_nodes = n;
	tree->text = arena_strndup(arena, b->text.text, b->text.len);
	tree->text_len = b->text.len;
	return true;
}

bool
yaml_parse(struct arena *arena, const char *file, const char *text, size_t len,
    struct yaml_tree **tree, struct str *err)
{
	struct builder b = {
		.scratch = arena_new(), .file = file, .err = err,
		.line = 1, .column = 1
	};
	bool ok;

	*tree = NULL;
	str_init(&b.text, TEXT_MAX);
	str_addc(&b.text, '\0');
	ok = input_ok(&b, text, len) && build(&b, text, len);
	if (ok && b.root == NULL)
		ok = fault_at(&b, 1, 1, _("nothing in it"));
	if (ok) {
		struct yaml_tree *t = arena_alloc(arena, sizeof *t);

		t->file = arena_strdup(arena, file);
		ok = flatten(&b, arena, t);
		if (ok)
			*tree = t;
	}
	str_free(&b.text);
	arena_free(&b.scratch);
	return ok;
}
