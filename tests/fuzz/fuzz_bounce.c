/* SPDX-License-Identifier: ISC
 * Any octets as a bounce: it ends, and what comes out is whole: UTF-8 strings,
 * classes that exist, marks and places inside their texts. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/bounce/bounce.h"
#include "engine/bounce/charset.h"
#include "engine/bounce/classes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_text(const char *text)
{
	if (text != NULL && !charset_is_utf8(text, strlen(text)))
		abort();
}

static void
check(const struct bounce *b, size_t size)
{
	size_t len = b->text != NULL ? strlen(b->text) : 0;

	if (class_find(b->class_id) == NULL || b->alternatives == NULL)
		abort();
	if (b->mark_start > len || b->mark_len > len - b->mark_start)
		abort();
	if (b->start > b->end || b->end > size)
		abort();
	check_text(b->text);
	check_text(b->recipient);
	check_text(b->sender);
	check_text(b->remote_host);
	check_text(b->client_ip);
	check_text(b->domain);
	check_text(b->reporting_host);
	check_text(b->queue_id);
	check_text(b->header_from);
	check_text(b->dkim_selector);
	check_text(b->login);
	check_text(b->nexthop);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct bounces got;

	bounce_read(arena, rules_builtin(), "-", (const char *)data, size,
	    &got);
	for (size_t i = 0; i < got.n; i++)
		check(&got.list[i], size);
	if (got.n != 0 && bounces_main(&got) == NULL)
		abort();
	arena_free(&arena);
	return 0;
}
