// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "explain_view.h"
#include "json_add.h"
#include "mem.h"
#include "term.h"
#include "units.h"

/* Of matches before it and behind it so many are printed; JSON has all. */
#define RULES_SHOWN	20

static void print(FILE *out, const char *text)
{
	term_print(out, text, strlen(text));
}

/* "the mark (0xff)": which of several it is. */
static char *dim_text(struct dim dim)
{
	const char *text = field_text(dim.field);

	switch (dim.field) {
	case OPTQ_FIELD_MARK:
	case OPTQ_FIELD_CTMARK:
		if (dim.param == UINT32_MAX)
			break;
		return mem_printf("%s under 0x%x", text, dim.param);
	case OPTQ_FIELD_CGROUP:
		return mem_printf("%s at level %u", text, dim.param);
	case OPTQ_FIELD_HOST:
		return mem_printf("the %s's name",
				  dim.param ? "destination" : "source");
	default:
		break;
	}
	return mem_printf("%s", text);
}

/* "the DSCP, the mark", to be freed. */
static char *dims_text(const struct link *link, uint32_t dims)
{
	char *list = mem_strndup("", 0), *longer, *one;
	size_t i;

	for (i = 0; i < link->n_dims; i++) {
		if (!(dims >> i & 1))
			continue;
		one = dim_text(link->dims[i]);
		longer = mem_printf("%s%s%s", list, *list ? ", " : "", one);
		free(list);
		free(one);
		list = longer;
	}
	return list;
}

static void print_rule(FILE *out, const struct link *link, uint32_t rule)
{
	print(out, link->rules[rule].where);
	fputs(": ", out);
	print(out, link->rules[rule].text);
}

/* As class_path(); what no class takes goes ahead of all. */
static char *path_text(const struct link *link, uint32_t index)
{
	return index == NO_CLASS ? mem_printf("direct") : class_path(link, index);
}

static void print_class(FILE *out, const struct link *link, uint32_t index)
{
	char *path = path_text(link, index);

	print(out, path);
	free(path);
}

static void print_rate(FILE *out, const char *what, uint64_t rate)
{
	char buf[SHORT_TEXT_MAX];

	if (rate)
		fprintf(out, "  %s %s", what, rate_short(rate, buf));
}

/* The classes from the link down to the one that takes it. */
static void print_path(FILE *out, const struct link *link, uint32_t index)
{
	const struct class *class;
	char buf[SHORT_TEXT_MAX];

	if (index == NO_CLASS) {
		fputs("  ", out);
		print(out, link->device);
		print_rate(out, "rate", link->rate);
		putc('\n', out);
		return;
	}
	class = &link->classes[index];
	print_path(out, link, class->parent);
	fprintf(out, "  %*s", 2 * (int)class->level, "");
	print(out, class->name);
	print_rate(out, "rate", class->rate);
	print_rate(out, "ceil", class->ceil);
	fprintf(out, "  prio %u", class->prio);
	if (class->delay_ns)
		fprintf(out, "  delay %s", time_short(class->delay_ns, buf));
	putc('\n', out);
}

static void print_open(FILE *out, const struct link *link,
		       const struct explanation *e, const struct explain_rule *r)
{
	char *dims = dims_text(link, r->dims & ~e->given);
	char *several = dims_text(link, r->dims & e->given);

	fputs("may go to ", out);
	print_class(out, link, link->rules[r->rule].class_index);
	fputs("; ", out);
	if (*dims)
		fprintf(out, "not given: %s", dims);
	if (*several)
		fprintf(out, "%sgiven as more than one: %s", *dims ? "; " : "",
			several);
	free(dims);
	free(several);
}

static void print_tried(FILE *out, const struct link *link,
			const struct explanation *e, const struct explain_rule *r)
{
	char *dims;

	fputs("  ", out);
	print_rule(out, link, r->rule);
	fputs("  (", out);
	if (r->open) {
		print_open(out, link, e, r);
	} else {
		dims = dims_text(link, r->dims);
		fprintf(out, "%s%s", *dims ? "differs: " : "matches no packet",
			dims);
		free(dims);
	}
	fputs(")\n", out);
}

/* Where not all are shown, those that are open are. */
static void print_list(FILE *out, const struct link *link,
		       const struct explanation *e,
		       const struct explain_rule *list, size_t n,
		       const char *what)
{
	size_t open = 0, closed, i;

	if (!n)
		return;
	fprintf(out, "%s:\n", what);
	for (i = 0; i < n; i++)
		open += list[i].open;
	open = open < RULES_SHOWN ? open : RULES_SHOWN;
	closed = RULES_SHOWN - open;
	for (i = 0; i < n; i++) {
		size_t *left = list[i].open ? &open : &closed;

		if (!*left)
			continue;
		--*left;
		print_tried(out, link, e, &list[i]);
	}
	if (n > RULES_SHOWN)
		fprintf(out, "  and %zu more, which -j shows\n",
			n - RULES_SHOWN);
}

static void print_depends(FILE *out, const struct link *link,
			  const struct explanation *e)
{
	char *dims = dims_text(link, e->depends);

	if (e->depends)
		fprintf(out, "That depends on %s: what is not given was taken as not there, a mark as 0.\n",
			dims);
	free(dims);
}

void explain_print(FILE *out, const struct link *link,
		   const struct explanation *e)
{
	print(out, link->device);
	fputs(": ", out);
	print_class(out, link, e->class_index);
	if (e->rule == NO_RULE) {
		fputs(", the default: no match takes it\n", out);
	} else {
		fputs("\n  by ", out);
		print_rule(out, link, e->rule);
		putc('\n', out);
	}
	fputs("Path:\n", out);
	print_path(out, link, e->class_index);
	print_list(out, link, e, e->before, e->n_before, "Tried before");
	print_list(out, link, e, e->behind, e->n_behind, "Behind it");
	print_depends(out, link, e);
}

static struct json_object *dims_json(const struct link *link, uint32_t dims)
{
	struct json_object *list = json_object_new_array();
	char *text;
	size_t i;

	for (i = 0; i < link->n_dims; i++) {
		if (!(dims >> i & 1))
			continue;
		text = dim_name(link->dims[i]);
		json_object_array_add(list, json_object_new_string(text));
		free(text);
	}
	return list;
}

static struct json_object *rule_json(const struct link *link, uint32_t rule)
{
	struct json_object *o = json_object_new_object();
	char *path = path_text(link, link->rules[rule].class_index);

	add_text(o, "class", path);
	add_text(o, "where", link->rules[rule].where);
	add_text(o, "match", link->rules[rule].text);
	free(path);
	return o;
}

static struct json_object *tried_json(const struct link *link,
				      const struct explanation *e,
				      const struct explain_rule *r)
{
	struct json_object *o = rule_json(link, r->rule);

	add_flag(o, "open", r->open);
	if (r->open) {
		json_object_object_add(o, "not_given",
				       dims_json(link, r->dims & ~e->given));
		json_object_object_add(o, "given_as_several",
				       dims_json(link, r->dims & e->given));
	} else {
		json_object_object_add(o, "differs", dims_json(link, r->dims));
	}
	return o;
}

static struct json_object *path_json(const struct link *link, uint32_t index)
{
	struct json_object *list, *o = json_object_new_object();
	const struct class *class;

	if (index == NO_CLASS) {
		list = json_object_new_array();
		add_text(o, "device", link->device);
		add_number(o, "rate_bps", link->rate * 8);
		json_object_array_add(list, o);
		return list;
	}
	class = &link->classes[index];
	list = path_json(link, class->parent);
	add_text(o, "class", class->name);
	add_number(o, "rate_bps", class->rate * 8);
	add_number(o, "ceil_bps", class->ceil * 8);
	add_number(o, "prio", class->prio);
	add_number(o, "delay_ns", class->delay_ns);
	json_object_array_add(list, o);
	return list;
}

static struct json_object *list_json(const struct link *link,
				     const struct explanation *e,
				     const struct explain_rule *rules, size_t n)
{
	struct json_object *list = json_object_new_array();
	size_t i;

	for (i = 0; i < n; i++)
		json_object_array_add(list, tried_json(link, e, &rules[i]));
	return list;
}

struct json_object *explain_json(const struct link *link,
				 const struct explanation *e)
{
	struct json_object *o = json_object_new_object();
	char *path = path_text(link, e->class_index);

	add_text(o, "link", link->name);
	add_text(o, "device", link->device);
	add_text(o, "class", path);
	add_flag(o, "default", e->rule == NO_RULE);
	if (e->rule != NO_RULE)
		json_object_object_add(o, "rule", rule_json(link, e->rule));
	json_object_object_add(o, "path", path_json(link, e->class_index));
	json_object_object_add(o, "tried",
			       list_json(link, e, e->before, e->n_before));
	add_flag(o, "certain", !e->depends);
	json_object_object_add(o, "depends_on", dims_json(link, e->depends));
	json_object_object_add(o, "otherwise",
			       list_json(link, e, e->behind, e->n_behind));
	free(path);
	return o;
}
