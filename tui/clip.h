/* SPDX-License-Identifier: ISC
 * Sending text to the user's clipboard, as far as the terminal lets us. There
 * is no acknowledgement: "sent", never "copied". */
#ifndef WB_CLIP_H
#define WB_CLIP_H

#include <stddef.h>

enum clip_way {
	CLIP_NOT,        /* this terminal has no way */
	CLIP_TERMINAL,   /* OSC 52 to the terminal */
	CLIP_TMUX        /* tmux's buffer, and from there to the terminal */
};

/* TEXT must be our own, made from checked data. */
enum clip_way clip_send(const char *text, size_t len);

#endif
