/*
 * tell.h - what a faulty part writes of itself for the test that began it
 */
#ifndef INV_TESTS_FAULT_TELL_H
#define INV_TESTS_FAULT_TELL_H

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * Make "of N" the whole of the file that the environment variable log names;
 * nothing if it is unset.
 */
static inline void
tell(const char *log, uint64_t n)
{
	const char *path = getenv(log);
	int fd =
	    path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0)
		return;
	dprintf(fd, "of %ju\n", (uintmax_t)n);
	close(fd);
}

#endif
