/* clock.c - the clocks */

#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z, in seconds since 1970. */
static const int64_t FIRST_S = INT64_C(-62167219200);
static const int64_t LAST_S = INT64_C(253402300799);

static uint64_t
ms_of(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

uint64_t
inv_clock_ms(void)
{
	return ms_of(CLOCK_MONOTONIC);
}

uint64_t
inv_clock_boot_ms(void)
{
	return ms_of(CLOCK_BOOTTIME);
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
	/* Not strftime: its %Y writes the year 5 as one digit. */
	char text[80];

	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02dZ",
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
	    tm.tm_sec);
	memcpy(out, text, INV_CLOCK_TEXT);
}

/* n digits; -1 where there is anything else. */
static int
digits(const char *p, int n)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		v = v * 10 + (p[i] - '0');
	}
	return v;
}

int64_t
inv_clock_read(const char text[INV_CLOCK_TEXT])
{
	char again[INV_CLOCK_TEXT];
	struct tm tm = {
		.tm_year = digits(text, 4) - 1900,
		.tm_mon = digits(text + 5, 2) - 1,
		.tm_mday = digits(text + 8, 2),
		.tm_hour = digits(text + 11, 2),
		.tm_min = digits(text + 14, 2),
		.tm_sec = digits(text + 17, 2),
	};
	int64_t wall = (int64_t)timegm(&tm);

	/* What timegm has corrected, or never was a time, reads otherwise. */
	inv_clock_text(wall, again);
	return memcmp(again, text, INV_CLOCK_TEXT - 1) == 0 ? wall : 0;
}
