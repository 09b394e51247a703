/* calendar.h - dates and times as RFC 3339 writes them, by the calendar */
#ifndef INV_DATA_CALENDAR_H
#define INV_DATA_CALENDAR_H

#include "base/str.h"

/* full-date: 2026-02-28; years 0000 to 9999 of the Gregorian calendar. */
bool inv_calendar_is_date(struct inv_str s);

/*
 * date-time: 2026-02-28T12:00:00.5+01:00.  T and Z in either case; second 60
 * only where it is 23:59:60 in UTC.
 */
bool inv_calendar_is_time(struct inv_str s);

/* full-time, which is a date-time from behind its T on. */
bool inv_calendar_is_clock(struct inv_str s);

/*
 * A date lies behind the day, in UTC, of as_of, or a date-time behind as_of,
 * which is a date-time.  What is neither is not after anything.
 */
bool inv_calendar_is_after(struct inv_str s, struct inv_str as_of);

#endif
