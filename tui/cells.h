/* SPDX-License-Identifier: ISC
 * Terminal cells: how wide clean text is, and cutting it. */
#ifndef WB_CELLS_H
#define WB_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/arena.h"

/* Cells that clean text takes; of one character. One that the terminal's charset
 * lacks, or that it draws in another width than the locale says, is shown as one
 * ASCII character: cell_stand_in(). */
int cells(const char *text);
int cell_width(uint32_t code);
bool cell_shown(uint32_t code);
char cell_stand_in(uint32_t code);

/* Does the terminal draw characters of ambiguous width (UAX #11) as wide as
 * ideographs? The locale reckons one cell. Not so at first. */
void cells_ambiguous_are_wide(bool wide);

/* One character of N octets of clean text: its octets, never 0 unless N is. */
size_t cells_character(const char *text, size_t n, uint32_t *code);

/* Octets of TEXT that fit into WIDTH cells; *USED gets the cells. */
size_t cells_fitting(const char *text, size_t n, int width, int *used);

/* Cells of as much of TEXT as OCTETS hold. */
int cells_within(const char *text, size_t octets);

/* TEXT with blanks up to WIDTH cells. */
const char *cells_padded(struct arena *arena, const char *text, int width);

/* Cut clean TEXT to at most WIDTH cells, ".." marking the cut. */
const char *cells_cut(struct arena *arena, const char *text, int width);

/* The same in the middle: of "Not saved: PATH: reason" the reason stays. */
const char *cells_cut_middle(struct arena *arena, const char *text,
    int width);

#endif
