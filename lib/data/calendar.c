/* calendar.c - dates and times as RFC 3339 writes them, by the calendar */

#include "data/calendar.h"

enum { DATE = 10, CLOCK = 8, DAY_MINUTES = 24 * 60 };

/* n digits from p on as a number, or -1. */
static int
digits(const char *p, size_t n)
{
	int v = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		v = v * 10 + (p[i] - '0');
	}
	return v;
}

static int
month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

bool
inv_calendar_is_date(struct inv_str s)
{
	if (s.n != DATE || s.p[4] != '-' || s.p[7] != '-')
		return false;
	int year = digits(s.p, 4);
	int month = digits(s.p + 5, 2);
	int day = digits(s.p + 8, 2);

	return year >= 0 && month >= 1 && month <= 12 && day >= 1 &&
	    day <= month_days(year, month);
}

/* "Z", or hours and minutes east of UTC. */
static bool
read_offset(struct inv_str s, int *minutes)
{
	*minutes = 0;
	if (s.n == 1)
		return *s.p == 'Z' || *s.p == 'z';
	if (s.n != 6 || (*s.p != '+' && *s.p != '-') || s.p[3] != ':')
		return false;
	int h = digits(s.p + 1, 2);
	int m = digits(s.p + 4, 2);

	*minutes = (*s.p == '-' ? -1 : 1) * (h * 60 + m);
	return h >= 0 && h <= 23 && m >= 0 && m <= 59;
}

bool
inv_calendar_is_clock(struct inv_str s)
{
	if (s.n < CLOCK || s.p[2] != ':' || s.p[5] != ':')
		return false;
	int hour = digits(s.p, 2);
	int minute = digits(s.p + 3, 2);
	int second = digits(s.p + 6, 2);
	size_t i = CLOCK;
	int east;

	if (i < s.n && s.p[i] == '.') {
		for (i++; i < s.n && digits(s.p + i, 1) >= 0; i++)
			;
		if (i == CLOCK + 1)
			return false;
	}
	if (!read_offset((struct inv_str){ s.p + i, s.n - i }, &east))
		return false;
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0)
		return false;
	int utc = (hour * 60 + minute - east + DAY_MINUTES) % DAY_MINUTES;

	return second <= 59 || (second == 60 && utc == DAY_MINUTES - 1);
}

bool
inv_calendar_is_time(struct inv_str s)
{
	if (s.n <= DATE || (s.p[DATE] != 'T' && s.p[DATE] != 't'))
		return false;
	return inv_calendar_is_date((struct inv_str){ s.p, DATE }) &&
	    inv_calendar_is_clock((struct inv_str){
		s.p + DATE + 1, s.n - DATE - 1 });
}

/* Days up to that date, counted so that the one before the first has one. */
static int64_t
day_of(struct inv_str date)
{
	int year = digits(date.p, 4);
	int month = digits(date.p + 5, 2);
	int days = digits(date.p + 8, 2) + 1;
	int before = year - 1; /* leap days lie in years up to this */

	for (int m = 1; m < month; m++)
		days += month_days(year, m);
	if (year == 0)
		return days;
	return days + (int64_t)year * 365 + before / 4 - before / 100 +
	    before / 400 + 1;
}

/* A moment that may be in a leap second. */
struct moment {
	int64_t minute; /* of UTC */
	int second;
	struct inv_str fraction; /* digits */
};

static struct moment
moment_of(struct inv_str s)
{
	struct inv_str clock = { s.p + DATE + 1, s.n - DATE - 1 };
	struct moment m = { .second = digits(clock.p + 6, 2),
		.fraction = { clock.p + CLOCK, 0 } };
	size_t i = CLOCK;
	int east = 0;

	if (clock.p[i] == '.') {
		m.fraction.p++;
		while (digits(clock.p + ++i, 1) >= 0)
			m.fraction.n++;
	}
	if (read_offset((struct inv_str){ clock.p + i, clock.n - i }, &east))
		m.minute = day_of(s) * DAY_MINUTES + digits(clock.p, 2) * 60 +
		    digits(clock.p + 3, 2) - east;
	return m;
}

static int
cmp_fraction(struct inv_str a, struct inv_str b)
{
	for (size_t i = 0; i < a.n || i < b.n; i++) {
		char x = i < a.n ? a.p[i] : '0';
		char y = i < b.n ? b.p[i] : '0';

		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

bool
inv_calendar_is_after(struct inv_str s, struct inv_str as_of)
{
	struct moment now = moment_of(as_of);

	if (inv_calendar_is_date(s))
		return day_of(s) > now.minute / DAY_MINUTES;
	if (!inv_calendar_is_time(s))
		return false;
	struct moment m = moment_of(s);

	if (m.minute != now.minute)
		return m.minute > now.minute;
	if (m.second != now.second)
		return m.second > now.second;
	return cmp_fraction(m.fraction, now.fraction) > 0;
}
