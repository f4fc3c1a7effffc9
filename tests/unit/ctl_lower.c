// SPDX-License-Identifier: GPL-2.0
/*
 * Random matches against random packets: the tree as it reads, its normal form, and
 * what follows from that must agree.
 */
#include "ctl_help.h"
#include "ctl_random.h"
#include "match_imply.h"
#include "match_never.h"

#define MATCHES		4000
#define PACKETS		50
#define DEPTH		2

struct tried {
	char text[4096];
	struct match m;
	struct conjuncts any;
};

static struct match_names names;

/* False: it has too many alternatives. */
static bool try_match(struct random_source *r, struct tried *t)
{
	struct match_error err;
	bool good;

	memset(t, 0, sizeof(*t));
	random_match(r, t->text, sizeof(t->text), DEPTH);
	if (!match_parse(t->text, &names, NULL, &t->m, &err))
		fail_msg("%s: %s", t->text, err.text);
	good = match_lower(t->m.root, &t->any, &err);
	if (!good)
		free(err.text);
	return good;
}

static void tried_free(struct tried *t)
{
	match_free(&t->m);
	conjuncts_free(&t->any);
}

static void normal_form_means_the_same(void **state)
{
	struct random_source r = { 1 };
	size_t met = 0, refused = 0, i, j;
	struct packet p;
	struct tried t;
	bool meets;

	(void)state;
	for (i = 0; i < MATCHES; i++) {
		if (!try_match(&r, &t)) {
			refused++;
			tried_free(&t);
			continue;
		}
		for (j = 0; j < PACKETS; j++) {
			p = random_packet(&r, &names);
			meets = packet_meets(&p, t.m.root);
			met += meets;
			if (packet_meets_any(&p, &t.any) != meets)
				fail_msg("match %zu, packet %zu: %s", i, j, t.text);
		}
		tried_free(&t);
	}
	/* Neither side may be all that is tried. */
	assert_in_range(met, MATCHES * PACKETS / 5, MATCHES * PACKETS * 4 / 5);
	assert_in_range(refused, 0, MATCHES / 20);
}

static void normal_form_is_normal(void **state)
{
	struct random_source r = { 2 };
	const struct conjunct *c;
	size_t i, j, k;
	struct tried t;

	(void)state;
	for (i = 0; i < MATCHES; i++) {
		if (!try_match(&r, &t)) {
			tried_free(&t);
			continue;
		}
		assert_true(t.any.n <= OPTQ_RULE_CONJUNCTS_MAX);
		for (j = 0; j < t.any.n; j++) {
			c = &t.any.v[j];
			for (k = 0; k < c->n; k++) {
				assert_false(rset_empty(c->v[k].set));
				assert_false(dim_full(c->v[k].dim, c->v[k].set));
				if (k)
					assert_true(dim_compare(c->v[k - 1].dim,
								c->v[k].dim) < 0);
			}
			for (k = 0; k < t.any.n; k++)
				if (k != j && conjunct_subset(c, &t.any.v[k]))
					fail_msg("%s: %zu is in %zu", t.text, j, k);
		}
		tried_free(&t);
	}
}

/* What follows from a conjunct takes none of its packets away. */
static void what_follows_is_true(void **state)
{
	struct random_source r = { 3 };
	struct conjunct meant;
	size_t i, j, k, narrower = 0;
	struct conjuncts one;
	struct packet p;
	struct tried t;

	(void)state;
	for (i = 0; i < MATCHES; i++) {
		try_match(&r, &t);
		for (j = 0; j < t.any.n && j < 4; j++) {
			bool possible;

			meant = conjunct_copy(&t.any.v[j]);
			possible = conjunct_imply(&meant, &names, NULL);
			narrower += !conjunct_subset(&t.any.v[j], &meant);
			for (k = 0; k < PACKETS; k++) {
				p = random_packet(&r, &names);
				one = (struct conjuncts){ &t.any.v[j], 1, 1 };
				if (!packet_meets_any(&p, &one))
					continue;
				one.v = &meant;
				if (!possible || !packet_meets_any(&p, &one))
					fail_msg("%s: conjunct %zu", t.text, j);
			}
			conjunct_free(&meant);
		}
		tried_free(&t);
	}
	assert_true(narrower > MATCHES / 10);
}

static void assert_never(const char *text, const char *part, const char *reason)
{
	const struct match_node *node;
	struct match_error err;
	size_t from = 0;
	struct match m;
	char *why;

	if (!match_parse(text, &names, NULL, &m, &err))
		fail_msg("%s: %s", text, err.text);
	node = match_never(m.root, &from, &names, &why);
	if (!node != !part)
		fail_msg("%s: %s", text, node ? why : "is possible");
	if (node) {
		if (node->at.len != strlen(part) ||
		    memcmp(text + node->at.off, part, node->at.len))
			fail_msg("%s: %.*s", text, (int)node->at.len,
				 text + node->at.off);
		if (!strstr(why, reason))
			fail_msg("%s: %s", text, why);
		free(why);
	}
	match_free(&m);
}

static void what_can_never_be_is_found(void **state)
{
	static const char family[] = "IPv4 and IPv6 at once";

	(void)state;
	assert_never("tcp udp", "tcp udp", "the protocol would have to be two things at once");
	assert_never("tcp and icmp type 8", "tcp and icmp type 8", "only icmp, of IPv4, has ICMP types");
	assert_never("ip and dst 2001:db8::/32", "ip and dst 2001:db8::/32", family);
	assert_never("src 10.0.0.0/8 dst 2001:db8::1", "src 10.0.0.0/8 dst 2001:db8::1", family);
	assert_never("icmp ip6", "icmp ip6", family);
	assert_never("ip6 icmp type 8", "ip6 icmp type 8", "only icmp, of IPv4, has");
	assert_never("ip ip6", "ip ip6", family);
	assert_never("icmp dport 5", "icmp dport 5", "udplite have ports");
	assert_never("icmp port 5", "icmp port 5", "udplite have ports");
	assert_never("tcp or (icmp dport 5)", "(icmp dport 5)", "udplite have ports");
	assert_never("tcp or icmp dport 5", "icmp dport 5", "udplite have ports");
	assert_never("not vlan and pcp 5", "not vlan and pcp 5", "only a packet with a tag");
	assert_never("not (ip or ip6) and dscp ef", "not (ip or ip6) and dscp ef", "have a DSCP");
	assert_never("dport 5 and not port 5", "dport 5 and not port 5", "its terms exclude each other");
	assert_never("mark 1/3 mark 2/3", "mark 1/3 mark 2/3", "the mark would have");
	assert_never("mark 1/3 mark 4/7", "mark 1/3 mark 4/7", "two at once");
	assert_never("cgroup a cgroup b/c", "cgroup a cgroup b/c", "two at once");
	assert_never("cgroup b cgroup b/c", NULL, NULL);
	assert_never("mark 1/3 mark 5/7", NULL, NULL);
	assert_never("src 10.0.0.0/8 and not src 10.1.0.0/16", NULL, NULL);
	assert_never("src { 192.0.2.1, 2001:db8::1 } dst { 198.51.100.1, 2001:db8::2 }", NULL, NULL);
	assert_never("proto { tcp, icmp } dport 5", NULL, NULL);
	assert_never("not tcp and not udp", NULL, NULL);
}

static int forget_names(void **state)
{
	(void)state;
	match_names_free(&names);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(normal_form_means_the_same),
		cmocka_unit_test(normal_form_is_normal),
		cmocka_unit_test(what_follows_is_true),
		cmocka_unit_test(what_can_never_be_is_found),
	};

	return cmocka_run_group_tests_name("ctl_lower", tests, NULL, forget_names);
}
