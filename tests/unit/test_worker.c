/* test_worker - one thread that does jobs in the order they are given */

#include "base/worker.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum { JOBS = 1000 };

/* What all jobs share: only the worker uses it while they are under way. */
struct book {
	int n; /* jobs done */
	pthread_t by;
	sigset_t blocked;
};

struct task {
	struct inv_job job;
	int place; /* when it was done */
};

static void
note(struct inv_job *job, void *own)
{
	struct book *book = own;

	((struct task *)(void *)job)->place = book->n++;
	book->by = pthread_self();
	pthread_sigmask(SIG_BLOCK, NULL, &book->blocked);
}

static void
does_jobs_in_the_order_they_are_given(void)
{
	struct task task[JOBS] = { 0 };
	struct book book = { 0 };
	struct inv_worker *w = inv_worker_open(&book);
	int wrong = 0;

	for (int i = 0; i < JOBS; i++) {
		task[i].job.fn = note;
		inv_worker_give(w, &task[i].job);
	}
	inv_worker_wait(w, &task[JOBS - 1].job);
	for (int i = 0; i < JOBS; i++)
		wrong +=
		    !inv_worker_is_done(w, &task[i].job) || task[i].place != i;
	check(wrong == 0);
	inv_worker_close(w);
}

static void
does_a_job_again_that_is_given_again(void)
{
	struct task task = { .job.fn = note };
	struct book book = { 0 };
	struct inv_worker *w = inv_worker_open(&book);

	for (int i = 0; i < JOBS; i++) {
		inv_worker_give(w, &task.job);
		inv_worker_wait(w, &task.job);
		check(task.place == i);
	}
	inv_worker_close(w);
}

static void
does_all_that_was_given_before_it_is_closed(void)
{
	struct task task[JOBS] = { 0 };
	struct book book = { 0 };
	struct inv_worker *w = inv_worker_open(&book);

	for (int i = 0; i < JOBS; i++) {
		task[i].job.fn = note;
		inv_worker_give(w, &task[i].job);
	}
	inv_worker_close(w);
	check(book.n == JOBS && task[JOBS - 1].place == JOBS - 1);
	inv_worker_close(NULL);
}

static void
does_them_on_a_thread_that_gets_no_signals(void)
{
	struct task task = { .job.fn = note };
	struct book book = { 0 };
	struct inv_worker *w = inv_worker_open(&book);
	sigset_t own;

	inv_worker_give(w, &task.job);
	inv_worker_wait(w, &task.job);
	pthread_sigmask(SIG_BLOCK, NULL, &own);
	check(inv_worker_has_thread(w));
	check(!pthread_equal(book.by, pthread_self()));
	check(sigismember(&book.blocked, SIGTERM) == 1);
	check(sigismember(&book.blocked, SIGPROF) == 1);
	check(sigismember(&own, SIGTERM) == 0);
	inv_worker_close(w);
}

enum { NOBODY = 65534 }; /* root has no limit of threads */

static int
without_threads(void)
{
	const struct rlimit none = { 0, 0 };
	struct task task = { .job.fn = note };
	struct book book = { .n = 7 };

	if ((geteuid() == 0 && setresuid(NOBODY, NOBODY, NOBODY) != 0) ||
	    setrlimit(RLIMIT_NPROC, &none) != 0)
		return 2;
	struct inv_worker *w = inv_worker_open(&book);

	if (inv_worker_has_thread(w))
		return 3;
	inv_worker_give(w, &task.job);
	if (!inv_worker_is_done(w, &task.job) || task.place != 7)
		return 4;
	inv_worker_wait(w, &task.job);
	inv_worker_close(w);
	return 0;
}

static void
does_them_at_once_where_there_is_no_thread(void)
{
	int status = -1;

	/* What is not written yet would be written by both of them. */
	fflush(stdout);
	pid_t pid = fork();

	if (pid == 0)
		_exit(without_threads());
	check(waitpid(pid, &status, 0) == pid);
	check(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int
main(void)
{
	static const struct test tests[] = {
		TEST(does_jobs_in_the_order_they_are_given),
		TEST(does_a_job_again_that_is_given_again),
		TEST(does_all_that_was_given_before_it_is_closed),
		TEST(does_them_on_a_thread_that_gets_no_signals),
		TEST(does_them_at_once_where_there_is_no_thread),
	};

	return RUN(tests);
}
