// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "explain_packet.h"
#include "match_imply.h"
#include "mem.h"

/* The description's only conjunct. */
static bool read_words(struct policy *policy, const char *text,
			struct diags *d, struct conjunct *packet)
{
	struct conjuncts any = { 0 };
	struct match_error err;
	char *why = NULL;
	struct match m;
	bool good;

	policy->sets.d = d;
	good = match_parse(text, &policy->names, &policy->sets, &m, &err);
	if (good) {
		good = match_lower(m.root, &any, &err);
		err.at = good ? m.root->at : err.at;
	}
	if (good && any.n != 1) {
		err.text = any.n ? mem_printf("these are %zu kinds of packets, and one is needed: sport or dport in place of port, shost or dhost in place of host, no \"or\" across fields",
					      any.n) :
				   mem_printf("there is no such packet: its terms exclude each other");
		good = false;
	}
	if (good && !conjunct_imply(&any.v[0], &policy->names, &why)) {
		err.text = mem_printf("there is no such packet: %s", why);
		good = false;
	}
	free(why);
	if (good)
		*packet = conjunct_copy(&any.v[0]);
	else if (err.text)
		diag_error(d, err.at, "%s", err.text);
	if (!good)
		free(err.text);
	conjuncts_free(&any);
	match_free(&m);
	return good;
}

/* A packet's cgroup is the one that is named, and none below it. */
static void end_cgroup(struct conjunct *packet, const struct link *link)
{
	const struct dim *dim;
	uint32_t level = 0;
	size_t i;

	for (i = 0; i < packet->n; i++)
		if (packet->v[i].dim.field == OPTQ_FIELD_CGROUP &&
		    !packet->v[i].set->absent)
			level = packet->v[i].dim.param;
	for (i = 0; level && i < link->n_dims; i++) {
		dim = &link->dims[i];
		if (dim->field == OPTQ_FIELD_CGROUP && dim->param > level)
			conjunct_narrow(packet, *dim,
					rset_of(&(struct ranges){ 0 }, true));
	}
}

bool packet_read(struct policy *policy, const struct link *link,
		 const char *text, struct diags *d, struct conjunct *packet)
{
	if (!read_words(policy, text, d, packet))
		return false;
	end_cgroup(packet, link);
	return true;
}

void packet_conclude(struct conjunct *packet, const struct link *link,
		     const struct match_names *names)
{
	conjunct_tell(packet, names, link->dims, link->n_dims);
	conjunct_imply(packet, names, NULL);
}

bool packet_value_known(const struct rset *set)
{
	if (!set)
		return false;
	return set->absent ? !set->n : rset_count(set) == 1;
}

static struct rset *one_value(struct value v)
{
	struct ranges r = { 0 };

	ranges_add(&r, v, v);
	return rset_of(&r, false);
}

/* What is taken where nothing, or more than one thing, was said. */
static struct rset *assume(struct dim dim, const struct rset *set)
{
	if (dim.field == OPTQ_FIELD_FAMILY && rset_has(set, value_of(4)))
		return one_value(value_of(4));
	if (set->absent)
		return rset_of(&(struct ranges){ 0 }, true);
	return one_value(set->v[0].min);
}

struct conjunct packet_complete(const struct conjunct *packet,
				const struct link *link,
				const struct match_names *names)
{
	struct conjunct c = conjunct_copy(packet), before;
	const struct dim family = { OPTQ_FIELD_FAMILY, 0 };
	struct rset *all, *assumed;
	const struct rset *set;
	size_t i;

	for (i = 0; i <= link->n_dims; i++) {
		/* The family first: others follow from it. */
		struct dim dim = i ? link->dims[i - 1] : family;

		set = conjunct_set(&c, dim);
		if (packet_value_known(set))
			continue;
		all = dim_everything(dim);
		assumed = assume(dim, set ? set : all);
		rset_put(all);
		before = conjunct_copy(&c);
		if (conjunct_narrow(&c, dim, assumed) &&
		    conjunct_imply(&c, names, NULL)) {
			conjunct_free(&before);
			continue;
		}
		conjunct_free(&c);
		c = before;
	}
	return c;
}
