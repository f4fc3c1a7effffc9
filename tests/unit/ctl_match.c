// SPDX-License-Identifier: GPL-2.0
/* Match expressions: what they ask of a packet, and where they are wrong. */
#include <netinet/in.h>
#include <stdio.h>

#include "ctl_help.h"
#include "ctl_packet.h"
#include "match.h"
#include "match_address.h"

static struct match_names names;

static void parse(struct match *m, const char *text)
{
	struct match_error err;

	if (!match_parse(text, &names, NULL, m, &err))
		fail_msg("%s: %s", text, err.text);
}

static void assert_wrong(const char *text, size_t off, size_t len,
			 const char *why)
{
	struct match_error err;
	struct match m;

	if (match_parse(text, &names, NULL, &m, &err))
		fail_msg("\"%s\" was accepted", text);
	if (!strstr(err.text, why))
		fail_msg("\"%s\" is not in \"%s\"", why, err.text);
	if (err.at.off != off || err.at.len != len)
		fail_msg("\"%s\": at %zu, %zu, not %zu, %zu: %s", text, err.at.off,
			 err.at.len, off, len, err.text);
	free(err.text);
	match_free(&m);
}

/* The value that @word is, of the field that it is a value of. */
static struct value value_in(enum optq_field field, const char *word)
{
	struct values values = { 0 };
	struct value v;
	char *why = field_value(field, word, &names, &values);

	if (why)
		fail_msg("%s", why);
	v = values.v[0].ranges.v[0].min;
	values_free(&values);
	return v;
}

/* A packet in words: "udp 192.0.2.1:5 198.51.100.1:53 dscp ef"; as IP is otherwise. */
static struct packet udp_packet(const char *src, const char *dst)
{
	struct packet p = { .n = 0 };

	packet_put(&p, OPTQ_FIELD_FAMILY, 0, value_of(strchr(src, ':') ? 6 : 4));
	packet_put(&p, OPTQ_FIELD_PROTO, 0, value_of(IPPROTO_UDP));
	packet_put(&p, OPTQ_FIELD_SRC, 0, value_in(OPTQ_FIELD_SRC, src));
	packet_put(&p, OPTQ_FIELD_DST, 0, value_in(OPTQ_FIELD_DST, dst));
	packet_put(&p, OPTQ_FIELD_SPORT, 0, value_of(5000));
	packet_put(&p, OPTQ_FIELD_DPORT, 0, value_of(53));
	packet_put(&p, OPTQ_FIELD_DSCP, 0, value_of(46));
	packet_put(&p, OPTQ_FIELD_ECN, 0, value_of(1));
	packet_put(&p, OPTQ_FIELD_MARK, 0, value_of(0x12));
	return p;
}

static bool meets(const struct packet *p, const char *text)
{
	struct match_error err;
	struct conjuncts any;
	struct match m;
	bool tree, lowered;

	parse(&m, text);
	if (!match_lower(m.root, &any, &err))
		fail_msg("%s: %s", text, err.text);
	tree = packet_meets(p, m.root);
	lowered = packet_meets_any(p, &any);
	if (tree != lowered)
		fail_msg("%s: the tree says %d, what it is lowered to %d", text,
			 tree, lowered);
	conjuncts_free(&any);
	match_free(&m);
	return tree;
}

static void assert_meets(const struct packet *p, const char *text)
{
	if (!meets(p, text))
		fail_msg("\"%s\" is not met", text);
}

static void assert_misses(const struct packet *p, const char *text)
{
	if (meets(p, text))
		fail_msg("\"%s\" is met", text);
}

static size_t conjuncts_of(const char *text)
{
	struct match_error err;
	struct conjuncts any;
	struct match m;
	size_t n;

	parse(&m, text);
	if (!match_lower(m.root, &any, &err))
		fail_msg("%s: %s", text, err.text);
	n = any.n;
	conjuncts_free(&any);
	match_free(&m);
	return n;
}

static void every_field_is_asked(void **state)
{
	struct packet p = udp_packet("192.0.2.1", "198.51.100.1");

	(void)state;
	packet_put(&p, OPTQ_FIELD_VLAN, 0, value_of(10));
	packet_put(&p, OPTQ_FIELD_PCP, 0, value_of(5));
	packet_put(&p, OPTQ_FIELD_CTMARK, 0, value_of(0x33));
	packet_put(&p, OPTQ_FIELD_IIF, 0, value_in(OPTQ_FIELD_IIF, "lan0"));
	packet_put(&p, OPTQ_FIELD_UID, 0, value_of(1000));
	packet_put(&p, OPTQ_FIELD_CGROUP, 2, value_in(OPTQ_FIELD_CGROUP, "a/b"));
	packet_put(&p, OPTQ_FIELD_APP, 0, value_in(OPTQ_FIELD_APP, "zoom"));
	packet_put(&p, OPTQ_FIELD_HOST, 1, value_in(OPTQ_FIELD_HOST, "example.com"));

	assert_meets(&p, "ip udp src 192.0.2.0/25 and dst 198.51.100.1 sport 1024-65535 dport 53 dscp ef ecn ect1 mark 0x10/0xf0");
	assert_misses(&p, "ip6");
	assert_misses(&p, "tcp");
	assert_meets(&p, "proto 17");
	assert_meets(&p, "proto { tcp, udp }");
	assert_misses(&p, "src 192.0.2.128/25");
	assert_meets(&p, "src 192.0.2.0-192.0.2.9");
	assert_misses(&p, "src 192.0.2.2-192.0.2.9");
	assert_meets(&p, "port 53");
	assert_meets(&p, "port 5000");
	assert_misses(&p, "port 54");
	assert_misses(&p, "sport 53");
	assert_meets(&p, "dscp 40-47");
	assert_meets(&p, "ecn { ect1, ce }");
	assert_misses(&p, "ecn not-ect");
	assert_meets(&p, "vlan 10 pcp 5");
	assert_meets(&p, "vlan { 1-9, 10-20 }");
	assert_misses(&p, "vlan 11");
	assert_meets(&p, "vlan");
	assert_meets(&p, "vlan pcp 5-7");
	assert_meets(&p, "mark 0x12");
	assert_misses(&p, "mark 0x10");
	assert_meets(&p, "mark { 1/0xff, 2/0xf }");
	assert_meets(&p, "mark 0x10-0x1f");
	assert_meets(&p, "ctmark 0x3/0xf");
	assert_misses(&p, "ctmark 3");
	assert_meets(&p, "iif lan0");
	assert_misses(&p, "iif lan1");
	assert_meets(&p, "iif { lan1, \"lan0\" }");
	assert_meets(&p, "uid 1000-1999");
	assert_misses(&p, "uid 0");
	assert_meets(&p, "cgroup a/b");
	assert_meets(&p, "cgroup /a/b/");
	assert_misses(&p, "cgroup b");
	assert_meets(&p, "app zoom");
	assert_misses(&p, "app Zoom");
	assert_meets(&p, "host Example.COM.");
	assert_meets(&p, "dhost example.com");
	assert_misses(&p, "shost example.com");
}

static void families_are_one_space(void **state)
{
	struct packet v4 = udp_packet("192.0.2.1", "198.51.100.1");
	struct packet v6 = udp_packet("2001:db8::1", "2001:db8::2");

	(void)state;
	assert_meets(&v4, "src { 192.0.2.0/24, 2001:db8::/32 }");
	assert_meets(&v6, "src { 192.0.2.0/24, 2001:db8::/32 }");
	assert_meets(&v4, "src 0.0.0.0/0");
	assert_misses(&v6, "src 0.0.0.0/0");
	assert_meets(&v6, "src ::/0");
	/* IPv4 addresses stand inside IPv6's, and are not meant. */
	assert_misses(&v4, "src ::/0");
	assert_misses(&v4, "src ::-ffff::");
	assert_meets(&v6, "src 2001::-3000::");
	assert_meets(&v4, "dport 53");
	assert_meets(&v6, "dport 53");
}

static void a_field_that_is_absent(void **state)
{
	struct packet udp = udp_packet("192.0.2.1", "198.51.100.1");
	struct packet other = { .n = 0 };

	(void)state;
	packet_put(&other, OPTQ_FIELD_FAMILY, 0, value_of(0));
	packet_put(&other, OPTQ_FIELD_MARK, 0, value_of(0));
	assert_misses(&other, "dport 0-65535");
	assert_meets(&other, "not dport 0-65535");
	assert_meets(&other, "dport != 53");
	assert_misses(&udp, "dport != 53");
	assert_misses(&udp, "vlan");
	assert_meets(&udp, "not vlan");
	assert_meets(&udp, "not vlan 5");
	assert_misses(&other, "ip or ip6");
	assert_meets(&other, "not (ip or ip6)");
	assert_meets(&udp, "not icmp type 8");
	assert_meets(&other, "mark 0");
	assert_misses(&udp, "src ::/0 or src 10.0.0.0/8");
	assert_meets(&other, "not (src ::/0 or src 0.0.0.0/0)");
}

static void words_bind_as_they_should(void **state)
{
	struct packet p = udp_packet("192.0.2.1", "198.51.100.1");

	(void)state;
	/* "and" before "or", "not" before "and". */
	assert_meets(&p, "udp or tcp and dport 1");
	assert_misses(&p, "(udp or tcp) and dport 1");
	assert_misses(&p, "(udp or tcp) dport 1");
	assert_meets(&p, "tcp dport 53 or udp dport 53");
	assert_misses(&p, "not udp and dport 1 or tcp");
	assert_meets(&p, "not (udp and dport 1)");
	assert_meets(&p, "not not udp");
	assert_misses(&p, "not not not udp");
	assert_meets(&p, "not (not (udp))");
	assert_meets(&p, "udp dport != { 1, 2 } sport != 53");
	assert_misses(&p, "dport != { 53, 54 }");
	assert_misses(&p, "port != 53");
	assert_meets(&p, "port != 1");
	assert_meets(&p, "\tudp \n and\r\nnot  tcp ");
	assert_meets(&p, "dport{53}sport{5000}");
	assert_misses(&p, "icmp type echo-request");
	assert_misses(&p, "icmp6 type { packet-too-big, 1-4 }");
}

static void one_field_is_one_set(void **state)
{
	char text[16384] = "";
	size_t len = 0;
	int i;

	(void)state;
	assert_int_equal(conjuncts_of("ip tcp src 192.0.2.0/25 dport 443 mark 1/3"), 1);
	assert_int_equal(conjuncts_of("proto { tcp, udp } src { 10.0.0.0/8, 10.1.0.0/16 } dport { 1, 2 }"), 1);
	assert_int_equal(conjuncts_of("tcp port { 80, 443 }"), 2);
	assert_int_equal(conjuncts_of("not port { 80, 443 }"), 1);
	assert_int_equal(conjuncts_of("tcp dport 1 or tcp dport 2 or udp dport { 1, 2 }"), 1);
	assert_int_equal(conjuncts_of("tcp or tcp dport 1"), 1);
	assert_int_equal(conjuncts_of("tcp and udp"), 0);
	assert_int_equal(conjuncts_of("tcp or not tcp"), 1);
	assert_int_equal(conjuncts_of("not (tcp dport 1)"), 2);
	assert_int_equal(conjuncts_of("(src 10.0.0.0/8 or dst 10.0.0.0/8) (sport 1 or dport 1)"), 4);
	for (i = 0; i < 500; i++)
		len += (size_t)sprintf(text + len, "%sdport %d", i ? " or " : "", 2 * i);
	assert_int_equal(conjuncts_of(text), 1);
}

static void too_many_alternatives_are_refused(void **state)
{
	char text[4096] = "";
	struct match_error err;
	struct conjuncts any;
	struct match m;
	size_t len = 0;
	int i;

	(void)state;
	/* Two to the power of 6 are possible, of 7 are not. */
	for (i = 1; i <= 7; i++) {
		len += (size_t)sprintf(text + len, "(mark %d/%d or ctmark %d/%d) ",
				       1 << i, 1 << i, 1 << i, 1 << i);
		parse(&m, text);
		if (i < 7 && !match_lower(m.root, &any, &err))
			fail_msg("%s", err.text);
		if (i == 7) {
			assert_false(match_lower(m.root, &any, &err));
			assert_non_null(strstr(err.text, "comes to 128 alternatives of conditions, and 64 are possible"));
			assert_int_equal(err.at.off, 0);
			free(err.text);
		} else {
			assert_int_equal(any.n, 1 << i);
		}
		conjuncts_free(&any);
		match_free(&m);
	}
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
	assert_wrong("dscp ef and", 11, 1, "a term must follow");
	assert_wrong("dscp ef or", 10, 1, "a term must follow");
	assert_wrong("tcp port 104,11112", 12, 1, "several values are a set: { 104,11112 }");
	assert_wrong("tcp port 104, 2 dscp ef", 12, 1, "a set: { 104, 2 }");
	assert_wrong("tcp port 104,", 12, 1, "a set: { 104 }");
	assert_wrong("src 192.168.0.0/255.255.0.0", 4, 23, "did you mean \"192.168.0.0/16\"");
	assert_wrong("src 10.0.0.0/255.0.255.0", 4, 20, "0 to 32");
	assert_wrong("src ::/255.0.0.0", 4, 12, "0 to 128");
	assert_wrong("and dscp ef", 0, 3, "stands between two terms");
	assert_wrong("tcp or or udp", 7, 2, "stands between two terms");
	assert_wrong("tcp \xc3\xa4", 4, 2, "out of place");
	assert_wrong("tcp and \"udp\"", 8, 5, "a term begins with a word");
}

static void new_mistakes_are_pointed_at(void **state)
{
	(void)state;
	assert_wrong("(tcp or udp", 0, 1, "a \")\" is missing");
	assert_wrong("(tcp or (udp)", 0, 1, "a \")\" is missing");
	assert_wrong("tcp)", 3, 1, "closes nothing");
	assert_wrong("()", 1, 1, "closes nothing");
	assert_wrong("(tcp,udp)", 4, 1, "out of place");
	assert_wrong("{ tcp, udp } dport 1", 0, 1, "proto { tcp, udp }");
	assert_wrong("not tcp dport 53", 8, 5, "write \"not tcp and dport ...\", or \"not (tcp dport ...)\"");
	assert_wrong("not not", 7, 1, "a term must follow");
	assert_wrong("tcp && udp", 4, 2, "write \"and\"");
	assert_wrong("tcp || udp", 4, 2, "write \"or\"");
	assert_wrong("! tcp", 0, 1, "write \"not\"");
	assert_wrong("dport ! 5", 6, 1, "needs a port");
	assert_wrong("dport == 5", 6, 2, "leave \"==\" out");
	assert_wrong("dport = 5", 6, 1, "leave \"=\" out");
	assert_wrong("ip saddr 10.0.0.1", 3, 5, "it is \"src\"");
	assert_wrong("meta mark 1", 0, 4, "leave it out");
	assert_wrong("ct mark 1", 0, 2, "\"ctmark\"");
	assert_wrong("src host 10.0.0.1", 4, 4, "leave \"host\" out");
	assert_wrong("dst port 53", 4, 4, "\"dport 5000-5999\"");
	assert_wrong("host 10.0.0.1", 5, 8, "(src 10.0.0.1 or dst 10.0.0.1)");
	assert_wrong("host 2001:db8::/32", 5, 13, "is an address");
	assert_wrong("host a..b_c/", 5, 7, "no host's name");
	assert_wrong("app \"a b\"", 4, 5, "no application's name");
	assert_wrong("iif \"eth0", 4, 5, "does not end");
	assert_wrong("iif eth0123456789abc", 4, 16, "1 to 15 bytes");
	assert_wrong("cgroup /", 7, 1, "no path of a cgroup");
	assert_wrong("cgroup a//b", 7, 4, "no path of a cgroup");
	assert_wrong("cgroup a/../b", 7, 6, "no path of a cgroup");
	assert_wrong("uid root", 4, 4, "id -u");
	assert_wrong("vlan 4096", 5, 4, "0..4095");
	assert_wrong("vlan id 5", 5, 2, "no VLAN id");
	assert_wrong("pcp 8", 4, 1, "0..7");
	assert_wrong("ecn ect2", 4, 4, "did you mean \"ect1\"");
	assert_wrong("icmp type 256", 10, 3, "unknown ICMP type");
	assert_wrong("icmp6 type echo-replay", 11, 11, "did you mean \"echo-reply\"");
	assert_wrong("icmp type", 9, 1, "\"icmp type\" needs an ICMP type");
	assert_wrong("src 10.0.0.9-10.0.0.1", 4, 17, "did you mean 10.0.0.1-10.0.0.9");
	assert_wrong("src 10.0.0.9-::1", 4, 12, "of one family");
	assert_wrong("mark 9-1", 5, 3, "did you mean 1-9");
	assert_wrong("src @office", 4, 7, "no set can be named here");
	assert_wrong("@office", 0, 7, "unknown word");
}

static void parentheses_are_bounded(void **state)
{
	char text[256];
	struct match m;
	int n;

	(void)state;
	for (n = MATCH_DEPTH_MAX; n <= MATCH_DEPTH_MAX + 1; n++) {
		memset(text, '(', (size_t)n);
		memcpy(text + n, "tcp", 3);
		memset(text + n + 3, ')', (size_t)n);
		text[2 * n + 3] = '\0';
		if (n > MATCH_DEPTH_MAX) {
			assert_wrong(text, MATCH_DEPTH_MAX, 1, "nested deeper than 32");
		} else {
			parse(&m, text);
			match_free(&m);
		}
	}
}

static void ranges_have_a_text(void **state)
{
	static const char *const same[] = {
		"192.0.2.1", "192.0.2.0/25", "10.0.0.1-10.0.0.2", "2001:db8::/32",
		"::1", "0.0.0.0/0", "2001:db8::1-2001:db8::3",
	};
	char text[ADDRESS_TEXT_MAX];
	struct ranges r;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(same) / sizeof(*same); i++) {
		memset(&r, 0, sizeof(r));
		assert_null(match_address_parse(same[i], &r));
		assert_string_equal(match_address_text(&r.v[0], text), same[i]);
		free(r.v);
	}
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
		cmocka_unit_test(every_field_is_asked),
		cmocka_unit_test(families_are_one_space),
		cmocka_unit_test(a_field_that_is_absent),
		cmocka_unit_test(words_bind_as_they_should),
		cmocka_unit_test(one_field_is_one_set),
		cmocka_unit_test(too_many_alternatives_are_refused),
		cmocka_unit_test(mistakes_are_pointed_at),
		cmocka_unit_test(new_mistakes_are_pointed_at),
		cmocka_unit_test(parentheses_are_bounded),
		cmocka_unit_test(ranges_have_a_text),
	};

	return cmocka_run_group_tests_name("ctl_match", tests, NULL, forget_names);
}
