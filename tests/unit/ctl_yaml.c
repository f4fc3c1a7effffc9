// SPDX-License-Identifier: GPL-2.0
/* The tree that YAML becomes, and the YAML that does not become one. */
#include "ctl_help.h"
#include "mem.h"
#include "yaml.h"

struct parsed {
	struct source src;
	struct diags d;
	struct ynode *root;
};

static void parse(struct parsed *p, const char *text, size_t len)
{
	memset(p, 0, sizeof(*p));
	source_from_text(&p->src, "test.yaml", text, len);
	p->root = yaml_parse(&p->src, &p->d);
}

static void done(struct parsed *p)
{
	ynode_free(p->root);
	diags_free(&p->d);
	source_free(&p->src);
}

static void assert_refused(const char *text, size_t len, size_t line,
			   size_t column, const char *why)
{
	struct source_pos pos;
	struct parsed p;

	parse(&p, text, len);
	assert_true(p.d.errors > 0);
	if (!strstr(p.d.list[0].text, why))
		fail_msg("\"%s\" is not in \"%s\"", why, p.d.list[0].text);
	pos = source_position(&p.src, p.d.list[0].at.off);
	assert_int_equal(pos.line, line);
	assert_int_equal(pos.column, column);
	done(&p);
}

#define REFUSED(text, line, column, why) \
	assert_refused(text, sizeof(text) - 1, line, column, why)

static void surprises_are_refused(void **state)
{
	(void)state;
	REFUSED("a: &x 1\n", 1, 5, "anchors");
	REFUSED("a: &x {b: 1}\n", 1, 5, "anchors");
	REFUSED("a: *x\n", 1, 5, "aliases");
	REFUSED("a: !!str 5\n", 1, 4, "tags");
	REFUSED("a: !x [1]\n", 1, 4, "tags");
	REFUSED("%YAML 1.2\n---\na: 1\n", 1, 1, "directives");
	REFUSED("# c\n%FOO x\n---\na: 1\n", 2, 1, "directives");
	REFUSED("a: 1\n---\nb: 1\n", 2, 1, "second document");
	REFUSED("<<: {a: 1}\n", 1, 1, "merge keys");
	REFUSED("? [a]\n: 1\n", 1, 3, "a key must be a name");
	REFUSED("{a: 1}: 1\n", 1, 1, "a key must be a name");
	REFUSED("a: 1\nb: 2\na: 3\n", 3, 1, "given twice, first in line 1");
	REFUSED("a:\n  b: 1\n  \"b\": 1\n", 3, 3, "given twice, first in line 2");
	REFUSED("a: \"x\\0y\"\n", 1, 4, "NUL byte inside");
	REFUSED("a: 1\0\n", 1, 5, "a NUL byte");
	REFUSED("a: \xff\n", 1, 4, "0xff is not UTF-8");
	REFUSED("", 1, 1, "the file is empty");
	REFUSED("# only a comment\n", 1, 1, "the file is empty");
	REFUSED("a: [1\nb: 2\n", 1, 4, "not valid YAML");
	REFUSED("a: {b: [1, 2\n\n", 1, 8, "not valid YAML");
	REFUSED("a: \"x\n", 1, 4, "not valid YAML");
	REFUSED("a: 1\n\tb: 2\n", 1, 4, "indent with blanks");
	REFUSED("a:\n  b 5\n  c: 2\n", 2, 3, "is a colon missing");
}

static void syntax_errors_have_a_cure(void **state)
{
	(void)state;
	REFUSED("a: { rate: 1mbit, match: tcp port { 104, 11112 } }\n", 1, 35,
		"quote a match that has { }");
	REFUSED("a:\n  rate:500mbit\n  prio: 1\n", 2, 3, "a blank goes behind the colon");
	REFUSED("a:\n  prio: 1\n  rate:500mbit\n", 3, 3, "a blank goes behind the colon");
	REFUSED("a: { rate: 1mbit\nb: { rate: 1mbit }\n", 2, 2,
		"is a \"}\" missing above, in line 1");
	REFUSED("a:\n  match: [ ef, tcp\nb:\n  rate: 1\n", 3, 2,
		"is a \"]\" missing above, in line 2");
	REFUSED("a: { rate: 1mbit\n", 1, 4, "its \"}\" is missing");
	REFUSED("a:\n  rate: 1\n  - rest\n", 3, 3, "begins an item of a list");
	REFUSED("a:\n  - tcp\n  dscp: ef\n", 3, 3, "begins with \"- \"");
	REFUSED("a: { match: \"tcp }\nb:\n", 1, 13, "closing quote");
	REFUSED("a: @foo\n", 1, 4, "put it in quotes");
}

static void bombs_end_early(void **state)
{
	static char deep[200000];
	struct parsed p;

	(void)state;
	memset(deep, '[', sizeof(deep));
	parse(&p, deep, sizeof(deep));
	assert_int_equal(p.d.errors, 1);
	assert_non_null(strstr(p.d.list[0].text, "nested deeper than 100"));
	done(&p);
}

static void empty_values_have_a_place(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "a:\nb: \"\"\nc: ~\n", 14);
	assert_non_null(p.root);
	assert_int_equal(p.root->n, 3);
	assert_true(ynode_is_null(p.root->items[0]));
	assert_int_equal(p.root->items[0]->at.off, 1);
	assert_false(ynode_is_null(p.root->items[1]));
	assert_int_equal(p.root->items[1]->at.off, 6);
	assert_int_equal(p.root->items[1]->at.len, 2);
	assert_string_equal(p.root->items[2]->text, "~");
	done(&p);
}

/* Byte @off of the value of "k:" is found at @line:@column of the source. */
static void assert_maps(const char *text, const char *value, size_t off,
			size_t line, size_t column)
{
	struct source_pos pos;
	struct parsed p;

	parse(&p, text, strlen(text));
	assert_non_null(p.root);
	assert_string_equal(p.root->items[0]->text, value);
	pos = source_position(&p.src, ynode_source_offset(&p.src,
							   p.root->items[0], off));
	assert_int_equal(pos.line, line);
	assert_int_equal(pos.column, column);
	done(&p);
}

static void offsets_map_back(void **state)
{
	(void)state;
	assert_maps("k: dscp ef\n", "dscp ef", 5, 1, 9);
	assert_maps("k: \"dscp ef\"\n", "dscp ef", 5, 1, 10);
	assert_maps("k: 'a''b c'\n", "a'b c", 4, 1, 10);
	assert_maps("k: \"a\\tb \\x41c\"\n", "a\tb Ac", 5, 1, 14);
	assert_maps("k: \"\\u00e4b\"\n", "\xc3\xa4" "b", 2, 1, 11);
	assert_maps("k: tcp\n   port 80\n", "tcp port 80", 4, 2, 4);
	assert_maps("k: \"tcp\n   port 80\"\n", "tcp port 80", 9, 2, 9);
	assert_maps("k: |\n  tcp\n  port 80\n", "tcp\nport 80\n", 4, 3, 3);
	assert_maps("k: >\n  tcp\n  port 80\n", "tcp port 80\n", 9, 3, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(surprises_are_refused),
		cmocka_unit_test(syntax_errors_have_a_cure),
		cmocka_unit_test(bombs_end_early),
		cmocka_unit_test(empty_values_have_a_place),
		cmocka_unit_test(offsets_map_back),
	};

	return cmocka_run_group_tests_name("ctl_yaml", tests, NULL, NULL);
}
