/* SPDX-License-Identifier: ISC
 * Any text on a page, in a window of any size: every row fits, nothing that
 * acts on a terminal comes out, drawn or spoken, and line mode's questions are
 * one line. */
#include "config.h"

#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/str.h"
#include "tui/keys.h"
#include "tui/page.h"
#include "tui/spoken.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct screen_key keys[SCREEN_KEYS_MAX] = {
	{ ACTION_OPEN, "Open" }, { ACTION_DIGIT, NULL },
	{ ACTION_EVIDENCE, "Evidence" }
};

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	setlocale(LC_ALL, "C.UTF-8");
	return 0;
}

static void
check_text(const char *text, bool lines)
{
	for (; *text != '\0'; text++)
		if (((unsigned char)*text < ' ' && !(lines && *text == '\n')) ||
		    *text == 0x7f)
			abort();
}

/* One part of a kind that HOW says, with TEXT and MORE. */
static void
add(struct page *page, unsigned int how, const char *text, const char *more)
{
	const struct page_column columns[] = {
		{ .width = (int)(how % 30), .text = text },
		{ .width = 0, .text = more, .key = how % 7 == 0 }
	};
	enum tag tag = (enum tag)(how / 16 % (TAG_NOT_APPLICABLE + 1));

	switch (how % 16) {
	case 0: page_field(page, (int)(how / 16), 10, text, more); break;
	case 1: page_heading(page, text, more); break;
	case 2: page_value(page, text); break;
	case 3: case 4: page_item(page, tag, columns, 2); break;
	case 5: page_item_text(page, tag, text); break;
	case 6:
		if (page->n_items != 0)
			page_item_more(page, (int)(how / 16), text);
		break;
	case 7:
		if (tag != TAG_NONE)
			page_tagged(page, tag, text);
		break;
	case 8: page_gap(page); break;
	case 9: page_prompt(page, text, more); break;
	case 10:
		if (page->n_parts != 0)
			page_mark(page, page->n_parts - 1);
		break;
	case 11:
		if (page->foot == 0 && page->split == 0)
			page_begin_list(page);
		break;
	case 12:
		if (page->foot == 0)
			page_begin_foot(page);
		break;
	default: page_text(page, (int)(how / 16) - 1, LOOK_PLAIN, text); break;
	}
}

static void
fill_page(struct page *page, const uint8_t *data, size_t size)
{
	while (size > 2) {
		unsigned int how = data[0];
		size_t n = data[1] % 64, m;
		char text[65], more[65];

		data += 2;
		size -= 2;
		n = n < size ? n : size;
		m = n / 2;
		memcpy(text, data, n);
		text[n] = '\0';
		memcpy(more, data + m, n - m);
		more[n - m] = '\0';
		add(page, how, text, more);
		data += n;
		size -= n;
	}
}

static void
check_rows(const struct page *page, int columns)
{
	for (size_t i = 0; i < page->n; i++) {
		bool beside = page->split != 0 && page->foot != 0 &&
		    i >= page->foot;
		int room = beside ? columns - page->split : columns;

		check_text(page->rows[i].text, false);
		if (cells(page->rows[i].text) > room)
			abort();
	}
}

static void
check_spoken(const struct page *page)
{
	struct str out;
	size_t next = 0;

	str_init(&out, 1u << 20);
	do
		next = spoken_page(page, next, NULL, &out);
	while (next != 0);
	check_text(out.text, true);
	str_clear(&out);
	spoken_question(page, keys, 0, false, &out);
	check_text(out.text, false);
	str_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct page page;
	int columns;

	if (size > 4096)
		size = 4096;
	columns = PAGE_MIN_COLUMNS + (size != 0 ? data[0] % 200 : 0);
	page_begin(&page, arena, columns, size > 1 ? 10 + data[1] % 60 : 24);
	fill_page(&page, data, size);
	check_rows(&page, columns);
	page_begin_spoken(&page, arena);
	fill_page(&page, data, size);
	check_spoken(&page);
	arena_free(&arena);
	return 0;
}
