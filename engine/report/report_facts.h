/* SPDX-License-Identifier: ISC
 * What a host knows about itself: facts text for --own-facts on another host
 * (engine/world/server.h), or JSON. No secrets. */
#ifndef WB_REPORT_FACTS_H
#define WB_REPORT_FACTS_H

#include "engine/base/str.h"
#include "engine/world/host.h"
#include "engine/world/postfix.h"

void report_facts(const struct host *host, const struct postfix *postfix,
    struct str *out);
void report_json_facts(const struct host *host, const struct postfix *postfix,
    struct str *out);

#endif
