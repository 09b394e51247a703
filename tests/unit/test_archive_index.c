/* test_archive_index - lines that tell whether they are as they were written */

#include "store/archive_index.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "data/digest.h"

static const struct inv_archive_entry entry = {
	.arrival = 17,
	.manifest = { "ba7816bf8f01cfea414140de5dae2223"
		      "b00361a396177a9cb410ff61f20015ad",
	    INV_DIGEST_HEX },
	.submission = 2,
	.received = { "2026-11-20T06:30:00Z", 20 },
	.bytes = 8000,
};

static const char text[] =
    "{\"arrival\":17,\"manifest\":\"ba7816bf8f01cfea414140de5dae2223b00361a396"
    "177a9cb410ff61f20015ad\",\"submission\":2,\"received\":"
    "\"2026-11-20T06:30:00Z\",\"bytes\":8000,"
    "\"hash\":\"90ce291f3f6dc6e34c73f976484e22b4\"}\n";

static void
writes_a_line_with_a_sum(void)
{
	struct inv_buf b = INV_BUF(INV_ARCHIVE_LINE);

	inv_archive_entry_put(&b, &entry);
	check_str(inv_buf_str(&b), text);
	inv_buf_free(&b);
}

static void
reads_what_it_wrote(void)
{
	struct inv_archive_entry e;

	check(inv_archive_entry_read((struct inv_str){ text, sizeof(text) - 2 },
	    &e));
	check(e.arrival == 17 && e.submission == 2 && e.bytes == 8000);
	check(inv_str_eq(e.manifest, entry.manifest));
	check(inv_str_eq(e.received, entry.received));
}

static void
sees_every_flipped_bit_and_every_end_that_is_gone(void)
{
	enum { N = sizeof(text) - 2 };
	struct inv_archive_entry e;
	char copy[N];

	for (size_t bit = 0; bit < 8 * (size_t)N; bit++) {
		memcpy(copy, text, N);
		copy[bit / 8] ^= (char)(1 << bit % 8);
		check(!inv_archive_entry_read((struct inv_str){ copy, N }, &e));
	}
	for (size_t n = 0; n < N; n++)
		check(!inv_archive_entry_read((struct inv_str){ text, n }, &e));
}

static void
a_head_that_is_not_there_is_none(void)
{
	char place[] = "/tmp/inv-test-XXXXXX";
	struct inv_buf line = INV_BUF(INV_ARCHIVE_LINE);
	struct inv_err err;
	uint64_t arrival = 1;
	int at = open(mkdtemp(place), O_RDONLY | O_DIRECTORY);

	check(inv_archive_head(at, "head", &line, &arrival, &err));
	check(arrival == 0 && line.n == 0);
	int fd = openat(at, "head", O_WRONLY | O_CREAT, 0600);

	check(!inv_archive_head(at, "head", &line, &arrival, &err));
	check_str(inv_str_of(err.msg), "archive/head: damaged");
	check(write(fd, text, sizeof(text) - 1) == sizeof(text) - 1);
	check(inv_archive_head(at, "head", &line, &arrival, &err));
	check(arrival == 17 && line.n == sizeof(text) - 2);
	close(fd);
	unlinkat(at, "head", 0);
	close(at);
	rmdir(place);
	inv_buf_free(&line);
}

static const struct test tests[] = {
	TEST(writes_a_line_with_a_sum),
	TEST(reads_what_it_wrote),
	TEST(sees_every_flipped_bit_and_every_end_that_is_gone),
	TEST(a_head_that_is_not_there_is_none),
};

int
main(void)
{
	return RUN(tests);
}
