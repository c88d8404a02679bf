/* SPDX-License-Identifier: ISC
 * Sending text to the user's clipboard, as far as the terminal lets us. There
 * is no acknowledgement: "sent", never "copied". */
#ifndef WB_CLIP_H
#define WB_CLIP_H

enum clip_way {
	CLIP_NOT,        /* this terminal has no way */
	CLIP_TERMINAL,   /* OSC 52 to the terminal */
	CLIP_TMUX        /* tmux's buffer, and from there to the terminal */
};

/* TEXT must be our own, made from checked data. Waits for tmux, half a second
 * at the most. */
enum clip_way clip_send(const char *text);

#endif
