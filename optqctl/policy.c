// SPDX-License-Identifier: GPL-2.0
#include <linux/if.h>
#include <linux/optq.h>
#include <stdlib.h>
#include <string.h>

#include "expand.h"
#include "mem.h"
#include "policy.h"
#include "policy_keys.h"
#include "policy_match.h"
#include "preset.h"

struct reader {
	const struct source *src;
	const struct for_eaches *each;
	struct diags *d;
	struct policy *policy;
	struct link *link;
};

static const struct key policy_keys[] = {
	{ "optq", KEY_OTHER }, { "include", KEY_OTHER }, { "let", KEY_OTHER },
	{ "sets", KEY_OTHER }, { "links", KEY_OTHER }, { NULL }
};

static const struct key link_keys[] = {
	{ "device", KEY_OTHER }, { "egress", KEY_OTHER },
	{ "ingress", KEY_OTHER }, { NULL }
};

#define AT(type, member)	offsetof(struct type, member)

/* Of egress and of ingress. */
static const struct key tree_keys[] = {
	{ "rate", KEY_RATE, AT(link, rate), 0, OPTQ_RATE_MIN, OPTQ_RATE_MAX },
	{ "burst", KEY_SIZE, AT(link, burst), 0, 1, OPTQ_BURST_MAX },
	{ "limit", KEY_PACKETS, AT(link, limit), 0, 1, OPTQ_LIMIT_MAX },
	{ "memory", KEY_SIZE, AT(link, memory), 0, OPTQ_MEMORY_MIN,
	  OPTQ_MEMORY_MAX },
	{ "oversubscribe", KEY_BOOL, AT(link, oversubscribe) },
	{ "sysfs", KEY_BOOL, AT(link, sysfs) },
	{ "wire", KEY_WIRE, AT(link, wire) },
	{ "dscp", KEY_DSCP, AT(link, dscp) },
	{ "ack-filter", KEY_ACK_FILTER, AT(link, ack_filter) },
	{ "police", KEY_POLICE, AT(link, police) },
	{ "default", KEY_OTHER }, { "preset", KEY_OTHER },
	{ "classes", KEY_OTHER },
	{ NULL }
};

static const struct key class_keys[] = {
	{ "rate", KEY_RATE, AT(class, rate), AT(class, rate_share),
	  OPTQ_RATE_MIN, OPTQ_RATE_MAX },
	{ "ceil", KEY_RATE, AT(class, ceil), AT(class, ceil_share),
	  OPTQ_RATE_MIN, OPTQ_RATE_MAX },
	{ "burst", KEY_SIZE, AT(class, burst), 0, 1, OPTQ_BURST_MAX },
	{ "cburst", KEY_SIZE, AT(class, cburst), 0, 1, OPTQ_BURST_MAX },
	{ "delay", KEY_TIME, AT(class, delay_ns), 0, OPTQ_TIME_MIN_NS,
	  OPTQ_TIME_MAX_NS },
	{ "weight", KEY_NUMBER, AT(class, weight), 0, 1, UINT32_MAX },
	{ "prio", KEY_NUMBER, AT(class, prio), 0, 0, OPTQ_PRIO_MAX },
	{ "quantum", KEY_SIZE, AT(class, quantum), 0, OPTQ_QUANTUM_MIN,
	  OPTQ_QUANTUM_MAX },
	{ "limit", KEY_PACKETS, AT(class, limit), 0, 1, OPTQ_LIMIT_MAX },
	{ "target", KEY_TIME, AT(class, target_ns), 0, OPTQ_TIME_MIN_NS,
	  OPTQ_TIME_MAX_NS },
	{ "interval", KEY_TIME, AT(class, interval_ns), 0, OPTQ_TIME_MIN_NS,
	  OPTQ_TIME_MAX_NS },
	{ "ecn", KEY_TRISTATE, AT(class, ecn) },
	{ "l4s", KEY_TRISTATE, AT(class, l4s) },
	{ "step_thresh", KEY_TIME, AT(class, step_ns), 0, OPTQ_TIME_MIN_NS,
	  OPTQ_STEP_MAX_NS },
	{ "isolate", KEY_ISOLATE, AT(class, isolate) },
	{ "nat", KEY_BOOL, AT(class, nat) },
	{ "oversubscribe", KEY_BOOL, AT(class, oversubscribe) },
	{ "wire", KEY_WIRE, AT(class, wire) },
	{ "dscp", KEY_DSCP, AT(class, dscp) },
	{ "ack-filter", KEY_ACK_FILTER, AT(class, ack_filter) },
	{ "police", KEY_POLICE, AT(class, police) },
	{ "match", KEY_OTHER }, { "preset", KEY_OTHER },
	{ "classes", KEY_OTHER },
	{ NULL }
};

static void note_places(struct class *class, const char *key,
			const struct ynode *name, const struct ynode *value)
{
	static const struct { const char *key; size_t field; } values[] = {
		{ "rate", AT(class, rate_at) }, { "ceil", AT(class, ceil_at) },
		{ "burst", AT(class, burst_at) },
		{ "cburst", AT(class, cburst_at) },
		{ "weight", AT(class, weight_at) },
		{ "target", AT(class, target_at) },
	};
	static const char *const leaf_only[] = {
		"delay", "quantum", "limit", "target", "interval", "ecn",
		"l4s", "step_thresh", "isolate", "nat"
	};
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(*values); i++)
		if (!strcmp(key, values[i].key))
			memcpy((char *)class + values[i].field, &value->at,
			       sizeof(value->at));
	if (!strcmp(key, "oversubscribe"))
		class->oversubscribe_at = name->at;
	if (!strcmp(key, "delay"))
		class->delay_at = name->at;
	if (!strcmp(key, "l4s"))
		class->l4s_at = name->at;
	if (!strcmp(key, "step_thresh"))
		class->step_at = name->at;
	for (i = 0; i < sizeof(leaf_only) / sizeof(*leaf_only); i++) {
		if (strcmp(key, leaf_only[i]) || class->leaf_only)
			continue;
		class->leaf_only_at = name->at;
		class->leaf_only = leaf_only[i];
	}
}

static void read_classes(struct reader *r, const struct ynode *map,
			 uint32_t parent);

static void read_class(struct reader *r, const struct ynode *map,
		       uint32_t index)
{
	const struct ynode *below = NULL, *matches = NULL;
	const struct key *key;
	size_t i;

	for (i = 0; i < map->n; i++) {
		key = find_key(class_keys, map->keys[i], "a class", r->d);
		if (!key)
			continue;
		note_places(&r->link->classes[index], key->name, map->keys[i],
			    map->items[i]);
		if (key->kind != KEY_OTHER)
			read_key(key, map->items[i], &r->link->classes[index],
				 r->d);
		else if (!strcmp(key->name, "match"))
			matches = map->items[i];
		else if (!strcmp(key->name, "classes"))
			below = map->items[i];
	}
	if (matches && below) {
		diag_error(r->d, matches->at, "match on a class that has classes below it: traffic queues in leaves, move the match to one of them");
		matches = NULL;
	}
	if (matches)
		policy_read_matches(&(struct match_reader){
			r->src, r->d, r->policy, r->link
		}, matches, index);
	if (below)
		read_classes(r, below, index);
}

static bool room_for_class(struct reader *r, const struct ynode *name,
			   uint32_t parent)
{
	if (parent != NO_CLASS &&
	    r->link->classes[parent].level >= OPTQ_DEPTH_MAX) {
		diag_error(r->d, name->at, "classes nested deeper than %d levels",
			   OPTQ_DEPTH_MAX);
		return false;
	}
	if (r->link->n_classes >= OPTQ_CLASSES_MAX) {
		diag_error(r->d, name->at, "more than %d classes on one link",
			   OPTQ_CLASSES_MAX);
		return false;
	}
	return true;
}

/* False: there is room for no more. */
static bool add_class(struct reader *r, const struct ynode *name,
		      const struct ynode *body, uint32_t parent)
{
	uint32_t index = r->link->n_classes;
	struct class *class;

	if (!room_for_class(r, name, parent))
		return false;
	check_name(name, "class", r->d);
	class = link_add_class(r->link, parent, name->text);
	class->name_at = name->at;
	/* "other:" alone is a leaf that has every default. */
	if (!ynode_is_null(body) && is_map(body, "a class", r->d))
		read_class(r, body, index);
	return true;
}

/* Row by row: they need not be in memory all at once. */
static bool add_rows(struct reader *r, const struct ynode *key, uint32_t parent)
{
	struct for_each *fe = for_each_find(r->each, key);
	size_t errors = r->d->errors, row, i;
	struct ynode *classes;
	bool room = true;

	/* More errors than are shown need not be found. */
	for (row = 0; fe && room && row < fe->table->n_rows &&
	     r->d->errors - errors < DIAG_SHOWN_MAX; row++) {
		classes = for_each_row(r->each, fe, row, r->d);
		for (i = 0; room && i < classes->n; i++)
			room = add_class(r, classes->keys[i], classes->items[i],
					 parent);
		ynode_free(classes);
	}
	return room;
}

static void read_classes(struct reader *r, const struct ynode *map,
			 uint32_t parent)
{
	bool room = true;
	size_t i;

	if (!is_map(map, "classes", r->d))
		return;
	if (!map->n)
		diag_error(r->d, map->at, parent == NO_CLASS ?
			   "classes: no class is given: a link needs one at least, such as \"rest:\"" :
			   "classes: no class is given: name one, or leave the key out");
	for (i = 0; room && i < map->n; i++)
		room = is_for_each(map->keys[i]) ?
			add_rows(r, map->keys[i], parent) :
			add_class(r, map->keys[i], map->items[i], parent);
}

static void read_tree(struct reader *r, const struct ynode *map)
{
	const char *direction = link_direction(r->link);
	const struct ynode *classes = NULL;
	const struct key *key;
	const char *text;
	size_t i;

	for (i = 0; i < map->n; i++) {
		key = find_key(tree_keys, map->keys[i], direction, r->d);
		if (!key)
			continue;
		if (!strcmp(key->name, "rate"))
			r->link->rate_at = map->items[i]->at;
		else if (!strcmp(key->name, "burst"))
			r->link->burst_at = map->items[i]->at;
		else if (!strcmp(key->name, "sysfs"))
			r->link->sysfs_at = map->items[i]->at;
		if (key->kind != KEY_OTHER) {
			read_key(key, map->items[i], r->link, r->d);
		} else if (!strcmp(key->name, "classes")) {
			classes = map->items[i];
		} else if (!strcmp(key->name, "preset")) {
			/* Is left when it is none: it might have had a default. */
			if (!map_find(map, "default"))
				r->link->default_at = map->items[i]->at;
		} else if (!strcmp(key->name, "default")) {
			r->link->default_at = map->items[i]->at;
			text = scalar_text(map->items[i], key->name,
					   "the path of a leaf such as office/other",
					   r->d);
			/* A key that is given twice is an error, not a leak. */
			free(r->link->default_path);
			r->link->default_path = text ?
				mem_strndup(text, strlen(text)) : NULL;
		}
	}
	if (classes)
		read_classes(r, classes, NO_CLASS);
	else if (!map_find(map, "preset"))
		diag_error(r->d, r->link->name_at, "link \"%s\" has no classes: %s needs the key \"classes\", or \"preset\"",
			   r->link->name, direction);
}

static void set_device(struct link *link, const char *name)
{
	link->device = mem_strndup(name, strlen(name));
	link->title = mem_printf("%s%s", name, link->ingress ? " ingress" : "");
}

static void read_device(struct reader *r, const struct ynode *link_map)
{
	const struct ynode *value = map_find(link_map, "device");
	struct link *link = r->link;
	const char *text = link->name;
	struct span at = link->name_at;

	if (value) {
		text = scalar_text(value, "device", "a name such as eth0", r->d);
		at = value->at;
	}
	if (!text)
		return;
	link->device_at = at;
	set_device(link, text);
	if (strlen(text) >= IFNAMSIZ)
		diag_error(r->d, at, "device name \"%s\" is longer than %d bytes%s",
			   text, IFNAMSIZ - 1,
			   value ? "" : ": give the key \"device\"");
	else if (strpbrk(text, "/: \t\r\n") || !strcmp(text, ".") ||
		 !strcmp(text, ".."))
		diag_error(r->d, at, "\"%s\" cannot be a device name", text);
}

static void add_link(struct reader *r, const struct ynode *name, bool ingress)
{
	r->policy->links = mem_grow(r->policy->links, &r->policy->links_room,
				    r->policy->n_links + 1,
				    sizeof(*r->policy->links));
	r->link = &r->policy->links[r->policy->n_links++];
	r->link->name = mem_strndup(name->text, name->text_len);
	r->link->name_at = name->at;
	r->link->default_class = NO_CLASS;
	r->link->ingress = ingress;
}

/* The device of the link's egress, whose mistakes are told there. */
static void share_device(struct reader *r)
{
	const struct link *egress = r->link - 1;

	if (!egress->device)
		return;
	r->link->device_at = egress->device_at;
	set_device(r->link, egress->device);
}

static void read_link(struct reader *r, const struct ynode *name,
		      const struct ynode *map)
{
	const struct ynode *egress, *ingress;
	size_t i;

	check_name(name, "link", r->d);
	if (!is_map(map, "a link", r->d))
		return;
	for (i = 0; i < map->n; i++)
		find_key(link_keys, map->keys[i], "a link", r->d);
	egress = map_find(map, "egress");
	ingress = map_find(map, "ingress");
	if (!egress && !ingress)
		diag_error(r->d, name->at, "link \"%s\" says nothing: give it the key \"egress\", for what leaves by the device, \"ingress\", for what comes in, or both",
			   name->text);
	if (egress || !ingress) {
		add_link(r, name, false);
		read_device(r, map);
		if (egress && is_map(egress, "egress", r->d))
			read_tree(r, egress);
	}
	if (ingress) {
		add_link(r, name, true);
		if (egress)
			share_device(r);
		else
			read_device(r, map);
		if (is_map(ingress, "ingress", r->d))
			read_tree(r, ingress);
	}
}

static void check_version(struct reader *r, const struct ynode *root)
{
	const struct ynode *version = map_find(root, "optq");
	struct span start = { 0, 0 };

	if (!version)
		diag_error(r->d, root->n ? root->keys[0]->at : start,
			   "the version of the language is missing: begin with \"optq: 1\"");
	else if (version->kind != YNODE_SCALAR || !version->plain ||
		 strcmp(version->text, "1"))
		diag_error(r->d, version->at, "this optqctl reads version 1 of the language: \"optq: 1\"");
}

void policy_read(const struct source *src, const struct ynode *root,
		 const struct for_eaches *each, struct policy *policy,
		 struct diags *d)
{
	struct reader r = { .src = src, .each = each, .d = d, .policy = policy };
	const struct ynode *links;
	size_t i;

	if (!is_map(root, "a policy", d))
		return;
	check_version(&r, root);
	for (i = 0; i < root->n; i++)
		find_key(policy_keys, root->keys[i], "a policy", d);
	named_sets_read(&policy->sets, map_find(root, "sets"), src, d);
	links = map_find(root, "links");
	if (!links) {
		diag_error(d, root->at, "the key \"links\" is missing: there is nothing to do");
		return;
	}
	if (!is_map(links, "links", d))
		return;
	if (!links->n)
		diag_error(d, links->at, "links: no link is given");
	for (i = 0; i < links->n; i++)
		read_link(&r, links->keys[i], links->items[i]);
	named_sets_warn_unused(&policy->sets);
}

static void parse_tree(struct source *src, struct ynode *root,
		       struct policy *policy, struct diags *d)
{
	struct preset_uses uses;
	struct expansion ex;
	size_t placed;

	if (expand_policy(&ex, src, root, d)) {
		placed = d->n;
		presets_expand(root, &uses, ex.end, d);
		policy_read(src, root, &ex.each, policy, d);
		expand_check_names(&ex, policy, d);
		policy_check(policy, d);
		presets_place(&uses, policy, d);
		expand_place(&ex, policy, d, placed);
		preset_uses_free(&uses);
	}
	expansion_free(&ex);
	policy_place_rules(policy, src);
}

bool policy_parse(struct source *src, struct policy *policy, struct diags *d)
{
	struct ynode *root;

	memset(policy, 0, sizeof(*policy));
	root = yaml_parse(src, d);
	if (root)
		parse_tree(src, root, policy, d);
	policy->root = root;
	diags_sort(d);
	return !d->errors;
}
