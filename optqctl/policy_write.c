// SPDX-License-Identifier: GPL-2.0
/*
 * Our own emitter: libfyaml's writes no comments, and either all of a document in flow
 * style or nothing.  What may stand without quotes is less here than in YAML.
 */
#include <ctype.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "policy_write.h"
#include "source.h"
#include "term.h"

#define COLUMNS		80
#define INDENT		2

/* As a plain scalar it is read as it stands, in flow style too. */
static bool is_plain(const char *s, bool flow)
{
	size_t i;

	if (!isalnum((unsigned char)*s) && !strchr("(/_", *s))
		return false;
	for (i = 0; s[i]; i++) {
		if (!isascii(s[i]) || !isprint((unsigned char)s[i]) ||
		    s[i] == '#' || (flow && strchr(",[]{}", s[i])))
			return false;
		if (s[i] == ':' && (!s[i + 1] || s[i + 1] == ' '))
			return false;
	}
	return i && s[i - 1] != ' ';
}

/* What YAML takes for printable, and does not take for the end of a line. */
static bool is_printable(unsigned int cp, size_t bytes)
{
	/* A byte that stands alone is no character. */
	if (cp >= 0x80 && bytes == 1)
		return false;
	return (cp >= 0x20 && cp < 0x7f) || (cp >= 0xa0 && cp < 0xd800 &&
		cp != 0x2028 && cp != 0x2029) ||
	       (cp >= 0xe000 && cp < 0xfffe && cp != 0xfeff) || cp >= 0x10000;
}

static bool all_printable(const char *s)
{
	size_t len = strlen(s), i, n;
	unsigned int cp;

	for (i = 0; i < len; i += n) {
		n = utf8_decode(s + i, len - i, &cp);
		if (!is_printable(cp, n))
			return false;
	}
	return true;
}

static void put_escaped(FILE *out, const char *s)
{
	size_t len = strlen(s), i = 0, n;
	unsigned int cp;

	putc('"', out);
	for (; i < len; i += n) {
		n = utf8_decode(s + i, len - i, &cp);
		if (cp == '"' || cp == '\\')
			fprintf(out, "\\%c", (int)cp);
		else if (is_printable(cp, n))
			fwrite(s + i, 1, n, out);
		else
			fprintf(out, "\\U%08X", cp);
	}
	putc('"', out);
}

static void put_text(FILE *out, const char *s, bool flow)
{
	if (is_plain(s, flow)) {
		fputs(s, out);
	} else if (strchr(s, '"') && all_printable(s)) {
		putc('\'', out);
		for (; *s; s++) {
			if (*s == '\'')
				putc('\'', out);
			putc(*s, out);
		}
		putc('\'', out);
	} else {
		put_escaped(out, s);
	}
}

static void put_scalar(FILE *out, struct json_object *o, bool flow)
{
	if (json_object_is_type(o, json_type_string))
		put_text(out, json_object_get_string(o), flow);
	else if (json_object_is_type(o, json_type_boolean))
		fputs(json_object_get_boolean(o) ? "yes" : "no", out);
	else
		fputs(json_object_get_string(o), out);
}

static bool is_scalar(struct json_object *o)
{
	return !json_object_is_type(o, json_type_object) &&
	       !json_object_is_type(o, json_type_array);
}

static void put_flow_map(FILE *out, struct json_object *map)
{
	const char *before = "{ ";

	json_object_object_foreach(map, key, value) {
		fprintf(out, "%s%s: ", before, key);
		put_scalar(out, value, true);
		before = ", ";
	}
	fputs(" }", out);
}

static void put_flow_list(FILE *out, struct json_object *list)
{
	size_t n = json_object_array_length(list), i;

	for (i = 0; i < n; i++) {
		fputs(i ? ", " : "[ ", out);
		put_scalar(out, json_object_array_get_idx(list, i), true);
	}
	fputs(n ? " ]" : "[]", out);
}

/* Maps and lists that are a value, such as "wire", and not a part of the tree. */
static bool is_value(const char *key, struct json_object *o)
{
	if (json_object_is_type(o, json_type_array))
		return strcmp(key, "match");
	json_object_object_foreach(o, member, value) {
		(void)member;
		if (!is_scalar(value))
			return false;
	}
	/* A class may be called so, too, and have nothing. */
	return json_object_object_length(o) &&
	       (!strcmp(key, "wire") || !strcmp(key, "police") ||
		json_object_object_get_ex(o, "file", NULL));
}

/* To be freed; NULL when it does not fit behind what takes @used columns. */
static char *flow_text(struct json_object *o, size_t used)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	if (json_object_is_type(o, json_type_array))
		put_flow_list(out, o);
	else
		put_flow_map(out, o);
	fclose(out);
	if (used + len <= COLUMNS)
		return text;
	free(text);
	return NULL;
}

/* A line of a comment, broken between words. */
static void put_comment(FILE *out, const char *line, size_t len, int indent)
{
	size_t width = (size_t)indent + 1, word;

	fprintf(out, "%*s#", indent, "");
	while (len) {
		word = 0;
		while (word < len && line[word] != ' ')
			word++;
		if (width + 1 + word > COLUMNS && width > (size_t)indent + 1) {
			fprintf(out, "\n%*s#", indent, "");
			width = (size_t)indent + 1;
		}
		putc(' ', out);
		term_print(out, line, word);
		width += 1 + term_width(line, word);
		word += word < len;
		line += word;
		len -= word;
	}
	putc('\n', out);
}

static void put_comments(FILE *out, struct json_object *o, int indent)
{
	const char *text = json_object_is_type(o, json_type_object) ?
			   json_object_get_userdata(o) : NULL;
	size_t len;

	while (text && *text) {
		len = strcspn(text, "\n");
		put_comment(out, text, len, indent);
		text += len + (text[len] == '\n');
	}
	/* json-c 0.19 takes an object's userdata for its own when the object goes. */
	if (json_object_is_type(o, json_type_object))
		json_object_set_userdata(o, NULL, NULL);
}

static void put_list(FILE *out, struct json_object *list, int indent)
{
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++) {
		fprintf(out, "%*s- ", indent, "");
		put_scalar(out, json_object_array_get_idx(list, i), false);
		putc('\n', out);
	}
}

static void put_map(FILE *out, struct json_object *map, int indent)
{
	char *flow;

	json_object_object_foreach(map, key, value) {
		put_comments(out, value, indent);
		fprintf(out, "%*s%s:", indent, "", key);
		flow = !is_scalar(value) && is_value(key, value) ?
		       flow_text(value, (size_t)indent + strlen(key) + 2) : NULL;
		if (flow) {
			fprintf(out, " %s\n", flow);
			free(flow);
		} else if (is_scalar(value)) {
			putc(' ', out);
			put_scalar(out, value, false);
			putc('\n', out);
		} else if (json_object_is_type(value, json_type_array)) {
			putc('\n', out);
			put_list(out, value, indent + INDENT);
		} else {
			putc('\n', out);
			put_map(out, value, indent + INDENT);
		}
	}
}

void policy_write(FILE *out, const struct policy *policy,
		  const struct policy_notes *notes)
{
	struct json_object *root = policy_json(policy, notes);

	put_comments(out, root, 0);
	put_map(out, root, 0);
	json_object_put(root);
}
