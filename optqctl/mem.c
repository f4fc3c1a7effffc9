// SPDX-License-Identifier: GPL-2.0
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

static void *check(void *p)
{
	if (p)
		return p;
	fputs("optqctl: out of memory\n", stderr);
	exit(1);
}

void *mem_zalloc(size_t n, size_t size)
{
	return check(calloc(n ? n : 1, size));
}

/* Makes room for @need elements; what is new is zero. */
void *mem_grow(void *array, size_t *room, size_t need, size_t size)
{
	size_t want = *room ? *room : 8;

	if (need <= *room)
		return array;
	while (want < need)
		want *= 2;
	if (want > SIZE_MAX / size)
		check(NULL);
	array = check(realloc(array, want * size));
	memset((char *)array + *room * size, 0, (want - *room) * size);
	*room = want;
	return array;
}

char *mem_strndup(const char *s, size_t n)
{
	char *copy = mem_zalloc(n + 1, 1);

	memcpy(copy, s, n);
	return copy;
}

char *mem_vprintf(const char *fmt, va_list ap)
{
	char *s = NULL;

	if (vasprintf(&s, fmt, ap) < 0)
		check(NULL);
	return s;
}

char *mem_printf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = mem_vprintf(fmt, ap);
	va_end(ap);
	return s;
}
