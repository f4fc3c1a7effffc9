/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one seam between the scheduler core and the world it runs in.
 *
 * The same core files are compiled into the kernel module and, for tests,
 * fuzzers and the simulator, into user space.  Whatever differs between the
 * two stands here and nowhere else.
 */
#ifndef OPTQ_ENV_H
#define OPTQ_ENV_H

#ifdef __KERNEL__

#include <linux/types.h>
#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/math64.h>
#include <linux/stddef.h>
#include <linux/string.h>

#else /* user space */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

#ifndef __packed
#define __packed __attribute__((packed))
#endif
#ifndef __aligned
#define __aligned(n) __attribute__((aligned(n)))
#endif
#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif
#ifndef noinline
#define noinline __attribute__((noinline))
#endif
#ifndef likely
#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#endif

static inline u64 div64_u64(u64 dividend, u64 divisor)
{
	return dividend / divisor;
}

static inline unsigned long __ffs(unsigned long word)
{
	return (unsigned long)__builtin_ctzl(word);
}

static inline unsigned long __ffs64(u64 word)
{
	return (unsigned long)__builtin_ctzll(word);
}

static inline int fls64(u64 word)
{
	return word ? 64 - __builtin_clzll(word) : 0;
}

static inline unsigned long hweight64(u64 word)
{
	return (unsigned long)__builtin_popcountll(word);
}

#endif /* __KERNEL__ */

#define optq_container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

#define OPTQ_NSEC_PER_SEC	1000000000ULL

static inline u32 optq_min_u32(u32 a, u32 b)
{
	return a < b ? a : b;
}

static inline u32 optq_max_u32(u32 a, u32 b)
{
	return a > b ? a : b;
}

static inline u64 optq_min_u64(u64 a, u64 b)
{
	return a < b ? a : b;
}

static inline u64 optq_max_u64(u64 a, u64 b)
{
	return a > b ? a : b;
}

/* a is before b on a clock that may wrap. */
static inline bool optq_before(u64 a, u64 b)
{
	return (s64)(a - b) < 0;
}

#endif /* OPTQ_ENV_H */
