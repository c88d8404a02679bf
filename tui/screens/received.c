/* SPDX-License-Identifier: ISC
 * A message that arrived instead of a bounce: what its headers say about how it
 * was judged. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/bounce/received.h"
#include "tui/screen.h"

#define LABEL 17

/* RFC 8601 2.7; "bestguesspass" is Outlook's, without a record. */
static enum tag
result_tag(const struct received_method *method)
{
	static const struct {
		const char *result;
		enum tag tag;
	} tags[] = {
		{ "pass", TAG_OK }, { "bestguesspass", TAG_OK },
		{ "temperror", TAG_UNKNOWN }, { "unknown", TAG_UNKNOWN },
		{ "none", TAG_WARN }, { "neutral", TAG_WARN },
		{ "policy", TAG_WARN }
	};

	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (strcmp(method->result, tags[i].result) == 0)
			return tags[i].tag;
	return TAG_FAIL;
}

/* "SPF     pass   example.net from 192.0.2.7" */
static void
method_row(struct page *page, const struct received *received,
    const char *name, const char *label)
{
	const struct received_method *m = received_method(received, name);
	struct arena *arena = page->arena;
	const char *what = "";

	if (m == NULL) {
		page_tagged(page, TAG_NOT_APPLICABLE, arena_printf(arena,
		    _("%-6s the headers say nothing about it"), label));
		return;
	}
	if (m->domain != NULL && m->ip != NULL)
		what = arena_printf(arena, _("%s, sent from %s"), m->domain,
		    m->ip);
	else if (m->domain != NULL && m->selector != NULL)
		what = arena_printf(arena, _("%s, selector %s"), m->domain,
		    m->selector);
	else if (m->domain != NULL)
		what = m->domain;
	page_tagged(page, result_tag(m), text_safe(arena, arena_printf(arena,
	    "%-6s %-9s %s", label, m->result, what)));
}

static const char *
signature(struct arena *arena, const struct received *received)
{
	if (received->n_signatures == 0)
		return _("none");
	if (received->dkim_domain == NULL)
		return NULL;
	return text_safe(arena, received->dkim_selector == NULL ?
	    received->dkim_domain : arena_printf(arena,
	    _("%s, selector %s"), received->dkim_domain,
	    received->dkim_selector));
}

static void
fields(struct page *page, const struct received *received)
{
	struct arena *arena = page->arena;
	const char *path = received->return_path;

	page_field(page, 2, LABEL, _("Receiver"),
	    text_safe(arena, received->receiver));
	page_field(page, 2, LABEL, _("Not counted"),
	    text_safe(arena, received->other_writer));
	page_field(page, 2, LABEL, _("Came from"), text_safe(arena,
	    received->client_ip == NULL || received->helo == NULL ?
	    received->client_ip : arena_printf(arena, "%s [%s]",
	    received->helo, received->client_ip)));
	page_field(page, 2, LABEL, _("Envelope sender"), path != NULL &&
	    *path == '\0' ? "<>" : text_safe(arena, path));
	page_field(page, 2, LABEL, _("From line"),
	    text_safe(arena, received->from));
	page_field(page, 2, LABEL, _("Recipient"),
	    text_safe(arena, received->to));
	page_field(page, 2, LABEL, _("Signature"),
	    signature(arena, received));
}

static void
methods(struct page *page, const struct received *received)
{
	method_row(page, received, "spf", "SPF");
	method_row(page, received, "dkim", "DKIM");
	method_row(page, received, "dmarc", "DMARC");
	page_gap(page);
}

static void
item(struct page *page, const char *text)
{
	const struct page_column column = { .text = text };

	page_item(page, TAG_NONE, &column, 1);
}

void
received_rows(struct app *app, struct page *page)
{
	const struct received *received = diagnosis_received(app->diagnosis);
	const struct plan *plan = session_plan(app);
	const char *receiver = text_safe(page->arena, received->receiver);

	page_heading(page, _("What the headers of the message say"), NULL);
	page_gap(page);
	page_text(page, 0, LOOK_PLAIN, plan != NULL && plan->headline != NULL ?
	    plan->headline : receiver == NULL ?
	    _("This message arrived; it is no bounce.") :
	    arena_printf(page->arena, _("%s received this message; it is no "
	    "bounce."), receiver));
	page_gap(page);
	/* in a low window what can be chosen must be seen */
	if (!page->compact)
		methods(page, received);
	item(page, _("Check DNS and this server, as they are now"));
	item(page, _("Show the message"));
	page_gap(page);
	if (page->compact)
		methods(page, received);
	fields(page, received);
}
