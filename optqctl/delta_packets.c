// SPDX-License-Identifier: GPL-2.0
/* What becomes of packets that wait while the tree is changed: docs/design.md has the rules. */
#include "delta.h"

/* Where packets of classes that go are put: not where a qdisc of tc's stands. */
static const char *drain_path(const struct delta *d)
{
	uint32_t id = (uint32_t)d->new.v[LINK_DEFAULT];
	const struct class_image *old = image_find(&d->old, id);

	return image_path(&d->new, old && old->qdisc ? 0 : id);
}

static const char *first_leaf_below(const struct class_image *class)
{
	/* Depth first: the first child comes next. */
	while (!image_is_leaf(class))
		class++;
	return class->path;
}

static uint64_t over(uint64_t waiting, uint64_t limit)
{
	return waiting > limit ? waiting - limit : 0;
}

static void class_packets(const struct delta *d, struct class_change *cc)
{
	const struct class_image *old = cc->old, *new = cc->new;

	if (!old || !old->waiting)
		return;
	cc->matched_anew = d->matched_anew;
	if (old->qdisc && (!new || !image_is_leaf(new))) {
		cc->fate = PACKETS_LOST;
		cc->lost_most = old->waiting;
	} else if (!new) {
		cc->fate = PACKETS_DRAINED;
		cc->to = drain_path(d);
	} else if (image_is_leaf(old) && !image_is_leaf(new)) {
		cc->fate = PACKETS_HANDED_DOWN;
		cc->to = first_leaf_below(new);
	} else if (!old->qdisc && new->v[CLASS_LIMIT] < old->v[CLASS_LIMIT] &&
		   over(old->waiting, new->v[CLASS_LIMIT])) {
		cc->fate = PACKETS_CUT;
		cc->lost_most = over(old->waiting, new->v[CLASS_LIMIT]);
	} else {
		cc->fate = PACKETS_KEPT;
	}
}

/* What the link as a whole has no room for; what automatic memory is, the kernel knows. */
static uint64_t over_link(const struct delta *d)
{
	const uint64_t *old = d->old.v, *new = d->new.v;
	uint64_t most = over(d->old.waiting, new[LINK_LIMIT]);

	if (new[LINK_MEMORY] && new[LINK_MEMORY] != old[LINK_MEMORY] &&
	    d->old.memory > new[LINK_MEMORY])
		most = d->old.waiting;
	return most;
}

void delta_packets(struct delta *d)
{
	uint64_t sum = 0;
	size_t i;

	if (!d->old.there || !d->old.waiting)
		return;
	if (!d->new.there) {
		d->lost_most = d->old.waiting;
		return;
	}
	d->matched_anew = d->n_rules || d->sets_differ ||
			  d->old.v[LINK_DEFAULT] != d->new.v[LINK_DEFAULT];
	for (i = 0; i < d->n_classes; i++) {
		class_packets(d, &d->classes[i]);
		sum += d->classes[i].lost_most;
	}
	d->lost_most = over_link(d);
	if (sum > d->lost_most)
		d->lost_most = sum < d->old.waiting ? sum : d->old.waiting;
}
