// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <linux/netlink.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "device.h"
#include "ingress_nl.h"
#include "interval.h"
#include "mem.h"
#include "monitor_limit.h"
#include "monitor_view.h"
#include "output.h"
#include "qdisc_nl.h"
#include "units.h"
#include "verb.h"

#define MSEC_NS		1000000ULL
#define SECOND_NS	1000000000ULL
#define INTERVAL_MIN_NS	(10 * MSEC_NS)
#define INTERVAL_MAX_NS	(86400 * SECOND_NS)

enum watch_state { WATCH_ON, WATCH_ENDED, WATCH_FAILED };

struct watch {
	enum watch_state state;
	struct monitor m;
	struct monitor_nl nl;
	struct nl_sock *genl, *route;	/* for requests */
	int family;			/* 0: there is no module */
	const char *wanted;		/* NULL: every device */
	char device[IFNAMSIZ];		/* its own name */
	int ifindex;			/* 0: it is gone */
	uint64_t interval_ns, next_ns;
	uint64_t left;			/* events; 0: no end */
	bool json, lost;
};

static int end_pipe[2] = { -1, -1 };

static void on_signal(int sig)
{
	int saved = errno;

	(void)sig;
	if (write(end_pipe[1], "", 1) < 0)
		errno = saved;
}

static void fail(struct watch *w, const char *device, struct nl_answer *answer)
{
	complain_of_answer(device, answer);
	w->state = WATCH_FAILED;
}

/* Whoever reads it may have had enough, and a signal ends what waits for a reader. */
static void write_line(struct watch *w, const char *text, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(STDOUT_FILENO, text, len);
		if (n < 0) {
			w->state = errno == EPIPE || errno == EINTR ?
				   WATCH_ENDED : WATCH_FAILED;
			if (w->state == WATCH_FAILED)
				perror("optqctl: standard output");
			return;
		}
		text += n;
		len -= (size_t)n;
	}
}

static void emit(const struct event *ev, void *arg)
{
	struct json_object *o;
	struct timespec when;
	struct watch *w = arg;
	char *text = NULL;
	size_t len = 0;
	FILE *out;

	if (w->state != WATCH_ON)
		return;
	clock_gettime(CLOCK_REALTIME, &when);
	out = open_memstream(&text, &len);
	if (w->json) {
		o = event_json(ev, &when);
		fprintf(out, "%s\n", json_object_to_json_string_ext(o,
			JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
		json_object_put(o);
	} else {
		event_print(out, ev, &when);
	}
	fclose(out);
	write_line(w, text, len);
	free(text);
	if (w->left && !--w->left && w->state == WATCH_ON)
		w->state = WATCH_ENDED;
}

static void link_taken(const struct link_notice *n, void *arg)
{
	struct watch *w = arg;
	struct monitor_dev *dev = monitor_find(&w->m, n->ifindex);

	if (n->gone && n->ifindex == w->ifindex)
		w->ifindex = 0;
	if (dev) {
		monitor_link(&w->m, dev, n);
	} else if (!n->gone && w->wanted && !w->ifindex &&
		   !strcmp(n->device, w->device)) {
		w->ifindex = n->ifindex;
		dev = monitor_add(&w->m, n->ifindex, n->device, "");
		monitor_link(&w->m, dev, n);
		monitor_came(&w->m, dev);
	}
}

/* NULL: it is not to be watched. */
static struct monitor_dev *add_device(struct watch *w, int ifindex)
{
	struct monitor_taker links = { .link = link_taken, .arg = w };
	char name[IFNAMSIZ] = "?", served[IFNAMSIZ] = "";
	struct nl_answer answer = { 0 };
	struct monitor_dev *dev = monitor_find(&w->m, ifindex);

	if (dev)
		return dev;
	ingress_serves(w->route, ifindex, served, sizeof(served));
	if (w->wanted && ifindex != w->ifindex && strcmp(served, w->device))
		return NULL;
	if_indextoname((unsigned int)ifindex, name);
	dev = monitor_add(&w->m, ifindex, name, served);
	monitor_nl_links(w->route, ifindex, &links, &answer);
	nl_answer_free(&answer);
	return dev;
}

static void tree_taken(const struct tree_notice *n, void *arg)
{
	struct watch *w = arg;
	struct monitor_dev *dev = monitor_find(&w->m, n->ifindex);

	/* Of what is gone by now there is nothing to look up. */
	if (!dev && n->cmd != OPTQ_CMD_TREE_DEL_NTF)
		dev = add_device(w, n->ifindex);
	if (dev)
		monitor_notice(&w->m, dev, n);
}

enum reading { TREE_THERE, TREE_NONE, TREE_UNKNOWN };

static enum reading read_tree(struct watch *w, struct monitor_dev *dev,
			      struct live_tree *tree)
{
	struct nl_answer answer = { 0 };
	enum reading r;

	if (!w->family)
		return TREE_NONE;
	live_read(w->genl, w->family, dev->ifindex, tree, &answer);
	r = !answer.error ? TREE_THERE :
	    answer.error == ENOENT || answer.error == ENODEV ? TREE_NONE :
	    /* It keeps changing, say: the next look may tell. */
	    TREE_UNKNOWN;
	if (answer.error == EPERM)
		fail(w, dev->device, &answer);
	nl_answer_free(&answer);
	return r;
}

static void find_tree(struct watch *w, struct monitor_dev *dev, bool first)
{
	struct live_tree tree = { 0 };
	enum reading r = read_tree(w, dev, &tree);

	dev->stale = r == TREE_UNKNOWN;
	if (r != TREE_UNKNOWN)
		monitor_found(&w->m, dev, r == TREE_THERE ? &tree : NULL, first);
	if (r == TREE_THERE && !dev->sampled_ns)
		monitor_sample(&w->m, dev, &tree, monotonic_ns());
	else if (r == TREE_THERE)
		monitor_names(dev, &tree);
	live_free(&tree);
}

/* What told that it is stale told the rest, and more may be on its way. */
static void refresh(struct watch *w, struct monitor_dev *dev)
{
	struct live_tree tree = { 0 };

	if (read_tree(w, dev, &tree) != TREE_THERE)
		return;
	if (dev->sampled_ns)
		monitor_names(dev, &tree);
	else
		monitor_sample(&w->m, dev, &tree, monotonic_ns());
	live_free(&tree);
}

static void find_trees(struct watch *w, int ifindex, bool first)
{
	struct root_qdiscs roots = { 0 };
	struct nl_answer answer = { 0 };
	struct monitor_dev *dev;
	size_t i;

	qdisc_list(w->route, ifindex, &roots, &answer);
	if (answer.error)
		fail(w, NULL, &answer);
	for (i = 0; i < roots.n; i++) {
		if (strcmp(roots.list[i].kind, OPTQ_KIND))
			continue;
		dev = add_device(w, roots.list[i].ifindex);
		if (dev && !dev->has_tree)
			find_tree(w, dev, first);
	}
	free(roots.list);
	nl_answer_free(&answer);
}

/* Links that are not told of are gone. */
struct seen {
	struct watch *w;
	int *list;
	size_t n, room;
};

static void link_seen(const struct link_notice *n, void *arg)
{
	struct seen *seen = arg;

	seen->list = mem_grow(seen->list, &seen->room, seen->n + 1,
			      sizeof(*seen->list));
	seen->list[seen->n++] = n->ifindex;
	link_taken(n, seen->w);
}

static bool was_seen(const struct seen *seen, int ifindex)
{
	size_t i;

	for (i = 0; i < seen->n; i++)
		if (seen->list[i] == ifindex)
			return true;
	return false;
}

static void find_links(struct watch *w)
{
	struct seen seen = { .w = w };
	struct monitor_taker links = { .link = link_seen, .arg = &seen };
	struct nl_answer answer = { 0 };
	struct link_notice gone = { .gone = true };
	size_t i;

	monitor_nl_links(w->route, 0, &links, &answer);
	if (answer.error)
		fail(w, NULL, &answer);
	for (i = w->m.n_devs; !answer.error && i-- > 0; ) {
		gone.ifindex = w->m.devs[i]->ifindex;
		if (!was_seen(&seen, gone.ifindex))
			link_taken(&gone, w);
	}
	free(seen.list);
	nl_answer_free(&answer);
}

/* What there is, against what is known. */
static void look_anew(struct watch *w)
{
	size_t i;

	w->lost = false;
	find_links(w);
	for (i = 0; i < w->m.n_devs; i++)
		find_tree(w, w->m.devs[i], false);
	find_trees(w, 0, false);
}

static void join(struct watch *w)
{
	struct nl_answer answer = { 0 };

	w->family = nl_optq_family(w->genl, &answer);
	if (w->family)
		monitor_nl_join(&w->nl, w->genl, &answer);
	if (answer.error)
		fail(w, NULL, &answer);
	nl_answer_free(&answer);
}

static void module_taken(bool here, void *arg)
{
	struct watch *w = arg;

	monitor_module(&w->m, here);
	w->family = 0;
	if (!here)
		return;
	join(w);
	/* There may be trees that nobody was told of. */
	w->lost = true;
}

static void lost_taken(void *arg)
{
	struct watch *w = arg;

	if (!w->lost)
		monitor_lost(&w->m);
	w->lost = true;
}

static void read_events(struct watch *w)
{
	size_t i;

	if (!monitor_nl_read(&w->nl))
		return;
	if (w->lost)
		look_anew(w);
	for (i = 0; i < w->m.n_devs; i++)
		if (w->m.devs[i]->stale && w->m.devs[i]->has_tree)
			refresh(w, w->m.devs[i]);
}

static void sample_device(struct watch *w, struct monitor_dev *dev)
{
	struct live_tree tree = { 0 };

	/* The one that went may not have been the one that was there. */
	if (!dev->has_tree && dev->stale)
		find_tree(w, dev, false);
	else if (dev->has_tree && read_tree(w, dev, &tree) == TREE_THERE)
		monitor_sample(&w->m, dev, &tree, monotonic_ns());
	live_free(&tree);
}

static void sample(struct watch *w)
{
	size_t i;

	for (i = 0; i < w->m.n_devs; i++)
		sample_device(w, w->m.devs[i]);
}

static int until_next(struct watch *w)
{
	uint64_t now = monotonic_ns();

	return now >= w->next_ns ? 0 : (int)((w->next_ns - now) / MSEC_NS + 1);
}

static void run(struct watch *w)
{
	struct pollfd fds[] = {
		{ .fd = nl_socket_get_fd(w->nl.genl), .events = POLLIN },
		{ .fd = nl_socket_get_fd(w->nl.route), .events = POLLIN },
		{ .fd = end_pipe[0], .events = POLLIN },
		/* Tells when nobody reads any more. */
		{ .fd = STDOUT_FILENO },
	};

	w->next_ns = monotonic_ns() + w->interval_ns;
	while (w->state == WATCH_ON) {
		if (poll(fds, 4, until_next(w)) < 0 && errno != EINTR) {
			perror("optqctl: poll");
			w->state = WATCH_FAILED;
			return;
		}
		if (fds[2].revents || fds[3].revents) {
			w->state = WATCH_ENDED;
			return;
		}
		if (fds[0].revents || fds[1].revents)
			read_events(w);
		if (w->state == WATCH_ON && monotonic_ns() >= w->next_ns) {
			sample(w);
			w->next_ns = monotonic_ns() + w->interval_ns;
		}
	}
}

static void begin(struct watch *w)
{
	struct nl_answer answer = { 0 };
	struct ingress in = { 0 };

	/* Before anything is read, so that nothing falls in between. */
	monitor_nl_open(&w->nl, &answer);
	if (answer.error) {
		fail(w, NULL, &answer);
		return;
	}
	join(w);
	if (w->state != WATCH_ON)
		return;
	if (w->wanted) {
		add_device(w, w->ifindex);
		ingress_find(w->route, w->ifindex, &in, &answer);
		if (in.ifindex)
			find_trees(w, in.ifindex, true);
		nl_answer_free(&answer);
	}
	find_trees(w, w->ifindex, true);
}

static void note_if_idle(const struct watch *w)
{
	size_t i;

	for (i = 0; i < w->m.n_devs; i++)
		if (w->m.devs[i]->has_tree)
			return;
	if (w->state == WATCH_ON)
		complain(w->wanted, w->wanted ? "has no optq yet" :
			 "no device has an optq yet");
}

static bool catch_signals(void)
{
	struct sigaction end = { .sa_handler = on_signal };

	if (pipe2(end_pipe, O_CLOEXEC | O_NONBLOCK))
		return false;
	signal(SIGPIPE, SIG_IGN);
	return !sigaction(SIGINT, &end, NULL) && !sigaction(SIGTERM, &end, NULL);
}

static bool option_fails(const char *option, char *why)
{
	if (why)
		fprintf(stderr, "optqctl: --%s: %s\n", option, why);
	free(why);
	return why;
}

static char *read_interval(const char *s, uint64_t *ns)
{
	char *why = parse_long_time(s, ns);

	if (!why && (*ns < INTERVAL_MIN_NS || *ns > INTERVAL_MAX_NS))
		why = mem_printf("must be 10ms to 1d");
	return why;
}

static char *read_count(const char *s, uint64_t *count)
{
	char *why = parse_number(s, count);

	return why || *count ? why : mem_printf("must be at least 1");
}

static bool read_options(struct watch *w, const struct options *opt)
{
	const char *drops = opt->given[OPTION_DROPS];
	const char *interval = opt->given[OPTION_INTERVAL];
	const char *count = opt->given[OPTION_COUNT];

	w->json = opt->json;
	w->interval_ns = SECOND_NS;
	w->m.limit = (struct drops_limit){ DROPS_SHARE, PERCENT };
	return !(interval && option_fails("interval", read_interval(interval, &w->interval_ns))) &&
	       !(count && option_fails("count", read_count(count, &w->left))) &&
	       !(drops && option_fails("drops", drops_limit_parse(drops, &w->m.limit)));
}

static bool find_device(struct watch *w)
{
	if (!w->wanted)
		return true;
	w->ifindex = device_index(w->wanted);
	if (w->ifindex && if_indextoname((unsigned int)w->ifindex, w->device))
		return true;
	complain(w->wanted, "there is no such device here");
	return false;
}

enum exit_code verb_monitor(const struct options *opt)
{
	struct watch w = { .wanted = opt->argc ? opt->argv[0] : NULL };
	const struct monitor_taker taker = {
		.tree = tree_taken, .link = link_taken, .module = module_taken,
		.lost = lost_taken, .arg = &w,
	};

	if (!read_options(&w, opt))
		return EXIT_USAGE;
	if (!find_device(&w))
		return EXIT_FAILED;
	w.m.emit = emit;
	w.m.arg = &w;
	w.nl.taker = &taker;
	w.genl = nl_open(NETLINK_GENERIC);
	w.route = nl_open(NETLINK_ROUTE);
	if (!w.genl || !w.route || !catch_signals()) {
		complain(NULL, "no netlink socket can be opened");
		w.state = WATCH_FAILED;
	} else {
		begin(&w);
		note_if_idle(&w);
		run(&w);
	}
	monitor_free(&w.m);
	monitor_nl_close(&w.nl);
	nl_socket_free(w.genl);
	nl_socket_free(w.route);
	return w.state == WATCH_FAILED ? EXIT_FAILED : EXIT_DONE;
}
