// SPDX-License-Identifier: GPL-2.0
/* Attributes, and how strictly a message is held against a policy. */
#include "kernel.h"

struct nlattr *nla_find(const struct nlattr *head, int len, int type)
{
	const struct nlattr *a;
	int rem;

	nla_for_each_attr(a, head, len, rem) {
		if (nla_type(a) == type)
			return (struct nlattr *)(unsigned long)a;
	}
	return NULL;
}

struct nlattr *nla_find_nested(const struct nlattr *nest, int type)
{
	return nla_find(nla_data(nest), nla_len(nest), type);
}

/* Bytes of a number; 0: it is none. */
static int number_bytes(u8 type)
{
	switch (type) {
	case NLA_U8:
		return 1;
	case NLA_U16:
		return 2;
	case NLA_U32:
	case NLA_S32:
		return 4;
	case NLA_U64:
		return 8;
	default:
		return 0;
	}
}

static u64 number_of(const struct nlattr *a, int bytes)
{
	u64 v = 0;

	memcpy(&v, nla_data(a), (size_t)bytes);
	return v;
}

static int check_number(const struct nlattr *a, const struct nla_policy *p, int bytes)
{
	u64 v;

	if (nla_len(a) != bytes)
		return -EINVAL;
	v = number_of(a, bytes);
	switch (p->check) {
	case CHECK_MIN:
		return v < p->bound ? -ERANGE : 0;
	case CHECK_MAX:
		return v > p->bound ? -ERANGE : 0;
	case CHECK_MASK:
		return v & ~p->bound ? -EINVAL : 0;
	default:
		return 0;
	}
}

static int check_string(const struct nlattr *a, const struct nla_policy *p)
{
	int most = nla_len(a);

	if (p->len && most > p->len + 1)
		most = p->len + 1;
	if (most <= 0 || !memchr(nla_data(a), '\0', (size_t)most))
		return -EINVAL;
	/* One zero at its end is not of its length. */
	most = nla_len(a) - !((const char *)nla_data(a))[nla_len(a) - 1];
	return p->len && most > p->len ? -ERANGE : 0;
}

static int check_attr(const struct nlattr *a, const struct nla_policy *p)
{
	bool nested = a->nla_type & NLA_F_NESTED;
	int bytes = number_bytes(p->type);

	/* One that the policy does not know is a reply's. */
	if (p->type == NLA_UNSPEC || nested != (p->type == NLA_NESTED))
		return -EINVAL;
	if (bytes)
		return check_number(a, p, bytes);
	switch (p->type) {
	case NLA_FLAG:
		return nla_len(a) ? -ERANGE : 0;
	case NLA_NUL_STRING:
		return check_string(a, p);
	case NLA_NESTED:
		return nla_len(a) && nla_len(a) < NLA_HDRLEN ? -ERANGE : 0;
	default:
		return p->len && nla_len(a) > p->len ? -ERANGE : 0;
	}
}

static int refuse(struct netlink_ext_ack *extack, const struct nlattr *a,
		  const char *why, int err)
{
	NL_SET_ERR_MSG_ATTR(extack, a, why);
	return err;
}

int nla_parse_nested(struct nlattr **tb, int max, const struct nlattr *nest,
		     const struct nla_policy *policy, struct netlink_ext_ack *extack)
{
	const struct nlattr *a;
	int rem, err;

	if (!(nest->nla_type & NLA_F_NESTED))
		return refuse(extack, nest, "not a nest", -EINVAL);
	memset(tb, 0, sizeof(*tb) * (size_t)(max + 1));
	nla_for_each_nested(a, nest, rem) {
		int type = nla_type(a);

		if (!type || type > max)
			return refuse(extack, a, "unknown attribute", -EINVAL);
		err = check_attr(a, &policy[type]);
		if (err)
			return refuse(extack, a, "not as the policy says", err);
		tb[type] = (struct nlattr *)(unsigned long)a;
	}
	return rem > 0 ? refuse(extack, nest, "bytes are left over", -EINVAL) : 0;
}

/* ---- what is told ---- */

static struct nlattr *reserve(struct sk_buff *skb, int type, int len)
{
	u32 need = (u32)NLA_ALIGN(NLA_HDRLEN + len);
	struct nlattr *a = (struct nlattr *)(skb->data + skb->len);

	if (need > skb->room - skb->len)
		return NULL;
	memset(a, 0, need);
	a->nla_type = (u16)type;
	a->nla_len = (u16)(NLA_HDRLEN + len);
	skb->len += need;
	return a;
}

int nla_put(struct sk_buff *skb, int type, int len, const void *data)
{
	struct nlattr *a = reserve(skb, type, len);

	if (!a)
		return -EMSGSIZE;
	if (len)
		memcpy(nla_data(a), data, (size_t)len);
	return 0;
}

int nla_put_u8(struct sk_buff *skb, int type, u8 v) { return nla_put(skb, type, 1, &v); }
int nla_put_u32(struct sk_buff *skb, int type, u32 v) { return nla_put(skb, type, 4, &v); }
int nla_put_s32(struct sk_buff *skb, int type, s32 v) { return nla_put(skb, type, 4, &v); }
int nla_put_flag(struct sk_buff *skb, int type) { return nla_put(skb, type, 0, NULL); }

int nla_put_u64_64bit(struct sk_buff *skb, int type, u64 v, int pad)
{
	(void)pad;
	return nla_put(skb, type, 8, &v);
}

int nla_put_string(struct sk_buff *skb, int type, const char *s)
{
	return nla_put(skb, type, (int)strlen(s) + 1, s);
}

struct nlattr *nla_nest_start(struct sk_buff *skb, int type)
{
	return reserve(skb, type | NLA_F_NESTED, 0);
}

void nla_nest_end(struct sk_buff *skb, struct nlattr *nest)
{
	nest->nla_len = (u16)(skb->data + skb->len - (u8 *)nest);
}
