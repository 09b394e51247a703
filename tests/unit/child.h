/*
 * child.h - run a function in a child process and see what it leaves
 *
 * For what ends a process, or speaks on descriptors 0 to 2.
 */
#ifndef INV_TESTS_CHILD_H
#define INV_TESTS_CHILD_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"

enum { CHILD_OUT = 1 << 20 }; /* bytes kept of each */

struct child {
	int status; /* exit status, or 128 + signal */
	char out[CHILD_OUT];
	char err[CHILD_OUT];
	size_t out_n;
	size_t err_n;
};

static inline size_t
child_read(FILE *f, char *to)
{
	rewind(f);
	size_t n = fread(to, 1, CHILD_OUT - 1, f);

	to[n] = '\0';
	fclose(f);
	return n;
}

/* run(with) with stdin from `in`; its return value is the exit status. */
static inline void
child_run(struct child *c, int (*run)(const void *with), const void *with,
    struct inv_str in)
{
	FILE *file[3] = { tmpfile(), tmpfile(), tmpfile() };
	int status;

	fwrite(in.p, 1, in.n, file[0]);
	rewind(file[0]);
	fflush(stdout);
	pid_t pid = fork();

	if (pid == 0) {
		for (int fd = 0; fd < 3; fd++)
			dup2(fileno(file[fd]), fd);
		_exit(run(with));
	}
	waitpid(pid, &status, 0);
	c->status =
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	fclose(file[0]);
	c->out_n = child_read(file[1], c->out);
	c->err_n = child_read(file[2], c->err);
}

#endif
