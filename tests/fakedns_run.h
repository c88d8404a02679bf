/* SPDX-License-Identifier: ISC
 * Starting and stopping fakedns from a test: its files in a folder of their
 * own, free ports, no process left behind. */
#ifndef WB_FAKEDNS_RUN_H
#define WB_FAKEDNS_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "engine/world/resolvconf.h"

#define FAKEDNS_MAX 16

struct fakedns {
	pid_t pid;
	int input;               /* it ends when this is closed */
	unsigned int ports[FAKEDNS_MAX];
	size_t n;
	char folder[64];
};

/* Run $FAKEDNS (else DEFAULT_PATH) with this CONFIG (see fakedns.c; "zone=z" is
 * the file that gets the text ZONE, "log=l" what fakedns_log() reads). Returns
 * when it is ready; false when it did not come up. */
bool fakedns_start(struct fakedns *fake, const char *default_path,
    const char *config, const char *zone) __attribute__((warn_unused_result));
void fakedns_stop(struct fakedns *fake);

/* Add its Ith server, which has the address ADDRESS. */
void fakedns_use(const struct fakedns *fake, size_t i, const char *address,
    struct resolvconf *conf);

/* How often the log "l" has the line QUESTION ("a.example. A"); NULL: how many
 * lines it has. */
size_t fakedns_log(const struct fakedns *fake, const char *question);

#endif
