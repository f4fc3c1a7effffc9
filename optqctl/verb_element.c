// SPDX-License-Identifier: GPL-2.0
/* What names of matches stand for, added and deleted while traffic flows. */
#include <json-c/json.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "element_nl.h"
#include "ingress_nl.h"
#include "mem.h"
#include "output.h"
#include "verb.h"

/* What is to be told, and in which line of the input it stood. */
struct elements {
	struct element *v;
	size_t *line;		/* NULL: it came with the command */
	size_t n, room, line_room;
};

static enum exit_code usage(void)
{
	fputs("Usage: optqctl [-j] element add|delete DEVICE [ingress] ELEMENT\n"
	      "ELEMENT is app NAME PROTO src ADDRESS [sport PORT] dst ADDRESS [dport PORT] [timeout TIME]\n"
	      "or host NAME ADDRESS [timeout TIME]; -: one a line of standard input\n",
	      stderr);
	return EXIT_USAGE;
}

/* True for a verb that is known. */
static bool read_verb(const char *word, bool *add)
{
	*add = !strcmp(word, "add");
	return *add || !strcmp(word, "delete") || !strcmp(word, "del");
}

static void add_element(struct elements *e, const struct element *el, size_t line)
{
	e->v = mem_grow(e->v, &e->room, e->n + 1, sizeof(*e->v));
	e->v[e->n] = *el;
	if (line) {
		e->line = mem_grow(e->line, &e->line_room, e->n + 1,
				   sizeof(*e->line));
		e->line[e->n] = line;
	}
	e->n++;
}

static void complain_of_line(size_t line, const char *why)
{
	char *text = mem_printf("%s:%zu: %s", source_label("-"), line, why);

	complain(NULL, text);
	free(text);
}

/* All mistakes are told, and one is enough that nothing is sent. */
static bool read_lines(struct elements *e, bool add)
{
	size_t size = 0, n = 0;
	char *line = NULL, *why;
	struct element el;
	bool good = true, empty;

	while (getline(&line, &size, stdin) >= 0) {
		empty = false;
		why = element_parse_line(line, add, &el, &empty);
		n++;
		if (!why && !empty && e->n == OPTQ_ELEMS_MAX)
			why = mem_printf("a device has at most %u elements",
					 OPTQ_ELEMS_MAX);
		if (why) {
			complain_of_line(n, why);
			free(why);
			good = false;
			if (e->n == OPTQ_ELEMS_MAX)
				break;
		} else if (!empty) {
			add_element(e, &el, n);
		}
	}
	free(line);
	if (!ferror(stdin))
		return good;
	complain(source_label("-"), "cannot be read");
	return false;
}

static bool read_words(struct elements *e, char *const *words, int n, bool add)
{
	struct element el;
	char *why = element_parse(words, n, add, &el);

	if (why)
		complain("element", why);
	else
		add_element(e, &el, 0);
	free(why);
	return !why;
}

/* The ifb that carries the tree of what comes in by the device; 0: none. */
static int ingress_index(const char *device, int ifindex)
{
	struct nl_sock *route = nl_open(NETLINK_ROUTE);
	struct nl_answer answer = { 0 };
	struct ingress in = { 0 };

	if (!route) {
		complain(NULL, "no netlink socket can be opened");
		return 0;
	}
	ingress_find(route, ifindex, &in, &answer);
	nl_socket_free(route);
	if (answer.error)
		complain_of_answer(device, &answer);
	else if (!in.ifindex)
		complain(device, "has no ingress: give it one with \"optqctl apply\"");
	nl_answer_free(&answer);
	return in.ifindex;
}

static int tree_index(const char *device, bool ingress)
{
	int ifindex = device_index(device);

	if (!ifindex)
		complain(device, "there is no such device here");
	else if (ingress)
		ifindex = ingress_index(device, ifindex);
	return ifindex;
}

static void complain_of_element(const char *device, const struct elements *e,
				size_t at, bool add, struct nl_answer *answer)
{
	char *why = nl_answer_text(answer), *text;

	if (e->line && at < e->n)
		text = mem_printf("line %zu: %s; the %zu before it are %s",
				  e->line[at], why, at, add ? "in force" : "gone");
	else
		text = mem_printf("%s", why);
	complain(device, text);
	free(text);
	free(why);
	nl_answer_free(answer);
}

/* Returns how many were told; all but on an error, which is complained of. */
static size_t tell(const char *device, int ifindex, const struct elements *e,
		   bool add)
{
	struct element_request req = { .ifindex = ifindex, .add = add };
	struct nl_answer answer = { 0 };
	size_t done = 0;

	req.genl = nl_open(NETLINK_GENERIC);
	if (!req.genl) {
		complain(NULL, "no netlink socket can be opened");
		return 0;
	}
	req.family = nl_optq_family(req.genl, &answer);
	if (req.family)
		done = elements_send(&req, e->v, e->n, &answer);
	if (answer.error)
		complain_of_element(device, e, done, add, &answer);
	nl_answer_free(&answer);
	nl_socket_free(req.genl);
	return done;
}

static void print_told(const char *device, bool add, size_t n)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "device", json_object_new_string(device));
	json_object_object_add(o, add ? "added" : "deleted",
			       json_object_new_int64((int64_t)n));
	print_json(o);
}

enum exit_code verb_element(const struct options *opt)
{
	int n = opt->argc - 2, ifindex;
	const char *device;
	char **words;
	struct elements e = { 0 };
	bool add, good, ingress;
	size_t done = 0;

	if (n < 1 || !read_verb(opt->argv[0], &add))
		return usage();
	device = opt->argv[1];
	ingress = !strcmp(opt->argv[2], "ingress");
	words = opt->argv + 2 + ingress;
	n -= ingress;
	if (n == 1 && !strcmp(words[0], "-"))
		good = read_lines(&e, add);
	else
		good = read_words(&e, words, n, add);
	ifindex = good ? tree_index(device, ingress) : 0;
	good = ifindex;
	if (good && e.n) {
		done = tell(device, ifindex, &e, add);
		good = done == e.n;
	}
	if (ifindex && opt->json)
		print_told(device, add, done);
	free(e.v);
	free(e.line);
	return good ? EXIT_DONE : EXIT_FAILED;
}
