/* SPDX-License-Identifier: ISC
 * Build-time program: the embedded rules, made ready for matching, as one C
 * file. Knows how C wants tables written; hides nothing of the rules.
 *
 * mkrules OUT.c */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/bounce/rules.h"

/* TEXT as a C string. Three octal digits always end an escape, and an escaped
 * question mark can start no trigraph. */
static void
write_string(FILE *out, const char *text)
{
	if (text == NULL) {
		fputs("NULL", out);
		return;
	}
	putc('"', out);
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\' || c == '?')
			fprintf(out, "\\%c", c);
		else if (c >= 0x20 && c < 0x7f)
			putc(c, out);
		else
			fprintf(out, "\\%03o", c);
	}
	putc('"', out);
}

static void
write_field(FILE *out, const char *name, const char *text)
{
	if (text == NULL)
		return;
	fprintf(out, "\t\t.%s = ", name);
	write_string(out, text);
	fputs(",\n", out);
}

static void
write_range(FILE *out, const char *name, struct range range)
{
	fprintf(out, "\t\t.%s = { %u, %u },\n", name, range.first, range.n);
}

static void
write_numbers(FILE *out, const char *name, const uint32_t *list, size_t n)
{
	fprintf(out, "static uint32_t %s[] = {", name);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s%u,", i % 12 == 0 ? "\n\t" : " ", list[i]);
	fputs("\n};\n\n", out);
}

static void
write_literals(FILE *out, const struct rules *rules)
{
	fputs("static struct literal literals[] = {\n", out);
	for (size_t i = 0; i < rules->n_literals; i++) {
		const struct literal *l = &rules->literals[i];

		fputs("\t{ ", out);
		write_string(out, l->text);
		fprintf(out, ", %u, %u, %u, %uu },\n", l->len, l->offset,
		    l->next, l->rule);
	}
	fputs("};\n\nstatic const char *patterns[] = {\n", out);
	for (size_t i = 0; i < rules->n_patterns; i++) {
		putc('\t', out);
		write_string(out, rules->patterns[i]);
		fputs(",\n", out);
	}
	fputs("};\n\n", out);
}

static void
write_providers(FILE *out, const struct rules *rules)
{
	fputs("static struct provider providers[] = {\n", out);
	for (size_t i = 0; i < rules->n_providers; i++) {
		const struct provider *p = rules->providers[i];

		fputs("\t{\n", out);
		write_field(out, "name", p->name);
		write_range(out, "host", p->host);
		write_range(out, "mark", p->mark);
		fputs("\t},\n", out);
	}
	fputs("};\n\nstatic struct provider *provider_list[] = {\n", out);
	for (size_t i = 0; i < rules->n_providers; i++)
		fprintf(out, "\t&providers[%zu],\n", i);
	fputs("};\n\n", out);
}

static void
write_rule(FILE *out, const struct rules *rules, const struct rule *rule)
{
	fputs("\t{\n", out);
	write_field(out, "id", rule->id);
	write_field(out, "class_id", rule->class_id);
	write_field(out, "sample", rule->sample);
	write_field(out, "see", rule->see);
	write_field(out, "regex", rule->regex);
	fputs("\t\t.also = (const char *const[]){ ", out);
	for (size_t i = 0; rule->also[i] != NULL; i++) {
		write_string(out, rule->also[i]);
		fputs(", ", out);
	}
	fputs("NULL },\n", out);
	for (size_t i = 0; i < rules->n_providers; i++)
		if (rules->providers[i] == rule->provider)
			fprintf(out, "\t\t.provider = &providers[%zu],\n", i);
	fprintf(out, "\t\t.tier = %u, .order = %d, .sequence = %u, "
	    ".stages = %u,\n", rule->tier, rule->order, rule->sequence,
	    rule->stages);
	write_range(out, "any", rule->any);
	write_range(out, "all", rule->all);
	write_range(out, "with", rule->with);
	write_range(out, "none", rule->none);
	write_range(out, "host", rule->host);
	write_range(out, "status", rule->status);
	write_range(out, "reply", rule->reply);
	fputs("\t},\n", out);
}

static void
write_rules(FILE *out, const struct rules *rules)
{
	fputs("/* Made by mkrules from data/bounces/. */\n"
	    "#include \"config.h\"\n\n"
	    "#include \"engine/bounce/rules.h\"\n\n"
	    "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n\n",
	    out);
	write_literals(out, rules);
	write_numbers(out, "indexes", rules->indexes, rules->n_indexes);
	write_numbers(out, "slots", rules->slots, (size_t)1 << GRAM_BITS);
	write_providers(out, rules);
	fputs("static struct rule list[] = {\n", out);
	for (size_t i = 0; i < rules->n; i++)
		write_rule(out, rules, &rules->list[i]);
	fprintf(out, "};\n\nconst struct rules rules_embedded = {\n"
	    "\t.list = list, .n = %zu, .n_texts = %zu,\n"
	    "\t.providers = provider_list, .n_providers = %zu,\n"
	    "\t.literals = literals, .n_literals = %zu,\n"
	    "\t.indexes = indexes, .n_indexes = %zu,\n"
	    "\t.patterns = patterns, .n_patterns = %zu,\n"
	    "\t.slots = slots,\n};\n", rules->n, rules->n_texts,
	    rules->n_providers, rules->n_literals, rules->n_indexes, rules->n_patterns);
}

/* The output is whole or not there at all. */
static bool
make(const char *to, struct str *err)
{
	struct arena *arena = arena_new();
	struct rules *rules = rules_new(arena);
	bool ok = rules_add_embedded(rules, true, err);
	FILE *out = NULL;

	if (ok) {
		rules_prepare(rules);
		out = fopen(to, "w");
		ok = out != NULL;
		if (!ok)
			str_addf(err, "%s: %s", to, strerror(errno));
	}
	if (out != NULL) {
		write_rules(out, rules);
		ok = !ferror(out);
		ok = fclose(out) == 0 && ok;
		if (!ok) {
			str_addf(err, "%s: cannot be written", to);
			remove(to);
		}
	}
	arena_free(&arena);
	return ok;
}

int
main(int argc, char **argv)
{
	struct str err;
	bool ok = false;

	str_init(&err, 4096);
	if (argc != 2)
		str_adds(&err, "usage: mkrules OUT.c");
	else
		ok = make(argv[1], &err);
	if (!ok)
		fprintf(stderr, "%s\n", err.text);
	str_free(&err);
	return ok ? 0 : 1;
}
