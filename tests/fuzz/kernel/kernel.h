/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the module's attribute parser needs of the kernel, for user space: the Makefile
 * makes every header of the kernel that it names this one.  Attributes, and how
 * they are held against a policy, are in nla.c; memory, which can run out, in memory.c.
 * What only packets need is declared, so that it compiles, and stops the program.
 */
#ifndef FUZZ_KERNEL_H
#define FUZZ_KERNEL_H

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../../sch_optq/core/env.h"

/* ---- words ---- */

typedef unsigned int gfp_t;

#define GFP_KERNEL		0U
#define GFP_KERNEL_ACCOUNT	0U
#define __GFP_NOWARN		0U
#define __init
#define __rcu
#define __read_mostly
#define U32_MAX			UINT32_MAX
#define U16_MAX			UINT16_MAX
#define S16_MIN			INT16_MIN
#define S16_MAX			INT16_MAX
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof(*(a)))
#define container_of(p, type, member)	optq_container_of(p, type, member)
#define min(a, b)		((a) < (b) ? (a) : (b))
#define min_t(type, a, b)	min((type)(a), (type)(b))
#define max_t(type, a, b)	((type)(a) > (type)(b) ? (type)(a) : (type)(b))
#define max(a, b)		((a) > (b) ? (a) : (b))
#define clamp_t(type, v, a, b)	min_t(type, max_t(type, v, a), b)
#define swap(a, b)		do { __typeof__(a) keep = (a); (a) = (b); (b) = keep; } while (0)
#define struct_size(p, member, n) \
	(sizeof(*(p)) + sizeof((p)->member[0]) * (size_t)(n))
#define WRITE_ONCE(to, v)	((to) = (v))
#define READ_ONCE(v)		(v)

static inline void *ERR_PTR(long err) { return (void *)err; }
static inline long PTR_ERR(const void *p) { return (long)p; }
static inline bool IS_ERR(const void *p) { return (unsigned long)p >= -4095UL; }
static inline void *ERR_CAST(const void *p) { return (void *)(unsigned long)p; }

static inline unsigned long roundup_pow_of_two(unsigned long n)
{
	return n < 2 ? 1 : 1UL << (64 - __builtin_clzl(n - 1));
}

static inline void cond_resched(void) { }
static inline u64 ktime_get_ns(void) { return OPTQ_NSEC_PER_SEC; }

/* What nobody comes to without packets. */
#define NOT_HERE()		abort()

/* ---- memory.c ---- */

void *kvmalloc(size_t size, gfp_t gfp);
void *kvzalloc(size_t size, gfp_t gfp);
void *kvcalloc(size_t n, size_t size, gfp_t gfp);
void *kvmalloc_array(size_t n, size_t size, gfp_t gfp);
void kvfree(const void *p);

#define kzalloc(size, gfp)	kvzalloc(size, gfp)
#define kmalloc(size, gfp)	kvmalloc(size, gfp)
#define kfree(p)		kvfree(p)

/* The n-th allocation from now on fails, 0: none; and numbers are others. */
void memory_begin(u32 fail, u64 seed);
/* Whether one has failed. */
bool memory_failed(void);
/* Blocks that are held. */
u32 memory_blocks(void);

u32 get_random_u32(void);
void get_random_bytes(void *to, size_t n);

typedef struct { u64 key[2]; } siphash_key_t;
u64 siphash(const void *data, size_t len, const siphash_key_t *key);
u32 jhash(const void *data, u32 len, u32 seed);
static inline u32 jhash_1word(u32 v, u32 seed) { return jhash(&v, sizeof(v), seed); }

/* ---- nla.c ---- */

struct nlmsghdr {
	u32 nlmsg_len;
	u16 nlmsg_type, nlmsg_flags;
	u32 nlmsg_seq, nlmsg_pid;
};

struct nlattr {
	u16 nla_len, nla_type;
};

#define NLA_F_NESTED		0x8000
#define NLA_F_NET_BYTEORDER	0x4000
#define NLA_TYPE_MASK		0x3fff
#define NLA_HDRLEN		((int)sizeof(struct nlattr))
#define NLA_ALIGN(len)		(((len) + 3) & ~3)
#define NLMSG_HDRLEN		((int)sizeof(struct nlmsghdr))
#define GENL_HDRLEN		4

struct netlink_ext_ack {
	const char *_msg;
	const struct nlattr *bad_attr;
};

#define NL_SET_BAD_ATTR(extack, attr) \
	do { if (extack) (extack)->bad_attr = (attr); } while (0)
#define NL_SET_ERR_MSG(extack, msg) \
	do { if (extack) (extack)->_msg = (msg); } while (0)
#define NL_SET_ERR_MSG_ATTR(extack, attr, msg) \
	do { NL_SET_ERR_MSG(extack, msg); NL_SET_BAD_ATTR(extack, attr); } while (0)

enum {
	NLA_UNSPEC, NLA_U8, NLA_U16, NLA_U32, NLA_U64, NLA_FLAG, NLA_NESTED,
	NLA_NUL_STRING, NLA_BINARY, NLA_S32,
};

enum nla_check { CHECK_NONE, CHECK_MIN, CHECK_MAX, CHECK_MASK };

struct nla_policy {
	u8 type;
	u8 check;
	u16 len;
	u64 bound;
};

#define NLA_POLICY_MIN(t, v)	{ .type = (t), .check = CHECK_MIN, .bound = (v) }
#define NLA_POLICY_MAX(t, v)	{ .type = (t), .check = CHECK_MAX, .bound = (v) }
#define NLA_POLICY_MASK(t, v)	{ .type = (t), .check = CHECK_MASK, .bound = (v) }

static inline int nla_type(const struct nlattr *a) { return a->nla_type & NLA_TYPE_MASK; }
static inline int nla_len(const struct nlattr *a) { return a->nla_len - NLA_HDRLEN; }
static inline void *nla_data(const struct nlattr *a) { return (char *)a + NLA_HDRLEN; }

static inline bool nla_ok(const struct nlattr *a, int rem)
{
	return rem >= NLA_HDRLEN && a->nla_len >= NLA_HDRLEN && a->nla_len <= rem;
}

static inline struct nlattr *nla_next(const struct nlattr *a, int *rem)
{
	int step = NLA_ALIGN(a->nla_len);

	*rem -= step;
	return (struct nlattr *)((char *)a + step);
}

#define nla_for_each_attr(a, head, len, rem) \
	for (a = head, rem = len; nla_ok(a, rem); a = nla_next(a, &(rem)))
#define nla_for_each_nested(a, nest, rem) \
	nla_for_each_attr(a, nla_data(nest), nla_len(nest), rem)

#define nla_get(attr, type) \
	({ type v; memcpy(&v, nla_data(attr), sizeof(v)); v; })
static inline u8 nla_get_u8(const struct nlattr *a) { return nla_get(a, u8); }
static inline u32 nla_get_u32(const struct nlattr *a) { return nla_get(a, u32); }
static inline u64 nla_get_u64(const struct nlattr *a) { return nla_get(a, u64); }
static inline s32 nla_get_s32(const struct nlattr *a) { return nla_get(a, s32); }
static inline bool nla_get_flag(const struct nlattr *a) { return a; }

struct nlattr *nla_find(const struct nlattr *head, int len, int type);
struct nlattr *nla_find_nested(const struct nlattr *nest, int type);
/* As a family is parsed that never was lax. */
int nla_parse_nested(struct nlattr **tb, int max, const struct nlattr *nest,
		     const struct nla_policy *policy, struct netlink_ext_ack *extack);

struct sk_buff;
int nla_put(struct sk_buff *skb, int type, int len, const void *data);
int nla_put_u8(struct sk_buff *skb, int type, u8 v);
int nla_put_u32(struct sk_buff *skb, int type, u32 v);
int nla_put_s32(struct sk_buff *skb, int type, s32 v);
int nla_put_u64_64bit(struct sk_buff *skb, int type, u64 v, int pad);
int nla_put_flag(struct sk_buff *skb, int type);
int nla_put_string(struct sk_buff *skb, int type, const char *s);
struct nlattr *nla_nest_start(struct sk_buff *skb, int type);
void nla_nest_end(struct sk_buff *skb, struct nlattr *nest);

static inline struct nlattr *nlmsg_attrdata(const struct nlmsghdr *h, int head)
{
	return (struct nlattr *)((char *)h + NLMSG_HDRLEN + NLA_ALIGN(head));
}

static inline int nlmsg_attrlen(const struct nlmsghdr *h, int head)
{
	return (int)h->nlmsg_len - NLMSG_HDRLEN - NLA_ALIGN(head);
}

/* ---- what instances and packets are made of ---- */

struct list_head { struct list_head *next, *prev; };
struct hlist_node { struct hlist_node *next, **pprev; };
struct hlist_head { struct hlist_node *first; };
struct rcu_head { void *next; };
struct rhash_head { void *next; };
struct rhashtable { void *tbl; };
struct delayed_work { void *work; };
struct xarray { void *head; };
struct kobject { void *parent; };
struct tcf_proto;
struct tcf_block;
struct tcf_result { u32 classid; };
struct net;

#define list_for_each_entry(p, head, member) \
	for (p = container_of((head)->next, __typeof__(*p), member); &p->member != (head); \
	     p = container_of(p->member.next, __typeof__(*p), member))

#define hlist_for_each_entry(p, head, member) \
	for (struct hlist_node *at = (head)->first; \
	     at && ((p) = container_of(at, __typeof__(*p), member), 1); at = at->next)

static inline void hlist_add_head(struct hlist_node *n, struct hlist_head *h)
{
	n->next = h->first;
	n->pprev = &h->first;
	if (h->first)
		h->first->pprev = &n->next;
	h->first = n;
}

static inline void hlist_del(struct hlist_node *n)
{
	*n->pprev = n->next;
	if (n->next)
		n->next->pprev = n->pprev;
}

struct sk_buff {
	char cb[48];
	u8 *data;
	u32 len, room, truesize;
	u16 protocol, vlan_tci;
	u8 ip_summed;
};

struct qdisc_skb_cb { u32 pkt_len; u16 pkt_segs; unsigned char data[20]; };
struct qdisc_skb_head { u32 qlen; };
struct qdisc_watchdog { u64 at; };

struct Qdisc_ops { char id[16]; };
struct Qdisc_class_ops { int unused; };
struct Qdisc_class_common { u32 classid; struct hlist_node hnode; };

struct Qdisc {
	struct qdisc_skb_head q, gso_skb, skb_bad_txq;
	struct { u32 backlog; } qstats;
	const struct Qdisc_ops *ops;
	u32 handle;
	unsigned long state;
};

enum { __QDISC_STATE_SCHED };
#define test_bit(bit, word)	(!!(*(word) & 1UL << (bit)))

struct net_device { struct Qdisc *qdisc; };

#define rtnl_dereference(p)	(p)
static inline void *qdisc_priv(struct Qdisc *sch) { return sch + 1; }
static inline struct qdisc_skb_cb *qdisc_skb_cb(const struct sk_buff *skb)
{
	return (struct qdisc_skb_cb *)skb->cb;
}
static inline u32 qdisc_pkt_len(const struct sk_buff *skb) { return qdisc_skb_cb(skb)->pkt_len; }
static inline void sch_tree_lock(struct Qdisc *sch) { (void)sch; }
static inline void sch_tree_unlock(struct Qdisc *sch) { (void)sch; }

#define TC_ACT_SHOT		2
#define TC_ACT_REDIRECT		7
static inline int tcf_classify(struct sk_buff *skb, void *block, const struct tcf_proto *tp,
			       struct tcf_result *res, bool compat)
{
	(void)skb, (void)block, (void)tp, (void)res, (void)compat;
	NOT_HERE();
}

static inline void kfree_skb(struct sk_buff *skb)
{
	(void)skb;
	NOT_HERE();
}

struct genl_dumpit_info { struct nlattr **attrs; };
struct netlink_callback { struct genl_dumpit_info *data; };
#define genl_dumpit_info(cb)	((cb)->data)

/* ---- Ethernet ---- */

#define VLAN_ETH_HLEN		18
#define VLAN_PRIO_MASK		0xe000
#define VLAN_PRIO_SHIFT		13
#define CHECKSUM_NONE		0
#define CHECKSUM_COMPLETE	2

struct vlan_ethhdr {
	u8 addr[12];
	__be16 h_vlan_proto, h_vlan_TCI, h_vlan_encapsulated_proto;
};

static inline bool eth_type_vlan(__be16 type) { return type == htons(0x8100); }
static inline bool skb_vlan_tag_present(const struct sk_buff *skb) { return skb->vlan_tci; }
static inline bool skb_is_gso(const struct sk_buff *skb) { (void)skb; return false; }
static inline int skb_network_offset(const struct sk_buff *skb) { (void)skb; return 14; }
static inline int skb_ensure_writable(struct sk_buff *skb, u32 len)
{
	(void)skb, (void)len;
	NOT_HERE();
}
static inline __be16 __vlan_get_protocol(const struct sk_buff *skb, __be16 type, int *depth)
{
	(void)skb, (void)type, (void)depth;
	NOT_HERE();
}

#endif /* FUZZ_KERNEL_H */
