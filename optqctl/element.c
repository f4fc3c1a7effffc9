// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "element.h"
#include "match_address.h"
#include "match_field.h"
#include "match_values.h"
#include "mem.h"
#include "names.h"
#include "suggest.h"
#include "units.h"

#define NS_PER_MS	1000000ULL

/* The longest is a flow with a timeout: 13 words. */
#define LINE_WORDS_MAX	32

/* What the words have given of a flow. */
#define HAS_PROTO	(1U << 0)
#define HAS_SRC		(1U << 1)
#define HAS_DST		(1U << 2)
#define HAS_SPORT	(1U << 3)
#define HAS_DPORT	(1U << 4)
#define HAS_TIMEOUT	(1U << 5)

static const struct flow_word {
	const char *word;
	unsigned int bit;
} flow_words[] = {
	{ "src", HAS_SRC }, { "dst", HAS_DST },
	{ "sport", HAS_SPORT }, { "dport", HAS_DPORT },
	{ "proto", HAS_PROTO }, { "timeout", HAS_TIMEOUT },
};

#define N_FLOW_WORDS	(sizeof(flow_words) / sizeof(*flow_words))

/* The words that are left. */
struct reader {
	char *const *word;
	int n;
	bool add;
	unsigned int has;
	struct element *el;
};

/* As a match reads it, so that both have the same name. */
static char *read_name(enum optq_field field, const char *word, uint32_t *id)
{
	struct match_names names = { 0 };
	struct values values = { 0 };
	char *why = field_value(field, word, &names, &values);

	if (!why)
		*id = names_id(names_name(&names.of[field], 1));
	values_free(&values);
	names_free(&names.of[field]);
	return why;
}

static char *read_address(const char *word, struct value *address)
{
	struct ranges ranges = { 0 };
	char *why = match_address_parse(word, &ranges);

	/* ::/0 comes in two, on both sides of IPv4. */
	if (!why && (ranges.n > 1 || value_compare(ranges.v[0].min,
						   ranges.v[0].max)))
		why = mem_printf("\"%s\" is more than one address: an element has one, as in 192.0.2.1",
				 word);
	else if (!why)
		*address = ranges.v[0].min;
	free(ranges.v);
	return why;
}

static char *read_port(const char *what, const char *word, uint16_t *port)
{
	uint64_t v;

	if (!match_number(word, strlen(word), 65535, &v))
		return mem_printf("%s \"%s\": a port 0..65535 is needed", what,
				  word);
	*port = (uint16_t)v;
	return NULL;
}

static char *read_timeout(struct reader *r, const char *word)
{
	char *why, *text;
	uint64_t ns;

	if (!r->add)
		return mem_printf("timeout: goes with add, there is none to delete");
	why = parse_long_time(word, &ns);
	if (why) {
		text = mem_printf("timeout \"%s\": %s", word, why);
		free(why);
		return text;
	}
	if (ns < NS_PER_MS || ns / NS_PER_MS > OPTQ_ELEM_TIMEOUT_MAX)
		return mem_printf("timeout \"%s\": 1ms to 1d is possible; without one it stays until it is deleted",
				  word);
	r->el->timeout_ms = (uint32_t)(ns / NS_PER_MS);
	return NULL;
}

static char *read_value(struct reader *r, const struct flow_word *w,
			const char *value)
{
	switch (w->bit) {
	case HAS_SRC:
		return read_address(value, &r->el->src);
	case HAS_DST:
		return read_address(value, &r->el->dst);
	case HAS_SPORT:
		return read_port(w->word, value, &r->el->sport);
	case HAS_DPORT:
		return read_port(w->word, value, &r->el->dport);
	case HAS_PROTO:
		return match_proto_parse(value, &r->el->proto);
	default:
		return read_timeout(r, value);
	}
}

static char *unknown_word(const char *word, bool flow)
{
	const char *const *proto = match_proto_words();
	struct suggestion near;
	size_t i;

	if (!flow)
		return mem_printf("\"%s\": only \"timeout T\" may follow the address",
				  word);
	suggest_begin(&near, word);
	for (i = 0; i < N_FLOW_WORDS; i++)
		suggest_offer(&near, flow_words[i].word);
	for (; *proto; proto++)
		suggest_offer(&near, *proto);
	if (suggest_end(&near))
		return mem_printf("\"%s\" is not known here: did you mean \"%s\"?",
				  word, suggest_end(&near));
	return mem_printf("\"%s\" is not known here: a protocol such as udp, src, dst, sport, dport or timeout is needed",
			  word);
}

static const struct flow_word *find_word(const char *word, bool flow)
{
	size_t i;

	for (i = 0; i < N_FLOW_WORDS; i++)
		if (!strcmp(flow_words[i].word, word) &&
		    (flow || flow_words[i].bit == HAS_TIMEOUT))
			return &flow_words[i];
	return NULL;
}

static char *note(struct reader *r, unsigned int bit, const char *word)
{
	if (r->has & bit)
		return mem_printf("\"%s\": %s", word, bit == HAS_PROTO ?
				  "a flow has one protocol" : "is there twice");
	r->has |= bit;
	return NULL;
}

/* One word, or two that belong together. */
static char *read_next(struct reader *r, bool flow)
{
	const char *word = *r->word;
	const struct flow_word *w = find_word(word, flow);
	char *why;

	r->word++;
	r->n--;
	if (!w && flow && match_proto_word(word, &r->el->proto))
		return note(r, HAS_PROTO, word);
	if (!w)
		return unknown_word(word, flow);
	why = note(r, w->bit, word);
	if (why)
		return why;
	if (!r->n)
		return mem_printf("%s: a value is missing", word);
	why = read_value(r, w, *r->word);
	r->word++;
	r->n--;
	return why;
}

static bool is_ipv4(struct value v)
{
	return value_compare(v, field_ipv4.min) >= 0 &&
	       value_compare(v, field_ipv4.max) <= 0;
}

/* Half of a flow would be none: packets are compared as a whole. */
static char *check_flow(struct reader *r)
{
	const unsigned int both = HAS_SPORT | HAS_DPORT;
	const unsigned int must = HAS_PROTO | HAS_SRC | HAS_DST;
	struct element *el = r->el;

	if ((r->has & must) != must)
		return mem_printf("%s is missing: a flow is written as in \"app NAME udp src 192.0.2.1 sport 5000 dst 198.51.100.7 dport 8801\"",
				  !(r->has & HAS_PROTO) ? "the protocol" :
				  !(r->has & HAS_SRC) ? "src" : "dst");
	if (is_ipv4(el->src) != is_ipv4(el->dst))
		return mem_printf("src and dst are of two families: a flow has one");
	el->ports = match_proto_has_ports(el->proto);
	if (el->ports && (r->has & both) != both)
		return mem_printf("%s is missing: a flow of this protocol has both ports",
				  r->has & HAS_SPORT ? "dport" : "sport");
	if (!el->ports && r->has & both)
		return mem_printf("%s: this protocol has no ports",
				  r->has & HAS_SPORT ? "sport" : "dport");
	return NULL;
}

static char *read_app(struct reader *r)
{
	char *why = NULL;

	while (!why && r->n)
		why = read_next(r, true);
	return why ? why : check_flow(r);
}

static char *read_host(struct reader *r)
{
	char *why;

	if (!r->n)
		return mem_printf("an address is missing: as in \"host example.com 192.0.2.1\"");
	why = read_address(*r->word, &r->el->src);
	r->word++;
	r->n--;
	while (!why && r->n)
		why = read_next(r, false);
	return why;
}

char *element_parse(char *const *words, int n, bool add, struct element *el)
{
	struct reader r = { .word = words + 2, .n = n - 2, .add = add, .el = el };
	char *why;

	memset(el, 0, sizeof(*el));
	if (n > 0 && !strcmp(words[0], "app"))
		el->field = OPTQ_FIELD_APP;
	else if (n > 0 && !strcmp(words[0], "host"))
		el->field = OPTQ_FIELD_HOST;
	else if (n > 0 && (!strcmp(words[0], "shost") || !strcmp(words[0], "dhost")))
		return mem_printf("\"%s\": an address has its name as source and as destination: write \"host\"",
				  words[0]);
	else
		return mem_printf("\"%s\": app or host is needed", n > 0 ? words[0] : "");
	if (n < 2)
		return mem_printf("%s: a name is missing", words[0]);
	why = read_name(el->field, words[1], &el->id);
	if (why)
		return why;
	return el->field == OPTQ_FIELD_APP ? read_app(&r) : read_host(&r);
}

char *element_parse_line(char *line, bool add, struct element *el, bool *empty)
{
	char *words[LINE_WORDS_MAX], *rest = NULL, *word;
	int n = 0;

	line[strcspn(line, "#\n")] = '\0';
	for (word = strtok_r(line, " \t\r", &rest); word;
	     word = strtok_r(NULL, " \t\r", &rest)) {
		if (n == LINE_WORDS_MAX)
			return mem_printf("too many words");
		words[n++] = word;
	}
	*empty = !n;
	return n ? element_parse(words, n, add, el) : NULL;
}
