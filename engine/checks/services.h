/* SPDX-License-Identifier: ISC
 * The services of master.cf that take mail. */
#ifndef WB_SERVICES_H
#define WB_SERVICES_H

#include "engine/checks/checking.h"

/* Is it a port at which others than this machine hand mail in? */
bool service_takes_mail(const struct checking *c,
    const struct postfix_service *service);

#endif
