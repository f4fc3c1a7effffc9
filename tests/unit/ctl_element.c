// SPDX-License-Identifier: GPL-2.0
/* What names stand for: the words, the message, and the hash that both sides know. */
#include <linux/genetlink.h>
#include <netinet/in.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdio.h>

#include "ctl_help.h"
#include "element_nl.h"
#include "host_names.h"
#include "match_rules.h"
#include "mem.h"

#define FLOW	"app zoom udp src 10.1.2.3 sport 5000 dst 198.51.100.7 dport 8801"

static char *parse(const char *text, bool add, struct element *el, bool *empty)
{
	char *line = mem_strndup(text, strlen(text));
	char *why = element_parse_line(line, add, el, empty);

	free(line);
	return why;
}

static struct element good(const char *text)
{
	struct element el;
	bool empty;
	char *why = parse(text, true, &el, &empty);

	if (why)
		fail_msg("%s: %s", text, why);
	assert_false(empty);
	return el;
}

static void bad_verb(const char *text, bool add, const char *part)
{
	struct element el;
	bool empty;
	char *why = parse(text, add, &el, &empty);

	if (!why || !strstr(why, part))
		fail_msg("\"%s\": \"%s\", wanted \"%s\"", text,
			 why ? why : "taken", part);
	free(why);
}

static void bad(const char *text, const char *part)
{
	bad_verb(text, true, part);
}

static void test_flow(void **state)
{
	struct element el = good(FLOW " timeout 60s\n");

	(void)state;
	assert_int_equal(el.field, OPTQ_FIELD_APP);
	assert_int_equal(el.id, names_id("zoom"));
	assert_int_equal(el.proto, IPPROTO_UDP);
	assert_int_equal(el.src.hi, 0);
	assert_int_equal(el.src.lo, 0xffff0a010203);
	assert_int_equal(el.dst.lo, 0xffffc6336407);
	assert_true(el.ports);
	assert_int_equal(el.sport, 5000);
	assert_int_equal(el.dport, 8801);
	assert_int_equal(el.timeout_ms, 60000);
}

static void test_any_order(void **state)
{
	struct element a = good(FLOW);
	struct element b = good("\tapp zoom  dport 8801 dst 198.51.100.7 sport 5000\tproto 17 src 10.1.2.3 # so\r\n");

	(void)state;
	assert_memory_equal(&a, &b, sizeof(a));
	assert_int_equal(a.timeout_ms, 0);
}

static void test_flow_without_ports(void **state)
{
	struct element el = good("app vpn esp src 2001:db8::1 dst 2001:db8::2");

	(void)state;
	assert_int_equal(el.proto, IPPROTO_ESP);
	assert_false(el.ports);
	assert_int_equal(el.src.hi, 0x20010db800000000);
	assert_int_equal(el.src.lo, 1);
	assert_int_equal(el.dst.lo, 2);
}

static void test_host(void **state)
{
	struct element el = good("host Example.COM. 192.0.2.7 timeout 1d");

	(void)state;
	assert_int_equal(el.field, OPTQ_FIELD_HOST);
	assert_int_equal(el.id, names_id("example.com"));
	assert_int_equal(el.src.lo, 0xffffc0000207);
	assert_int_equal(el.timeout_ms, 86400000);
	assert_int_equal(good("host a.b ::1 timeout 1ms").timeout_ms, 1);
}

static void test_no_element(void **state)
{
	const char *const lines[] = { "", "\n", " \t\r\n", "# host a 192.0.2.1\n" };
	struct element el;
	bool empty;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		empty = false;
		assert_null(parse(lines[i], true, &el, &empty));
		assert_true(empty);
	}
}

static void test_wrong_flows(void **state)
{
	(void)state;
	bad("flow zoom", "\"flow\": app or host is needed");
	bad("app", "app: a name is missing");
	bad("app zo/om udp", "is no application's name");
	bad("app zoom", "the protocol is missing: a flow is written as in");
	bad("app zoom udp dst 192.0.2.1 dport 1", "src is missing");
	bad("app zoom udp src 192.0.2.1 sport 1", "dst is missing");
	bad("app zoom udp src 192.0.2.1 dst 192.0.2.2 sport 1", "dport is missing: a flow of this protocol has both ports");
	bad("app zoom udp src 192.0.2.1 dst 192.0.2.2 dport 1", "sport is missing");
	bad("app zoom esp src 192.0.2.1 dst 192.0.2.2 dport 1", "dport: this protocol has no ports");
	bad("app zoom udp src 192.0.2.1 dst 2001:db8::1 sport 1 dport 1", "two families");
	bad("app zoom udp src 192.0.2.0/24", "\"192.0.2.0/24\" is more than one address");
	bad("app zoom udp src ::/0", "is more than one address");
	bad("app zoom udp src zoom.us", "\"zoom.us\" is no address");
	bad("app zoom udp sport 65536", "sport \"65536\": a port 0..65535 is needed");
	bad("app zoom udp dport 80-81", "dport \"80-81\": a port");
	bad("app zoom udp tcp", "\"tcp\": a flow has one protocol");
	bad("app zoom proto 300", "300");
	bad("app zoom src 192.0.2.1 src 192.0.2.1", "\"src\": is there twice");
	bad("app zoom udp srt 192.0.2.1", "did you mean \"src\"?");
	bad("app zoom 192.0.2.1", "\"192.0.2.1\" is not known here: a protocol such as udp");
	bad("app zoom udp src", "src: a value is missing");
	bad("app zoom " FLOW " " FLOW " " FLOW, "too many words");
}

static void test_wrong_hosts(void **state)
{
	(void)state;
	bad("host", "host: a name is missing");
	bad("host 192.0.2.1 example.com", "\"192.0.2.1\" is an address");
	bad("host example.com", "an address is missing");
	bad("host example.com 192.0.2.1-192.0.2.2", "more than one address");
	bad("host example.com 192.0.2.1 192.0.2.2", "only \"timeout T\" may follow");
	bad("host example.com 192.0.2.1 sport 5", "only \"timeout T\" may follow");
	bad("shost example.com 192.0.2.1", "as source and as destination: write \"host\"");
	bad("host example.com 192.0.2.1 timeout", "timeout: a value is missing");
	bad("host example.com 192.0.2.1 timeout 0s", "1ms to 1d is possible");
	bad("host example.com 192.0.2.1 timeout 86401s", "1ms to 1d");
	bad("host example.com 192.0.2.1 timeout soon", "timeout \"soon\": ");
	bad_verb("host example.com 192.0.2.1 timeout 5s", false, "goes with add");
}

/* Test vectors of the hash's authors. */
static void test_hash(void **state)
{
	(void)state;
	assert_int_equal(names_id("a"), 0xe40c292c);
	assert_int_equal(names_id("foobar"), 0xbf9cf968);
	assert_int_equal(names_id("chongo was here!\n"), 0xd49930d5);
	/* Its hash is 0. */
	assert_int_equal(names_id("\xcc\x24\x31\xc4"), 1);
}

static void test_clash(void **state)
{
	struct names names = { 0 };
	char text[16];
	int i;

	(void)state;
	assert_null(names_clash(&names, "liquid"));
	assert_int_equal(names_id("costarring"), names_id("liquid"));
	for (i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "n%d", i);
		names_number(&names, text);
	}
	names_number(&names, "costarring");
	assert_string_equal(names_clash(&names, "liquid"), "costarring");
	assert_null(names_clash(&names, "costarring"));
	assert_null(names_clash(&names, "n5"));
	/* Both can have a number: only the kernel would mix them up. */
	assert_int_not_equal(names_number(&names, "liquid"),
			     names_number(&names, "costarring"));
	assert_string_equal(names_clash(&names, "costarring"), "liquid");
	names_free(&names);
}

static void test_clash_in_policy(void **state)
{
	struct reading r;

	(void)state;
	wrong("a", "        a: { match: [ app costarring, app liquid ] }\n", 8, 43,
	      "\"liquid\" and \"costarring\" cannot stand in one policy");
	wrong("a", "        a: { match: [ host COSTARRING, dhost liquid. ] }\n", 8, 46,
	      "\"liquid\" and \"costarring\" cannot stand in one policy");
	/* Of two fields they are told apart. */
	read_classes_text(&r, "a", "        a: { match: [ app costarring, host liquid ] }\n");
	assert_good(&r);
	reading_free(&r);
}

/* A policy's rules ask for the very number that an element has. */
static void test_same_in_policy(void **state)
{
	struct match_numbers numbers;
	struct match_rules rules;
	struct reading r;

	(void)state;
	read_classes_text(&r, "a", "        a: { match: [ app zoom, dhost Example.com ] }\n");
	assert_good(&r);
	numbers = host_numbers(&r.policy.names);
	match_rules_make(&rules, &r.policy.links[0], &numbers);
	assert_int_equal(rules.missing_rule, NO_RULE);
	assert_int_equal(rules.sets[0].range[0], good(FLOW).id);
	assert_int_equal(rules.sets[1].range[0], good("host example.com ::1").id);
	match_rules_free(&rules);
	reading_free(&r);
}

static struct nlattr *elem(struct nl_msg *msg, int index)
{
	struct nlattr *attr;
	int rest;

	nlmsg_for_each_attr(attr, nlmsg_hdr(msg), GENL_HDRLEN, rest)
		if (nla_type(attr) == OPTQ_A_ELEM && !index--)
			return attr;
	return NULL;
}

static struct nlattr *of(struct nlattr *nest, int type)
{
	return nla_find(nla_data(nest), nla_len(nest), type);
}

static void assert_bytes(struct nlattr *attr, const char *hex)
{
	const uint8_t *b = nla_data(attr);
	char text[40] = "";
	int i;

	assert_int_equal(nla_len(attr), 16);
	for (i = 0; i < 16; i++)
		sprintf(text + 2 * i, "%02x", b[i]);
	assert_string_equal(text, hex);
}

static void test_message(void **state)
{
	struct element list[] = { good(FLOW " timeout 2s"), good("host a.b 2001:db8::7"),
				  good("app vpn esp src ::1 dst ::2") };
	struct element_request req = { .family = 30, .ifindex = 7, .add = true };
	uint32_t at[3];
	struct nl_msg *msg = element_message(&req, list, 3, at);
	struct genlmsghdr *genl;
	struct nlattr *e;

	(void)state;
	assert_non_null(msg);
	genl = genlmsg_hdr(nlmsg_hdr(msg));
	assert_int_equal(nlmsg_hdr(msg)->nlmsg_type, 30);
	assert_int_equal(genl->cmd, OPTQ_CMD_ELEM_SET);
	assert_int_equal(nla_get_u32(nlmsg_find_attr(nlmsg_hdr(msg), GENL_HDRLEN, OPTQ_A_IFINDEX)), 7);
	e = elem(msg, 0);
	assert_ptr_equal(e, (char *)nlmsg_hdr(msg) + at[0]);
	assert_int_equal(nla_get_u8(of(e, OPTQ_ELEM_A_FIELD)), OPTQ_FIELD_APP);
	assert_int_equal(nla_get_u32(of(e, OPTQ_ELEM_A_ID)), names_id("zoom"));
	assert_bytes(of(e, OPTQ_ELEM_A_SRC), "00000000000000000000ffff0a010203");
	assert_bytes(of(e, OPTQ_ELEM_A_DST), "00000000000000000000ffffc6336407");
	assert_int_equal(nla_get_u8(of(e, OPTQ_ELEM_A_PROTO)), 17);
	assert_int_equal(nla_get_u16(of(e, OPTQ_ELEM_A_SPORT)), 5000);
	assert_int_equal(nla_get_u16(of(e, OPTQ_ELEM_A_DPORT)), 8801);
	assert_int_equal(nla_get_u32(of(e, OPTQ_ELEM_A_TIMEOUT)), 2000);
	e = elem(msg, 1);
	assert_ptr_equal(e, (char *)nlmsg_hdr(msg) + at[1]);
	assert_int_equal(nla_get_u8(of(e, OPTQ_ELEM_A_FIELD)), OPTQ_FIELD_HOST);
	assert_bytes(of(e, OPTQ_ELEM_A_SRC), "20010db8000000000000000000000007");
	assert_null(of(e, OPTQ_ELEM_A_DST));
	assert_null(of(e, OPTQ_ELEM_A_PROTO));
	assert_null(of(e, OPTQ_ELEM_A_SPORT));
	assert_null(of(e, OPTQ_ELEM_A_TIMEOUT));
	e = elem(msg, 2);
	assert_non_null(of(e, OPTQ_ELEM_A_DST));
	assert_null(of(e, OPTQ_ELEM_A_SPORT));
	assert_null(of(e, OPTQ_ELEM_A_DPORT));
	assert_null(elem(msg, 3));
	nlmsg_free(msg);
	/* The kernel tells where the wrong one begins, or an attribute of it. */
	assert_int_equal(element_at(at, 3, at[0]), 0);
	assert_int_equal(element_at(at, 3, at[1] - 4), 0);
	assert_int_equal(element_at(at, 3, at[1]), 1);
	assert_int_equal(element_at(at, 3, at[2] + 8), 2);
	req.add = false;
	msg = element_message(&req, list, 1, NULL);
	genl = genlmsg_hdr(nlmsg_hdr(msg));
	assert_int_equal(genl->cmd, OPTQ_CMD_ELEM_DEL);
	nlmsg_free(msg);
}

/* The longest there is, as often as a message may have it. */
static void test_full_message(void **state)
{
	struct element_request req = { .family = 30, .ifindex = 7, .add = true };
	struct element list[ELEMENTS_PER_MESSAGE];
	struct nl_msg *msg;
	size_t i;

	(void)state;
	for (i = 0; i < ELEMENTS_PER_MESSAGE; i++)
		list[i] = good(FLOW " timeout 1d");
	msg = element_message(&req, list, ELEMENTS_PER_MESSAGE, NULL);
	assert_non_null(msg);
	assert_non_null(elem(msg, ELEMENTS_PER_MESSAGE - 1));
	nlmsg_free(msg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flow),
		cmocka_unit_test(test_any_order),
		cmocka_unit_test(test_flow_without_ports),
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_no_element),
		cmocka_unit_test(test_wrong_flows),
		cmocka_unit_test(test_wrong_hosts),
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_clash),
		cmocka_unit_test(test_clash_in_policy),
		cmocka_unit_test(test_same_in_policy),
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_full_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
