// SPDX-License-Identifier: GPL-2.0
/* Memory that runs out when it is told to, and numbers that are random to nobody. */
#include "kernel.h"

/* More than a message should need is refused, as by a small machine. */
#define BLOCK_MAX	(8U << 20)

static u32 blocks, until_failure;
static bool failed;
static u64 state;

void memory_begin(u32 fail, u64 seed)
{
	until_failure = fail;
	failed = false;
	state = seed;
}

bool memory_failed(void) { return failed; }

u32 memory_blocks(void) { return blocks; }

static bool may_have(size_t size)
{
	if (size <= BLOCK_MAX && !(until_failure && !--until_failure))
		return true;
	failed = true;
	return false;
}

/* Not cleared: the sanitizers do not see what is read too early, but two runs differ. */
void *kvmalloc(size_t size, gfp_t gfp)
{
	void *p = may_have(size) ? malloc(size) : NULL;

	(void)gfp;
	if (!p)
		return NULL;
	blocks++;
	return memset(p, (int)(state & 0xff), size);
}

void *kvzalloc(size_t size, gfp_t gfp)
{
	void *p = kvmalloc(size, gfp);

	return p ? memset(p, 0, size) : NULL;
}

void *kvmalloc_array(size_t n, size_t size, gfp_t gfp)
{
	size_t bytes;

	return __builtin_mul_overflow(n, size, &bytes) ? NULL : kvmalloc(bytes, gfp);
}

void *kvcalloc(size_t n, size_t size, gfp_t gfp)
{
	size_t bytes;

	return __builtin_mul_overflow(n, size, &bytes) ? NULL : kvzalloc(bytes, gfp);
}

void kvfree(const void *p)
{
	blocks -= !!p;
	free((void *)(unsigned long)p);
}

/* Vigna's splitmix64. */
static u64 mix(u64 v)
{
	v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9ULL;
	v = (v ^ v >> 27) * 0x94d049bb133111ebULL;
	return v ^ v >> 31;
}

u32 get_random_u32(void)
{
	state += 0x9e3779b97f4a7c15ULL;
	return (u32)mix(state);
}

void get_random_bytes(void *to, size_t n)
{
	u8 *at = to;

	while (n--)
		*at++ = (u8)get_random_u32();
}

u64 siphash(const void *data, size_t len, const siphash_key_t *key)
{
	u64 v = mix(key->key[0] ^ len) ^ key->key[1];
	const u8 *at = data;

	while (len--)
		v = mix(v + *at++);
	return v;
}

u32 jhash(const void *data, u32 len, u32 seed)
{
	siphash_key_t key = { { seed, 0 } };

	return (u32)siphash(data, len, &key);
}
