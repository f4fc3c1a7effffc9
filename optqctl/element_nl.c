// SPDX-License-Identifier: GPL-2.0
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <string.h>

#include "element_nl.h"

/* Upper bounds of what stands before the elements, and of one of them. */
#define HEAD_BYTES	64
#define ELEMENT_BYTES	96

static int put_address(struct nl_msg *msg, int type, struct value v)
{
	uint8_t b[16];
	int i;

	for (i = 0; i < 8; i++) {
		b[i] = (uint8_t)(v.hi >> (56 - 8 * i));
		b[8 + i] = (uint8_t)(v.lo >> (56 - 8 * i));
	}
	return nla_put(msg, type, sizeof(b), b);
}

static int put_flow(struct nl_msg *msg, const struct element *el)
{
	int err = put_address(msg, OPTQ_ELEM_A_DST, el->dst);

	err |= nla_put_u8(msg, OPTQ_ELEM_A_PROTO, el->proto);
	if (el->ports) {
		err |= nla_put_u16(msg, OPTQ_ELEM_A_SPORT, el->sport);
		err |= nla_put_u16(msg, OPTQ_ELEM_A_DPORT, el->dport);
	}
	return err;
}

static int put_element(struct nl_msg *msg, const struct element *el)
{
	struct nlattr *nest = nla_nest_start(msg, OPTQ_A_ELEM);
	int err;

	if (!nest)
		return -NLE_MSGSIZE;
	err = nla_put_u8(msg, OPTQ_ELEM_A_FIELD, (uint8_t)el->field);
	err |= nla_put_u32(msg, OPTQ_ELEM_A_ID, el->id);
	err |= put_address(msg, OPTQ_ELEM_A_SRC, el->src);
	if (el->field == OPTQ_FIELD_APP)
		err |= put_flow(msg, el);
	if (el->timeout_ms)
		err |= nla_put_u32(msg, OPTQ_ELEM_A_TIMEOUT, el->timeout_ms);
	nla_nest_end(msg, nest);
	return err;
}

struct nl_msg *element_message(const struct element_request *req,
			       const struct element *list, size_t n,
			       uint32_t *at)
{
	struct nl_msg *msg = nlmsg_alloc_size(HEAD_BYTES + n * ELEMENT_BYTES);
	int err = -NLE_NOMEM;
	size_t i;

	if (msg && genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, req->family, 0, 0,
			       req->add ? OPTQ_CMD_ELEM_SET : OPTQ_CMD_ELEM_DEL,
			       OPTQ_GENL_VERSION))
		err = nla_put_u32(msg, OPTQ_A_IFINDEX, (uint32_t)req->ifindex);
	for (i = 0; !err && i < n; i++) {
		if (at)
			at[i] = nlmsg_hdr(msg)->nlmsg_len;
		err = put_element(msg, &list[i]);
	}
	if (!err)
		return msg;
	nlmsg_free(msg);
	return NULL;
}

size_t element_at(const uint32_t *at, size_t n, uint32_t offset)
{
	size_t i = 0;

	while (i + 1 < n && at[i + 1] <= offset)
		i++;
	return i;
}

size_t elements_send(const struct element_request *req,
		     const struct element *list, size_t n,
		     struct nl_answer *answer)
{
	uint32_t at[ELEMENTS_PER_MESSAGE];
	size_t done, part;

	for (done = 0; done < n; done += part) {
		part = n - done < ELEMENTS_PER_MESSAGE ? n - done :
							 ELEMENTS_PER_MESSAGE;
		nl_answer_free(answer);
		nl_talk(req->genl, element_message(req, list + done, part, at),
			answer);
		if (answer->error)
			return done + (answer->has_offset ?
				       element_at(at, part, answer->offset) : 0);
	}
	return n;
}
