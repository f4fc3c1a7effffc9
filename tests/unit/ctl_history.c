// SPDX-License-Identifier: GPL-2.0
/* What was loaded is kept, found again, and forgotten when it is too old. */
#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl_help.h"
#include "history.h"
#include "kept.h"
#include "mem.h"
#include "pending.h"
#include "state.h"

static char *dir;

static int make_dir(void **state)
{
	char name[] = "/tmp/optq-history.XXXXXX";

	(void)state;
	dir = mem_printf("%s/deep/down", mkdtemp(name));
	return state_make(dir) ? -1 : 0;
}

static int drop_dir(void **state)
{
	char *command = mem_printf("rm -rf %.*s", (int)strlen("/tmp/optq-history.XXXXXX"), dir);
	int rc = system(command);

	(void)state;
	free(command);
	free(dir);
	return rc;
}

static void add(struct history *h, const char *device, const char *other, const char *text)
{
	struct entry e = { .state = ENTRY_APPLIED };
	struct kept_files files = { 0 };

	kept_record(&files);
	kept_add("policy.yaml", text, strlen(text));
	kept_add("set.txt", "10.0.0.0/8\n", 11);
	kept_add("policy.yaml", "the second time", 15);
	kept_record(NULL);
	e.what = mem_printf("apply");
	e.policy = mem_printf("policy.yaml");
	entry_add_device(&e, device);
	entry_add_device(&e, device);
	if (other)
		entry_add_device(&e, other);
	assert_null(history_add(h, &e, &files));
	entry_free(&e);
	kept_free(&files);
	history_free(h);
	assert_null(history_read(h, dir));
}

static void what_was_kept_is_found(void **state)
{
	struct kept_files files;
	struct history h;
	struct entry *e;

	(void)state;
	assert_null(history_read(&h, dir));
	assert_int_equal(h.n, 0);
	assert_null(history_last(&h));
	add(&h, "wan0", NULL, "one\n");
	add(&h, "wan1", "lan0", "two\n");
	add(&h, "wan0", NULL, "three\n");
	assert_int_equal(h.n, 3);
	e = history_last(&h);
	assert_int_equal(e->number, 3);
	assert_int_equal(e->n_devices, 1);
	assert_int_equal(history_before(&h, e, "wan0")->number, 1);
	assert_int_equal(history_before(&h, e, "lan0")->number, 2);
	assert_null(history_before(&h, e, "eth9"));
	assert_null(history_before(&h, history_find(&h, 1), "wan0"));
	assert_null(history_files(&h, history_find(&h, 2), &files));
	assert_int_equal(files.n, 2);
	assert_string_equal(files.list[0].path, "policy.yaml");
	assert_string_equal(files.list[0].text, "two\n");
	assert_string_equal(files.list[1].text, "10.0.0.0/8\n");
	kept_free(&files);
	/* What was taken back is in force no more. */
	e->state = ENTRY_TAKEN_BACK;
	assert_null(history_update(&h, e));
	history_free(&h);
	assert_null(history_read(&h, dir));
	assert_int_equal(history_last(&h)->number, 2);
	assert_int_equal(history_find(&h, 3)->state, ENTRY_TAKEN_BACK);
	history_free(&h);
}

/* But for what is in force: it is what a newer one is taken back to. */
static void old_ones_go(void **state)
{
	struct history h;
	unsigned int lan;
	int i;

	(void)state;
	assert_null(history_read(&h, dir));
	lan = history_now(&h, "lan0")->number;
	for (i = 0; i < HISTORY_MAX + 5; i++)
		add(&h, "wan0", NULL, "again\n");
	assert_int_equal(h.n, HISTORY_MAX);
	assert_int_equal(history_now(&h, "lan0")->number, lan);
	assert_true(history_in_force(&h, history_find(&h, lan)));
	assert_int_equal(h.list[h.n - 1].number - h.list[1].number, HISTORY_MAX - 2);
	history_free(&h);
}

/* What is no entry is left alone, and half of one is none. */
static void rubbish_is_passed_over(void **state)
{
	struct kept_files files;
	struct history h;
	char *path, *why;

	(void)state;
	assert_null(history_read(&h, dir));
	path = mem_printf("%s/7000", h.dir);
	assert_null(state_make(path));
	assert_null(state_write(path, "meta.json", "{ \"state\": \"app", 15));
	free(path);
	path = mem_printf("%s/7001", h.dir);
	assert_null(state_make(path));
	assert_null(state_write(path, "meta.json", "{\"devices\":[null],\"files\":[null]}", 34));
	free(path);
	path = mem_printf("%s/12abc", h.dir);
	assert_null(state_make(path));
	free(path);
	history_free(&h);
	assert_null(history_read(&h, dir));
	assert_null(history_find(&h, 7000));
	why = history_files(&h, history_find(&h, 7001), &files);
	assert_non_null(strstr(why, "is damaged"));
	free(why);
	kept_free(&files);
	history_free(&h);
}

static void files_are_replayed(void **state)
{
	struct kept_files files = { 0 }, other = { 0 };
	const struct kept_file *file;
	struct source src;
	char *why;

	(void)state;
	assert_false(kept_find("a.yaml", &file));
	kept_record(&files);
	kept_add("a.yaml", "optq: 1\n", 8);
	kept_add("-", "optq: 2\n", 8);
	kept_record(&other);
	kept_add("a.yaml", "optq: 1\n", 8);
	kept_record(NULL);
	assert_false(kept_same(&files, &other));
	kept_replay(&files);
	assert_null(source_read(&src, "a.yaml"));
	assert_string_equal(src.text, "optq: 1\n");
	source_free(&src);
	assert_null(source_read(&src, "-"));
	assert_string_equal(src.text, "optq: 2\n");
	source_free(&src);
	why = source_read(&src, "/etc/passwd");
	assert_string_equal(why, "was not kept");
	free(why);
	source_free(&src);
	kept_replay(NULL);
	assert_null(source_read(&src, "/etc/passwd"));
	source_free(&src);
	kept_free(&files);
	kept_free(&other);
}

static void another_boot_has_nothing_pending(void **state)
{
	struct pending p = { .number = 4, .deadline_ns = boottime_ns() + 1000000000000, .until = 99 };
	struct pending got;
	struct json_object *o;
	const char *other;
	char *text;
	size_t len;

	(void)state;
	pending_read(&got, dir);
	assert_int_equal(got.number, 0);
	assert_null(pending_write(&p, dir));
	pending_read(&got, dir);
	assert_int_equal(got.number, 4);
	assert_int_equal(got.until, 99);
	assert_false(pending_is_over(&got));
	assert_false(got.other_boot);
	text = state_read(dir, "pending.json", &len);
	o = json_tokener_parse(text);
	/* As the kernel has it, with dashes. */
	assert_int_equal(strlen(json_object_get_string(json_object_object_get(o, "boot"))), 37);
	json_object_object_add(o, "boot", json_object_new_string("another\n"));
	other = json_object_to_json_string(o);
	assert_null(state_write(dir, "pending.json", other, strlen(other)));
	json_object_put(o);
	pending_read(&got, dir);
	assert_int_equal(got.number, 4);
	assert_true(got.other_boot);
	free(text);
	assert_null(pending_clear(dir));
	assert_null(pending_clear(dir));
	p.deadline_ns = boottime_ns() - 1;
	assert_true(pending_is_over(&p));
}

static void the_environment_names_the_place(void **state)
{
	char *where;

	(void)state;
	setenv("OPTQ_STATE_DIR", "/somewhere", 1);
	where = state_dir();
	assert_string_equal(where, "/somewhere");
	free(where);
	unsetenv("OPTQ_STATE_DIR");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_kept_is_found),
		cmocka_unit_test(old_ones_go),
		cmocka_unit_test(rubbish_is_passed_over),
		cmocka_unit_test(files_are_replayed),
		cmocka_unit_test(another_boot_has_nothing_pending),
		cmocka_unit_test(the_environment_names_the_place),
	};

	return cmocka_run_group_tests_name("ctl_history", tests, make_dir, drop_dir);
}
