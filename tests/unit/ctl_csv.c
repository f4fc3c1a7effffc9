// SPDX-License-Identifier: GPL-2.0
/* Tables: what RFC 4180 allows, and where each cell stands. */
#include <stdio.h>
#include <unistd.h>

#include "ctl_help.h"
#include "mem.h"
#include "table.h"

static char dir[] = "/tmp/ctl_csv.XXXXXX";

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

struct loaded {
	struct source src;
	struct table t;
	struct diags d;
	bool good;
};

static void load(struct loaded *l, const char *text, size_t len)
{
	static const struct span at = { 0, 1 };
	char *path = mem_printf("%s/t.csv", dir);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fwrite(text, 1, len, f);
	fclose(f);
	memset(l, 0, sizeof(*l));
	source_from_text(&l->src, "policy.yaml", "x", 1);
	l->good = table_load(&l->t, &l->src, path, at, &l->d);
	assert_int_equal(l->good, !l->d.errors);
	unlink(path);
	free(path);
}

static void done(struct loaded *l)
{
	table_free(&l->t);
	diags_free(&l->d);
	source_free(&l->src);
}

static void assert_cell(struct loaded *l, size_t row, size_t column,
			const char *text, size_t line, size_t at)
{
	const struct var_value *cell = &table_row(&l->t, row)[column];
	struct source_pos pos = source_position(&l->src, cell->at.off);

	if (cell->len != strlen(text) || memcmp(cell->text, text, cell->len))
		fail_msg("\"%.*s\" is not \"%s\"", (int)cell->len, cell->text, text);
	assert_int_equal(pos.line, line);
	assert_int_equal(pos.column, at);
}

static void refused(const char *text, size_t len, size_t line, size_t column,
		    const char *why)
{
	struct source_pos pos;
	struct loaded l;

	load(&l, text, len);
	assert_false(l.good);
	if (!strstr(l.d.list[0].text, why))
		fail_msg("\"%s\" is not in \"%s\"", why, l.d.list[0].text);
	pos = source_position(&l.src, l.d.list[0].at.off);
	assert_int_equal(pos.line, line);
	assert_int_equal(pos.column, column);
	done(&l);
}

#define LOAD(l, text)	load(l, text, sizeof(text) - 1)
#define REFUSED(text, line, column, why) \
	refused(text, sizeof(text) - 1, line, column, why)

static void cells_have_values_and_places(void **state)
{
	struct loaded l;

	(void)state;
	LOAD(&l, "name,down\nanna,5mbit\nb\xc3\xb6rn,\n,7mbit");
	assert_true(l.good);
	assert_int_equal(l.t.n_rows, 3);
	assert_int_equal(table_column(&l.t, "down", 4), 1);
	assert_true(table_column(&l.t, "up", 2) == SIZE_MAX);
	assert_true(table_column(&l.t, "dow", 3) == SIZE_MAX);
	assert_cell(&l, 0, 0, "anna", 2, 1);
	assert_cell(&l, 0, 1, "5mbit", 2, 6);
	assert_cell(&l, 1, 0, "b\xc3\xb6rn", 3, 1);
	assert_cell(&l, 1, 1, "", 3, 6);
	assert_cell(&l, 2, 0, "", 4, 1);
	assert_cell(&l, 2, 1, "7mbit", 4, 2);
	done(&l);
}

static void quotes_are_taken_off(void **state)
{
	struct loaded l;

	(void)state;
	LOAD(&l, "\"na\"\"me\",b\n\"x,\"\"y\"\"\",\"two\nlines\"\n\"\",z\n\"\"\"\",\"\"\n");
	assert_true(l.good);
	assert_int_equal(l.t.n_rows, 3);
	assert_string_equal(l.t.columns[0], "na\"me");
	assert_cell(&l, 0, 0, "x,\"y\"", 2, 1);
	assert_cell(&l, 0, 1, "two\nlines", 2, 11);
	assert_cell(&l, 1, 0, "", 4, 1);
	assert_cell(&l, 1, 1, "z", 4, 4);
	assert_cell(&l, 2, 0, "\"", 5, 1);
	done(&l);
}

static void other_systems_files_are_read(void **state)
{
	struct loaded l;

	(void)state;
	/* A byte order mark, CR LF, blanks, lines with nothing in them, no end of the last. */
	LOAD(&l, "\xef\xbb\xbf name , \"b c\"\t\r\n\r\n x y ,  \"1\" \r\n  \r\n\r\nz,2\r");
	assert_true(l.good);
	assert_int_equal(l.t.n_rows, 2);
	assert_string_equal(l.t.columns[0], "name");
	assert_string_equal(l.t.columns[1], "b c");
	assert_cell(&l, 0, 0, "x y", 3, 2);
	assert_cell(&l, 0, 1, "1", 3, 9);
	assert_cell(&l, 1, 0, "z", 6, 1);
	assert_cell(&l, 1, 1, "2", 6, 3);
	done(&l);
}

static void what_is_no_table_is_refused(void **state)
{
	(void)state;
	REFUSED("", 1, 1, "the table is empty");
	REFUSED("\n \r\n", 1, 1, "the table is empty");
	REFUSED("a,b\n\n", 1, 1, "no row");
	REFUSED("a;b\n1;2\n", 1, 1, "not by semicolons");
	REFUSED("a,b,a\n1,2,3\n", 1, 5, "a second column \"a\"");
	REFUSED("a,b\n1,2\n3\n", 3, 1, "1 cell, where the first line names 2 columns");
	REFUSED("a,b\n1,2,\n", 2, 1, "3 cells");
	REFUSED("a,b\n1,\"2\n", 2, 3, "closing quote");
	REFUSED("a,b\n1,\"2\"\"\n", 2, 3, "closing quote");
	REFUSED("a,b\n\"1\"2,3\n", 2, 4, "behind a quoted cell");
	REFUSED("a,b\n1\"2,3\n", 2, 2, "a quote inside a cell");
	REFUSED("a,\"b\n1,2\n", 1, 3, "closing quote");
	REFUSED("a,b\n1,\0\n", 2, 3, "a NUL byte");
	REFUSED("a,b\n1,\xff\n", 2, 3, "0xff is not UTF-8");
}

static void columns_are_bounded(void **state)
{
	char text[4 * TABLE_COLUMNS_MAX + 16];
	size_t n = 0, i;

	(void)state;
	for (i = 0; i <= TABLE_COLUMNS_MAX; i++)
		n += (size_t)sprintf(text + n, "%zx,", i);
	refused(text, n, 1, n - 3, "more than 256 columns");
}

static void errors_end(void **state)
{
	struct loaded l;
	char text[3000];
	size_t n = 4, i;

	(void)state;
	memcpy(text, "a,b\n", 4);
	for (i = 0; i < 1000; i++, n += 2)
		memcpy(text + n, "x\n", 2);
	load(&l, text, n);
	assert_int_equal(l.d.errors, DIAG_SHOWN_MAX);
	done(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_have_values_and_places),
		cmocka_unit_test(quotes_are_taken_off),
		cmocka_unit_test(other_systems_files_are_read),
		cmocka_unit_test(what_is_no_table_is_refused),
		cmocka_unit_test(columns_are_bounded),
		cmocka_unit_test(errors_end),
	};

	return cmocka_run_group_tests_name("ctl_csv", tests, make_dir, remove_dir);
}
