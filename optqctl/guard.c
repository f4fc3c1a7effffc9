// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "guard.h"
#include "history.h"
#include "mem.h"
#include "state.h"
#include "takeback.h"

/* How long after a confirmation it is still there. */
#define TICK_NS	200000000

static int open_lock(const char *state)
{
	char *path = mem_printf("%s/guard.lock", state);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	free(path);
	return fd;
}

bool guard_is_there(const char *state)
{
	int fd = open_lock(state);
	bool there = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK;

	if (fd >= 0)
		close(fd);
	return there;
}

/* What it says goes to a file: there is nobody else to tell. */
static void detach(const char *state, int lock, int ready)
{
	char *path = mem_printf("%s/guard.log", state);
	int null = open("/dev/null", O_RDWR), log;

	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	setsid();
	if (write(ready, "", 1) != 1)
		_exit(1);
	log = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
	dup2(null, STDIN_FILENO);
	dup2(log >= 0 ? log : null, STDOUT_FILENO);
	dup2(log >= 0 ? log : null, STDERR_FILENO);
	/* Closes the lock of the state directory above all, and whatever the caller had. */
	dup2(lock, STDERR_FILENO + 1);
	close_range(STDERR_FILENO + 2, ~0U, 0);
	if (chdir("/"))
		perror("chdir");
	free(path);
}

static bool still_waits(const char *state, unsigned int number)
{
	struct pending p;

	pending_read(&p, state);
	return p.number == number;
}

static void take_back(const char *state, unsigned int number)
{
	struct history h = { 0 };
	int lock = state_lock(state);
	struct entry *e;
	bool good = false;
	char *why;

	/* Confirmed at the last moment. */
	if (!still_waits(state, number)) {
		close(lock);
		return;
	}
	why = history_read(&h, state);
	e = history_find(&h, number);
	if (!why && e)
		good = takeback(&h, e, NULL);
	pending_clear(state);
	syslog(good ? LOG_NOTICE : LOG_ERR,
	       good ? "policy %u was not confirmed: taken back" :
	       "policy %u was not confirmed, and could not be taken back: see %s/guard.log",
	       number, state);
	free(why);
	history_free(&h);
	close(lock);
}

static void watch(const char *state, const struct pending *p)
{
	const struct timespec tick = { .tv_nsec = TICK_NS };

	while (still_waits(state, p->number)) {
		if (pending_is_over(p)) {
			take_back(state, p->number);
			break;
		}
		clock_nanosleep(CLOCK_BOOTTIME, 0, &tick, NULL);
	}
}

static void run(const char *state, const struct pending *p, int lock, int ready)
{
	detach(state, lock, ready);
	openlog("optqctl", LOG_PID, LOG_DAEMON);
	watch(state, p);
	fflush(NULL);
	_exit(0);
}

/* False, errno set. Once it is there no signal to the caller's terminal reaches it. */
static bool start(const char *state, const struct pending *p, int lock)
{
	int ready[2];
	bool there;
	pid_t pid;
	char c;

	if (pipe2(ready, O_CLOEXEC))
		return false;
	fflush(NULL);
	pid = fork();
	if (!pid)
		run(state, p, lock, ready[1]);
	close(ready[1]);
	there = pid > 0 && read(ready[0], &c, 1) == 1;
	close(ready[0]);
	return there;
}

char *guard_start(const char *state, const struct pending *p)
{
	int lock = open_lock(state);
	char *why = NULL;

	if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB))
		why = mem_printf("%s/guard.lock: %s", state, strerror(errno));
	if (!why)
		why = pending_write(p, state);
	if (!why && !start(state, p, lock)) {
		why = mem_printf("no process to take it back can be started: %s",
				 strerror(errno));
		pending_clear(state);
	}
	if (lock >= 0)
		close(lock);
	return why;
}
