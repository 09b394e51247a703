/*
 * str.h - a view of bytes: pointer and length, never a NUL to rely on
 *
 * A view owns nothing.  How long it is good for is said where it is handed
 * out.  The empty view may have a NULL pointer.
 */
#ifndef INV_BASE_STR_H
#define INV_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define INV_MUST __attribute__((warn_unused_result))

struct inv_str {
	const char *p;
	size_t n;
};

/* A view of a string literal, without its NUL. */
#define INV_LIT(s) ((struct inv_str){ "" s, sizeof(s) - 1 })

/* For printf("%.*s"): the view must be shorter than INT_MAX. */
#define INV_ARG(s) (int)(s).n, (s).p

static inline struct inv_str
inv_str_of(const char *s)
{
	return (struct inv_str){ s, strlen(s) };
}

static inline bool
inv_str_eq(struct inv_str a, struct inv_str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool
inv_str_is(struct inv_str a, const char *s)
{
	return inv_str_eq(a, inv_str_of(s));
}

static inline bool
inv_str_starts(struct inv_str s, struct inv_str with)
{
	return s.n >= with.n &&
	    (with.n == 0 || memcmp(s.p, with.p, with.n) == 0);
}

/* Without the blanks around it: space, TAB, CR and LF, as JSON has them. */
struct inv_str inv_str_trimmed(struct inv_str s);

/* But for case, blanks and punctuation the same: names of columns, say. */
bool inv_str_alike(struct inv_str a, struct inv_str b);

/* By bytes, the shorter first where one begins the other: <0, 0 or >0. */
int inv_str_cmp(struct inv_str a, struct inv_str b);

/*
 * The whole of s as a decimal number without sign or leading zeros, from min
 * to max.  False, and *v untouched, for anything else.
 */
INV_MUST bool inv_str_u64(struct inv_str s, uint64_t min, uint64_t max,
    uint64_t *v);

/*
 * A duration: a number and a unit (ms, s, m, h, d); a bare number is seconds.
 * In milliseconds, at most a year.
 */
INV_MUST bool inv_str_duration(struct inv_str s, uint64_t *ms);

/* A size in bytes: a number, or one followed by K, M or G (powers of 1024). */
INV_MUST bool inv_str_size(struct inv_str s, uint64_t *bytes);

/* Lower-case hex of n bytes into out, 2n bytes and no NUL. */
void inv_str_hex(const void *bytes, size_t n, char *out);

/* Lower-case hex digits and nothing else. */
bool inv_str_is_hex(struct inv_str s);

/*
 * Exactly 2n lower-case hex digits back into n bytes; false otherwise, and
 * what is in bytes then is nothing.
 */
INV_MUST bool inv_str_unhex(struct inv_str hex, void *bytes, size_t n);

#endif
