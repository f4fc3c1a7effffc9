// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "guard.h"
#include "history.h"
#include "mem.h"
#include "state.h"
#include "takeback.h"

/* How long after a confirmation it is still there, and between two tries to take back. */
#define TICK_NS		200000000
#define RETRY_TICKS	25

/* The lock is held by the guard's descriptor as well, from before it is there. */
static int hold_guard(const char *state)
{
	const struct timespec tick = { .tv_nsec = TICK_NS / 2 };
	int lock, tries;

	/* The one before may not have seen yet that it is not needed any more. */
	for (tries = 0; tries < 10; tries++) {
		lock = state_lock(state, STATE_GUARD, false);
		if (lock >= 0 || errno != EWOULDBLOCK)
			return lock;
		nanosleep(&tick, NULL);
	}
	return lock;
}

bool guard_is_there(const char *state)
{
	int lock = state_lock(state, STATE_GUARD, false);
	bool there = lock < 0 && errno == EWOULDBLOCK;

	if (lock >= 0)
		close(lock);
	return there;
}

/* The lock of the state directory above all, and whatever the caller had. */
static void close_above(int fd)
{
	if (close_range((unsigned int)fd, ~0U, 0))
		for (; fd < sysconf(_SC_OPEN_MAX) && fd < 65536; fd++)
			close(fd);
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
	if (lock != STDERR_FILENO + 1)
		dup2(lock, STDERR_FILENO + 1);
	close_above(STDERR_FILENO + 2);
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

/* False: it is to be tried again. */
static bool take_back(const char *state, unsigned int number)
{
	struct history h = { 0 };
	struct entry *e;
	bool good = false;
	char *why;

	why = history_read(&h, state);
	e = history_find(&h, number);
	if (!why && e)
		good = takeback(&h, e, NULL);
	if (good)
		free(pending_clear(state));
	free(why);
	history_free(&h);
	return good;
}

/* Never waits for the lock: whoever has it may be confirming.  *@pause: ticks to the next try. */
static bool try_to_take_back(const char *state, unsigned int number,
			     unsigned int *pause)
{
	int lock = state_lock(state, STATE_WRITER, false);
	bool over;

	if (lock < 0)
		return false;
	over = !still_waits(state, number);
	if (!over) {
		over = take_back(state, number);
		*pause = RETRY_TICKS;
		syslog(over ? LOG_NOTICE : LOG_ERR,
		       over ? "policy %u was not confirmed: taken back" :
		       "policy %u was not confirmed, and could not be taken back yet: see %s/guard.log",
		       number, state);
		fflush(NULL);
	}
	close(lock);
	return over;
}

static void watch(const char *state, const struct pending *p)
{
	const struct timespec tick = { .tv_nsec = TICK_NS };
	unsigned int pause = 0;

	while (still_waits(state, p->number)) {
		if (pause)
			pause--;
		else if (pending_is_over(p) &&
			 try_to_take_back(state, p->number, &pause))
			break;
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
	int lock = hold_guard(state);
	char *why = NULL;

	if (lock < 0)
		why = mem_printf("%s/guard.lock: %s", state, strerror(errno));
	if (!why)
		why = pending_write(p, state);
	if (!why && !start(state, p, lock)) {
		why = mem_printf("no process to take it back can be started: %s",
				 strerror(errno));
		free(pending_clear(state));
	}
	if (lock >= 0)
		close(lock);
	return why;
}
