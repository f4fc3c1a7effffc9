// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem.h"
#include "state.h"

#define STATE_DIR	"/var/lib/optq"
#define NETNS_DIR	"/run/netns"
#define CHUNK		65536

static bool is_same(const struct stat *a, const char *path)
{
	struct stat b;

	return !stat(path, &b) && a->st_ino == b.st_ino && a->st_dev == b.st_dev;
}

/* What ip-netns(8) calls this namespace, to be freed; NULL: it has no name. */
static char *netns_name(const struct stat *self)
{
	DIR *dir = opendir(NETNS_DIR);
	char *name = NULL, *path;
	struct dirent *entry;

	while (dir && !name && (entry = readdir(dir))) {
		path = mem_printf(NETNS_DIR "/%s", entry->d_name);
		if (*entry->d_name != '.' && is_same(self, path))
			name = mem_strndup(entry->d_name, strlen(entry->d_name));
		free(path);
	}
	if (dir)
		closedir(dir);
	return name;
}

static char *absolute(const char *path)
{
	char *here = *path == '/' ? NULL : getcwd(NULL, 0), *whole;

	whole = here ? mem_printf("%s/%s", here, path) : mem_strndup(path, strlen(path));
	free(here);
	return whole;
}

char *state_dir(void)
{
	const char *given = getenv("OPTQ_STATE_DIR");
	struct stat self, init;
	char *name, *dir;

	if (given && *given)
		return absolute(given);
	if (stat("/proc/self/ns/net", &self) || is_same(&self, "/proc/1/ns/net"))
		return mem_strndup(STATE_DIR, strlen(STATE_DIR));
	name = netns_name(&self);
	if (name)
		dir = mem_printf(STATE_DIR "/netns/%s", name);
	else if (stat("/proc/1/ns/net", &init))
		/* A sandbox hides it, and is of the system's own units. */
		dir = mem_strndup(STATE_DIR, strlen(STATE_DIR));
	else
		dir = mem_printf("/run/optq/netns-%lu", (unsigned long)self.st_ino);
	free(name);
	return dir;
}

char *state_make(const char *dir)
{
	char *path = mem_strndup(dir, strlen(dir)), *slash = path, *why = NULL;

	while (!why && (slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		if (mkdir(path, 0755) && errno != EEXIST)
			why = mem_printf("%s cannot be made: %s", path, strerror(errno));
		*slash = '/';
	}
	/* A policy may tell who the customers are. */
	if (!why && mkdir(path, 0700) && errno != EEXIST)
		why = mem_printf("%s cannot be made: %s", path, strerror(errno));
	free(path);
	return why;
}

/* Above the standard streams, which may be closed. */
static int open_above(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600), above;

	if (fd < 0 || fd > STDERR_FILENO)
		return fd;
	above = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	close(fd);
	return above;
}

int state_lock(const char *dir, const char *name, bool wait)
{
	char *path = mem_printf("%s/%s", dir, name);
	int fd = open_above(path), rc;

	free(path);
	if (fd < 0)
		return fd;
	do {
		rc = flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB));
	} while (rc && errno == EINTR);
	if (!rc)
		return fd;
	rc = errno;
	close(fd);
	errno = rc;
	return -1;
}

char *state_read(const char *dir, const char *name, size_t *len)
{
	char *path = mem_printf("%s/%s", dir, name), *text = NULL;
	FILE *file = fopen(path, "re");
	size_t room = 0, n;

	free(path);
	if (!file)
		return NULL;
	/* Files of the kernel's do not tell their length. */
	*len = 0;
	do {
		text = mem_grow(text, &room, *len + CHUNK + 1, 1);
		n = fread(text + *len, 1, CHUNK, file);
		*len += n;
	} while (n);
	text[*len] = '\0';
	fclose(file);
	return text;
}

static bool write_all(int fd, const char *text, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(fd, text, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		text += n;
		len -= (size_t)n;
	}
	return !fsync(fd);
}

char *state_write(const char *dir, const char *name, const char *text, size_t len)
{
	char *path = mem_printf("%s/%s", dir, name);
	char *fresh = mem_printf("%s.new", path), *why = NULL;
	int fd;

	unlink(fresh);
	fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 || !write_all(fd, text, len) || rename(fresh, path))
		why = mem_printf("%s cannot be written: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	free(path);
	free(fresh);
	return why;
}
