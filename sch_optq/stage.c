// SPDX-License-Identifier: GPL-2.0
#include <linux/jhash.h>
#include <linux/random.h>
#include <net/genetlink.h>

#include "conf.h"
#include "core/moves.h"
#include "police.h"
#include "stage.h"
#include "sysfs.h"

static u32 hash_id(const struct optq_stage *st, u32 id)
{
	return jhash_1word(id, st->hash_seed) & st->hash_mask;
}

static u32 hash_name(const struct optq_stage *st, u32 parent, const char *name)
{
	return jhash(name, strlen(name), st->hash_seed ^ parent) &
	       st->hash_mask;
}

u32 optq_stage_find(const struct optq_stage *st, u32 id)
{
	u32 i;

	if (!st->n)
		return OPTQ_NONE;
	i = st->by_id[hash_id(st, id)];
	while (i != OPTQ_NONE && st->class[i].id != id)
		i = st->class[i].next_id;
	return i;
}

static int stage_alloc(struct optq_stage *st, const struct optq_part *part,
		       struct netlink_ext_ack *extack)
{
	u32 classes = 0, buckets, i;
	struct nlattr *attr;
	int rem;

	optq_for_each_top(attr, part, rem, OPTQ_A_CLASS)
		classes++;
	if (classes > OPTQ_CLASSES_MAX) {
		NL_SET_ERR_MSG(extack, "a tree has at most 131072 classes");
		return -E2BIG;
	}
	buckets = roundup_pow_of_two(classes + 1);
	st->hash_mask = buckets - 1;
	st->hash_seed = get_random_u32();
	st->class = kvcalloc(classes + 1, sizeof(*st->class),
			     OPTQ_GFP_MANY);
	st->by_id = kvmalloc_array(buckets, sizeof(u32), OPTQ_GFP_MANY);
	st->by_name = kvmalloc_array(buckets, sizeof(u32), OPTQ_GFP_MANY);
	if (!st->class || !st->by_id || !st->by_name)
		return -ENOMEM;
	for (i = 0; i < buckets; i++) {
		st->by_id[i] = OPTQ_NONE;
		st->by_name[i] = OPTQ_NONE;
	}
	return 0;
}

static int class_error(const struct optq_stage_class *c, int err,
		       const char *text, struct netlink_ext_ack *extack)
{
	/* Its place tells the reader which class it is. */
	return optq_refuse(extack, c->attr, text, err);
}

static int stage_name(struct optq_stage *st, u32 idx, struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	struct optq_stage_class *c = &st->class[idx];
	u32 *bucket, i;

	if (!attr)
		return 0;
	if (!optq_name_len(attr))
		return class_error(c, -EINVAL,
				   "name must be printable, without '/', and not begin with '-' or '.'",
				   extack);
	c->name = nla_data(attr);
	bucket = &st->by_name[hash_name(st, c->parent, c->name)];
	for (i = *bucket; i != OPTQ_NONE; i = st->class[i].next_name) {
		if (st->class[i].parent == c->parent &&
		    !strcmp(st->class[i].name, c->name))
			return class_error(c, -EEXIST,
					   "name is used twice under one parent",
					   extack);
	}
	c->next_name = *bucket;
	*bucket = idx;
	return 0;
}

static int stage_parent(struct optq_stage *st, struct optq_stage_class *c,
			u32 parent, struct netlink_ext_ack *extack)
{
	struct optq_stage_class *p;

	c->depth = 1;
	c->parent = OPTQ_NONE;
	if (!parent)
		return 0;
	if (parent == c->id)
		return class_error(c, -ELOOP, "class is its own parent",
				   extack);
	c->parent = optq_stage_find(st, parent);
	if (c->parent == OPTQ_NONE)
		return class_error(c, -ENOENT,
				   "parent is missing, comes later, or is below the class: parents go first",
				   extack);
	p = &st->class[c->parent];
	p->n_children++;
	c->depth = p->depth + 1;
	if (c->depth > OPTQ_DEPTH_MAX)
		return class_error(c, -EINVAL,
				   optq_fault_text(OPTQ_FAULT_DEPTH), extack);
	return 0;
}

static int stage_police(struct optq_stage *st, struct optq_police **p,
			struct nlattr *nest, struct netlink_ext_ack *extack)
{
	struct optq_police *new;

	if (!nest)
		return 0;
	new = optq_police_new(nest, true, st->police_entries, extack);
	if (IS_ERR(new))
		return PTR_ERR(new);
	if (new)
		st->police_entries += new->conf.entries;
	*p = new;
	return 0;
}

static int stage_one_class(struct optq_stage *st, struct nlattr *attr,
			   struct netlink_ext_ack *extack)
{
	struct nlattr *tb[OPTQ_CLASS_A_MAX + 1];
	u32 idx = st->n, parent = 0, *bucket;
	struct optq_stage_class *c = &st->class[idx];
	int err;

	c->attr = attr;
	optq_conf_init(&c->conf);
	err = optq_parse_class(attr, &c->conf, tb, extack);
	if (err)
		return err;
	if (!tb[OPTQ_CLASS_A_ID])
		return class_error(c, -EINVAL, "class has no id", extack);
	c->id = nla_get_u32(tb[OPTQ_CLASS_A_ID]);
	if (!c->id || c->id == ~0U)
		return class_error(c, -EINVAL,
				   "class id must be 1 to 4294967294", extack);
	if (optq_stage_find(st, c->id) != OPTQ_NONE)
		return class_error(c, -EEXIST, "class id is used twice",
				   extack);
	if (tb[OPTQ_CLASS_A_PARENT])
		parent = nla_get_u32(tb[OPTQ_CLASS_A_PARENT]);
	err = stage_parent(st, c, parent, extack);
	if (!err)
		err = stage_name(st, idx, tb[OPTQ_CLASS_A_NAME], extack);
	if (!err)
		err = stage_police(st, &c->police, tb[OPTQ_CLASS_A_POLICE], extack);
	if (err)
		return err;
	bucket = &st->by_id[hash_id(st, c->id)];
	c->next_id = *bucket;
	*bucket = idx;
	st->n++;
	return 0;
}

/* Children come after their parents, so one walk back sums every subtree. */
static int stage_check_rates(struct optq_stage *st,
			     struct netlink_ext_ack *extack)
{
	u64 below = 0;
	u32 i = st->n;

	while (i--) {
		struct optq_stage_class *c = &st->class[i];
		u64 need = c->conf.rate ?: c->below;

		if (c->conf.rate && c->below > c->conf.rate &&
		    !c->conf.oversubscribe)
			return class_error(c, -ERANGE,
					   "the rates below it add up to more than its rate; oversubscribe allows that",
					   extack);
		if (c->parent == OPTQ_NONE)
			below += need;
		else
			st->class[c->parent].below += need;
	}
	if (st->link.rate && below > st->link.rate &&
	    !st->link.oversubscribe) {
		NL_SET_ERR_MSG(extack,
			       "the classes' rates add up to more than the link's rate; oversubscribe allows that");
		return -ERANGE;
	}
	return 0;
}

static bool stage_is_leaf(const struct optq_stage *st, u32 id)
{
	u32 i = optq_stage_find(st, id);

	return i != OPTQ_NONE && !st->class[i].n_children;
}

int optq_stage_compile(struct optq_stage *st, const struct optq_part *part,
		       struct netlink_ext_ack *extack)
{
	struct optq_rules *rules = optq_rules_parse(part, extack);

	if (IS_ERR(rules))
		return PTR_ERR(rules);
	st->rules = rules;
	return 0;
}

static int stage_rules(struct optq_stage *st, const struct optq_part *part,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *attr;
	u32 i = 0;
	int rem;

	optq_for_each_top(attr, part, rem, OPTQ_A_RULE) {
		if (!stage_is_leaf(st, st->rules->slot[i++].class_id)) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "a rule must name a leaf class");
			return -ENOENT;
		}
	}
	return optq_rules_know(st->rules, st->link.flows);
}

static int stage_link(struct optq_stage *st, const struct optq_part *part,
		      bool create, struct netlink_ext_ack *extack)
{
	struct nlattr *attr, *police = NULL;
	int rem, err = 0;

	optq_for_each_top(attr, part, rem, OPTQ_A_LINK) {
		err = optq_parse_link(attr, &st->link, create, &police, extack);
		if (err)
			return err;
	}
	return stage_police(st, &st->police, police, extack);
}

/* Node 0 is the link's, the others' are their index and 1. */
static int stage_targets(struct optq_stage *st, const struct optq_police *p,
			 struct optq_moves_node *node, const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	int i;

	for (i = 0; i < OPTQ_COLOURS; i++) {
		u32 id = p ? p->conf.act[i].class_id : 0, at;

		node->target[i] = OPTQ_MOVES_NONE;
		if (!id)
			continue;
		at = optq_stage_find(st, id);
		if (at == OPTQ_NONE || st->class[at].n_children) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "police: packets are moved to a leaf class, by its id");
			return -ENOENT;
		}
		node->target[i] = at + 1;
	}
	return 0;
}

static int stage_moves_check(struct optq_stage *st, struct optq_moves_node *node,
			     struct netlink_ext_ack *extack)
{
	u32 i, bad;
	int err;

	node[0].parent = OPTQ_MOVES_NONE;
	err = stage_targets(st, st->police, node, NULL, extack);
	for (i = 0; !err && i < st->n; i++) {
		struct optq_stage_class *c = &st->class[i];

		node[i + 1].parent = c->parent == OPTQ_NONE ? 0 : c->parent + 1;
		err = stage_targets(st, c->police, &node[i + 1], c->attr, extack);
	}
	if (err)
		return err;
	bad = optq_moves_check(node, st->n + 1);
	if (bad == OPTQ_MOVES_NONE)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, bad ? st->class[bad - 1].attr : NULL,
			    "police: a packet that it moves would come back, or be moved more than 4 times");
	return -ELOOP;
}

/* Where packets are moved to is no circle.  Most trees move none. */
static int stage_moves(struct optq_stage *st, struct netlink_ext_ack *extack)
{
	bool moves = optq_police_moves(st->police);
	struct optq_moves_node *node;
	u32 i;
	int err;

	for (i = 0; i < st->n && !moves; i++)
		moves = optq_police_moves(st->class[i].police);
	if (!moves)
		return 0;
	node = kvmalloc_array(st->n + 1, sizeof(*node), OPTQ_GFP_MANY);
	if (!node)
		return -ENOMEM;
	err = stage_moves_check(st, node, extack);
	kvfree(node);
	return err;
}

int optq_stage_parse(struct optq_stage *st, const struct optq_part *part,
		     bool create, struct netlink_ext_ack *extack)
{
	struct nlattr *attr;
	int rem, err;

	err = stage_alloc(st, part, extack);
	if (err)
		return err;
	err = stage_link(st, part, create, extack);
	if (err)
		return err;
	optq_for_each_top(attr, part, rem, OPTQ_A_CLASS) {
		err = stage_one_class(st, attr, extack);
		if (err)
			return err;
		cond_resched();
	}
	err = stage_check_rates(st, extack);
	if (!err)
		err = stage_moves(st, extack);
	if (!err && st->link.sysfs)
		err = optq_sysfs_fits(st->n, extack);
	if (err)
		return err;
	if (st->link.default_id && !stage_is_leaf(st, st->link.default_id)) {
		NL_SET_ERR_MSG(extack, "the default class must be a leaf of the tree");
		return -ENOENT;
	}
	return stage_rules(st, part, extack);
}

void optq_stage_free(struct optq_stage *st)
{
	u32 i;

	for (i = 0; i < st->n; i++) {
		optq_police_free(st->class[i].police);
		if (st->class[i].fresh && st->class[i].cl)
			optq_cl_free(st->class[i].cl);
		cond_resched();
	}
	optq_police_free(st->police);
	kvfree(st->class);
	kvfree(st->by_id);
	kvfree(st->by_name);
	optq_rules_free(st->rules);
}
