/* segment.c - the files of the journal: journal/NNNNNN.ndjson, from 1 */

#include "store/segment.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "io/file.h"

static const char suffix[] = ".ndjson";

enum {
	DIGITS = 6, /* at least: smaller numbers have leading zeros */
	SUFFIX = sizeof(suffix) - 1,
};

void
inv_segment_name(uint64_t segment, char name[INV_SEGMENT_NAME])
{
	(void)snprintf(name, INV_SEGMENT_NAME, "%06ju%s", (uintmax_t)segment,
	    suffix);
}

int
inv_segment_open(int dir, uint64_t segment, int flags, struct inv_err *err)
{
	char name[INV_SEGMENT_NAME];

	inv_segment_name(segment, name);
	return inv_file_open(dir, name, flags, err);
}

/* The number in a name; 0 where it is not that of a segment. */
static uint64_t
number_of(const char *name)
{
	struct inv_str s = inv_str_of(name);
	char again[INV_SEGMENT_NAME];
	uint64_t v;

	if (s.n < DIGITS + SUFFIX)
		return 0;
	s.n -= SUFFIX;
	while (s.n > 1 && *s.p == '0') {
		s.p++;
		s.n--;
	}
	if (!inv_str_u64(s, 1, UINT64_MAX, &v))
		return 0;
	inv_segment_name(v, again);
	return strcmp(again, name) == 0 ? v : 0;
}

bool
inv_segment_last(int dir, uint64_t *segment, struct inv_err *err)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd != -1 ? fdopendir(fd) : NULL;
	const struct dirent *e;

	if (d == NULL) {
		if (fd != -1)
			close(fd);
		return inv_fail_sys(err, INV_IO, "journal");
	}
	*segment = 0;
	while ((e = readdir(d)) != NULL) {
		uint64_t v = number_of(e->d_name);

		if (v > *segment)
			*segment = v;
	}
	closedir(d);
	return true;
}
