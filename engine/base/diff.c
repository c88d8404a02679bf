/* SPDX-License-Identifier: ISC
 * Knows Myers' greedy algorithm (An O(ND) Difference Algorithm and Its
 * Variations, 1986); hides how the shortest way is walked back. */
#include "config.h"

#include "engine/base/diff.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/arena.h"

#define CONTEXT 3
/* the walk keeps one row for each difference: 2 * 600^2 ints are 3 MB */
#define DIFFERENCES_MAX 600

struct line {
	const char *text;
	size_t len;              /* with its line end, when it has one */
};

struct lines {
	struct line *line;
	size_t n;
};

/* Which lines stay: SAME[i] of the old text is what stands at TO[i] + 1 in the
 * new one; 0: it goes. */
struct diff {
	struct lines old, new;
	size_t *to;
};

static struct lines
split(const char *text, size_t len)
{
	struct lines lines = { NULL, 0 };
	size_t size = 0;

	while (len > 0) {
		const char *end = memchr(text, '\n', len);
		size_t n = end != NULL ? (size_t)(end - text) + 1 : len;

		if (lines.n == size) {
			size = size != 0 ? size * 2 : 64;
			lines.line = mem_realloc(lines.line,
			    size * sizeof *lines.line);
		}
		lines.line[lines.n++] = (struct line){ text, n };
		text += n;
		len -= n;
	}
	return lines;
}

static bool
same(const struct diff *d, size_t i, size_t k)
{
	const struct line *a = &d->old.line[i], *b = &d->new.line[k];

	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* Go back from the end of the shortest way and note the lines that stay. ROWS
 * holds for each number of differences the furthest point on each diagonal. */
static void
walk_back(struct diff *d, size_t first, int rows, int *const *row, int x, int y)
{
	for (int n = rows; n >= 0; n--) {
		const int *v = n > 0 ? row[n - 1] + n : NULL;
		int k = x - y, from, from_x, from_y;

		if (n == 0) {
			from_x = from_y = 0;
		} else {
			from = k == -n || (k != n && v[k - 1] < v[k + 1]) ?
			    k + 1 : k - 1;
			from_x = v[from];
			from_y = from_x - from;
		}
		while (x > from_x && y > from_y) {
			x--;
			y--;
			d->to[first + (size_t)x] = first + (size_t)y + 1;
		}
		x = from_x;
		y = from_y;
	}
}

/* Find the shortest way through the N old and M new lines from FIRST on. False:
 * they differ in too many lines. */
static bool
shortest(struct diff *d, size_t first, int n, int m)
{
	int *row[DIFFERENCES_MAX + 1];
	int rows;
	bool found = false;

	for (rows = 0; rows <= DIFFERENCES_MAX && !found; rows++) {
		/* diagonals -rows-1 … rows+1, so that both neighbours exist */
		int *v = mem_alloc(((size_t)rows * 2 + 3) * sizeof *v);
		const int *before = rows > 0 ? row[rows - 1] + rows : NULL;

		row[rows] = v;
		v += rows + 1;
		v[-rows - 1] = v[rows + 1] = -1;
		for (int k = -rows; k <= rows && !found; k++) {
			int x, y;

			if (rows == 0)
				x = 0;
			else if (k == -rows || (k != rows &&
			    before[k - 1] < before[k + 1]))
				x = before[k + 1];
			else
				x = before[k - 1] + 1;
			y = x - k;
			while (x >= 0 && y >= 0 && x < n && y < m &&
			    same(d, first + (size_t)x, first + (size_t)y)) {
				x++;
				y++;
			}
			v[k] = x;
			if (k + 1 <= rows)
				v[k + 1] = -1;
			found = x >= n && y >= m;
		}
	}
	if (found)
		walk_back(d, first, rows - 1, row, n, m);
	while (rows-- > 0)
		free(row[rows]);
	return found;
}

static void
compare(struct diff *d)
{
	size_t first = 0, n = d->old.n, m = d->new.n;

	d->to = mem_alloc((n + 1) * sizeof *d->to);
	memset(d->to, 0, (n + 1) * sizeof *d->to);
	while (first < n && first < m && same(d, first, first)) {
		d->to[first] = first + 1;
		first++;
	}
	while (n > first && m > first && same(d, n - 1, m - 1)) {
		d->to[n - 1] = m;
		n--;
		m--;
	}
	if (n > first && m > first)
		(void)shortest(d, first, (int)(n - first), (int)(m - first));
}

static void
add_line(struct str *out, char mark, const struct line *line)
{
	str_addc(out, mark);
	str_add(out, line->text, line->len);
	if (line->len == 0 || line->text[line->len - 1] != '\n')
		str_adds(out, "\n\\ No newline at end of file\n");
}

/* From old line I and new line K on, the next place where they part; false:
 * there is none. */
static bool
next_difference(const struct diff *d, size_t *i, size_t *k)
{
	while (*i < d->old.n && *k < d->new.n && d->to[*i] == *k + 1) {
		(*i)++;
		(*k)++;
	}
	return *i < d->old.n || *k < d->new.n;
}

/* Past the lines that go and those that come here. */
static void
skip_difference(const struct diff *d, size_t *i, size_t *k)
{
	while (*i < d->old.n && d->to[*i] == 0)
		(*i)++;
	*k = *i < d->old.n ? d->to[*i] - 1 : d->new.n;
}

/* The end of the group of differences that begins at I, K: the next one is
 * further away than two contexts. */
static void
group_end(const struct diff *d, size_t *i, size_t *k)
{
	size_t next_i, next_k;

	for (;;) {
		skip_difference(d, i, k);
		next_i = *i;
		next_k = *k;
		if (!next_difference(d, &next_i, &next_k) ||
		    next_i - *i > (size_t)2 * CONTEXT)
			return;
		*i = next_i;
		*k = next_k;
	}
}

/* diff counts from 1; of an empty range it names the line before it. */
static void
add_range(struct str *out, char mark, size_t start, size_t end)
{
	str_addf(out, "%c%zu,%zu", mark, end > start ? start + 1 : start,
	    end - start);
}

static void
add_group(const struct diff *d, size_t i, size_t k, size_t end_i, size_t end_k,
    struct str *out)
{
	str_adds(out, "@@ ");
	add_range(out, '-', i, end_i);
	str_addc(out, ' ');
	add_range(out, '+', k, end_k);
	str_adds(out, " @@\n");
	while (i < end_i || k < end_k) {
		if (i < end_i && d->to[i] == 0)
			add_line(out, '-', &d->old.line[i++]);
		else if (i < end_i && d->to[i] == k + 1) {
			add_line(out, ' ', &d->old.line[i++]);
			k++;
		} else {
			add_line(out, '+', &d->new.line[k++]);
		}
	}
}

static bool
add_all(const struct diff *d, const char *old_name, const char *new_name,
    struct str *out)
{
	size_t i = 0, k = 0;
	bool any = false;

	while (next_difference(d, &i, &k)) {
		size_t before = i < CONTEXT ? i : CONTEXT, after;
		size_t end_i = i, end_k = k;

		/* the lines before it stay, so both texts have them */
		before = k < before ? k : before;
		group_end(d, &end_i, &end_k);
		after = d->old.n - end_i;
		after = after < CONTEXT ? after : CONTEXT;
		if (!any)
			str_addf(out, "--- %s\n+++ %s\n", old_name, new_name);
		any = true;
		add_group(d, i - before, k - before, end_i + after,
		    end_k + after, out);
		i = end_i;
		k = end_k;
	}
	return any;
}

bool
diff_unified(const char *old_name, const char *old, size_t old_len,
    const char *new_name, const char *new, size_t new_len, struct str *out)
{
	struct diff d = {
		.old = split(old, old_len),
		.new = split(new, new_len),
	};
	bool any;

	compare(&d);
	any = add_all(&d, old_name, new_name, out);
	free(d.to);
	free(d.old.line);
	free(d.new.line);
	return any;
}
