// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "json_add.h"
#include "mem.h"
#include "pending.h"
#include "state.h"

#define NAME	"pending.json"

uint64_t boottime_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

bool pending_is_over(const struct pending *p)
{
	return boottime_ns() >= p->deadline_ns;
}

static char *boot_id(void)
{
	size_t len;
	char *id = state_read("/proc/sys/kernel/random", "boot_id", &len);

	return id ? id : mem_strndup("", 0);
}

static bool is_of_this_boot(struct json_object *o)
{
	const char *then = json_object_get_string(json_object_object_get(o, "boot"));
	char *now = boot_id();
	bool same = then && !strcmp(then, now);

	free(now);
	return same;
}

void pending_read(struct pending *p, const char *state)
{
	struct json_object *o;
	size_t len;
	char *text = state_read(state, NAME, &len);

	memset(p, 0, sizeof(*p));
	o = text ? json_tokener_parse(text) : NULL;
	p->number = (unsigned int)json_object_get_int64(json_object_object_get(o, "number"));
	p->deadline_ns = json_object_get_uint64(json_object_object_get(o, "deadline_ns"));
	p->until = json_object_get_int64(json_object_object_get(o, "until"));
	p->other_boot = p->number && !is_of_this_boot(o);
	json_object_put(o);
	free(text);
}

char *pending_write(const struct pending *p, const char *state)
{
	struct json_object *o = json_object_new_object();
	const char *text;
	char *why;

	add_own_text(o, "boot", boot_id());
	add_number(o, "number", p->number);
	add_number(o, "deadline_ns", p->deadline_ns);
	json_object_object_add(o, "until", json_object_new_int64(p->until));
	text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY);
	why = state_write(state, NAME, text, strlen(text));
	json_object_put(o);
	return why;
}

char *pending_clear(const char *state)
{
	char *path = mem_printf("%s/" NAME, state), *why = NULL;

	if (unlink(path) && errno != ENOENT)
		why = mem_printf("%s cannot be removed: %s", path, strerror(errno));
	free(path);
	return why;
}
