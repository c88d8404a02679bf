/* SPDX-License-Identifier: ISC
 * Receiving a bounce: pasted on any screen, or typed as one line here. Text is
 * never taken for keys. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "tui/screen.h"

/* Of a long paste only its end is shown. */
#define PREVIEW_MAX 4096

const char *
size_text(struct arena *arena, size_t octets)
{
	if (octets < 1000)
		return arena_printf(arena, P_("%zu byte", "%zu bytes",
		    octets), octets);
	return arena_printf(arena, "%zu.%zu KB", octets / 1024,
	    octets % 1024 * 10 / 1024);
}

static size_t
count_lines(const struct str *text)
{
	size_t lines = 0;

	for (size_t i = 0; i < text->len; i++)
		lines += text->text[i] == '\n' || text->text[i] == '\r';
	if (text->len != 0 && text->text[text->len - 1] != '\n' &&
	    text->text[text->len - 1] != '\r')
		lines++;
	return lines;
}

static void
clear(struct app *app)
{
	str_clear(&app->paste.text);
	app->paste.received = app->paste.lines = app->paste.first = 0;
	app->paste.read = false;
	app->dirty = true;
}

void
paste_begin(struct app *app, bool marked)
{
	struct paste *paste = &app->paste;

	/* that one was another bounce */
	if (paste->used)
		clear(app);
	paste->used = paste->read = false;
	paste->first = paste->text.len;
	paste->marked = marked;
	paste->receiving = true;
	str_clear(&app->message);
	app_go(app, &screen_paste);
}

void
paste_add(struct app *app, const unsigned char *data, size_t len)
{
	struct paste *paste = &app->paste;

	str_add(&paste->text, (const char *)data, len);
	paste->received += len;
	paste->read = false;
	if (!paste->receiving)
		paste->lines = count_lines(&paste->text);
	for (size_t i = 0; paste->receiving && i < len; i++)
		paste->lines += data[i] == '\n' || data[i] == '\r';
	app->dirty = true;
}

bool
paste_read(struct app *app)
{
	size_t lines = app->paste.lines;
	bool done = app->paste.text.len != 0 && session_paste(app);

	/* of what was left out nobody knows how its lines end */
	app->paste.lines = app->paste.text.cut ? lines :
	    count_lines(&app->paste.text);
	app->dirty = true;
	return done;
}

void
paste_end(struct app *app)
{
	bool second = app->paste.marked && app->paste.first != 0 &&
	    app->paste.text.len > app->paste.first;

	app->paste.receiving = false;
	paste_read(app);
	if (second)
		app_go(app, &screen_second);
}

static void
draw_waiting(struct page *page)
{
	static const struct {
		const char *where, *how;
	} ways[] = {
		{ "PuTTY", N_("right mouse button") },
		{ "Windows Terminal", N_("Ctrl-V, or right mouse button") },
		{ "macOS", N_("Cmd-V") },
		{ "Linux", N_("Ctrl-Shift-V, or middle mouse button") },
		{ "tmux", N_("Ctrl-B ]") }
	};

	if (page->spoken) {
		page_text(page, 0, LOOK_PLAIN, _("Paste the message now. Then "
		    "type a line with only a dot and press Enter."));
		return;
	}
	if (!page->compact) {
		page_text(page, 0, LOOK_PLAIN, _("In your mail program open "
		    "\"Undelivered Mail Returned to Sender\", show the source "
		    "if you can, select all, copy. Then, in this window:"));
		page_gap(page);
		for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
			page_text(page, 4, LOOK_PLAIN, arena_printf(
			    page->arena, "%-20s%s", ways[i].where,
			    _(ways[i].how)));
		page_gap(page);
	}
	page_text(page, 0, LOOK_STRONG, _("Waiting for the paste ..."));
	page_gap(page);
	page_text(page, 0, LOOK_PLAIN, _("No message at hand? One line is "
	    "enough to start, for example"));
	page_text(page, 4, LOOK_PLAIN, "550 5.7.26 This mail has been blocked "
	    "because the sender is unauth...");
	page_text(page, 0, LOOK_PLAIN, _("Type it and press Enter."));
}

static void
recognised(struct page *page, const char *what, const char *value)
{
	if (value == NULL)
		return;
	page_tagged(page, TAG_OK, arena_printf(page->arena, "%s%*s %s", what,
	    cells(what) < 18 ? 18 - cells(what) : 0, "",
	    text_safe(page->arena, value)));
}

static const char *
form_text(enum bounce_form form)
{
	switch (form) {
	case FORM_REPLY:
		return _("an answer of a mail server");
	case FORM_LOG:
		return _("lines of a mail log");
	case FORM_DSN_TEXT:
		return _("a bounce in Postfix' words");
	case FORM_DSN_MIME:
		return _("a bounce with a delivery report");
	case FORM_QUEUE:
		return _("a listing of the mail queue");
	case FORM_PROSE:
		return _("a bounce in another server's words");
	}
	return NULL;
}

/* What was found in the paste; the diagnosis has read it. */
static void
draw_found(const struct app *app, struct page *page)
{
	const struct bounces *bounces = diagnosis_bounces(app->diagnosis);
	const struct bounce *bounce = diagnosis_bounce(app->diagnosis);
	struct arena *arena = page->arena;

	if (session_is_received(app)) {
		recognised(page, _("recognised"), _("a message that arrived"));
		recognised(page, _("recipient"), bounce->recipient);
		recognised(page, _("receiver"), bounce->remote_host);
		return;
	}
	if (bounce == NULL || bounces->n == 0) {
		page_tagged(page, TAG_UNKNOWN, bounces->not_bounce ?
		    _("This is a notice, not a bounce: nothing was refused "
		    "in it.") : _("No refusal was found in this text. Paste "
		    "more of the message, with all its header lines, or type "
		    "the line with the error code."));
		return;
	}
	recognised(page, _("recognised"), form_text(bounce->form));
	recognised(page, _("recipient"), bounces->n == 1 ? bounce->recipient :
	    arena_printf(arena, P_("%zu recipient", "%zu recipients",
	    bounces->n), bounces->n));
	if (bounce->remote_host != NULL)
		recognised(page, _("refused by"), bounce->remote_ip == NULL ?
		    bounce->remote_host : arena_printf(arena, "%s [%s]",
		    bounce->remote_host, bounce->remote_ip));
	if (bounce->reply != NULL)
		recognised(page, _("code"), bounce->status == NULL ?
		    bounce->reply : arena_printf(arena, "%s %s",
		    bounce->reply, bounce->status));
	if (bounces->repaired)
		page_tagged(page, TAG_WARN, _("Japanese text whose escape "
		    "characters were lost while pasting was repaired "
		    "(ISO-2022-JP)."));
}

/* The end of what came, line by line. */
static void
draw_preview(const struct app *app, struct page *page)
{
	const struct str *text = &app->paste.text;
	size_t at = text->len > PREVIEW_MAX ? text->len - PREVIEW_MAX : 0;

	page->width = page->columns - 3;
	while (at < text->len) {
		size_t end = at;

		while (end < text->len && text->text[end] != '\n' &&
		    text->text[end] != '\r')
			end++;
		if (end > at)
			page_text(page, 0, LOOK_DIM, text_cleaned(page->arena,
			    text->text + at, end - at));
		at = end + 1;
	}
}

static void
draw_received(const struct app *app, struct page *page)
{
	const struct paste *paste = &app->paste;
	struct arena *arena = page->arena;

	if (paste->receiving) {
		page_text(page, 0, LOOK_STRONG, arena_printf(arena,
		    P_("Receiving ...  %s, %zu line",
		    "Receiving ...  %s, %zu lines", paste->lines),
		    size_text(arena, paste->received), paste->lines));
		return;
	}
	page_text(page, 0, LOOK_STRONG, arena_printf(arena,
	    P_("Received  %s, %zu line", "Received  %s, %zu lines",
	    paste->lines), size_text(arena, paste->received),
	    paste->lines));
	if (paste->received > paste->text.len && paste->text.cut)
		page_tagged(page, TAG_WARN, arena_printf(arena, _("That is "
		    "more than the %s that can be pasted: the rest was left "
		    "out. Save it to a file and open that with Ctrl-O."),
		    size_text(arena, PASTE_MAX)));
	if (paste->read && app->diagnosis != NULL)
		draw_found(app, page);
	if (page->spoken)
		return;
	page_gap(page);
	page_end_head(page);
	draw_preview(app, page);
	page_text(page, 0, LOOK_PLAIN,
	    _("--- end of the text you pasted ---"));
}

static void
draw(struct app *app, struct page *page)
{
	page_text(page, 0, LOOK_STRONG, _("Paste the whole bounce message, "
	    "with all its header lines"));
	page_gap(page);
	if (app->paste.received == 0 && !app->paste.receiving)
		draw_waiting(page);
	else
		draw_received(app, page);
}

static void
go_on(struct app *app)
{
	if (app->paste.text.len == 0)
		return;
	if (!paste_read(app))
		return;
	if (!session_has_message(app))
		return;
	app->paste.used = true;
	app_go(app, &screen_verdict);
}

static bool
act(struct app *app, enum action action, const struct key *key)
{
	(void)key;
	switch (action) {
	case ACTION_OPEN:
		go_on(app);
		return true;
	case ACTION_OPEN_FILE:
		app->asking = ASK_FILE;
		app_go(app, &screen_ask);
		return true;
	default:
		return false;
	}
}

static struct str *
line(struct app *app)
{
	return &app->paste.text;
}

/* It was cleared, or rubbed out in. */
static void
changed(struct app *app)
{
	struct paste *paste = &app->paste;

	paste->received = paste->text.len;
	paste->lines = count_lines(&paste->text);
	paste->read = false;
}

static void
type(struct app *app, const struct key *key)
{
	if (key->code == KEY_CTRL('d')) {
		go_on(app);
		return;
	}
	if (key->n_bytes == 0 || key->code == 0x7f ||
	    (key->bytes[0] < ' ' && key->code != '\r' && key->code != '\n' &&
	    key->code != '\t'))
		return;
	paste_add(app, key->bytes, key->n_bytes);
}

const struct screen screen_paste = {
	.name = "paste",
	.title = N_("Paste"),
	.stage = 1,
	.text = true,
	.keys = {
		{ ACTION_OPEN, N_("What it says") },
		{ ACTION_BACK, N_("Back") },
		{ ACTION_OPEN_FILE, N_("Open a file") },
		{ ACTION_CLEAR, N_("Clear") },
		{ ACTION_PAGE_DOWN, N_("Look through") },
		{ ACTION_QUIT, N_("Quit") }
	},
	.draw = draw,
	.act = act,
	.line = line,
	.changed = changed,
	.type = type
};
