/* clock.h - clocks: to wait by, to wait by in sleep too, to write down */
#ifndef INV_BASE_CLOCK_H
#define INV_BASE_CLOCK_H

#include <stdint.h>

enum { INV_CLOCK_TEXT = 21 }; /* bytes of "2026-11-20T06:30:00Z" and a NUL */

/* Milliseconds of CLOCK_MONOTONIC: for deadlines and durations. */
uint64_t inv_clock_ms(void);

/*
 * The same of CLOCK_BOOTTIME, which goes on while the machine is asleep: for
 * what others do meanwhile.
 */
uint64_t inv_clock_boot_ms(void);

/*
 * Seconds since 1970 by the wall clock: data, and a decision in one place (how
 * old an open intent is), where it can only be on the safe side.
 */
int64_t inv_clock_wall(void);

/* RFC 3339 in UTC, whole seconds; years outside 0000..9999 are clamped. */
void inv_clock_text(int64_t wall, char out[INV_CLOCK_TEXT]);

/* The text of inv_clock_text back into seconds; 0 for anything else. */
int64_t inv_clock_read(const char text[INV_CLOCK_TEXT]);

#endif
