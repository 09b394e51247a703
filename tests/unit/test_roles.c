/* test_roles.c - a right is a file that one may write to */

#include "store/roles.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static char path[] = "/tmp/inv-roles-XXXXXX";
static struct inv_state state = { .path = path };

static void
make(mode_t mode)
{
	int fd = openat(state.fd, "release", O_WRONLY | O_CREAT, 0600);

	check(fd != -1 && fchmod(fd, mode) == 0);
	close(fd);
}

static void
the_owner_has_every_right(void)
{
	struct inv_err err;

	check(inv_role_is_ours(&state, INV_ROLE_RELEASE, &err));
	check(!inv_roles_are_given(&state));
}

static void
a_file_gives_a_right_unless_others_write_to_it(void)
{
	make(0660);
	check(inv_roles_are_given(&state));
	make(0662);
	check(!inv_roles_are_given(&state));
	make(0600);
	check(inv_roles_are_given(&state));
	check(unlinkat(state.fd, "release", 0) == 0);
	check(symlinkat("/dev/null", state.fd, "release") == 0);
	check(!inv_roles_are_given(&state));
	check(unlinkat(state.fd, "release", 0) == 0);
}

/* Root alone can be somebody else. */
static void
who_may_not_write_to_it_has_not_the_right(void)
{
	struct inv_err err;

	if (geteuid() != 0)
		return;
	make(0600);
	check(seteuid(62001) == 0);
	bool ours = inv_role_is_ours(&state, INV_ROLE_RELEASE, &err);

	check(seteuid(0) == 0);
	check(!ours && err.fault == INV_DENIED);
	check(unlinkat(state.fd, "release", 0) == 0);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(the_owner_has_every_right),
		TEST(a_file_gives_a_right_unless_others_write_to_it),
		TEST(who_may_not_write_to_it_has_not_the_right),
	};

	if (mkdtemp(path) == NULL)
		return 1;
	state.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int bad = RUN(tests);

	(void)rmdir(path);
	return bad;
}
