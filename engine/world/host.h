/* SPDX-License-Identifier: ISC
 * This host: its name, its addresses, its DKIM signer's settings. */
#ifndef WB_HOST_H
#define WB_HOST_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/arena.h"
#include "engine/base/str.h"
#include "engine/world/milter.h"
#include "engine/world/opendkim.h"

struct host_address {
	const char *ip;           /* ip_canonical() form */
	const char *interface;    /* "eth0", or NULL in a replay */
};

/* What a signer (OpenDKIM, rspamd) on this host is set up to use. */
struct host_signer {
	const char *program;      /* "opendkim", "rspamd" */
	const char *domain, *selector, *key_file;
	const char *source;       /* the file it was read from */
	const char *key;          /* the private key's PEM text, never shown or
	                             recorded; NULL: not read */
	size_t key_len;
	const char *key_note;     /* why key_file could not be read, or NULL */
};

/* A private key beside the one that signs for DOMAIN. */
struct host_spare {
	const char *program, *domain, *selector, *key_file;
	bool newer;               /* than the one that signs: made to follow it;
	                             else it was followed */
	int days;                 /* since it was last changed which key signs */
	const char *key;          /* as of host_signer */
	size_t key_len;
};

/* What the configuration of a program says that hands mail in, or takes it:
 * "php" (sendmail_path, mail.force_extra_parameters), "cron" (MAILFROM),
 * "sendmail" (path: what /usr/sbin/sendmail leads to), "list" (manager:
 * mailman3, mailman2, sympa, fml, majordomo, mlmmj). */
struct host_setting {
	const char *program;
	const char *file;
	unsigned int line;        /* 0: the file as such */
	const char *name, *value;
};

struct host {
	bool known;               /* false: nothing is known about a host */
	const char *name;         /* fully qualified where the system knows it */
	const struct host_address *addresses;  /* public and private, no loopback */
	size_t n_addresses;
	const struct host_signer *signers;
	size_t n_signers;
	const struct host_spare *spares;
	size_t n_spares;
	const char *signer_note;  /* why a signer's settings could not be read */
	struct opendkim *opendkim;         /* NULL: not known */
	bool rspamd;              /* its settings are here */
	bool amavis;              /* the same, and they could be read */
	const char *month;        /* "202611": when this was read; or NULL */
	const struct milter *milters;      /* that Postfix here asks */
	size_t n_milters;
	bool has_ipv6_route;      /* a global IPv6 address is configured */
	const char *outgoing4, *outgoing6;   /* what the system sends from by
	                             default, as it routes now; or NULL */
	const struct host_setting *settings;
	size_t n_settings;
	int txt_limit;            /* what the DNS panel allows in a TXT; 0: unknown */
};

/* Ask the system: gethostname(2), getifaddrs(3), and files of OpenDKIM,
 * rspamd, PHP, cron and list managers below ETC ("/etc"). Sends nothing. */
struct host *host_read(struct arena *arena, const char *etc);

/* Nothing known (a replay without a host section). */
struct host *host_unknown(struct arena *arena);

/* Read one "name = value" line of a facts file's [host] section. False: ERR
 * says why. And all lines back. */
bool host_parse_line(struct arena *arena, struct host *host,
    const char *line, struct str *err) __attribute__((warn_unused_result));
void host_print(const struct host *host, struct str *out);

/* Does one of its addresses equal IP? Sets *INTERFACE when not NULL. */
bool host_has_address(const struct host *host, const char *ip,
    const char **interface);

/* Add what the programs' files below ETC say (programs.c). */
void host_read_programs(struct arena *arena, struct host *host,
    const char *etc);

/* "setting = PROGRAM FILE:LINE NAME VALUE" of a [host] section, blanks in FILE
 * and VALUE as %20: its WORDS, and all of them back. */
bool host_parse_setting(struct arena *arena, struct host *host,
    const char *const *words, size_t n, struct str *err);
void host_print_settings(const struct host *host, struct str *out);

/* OpenDKIM's configuration at PATH (KeyTable, SigningTable, Domain, Selector,
 * KeyFile); appends to HOST's signers. A file that is not there is fine, one
 * that cannot be read is noted. */
void host_read_opendkim(struct arena *arena, struct host *host,
    const char *path);

#endif
