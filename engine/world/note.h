/* SPDX-License-Identifier: ISC
 * Why a look-up gave no answer. A fact keeps the reason in English, as it is
 * written into recordings; it is told in the language that is spoken when it
 * is told, which may have changed since it was asked. */
#ifndef WB_NOTE_H
#define WB_NOTE_H

#include "engine/base/arena.h"
#include "engine/base/i18n.h"
#include "engine/base/str.h"

/* Formats for a fact's note. Each stands in the table of note.c. */
#define NOTE_SILENT N_("%s did not answer within %d.%d s")
#define NOTE_UNMATCHED N_("%s sent only replies that do not belong to the " \
	"question")
#define NOTE_UNREACHABLE N_("%s cannot be reached")
#define NOTE_NO_TCP N_("%s cut its reply off and gave no other over TCP")
#define NOTE_SERVFAIL N_("%s answered SERVFAIL")
#define NOTE_REFUSED N_("%s answered REFUSED")
#define NOTE_LAME N_("%s answers, but not as a name server that is " \
	"responsible for this zone")
#define NOTE_NO_SERVER N_("no name server is known")
#define NOTE_ALIAS N_("the name is an alias (CNAME) of a name in another zone")
#define NOTE_REFERRAL N_("the name server only refers to other servers")
#define NOTE_LOOP N_("CNAME records lead in a circle, or further than 10 steps")
#define NOTE_ERROR_CODE N_("the name server answered with error code %u")
#define NOTE_CUT N_("the reply was cut off by the name server")
#define NOTE_DAMAGED N_("the reply is damaged and cannot be read")
#define NOTE_NO_NAME N_("this is not a domain name that can be asked for")
#define NOTE_TOO_MANY N_("too many names have been asked for already")
#define NOTE_MANY_NAMES N_("too many names to ask about")
#define NOTE_NOT_RECORDED N_("this answer is not in the recording")
#define NOTE_REWRITTEN N_("the resolver gives this address to names that do " \
	"not exist, too")
#define NOTE_NO_ADDRESS N_("this is not the address of a name server")
#define NOTE_STOPPED N_("stopped before an answer came")
#define NOTE_TIME_LIMIT N_("the time limit is over")

/* Longer ones are cut. */
#define NOTE_MAX 2048

/* Append NOTE, one or several of the above with "; " between them, each alone
 * or behind "SERVER: ", in the language that is spoken now. What is none of
 * them, as in a recording of another version, stays as it is. Not cleaned. */
void note_add(struct str *out, const char *note);

/* The same, safe to show; NULL for NULL. */
const char *note_say(struct arena *arena, const char *note);

#endif
