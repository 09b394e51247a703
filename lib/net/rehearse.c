/*
 * rehearse.c - which request meets which failure: pure
 *
 * Chance is a hash of the seed, the fault and the request's number or the
 * record's text, not a stream of numbers: what one fault draws does not
 * depend on the others, and a bad record is bad in every batch it is in.
 */

#include "net/rehearse.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "data/scan.h"

enum {
	DATE_AHEAD_S = 2,
	SECONDS_MAX = 86400,
	PERCENT = 100,
};

enum argument {
	ARG_NONE,
	ARG_DURATION,
	ARG_SIZE,
	ARG_ROW,      /* N% of the records, or those that hold a text */
	ARG_AFTER,    /* what Retry-After says; may be missing */
	ARG_REDIRECT, /* its status; may be missing */
};

static const struct kind {
	const char *name;
	enum argument argument;
	struct inv_rehearsed what;
} kinds[] = {
	{ "reset", ARG_NONE, { .failure = INV_FAILURE_RESET } },
	{ "lost", ARG_NONE,
	    { .failure = INV_FAILURE_RESET, .processed = true } },
	{ "delay", ARG_DURATION, { .failure = INV_FAILURE_NONE } },
	{ "201", ARG_NONE,
	    { .failure = INV_FAILURE_DONE, .status = 201, .processed = true } },
	{ "204", ARG_NONE,
	    { .failure = INV_FAILURE_DONE, .status = 204, .processed = true } },
	{ "idempotency-replayed", ARG_NONE,
	    { .failure = INV_FAILURE_DONE,
		.status = 200,
		.renamed = true,
		.processed = true } },
	{ "text", ARG_NONE,
	    { .failure = INV_FAILURE_TEXT, .processed = true } },
	{ "202", ARG_NONE,
	    { .failure = INV_FAILURE_ACCEPTED,
		.status = 202,
		.processed = true } },
	{ "202-lost", ARG_NONE,
	    { .failure = INV_FAILURE_ACCEPTED, .status = 202 } },
	{ "207-row", ARG_ROW,
	    { .failure = INV_FAILURE_ROWS, .status = 422, .processed = true } },
	{ "207-items", ARG_ROW,
	    { .failure = INV_FAILURE_ROWS,
		.status = 422,
		.by_key = true,
		.processed = true } },
	{ "207-again", ARG_ROW,
	    { .failure = INV_FAILURE_ROWS, .status = 503, .processed = true } },
	{ "207-missing", ARG_NONE,
	    { .failure = INV_FAILURE_MISSING, .processed = true } },
	{ "400", ARG_NONE, { .failure = INV_FAILURE_STATUS, .status = 400 } },
	{ "400-no-key", ARG_NONE,
	    { .failure = INV_FAILURE_STATUS,
		.status = 400,
		.problem = INV_PROBLEM_KEY_MISSING } },
	{ "401", ARG_NONE, { .failure = INV_FAILURE_STATUS, .status = 401 } },
	{ "403", ARG_NONE, { .failure = INV_FAILURE_STATUS, .status = 403 } },
	{ "404", ARG_NONE, { .failure = INV_FAILURE_STATUS, .status = 404 } },
	{ "405", ARG_NONE, { .failure = INV_FAILURE_STATUS, .status = 405 } },
	{ "408", ARG_NONE, { .failure = INV_FAILURE_STATUS, .status = 408 } },
	{ "409", ARG_AFTER,
	    { .failure = INV_FAILURE_STATUS,
		.status = 409,
		.problem = INV_PROBLEM_KEY_OUTSTANDING,
		.retry_after = INV_RETRY_AFTER_SECONDS,
		.seconds = 1 } },
	{ "413", ARG_SIZE, { .failure = INV_FAILURE_STATUS, .status = 413 } },
	{ "422-row", ARG_ROW,
	    { .failure = INV_FAILURE_STATUS, .status = 422 } },
	{ "425", ARG_NONE, { .failure = INV_FAILURE_STATUS, .status = 425 } },
	{ "429", ARG_AFTER, { .failure = INV_FAILURE_STATUS, .status = 429 } },
	{ "500", ARG_NONE, { .failure = INV_FAILURE_STATUS, .status = 500 } },
	{ "500-after", ARG_NONE,
	    { .failure = INV_FAILURE_STATUS,
		.status = 500,
		.processed = true } },
	{ "500-replayed", ARG_NONE,
	    { .failure = INV_FAILURE_STATUS,
		.status = 500,
		.replayed = true } },
	{ "502", ARG_NONE, { .failure = INV_FAILURE_STATUS, .status = 502 } },
	{ "503", ARG_AFTER, { .failure = INV_FAILURE_STATUS, .status = 503 } },
	{ "504", ARG_NONE, { .failure = INV_FAILURE_STATUS, .status = 504 } },
	{ "mismatch", ARG_NONE,
	    { .failure = INV_FAILURE_STATUS,
		.status = 422,
		.problem = INV_PROBLEM_KEY_REUSED } },
	{ "mismatch-409", ARG_NONE,
	    { .failure = INV_FAILURE_STATUS,
		.status = 409,
		.problem = INV_PROBLEM_KEY_REUSED } },
	{ "redirect", ARG_REDIRECT,
	    { .failure = INV_FAILURE_REDIRECT, .status = 302 } },
	{ "garbage", ARG_NONE,
	    { .failure = INV_FAILURE_GARBAGE, .processed = true } },
	{ "html", ARG_NONE,
	    { .failure = INV_FAILURE_HTML, .processed = true } },
	{ "short", ARG_NONE,
	    { .failure = INV_FAILURE_SHORT, .processed = true } },
	{ "slow", ARG_NONE,
	    { .failure = INV_FAILURE_SLOW, .processed = true } },
	{ "endless", ARG_NONE,
	    { .failure = INV_FAILURE_ENDLESS, .processed = true } },
};

enum when {
	WHEN_ALWAYS,
	WHEN_RANGE,   /* first to last */
	WHEN_EVERY,   /* each number that `first` divides */
	WHEN_PERCENT, /* drawn */
};

struct fault {
	const struct kind *kind;
	struct inv_rehearsed what;
	enum when when;
	uint64_t first;
	uint64_t last;
	uint64_t percent;
	uint64_t size;        /* of 413 */
	uint64_t row_percent; /* of records; 0: by text */
	struct inv_str text;  /* into the specification */
};

struct inv_rehearsal {
	char *spec;
	uint64_t seed;
	struct inv_scan *scan; /* where records are drawn */
	size_t n;
	struct fault fault[INV_REHEARSAL_FAULTS];
};

/* Split s at a byte of it; false, and s whole, where `at` is NULL. */
static bool
split(struct inv_str s, const char *at, struct inv_str *head,
    struct inv_str *tail)
{
	*head = s;
	*tail = (struct inv_str){ NULL, 0 };
	if (at == NULL)
		return false;
	head->n = (size_t)(at - s.p);
	*tail = (struct inv_str){ at + 1, s.n - head->n - 1 };
	return true;
}

static const char *
first_of(struct inv_str s, char c)
{
	return s.n == 0 ? NULL : memchr(s.p, c, s.n);
}

static const char *
last_of(struct inv_str s, char c)
{
	return s.n == 0 ? NULL : memrchr(s.p, c, s.n);
}

static bool
percentage(struct inv_str s, uint64_t *percent)
{
	if (s.n == 0 || s.p[s.n - 1] != '%')
		return false;
	s.n--;
	return inv_str_u64(s, 0, PERCENT, percent);
}

/* N, N-M, N- (and all behind), /N (each Nth), or P%. */
static bool
read_when(struct fault *f, struct inv_str when)
{
	struct inv_str first;
	struct inv_str last;

	if (percentage(when, &f->percent)) {
		f->when = WHEN_PERCENT;
		return true;
	}
	if (when.n > 0 && when.p[0] == '/') {
		f->when = WHEN_EVERY;
		when.p++;
		when.n--;
		return inv_str_u64(when, 1, UINT64_MAX, &f->first);
	}
	f->when = WHEN_RANGE;
	bool range = split(when, first_of(when, '-'), &first, &last);

	if (!inv_str_u64(first, 1, UINT64_MAX, &f->first))
		return false;
	f->last = range ? UINT64_MAX : f->first;
	return !range || last.n == 0 ||
	    inv_str_u64(last, f->first, UINT64_MAX, &f->last);
}

static bool
read_after(struct inv_rehearsed *what, struct inv_str arg)
{
	if (inv_str_is(arg, "date"))
		what->retry_after = INV_RETRY_AFTER_DATE;
	else if (inv_str_is(arg, "garbage"))
		what->retry_after = INV_RETRY_AFTER_GARBAGE;
	else
		what->retry_after = INV_RETRY_AFTER_SECONDS;
	return what->retry_after != INV_RETRY_AFTER_SECONDS ||
	    inv_str_u64(arg, 0, SECONDS_MAX, &what->seconds);
}

static bool
read_redirect(struct inv_rehearsed *what, struct inv_str arg)
{
	static const int known[] = { 301, 302, 303, 307, 308 };
	uint64_t status;

	if (!inv_str_u64(arg, 301, 308, &status))
		return false;
	what->status = (int)status;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (known[i] == what->status)
			return true;
	return false;
}

static bool
read_argument(struct inv_rehearsal *r, struct fault *f, bool given,
    struct inv_str arg)
{
	switch (f->kind->argument) {
	case ARG_NONE:
		return !given;
	case ARG_DURATION:
		return inv_str_duration(arg, &f->what.delay_ms);
	case ARG_SIZE:
		return inv_str_size(arg, &f->size);
	case ARG_AFTER:
		return !given || read_after(&f->what, arg);
	case ARG_REDIRECT:
		return !given || read_redirect(&f->what, arg);
	case ARG_ROW:
		break;
	}
	f->text = arg;
	if (percentage(arg, &f->row_percent)) {
		f->text.n = 0;
		if (r->scan == NULL)
			r->scan = inv_scan_new();
	}
	return arg.n > 0;
}

static const struct kind *
kind_of(struct inv_str name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (inv_str_is(name, kinds[i].name))
			return &kinds[i];
	return NULL;
}

/* KIND[=ARGUMENT][@WHEN] */
static bool
read_fault(struct inv_rehearsal *r, struct inv_str text, struct inv_err *err)
{
	struct fault *f = &r->fault[r->n];
	struct inv_str head;
	struct inv_str when;
	struct inv_str name;
	struct inv_str arg;
	bool timed = split(text, last_of(text, '@'), &head, &when);
	bool given = split(head, first_of(head, '='), &name, &arg);

	*f = (struct fault){ .kind = kind_of(name) };
	if (f->kind == NULL)
		return inv_fail(err, INV_USAGE, "\"%.*s\": no such fault",
		    INV_ARG(text));
	f->what = f->kind->what;
	f->what.name = f->kind->name;
	if (!read_argument(r, f, given, arg))
		return inv_fail(err, INV_USAGE,
		    "\"%.*s\": what is behind = is wrong", INV_ARG(text));
	if (timed && !read_when(f, when))
		return inv_fail(err, INV_USAGE,
		    "\"%.*s\": not a request behind @", INV_ARG(text));
	r->n++;
	return true;
}

struct inv_rehearsal *
inv_rehearsal_new(const char *spec, uint64_t seed, struct inv_err *err)
{
	struct inv_rehearsal *r = inv_mem_new(sizeof(*r));
	struct inv_str rest;
	bool more = true;
	bool ok = true;

	r->spec = inv_mem_strdup(spec);
	r->seed = seed;
	rest = inv_str_of(r->spec);
	while (ok && more) {
		struct inv_str one;

		more = split(rest, first_of(rest, ','), &one, &rest);
		ok = r->n < INV_REHEARSAL_FAULTS
		    ? read_fault(r, one, err)
		    : inv_fail(err, INV_USAGE, "more than %d faults",
			  INV_REHEARSAL_FAULTS);
	}
	if (ok)
		return r;
	inv_rehearsal_free(r);
	return NULL;
}

void
inv_rehearsal_free(struct inv_rehearsal *r)
{
	if (r == NULL)
		return;
	inv_scan_free(r->scan);
	free(r->spec);
	free(r);
}

/* The finaliser of splitmix64. */
static uint64_t
mixed(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static bool
drawn(uint64_t seed, uint64_t fault, uint64_t of, uint64_t percent)
{
	return mixed(mixed(mixed(seed) + fault) + of) % PERCENT < percent;
}

static bool
is_time(const struct inv_rehearsal *r, size_t i, uint64_t n)
{
	const struct fault *f = &r->fault[i];

	switch (f->when) {
	case WHEN_ALWAYS:
		return true;
	case WHEN_RANGE:
		return n >= f->first && n <= f->last;
	case WHEN_EVERY:
		return n % f->first == 0;
	case WHEN_PERCENT:
		break;
	}
	return drawn(r->seed, i, n, f->percent);
}

/* FNV-1a */
static uint64_t
hash_of(struct inv_str s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(0x100000001b3);
	return h;
}

static bool
is_drawn(const struct inv_rehearsal *r, size_t i, struct inv_str record)
{
	return drawn(r->seed, i, hash_of(record), r->fault[i].row_percent);
}

static bool
has_drawn_row(const struct inv_rehearsal *r, size_t i, struct inv_str body)
{
	enum inv_kind kind;
	struct inv_err err;
	struct inv_member row;

	if (!inv_scan_value(r->scan, body, &kind, &err) ||
	    kind != INV_KIND_ARRAY)
		return false;
	while (inv_scan_each(&body, &row))
		if (is_drawn(r, i, row.value))
			return true;
	return false;
}

static bool
has_text(struct inv_str s, struct inv_str text)
{
	return s.n > 0 && memmem(s.p, s.n, text.p, text.n) != NULL;
}

bool
inv_rehearsed_row(const struct inv_rehearsal *r,
    const struct inv_rehearsed *met, struct inv_str record)
{
	const struct fault *f = &r->fault[met->fault];

	return f->text.n > 0 ? has_text(record, f->text)
			     : is_drawn(r, met->fault, record);
}

static bool
is_met(const struct inv_rehearsal *r, size_t i, struct inv_str body)
{
	const struct fault *f = &r->fault[i];

	switch (f->kind->argument) {
	case ARG_NONE:
	case ARG_DURATION:
	case ARG_AFTER:
	case ARG_REDIRECT:
		return true;
	case ARG_SIZE:
		return body.n > f->size;
	case ARG_ROW:
		break;
	}
	if (f->text.n == 0)
		return has_drawn_row(r, i, body);
	return has_text(body, f->text);
}

void
inv_rehearse(const struct inv_rehearsal *r, uint64_t n, struct inv_str body,
    struct inv_rehearsed *out)
{
	uint64_t delay_ms = 0;

	*out = (struct inv_rehearsed){ .name = "" };
	for (size_t i = 0; i < r->n; i++) {
		const struct fault *f = &r->fault[i];

		if (!is_time(r, i, n) || !is_met(r, i, body))
			continue;
		*out = f->what;
		out->fault = i;
		delay_ms += f->what.delay_ms;
		if (f->what.failure != INV_FAILURE_NONE)
			break;
	}
	out->delay_ms = delay_ms;
}

void
inv_rehearsed_retry_after(const struct inv_rehearsed *r, int64_t wall,
    char out[INV_RETRY_AFTER_TEXT])
{
	time_t at = wall + DATE_AHEAD_S;
	struct tm tm;

	switch (r->retry_after) {
	case INV_RETRY_AFTER_NONE:
		out[0] = '\0';
		break;
	case INV_RETRY_AFTER_SECONDS:
		snprintf(out, INV_RETRY_AFTER_TEXT, "%llu",
		    (unsigned long long)r->seconds);
		break;
	case INV_RETRY_AFTER_DATE:
		strftime(out, INV_RETRY_AFTER_TEXT, "%a, %d %b %Y %H:%M:%S GMT",
		    gmtime_r(&at, &tm));
		break;
	case INV_RETRY_AFTER_GARBAGE:
		snprintf(out, INV_RETRY_AFTER_TEXT, "soon");
		break;
	}
}
