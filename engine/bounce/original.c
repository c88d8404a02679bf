/* SPDX-License-Identifier: ISC
 * Knows which header fields of the returned message matter: From, Return-Path,
 * DKIM-Signature (RFC 6376 3.5), List-Id and those of list managers. */
#include "config.h"

#include "engine/bounce/original.h"

#include <string.h>

#include "engine/base/text.h"

/* The address in a field: the one in angle brackets, else the first. */
static struct span
field_address(const char *field)
{
	struct span s = span_of(field), address;
	const char *open = s.len != 0 ? memrchr(s.text, '<', s.len) : NULL;

	if (open != NULL && scan_address(span_from(s, open), &address) != 0)
		return address;
	return scan_any_address(s);
}

/* The tag NAME ("s") of a DKIM-Signature. */
static const char *
dkim_tag(struct arena *arena, const char *signature, char name)
{
	const char *p = signature, *end;

	while (p != NULL && *p != '\0') {
		p += strspn(p, " \t;");
		end = strchr(p, ';');
		if (p[0] == name && p[strspn(p + 1, " ") + 1] == '=') {
			p = strchr(p, '=') + 1;
			p += strspn(p, " ");
			return text_domain(arena, p, strcspn(p, "; \t"));
		}
		p = end;
	}
	return NULL;
}

/* Which list manager wrote into the fields of the message; NULL: not known. fml
 * names itself in X-MLServer ("fml [fml 4.0 STABLE …]"), others of its kind
 * write X-ML-Name, too. */
static const char *
list_manager(const struct headers *h)
{
	if (h->mailman != NULL)
		return h->mailman[0] == '3' ? "mailman3" : "mailman2";
	if (h->sympa != NULL)
		return "sympa";
	if (h->majordomo != NULL)
		return "majordomo";
	if (h->ml_server != NULL && text_starts(h->ml_server, "fml"))
		return "fml";
	return h->ml_server == NULL && h->ml_name != NULL ? "fml" : NULL;
}

void
original_read(struct arena *arena, const struct message *message,
    struct bounce *bounce)
{
	const struct headers *h = &message->original;
	struct span address;

	if (!h->any)
		return;
	if (bounce->header_from == NULL && h->from != NULL)
		bounce->header_from = span_copy(arena, field_address(h->from));
	if (bounce->sender == NULL && h->return_path != NULL) {
		address = field_address(h->return_path);
		bounce->sender = address.text != NULL ? arena_strndup(arena,
		    address.text, address.len) : NULL;
	}
	if (h->dkim_signature != NULL) {
		bounce->dkim_selector = dkim_tag(arena, h->dkim_signature, 's');
		bounce->dkim_domain = dkim_tag(arena, h->dkim_signature, 'd');
	}
	bounce->list_manager = list_manager(h);
	bounce->list_header = h->list_id != NULL ||
	    bounce->list_manager != NULL;
	bounce->list_mail = bounce->list_mail || bounce->list_header;
}
