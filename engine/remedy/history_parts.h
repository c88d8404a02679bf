/* SPDX-License-Identifier: ISC
 * What the files of the journal share. For engine/remedy/history*.c only. */
#ifndef WB_HISTORY_PARTS_H
#define WB_HISTORY_PARTS_H

#include "engine/remedy/history.h"

/* Write the text file "journal" of one entry. False: ERR has the reason. */
bool history_entry_write(struct arena *arena, const char *folder,
    const struct transaction *transaction, enum history_state state,
    bool telling, struct str *err);

/* The same text. And what it says; without a folder, the files' octets are left
 * out. */
void history_entry_print(const struct transaction *transaction,
    enum history_state state, bool telling, struct str *out);
bool history_entry_parse(struct arena *arena, struct history_entry *entry,
    const char *text, size_t len);

/* Read ENTRY, whose folder and id are set. False: a line in ERR. */
bool history_entry_read(struct arena *arena, struct history_entry *entry,
    struct str *err);

/* Remove an entry's folder with its files. */
void history_folder_remove(struct arena *arena, const char *folder);

bool history_state_of(const char *word, enum history_state *state);

#endif
