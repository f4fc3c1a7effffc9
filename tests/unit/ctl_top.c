// SPDX-License-Identifier: GPL-2.0
/* Top without a kernel and without a screen: what is shown, and what keys do. */
#include <json-c/json.h>
#include <locale.h>
#include <stdio.h>

#include "ctl_help.h"
#include "ctl_tree.h"
#include "mem.h"
#include "sparkline.h"
#include "term.h"
#include "top_columns.h"
#include "top_keys.h"
#include "top_text.h"

#define S	1000000000ULL

/* Bytes and ms that each leaf sent and waited in the second. */
static void send_all(struct live_tree *tree, const uint64_t *sent, const uint64_t *wait_ms)
{
	size_t i;

	for (i = 0; i < tree->n; i++)
		if (sent[i])
			add_sent(&tree->classes[i], sent[i] / 10, 10, wait_ms[i] * 1000000);
}

/*
 *	site-1		office	web mail
 *	site-2		web
 *	idle
 */
static struct top site_tree(void)
{
	static const uint64_t sent[] = { 900, 500, 300, 200, 400, 400, 0 };
	static const uint64_t wait[] = { 0, 0, 5, 80, 0, 20, 0 };
	struct live_tree tree = { .device = "wan0", .handle = 1 << 16, .ifindex = 1 };
	struct live_tree later;
	struct top t = { .interval_ns = S };

	add_class(&tree, 1, "site-1", SIZE_MAX);
	add_class(&tree, 2, "office", 0);
	add_class(&tree, 3, "web", 1)->leaf = true;
	add_class(&tree, 4, "mail", 1)->leaf = true;
	add_class(&tree, 5, "site-2", SIZE_MAX);
	add_class(&tree, 6, "web", 4)->leaf = true;
	add_class(&tree, 7, "idle", SIZE_MAX)->leaf = true;
	later = copy_tree(&tree);
	sampler_take(&t.sampler, &tree, S);
	send_all(&later, sent, wait);
	later.classes[3].stats.backlog_bytes = 7000;
	later.classes[3].stats.backlog_packets = 7;
	later.classes[5].stats.drop_aqm = 3;
	sampler_take(&t.sampler, &later, 2 * S);
	top_model_update(&t.model, &t.sampler);
	return t;
}

static char *rows_text(const struct top *t)
{
	char *text = mem_printf("%s", ""), *path, *longer;
	size_t i;

	for (i = 0; i < t->model.n_rows; i++) {
		path = top_model_path(&t->model, &t->sampler, i);
		longer = mem_printf("%s%s%*s%s", text, i ? "," : "",
				    (int)t->model.rows[i].indent, "", path);
		free(path);
		free(text);
		text = longer;
	}
	return text;
}

static void assert_rows(const struct top *t, const char *want)
{
	char *text = rows_text(t);

	assert_string_equal(text, want);
	free(text);
}

/* Keys as they are typed; \n is Enter, \b Backspace, \e Escape. */
static void type(struct top *t, const char *keys)
{
	for (; *keys; keys++)
		assert_int_equal(top_press(t, *keys == '\n' ? TOP_KEY_ENTER :
					   *keys == '\b' ? TOP_KEY_BACK :
					   *keys == '\033' ? TOP_KEY_ESCAPE :
					   (unsigned char)*keys), TOP_STAYS);
}

static void each_key_sorts(void **state)
{
	static const char *const want[N_TOP_SORTS] = {
		[TOP_BY_RATE] = "site-1,site-1/office,site-2,site-2/web,site-1/office/web,site-1/office/mail,idle",
		[TOP_BY_BACKLOG] = "site-1/office/mail,site-1,site-1/office,site-1/office/web,site-2,site-2/web,idle",
		[TOP_BY_DROPS] = "site-2/web,site-1,site-1/office,site-1/office/web,site-1/office/mail,site-2,idle",
		[TOP_BY_P99] = "site-1/office/mail,site-2/web,site-1/office/web,site-1,site-1/office,site-2,idle",
		[TOP_BY_NAME] = "idle,site-1,site-1/office,site-1/office/mail,site-1/office/web,site-2,site-2/web",
		[TOP_BY_TREE] = "site-1, office,  web,  mail,site-2, web,idle",
	};
	struct top t = site_tree();
	unsigned int i;

	(void)state;
	/* Inner classes have waits of none. */
	for (i = 0; i < t.sampler.tree.n; i++)
		if (!t.sampler.tree.classes[i].leaf)
			t.sampler.rates[i].p99_ns = 0;
	for (i = 0; i < N_TOP_SORTS; i++) {
		assert_int_equal(t.model.sort, i);
		assert_rows(&t, want[i]);
		type(&t, "s");
	}
	assert_int_equal(t.model.sort, TOP_BY_RATE);
	type(&t, "SS");
	assert_int_equal(t.model.sort, TOP_BY_NAME);
	type(&t, "r");
	assert_rows(&t, "site-2/web,site-2,site-1/office/web,site-1/office/mail,site-1/office,site-1,idle");
	top_free(&t);
}

static void into_a_class_and_out_again(void **state)
{
	struct top t = site_tree();
	char *place;

	(void)state;
	top_press(&t, TOP_KEY_DOWN);
	type(&t, "\n");
	assert_rows(&t, "web,mail");
	place = top_model_place(&t.model, &t.sampler);
	assert_string_equal(place, "site-1/office");
	free(place);
	/* There is nothing below a leaf. */
	type(&t, "\n");
	assert_rows(&t, "web,mail");
	type(&t, "\b");
	assert_rows(&t, "office,office/web,office/mail");
	assert_int_equal(t.model.cursor, 0);
	type(&t, "\b\b\b");
	assert_int_equal(t.model.n_rows, 7);
	top_free(&t);
}

static void a_class_that_goes_is_left(void **state)
{
	struct top t = site_tree();
	struct live_tree tree;
	char *place;

	(void)state;
	top_press(&t, TOP_KEY_DOWN);
	type(&t, "\n");
	tree = copy_tree(&t.sampler.tree);
	free(tree.classes[1].name);
	free(tree.classes[2].name);
	free(tree.classes[2].hist);
	free(tree.classes[3].name);
	free(tree.classes[3].hist);
	free(tree.classes[1].hist);
	memmove(&tree.classes[1], &tree.classes[4], 3 * sizeof(tree.classes[0]));
	tree.n = 4;
	tree.classes[2].parent_index = 1;
	sampler_take(&t.sampler, &tree, 3 * S);
	top_model_update(&t.model, &t.sampler);
	place = top_model_place(&t.model, &t.sampler);
	assert_string_equal(place, "site-1");
	free(place);
	assert_int_equal(t.model.n_rows, 0);
	/* Keys do no harm where there are no rows. */
	top_press(&t, TOP_KEY_DOWN);
	top_press(&t, TOP_KEY_END);
	type(&t, "\n\b");
	assert_rows(&t, "site-1,site-2,site-2/web,idle");
	top_free(&t);
}

static void paths_are_looked_for(void **state)
{
	struct top t = site_tree();

	(void)state;
	type(&t, "/WEq");
	assert_int_equal(t.prompt, TOP_FILTER);
	assert_rows(&t, "");
	type(&t, "\bb");
	assert_rows(&t, "site-2/web,site-1/office/web");
	type(&t, "\n");
	assert_int_equal(t.prompt, TOP_KEYS);
	assert_rows(&t, "site-2/web,site-1/office/web");
	type(&t, "/\b\b\b");
	assert_int_equal(t.model.n_rows, 7);
	/* A character of two bytes goes as one. */
	top_press(&t, 0xe4);
	assert_string_equal(t.typed, "\xc3\xa4");
	type(&t, "\b\b\b");
	assert_string_equal(t.typed, "");
	type(&t, "mail\033");
	assert_int_equal(t.model.n_rows, 7);
	assert_null(t.model.filter);
	top_free(&t);
}

static void idle_classes_can_be_left_out(void **state)
{
	struct top t = site_tree();

	(void)state;
	type(&t, "Si");
	assert_rows(&t, "site-1, office,  web,  mail,site-2, web");
	type(&t, "i");
	assert_int_equal(t.model.n_rows, 7);
	top_free(&t);
}

/* The class, not the line; the first line while none was chosen. */
static void the_cursor_stays_on_its_class(void **state)
{
	struct top t = site_tree();
	struct live_tree tree;

	(void)state;
	top_press(&t, TOP_KEY_DOWN);
	top_press(&t, TOP_KEY_DOWN);
	assert_int_equal(t.sampler.tree.classes[t.model.rows[t.model.cursor].index].id, 5);
	tree = copy_tree(&t.sampler.tree);
	add_sent(&tree.classes[6], 1000, 100, 1000);
	sampler_take(&t.sampler, &tree, 3 * S);
	top_model_update(&t.model, &t.sampler);
	assert_int_equal(t.model.rows[0].index, 6);
	assert_int_equal(t.sampler.tree.classes[t.model.rows[t.model.cursor].index].id, 5);
	top_press(&t, TOP_KEY_HOME);
	assert_int_equal(t.model.cursor, 0);
	assert_int_equal(t.model.chosen, 0);
	top_free(&t);
}

static void the_window_follows_the_cursor(void **state)
{
	struct top t = site_tree();

	(void)state;
	top_model_resize(&t.model, 3);
	top_press(&t, TOP_KEY_END);
	assert_int_equal(t.model.cursor, 6);
	assert_int_equal(t.model.first, 4);
	top_press(&t, TOP_KEY_PAGE_UP);
	assert_int_equal(t.model.cursor, 4);
	assert_int_equal(t.model.first, 4);
	top_press(&t, TOP_KEY_UP);
	assert_int_equal(t.model.first, 3);
	top_model_resize(&t.model, 100);
	assert_int_equal(t.model.first, 0);
	top_model_resize(&t.model, 0);
	top_press(&t, TOP_KEY_DOWN);
	top_free(&t);
}

static void other_keys(void **state)
{
	struct top t = site_tree();

	(void)state;
	type(&t, " ");
	assert_true(t.paused);
	type(&t, " ");
	assert_false(t.paused);
	type(&t, "?");
	assert_int_equal(t.prompt, TOP_HELP);
	type(&t, "q");		/* any key: it goes back, and no further */
	assert_int_equal(t.prompt, TOP_KEYS);
	type(&t, "xyz\x01");
	top_press(&t, TOP_KEY_OTHER);
	assert_int_equal(top_press(&t, '\t'), TOP_NEXT_TREE);
	assert_int_equal(top_press(&t, 'q'), TOP_QUITS);
	top_free(&t);
}

static void any_width_is_kept_to(void **state)
{
	struct top_layout l;
	int columns, used, i, before = 0;

	(void)state;
	for (columns = 1; columns <= 500; columns++) {
		top_layout_fit(&l, columns, true);
		used = l.name + (l.spark ? l.spark + 1 : 0);
		for (i = 0; i < N_TOP_COLUMNS; i++)
			used += l.has[i] ? top_column_width(i) + 1 : 0;
		assert_true(used <= columns);
		assert_true(l.spark <= HISTORY_SLOTS);
		assert_true(l.spark >= before);
		before = l.spark;
	}
	top_layout_fit(&l, 80, true);
	for (i = 0; i < N_TOP_COLUMNS; i++)
		assert_true(l.has[i]);
	assert_true(l.spark >= 6);
	top_layout_fit(&l, 40, true);
	assert_true(l.has[TOP_SENT] && l.has[TOP_QUEUE] && l.has[TOP_P99]);
	assert_false(l.has[TOP_P50]);
}

static char *frame_text(const struct top *t, void (*print)(FILE *out, const struct top *t))
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	print(out, t);
	fclose(out);
	return text;
}

static void any_frame_fits_80_columns(void **state)
{
	struct random_source r = { 7 };
	struct top t = { 0 };
	struct live_tree tree;
	uint64_t at = S;
	char *text;
	int n;

	(void)state;
	for (n = 1; n <= 200; n++) {
		tree = random_tree(&r, 1 + random_below(&r, 60), random_below(&r, 11));
		sampler_take(&t.sampler, &tree, at += S);
		t.model.sort = random_below(&r, N_TOP_SORTS);
		top_model_update(&t.model, &t.sampler);
		text = frame_text(&t, top_print_frame);
		assert_80_columns(text);
		assert_null(strchr(text, '\033'));
		free(text);
		text = frame_text(&t, top_print_json);
		assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
		free(text);
	}
	top_free(&t);
}

static void a_frame_of_text(void **state)
{
	struct top t = site_tree();
	char *text = frame_text(&t, top_print_frame);

	(void)state;
	assert_string_equal(text + 9,	/* behind the clock */
"wan0: generation 0, 7 classes, 0 rules\n"
"0bit (0 packets/s, 0 drops/s, 0 bytes wait)\n"
"CLASS                         SENT      RATE      CEIL QUEUE DROPS    P50    P99\n"
"site-1                     7.2kbit         -         -     0     0  997ns  997ns\n"
"site-1/office                4kbit         -         -     0     0  997ns  997ns\n"
"site-2                     3.2kbit         -         -     0     0  997ns  997ns\n"
"site-2/web                 3.2kbit         -         -     0     3 19.3ms 19.3ms\n"
"site-1/office/web          2.4kbit         -         -     0     0 4.81ms 4.81ms\n"
"site-1/office/mail         1.6kbit         -         -    7k     0   77ms   77ms\n"
"idle                          0bit         -         -     0     0      -      -\n"
"\n");
	free(text);
	t.why = mem_printf("wan0: there is no such device here");
	text = frame_text(&t, top_print_frame);
	assert_string_equal(text + 9, "wan0: there is no such device here\n");
	free(text);
	top_free(&t);
}

static void a_line_of_json(void **state)
{
	struct top t = site_tree();
	char *text = frame_text(&t, top_print_json);
	struct json_object *o = json_tokener_parse(text), *classes, *c, *rates;

	(void)state;
	assert_non_null(o);
	assert_int_equal(json_object_get_int64(json_object_object_get(o, "span_ns")), S);
	classes = json_object_object_get(o, "classes");
	assert_int_equal(json_object_array_length(classes), 7);
	c = json_object_array_get_idx(classes, 3);
	assert_string_equal(json_object_get_string(json_object_object_get(c, "path")), "site-2/web");
	assert_int_equal(json_object_get_int(json_object_object_get(c, "drops")), 3);
	rates = json_object_object_get(c, "rates");
	assert_int_equal(json_object_get_int(json_object_object_get(rates, "sent_bps")), 3200);
	json_object_put(o);
	free(text);
	t.why = mem_printf("gone");
	text = frame_text(&t, top_print_json);
	assert_non_null(strstr(text, "\"error\":\"gone\""));
	assert_null(strstr(text, "classes"));
	free(text);
	top_free(&t);
}

static void assert_line(const float *values, size_t n, size_t columns, bool utf8,
			const char *want)
{
	char line[SPARKLINE_BYTES(100)];

	sparkline(values, n, columns, utf8, line);
	assert_string_equal(line, want);
}

static void sparklines(void **state)
{
	static const float up[] = { 0, 1, 2, 3, 4, 5, 6, 7 }, none[8], one[] = { 0, 0, 1e9f, 1 };

	(void)state;
	assert_line(up, 8, 8, true, " \u2582\u2583\u2584\u2585\u2586\u2587\u2588");
	assert_line(up, 8, 8, false, " :-=+*%#");
	assert_line(up, 8, 4, false, ".=*#");
	assert_line(up, 8, 3, false, ".+#");
	assert_line(up, 8, 10, false, "   :-=+*%#");
	assert_line(none, 8, 4, true, "    ");
	assert_line(one, 4, 4, false, "  #.");
	assert_line(up, 8, 0, true, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_key_sorts),
		cmocka_unit_test(into_a_class_and_out_again),
		cmocka_unit_test(a_class_that_goes_is_left),
		cmocka_unit_test(paths_are_looked_for),
		cmocka_unit_test(idle_classes_can_be_left_out),
		cmocka_unit_test(the_cursor_stays_on_its_class),
		cmocka_unit_test(the_window_follows_the_cursor),
		cmocka_unit_test(other_keys),
		cmocka_unit_test(any_width_is_kept_to),
		cmocka_unit_test(any_frame_fits_80_columns),
		cmocka_unit_test(a_frame_of_text),
		cmocka_unit_test(a_line_of_json),
		cmocka_unit_test(sparklines),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return 1;
	return cmocka_run_group_tests_name("ctl_top", tests, NULL, NULL);
}
