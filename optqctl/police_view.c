// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "dscp_text.h"
#include "json_add.h"
#include "mem.h"
#include "police_text.h"
#include "police_view.h"
#include "units.h"

/* Appends, and frees what it was before. */
static char *join(char *text, char *more)
{
	char *all = mem_printf("%s%s%s", text, *text ? " " : "", more);

	free(text);
	free(more);
	return all;
}

static char *bucket_text(const char *rate_name, uint64_t rate,
			 const char *burst_name, uint32_t burst)
{
	char rate_buf[SHORT_TEXT_MAX], burst_buf[SHORT_TEXT_MAX];

	if (!rate)
		return mem_printf("%s %s", burst_name,
				  count_short(burst, burst_buf));
	return mem_printf("%s %s %s %s", rate_name, rate_short(rate, rate_buf),
			  burst_name, count_short(burst, burst_buf));
}

static char *class_of(const struct live_tree *tree, uint32_t id)
{
	size_t at = id ? live_find(tree, id) : SIZE_MAX;

	if (!id)
		return NULL;
	return at == SIZE_MAX ? live_class_id(tree, id) : live_path(tree, at);
}

static char *act_of(const struct live_tree *tree, const struct live_act *act)
{
	char *class = class_of(tree, act->class_id);
	char *text = act_text(act->drop, act->dscp, act->pcp, class);

	free(class);
	return text;
}

/* Green that passes, and red that is dropped, go without saying. */
static char *acts_text(const struct live_tree *tree, const struct live_police *p,
		       char *text)
{
	static const char *const usual[] = { "pass", "pass", "drop" };
	char *act;
	unsigned int i;

	for (i = 0; i < POLICE_COLOURS; i++) {
		act = act_of(tree, &p->act[i]);
		if (strcmp(act, usual[i]))
			text = join(text, mem_printf("%s %s", act_name(i), act));
		free(act);
	}
	return text;
}

char *police_text(const struct live_tree *tree, const struct live_police *p)
{
	char *text = mem_strndup("police", 6);

	if (p->each)
		text = join(text, mem_printf("each %s", each_text(p->each)));
	if (p->cir)
		text = join(text, bucket_text("cir", p->cir, "cbs", p->cbs));
	if (p->pir)
		text = join(text, bucket_text("pir", p->pir, "pbs", p->pbs));
	else if (p->eir || p->ebs)
		text = join(text, bucket_text("eir", p->eir, "ebs", p->ebs));
	if (p->colour)
		text = join(text, mem_printf("colour %s", colour_text(p->colour)));
	return acts_text(tree, p, text);
}

char *police_figures(const struct live_police *p)
{
	const struct optq_police_stats *s = &p->stats;
	char g[SHORT_TEXT_MAX], y[SHORT_TEXT_MAX], r[SHORT_TEXT_MAX];
	char n[SHORT_TEXT_MAX];
	char *text = mem_printf("green %s yellow %s red %s",
				count_short(s->green_bytes, g),
				count_short(s->yellow_bytes, y),
				count_short(s->red_bytes, r));

	if (s->dropped)
		text = join(text, mem_printf("dropped %s", count_short(s->dropped, n)));
	if (s->moved)
		text = join(text, mem_printf("moved %s", count_short(s->moved, n)));
	if (s->refused)
		text = join(text, mem_printf("refused %s", count_short(s->refused, n)));
	if (p->each)
		text = join(text, mem_printf("addresses %s",
					     count_short(s->addresses, n)));
	if (s->shared)
		text = join(text, mem_printf("shared %s", count_short(s->shared, n)));
	return text;
}

static void add_acts(struct json_object *o, const struct live_tree *tree,
		     const struct live_police *p)
{
	unsigned int i;
	char *act;

	for (i = 0; i < POLICE_COLOURS; i++) {
		act = act_of(tree, &p->act[i]);
		add_text(o, act_name(i), act);
		free(act);
	}
}

static struct json_object *stats_json(const struct optq_police_stats *s)
{
	struct json_object *o = json_object_new_object();

	add_number(o, "green_packets", s->green_packets);
	add_number(o, "green_bytes", s->green_bytes);
	add_number(o, "yellow_packets", s->yellow_packets);
	add_number(o, "yellow_bytes", s->yellow_bytes);
	add_number(o, "red_packets", s->red_packets);
	add_number(o, "red_bytes", s->red_bytes);
	add_number(o, "dropped_packets", s->dropped);
	add_number(o, "moved_packets", s->moved);
	add_number(o, "refused_packets", s->refused);
	add_number(o, "addresses", s->addresses);
	add_number(o, "shared_packets", s->shared);
	return o;
}

struct json_object *police_json(const struct live_tree *tree,
				const struct live_police *p)
{
	struct json_object *o = json_object_new_object();

	add_number(o, "rfc", p->pir ? 2698 : p->eir ? 4115 : 2697);
	add_number(o, "cir_bps", p->cir * 8);
	add_number(o, "cbs_bytes", p->cbs);
	if (p->pir) {
		add_number(o, "pir_bps", p->pir * 8);
		add_number(o, "pbs_bytes", p->pbs);
	} else {
		if (p->eir)
			add_number(o, "eir_bps", p->eir * 8);
		add_number(o, "ebs_bytes", p->ebs);
	}
	add_text(o, "colour", colour_text(p->colour));
	add_acts(o, tree, p);
	if (p->each) {
		add_text(o, "each", each_text(p->each));
		add_number(o, "prefix4", p->prefix4);
		add_number(o, "prefix6", p->prefix6);
		add_number(o, "entries", p->entries);
	}
	json_object_object_add(o, "stats", stats_json(&p->stats));
	return o;
}
