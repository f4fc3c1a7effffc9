/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink attributes to parameters and back; rtnetlink and genetlink alike. */
#ifndef OPTQ_CONF_H
#define OPTQ_CONF_H

#include "qdisc.h"

/* Attributes that stand side by side: a whole message's, or those of one tree in it. */
struct optq_part {
	struct nlattr *head;
	int len;
};

static inline struct optq_part optq_part_whole(const struct nlmsghdr *nlh)
{
	return (struct optq_part) {
		.head = nlmsg_attrdata(nlh, GENL_HDRLEN),
		.len = nlmsg_attrlen(nlh, GENL_HDRLEN),
	};
}

/* Those of one type, by a walk: there may be thousands. */
#define optq_for_each_top(attr, part, rem, what) \
	nla_for_each_attr(attr, (part)->head, (part)->len, rem) \
		if (nla_type(attr) == (what))

extern const struct nla_policy optq_class_policy[OPTQ_CLASS_A_MAX + 1];

/* What stands wrong, in words, for extack. */
const char *optq_fault_text(enum optq_fault fault);

/*
 * Reads a nest of class attributes on top of what *conf holds; attributes that
 * are missing change nothing.  tb, of OPTQ_CLASS_A_MAX + 1, takes the parsed
 * attributes for the caller to read the rest of.  -EINVAL with extack.
 */
int optq_parse_class(struct nlattr *nest, struct optq_class_conf *conf,
		     struct nlattr **tb, struct netlink_ext_ack *extack);

/*
 * Likewise for the link; flows may only be given while create is true.  *police: the
 * policer's nest, if there is one; else it stays.
 */
int optq_parse_link(struct nlattr *nest, struct optq_link_conf *conf,
		    bool create, struct nlattr **police,
		    struct netlink_ext_ack *extack);

/*
 * -EMSGSIZE when the message is full.  with_name: the reader may know it; names
 * tell who the customers are.
 */
int optq_put_class(struct sk_buff *skb, const struct optq_cl *cl,
		   bool with_name);
int optq_put_link(struct sk_buff *skb, const struct optq_link_conf *conf);

/* Bytes of a name that is one component of a path; 0 when it may not be one. */
size_t optq_name_len(const struct nlattr *attr);

/* Refuses with err, about attr, NULL: the message as a whole; text must stay. */
static inline int optq_refuse(struct netlink_ext_ack *extack,
			      const struct nlattr *attr, const char *text,
			      int err)
{
	NL_SET_BAD_ATTR(extack, attr);
	if (extack)
		extack->_msg = text;
	return err;
}

#endif /* OPTQ_CONF_H */
