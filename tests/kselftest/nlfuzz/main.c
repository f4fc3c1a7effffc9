// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink requests to sch_optq and to what stands above and below it, most of them right,
 * the others changed on purpose, while packets flow, devices come and go and a second
 * thread dumps.
 *
 *	nl_fuzz [--seed N] [--messages N] [--from N] [--to N] [--seconds N] [--alone] [--show]
 *
 * The same seed makes the same requests; --from and --to send a part of the sequence, and
 * one that begins with a round, of 512, finds what it found.  --seconds: it ends by then.
 * --alone: nothing goes on beside them.  --show tells each before it is sent, and what came
 * of it.  What came of all is told at the end, by command, as JSON too; a class that lost count
 * of its packets, exit 1.  All is done in network namespaces of its own.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <linux/optq.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "balance.h"
#include "devices.h"
#include "grammar.h"
#include "load.h"
#include "sock.h"

#define ROUND		512
#define ERRNOS		600

const char *const what_names[WHATS] = {
	[QDISC_NEW] = "newqdisc", [QDISC_DEL] = "delqdisc", [QDISC_GET] = "getqdisc",
	[CLASS_NEW] = "newtclass", [CLASS_DEL] = "deltclass", [CLASS_GET] = "gettclass",
	[FILTER_NEW] = "newtfilter", [FILTER_DEL] = "deltfilter", [FILTER_GET] = "gettfilter",
	[TREE_SET] = "tree-set", [TREES_SET] = "tree-set-many", [TREE_GET] = "tree-get",
	[CLASS_DUMP] = "class-get", [RULE_DUMP] = "rule-get", [FLOW_DUMP] = "flow-get",
	[ELEM_SET] = "elem-set", [ELEM_DEL] = "elem-del", [EXPLAIN] = "explain",
	[OTHER_CMD] = "other",
};

static struct count {
	uint64_t sent, accepted, silent, broken, broken_accepted, ns;
	uint64_t refused[ERRNOS];
} counts[WHATS];

struct options {
	uint64_t seed, from, to, seconds;
	bool alone, show;
};

static struct request request;
static struct sock rtnl, genl;
static uint64_t unbalanced, looks;

static void number_of_round(const struct options *o, uint64_t number, struct round *round)
{
	struct rnd r = { .state = o->seed ^ number << 32 };

	round->above = one_in(&r, 3) ? any_classful(&r) : NULL;
}

/* Should the kernel stop here, its log tells which messages to send again. */
static void tell_kernel(const struct options *o, uint64_t i)
{
	FILE *log = fopen("/dev/kmsg", "w");

	if (!log)
		return;
	fprintf(log, "nl_fuzz: --seed %" PRIu64 " --from %" PRIu64 "\n", o->seed, i);
	fclose(log);
}

static void new_round(const struct options *o, uint64_t i, struct round *round)
{
	tell_kernel(o, i);
	if (i != o->from) {
		unbalanced += balance_look(&genl, &looks);
		sock_close(&rtnl);
		sock_close(&genl);
	}
	devices_delete();
	devices_make();
	number_of_round(o, i / ROUND, round);
	sock_open(&rtnl, NETLINK_ROUTE);
	sock_open(&genl, NETLINK_GENERIC);
}

static void move_device(uint64_t in_round)
{
	if (in_round == ROUND / 3 || in_round == ROUND / 2)
		device_set(DEV_VETH, false);
	if (in_round == ROUND / 3 + 4 || in_round == ROUND / 2 + 4)
		device_set(DEV_VETH, true);
}

static void make(const struct options *o, uint64_t i, const struct round *round)
{
	uint64_t in_round = i % ROUND;

	request_init(&request, o->seed, i);
	if (in_round < TC_BEGIN) {
		tc_begin(&request, round, (uint32_t)in_round);
		return;
	}
	if (one_in(&request.r, 2))
		tc_request(&request, round);
	else
		genl_request(&request, round);
	if (one_in(&request.r, 3))
		mutate(&request);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static void count(int err, uint64_t took_ns)
{
	struct count *c = &counts[request.what];

	c->sent++;
	c->ns += took_ns;
	c->broken += request.broken;
	if (err == SILENT)
		c->silent++;
	else if (err)
		c->refused[err < ERRNOS ? err : 0]++;
	else
		c->accepted++;
	c->broken_accepted += !err && request.broken;
}

static void show(struct sock *s, uint64_t i)
{
	size_t len = request_write(&request, s->family, 0, s->out), at;

	printf("%" PRIu64 " %s%s ", i, what_names[request.what],
	       request.broken ? ", changed" : "");
	for (at = 0; at < len; at++)
		printf("%02x", s->out[at]);
	printf("\n");
	fflush(stdout);
}

static void total(struct count *all)
{
	int w;

	memset(all, 0, sizeof(*all));
	for (w = 0; w < WHATS; w++) {
		all->sent += counts[w].sent;
		all->accepted += counts[w].accepted;
		all->silent += counts[w].silent;
		all->broken += counts[w].broken;
		all->broken_accepted += counts[w].broken_accepted;
	}
}

static void progress(void)
{
	static time_t last;
	time_t now = time(NULL);
	struct count all;

	if (now < last + 5)
		return;
	last = now;
	total(&all);
	printf("%" PRIu64 " requests, %" PRIu64 " accepted\n", all.sent, all.accepted);
	fflush(stdout);
}

static void run(const struct options *o)
{
	struct round round;
	struct sock *s;
	uint64_t i, began, end;
	int err;

	end = o->seconds ? now_ns() + o->seconds * 1000000000 : UINT64_MAX;
	for (i = o->from; i < o->to && now_ns() < end; i++) {
		if (i == o->from || i % ROUND == 0)
			new_round(o, i, &round);
		move_device(i % ROUND);
		make(o, i, &round);
		s = request.genl ? &genl : &rtnl;
		if (o->show)
			show(s, i);
		began = now_ns();
		err = sock_ask(s, &request);
		count(err, now_ns() - began);
		load_step();
		if (o->show)
			printf("%" PRIu64 " %d %s\n", i, err, s->reason);
		progress();
	}
}

static void print_json(const struct options *o)
{
	int w, e;

	printf("{\"seed\":%" PRIu64 ",\"from\":%" PRIu64 ",\"to\":%" PRIu64 ",\"commands\":{",
	       o->seed, o->from, o->to);
	for (w = 0; w < WHATS; w++) {
		const struct count *c = &counts[w];
		const char *sep = "";

		printf("%s\"%s\":{\"sent\":%" PRIu64 ",\"accepted\":%" PRIu64
		       ",\"unanswered\":%" PRIu64 ",\"ms\":%" PRIu64 ",\"refused\":{",
		       w ? "," : "", what_names[w], c->sent, c->accepted, c->silent,
		       c->ns / 1000000);
		for (e = 0; e < ERRNOS; e++) {
			const char *name = strerrorname_np(e);

			if (!c->refused[e])
				continue;
			printf("%s\"%s\":%" PRIu64, sep, name ? name : "other", c->refused[e]);
			sep = ",";
		}
		printf("}}");
	}
	printf("}}\n");
}

static int report(const struct options *o, const struct load_counts *load)
{
	struct count all;

	total(&all);
	printf("seed %" PRIu64 " sent %" PRIu64 " accepted %" PRIu64 " unanswered %" PRIu64
	       " changed %" PRIu64 " changed_accepted %" PRIu64 "\n", o->seed, all.sent,
	       all.accepted, all.silent, all.broken, all.broken_accepted);
	printf("packets %" PRIu64 " refused %" PRIu64 " dumps %" PRIu64 " events %" PRIu64
	       " looked_at %" PRIu64 " unbalanced %" PRIu64 "\n", load->packets, load->refused,
	       load->dumps, load->events, looks, unbalanced);
	print_json(o);
	return unbalanced != 0;
}

static uint64_t number(const char *text)
{
	char *end;
	uint64_t v = strtoull(text, &end, 0);

	if (*end)
		die(text, EINVAL);
	return v;
}

static void parse(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "messages", required_argument, NULL, 't' },
		{ "from", required_argument, NULL, 'f' },
		{ "to", required_argument, NULL, 't' },
		{ "seconds", required_argument, NULL, 'l' },
		{ "alone", no_argument, NULL, 'a' },
		{ "show", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 }
	};
	int c;

	*o = (struct options){ .seed = 1, .to = 10000 };
	while ((c = getopt_long(argc, argv, "", longs, NULL)) >= 0) {
		if (c == 's')
			o->seed = number(optarg);
		else if (c == 'f')
			o->from = number(optarg);
		else if (c == 't')
			o->to = number(optarg);
		else if (c == 'l')
			o->seconds = number(optarg);
		else if (c == 'a')
			o->alone = true;
		else if (c == 'v')
			o->show = true;
		else
			exit(2);
	}
	if (optind < argc || o->from >= o->to)
		die("usage: as the first lines of nlfuzz/main.c say", EINVAL);
}

int main(int argc, char **argv)
{
	struct load_counts load = { 0 };
	struct options o;

	parse(argc, argv, &o);
	devices_init();
	devices_make();
	if (!o.alone)
		load_start();
	run(&o);
	unbalanced += balance_look(&genl, &looks);
	if (!o.alone)
		load_stop(&load);
	devices_delete();
	return report(&o, &load);
}
