// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "monitor_view.h"
#include "term.h"
#include "units.h"

const char *event_time(const struct timespec *when, char buf[TIME_TEXT_MAX])
{
	char day[24] = "", zone[8] = "";
	struct tm tm;

	localtime_r(&when->tv_sec, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(zone, sizeof(zone), "%z", &tm);
	snprintf(buf, TIME_TEXT_MAX, "%s.%03ld%.3s:%s", day,
		 when->tv_nsec / 1000000, zone, zone + 3);
	return buf;
}

static void print_text(FILE *out, const char *s)
{
	term_print(out, s, strlen(s));
}

static void print_by(FILE *out, const struct event *ev)
{
	if (ev->seen_late) {
		fputs(", found after events were lost", out);
		return;
	}
	if (!ev->by.has_uid)
		return;
	fputs(", by ", out);
	if (*ev->by.comm)
		print_text(out, ev->by.comm);
	else
		fputs("a process outside", out);
	fprintf(out, " (uid %u)", ev->by.uid);
}

static void print_counts(FILE *out, const struct event *ev)
{
	fprintf(out, ": generation %u, %u class%s", ev->generation, ev->classes,
		ev->classes == 1 ? "" : "es");
	if (!ev->seen_late)
		fprintf(out, ", %u packet%s dropped", ev->dropped,
			ev->dropped == 1 ? "" : "s");
}

static void print_tree(FILE *out, const struct event *ev)
{
	switch (ev->kind) {
	case EVENT_QDISC_CREATED:
		fprintf(out, "qdisc %x: created", ev->handle >> 16);
		break;
	case EVENT_QDISC_REPLACED:
		fprintf(out, "qdisc %x: in place of %x:", ev->handle >> 16,
			ev->old_handle >> 16);
		break;
	case EVENT_QDISC_CHANGED:
		fprintf(out, "qdisc %x: changed", ev->handle >> 16);
		print_counts(out, ev);
		break;
	case EVENT_QDISC_GONE:
		fprintf(out, "qdisc %x: gone", ev->handle >> 16);
		break;
	default:
		fputs("policy changed", out);
		print_counts(out, ev);
	}
	print_by(out, ev);
}

static void print_rate(FILE *out, const char *word, uint64_t rate)
{
	char buf[SHORT_TEXT_MAX];

	if (rate)
		fprintf(out, ", %s %s", word, rate_short(rate, buf));
}

static void print_class(FILE *out, const struct event *ev)
{
	fprintf(out, "class %s: generation %u",
		ev->kind == EVENT_CLASS_ADDED ? "added" :
		ev->kind == EVENT_CLASS_CHANGED ? "changed" : "deleted",
		ev->generation);
	print_rate(out, "rate", ev->rate);
	print_rate(out, "ceil", ev->ceil);
	print_by(out, ev);
}

static void print_drops(FILE *out, const struct event *ev)
{
	uint64_t all = ev->packets + ev->drops;
	char lost[SHORT_TEXT_MAX], of[SHORT_TEXT_MAX], span[SHORT_TEXT_MAX];

	fprintf(out, "drops %s: %s of %s packets, %.3g%%, in %s",
		ev->kind == EVENT_DROPS_BEGAN ? "began" : "over",
		count_short(ev->drops, lost), count_short(all, of),
		all ? 100.0 * (double)ev->drops / (double)all : 0,
		age_short(ev->ns, span));
}

static void print_guarantee(FILE *out, const struct event *ev)
{
	char sent[SHORT_TEXT_MAX], rate[SHORT_TEXT_MAX], span[SHORT_TEXT_MAX];
	double per_ns = ev->ns ? (double)ev->bytes / (double)ev->ns : 0;

	fprintf(out, "guarantee %s: sent %s of %s, for %s",
		ev->kind == EVENT_GUARANTEE_MISSED ? "missed" : "met again",
		rate_short((uint64_t)(per_ns * 1e9), sent),
		rate_short(ev->rate, rate), age_short(ev->ns, span));
}

static void print_what(FILE *out, const struct event *ev)
{
	switch (ev->kind) {
	case EVENT_CLASS_ADDED:
	case EVENT_CLASS_CHANGED:
	case EVENT_CLASS_DELETED:
		print_class(out, ev);
		break;
	case EVENT_DROPS_BEGAN:
	case EVENT_DROPS_OVER:
		print_drops(out, ev);
		break;
	case EVENT_GUARANTEE_MISSED:
	case EVENT_GUARANTEE_MET:
		print_guarantee(out, ev);
		break;
	case EVENT_LINK_UP:
		fputs("link up", out);
		break;
	case EVENT_LINK_DOWN:
		fprintf(out, "link down: %s", ev->enabled ? "no carrier" :
			"switched off");
		break;
	case EVENT_DEVICE_CAME:
		fputs("device came", out);
		break;
	case EVENT_DEVICE_GONE:
		fputs("device gone", out);
		break;
	case EVENT_MODULE_CAME:
		fputs("module came", out);
		break;
	case EVENT_MODULE_GONE:
		fputs("module gone", out);
		break;
	case EVENT_LOST:
		fputs("events were lost: what there is now is read anew", out);
		break;
	default:
		print_tree(out, ev);
	}
	if (ev->class_gone)
		fputs(", the class is gone", out);
}

/* One word a column, so that awk finds what it looks for. */
static void print_device(FILE *out, const struct event *ev)
{
	if (!ev->device) {
		putc('-', out);
	} else if (*ev->ingress_of) {
		print_text(out, ev->ingress_of);
		fputs(":ingress", out);
	} else {
		print_text(out, ev->device);
	}
}

void event_print(FILE *out, const struct event *ev, const struct timespec *when)
{
	char buf[TIME_TEXT_MAX];

	fprintf(out, "%s ", event_time(when, buf));
	print_device(out, ev);
	putc(' ', out);
	print_text(out, ev->path ? ev->path : "-");
	putc(' ', out);
	print_what(out, ev);
	putc('\n', out);
}
