/* SPDX-License-Identifier: ISC
 * Block lists (RFC 5782), three-valued: listed, not listed, could not tell. A
 * list counts only when its test entries answer as they must. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/base/yaml.h"
#include "engine/checks/checking.h"

#define LIST_CLASSES "blocklist_ip reputation residential_ip spam_content policy"

struct tally {
	const char *clear[32], *unknown[32];
	size_t n_clear, n_unknown;
	const char *facts[128];
	size_t n_facts;
};

/* Is the list in working order for us? 1 yes, 0 no, -1 not known yet. */
static int
list_works(struct checking *c, const char *zone, const char *error,
    const struct fact **evidence)
{
	const struct fact *yes = checking_dns(c,
	    arena_printf(c->arena, "2.0.0.127.%s", zone), DNS_A);
	const struct fact *no = checking_dns(c,
	    arena_printf(c->arena, "1.0.0.127.%s", zone), DNS_A);

	*evidence = yes;
	if (yes->status == FACT_WANTED || no->status == FACT_WANTED)
		return -1;
	if (yes->status != FACT_OK || !fact_empty(no))
		return 0;
	for (size_t i = 0; i < yes->n_values; i++)
		if (text_starts(yes->values[i].text, "127.") &&
		    !text_starts(yes->values[i].text, error))
			return 1;
	return 0;
}

static void
listed(struct checking *c, const struct yaml_tree *tree,
    const struct yaml_node *list, const char *ip, const struct fact *answer)
{
	const struct yaml_node *codes = yaml_get(tree, list, "codes");
	const struct fact *reason = checking_dns(c, answer->name, DNS_TXT);
	const struct yaml_node *code = codes == NULL ? NULL :
	    yaml_get(tree, codes, answer->values[0].text);

	finding_add(c, "blocklist.listed", FINDING_PROBLEM,
	    checking_role(c, LIST_CLASSES, ROLE_CONTRIBUTING), ip,
	    _("%s is on the block list %s%s%s"), ip,
	    yaml_string(tree, list, "name"), code != NULL ? " " : "",
	    code != NULL ? yaml_string(tree, code, "list") : "");
	if (code != NULL)
		finding_detail(c, "%s", _(yaml_string(tree, code, "meaning")));
	if (reason->status == FACT_OK && reason->n_values != 0)
		finding_detail(c, _("The list says: %s"),
		    text_cleaned(c->arena, reason->values[0].text,
			reason->values[0].len));
	finding_detail(c, _("Look it up and ask for removal: %s"),
	    yaml_string(tree, list, "remove"));
	finding_fact(c, answer->key);
	if (reason->status == FACT_OK)
		finding_fact(c, reason->key);
}

static void
note(struct tally *t, const char **names, size_t *n, const char *name,
    const struct fact *fact)
{
	if (*n < 32)
		names[(*n)++] = name;
	if (t->n_facts < 128)
		t->facts[t->n_facts++] = fact->key;
}

static void
ask_list(struct checking *c, const struct yaml_tree *tree,
    const struct yaml_node *list, const char *ip, struct tally *t)
{
	const char *zone = yaml_string(tree, list, "zone");
	const char *name = yaml_string(tree, list, "name");
	const char *error = yaml_string(tree, list, "error");
	const struct fact *test, *answer = checking_dns(c,
	    dns_reverse(c->arena, ip, zone), DNS_A);
	int works = list_works(c, zone, error, &test);

	if (works < 0 || answer->status == FACT_WANTED)
		return;
	if (works == 0)
		note(t, t->unknown, &t->n_unknown, name, test);
	else if (fact_empty(answer))
		note(t, t->clear, &t->n_clear, name, answer);
	else if (answer->status != FACT_OK || answer->n_values == 0 ||
	    !text_starts(answer->values[0].text, "127.") ||
	    text_starts(answer->values[0].text, error))
		note(t, t->unknown, &t->n_unknown, name, answer);
	else
		listed(c, tree, list, ip, answer);
}

static void
check_ip(struct checking *c, const struct yaml_tree *tree, const char *ip)
{
	struct tally t = { .n_clear = 0 };

	for (size_t i = 0; i < yaml_count(&tree->nodes[0]); i++)
		ask_list(c, tree, yaml_item(tree, &tree->nodes[0], i), ip, &t);
	if (t.n_unknown != 0) {
		finding_add(c, "blocklist.could-not-tell", FINDING_UNKNOWN,
		    ROLE_ADVICE, ip,
		    _("%zu block lists could not be asked about %s"),
		    t.n_unknown, ip);
		finding_detail(c, _("%s gave no usable answer. Lists often refuse "
		    "questions that come through large public resolvers; that is "
		    "no listing."),
		    checking_join(c->arena, t.unknown, t.n_unknown));
		finding_facts(c, t.facts, t.n_facts);
	}
	if (t.n_clear != 0) {
		finding_add(c, "blocklist.clear", FINDING_OK, ROLE_ADVICE, ip,
		    _("%s is not on %s"), ip,
		    checking_join(c->arena, t.clear, t.n_clear));
		finding_facts(c, t.facts, t.n_facts);
	}
}

void
check_blocklist(struct checking *c)
{
	const struct yaml_tree *tree = yaml_embedded("blocklists.yaml");
	const struct identity *id = &c->out->identity;

	if (tree == NULL || c->in->no_blocklists || id->client_ip == NULL ||
	    ip_is_private(id->client_ip))
		return;
	check_ip(c, tree, id->client_ip);
}
