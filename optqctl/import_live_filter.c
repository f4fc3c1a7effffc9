// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <linux/pkt_cls.h>
#include <linux/tc_act/tc_gact.h>
#include <linux/tc_act/tc_mirred.h>
#include <linux/tc_act/tc_skbedit.h>
#include <net/if.h>
#include <string.h>

#include "import_live_attr.h"

#define ACTS_MAX	32	/* TCA_ACT_MAX_PRIO */

static void read_police(struct foreign_act *act, struct nlattr *options)
{
	struct nlattr *tb[TCA_POLICE_MAX + 1];
	struct tc_police police = { 0 };

	if (nla_parse_nested(tb, TCA_POLICE_MAX, options, NULL))
		return;
	get_struct(tb[TCA_POLICE_TBF], &police, sizeof(police));
	act->kind = FOREIGN_ACT_POLICE;
	act->rate = tb[TCA_POLICE_RATE64] ? get_u64(tb[TCA_POLICE_RATE64]) :
		    police.rate.rate;
	act->burst = foreign_burst_of_ticks(act->rate, police.burst);
	act->drops = police.action == TC_ACT_SHOT;
}

static void read_gact(struct foreign_act *act, struct nlattr *options)
{
	struct nlattr *tb[TCA_GACT_MAX + 1];
	struct tc_gact gact = { 0 };

	if (nla_parse_nested(tb, TCA_GACT_MAX, options, NULL))
		return;
	get_struct(tb[TCA_GACT_PARMS], &gact, sizeof(gact));
	if (gact.action == TC_ACT_SHOT)
		act->kind = FOREIGN_ACT_DROP;
	else if (gact.action == TC_ACT_OK)
		act->kind = FOREIGN_ACT_PASS;
}

static void read_mirred(struct foreign_act *act, struct nlattr *options)
{
	struct nlattr *tb[TCA_MIRRED_MAX + 1];
	struct tc_mirred mirred = { 0 };

	if (nla_parse_nested(tb, TCA_MIRRED_MAX, options, NULL))
		return;
	get_struct(tb[TCA_MIRRED_PARMS], &mirred, sizeof(mirred));
	/* A device that has gone since has no name. */
	if (!if_indextoname(mirred.ifindex, act->device))
		*act->device = '\0';
	if (mirred.eaction == TCA_EGRESS_REDIR)
		act->kind = FOREIGN_ACT_REDIRECT;
}

static void read_skbedit(struct foreign_act *act, struct nlattr *options)
{
	struct nlattr *tb[TCA_SKBEDIT_MAX + 1];

	if (nla_parse_nested(tb, TCA_SKBEDIT_MAX, options, NULL) ||
	    !tb[TCA_SKBEDIT_PRIORITY])
		return;
	act->priority = get_u32(tb[TCA_SKBEDIT_PRIORITY]);
	act->kind = FOREIGN_ACT_PRIORITY;
}

static void read_act(struct foreign_filter *f, struct nlattr *attr)
{
	struct nlattr *tb[TCA_ACT_MAX + 1];
	struct foreign_act *act;
	const char *kind;

	if (nla_parse_nested(tb, TCA_ACT_MAX, attr, NULL) || !tb[TCA_ACT_KIND])
		return;
	kind = nla_get_string(tb[TCA_ACT_KIND]);
	act = foreign_add_act(f, kind);
	if (!strcmp(kind, "connmark"))
		act->kind = FOREIGN_ACT_CONNMARK;
	if (!tb[TCA_ACT_OPTIONS])
		return;
	if (!strcmp(kind, "police"))
		read_police(act, tb[TCA_ACT_OPTIONS]);
	else if (!strcmp(kind, "gact"))
		read_gact(act, tb[TCA_ACT_OPTIONS]);
	else if (!strcmp(kind, "mirred"))
		read_mirred(act, tb[TCA_ACT_OPTIONS]);
	else if (!strcmp(kind, "skbedit"))
		read_skbedit(act, tb[TCA_ACT_OPTIONS]);
}

static void read_acts(struct foreign_filter *f, struct nlattr *acts,
		      struct nlattr *police)
{
	struct nlattr *attr;
	int rest;

	if (police)
		read_police(foreign_add_act(f, "police"), police);
	if (!acts)
		return;
	nla_for_each_nested(attr, acts, rest)
		if (nla_type(attr) && nla_type(attr) <= ACTS_MAX)
			read_act(f, attr);
}

static void read_keys(struct foreign_filter *f, struct nlattr *attr)
{
	size_t len = (size_t)nla_len(attr), i;
	struct tc_u32_sel sel = { 0 };
	struct tc_u32_key key;

	get_struct(attr, &sel, sizeof(sel));
	f->offset = sel.flags & TC_U32_EAT;
	f->hash_mask = ntohl(sel.hmask);
	f->hash_off = sel.hoff;
	for (i = 0; i < sel.nkeys && sizeof(sel) + (i + 1) * sizeof(key) <= len; i++) {
		memcpy(&key, (const char *)nla_data(attr) + sizeof(sel) + i * sizeof(key),
		       sizeof(key));
		foreign_add_key(f, (struct foreign_key){ ntohl(key.val), ntohl(key.mask),
							 key.off, key.offmask });
	}
}

static void read_u32(struct foreign_filter *f, struct nlattr *options)
{
	struct nlattr *tb[TCA_U32_MAX + 1];
	struct tc_u32_mark mark = { 0 };

	if (nla_parse_nested(tb, TCA_U32_MAX, options, NULL))
		return;
	f->classid = get_u32(tb[TCA_U32_CLASSID]);
	f->divisor = get_u32(tb[TCA_U32_DIVISOR]);
	f->link = get_u32(tb[TCA_U32_LINK]);
	if (tb[TCA_U32_SEL])
		read_keys(f, tb[TCA_U32_SEL]);
	if (tb[TCA_U32_MARK]) {
		get_struct(tb[TCA_U32_MARK], &mark, sizeof(mark));
		f->has_mark = true;
		f->mark = mark.val;
		f->mark_mask = mark.mask;
	}
	if (tb[TCA_U32_INDEV])
		foreign_add_term(f, "iif \"%s\"", nla_get_string(tb[TCA_U32_INDEV]));
	read_acts(f, tb[TCA_U32_ACT], tb[TCA_U32_POLICE]);
}

static void read_fw(struct foreign_filter *f, struct nlattr *options)
{
	struct nlattr *tb[TCA_FW_MAX + 1];

	if (nla_parse_nested(tb, TCA_FW_MAX, options, NULL))
		return;
	f->classid = get_u32(tb[TCA_FW_CLASSID]);
	f->has_mark = true;
	f->mark = f->handle;
	f->mark_mask = tb[TCA_FW_MASK] ? get_u32(tb[TCA_FW_MASK]) : UINT32_MAX;
	if (tb[TCA_FW_INDEV])
		foreign_add_term(f, "iif \"%s\"", nla_get_string(tb[TCA_FW_INDEV]));
	read_acts(f, tb[TCA_FW_ACT], tb[TCA_FW_POLICE]);
}

static void read_matchall(struct foreign_filter *f, struct nlattr *options)
{
	struct nlattr *tb[TCA_MATCHALL_MAX + 1];

	if (nla_parse_nested(tb, TCA_MATCHALL_MAX, options, NULL))
		return;
	f->classid = get_u32(tb[TCA_MATCHALL_CLASSID]);
	read_acts(f, tb[TCA_MATCHALL_ACT], NULL);
}

static void read_flower(struct foreign_filter *f, struct nlattr *options)
{
	struct nlattr *tb[TCA_FLOWER_MAX + 1];

	if (nla_parse_nested(tb, TCA_FLOWER_MAX, options, NULL))
		return;
	f->classid = get_u32(tb[TCA_FLOWER_CLASSID]);
	live_flower_options(f, options);
	read_acts(f, tb[TCA_FLOWER_ACT], NULL);
}

static void read_basic(struct foreign_filter *f, struct nlattr *options)
{
	struct nlattr *tb[TCA_BASIC_MAX + 1];

	if (nla_parse_nested(tb, TCA_BASIC_MAX, options, NULL))
		return;
	f->classid = get_u32(tb[TCA_BASIC_CLASSID]);
	live_basic_options(f, tb[TCA_BASIC_EMATCHES]);
	read_acts(f, tb[TCA_BASIC_ACT], tb[TCA_BASIC_POLICE]);
}

void live_filter_options(struct foreign_filter *f, struct nlattr *options)
{
	if (!strcmp(f->name, "u32"))
		read_u32(f, options);
	else if (!strcmp(f->name, "fw"))
		read_fw(f, options);
	else if (!strcmp(f->name, "flower"))
		read_flower(f, options);
	else if (!strcmp(f->name, "basic"))
		read_basic(f, options);
	else if (!strcmp(f->name, "matchall"))
		read_matchall(f, options);
	else
		foreign_lacks(f, "\"%s\" filters", f->name);
}
