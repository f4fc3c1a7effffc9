/* SPDX-License-Identifier: GPL-2.0 */
/* What optq_nl_keys.h has words for, put into a message line by line. */
#ifndef OPTQ_NL_LINES_H
#define OPTQ_NL_LINES_H

#include <errno.h>
#include <netlink/netlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "optq_nl_keys.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK	270
#endif

#define ATTR_MAX	65531

static void die(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, why);
	exit(2);
}

static size_t parse_hex(const char *text, unsigned char *out)
{
	size_t n = 0;
	unsigned int byte;

	for (; *text && *text != '\n'; text += 2) {
		if (n == ATTR_MAX || sscanf(text, "%2x", &byte) != 1)
			die("bad hex", text);
		out[n++] = byte;
	}
	return n;
}

static void put(struct nl_msg *msg, int type, size_t len, const void *data)
{
	if (nla_put(msg, type, len, data))
		die("message", "too long");
}

static void put_hex(struct nl_msg *msg, int type, const char *hex)
{
	static unsigned char buf[ATTR_MAX];

	put(msg, type, parse_hex(hex, buf), buf);
}

static void put_words(struct nl_msg *msg, int type, char *text)
{
	static uint32_t buf[ATTR_MAX / 4];
	size_t n = 0;
	char *word;

	while ((word = strsep(&text, ",")) && *word && n < ATTR_MAX / 4)
		buf[n++] = strtoul(word, NULL, 0);
	put(msg, type, n * sizeof(*buf), buf);
}

static void put_terms(struct nl_msg *msg, int type, char *text)
{
	struct optq_term buf[64] = {};
	size_t n = 0;
	char *word;

	while ((word = strsep(&text, ",")) && *word && n < 64) {
		buf[n].set = strtoul(word, &word, 0);
		buf[n].negate = *word == '!';
		buf[n++].dim = *word ? strtoul(word + 1, NULL, 0) : 0;
	}
	put(msg, type, n * sizeof(*buf), buf);
}

static void put_key(struct nl_msg *msg, const struct key *keys, char *text);

/* A nest in one word: key:value,key:value */
static void put_inner(struct nl_msg *msg, int type, const struct key *keys, char *text)
{
	struct nlattr *nest = nla_nest_start(msg, type | NLA_F_NESTED);
	char *word, *colon;

	if (!nest)
		die("message", "too long");
	while ((word = strsep(&text, ","))) {
		colon = strchr(word, ':');
		if (colon)
			*colon = '=';
		put_key(msg, keys, word);
	}
	nla_nest_end_keep_empty(msg, nest);
}

static void put_key(struct nl_msg *msg, const struct key *keys, char *text)
{
	char *value = strchr(text, '=');
	uint64_t v;

	if (!value)
		die("no value", text);
	*value++ = '\0';
	if (*text == '@') {
		put_hex(msg, strtoul(text + 1, NULL, 0), value);
		return;
	}
	while (keys->name && strcmp(keys->name, text))
		keys++;
	if (!keys->name)
		die("unknown key", text);
	if (keys->bytes == KEY_WORDS) {
		put_words(msg, keys->type, value);
		return;
	}
	if (keys->bytes == KEY_TERMS) {
		put_terms(msg, keys->type, value);
		return;
	}
	if (keys->bytes == KEY_POLICE) {
		put_inner(msg, keys->type, police_keys, value);
		return;
	}
	if (!keys->bytes) {
		put(msg, keys->type, strlen(value) + 1, value);
		return;
	}
	/* The first bytes of a 64-bit number are it, on a little-endian host. */
	v = strtoull(value, NULL, 0);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v <<= 64 - 8 * keys->bytes;
#endif
	put(msg, keys->type, keys->bytes, &v);
}

static void put_nest(struct nl_msg *msg, int type, const struct key *keys,
		     char *words)
{
	struct nlattr *nest = nla_nest_start(msg, type | NLA_F_NESTED);
	char *word;

	if (!nest)
		die("message", "too long");
	while ((word = strtok_r(NULL, " \n", &words)))
		put_key(msg, keys, word);
	nla_nest_end_keep_empty(msg, nest);
}

static const struct {
	const char *word;
	int type;
	const struct key *keys;
} nests[] = {
	{ "link", OPTQ_A_LINK, link_keys },
	{ "class", OPTQ_A_CLASS, class_keys },
	{ "dim", OPTQ_A_DIM, dim_keys },
	{ "set", OPTQ_A_SET, set_keys },
	{ "rule", OPTQ_A_RULE, rule_keys },
	{ "elem", OPTQ_A_ELEM, elem_keys },
};

/* One line; true when it gave the ifindex. */
static bool put_line(struct nl_msg *msg, char *line)
{
	char *rest, *word = strtok_r(line, " \n", &rest), *arg;
	size_t i;

	if (!word || *word == '#')
		return false;
	for (i = 0; i < sizeof(nests) / sizeof(*nests); i++) {
		if (!strcmp(word, nests[i].word)) {
			put_nest(msg, nests[i].type, nests[i].keys, rest);
			return false;
		}
	}
	arg = strtok_r(NULL, " \n", &rest);
	if (!arg)
		die("no value", word);
	if (!strcmp(word, "raw")) {
		char *hex = strtok_r(NULL, " \n", &rest);

		put_hex(msg, strtoul(arg, NULL, 0), hex ? hex : "");
		return false;
	}
	if (!strcmp(word, "flags"))
		nla_put_u32(msg, OPTQ_A_FLAGS, strtoul(arg, NULL, 0));
	else if (!strcmp(word, "generation"))
		nla_put_u32(msg, OPTQ_A_GENERATION, strtoul(arg, NULL, 0));
	else if (!strcmp(word, "ifindex"))
		nla_put_u32(msg, OPTQ_A_IFINDEX, strtoul(arg, NULL, 0));
	else
		die("unknown line", word);
	return !strcmp(word, "ifindex");
}

#endif /* OPTQ_NL_LINES_H */
