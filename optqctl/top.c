// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "interval.h"
#include "mem.h"
#include "top.h"
#include "top_keys.h"
#include "top_text.h"
#include "top_view.h"

#define NS_PER_S	1000000000ULL
#define NEWS_NS		(5 * NS_PER_S)

struct loop {
	struct top *t;
	const struct top_source *source;
	enum top_output output;
	uint64_t left;		/* intervals; 0: no end */
	const char *told;	/* the reason that was printed last */
	int timer, signals;
	bool ends;
};

static void set_news(struct top *t, char *news)
{
	free(t->news);
	t->news = news;
	t->news_ns = t->sampler.at_ns;
}

/* Classes that live on are told by their ids, so a new name is no news. */
static void find_news(struct top *t, uint32_t generation, bool away)
{
	const struct sampler *s = &t->sampler;

	if (t->news && s->at_ns - t->news_ns > NEWS_NS)
		set_news(t, NULL);
	if (away)
		set_news(t, mem_printf("it is back"));
	else if (s->span_ns && s->tree.generation != generation)
		set_news(t, mem_printf("changed: +%zu -%zu classes", s->appeared, s->gone));
}

/* The same reason stays the same string. */
static void set_why(struct top *t, char *why)
{
	if (why && t->why && !strcmp(why, t->why)) {
		free(why);
		return;
	}
	free(t->why);
	t->why = why;
}

bool top_take(struct top *t, const struct top_source *source)
{
	uint32_t generation = t->sampler.tree.generation;
	uint64_t began_ns = monotonic_ns();
	struct live_tree tree = { 0 };
	bool away = t->why;
	char *why = NULL;

	if (!source->read(source->arg, &tree, &why)) {
		live_free(&tree);
		sampler_interrupt(&t->sampler);
		set_why(t, why);
		return false;
	}
	set_why(t, NULL);
	sampler_take(&t->sampler, &tree, began_ns + (monotonic_ns() - began_ns) / 2);
	find_news(t, generation, away);
	top_model_update(&t->model, &t->sampler);
	return true;
}

void top_free(struct top *t)
{
	top_model_free(&t->model);
	sampler_free(&t->sampler);
	free(t->typed);
	free(t->why);
	free(t->news);
}

/* Histories are of one tree. */
static void take_next_tree(struct loop *l)
{
	struct top *t = l->t;

	l->source->next(l->source->arg);
	sampler_free(&t->sampler);
	t->model.n_zoom = 0;
	t->model.chosen = 0;
	set_news(t, NULL);
	top_take(t, l->source);
}

static void print(struct loop *l)
{
	struct top *t = l->t;

	if (l->output == TOP_JSON)
		top_print_json(stdout, t);
	else if (!t->why || t->why != l->told)
		top_print_frame(stdout, t);
	l->told = t->why;
	if (fflush(stdout))
		l->ends = true;
}

static void on_timer(struct loop *l)
{
	uint64_t times;

	if (read(l->timer, &times, sizeof(times)) != sizeof(times))
		return;
	if (l->t->paused)
		return;
	top_take(l->t, l->source);
	if (l->output == TOP_SCREEN)
		top_view_draw(l->t);
	/* What has no rates yet is not worth a frame. */
	else if (l->t->why || l->t->sampler.span_ns)
		print(l);
	if (l->left && !--l->left)
		l->ends = true;
}

static void on_signal(struct loop *l)
{
	struct signalfd_siginfo info;

	if (read(l->signals, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo != SIGWINCH) {
		l->ends = true;
	} else if (l->output == TOP_SCREEN) {
		top_view_resize();
		top_view_draw(l->t);
	}
}

static void on_keys(struct loop *l)
{
	unsigned int key;
	bool any = false;

	while (!l->ends && (key = top_view_key())) {
		any = true;
		switch (top_press(l->t, key)) {
		case TOP_QUITS:
			l->ends = true;
			break;
		case TOP_NEXT_TREE:
			take_next_tree(l);
			break;
		case TOP_STAYS:
			break;
		}
	}
	/* Readable, and nothing to read: the terminal has gone. */
	if (!any)
		l->ends = true;
	else if (!l->ends)
		top_view_draw(l->t);
}

static bool open_loop(struct loop *l)
{
	struct itimerspec times = {
		.it_value.tv_sec = (time_t)(l->t->interval_ns / NS_PER_S),
		.it_value.tv_nsec = (long)(l->t->interval_ns % NS_PER_S),
	};
	sigset_t set;

	times.it_interval = times.it_value;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
	l->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	l->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	return l->signals >= 0 && l->timer >= 0 &&
	       !timerfd_settime(l->timer, 0, &times, NULL);
}

static void go_round(struct loop *l)
{
	struct pollfd fds[] = {
		{ .fd = l->signals, .events = POLLIN },
		{ .fd = l->timer, .events = POLLIN },
		{ .fd = STDIN_FILENO, .events = POLLIN },
	};
	nfds_t n = l->output == TOP_SCREEN ? 3 : 2;

	while (!l->ends) {
		if (poll(fds, n, -1) < 0) {
			if (errno != EINTR)
				return;
			continue;
		}
		if (fds[0].revents)
			on_signal(l);
		if (fds[1].revents)
			on_timer(l);
		if (n > 2 && fds[2].revents && !l->ends)
			on_keys(l);
	}
}

bool top_run(struct top *t, const struct top_source *source,
	     enum top_output output, uint64_t count)
{
	struct loop l = {
		.t = t, .source = source, .output = output, .left = count,
		.timer = -1, .signals = -1,
	};
	bool opened = open_loop(&l);

	if (opened) {
		if (output == TOP_SCREEN && !top_view_begin())
			l.output = TOP_PLAIN;
		if (l.output == TOP_SCREEN)
			top_view_draw(t);
		go_round(&l);
	}
	top_view_end();
	close(l.timer);
	close(l.signals);
	return opened;
}
