/* SPDX-License-Identifier: ISC
 * Arena: a list of blocks, freed together. Large requests get a block of
 * their own. Hides the block layout. */
#include "config.h"

#include "engine/base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define BLOCK_SIZE 32768
#define ALIGNMENT _Alignof(max_align_t)

struct block {
	struct block *next;
	size_t used;
	size_t size;
	_Alignas(max_align_t) char data[];
};

struct arena {
	struct block *blocks;
};

static void (*fail_hook)(void);

void
mem_on_fail(void (*hook)(void))
{
	fail_hook = hook;
}

static void mem_fail(void) __attribute__((noreturn));
static void
mem_fail(void)
{
	if (fail_hook != NULL)
		fail_hook();
	fputs("whybounce: out of memory\n", stderr);
	exit(EX_OSERR);
}

void *
mem_alloc(size_t size)
{
	void *p = malloc(size != 0 ? size : 1);

	if (p == NULL)
		mem_fail();
	return p;
}

void *
mem_realloc(void *old, size_t size)
{
	void *p = realloc(old, size != 0 ? size : 1);

	if (p == NULL)
		mem_fail();
	return p;
}

char *
mem_strdup(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(mem_alloc(size), text, size);
}

struct arena *
arena_new(void)
{
	struct arena *arena = mem_alloc(sizeof *arena);

	arena->blocks = NULL;
	return arena;
}

void
arena_free(struct arena **arena)
{
	if (*arena == NULL)
		return;
	for (struct block *b = (*arena)->blocks, *next; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	free(*arena);
	*arena = NULL;
}

/* All zeroes: of a large block only the pages that are written to take
 * memory. */
static struct block *
block_new(size_t size)
{
	struct block *b = calloc(1, sizeof *b + size);

	if (b == NULL)
		mem_fail();
	b->size = size;
	return b;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	struct block *b = arena->blocks;
	void *p;

	if (size > SIZE_MAX / 2)
		mem_fail();
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (b == NULL || b->size - b->used < size) {
		struct block *fresh =
			block_new(size > BLOCK_SIZE / 4 ? size : BLOCK_SIZE);

		if (b != NULL && size > BLOCK_SIZE / 4) {
			/* keep filling the block in hand */
			fresh->next = b->next;
			b->next = fresh;
		} else {
			fresh->next = b;
			arena->blocks = fresh;
		}
		b = fresh;
	}
	p = b->data + b->used;
	b->used += size;
	return p;
}

void *
arena_array(struct arena *arena, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / 2 / size)
		mem_fail();
	return arena_alloc(arena, count * size);
}

void *
arena_grow(struct arena *arena, void *array, size_t count, size_t size)
{
	void *bigger;

	/* capacities are 4, 8, 16 …: full exactly at those counts */
	if (count != 0 && (count < 4 || (count & (count - 1)) != 0))
		return array;
	bigger = arena_array(arena, count == 0 ? 4 : count * 2, size);
	if (count != 0)
		memcpy(bigger, array, count * size);
	return bigger;
}

char *
arena_strndup(struct arena *arena, const char *text, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);

	if (len != 0)
		memcpy(copy, text, len);
	return copy;
}

char *
arena_strdup(struct arena *arena, const char *text)
{
	return text != NULL ? arena_strndup(arena, text, strlen(text)) : NULL;
}

char *
arena_printf(struct arena *arena, const char *format, ...)
{
	char small[256];
	char *text;
	va_list ap;
	int len;

	va_start(ap, format);
	len = vsnprintf(small, sizeof small, format, ap);
	va_end(ap);
	if (len < 0)
		return arena_strdup(arena, "");
	if ((size_t)len < sizeof small)
		return arena_strndup(arena, small, (size_t)len);
	text = arena_alloc(arena, (size_t)len + 1);
	va_start(ap, format);
	vsnprintf(text, (size_t)len + 1, format, ap);
	va_end(ap);
	return text;
}
