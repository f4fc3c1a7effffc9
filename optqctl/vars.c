// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "policy_keys.h"
#include "suggest.h"
#include "vars.h"

/* What its text is called in messages; no file is named so without "./". */
static const char option_name[] = "--let";

static bool is_option(const struct source *src, size_t off)
{
	struct source_part part = source_part_at(src, off);

	return !part.id.ino && part.base && !strcmp(part.name, option_name);
}

void vars_add_option(struct source *src, const char *option, struct diags *d)
{
	size_t len = strlen(option), valid = utf8_valid_length(option, len);
	size_t base = source_add_text(src, option_name, option, len);

	if (valid < len)
		diag_error(d, (struct span){ base + valid, 1 },
			   "the byte 0x%02x is not UTF-8",
			   (unsigned char)option[valid]);
}

struct var *vars_find(const struct vars *vars, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < vars->n; i++)
		if (strlen(vars->v[i].name) == len &&
		    !memcmp(vars->v[i].name, name, len))
			return &vars->v[i];
	return NULL;
}

static bool scope_value(void *arg, const char *name, size_t len,
			struct var_value *value)
{
	struct var *var = vars_find(arg, name, len);

	if (!var)
		return false;
	var->used = true;
	*value = (struct var_value){ var->text, strlen(var->text), var->at };
	return true;
}

static char *scope_unknown(void *arg, const char *name)
{
	const struct vars *vars = arg;
	struct suggestion near;
	size_t i;

	suggest_begin(&near, name);
	for (i = 0; i < vars->n; i++)
		suggest_offer(&near, vars->v[i].name);
	if (suggest_end(&near))
		return mem_printf("did you mean \"${%s}\"?", suggest_end(&near));
	return mem_printf("give it a value under \"let:\" at the top of the policy");
}

struct var_scope vars_scope(struct vars *vars)
{
	return (struct var_scope){ scope_value, scope_unknown, vars };
}

static void add(struct vars *vars, const char *name, size_t name_len,
		const char *text, size_t len)
{
	vars->v = mem_grow(vars->v, &vars->room, vars->n + 1, sizeof(*vars->v));
	vars->v[vars->n].name = mem_strndup(name, name_len);
	vars->v[vars->n++].text = mem_strndup(text, len);
}

/* Of an option that is given twice the last holds, as of any. */
static void read_options(struct vars *vars, const struct source *src)
{
	const struct source_part *part;
	const char *text, *equals;
	struct var *var;
	size_t i;

	for (i = src->n_more; i-- > 0; ) {
		part = &src->more[i];
		if (!is_option(src, part->base))
			continue;
		text = src->text + part->base;
		equals = strchr(text, '=');
		if (vars_find(vars, text, (size_t)(equals - text)))
			continue;
		add(vars, text, (size_t)(equals - text), equals + 1,
		    strlen(equals + 1));
		var = &vars->v[vars->n - 1];
		var->name_at = (struct span){ part->base, (size_t)(equals - text) };
		var->at = (struct span){ part->base + (size_t)(equals - text) + 1,
					 strlen(equals + 1) };
	}
}

static void read_one(struct vars *vars, const struct ynode *name,
		     const struct ynode *value, struct diags *d)
{
	struct var_ref ref;
	const char *text;

	if (!check_name(name, "variable", d))
		return;
	text = scalar_text(value, name->text, "a text such as 20mbit", d);
	if (!text)
		return;
	if (var_ref_next(text, value->text_len, 0, &ref))
		diag_error(d, value->at, "%s: a variable's value is plain text: no \"${\" is possible in it",
			   name->text);
	if (vars_find(vars, name->text, name->text_len))
		return;
	add(vars, name->text, name->text_len, text, value->text_len);
	vars->v[vars->n - 1].name_at = name->at;
	vars->v[vars->n - 1].at = value->at;
}

void vars_read(struct vars *vars, const struct source *src,
	       const struct ynode *let, struct diags *d)
{
	size_t i;

	read_options(vars, src);
	if (!let || !is_map(let, "let", d))
		return;
	for (i = 0; i < let->n; i++)
		read_one(vars, let->keys[i], let->items[i], d);
}

void vars_check_used(const struct vars *vars, const struct source *src,
		     struct diags *d)
{
	struct suggestion near;
	const struct var *var;
	size_t i, j;
	char *text;

	for (i = 0; i < vars->n; i++) {
		var = &vars->v[i];
		if (var->used)
			continue;
		suggest_begin(&near, var->name);
		for (j = 0; j < vars->n; j++)
			if (j != i && vars->v[j].used)
				suggest_offer(&near, vars->v[j].name);
		text = suggest_end(&near) ?
			mem_printf(": did you mean \"%s\"?", suggest_end(&near)) :
			mem_printf(": it has no effect");
		if (is_option(src, var->at.off))
			diag_error(d, var->name_at, "the policy has no variable \"%s\"%s",
				   var->name, text);
		else
			diag_warning(d, var->name_at, "nothing uses the variable \"%s\"%s",
				     var->name, text);
		free(text);
	}
}

void vars_free(struct vars *vars)
{
	size_t i;

	for (i = 0; i < vars->n; i++) {
		free(vars->v[i].name);
		free(vars->v[i].text);
	}
	free(vars->v);
}
