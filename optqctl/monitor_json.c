// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "json_add.h"
#include "mem.h"
#include "monitor_view.h"
#include "source.h"

/* Names of processes and devices may be any bytes, JSON is UTF-8. */
static void add_bytes(struct json_object *o, const char *key, const char *s)
{
	char *text = mem_strndup(s, strlen(s));
	size_t len = strlen(text), i;

	while ((i = utf8_valid_length(text, len)) < len)
		text[i] = '?';
	add_own_text(o, key, text);
}

static void add_by(struct json_object *o, const struct event *ev)
{
	struct json_object *by;

	if (ev->seen_late || !ev->by.has_uid) {
		json_object_object_add(o, "by", NULL);
		return;
	}
	by = json_object_new_object();
	if (*ev->by.comm)
		add_bytes(by, "comm", ev->by.comm);
	else
		add_text(by, "comm", NULL);
	add_number(by, "uid", ev->by.uid);
	if (ev->by.portid)
		add_number(by, "portid", ev->by.portid);
	json_object_object_add(o, "by", by);
}

static void add_tree(struct json_object *o, const struct event *ev)
{
	add_number(o, "handle", ev->handle >> 16);
	if (ev->kind == EVENT_QDISC_REPLACED)
		add_number(o, "replaced_handle", ev->old_handle >> 16);
	if (ev->kind != EVENT_QDISC_GONE) {
		add_number(o, "generation", ev->generation);
		add_number(o, "classes", ev->classes);
	}
	if (!ev->seen_late && (ev->kind == EVENT_POLICY_CHANGED ||
			       ev->kind == EVENT_QDISC_CHANGED))
		add_number(o, "dropped_packets", ev->dropped);
	add_flag(o, "seen_late", ev->seen_late);
	add_by(o, ev);
}

static void add_class(struct json_object *o, const struct event *ev)
{
	add_number(o, "generation", ev->generation);
	if (ev->kind != EVENT_CLASS_DELETED) {
		add_number(o, "rate_bps", ev->rate * 8);
		add_number(o, "ceil_bps", ev->ceil * 8);
	}
	add_by(o, ev);
}

static void add_episode(struct json_object *o, const struct event *ev)
{
	add_number(o, "duration_ns", ev->ns);
	add_number(o, "packets", ev->packets);
	add_number(o, "bytes", ev->bytes);
	add_number(o, "dropped_packets", ev->drops);
	add_number(o, "rate_bps", ev->rate * 8);
	if (ev->kind == EVENT_DROPS_OVER || ev->kind == EVENT_GUARANTEE_MET)
		add_flag(o, "class_gone", ev->class_gone);
}

static void add_what(struct json_object *o, const struct event *ev)
{
	switch (ev->kind) {
	case EVENT_POLICY_CHANGED:
	case EVENT_QDISC_CREATED:
	case EVENT_QDISC_REPLACED:
	case EVENT_QDISC_CHANGED:
	case EVENT_QDISC_GONE:
		add_tree(o, ev);
		break;
	case EVENT_CLASS_ADDED:
	case EVENT_CLASS_CHANGED:
	case EVENT_CLASS_DELETED:
		add_class(o, ev);
		break;
	case EVENT_DROPS_BEGAN:
	case EVENT_DROPS_OVER:
	case EVENT_GUARANTEE_MISSED:
	case EVENT_GUARANTEE_MET:
		add_episode(o, ev);
		break;
	case EVENT_LINK_DOWN:
		add_text(o, "reason", ev->enabled ? "no-carrier" : "switched-off");
		break;
	default:
		break;
	}
}

struct json_object *event_json(const struct event *ev, const struct timespec *when)
{
	struct json_object *o = json_object_new_object();
	char buf[TIME_TEXT_MAX];

	add_text(o, "time", event_time(when, buf));
	add_text(o, "event", event_name(ev->kind));
	if (ev->device) {
		add_bytes(o, "device", ev->device);
		if (*ev->ingress_of)
			add_bytes(o, "ingress_of", ev->ingress_of);
		add_number(o, "ifindex", (uint64_t)ev->ifindex);
	}
	if (ev->path) {
		add_text(o, "path", ev->path);
		add_number(o, "id", ev->class_id);
	}
	add_what(o, ev);
	return o;
}
