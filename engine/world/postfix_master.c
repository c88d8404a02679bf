/* SPDX-License-Identifier: ISC
 * master.cf: the services, which of them run in the chroot, and what they set
 * with -o for themselves (master(5)). Hides how an argument is written. */
#include "config.h"

#include "engine/world/postfix.h"

#include <errno.h>
#include <string.h>

#include "engine/base/text.h"
#include "engine/world/file.h"
#include "engine/world/postfix_parts.h"

#define MASTER_CF_MAX ((size_t)1 << 20)
#define SERVICES_MAX 1000
#define OVERRIDES_MAX 200
#define FIELDS 8              /* service … command (master(5)) */

static const char blanks[] = " \t\r\n\v\f";

struct reading {
	struct postfix *postfix;
	const char *file;
};

/* One argument at *AT: a word, or "{ words }", whose brackets are left out.
 * NULL: no more. */
static const char *
next_argument(struct arena *arena, const char **at)
{
	size_t depth = 0, len = 0;
	const char *start, *text;

	*at += strspn(*at, blanks);
	start = *at;
	if (*start == '\0')
		return NULL;
	if (*start != '{') {
		*at += strcspn(start, blanks);
		return arena_strndup(arena, start, (size_t)(*at - start));
	}
	for (; start[len] != '\0'; len++) {
		depth += start[len] == '{';
		if (start[len] == '}' && --depth == 0)
			break;
	}
	*at += len + (start[len] == '}');
	text = start + 1;
	text += strspn(text, blanks);
	while (start + len > text && strchr(blanks, start[len - 1]) != NULL)
		len--;
	return arena_strndup(arena, text, start + len > text ?
	    (size_t)(start + len - text) : 0);
}

/* "name=value" or "name = value" */
static void
add_override(struct arena *arena, struct postfix_service *service,
    const char *text)
{
	const char *equals = strchr(text, '=');
	size_t name = equals != NULL ? (size_t)(equals - text) : 0;

	while (name > 0 && strchr(blanks, text[name - 1]) != NULL)
		name--;
	if (name == 0 || service->n_overrides == OVERRIDES_MAX)
		return;
	service->overrides = arena_grow(arena, service->overrides,
	    service->n_overrides, sizeof *service->overrides);
	service->overrides[service->n_overrides++] = (struct postfix_value){
		.name = arena_strndup(arena, text, name),
		.raw = arena_strdup(arena, equals + 1 +
		    strspn(equals + 1, blanks)),
		.origin = POSTFIX_MASTER_CF,
		.file = service->file,
		.line = service->line,
		.service = service->id,
	};
}

/* Options end at the first argument that is none (getopt(3)): what follows
 * belongs to the program that pipe(8) or spawn(8) starts. */
static void
read_arguments(struct arena *arena, struct postfix_service *service,
    const char *at)
{
	const char *argument;

	for (;;) {
		argument = next_argument(arena, &at);
		if (argument == NULL || argument[0] != '-')
			return;
		if (strcmp(argument, "-o") == 0) {
			argument = next_argument(arena, &at);
			if (argument == NULL)
				return;
			add_override(arena, service, argument);
		} else if (argument[1] == 'o') {
			add_override(arena, service, argument + 2);
		}
	}
}

static struct postfix_service *
add_service(struct postfix *postfix, const char *name, const char *type)
{
	struct postfix_service *service;

	postfix->services = arena_grow(postfix->arena, postfix->services,
	    postfix->n_services, sizeof *postfix->services);
	service = &postfix->services[postfix->n_services++];
	*service = (struct postfix_service){
		.id = arena_printf(postfix->arena, "%s/%s", name, type),
	};
	return service;
}

static bool
take_service(void *arg, const char *text, size_t len, unsigned int line)
{
	struct reading *reading = arg;
	struct arena *arena = reading->postfix->arena;
	const char *fields[FIELDS], *at = arena_strndup(arena, text, len);
	struct postfix_service *service;

	for (size_t i = 0; i < FIELDS; i++) {
		size_t word;

		at += strspn(at, blanks);
		word = strcspn(at, blanks);
		if (word == 0)
			return false;
		fields[i] = arena_strndup(arena, at, word);
		at += word;
	}
	service = add_service(reading->postfix, fields[0], fields[1]);
	service->chroot = fields[4][0];
	service->command = fields[7];
	service->file = reading->file;
	service->line = line;
	read_arguments(arena, service, at);
	return true;
}

void
postfix_master_read(struct postfix *postfix)
{
	struct reading reading = {
		.postfix = postfix,
		.file = arena_printf(postfix->arena, "%s/master.cf",
		    postfix->directory),
	};
	struct postfix_faults faults = { .refused = 0 };
	struct str text;
	int fault;

	str_init(&text, MASTER_CF_MAX);
	fault = file_read(reading.file, &text);
	if (fault == 0) {
		postfix_logical_lines(text.text, text.len,
		    &(struct postfix_reading){ .take = take_service,
			.arg = &reading, .max = SERVICES_MAX }, &faults);
		postfix->master_refused = faults.refused;
	} else if (fault != ENOENT) {      /* a main.cf alone may be a copy */
		postfix->master_why = arena_printf(postfix->arena, "%s: %s",
		    reading.file, fault == EINVAL ? strerror(EISDIR) :
		    strerror(fault));
	}
	str_free(&text);
}

/* ---- recordings: "NAME/TYPE CHROOT COMMAND {name=value} … NAME/TYPE …" ---- */

/* May the word be written where next_argument() reads it back? */
bool
postfix_master_is_plain(const char *word)
{
	return word != NULL && *word != '\0' && strpbrk(word, "{}") == NULL &&
	    strpbrk(word, blanks) == NULL;
}

/* "y smtp" behind a service's ID; false: it is something else. */
static bool
recorded_service(struct postfix *postfix, const char *id, const char **text,
    struct postfix_service **service)
{
	const char *chroot = next_argument(postfix->arena, text);
	const char *command = next_argument(postfix->arena, text);

	if (!postfix_master_is_plain(id) || !postfix_master_is_plain(command) ||
	    chroot == NULL || strlen(chroot) != 1 ||
	    strchr("yn-", *chroot) == NULL)
		return false;
	*service = add_service(postfix, "", "");
	(*service)->id = id;
	(*service)->chroot = *chroot;
	(*service)->command = command;
	return true;
}

void
postfix_master_recorded(struct postfix *postfix, const char *text)
{
	struct postfix_service *service = NULL;
	const char *word;
	bool braces;

	while (text != NULL && postfix->n_services < SERVICES_MAX) {
		text += strspn(text, blanks);
		braces = *text == '{';
		word = next_argument(postfix->arena, &text);
		if (word == NULL)
			return;
		if (!braces && !recorded_service(postfix, word, &text, &service))
			return;
		if (braces && service != NULL)
			add_override(postfix->arena, service, word);
	}
}

/* ---- asking ---- */

size_t
postfix_services(const struct postfix *postfix,
    const struct postfix_service **list)
{
	*list = postfix->services;
	return postfix->n_services;
}

/* A later entry of the same name takes the place of an earlier one, as
 * master(8) does it. */
const struct postfix_service *
postfix_service(const struct postfix *postfix, const char *id)
{
	for (size_t i = postfix->n_services; i > 0; i--)
		if (strcmp(postfix->services[i - 1].id, id) == 0)
			return &postfix->services[i - 1];
	return NULL;
}

/* master(5): "-" is n since Postfix 3.0, where the compatibility level does not
 * ask for the old ways (COMPATIBILITY_README). */
bool
postfix_is_chrooted(const struct postfix *postfix,
    const struct postfix_service *service)
{
	const char *level = postfix_get(postfix, "compatibility_level");

	if (service->chroot != '-')
		return service->chroot == 'y';
	return !postfix_at_least(postfix, 3, 0) || *level == '\0' ||
	    *level == '0';
}

const struct postfix_value *
postfix_service_value(const struct postfix *postfix, const char *id,
    const char *name)
{
	const struct postfix_service *service = postfix_service(postfix, id);

	for (size_t i = service != NULL ? service->n_overrides : 0; i > 0; i--)
		if (strcmp(service->overrides[i - 1].name, name) == 0)
			return &service->overrides[i - 1];
	return postfix_value(postfix, name);
}

const struct postfix_service *
postfix_transport(const struct postfix *postfix, const char *transport)
{
	size_t len = strcspn(transport, ": \t");

	for (size_t i = postfix->n_services; i > 0; i--) {
		const struct postfix_service *s = &postfix->services[i - 1];

		if (strncmp(s->id, transport, len) == 0 &&
		    strcmp(s->id + len, "/unix") == 0)
			return s;
	}
	return NULL;
}

bool
postfix_sends_out(const struct postfix *postfix, const char *transport)
{
	static const char *const others[] = {
		"error", "retry", "discard", "local", "virtual", "lmtp",
	};
	const struct postfix_service *s = postfix_transport(postfix, transport);
	size_t len = strcspn(transport, ": \t");

	if (s != NULL)
		return strcmp(s->command, "smtp") == 0;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (strlen(others[i]) == len &&
		    strncmp(others[i], transport, len) == 0)
			return false;
	return true;
}

const char *
postfix_client(const struct postfix *postfix)
{
	return postfix->client != NULL ? postfix->client : "smtp/unix";
}

const struct postfix *
postfix_through(struct arena *arena, const struct postfix *postfix,
    const char *service)
{
	struct postfix *through;

	if (strcmp(service, postfix_client(postfix)) == 0)
		return postfix;
	through = arena_alloc(arena, sizeof *through);
	*through = *postfix;
	through->client = service;
	return through;
}

const struct postfix_value *
postfix_client_value(const struct postfix *postfix, const char *name)
{
	return postfix_service_value(postfix, postfix_client(postfix), name);
}

const char *
postfix_client_get(const struct postfix *postfix, const char *name)
{
	const char *value = postfix_client_value(postfix, name)->value;

	return value != NULL ? value : "";
}

const char *
postfix_master_why(const struct postfix *postfix)
{
	return postfix->master_why;
}

unsigned int
postfix_master_refused(const struct postfix *postfix)
{
	return postfix->master_refused;
}
