/* SPDX-License-Identifier: ISC
 * apply: root's side of a change that the wizard hands to sudo. Nothing is asked
 * any more: the digest on the command line is that of what was agreed to. */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "engine/base/text.h"
#include "engine/remedy/handover.h"
#include "engine/world/file.h"
#include "tui/batch.h"
#include "tui/elevate.h"
#include "tui/signals.h"

#define SAID_MAX ((size_t)4 << 20)

static enum apply_end
make_change(struct arena *arena, struct transaction *transaction,
    struct str *said)
{
	struct history *history = history_open(NULL, said);
	enum apply_end end = APPLY_NOTHING;
	struct apply *apply;

	if (history != NULL) {
		apply_recover(history, arena, false, said);
		apply = apply_start(history, arena, transaction);
		end = apply_finish(&apply, said);
	}
	history_close(&history);
	return end;
}

int
batch_apply(const struct options *options)
{
	struct arena *arena = arena_new();
	struct transaction *transaction;
	enum apply_end end = APPLY_NOTHING;
	struct str text, said, out;
	int fault;

	str_init(&text, HANDOVER_MAX);
	str_init(&said, SAID_MAX);
	str_init(&out, SAID_MAX);
	fault = file_read_open(STDIN_FILENO, &text);
	if (fault != 0)
		str_addf(&said, "%s\n", strerror(fault));
	transaction = fault != 0 ? NULL : handover_read(arena, text.text,
	    text.len, options->operands.n != 0 ? options->operands.items[0] :
	    "", &said);
	if (transaction != NULL && !options->look.dry_run) {
		signals_ignore();
		end = make_change(arena, transaction, &said);
	} else if (transaction != NULL) {
		transaction_diff(transaction, false, &said);
	}
	str_addf(&out, "%s %s\n", elevate_word(end), end != APPLY_NOTHING ?
	    transaction->id : "-");
	str_add(&out, said.text, said.len);
	if (said.len != 0 && said.text[said.len - 1] != '\n')
		str_addc(&out, '\n');
	str_free(&said);
	str_free(&text);
	arena_free(&arena);
	return batch_print(&out, end == APPLY_DONE ? EXIT_NOTHING_WRONG :
	    EXIT_PROBLEM);
}
