/* SPDX-License-Identifier: ISC
 * What differs between two texts, line by line, in the unified form that
 * diff(1) and patch(1) know. */
#ifndef WB_DIFF_H
#define WB_DIFF_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/str.h"

/* Append to OUT how the OLD_LEN octets OLD become NEW, with three lines around
 * each difference, under the heads "--- OLD_NAME" and "+++ NEW_NAME". Nothing is
 * appended when they are the same: false. The octets are not cleaned. Texts
 * that differ in more than some hundred lines are shown as one replacement. */
bool diff_unified(const char *old_name, const char *old, size_t old_len,
    const char *new_name, const char *new, size_t new_len, struct str *out);

#endif
