/* SPDX-License-Identifier: ISC
 * Memory of one diagnosis: everything handed out lives until the arena is
 * freed. Also the few allocators for memory that outlives it. */
#ifndef WB_ARENA_H
#define WB_ARENA_H

#include <stddef.h>

struct arena;

/* A new, empty arena; the caller frees it with arena_free(), which also sets
 * the pointer to NULL. */
struct arena *arena_new(void);
void arena_free(struct arena **arena);

/* SIZE zeroed bytes, aligned for any type, owned by the arena. Never NULL:
 * out of memory ends the program through mem_fail(). */
void *arena_alloc(struct arena *arena, size_t size);

/* COUNT objects of SIZE bytes, like arena_alloc(). */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* Copies owned by the arena, always NUL-terminated. arena_strdup(NULL) is
 * NULL, so that "not known" can be copied along. */
char *arena_strndup(struct arena *arena, const char *text, size_t len);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Grow an arena-owned array: returns ARRAY with room for at least COUNT + 1
 * items of SIZE bytes, copying when full. COUNT must be its present number of
 * items and every growth must have gone through this function. */
void *arena_grow(struct arena *arena, void *array, size_t count, size_t size);

/* malloc, realloc and strdup that never return NULL. */
void *mem_alloc(size_t size);
void *mem_realloc(void *old, size_t size);
char *mem_strdup(const char *text);

/* What is called before the program ends for want of memory (exit status 71,
 * EX_OSERR): the terminal's restorer. NULL takes it away. */
void mem_on_fail(void (*hook)(void));

#endif
