// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <linux/optq.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ack_text.h"
#include "dscp_text.h"
#include "isolate_text.h"
#include "mem.h"
#include "policy_keys.h"
#include "policy_police.h"
#include "policy_wire.h"
#include "suggest.h"
#include "units.h"

static char *known_keys(const struct key *keys)
{
	char *list = mem_strndup("", 0), *longer;

	for (; keys->name; keys++) {
		longer = mem_printf("%s %s", list, keys->name);
		free(list);
		list = longer;
	}
	return list;
}

/* What other tools call it; no typing mistake leads from one to the other. */
static const char *known_elsewhere(const struct key *keys, const char *typed)
{
	static const struct { const char *theirs, *ours; } words[] = {
		{ "priority", "prio" }, { "max", "ceil" }, { "maximum", "ceil" },
		{ "ceiling", "ceil" }, { "min", "rate" }, { "minimum", "rate" },
		{ "guarantee", "rate" }, { "guaranteed", "rate" },
		{ "class", "classes" }, { "children", "classes" },
		{ "filter", "match" }, { "filters", "match" },
		{ "rules", "match" }, { "dev", "device" },
		{ "interface", "device" }, { "latency", "delay" },
		{ "overhead", "wire" }, { "mpu", "wire" },
		{ "linklayer", "wire" }, { "linklayer", "layer" },
		{ "wash", "dscp" }, { "tos", "dscp" },
		{ "set-dscp", "dscp" }, { "remark", "dscp" },
		{ "fairness", "isolate" }, { "isolation", "isolate" },
		{ "ack", "ack-filter" }, { "acks", "ack-filter" },
		{ "memlimit", "memory" }, { "memory_limit", "memory" },
		{ "policer", "police" }, { "rate", "cir" }, { "burst", "cbs" },
		{ "bc", "cbs" }, { "be", "ebs" }, { "color", "colour" },
	};
	const struct key *key;
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strcasecmp(typed, words[i].theirs))
			continue;
		for (key = keys; key->name; key++)
			if (!strcmp(key->name, words[i].ours))
				return key->name;
	}
	return NULL;
}

/* "rate:500mbit" is a key to YAML: the blank behind the colon is missing. */
static const char *value_in_key(const struct key *keys, const char *typed)
{
	const char *colon = strchr(typed, ':');

	if (!colon)
		return NULL;
	for (; keys->name; keys++)
		if (strlen(keys->name) == (size_t)(colon - typed) &&
		    !strncmp(keys->name, typed, (size_t)(colon - typed)))
			return colon + 1;
	return NULL;
}

static void unknown_key(const struct key *keys, const struct ynode *name,
			const char *what, const char *near, struct diags *d)
{
	const char *value = value_in_key(keys, name->text);
	char *list;

	if (value) {
		diag_error(d, name->at, "a blank goes behind the colon: \"%.*s %s\"",
			   (int)(value - name->text), name->text, value);
	} else if (isdigit((unsigned char)*name->text) && !near) {
		/* "{ rate: 1,5mbit }" ends the value at its comma. */
		diag_error(d, name->at, "unknown key \"%s\": a comma ends the value before it, decimals have a point",
			   name->text);
	} else if (near) {
		diag_error(d, name->at, "unknown key \"%s\": did you mean \"%s\"?",
			   name->text, near);
	} else {
		list = known_keys(keys);
		diag_error(d, name->at, "unknown key \"%s\": %s takes%s",
			   name->text, what, list);
		free(list);
	}
}

const struct key *find_key(const struct key *keys, const struct ynode *name,
			   const char *what, struct diags *d)
{
	struct suggestion near;
	const struct key *key;
	const char *word;

	for (key = keys; key->name; key++)
		if (!strcmp(key->name, name->text))
			return key;
	suggest_begin(&near, name->text);
	for (key = keys; key->name; key++)
		suggest_offer(&near, key->name);
	/* A merge key was refused as such already. */
	if (name->plain && !strcmp(name->text, "<<"))
		return NULL;
	word = known_elsewhere(keys, name->text);
	unknown_key(keys, name, what, word ? word : suggest_end(&near), d);
	return NULL;
}

const char *scalar_text(const struct ynode *value, const char *key,
			const char *needed, struct diags *d)
{
	if (value->kind == YNODE_SCALAR && !ynode_is_null(value))
		return value->text;
	diag_error(d, value->at, "%s: %s: %s is needed", key,
		   value->kind == YNODE_MAP ? "a map" :
		   value->kind == YNODE_LIST ? "a list" : "no value", needed);
	return NULL;
}

bool is_map(const struct ynode *node, const char *what, struct diags *d)
{
	if (node->kind == YNODE_MAP)
		return true;
	if (node->kind == YNODE_SCALAR && node->plain &&
	    strchr(node->text, ':'))
		diag_error(d, node->at, "%s must be a map: a blank goes behind the colon, as in \"rate: 20mbit\"",
			   what);
	else
		diag_error(d, node->at, "%s must be a map (\"key: value\" lines)",
			   what);
	return false;
}

const struct ynode *map_find(const struct ynode *map, const char *key)
{
	size_t i;

	for (i = 0; i < map->n; i++)
		if (!strcmp(map->keys[i]->text, key))
			return map->items[i];
	return NULL;
}

bool check_name(const struct ynode *name, const char *what, struct diags *d)
{
	const char *s = name->text;
	size_t i;

	if (!*s) {
		diag_error(d, name->at, "a %s needs a name", what);
		return false;
	}
	if (name->text_len > OPTQ_NAME_MAX) {
		diag_error(d, name->at, "%s name has %zu bytes: at most %d are possible",
			   what, name->text_len, OPTQ_NAME_MAX);
		return false;
	}
	if (*s == '-' || *s == '.') {
		diag_error(d, name->at, "%s name \"%s\" begins with '%c': begin it with a letter, a digit or '_'",
			   what, s, *s);
		return false;
	}
	for (i = 0; s[i]; i++) {
		if ((isascii(s[i]) && isalnum((unsigned char)s[i])) ||
		    strchr("._-", s[i]))
			continue;
		diag_error(d, name->at, "%s name \"%s\": only letters A-Z a-z, digits, '.', '_' and '-' make a name",
			   what, s);
		return false;
	}
	return true;
}

static char *out_of_range(const struct key *key, uint64_t value)
{
	char *min, *max, *why;

	if (value >= key->min && value <= key->max)
		return NULL;
	if (key->kind == KEY_RATE) {
		min = rate_text(key->min);
		max = rate_text(key->max);
	} else if (key->kind == KEY_TIME) {
		char buf[SHORT_TEXT_MAX];

		min = mem_printf("%s", time_short(key->min, buf));
		max = mem_printf("%s", time_short(key->max, buf));
	} else {
		min = mem_printf("%llu", (unsigned long long)key->min);
		max = mem_printf("%llu", (unsigned long long)key->max);
	}
	why = mem_printf("out of range: %s to %s%s is possible", min, max,
			 key->kind == KEY_SIZE ? " bytes" : "");
	free(min);
	free(max);
	return why;
}

static void warn_of_bytes(const struct key *key, struct span at,
			  const char *written, uint64_t rate, struct diags *d)
{
	char *bits = rate_text(rate);

	diag_warning(d, at, "%s: %s is in bytes, that is %s: megabits are \"mbit\"",
		     key->name, written, bits);
	free(bits);
}

static char *read_rate(const struct key *key, const struct ynode *value,
		       char *object, struct diags *d)
{
	struct rate_value rate;
	char *why = parse_rate(value->text, &rate);

	if (why)
		return why;
	if (rate.is_share && !key->share && strcmp(key->name, "rate"))
		return mem_printf("a share is not possible here: write a rate such as 20mbit");
	if (rate.is_share && !key->share)
		return mem_printf("a share of what? nothing is above the link: write a rate such as 20mbit");
	if (rate.is_share) {
		memcpy(object + key->share, &rate.value, sizeof(rate.value));
		return NULL;
	}
	why = out_of_range(key, rate.value);
	if (why)
		return why;
	memcpy(object + key->field, &rate.value, sizeof(rate.value));
	if (rate.in_bytes)
		warn_of_bytes(key, value->at, value->text, rate.value, d);
	return NULL;
}

static char *read_packets(const char *text, uint64_t *value)
{
	char *why = parse_number(text, value);

	if (!why)
		return NULL;
	free(why);
	return mem_printf("a whole number of packets is needed");
}

static char *read_count(const struct key *key, const char *text, char *object)
{
	uint64_t value;
	uint32_t small;
	char *why;

	why = key->kind == KEY_TIME ? parse_time(text, &value) :
	      key->kind == KEY_SIZE ? parse_size(text, &value) :
	      key->kind == KEY_PACKETS ? read_packets(text, &value) :
	      parse_number(text, &value);
	if (!why)
		why = out_of_range(key, value);
	if (why)
		return why;
	small = (uint32_t)value;
	if (key->kind == KEY_TIME)
		memcpy(object + key->field, &value, sizeof(value));
	else
		memcpy(object + key->field, &small, sizeof(small));
	return NULL;
}

static char *read_flag(const struct key *key, const struct ynode *value,
		       char *object)
{
	int8_t tristate;
	bool flag;
	char *why = parse_bool(value->text, &flag);

	if (why)
		return why;
	if (!value->plain)
		return mem_printf("yes or no is needed, without quotes");
	tristate = flag;
	if (key->kind == KEY_BOOL)
		memcpy(object + key->field, &flag, sizeof(flag));
	else
		memcpy(object + key->field, &tristate, sizeof(tristate));
	return NULL;
}

static char *read_isolate(const struct key *key, const char *text, char *object)
{
	const char *near = isolate_suggest(text);
	uint8_t value;

	if (isolate_parse(text, &value)) {
		memcpy(object + key->field, &value, sizeof(value));
		return NULL;
	}
	return mem_printf("\"%s\" is none of flow, src-host, dst-host, dual-src, dual-dst and triple%s%s%s",
			  text, near ? ": did you mean \"" : "", near ? near : "",
			  near ? "\"?" : "");
}

bool read_key(const struct key *key, const struct ynode *value, void *object,
	      struct diags *d)
{
	static const char *const needed[] = {
		[KEY_RATE] = "a rate such as 20mbit",
		[KEY_SIZE] = "a size such as 15kb",
		[KEY_NUMBER] = "a number",
		[KEY_PACKETS] = "a number of packets", [KEY_TIME] = "a time such as 5ms",
		[KEY_BOOL] = "yes or no", [KEY_TRISTATE] = "yes or no",
		[KEY_DSCP] = "a code point such as ef, or wash, or keep,",
		[KEY_ISOLATE] = "flow, src-host, dst-host, dual-src, dual-dst or triple",
		[KEY_ACK_FILTER] = "conservative, aggressive or off",
	};
	const char *text;
	char *why;

	if (key->kind == KEY_POLICE)
		return read_police(value, (void *)((char *)object + key->field),
				   d);
	if (key->kind == KEY_WIRE)
		return read_wire(value, (void *)((char *)object + key->field),
				 d);
	text = scalar_text(value, key->name, needed[key->kind], d);
	if (!text)
		return false;
	if (key->kind == KEY_RATE)
		why = read_rate(key, value, object, d);
	else if (key->kind == KEY_BOOL || key->kind == KEY_TRISTATE)
		why = read_flag(key, value, object);
	else if (key->kind == KEY_DSCP)
		why = dscp_parse(text, (uint8_t *)object + key->field);
	else if (key->kind == KEY_ISOLATE)
		why = read_isolate(key, text, object);
	else if (key->kind == KEY_ACK_FILTER)
		why = ack_filter_parse(text, (uint8_t *)object + key->field);
	else
		why = read_count(key, text, object);
	if (!why)
		return true;
	diag_error(d, value->at, "%s: %s", key->name, why);
	free(why);
	return false;
}
