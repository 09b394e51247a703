/* test_home - does store/home keep its header's promises? */

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

#include "store/home.h"

static struct inv_state
fresh(void)
{
	if (system("rm -rf state copy") != 0 || mkdir("state", 0700) != 0)
		abort();
	return (struct inv_state){ open("state", O_RDONLY | O_DIRECTORY),
		"state" };
}

static bool
refused(const struct inv_state *state, const char *why)
{
	struct inv_err err = { 0 };

	return !inv_home_check(state, &err) && err.fault == INV_CONFIG &&
	    strstr(err.msg, why) != NULL;
}

static bool
run(const char *command)
{
	return system(command) == 0;
}

static void
it_is_written_once_and_found_again(void)
{
	struct inv_state state = fresh();
	struct inv_err err;
	struct stat first;
	struct stat second;

	check(inv_home_check(&state, &err));
	check(fstatat(state.fd, "journal/home", &first, 0) == 0);
	check(inv_home_check(&state, &err));
	check(fstatat(state.fd, "journal/home", &second, 0) == 0);
	check(first.st_ino == second.st_ino);
	check((first.st_mode & 07777) == 0600);
	close(state.fd);
}

static void
moved_it_is_the_same_and_copied_it_is_not(void)
{
	struct inv_state state = fresh();
	struct inv_state copy;
	struct inv_err err;

	check(inv_home_check(&state, &err));
	check(run("mv state moved && cp -a moved copy && mv moved state"));
	check(inv_home_check(&state, &err));
	copy.fd = open("copy", O_RDONLY | O_DIRECTORY);
	copy.path = "copy";
	check(refused(&copy,
	    "copy/journal/home: this journal was made in "
	    "another directory"));
	check(refused(&copy, "remove journal/home"));
	check(run("rm copy/journal/home"));
	check(inv_home_check(&copy, &err));
	check(inv_home_check(&copy, &err));
	close(copy.fd);
	close(state.fd);
}

static void
another_machine_and_another_file_system_are_told(void)
{
	struct inv_state state = fresh();
	struct inv_err err;

	check(inv_home_check(&state, &err));
	check(run("sed -i.was 's/machine\":\"..../machine\":\"dead/' "
		  "state/journal/home"));
	check(refused(&state, "made on another machine"));
	check(run("sed 's/system\":[0-9]*/system\":7/' state/journal/home.was "
		  "> state/journal/home"));
	check(refused(&state, "made in another file system"));
	close(state.fd);
}

static void
a_number_that_was_given_again_is_told_by_its_time(void)
{
	struct inv_state state = fresh();
	struct inv_err err;

	check(inv_home_check(&state, &err));
	check(run("sed -i.was 's/made\":./made\":7/' state/journal/home"));
	check(refused(&state, "made in another directory"));
	/* A file system that does not tell. */
	check(run("sed 's/made\":[0-9]*/made\":0/' state/journal/home.was "
		  "> state/journal/home"));
	check(inv_home_check(&state, &err));
	close(state.fd);
}

static void
a_line_that_is_none_is_damage_and_half_of_a_new_one_is_nothing(void)
{
	static const char *const made[] = {
		": > state/journal/home",
		"head -c 40 was > state/journal/home",
		"head -c -1 was > state/journal/home",
		"cat was was > state/journal/home",
	};
	struct inv_state state = fresh();
	struct inv_err err;

	check(inv_home_check(&state, &err) && run("cp state/journal/home was"));
	for (size_t i = 0; i < sizeof(made) / sizeof(*made); i++)
		check(run(made[i]) && refused(&state, "damaged"));
	check(run("rm state/journal/home; head -c 40 was "
		  "> state/journal/home.new"));
	check(inv_home_check(&state, &err));
	check(run("cmp state/journal/home was"));
	close(state.fd);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(it_is_written_once_and_found_again),
		TEST(moved_it_is_the_same_and_copied_it_is_not),
		TEST(a_number_that_was_given_again_is_told_by_its_time),
		TEST(another_machine_and_another_file_system_are_told),
		TEST(
		    a_line_that_is_none_is_damage_and_half_of_a_new_one_is_nothing),
	};
	char dir[] = "/tmp/test_home.XXXXXX";

	if (mkdtemp(dir) == NULL || chdir(dir) != 0)
		return 1;
	int rc = RUN(tests);

	if (system("rm -rf \"$PWD\"") != 0)
		return 1;
	return rc;
}
