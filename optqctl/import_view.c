// SPDX-License-Identifier: GPL-2.0
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "diag_view.h"
#include "import_view.h"
#include "json_add.h"
#include "mem.h"

static bool has_place(const struct source *src, const struct import_note *note)
{
	return src && note->at.off != DIAG_NOWHERE;
}

/* "eth0: class htb 1:10: TEXT", to be freed. */
static char *whole_text(const struct import_note *note)
{
	return note->object ? mem_printf("%s: %s", note->object, note->text) :
	       mem_printf("%s", note->text);
}

/* All of them, however many: what is not told is lost. */
void import_notes_print(FILE *out, const struct source *src,
			const struct import_notes *notes)
{
	struct source kernel = { .name = "optqctl" };
	struct diags d = { 0 };
	size_t i;

	d.list = mem_zalloc(notes->n, sizeof(*d.list));
	for (i = 0; i < notes->n; i++) {
		d.list[i].severity = DIAG_WARNING;
		d.list[i].at = notes->v[i].at;
		if (!has_place(src, &notes->v[i]))
			d.list[i].at.off = DIAG_NOWHERE;
		d.list[i].text = whole_text(&notes->v[i]);
	}
	d.n = notes->n;
	diags_print(out, src ? src : &kernel, &d);
	diags_free(&d);
}

struct json_object *import_notes_json(const struct source *src,
				      const struct import_notes *notes)
{
	struct json_object *list = json_object_new_array(), *o;
	struct source_pos pos;
	size_t i;

	for (i = 0; i < notes->n; i++) {
		o = json_object_new_object();
		if (has_place(src, &notes->v[i])) {
			pos = source_position(src, notes->v[i].at.off);
			add_text(o, "file", src->name);
			add_number(o, "line", pos.line);
			add_number(o, "column", pos.column);
		}
		if (notes->v[i].object)
			add_text(o, "object", notes->v[i].object);
		add_text(o, "message", notes->v[i].text);
		json_object_array_add(list, o);
	}
	return list;
}

void import_notes_comment(const struct source *src, const struct import_notes *notes,
			  struct policy_notes *comments)
{
	const struct import_note *note;
	char *text;
	size_t i;

	if (!notes->n)
		return;
	policy_note(comments, NOTE_POLICY, NO_CLASS, "What could not be carried over as it was:");
	for (i = 0; i < notes->n; i++) {
		note = &notes->v[i];
		text = whole_text(note);
		if (!note->object && has_place(src, note))
			policy_note(comments, NOTE_POLICY, NO_CLASS, "- line %zu: %s",
				    source_position(src, note->at.off).line, text);
		else
			policy_note(comments, NOTE_POLICY, NO_CLASS, "- %s", text);
		free(text);
	}
}
