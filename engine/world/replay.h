/* SPDX-License-Identifier: ISC
 * Facts as text: one format for demo cases, recordings, test fixtures and bug
 * reports. Sections in brackets, comments with '#':
 *
 *   [case]      title = … / note = …          (what this is, for people)
 *   [answers]   domain = … / own-ip = … / sends = … / include = …
 *               relay = … / tried = v=spf1 … / new-key = SELECTOR
 *               (that signs, and is to be followed by another)
 *               (what the user said; a name may be given several times)
 *   [host]      name = … / address = … [interface] / signer = … /
 *               month = 202611 / milter = ADDRESS STATE PLACE [chroot] /
 *               rspamd = yes / opendkim… (engine/world/opendkim.h)
 *   [server]    a further server that sends with the domain: lines like those
 *               of [host]; may come several times
 *   [server-postfix]   its main.cf text
 *   [postfix]   main.cf text; mail_version = … may stand among it
 *   [dns]       "world = closed" or "world = recorded" (the default), then
 *               zone-file lines, or
 *               "NAME [TTL] TYPE nxdomain|nodata|servfail|timeout|refused|
 *               invalid|unreachable|unmatched|no-tcp|loop|lame|alias"
 *               (comments with ';' as in a zone file). A comment that begins
 *               "; alias NAME" says where a chain of CNAMEs ended, one behind
 *               a failure why it failed.
 *               Before a line: "@SERVER" when that server was asked
 *               (facts_server.h), "+aa" for an answer with the AA bit, "+at=N"
 *               for its time in seconds since 1970, "+zone=NAME +serial=N" for
 *               the SOA of an empty answer.
 *   [bounce]    the bounce, each line behind "|"; octets that are not UTF-8
 *               text as \xHH, a backslash as \\; a single backslash at the
 *               end means that there is no line end here
 *
 *   [saved] [steps] [end]   of a saved case (engine/report/casefile.h); they
 *               are skipped here
 *
 * Lines may end in CR LF. A file has at most 4 MiB. */
#ifndef WB_REPLAY_H
#define WB_REPLAY_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"
#include "engine/world/facts.h"
#include "engine/world/host.h"
#include "engine/world/server.h"

struct answer {
	const char *name, *value;
};

struct recording {
	const char *title, *note;      /* NULL when not there */
	const struct answer *answers;
	size_t n_answers;
	struct host *host;             /* host_unknown() when there is no section */
	const char *postfix;           /* main.cf text, or NULL */
	size_t postfix_len;
	const char *mail_version;      /* or NULL */
	struct server *servers;        /* further ones */
	size_t n_servers;
	const char *bounce;            /* the octets, or NULL */
	size_t bounce_len;
};

/* Read LEN octets of facts text named FILE; DNS facts go into FACTS, whose
 * world it sets. False: ERR says "file:line: reason". Takes any bytes. */
bool replay_read(struct arena *arena, const char *file, const char *text,
    size_t len, struct facts *facts, struct recording *out, struct str *err)
	__attribute__((warn_unused_result));

/* Write what replay_read() reads. RECORDING's strings that are NULL are left
 * out; of FACTS every DNS fact that was asked and answered, failures too. */
void replay_write(const struct recording *recording,
    const struct facts *facts, struct str *out);

/* Text for one line of a file: octets that are not UTF-8 text as \xHH, a
 * backslash as \\. And back: returns how many octets of TEXT were understood;
 * fewer than LEN when a backslash is followed by something else. */
void replay_escape(const char *text, size_t len, struct str *out);
size_t replay_unescape(const char *text, size_t len, struct str *out);

#endif
