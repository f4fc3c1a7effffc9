// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <linux/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "core/match.h"
#include "match_address.h"
#include "match_field.h"
#include "match_values.h"
#include "mem.h"

#define APP_NAME_MAX		63
#define HOST_NAME_MAX		253	/* RFC 1035, without the last dot */

const struct field_word field_words[] = {
	{ "proto", OPTQ_FIELD_PROTO, 0, false,
	  "a protocol: \"proto ospf\", \"proto 89\"" },
	{ "src", OPTQ_FIELD_SRC, 0, false, "an address: \"src 192.0.2.0/24\"" },
	{ "dst", OPTQ_FIELD_DST, 0, false, "an address: \"dst 2001:db8::/32\"" },
	{ "sport", OPTQ_FIELD_SPORT, 0, false, "a port: \"sport 53\"" },
	{ "dport", OPTQ_FIELD_DPORT, 0, false, "a port: \"dport 16384-32767\"" },
	{ "port", OPTQ_FIELD_SPORT, 0, true, "a port: \"port { 80, 443 }\"" },
	{ "dscp", OPTQ_FIELD_DSCP, 0, false, "a code point: \"dscp ef\"" },
	{ "ecn", OPTQ_FIELD_ECN, 0, false, "an ECN field: \"ecn ect1\"" },
	{ "vlan", OPTQ_FIELD_VLAN, 0, false, "a VLAN id: \"vlan 10\"" },
	{ "pcp", OPTQ_FIELD_PCP, 0, false, "a VLAN priority: \"pcp 5\"" },
	{ "mark", OPTQ_FIELD_MARK, 0, false, "a mark: \"mark 0x10/0xff\"" },
	{ "ctmark", OPTQ_FIELD_CTMARK, 0, false, "a mark: \"ctmark 0x10/0xff\"" },
	{ "iif", OPTQ_FIELD_IIF, 0, false, "an interface: \"iif lan0\"" },
	{ "uid", OPTQ_FIELD_UID, 0, false, "a user's number: \"uid 1000\"" },
	{ "cgroup", OPTQ_FIELD_CGROUP, 0, false,
	  "a cgroup's path: \"cgroup system.slice/backup.service\"" },
	{ "app", OPTQ_FIELD_APP, 0, false, "an application's name: \"app zoom\"" },
	{ "shost", OPTQ_FIELD_HOST, 0, false,
	  "a host's name: \"shost example.com\"" },
	{ "dhost", OPTQ_FIELD_HOST, 1, false,
	  "a host's name: \"dhost example.com\"" },
	{ "host", OPTQ_FIELD_HOST, 0, true,
	  "a host's name: \"host example.com\"" },
	{ NULL }
};

static const struct field_word icmp_type_words[] = {
	{ "icmp type", OPTQ_FIELD_ICMP_TYPE, 0, false,
	  "an ICMP type: \"icmp type echo-request\"" },
	{ "icmp6 type", OPTQ_FIELD_ICMP6_TYPE, 0, false,
	  "an ICMPv6 type: \"icmp6 type packet-too-big\"" },
};

static const struct {
	const char *name, *text;
	bool always;		/* no packet is without it */
	const char *noun, *right;	/* of fields that are plain numbers */
} info[OPTQ_FIELD_MAX + 1] = {
	[OPTQ_FIELD_FAMILY] = { "family", "the family", true },
	[OPTQ_FIELD_PROTO] = { "proto", "the protocol" },
	[OPTQ_FIELD_SRC] = { "src", "the source address" },
	[OPTQ_FIELD_DST] = { "dst", "the destination address" },
	[OPTQ_FIELD_SPORT] = { "sport", "the source port", false, "port",
		"a number 0..65535 or a range such as 5000-5999 is needed" },
	[OPTQ_FIELD_DPORT] = { "dport", "the destination port", false, "port",
		"a number 0..65535 or a range such as 5000-5999 is needed" },
	[OPTQ_FIELD_DSCP] = { "dscp", "the DSCP" },
	[OPTQ_FIELD_ECN] = { "ecn", "the ECN field" },
	[OPTQ_FIELD_VLAN] = { "vlan", "the VLAN id", false, "VLAN id",
		"a number 0..4095 or a range such as 100-199 is needed" },
	[OPTQ_FIELD_PCP] = { "pcp", "the VLAN priority", false, "VLAN priority",
		"a number 0..7 or a range such as 5-7 is needed" },
	[OPTQ_FIELD_MARK] = { "mark", "the mark", true },
	[OPTQ_FIELD_CTMARK] = { "ctmark", "the connection's mark" },
	[OPTQ_FIELD_IIF] = { "iif", "the interface that it came by" },
	[OPTQ_FIELD_UID] = { "uid", "the user", false, "uid",
		"a number or a range such as 1000-1999 is needed; \"id -u NAME\" tells a user's" },
	[OPTQ_FIELD_CGROUP] = { "cgroup", "the cgroup" },
	[OPTQ_FIELD_ICMP_TYPE] = { "icmp type", "the ICMP type" },
	[OPTQ_FIELD_ICMP6_TYPE] = { "icmp6 type", "the ICMPv6 type" },
	[OPTQ_FIELD_APP] = { "app", "the application" },
	[OPTQ_FIELD_HOST] = { "host", "the host's name" },
};

const struct field_word *field_icmp_type(const char *word)
{
	return !strcmp(word, "icmp") ? &icmp_type_words[0] :
	       !strcmp(word, "icmp6") ? &icmp_type_words[1] : NULL;
}

struct value dim_max(struct dim dim)
{
	unsigned int words = optq_field_words((u8)dim.field);

	/* What is looked at is the mark with the mask. */
	if (dim.field == OPTQ_FIELD_MARK || dim.field == OPTQ_FIELD_CTMARK)
		return value_of(dim.param);
	if (words > 1)
		return value_max(32 * words);
	return value_of(optq_field_max((u8)dim.field));
}

char *dim_name(struct dim dim)
{
	const char *name = info[dim.field].name;

	if (dim.field == OPTQ_FIELD_HOST)
		return mem_printf("%s", dim.param ? "dhost" : "shost");
	if (dim.field == OPTQ_FIELD_CGROUP)
		return mem_printf("%s/%u", name, dim.param);
	if (!dim.param || dim.param == UINT32_MAX)
		return mem_printf("%s", name);
	return mem_printf("%s/0x%x", name, dim.param);
}

bool dim_same(struct dim a, struct dim b)
{
	return a.field == b.field && a.param == b.param;
}

bool field_has_names(enum optq_field field)
{
	return field == OPTQ_FIELD_IIF || field == OPTQ_FIELD_CGROUP ||
	       field == OPTQ_FIELD_APP || field == OPTQ_FIELD_HOST;
}

bool field_may_be_absent(enum optq_field field)
{
	return !info[field].always;
}

const char *field_text(enum optq_field field)
{
	return info[field].text;
}

enum optq_field field_values_as(enum optq_field field)
{
	return field == OPTQ_FIELD_DST ? OPTQ_FIELD_SRC :
	       field == OPTQ_FIELD_DPORT ? OPTQ_FIELD_SPORT :
	       field == OPTQ_FIELD_CTMARK ? OPTQ_FIELD_MARK : field;
}

static struct ranges *ranges_of(struct values *values, uint32_t param)
{
	size_t i;

	for (i = 0; i < values->n; i++)
		if (values->v[i].param == param)
			return &values->v[i].ranges;
	if (values->n == VALUES_PARAMS_MAX)
		return NULL;
	values->v = mem_grow(values->v, &values->room, values->n + 1,
			     sizeof(*values->v));
	values->v[values->n].param = param;
	return &values->v[values->n++].ranges;
}

void values_free(struct values *values)
{
	size_t i;

	for (i = 0; i < values->n; i++)
		free(values->v[i].ranges.v);
	free(values->v);
	memset(values, 0, sizeof(*values));
}

static void add_one(struct values *values, uint64_t value)
{
	ranges_add(ranges_of(values, 0), value_of(value), value_of(value));
}

/* False: it is neither a number nor a range.  *why: it is one that runs backwards. */
static bool read_range(const char *word, uint64_t top, uint64_t *min,
		       uint64_t *max, char **why)
{
	size_t len = strcspn(word, "-");

	*why = NULL;
	if (!match_number(word, len, top, min))
		return false;
	*max = *min;
	if (word[len] && !match_number(word + len + 1, strlen(word + len + 1),
				       top, max))
		return false;
	if (*max < *min)
		*why = mem_printf("the range %s runs backwards: did you mean %.*s-%.*s?",
				  word, (int)strlen(word + len + 1),
				  word + len + 1, (int)len, word);
	return true;
}

static char *number_value(enum optq_field field, const char *word,
			  struct values *values)
{
	uint64_t min, max;
	char *why;

	if (!read_range(word, optq_field_max((u8)field), &min, &max, &why))
		return mem_printf("\"%s\" is no %s: %s", word, info[field].noun,
				  info[field].right);
	if (!why)
		ranges_add(ranges_of(values, 0), value_of(min), value_of(max));
	return why;
}

/* A name or, where there is none of it, a number or a range. */
static char *named_value(enum optq_field field, const char *word,
			 struct values *values)
{
	uint64_t min, max;
	uint8_t number;
	char *why;
	bool named = field == OPTQ_FIELD_ECN ? match_ecn(word, &number) :
		     match_icmp_type(word, field == OPTQ_FIELD_ICMP6_TYPE, &number);

	if (named) {
		add_one(values, number);
		return NULL;
	}
	if (!read_range(word, optq_field_max((u8)field), &min, &max, &why))
		return field == OPTQ_FIELD_ECN ? match_ecn_unknown(word) :
		       match_icmp_type_unknown(word, field == OPTQ_FIELD_ICMP6_TYPE);
	if (!why)
		ranges_add(ranges_of(values, 0), value_of(min), value_of(max));
	return why;
}

static char *dscp_value(const char *word, struct values *values)
{
	uint64_t min, max;
	uint8_t dscp;
	char *why;

	if (strchr(word, '-') && read_range(word, 63, &min, &max, &why)) {
		if (!why)
			ranges_add(ranges_of(values, 0), value_of(min),
				   value_of(max));
		return why;
	}
	why = code_point_parse(word, &dscp, NULL, 0,
			       "cs0..cs7, af11..af43, ef, va, le or a number 0..63 is needed");
	if (!why)
		add_one(values, dscp);
	return why;
}

static char *proto_value(const char *word, struct values *values)
{
	uint8_t proto;
	char *why = match_proto_parse(word, &proto);

	if (!why)
		add_one(values, proto);
	return why;
}

static char *too_many_params(const char *what)
{
	return mem_printf("more than %d different %s in one set",
			  VALUES_PARAMS_MAX, what);
}

static char *mark_value(const char *word, struct values *values)
{
	size_t len = strcspn(word, "/");
	uint64_t value, mask = UINT32_MAX, max;
	struct ranges *ranges;
	char *why = NULL;

	if (!word[len] && strchr(word, '-') &&
	    read_range(word, UINT32_MAX, &value, &max, &why)) {
		if (why)
			return why;
	} else if (!match_number(word, len, UINT32_MAX, &value) ||
		   (word[len] && !match_number(word + len + 1,
					       strlen(word + len + 1),
					       UINT32_MAX, &mask))) {
		return mem_printf("\"%s\" is no mark: a number up to 0xffffffff, with a mask as in 0x10/0xff, is needed",
				  word);
	} else {
		max = value;
	}
	if (value & ~mask)
		return mem_printf("the mark 0x%llx has bits outside its mask 0x%llx: it can never match",
				  (unsigned long long)value,
				  (unsigned long long)mask);
	ranges = ranges_of(values, (uint32_t)mask);
	if (!ranges)
		return too_many_params("masks");
	ranges_add(ranges, value_of(value), value_of(max));
	return NULL;
}

static char *iif_value(const char *word, struct match_names *names,
		       struct values *values)
{
	if (strlen(word) >= IFNAMSIZ || strpbrk(word, "/: \t\r\n") || !*word ||
	    !strcmp(word, ".") || !strcmp(word, ".."))
		return mem_printf("\"%s\" cannot be an interface's name: 1 to %d bytes such as eth0 are needed",
				  word, IFNAMSIZ - 1);
	add_one(values, names_number(&names->of[OPTQ_FIELD_IIF], word));
	return NULL;
}

/* Its path without slashes before and behind, and how many names it has. */
static char *cgroup_value(const char *word, struct match_names *names,
			  struct values *values)
{
	const char *s = word + (*word == '/'), *part;
	size_t len = strlen(s), level = 1, n;
	struct ranges *ranges;
	uint32_t number;
	char *path;

	if (len && s[len - 1] == '/')
		len--;
	for (part = s; part < s + len; part += n + 1) {
		n = strcspn(part, "/");
		if (!n || (*part == '.' && (n == 1 || (n == 2 && part[1] == '.'))))
			len = 0;
		else if (part > s)
			level++;
	}
	if (!len)
		return mem_printf("\"%s\" is no path of a cgroup: names below the root such as system.slice/sshd.service are needed",
				  word);
	if (level > OPTQ_CGROUP_LEVEL_MAX)
		return mem_printf("cgroups nested deeper than %d levels",
				  OPTQ_CGROUP_LEVEL_MAX);
	ranges = ranges_of(values, (uint32_t)level);
	if (!ranges)
		return too_many_params("levels of cgroups");
	path = mem_strndup(s, len);
	number = names_number(&names->of[OPTQ_FIELD_CGROUP], path);
	free(path);
	ranges_add(ranges, value_of(number), value_of(number));
	return NULL;
}

static bool good_name(const char *s, size_t max)
{
	size_t i;

	for (i = 0; s[i]; i++)
		if (!isascii(s[i]) || (!isalnum((unsigned char)s[i]) &&
				       !strchr("._-", s[i])))
			return false;
	return i && i <= max && *s != '-' && *s != '.';
}

/* Two of one id would be one to the kernel. */
static char *add_known_by_id(const char *name, struct names *names,
			     struct values *values)
{
	const char *other = names_clash(names, name);

	if (other)
		return mem_printf("\"%s\" and \"%s\" cannot stand in one policy: the kernel knows names by a hash, and both have 0x%08x",
				  name, other, names_id(name));
	add_one(values, names_number(names, name));
	return NULL;
}

static char *app_value(const char *word, struct match_names *names,
		       struct values *values)
{
	if (!good_name(word, APP_NAME_MAX))
		return mem_printf("\"%s\" is no application's name: 1 to %d of letters A-Z a-z, digits, '.', '_' and '-' are needed",
				  word, APP_NAME_MAX);
	return add_known_by_id(word, &names->of[OPTQ_FIELD_APP], values);
}

/* Case does not count in names of hosts (RFC 4343), nor does the last dot. */
static char *host_value(const char *word, struct match_names *names,
			struct values *values)
{
	struct ranges address = { 0 };
	char *name, *why = match_address_parse(word, &address);
	size_t len = strlen(word), i;

	free(address.v);
	if (!why)
		return mem_printf("\"%s\" is an address, \"host\" takes a name: for either side write (src %s or dst %s)",
				  word, word, word);
	free(why);
	why = NULL;
	if (len && word[len - 1] == '.')
		len--;
	name = mem_strndup(word, len);
	for (i = 0; i < len; i++)
		name[i] = (char)tolower((unsigned char)name[i]);
	if (good_name(name, HOST_NAME_MAX))
		why = add_known_by_id(name, &names->of[OPTQ_FIELD_HOST], values);
	else
		why = mem_printf("\"%s\" is no host's name: a name such as example.com is needed",
				 word);
	free(name);
	return why;
}

static char *address_value(const char *word, struct values *values)
{
	/* tcpdump's "src port 53", "dst net 10.0.0.0/8" */
	if (!strcmp(word, "port") || !strcmp(word, "portrange"))
		return mem_printf("ports have words of their own: \"sport 53\", \"dport 5000-5999\", \"port 53\" for either");
	if (!strcmp(word, "host") || !strcmp(word, "net"))
		return mem_printf("leave \"%s\" out: \"src 192.0.2.1\", \"dst 192.0.2.0/24\"",
				  word);
	return match_address_parse(word, ranges_of(values, 0));
}

char *field_value(enum optq_field field, const char *word, struct match_names *names,
		  struct values *values)
{
	switch (field) {
	case OPTQ_FIELD_PROTO:
		return proto_value(word, values);
	case OPTQ_FIELD_SRC:
	case OPTQ_FIELD_DST:
		return address_value(word, values);
	case OPTQ_FIELD_DSCP:
		return dscp_value(word, values);
	case OPTQ_FIELD_ECN:
	case OPTQ_FIELD_ICMP_TYPE:
	case OPTQ_FIELD_ICMP6_TYPE:
		return named_value(field, word, values);
	case OPTQ_FIELD_MARK:
	case OPTQ_FIELD_CTMARK:
		return mark_value(word, values);
	case OPTQ_FIELD_IIF:
		return iif_value(word, names, values);
	case OPTQ_FIELD_CGROUP:
		return cgroup_value(word, names, values);
	case OPTQ_FIELD_APP:
		return app_value(word, names, values);
	case OPTQ_FIELD_HOST:
		return host_value(word, names, values);
	default:
		return number_value(field, word, values);
	}
}

void match_names_free(struct match_names *names)
{
	size_t i;

	for (i = 0; i <= OPTQ_FIELD_MAX; i++)
		names_free(&names->of[i]);
}
