/* SPDX-License-Identifier: ISC
 * gettext marks. _() translates now, N_() marks a string for a table whose
 * reader translates it. */
#ifndef WB_I18N_H
#define WB_I18N_H

#ifdef ENABLE_NLS
#include <libintl.h>
#define _(text) gettext(text)
#define P_(one, many, n) ngettext(one, many, n)
#else
#define _(text) (text)
#define P_(one, many, n) ((n) == 1 ? (one) : (many))
#endif
#define N_(text) text

#endif
