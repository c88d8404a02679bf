/* SPDX-License-Identifier: ISC
 * Opens the world or a recording of it. */
#include "config.h"

#include "engine/source.h"

#include <string.h>

#include "engine/base/i18n.h"
#include "engine/checks/known_senders.h"
#include "engine/demo.h"
#include "engine/world/file.h"
#include "engine/world/resolvconf.h"

#define REPLAY_MAX (4u << 20)    /* octets of a facts file */

/* FILE whole, arena-owned; NULL: ERR says why not. */
static const char *
file_text(struct arena *arena, const char *file, size_t *len, struct str *err)
{
	struct str text;
	const char *copy = NULL;
	int error;

	str_init(&text, REPLAY_MAX);
	error = file_read_given(file, &text);
	if (error != 0)
		str_addf(err, "%s: %s", file, strerror(error));
	else if (text.cut)
		str_addf(err, "%s: %s", file, _("the file is too large"));
	else
		copy = arena_strndup(arena, text.text, text.len);
	*len = text.len;
	str_free(&text);
	return copy;
}

/* The facts text of a recording or a demo. */
static const char *
replay_text(struct arena *arena, const struct diagnosis_options *options,
    const char **file, size_t *len, struct str *err)
{
	const struct data_file *facts;

	if (options->demo != NULL) {
		facts = demo_file(options->demo, "facts");
		if (facts == NULL) {
			str_addf(err, "%s: %s", options->demo,
			    _("there is no such demo case"));
			return NULL;
		}
		*file = facts->file;
		*len = facts->len;
		return facts->text;
	}
	*file = options->replay_file;
	return file_text(arena, options->replay_file, len, err);
}

static bool
open_replay(struct source *s, struct arena *arena,
    const struct diagnosis_options *options, struct str *err)
{
	struct recording *r = &s->recording;
	const char *file, *text;
	size_t len;

	text = replay_text(arena, options, &file, &len, err);
	if (text == NULL || !replay_read(arena, file, text, len, s->facts, r,
	    err))
		return false;
	if (options->demo != NULL && r->bounce == NULL) {
		const struct data_file *bounce =
		    demo_file(options->demo, "bounce");

		r->bounce = bounce != NULL ? bounce->text : NULL;
		r->bounce_len = bounce != NULL ? bounce->len : 0;
	}
	s->host = r->host;
	if (options->postfix_directory != NULL)
		s->postfix = postfix_read(arena, &(struct postfix_options){
			.directory = options->postfix_directory });
	else if (r->postfix != NULL)
		s->postfix = postfix_parse(arena, r->postfix, r->postfix_len,
		    "main.cf", s->host->name, r->mail_version);
	else
		s->postfix = postfix_read(arena, &(struct postfix_options){
			.directory = "/nonexistent" });
	return true;
}

/* What is read from now on counts when all of it is there; of the first time
 * there is nothing better. */
static void
begin_reading(struct source *s, struct arena *arena,
    const struct diagnosis_options *options)
{
	s->reading = reading_begin(arena, options->etc != NULL ?
	    options->etc : "/etc", options->postfix_directory);
	if (s->postfix != NULL)
		return;
	s->postfix = s->reading->postfix;
	s->recording.host = s->host = s->reading->host;
}

static bool
open_world(struct source *s, struct arena *arena,
    const struct diagnosis_options *options, struct str *err)
{
	struct resolvconf conf;
	bool ok = true;

	resolvconf_init(&conf);
	if (options->resolvers != NULL)
		for (size_t i = 0; ok && options->resolvers[i] != NULL; i++)
			ok = resolvconf_add(&conf, options->resolvers[i], err);
	else
		ok = resolvconf_read(&conf, "/etc/resolv.conf", err);
	if (!ok)
		return false;
	begin_reading(s, arena, options);
	s->fetch = dns_fetch_new(s->facts, &conf);
	return true;
}

static void
note_server(struct source *s, struct arena *arena, const struct server *server)
{
	struct str text;

	str_init(&text, 4096);
	for (size_t i = 0; i < server->n_ips; i++)
		str_addf(&text, "%s%s", i == 0 ? "" : " ", server->ips[i]);
	facts_set(s->facts, arena_printf(arena, "server %s", server->name),
	    text.text);
	str_free(&text);
}

static void
note_files(struct source *s, struct arena *arena)
{
	static const char *const words[] = {
		[POSTFIX_FILE_MISSING] = "missing",
		[POSTFIX_FILE_NO_DATABASE] = "missing",
		[POSTFIX_FILE_OLD] = "older than its source",
		[POSTFIX_FILE_UNKNOWN] = "no permission to look",
	};
	const struct postfix_file *list;
	size_t n = postfix_files(s->postfix, &list);

	for (size_t i = 0; i < n; i++)
		facts_set(s->facts, arena_printf(arena, "file %s", list[i].path),
		    words[list[i].state]);
	for (size_t i = 0; i < s->host->n_settings; i++) {
		const struct host_setting *x = &s->host->settings[i];

		facts_set(s->facts, strcmp(x->program, "sendmail") == 0 ?
		    "host sendmail" : arena_printf(arena, "host %s:%u", x->file,
			x->line), x->value);
	}
	/* whether there are passwords, never which */
	facts_set(s->facts, "postfix smtp_sasl_password_maps",
	    *postfix_client_get(s->postfix, "smtp_sasl_password_maps") != '\0' ?
	    "set" : "not set");
	facts_set(s->facts, "postfix master.cf",
	    postfix_master_why(s->postfix));
}

/* The rights of key files and the state of milters, for evidence. */
static void
note_signer(struct source *s, struct arena *arena)
{
	const struct opendkim *o = s->host->opendkim;

	for (size_t i = 0; o != NULL && i < o->n_options; i++)
		facts_set(s->facts, arena_printf(arena, "opendkim %s",
		    o->options[i].key), opendkim_option(o, o->options[i].key));
	for (size_t i = 0; o != NULL && i < o->n_files; i++)
		facts_set(s->facts, arena_printf(arena, "file %s",
		    o->files[i].path),
		    opendkim_rights_name(o->files[i].rights));
	for (size_t i = 0; i < s->host->n_milters; i++)
		facts_set(s->facts, arena_printf(arena, "milter %s",
		    s->host->milters[i].address), arena_printf(arena, "%s: %s",
		    s->host->milters[i].place,
		    milter_state_name(s->host->milters[i].state)));
}

/* What evidence keys other than DNS stand for. */
static void
note_facts(struct source *s, struct arena *arena)
{
	static const char *const parameters[] = {
		"relayhost", "transport_maps", "sender_dependent_relayhost_maps",
		"smtp_bind_address", "smtp_bind_address6", "proxy_interfaces",
		"mynetworks", "mynetworks_style", "compatibility_level",
		"myhostname", "mydomain", "myorigin", "mydestination",
		"virtual_alias_domains", "virtual_alias_maps",
		"virtual_mailbox_domains", "virtual_mailbox_maps",
		"relay_domains", "alias_maps", "local_recipient_maps",
		"canonical_maps", "sender_canonical_maps", "smtp_generic_maps",
		"masquerade_domains", "inet_protocols", "smtp_fallback_relay",
		"smtp_tls_security_level", "smtp_tls_wrappermode",
		"smtp_sasl_auth_enable", "smtp_sasl_security_options",
		"smtp_sasl_tls_security_options", "smtpd_relay_restrictions",
		"smtpd_recipient_restrictions", "disable_dns_lookups",
		"smtp_dns_support_level", "soft_bounce",
		"maximal_queue_lifetime", "multi_instance_directories",
		"smtpd_milters", "non_smtpd_milters", "content_filter",
		"milter_default_action",
	};
	struct str text;

	for (size_t i = 0; i < sizeof parameters / sizeof parameters[0]; i++)
		facts_set(s->facts, arena_printf(arena, "postfix %s",
		    parameters[i]), postfix_client_get(s->postfix,
		    parameters[i]));
	note_files(s, arena);
	facts_set(s->facts, "postfix state",
	    postfix_get_state(s->postfix) == POSTFIX_FOUND ?
	    postfix_directory(s->postfix) : postfix_note(s->postfix));
	str_init(&text, 4096);
	for (size_t i = 0; i < s->host->n_addresses; i++)
		str_addf(&text, "%s%s", i == 0 ? "" : " ",
		    s->host->addresses[i].ip);
	facts_set(s->facts, "host address", text.text);
	str_clear(&text);
	for (size_t i = 0; i < s->host->n_signers; i++)
		str_addf(&text, "%s%s %s", i == 0 ? "" : ", ",
		    s->host->signers[i].program,
		    s->host->signers[i].selector != NULL ?
		    s->host->signers[i].selector : "-");
	facts_set(s->facts, "host signer", text.text);
	str_free(&text);
	note_signer(s, arena);
	for (size_t i = 0; i < s->recording.n_servers; i++)
		note_server(s, arena, &s->recording.servers[i]);
	for (size_t i = 0; i < s->recording.n_answers; i++)
		facts_set(s->facts, arena_printf(arena, "answer %s",
		    s->recording.answers[i].name),
		    s->recording.answers[i].value);
}

bool
source_is_read(const struct source *source)
{
	return source->reading == NULL;
}

size_t
source_poll(const struct source *source, struct pollfd fds[SOURCE_FDS],
    int *timeout)
{
	return source->reading == NULL ? 0 :
	    reading_poll(source->reading, fds, timeout);
}

bool
source_io(struct source *source, struct arena *arena)
{
	if (source->reading != NULL && !reading_io(source->reading))
		return false;
	source_stop(source, arena);
	return true;
}

void
source_stop(struct source *source, struct arena *arena)
{
	struct reading *r = source->reading;

	if (r == NULL)
		return;
	reading_stop(r);
	source->postfix = r->postfix;
	source->recording.host = source->host = r->host;
	source->reading = NULL;
	note_facts(source, arena);
}

/* Nothing is said twice: a case that is gone on with again and again with the
 * same options does not grow. A service that is named by its company becomes
 * its include here, once for all who read it. */
static void
add_answer(struct arena *arena, struct answer *answers, size_t *n,
    struct answer answer)
{
	const char *include = strcmp(answer.name, "include") == 0 ?
	    known_sender_include(arena, answer.value) : NULL;

	if (include != NULL)
		answer.value = include;
	for (size_t i = 0; i < *n; i++)
		if (strcmp(answers[i].name, answer.name) == 0 &&
		    strcmp(answers[i].value, answer.value) == 0)
			return;
	answers[(*n)++] = answer;
}

static size_t
count(const char *const *list)
{
	size_t n = 0;

	while (list != NULL && list[n] != NULL)
		n++;
	return n;
}

/* What the command line says counts as an answer of the user, and before what
 * was answered earlier; so a new recording has it, too. */
static void
add_options(struct source *s, struct arena *arena,
    const struct diagnosis_options *options)
{
	struct recording *r = &s->recording;
	size_t n_ips = count(options->own_ips);
	size_t n_includes = count(options->includes);
	size_t n_panels = count(options->panels), n = 0;
	struct answer *answers = arena_array(arena, r->n_answers +
	    options->n_answers + n_ips + n_includes + n_panels + 2,
	    sizeof *answers);

	if (options->domain != NULL)
		add_answer(arena, answers, &n, (struct answer){ "domain",
		    options->domain });
	if (options->relay != NULL)
		add_answer(arena, answers, &n, (struct answer){ "relay",
		    options->relay });
	for (size_t i = 0; i < n_ips; i++)
		add_answer(arena, answers, &n, (struct answer){ "own-ip",
		    options->own_ips[i] });
	for (size_t i = 0; i < n_includes; i++)
		add_answer(arena, answers, &n, (struct answer){ "include",
		    options->includes[i] });
	for (size_t i = 0; i < n_panels; i++)
		add_answer(arena, answers, &n, (struct answer){ "panel",
		    options->panels[i] });
	for (size_t i = 0; i < options->n_answers; i++)
		add_answer(arena, answers, &n, options->answers[i]);
	for (size_t i = 0; i < r->n_answers; i++)
		add_answer(arena, answers, &n, r->answers[i]);
	r->answers = answers;
	r->n_answers = n;
}

void
source_answer(struct source *source, struct arena *arena, const char *name,
    const char *value)
{
	struct recording *r = &source->recording;
	struct answer *answers = arena_array(arena, r->n_answers + 1,
	    sizeof *answers);
	size_t n = r->n_answers;

	if (n != 0)
		memcpy(answers, r->answers, n * sizeof *answers);
	add_answer(arena, answers, &n, (struct answer){ name, value });
	r->answers = answers;
	r->n_answers = n;
	facts_set(source->facts, arena_printf(arena, "answer %s", name), value);
}

/* Other servers' facts, behind those of a recording. */
static bool
read_own_facts(struct source *s, struct arena *arena,
    const struct diagnosis_options *options, struct str *err)
{
	for (size_t i = 0; options->own_facts != NULL &&
	    options->own_facts[i] != NULL; i++) {
		const char *text;
		size_t len;

		text = file_text(arena, options->own_facts[i], &len, err);
		if (text == NULL || !server_read(arena, options->own_facts[i],
		    text, len, &s->recording.servers, &s->recording.n_servers,
		    err))
			return false;
	}
	return true;
}

bool
source_open(struct source *source, struct arena *arena,
    const struct diagnosis_options *options, struct str *err)
{
	*source = (struct source){ .facts = facts_new(arena) };
	if (options->replay_file != NULL || options->demo != NULL) {
		if (!open_replay(source, arena, options, err))
			return false;
	} else if (!open_world(source, arena, options, err)) {
		return false;
	}
	if (!read_own_facts(source, arena, options, err))
		return false;
	add_options(source, arena, options);
	/* without postconf there is nothing to wait for */
	if (source->reading != NULL)
		(void)source_io(source, arena);
	else
		note_facts(source, arena);
	return true;
}

/* What runs is ended. */
static void
abandon(struct source *s)
{
	if (s->postfix != NULL)
		postfix_asks_stop(s->postfix, NULL);
	if (s->reading != NULL)
		reading_stop(s->reading);
	s->reading = NULL;
}

void
source_close(struct source *source)
{
	abandon(source);
	if (source->fetch != NULL)
		dns_fetch_free(&source->fetch);
}

void
source_refresh(struct source *source, struct arena *arena,
    const struct diagnosis_options *options)
{
	if (source->fetch == NULL)
		return;
	abandon(source);
	begin_reading(source, arena, options);
	(void)source_io(source, arena);
}

void
source_record(const struct source *source, struct str *out)
{
	struct recording recording = source->recording;
	struct str main_cf;

	str_init(&main_cf, 1u << 20);
	if (postfix_is_read(source->postfix) &&
	    postfix_get_state(source->postfix) == POSTFIX_FOUND) {
		postfix_print(source->postfix, &main_cf);
		recording.postfix = main_cf.text;
		recording.postfix_len = main_cf.len;
		recording.mail_version = postfix_version(source->postfix);
	}
	replay_write(&recording, source->facts, out);
	str_free(&main_cf);
}
