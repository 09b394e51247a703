/*
 * worker_late.c - a worker whose jobs are done later than they are, for tests
 *
 * INV_WORKER_LATE=N: a job is done, but the first N that ask are told that it
 * is not, as they would be if it became so behind them.  In faulty-inv-commit
 * alone, by the linker (--wrap).
 */

#include <stdlib.h>

#include "base/worker.h"

bool __real_inv_worker_is_done(struct inv_worker *w, const struct inv_job *job);
bool __wrap_inv_worker_is_done(struct inv_worker *w, const struct inv_job *job);

bool
__wrap_inv_worker_is_done(struct inv_worker *w, const struct inv_job *job)
{
	static const struct inv_job *last;
	static long left;
	const char *late = getenv("INV_WORKER_LATE");

	if (late == NULL)
		return __real_inv_worker_is_done(w, job);
	inv_worker_wait(w, job);
	if (job != last)
		left = strtol(late, NULL, 10);
	last = job;
	return left-- <= 0;
}
