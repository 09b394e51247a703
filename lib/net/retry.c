/* retry.c - backoff and Retry-After */

#include "net/retry.h"

#include <time.h>

static uint64_t
min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t
inv_retry_wait(const struct inv_retry *r, unsigned waits, uint64_t after_ms,
    uint64_t random)
{
	uint64_t most = min_u64(r->base_ms, r->max_ms);
	uint64_t floor_ms = min_u64(after_ms, r->max_ms);

	for (unsigned i = 1; i < waits && most < r->max_ms; i++) {
		if (most == 0)
			break;
		most = most > r->max_ms / 2 ? r->max_ms : 2 * most;
	}
	uint64_t drawn = most == UINT64_MAX ? random : random % (most + 1);

	return drawn > floor_ms ? drawn : floor_ms;
}

bool
inv_retry_next(const struct inv_retry *r, unsigned tries, uint64_t after_ms,
    uint64_t random, uint64_t *wait_ms)
{
	if (tries > r->retries)
		return false;
	*wait_ms = inv_retry_wait(r, tries, after_ms, random);
	return true;
}

/* Digits alone, with leading zeros if they like; past the ceiling, that. */
static bool
seconds(struct inv_str s, uint64_t *ms)
{
	uint64_t v = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = min_u64(10 * v + (uint64_t)(s.p[i] - '0') * 1000,
		    INV_RETRY_AFTER_MAX);
	}
	*ms = v;
	return true;
}

/* n digits at p as a number, or -1. */
static int
digits(const char *p, size_t n)
{
	int v = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		v = 10 * v + (p[i] - '0');
	}
	return v;
}

/* The place of the three letters at p in a list of such, or -1. */
static int
name_of(const char *p, const char *names)
{
	for (int i = 0; names[3 * i] != '\0'; i++)
		if (memcmp(p, names + (size_t)i * 3, 3) == 0)
			return i;
	return -1;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT": every character has its place. */
static bool
http_date(struct inv_str s, int64_t *wall)
{
	static const char pattern[] = "ddd, 00 mmm 0000 00:00:00 GMT";

	if (s.n != sizeof(pattern) - 1)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (strchr("dm0", pattern[i]) == NULL && s.p[i] != pattern[i])
			return false;
	struct tm tm = {
		.tm_mday = digits(s.p + 5, 2),
		.tm_mon =
		    name_of(s.p + 8, "JanFebMarAprMayJunJulAugSepOctNovDec"),
		.tm_year = digits(s.p + 12, 4) - 1900,
		.tm_hour = digits(s.p + 17, 2),
		.tm_min = digits(s.p + 20, 2),
		.tm_sec = digits(s.p + 23, 2),
	};
	struct tm same = tm;

	if (name_of(s.p, "SunMonTueWedThuFriSat") < 0 || tm.tm_year < -300 ||
	    tm.tm_mday < 1 || tm.tm_mon < 0 || tm.tm_hour < 0 ||
	    tm.tm_min < 0 || tm.tm_sec < 0)
		return false;

	/* A leap second is the second after; else nothing may overflow. */
	*wall = timegm(&same);
	if (tm.tm_sec == 60)
		return tm.tm_min == 59 && tm.tm_hour == 23;
	return same.tm_mday == tm.tm_mday && same.tm_hour == tm.tm_hour &&
	    same.tm_min == tm.tm_min && same.tm_sec == tm.tm_sec;
}

bool
inv_retry_after(struct inv_str value, int64_t wall, uint64_t *ms)
{
	int64_t at;

	if (seconds(value, ms))
		return true;
	if (!http_date(value, &at))
		return false;
	if (at <= wall)
		*ms = 0;
	else if (at - wall >= INV_RETRY_AFTER_MAX / 1000)
		*ms = INV_RETRY_AFTER_MAX;
	else
		*ms = (uint64_t)(at - wall) * 1000;
	return true;
}
