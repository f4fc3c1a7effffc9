// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer: any bytes as a policy, and every diagnostic that follows.  What stands behind
 * a line "%csv" is a table, which a policy finds as /proc/self/fd/9.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "diag_view.h"
#include "ids.h"
#include "policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print(const struct source *src, const struct diags *d)
{
	static FILE *null;

	if (!null)
		null = fopen("/dev/null", "w");
	diags_print(null, src, d);
	json_object_put(diags_json(src, d));
}

/* The length of the policy before the table. */
static size_t put_table(const char *data, size_t size)
{
	static const char mark[] = "\n%csv\n";
	static int fd = -1;
	const char *at = memmem(data, size, mark, sizeof(mark) - 1), *table;
	size_t len;

	if (fd < 0) {
		fd = dup2(memfd_create("table", 0), 9);
		if (fd < 0)
			abort();
	}
	if (ftruncate(fd, 0))
		abort();
	if (!at)
		return size;
	table = at + sizeof(mark) - 1;
	len = (size_t)(data + size - table);
	if (pwrite(fd, table, len, 0) != (ssize_t)len)
		abort();
	return (size_t)(at - data) + 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct diags d = { 0 };
	struct policy policy;
	struct source src;
	size_t i;
	bool good;

	size = put_table((const char *)data, size);
	source_from_text(&src, "fuzz", (const char *)data, size);
	good = policy_parse(&src, &policy, &d);
	/* A refusal without a reason, or a reason without a place in the file. */
	if (!good && !d.n)
		abort();
	for (i = 0; i < d.n; i++)
		if ((d.list[i].at.off != DIAG_NOWHERE && d.list[i].at.off > src.len) ||
		    d.list[i].used.off > src.len)
			abort();
	for (i = 0; good && i < policy.n_links; i++) {
		if (policy.links[i].default_class >= policy.links[i].n_classes)
			abort();
		assign_ids(&policy.links[i], NULL);
	}
	print(&src, &d);
	diags_free(&d);
	policy_free(&policy);
	source_free(&src);
	return 0;
}
