/* clock.c - the two clocks */

#include "base/clock.h"

#include <stdio.h>
#include <time.h>

/* 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z, in seconds since 1970. */
static const int64_t FIRST_S = INT64_C(-62167219200);
static const int64_t LAST_S = INT64_C(253402300799);

uint64_t
inv_clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

int64_t
inv_clock_wall(void)
{
	return (int64_t)time(NULL);
}

void
inv_clock_text(int64_t wall, char out[INV_CLOCK_TEXT])
{
	if (wall < FIRST_S)
		wall = FIRST_S;
	if (wall > LAST_S)
		wall = LAST_S;
	time_t t = (time_t)wall;
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(out, INV_CLOCK_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm);
}
