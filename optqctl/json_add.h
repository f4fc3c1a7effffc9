/* SPDX-License-Identifier: GPL-2.0 */
/* Members of JSON objects. */
#ifndef OPTQCTL_JSON_ADD_H
#define OPTQCTL_JSON_ADD_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static inline void add_number(struct json_object *o, const char *key,
			      uint64_t value)
{
	json_object_object_add(o, key, json_object_new_uint64(value));
}

/* With as many digits as tell something. */
static inline void add_double(struct json_object *o, const char *key, double value)
{
	char digits[32];

	snprintf(digits, sizeof(digits), "%.6g", value);
	json_object_object_add(o, key, json_object_new_double_s(value, digits));
}

/* text NULL: null. */
static inline void add_text(struct json_object *o, const char *key,
			    const char *text)
{
	json_object_object_add(o, key, text ? json_object_new_string(text) : NULL);
}

/* text is freed. */
static inline void add_own_text(struct json_object *o, const char *key, char *text)
{
	add_text(o, key, text);
	free(text);
}

static inline void add_flag(struct json_object *o, const char *key, bool value)
{
	json_object_object_add(o, key, json_object_new_boolean(value));
}

#endif
