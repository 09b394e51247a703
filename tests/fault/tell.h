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
 * Write the line "WHAT N" into the file that the environment variable log
 * names: as all of it (how is O_TRUNC) or behind what is there (O_APPEND).
 * Nothing if it is unset.
 */
static inline void
tell(const char *log, int how, const char *what, uint64_t n)
{
	const char *path = getenv(log);
	int fd = path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | how, 0600);

	if (fd < 0)
		return;
	dprintf(fd, "%s %ju\n", what, (uintmax_t)n);
	close(fd);
}

#endif
