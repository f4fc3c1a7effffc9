// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "core/hist.h"
#include "ctl_help.h"
#include "ctl_tree.h"
#include "mem.h"
#include "police_nl.h"
#include "show_view.h"
#include "term.h"

struct live_class *add_class(struct live_tree *tree, uint32_t id, const char *name,
			     size_t parent)
{
	struct live_class *c;

	tree->classes = mem_grow(tree->classes, &tree->room, tree->n + 1,
				 sizeof(*tree->classes));
	c = &tree->classes[tree->n++];
	c->id = id;
	c->name = name ? mem_strndup(name, strlen(name)) : NULL;
	c->parent_index = parent;
	c->parent = parent == SIZE_MAX ? 0 : tree->classes[parent].id;
	c->level = parent == SIZE_MAX ? 1 : tree->classes[parent].level + 1;
	return c;
}

void add_sent(struct live_class *c, uint64_t packets, uint64_t bytes, uint64_t wait_ns)
{
	uint32_t bucket = optq_hist_bucket(wait_ns);

	c->stats.packets += packets;
	c->stats.bytes += packets * bytes;
	if (!c->hist)
		c->hist = mem_zalloc(OPTQ_HIST_BUCKETS, sizeof(*c->hist));
	c->n_hist = OPTQ_HIST_BUCKETS;
	c->hist[bucket] += (uint32_t)packets;
}

struct live_tree copy_tree(const struct live_tree *tree)
{
	struct live_tree copy = *tree;
	struct live_class *c;
	size_t i;

	copy.classes = mem_zalloc(tree->n, sizeof(*copy.classes));
	copy.room = tree->n;
	for (i = 0; i < tree->n; i++) {
		c = &copy.classes[i];
		*c = tree->classes[i];
		if (c->name)
			c->name = mem_strndup(c->name, strlen(c->name));
		if (!c->hist)
			continue;
		c->hist = mem_zalloc(c->n_hist, sizeof(*c->hist));
		memcpy(c->hist, tree->classes[i].hist, c->n_hist * sizeof(*c->hist));
	}
	return copy;
}

static const char *random_name(struct random_source *r, char name[OPTQ_NAME_MAX + 1])
{
	static const char *const parts[] = {
		"a", "site", "-", "\xc3\xa4", "\xe5\xad\x97", "\033[2J", "0123456789", " ",
	};
	const char *part;

	*name = '\0';
	do {
		part = parts[random_below(r, sizeof(parts) / sizeof(*parts))];
		if (strlen(name) + strlen(part) > OPTQ_NAME_MAX)
			break;
		strcat(name, part);
	} while (random_below(r, 20));
	return name;
}

static uint64_t big(struct random_source *r)
{
	return ((uint64_t)random_below(r, UINT32_MAX) << 32 | random_below(r, UINT32_MAX)) >>
	       random_below(r, 64);
}

static void fill_class(struct random_source *r, struct live_class *c)
{
	uint64_t *figure = (uint64_t *)&c->stats;
	size_t i;

	for (i = 0; i < sizeof(c->stats) / sizeof(*figure); i++)
		figure[i] = big(r);
	/* The histogram ends at 10 s. */
	c->stats.sojourn_p50_ns = random_below(r, UINT32_MAX);
	c->stats.sojourn_p99_ns = random_below(r, UINT32_MAX);
	c->rate = big(r) % (OPTQ_RATE_MAX + 1);
	c->ceil = big(r) % (OPTQ_RATE_MAX + 1);
	c->prio = random_below(r, 8);
	c->leaf = random_below(r, 2);
	c->delay_ns = big(r);
	c->wire.layer = (uint8_t)random_below(r, 6);
	c->wire.overhead = (int16_t)random_below(r, 200) - 64;
	c->isolate = (uint8_t)random_below(r, 8);
	c->nat = random_below(r, 2);
	c->dscp = (uint8_t)random_below(r, 60);
	c->ack_filter = (uint8_t)random_below(r, 4);
	if (!random_below(r, 10))
		c->qdisc = mem_strndup("a-kind-of-qdisc", 15);
	if (random_below(r, 10))
		return;
	c->police = mem_zalloc(1, sizeof(*c->police));
	c->police->cir = big(r) % OPTQ_RATE_MAX;
	c->police->pir = big(r) % OPTQ_RATE_MAX;
	c->police->act[0].class_id = 1;
	c->police->act[1].class_id = 2;
	figure = (uint64_t *)&c->police->stats;
	for (i = 0; i < sizeof(c->police->stats) / sizeof(*figure); i++)
		figure[i] = big(r);
}

struct live_tree random_tree(struct random_source *r, size_t n, uint32_t deep)
{
	struct live_tree tree = { .handle = 0xffff0000, .generation = UINT32_MAX };
	char name[OPTQ_NAME_MAX + 1];
	size_t i, parent;

	strcpy(tree.device, "a-long-devname0");
	tree.rate = big(r) % OPTQ_RATE_MAX;
	tree.rules = UINT32_MAX;
	tree.sysfs = true;
	tree.stats.bytes = UINT64_MAX;
	for (i = 0; i < n; i++) {
		parent = !i ? SIZE_MAX : random_below(r, 10) < deep ? i - 1 :
			 random_below(r, (uint32_t)i);
		while (parent != SIZE_MAX && tree.classes[parent].level == OPTQ_DEPTH_MAX)
			parent = tree.classes[parent].parent_index;
		fill_class(r, add_class(&tree, (uint32_t)i + 1, random_below(r, 10) ?
					random_name(r, name) : NULL, parent));
	}
	tree.default_id = random_below(r, (uint32_t)n) + 1;
	return tree;
}

/* The tree stays the caller's. */
static struct sampler borrow(const struct live_tree *tree)
{
	struct live_tree same = *tree;
	struct sampler s = { 0 };

	sampler_take(&s, &same, 1);
	return s;
}

static void give_back(struct sampler *s)
{
	memset(&s->tree, 0, sizeof(s->tree));
	sampler_free(s);
}

void print_tree(FILE *out, const struct live_tree *tree)
{
	struct sampler s = borrow(tree);

	live_print(out, &s);
	give_back(&s);
}

struct json_object *tree_json(const struct live_tree *tree)
{
	struct sampler s = borrow(tree);
	struct json_object *o = live_json(&s);

	give_back(&s);
	return o;
}

char *shown(struct live_tree *tree)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	assert_non_null(out);
	print_tree(out, tree);
	fclose(out);
	live_free(tree);
	return text;
}

void assert_80_columns(const char *text)
{
	size_t len;

	for (; *text; text += len + 1) {
		len = strcspn(text, "\n");
		if (term_width(text, len) > 80)
			fail_msg("%zu columns: %.*s", term_width(text, len), (int)len, text);
	}
}
