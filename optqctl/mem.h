/* SPDX-License-Identifier: GPL-2.0 */
/* Allocation that ends the program when memory is out. */
#ifndef OPTQCTL_MEM_H
#define OPTQCTL_MEM_H

#include <stdarg.h>
#include <stddef.h>

void *mem_zalloc(size_t n, size_t size);
void *mem_grow(void *array, size_t *room, size_t need, size_t size);
char *mem_strndup(const char *s, size_t n);
char *mem_vprintf(const char *fmt, va_list ap);
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
