// SPDX-License-Identifier: GPL-2.0
#include "ctl_help.h"
#include "diag_view.h"
#include "mem.h"

void read_text(struct reading *r, const char *text)
{
	memset(r, 0, sizeof(*r));
	source_from_text(&r->src, "test.yaml", text, strlen(text));
	r->good = policy_parse(&r->src, &r->policy, &r->d);
}

void read_classes_text(struct reading *r, const char *leaf, const char *classes)
{
	char *text = mem_printf("optq: 1\nlinks:\n  wan0:\n    egress:\n      rate: 20mbit\n      default: %s\n      classes:\n%s",
				leaf, classes);

	read_text(r, text);
	free(text);
}

void add_leaf(struct live_tree *tree)
{
	tree->classes = mem_zalloc(1, sizeof(*tree->classes));
	tree->n = 1;
	tree->room = 1;
	tree->classes[0].id = 1;
	tree->classes[0].level = 1;
	tree->classes[0].parent_index = SIZE_MAX;
}

void reading_free(struct reading *r)
{
	diags_free(&r->d);
	policy_free(&r->policy);
	source_free(&r->src);
}

char *printed_diags(const struct source *src, const struct diags *d)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	diags_print(out, src, d);
	fclose(out);
	return text;
}

void assert_first(const struct reading *r, size_t line, size_t column,
		  const char *text)
{
	struct source_pos pos;

	assert_true(r->d.n > 0);
	if (!strstr(r->d.list[0].text, text))
		fail_msg("\"%s\" is not in \"%s\"", text, r->d.list[0].text);
	pos = source_position(&r->src, r->d.list[0].at.off);
	assert_int_equal(pos.line, line);
	assert_int_equal(pos.column, column);
}

void assert_good(const struct reading *r)
{
	if (!r->good)
		fail_msg("%s", r->d.n ? r->d.list[0].text : "no diagnostic");
}

void wrong(const char *leaf, const char *classes, size_t line, size_t column,
	   const char *why)
{
	struct reading r;

	read_classes_text(&r, leaf, classes);
	assert_false(r.good);
	assert_first(&r, line, column, why);
	reading_free(&r);
}

void warned(const char *leaf, const char *classes, size_t line, size_t column,
	    const char *why)
{
	struct reading r;

	read_classes_text(&r, leaf, classes);
	assert_good(&r);
	assert_int_equal(r.d.warnings, 1);
	assert_first(&r, line, column, why);
	reading_free(&r);
}
