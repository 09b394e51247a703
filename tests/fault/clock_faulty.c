/*
 * clock_faulty.c - clocks that are wrong, for tests: LD_PRELOAD it
 *
 * INV_CLOCK_WALL is by how many seconds the wall clock is off: SECONDS, or a
 * list in which each holds from a reading on: 0,315360000@5,0@9.  Readings are
 * those of a process, from 1; INV_CLOCK_LOG is a file that gets how many there
 * were.  INV_CLOCK_SPEED is how many times as fast the monotonic clocks go.
 * INV_CLOCK_SLEPT is for how many seconds the machine has slept before each
 * reading of CLOCK_BOOTTIME.
 *
 * What the kernel waits for it measures itself: a wait that is given as a time
 * span takes as long as ever.
 */

#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "tell.h"

enum {
	SHIFTS_MAX = 8,
	BILLION = 1000 * 1000 * 1000, /* nanoseconds of a second */
};

static struct {
	struct {
		long seconds;
		uint64_t from;
	} shift[SHIFTS_MAX];
	size_t shifts;
	_Atomic uint64_t readings;
	_Atomic long slept;
	long nap;
	long speed;
} plan = { .speed = 1 };

static void
tell_readings(void)
{
	tell("INV_CLOCK_LOG", O_TRUNC, "of", plan.readings);
}

__attribute__((constructor)) static void
make_plan(void)
{
	const char *s = getenv("INV_CLOCK_WALL");
	const char *speed = getenv("INV_CLOCK_SPEED");
	const char *nap = getenv("INV_CLOCK_SLEPT");
	char *end;

	if (nap != NULL)
		plan.nap = strtol(nap, NULL, 10);
	if (speed != NULL)
		plan.speed = strtol(speed, NULL, 10);
	while (s != NULL && *s != '\0' && plan.shifts < SHIFTS_MAX) {
		size_t i = plan.shifts++;

		plan.shift[i].seconds = strtol(s, &end, 10);
		if (*end == '@')
			plan.shift[i].from = strtoull(end + 1, &end, 10);
		s = *end == ',' ? end + 1 : NULL;
	}
	atexit(tell_readings);
}

static long
shift(void)
{
	uint64_t n = ++plan.readings;
	long seconds = 0;

	for (size_t i = 0; i < plan.shifts; i++)
		if (n >= plan.shift[i].from)
			seconds = plan.shift[i].seconds;
	return seconds;
}

int
clock_gettime(clockid_t clock, struct timespec *t)
{
	long r = syscall(SYS_clock_gettime, clock, t);
	long nsec;

	if (r != 0)
		return (int)r;
	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
		t->tv_sec += shift();
		break;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_BOOTTIME:
		nsec = t->tv_nsec * plan.speed;
		t->tv_sec = t->tv_sec * plan.speed + nsec / BILLION;
		t->tv_nsec = nsec % BILLION;
		if (clock == CLOCK_BOOTTIME)
			t->tv_sec +=
			    atomic_fetch_add(&plan.slept, plan.nap) + plan.nap;
		break;
	}
	return 0;
}

int
gettimeofday(struct timeval *restrict t, void *restrict zone)
{
	struct timespec now;

	(void)zone;
	if (clock_gettime(CLOCK_REALTIME, &now) != 0)
		return -1;
	t->tv_sec = now.tv_sec;
	t->tv_usec = now.tv_nsec / 1000;
	return 0;
}

time_t
time(time_t *out)
{
	struct timespec now;

	if (clock_gettime(CLOCK_REALTIME, &now) != 0)
		return -1;
	if (out != NULL)
		*out = now.tv_sec;
	return now.tv_sec;
}
