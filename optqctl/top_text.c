// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "mem.h"
#include "show_view.h"
#include "top_columns.h"
#include "top_text.h"

char *top_title_text(const struct sampler *s)
{
	char *title = live_title(&s->tree), *text;

	text = mem_printf("%s: generation %u, %zu class%s, %u rule%s", title,
			  s->tree.generation, s->tree.n, s->tree.n == 1 ? "" : "es",
			  s->tree.rules, s->tree.rules == 1 ? "" : "s");
	free(title);
	return text;
}

char *top_usage_text(const struct sampler *s)
{
	char sent[SHORT_TEXT_MAX], rate[SHORT_TEXT_MAX];

	if (!s->link.known)
		return mem_printf("the first interval is under way");
	rate_short(rounded(s->link.sent), sent);
	if (!s->tree.rate)
		return mem_printf("%s", sent);
	return mem_printf("%s of %s, %.0f%%", sent, rate_short(s->tree.rate, rate),
			  s->link.sent * 100 / (double)s->tree.rate);
}

char *top_load_text(const struct sampler *s)
{
	char packets[SHORT_TEXT_MAX], drops[SHORT_TEXT_MAX], queue[SHORT_TEXT_MAX];

	return mem_printf("(%s packets/s, %s drops/s, %s bytes wait)",
			  per_second_short(s->link.packets, packets),
			  per_second_short(s->link.drops, drops),
			  count_short(s->tree.stats.backlog_bytes, queue));
}

char *top_choice_text(const struct top *t)
{
	char *place = top_model_place(&t->model, &t->sampler);
	const char *filter = t->model.filter;
	char *text = mem_printf("in %s, by %s%s%s%s%s%s", place,
				top_sort_name(t->model.sort),
				t->model.reverse ? ", reversed" : "",
				t->model.active_only ? ", idle left out" : "",
				filter ? ", with \"" : "", filter ? filter : "",
				filter ? "\"" : "");

	free(place);
	return text;
}
