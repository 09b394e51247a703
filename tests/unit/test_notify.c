/* test_notify.c - commands are run within the limits of notify.h */

#include "quarantine/notify.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "check.h"

static char dir[] = "/tmp/inv-notify-XXXXXX";

/* A script of the folder. */
static const char *
script(const char *text)
{
	static char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "%s/script", dir);
	f = fopen(path, "w");
	check(f != NULL);
	if (f == NULL)
		return path;
	fprintf(f, "#!/bin/sh\ncd %s\n%s\n", dir, text);
	fclose(f);
	check(chmod(path, 0700) == 0);
	return path;
}

static size_t
read_file(const char *name, char *to, size_t size)
{
	char path[64];
	FILE *f;
	size_t n = 0;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	if (f != NULL) {
		n = fread(to, 1, size - 1, f);
		fclose(f);
	}
	to[n] = '\0';
	return n;
}

static void
a_command_is_split_at_blanks(void)
{
	struct inv_notify n;

	check(inv_notify_init(&n, " a \t'b  c' "));
	check_str(inv_str_of(n.word[0]), "a");
	check_str(inv_str_of(n.word[1]), "'b");
	check_str(inv_str_of(n.word[2]), "c'");
	check(n.word[3] == NULL);
	inv_notify_free(&n);
	check(!inv_notify_init(&n, " \t"));
	inv_notify_free(&n);
}

static void
what_takes_too_long_is_killed_with_what_it_began(void)
{
	struct inv_notify n;
	char text[32];

	check(inv_notify_init(&n,
	    script("sleep 60 & echo $! > pid; mv pid there; wait")));
	n.each_ms = 300;
	uint64_t before = inv_clock_ms();

	check(inv_notify_run(&n, "it", INV_LIT("{}")));
	inv_notify_wait(&n);
	check(inv_clock_ms() - before < 20000);
	check(inv_clock_ms() - before >= 300);
	check(n.failed == 1);
	check(read_file("there", text, sizeof(text)) > 0);
	pid_t pid = (pid_t)atoi(text);

	/* Whoever inherits the dead may be slow to bury them. */
	for (int i = 0; i < 1000 && kill(pid, 0) == 0; i++) {
		char state[64];
		char line[256] = "";

		snprintf(state, sizeof(state), "/proc/%d/stat", pid);
		FILE *f = fopen(state, "r");

		if (f == NULL || fgets(line, sizeof(line), f) == NULL ||
		    strstr(line, ") Z") != NULL) {
			if (f != NULL)
				fclose(f);
			break;
		}
		fclose(f);
		check(i < 999);
		usleep(10000);
	}
	inv_notify_free(&n);
}

static void
at_most_four_run_at_the_same_time(void)
{
	struct inv_notify n;
	char log[4096];
	int now = 0;
	int most = 0;

	check(inv_notify_init(&n,
	    script("printf b >> log; sleep 0.1; printf e >> log")));
	for (int i = 0; i < 12; i++)
		check(inv_notify_run(&n, "it", INV_LIT("{}")));
	inv_notify_wait(&n);
	check(read_file("log", log, sizeof(log)) == 24);
	for (const char *p = log; *p != '\0'; p++) {
		now += *p == 'b' ? 1 : -1;
		most = now > most ? now : most;
	}
	check(most > 1);
	check(most <= INV_NOTIFY_AT_ONCE);
	check(n.begun == 12);
	check(n.failed == 0);
	inv_notify_free(&n);
}

static void
none_is_begun_after_the_time_for_all(void)
{
	struct inv_notify n;

	check(inv_notify_init(&n, "sleep 0.2"));
	n.all_ms = 100;
	for (int i = 0; i < INV_NOTIFY_AT_ONCE; i++)
		check(inv_notify_run(&n, "it", INV_LIT("{}")));
	check(!inv_notify_run(&n, "it", INV_LIT("{}")));
	inv_notify_wait(&n);
	check(n.begun == INV_NOTIFY_AT_ONCE);
	check(n.failed == 0);
	inv_notify_free(&n);
}

static void
a_long_text_comes_whole(void)
{
	enum { LONG = 3 << 20 };
	char *text = malloc(LONG);
	struct inv_notify n;
	char count[32];

	check(text != NULL);
	if (text == NULL)
		return;
	memset(text, 'x', LONG);
	check(inv_notify_init(&n, script("wc -c > count")));
	check(inv_notify_run(&n, "it", (struct inv_str){ text, LONG }));
	inv_notify_wait(&n);
	read_file("count", count, sizeof(count));
	check(atoi(count) == LONG);
	inv_notify_free(&n);
	free(text);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(a_command_is_split_at_blanks),
		TEST(what_takes_too_long_is_killed_with_what_it_began),
		TEST(at_most_four_run_at_the_same_time),
		TEST(none_is_begun_after_the_time_for_all),
		TEST(a_long_text_comes_whole),
	};

	if (mkdtemp(dir) == NULL)
		return 1;
	int failed = RUN(tests);
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command) == 0 ? failed : 1;
}
