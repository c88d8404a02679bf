/* SPDX-License-Identifier: ISC
 * Programs that hand mail to Postfix: what PHP, cron and list managers are set
 * up to do, and whose sendmail(1) it is. Hides where their files lie. */
#include "config.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/base/text.h"
#include "engine/world/file.h"
#include "engine/world/host.h"

#define FILE_MAX_OCTETS ((size_t)512 << 10)
#define FILES_MAX 200
#define SETTINGS_MAX 100

/* Where the settings of a program stand, below ETC, in the order in which later
 * files count more: Debian's, then Red Hat's places. */
static const struct {
	const char *program, *pattern;
} places[] = {
	{ "php", "php/*/*/php.ini" },
	{ "php", "php/*/*/conf.d/*.ini" },
	{ "php", "php.ini" },
	{ "php", "php.d/*.ini" },
	{ "php", "php/*/fpm/pool.d/*.conf" },
	{ "php", "php-fpm.d/*.conf" },
	{ "cron", "crontab" },
	{ "cron", "cron.d/*" },
};

static const struct {
	const char *program, *name;
} names[] = {
	{ "php", "sendmail_path" },
	{ "php", "mail.force_extra_parameters" },
	{ "cron", "MAILFROM" },
};

/* A list manager is known by its main file. "../" leads out of ETC. */
static const struct {
	const char *manager, *path;
} managers[] = {
	{ "mailman3", "mailman3/mailman.cfg" },
	{ "mailman3", "mailman.cfg" },
	{ "mailman2", "mailman/mm_cfg.py" },
	{ "mailman2", "../usr/lib/mailman/Mailman/mm_cfg.py" },
	{ "sympa", "sympa/sympa.conf" },
	{ "sympa", "sympa/sympa/sympa.conf" },
	{ "fml", "fml/main.cf" },
	{ "fml", "../usr/local/fml/fml.pl" },
	{ "fml", "../var/spool/ml/etc/crontab" },
	{ "majordomo", "majordomo.cf" },
	{ "majordomo", "majordomo/majordomo.cf" },
	{ "mlmmj", "../var/spool/mlmmj" },
};

static void
add_setting(struct arena *arena, struct host *host,
    struct host_setting setting)
{
	struct host_setting *list;

	if (host->n_settings == SETTINGS_MAX)
		return;
	list = arena_grow(arena, (void *)(uintptr_t)host->settings,
	    host->n_settings, sizeof *list);
	list[host->n_settings++] = setting;
	host->settings = list;
}

/* "name = value", of an FPM pool "php_admin_value[name] = value": the length of
 * the name at LINE, 0: it is none of PROGRAM's. */
static const char *
known_name(const char *program, const char *line, size_t len)
{
	static const char *const wraps[] = {
		"php_admin_value[", "php_value[",
	};

	for (size_t i = 0; i < sizeof wraps / sizeof wraps[0]; i++) {
		size_t wrap = strlen(wraps[i]);

		if (len > wrap && strncmp(line, wraps[i], wrap) == 0 &&
		    line[len - 1] == ']') {
			line += wrap;
			len -= wrap + 1;
		}
	}
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i].program, program) == 0 &&
		    strlen(names[i].name) == len &&
		    strncmp(names[i].name, line, len) == 0)
			return names[i].name;
	return NULL;
}

static void
read_line(struct arena *arena, struct host *host, struct host_setting setting,
    const char *line, size_t len)
{
	const char *equals = memchr(line, '=', len), *value;
	size_t name, rest;

	if (equals == NULL || *line == ';' || *line == '#')
		return;
	name = (size_t)(equals - line);
	while (name > 0 && strchr(" \t", line[name - 1]) != NULL)
		name--;
	setting.name = known_name(setting.program, line, name);
	if (setting.name == NULL)
		return;
	value = equals + 1 + strspn(equals + 1, " \t");
	rest = value < line + len ? (size_t)(line + len - value) : 0;
	while (rest > 0 && strchr(" \t\r", value[rest - 1]) != NULL)
		rest--;
	if (rest > 1 && strchr("\"'", *value) != NULL &&
	    value[rest - 1] == *value) {
		value++;
		rest -= 2;
	}
	setting.value = arena_strndup(arena, value, rest);
	add_setting(arena, host, setting);
}

static void
read_program(struct arena *arena, struct host *host, const char *program,
    const char *path)
{
	struct host_setting setting = { .program = program };
	struct str text;
	const char *at;

	str_init(&text, FILE_MAX_OCTETS);
	if (file_read(path, &text) == 0) {
		setting.file = arena_strdup(arena, path);
		for (at = text.text; *at != '\0'; at += *at == '\n') {
			size_t len;

			setting.line++;
			at += strspn(at, " \t");
			len = strcspn(at, "\n");
			read_line(arena, host, setting, at, len);
			at += len;
		}
	}
	str_free(&text);
}

static void
read_places(struct arena *arena, struct host *host, const char *etc)
{
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		glob_t found;

		if (glob(arena_printf(arena, "%s/%s", etc, places[i].pattern),
		    0, NULL, &found) != 0)
			continue;
		for (size_t k = 0; k < found.gl_pathc && k < FILES_MAX; k++)
			read_program(arena, host, places[i].program,
			    found.gl_pathv[k]);
		globfree(&found);
	}
}

/* What /usr/sbin/sendmail is in the end, through Debian's alternatives and the
 * links of other mail programs. */
static void
read_sendmail(struct arena *arena, struct host *host, const char *etc)
{
	const char *path = arena_printf(arena, "%s/../usr/sbin/sendmail", etc);
	char *real = realpath(path, NULL);

	if (real != NULL)
		add_setting(arena, host, (struct host_setting){
			.program = "sendmail", .file = "/usr/sbin/sendmail",
			.name = "path", .value = arena_strdup(arena, real) });
	free(real);
}

void
host_read_programs(struct arena *arena, struct host *host, const char *etc)
{
	struct stat status;

	read_places(arena, host, etc);
	read_sendmail(arena, host, etc);
	for (size_t i = 0; i < sizeof managers / sizeof managers[0]; i++) {
		const char *path = arena_printf(arena, "%s/%s", etc,
		    managers[i].path);

		if (stat(path, &status) == 0)
			add_setting(arena, host, (struct host_setting){
				.program = "list", .file = path,
				.name = "manager",
				.value = managers[i].manager });
	}
}

/* ---- recordings ---- */

/* One word: blanks, control characters and '%' as %XX. */
static void
print_escaped(const char *text, struct str *out)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c <= ' ' || c == '%' || c == 0x7f)
			str_addf(out, "%%%02X", c);
		else
			str_addc(out, *text);
	}
}

void
host_print_settings(const struct host *host, struct str *out)
{
	for (size_t i = 0; i < host->n_settings; i++) {
		const struct host_setting *s = &host->settings[i];

		str_addf(out, "setting = %s ", s->program);
		print_escaped(s->file, out);
		str_addf(out, ":%u %s ", s->line, s->name);
		print_escaped(*s->value != '\0' ? s->value : " ", out);
		str_addc(out, '\n');
	}
}

static const char *
unescaped(struct arena *arena, const char *text)
{
	static const char digits[] = "0123456789ABCDEF";
	char *copy = arena_strdup(arena, text), *to = copy;

	while (*text != '\0') {
		const char *high = *text == '%' && text[1] != '\0' ?
		    strchr(digits, text[1]) : NULL;
		const char *low = high != NULL && text[2] != '\0' ?
		    strchr(digits, text[2]) : NULL;

		if (low != NULL && (high != digits || low != digits)) {
			*to++ = (char)((high - digits) * 16 + (low - digits));
			text += 3;
		} else {
			*to++ = *text++;
		}
	}
	*to = '\0';
	return copy;
}

bool
host_parse_setting(struct arena *arena, struct host *host,
    const char *const *words, size_t n, struct str *err)
{
	const char *colon = n == 4 ? strrchr(words[1], ':') : NULL;

	if (colon == NULL) {
		str_adds(err, "a setting is PROGRAM FILE:LINE NAME VALUE");
		return false;
	}
	add_setting(arena, host, (struct host_setting){
		.program = words[0],
		.file = unescaped(arena, arena_strndup(arena, words[1],
		    (size_t)(colon - words[1]))),
		.line = (unsigned int)strtoul(colon + 1, NULL, 10),
		.name = words[2],
		.value = unescaped(arena, words[3]),
	});
	return true;
}
