/* test_file - whole files, durably, and only our own */

#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static int dir;

static struct inv_str
content_of(const char *name, struct inv_buf *b)
{
	struct inv_err err;

	inv_buf_reset(b);
	if (!inv_file_read(dir, name, b, &err))
		return inv_str_of(err.msg);
	return inv_buf_str(b);
}

static void
replaces_a_file_whole(void)
{
	struct inv_buf b = INV_BUF(100);
	struct inv_err err;
	struct stat st;

	check(inv_file_replace(dir, "a", INV_LIT("one"), &err));
	check_str(content_of("a", &b), "one");
	check(inv_file_replace(dir, "a", INV_LIT("two!"), &err));
	check_str(content_of("a", &b), "two!");
	check(fstatat(dir, "a", &st, 0) == 0 && (st.st_mode & 07777) == 0600);
	inv_buf_free(&b);
}

static void
what_is_published_can_be_read_by_all(void)
{
	mode_t mask = umask(077);
	struct inv_err err;
	struct stat st;

	check(inv_file_publish(dir, "p", INV_LIT("one"), &err));
	check(inv_file_publish(dir, "p", INV_LIT("two!"), &err));
	check(fstatat(dir, "p", &st, 0) == 0);
	check((st.st_mode & 07777) == 0644 && st.st_size == 4);
	check(fstatat(dir, "p.new", &st, 0) != 0);
	umask(mask);
}

static void
says_so_when_it_can_not_replace(void)
{
	struct inv_err err;

	check(mkdirat(dir, "d", 0700) == 0);
	check(mkdirat(dir, "d/sub", 0700) == 0);
	check(!inv_file_replace(dir, "d", INV_LIT("x"), &err));
	check(err.fault == INV_IO);
	check(unlinkat(dir, "d/sub", AT_REMOVEDIR) == 0);
	check(unlinkat(dir, "d", AT_REMOVEDIR) == 0);
}

static void
reads_up_to_the_ceiling_and_refuses_one_byte_more(void)
{
	struct inv_buf b = INV_BUF(4);
	struct inv_err err;

	check(inv_file_replace(dir, "four", INV_LIT("1234"), &err));
	check_str(content_of("four", &b), "1234");
	check(inv_file_replace(dir, "five", INV_LIT("12345"), &err));
	inv_buf_reset(&b);
	check(!inv_file_read(dir, "five", &b, &err));
	check(err.fault == INV_BAD);
	check_str(inv_str_of(err.msg), "five: longer than 4 bytes");
	inv_buf_free(&b);
}

static void
reads_below_a_folder_and_never_beside_it(void)
{
	static const char *const outside[] = { "", "/", "..", "../x", "b/../a",
		"./a", "b//c", "b/", "/etc/passwd", "out", "b/out/passwd",
		"to_b/c", "b" };
	struct inv_buf b = INV_BUF(100);
	struct inv_err err;

	check(mkdirat(dir, "b", 0700) == 0);
	check(symlinkat("/etc", dir, "b/out") == 0);
	check(symlinkat("/etc/passwd", dir, "out") == 0);
	check(symlinkat("b", dir, "to_b") == 0);
	check(inv_file_replace(dir, "b/c", INV_LIT("in"), &err));
	check(inv_file_read_below(dir, INV_LIT("b/c"), &b, &err));
	check_str(inv_buf_str(&b), "in");
	for (size_t i = 0; i < sizeof(outside) / sizeof(*outside); i++) {
		inv_buf_reset(&b);
		check(!inv_file_read_below(dir, inv_str_of(outside[i]), &b,
		    &err));
		check(b.n == 0);
	}
	check(unlinkat(dir, "b/c", 0) == 0);
	check(unlinkat(dir, "b/out", 0) == 0);
	check(unlinkat(dir, "out", 0) == 0);
	check(unlinkat(dir, "to_b", 0) == 0);
	check(unlinkat(dir, "b", AT_REMOVEDIR) == 0);
	inv_buf_free(&b);
}

static void
tells_a_missing_file_from_all_else(void)
{
	struct inv_err err;

	check(inv_file_open(dir, "nowhere", O_RDONLY, &err) == -1);
	check(err.fault == INV_NOINPUT);
	check(inv_file_open(dir, "no/where", O_WRONLY | O_CREAT, &err) == -1);
	check(err.fault == INV_CREATE);
}

static void
refuses(const char *name)
{
	struct inv_err err;
	int fd = inv_file_open(dir, name, O_RDWR | O_CREAT, &err);

	check(fd == -1);
	check(err.fault == INV_DENIED);
	if (fd >= 0)
		close(fd);
}

static void
refuses_what_another_hand_put_there(void)
{
	struct inv_err err;

	check(inv_file_replace(dir, "real", INV_LIT("x"), &err));
	check(symlinkat("real", dir, "link") == 0);
	refuses("link");
	check(linkat(dir, "real", dir, "twice", 0) == 0);
	refuses("twice");
	refuses("real");
	check(mkfifoat(dir, "fifo", 0600) == 0);
	refuses("fifo");
	check(inv_file_replace(dir, "open", INV_LIT("x"), &err));
	check(fchmodat(dir, "open", 0622, 0) == 0);
	refuses("open");
	if (geteuid() == 0) {
		check(inv_file_replace(dir, "his", INV_LIT("x"), &err));
		check(fchownat(dir, "his", 65534, 65534, 0) == 0);
		refuses("his");
	}
}

static void
makes_a_file_only_once_when_asked_for_a_new_one(void)
{
	struct inv_err err;
	int fd = inv_file_open(dir, "new", O_RDWR | O_CREAT | O_EXCL, &err);

	check(fd >= 0);
	close(fd);
	check(inv_file_open(dir, "new", O_RDWR | O_CREAT | O_EXCL, &err) == -1);
	fd = inv_file_open(dir, "new", O_RDWR | O_CREAT, &err);
	check(fd >= 0);
	close(fd);
}

static void
makes_a_directory_and_opens_it_again(void)
{
	struct inv_err err;
	int fd = inv_file_state_dir(dir, "sub", &err);
	int again = inv_file_state_dir(dir, "sub", &err);

	check(fd >= 0 && again >= 0);
	close(fd);
	close(again);
	check(symlinkat("sub", dir, "dirlink") == 0);
	check(inv_file_state_dir(dir, "dirlink", &err) == -1);
	check(err.fault == INV_DENIED);
	check(fchmodat(dir, "sub", 0777, 0) == 0);
	check(inv_file_state_dir(dir, "sub", &err) == -1);
	check(err.fault == INV_DENIED);
	fd = inv_file_state_dir(dir, "deep/er", &err);
	check(fd >= 0);
	close(fd);
	check(inv_file_state_dir(dir, "real/er", &err) == -1);
	check(err.fault == INV_CREATE);
}

static void
reports_a_write_that_did_not_fit(void)
{
	struct inv_err err;
	int full = open("/dev/full", O_WRONLY);

	check(!inv_file_write(full, INV_LIT("x"), "full", &err));
	check(err.fault == INV_IO);
	close(full);
}

static void
what_was_planted_beside_a_file_is_not_written_through(void)
{
	struct inv_buf b = INV_BUF(100);
	struct inv_err err;

	check(inv_file_replace(dir, "victim", INV_LIT("kept"), &err));
	check(linkat(dir, "victim", dir, "f.new", 0) == 0);
	check(inv_file_replace(dir, "f", INV_LIT("one"), &err));
	check_str(content_of("f", &b), "one");
	check_str(content_of("victim", &b), "kept");
	check(symlinkat("victim", dir, "f.new") == 0);
	check(inv_file_replace(dir, "f", INV_LIT("two"), &err));
	check_str(content_of("victim", &b), "kept");
	check(mkfifoat(dir, "f.new", 0600) == 0);
	check(inv_file_replace(dir, "f", INV_LIT("three"), &err));
	check_str(content_of("f", &b), "three");
	check(faccessat(dir, "f.new", F_OK, AT_SYMLINK_NOFOLLOW) != 0);
	inv_buf_free(&b);
}

static void
a_name_with_a_slash_behind_it_names_the_same_directory(void)
{
	struct inv_err err;
	int fd = inv_file_state_dir(dir, "slash/below//", &err);

	check(fd >= 0);
	close(fd);
	check(symlinkat("slash", dir, "slashlink") == 0);
	check(inv_file_state_dir(dir, "slashlink/", &err) == -1);
	check(err.fault == INV_DENIED);
	check(inv_file_state_dir(dir, "", &err) == -1);
	check(err.fault == INV_CREATE);
}

static mode_t
mode_of(const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0
	    ? st.st_mode & 07777
	    : 0;
}

static void
a_new_file_is_its_groups_where_the_directory_says_so(void)
{
	struct inv_err err;
	int in = inv_file_state_dir(dir, "shared", &err);

	check(in >= 0 && fchmod(in, 0775) == 0);
	close(inv_file_open(in, "private", O_RDWR | O_CREAT, &err));
	check(mode_of("shared/private") == 0600);
	check(fchmod(in, 02775) == 0);
	close(inv_file_open(in, "written", O_RDWR | O_CREAT, &err));
	check(mode_of("shared/written") == 0664);
	check(fchmod(in, 02757) == 0);
	close(inv_file_open(in, "read", O_RDWR | O_CREAT, &err));
	check(mode_of("shared/read") == 0644);
	/* What is replaced is ours alone, as is a key. */
	check(inv_file_replace(in, "read", INV_LIT(""), &err));
	check(mode_of("shared/read") == 0600);
	close(in);
}

static void
a_part_is_made_and_its_group_writes_where_it_may(void)
{
	struct inv_err err;
	int fd = inv_file_part(dir, "part", false, &err);

	check(fd >= 0 && mode_of("part") == 0700);
	check(fchmod(fd, 0770) == 0);
	close(fd);
	check(inv_file_part(dir, "part", false, &err) == -1);
	check(err.fault == INV_DENIED);
	fd = inv_file_part(dir, "part", true, &err);
	check(fd >= 0 && fchmod(fd, 0707) == 0);
	close(fd);
	check(inv_file_part(dir, "part", true, &err) == -1);
	check(symlinkat("part", dir, "partlink") == 0);
	check(inv_file_part(dir, "partlink", true, &err) == -1);
	check(err.fault == INV_DENIED);
}

static void
a_summary_replaces_a_file_and_is_written_to_anything_else(void)
{
	struct inv_buf b = INV_BUF(100);
	struct inv_err err;
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d/stats", dir);
	check(inv_file_summary(path, INV_LIT("{}\n"), &err));
	check(inv_file_summary(path, INV_LIT("{1}\n"), &err));
	check_str(content_of("stats", &b), "{1}\n");
	check(!inv_file_summary("/dev/full", INV_LIT("{}\n"), &err));
	check(err.fault == INV_IO);
	check(!inv_file_summary("/nowhere/stats", INV_LIT("{}\n"), &err));
	check(err.fault == INV_CREATE);
	inv_buf_free(&b);
}

static void
a_nameless_file_has_no_name_and_holds_bytes(void)
{
	char path[64];
	struct stat st;
	struct inv_err err;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", dir);
	int fd = inv_file_nameless(path, &err);

	check(fd >= 0 && fstat(fd, &st) == 0);
	check(st.st_nlink == 0 && (st.st_mode & 0777) == 0600);
	check(inv_file_write(fd, INV_LIT("bytes"), "it", &err));
	close(fd);
	check(inv_file_nameless("/nowhere", &err) < 0);
	check(err.fault == INV_CREATE);
}

static void
bytes_in_the_middle_are_read_as_many_as_there_are(void)
{
	char p[8];
	int fd = openat(dir, "middle", O_RDWR | O_CREAT, 0600);

	check(write(fd, "abcdef", 6) == 6);
	check(inv_file_pread(fd, p, 3, 2) == 3 && memcmp(p, "cde", 3) == 0);
	check(inv_file_pread(fd, p, 8, 4) == 2 && memcmp(p, "ef", 2) == 0);
	check(inv_file_pread(fd, p, 8, 6) == 0);
	close(fd);
	check(inv_file_pread(fd, p, 1, 0) == -1 && errno == EBADF);
}

static const struct test tests[] = {
	TEST(a_nameless_file_has_no_name_and_holds_bytes),
	TEST(replaces_a_file_whole),
	TEST(what_is_published_can_be_read_by_all),
	TEST(says_so_when_it_can_not_replace),
	TEST(reads_up_to_the_ceiling_and_refuses_one_byte_more),
	TEST(reads_below_a_folder_and_never_beside_it),
	TEST(tells_a_missing_file_from_all_else),
	TEST(refuses_what_another_hand_put_there),
	TEST(makes_a_file_only_once_when_asked_for_a_new_one),
	TEST(makes_a_directory_and_opens_it_again),
	TEST(reports_a_write_that_did_not_fit),
	TEST(what_was_planted_beside_a_file_is_not_written_through),
	TEST(a_name_with_a_slash_behind_it_names_the_same_directory),
	TEST(a_new_file_is_its_groups_where_the_directory_says_so),
	TEST(a_part_is_made_and_its_group_writes_where_it_may),
	TEST(a_summary_replaces_a_file_and_is_written_to_anything_else),
	TEST(bytes_in_the_middle_are_read_as_many_as_there_are),
};

int
main(void)
{
	char path[] = "/tmp/test_file.XXXXXX";
	char command[64];

	if (mkdtemp(path) == NULL)
		return 1;
	dir = open(path, O_RDONLY | O_DIRECTORY);
	int rc = RUN(tests);

	snprintf(command, sizeof(command), "rm -rf %s", path);
	return system(command) != 0 || rc;
}
