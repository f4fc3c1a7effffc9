// SPDX-License-Identifier: GPL-2.0
#include "each.h"
#include "words.h"

/* Addresses are compared as they stand in packets, so masks are made of bytes. */
static void prefix_mask(u32 *word, u32 words, u32 bits)
{
	u8 byte[OPTQ_EACH_WORDS * 4] = { 0 };
	u32 i;

	for (i = 0; i < bits; i++)
		byte[i / 8] |= 0x80 >> (i % 8);
	memcpy(word, byte, words * 4);
}

void optq_each_set_prefix(struct optq_each *e, u32 bits4, u32 bits6)
{
	prefix_mask(&e->keep4, 1, bits4);
	prefix_mask(e->keep6, OPTQ_EACH_WORDS, bits6);
}

void optq_each_init(struct optq_each *e, struct optq_each_entry *entry, u32 size,
		    u32 *bucket, u32 n_buckets,
		    const struct optq_meter_rates *r, u64 now)
{
	memset(bucket, 0, n_buckets * sizeof(*bucket));
	e->entry = entry;
	e->size = size;
	e->bucket = bucket;
	e->mask = n_buckets - 1;
	e->used = 0;
	e->hand = 0;
	e->shared = 0;
	optq_meter_init(&e->rest, r, now);
}

static void keep_prefix(const struct optq_each *e, const struct optq_addr *addr,
			struct optq_addr *kept)
{
	u32 i;

	memset(kept, 0, sizeof(*kept));
	kept->family = addr->family;
	if (addr->family == 4)
		kept->word[0] = addr->word[0] & e->keep4;
	for (i = 0; addr->family == 6 && i < OPTQ_EACH_WORDS; i++)
		kept->word[i] = addr->word[i] & e->keep6[i];
}

static bool same_addr(const struct optq_addr *a, const struct optq_addr *b)
{
	return a->family == b->family &&
	       !memcmp(a->word, b->word, sizeof(a->word));
}

static u32 *bucket_of(const struct optq_each *e, const struct optq_addr *addr)
{
	return &e->bucket[optq_hash_words(e->key, addr->word, OPTQ_EACH_WORDS,
					  addr->family) & e->mask];
}

static void unlink_entry(struct optq_each *e, u32 at)
{
	u32 *p = bucket_of(e, &e->entry[at].addr);

	while (*p != at + 1)
		p = &e->entry[*p - 1].next;
	*p = e->entry[at].next;
}

/* An entry that holds nothing, off its bucket; NULL: none was found. */
static struct optq_each_entry *spare_entry(struct optq_each *e,
					   const struct optq_meter_rates *r,
					   u64 now)
{
	u32 i;

	if (e->used < e->size)
		return &e->entry[e->used++];
	for (i = 0; i < OPTQ_EACH_LOOKS; i++) {
		u32 at = e->hand;

		e->hand = at + 1 < e->size ? at + 1 : 0;
		optq_meter_refill(&e->entry[at].meter, r, now);
		if (optq_meter_full(&e->entry[at].meter, r)) {
			unlink_entry(e, at);
			return &e->entry[at];
		}
	}
	return NULL;
}

static struct optq_meter *new_meter(struct optq_each *e,
				    const struct optq_meter_rates *r,
				    const struct optq_addr *addr, u32 *bucket,
				    u64 now)
{
	struct optq_each_entry *n = spare_entry(e, r, now);

	optq_meter_refill(&e->rest, r, now);
	if (!n)
		return &e->rest;
	n->meter = e->rest;
	n->addr = *addr;
	n->next = *bucket;
	*bucket = (u32)(n - e->entry) + 1;
	return &n->meter;
}

struct optq_meter *optq_each_meter(struct optq_each *e,
				   const struct optq_meter_rates *r,
				   const struct optq_addr *addr, u64 now)
{
	struct optq_addr kept;
	u32 *bucket, i;

	keep_prefix(e, addr, &kept);
	bucket = bucket_of(e, &kept);
	for (i = *bucket; i; i = e->entry[i - 1].next) {
		struct optq_each_entry *n = &e->entry[i - 1];

		if (same_addr(&n->addr, &kept)) {
			optq_meter_refill(&n->meter, r, now);
			return &n->meter;
		}
	}
	return new_meter(e, r, &kept, bucket, now);
}
