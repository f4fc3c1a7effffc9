// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "delta_view.h"
#include "json_add.h"
#include "mem.h"

static const char *const op_names[] = {
	[DELTA_ADD] = "add", [DELTA_CHANGE] = "change", [DELTA_REMOVE] = "remove",
	[DELTA_MOVE] = "move", [DELTA_FOREIGN] = "foreign",
};

static const char *const fate_names[] = {
	[PACKETS_NONE] = "none", [PACKETS_KEPT] = "kept",
	[PACKETS_CUT] = "over_limit", [PACKETS_DRAINED] = "drained",
	[PACKETS_HANDED_DOWN] = "handed_down", [PACKETS_LOST] = "lost",
};

/* Numbers in bits per second, bytes, packets and ns; null for none, automatic, as above. */
static struct json_object *value_json(const struct param *param, uint64_t value,
				      const char *text)
{
	if (!value && param->zero && param->kind != PARAM_QDISC)
		return NULL;
	switch (param->kind) {
	case PARAM_RATE:
		return json_object_new_uint64(value * 8);
	case PARAM_BYTES:
	case PARAM_PACKETS:
	case PARAM_NUMBER:
	case PARAM_TIME:
		return json_object_new_uint64(value);
	case PARAM_WEIGHT:
		return (uint32_t)value ?
		       json_object_new_uint64(param_weight(value)) : NULL;
	case PARAM_FLAG:
		return json_object_new_boolean(value != 0);
	default:
		return json_object_new_string(text);
	}
}

/* As show has it: "police.cir_bps", "ack_filter". */
static char *value_name(const struct param_change *pc)
{
	static const char *const units[] = {
		[PARAM_RATE] = "_bps", [PARAM_BYTES] = "_bytes",
		[PARAM_PACKETS] = "_packets", [PARAM_TIME] = "_ns",
		[PARAM_QDISC] = NULL,
	};
	const char *unit = units[pc->param->kind];
	char *name = mem_printf("%s%s%s", pc->of_police ? "police." : "",
				pc->param->name, unit ? unit : ""), *at;

	for (at = name; (at = strchr(at, '-')); )
		*at = '_';
	return name;
}

static struct json_object *params_json(const struct param_changes *params)
{
	struct json_object *list = json_object_new_array(), *o;
	const struct param_change *pc;
	size_t i;

	for (i = 0; i < params->n; i++) {
		pc = &params->list[i];
		o = json_object_new_object();
		add_own_text(o, "name", value_name(pc));
		json_object_object_add(o, "old", pc->had ?
				       value_json(pc->param, pc->old,
						  pc->old_text) : NULL);
		json_object_object_add(o, "new", pc->has ?
				       value_json(pc->param, pc->new,
						  pc->new_text) : NULL);
		json_object_array_add(list, o);
	}
	return list;
}

static struct json_object *class_json(const struct class_change *cc)
{
	const struct class_image *class = cc->new ? cc->new : cc->old;
	struct json_object *o = json_object_new_object();

	add_text(o, "op", op_names[cc->op]);
	add_text(o, "path", class->path);
	if (cc->op == DELTA_MOVE)
		add_text(o, "old_path", cc->old->path);
	add_number(o, "id", class->id);
	json_object_object_add(o, "fields", params_json(&cc->params));
	add_number(o, "packets_waiting", cc->old ? cc->old->waiting : 0);
	add_text(o, "packets", fate_names[cc->fate]);
	add_flag(o, "packets_matched_anew", cc->matched_anew);
	if (cc->to)
		add_text(o, "packets_to", cc->to);
	add_number(o, "packets_lost_at_most", cc->lost_most);
	return o;
}

static struct json_object *rule_json(const struct delta *d,
				     const struct rule_change *rc)
{
	const struct rule_image *rule = rc->new ? rc->new : rc->old;
	struct json_object *o = json_object_new_object();

	add_text(o, "op", op_names[rc->op]);
	add_text(o, "path", image_path(rc->new ? &d->new : &d->old,
				       rule->class_id));
	if (rc->op == DELTA_MOVE)
		add_text(o, "old_path", image_path(&d->old, rc->old->class_id));
	add_text(o, "match", rule->text);
	add_text(o, "where", rule->where);
	if (rc->old && rc->new)
		add_flag(o, "sets_differ", rc->sets_differ);
	if (rc->old)
		add_number(o, "old_place", rc->old_place);
	if (rc->new)
		add_number(o, "place", rc->new_place);
	return o;
}

void delta_add_json(struct json_object *o, const struct delta *d)
{
	struct json_object *list = json_object_new_array();
	size_t i;

	json_object_object_add(o, "fields", params_json(&d->params));
	for (i = 0; i < d->n_classes; i++)
		json_object_array_add(list, class_json(&d->classes[i]));
	json_object_object_add(o, "changes", list);
	list = json_object_new_array();
	for (i = 0; i < d->n_rules; i++)
		json_object_array_add(list, rule_json(d, &d->rules[i]));
	json_object_object_add(o, "matches", list);
	add_flag(o, "sets_differ", d->sets_differ);
	add_number(o, "packets_waiting", d->old.waiting);
	add_flag(o, "packets_matched_anew", d->matched_anew);
	add_number(o, "packets_lost_at_most", d->lost_most);
}
