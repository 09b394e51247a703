/* worker.c - one thread that does jobs in the order they are given */

#include "base/worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/mem.h"

enum { STACK = 256 << 10 }; /* bytes: sanitizers want a part of them */

struct inv_worker {
	void *own;
	bool has_thread;
	pthread_t thread;
	pthread_mutex_t lock; /* of all below, and of done and next of jobs */
	pthread_cond_t given; /* or closing */
	pthread_cond_t finished;
	struct inv_job *first; /* not begun; oldest first */
	struct inv_job *last;
	bool closing;
};

/* With the lock; NULL: there will be no more. */
static struct inv_job *
take(struct inv_worker *w)
{
	while (w->first == NULL && !w->closing)
		pthread_cond_wait(&w->given, &w->lock);
	struct inv_job *job = w->first;

	if (job != NULL)
		w->first = job->next;
	return job;
}

static void *
work(void *arg)
{
	struct inv_worker *w = arg;
	struct inv_job *job;

	pthread_mutex_lock(&w->lock);
	while ((job = take(w)) != NULL) {
		pthread_mutex_unlock(&w->lock);
		job->fn(job, w->own);
		pthread_mutex_lock(&w->lock);
		job->done = true;
		pthread_cond_signal(&w->finished);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* All signals are for those who were there before. */
static bool
start(struct inv_worker *w)
{
	pthread_attr_t attr;
	sigset_t all;
	sigset_t before;

	if (pthread_attr_init(&attr) != 0)
		return false;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	bool ok = pthread_attr_setstacksize(&attr, STACK) == 0 &&
	    pthread_create(&w->thread, &attr, work, w) == 0;

	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return ok;
}

struct inv_worker *
inv_worker_open(void *own)
{
	struct inv_worker *w = inv_mem_new(sizeof(*w));

	w->own = own;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->given, NULL);
	pthread_cond_init(&w->finished, NULL);
	w->has_thread = start(w);
	return w;
}

void
inv_worker_close(struct inv_worker *w)
{
	if (w == NULL)
		return;
	if (w->has_thread) {
		pthread_mutex_lock(&w->lock);
		w->closing = true;
		pthread_cond_signal(&w->given);
		pthread_mutex_unlock(&w->lock);
		pthread_join(w->thread, NULL);
	}
	pthread_cond_destroy(&w->finished);
	pthread_cond_destroy(&w->given);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

bool
inv_worker_has_thread(const struct inv_worker *w)
{
	return w->has_thread;
}

void
inv_worker_give(struct inv_worker *w, struct inv_job *job)
{
	job->done = !w->has_thread;
	job->next = NULL;
	if (job->done) {
		job->fn(job, w->own);
		return;
	}
	pthread_mutex_lock(&w->lock);
	if (w->first == NULL)
		w->first = job;
	else
		w->last->next = job;
	w->last = job;
	pthread_cond_signal(&w->given);
	pthread_mutex_unlock(&w->lock);
}

bool
inv_worker_is_done(struct inv_worker *w, const struct inv_job *job)
{
	pthread_mutex_lock(&w->lock);
	bool done = job->done;

	pthread_mutex_unlock(&w->lock);
	return done;
}

void
inv_worker_wait(struct inv_worker *w, const struct inv_job *job)
{
	pthread_mutex_lock(&w->lock);
	while (!job->done)
		pthread_cond_wait(&w->finished, &w->lock);
	pthread_mutex_unlock(&w->lock);
}
