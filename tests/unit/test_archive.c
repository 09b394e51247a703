/* test_archive - manifests kept under their digest, numbered as they come */

#include "store/archive.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static int state;

static int
file_of(const char *text)
{
	int fd = memfd_create("input", 0);

	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	lseek(fd, 0, SEEK_SET);
	return fd;
}

/* Take text in; its arrival, or 0. */
static uint64_t
take(struct inv_archive *a, const char *text, uint64_t submission,
    enum inv_keep keep, struct inv_archived *out)
{
	struct inv_err err = { 0 };
	int fd = file_of(text);
	bool ok = inv_archive_take(a, fd, "m", submission, keep, out, &err);

	check_str(inv_str_of(err.msg), "");
	close(fd);
	return ok ? out->arrival : 0;
}

static bool
holds(int fd, const char *text)
{
	char got[100];
	ssize_t n = read(fd, got, sizeof(got));

	return n == (ssize_t)strlen(text) && memcmp(got, text, (size_t)n) == 0;
}

static void
keeps_bytes_under_their_digest(void)
{
	struct inv_err err;
	struct inv_archive *a = inv_archive_open(state, &err);
	struct inv_archived out;
	struct stat st;

	check(take(a, "abc", 1, INV_KEEP, &out) == 1);
	check_str(inv_str_of(out.id),
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015"
	    "ad");
	check_str(inv_str_of(out.path),
	    "archive/ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb41"
	    "0ff61f20015ad");
	check(out.bytes == 3);
	check(holds(out.fd, "abc"));
	close(out.fd);
	check(fstatat(state, out.path, &st, 0) == 0);
	check((st.st_mode & 07777) == 0444);
	inv_archive_close(a);
}

static void
numbers_by_manifest_and_submission(void)
{
	struct inv_err err;
	struct inv_archive *a = inv_archive_open(state, &err);
	struct inv_archived out;

	check(take(a, "abc", 1, INV_KEEP, &out) == 1);
	close(out.fd);
	check(take(a, "abc", 2, INV_KEEP, &out) == 2);
	close(out.fd);
	check(take(a, "def", 1, INV_KEEP_NOT, &out) == 3);
	check(out.path[0] == '\0');
	check(holds(out.fd, "def"));
	close(out.fd);
	check(take(a, "abc", 2, INV_KEEP, &out) == 2);
	close(out.fd);

	struct inv_str id = inv_str_of(out.id);

	check(inv_archive_knows(state, 1, id, 1));
	check(inv_archive_knows(state, 2, id, 2));
	check(!inv_archive_knows(state, 1, id, 2));
	check(!inv_archive_knows(state, 3, id, 1));
	check(!inv_archive_knows(state, 4, id, 1));
	check(!inv_archive_knows(state, 0, id, 1));
	check(!inv_archive_knows(-1, 1, id, 1));

	char whose[INV_DIGEST_HEX];
	uint64_t submission = 0;

	check(inv_archive_whose(state, 2, whose, &submission));
	check(submission == 2 && memcmp(whose, out.id, sizeof(whose)) == 0);
	check(!inv_archive_whose(state, 4, whose, &submission));
	inv_archive_close(a);
}

static void
does_not_take_in_what_can_not_be_read(void)
{
	struct inv_err err;
	struct inv_archive *a = inv_archive_open(state, &err);
	struct inv_archived out;

	check(!inv_archive_take(a, state, "m", 1, INV_KEEP, &out, &err));
	check(err.fault == INV_NOINPUT);
	check_str(inv_str_of(err.msg), "m: read: Is a directory");
	check(take(a, "ghi", 1, INV_KEEP, &out) == 4);
	close(out.fd);
	inv_archive_close(a);
}

static void
sees_a_hole_in_the_index(void)
{
	struct inv_err err;
	struct inv_archive *a = inv_archive_open(state, &err);
	int index = openat(state, "archive/index", O_WRONLY);
	struct inv_archived out;
	int fd = file_of("jkl");

	check(ftruncate(index, 10) == 0);
	check(take(a, "jkl", 1, INV_KEEP, &out) == 1);
	close(out.fd);
	check(pwrite(index, "\n", 1, 0) == 1);
	check(!inv_archive_take(a, fd, "m", 1, INV_KEEP, &out, &err));
	check(err.fault == INV_IO);
	check(strncmp(err.msg, "archive/index:1: damaged: ", 26) == 0);
	close(fd);
	close(index);
	inv_archive_close(a);
}

static const struct test tests[] = {
	TEST(keeps_bytes_under_their_digest),
	TEST(numbers_by_manifest_and_submission),
	TEST(does_not_take_in_what_can_not_be_read),
	TEST(sees_a_hole_in_the_index),
};

int
main(void)
{
	char path[] = "/tmp/test_archive.XXXXXX";
	char command[64];

	if (mkdtemp(path) == NULL)
		return 1;
	state = open(path, O_RDONLY | O_DIRECTORY);
	int rc = RUN(tests);

	snprintf(command, sizeof(command), "rm -rf %s", path);
	return system(command) != 0 || rc;
}
