/* test_guard - an eye on memory: say so, go slowly, drop nothing */

#include "prog/guard.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "check.h"

enum { ROOT = 64, BLOCK = 256 << 20 };

static struct inv_guard
guard_of(const char *limit)
{
	struct inv_guard g = { 0 };

	check(inv_guard_read(&g, inv_str_of(limit)));
	return g;
}

static void
reads_sizes_and_shares(void)
{
	static const char *const wrong[] = { "", "%", "0", "0%", "101%", "75 %",
		"1.5G", "-1", "07%", "x" };
	struct inv_guard g = guard_of("16M");

	check(g.bytes == 16 << 20 && g.percent == 0);
	g = guard_of("75%");
	check(g.bytes == 0 && g.percent == 75);
	check(inv_guard_read(&g, INV_LIT("16M")));
	check(g.bytes == 16 << 20 && g.percent == 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		g = (struct inv_guard){ 0 };
		check(!inv_guard_read(&g, inv_str_of(wrong[i])));
	}
}

static void
a_guard_without_limit_does_nothing(void)
{
	struct inv_guard g = { 0 };
	struct inv_buf b = INV_BUF(100);
	struct inv_err err;

	check(inv_guard_open(&g, "/nonesuch", &err));
	inv_guard_look(&g);
	inv_guard_sum(&g, &b);
	check(b.n == 0 && !g.reached);
	inv_guard_close(&g);
}

static void
fill(char *p)
{
	for (size_t i = 0; i < BLOCK; i += 4096)
		((volatile char *)p)[i] = 1;
}

static void
give_back(void *arg)
{
	char **p = arg;

	free(*p);
	*p = NULL;
}

static void
what_is_given_back_ends_it(void)
{
	/* More than the rest of us, a sanitizer included, less than both. */
	struct inv_guard g = guard_of("200M");
	char *block = malloc(BLOCK);
	struct inv_err err;

	g.give_back = give_back;
	g.arg = &block;
	check(inv_guard_open(&g, "", &err));
	inv_guard_look(&g);
	check(!g.reached && block != NULL);
	fill(block);
	inv_guard_look(&g);
	check(g.reached && g.times == 1 && g.waited_ms == 0);
	check(block == NULL);
	inv_guard_look(&g);
	check(!g.reached && g.times == 1);
	inv_guard_close(&g);
}

static void
looks_every_few_thousand_records_and_waits_a_little(void)
{
	struct inv_guard g = guard_of("1M");
	struct inv_buf b = INV_BUF(100);
	struct inv_err err;
	int n = 0;

	check(inv_guard_open(&g, "", &err));
	while (g.times == 0 && n++ < 100000)
		inv_guard_pass(&g, 100);
	check(n > 1000 && n < 10000);
	for (int i = 0; i < 7; i++)
		inv_guard_look(&g);
	check(g.times == 1 && g.wait_ms == 50);
	check(g.waited_ms >= 1 + 2 + 4 + 8 + 16 + 32);
	inv_guard_sum(&g, &b);
	inv_buf_byte(&b, '\0');
	check(strncmp(b.p, "\"memory\":{\"reached\":1,\"waited_ms\":", 34) ==
	    0);
	inv_buf_free(&b);
	inv_guard_close(&g);
}

/* ---- a machine of our own ---- */

static void
put(const char *root, const char *name, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	for (char *p = path + strlen(root) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		(void)mkdir(path, 0700);
		*p = '/';
	}
	FILE *f = fopen(path, "w");

	check(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
}

static void
make_machine(char root[ROOT])
{
	snprintf(root, ROOT, "/tmp/inv-test-XXXXXX");
	check(mkdtemp(root) != NULL);
	put(root, "proc/meminfo",
	    "MemTotal:  1000 kB\nMemFree: 1 kB\nMemAvailable:   600 kB\n");
	put(root, "proc/self/cgroup", "4:memory:/x\n0::/a/b\n");
	put(root, "sys/fs/cgroup/a/b/memory.max", "max\n");
	put(root, "sys/fs/cgroup/a/memory.max", "2000\n");
	put(root, "sys/fs/cgroup/a/memory.current", "1800\n");
	put(root, "sys/fs/cgroup/a/memory.stat",
	    "anon 900\ninactive_file 300\nactive_file 500\n");
}

static void
remove_machine(const char *root)
{
	char command[ROOT + 16];

	snprintf(command, sizeof(command), "rm -rf %s", root);
	check(system(command) == 0);
}

static bool
is_reached_at(const char *root, const char *limit)
{
	struct inv_guard g = guard_of(limit);
	struct inv_err err;

	check(inv_guard_open(&g, root, &err));
	inv_guard_look(&g);
	inv_guard_close(&g);
	return g.reached;
}

static void
a_share_is_that_of_the_machine_and_of_each_group_around_us(void)
{
	char root[ROOT];

	make_machine(root);
	/* 40 % of the machine; of the group 1000 of 2000 can not be dropped. */
	check(is_reached_at(root, "49%"));
	check(!is_reached_at(root, "51%"));
	put(root, "sys/fs/cgroup/a/memory.max", "4000\n");
	check(is_reached_at(root, "39%"));
	check(!is_reached_at(root, "41%"));
	put(root, "sys/fs/cgroup/memory.max", "1000\n");
	put(root, "sys/fs/cgroup/memory.current", "900\n");
	check(is_reached_at(root, "89%"));
	check(!is_reached_at(root, "91%"));
	remove_machine(root);
}

static void
a_guard_that_can_see_nothing_is_refused(void)
{
	struct inv_guard g = guard_of("75%");
	struct inv_err err;

	check(!inv_guard_open(&g, "/nonesuch", &err));
	check(err.fault == INV_CONFIG);
	check_str(inv_str_of(err.msg),
	    "--max-memory: /proc/meminfo does not say what is in use");
}

static const struct test tests[] = {
	TEST(reads_sizes_and_shares),
	TEST(a_guard_without_limit_does_nothing),
	TEST(what_is_given_back_ends_it),
	TEST(looks_every_few_thousand_records_and_waits_a_little),
	TEST(a_share_is_that_of_the_machine_and_of_each_group_around_us),
	TEST(a_guard_that_can_see_nothing_is_refused),
};

int
main(void)
{
	inv_prog.level = INV_LOG_QUIET;
	return RUN(tests);
}
