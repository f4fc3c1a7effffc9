// SPDX-License-Identifier: GPL-2.0
/*
 * Every script of tests/import comes to the policy beside it, with the notes in
 * NAME.notes, and "check" takes it.  With UPDATE_EXPECT=1 both are written anew, to be
 * read in the diff before they are committed.
 */
#include <dirent.h>
#include <stdio.h>

#include "ctl_help.h"
#include "import_script.h"
#include "import_text.h"
#include "import_view.h"
#include "mem.h"

#define FILES_MAX	100

struct importing {
	struct source src;
	struct foreign f;
	struct import_notes notes;
	struct import_text made;
};

static void import_source(struct importing *im)
{
	import_script(&im->src, &im->f, &im->notes);
	import_text_make(&im->made, &im->f, &im->src, NULL, 0, &im->notes);
}

static void import_string(struct importing *im, const char *text)
{
	memset(im, 0, sizeof(*im));
	source_from_text(&im->src, "script", text, strlen(text));
	import_source(im);
}

static void importing_free(struct importing *im)
{
	import_text_free(&im->made);
	import_notes_free(&im->notes);
	foreign_free(&im->f);
	source_free(&im->src);
}

static char *notes_text(const struct importing *im)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	import_notes_print(out, &im->src, &im->notes);
	fclose(out);
	return text;
}

static char *slurp(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = mem_zalloc(1 << 20, 1);

	if (!f)
		return text;
	text[fread(text, 1, (1 << 20) - 1, f)] = '\0';
	fclose(f);
	return text;
}

static void same_as_file(const char *name, const char *ending, const char *text)
{
	char *path = mem_printf(IMPORTS "/%.*s%s", (int)strlen(name) - 3, name, ending);
	char *expected;
	FILE *f;

	if (getenv("UPDATE_EXPECT")) {
		f = fopen(path, "w");
		assert_non_null(f);
		fputs(text, f);
		fclose(f);
	}
	expected = slurp(path);
	assert_string_equal(text, expected);
	free(expected);
	free(path);
}

static void golden(void **state)
{
	const char *name = *state;
	char *path = mem_printf(IMPORTS "/%s", name), *text;
	struct importing im = { 0 };

	assert_null(source_read_script(&im.src, path));
	/* The same wherever the tree lies. */
	free(im.src.name);
	im.src.name = mem_strndup(name, strlen(name));
	import_source(&im);
	if (!im.made.good)
		fail_msg("%s", im.made.d.n ? im.made.d.list[0].text : "no policy");
	same_as_file(name, ".yaml", im.made.text);
	text = notes_text(&im);
	same_as_file(name, ".notes", text);
	free(text);
	importing_free(&im);
	free(path);
}

static void has(const struct importing *im, const char *text)
{
	if (!im->made.text || !strstr(im->made.text, text))
		fail_msg("\"%s\" is not in \"%s\"", text, im->made.text);
}

/* The shell's ways to write one and the same. */
static void shell_words(void **state)
{
	static const char *const scripts[] = {
		"tc qdisc add dev eth0 root cake bandwidth 8mbit besteffort",
		"qdisc add dev eth0 root cake bandwidth 8mbit besteffort\n",
		"DEV='eth0'\n$TC qdisc add dev \"$DEV\" root \\\n cake bandwidth 8mbit besteffort # so\n",
		"set='tc qdisc add dev eth0'; RATE=8\n$set root cake bandwidth ${RATE}mbit besteffort || exit 1",
		"sudo /sbin/tc -force qdisc replace dev eth0 root cake bandwidth 8Mbit best\\\neffort 2>/dev/null",
		"tc -batch - <<EOF\nqdisc add dev eth0 root cake bandwidth 1000kbps besteffort\nEOF\n",
		"tc qdisc add dev eth0 root cake bandwidth ${RATE:-8mbit} besteffort &>/dev/null\r\n",
		"tc q a dev eth0 root cake bandwidth 8000000 besteffort >/dev/null 2>&1",
	};
	struct importing im;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(scripts) / sizeof(*scripts); i++) {
		import_string(&im, scripts[i]);
		has(&im, "rate: 8mbit\n");
		has(&im, "isolate: triple\n");
		assert_true(im.made.good);
		importing_free(&im);
	}
}

static void changed_and_deleted(void **state)
{
	struct importing im;

	(void)state;
	import_string(&im, "tc qdisc add dev eth0 root handle 1: htb default 10\n"
		      "tc class add dev eth0 parent 1: classid 1:10 htb rate 5mbit\n"
		      "tc class change dev eth0 classid 1:10 htb rate 6mbit\n"
		      "tc class add dev eth0 parent 1: classid 1:20 htb rate 1mbit\n"
		      "tc class del dev eth0 classid 1:20\n"
		      "tc filter add dev eth0 parent 1: protocol ip prio 3 handle 1 fw flowid 1:10\n"
		      "tc filter del dev eth0 parent 1: prio 3\n"
		      "tc qdisc change dev eth0 root htb default 10\n"
		      "tc qdisc add dev eth1 root fq_codel\n"
		      "tc qdisc del dev eth1 root\n");
	has(&im, "rate: 6mbit\n");
	assert_null(strstr(im.made.text, "1-20"));
	assert_null(strstr(im.made.text, "match"));
	assert_null(strstr(im.made.text, "eth1"));
	assert_int_equal(im.notes.n, 0);
	importing_free(&im);
}

/* The kernel picks 49152 first and one less for each that follows, so the last is tried first. */
static void filters_without_pref(void **state)
{
	struct importing im;

	(void)state;
	import_string(&im, "tc qdisc add dev eth0 root handle 1: htb default 10\n"
		      "tc class add dev eth0 parent 1: classid 1:10 htb rate 5mbit\n"
		      "tc class add dev eth0 parent 1: classid 1:20 htb rate 5mbit\n"
		      "tc filter add dev eth0 parent 1: protocol ip u32 match ip dst 10.0.0.0/8 flowid 1:10\n"
		      "tc filter add dev eth0 parent 1: protocol ip u32 match ip dst 10.1.0.0/16 flowid 1:20\n");
	assert_true(strstr(im.made.text, "1-20:") < strstr(im.made.text, "1-10:\n"));
	assert_null(strstr(im.made.text, "not"));
	importing_free(&im);
}

static void names_of_devices(void **state)
{
	struct importing im;

	(void)state;
	import_string(&im, "tc qdisc add dev a+b root fq_codel\ntc qdisc add dev a@b root fq_codel\n"
		      "tc qdisc add dev .x root fq_codel\ntc qdisc add dev a:1 root fq_codel\n");
	assert_true(im.made.good);
	has(&im, "  a_b:\n    device: a+b\n");
	has(&im, "  a_b_:\n    device: a@b\n");
	has(&im, "  _x:\n");
	assert_int_equal(im.notes.n, 1);
	importing_free(&im);
}

/* What the kernel holds of a burst: the time that it takes at the rate, in 64 ns. */
static void bursts(void **state)
{
	static const struct { uint64_t rate; uint32_t burst; } same[] = {
		{ 125000, 15360 }, { 1250000, 3000 }, { 12500000, 1514 }, { 1250, 2000 },
		{ 125000000, 64000 }, { 1250000000, 128 * 1024 }, { 62500000, 100000 },
	};
	uint32_t burst;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(same) / sizeof(*same); i++) {
		burst = foreign_burst(same[i].rate, same[i].burst);
		assert_int_equal(burst, same[i].burst);
		/* Again it stays. */
		assert_int_equal(foreign_burst(same[i].rate, burst), burst);
	}
}

static void nothing_there(void **state)
{
	static const char *const scripts[] = {
		"", "\n#\n", "\\", "'", "\"$", "${", "$(", "`", "<<", "tc", "tc qdisc",
		"tc qdisc add", "tc class add dev", "tc filter add dev eth0 parent",
		"tc qdisc add dev eth0 root noqueue", "=", "A=", "export", "tc -b x",
		"tc filter add dev eth0 u32 match", "tc filter add dev eth0 u32 match ip src",
		"tc filter add dev eth0 basic match (((", "tc class add dev e parent 1: classid 1:1 htb",
	};
	struct importing im;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(scripts) / sizeof(*scripts); i++) {
		import_string(&im, scripts[i]);
		assert_null(im.made.text);
		importing_free(&im);
	}
}

static int is_script(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 3 && !strcmp(entry->d_name + len - 3, ".tc");
}

int main(void)
{
	static struct CMUnitTest tests[FILES_MAX] = {
		cmocka_unit_test(shell_words), cmocka_unit_test(changed_and_deleted),
		cmocka_unit_test(filters_without_pref), cmocka_unit_test(bursts),
		cmocka_unit_test(nothing_there),
		cmocka_unit_test(names_of_devices),
	};
	struct dirent **entries;
	int count = scandir(IMPORTS, &entries, is_script, alphasort), i, failed;
	size_t n = 6;

	/* An empty directory must not pass for a test. */
	if (count <= 0 || count + 6 > FILES_MAX)
		return 1;
	for (i = 0; i < count; i++, n++) {
		tests[n].name = entries[i]->d_name;
		tests[n].test_func = golden;
		tests[n].initial_state = entries[i]->d_name;
	}
	failed = _cmocka_run_group_tests("ctl_import", tests, n, NULL, NULL);
	for (i = 0; i < count; i++)
		free(entries[i]);
	free(entries);
	return failed;
}
