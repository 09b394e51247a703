/* segment.c - the files of the journal: journal/NNNNNN.ndjson, from 1 */

#include "store/segment.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/file.h"
#include "io/inflate.h"

static const char suffix[] = ".ndjson";
static const char packed_suffix[] = ".ndjson.zst";
static const char packing_name[] = "packing"; /* one that is not complete */

enum {
	DIGITS = 6,       /* at least: smaller numbers have leading zeros */
	PIECE = 64 << 10, /* bytes compared at once */
};

static void
name_of(uint64_t segment, const char *end, char name[INV_SEGMENT_NAME])
{
	(void)snprintf(name, INV_SEGMENT_NAME, "%06ju%s", (uintmax_t)segment,
	    end);
}

void
inv_segment_name(uint64_t segment, char name[INV_SEGMENT_NAME])
{
	name_of(segment, suffix, name);
}

/* ---- what there is ---- */

/* The number in a name; 0 where it is not that of a segment. */
static uint64_t
number_of(const char *name, const char *end)
{
	struct inv_str s = inv_str_of(name);
	char again[INV_SEGMENT_NAME];
	uint64_t v;

	if (s.n < DIGITS + strlen(end))
		return 0;
	s.n -= strlen(end);
	while (s.n > 1 && *s.p == '0') {
		s.p++;
		s.n--;
	}
	if (!inv_str_u64(s, 1, UINT64_MAX, &v))
		return 0;
	name_of(v, end, again);
	return strcmp(again, name) == 0 ? v : 0;
}

static bool
has(int dir, uint64_t segment, const char *end)
{
	char name[INV_SEGMENT_NAME];

	name_of(segment, end, name);
	return faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* In this order: it may be compressed in between. */
bool
inv_segment_is_there(int dir, uint64_t segment)
{
	return has(dir, segment, suffix) || has(dir, segment, packed_suffix);
}

static void
count(int dir, const char *name, struct inv_segments *s)
{
	uint64_t plain = number_of(name, suffix);
	uint64_t packed = number_of(name, packed_suffix);
	uint64_t v = plain | packed;
	struct stat st;

	if (v == 0)
		return;
	if (v > s->last)
		s->last = v;
	if (plain != 0 && (s->plain == 0 || plain < s->plain))
		s->plain = plain;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		s->bytes += (uint64_t)st.st_size;
	if (packed != 0 && has(dir, packed, suffix))
		return;
	s->count++;
	s->packed += packed != 0;
}

bool
inv_segment_survey(int dir, struct inv_segments *s, struct inv_err *err)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd != -1 ? fdopendir(fd) : NULL;
	const struct dirent *e;

	if (d == NULL) {
		if (fd != -1)
			close(fd);
		return inv_fail_sys(err, INV_IO, "journal");
	}
	*s = (struct inv_segments){ 0 };
	while ((e = readdir(d)) != NULL)
		count(dir, e->d_name, s);
	closedir(d);
	return true;
}

/* ---- compressed ones ---- */

/* Bytes of z into fd. */
static bool
unpack(struct inv_inflate *z, int fd, const char *name, struct inv_err *err)
{
	char *piece = inv_mem_new(PIECE);
	bool ok = true;
	ssize_t n;

	inv_inflate_trust(z);
	while (ok &&
	    (n = inv_pull_get(inv_inflate_pull(z), piece, PIECE, err)) != 0)
		ok = n > 0 &&
		    inv_file_write(fd, (struct inv_str){ piece, (size_t)n },
			name, err);
	free(piece);
	return ok && lseek(fd, 0, SEEK_SET) == 0;
}

/* Beside the segments, as they may be large; in memory where that can not be. */
static int
nameless(int dir, struct inv_err *err)
{
	int fd = openat(dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd == -1)
		fd = memfd_create("segment", MFD_CLOEXEC);
	if (fd == -1)
		inv_fail_sys(err, INV_IO, "journal: a file to unpack into");
	return fd;
}

/* A file with the bytes of a compressed segment; -1 with *err. */
static int
unpacked(int dir, int from, const char *name, struct inv_err *err)
{
	struct inv_inflate *z = inv_inflate_new(from, name, err);
	int fd = z != NULL ? nameless(dir, err) : -1;

	if (fd != -1 && !unpack(z, fd, name, err)) {
		close(fd);
		fd = -1;
	}
	inv_inflate_free(z);
	if (fd == -1)
		err->fault = INV_IO;
	return fd;
}

static int
open_packed(int dir, uint64_t segment, struct inv_err *err)
{
	char name[INV_SEGMENT_NAME];
	char full[INV_SEGMENT_NAME + sizeof("journal/")];

	name_of(segment, packed_suffix, name);
	(void)snprintf(full, sizeof(full), "journal/%s", name);
	int from = inv_file_open(dir, name, O_RDONLY, err);

	if (from == -1)
		return -1;
	int fd = unpacked(dir, from, full, err);

	close(from);
	errno = EIO;
	return fd;
}

int
inv_segment_open(int dir, uint64_t segment, int flags, struct inv_err *err)
{
	char name[INV_SEGMENT_NAME];

	inv_segment_name(segment, name);
	int fd = inv_file_open(dir, name, flags, err);

	if (fd == -1 && errno == ENOENT && flags == O_RDONLY &&
	    has(dir, segment, packed_suffix))
		return open_packed(dir, segment, err);
	return fd;
}

/* ---- compressing ---- */

/* The packed bytes are those of `from`, as the disk has them. */
static bool
is_same(int from, struct inv_inflate *z, struct inv_err *err)
{
	char *a = inv_mem_new(PIECE);
	char *b = inv_mem_new(PIECE);
	ssize_t n;
	ssize_t m;

	inv_inflate_trust(z);
	do {
		n = inv_pull_get(inv_inflate_pull(z), a, PIECE, err);
		m = n < 0 ? -1 : read(from, b, n > 0 ? (size_t)n : PIECE);
	} while (n > 0 && m == n && memcmp(a, b, (size_t)n) == 0);
	free(a);
	free(b);
	return n == 0 && m == 0;
}

static bool
read_back(int from, int to, const char *name, struct inv_err *err)
{
	/* Not what the cache has: it is the disk that will be asked. */
	(void)posix_fadvise(to, 0, 0, POSIX_FADV_DONTNEED);
	if (lseek(from, 0, SEEK_SET) != 0 || lseek(to, 0, SEEK_SET) != 0)
		return inv_fail_sys(err, INV_IO, "journal/%s", name);
	struct inv_inflate *z = inv_inflate_new(to, name, err);
	bool same = z != NULL && is_same(from, z, err);

	inv_inflate_free(z);
	return same ||
	    inv_fail(err, INV_IO, "journal/%s: packed, it reads otherwise",
		name);
}

static bool
pack(int dir, int from, int to, uint64_t segment, struct inv_err *err)
{
	char name[INV_SEGMENT_NAME];
	char packed[INV_SEGMENT_NAME];

	name_of(segment, suffix, name);
	name_of(segment, packed_suffix, packed);
	if (!inv_deflate(from, to, "journal/packing", err) ||
	    !inv_file_sync(to, "journal/packing", err) ||
	    !read_back(from, to, name, err))
		return false;
	if (renameat(dir, packing_name, dir, packed) == -1)
		return inv_fail_sys(err, INV_IO, "journal/%s", packed);
	if (!inv_file_sync(dir, "journal", err))
		return false;
	if (unlinkat(dir, name, 0) == -1)
		return inv_fail_sys(err, INV_IO, "journal/%s", name);
	return true;
}

bool
inv_segment_pack(int dir, uint64_t segment, struct inv_err *err)
{
	int from = inv_segment_open(dir, segment, O_RDONLY, err);

	if (from == -1)
		return false;
	/* One of an earlier try that was killed. */
	(void)unlinkat(dir, packing_name, 0);
	int to =
	    inv_file_open(dir, packing_name, O_RDWR | O_CREAT | O_EXCL, err);
	bool ok = to != -1 && pack(dir, from, to, segment, err);

	close(from);
	if (to != -1)
		close(to);
	if (!ok)
		(void)unlinkat(dir, packing_name, 0);
	return ok;
}
