// SPDX-License-Identifier: GPL-2.0
/* Changes of attributes that leave what is around them whole, for libFuzzer. */
#include "kernel/kernel.h"

#define PREFIX	4
#define DEPTH	8

size_t LLVMFuzzerMutate(u8 *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(u8 *data, size_t size, size_t max, unsigned int seed);

/* One attribute, and the nests that it is in. */
struct place {
	size_t at;
	size_t nest[DEPTH];
	u32 depth;
};

static u32 state;

static u32 below(u32 n)
{
	state = state * 1664525 + 1013904223;
	return n ? (state >> 8) % n : 0;
}

static struct nlattr *attr_at(u8 *data, size_t at)
{
	return (struct nlattr *)(data + at);
}

/* Where the attributes of one level begin; how many there are, or where the n-th is. */
static u32 walk(u8 *data, size_t from, size_t end, u32 n, size_t *at)
{
	u32 i = 0;

	while (end >= from + NLA_HDRLEN && nla_ok(attr_at(data, from), (int)(end - from))) {
		*at = from;
		if (i++ == n)
			break;
		from += (size_t)NLA_ALIGN(attr_at(data, from)->nla_len);
	}
	return i;
}

static bool choose(u8 *data, size_t size, struct place *p)
{
	size_t from = PREFIX, end = size;

	p->depth = 0;
	for (;;) {
		u32 n = walk(data, from, end, ~0U, &p->at);

		if (!n)
			return false;
		walk(data, from, end, below(n), &p->at);
		if (!(attr_at(data, p->at)->nla_type & NLA_F_NESTED) || !below(4) ||
		    p->depth == DEPTH || attr_at(data, p->at)->nla_len < 2 * NLA_HDRLEN)
			return true;
		p->nest[p->depth++] = p->at;
		from = p->at + NLA_HDRLEN;
		end = p->at + attr_at(data, p->at)->nla_len;
	}
}

static void nests_grow(u8 *data, const struct place *p, int by)
{
	u32 i;

	for (i = 0; i < p->depth; i++) {
		struct nlattr *a = attr_at(data, p->nest[i]);

		a->nla_len = (u16)(a->nla_len + by);
	}
}

static size_t twice(u8 *data, size_t size, size_t max, const struct place *p)
{
	size_t step = (size_t)NLA_ALIGN(attr_at(data, p->at)->nla_len);

	if (p->at + step > size || size + step > max)
		return 0;
	memmove(data + p->at + step, data + p->at, size - p->at);
	nests_grow(data, p, (int)step);
	return size + step;
}

static size_t drop(u8 *data, size_t size, const struct place *p)
{
	size_t step = (size_t)NLA_ALIGN(attr_at(data, p->at)->nla_len);

	if (p->at + step > size)
		return 0;
	memmove(data + p->at, data + p->at + step, size - p->at - step);
	nests_grow(data, p, -(int)step);
	return size - step;
}

static size_t other_number(u8 *data, size_t size, const struct place *p)
{
	static const u64 at[] = {
		0, 1, 2, 8, 255, 256, 65535, 1 << 20, 1U << 31, U32_MAX, 1ULL << 63,
		UINT64_MAX, 1000, 125000000000ULL, 10000000000ULL, 0x7fffffff, 4194304,
	};
	u64 v = at[below(ARRAY_SIZE(at))] + below(3) - 1;
	struct nlattr *a = attr_at(data, p->at);

	memcpy(nla_data(a), &v, (size_t)min(nla_len(a), 8));
	return size;
}

static size_t other_bytes(u8 *data, size_t size, const struct place *p)
{
	struct nlattr *a = attr_at(data, p->at);
	size_t room = (size_t)nla_len(a);

	if (room)
		LLVMFuzzerMutate(nla_data(a), room, room);
	return size;
}

size_t LLVMFuzzerCustomMutator(u8 *data, size_t size, size_t max, unsigned int seed)
{
	struct place p;
	size_t got = 0;

	state = seed;
	if (size >= PREFIX + NLA_HDRLEN && below(4) && choose(data, size, &p)) {
		switch (below(6)) {
		case 0:
			got = twice(data, size, max, &p);
			break;
		case 1:
			got = drop(data, size, &p);
			break;
		case 2:
			attr_at(data, p.at)->nla_type = (u16)((attr_at(data, p.at)->nla_type &
							       NLA_F_NESTED) | below(40));
			got = size;
			break;
		case 3:
			got = other_bytes(data, size, &p);
			break;
		default:
			got = other_number(data, size, &p);
			break;
		}
	}
	return got ? got : LLVMFuzzerMutate(data, size, max);
}
