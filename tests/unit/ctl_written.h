/* SPDX-License-Identifier: GPL-2.0 */
/* Policies that are written and read again. */
#ifndef CTL_WRITTEN_H
#define CTL_WRITTEN_H

#include <dirent.h>
#include <stdio.h>

#include "ctl_message.h"
#include "policy_write.h"
#include "set_file.h"
#include "preset.h"

static inline char *written(const struct policy *policy,
		     const struct policy_notes *notes)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	policy_write(out, policy, notes);
	fclose(out);
	return text;
}

/* What the kernel would be told of it, without where a match stands. */
static inline struct nl_msg *link_message(struct link *link)
{
	size_t i;

	for (i = 0; i < link->n_rules; i++) {
		free(link->rules[i].where);
		link->rules[i].where = mem_strndup("here", 4);
	}
	return message(link);
}

static inline void assert_same_link(struct link *a, struct link *b, const char *text)
{
	struct nl_msg *x, *y;

	assert_string_equal(a->name, b->name);
	assert_string_equal(a->title, b->title);
	assert_string_equal(a->device, b->device);
	assert_int_equal(a->default_class, b->default_class);
	assert_int_equal(a->n_classes, b->n_classes);
	assert_int_equal(a->n_rules, b->n_rules);
	x = link_message(a);
	y = link_message(b);
	if (nlmsg_datalen(nlmsg_hdr(x)) != nlmsg_datalen(nlmsg_hdr(y)) ||
	    memcmp(nlmsg_data(nlmsg_hdr(x)), nlmsg_data(nlmsg_hdr(y)),
		   (size_t)nlmsg_datalen(nlmsg_hdr(x))))
		fail_msg("another link \"%s\" is read from\n%s", a->name, text);
	nlmsg_free(x);
	nlmsg_free(y);
}

/* Of what was good before. */
static inline void read_back(struct reading *r, const struct source *like,
		      const char *text)
{
	memset(r, 0, sizeof(*r));
	source_from_text(&r->src, "test.yaml", text, strlen(text));
	if (like && like->dir)
		r->src.dir = mem_strndup(like->dir, strlen(like->dir));
	r->good = policy_parse(&r->src, &r->policy, &r->d);
	if (!r->good)
		fail_msg("%s in\n%s", r->d.list[0].text, text);
}

static inline size_t each_policy_of(const char *dir, void (*run)(struct reading *r))
{
	struct dirent *entry;
	DIR *d = opendir(dir);
	struct reading r;
	size_t n = 0;
	char *path;

	assert_non_null(d);
	while ((entry = readdir(d))) {
		if (!strstr(entry->d_name, ".yaml"))
			continue;
		path = mem_printf("%s/%s", dir, entry->d_name);
		memset(&r, 0, sizeof(r));
		assert_null(source_read(&r.src, path));
		r.good = policy_parse(&r.src, &r.policy, &r.d);
		assert_good(&r);
		/* What is written stands elsewhere than an included file that names a set's. */
		set_files_make_absolute(&r.policy.sets);
		run(&r);
		reading_free(&r);
		free(path);
		n++;
	}
	closedir(d);
	return n;
}

/* All that are good, and each preset, up and down. */
static inline void each_policy(void (*run)(struct reading *r))
{
	const char *name;
	struct reading r;
	char *text;
	size_t n;

	assert_true(each_policy_of(POLICIES "/good", run) >= 5);
	assert_true(each_policy_of(EXAMPLES, run) >= 6);
	for (n = 0; (name = preset_at(n)->name); n++) {
		text = mem_printf("optq: 1\nlinks:\n  wan0:\n    egress: { rate: 50mbit, preset: %s }\n    ingress: { rate: 33333kbit, preset: %s }\n",
				  name, name);
		read_text(&r, text);
		assert_good(&r);
		run(&r);
		reading_free(&r);
		free(text);
	}
	assert_true(n >= 3);
}

#endif
