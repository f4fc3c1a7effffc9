// SPDX-License-Identifier: GPL-2.0
/* Reading the file: bounds, kinds of file, places, UTF-8. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl_help.h"
#include "mem.h"

static char dir[] = "/tmp/optqctl-test-XXXXXX";

static char *in_dir(const char *name)
{
	return mem_printf("%s/%s", dir, name);
}

static void write_file(const char *path, size_t bytes)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	while (bytes--)
		putc('#', f);
	assert_int_equal(fclose(f), 0);
}

static void assert_unreadable(const char *path, const char *text)
{
	struct source src;
	char *why = source_read(&src, path);

	assert_non_null(why);
	if (!strstr(why, text))
		fail_msg("\"%s\" is not in \"%s\"", text, why);
	free(why);
	source_free(&src);
}

static void size_is_bounded(void **state)
{
	char *path = in_dir("big");
	struct source src;

	(void)state;
	write_file(path, SOURCE_MAX);
	assert_null(source_read(&src, path));
	assert_int_equal(src.len, SOURCE_MAX);
	source_free(&src);
	write_file(path, SOURCE_MAX + 1);
	assert_unreadable(path, "at most 1048576 bytes");
	write_file(path, 10 * SOURCE_MAX);
	assert_unreadable(path, "holds 10485760 bytes");
	unlink(path);
	free(path);
}

static void only_regular_files(void **state)
{
	char *fifo = in_dir("fifo");

	(void)state;
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_unreadable(fifo, "not a regular file");
	unlink(fifo);
	free(fifo);
	assert_unreadable("/dev/zero", "not a regular file");
	assert_unreadable(dir, "is a directory");
	assert_unreadable("/nonexistent/policy.yaml", "cannot be opened: No such file");
}

static void places_count_characters(void **state)
{
	static const char text[] = "a\n\xc3\xa4\xe2\x82\xac" "b\r\nlast";
	struct source src;
	struct source_pos pos;
	size_t start, len;

	(void)state;
	source_from_text(&src, "x", text, sizeof(text) - 1);
	pos = source_position(&src, 7);
	assert_int_equal(pos.line, 2);
	assert_int_equal(pos.column, 3);
	source_line(&src, 7, &start, &len);
	assert_int_equal(start, 2);
	assert_int_equal(len, 6);
	pos = source_position(&src, 1000);
	assert_int_equal(pos.line, 3);
	assert_int_equal(pos.column, 5);
	source_free(&src);
}

static void byte_order_mark_is_skipped(void **state)
{
	struct source src;

	(void)state;
	source_from_text(&src, "x", "\xef\xbb\xbfoptq: 1", 10);
	assert_string_equal(src.text, "optq: 1");
	source_free(&src);
}

static void utf8_is_strict(void **state)
{
	static const struct { const char *s; size_t len, valid; } cases[] = {
		{ "abc", 3, 3 }, { "\xc3\xa4", 2, 2 }, { "a\xff", 2, 1 },
		{ "\xc0\x80", 2, 0 },			/* overlong NUL */
		{ "\xed\xa0\x80", 3, 0 },		/* surrogate */
		{ "\xf4\x90\x80\x80", 4, 0 },		/* above U+10FFFF */
		{ "\xf0\x9f\x98\x80", 4, 4 }, { "\xe2\x82", 2, 0 },
		{ "\x80", 1, 0 }, { "", 0, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(utf8_valid_length(cases[i].s, cases[i].len),
				 cases[i].valid);
}

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(size_is_bounded),
		cmocka_unit_test(only_regular_files),
		cmocka_unit_test(places_count_characters),
		cmocka_unit_test(byte_order_mark_is_skipped),
		cmocka_unit_test(utf8_is_strict),
	};

	return cmocka_run_group_tests_name("ctl_source", tests, make_dir,
					   remove_dir);
}
