// SPDX-License-Identifier: GPL-2.0
/* What a policy's values mean together: guarantees, ceilings, paths. */
#include <linux/optq.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "policy.h"
#include "policy_delay.h"
#include "policy_police.h"
#include "policy_reach.h"
#include "policy_weight.h"
#include "suggest.h"
#include "units.h"

#define USUAL_MTU	1500

struct checker {
	struct link *link;
	struct diags *d;
	uint64_t *sum;		/* of the guarantees below each class */
	uint64_t link_sum;
	bool complete;		/* every key was read without an error */
};

static const struct class *parent_of(const struct checker *c,
				     const struct class *class)
{
	return class->parent == NO_CLASS ? NULL :
	       &c->link->classes[class->parent];
}

static struct span place_or_name(struct span place, struct span name)
{
	return place.len ? place : name;
}

static void resolve_share(struct checker *c, uint64_t share, uint64_t base,
			  uint64_t *rate, struct span at, const char *key)
{
	if (!share)
		return;
	if (base) {
		*rate = share_of(base, share);
		if (!*rate)
			diag_error(c->d, at, "%s: the share is below the smallest rate, 8bit",
				   key);
	} else if (c->complete) {
		diag_error(c->d, at, "%s: a share of what? the parent has no %s of its own: give it one, or write a rate such as 5mbit",
			   key, key);
	}
}

static void resolve_class(struct checker *c, struct class *class)
{
	const struct class *parent = parent_of(c, class);
	uint64_t rate_base = parent ? parent->rate : c->link->rate;
	uint64_t limit = parent ? parent->ceil_effective : c->link->rate;

	resolve_share(c, class->rate_share, rate_base, &class->rate,
		      class->rate_at, "rate");
	resolve_share(c, class->ceil_share, limit, &class->ceil,
		      class->ceil_at, "ceil");
	class->ceil_effective = class->ceil;
	if (limit && (!class->ceil || class->ceil > limit))
		class->ceil_effective = limit;
}

/* Children come after their parents, so their sums are ready first. */
static void derive_rates(struct checker *c)
{
	struct class *class;
	uint64_t *sum;
	uint32_t i;

	for (i = c->link->n_classes; i-- > 0; ) {
		class = &c->link->classes[i];
		if (class->children && !class->rate) {
			class->rate_derived = true;
			class->rate = c->sum[i];
			if (class->oversubscribe && class->ceil_effective &&
			    class->rate > class->ceil_effective)
				class->rate = class->ceil_effective;
		}
		sum = class->parent == NO_CLASS ? &c->link_sum :
		      &c->sum[class->parent];
		/* At most 2^17 classes of 2^37 bytes/s: no overflow. */
		*sum += class->rate;
	}
}

static void check_own_ceil(struct checker *c, const struct class *class)
{
	char *rate, *ceil;

	if (!class->ceil || class->rate <= class->ceil)
		return;
	rate = rate_text(class->rate);
	ceil = rate_text(class->ceil);
	if (class->rate_derived)
		diag_error(c->d, class->ceil_at, "the guarantees below \"%s\" sum to %s, above its ceil of %s: raise the ceil, lower them, or say \"oversubscribe: yes\" here",
			   class->name, rate, ceil);
	else
		diag_error(c->d, class->ceil_at, "ceil %s is below the class's rate of %s: a guarantee cannot exceed the maximum",
			   ceil, rate);
	free(rate);
	free(ceil);
}

/* True when the class alone does not fit; then the sum says nothing new. */
static bool check_fits_parent(struct checker *c, const struct class *class)
{
	const struct class *parent = parent_of(c, class);
	uint64_t limit = parent ? parent->rate : c->link->rate;
	const char *what = parent ? "its parent" : "the link";
	const char *name = parent ? parent->name : c->link->name;
	struct span at = place_or_name(class->rate_at, class->name_at);
	char *rate, *most;

	if (!limit || class->rate <= limit)
		return false;
	if (!parent && class->rate_derived && c->link->oversubscribe)
		return false;
	rate = rate_text(class->rate);
	most = rate_text(limit);
	if (class->rate_derived)
		diag_error(c->d, at, "the guarantees below \"%s\" sum to %s, above the %s of %s \"%s\": lower them, or give \"%s\" a rate and \"oversubscribe: yes\"",
			   class->name, rate, most, what, name, class->name);
	else
		diag_error(c->d, at, "rate %s is above the %s of %s \"%s\": at most %s can be guaranteed",
			   rate, most, what, name, most);
	free(rate);
	free(most);
	return true;
}

static void report_sum(struct checker *c, struct span at, const char *name,
		       uint64_t sum, uint64_t rate)
{
	char *total = rate_text(sum), *own = rate_text(rate);

	diag_error(c->d, at, "the guarantees below \"%s\" sum to %s, but it has %s: lower them to %s in all, or say \"oversubscribe: yes\" here",
		   name, total, own, own);
	free(total);
	free(own);
}

static void check_guarantees(struct checker *c)
{
	bool *child_too_big = mem_zalloc(c->link->n_classes + 1, sizeof(bool));
	const struct link *link = c->link;
	const struct class *class;
	uint32_t i, parent;

	for (i = 0; i < link->n_classes; i++) {
		class = &link->classes[i];
		check_own_ceil(c, class);
		parent = class->parent == NO_CLASS ? link->n_classes :
			 class->parent;
		if (check_fits_parent(c, class))
			child_too_big[parent] = true;
	}
	if (link->rate && c->link_sum > link->rate && !link->oversubscribe &&
	    !child_too_big[link->n_classes])
		report_sum(c, place_or_name(link->rate_at, link->name_at),
			   link->name, c->link_sum, link->rate);
	for (i = 0; i < link->n_classes; i++) {
		class = &link->classes[i];
		if (!class->rate_derived && class->children && class->rate &&
		    c->sum[i] > class->rate && !class->oversubscribe &&
		    !child_too_big[i])
			report_sum(c, place_or_name(class->rate_at, class->name_at),
				   class->name, c->sum[i], class->rate);
	}
	free(child_too_big);
}

static bool is_below(const struct link *link, uint32_t i, uint32_t top)
{
	while (i != top && i != NO_CLASS)
		i = link->classes[i].parent;
	return i == top;
}

/* The child of @top that is served last. */
static uint32_t last_child(const struct link *link, uint32_t top)
{
	uint32_t i, last = NO_CLASS;

	for (i = 0; i < link->n_classes; i++)
		if (link->classes[i].parent == top &&
		    (last == NO_CLASS ||
		     link->classes[i].prio >= link->classes[last].prio))
			last = i;
	return last;
}

/*
 * The leaf to offer as default: what nobody named belongs where nothing else
 * is asked for, and never first.
 */
static uint32_t likely_default(const struct link *link, uint32_t top)
{
	const struct class *class;
	uint32_t i;

	for (i = link->n_classes; i-- > 0; ) {
		class = &link->classes[i];
		if (!class->children && !class->alternatives &&
		    is_below(link, i, top))
			return i;
	}
	do
		top = last_child(link, top);
	while (link->classes[top].children);
	return top;
}

static void suggest_default(struct checker *c, struct span at)
{
	const char *wanted = c->link->default_path, *tail;
	struct suggestion near;
	char *path, *best = NULL;
	uint32_t i;

	suggest_begin(&near, wanted);
	for (i = 0; i < c->link->n_classes; i++) {
		if (c->link->classes[i].children)
			continue;
		path = class_path(c->link, i);
		tail = strrchr(path, '/');
		/* A bare leaf name, or the path with the link before it. */
		if ((tail && !strcmp(tail + 1, wanted)) ||
		    (strlen(wanted) > strlen(path) &&
		     !strcmp(wanted + strlen(wanted) - strlen(path), path))) {
			free(best);
			best = path;
			break;
		}
		suggest_offer(&near, path);
		if (near.best == path) {
			free(best);
			best = path;
		} else {
			free(path);
		}
	}
	if (best)
		diag_error(c->d, at, "default: there is no class \"%s\": did you mean \"%s\"?",
			   wanted, best);
	else
		diag_error(c->d, at, "default: there is no class \"%s\" on link \"%s\"",
			   wanted, c->link->name);
	free(best);
}

static void check_default(struct checker *c)
{
	struct link *link = c->link;
	uint32_t leaf = NO_CLASS;
	char *path;

	if (!link->n_classes)
		return;
	if (!link->default_path) {
		if (link->default_at.len)
			return;
		path = class_path(link, likely_default(link, NO_CLASS));
		diag_error(c->d, link->name_at, "link \"%s\" has no default: add to %s the leaf that takes what nothing matches, for example \"default: %s\"",
			   link->name, link_direction(link), path);
		free(path);
		return;
	}
	leaf = link_find_class(link, link->default_path);
	if (leaf == NO_CLASS) {
		suggest_default(c, link->default_at);
	} else if (link->classes[leaf].children) {
		path = class_path(link, likely_default(link, leaf));
		diag_error(c->d, link->default_at, "default: \"%s\" has classes below it, traffic queues in leaves: name one of them, for example \"%s\"",
			   link->default_path, path);
		free(path);
	} else {
		link->default_class = leaf;
	}
}

/* The kernel makes it so many MTU, which is not known before there is a device. */
static void warn_small_burst(struct checker *c, const char *key, uint32_t burst,
			     uint32_t packets, struct span at)
{
	char *text;

	if (!burst || burst >= packets * USUAL_MTU)
		return;
	text = size_text(burst);
	diag_warning(c->d, at, "%s: %s is less than %s of %d bytes, the least that there is: the device's MTU takes its place%s",
		     key, text, packets > 1 ? "two packets" : "a packet",
		     USUAL_MTU, packets > 1 ? ", twice" : "");
	free(text);
}

/* Both are on unless they are turned off. */
static void warn_l4s(struct checker *c, const struct class *class)
{
	if (class->l4s == 1 && class->ecn == 0)
		diag_warning(c->d, class->l4s_at, "l4s: has no effect with \"ecn: no\"");
	if (class->step_ns && (!class->l4s || !class->ecn))
		diag_warning(c->d, class->step_at, "step_thresh: has no effect with \"%s: no\"",
			     class->l4s ? "ecn" : "l4s");
}

static void warn_class(struct checker *c, uint32_t i)
{
	const struct class *class = &c->link->classes[i];
	const struct class *parent = parent_of(c, class);
	uint64_t limit = parent ? parent->ceil_effective : c->link->rate;
	char *text;

	if (limit && class->ceil > limit) {
		text = rate_text(limit);
		diag_warning(c->d, class->ceil_at, "ceil: has no effect: all above the class may send %s at most",
			     text);
		free(text);
	}
	/* With a delay it says what may come at once, and is taken at its word. */
	if (!class->delay_ns)
		warn_small_burst(c, "burst", class->burst, 2, class->burst_at);
	warn_small_burst(c, "cburst", class->cburst, 1, class->cburst_at);
	if (class->children && class->leaf_only)
		diag_warning(c->d, class->leaf_only_at, "%s: has no effect on a class that has classes below it: set it on the leaves",
			     class->leaf_only);
	if (!class->children && class->oversubscribe)
		diag_warning(c->d, class->oversubscribe_at, "oversubscribe: has no effect on a leaf");
	if (class->target_ns && class->interval_ns &&
	    class->target_ns >= class->interval_ns)
		diag_warning(c->d, class->target_at, "target: should be well below interval: 5 to 10 %% of it is usual");
	warn_l4s(c, class);
	if (!class->children && !class->alternatives && !class->police_target &&
	    c->link->default_class != NO_CLASS && i != c->link->default_class)
		diag_warning(c->d, class->name_at, "nothing in the policy leads to \"%s\": it has no match and is not the default; only a tc filter or SO_PRIORITY can name it",
			     class->name);
}

static void check_sysfs(const struct link *link, struct diags *d)
{
	if (link->sysfs && link->n_classes > OPTQ_SYSFS_MAX)
		diag_error(d, link->sysfs_at, "sysfs: at most %d classes can be shown as files, and \"%s\" has %u: leave it out",
			   OPTQ_SYSFS_MAX, link->name, link->n_classes);
}

static void warn_unlimited(const struct link *link, struct diags *d)
{
	uint32_t i;

	if (!link->ingress || link->rate || !link->n_classes)
		return;
	for (i = 0; i < link->n_classes; i++)
		if (link->classes[i].ceil)
			return;
	diag_warning(d, link->name_at, "link \"%s\": what comes in never waits without a rate, and nothing is shared: give ingress a rate a little below the line's",
		     link->name);
}

static void check_link(const struct policy *policy, struct link *link,
		       struct diags *d, bool complete)
{
	struct checker c = { .link = link, .d = d, .complete = complete };
	size_t errors = d->errors;
	uint32_t i;

	c.sum = mem_zalloc(link->n_classes, sizeof(*c.sum));
	for (i = 0; i < link->n_classes; i++)
		resolve_class(&c, &link->classes[i]);
	derive_rates(&c);
	derive_weights(link, d, complete);
	check_guarantees(&c);
	/* Guarantees that cannot be kept leave no room for any delay. */
	if (complete && d->errors == errors)
		check_delays(link, d);
	check_delay_rates(link, d);
	check_default(&c);
	check_sysfs(link, d);
	check_police(link, d);
	if (complete) {
		warn_small_burst(&c, "burst", link->burst, 1, link->burst_at);
		check_rules(policy, link, d);
		warn_unlimited(link, d);
	}
	for (i = 0; complete && i < link->n_classes; i++)
		warn_class(&c, i);
	free(c.sum);
}

static int compare_devices(const void *a, const void *b)
{
	const struct link *x = *(struct link *const *)a;
	const struct link *y = *(struct link *const *)b;
	int order = strcmp(x->title, y->title);

	return order ? order : (x > y) - (x < y);
}

static void check_devices(struct policy *policy, struct diags *d)
{
	struct link **sorted = mem_zalloc(policy->n_links, sizeof(*sorted));
	size_t i, n = 0;

	for (i = 0; i < policy->n_links; i++)
		if (policy->links[i].device)
			sorted[n++] = &policy->links[i];
	qsort(sorted, n, sizeof(*sorted), compare_devices);
	for (i = 1; i < n; i++)
		if (!strcmp(sorted[i]->title, sorted[i - 1]->title))
			diag_error(d, sorted[i]->device_at, "device \"%s\" belongs to link \"%s\" already: a device has one tree",
				   sorted[i]->device, sorted[i - 1]->name);
	free(sorted);
}

void policy_check(struct policy *policy, struct diags *d)
{
	bool complete = !d->errors;
	size_t i;

	check_devices(policy, d);
	for (i = 0; i < policy->n_links; i++)
		check_link(policy, &policy->links[i], d, complete);
}
