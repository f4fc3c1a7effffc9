// SPDX-License-Identifier: GPL-2.0
/* What all filters have: where to, and actions. */
#include <string.h>

#include "import_tc.h"

static bool ends_action(const char *word)
{
	static const char *const words[] = {
		"action", "flowid", "classid", "match", "police", "chain", "index"
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(word, words[i]))
			return true;
	return false;
}

static void skip_action(struct tc *tc)
{
	while (tc_word(tc) && !ends_action(tc_word(tc)))
		tc->i++;
	if (tc_is(tc, "index"))
		tc->i++;
}

static bool gact(const char *word, enum foreign_act_kind *kind)
{
	if (!strcmp(word, "drop") || !strcmp(word, "shot"))
		*kind = FOREIGN_ACT_DROP;
	else if (!strcmp(word, "pass") || !strcmp(word, "ok"))
		*kind = FOREIGN_ACT_PASS;
	else
		return false;
	return true;
}

/* What is done with a packet that is too much: "drop", or "CONFORM-EXCEED" as "drop/ok". */
static bool police_control(struct tc *tc, struct foreign_act *act)
{
	static const char *const others[] = {
		"pass", "ok", "pipe", "continue", "reclassify"
	};
	const char *word;
	size_t i;

	if (tc_is(tc, "drop") || tc_is(tc, "shot")) {
		act->drops = true;
		return true;
	}
	if (tc_is(tc, "conform-exceed") || tc_is(tc, "action")) {
		word = tc_value(tc, "conform-exceed");
		act->drops = word && (!strncmp(word, "drop", 4) || !strncmp(word, "shot", 4));
		return true;
	}
	for (i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (tc_is(tc, others[i]))
			return true;
	return false;
}

#define ACT(field)	offsetof(struct foreign_act, field)

static void read_police(struct tc *tc, struct foreign_filter *f)
{
	static const struct tc_option options[] = {
		{ "rate", TC_RATE, ACT(rate) }, { "burst", TC_SIZE, ACT(burst) },
		{ "buffer", TC_SIZE, ACT(burst) }, { "maxburst", TC_SIZE, ACT(burst) },
		{ "mtu", TC_QUIET }, { "minburst", TC_QUIET }, { "mpu", TC_LOST },
		{ "peakrate", TC_LOST }, { "avrate", TC_LOST }, { "overhead", TC_LOST },
		{ "linklayer", TC_LOST }, { "index", TC_QUIET },
		{ "pkts_rate", TC_LOST }, { "pkts_burst", TC_LOST }, { NULL }
	};
	struct foreign_act *act = foreign_add_act(f, "police");

	act->kind = FOREIGN_ACT_POLICE;
	while (tc_word(tc))
		if (!tc_option(tc, options, "police", act) && !police_control(tc, act))
			break;
	act->burst = foreign_burst(act->rate, act->burst);
}

static void read_mirred(struct tc *tc, struct foreign_act *act)
{
	bool redirect = false;
	const char *word;

	while ((word = tc_word(tc)) && !ends_action(word)) {
		tc->i++;
		if (!strcmp(word, "redirect"))
			redirect = true;
		else if (!strcmp(word, "dev") && tc_word(tc))
			strncpy(act->device, tc->cmd->v[tc->i++].text,
				sizeof(act->device) - 1);
	}
	if (redirect)
		act->kind = FOREIGN_ACT_REDIRECT;
}

static void read_skbedit(struct tc *tc, struct foreign_act *act)
{
	const char *word;

	while ((word = tc_word(tc)) && !ends_action(word)) {
		tc->i++;
		if (strcmp(word, "priority"))
			continue;
		if (tc_id(tc, "priority", false, &act->priority))
			act->kind = FOREIGN_ACT_PRIORITY;
	}
}

static void read_action(struct tc *tc, struct foreign_filter *f)
{
	const char *word = tc_value(tc, "action");
	enum foreign_act_kind kind;
	struct foreign_act *act;

	if (!word)
		return;
	if (!strcmp(word, "police")) {
		read_police(tc, f);
		return;
	}
	if (!strcmp(word, "gact") && tc_word(tc)) {
		word = tc_word(tc);
		tc->i++;
	}
	act = foreign_add_act(f, word);
	if (gact(word, &kind)) {
		act->kind = kind;
		strcpy(act->name, "gact");
	} else if (!strcmp(word, "mirred")) {
		read_mirred(tc, act);
	} else if (!strcmp(word, "skbedit")) {
		read_skbedit(tc, act);
	} else if (!strcmp(word, "connmark")) {
		act->kind = FOREIGN_ACT_CONNMARK;
	}
	skip_action(tc);
}

bool tc_filter_common(struct tc *tc, struct foreign_filter *f)
{
	if (tc_is(tc, "flowid") || tc_is(tc, "classid"))
		tc_id(tc, "flowid", false, &f->classid);
	else if (tc_is(tc, "police"))
		read_police(tc, f);
	else if (tc_is(tc, "action"))
		read_action(tc, f);
	else if (!tc_is(tc, "skip_hw") && !tc_is(tc, "skip_sw"))
		return false;
	return true;
}

static void read_fw(struct tc *tc, struct foreign_filter *f)
{
	const char *word;

	f->has_mark = true;
	f->mark = f->handle;
	if (!f->mark_mask)
		f->mark_mask = UINT32_MAX;
	while (tc_word(tc)) {
		if (tc_filter_common(tc, f))
			continue;
		if (tc_is(tc, "indev")) {
			word = tc_value(tc, "indev");
			if (word)
				foreign_add_term(f, "iif \"%s\"", word);
			continue;
		}
		tc_unknown(tc, "fw");
	}
}

static void read_matchall(struct tc *tc, struct foreign_filter *f)
{
	while (tc_word(tc))
		if (!tc_filter_common(tc, f))
			tc_unknown(tc, "matchall");
}

void tc_filter_options(struct tc *tc, struct foreign_filter *f)
{
	if (!strcmp(f->name, "u32"))
		tc_u32_options(tc, f);
	else if (!strcmp(f->name, "fw"))
		read_fw(tc, f);
	else if (!strcmp(f->name, "flower"))
		tc_flower_options(tc, f);
	else if (!strcmp(f->name, "basic"))
		tc_basic_options(tc, f);
	else if (!strcmp(f->name, "matchall"))
		read_matchall(tc, f);
	else
		foreign_lacks(f, "\"%s\" filters", f->name);
}
