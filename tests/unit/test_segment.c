/* test_segment - does store/segment keep its header's promises? */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"

#include "store/segment.h"

static void
touch(int dir, const char *name)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT, 0600);

	if (fd == -1)
		abort();
	close(fd);
}

static void
a_name_has_six_digits_or_as_many_as_it_takes(void)
{
	char name[INV_SEGMENT_NAME];

	inv_segment_name(1, name);
	check_str(inv_str_of(name), "000001.ndjson");
	inv_segment_name(1234567, name);
	check_str(inv_str_of(name), "1234567.ndjson");
	inv_segment_name(UINT64_MAX, name);
	check_str(inv_str_of(name), "18446744073709551615.ndjson");
}

static void
the_highest_number_is_found_among_strangers(void)
{
	static const char *const strangers[] = { "9.ndjson", "0000009.ndjson",
		"000000.ndjson", "999999.ndjson.gz", "seen.db", "lock", "next",
		"-00009.ndjson", "00000x.ndjson",
		"99999999999999999999.ndjson" };
	int dir = open(".", O_RDONLY | O_DIRECTORY);
	struct inv_err err;
	uint64_t last = 1;

	check(inv_segment_last(dir, &last, &err) && last == 0);
	for (size_t i = 0; i < sizeof(strangers) / sizeof(*strangers); i++)
		touch(dir, strangers[i]);
	check(inv_segment_last(dir, &last, &err) && last == 0);
	touch(dir, "000002.ndjson");
	touch(dir, "000010.ndjson");
	check(inv_segment_last(dir, &last, &err) && last == 10);
	touch(dir, "1000000.ndjson");
	check(inv_segment_last(dir, &last, &err) && last == 1000000);
	check(!inv_segment_last(-1, &last, &err) && err.fault == INV_IO);
	close(dir);
}

static void
one_that_is_missing_says_so(void)
{
	int dir = open(".", O_RDONLY | O_DIRECTORY);
	struct inv_err err;

	check(inv_segment_open(dir, 77, O_RDONLY, &err) == -1);
	check(errno == ENOENT);
	close(dir);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(a_name_has_six_digits_or_as_many_as_it_takes),
		TEST(the_highest_number_is_found_among_strangers),
		TEST(one_that_is_missing_says_so),
	};
	char dir[] = "/tmp/test_segment.XXXXXX";

	if (mkdtemp(dir) == NULL || chdir(dir) != 0)
		return 1;
	int rc = RUN(tests);

	if (system("rm -rf \"$PWD\"") != 0)
		return 1;
	return rc;
}
