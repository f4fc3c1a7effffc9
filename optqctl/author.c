// SPDX-License-Identifier: GPL-2.0
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "author.h"
#include "mem.h"

/* Set when somebody logs in, and kept from then on. */
static bool login_uid(uid_t *uid)
{
	FILE *file = fopen("/proc/self/loginuid", "re");
	unsigned int value = UINT32_MAX;

	if (file) {
		if (fscanf(file, "%u", &value) != 1)
			value = UINT32_MAX;
		fclose(file);
	}
	*uid = value;
	return value != UINT32_MAX;
}

char *author_name(void)
{
	const char *sudo = getenv("SUDO_USER");
	const struct passwd *pw;
	uid_t uid;

	if (!login_uid(&uid)) {
		if (sudo && *sudo)
			return mem_strndup(sudo, strlen(sudo));
		uid = getuid();
	}
	pw = getpwuid(uid);
	return pw ? mem_strndup(pw->pw_name, strlen(pw->pw_name)) :
	       mem_printf("uid %u", (unsigned int)uid);
}
