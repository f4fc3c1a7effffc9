// SPDX-License-Identifier: GPL-2.0
/* Requests of rtnetlink: filters of optq and of its classes. */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/rtnetlink.h>
#include <linux/tc_act/tc_gact.h>

#include "devices.h"
#include "grammar.h"

/* Filters of one priority are of one kind. */
enum { MATCHALL = 1, U32, FW, BASIC, KINDS };

static const char *const kinds[KINDS] = { "", "matchall", "u32", "fw", "basic" };

void put_matchall(struct request *q, uint32_t classid)
{
	struct tcmsg *tcm = (struct tcmsg *)q->head;

	tcm->tcm_info = TC_H_MAKE((uint32_t)MATCHALL << 16, htons(ETH_P_ALL));
	put_string(q, TCA_KIND, "matchall");
	nest_begin(q, TCA_OPTIONS, NULL, 0);
	put_u32(q, TCA_MATCHALL_CLASSID, classid);
	nest_end(q);
}

static void put_verdict(struct request *q, int type)
{
	static const int verdicts[] = {
		TC_ACT_OK, TC_ACT_RECLASSIFY, TC_ACT_SHOT, TC_ACT_PIPE, TC_ACT_STOLEN,
		TC_ACT_QUEUED, TC_ACT_TRAP, TC_ACT_UNSPEC, TC_ACT_REPEAT, TC_ACT_REDIRECT,
		TC_ACT_GOTO_CHAIN | 1, TC_ACT_GOTO_CHAIN | 7,
	};
	struct tc_gact parms = {
		.action = verdicts[below(&q->r, sizeof(verdicts) / sizeof(*verdicts))],
	};

	nest_begin(q, type, NULL, 0);
	nest_begin(q, 1, NULL, 0);
	put_string(q, TCA_ACT_KIND, "gact");
	nest_begin(q, TCA_ACT_OPTIONS, NULL, 0);
	put(q, TCA_GACT_PARMS, &parms, sizeof(parms));
	nest_end(q);
	nest_end(q);
	nest_end(q);
}

/* One key, of the low bits of the source port. */
static void put_u32_sel(struct request *q)
{
	struct {
		struct tc_u32_sel sel;
		struct tc_u32_key key;
	} sel = {
		.sel = { .nkeys = 1, .flags = TC_U32_TERMINAL },
		.key = { .mask = htonl(0x70000), .val = htonl(below(&q->r, 8) << 16), .off = 20 },
	};

	put(q, TCA_U32_SEL, &sel, sizeof(sel));
}

static void put_filter(struct request *q, int kind, uint32_t classid)
{
	static const int class_attrs[KINDS] = {
		0, TCA_MATCHALL_CLASSID, TCA_U32_CLASSID, TCA_FW_CLASSID, TCA_BASIC_CLASSID,
	}, act_attrs[KINDS] = {
		0, TCA_MATCHALL_ACT, TCA_U32_ACT, TCA_FW_ACT, TCA_BASIC_ACT,
	};

	put_string(q, TCA_KIND, kinds[kind]);
	if (one_in(&q->r, 10))
		put_u32(q, TCA_CHAIN, 1);
	nest_begin(q, TCA_OPTIONS, NULL, 0);
	put_u32(q, class_attrs[kind], classid);
	if (kind == U32)
		put_u32_sel(q);
	if (one_in(&q->r, 4))
		put_verdict(q, act_attrs[kind]);
	nest_end(q);
}

void tc_filter(struct request *q)
{
	uint32_t parent = HANDLE_OPTQ | (one_in(&q->r, 2) ? 0 : 1 + below(&q->r, IDS));
	int kind = 1 + (int)below(&q->r, KINDS - 1);
	struct tcmsg *tcm = (struct tcmsg *)q->head;
	uint32_t k = below(&q->r, 8);

	tc_head(q, RTM_NEWTFILTER, 0, own_ifindex(&q->r), 0, parent);
	tcm->tcm_info = TC_H_MAKE((uint32_t)kind << 16, htons(ETH_P_ALL));
	if (k < 4) {
		q->what = FILTER_NEW;
		q->flags |= NLM_F_CREATE | (one_in(&q->r, 3) ? NLM_F_EXCL : 0);
		if (kind == FW)
			tcm->tcm_handle = 1 + below(&q->r, 8);
		put_filter(q, kind, HANDLE_OPTQ | (1 + below(&q->r, IDS)));
	} else if (k < 7) {
		q->what = FILTER_DEL;
		q->type = RTM_DELTFILTER;
		/* Of one priority, or all of them. */
		if (one_in(&q->r, 2))
			tcm->tcm_info = 0;
		else
			put_string(q, TCA_KIND, kinds[kind]);
	} else {
		q->what = FILTER_GET;
		q->type = RTM_GETTFILTER;
		q->flags |= NLM_F_DUMP;
		tcm->tcm_info = 0;
	}
}
