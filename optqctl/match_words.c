// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "match_field.h"
#include "match_values.h"
#include "match_words.h"
#include "mem.h"
#include "suggest.h"

/* nft's and tcpdump's words, which no typing mistake leads to. */
static const struct {
	const char *theirs, *here;
} elsewhere[] = {
	{ "saddr", "\"src\" with an address" },
	{ "daddr", "\"dst\" with an address" },
	{ "source", "\"src\" with an address" },
	{ "destination", "\"dst\" with an address" },
	{ "net", "\"src\" or \"dst\" with a prefix" },
	{ "portrange", "\"port\" with a range, such as port 5000-5999" },
	{ "meta", "nothing: leave it out, as in \"mark 1\"" },
	{ "th", "nothing: leave it out, as in \"dport 53\"" },
	{ "ct", "\"ctmark\" for the connection's mark" },
	{ "fwmark", "\"mark\"" },
	{ "nfmark", "\"mark\"" },
	{ "connmark", "\"ctmark\"" },
	{ "iifname", "\"iif\" with a name" },
	{ "oif", "nothing: a link's rules see what leaves by its device" },
	{ "oifname", "nothing: a link's rules see what leaves by its device" },
	{ "skuid", "\"uid\"" },
	{ "user", "\"uid\" with a number" },
	{ "socket", "\"cgroup\" with a path" },
	{ "cgroupv2", "\"cgroup\" with a path" },
	{ "l4proto", "\"proto\"" },
	{ "protocol", "\"proto\"" },
	{ "nexthdr", "\"proto\"" },
	{ "icmpv6", "\"icmp6\"" },
	{ "ipv4", "\"ip\"" },
	{ "ipv6", "\"ip6\" for the family, \"proto ipv6\" for a tunnel" },
	{ "inet", "nothing: without \"ip\" or \"ip6\" both families are meant" },
	{ "tos", "\"dscp\" or \"ecn\"" },
	{ "dsfield", "\"dscp\" or \"ecn\"" },
	{ "id", "nothing: \"vlan 10\"" },
	{ "domain", "\"host\" with a name" },
};

char *match_unknown_word(const char *word)
{
	struct suggestion best;
	const struct field_word *f;
	const char *const *name;
	size_t i;

	if (!strcmp(word, "and") || !strcmp(word, "or"))
		return mem_printf("\"%s\" stands between two terms: one is missing before it",
				  word);
	for (i = 0; i < sizeof(elsewhere) / sizeof(*elsewhere); i++)
		if (!strcmp(word, elsewhere[i].theirs))
			return mem_printf("unknown word \"%s\": it is %s here",
					  word, elsewhere[i].here);
	suggest_begin(&best, word);
	for (f = field_words; f->word; f++)
		suggest_offer(&best, f->word);
	suggest_offer(&best, "ip");
	suggest_offer(&best, "ip6");
	for (name = match_proto_words(); *name; name++)
		suggest_offer(&best, *name);
	if (suggest_end(&best))
		return mem_printf("unknown word \"%s\": did you mean \"%s\"?",
				  word, suggest_end(&best));
	return mem_printf("unknown word \"%s\": a term is ip, ip6, a protocol, or one of proto src dst sport dport port dscp ecn vlan pcp mark ctmark iif uid cgroup app host shost dhost with a value",
			  word);
}

char *match_no_term(const struct token *t)
{
	if (t->kind == TOKEN_END)
		return mem_printf("a term must follow: \"dscp ef\", \"tcp port 443\"");
	if (t->kind == TOKEN_OPEN)
		return mem_printf("the quoted text does not end: a '\"' is missing");
	if (t->kind == TOKEN_WORD)
		return mem_printf("\"%s\" is out of place: a term begins with a word that is not quoted",
				  t->word);
	switch (t->mark) {
	case '!':
		return mem_printf("\"%s\" is out of place: write \"not\", or != before a value as in \"dport != 53\"",
				  t->word);
	case '&':
	case '|':
		return mem_printf("\"%s\" is out of place: write \"%s\"", t->word,
				  t->mark == '&' ? "and" : "or");
	case '{':
		return mem_printf("a set stands behind its field: proto { tcp, udp }, dport { 80, 443 }; terms are grouped by ( )");
	case ')':
		return mem_printf("\")\" closes nothing");
	}
	return mem_printf("\"%s\" is out of place: a term is a word such as tcp, or a word with a value such as dscp ef",
			  t->word);
}
