// SPDX-License-Identifier: GPL-2.0
/* The sets that a class picks its children from. */
#include "tree.h"
#include "verify.h"

/* Sets of a class's children besides its bands. */
enum {
	SET_GUARANTEED = -1,
	SET_URGENT = -2,
};

/* What a set of c's children has, all of one band or of the above. */
struct set_tally {
	const struct optq_class *c;
	int band;
	u32 members;
	u32 owners;
	u64 wsum;
};

static const char *weight_verify(const struct optq_wfq_node *n,
				 struct set_tally *x)
{
	const struct optq_class *c = x->c;

	x->wsum += n->weight;
	if (!n->weight || n->inv != div64_u64(1ULL << OPTQ_WFQ_SHIFT,
					      n->weight))
		return "wfq: weight and its inverse differ";
	if (n->tag.span != n->len * n->inv)
		return "wfq: span is of another length";
	if (n->tag.clock != optq_wfq_clock(&c->inner->bands[x->band]))
		return "wfq: start is of another clock";
	return NULL;
}

static const struct optq_class *member_class(const struct optq_tagged *n,
					     int band)
{
	if (band == SET_URGENT)
		return optq_container_of(n, struct optq_urgent, tag)->c;
	if (band == SET_GUARANTEED)
		return optq_container_of(n, struct optq_class, guaranteed);
	return optq_container_of(n, struct optq_class, excess.tag);
}

static const char *member_verify(const struct optq_tag_group *g,
				 const struct optq_tagged *n,
				 struct set_tally *x)
{
	const struct optq_class *m = member_class(n, x->band);
	const char *why;

	if (n->link.next->prev != &n->link)
		return "tagset: list of members broken";
	if (n->code != g->head->code)
		return "tagset: member of another group";
	if (n->code != optq_tag_code(n->span))
		return "tagset: code is of another span";
	if (n->owner && &n->own != g)
		return "tagset: owner of another group";
	why = x->band < 0 ? NULL : weight_verify(&m->excess, x);
	if (why)
		return why;
	if (m->parent != x->c)
		return "set: member has another parent";
	if (x->band >= 0 && m->conf.prio != (u32)x->band)
		return "set: member has another prio";
	return NULL;
}

static const char *members_verify(const struct optq_tag_group *g,
				  const struct optq_list *list,
				  struct set_tally *x)
{
	const struct optq_list *pos;

	optq_list_for_each(pos, list) {
		const struct optq_tagged *n =
			optq_list_entry(pos, struct optq_tagged, link);
		const char *why = member_verify(g, n, x);

		if (why)
			return why;
		x->members++;
		x->owners += n->owner;
	}
	return NULL;
}

static const char *group_verify(const struct optq_tag_group *g,
				struct set_tally *x)
{
	const struct optq_tag_group *other;
	const char *why;

	x->owners = 0;
	why = members_verify(g, &g->joined, x);
	if (!why)
		why = members_verify(g, &g->served, x);
	if (why)
		return why;
	if (x->owners != 1)
		return "tagset: group without its one owner";
	for (other = g->next; other; other = other->next) {
		if (other->head->code == g->head->code)
			return "tagset: two groups of one length";
	}
	if (&g->head->link != g->joined.next && &g->head->link != g->served.next)
		return "tagset: head of a group is not the first";
	return NULL;
}

/* wsum: what the weights of all members must add up to, if they have any. */
static const char *set_verify(const struct optq_tagset *s,
			      const struct optq_class *c, int band, u64 wsum,
			      u32 *members)
{
	struct set_tally x = { .c = c, .band = band };
	const struct optq_tag_group *g;
	const char *why;

	for (g = s->groups; g; g = g->next) {
		why = group_verify(g, &x);
		if (why)
			return why;
	}
	*members += x.members;
	return wsum == x.wsum ? NULL : "set: sum of weights is wrong";
}

const char *optq_sets_verify(const struct optq_class *c)
{
	const struct optq_list *pos;
	u32 excess = 0, guaranteed = 0, urgent = 0;
	const char *why;
	int i;

	if (!c->inner)
		return c->band_map ? "class: a band, and no set for it" : NULL;
	why = set_verify(&c->inner->guarantees.set, c, SET_GUARANTEED, 0,
			 &guaranteed);
	if (!why)
		why = set_verify(&c->inner->urgents, c, SET_URGENT, 0, &urgent);
	for (i = 0; !why && i < OPTQ_BANDS; i++) {
		why = set_verify(&c->inner->bands[i].set, c, i,
				 c->inner->bands[i].wsum, &excess);
		if (!why && optq_wfq_empty(&c->inner->bands[i]) ==
			    !!(c->band_map & (1U << i)))
			why = "band_map and its sets differ";
	}
	if (why)
		return why;
	optq_list_for_each(pos, &c->inner->children) {
		const struct optq_class *m =
			optq_list_entry(pos, struct optq_class, sibling);

		excess -= optq_wfq_linked(&m->excess);
		guaranteed -= optq_tagged_linked(&m->guaranteed);
		urgent -= optq_class_is_urgent(m);
	}
	if (excess || guaranteed || urgent)
		return "set: members are not the children that are linked";
	return NULL;
}
