// SPDX-License-Identifier: GPL-2.0
/*
 * The policy language uses the part of YAML that cannot surprise: one
 * document of maps, lists and scalars.  What makes YAML dangerous or puzzling
 * (aliases, tags, directives, merge keys) is refused here.
 */
#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "yaml.h"
#include "yaml_hint.h"

struct builder {
	const struct source *src;
	struct source_part part;	/* of it, that is parsed */
	size_t end;			/* of this part */
	struct diags *d;
	struct ynode *root;
	struct ynode *stack[YAML_DEPTH_MAX];
	struct ynode *key[YAML_DEPTH_MAX];	/* waits for its value */
	int depth;
	size_t last_end;	/* place of what has no text of its own */
	int documents;
};

void ynode_free(struct ynode *node)
{
	size_t i;

	if (!node)
		return;
	for (i = 0; i < node->n; i++) {
		if (node->kind == YNODE_MAP)
			ynode_free(node->keys[i]);
		ynode_free(node->items[i]);
	}
	free(node->keys);
	free(node->items);
	free(node->text);
	if (node->subst) {
		free(node->subst->raw);
		free(node->subst->pieces);
		free(node->subst);
	}
	free(node);
}

bool ynode_is_null(const struct ynode *node)
{
	return node->kind == YNODE_SCALAR && node->plain && !node->text_len;
}

static struct span token_span(const struct builder *b, struct fy_token *token)
{
	const struct fy_mark *start = token ? fy_token_start_mark(token) : NULL;
	const struct fy_mark *end = token ? fy_token_end_mark(token) : NULL;
	struct span at = { b->last_end, 0 };

	if (!start)
		return at;
	at.off = b->part.base + start->input_pos;
	if (end && end->input_pos > start->input_pos)
		at.len = end->input_pos - start->input_pos;
	return at;
}

static struct ynode *new_node(struct builder *b, enum ynode_kind kind,
			      struct fy_token *token)
{
	struct ynode *node = mem_zalloc(1, sizeof(*node));

	node->kind = kind;
	node->at = token_span(b, token);
	return node;
}

/* An item that is empty stands at its dash. */
static void place_empty(const struct builder *b, struct ynode *node)
{
	const struct ynode *top = b->depth ? b->stack[b->depth - 1] : NULL;
	size_t off = node->at.off;

	if (!top || top->kind != YNODE_LIST)
		return;
	while (off < b->end && strchr(" \t\r\n", b->src->text[off]))
		off++;
	if (off < b->end && b->src->text[off] == '-')
		node->at.off = off;
}

static struct ynode *new_scalar(struct builder *b, struct fy_token *token)
{
	struct ynode *node = new_node(b, YNODE_SCALAR, token);
	enum fy_scalar_style style = FYSS_PLAIN;
	const char *text = "";
	size_t len = 0;

	if (token && fy_token_start_mark(token))
		style = fy_token_scalar_style(token);
	/* A missing value has a token without a place, or one of no length. */
	if (node->at.len || style != FYSS_PLAIN) {
		text = fy_token_get_text(token, &len);
	} else {
		node->at.off = b->last_end;
		place_empty(b, node);
	}
	node->text = mem_strndup(text ? text : "", text ? len : 0);
	node->text_len = text ? len : 0;
	node->plain = style == FYSS_PLAIN;
	if (style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED) {
		node->at.off--;
		node->at.len += 2;
	}
	return node;
}

static bool place(struct builder *b, struct ynode *node)
{
	struct ynode *top = b->depth ? b->stack[b->depth - 1] : NULL;
	struct ynode **key = b->depth ? &b->key[b->depth - 1] : NULL;
	size_t room;

	b->last_end = node->at.off + node->at.len;
	if (!top) {
		b->root = node;
		return true;
	}
	if (top->kind == YNODE_MAP && !*key) {
		*key = node;
		if (node->kind == YNODE_SCALAR)
			return true;
		diag_error(b->d, node->at, "a key must be a name, not a list or a map");
		return false;
	}
	room = top->room;
	top->items = mem_grow(top->items, &top->room, top->n + 1,
			      sizeof(*top->items));
	top->items[top->n] = node;
	if (top->kind == YNODE_MAP) {
		top->keys = mem_grow(top->keys, &room, top->n + 1,
				     sizeof(*top->keys));
		top->keys[top->n] = *key;
		*key = NULL;
	}
	top->n++;
	return true;
}

static bool open_collection(struct builder *b, struct ynode *node)
{
	if (!place(b, node))
		return false;
	if (b->depth == YAML_DEPTH_MAX) {
		diag_error(b->d, node->at, "nested deeper than %d levels",
			   YAML_DEPTH_MAX);
		return false;
	}
	b->stack[b->depth] = node;
	b->key[b->depth++] = NULL;
	return true;
}

static void close_collection(struct builder *b, struct fy_token *token)
{
	struct span end = token_span(b, token);

	b->depth--;
	if (end.len)
		b->last_end = end.off + end.len;
}

/* Directives stand before the document's "---". */
static bool refuse_directive(struct builder *b, struct fy_token *start)
{
	size_t end = start ? token_span(b, start).off : 0, i;

	for (i = b->part.first_line; i < b->src->n_lines &&
	     b->src->line_start[i] < end; i++) {
		struct span at = { b->src->line_start[i], 1 };

		if (b->src->text[at.off] != '%')
			continue;
		diag_error(b->d, at, "directives (%%YAML, %%TAG) are not accepted: remove the line");
		return false;
	}
	return true;
}

static bool start_document(struct builder *b, struct fy_event *event)
{
	if (b->documents++) {
		diag_error(b->d, token_span(b, fy_event_get_token(event)),
			   "a second document: a policy is one document, remove the \"---\" and what follows");
		return false;
	}
	return refuse_directive(b, fy_event_get_token(event));
}

static bool refuse_properties(struct builder *b, struct fy_event *event)
{
	struct fy_token *token;

	token = fy_event_get_anchor_token(event);
	if (token) {
		diag_error(b->d, token_span(b, token),
			   "anchors (&name) are not accepted: write the value out where it is used");
		return false;
	}
	token = fy_event_get_tag_token(event);
	if (token) {
		diag_error(b->d, token_span(b, token),
			   "tags (!name) are not accepted: remove it");
		return false;
	}
	return true;
}

static bool take_scalar(struct builder *b, struct ynode *node)
{
	if (!place(b, node))
		return false;
	if (!memchr(node->text, '\0', node->text_len))
		return true;
	diag_error(b->d, node->at, "a NUL byte inside a string: remove it");
	return false;
}

static bool take_event(struct builder *b, struct fy_event *event)
{
	struct fy_token *token = fy_event_get_token(event);

	switch (event->type) {
	case FYET_DOCUMENT_START:
		return start_document(b, event);
	case FYET_MAPPING_START:
		return refuse_properties(b, event) &&
		       open_collection(b, new_node(b, YNODE_MAP, token));
	case FYET_SEQUENCE_START:
		return refuse_properties(b, event) &&
		       open_collection(b, new_node(b, YNODE_LIST, token));
	case FYET_MAPPING_END:
	case FYET_SEQUENCE_END:
		close_collection(b, token);
		return true;
	case FYET_SCALAR:
		return refuse_properties(b, event) &&
		       take_scalar(b, new_scalar(b, token));
	case FYET_ALIAS:
		diag_error(b->d, token_span(b, token),
			   "aliases (*name) are not accepted: write the value out");
		return false;
	default:
		return true;
	}
}

/* The innermost bracket that is open, if one is. */
static bool open_bracket(const struct builder *b, struct span *at)
{
	int i;

	for (i = b->depth - 1; i >= 0; i--) {
		at->off = b->stack[i]->at.off;
		at->len = 1;
		if (b->src->text[at->off] == '[' || b->src->text[at->off] == '{')
			return true;
	}
	return false;
}

/* The token's mark, not the error's line: versions count that from 0 or 1. */
static struct span error_span(const struct builder *b,
			      const struct fy_diag_error *err)
{
	const char *text = b->src->text;
	struct span at = { b->last_end, 1 };

	if (err->fyt && fy_token_start_mark(err->fyt))
		at = token_span(b, err->fyt);
	if (strstr(err->msg, "quote") && at.off > b->part.base &&
	    strchr("'\"", text[at.off - 1]))
		at.off--;
	/* What was opened and never closed is found missing at the end. */
	if (at.off >= b->end && !open_bracket(b, &at))
		at.off = b->end;
	while (at.off > b->part.base && at.off >= b->end &&
	       strchr(" \n", text[at.off - 1]))
		at.off--;
	return at;
}

static void report_syntax(struct builder *b, struct fy_diag *diag)
{
	struct span at = { DIAG_NOWHERE, 0 };
	struct span open = { NO_BRACKET, 0 };
	struct fy_diag_error *err;
	void *iter = NULL;
	char *hint;

	err = fy_diag_errors_iterate(diag, &iter);
	if (!err) {
		diag_error(b->d, at, "not valid YAML");
		return;
	}
	at = error_span(b, err);
	if (!open_bracket(b, &open))
		open.off = NO_BRACKET;
	hint = yaml_hint(b->src, at, err->msg, open.off);
	diag_error(b->d, at, "not valid YAML: %s%s", err->msg, hint);
	free(hint);
}

static void run_parser(struct builder *b, struct fy_parser *parser,
		       struct fy_diag *diag)
{
	struct fy_event *event;
	bool more = true;

	while (more && (event = fy_parser_parse(parser))) {
		more = take_event(b, event);
		fy_parser_event_free(parser, event);
	}
	if (more && fy_parser_get_stream_error(parser))
		report_syntax(b, diag);
}

static void parse_text(struct builder *b)
{
	struct fy_diag_cfg diag_cfg;
	struct fy_parse_cfg cfg = {
		.flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_JSON_NONE |
			 FYPCF_DISABLE_DEPTH_LIMIT | FYPCF_DEFAULT_VERSION_1_2,
	};
	struct fy_parser *parser;

	fy_diag_cfg_default(&diag_cfg);
	diag_cfg.fp = NULL;
	diag_cfg.colorize = false;
	cfg.diag = fy_diag_create(&diag_cfg);
	fy_diag_set_collect_errors(cfg.diag, true);
	parser = fy_parser_create(&cfg);
	if (parser && !fy_parser_set_string(parser, b->src->text + b->part.base,
					      b->part.len))
		run_parser(b, parser, cfg.diag);
	fy_parser_destroy(parser);
	fy_diag_destroy(cfg.diag);
}

static bool check_bytes(const struct builder *b)
{
	const char *text = b->src->text + b->part.base, *nul;
	struct span at = { utf8_valid_length(text, b->part.len), 1 };

	nul = memchr(text, '\0', b->part.len);
	if (nul && (size_t)(nul - text) < at.off) {
		at.off = b->part.base + (size_t)(nul - text);
		diag_error(b->d, at, "a NUL byte: a policy is text in UTF-8");
		return false;
	}
	if (at.off == b->part.len)
		return true;
	at.off += b->part.base;
	diag_error(b->d, at, "the byte 0x%02x is not UTF-8: save the file in UTF-8",
		   (unsigned char)b->src->text[at.off]);
	return false;
}

static int compare_keys(const void *a, const void *b)
{
	const struct ynode *x = *(struct ynode *const *)a;
	const struct ynode *y = *(struct ynode *const *)b;
	int order = strcmp(x->text, y->text);

	if (order)
		return order;
	return x->at.off < y->at.off ? -1 : x->at.off > y->at.off;
}

void yaml_given_twice(const struct source *src, const struct ynode *key,
		      const struct ynode *first, struct diags *d)
{
	char *line = source_line_label(src, first->at.off, key->at.off);

	diag_error(d, key->at, "\"%s\" is given twice, first in %s: keep one",
		   key->text, line);
	free(line);
}

static void check_keys(const struct source *src, const struct ynode *map,
		       struct diags *d)
{
	struct ynode **sorted = mem_zalloc(map->n, sizeof(*sorted));
	size_t i;

	memcpy(sorted, map->keys, map->n * sizeof(*sorted));
	qsort(sorted, map->n, sizeof(*sorted), compare_keys);
	for (i = 0; i < map->n; i++) {
		if (sorted[i]->plain && !strcmp(sorted[i]->text, "<<"))
			diag_error(d, sorted[i]->at,
				   "merge keys (<<) are not accepted: write the values out");
		else if (i && !strcmp(sorted[i]->text, sorted[i - 1]->text))
			yaml_given_twice(src, sorted[i], sorted[i - 1], d);
	}
	free(sorted);
}

static void check_all_keys(const struct source *src, const struct ynode *node,
			   struct diags *d)
{
	size_t i;

	if (node->kind == YNODE_MAP && node->n)
		check_keys(src, node, d);
	for (i = 0; i < node->n; i++)
		check_all_keys(src, node->items[i], d);
}

struct ynode *yaml_parse_at(const struct source *src, size_t base,
			    struct diags *d)
{
	struct builder b = { .src = src, .part = source_part_at(src, base),
			     .d = d, .last_end = base };
	struct span start = { base, 0 };
	size_t errors = d->errors;
	int i;

	b.end = base + b.part.len;
	if (!check_bytes(&b))
		return NULL;
	parse_text(&b);
	if (d->errors == errors && !b.root)
		diag_error(d, start, "the file is empty: a policy begins with \"optq: 1\"");
	for (i = 0; i < b.depth; i++)
		ynode_free(b.key[i]);
	if (d->errors != errors) {
		ynode_free(b.root);
		return NULL;
	}
	check_all_keys(src, b.root, d);
	return b.root;
}

struct ynode *yaml_parse(const struct source *src, struct diags *d)
{
	return yaml_parse_at(src, 0, d);
}

/*
 * Where byte @off of a scalar's value stands in its text with the names of variables: what
 * is inside a value stands where the name does.
 */
static size_t raw_offset(const struct ynode_subst *subst, size_t off)
{
	const struct ynode_piece *p;
	size_t more = 0, less = 0, i;

	for (i = 0; i < subst->n; i++) {
		p = &subst->pieces[i];
		if (off < p->off)
			break;
		if (off < p->off + p->len)
			return p->raw_off;
		more = p->raw_off + p->raw_len;
		less = p->off + p->len;
	}
	return more + (off - less);
}

/*
 * Walks value and source side by side: what differs is an escape, a doubled
 * quote, or white space that YAML folds.
 */
size_t ynode_source_offset(const struct source *src, const struct ynode *node,
			   size_t off)
{
	const char *raw = src->text + node->at.off - node->shift;
	const char *text = node->subst ? node->subst->raw : node->text;
	size_t text_len = node->subst ? node->subst->raw_len : node->text_len;
	size_t end = node->at.len, v = 0;
	bool quoted = (!node->plain || node->subst) && end &&
		      (*raw == '"' || *raw == '\'');
	size_t i = quoted ? 1 : 0;

	if (node->subst)
		off = raw_offset(node->subst, off);

	while (v < off && i < end) {
		if (raw[i] == text[v]) {
			if (quoted && raw[i] == '\'' && *raw == '\'')
				i++;
			i++;
			v++;
		} else if (quoted && *raw == '"' && raw[i] == '\\') {
			unsigned int cp;

			i += raw[i + 1] == 'x' ? 4 : raw[i + 1] == 'u' ? 6 :
			     raw[i + 1] == 'U' ? 10 : 2;
			v += utf8_decode(text + v, text_len - v, &cp);
		} else if (strchr(" \t\r\n", raw[i])) {
			/* Folded: a run of white space is one blank. */
			i++;
		} else {
			v++;
		}
	}
	/* What was folded away before the byte that is asked for. */
	while (i + 1 < end && v < text_len && raw[i] != text[v] &&
	       strchr(" \t\r\n", raw[i]))
		i++;
	return node->at.off + (i < end ? i : end);
}
