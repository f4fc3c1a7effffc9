// SPDX-License-Identifier: GPL-2.0
/* The live tree as JSON: every figure, in the units that the names tell. */
#include <stdlib.h>

#include "core/hist.h"
#include "ack_text.h"
#include "dscp_text.h"
#include "isolate_text.h"
#include "json_add.h"
#include "police_view.h"
#include "policy_weight.h"
#include "show_view.h"
#include "wire_text.h"

static struct json_object *stats_json(const struct optq_stats *s)
{
	struct json_object *o = json_object_new_object();

	add_number(o, "packets", s->packets);
	add_number(o, "bytes", s->bytes);
	add_number(o, "enqueued_packets", s->enqueued);
	add_number(o, "drop_overlimit_packets", s->drop_overlimit);
	add_number(o, "drop_aqm_packets", s->drop_aqm);
	add_number(o, "drop_blue_packets", s->drop_blue);
	add_number(o, "drop_ack_packets", s->drop_ack);
	add_number(o, "drop_other_packets", s->drop_other);
	add_number(o, "ecn_marks", s->ecn_marks);
	add_number(o, "ecn_marks_l4s", s->ecn_marks_l4s);
	add_number(o, "backlog_bytes", s->backlog_bytes);
	add_number(o, "backlog_packets", s->backlog_packets);
	add_number(o, "throttled_ns", s->throttled_ns);
	add_number(o, "guaranteed_bytes", s->guaranteed_bytes);
	add_number(o, "flows", s->flows);
	add_number(o, "flows_new", s->flows_new);
	add_number(o, "hosts", s->hosts);
	add_number(o, "sojourn_avg_ns", s->sojourn_avg_ns);
	add_number(o, "sojourn_max_ns", s->sojourn_max_ns);
	add_number(o, "sojourn_p50_ns", s->sojourn_p50_ns);
	add_number(o, "sojourn_p90_ns", s->sojourn_p90_ns);
	add_number(o, "sojourn_p99_ns", s->sojourn_p99_ns);
	add_number(o, "sojourn_p999_ns", s->sojourn_p999_ns);
	add_number(o, "guarantee_missed_ns", s->guarantee_missed_ns);
	add_number(o, "dscp_changed_packets", s->dscp_changed);
	add_number(o, "dscp_failed_packets", s->dscp_failed);
	return o;
}

static struct json_object *link_stats_json(const struct optq_stats *s)
{
	struct json_object *o = stats_json(s);

	add_number(o, "memory_bytes", s->memory_bytes);
	add_number(o, "memory_max_bytes", s->memory_max_bytes);
	return o;
}

/* Pairs: below how many ns, and how many packets; null: however long. */
static struct json_object *hist_json(const struct live_class *c)
{
	struct json_object *o = json_object_new_array(), *pair, *bound;
	uint32_t i;

	for (i = 0; i < c->n_hist && i < OPTQ_HIST_BUCKETS; i++) {
		if (!c->hist[i])
			continue;
		bound = i == OPTQ_HIST_BUCKETS - 1 ? NULL :
			json_object_new_uint64(optq_hist_lower_ns(i + 1));
		pair = json_object_new_array();
		json_object_array_add(pair, bound);
		json_object_array_add(pair, json_object_new_uint64(c->hist[i]));
		json_object_array_add(o, pair);
	}
	return o;
}

/* The link's is raw when nothing else was said. */
static struct json_object *wire_json(const struct optq_wire *wire)
{
	struct json_object *o = json_object_new_object();

	add_text(o, "layer", wire_layer_name(wire->layer ? wire->layer :
							    OPTQ_WIRE_RAW));
	json_object_object_add(o, "overhead", json_object_new_int(wire->overhead));
	json_object_object_add(o, "mpu", json_object_new_int(wire->mpu));
	return o;
}

struct json_object *rates_json(const struct rates *r)
{
	struct json_object *o;

	if (!r->known)
		return NULL;
	o = json_object_new_object();
	add_number(o, "sent_bps", rounded(r->sent * 8));
	add_double(o, "sent_pps", r->packets);
	add_double(o, "dropped_pps", r->drops);
	add_double(o, "throttled_share", r->throttled);
	add_number(o, "waited_packets", r->waits);
	add_number(o, "sojourn_p50_ns", r->p50_ns);
	add_number(o, "sojourn_p99_ns", r->p99_ns);
	return o;
}

static struct json_object *class_json(const struct sampler *s, size_t i)
{
	const struct live_tree *tree = &s->tree;
	struct json_object *o = json_object_new_object();
	const struct live_class *c = &tree->classes[i];
	char *path = live_path(tree, i), *id = live_class_id(tree, c->id);

	add_text(o, "path", path);
	add_text(o, "name", c->name);
	add_number(o, "id", c->id);
	add_text(o, "classid", id);
	add_number(o, "parent", c->parent);
	add_number(o, "level", c->level);
	add_flag(o, "leaf", c->leaf);
	add_number(o, "rate_bps", c->rate * 8);
	add_number(o, "ceil_bps", c->ceil * 8);
	add_number(o, "burst_bytes", c->burst);
	add_number(o, "cburst_bytes", c->cburst);
	add_number(o, "weight", effective_weight(c->weight, c->rate));
	add_number(o, "prio", c->prio);
	add_flag(o, "oversubscribe", c->oversubscribe);
	if (c->leaf) {
		add_number(o, "delay_ns", c->delay_ns);
		add_number(o, "quantum_bytes", c->quantum);
		add_number(o, "limit_packets", c->limit);
		add_number(o, "target_ns", c->target_ns);
		add_number(o, "interval_ns", c->interval_ns);
		add_flag(o, "ecn", c->ecn);
		add_flag(o, "l4s", c->l4s);
		add_number(o, "step_thresh_ns", c->step_ns);
		add_text(o, "isolate", isolate_text(c->isolate));
		add_flag(o, "nat", c->nat);
	}
	if (c->wire.layer)
		json_object_object_add(o, "wire", wire_json(&c->wire));
	if (c->dscp)
		add_text(o, "dscp", dscp_text(c->dscp));
	if (ack_filter_text(c->ack_filter))
		add_text(o, "ack_filter", ack_filter_text(c->ack_filter));
	if (c->qdisc)
		add_text(o, "qdisc", c->qdisc);
	if (c->police)
		json_object_object_add(o, "police", police_json(tree, c->police));
	json_object_object_add(o, "stats", stats_json(&c->stats));
	if (s->span_ns)
		json_object_object_add(o, "rates", rates_json(&s->rates[i]));
	if (c->leaf)
		json_object_object_add(o, "sojourn_histogram_ns", hist_json(c));
	free(path);
	free(id);
	return o;
}

struct json_object *live_json(const struct sampler *s)
{
	const struct live_tree *tree = &s->tree;
	struct json_object *o = json_object_new_object();
	struct json_object *classes = json_object_new_array();
	size_t i;

	add_text(o, "device", tree->device);
	if (*tree->ingress_of)
		add_text(o, "ingress_of", tree->ingress_of);
	add_number(o, "ifindex", (uint64_t)tree->ifindex);
	add_number(o, "handle", tree->handle >> 16);
	add_number(o, "generation", tree->generation);
	add_number(o, "default", tree->default_id);
	add_number(o, "rate_bps", tree->rate * 8);
	add_number(o, "burst_bytes", tree->burst);
	add_number(o, "limit_packets", tree->limit);
	add_number(o, "direct_limit_packets", tree->direct_limit);
	add_number(o, "memory_limit_bytes", tree->stats.memory_limit_bytes);
	add_flag(o, "oversubscribe", tree->oversubscribe);
	add_flag(o, "sysfs", tree->sysfs);
	json_object_object_add(o, "wire", wire_json(&tree->wire));
	if (tree->dscp)
		add_text(o, "dscp", dscp_text(tree->dscp));
	if (ack_filter_text(tree->ack_filter))
		add_text(o, "ack_filter", ack_filter_text(tree->ack_filter));
	add_number(o, "rules", tree->rules);
	if (tree->police)
		json_object_object_add(o, "police",
				       police_json(tree, tree->police));
	json_object_object_add(o, "stats", link_stats_json(&tree->stats));
	if (s->span_ns) {
		add_number(o, "span_ns", s->span_ns);
		json_object_object_add(o, "rates", rates_json(&s->link));
	}
	for (i = 0; i < tree->n; i++)
		if (s->order[i] != SIZE_MAX)
			json_object_array_add(classes, class_json(s, s->order[i]));
	json_object_object_add(o, "classes", classes);
	return o;
}
