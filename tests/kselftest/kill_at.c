// SPDX-License-Identifier: GPL-2.0
/*
 * A program that is killed at one of its system calls, to see what it leaves.
 *
 *	kill_at N COMMAND...	SIGKILL as the N-th begins, counted from 1; 0: never.  Of what it
 *				starts, the first process only.  Exit 0: killed; 1: it ended
 *				before; 2: it could not be traced
 *	prints "calls M": as many had begun
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what)
{
	fprintf(stderr, "kill_at: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* Each stop hands over to the other of the two: the faster on one processor. */
static void stay_here(void)
{
	cpu_set_t here;

	CPU_ZERO(&here);
	CPU_SET(sched_getcpu(), &here);
	sched_setaffinity(0, sizeof(here), &here);
}

static pid_t start(char **command)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		die("fork");
	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execvp(command[0], command);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL))
		die(command[0]);
	return pid;
}

/* Goes on to the next stop at a system call; signals are handed on.  False: it has ended. */
static bool next_stop(pid_t pid)
{
	int status, sig = 0;

	for (;;) {
		if (ptrace(PTRACE_SYSCALL, pid, NULL, sig))
			die("ptrace");
		if (waitpid(pid, &status, 0) != pid)
			die("wait");
		if (!WIFSTOPPED(status))
			return false;
		sig = WSTOPSIG(status);
		if (sig == (SIGTRAP | 0x80))
			return true;
		if (sig == SIGTRAP)
			sig = 0;
	}
}

int main(int argc, char **argv)
{
	unsigned long n, calls = 0;
	bool killed = false;
	int status;
	pid_t pid;

	if (argc < 3) {
		fprintf(stderr, "usage: kill_at N COMMAND...\n");
		return 2;
	}
	n = strtoul(argv[1], NULL, 0);
	stay_here();
	pid = start(argv + 2);
	/* Each call stops twice, as it begins and as it ends. */
	while (!killed && next_stop(pid)) {
		calls++;
		if (calls == n) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			killed = true;
		} else if (!next_stop(pid)) {
			break;
		}
	}
	printf("calls %lu\n", calls);
	return !killed;
}
