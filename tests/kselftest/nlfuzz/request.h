/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A netlink request that is being made up: its header and a tree of attributes, so that
 * it can be changed before it is put into bytes.
 */
#ifndef NLFUZZ_REQUEST_H
#define NLFUZZ_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- choices, the same for the same seed ---- */

struct rnd {
	uint64_t state;
};

uint64_t rnd64(struct rnd *r);

static inline uint32_t below(struct rnd *r, uint32_t n)
{
	return n ? (uint32_t)(rnd64(r) % n) : 0;
}

static inline bool one_in(struct rnd *r, uint32_t n)
{
	return !below(r, n);
}

/* At, below and above what numbers are checked against. */
uint64_t boundary(struct rnd *r);

/* ---- requests ---- */

#define NODES		8192
#define BYTES		(1 << 17)
#define MESSAGE_MAX	(1 << 18)
#define NEST_MAX	16

struct node {
	struct node *next, *child;
	const uint8_t *data;
	uint32_t len;
	int said;		/* length in the header; -1: as it is */
	uint16_t type;
	bool nest;
};

struct request {
	struct rnd r;
	int what;		/* enum what, for the counts */
	bool genl;
	uint16_t type, flags;
	int said;		/* as of a node */
	uint32_t cut;		/* bytes that the end lacks */
	uint8_t head[32];	/* tcmsg, or genlmsghdr */
	uint32_t head_len;
	int reads;		/* of what a dump tells, -1: all */
	bool broken;		/* was changed on purpose */

	struct node *attrs;
	struct node **tail[NEST_MAX];
	uint32_t depth;
	struct node node[NODES];
	uint32_t n_nodes;
	uint8_t bytes[BYTES];
	uint32_t n_bytes;
};

void request_init(struct request *q, uint64_t seed, uint64_t number);

void put(struct request *q, int type, const void *data, size_t len);
void put_u8(struct request *q, int type, uint8_t v);
void put_u16(struct request *q, int type, uint16_t v);
void put_u32(struct request *q, int type, uint32_t v);
void put_u64(struct request *q, int type, uint64_t v);
void put_string(struct request *q, int type, const char *s);
/* data stands before what is put until nest_end(). */
void nest_begin(struct request *q, int type, const void *data, size_t len);
void nest_end(struct request *q);

struct node *node_new(struct request *q);
/* NULL: there is no room. */
uint8_t *bytes_new(struct request *q, size_t len);

/* Changes something, one to three times. */
void mutate(struct request *q);

/* The whole message for the kernel; its length. */
size_t request_write(const struct request *q, uint16_t family, uint32_t seq,
		     uint8_t *out);

#endif /* NLFUZZ_REQUEST_H */
