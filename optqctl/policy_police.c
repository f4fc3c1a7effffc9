// SPDX-License-Identifier: GPL-2.0
#include <linux/optq.h>
#include <stdlib.h>
#include <string.h>

#include "core/moves.h"
#include "dscp_text.h"
#include "mem.h"
#include "police_text.h"
#include "policy_keys.h"
#include "policy_police.h"
#include "suggest.h"
#include "units.h"

#define USUAL_FRAME	1514

#define AT(member)	offsetof(struct police, member)

/* OPTQ_BURST_MAX is of a class's; here all 32 bits are. */
static const struct key police_keys[] = {
	{ "cir", KEY_RATE, AT(cir), 0, OPTQ_RATE_MIN, OPTQ_RATE_MAX },
	{ "cbs", KEY_SIZE, AT(cbs), 0, 1, UINT32_MAX },
	{ "eir", KEY_RATE, AT(eir), 0, OPTQ_RATE_MIN, OPTQ_RATE_MAX },
	{ "ebs", KEY_SIZE, AT(ebs), 0, 1, UINT32_MAX },
	{ "pir", KEY_RATE, AT(pir), 0, OPTQ_RATE_MIN, OPTQ_RATE_MAX },
	{ "pbs", KEY_SIZE, AT(pbs), 0, 1, UINT32_MAX },
	{ "prefix4", KEY_NUMBER, AT(prefix4), 0, 0, 32 },
	{ "prefix6", KEY_NUMBER, AT(prefix6), 0, 0, 128 },
	{ "entries", KEY_NUMBER, AT(entries), 0, 1, OPTQ_POLICE_ENTRIES_MAX },
	{ "each", KEY_OTHER }, { "colour", KEY_OTHER },
	{ "conform", KEY_OTHER }, { "exceed", KEY_OTHER },
	{ "violate", KEY_OTHER },
	{ NULL }
};

/* What follows "dscp", "pcp" or "class". */
static char *read_act_value(const char *word, const char *value,
			    struct police_act *act)
{
	uint64_t number = 0;
	char *why = NULL;

	if (!strcmp(word, "dscp")) {
		why = dscp_parse(value, &act->dscp);
		if (!why && act->dscp == OPTQ_DSCP_KEEP + 1)
			why = mem_printf("what passes keeps its DSCP: leave \"dscp keep\" out");
	} else if (!strcmp(word, "pcp")) {
		why = parse_number(value, &number);
		if (!why && number > 7)
			why = mem_printf("pcp out of range: 0 to 7 is possible");
		act->pcp = (uint8_t)(number + 1);
	} else {
		free(act->class_path);
		act->class_path = mem_strndup(value, strlen(value));
	}
	return why;
}

#define ACT_NEEDED	"pass, drop, or any of \"dscp af12\", \"pcp 3\" and \"class PATH\""

static char *read_words(char *text, struct police_act *act)
{
	char *save = NULL, *word = strtok_r(text, " ", &save), *value, *why = NULL;
	const char *first = word ? word : "";

	if (!strcmp(first, "pass") || !strcmp(first, "drop")) {
		act->drop = !strcmp(first, "drop");
		value = strtok_r(NULL, " ", &save);
		return value ? mem_printf("nothing goes with \"%s\"", first) : NULL;
	}
	for (; word && !why; word = strtok_r(NULL, " ", &save)) {
		if (strcmp(word, "dscp") && strcmp(word, "pcp") &&
		    strcmp(word, "class"))
			return mem_printf("what is \"%s\"? " ACT_NEEDED, word);
		value = strtok_r(NULL, " ", &save);
		if (!value)
			return mem_printf("\"%s\" needs a value", word);
		why = read_act_value(word, value, act);
	}
	return why;
}

static void read_act(const struct ynode *value, unsigned int colour,
		     struct police *p, struct diags *d)
{
	struct police_act *act = &p->act[colour];
	const char *text = scalar_text(value, act_name(colour), ACT_NEEDED, d);
	char *words, *why;

	if (!text)
		return;
	free(act->class_path);
	*act = (struct police_act){ .class_index = NO_CLASS, .at = value->at };
	words = mem_strndup(text, strlen(text));
	why = read_words(words, act);
	if (why)
		diag_error(d, value->at, "%s: %s", act_name(colour), why);
	free(why);
	free(words);
}

static void read_other(const char *key, const struct ynode *value,
		       struct police *p, struct diags *d)
{
	const char *text;
	unsigned int i;

	for (i = 0; i < POLICE_COLOURS; i++) {
		if (!strcmp(key, act_name(i))) {
			read_act(value, i, p, d);
			return;
		}
	}
	if (!strcmp(key, "each")) {
		text = scalar_text(value, key, "src-host or dst-host", d);
		if (text && !each_parse(text, &p->each))
			diag_error(d, value->at, "each: \"%s\" is neither src-host nor dst-host",
				   text);
		return;
	}
	text = scalar_text(value, key, "below, blind or aware", d);
	if (text && !colour_parse(text, &p->colour))
		diag_error(d, value->at, "colour: \"%s\" is none of below, blind and aware",
			   text);
}

static struct span key_at(const struct ynode *map, const char *key)
{
	size_t i;

	for (i = 0; i < map->n; i++)
		if (!strcmp(map->keys[i]->text, key))
			return map->keys[i]->at;
	return map->at;
}

static bool has(const struct ynode *map, const char *key)
{
	return map_find(map, key);
}

static void check_rates(const struct ynode *map, const struct police *p,
			struct diags *d)
{
	if (has(map, "pir") && (has(map, "eir") || has(map, "ebs")))
		diag_error(d, key_at(map, "pir"), "pir: goes with cir, cbs and pbs (RFC 2698), not with eir and ebs (RFC 2697, RFC 4115): leave one out");
	else if (!has(map, "cir") && !has(map, "eir"))
		diag_error(d, map->at, "police: a rate is missing: give the key \"cir\", such as \"cir: 10mbit\"");
	else if (has(map, "pir") && p->pir && p->pir < p->cir)
		diag_error(d, key_at(map, "pir"), "pir: is below cir: the peak is cir at least");
	if (has(map, "pbs") && !has(map, "pir"))
		diag_error(d, key_at(map, "pbs"), "pbs: is the burst of a pir, and there is none");
	if (has(map, "cbs") && !has(map, "cir"))
		diag_error(d, key_at(map, "cbs"), "cbs: is the burst of a cir, and there is none");
	if (p->cbs && p->cbs < USUAL_FRAME)
		diag_warning(d, map_find(map, "cbs")->at, "cbs: is less than a frame of %d bytes: one is never green",
			     USUAL_FRAME);
}

static void check_each(const struct ynode *map, struct diags *d)
{
	static const char *const keys[] = { "prefix4", "prefix6", "entries" };
	size_t i;

	for (i = 0; i < 3; i++)
		if (has(map, keys[i]) && !has(map, "each"))
			diag_error(d, key_at(map, keys[i]), "%s: is of addresses metered apart: give the key \"each\"",
				   keys[i]);
}

static void read_map(const struct ynode *map, struct police *p, struct diags *d)
{
	size_t errors = d->errors, i;
	const struct key *key;

	for (i = 0; i < map->n; i++) {
		key = find_key(police_keys, map->keys[i], "police", d);
		if (key && key->kind == KEY_OTHER)
			read_other(key->name, map->items[i], p, d);
		else if (key)
			read_key(key, map->items[i], p, d);
	}
	check_each(map, d);
	if (d->errors == errors)
		check_rates(map, p, d);
}

bool read_police(const struct ynode *value, struct police **police,
		 struct diags *d)
{
	static const struct key rate = {
		"police", KEY_RATE, AT(cir), 0, OPTQ_RATE_MIN, OPTQ_RATE_MAX
	};
	struct police *p = mem_zalloc(1, sizeof(*p));
	size_t errors = d->errors, i;

	p->prefix4 = EACH_PREFIX4;
	p->prefix6 = EACH_PREFIX6;
	p->at = value->at;
	for (i = 0; i < POLICE_COLOURS; i++)
		p->act[i].class_index = NO_CLASS;
	p->act[POLICE_COLOURS - 1].drop = true;
	if (value->kind == YNODE_MAP)
		read_map(value, p, d);
	else
		read_key(&rate, value, p, d);
	if (d->errors != errors) {
		police_free(p);
		return false;
	}
	police_free(*police);
	*police = p;
	return true;
}

static void no_such_class(const struct link *link, const struct police_act *act,
			  const char *name, struct diags *d)
{
	struct suggestion near;
	char **paths = mem_zalloc(link->n_classes + 1, sizeof(*paths));
	uint32_t i;

	suggest_begin(&near, act->class_path);
	for (i = 0; i < link->n_classes; i++) {
		paths[i] = class_path(link, i);
		if (!link->classes[i].children)
			suggest_offer(&near, paths[i]);
	}
	if (suggest_end(&near))
		diag_error(d, act->at, "%s: there is no class \"%s\": did you mean \"%s\"?",
			   name, act->class_path, suggest_end(&near));
	else
		diag_error(d, act->at, "%s: there is no class \"%s\" on link \"%s\"",
			   name, act->class_path, link->name);
	for (i = 0; i < link->n_classes; i++)
		free(paths[i]);
	free(paths);
}

/* True when it moves packets; their leaf, if there is one, is noted. */
static bool resolve(struct link *link, struct police *p, struct diags *d)
{
	bool moves = false;
	unsigned int i;

	for (i = 0; p && i < POLICE_COLOURS; i++) {
		struct police_act *act = &p->act[i];
		uint32_t index;

		if (!act->class_path)
			continue;
		moves = true;
		index = link_find_class(link, act->class_path);
		if (index == NO_CLASS)
			no_such_class(link, act, act_name(i), d);
		else if (link->classes[index].children)
			diag_error(d, act->at, "%s: \"%s\" has classes below it, traffic queues in leaves: name one of them",
				   act_name(i), act->class_path);
		else
			act->class_index = index;
		if (act->class_index != NO_CLASS)
			link->classes[index].police_target = true;
	}
	return moves;
}

static void set_node(struct optq_moves_node *node, const struct police *p,
		     uint32_t parent)
{
	unsigned int i;

	node->parent = parent;
	for (i = 0; i < POLICE_COLOURS; i++)
		node->target[i] = p && p->act[i].class_index != NO_CLASS ?
				  p->act[i].class_index + 1 : OPTQ_MOVES_NONE;
}

/* Node 0 is the link's, the others' are their index and 1, as in the kernel. */
static void check_moves(const struct link *link, struct diags *d)
{
	struct optq_moves_node *node = mem_zalloc(link->n_classes + 1,
						  sizeof(*node));
	const struct police *p;
	uint32_t i, bad;

	set_node(&node[0], link->police, OPTQ_MOVES_NONE);
	for (i = 0; i < link->n_classes; i++) {
		const struct class *class = &link->classes[i];

		set_node(&node[i + 1], class->police,
			 class->parent == NO_CLASS ? 0 : class->parent + 1);
	}
	bad = optq_moves_check(node, link->n_classes + 1);
	free(node);
	if (bad == OPTQ_MOVES_NONE)
		return;
	p = bad ? link->classes[bad - 1].police : link->police;
	diag_error(d, p->at, "police: a packet that it moves would come back, or be moved more than %d times: move it to a class that neither it nor what is above it polices so",
		   OPTQ_POLICE_MOVES_MAX);
}

/* taken: by those before it. */
static uint32_t check_entries(const struct police *p, uint32_t taken,
			      struct diags *d)
{
	uint32_t entries = 0;

	if (p && p->each)
		entries = p->entries ? p->entries : OPTQ_POLICE_ENTRIES;
	if (entries <= OPTQ_POLICE_ENTRIES_SUM - taken)
		return taken + entries;
	diag_error(d, p->at, "police: %u addresses are too many: all policers of a link have %u together, and those before it %u",
		   entries, OPTQ_POLICE_ENTRIES_SUM, taken);
	return taken;
}

void check_police(struct link *link, struct diags *d)
{
	size_t errors = d->errors;
	bool moves = resolve(link, link->police, d);
	uint32_t taken = check_entries(link->police, 0, d), i;

	for (i = 0; i < link->n_classes; i++) {
		moves |= resolve(link, link->classes[i].police, d);
		taken = check_entries(link->classes[i].police, taken, d);
	}
	if (moves && d->errors == errors)
		check_moves(link, d);
}
