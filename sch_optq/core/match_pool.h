/* SPDX-License-Identifier: GPL-2.0 */
/* The memory that rules are compiled in: what the caller gives, counted. */
#ifndef OPTQ_MATCH_POOL_H
#define OPTQ_MATCH_POOL_H

#include "match.h"

struct optq_pool {
	struct optq_match_mem mem;
	u64 used;			/* bytes */
	enum optq_match_fault fault;	/* why there was none */
};

/* size bytes an entry; grows by doubling. */
struct optq_array {
	void *at;
	u32 n, room;
	u32 size;
};

/* NULL with p->fault. */
static inline void *optq_pool_alloc(struct optq_pool *p, u64 bytes)
{
	void *mem;

	/* No allocator need know what none of 0 bytes is. */
	bytes = bytes ? bytes : 1;
	if (bytes > p->mem.limit || p->used > p->mem.limit - bytes ||
	    bytes > (size_t)-1) {
		p->fault = OPTQ_MATCH_TOO_BIG;
		return NULL;
	}
	mem = p->mem.alloc(p->mem.arg, (size_t)bytes);
	if (!mem)
		p->fault = OPTQ_MATCH_NO_MEMORY;
	else
		p->used += bytes;
	return mem;
}

static inline void *optq_pool_zalloc(struct optq_pool *p, u64 bytes)
{
	void *mem = optq_pool_alloc(p, bytes);

	if (mem)
		memset(mem, 0, (size_t)bytes);
	return mem;
}

/* bytes as they were asked for; mem may be NULL. */
static inline void optq_pool_free(struct optq_pool *p, void *mem, u64 bytes)
{
	if (!mem)
		return;
	p->mem.free(p->mem.arg, mem);
	p->used -= bytes ? bytes : 1;
}

static inline void optq_pool_pause(struct optq_pool *p)
{
	if (p->mem.pause)
		p->mem.pause(p->mem.arg);
}

static inline bool optq_array_resize(struct optq_pool *p, struct optq_array *a,
				     u32 room)
{
	void *at = optq_pool_alloc(p, (u64)room * a->size);

	if (!at)
		return false;
	if (a->n)
		memcpy(at, a->at, (size_t)a->n * a->size);
	optq_pool_free(p, a->at, (u64)a->room * a->size);
	a->at = at;
	a->room = room;
	return true;
}

/* Room for more entries after the last; they are not cleared. */
static inline bool optq_array_reserve(struct optq_pool *p, struct optq_array *a,
				      u32 more)
{
	u64 room = a->room ? a->room : 16;

	if (a->at && more <= a->room - a->n)
		return true;
	while (room < (u64)a->n + more)
		room *= 2;
	if (room > ~0U) {
		p->fault = OPTQ_MATCH_TOO_BIG;
		return false;
	}
	return optq_array_resize(p, a, (u32)room);
}

/* Gives back what was not needed, if there is room to move. */
static inline void optq_array_trim(struct optq_pool *p, struct optq_array *a)
{
	enum optq_match_fault fault = p->fault;

	if (a->n < a->room && !optq_array_resize(p, a, a->n))
		p->fault = fault;
}

static inline void optq_array_free(struct optq_pool *p, struct optq_array *a)
{
	optq_pool_free(p, a->at, (u64)a->room * a->size);
	a->at = NULL;
	a->n = 0;
	a->room = 0;
}

#endif /* OPTQ_MATCH_POOL_H */
