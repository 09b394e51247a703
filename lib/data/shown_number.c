/* shown_number.c - a number of a sheet, as the one who entered it sees it */

#include "data/shown_number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "data/number.h"

enum {
	DIGITS = 15,          /* that are shown of a number */
	FRACTIONS = 3,        /* digits behind the second, at most */
	DAY = 86400,          /* seconds */
	LAST_DAY = 2958465,   /* 9999-12-31, counted from 1900 */
	DAYS_1904 = 1462,     /* from one first day to the other */
	NO_DAY = 60,          /* 29 February 1900, which was none */
	TO_1970 = 25569,      /* days, counted from 1900, behind NO_DAY */
	DAYS_1970_0 = 719468, /* from 1 March of the year 0 to 1970 */
	DAYS_400_YEARS = 146097,
	BUILTIN = 164, /* the first format that has a code of its own */
};

/* ---- formats ---- */

struct letters {
	bool day;   /* years, days */
	bool hour;  /* hours, seconds */
	bool month; /* or minutes */
	bool elapsed;
	bool other; /* placeholders of digits, or text */
	size_t zeros;
	unsigned char fractions;
};

/* The length of what begins s and says nothing of its kind; 0: it may. */
static size_t
aside(struct inv_str s)
{
	size_t n = 1;

	switch (*s.p) {
	case '"':
		while (n < s.n && s.p[n] != '"')
			n++;
		return n < s.n ? n + 1 : n;
	case '\\':
	case '_':
	case '*':
		return s.n > 1 ? 2 : 1;
	default:
		return 0;
	}
}

/* [h], [mm], [ss] count on past a day; [Red], [$-409] say nothing. */
static size_t
bracket(struct inv_str s, struct letters *l)
{
	size_t n = 1;

	while (n < s.n && s.p[n] != ']')
		n++;
	size_t same = 1;

	while (same < n && (s.p[same] | 32) == (s.p[1] | 32))
		same++;
	if (n > 1 && same == n && strchr("hms", s.p[1] | 32) != NULL)
		l->elapsed = true;
	return n < s.n ? n + 1 : n;
}

static bool
starts_alike(struct inv_str s, const char *word)
{
	size_t n = strlen(word), i = 0;

	while (i < n && i < s.n && (s.p[i] | 32) == word[i])
		i++;
	return i == n;
}

/* Digits behind the second: s.00 */
static size_t
fractions(struct inv_str s, struct letters *l)
{
	size_t n = 1;

	while (n < s.n && s.p[n] == '0')
		n++;
	if (n > 1 && l->hour)
		l->fractions =
		    (unsigned char)(n - 1 < FRACTIONS ? n - 1 : FRACTIONS);
	else
		l->other = true;
	return n;
}

static size_t
letter(struct inv_str s, struct letters *l)
{
	if (starts_alike(s, "general"))
		return sizeof("general") - 1;
	if (starts_alike(s, "am/pm") || starts_alike(s, "a/p")) {
		l->hour = true;
		return s.p[1] == '/' ? 3 : 5;
	}
	switch (s.p[0]) {
	case 'y':
	case 'Y':
	case 'd':
	case 'D':
		l->day = true;
		break;
	case 'h':
	case 'H':
	case 's':
	case 'S':
		l->hour = true;
		break;
	case 'm':
	case 'M':
		l->month = true;
		break;
	case '0':
		l->zeros++;
		break;
	default:
		l->other = true;
	}
	return 1;
}

static struct letters
letters_of(struct inv_str code)
{
	struct letters l = { 0 };

	while (code.n > 0 && *code.p != ';') {
		size_t n = aside(code);

		/* Text in a code for a number is shown with it. */
		if (n > 0)
			l.other = l.other || *code.p != '_';
		else if (*code.p == '[')
			n = bracket(code, &l);
		else if (*code.p == '.')
			n = fractions(code, &l);
		else
			n = letter(code, &l);
		code.p += n;
		code.n -= n;
	}
	return l;
}

static struct inv_shown_as
as(enum inv_shown_kind kind, size_t digits)
{
	return (struct inv_shown_as){ (unsigned char)kind,
		(unsigned char)digits };
}

struct inv_shown_as
inv_shown_format(struct inv_str code)
{
	struct letters l = letters_of(code);

	if (l.elapsed)
		return as(INV_SHOWN_ELAPSED, l.fractions);
	if (l.day || (l.month && !l.hour))
		return l.hour ? as(INV_SHOWN_MOMENT, l.fractions)
			      : as(INV_SHOWN_DATE, 0);
	if (l.hour)
		return as(INV_SHOWN_CLOCK, l.fractions);
	if (!l.other && l.zeros > 1 && l.zeros <= DIGITS)
		return as(INV_SHOWN_CODE, l.zeros);
	return as(INV_SHOWN_NUMBER, 0);
}

struct inv_shown_as
inv_shown_builtin(uint64_t id)
{
	if (id == 22)
		return as(INV_SHOWN_MOMENT, 0);
	if ((id >= 18 && id <= 21) || id == 45 || (id >= 32 && id <= 35) ||
	    id == 55 || id == 56)
		return as(INV_SHOWN_CLOCK, 0);
	if (id == 46)
		return as(INV_SHOWN_ELAPSED, 0);
	if (id == 47)
		return as(INV_SHOWN_CLOCK, 1);
	/* From 27 on those of East Asia, whose codes are nowhere in a file. */
	if ((id >= 14 && id <= 17) || (id >= 27 && id <= 36) ||
	    (id >= 50 && id <= 58))
		return as(INV_SHOWN_DATE, 0);
	return as(INV_SHOWN_NUMBER, 0);
}

bool
inv_shown_is(struct inv_shown_as as)
{
	switch ((enum inv_shown_kind)as.kind) {
	case INV_SHOWN_NUMBER:
		return as.digits == 0;
	case INV_SHOWN_CODE:
		return as.digits <= DIGITS;
	case INV_SHOWN_DATE:
	case INV_SHOWN_MOMENT:
	case INV_SHOWN_CLOCK:
	case INV_SHOWN_ELAPSED:
		return as.digits <= FRACTIONS;
	}
	return false;
}

/* ---- numbers ---- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t
digits_of(struct inv_str s, size_t at)
{
	size_t n = 0;

	while (at + n < s.n && is_digit(s.p[at + n]))
		n++;
	return n;
}

/* As XML Schema writes a double, but for INF and NaN. */
static bool
is_number(struct inv_str s)
{
	size_t at = s.n > 0 && (*s.p == '-' || *s.p == '+') ? 1 : 0;
	size_t n = digits_of(s, at);

	at += n;
	if (at < s.n && s.p[at] == '.') {
		size_t more = digits_of(s, at + 1);

		at += 1 + more;
		n += more;
	}
	if (n > 0 && at < s.n && (s.p[at] | 32) == 'e') {
		at += at + 1 < s.n && (s.p[at + 1] == '-' || s.p[at + 1] == '+')
		    ? 2
		    : 1;
		n = digits_of(s, at);
		at += n;
	}
	return n > 0 && at == s.n;
}

/* What most are: a whole number of few digits, written as we would. */
static bool
is_plain(struct inv_str s)
{
	return s.n > 0 && s.n <= DIGITS && digits_of(s, 0) == s.n &&
	    (*s.p != '0' || s.n == 1);
}

static bool
value_of(struct inv_str s, double *v)
{
	char text[INV_SHOWN_SOURCE + 1];

	if (s.n > INV_SHOWN_SOURCE || !is_number(s))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	*v = strtod(text, NULL);
	return isfinite(*v);
}

static size_t
put_number(double v, char out[INV_SHOWN_TEXT])
{
	char text[INV_SHOWN_TEXT];

	snprintf(text, sizeof(text), "%.*g", DIGITS, v);
	double rounded = strtod(text, NULL);

	/* The largest number has nothing above it; and -0 is shown as 0. */
	return inv_number_of((isfinite(rounded) ? rounded : v) + 0.0, out);
}

static size_t
put_code(double v, size_t digits, char out[INV_SHOWN_TEXT])
{
	char text[INV_SHOWN_TEXT];

	if (v < 0 || v != floor(v) || v >= 1e15)
		return put_number(v, out);
	int n = snprintf(text, sizeof(text), "%0*.0f", (int)digits, v);

	memcpy(out, text, (size_t)n);
	return (size_t)n;
}

/* ---- dates ---- */

/* A moment in days and parts of a second. */
struct moment {
	int64_t day;
	int64_t second; /* of the day */
	int64_t part;   /* thousandths */
};

static struct moment
moment_of(double v, unsigned char digits)
{
	static const double scales[FRACTIONS + 1] = { 1, 10, 100, 1000 };
	static const int64_t parts[FRACTIONS + 1] = { 1000, 100, 10, 1 };
	double day = floor(v);
	int64_t units = (int64_t)floor((v - day) * DAY * scales[digits] + 0.5);
	int64_t per_second = (int64_t)scales[digits];
	struct moment m = { .day = (int64_t)day };

	m.second = units / per_second;
	m.part = units % per_second * parts[digits];
	if (m.second >= DAY) {
		m.second -= DAY;
		m.day++;
	}
	return m;
}

/* Years from March to February end with the day that not all of them have. */
static int
put_day(int64_t since_1970, char *out, size_t room)
{
	int64_t z = since_1970 + DAYS_1970_0;
	int64_t era = z / DAYS_400_YEARS;
	int64_t of_era = z % DAYS_400_YEARS;
	int64_t year =
	    (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t m = (5 * of_year + 2) / 153;
	int64_t day = of_year - (153 * m + 2) / 5 + 1;
	int64_t month = m < 10 ? m + 3 : m - 9;

	year += era * 400 + (month <= 2);
	return snprintf(out, room, "%04d-%02d-%02d", (int)year, (int)month,
	    (int)day);
}

static int
put_clock(int64_t hours, const struct moment *m, char *out, size_t room)
{
	int n = snprintf(out, room, "%02jd:%02d:%02d", (intmax_t)hours,
	    (int)(m->second % 3600 / 60), (int)(m->second % 60));

	if (m->part > 0)
		n += snprintf(out + n, room - (size_t)n, ".%03d", (int)m->part);
	return n;
}

/* The day as counted from 1970; false where there is none. */
static bool
day_of(int64_t day, bool since_1904, int64_t *since_1970)
{
	if (since_1904)
		day += DAYS_1904;
	if (day < 1 || day > LAST_DAY || (!since_1904 && day == NO_DAY))
		return false;
	*since_1970 = day - TO_1970 + (!since_1904 && day < NO_DAY);
	return true;
}

static bool
put_date(double v, struct inv_shown_as as, bool since_1904,
    char text[INV_SHOWN_TEXT], size_t *n)
{
	int64_t since_1970;

	if (v < 0 || v > LAST_DAY + 1)
		return false;
	struct moment m = moment_of(v, as.digits);

	if (as.kind == INV_SHOWN_ELAPSED) {
		*n = (size_t)put_clock(m.day * 24 + m.second / 3600, &m, text,
		    INV_SHOWN_TEXT);
		return true;
	}
	/* Day 0 of 1900 is no day, but a time of it is one. */
	if (m.day == 0 &&
	    (as.kind == INV_SHOWN_CLOCK || (!since_1904 && v > 0))) {
		*n = (size_t)put_clock(m.second / 3600, &m, text,
		    INV_SHOWN_TEXT);
		return true;
	}
	if (!day_of(m.day, since_1904, &since_1970))
		return false;
	int size = put_day(since_1970, text, INV_SHOWN_TEXT);

	if (as.kind != INV_SHOWN_DATE || m.second > 0) {
		text[size++] = 'T';
		size += put_clock(m.second / 3600, &m, text + size,
		    INV_SHOWN_TEXT - (size_t)size);
	}
	*n = (size_t)size;
	return true;
}

enum inv_shown_flaw
inv_shown_number(struct inv_str text, struct inv_shown_as as, bool since_1904,
    char out[INV_SHOWN_TEXT], size_t *n)
{
	double v;

	text = inv_str_trimmed(text);
	if (as.kind == INV_SHOWN_NUMBER && is_plain(text)) {
		memcpy(out, text.p, text.n);
		*n = text.n;
		return INV_SHOWN_SOUND;
	}
	if (!value_of(text, &v))
		return INV_SHOWN_NO_NUMBER;
	switch ((enum inv_shown_kind)as.kind) {
	case INV_SHOWN_NUMBER:
		*n = put_number(v, out);
		return INV_SHOWN_SOUND;
	case INV_SHOWN_CODE:
		*n = put_code(v, as.digits, out);
		return INV_SHOWN_SOUND;
	case INV_SHOWN_DATE:
	case INV_SHOWN_MOMENT:
	case INV_SHOWN_CLOCK:
	case INV_SHOWN_ELAPSED:
		break;
	}
	return put_date(v, as, since_1904, out, n) ? INV_SHOWN_SOUND
						   : INV_SHOWN_NO_DATE;
}
