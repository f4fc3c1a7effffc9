// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "sparkline.h"

#define LEVELS	8

static const char *const blocks[LEVELS] = {
	"\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588"
};
static const char *const ascii[LEVELS] = { ".", ":", "-", "=", "+", "*", "%", "#" };

static float mean(const float *values, size_t from, size_t to)
{
	float sum = 0;
	size_t i;

	for (i = from; i < to; i++)
		sum += values[i];
	return sum / (float)(to - from);
}

/* What is not nothing is seen, however little. */
static size_t level_of(float value, float most)
{
	size_t level = (size_t)(value / most * LEVELS);

	return level < LEVELS ? level : LEVELS - 1;
}

void sparkline(const float *values, size_t n, size_t columns, bool utf8,
	       char *line)
{
	size_t shown = columns < n ? columns : n, i;
	float *means = mem_zalloc(shown, sizeof(*means)), most = 0;
	const char *const *signs = utf8 ? blocks : ascii;

	for (i = 0; i < shown; i++) {
		means[i] = mean(values, i * n / shown, (i + 1) * n / shown);
		if (means[i] > most)
			most = means[i];
	}
	memset(line, ' ', columns - shown);
	line += columns - shown;
	for (i = 0; i < shown; i++)
		line = stpcpy(line, means[i] > 0 ? signs[level_of(means[i], most)] : " ");
	*line = '\0';
	free(means);
}
