/* SPDX-License-Identifier: ISC
 * Postfix's side of a signer: which milters it asks, and under which address it
 * reaches OpenDKIM. */
#include "config.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/base/text.h"
#include "engine/remedy/planning.h"

static bool
asks(const struct planning *p, const char *parameter, const char *address)
{
	const char *found[MILTERS_MAX];
	size_t n = milters_split(p->arena, postfix_get(p->in->postfix,
	    parameter), found);

	for (size_t i = 0; i < n; i++)
		if (text_same(found[i], address))
			return true;
	return false;
}

/* As written, so that "$name" stays. */
static const char *
raw_value(const struct planning *p, const char *parameter)
{
	const struct postfix_value *v = postfix_value(p->in->postfix, parameter);

	return postfix_is_set(p->in->postfix, parameter) && v->raw != NULL ?
	    v->raw : "";
}

void
planning_ask_milter(struct planning *p, const char *address)
{
	const char *now = raw_value(p, "smtpd_milters");
	const char *programs = raw_value(p, "non_smtpd_milters");
	bool first = *now == '\0';

	if (!asks(p, "smtpd_milters", address))
		step_postconf(p, "smtpd_milters", first ? address :
		    arena_printf(p->arena, "%s, %s", now, address));
	if (*programs == '\0')
		step_postconf(p, "non_smtpd_milters", "$smtpd_milters");
	else if (!asks(p, "non_smtpd_milters", address) &&
	    strstr(programs, "$smtpd_milters") == NULL)
		step_postconf(p, "non_smtpd_milters", arena_printf(p->arena,
		    "%s, %s", programs, address));
	if (!first || postfix_is_set(p->in->postfix, "milter_default_action"))
		return;
	step_postconf(p, "milter_default_action", "accept");
	step_advice(p, _("milter_default_action = accept: while the signer is "
	    "down, mail leaves unsigned. Without it, mail waits in the queue "
	    "until the signer is back."));
}

/* "inet:PORT@HOST", "inet:PORT", "local:PATH", "PATH" (opendkim(8), -p). */
const char *
planning_opendkim_address(const struct planning *p, const char *socket)
{
	const char *queue = postfix_get(p->in->postfix, "queue_directory");
	size_t len = strlen(queue);

	if (socket == NULL)
		return NULL;
	if (text_starts(socket, "inet:")) {
		const char *port = socket + strlen("inet:");
		size_t n = strcspn(port, "@");
		const char *host = port[n] == '@' ? port + n + 1 : "127.0.0.1";

		if (text_same(host, "localhost"))
			host = "127.0.0.1";
		return arena_printf(p->arena, "inet:%s:%.*s", host, (int)n,
		    port);
	}
	if (text_starts(socket, "local:") || text_starts(socket, "unix:"))
		socket = strchr(socket, ':') + 1;
	return strncmp(socket, queue, len) == 0 && socket[len] == '/' ?
	    arena_printf(p->arena, "unix:%s", socket + len + 1) : NULL;
}
