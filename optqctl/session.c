// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "guard.h"
#include "mem.h"
#include "output.h"
#include "session.h"
#include "state.h"
#include "takeback.h"

static void forget_pending(struct session *s)
{
	free(pending_clear(s->dir));
	s->pending.number = 0;
}

/* Nobody confirmed it, and nothing of it runs any more. */
static void forget_other_boot(struct session *s)
{
	struct entry *e = history_find(&s->history, s->pending.number);

	if (e) {
		e->state = ENTRY_TAKEN_BACK;
		free(history_update(&s->history, e));
	}
	forget_pending(s);
}

/* What is done is not what was asked for: it is told beside it. */
static void take_back_overdue(struct session *s)
{
	struct entry *e = history_find(&s->history, s->pending.number);
	struct json_object *list = json_object_new_array();
	char *text = mem_printf("policy %u was not confirmed in time, and its guard is gone: it is taken back now",
				s->pending.number);

	complain(NULL, text);
	free(text);
	if (!e || takeback(&s->history, e, list))
		forget_pending(s);
	json_object_put(list);
}

char *session_open(struct session *s)
{
	char *why;

	memset(s, 0, sizeof(*s));
	s->lock = -1;
	s->dir = state_dir();
	why = state_make(s->dir);
	if (why)
		return why;
	s->lock = state_lock(s->dir, STATE_WRITER, true);
	if (s->lock < 0)
		return mem_printf("%s/lock: %s", s->dir, strerror(errno));
	why = history_read(&s->history, s->dir);
	if (why)
		return why;
	pending_read(&s->pending, s->dir);
	if (s->pending.other_boot)
		forget_other_boot(s);
	if (s->pending.number && pending_is_over(&s->pending) && !guard_is_there(s->dir))
		take_back_overdue(s);
	return NULL;
}

void session_unlock(struct session *s)
{
	if (s->lock >= 0)
		close(s->lock);
	s->lock = -1;
}

void session_close(struct session *s)
{
	session_unlock(s);
	history_free(&s->history);
	free(s->dir);
}

char *clock_text(int64_t time_s)
{
	time_t then = (time_t)time_s, now = time(NULL);
	char text[sizeof("-2147483648-01-01 00:00:00")];
	struct tm at, today;

	localtime_r(&then, &at);
	localtime_r(&now, &today);
	strftime(text, sizeof(text), at.tm_year == today.tm_year &&
		 at.tm_yday == today.tm_yday ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S", &at);
	return mem_strndup(text, strlen(text));
}
