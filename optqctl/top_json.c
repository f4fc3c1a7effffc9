// SPDX-License-Identifier: GPL-2.0
#include <time.h>

#include "json_add.h"
#include "show_view.h"
#include "top_text.h"

static uint64_t realtime_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* The figures of a class that move; what was set stands in show's. */
static struct json_object *class_json(const struct sampler *s, size_t i)
{
	struct json_object *o = json_object_new_object();
	const struct live_class *c = &s->tree.classes[i];

	add_own_text(o, "path", live_path(&s->tree, i));
	add_number(o, "id", c->id);
	add_flag(o, "leaf", c->leaf);
	add_number(o, "rate_bps", c->rate * 8);
	add_number(o, "ceil_bps", s->ceil[i] * 8);
	add_number(o, "bytes", c->stats.bytes);
	add_number(o, "packets", c->stats.packets);
	add_number(o, "drops", stats_drops(&c->stats));
	add_number(o, "backlog_bytes", c->stats.backlog_bytes);
	add_number(o, "backlog_packets", c->stats.backlog_packets);
	json_object_object_add(o, "rates", rates_json(&s->rates[i]));
	return o;
}

static void add_tree(struct json_object *o, const struct top *t)
{
	struct json_object *classes = json_object_new_array();
	const struct sampler *s = &t->sampler;
	size_t i;

	add_text(o, "device", s->tree.device);
	if (*s->tree.ingress_of)
		add_text(o, "ingress_of", s->tree.ingress_of);
	add_number(o, "generation", s->tree.generation);
	add_number(o, "span_ns", s->span_ns);
	add_number(o, "rate_bps", s->tree.rate * 8);
	add_number(o, "bytes", s->tree.stats.bytes);
	add_number(o, "packets", s->tree.stats.packets);
	add_number(o, "drops", stats_drops(&s->tree.stats));
	add_number(o, "backlog_bytes", s->tree.stats.backlog_bytes);
	add_number(o, "backlog_packets", s->tree.stats.backlog_packets);
	json_object_object_add(o, "rates", rates_json(&s->link));
	for (i = 0; i < t->model.n_rows; i++)
		json_object_array_add(classes, class_json(s, t->model.rows[i].index));
	json_object_object_add(o, "classes", classes);
}

void top_print_json(FILE *out, const struct top *t)
{
	struct json_object *o = json_object_new_object();

	add_number(o, "time_ms", realtime_ms());
	if (t->why)
		add_text(o, "error", t->why);
	else
		add_tree(o, t);
	fprintf(out, "%s\n",
		json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN |
					       JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}
