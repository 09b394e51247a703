/*
 * measure - run a command and note what it took: FILE gets one more line,
 * `milliseconds of processor, peak KiB, status`
 *
 * The peak that the kernel keeps for a child begins with what its parent had,
 * so that the parent has to be small: hence this, and not a script.
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static long
ms(struct timeval t)
{
	return t.tv_sec * 1000 + t.tv_usec / 1000;
}

int
main(int argc, char *argv[])
{
	struct rusage used;
	int status;

	if (argc < 3)
		return 64;
	pid_t pid = fork();

	if (pid == 0) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &used) != pid)
		return 70;
	int rc =
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	int fd = open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (fd < 0 ||
	    dprintf(fd, "%ld %ld %d\n", ms(used.ru_utime) + ms(used.ru_stime),
		used.ru_maxrss, rc) < 0)
		return 74;
	return rc;
}
