// SPDX-License-Identifier: GPL-2.0
/*
 * Top as it is, on a tree that moves with the clock: for ctl_top.sh.
 *	top_fake FILE screen|plain|json [INTERVAL_MS [COUNT]]
 * Words in FILE, which is read for each snapshot:
 *	gone	there is no tree
 *	more	another class, another generation
 *	many	10,000 classes more
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl_tree.h"
#include "interval.h"
#include "mem.h"
#include "top.h"

#define NS_PER_S	1000000000ULL
#define NO_LIMIT	0

struct fake {
	const char *file;
	uint64_t began_ns;
	bool next;		/* the other tree */
};

static bool file_has(const struct fake *f, const char *word)
{
	FILE *in = fopen(f->file, "r");
	char text[256];
	size_t n;

	if (!in)
		return false;
	n = fread(text, 1, sizeof(text) - 1, in);
	fclose(in);
	text[n] = '\0';
	return strstr(text, word);
}

/* Of so many bytes a second until now. */
static struct live_class *leaf(struct live_tree *tree, const struct fake *f,
			       uint32_t id, const char *name, size_t parent,
			       uint64_t bytes_per_second)
{
	struct live_class *c = add_class(tree, id, name, parent);
	uint64_t ms = (monotonic_ns() - f->began_ns) / 1000000;
	uint64_t bytes = bytes_per_second * ms / 1000, packets = bytes / 100;

	c->leaf = true;
	add_sent(c, packets, 100, id * 1000000);
	tree->stats.bytes += packets * 100;
	tree->stats.packets += packets;
	if (parent != SIZE_MAX)
		tree->classes[parent].stats.bytes += packets * 100;
	if (parent != SIZE_MAX)
		tree->classes[parent].stats.packets += packets;
	return c;
}

static void add_many(struct live_tree *tree, const struct fake *f)
{
	char name[32];
	uint32_t i;

	for (i = 0; i < 10000; i++) {
		snprintf(name, sizeof(name), "subscriber-%05u", i);
		leaf(tree, f, 100 + i, name, SIZE_MAX, i * 10);
	}
}

static void fill(struct live_tree *tree, const struct fake *f)
{
	struct live_class *c;
	size_t office;

	office = tree->n;
	add_class(tree, 1, "office", SIZE_MAX)->rate = 1250000;
	leaf(tree, f, 2, "web", office, 100000);
	c = leaf(tree, f, 3, "backup-of-all-the-servers", office, 500000);
	c->ceil = 500000;
	c->stats.drop_aqm = c->stats.bytes / 100000;	/* 5 a second */
	c->stats.backlog_bytes = 1514;
	c->stats.backlog_packets = 1;
	c = leaf(tree, f, 4, "mail", office, 20000);
	c->stats.backlog_bytes = 30280;
	c->stats.backlog_packets = 20;
	leaf(tree, f, 5, "voice", SIZE_MAX, 8000)->rate = 16000;
	leaf(tree, f, 6, "idle", SIZE_MAX, 0);
	if (file_has(f, "more"))
		leaf(tree, f, 7, "video", SIZE_MAX, 1000000);
	if (file_has(f, "many"))
		add_many(tree, f);
}

static bool read_fake(void *arg, struct live_tree *tree, char **why)
{
	struct fake *f = arg;

	if (file_has(f, "gone")) {
		*why = mem_printf("wan0: there is no such device here");
		return false;
	}
	strcpy(tree->device, f->next ? "ifb-wan0" : "wan0");
	if (f->next)
		strcpy(tree->ingress_of, "wan0");
	tree->ifindex = 2 + f->next;
	tree->handle = 1 << 16;
	tree->generation = file_has(f, "more") ? 8 : 7;
	tree->rate = 1250000;
	fill(tree, f);
	return true;
}

static void next_fake(void *arg)
{
	struct fake *f = arg;

	f->next = !f->next;
}

int main(int argc, char **argv)
{
	struct fake fake = { .file = argc > 1 ? argv[1] : "" };
	struct top_source source = { read_fake, next_fake, &fake };
	struct top t = { .interval_ns = NS_PER_S };
	enum top_output output = TOP_SCREEN;
	bool good;

	setlocale(LC_CTYPE, "");
	if (argc < 3)
		return 2;
	if (strcmp(argv[2], "screen"))
		output = !strcmp(argv[2], "json") ? TOP_JSON : TOP_PLAIN;
	if (argc > 3)
		t.interval_ns = strtoull(argv[3], NULL, 10) * 1000000;
	/* A second ago, so that the counters are not 0. */
	fake.began_ns = monotonic_ns() - NS_PER_S;
	good = top_take(&t, &source) &&
	       top_run(&t, &source, output, argc > 4 ? strtoull(argv[4], NULL, 10) : NO_LIMIT);
	top_free(&t);
	return good ? 0 : 1;
}
