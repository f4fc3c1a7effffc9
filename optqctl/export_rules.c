// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel knows a match as ranges of numbers; of what was written it keeps the text,
 * up to OPTQ_RULE_TEXT_MAX bytes, and neither named sets nor names of elements.
 */
#include <stdlib.h>
#include <string.h>

#include "export_rules.h"
#include "match_lex.h"
#include "mem.h"
#include "policy_match.h"

#define CUT	"..."

/* The kernel was given the beginning of the text only. */
static bool is_cut(const char *text)
{
	size_t len = strlen(text), cut = strlen(CUT);

	/* Whole characters are left out, of four bytes at most. */
	return len + 3 >= OPTQ_RULE_TEXT_MAX && len >= cut &&
	       !strcmp(text + len - cut, CUT);
}

/* The one text that begins so; NULL: none, or several. */
static const char *whole_text(const struct known_rules *known, const char *text)
{
	size_t len = strlen(text) - strlen(CUT), i;
	const char *found = NULL;

	for (i = 0; i < known->n; i++) {
		if (strncmp(known->list[i].text, text, len) ||
		    (found && !strcmp(found, known->list[i].text)))
			continue;
		if (found)
			return NULL;
		found = known->list[i].text;
	}
	return found;
}

/* The first set that a match names and that is not there; NULL, or to be freed. */
static char *missing_set(struct named_sets *sets, const char *text)
{
	char *name = NULL, *why;
	struct lexer lex;

	lexer_begin(&lex, text);
	while (!name && lex.token.kind != TOKEN_END) {
		if (lex.token.kind == TOKEN_WORD && !lex.token.quoted &&
		    *lex.token.word == '@') {
			why = NULL;
			if (!named_set_find(sets, lex.token.word + 1, &why))
				name = mem_strndup(lex.token.word + 1,
						   strlen(lex.token.word + 1));
			free(why);
		}
		lexer_next(&lex);
	}
	lexer_free(&lex);
	return name;
}

/* "the match of office/web (branch.yaml:17)", to be freed. */
static char *which(const struct export_link *x, const struct live_rule *rule)
{
	char *path = live_path_by_id(x->tree, rule->class_id), *text;

	text = rule->where ? mem_printf("the match of %s (%s)", path, rule->where) :
	       mem_printf("a match of %s", path);
	free(path);
	return text;
}

static char *take_rule(struct export_link *x, const struct live_rule *rule,
		       uint32_t index)
{
	struct policy *policy = &x->e->policy;
	const char *text = rule->text;
	char *set, *why, *longer;

	if (!text)
		return mem_printf("has no text: it was not made by optqctl, and the kernel does not tell more");
	if (is_cut(text)) {
		text = whole_text(&x->e->known, text);
		if (!text)
			return mem_printf("is longer than the %d bytes that the kernel keeps: --sets-from FILE, with the policy that was applied, has the rest",
					  OPTQ_RULE_TEXT_MAX);
	}
	set = missing_set(&policy->sets, text);
	if (set) {
		why = mem_printf("names the set \"%s\", whose values the kernel does not tell: --sets-from FILE, with the policy that was applied, takes them from there",
				 set);
		free(set);
		return why;
	}
	why = policy_add_match(policy, x->link, index, text);
	if (!why)
		return NULL;
	longer = mem_printf("\"%s\" is none that this optqctl reads: %s", text, why);
	free(why);
	return longer;
}

static void note_elements(struct export_link *x)
{
	const struct link *link = x->link;
	size_t i;

	for (i = 0; i < link->n_dims; i++)
		if (link->dims[i].field == OPTQ_FIELD_APP ||
		    link->dims[i].field == OPTQ_FIELD_HOST)
			break;
	if (i < link->n_dims)
		policy_note(&x->e->notes, x->link_index, NO_CLASS,
			    "which flows are an app's and which addresses a host's is told to the kernel by \"optqctl element\", not by a policy");
}

bool export_rules(struct export_link *x, const struct live_rules *rules,
		  char **why)
{
	const struct live_rule *rule;
	char *name, *text;
	size_t i, at;

	for (i = 0; i < rules->n; i++) {
		rule = &rules->list[i];
		at = live_find_sorted(x->tree, x->sorted, rule->class_id);
		if (at == SIZE_MAX)
			continue;
		text = take_rule(x, rule, (uint32_t)at);
		if (!text)
			continue;
		name = which(x, rule);
		*why = mem_printf("%s %s", name, text);
		free(name);
		free(text);
		return false;
	}
	note_elements(x);
	return true;
}
