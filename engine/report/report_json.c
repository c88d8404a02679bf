/* SPDX-License-Identifier: ISC
 * Knows the field names of the JSON contract; hides how the objects are put
 * together. Foreign text goes in as it is: json.c makes it harmless. */
#include "config.h"

#include "engine/report/report_json.h"

#include <string.h>

#include "engine/base/json.h"
#include "engine/world/note.h"

#define CONTRACT_VERSION 1

void
report_json_line(struct json **value, struct str *out)
{
	json_print(*value, 0, out);
	str_addc(out, '\n');
	json_free(value);
}

/* A NULL-terminated list; NULL is an empty one. */
static struct json *
strings(const char *const *list)
{
	struct json *array = json_new_array();

	for (size_t i = 0; list != NULL && list[i] != NULL; i++)
		json_put_string(array, NULL, list[i]);
	return array;
}

static struct json *
bounce_object(const struct bounce *b)
{
	struct json *object = json_new_object();

	json_put_string(object, "file", b->file);
	json_put_string(object, "class", b->class_id);
	json_put(object, "alternatives", strings(b->alternatives));
	json_put_string(object, "rule", b->rule);
	json_put_string(object, "provider", b->provider);
	json_put_string(object, "outcome", outcome_name(b->outcome));
	json_put_string(object, "reply", b->reply);
	json_put_string(object, "status", b->status);
	json_put_string(object, "stage", stage_name(b->stage));
	json_put_string(object, "recipient", b->recipient);
	json_put_string(object, "sender", b->sender);
	json_put_string(object, "queue_id", b->queue_id);
	json_put_string(object, "remote_host", b->remote_host);
	json_put_string(object, "remote_ip", b->remote_ip);
	json_put_string(object, "client_ip", b->client_ip);
	json_put_string(object, "domain", b->domain);
	json_put_string(object, "reporting_host", b->reporting_host);
	json_put_string(object, "text", b->text);
	return object;
}

static struct json *
no_bounce_object(const char *file, bool not_bounce)
{
	const struct bounce none = {
		.file = file,
		.class_id = not_bounce ? "not_bounce" : "unknown",
		.outcome = OUTCOME_UNKNOWN,
		.stage = STAGE_UNKNOWN
	};

	return bounce_object(&none);
}

void
report_json_bounce(const struct bounce *bounce, struct str *out)
{
	struct json *object = bounce_object(bounce);

	report_json_line(&object, out);
}

void
report_json_no_bounce(const char *file, bool not_bounce, struct str *out)
{
	struct json *object = no_bounce_object(file, not_bounce);

	report_json_line(&object, out);
}

static struct json *
bounces_array(const struct report *report)
{
	struct json *array = json_new_array();
	const struct bounces *bounces = report->bounces;

	if (bounces == NULL)
		return array;
	for (size_t i = 0; i < bounces->n; i++)
		json_put(array, NULL, bounce_object(&bounces->list[i]));
	if (bounces->n == 0 && report->file != NULL)
		json_put(array, NULL,
		    no_bounce_object(report->file, bounces->not_bounce));
	return array;
}

static struct json *
identity_object(const struct findings *findings)
{
	static const struct identity nothing;
	const struct identity *identity =
	    findings != NULL ? &findings->identity : &nothing;
	struct json *object = json_new_object();
	struct json *evidence = json_new_array();

	for (size_t i = 0; i < identity->n_evidence; i++)
		json_put_string(evidence, NULL, identity->evidence[i]);
	json_put_string(object, "client_ip", identity->client_ip);
	json_put_string(object, "owner", owner_name(identity->owner));
	json_put(object, "evidence", evidence);
	json_put_string(object, "relayhost", identity->relayhost);
	json_put_string(object, "helo", identity->helo);
	json_put_string(object, "sender", identity->sender);
	json_put_string(object, "envelope_domain", identity->envelope_domain);
	json_put_string(object, "from_domain", identity->from_domain);
	json_put_string(object, "org_domain", identity->org_domain);
	json_put_string(object, "ptr_name", identity->ptr_name);
	return object;
}

static struct json *
authentication_object(const struct authentication *a)
{
	struct json *object = json_new_object();
	const struct spf_judgement *spf = a->spf;
	const struct dkim_judgement *dkim = a->dkim;

	json_put_string(object, "ip", a->ip);
	json_put_string(object, "sender", a->sender);
	json_put_string(object, "helo", a->helo);
	json_put_string(object, "server", a->server != NULL ? a->server->name :
	    NULL);
	json_put_string(object, "spf",
	    spf_result_name(spf != NULL ? spf->result : SPF_UNKNOWN));
	json_put_string(object, "spf_domain", spf != NULL ? spf->domain : NULL);
	json_put_string(object, "spf_record", spf != NULL ? spf->record : NULL);
	json_put_string(object, "spf_reason", spf != NULL ? spf->reason : NULL);
	if (spf != NULL) {
		json_put_integer(object, "lookups", spf->lookups);
		json_put_integer(object, "void", spf->voids);
	} else {
		json_put(object, "lookups", NULL);
		json_put(object, "void", NULL);
	}
	json_put_string(object, "dkim",
	    dkim != NULL ? dkim_result_name(dkim->result) : NULL);
	json_put_string(object, "dkim_name", dkim != NULL ? dkim->name : NULL);
	json_put_string(object, "dkim_reason",
	    dkim != NULL ? dkim->reason : NULL);
	json_put_string(object, "dmarc", a->dmarc);
	return object;
}

static struct json *
authentication_array(const struct findings *findings)
{
	struct json *array = json_new_array();

	for (size_t i = 0;
	    findings != NULL && i < findings->n_authentication; i++)
		json_put(array, NULL,
		    authentication_object(&findings->authentication[i]));
	return array;
}

static struct json *
findings_array(const struct findings *findings)
{
	struct json *array = json_new_array();

	for (size_t i = 0; findings != NULL && i < findings->n; i++) {
		const struct finding *finding = &findings->list[i];
		struct json *object = json_new_object();

		json_put_string(object, "id", finding->id);
		json_put_string(object, "status",
		    finding_status_name(finding->status));
		json_put_string(object, "role",
		    finding_role_name(finding->role));
		json_put_string(object, "subject", finding->subject);
		json_put_string(object, "title", finding->title);
		json_put_string(object, "detail", finding->detail);
		json_put(object, "facts", strings(finding->facts));
		json_put(array, NULL, object);
	}
	return array;
}

static struct json *
change_object(const struct change *change)
{
	struct json *object = json_new_object();

	switch (change->kind) {
	case CHANGE_DNS:
		json_put_string(object, "kind", "dns");
		json_put_string(object, "zone", change->zone);
		json_put_string(object, "name", change->name);
		json_put_string(object, "type", dns_type_name(change->type));
		json_put(object, "old", strings(change->before));
		json_put(object, "new", strings(change->after));
		break;
	case CHANGE_POSTCONF:
		json_put_string(object, "kind", "postconf");
		json_put_string(object, "parameter", change->parameter);
		json_put_string(object, "old", change->old_value);
		json_put_string(object, "new", change->new_value);
		json_put_string(object, "command", change->text);
		break;
	case CHANGE_FILE:
		/* the contract has three kinds: more fields instead */
		json_put_string(object, "kind", "advice");
		json_put_string(object, "text", change->text);
		json_put_string(object, "path", change->path);
		json_put_boolean(object, "whole", change->whole);
		break;
	case CHANGE_FOLDER:
	case CHANGE_KEY:
	case CHANGE_COMMAND:
		json_put_string(object, "kind", "advice");
		json_put_string(object, "text", change->text);
		json_put_string(object, "command", change->text);
		break;
	case CHANGE_ADVICE:
		json_put_string(object, "kind", "advice");
		json_put_string(object, "text", change->text);
		if (change->record != NULL) {
			json_put_string(object, "record", change->record);
			json_put_string(object, "result",
			    change->record_result);
		}
		break;
	}
	return object;
}

static struct json *
proofs_array(const struct step *step)
{
	struct json *array = json_new_array();

	for (size_t i = 0; i < step->n_proofs; i++) {
		const struct proof *proof = &step->proofs[i];
		struct json *object = json_new_object();

		json_put_string(object, "what", proof->what);
		json_put_string(object, "ip", proof->ip);
		json_put_string(object, "sender", proof->sender);
		json_put_string(object, "before", proof->before);
		json_put_string(object, "after", proof->after);
		json_put_string(object, "term", proof->term);
		json_put(array, NULL, object);
	}
	return array;
}

static struct json *
string_array(const char *const *list, size_t n)
{
	struct json *array = json_new_array();

	for (size_t i = 0; i < n; i++)
		json_put_string(array, NULL, list[i]);
	return array;
}

static struct json *
step_object(const struct step *step)
{
	struct json *object = json_new_object();
	struct json *changes = json_new_array();
	struct json *cards = json_new_object();

	for (size_t i = 0; i < step->n_changes; i++)
		json_put(changes, NULL, change_object(&step->changes[i]));
	struct json *notes = json_new_object();

	for (size_t i = 0; i < step->n_cards; i++) {
		const struct card *card = &step->cards[i];

		if (card->offered && card->text[0] != '\0')
			json_put_string(cards, card->panel, card->text);
		if (card->offered && card->n_notes != 0)
			json_put(notes, card->panel,
			    string_array(card->notes, card->n_notes));
	}
	json_put_string(object, "id", step->id);
	json_put_string(object, "alternative_to", step->alternative_to);
	json_put_boolean(object, "later", step->later);
	json_put_string(object, "title", step->title);
	json_put_string(object, "why", step->why);
	json_put_string(object, "who", step->who);
	json_put_string(object, "time", step->time);
	json_put(object, "changes", changes);
	json_put(object, "proof", proofs_array(step));
	json_put_boolean(object, "proven", step->proven);
	json_put_string(object, "blocked", step->blocked);
	json_put(object, "cards", cards);
	json_put(object, "card_notes", notes);
	json_put_string(object, "verify", step->verify);
	return object;
}

static struct json *
plan_array(const struct plan *plan)
{
	struct json *array = json_new_array();

	for (size_t i = 0; plan != NULL && i < plan->n; i++)
		json_put(array, NULL, step_object(&plan->steps[i]));
	return array;
}

static bool
rests_on(const struct findings *findings, const char *key)
{
	for (size_t i = 0; findings != NULL && i < findings->n; i++) {
		const char *const *keys = findings->list[i].facts;

		for (size_t k = 0; keys != NULL && keys[k] != NULL; k++)
			if (strcmp(keys[k], key) == 0)
				return true;
	}
	return false;
}

static struct json *
fact_object(const struct fact *fact)
{
	struct json *object = json_new_object();
	struct json *values = json_new_array();
	struct str note;

	for (size_t i = 0; i < fact->n_values; i++)
		json_put_octets(values, NULL, fact->values[i].text,
		    fact->values[i].len);
	json_put_string(object, "key", fact->key);
	json_put_string(object, "status", fact->status == FACT_WANTED ? NULL :
	    fact_status_name(fact->status));
	json_put(object, "value", values);
	json_put_string(object, "server", fact->server);
	if (fact->ms >= 0)
		json_put_integer(object, "ms", fact->ms);
	else
		json_put(object, "ms", NULL);
	str_init(&note, NOTE_MAX);
	if (fact->note != NULL)
		note_add(&note, fact->note);
	json_put_string(object, "note", fact->note != NULL ? note.text : NULL);
	str_free(&note);
	return object;
}

/* A snapshot holds more than the checks read; of the world only what somebody
 * asked about is in the cache. */
static bool
was_looked_at(const struct report *report, const struct fact *fact)
{
	if (fact->used || !report_fact_is_dns(fact))
		return true;
	if (facts_get_world(report->facts) == FACTS_LIVE && fact->asked)
		return true;
	return rests_on(report->findings, fact->key);
}

static struct json *
facts_array(const struct report *report)
{
	struct json *array = json_new_array();
	const struct facts *facts = report->facts;

	for (size_t i = 0; facts != NULL && i < facts_count(facts); i++) {
		const struct fact *fact = facts_at(facts, i);

		if (was_looked_at(report, fact))
			json_put(array, NULL, fact_object(fact));
	}
	return array;
}

/* What the receiver of a message that arrived wrote into its headers. */
static struct json *
received_object(const struct received *received)
{
	struct json *object, *methods;

	if (received == NULL)
		return NULL;
	object = json_new_object();
	methods = json_new_array();
	json_put_string(object, "receiver", received->receiver);
	json_put_string(object, "client_ip", received->client_ip);
	json_put_string(object, "return_path", received->return_path);
	json_put_string(object, "from", received->from);
	for (size_t i = 0; i < received->n_methods; i++) {
		const struct received_method *m = &received->methods[i];
		struct json *method = json_new_object();

		json_put_string(method, "method", m->method);
		json_put_string(method, "result", m->result);
		json_put_string(method, "domain", m->domain);
		json_put_string(method, "selector", m->selector);
		json_put_string(method, "ip", m->ip);
		json_put_boolean(method, "arc", m->arc);
		json_put_string(method, "writer", m->writer);
		json_put_boolean(method, "counts", !m->foreign);
		json_put(methods, NULL, method);
	}
	json_put(object, "methods", methods);
	return object;
}

void
report_json(const struct report *report, struct str *out)
{
	struct json *object = json_new_object();
	const struct plan *plan = report->plan;

	json_put_integer(object, "version", CONTRACT_VERSION);
	json_put_string(object, "headline",
	    plan != NULL ? plan->headline : NULL);
	json_put_string(object, "first", plan != NULL ? plan->first : NULL);
	json_put(object, "bounces", bounces_array(report));
	json_put(object, "received", received_object(report->received));
	json_put(object, "identity", identity_object(report->findings));
	json_put(object, "authentication",
	    authentication_array(report->findings));
	json_put(object, "findings", findings_array(report->findings));
	json_put(object, "plan", plan_array(plan));
	json_put(object, "facts", facts_array(report));
	if (report->case_name != NULL)
		json_put(object, "case", report_json_case_object(report));
	report_json_line(&object, out);
}
