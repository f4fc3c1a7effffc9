// SPDX-License-Identifier: GPL-2.0
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "entry_arg.h"
#include "history_view.h"
#include "json_add.h"
#include "output.h"
#include "verb.h"

static void print_files(const struct kept_files *files, bool json)
{
	struct json_object *list = json_object_new_array(), *o;
	size_t i;

	for (i = 0; i < files->n; i++) {
		if (json) {
			o = json_object_new_object();
			add_text(o, "path", files->list[i].path);
			add_text(o, "text", files->list[i].text);
			json_object_array_add(list, o);
			continue;
		}
		/* The policy alone is one, as it was; of several each is named. */
		if (files->n > 1)
			printf("%s# %s\n", i ? "\n" : "", files->list[i].path);
		fwrite(files->list[i].text, 1, files->list[i].len, stdout);
	}
	if (json)
		print_json(list);
	else
		json_object_put(list);
}

static bool show_one(struct session *s, const struct options *opt)
{
	struct entry *e = entry_of_arg(&s->history, opt->argv[0]);
	struct kept_files files;
	char *why;

	if (!e)
		return false;
	why = history_files(&s->history, e, &files);
	session_unlock(s);
	if (why)
		complain(NULL, why);
	else
		print_files(&files, opt->json);
	kept_free(&files);
	free(why);
	return !why;
}

static void show_all(struct session *s, bool json)
{
	session_unlock(s);
	if (json)
		print_json(history_json(s));
	else
		history_print(s);
}

enum exit_code verb_history(const struct options *opt)
{
	struct session s;
	char *why = session_open(&s);
	bool good = !why;

	if (why)
		complain(NULL, why);
	else if (opt->argc)
		good = show_one(&s, opt);
	else
		show_all(&s, opt->json);
	free(why);
	session_close(&s);
	return good ? EXIT_DONE : EXIT_FAILED;
}
