// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export_fit.h"
#include "import.h"
#include "import_text.h"
#include "import_view.h"
#include "mem.h"
#include "policy.h"
#include "policy_order.h"
#include "policy_write.h"

static const struct span nowhere = { DIAG_NOWHERE, 0 };

/* What was altered to make a policy of it is told like all the rest. */
static void note_alterations(const struct policy *policy, const struct policy_notes *from,
			     struct import_notes *notes)
{
	const struct policy_note *note;
	const struct link *link;
	char *path;
	size_t i;

	for (i = 0; i < from->n; i++) {
		note = &from->list[i];
		link = &policy->links[note->link];
		path = note->class_index == NO_CLASS ? mem_printf("the link") :
		       class_path(link, note->class_index);
		import_note(notes, nowhere, mem_printf("%s: %s", link->title, path), "%s",
			    note->text);
		free(path);
	}
}

static void make_writable(struct policy *policy, struct import_notes *notes)
{
	struct policy_notes alterations = { 0 };
	size_t i;

	policy_order(policy, &alterations);
	for (i = 0; i < policy->n_links; i++)
		export_fit(&policy->links[i], i, &alterations);
	note_alterations(policy, &alterations, notes);
	policy_notes_free(&alterations);
}

static char *text_of(const struct policy *policy, const struct source *script,
		     const struct import_notes *notes)
{
	struct policy_notes comments = { 0 };
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return mem_strndup("", 0);
	import_notes_comment(script, notes, &comments);
	policy_write(out, policy, &comments);
	fclose(out);
	policy_notes_free(&comments);
	return text;
}

static void check(struct import_text *t)
{
	struct policy policy;

	source_from_text(&t->src, "<policy>", t->text, strlen(t->text));
	t->good = policy_parse(&t->src, &policy, &t->d);
	policy_free(&policy);
}

/* An hfsc takes delays without asking whether they can be met together. */
static bool drop_delays(struct policy *policy, struct import_notes *notes)
{
	struct class *class;
	bool any = false;
	size_t i, c;

	for (i = 0; i < policy->n_links; i++) {
		for (c = 0; c < policy->links[i].n_classes; c++) {
			class = &policy->links[i].classes[c];
			if (!class->delay_ns)
				continue;
			class->delay_ns = 0;
			class->burst = 0;
			any = true;
		}
	}
	if (any)
		import_note(notes, nowhere, NULL, "delays are left out: they cannot all be met, and a policy promises none that cannot");
	return any;
}

void import_text_make(struct import_text *t, const struct foreign *f,
		      const struct source *script, char *const *names, size_t n,
		      struct import_notes *notes)
{
	struct policy policy = { 0 };

	memset(t, 0, sizeof(*t));
	import_policy(f, names, n, &policy, notes);
	if (policy.n_links) {
		make_writable(&policy, notes);
		t->text = text_of(&policy, script, notes);
		check(t);
	}
	if (t->text && !t->good && drop_delays(&policy, notes)) {
		import_text_free(t);
		t->text = text_of(&policy, script, notes);
		check(t);
	}
	policy_free(&policy);
}

void import_text_free(struct import_text *t)
{
	diags_free(&t->d);
	source_free(&t->src);
	free(t->text);
	memset(t, 0, sizeof(*t));
}
