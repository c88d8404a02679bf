/* SPDX-License-Identifier: ISC
 * What would be asked: before anything is, for those who want to know what
 * leaves their server. */
#include "config.h"

#include "engine/base/i18n.h"
#include "engine/checks/blocklists.h"
#include "tui/screen.h"

#define LABEL 28

/* Of one kind of name, what is asked. */
static void
draw_names(struct page *page)
{
	static const struct {
		const char *name, *asked;
	} names[] = {
		{ N_("the sending address"), N_("PTR, and A or AAAA of that "
		    "name") },
		{ N_("the sending domain"), N_("TXT, with all that its SPF "
		    "record includes; MX, A, AAAA, NS") },
		{ "_dmarc.DOMAIN", N_("TXT, also of the domains above it") },
		{ "SELECTOR._domainkey.DOMAIN", "TXT" },
		{ N_("the HELO name"), "A, AAAA, TXT" },
		{ "no-such-name.example.com", N_("A: does the resolver make "
		    "up answers?") }
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		page_field(page, 2, LABEL, _(names[i].name),
		    _(names[i].asked));
}

static void
draw_lists(struct app *app, struct page *page)
{
	struct arena *arena = page->arena;
	const struct blocklists *all;
	struct str ignored;

	if (session_options(app)->no_blocklists)
		return;
	str_init(&ignored, 1024);
	all = blocklists_load(arena, RULES_DIRECTORY, &ignored);
	str_free(&ignored);
	page_text(page, 0, LOOK_PLAIN, _("Block lists, and whether each still "
	    "answers as it should:"));
	for (size_t i = 0; i < all->n; i++)
		page_field(page, 2, LABEL, all->list[i].name,
		    arena_printf(arena, "%s.%s A", all->list[i].domains ?
		    "DOMAIN" : "ADDRESS", all->list[i].zone));
	page_gap(page);
}

static void
draw(struct app *app, struct page *page)
{
	page_text(page, 0, LOOK_STRONG, _("What is asked"));
	page_gap(page);
	page_text(page, 0, LOOK_PLAIN, _("The text of a bounce never leaves "
	    "this server. DNS is asked about what the bounce and this server's "
	    "settings name, through its resolver:"));
	page_gap(page);
	draw_names(page);
	page_gap(page);
	draw_lists(app, page);
	page_text(page, 0, LOOK_PLAIN, _("While a record is waited for, the "
	    "name servers of its domain are asked for it; public resolvers, "
	    "too, once one of those has it. --no-blocklists and "
	    "--no-public-resolvers leave these out."));
}

const struct screen screen_asked = {
	.name = "asked",
	.title = N_("What is asked"),
	.keys = {
		{ ACTION_BACK, N_("Back") },
		{ ACTION_PAGE_DOWN, N_("Look through") },
		{ ACTION_QUIT, N_("Quit") }
	},
	.draw = draw
};
