// SPDX-License-Identifier: GPL-2.0
/* Flows of the live tree: a table of 80 columns, and JSON. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "json_add.h"
#include "match_values.h"
#include "mem.h"
#include "show_view.h"
#include "term.h"
#include "units.h"

#define COLUMNS		80
#define FIGURES		48	/* columns before a flow's addresses */

static char *address_text(const struct live_flow *f, const uint8_t *addr)
{
	char buf[INET6_ADDRSTRLEN];

	inet_ntop(f->family == 4 ? AF_INET : AF_INET6, addr, buf, sizeof(buf));
	return mem_printf("%s", buf);
}

static char *end_text(const struct live_flow *f, const uint8_t *addr,
		      uint16_t port)
{
	char *address = address_text(f, addr), *text;

	if (!f->has_ports)
		return address;
	text = mem_printf(f->family == 4 ? "%s:%u" : "[%s]:%u", address, port);
	free(address);
	return text;
}

static char *proto_text(uint8_t proto)
{
	const char *name = match_proto_name(proto);

	return name ? mem_printf("%s", name) : mem_printf("proto %u", proto);
}

/* Behind the figures; what has no room there gets a line, or two. */
static void print_ends(FILE *out, const struct live_flow *f)
{
	char *proto, *src, *dst;
	size_t len;

	if (!f->family) {
		putc('\n', out);
		return;
	}
	proto = proto_text(f->proto);
	src = end_text(f, f->src, f->sport);
	dst = end_text(f, f->dst, f->dport);
	len = strlen(proto) + strlen(src) + strlen(dst) + 4;
	if (len <= COLUMNS - FIGURES)
		fprintf(out, " %s %s > %s\n", proto, src, dst);
	else if (len <= COLUMNS - 4)
		fprintf(out, "\n    %s %s > %s\n", proto, src, dst);
	else
		fprintf(out, "\n    %s %s\n      > %s\n", proto, src, dst);
	free(proto);
	free(src);
	free(dst);
}

static void print_flow(FILE *out, const struct live_flow *f)
{
	char packets[SHORT_TEXT_MAX], bytes[SHORT_TEXT_MAX];
	char wait[SHORT_TEXT_MAX], drops[SHORT_TEXT_MAX];

	if (f->flags & OPTQ_FLOW_SHARED)
		fprintf(out, "  %-8s", "shared");
	else
		fprintf(out, "  %08x", f->hash);
	fprintf(out, " %5s %5s %8d %6s %5s %c%c", count_short(f->packets, packets),
		count_short(f->bytes, bytes), f->deficit,
		f->wait_ns ? time_short(f->wait_ns, wait) : "-",
		count_short(f->drops, drops),
		f->flags & OPTQ_FLOW_NEW ? 'N' : '-',
		f->flags & OPTQ_FLOW_DROPPING ? 'D' : '-');
	print_ends(out, f);
}

void flows_print(FILE *out, const struct live_tree *tree,
		 const struct live_flows *flows)
{
	bool color = term_wants_color(out);
	const struct live_flow *f;
	char *path;
	size_t i;

	live_print_title(out, tree);
	fprintf(out, ": optq %x: %zu flow%s\n", tree->handle >> 16, flows->n,
		flows->n == 1 ? "" : "s");
	if (!flows->n)
		return;
	term_color(out, color, TERM_BOLD);
	fprintf(out, "  %-8s %5s %5s %8s %6s %5s %2s %s", "FLOW", "PKTS",
		"QUEUE", "DEFICIT", "WAIT", "CODEL", "", "FROM > TO");
	term_color_end(out, color);
	putc('\n', out);
	for (i = 0; i < flows->n; i++) {
		f = &flows->list[i];
		if (!i || f[-1].class_id != f->class_id) {
			path = live_path_by_id(tree, f->class_id);
			term_print(out, path, strlen(path));
			putc('\n', out);
			free(path);
		}
		print_flow(out, f);
	}
}

static struct json_object *flow_json(const struct live_tree *tree,
				     const struct live_flow *f)
{
	struct json_object *o = json_object_new_object();

	add_own_text(o, "path", live_path_by_id(tree, f->class_id));
	add_number(o, "class", f->class_id);
	add_number(o, "hash", f->hash);
	add_flag(o, "shared", f->flags & OPTQ_FLOW_SHARED);
	add_flag(o, "new", f->flags & OPTQ_FLOW_NEW);
	add_flag(o, "dropping", f->flags & OPTQ_FLOW_DROPPING);
	add_number(o, "packets", f->packets);
	add_number(o, "bytes", f->bytes);
	json_object_object_add(o, "deficit_bytes",
			       json_object_new_int64(f->deficit));
	add_number(o, "codel_count", f->drops);
	add_number(o, "wait_ns", f->wait_ns);
	if (f->host_flows)
		add_number(o, "host_flows", f->host_flows);
	if (!f->family)
		return o;
	add_own_text(o, "proto", proto_text(f->proto));
	add_own_text(o, "src", address_text(f, f->src));
	add_own_text(o, "dst", address_text(f, f->dst));
	if (f->has_ports) {
		add_number(o, "sport", f->sport);
		add_number(o, "dport", f->dport);
	}
	return o;
}

struct json_object *flows_json(const struct live_tree *tree,
			       const struct live_flows *flows)
{
	struct json_object *list = json_object_new_array();
	size_t i;

	for (i = 0; i < flows->n; i++)
		json_object_array_add(list, flow_json(tree, &flows->list[i]));
	return list;
}
