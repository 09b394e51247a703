/* test_archive_list - what came, for those who only read */

#include "store/archive_list.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"
#include "store/archive.h"

static int state;
static char place[] = "/tmp/inv-test-XXXXXX";

static void
take(struct inv_archive *a, const char *text, uint64_t submission)
{
	struct inv_archived out;
	struct inv_err err = { 0 };
	int fd = memfd_create("input", 0);

	check(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	lseek(fd, 0, SEEK_SET);
	check(inv_archive_take(a, fd, "m", submission, INV_KEEP, &out, &err));
	close(out.fd);
	close(fd);
}

static void
an_archive_that_is_not_there_is_an_empty_list(void)
{
	struct inv_archive_list l;
	struct inv_archive_entry e;
	struct inv_err err;

	check(inv_archive_list_open(&l, state, &err));
	check(inv_archive_list_next(&l, &e, &err) == INV_NEXT_END);
	inv_archive_list_close(&l);
}

static void
lists_what_came_in_its_order(void)
{
	struct inv_err err;
	struct inv_archive *a = inv_archive_open(state, &err);
	struct inv_archive_list l;
	struct inv_archive_entry e;

	take(a, "abc", 1);
	take(a, "abc", 7);
	take(a, "", 1);
	inv_archive_close(a);
	check(inv_archive_list_open(&l, state, &err));
	check(inv_archive_list_next(&l, &e, &err) == INV_NEXT_LINE);
	check(e.arrival == 1 && e.submission == 1);
	check_str(e.manifest,
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015"
	    "ad");
	check(inv_archive_list_next(&l, &e, &err) == INV_NEXT_LINE);
	check(e.arrival == 2 && e.submission == 7);
	check(inv_archive_list_next(&l, &e, &err) == INV_NEXT_LINE);
	check(e.arrival == 3 && e.submission == 1);
	check(inv_archive_list_next(&l, &e, &err) == INV_NEXT_END);
	inv_archive_list_close(&l);
}

static void
fetches_bytes_that_are_what_their_name_says(void)
{
	struct inv_str id = INV_LIT(
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015"
	    "ad");
	struct inv_err err;
	char path[128];
	char got[8];
	int fd = inv_archive_fetch(state, id, &err);

	check(pread(fd, got, sizeof(got), 0) == 3);
	check(memcmp(got, "abc", 3) == 0);
	close(fd);
	snprintf(path, sizeof(path), "archive/ba/%.*s", INV_ARG(id));
	check(unlinkat(state, path, 0) == 0);
	check(inv_archive_fetch(state, id, &err) == -1);
	check(err.fault == INV_NOINPUT);
	fd = openat(state, path, O_WRONLY | O_CREAT, 0600);
	check(write(fd, "abd", 3) == 3);
	close(fd);
	check(inv_archive_fetch(state, id, &err) == -1);
	check(err.fault == INV_IO);
}

static void
says_where_the_index_is_damaged(void)
{
	int fd = openat(state, "archive/index", O_WRONLY | O_APPEND);
	struct inv_archive_list l;
	struct inv_archive_entry e;
	struct inv_err err;

	/* Half a line is an append under way. */
	check(write(fd, "{\"x\":1}", 7) == 7);
	check(inv_archive_list_open(&l, state, &err));
	for (int i = 0; i < 3; i++)
		check(inv_archive_list_next(&l, &e, &err) == INV_NEXT_LINE);
	check(inv_archive_list_next(&l, &e, &err) == INV_NEXT_END);
	inv_archive_list_close(&l);
	check(write(fd, "\n", 1) == 1);
	close(fd);
	check(inv_archive_list_open(&l, state, &err));
	for (int i = 0; i < 3; i++)
		check(inv_archive_list_next(&l, &e, &err) == INV_NEXT_LINE);
	check(inv_archive_list_next(&l, &e, &err) == INV_NEXT_ERR);
	check_str(inv_str_of(err.msg), "archive/index:4: damaged");
	inv_archive_list_close(&l);
}

static const struct test tests[] = {
	TEST(an_archive_that_is_not_there_is_an_empty_list),
	TEST(lists_what_came_in_its_order),
	TEST(fetches_bytes_that_are_what_their_name_says),
	TEST(says_where_the_index_is_damaged),
};

int
main(void)
{
	char command[64];

	if (mkdtemp(place) == NULL)
		return 1;
	state = open(place, O_RDONLY | O_DIRECTORY);
	int rc = RUN(tests);

	close(state);
	snprintf(command, sizeof(command), "rm -rf %s", place);
	return system(command) != 0 || rc;
}
