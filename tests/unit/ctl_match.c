// SPDX-License-Identifier: GPL-2.0
/* Match expressions: the rules they stand for, and where they are wrong. */
#include <arpa/inet.h>
#include <netinet/in.h>

#include "ctl_help.h"
#include "match.h"

struct expanded {
	struct match m;
	struct link link;
};

static void expand(struct expanded *e, const char *text)
{
	struct match_error err = { { 0, 0 }, NULL };

	memset(e, 0, sizeof(*e));
	if (!match_parse(text, &e->m, &err))
		fail_msg("%s: %s", text, err.text);
	match_expand(&e->m, &e->link, 3);
}

static void done(struct expanded *e)
{
	match_free(&e->m);
	free(e->link.rules);
}

static void assert_wrong(const char *text, size_t off, size_t len,
			 const char *why)
{
	struct match_error err = { { 0, 0 }, NULL };
	struct match m;

	if (match_parse(text, &m, &err))
		fail_msg("\"%s\" was accepted", text);
	if (!strstr(err.text, why))
		fail_msg("\"%s\" is not in \"%s\"", why, err.text);
	assert_int_equal(err.at.off, off);
	assert_int_equal(err.at.len, len);
	free(err.text);
	match_free(&m);
}

static void one_rule_has_every_field(void **state)
{
	struct expanded e;
	struct rule *r;

	(void)state;
	expand(&e, "ip tcp src 192.0.2.0/25 and dst 198.51.100.7 sport 1024-65535 dport 443 dscp af41 mark 0x10/0xf0");
	assert_int_equal(e.link.n_rules, 1);
	r = &e.link.rules[0];
	assert_int_equal(r->class_index, 3);
	assert_int_equal(r->family, 4);
	assert_int_equal(r->proto, IPPROTO_TCP);
	assert_memory_equal(r->src.bytes, "\xc0\x00\x02\x00", 4);
	assert_int_equal(r->src.prefix_len, 25);
	assert_memory_equal(r->dst.bytes, "\xc6\x33\x64\x07", 4);
	assert_int_equal(r->dst.prefix_len, 32);
	assert_int_equal(r->sport.min, 1024);
	assert_int_equal(r->sport.max, 65535);
	assert_int_equal(r->dport.min, 443);
	assert_int_equal(r->dport.max, 443);
	assert_int_equal(r->dscp, 34);
	assert_int_equal(r->mark, 0x10);
	assert_int_equal(r->mark_mask, 0xf0);
	done(&e);
}

static void what_is_not_said_is_open(void **state)
{
	struct expanded e;
	struct rule *r;

	(void)state;
	expand(&e, "dscp ef");
	assert_int_equal(e.link.n_rules, 1);
	r = &e.link.rules[0];
	assert_int_equal(r->family, 0);
	assert_int_equal(r->proto, -1);
	assert_int_equal(r->dscp, 46);
	assert_int_equal(r->src.family, 0);
	assert_false(r->sport.set || r->dport.set || r->has_mark);
	done(&e);
}

static void sets_are_a_cross_product(void **state)
{
	struct expanded e;
	bool seen[2][2][2] = { 0 };
	size_t i;

	(void)state;
	expand(&e, "proto { tcp, udp } src { 10.0.0.0/8, 10.1.0.0/16 } dport { 1, 2 }");
	assert_int_equal(e.link.n_rules, 8);
	for (i = 0; i < 8; i++) {
		struct rule *r = &e.link.rules[i];

		seen[r->proto == IPPROTO_UDP][r->src.prefix_len == 16]
		    [r->dport.min == 2] = true;
	}
	for (i = 0; i < 8; i++)
		assert_true(((bool *)seen)[i]);
	done(&e);
}

static void port_is_either_side(void **state)
{
	struct expanded e;

	(void)state;
	expand(&e, "tcp port { 80, 443 }");
	assert_int_equal(e.link.n_rules, 4);
	assert_true(e.link.rules[0].sport.set && !e.link.rules[0].dport.set);
	assert_int_equal(e.link.rules[1].sport.min, 443);
	assert_true(!e.link.rules[2].sport.set && e.link.rules[2].dport.set);
	assert_int_equal(e.link.rules[3].dport.min, 443);
	done(&e);

	expand(&e, "sport { 1, 2 } dport { 3, 4, 5 } tcp");
	assert_int_equal(e.link.n_rules, 6);
	assert_int_equal(match_count(&e.m), 6);
	done(&e);
}

static void ports_alone_are_tcp_and_udp(void **state)
{
	struct expanded e;

	(void)state;
	expand(&e, "dport 53");
	assert_int_equal(e.link.n_rules, 2);
	assert_int_equal(e.link.rules[0].proto, IPPROTO_TCP);
	assert_int_equal(e.link.rules[1].proto, IPPROTO_UDP);
	done(&e);
}

static void families_follow(void **state)
{
	struct expanded e;

	(void)state;
	expand(&e, "icmp6");
	assert_int_equal(e.link.rules[0].family, 6);
	done(&e);
	expand(&e, "ip6 tcp");
	assert_int_equal(e.link.rules[0].family, 6);
	done(&e);
	/* Of the four pairs, the two of one family are left. */
	expand(&e, "src { 192.0.2.1, 2001:db8::1 } dst { 198.51.100.1, 2001:db8::2 }");
	assert_int_equal(e.link.n_rules, 2);
	assert_int_equal(e.link.rules[0].family, 4);
	assert_int_equal(e.link.rules[1].family, 6);
	done(&e);
	expand(&e, "src 2001:db8::/32");
	assert_int_equal(e.link.rules[0].src.prefix_len, 32);
	done(&e);
}

static void numbers_name_things_too(void **state)
{
	struct expanded e;

	(void)state;
	expand(&e, "proto 89 dscp { 0x2e, 10, le } mark 255");
	assert_int_equal(e.link.n_rules, 3);
	assert_int_equal(e.link.rules[0].proto, 89);
	assert_int_equal(e.link.rules[0].dscp, 46);
	assert_int_equal(e.link.rules[2].dscp, 1);
	assert_int_equal(e.link.rules[0].mark, 255);
	assert_int_equal(e.link.rules[0].mark_mask, 0xffffffff);
	done(&e);
}

static void mistakes_are_pointed_at(void **state)
{
	(void)state;
	assert_wrong("", 0, 1, "a term must follow");
	assert_wrong("dscp", 4, 1, "\"dscp\" needs a code point");
	assert_wrong("dscp eff", 5, 3, "did you mean \"ef\"");
	assert_wrong("dscp 64", 5, 2, "unknown code point");
	assert_wrong("tcp dprt 5", 4, 4, "did you mean \"dport\"");
	assert_wrong("tcp dport 70000", 10, 5, "no port");
	assert_wrong("tcp dport 5-3", 10, 3, "did you mean 3-5");
	assert_wrong("tcp dport http", 10, 4, "no port");
	assert_wrong("tcp dport -1", 10, 2, "no port");
	assert_wrong("dport { 1 2 }", 10, 1, "a comma");
	assert_wrong("dport { 1, }", 11, 1, "needs a port");
	assert_wrong("dport { 1, 2", 6, 1, "not closed");
	assert_wrong("dport }", 6, 1, "needs a port");
	assert_wrong("src 10.0.0.1/8", 4, 10, "did you mean \"10.0.0.0/8\"");
	assert_wrong("src 10.0.0.0/33", 4, 11, "0 to 32");
	assert_wrong("src 10.0.0.0/", 4, 9, "0 to 32");
	assert_wrong("src ::/129", 4, 6, "0 to 128");
	assert_wrong("src 10.0.0", 4, 6, "no address");
	assert_wrong("src fe80::1%eth0", 11, 1, "out of place");
	assert_wrong("mark 0x1ffffffff", 5, 11, "no mark");
	assert_wrong("mark 0x100/0xff", 5, 10, "bits outside its mask");
	assert_wrong("mark 0x/1", 5, 4, "no mark");
	assert_wrong("proto tpc", 6, 3, "did you mean \"tcp\"");
	assert_wrong("proto 256", 6, 3, "unknown protocol");
	assert_wrong("tcp udp", 4, 3, "given twice");
	assert_wrong("dscp ef dscp af41", 8, 4, "given twice");
	assert_wrong("ip ip6", 3, 3, "given twice");
	assert_wrong("dscp ef or dscp cs1", 8, 2, "alternatives are a list");
	assert_wrong("dscp ef and", 11, 1, "a term must follow");
	assert_wrong("not tcp", 0, 3, "first match counts");
	assert_wrong("tcp port 104,11112", 12, 1, "several values are a set: { 104,11112 }");
	assert_wrong("tcp port 104, 2 dscp ef", 12, 1, "a set: { 104, 2 }");
	assert_wrong("tcp port 104,", 12, 1, "a set: { 104 }");
	assert_wrong("src 192.168.0.0/255.255.0.0", 4, 23, "did you mean \"192.168.0.0/16\"");
	assert_wrong("src 10.0.0.0/255.0.255.0", 4, 20, "0 to 32");
	assert_wrong("src ::/255.0.0.0", 4, 12, "0 to 128");
	assert_wrong("and dscp ef", 0, 3, "unknown word");
	assert_wrong("icmp dport 5", 5, 5, "icmp has no ports");
	assert_wrong("proto 253 dport 5", 10, 5, "protocol 253 has no ports");
	assert_wrong("port 5 dport 6", 0, 4, "either side");
	assert_wrong("ip src 2001:db8::1", 0, 18, "no packet can match");
	assert_wrong("icmp ip6", 0, 8, "no packet can match");
	assert_wrong("dscp != ef", 5, 1, "needs a code point");
	assert_wrong("tcp \xc3\xa4", 4, 2, "out of place");
}

static void counts_do_not_overflow(void **state)
{
	struct match m = { 0 };

	(void)state;
	m.src.n = m.dst.n = SIZE_MAX / 2;
	assert_true(match_count(&m) == SIZE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_rule_has_every_field),
		cmocka_unit_test(what_is_not_said_is_open),
		cmocka_unit_test(sets_are_a_cross_product),
		cmocka_unit_test(port_is_either_side),
		cmocka_unit_test(ports_alone_are_tcp_and_udp),
		cmocka_unit_test(families_follow),
		cmocka_unit_test(numbers_name_things_too),
		cmocka_unit_test(mistakes_are_pointed_at),
		cmocka_unit_test(counts_do_not_overflow),
	};

	return cmocka_run_group_tests_name("ctl_match", tests, NULL, NULL);
}
