/* test_lease - does store/lease keep its header's promises? */

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#include "base/clock.h"
#include "store/lease.h"

static struct inv_state
fresh(void)
{
	if (system("rm -rf state") != 0 || mkdir("state", 0700) != 0)
		abort();
	return (struct inv_state){ open("state", O_RDONLY | O_DIRECTORY),
		"state" };
}

static bool
says(const struct inv_err *err, const char *what)
{
	return strstr(err->msg, what) != NULL;
}

static void
one_process_has_it_and_another_hears_who(void)
{
	struct inv_state state = fresh();
	struct inv_lease l = INV_LEASE;
	struct inv_lease other = INV_LEASE;
	struct inv_err err = { 0 };
	char pid[32];

	check(inv_lease_take(&l, &state, &err));
	check(inv_lease_take(&l, &state, &err));
	check(!inv_lease_take(&other, &state, &err));
	check(err.fault == INV_AGAIN);
	(void)snprintf(pid, sizeof(pid), "process %d ", (int)getpid());
	check(says(&err, pid));
	check(other.fd == -1);
	inv_lease_close(&l);
	check(inv_lease_take(&other, &state, &err));
	inv_lease_close(&other);
	inv_lease_close(&other);
	close(state.fd);
}

static void
the_kernel_lets_a_dead_process_lease_go(void)
{
	struct inv_state state = fresh();
	struct inv_lease l = INV_LEASE;
	struct inv_err err = { 0 };
	int ready[2];
	char c;

	if (pipe(ready) != 0)
		abort();
	pid_t pid = fork();

	if (pid == 0) {
		bool ok = inv_lease_take(&l, &state, &err);

		(void)!write(ready[1], ok ? "y" : "n", 1);
		for (;;)
			pause();
	}
	check(read(ready[0], &c, 1) == 1 && c == 'y');
	check(!inv_lease_take(&l, &state, &err) && err.fault == INV_AGAIN);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	check(inv_lease_take(&l, &state, &err));
	inv_lease_close(&l);
	close(ready[0]);
	close(ready[1]);
	close(state.fd);
}

static void
who_has_it_can_be_seen_without_taking_it(void)
{
	struct inv_state state = fresh();
	struct inv_lease l = INV_LEASE;
	struct inv_lease_holder h;
	struct inv_err err = { 0 };

	check(inv_lease_look(&state, &h, &err) && !h.held);
	check(access("state/journal", F_OK) == -1);
	check(inv_lease_take(&l, &state, &err));
	check(inv_lease_look(&state, &h, &err));
	check(h.held && h.pid == (uint64_t)getpid());
	check(inv_clock_wall() - h.since < 600);
	inv_lease_close(&l);
	check(inv_lease_look(&state, &h, &err) && !h.held);
	close(state.fd);
}

static void
a_planted_lock_is_refused(void)
{
	struct inv_state state = fresh();
	struct inv_lease l = INV_LEASE;
	struct inv_err err = { 0 };

	check(mkdirat(state.fd, "journal", 0700) == 0);
	check(symlinkat("/tmp/elsewhere", state.fd, "journal/lock") == 0);
	check(!inv_lease_take(&l, &state, &err) && err.fault == INV_DENIED);
	check(access("/tmp/elsewhere", F_OK) == -1);
	close(state.fd);
}

static void
a_state_belongs_to_the_first_ledger(void)
{
	struct inv_state state = fresh();
	struct inv_err err = { 0 };
	struct inv_str one = INV_LIT("https://ledger.example:443/v1");
	struct inv_str two = INV_LIT("embedded");

	check(inv_lease_claim(&state, two, INV_CLAIM_LOOK, &err));
	check(inv_lease_claim(&state, one, INV_CLAIM_LOOK, &err));
	check(access("state/ledger", F_OK) == -1);
	check(inv_lease_claim(&state, one, INV_CLAIM_KEEP, &err));
	check(inv_lease_claim(&state, one, INV_CLAIM_KEEP, &err));
	check(inv_lease_claim(&state, one, INV_CLAIM_LOOK, &err));
	check(err.fault == INV_OK);
	check(!inv_lease_claim(&state, two, INV_CLAIM_LOOK, &err));
	check(err.fault == INV_CONFIG);
	check(says(&err, one.p) && says(&err, two.p) &&
	    says(&err, "INV_STATE"));
	check(!inv_lease_claim(&state, two, INV_CLAIM_KEEP, &err));
	check(inv_lease_claim(&state, one, INV_CLAIM_LOOK, &err));
	close(state.fd);
}

static void
a_name_that_is_no_name_is_refused(void)
{
	struct inv_state state = fresh();
	struct inv_err err = { 0 };
	static const char *const files[] = { "", "half", "\n", "a\nb\n" };

	check(!inv_lease_claim(&state, INV_LIT(""), INV_CLAIM_KEEP, &err));
	check(!inv_lease_claim(&state, INV_LIT("a\nb"), INV_CLAIM_KEEP, &err));
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		int fd = openat(state.fd, "ledger",
		    O_WRONLY | O_CREAT | O_TRUNC, 0600);

		check(write(fd, files[i], strlen(files[i])) >= 0);
		close(fd);
		err.fault = INV_OK;
		check(!inv_lease_claim(&state, INV_LIT("a"), INV_CLAIM_KEEP,
		    &err));
		check(err.fault == INV_CONFIG);
	}
	close(state.fd);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(one_process_has_it_and_another_hears_who),
		TEST(the_kernel_lets_a_dead_process_lease_go),
		TEST(who_has_it_can_be_seen_without_taking_it),
		TEST(a_planted_lock_is_refused),
		TEST(a_state_belongs_to_the_first_ledger),
		TEST(a_name_that_is_no_name_is_refused),
	};
	char dir[] = "/tmp/test_lease.XXXXXX";

	if (mkdtemp(dir) == NULL || chdir(dir) != 0)
		return 1;
	int rc = RUN(tests);

	if (system("rm -rf \"$PWD\"") != 0)
		return 1;
	return rc;
}
