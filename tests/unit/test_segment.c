/* test_segment - the files of the journal, plain and compressed */

#include "store/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#include "base/buf.h"
#include "io/file.h"

static int
fresh(void)
{
	if (system("rm -rf journal") != 0 || mkdir("journal", 0700) != 0)
		abort();
	return open("journal", O_RDONLY | O_DIRECTORY);
}

static void
put(const char *name, const char *text, size_t times)
{
	FILE *f = fopen(name, "w");

	if (f == NULL)
		abort();
	for (size_t i = 0; i < times; i++)
		if (fprintf(f, "%s", text) < 0)
			abort();
	if (fclose(f) != 0 || chmod(name, 0600) != 0)
		abort();
}

static bool
is_there(const char *name)
{
	return access(name, F_OK) == 0;
}

/* Bytes of a segment that are all c; -1 where it can not be read. */
static long
all_are(int dir, uint64_t segment, char c)
{
	char piece[4096];
	struct inv_err err;
	int fd = inv_segment_open(dir, segment, O_RDONLY, &err);
	long bytes = 0;
	ssize_t n;

	if (fd == -1) {
		check(errno == ENOENT || err.fault == INV_IO);
		return -1;
	}
	while ((n = read(fd, piece, sizeof(piece))) > 0)
		for (ssize_t i = 0; i < n; i++)
			bytes += piece[i] == c;
	close(fd);
	return bytes;
}

static void
tells_what_there_is(void)
{
	int dir = fresh();
	struct inv_segments s;
	struct inv_err err;

	check(inv_segment_survey(dir, &s, &err));
	check(s.last == 0 && s.plain == 0 && s.count == 0 && s.bytes == 0);
	put("journal/000001.ndjson.zst", "abc", 1);
	put("journal/000002.ndjson.zst", "abc", 1);
	put("journal/000002.ndjson", "abcd", 1);
	put("journal/1000003.ndjson", "abcde", 1);
	put("journal/000000.ndjson", "none", 1);
	put("journal/04.ndjson", "none", 1);
	put("journal/000004.ndjson.gz", "none", 1);
	put("journal/next", "none", 1);
	check(inv_segment_survey(dir, &s, &err));
	check(s.last == 1000003 && s.plain == 2);
	check(s.count == 3 && s.packed == 1 && s.bytes == 15);
	check(inv_segment_is_there(dir, 1) && inv_segment_is_there(dir, 2));
	check(!inv_segment_is_there(dir, 4));
	close(dir);
}

static void
a_compressed_one_reads_as_the_plain_one_did(void)
{
	int dir = fresh();
	struct inv_err err;
	struct stat st;

	put("journal/000007.ndjson", "xxxxxxxxxxxxxxxx", 1 << 18);
	put("journal/000008.ndjson", "", 0);
	check(inv_segment_pack(dir, 7, &err));
	check(inv_segment_pack(dir, 8, &err));
	check(!is_there("journal/000007.ndjson"));
	check(stat("journal/000007.ndjson.zst", &st) == 0);
	check(st.st_size < 65536 && (st.st_mode & 0777) == 0600);
	check(all_are(dir, 7, 'x') == 1 << 22);
	check(all_are(dir, 8, 'x') == 0);
	check(all_are(dir, 9, 'x') == -1);
	check(!is_there("journal/packing"));
	close(dir);
}

static void
only_reading_is_as_good_with_a_compressed_one(void)
{
	int dir = fresh();
	struct inv_err err;

	put("journal/000001.ndjson", "x", 1);
	check(inv_segment_pack(dir, 1, &err));
	check(inv_segment_open(dir, 1, O_RDWR, &err) == -1);
	check(errno == ENOENT);
	close(dir);
}

static void
where_both_are_there_the_plain_one_counts(void)
{
	int dir = fresh();
	struct inv_err err;

	put("journal/000001.ndjson", "x", 5);
	put("journal/000001.ndjson.zst", "not complete", 1);
	put("journal/packing", "not complete", 1);
	check(all_are(dir, 1, 'x') == 5);
	check(inv_segment_pack(dir, 1, &err));
	check(!is_there("journal/000001.ndjson"));
	check(all_are(dir, 1, 'x') == 5);
	close(dir);
}

static void
a_damaged_one_is_not_read(void)
{
	int dir = fresh();
	struct inv_err err;
	struct stat st;
	char c = 0;

	put("journal/000001.ndjson", "x", 100000);
	check(inv_segment_pack(dir, 1, &err));
	int fd = open("journal/000001.ndjson.zst", O_RDWR);

	check(fstat(fd, &st) == 0 && pread(fd, &c, 1, st.st_size - 1) == 1);
	c ^= 1;
	check(pwrite(fd, &c, 1, st.st_size - 1) == 1);
	check(inv_segment_open(dir, 1, O_RDONLY, &err) == -1);
	check(err.fault == INV_IO);
	check(strstr(err.msg, "journal/000001.ndjson.zst: zstd: ") != NULL);
	check(ftruncate(fd, st.st_size / 2) == 0);
	check(all_are(dir, 1, 'x') == -1);
	close(fd);
	check(unlink("journal/000001.ndjson.zst") == 0);
	check(symlink("elsewhere", "journal/000001.ndjson.zst") == 0);
	check(inv_segment_open(dir, 1, O_RDONLY, &err) == -1);
	check(err.fault == INV_DENIED);
	close(dir);
}

static void
what_can_not_be_compressed_stays(void)
{
	int dir = fresh();
	struct inv_err err;

	put("journal/000001.ndjson", "x", 100000);
	check(mkdir("journal/packing", 0700) == 0);
	check(!inv_segment_pack(dir, 1, &err));
	check(all_are(dir, 1, 'x') == 100000);
	check(rmdir("journal/packing") == 0);
	check(mkdir("journal/000001.ndjson.zst", 0700) == 0);
	check(!inv_segment_pack(dir, 1, &err) && err.fault == INV_IO);
	check(all_are(dir, 1, 'x') == 100000);
	check(!is_there("journal/packing"));
	close(dir);
}

/* A child compresses, and is killed at its n-th call; false: it was not. */
static bool
killed_at(const char *call, int n)
{
	int dir = fresh();
	struct inv_err err;
	char cmd[256];

	put("journal/000001.ndjson", "x", 300000);
	(void)snprintf(cmd, sizeof(cmd),
	    "exec strace -f -o /dev/null -e inject=%s:signal=KILL:when=%d "
	    "\"$TEST_SEGMENT\" pack 2>/dev/null",
	    call, n);
	int rc = system(cmd);
	bool whole = WIFEXITED(rc) && WEXITSTATUS(rc) == 0;

	check(all_are(dir, 1, 'x') == 300000);
	check(!whole || !is_there("journal/000001.ndjson"));
	check(!is_there("journal/000001.ndjson") ||
	    inv_segment_pack(dir, 1, &err));
	check(all_are(dir, 1, 'x') == 300000);
	check(!is_there("journal/000001.ndjson"));
	check(!is_there("journal/packing"));
	close(dir);
	return !whole;
}

static void
compressing_can_be_killed_at_any_point(void)
{
	static const char *const calls[] = { "write", "fsync", "renameat",
		"unlinkat" };

	if (system("command -v strace > /dev/null") != 0) {
		skip("no strace");
		return;
	}
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		int n = 1;

		while (n < 40 && killed_at(calls[i], n))
			n++;
		check(n > 1 && n < 40);
	}
}

/* Without a word of the leak checker, which can not be traced. */
static void
only_pack(void)
{
	struct inv_err err;

	_exit(inv_segment_pack(open("journal", O_RDONLY | O_DIRECTORY), 1, &err)
		? 0
		: 1);
}

int
main(int argc, char *argv[])
{
	static const struct test tests[] = {
		TEST(tells_what_there_is),
		TEST(a_compressed_one_reads_as_the_plain_one_did),
		TEST(only_reading_is_as_good_with_a_compressed_one),
		TEST(where_both_are_there_the_plain_one_counts),
		TEST(a_damaged_one_is_not_read),
		TEST(what_can_not_be_compressed_stays),
		TEST(compressing_can_be_killed_at_any_point),
	};
	char dir[] = "/tmp/test_segment.XXXXXX";
	char self[4096];

	if (argc > 1)
		only_pack();
	if (realpath(argv[0], self) == NULL ||
	    setenv("TEST_SEGMENT", self, 1) != 0 || mkdtemp(dir) == NULL ||
	    chdir(dir) != 0)
		return 1;
	int rc = RUN(tests);

	if (system("rm -rf \"$PWD\"") != 0)
		return 1;
	return rc;
}
