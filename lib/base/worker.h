/*
 * worker.h - one thread that does jobs in the order they are given
 *
 * Whoever has something done embeds a struct inv_job, sets its fn, and gives
 * it.  From then until it is done the job belongs to the worker, and so does
 * all that fn touches: nobody else writes what it reads, or reads what it
 * writes.  What fn did can be seen when _is_done has said so, or _wait has
 * returned.
 *
 * fn computes and does nothing else: it takes no memory, waits for nothing
 * and can not fail, so that whoever waits for it waits for a short time.  No
 * signal is delivered to the thread.  Who has a worker does not fork.
 *
 * Where a thread can not be had, a job is done while it is given: all that
 * changes is who waits.
 */
#ifndef INV_BASE_WORKER_H
#define INV_BASE_WORKER_H

#include <stdbool.h>

struct inv_job {
	void (*fn)(struct inv_job *job, void *own); /* the giver's */
	bool done;                                  /* the worker's, as next */
	struct inv_job *next;
};

struct inv_worker;

/* own is handed to each fn, and nobody else uses it. */
struct inv_worker *inv_worker_open(void *own);

/* Does all that was given, and ends the thread.  NULL is accepted. */
void inv_worker_close(struct inv_worker *w);

/* Is there a thread? */
bool inv_worker_has_thread(const struct inv_worker *w);

/* One that is not under way: it may be given again when it is done. */
void inv_worker_give(struct inv_worker *w, struct inv_job *job);

/* Of one that was given; _wait returns when it is. */
bool inv_worker_is_done(struct inv_worker *w, const struct inv_job *job);
void inv_worker_wait(struct inv_worker *w, const struct inv_job *job);

#endif
