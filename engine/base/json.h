/* SPDX-License-Identifier: ISC
 * JSON values for output. The only file that knows jansson is json.c. */
#ifndef WB_JSON_H
#define WB_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/str.h"

struct json;    /* a value; containers own what is put into them */

struct json *json_new_object(void);
struct json *json_new_array(void);
void json_free(struct json **value);

/* Set KEY of an object, or append to an array when KEY is NULL. Strings may
 * hold any octets: what is not UTF-8 is written as U+FFFD; NULL becomes null.
 * json_put() takes the ownership of VALUE; a NULL value becomes null. */
void json_put_string(struct json *to, const char *key, const char *text);
void json_put_octets(struct json *to, const char *key, const char *text,
    size_t len);
void json_put_integer(struct json *to, const char *key, long long number);
void json_put_boolean(struct json *to, const char *key, bool value);
void json_put(struct json *to, const char *key, struct json *value);

/* Append the value as text, keys in the order they were set, all characters
 * outside printable ASCII as \u escapes. INDENT 0 gives one line. */
void json_print(const struct json *value, int indent, struct str *out);

#endif
