// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "delta_view.h"
#include "mem.h"
#include "term.h"

#define COLUMNS		80
#define HEAD_SHARED_MAX	24	/* columns that heads share; past that they stand alone */

/* Text that goes on in the next line, indented, where it does not fit. */
struct flow {
	FILE *out;
	bool color;
	size_t column, indent;
	bool begun;		/* something stands behind the head */
	bool listed;		/* and what comes next is one more of a list */
};

static const char *arrow(void)
{
	return term_utf8() ? "\u2192" : "->";
}

static const struct {
	const char *sign, *color, *to_do, *done;
} ops[] = {
	[DELTA_ADD] = { "+", TERM_GREEN, "to add", "added" },
	[DELTA_CHANGE] = { "~", TERM_PLAIN_YELLOW, "to change", "changed" },
	[DELTA_REMOVE] = { "-", TERM_RED, "to remove", "removed" },
	[DELTA_MOVE] = { NULL, TERM_CYAN, "to move", "moved" },
	[DELTA_FOREIGN] = { "!", TERM_PLAIN_YELLOW, "with a qdisc of tc's",
			    "with a qdisc of tc's" },
};

static void put(struct flow *f, const char *text)
{
	size_t len = strlen(text);

	term_print(f->out, text, len);
	f->column += term_width(text, len);
}

static void pad_to(struct flow *f, size_t column)
{
	for (; f->column < column; f->column++)
		putc(' ', f->out);
}

static void new_line(struct flow *f)
{
	putc('\n', f->out);
	f->column = 0;
	pad_to(f, f->indent);
}

/* Kept together, and behind @mark where something stands before it. */
static void put_token(struct flow *f, const char *text, const char *mark)
{
	size_t width = term_width(text, strlen(text));

	if (f->begun)
		put(f, mark);
	/* One more for the mark behind it. */
	if (f->column + (f->begun ? 1 : 0) + width + 1 > COLUMNS &&
	    f->column > f->indent)
		new_line(f);
	else if (f->begun)
		put(f, " ");
	put(f, text);
	f->begun = true;
}

/* May go on in the next line behind any word. */
static void put_words(struct flow *f, const char *text)
{
	size_t len;
	char *word;

	for (; *text; text += len + (text[len] == ' ')) {
		len = strcspn(text, " ");
		word = mem_strndup(text, len);
		put_token(f, word, "");
		free(word);
	}
}

static void put_item(struct flow *f, const char *text)
{
	put_token(f, text, f->listed ? "," : "");
	f->listed = true;
}

static void put_own_item(struct flow *f, char *text)
{
	put_item(f, text);
	free(text);
}

/* "  + office/web   ", coloured. */
static void begin(struct flow *f, FILE *out, enum delta_op op, const char *head,
		  size_t column)
{
	const char *sign = ops[op].sign ? ops[op].sign : arrow();

	memset(f, 0, sizeof(*f));
	f->out = out;
	f->color = term_wants_color(out);
	fputs("  ", out);
	f->column = 2;
	term_color(out, f->color, ops[op].color);
	put(f, sign);
	f->indent = term_utf8() ? 4 : 5;
	pad_to(f, f->indent);
	put_words(f, head);
	term_color_end(out, f->color);
	f->indent = column;
	f->begun = false;
}

/* What stands behind the head, in its column or below it. */
static void end_head(struct flow *f)
{
	if (f->column + 2 > f->indent)
		new_line(f);
	pad_to(f, f->indent);
}

static void put_param(struct flow *f, const struct param_change *pc)
{
	const char *group = pc->of_police ? "police " : "";

	if (pc->param == &qdisc_param && pc->has)
		put_own_item(f, mem_printf("qdisc %s stays: tc put it there",
					    pc->old_text));
	else if (pc->param == &qdisc_param)
		put_own_item(f, mem_printf("qdisc %s goes", pc->old_text));
	else if (!pc->had)
		put_own_item(f, mem_printf("%s%s %s", group, pc->param->name,
					    pc->new_text));
	else
		put_own_item(f, mem_printf("%s%s %s %s %s", group,
					    pc->param->name, pc->old_text,
					    arrow(), pc->new_text));
}

/* Of what goes only the qdisc, which is lost, is worth a word. */
static bool worth_showing(const struct class_change *cc,
			  const struct param_change *pc)
{
	return cc->op != DELTA_REMOVE || pc->param == &qdisc_param;
}

static bool shows_params(const struct class_change *cc)
{
	size_t i;

	for (i = 0; i < cc->params.n; i++)
		if (worth_showing(cc, &cc->params.list[i]))
			return true;
	return false;
}

static char *fate_text(const struct class_change *cc)
{
	unsigned long long n = (unsigned long long)cc->old->waiting;
	const char *wait = n == 1 ? "packet waits" : "packets wait";
	const char *anew = cc->matched_anew ? "matched anew, else " : "";

	switch (cc->fate) {
	case PACKETS_NONE:
		break;
	case PACKETS_KEPT:
		return mem_printf("%llu %s: %skept", n, wait, anew);
	case PACKETS_CUT:
		return mem_printf("%llu %s: up to %llu may be dropped", n, wait,
				  (unsigned long long)cc->lost_most);
	case PACKETS_DRAINED:
		return mem_printf("%llu %s: %sto %s", n, wait, anew, cc->to);
	case PACKETS_HANDED_DOWN:
		return mem_printf("%llu %s: %sto its leaf %s", n, wait, anew,
				  cc->to);
	case PACKETS_LOST:
		return mem_printf("%llu %s: those in its qdisc %s are lost", n,
				  wait, cc->old->qdisc);
	}
	return NULL;
}

static char *class_head(const struct class_change *cc)
{
	if (cc->op == DELTA_MOVE)
		return mem_printf("%s %s %s", cc->old->path, arrow(),
				  cc->new->path);
	return mem_printf("%s", cc->new ? cc->new->path : cc->old->path);
}

static void print_class(FILE *out, const struct class_change *cc, size_t column)
{
	char *head = class_head(cc), *fate = cc->old ? fate_text(cc) : NULL;
	struct flow f;
	size_t i;

	begin(&f, out, cc->op, head, column);
	if (shows_params(cc) || fate)
		end_head(&f);
	for (i = 0; i < cc->params.n; i++)
		if (worth_showing(cc, &cc->params.list[i]))
			put_param(&f, &cc->params.list[i]);
	if (fate) {
		if (f.begun)
			new_line(&f);
		put(&f, fate);
	}
	putc('\n', out);
	free(head);
	free(fate);
}

static char *rule_head(const struct delta *d, const struct rule_change *rc)
{
	if (rc->op == DELTA_MOVE)
		return mem_printf("%s %s %s",
				  image_path(&d->old, rc->old->class_id), arrow(),
				  image_path(&d->new, rc->new->class_id));
	return mem_printf("%s", rc->new ? image_path(&d->new, rc->new->class_id) :
					  image_path(&d->old, rc->old->class_id));
}

static void print_rule(FILE *out, const struct delta *d,
		       const struct rule_change *rc, size_t column)
{
	const struct rule_image *rule = rc->new ? rc->new : rc->old;
	char *head = rule_head(d, rc), *places;
	struct flow f;

	begin(&f, out, rc->op, head, column);
	end_head(&f);
	put_words(&f, "match");
	put_words(&f, rule->text ? rule->text : "(no text)");
	if (rc->sets_differ)
		put_words(&f, "(its sets differ)");
	if (rc->elsewhere) {
		places = mem_printf("(place %zu %s %zu)", rc->old_place, arrow(),
				    rc->new_place);
		put_token(&f, places, "");
		free(places);
	}
	putc('\n', out);
	free(head);
}

static void widen(size_t *most, char *head)
{
	size_t width = term_width(head, strlen(head));

	if (width > *most && width <= HEAD_SHARED_MAX)
		*most = width;
	free(head);
}

/* The column behind the heads: as wide as the widest that is not too wide. */
static size_t params_column(const struct delta *d)
{
	size_t most = strlen("link"), i;

	for (i = 0; i < d->n_classes; i++)
		widen(&most, class_head(&d->classes[i]));
	for (i = 0; i < d->n_rules; i++)
		widen(&most, rule_head(d, &d->rules[i]));
	return most + (term_utf8() ? 4 : 5) + 2;
}

static void print_link(FILE *out, const struct delta *d, size_t column)
{
	struct flow f;
	size_t i;

	if (!d->params.n || !d->new.there)
		return;
	begin(&f, out, d->old.there ? DELTA_CHANGE : DELTA_ADD, "link", column);
	end_head(&f);
	for (i = 0; i < d->params.n; i++)
		put_param(&f, &d->params.list[i]);
	putc('\n', out);
}

static void print_note(FILE *out, const char *text)
{
	struct flow f = { .out = out, .indent = 4 };

	pad_to(&f, 4);
	put_words(&f, text);
	putc('\n', out);
}

void delta_print(FILE *out, const struct delta *d)
{
	size_t column = params_column(d), i;

	print_link(out, d, column);
	for (i = 0; i < d->n_classes; i++)
		print_class(out, &d->classes[i], column);
	for (i = 0; i < d->n_rules; i++)
		print_rule(out, d, &d->rules[i], column);
	if (d->sets_differ)
		print_note(out, "The matches read the same and take other packets: a set, or what a name in them stands for, has changed.");
	if (d->matched_anew)
		print_note(out, "Waiting packets that a match, or the default class, took go where the new ones put them.");
}

static char *waiting_text(const struct delta *d)
{
	unsigned long long n = (unsigned long long)d->old.waiting;
	const char *wait = n == 1 ? "packet waits" : "packets wait";

	if (!n)
		return mem_printf("nothing waits");
	if (!d->lost_most)
		return mem_printf("%llu %s, none is lost", n, wait);
	return mem_printf("%llu %s, up to %llu may be lost", n, wait,
			  (unsigned long long)d->lost_most);
}

static void put_count(struct flow *f, size_t n, const char *text)
{
	if (n)
		put_own_item(f, mem_printf("%zu %s", n, text));
}

static void put_counts(struct flow *f, const struct delta *d, bool planned)
{
	size_t op;

	if (d->params.n && d->old.there && d->new.there)
		put_count(f, d->params.n, d->params.n == 1 ? "key of the link" :
						"keys of the link");
	for (op = DELTA_ADD; op <= DELTA_FOREIGN; op++)
		put_count(f, d->count[op], planned ? ops[op].to_do :
						     ops[op].done);
	put_count(f, d->n_rules, d->n_rules == 1 ? "match" : "matches");
	if (d->sets_differ)
		put_item(f, "what matches stand for");
}

void delta_print_summary(FILE *out, const char *title, const char *prefix,
			 const struct delta *d, bool planned)
{
	struct flow f = { .out = out, .color = term_wants_color(out), .indent = 4 };
	char *waiting;

	term_color(out, f.color, TERM_BOLD);
	put(&f, title);
	put(&f, ":");
	term_color_end(out, f.color);
	/* Not begun: what is next is no list yet. */
	put(&f, " ");
	if (prefix)
		put_token(&f, prefix, "");
	put_counts(&f, d, planned);
	if (!f.begun)
		put_token(&f, planned ? "nothing to do" : "no difference", "");
	if (planned && d->old.there && !delta_empty(d)) {
		waiting = waiting_text(d);
		put_token(&f, waiting, ";");
		free(waiting);
	}
	putc('\n', out);
}
