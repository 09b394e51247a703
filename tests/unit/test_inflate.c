/* test_inflate - gzip and zstd taken off, damage and bombs seen */

#include "io/inflate.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "check.h"

/* What a shell command writes, as a file to read. */
static int
output_of(const char *command)
{
	int fd = memfd_create("input", 0);
	FILE *p = popen(command, "r");
	char piece[4096];
	size_t n;

	while ((n = fread(piece, 1, sizeof(piece), p)) > 0)
		if (write(fd, piece, n) != (ssize_t)n)
			abort();
	check(pclose(p) == 0);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

/* zstd(1) makes the zstd inputs, and is not everywhere. */
static bool
has_zstd(void)
{
	if (system("command -v zstd > /dev/null") == 0)
		return true;
	printf("# skipped: no zstd(1)\n");
	return false;
}

struct outcome {
	uint64_t bytes;
	char head[16];
	enum inv_packing packing;
	bool failed;
	bool bomb;
	struct inv_err err;
};

static struct outcome
inflate_of(const char *command)
{
	static char piece[1 << 16];
	struct outcome o = { 0 };
	int fd = output_of(command);
	struct inv_inflate *z = inv_inflate_new(fd, "m", &o.err);
	ssize_t n;

	if (z == NULL) {
		close(fd);
		o.failed = true;
		return o;
	}
	struct inv_pull pull = inv_inflate_pull(z);

	while ((n = inv_pull_get(pull, piece, sizeof(piece), &o.err)) > 0) {
		if (o.bytes == 0)
			memcpy(o.head, piece, n > 15 ? 15 : (size_t)n);
		o.bytes += (uint64_t)n;
	}
	o.failed = n < 0;
	o.packing = inv_inflate_packing(z);
	o.bomb = inv_inflate_is_bomb(z);
	inv_inflate_free(z);
	close(fd);
	return o;
}

static void
passes_plain_bytes_through(void)
{
	struct outcome o = inflate_of("printf 'id,name\\n'");

	check(!o.failed && o.packing == INV_PACKING_NONE);
	check_str(inv_str_of(o.head), "id,name\n");
	check(inflate_of("true").bytes == 0);
	check(inflate_of("printf x").bytes == 1);
	check(inflate_of("seq 300000").bytes == 1988895);
}

static void
takes_gzip_off(void)
{
	struct outcome o = inflate_of("seq 300000 | gzip");

	check(!o.failed && o.packing == INV_PACKING_GZIP);
	check(o.bytes == 1988895);
	check(strncmp(o.head, "1\n2\n3\n", 6) == 0);
}

static void
takes_several_gzip_members_for_one_text(void)
{
	struct outcome o =
	    inflate_of("printf a | gzip; : | gzip; printf b | gzip");

	check(!o.failed && o.bytes == 2);
}

static void
takes_zstd_off(void)
{
	if (!has_zstd())
		return;
	struct outcome o = inflate_of("seq 300000 | zstd -q");

	check(!o.failed && o.packing == INV_PACKING_ZSTD);
	check(o.bytes == 1988895);
	o = inflate_of("printf a | zstd -q; : | zstd -q; printf b | zstd -q");
	check(!o.failed && o.bytes == 2);
}

static void
refuses(const char *command, const char *message)
{
	struct outcome o = inflate_of(command);

	check(o.failed);
	check(o.err.fault == INV_BAD);
	check_str(inv_str_of(o.err.msg), message);
}

static void
sees_a_file_cut_short(void)
{
	refuses("seq 1000 | gzip | head -c 1000", "m: gzip: cut short");
	refuses("seq 1000 | gzip | head -c -4", "m: gzip: cut short");
	if (has_zstd())
		refuses("seq 1000 | zstd -q | head -c 900",
		    "m: zstd: cut short");
}

static void
sees_damage(void)
{
	refuses("seq 9 | gzip | head -c -8; printf 12345678",
	    "m: gzip: incorrect data check");
	refuses("seq 9 | gzip; printf junk", "m: gzip: incorrect header check");
	if (has_zstd())
		refuses("seq 9 | zstd -q --check | head -c -4; printf 1234",
		    "m: zstd: Restored data doesn't match checksum");
}

static void
stops_bombs(void)
{
	struct outcome o = inflate_of("head -c 50M /dev/zero | gzip");

	check(o.failed && o.bomb && o.err.fault == INV_BAD);
	check_str(inv_str_of(o.err.msg), "m: gzip: expands more than 200-fold");
	check(o.bytes < 16 << 20);
	/* A little may expand as it likes. */
	o = inflate_of("head -c 1M /dev/zero | gzip");
	check(!o.failed && o.bytes == 1 << 20);
	if (!has_zstd())
		return;
	o = inflate_of("head -c 50M /dev/zero | zstd -q");
	check(o.failed && o.bomb);
}

static void
refuses_a_window_past_its_memory(void)
{
	if (!has_zstd())
		return;
	struct outcome o = inflate_of("seq 9000000 | zstd -q -1 --long=27");

	check(o.failed && !o.bomb && o.err.fault == INV_BAD);
}

static void
says_so_when_the_file_can_not_be_read(void)
{
	struct inv_err err;

	check(inv_inflate_new(-1, "m", &err) == NULL);
	check(err.fault == INV_NOINPUT);
}

/* What `command` writes, packed by inv_deflate: a file to read. */
static int
packed(const char *command)
{
	int from = output_of(command);
	int to = memfd_create("packed", 0);
	struct inv_err err;

	check(inv_deflate(from, to, "m", &err));
	lseek(to, 0, SEEK_SET);
	close(from);
	return to;
}

static uint64_t
count(int fd, bool trusted, bool *bomb)
{
	static char piece[1 << 16];
	struct inv_err err;
	struct inv_inflate *z = inv_inflate_new(fd, "m", &err);
	uint64_t bytes = 0;
	ssize_t n;

	check(inv_inflate_packing(z) == INV_PACKING_ZSTD);
	if (trusted)
		inv_inflate_trust(z);
	while ((n = inv_pull_get(inv_inflate_pull(z), piece, sizeof(piece),
		    &err)) > 0)
		bytes += (uint64_t)n;
	check(n == 0 || !trusted);
	*bomb = inv_inflate_is_bomb(z);
	inv_inflate_free(z);
	close(fd);
	return bytes;
}

static void
puts_zstd_on(void)
{
	bool bomb;

	check(count(packed("seq 300000"), false, &bomb) == 1988895 && !bomb);
	check(count(packed("true"), false, &bomb) == 0);
}

static void
what_we_packed_may_grow_to_any_size(void)
{
	static const char zeros[] = "head -c 30000000 /dev/zero";
	bool bomb;

	check(count(packed(zeros), true, &bomb) == 30000000 && !bomb);
	check(count(packed(zeros), false, &bomb) < 30000000 && bomb);
}

static void
tells_that_packed_bytes_can_not_be_written(void)
{
	int from = output_of("seq 300000");
	int to = open("/dev/full", O_WRONLY);
	struct inv_err err;

	check(!inv_deflate(from, to, "m", &err) && err.fault == INV_IO);
	close(from);
	close(to);
}

static const struct test tests[] = {
	TEST(passes_plain_bytes_through),
	TEST(takes_gzip_off),
	TEST(takes_several_gzip_members_for_one_text),
	TEST(takes_zstd_off),
	TEST(sees_a_file_cut_short),
	TEST(sees_damage),
	TEST(stops_bombs),
	TEST(refuses_a_window_past_its_memory),
	TEST(puts_zstd_on),
	TEST(what_we_packed_may_grow_to_any_size),
	TEST(tells_that_packed_bytes_can_not_be_written),
	TEST(says_so_when_the_file_can_not_be_read),
};

int
main(void)
{
	return RUN(tests);
}
