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

static enum inv_next
knows(int where, uint64_t arrival, struct inv_str id, uint64_t submission)
{
	struct inv_err err = { 0 };
	enum inv_next next =
	    inv_archive_knows(where, arrival, id, submission, &err);

	check(next != INV_NEXT_ERR || err.fault == INV_IO);
	return next;
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

	check(knows(state, 1, id, 1) == INV_NEXT_LINE);
	check(knows(state, 2, id, 2) == INV_NEXT_LINE);
	check(knows(state, 1, id, 2) == INV_NEXT_END);
	check(knows(state, 3, id, 1) == INV_NEXT_END);
	check(knows(state, 4, id, 1) == INV_NEXT_END);
	check(knows(state, 0, id, 1) == INV_NEXT_END);
	check(knows(-1, 1, id, 1) == INV_NEXT_ERR);

	char whose[INV_DIGEST_HEX];
	uint64_t submission = 0;

	check(inv_archive_whose(state, 2, whose, &submission, &err) ==
	    INV_NEXT_LINE);
	check(submission == 2 && memcmp(whose, out.id, sizeof(whose)) == 0);
	check(inv_archive_whose(state, 4, whose, &submission, &err) ==
	    INV_NEXT_END);
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

/* Bytes of a file of the archive; the caller frees. */
static char *
bytes_of(const char *path, size_t *n)
{
	int fd = openat(state, path, O_RDONLY);
	char *p = malloc(4096);

	*n = (size_t)read(fd, p, 4096);
	close(fd);
	return p;
}

static void
put_bytes(const char *path, const char *p, size_t n)
{
	int fd = openat(state, path, O_WRONLY | O_TRUNC | O_CREAT, 0600);

	check(write(fd, p, n) == (ssize_t)n);
	close(fd);
}

/* What "jkl" is told; the fault's message, or "" where it came in. */
static const char *
told(uint64_t submission)
{
	static struct inv_err err;
	struct inv_archive *a = inv_archive_open(state, &err);
	struct inv_archived out;
	int fd = file_of("jkl");

	err.msg[0] = '\0';
	if (inv_archive_take(a, fd, "m", submission, INV_KEEP, &out, &err))
		close(out.fd);
	else
		check(err.fault == INV_IO);
	close(fd);
	inv_archive_close(a);
	return err.msg;
}

static void
sees_flipped_bits_of_the_index(void)
{
	size_t n;
	char *p = bytes_of("archive/index", &n);

	for (size_t bit = 0; bit < 8 * n; bit += 101) {
		p[bit / 8] ^= (char)(1 << bit % 8);
		put_bytes("archive/index", p, n);
		check(strncmp(told(1), "archive/index:", 14) == 0);
		p[bit / 8] ^= (char)(1 << bit % 8);
	}
	put_bytes("archive/index", p, n);
	check_str(inv_str_of(told(1)), "");
	free(p);
}

/* Whoever asks after an arrival: "abc" was the first, and nobody the sixth. */
static void
does_not_forget_an_arrival_that_decayed(void)
{
	const struct inv_str abc = INV_LIT("ba7816bf8f01cfea414140de5dae2223b"
					   "00361a396177a9cb410ff61f20015ad");
	size_t n;
	char *p = bytes_of("archive/index", &n);
	size_t line = (size_t)((char *)memchr(p, '\n', n) - p) + 1;

	for (size_t bit = 0; bit < 8 * n; bit += 7) {
		p[bit / 8] ^= (char)(1 << bit % 8);
		put_bytes("archive/index", p, n);
		check(knows(state, 1, abc, 1) ==
		    (bit / 8 < line ? INV_NEXT_ERR : INV_NEXT_LINE));
		p[bit / 8] ^= (char)(1 << bit % 8);
	}
	for (size_t cut = 0; cut < n; cut += 13) {
		put_bytes("archive/index", p, cut);
		check(knows(state, 1, abc, 1) ==
		    (cut < line ? INV_NEXT_ERR : INV_NEXT_LINE));
		check(knows(state, 5, abc, 1) == INV_NEXT_ERR);
		check(knows(state, 6, abc, 1) == INV_NEXT_END);
	}
	check(unlinkat(state, "archive/index", 0) == 0);
	check(knows(state, 1, abc, 1) == INV_NEXT_ERR);
	put_bytes("archive/index", p, n);
	free(p);
}

static void
sees_that_the_end_of_the_index_is_gone(void)
{
	size_t n;
	char *p = bytes_of("archive/index", &n);

	for (size_t cut = 0; cut < n; cut += 13) {
		put_bytes("archive/index", p, cut);
		check(strncmp(told(1), "archive/index: damaged: it ends at ",
			  35) == 0);
	}
	check(unlinkat(state, "archive/index", 0) == 0);
	check_str(inv_str_of(told(1)),
	    "archive/index: damaged: it ends at "
	    "arrival 0, and 5 had come");
	put_bytes("archive/index", p, n);
	free(p);
}

static void
sees_an_index_that_is_not_the_heads(void)
{
	size_t n, m;
	char *head = bytes_of("archive/head", &n);

	check_str(inv_str_of(told(2)), "");
	char *later = bytes_of("archive/head", &m);

	head[n - 3] ^= 1; /* a digit of its sum */
	put_bytes("archive/head", head, n);
	check_str(inv_str_of(told(2)), "archive/head: damaged");
	put_bytes("archive/head", later, m);
	check_str(inv_str_of(told(2)), "");
	free(head);
	free(later);
}

static void
brings_the_head_up_to_date(void)
{
	size_t n, m;
	char *before = bytes_of("archive/head", &n);

	check_str(inv_str_of(told(3)), "");
	char *after = bytes_of("archive/head", &m);

	/* Killed between the line and the head. */
	put_bytes("archive/head", before, n);
	check_str(inv_str_of(told(3)), "");
	char *again = bytes_of("archive/head", &n);

	check(n == m && memcmp(again, after, n) == 0);
	free(before);
	free(after);
	free(again);
}

static const struct test tests[] = {
	TEST(keeps_bytes_under_their_digest),
	TEST(numbers_by_manifest_and_submission),
	TEST(does_not_take_in_what_can_not_be_read),
	TEST(sees_flipped_bits_of_the_index),
	TEST(does_not_forget_an_arrival_that_decayed),
	TEST(sees_that_the_end_of_the_index_is_gone),
	TEST(sees_an_index_that_is_not_the_heads),
	TEST(brings_the_head_up_to_date),
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
