/* SPDX-License-Identifier: ISC
 * Reading the test name server's configuration, and applying its rules. */
#include "config.h"

#include "tests/fakedns_config.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *name;
	unsigned int flag;
} flag_names[] = {
	{ "rec", REC }, { "drop", DROP }, { "servfail", SERVFAIL },
	{ "refuse", REFUSE }, { "tc", TC }, { "badid", BADID },
	{ "badsrc", BADSRC }, { "noedns", NOEDNS }, { "notcp", NOTCP },
	{ "nxdomain", NXDOMAIN }, { "formerr", FORMERR },
	{ "garbage", GARBAGE }, { "cut", CUT }, { "loop", LOOP },
	{ "lie", LIE }, { "badidfirst", BADIDFIRST }, { "drip", DRIP },
	{ "droptcp", DROPTCP }, { "hangup", HANGUP },
	{ "lame", LAME }, { "refer", REFER }, { "rewrite", REWRITE },
};

void
fake_die(const char *what, const char *why)
{
	fprintf(stderr, "fakedns: %s: %s\n", what, why);
	exit(2);
}

static void
in_folder(const struct fake_config *config, char *out, size_t size,
    const char *file)
{
	snprintf(out, size, "%s%s", file[0] == '/' ? "" : config->folder, file);
}

static bool
read_flag(const char *word, unsigned int *flags)
{
	for (size_t i = 0; i < sizeof flag_names / sizeof flag_names[0]; i++) {
		if (strcmp(word, flag_names[i].name) == 0) {
			*flags |= flag_names[i].flag;
			return true;
		}
	}
	return false;
}

/* The next word of a line, or NULL. */
static char *
next_word(char **line)
{
	char *word;

	do {
		word = strsep(line, " \t\r\n");
	} while (word != NULL && *word == '\0');
	return word;
}

static char *
need_word(char **line, const char *what)
{
	char *word = next_word(line);

	if (word == NULL)
		fake_die(what, "missing");
	return word;
}

static void
read_server(struct fake_config *config, char *line)
{
	struct server *server = &config->servers[config->n_servers];
	struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = SOCK_DGRAM,
	}, *found;
	char *address = need_word(&line, "server address"), *word, path[2048];

	if (++config->n_servers > FAKE_MAX_SERVERS ||
	    getaddrinfo(address, need_word(&line, "server port"), &hints,
		&found) != 0)
		fake_die(address, "one server too many, or no address and port");
	memcpy(&server->address, found->ai_addr, found->ai_addrlen);
	server->address_len = found->ai_addrlen;
	freeaddrinfo(found);
	for (word = next_word(&line); word != NULL; word = next_word(&line)) {
		if (strncmp(word, "delay=", 6) == 0) {
			server->delay = (int)strtol(word + 6, NULL, 10);
		} else if (strncmp(word, "zone=", 5) == 0) {
			in_folder(config, path, sizeof path, word + 5);
			server->world = world_load(path);
		} else if (!read_flag(word, &server->flags)) {
			fake_die(word, "unknown flag");
		}
	}
	if (server->world == NULL)
		server->world = world_load("/dev/null");
}

static void
read_rule(struct fake_config *config, char *line)
{
	struct rule *rule = &config->rules[config->n_rules];
	const char *name = need_word(&line, "rule name"), *word;

	if (++config->n_rules > FAKE_MAX_RULES)
		fake_die(name, "too many rules");
	snprintf(rule->name, sizeof rule->name, "%s%s", name,
	    name[strlen(name) - 1] == '.' || *name == '*' ? "" : ".");
	snprintf(rule->type, sizeof rule->type, "%s",
	    need_word(&line, "rule type"));
	rule->delay = -1;
	for (word = next_word(&line); word != NULL; word = next_word(&line)) {
		if (strncmp(word, "delay=", 6) == 0)
			rule->delay = (int)strtol(word + 6, NULL, 10);
		else if (strncmp(word, "dropfirst=", 10) == 0)
			rule->drop_first = (int)strtol(word + 10, NULL, 10);
		else if (!read_flag(word, &rule->flags))
			fake_die(word, "unknown flag");
	}
}

void
fake_read_config(struct fake_config *config, const char *path)
{
	FILE *file = fopen(path, "re");
	char line[4096], log[2048];
	const char *slash = strrchr(path, '/');

	if (file == NULL)
		fake_die(path, strerror(errno));
	if (slash != NULL)
		snprintf(config->folder, sizeof config->folder, "%.*s",
		    (int)(slash - path + 1), path);
	while (fgets(line, sizeof line, file) != NULL) {
		char *rest = line;
		const char *word = next_word(&rest);

		if (word == NULL || *word == '#')
			continue;
		if (strcmp(word, "server") == 0) {
			read_server(config, rest);
		} else if (strcmp(word, "rule") == 0) {
			read_rule(config, rest);
		} else if (strncmp(word, "log=", 4) == 0) {
			in_folder(config, log, sizeof log, word + 4);
			config->log = fopen(log, "we");
		} else {
			fake_die(word, "unknown line");
		}
	}
	fclose(file);
}

unsigned int
fake_rules(struct fake_config *config, const struct question *question,
    unsigned int flags, int *delay)
{
	for (size_t i = 0; i < config->n_rules; i++) {
		struct rule *rule = &config->rules[i];

		if ((strcmp(rule->name, "*") != 0 &&
		     strcasecmp(rule->name, question->name) != 0) ||
		    (strcmp(rule->type, "*") != 0 &&
		     strcasecmp(rule->type, question->type) != 0))
			continue;
		flags |= rule->flags;
		if (rule->delay >= 0)
			*delay = rule->delay;
		if (rule->drop_first > 0) {
			rule->drop_first--;
			flags |= DROP;
		}
	}
	return flags;
}
