// SPDX-License-Identifier: GPL-2.0
/*
 * Every file of tests/policies/bad prints exactly what FILE.expect says, every
 * file of tests/policies/good and of examples and its sites is accepted without a warning.
 * With UPDATE_EXPECT=1 the expectations are written anew, to be read in the
 * diff before they are committed.
 */
#include <dirent.h>
#include <stdio.h>

#include "ctl_help.h"
#include "mem.h"

#define FILES_MAX	200

struct file {
	char *dir, *name;
};

static char *slurp(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = mem_zalloc(65536, 1);

	if (!f)
		return text;
	text[fread(text, 1, 65535, f)] = '\0';
	fclose(f);
	return text;
}

static void update(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void read_file(struct reading *r, const struct file *file)
{
	char *path = mem_printf("%s/%s", file->dir, file->name), *why;

	memset(r, 0, sizeof(*r));
	why = source_read(&r->src, path);
	if (why)
		fail_msg("%s: %s", path, why);
	free(path);
	/* The same wherever the tree lies. */
	free(r->src.name);
	r->src.name = mem_strndup(file->name, strlen(file->name));
	r->good = policy_parse(&r->src, &r->policy, &r->d);
}

static void bad_file(void **state)
{
	const struct file *file = *state;
	char *path = mem_printf("%s/%s.expect", file->dir, file->name);
	char *expected, *printed;
	struct reading r;

	read_file(&r, file);
	assert_false(r.good);
	printed = printed_diags(&r.src, &r.d);
	if (getenv("UPDATE_EXPECT"))
		update(path, printed);
	expected = slurp(path);
	assert_string_equal(printed, expected);
	free(expected);
	free(printed);
	free(path);
	reading_free(&r);
}

static void good_file(void **state)
{
	struct reading r;

	read_file(&r, *state);
	assert_good(&r);
	if (r.d.n)
		fail_msg("warning: %s", r.d.list[0].text);
	reading_free(&r);
}

static int is_yaml(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 5 && !strcmp(entry->d_name + len - 5, ".yaml");
}

static size_t add_dir(struct CMUnitTest *tests, size_t n, const char *dir,
		      CMUnitTestFunction run)
{
	struct dirent **entries;
	struct file *file;
	int count = scandir(dir, &entries, is_yaml, alphasort), i;

	/* An empty directory must not pass for a test. */
	if (count <= 0) {
		fprintf(stderr, "%s: no policies\n", dir);
		exit(1);
	}
	for (i = 0; i < count && n < FILES_MAX; i++, n++) {
		file = mem_zalloc(1, sizeof(*file));
		file->dir = mem_strndup(dir, strlen(dir));
		file->name = mem_strndup(entries[i]->d_name,
					 strlen(entries[i]->d_name));
		tests[n].name = file->name;
		tests[n].test_func = run;
		tests[n].initial_state = file;
		free(entries[i]);
	}
	free(entries);
	return n;
}

int main(void)
{
	static struct CMUnitTest tests[FILES_MAX];
	size_t n = 0, i;
	int failed;

	n = add_dir(tests, n, POLICIES "/bad", bad_file);
	n = add_dir(tests, n, POLICIES "/good", good_file);
	n = add_dir(tests, n, EXAMPLES, good_file);
	n = add_dir(tests, n, EXAMPLES "/sites", good_file);
	failed = _cmocka_run_group_tests("ctl_golden", tests, n, NULL, NULL);
	for (i = 0; i < n; i++) {
		struct file *file = tests[i].initial_state;

		free(file->dir);
		free(file->name);
		free(file);
	}
	return failed;
}
