// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <linux/magic.h>
#include <net/if.h>
#include <stdlib.h>
#include <sys/vfs.h>

#include "host_names.h"
#include "mem.h"

/* Where cgroups (v2) are: alone, or beside those of v1. */
static const char *cgroup_root(void)
{
	static const char *const roots[] = {
		"/sys/fs/cgroup", "/sys/fs/cgroup/unified"
	};
	struct statfs fs;
	size_t i;

	for (i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		if (!statfs(roots[i], &fs) && fs.f_type == CGROUP2_SUPER_MAGIC)
			return roots[i];
	return NULL;
}

/* Its id is the handle of its directory, of 8 bytes; 0: there is none. */
static uint64_t cgroup_number(const char *name)
{
	const char *root = cgroup_root();
	struct {
		struct file_handle head;
		uint64_t id;
	} handle = { .head.handle_bytes = sizeof(handle.id) };
	int mount;
	char *path;

	if (!root)
		return 0;
	path = mem_printf("%s/%s", root, name);
	if (name_to_handle_at(AT_FDCWD, path, &handle.head, &mount, 0))
		handle.id = 0;
	free(path);
	return handle.id;
}

static uint64_t host_number(void *arg, struct dim dim, uint64_t number)
{
	const struct match_names *names = arg;
	const char *name = names_name(&names->of[dim.field], number);

	switch (dim.field) {
	case OPTQ_FIELD_IIF:
		return if_nametoindex(name);
	case OPTQ_FIELD_CGROUP:
		return cgroup_number(name);
	case OPTQ_FIELD_APP:
	case OPTQ_FIELD_HOST:
		return names_id(name);
	default:
		return 0;
	}
}

struct match_numbers host_numbers(const struct match_names *names)
{
	return (struct match_numbers){ host_number, (void *)names };
}

char *host_name_missing(const struct match_names *names, struct dim dim,
			uint64_t number)
{
	const char *name = names_name(&names->of[dim.field], number);

	switch (dim.field) {
	case OPTQ_FIELD_IIF:
		return mem_printf("there is no interface \"%s\" here", name);
	default:
		return mem_printf("there is no cgroup \"%s\" here, of version 2",
				  name);
	}
}
