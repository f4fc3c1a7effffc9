// SPDX-License-Identifier: GPL-2.0
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "match_imply.h"
#include "match_values.h"
#include "mem.h"

#define POINTS_MAX	256	/* values of a mark that are looked at one by one */

/*
 * Who has a value of @field in [min, max] has one of the values [of_min, of_max] of
 * @of, or of the next row's if that has the same values.  Without the field all are
 * possible, for a packet may be cut short.  What ICMP and ICMPv6 are under the other
 * family is not worth a thought.
 */
static const struct law {
	enum optq_field field, of;
	struct range when;
	uint64_t of_min, of_max;
	bool more;		/* the next row is about the same values */
	const char *why;
} laws[] = {
#define ANY(bits)	{ { 0, 0 }, { 0, (1ULL << (bits)) - 1 } }
#define ONE(value)	{ { 0, value }, { 0, value } }
#define IPV4		{ { 0, 0xffff00000000ULL }, { 0, 0xffffffffffffULL } }
#define BEFORE_IPV4	{ { 0, 0 }, { 0, 0xfffeffffffffULL } }
#define BEHIND_IPV4	{ { 0, 0x1000000000000ULL }, { UINT64_MAX, UINT64_MAX } }
#define FAMILY_LAWS(field)						\
	{ field, OPTQ_FIELD_FAMILY, IPV4, 4, 4, false, NULL },		\
	{ field, OPTQ_FIELD_FAMILY, BEFORE_IPV4, 6, 6, false, NULL },	\
	{ field, OPTQ_FIELD_FAMILY, BEHIND_IPV4, 6, 6, false, NULL }
#define IP_LAWS(field, bits, why)					\
	{ field, OPTQ_FIELD_FAMILY, ANY(bits), 4, 4, true, NULL },	\
	{ field, OPTQ_FIELD_FAMILY, ANY(bits), 6, 6, false, why }
#define PORT_LAWS(field)						\
	{ field, OPTQ_FIELD_PROTO, ANY(16), IPPROTO_TCP, IPPROTO_TCP, true, NULL }, \
	{ field, OPTQ_FIELD_PROTO, ANY(16), IPPROTO_UDP, IPPROTO_UDP, true, NULL }, \
	{ field, OPTQ_FIELD_PROTO, ANY(16), IPPROTO_DCCP, IPPROTO_DCCP, true, NULL }, \
	{ field, OPTQ_FIELD_PROTO, ANY(16), IPPROTO_SCTP, IPPROTO_SCTP, true, NULL }, \
	{ field, OPTQ_FIELD_PROTO, ANY(16), IPPROTO_UDPLITE, IPPROTO_UDPLITE, false, \
	  "only tcp, udp, sctp, dccp and udplite have ports" }

	FAMILY_LAWS(OPTQ_FIELD_SRC),
	FAMILY_LAWS(OPTQ_FIELD_DST),
	{ OPTQ_FIELD_PROTO, OPTQ_FIELD_FAMILY, ONE(IPPROTO_ICMP), 4, 4, false,
	  NULL },
	{ OPTQ_FIELD_PROTO, OPTQ_FIELD_FAMILY, ONE(IPPROTO_ICMPV6), 6, 6, false,
	  NULL },
	IP_LAWS(OPTQ_FIELD_PROTO, 8, "only IPv4 and IPv6 have a protocol"),
	PORT_LAWS(OPTQ_FIELD_SPORT),
	PORT_LAWS(OPTQ_FIELD_DPORT),
	{ OPTQ_FIELD_ICMP_TYPE, OPTQ_FIELD_PROTO, ANY(8), IPPROTO_ICMP,
	  IPPROTO_ICMP, false, "only icmp, of IPv4, has ICMP types" },
	{ OPTQ_FIELD_ICMP6_TYPE, OPTQ_FIELD_PROTO, ANY(8), IPPROTO_ICMPV6,
	  IPPROTO_ICMPV6, false, "only icmp6, of IPv6, has ICMPv6 types" },
	IP_LAWS(OPTQ_FIELD_DSCP, 6, "only IPv4 and IPv6 have a DSCP"),
	IP_LAWS(OPTQ_FIELD_ECN, 2, "only IPv4 and IPv6 have an ECN field"),
	{ OPTQ_FIELD_PCP, OPTQ_FIELD_VLAN, ANY(3), 0, 4095, false,
	  "only a packet with a tag has a VLAN priority" },
	{ OPTQ_FIELD_VLAN, OPTQ_FIELD_PCP, ANY(12), 0, 7, false,
	  "a packet with a tag has a VLAN priority" },
};

#define N_LAWS		(sizeof(laws) / sizeof(*laws))

static char *contradiction(const struct law *law)
{
	if (law->of == OPTQ_FIELD_FAMILY && !law->why)
		return mem_printf("it would have to be IPv4 and IPv6 at once");
	return mem_printf("%s", law->why);
}

static struct rset *range_set(const struct range *range, bool absent)
{
	struct ranges r = { 0 };

	ranges_add(&r, range->min, range->max);
	return rset_of(&r, absent);
}

/* What the rows from @law on allow. */
static struct rset *allowed(const struct law *law, size_t n)
{
	struct ranges r = { 0 };
	size_t i;

	for (i = 0; i < n; i++)
		ranges_add(&r, value_of(law[i].of_min), value_of(law[i].of_max));
	return rset_of(&r, false);
}

/* False: neither with such a value nor without is anything left. */
static bool without(struct conjunct *c, const struct law *law)
{
	struct dim dim = { law->field, 0 };
	struct rset *when = range_set(&law->when, false);
	struct rset *rest = dim_complement(dim, when);

	rset_put(when);
	return conjunct_narrow(c, dim, rest);
}

/* Nothing but what the law is about: then what it allows holds. */
static bool all_within(const struct conjunct *c, const struct law *law)
{
	const struct rset *set = conjunct_set(c, (struct dim){ law->field, 0 });

	return set && !set->absent && set->n &&
	       value_compare(set->v[0].min, law->when.min) >= 0 &&
	       value_compare(set->v[set->n - 1].max, law->when.max) <= 0;
}

static bool none_within(const struct conjunct *c, const struct law *law)
{
	const struct rset *set = conjunct_set(c, (struct dim){ law->field, 0 });
	struct rset *when;
	bool none;

	if (!set)
		return false;
	when = range_set(&law->when, false);
	none = rset_disjoint(set, when);
	rset_put(when);
	return none;
}

/* False when no packet is left; *changed: when @c is narrower. */
static bool obey(struct conjunct *c, const struct law *law, size_t n,
		 bool *changed)
{
	struct dim of = { law->of, 0 };
	const struct rset *have;
	struct rset *may;
	bool good = true;

	if (none_within(c, law))
		return true;
	may = allowed(law, n);
	have = conjunct_set(c, of);
	if (have && rset_disjoint(have, may)) {
		rset_put(may);
		*changed = true;
		return without(c, law);
	}
	if (all_within(c, law) && !(have && rset_subset(have, may))) {
		*changed = true;
		good = conjunct_narrow(c, of, rset_get(may));
	}
	rset_put(may);
	return good;
}

/* Whether the values of @wide tell those of @narrow, and in what way. */
static bool tells(struct dim wide, struct dim narrow)
{
	if (wide.field != narrow.field)
		return false;
	if (wide.field == OPTQ_FIELD_CGROUP)
		return narrow.param < wide.param;
	return (wide.field == OPTQ_FIELD_MARK || wide.field == OPTQ_FIELD_CTMARK) &&
	       wide.param != narrow.param && !(narrow.param & ~wide.param);
}

/* The cgroup at level @level that number @value is below; 0: it has no number. */
static uint64_t ancestor(const struct match_names *names, uint64_t value,
			 uint32_t level)
{
	const struct names *paths = &names->of[OPTQ_FIELD_CGROUP];
	const char *path = names_name(paths, value);
	size_t len = 0, i;

	for (; path && level; level--)
		len += strcspn(path + len, "/") + 1;
	/* Past the last level there would be no path of that length. */
	for (i = 0; path && i < paths->n; i++)
		if (strlen(paths->v[i]) == len - 1 &&
		    !memcmp(paths->v[i], path, len - 1))
			return i + 1;
	return 0;
}

static uint64_t told(const struct match_names *names, struct dim narrow,
		     uint64_t value)
{
	return narrow.field == OPTQ_FIELD_CGROUP ?
	       ancestor(names, value, narrow.param) : value & narrow.param;
}

/* Of a mark's values under a wide mask those are left that fit to a narrow one. */
static bool project(struct conjunct *c, const struct match_names *names,
		    struct dim wide, struct dim narrow, bool *changed)
{
	const struct rset *from = conjunct_set(c, wide);
	const struct rset *to = conjunct_set(c, narrow);
	struct ranges left = { 0 }, image = { 0 };
	struct rset *set;
	uint64_t v, t, off, size;
	size_t i;

	if (from->absent || rset_count(from) > POINTS_MAX)
		return true;
	for (i = 0; i < from->n; i++) {
		size = from->v[i].max.lo - from->v[i].min.lo;
		for (off = 0; off <= size; off++) {
			v = from->v[i].min.lo + off;
			t = told(names, narrow, v);
			if (!rset_has(to, value_of(t)))
				continue;
			ranges_add(&left, value_of(v), value_of(v));
			ranges_add(&image, value_of(t), value_of(t));
		}
	}
	set = rset_of(&left, false);
	*changed |= !rset_equal(set, from);
	if (!conjunct_narrow(c, wide, set)) {
		free(image.v);
		return false;
	}
	set = rset_of(&image, false);
	*changed |= !rset_equal(set, to);
	return conjunct_narrow(c, narrow, set);
}

static bool project_all(struct conjunct *c, const struct match_names *names,
			bool *changed)
{
	size_t i, j;

	for (i = 0; i < c->n; i++)
		for (j = 0; j < c->n; j++)
			if (tells(c->v[i].dim, c->v[j].dim) &&
			    !project(c, names, c->v[i].dim, c->v[j].dim, changed))
				return false;
	return true;
}

/* Each round narrows a set; there are few rows, and so few rounds. */
bool conjunct_imply(struct conjunct *c, const struct match_names *names,
		    char **why)
{
	bool changed;
	size_t i, n;

	do {
		changed = false;
		for (i = 0; i < N_LAWS; i += n) {
			for (n = 1; laws[i + n - 1].more; n++)
				;
			if (obey(c, &laws[i], n, &changed))
				continue;
			if (why)
				*why = contradiction(&laws[i + n - 1]);
			return false;
		}
		if (!project_all(c, names, &changed)) {
			if (why)
				*why = mem_printf("a mark or a cgroup would have to be two at once");
			return false;
		}
	} while (changed);
	return true;
}

/* What is known of @dim by @wide; NULL: too much to say. */
static struct rset *tell(const struct match_names *names, const struct cond *wide,
			 struct dim dim)
{
	struct ranges r = { 0 };
	uint64_t off, t;
	size_t i;

	if (wide->set->absent || rset_count(wide->set) > POINTS_MAX)
		return NULL;
	for (i = 0; i < wide->set->n; i++) {
		const struct range *range = &wide->set->v[i];

		for (off = 0; off <= range->max.lo - range->min.lo; off++) {
			t = told(names, dim, range->min.lo + off);
			ranges_add(&r, value_of(t), value_of(t));
		}
	}
	return rset_of(&r, false);
}

void conjunct_tell(struct conjunct *c, const struct match_names *names,
		   const struct dim *dims, size_t n)
{
	struct rset *set;
	size_t i, j;

	for (i = 0; i < n; i++) {
		for (j = 0; j < c->n && !conjunct_set(c, dims[i]); j++) {
			if (!tells(c->v[j].dim, dims[i]))
				continue;
			set = tell(names, &c->v[j], dims[i]);
			if (set)
				conjunct_narrow(c, dims[i], set);
		}
	}
}
