/* SPDX-License-Identifier: ISC
 * A bounce in the making, and the list that the readers of each form put
 * theirs into. Private to engine/bounce. */
#ifndef WB_BOUNCE_DRAFT_H
#define WB_BOUNCE_DRAFT_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/bounce/bounce.h"
#include "engine/bounce/lines.h"
#include "engine/bounce/mime.h"

/* More refusals than this in one input are not kept. */
#define DRAFTS_MAX 20000
/* A reason longer than this is cut. */
#define REASON_MAX 8192

struct draft {
	struct bounce bounce;    /* facts as far as they are known */
	const char *reason;      /* why, one line, reply code and all */
	const char *context;     /* what else was said, or NULL */
	bool success;            /* delivered: no refusal */
	bool gone;               /* merged into another */
};

struct drafts {
	struct arena *arena;
	struct draft *list;
	size_t n;
	bool not_bounce;         /* something else was recognised */
};

/* A new draft of FORM; NULL when there are too many. */
struct draft *draft_add(struct drafts *drafts, enum bounce_form form,
    size_t start, size_t end);

/* Fill what is NULL in TO from FROM. */
void draft_merge(struct draft *to, const struct draft *from);

/* merge.c: add what PROSE says of the recipients of OWN to them; with KEEP
 * take over those that OWN has not. */
void drafts_merge_prose(struct drafts *own, struct drafts *prose, bool keep);

/* The same recipient in two forms of one message: one draft. */
void drafts_merge_recipients(struct drafts *own);

/* The same refusal told twice anywhere: one draft. */
void drafts_merge_same(struct drafts *all);

/* Do both tell the same refusal? */
bool draft_same(const struct draft *a, const struct draft *b);

/* reply.c: take REASON apart: the peer in front, stage, reply, status, and the
 * text without repeated codes. */
void reply_read(struct arena *arena, struct draft *draft);

/* The first reply ("550 5.1.1 …") inside S; text NULL when there is none. */
struct span reply_find(struct span s);

/* stage by what stands in the dialogue: "RCPT TO", "end of DATA" … */
enum stage reply_stage(struct span s);

/* evidence.c: client_ip and domain out of the draft's text. */
void evidence_read(struct arena *arena, struct draft *draft);

/* logline.c, queue.c, notice.c, dsn.c, prose.c: each takes the lines of its
 * form (marks them used) and adds drafts. */
void log_read(struct drafts *drafts, struct lines *lines);
void queue_read(struct drafts *drafts, struct lines *lines);
void notice_read(struct drafts *drafts, struct lines *lines);
void status_read(struct drafts *drafts, struct lines *lines, bool whole);
void dsn_text_read(struct drafts *drafts, struct lines *lines);
void prose_read(struct drafts *drafts, struct lines *lines,
    const struct headers *headers);
void reply_lines_read(struct drafts *drafts, struct lines *lines);

#endif
