// SPDX-License-Identifier: GPL-2.0
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

#include "request.h"

/* Vigna's splitmix64: any seed will do. */
uint64_t rnd64(struct rnd *r)
{
	uint64_t v = r->state += 0x9e3779b97f4a7c15ULL;

	v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9ULL;
	v = (v ^ v >> 27) * 0x94d049bb133111ebULL;
	return v ^ v >> 31;
}

uint64_t boundary(struct rnd *r)
{
	static const uint64_t at[] = {
		0, 1, 255, 256, 65535, 65536, 1 << 20, 1U << 31, UINT32_MAX,
		1ULL << 63, UINT64_MAX, 63, 1000, 4194304, 10000000000ULL,
		125000000000ULL, 0x7fffffff,
	};

	return at[below(r, sizeof(at) / sizeof(*at))] + below(r, 3) - 1;
}

/* Nothing of the messages before: any part of a sequence can be had alone. */
void request_init(struct request *q, uint64_t seed, uint64_t number)
{
	struct rnd mix = { .state = seed };

	q->r.state = rnd64(&mix) ^ number * 0xd1342543de82ef95ULL;
	q->what = 0;
	q->genl = false;
	q->type = 0;
	q->flags = NLM_F_REQUEST | NLM_F_ACK;
	q->said = -1;
	q->cut = 0;
	q->head_len = 0;
	q->reads = -1;
	q->broken = false;
	q->attrs = NULL;
	q->depth = 0;
	q->tail[0] = &q->attrs;
	q->n_nodes = 0;
	q->n_bytes = 0;
}

struct node *node_new(struct request *q)
{
	struct node *n;

	if (q->n_nodes == NODES)
		return NULL;
	n = &q->node[q->n_nodes++];
	memset(n, 0, sizeof(*n));
	n->said = -1;
	return n;
}

uint8_t *bytes_new(struct request *q, size_t len)
{
	uint8_t *at = q->bytes + q->n_bytes;

	if (len > BYTES - q->n_bytes)
		return NULL;
	q->n_bytes += len;
	return at;
}

static struct node *append(struct request *q, int type, const void *data,
			   size_t len)
{
	struct node *n = node_new(q);
	uint8_t *at = n ? bytes_new(q, len) : NULL;

	/* A grammar that outgrows its room is no matter of chance. */
	if (!at)
		abort();
	if (len)
		memcpy(at, data, len);
	n->type = (uint16_t)type;
	n->data = at;
	n->len = (uint32_t)len;
	*q->tail[q->depth] = n;
	q->tail[q->depth] = &n->next;
	return n;
}

void put(struct request *q, int type, const void *data, size_t len)
{
	append(q, type, data, len);
}

void put_u8(struct request *q, int type, uint8_t v)
{
	put(q, type, &v, sizeof(v));
}

void put_u16(struct request *q, int type, uint16_t v)
{
	put(q, type, &v, sizeof(v));
}

void put_u32(struct request *q, int type, uint32_t v)
{
	put(q, type, &v, sizeof(v));
}

void put_u64(struct request *q, int type, uint64_t v)
{
	put(q, type, &v, sizeof(v));
}

void put_string(struct request *q, int type, const char *s)
{
	put(q, type, s, strlen(s) + 1);
}

void nest_begin(struct request *q, int type, const void *data, size_t len)
{
	struct node *n = append(q, type, data, len);

	n->nest = true;
	if (++q->depth == NEST_MAX)
		abort();
	q->tail[q->depth] = &n->child;
}

void nest_end(struct request *q)
{
	q->depth--;
}

/* ---- bytes ---- */

struct out {
	uint8_t *at;
	size_t len;
};

static void write_bytes(struct out *o, const void *data, size_t len)
{
	if (len > MESSAGE_MAX - o->len)
		len = MESSAGE_MAX - o->len;
	if (len)
		memcpy(o->at + o->len, data, len);
	o->len += len;
}

static void write_pad(struct out *o)
{
	static const uint8_t zero[4];

	write_bytes(o, zero, -o->len & 3);
}

static void write_list(struct out *o, const struct node *n)
{
	for (; n; n = n->next) {
		struct nlattr head = { .nla_type = n->type };
		size_t began = o->len, len;

		if (began + sizeof(head) > MESSAGE_MAX)
			return;
		if (n->nest)
			head.nla_type ^= NLA_F_NESTED;
		write_bytes(o, &head, sizeof(head));
		write_bytes(o, n->data, n->len);
		if (n->child)
			write_pad(o);
		write_list(o, n->child);
		len = n->said < 0 ? o->len - began : (size_t)n->said;
		head.nla_len = (uint16_t)len;
		memcpy(o->at + began, &head, sizeof(head));
		write_pad(o);
	}
}

size_t request_write(const struct request *q, uint16_t family, uint32_t seq,
		     uint8_t *out)
{
	struct nlmsghdr head = {
		.nlmsg_type = q->genl && !q->type ? family : q->type,
		.nlmsg_flags = q->flags,
		.nlmsg_seq = seq,
	};
	struct out o = { .at = out };

	write_bytes(&o, &head, sizeof(head));
	write_bytes(&o, q->head, q->head_len);
	write_pad(&o);
	write_list(&o, q->attrs);
	o.len -= q->cut < o.len - sizeof(head) ? q->cut : 0;
	head.nlmsg_len = q->said < 0 ? (uint32_t)o.len : (uint32_t)q->said;
	memcpy(out, &head, sizeof(head));
	return o.len;
}
