/* SPDX-License-Identifier: ISC
 * Knows how outcomes and stages are called in JSON, in rule files and on
 * screens. Nothing else. */
#include "config.h"

#include <stddef.h>

#include "engine/bounce/bounce.h"

const char *
outcome_name(enum outcome outcome)
{
	static const char *const names[] = {
		[OUTCOME_UNKNOWN] = "unknown",
		[OUTCOME_SENT] = "sent",
		[OUTCOME_DEFERRED] = "deferred",
		[OUTCOME_BOUNCED] = "bounced",
		[OUTCOME_EXPIRED] = "expired",
	};

	return names[outcome];
}

const char *
stage_name(enum stage stage)
{
	static const char *const names[] = {
		[STAGE_UNKNOWN] = NULL,
		[STAGE_CONNECT] = "connect",
		[STAGE_HELO] = "HELO",
		[STAGE_AUTH] = "AUTH",
		[STAGE_STARTTLS] = "STARTTLS",
		[STAGE_MAIL] = "MAIL FROM",
		[STAGE_RCPT] = "RCPT TO",
		[STAGE_DATA] = "DATA",
		[STAGE_END_OF_DATA] = "end of DATA",
	};

	return names[stage];
}
