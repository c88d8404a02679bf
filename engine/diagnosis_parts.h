/* SPDX-License-Identifier: ISC
 * What diagnosis.c and diagnosis_anew.c share. Nobody else includes it. */
#ifndef WB_DIAGNOSIS_PARTS_H
#define WB_DIAGNOSIS_PARTS_H

#include "engine/diagnosis.h"
#include "engine/source.h"

struct diagnosis {
	struct diagnosis_options options;
	struct arena *arena;          /* facts, host, bounces: the whole life */
	struct arena *pass;           /* findings and plan of the last pass */
	struct source source;
	const struct rules *rules;
	const struct blocklists *blocklists;
	struct bounces bounces;
	const struct bounce *chosen;
	const struct received *received;  /* instead of a bounce, or NULL */
	const char *input;
	size_t input_len;
	struct findings *findings;
	struct plan *plan;
	long long deadline;           /* ms of the monotonic clock */
	bool started, done;
	bool judged;                  /* there was a pass */
};

#endif
